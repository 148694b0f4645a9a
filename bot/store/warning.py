"""Whom to warn of what: asked when warnings are queued, when one is written, and when it has been delivered."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from bot.domain.handling import Viewer
from bot.domain.keeping import Due, due
from bot.domain.policy import Rules
from bot.store import keeping as asked
from bot.store.keeping import Record
from bot.store.people import viewer_by_id
from bot.store.unit import Unit

WARNING = "keeping.warning"


async def warnable(unit: Unit, now: datetime, rules: Rules, *, organisation_id: int | None = None) -> list[Record]:
    """The records of which a warning is due and has not been given, of one organisation or of all."""
    today = rules.today(now)
    found = await asked.due_records(unit, rules, today, organisation_id=organisation_id)
    return [one for one in found if due(one.kept(rules), rules.policy.retention, today) is Due.WARN]


async def readers_of(unit: Unit, records: Sequence[Record], now: datetime, rules: Rules) -> Mapping[int, set[int]]:
    """Whom to warn of which: whoever raised it; if they have left, or can be told or see it no more, the records leads
    of their organisation who may see it. A concern of which nobody may be warned is in nobody's."""
    today = rules.today(now)
    lost = await asked.not_to_be_warned(unit, WARNING, now - timedelta(days=rules.policy.retention.warn_days))
    told: dict[int, set[int]] = {}
    for person_id, mine in _grouped(records, "raised_by_id").items():
        if person_id not in lost:
            told[person_id] = await _may_be_told(unit, person_id, mine, today)
    known = {key for keys in told.values() for key in keys}
    left = _grouped([one for one in records if one.id not in known], "organisation_id")
    for lead in await asked.records_leads(unit, list(left), today):
        if lead.key not in lost:
            theirs = await _may_be_told(unit, lead.key, left[lead.organisation_id], today)
            told[lead.key] = told.get(lead.key, set()) | theirs
    return {person_id: keys for person_id, keys in told.items() if keys}


async def ending_for(unit: Unit, reader: Viewer, now: datetime, rules: Rules) -> list[Record]:
    """What this person is to be warned of now, the oldest answer first."""
    records = await warnable(unit, now, rules, organisation_id=reader.organisation_id)
    theirs = (await readers_of(unit, records, now, rules)).get(reader.person_id, set())
    return sorted((one for one in records if one.id in theirs), key=lambda one: (one.active_at, one.id))


async def _may_be_told(unit: Unit, person_id: int, records: Sequence[Record], today: date) -> set[int]:
    """Those that this person may read, of the organisation they now belong to."""
    viewer = await viewer_by_id(unit, person_id, today)
    ours = [one.id for one in records if viewer and one.organisation_id == viewer.organisation_id]
    return await asked.readable_ids(unit, viewer, today, ours) if viewer and ours else set()


def _grouped(records: Sequence[Record], by: str) -> Mapping[int, list[Record]]:
    grouped: dict[int, list[Record]] = defaultdict(list)
    for one in records:
        grouped[getattr(one, by)].append(one)
    return grouped
