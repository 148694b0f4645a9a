"""How long a concern is kept: what the clock does about it, and who may keep it longer or bring it back."""

from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.keeping import ACTED_ON, Due, due
from bot.domain.policy import Rules
from bot.domain.terms import KeepReason
from bot.errors import NotFound, NotYours
from bot.services.annexe import destroy_annexe
from bot.services.channel import refresh_changes, refresh_channel
from bot.services.triangulation import note_concern
from bot.store import keeping as asked
from bot.store.destroying import erase
from bot.store.journal import record
from bot.store.keeping import Record
from bot.store.outbox import Telling, tell
from bot.store.people import viewer_by_id
from bot.store.tables import OutboxRow
from bot.store.unit import Unit
from bot.store.warning import WARNING, ending_for, readers_of, warnable


async def note_activity(unit: Unit, concern_id: int, now: datetime, *, acted_on: bool = False) -> None:
    """A new answer: its keeping counts from now, and what was warned of is so no more. Acted on is for good."""
    values: dict[str, object] = {"active_at": now, "warned_at": None}
    await asked.set_keeping(unit, concern_id, **values | ({"retention": ACTED_ON} if acted_on else {}))


async def to_warn(unit: Unit, *, now: datetime, rules: Rules) -> tuple[list[int], int]:
    """The people to be warned today, and how many concerns there are of which nobody can be."""
    records = await warnable(unit, now, rules)
    readers = await readers_of(unit, records, now, rules)
    return list(readers), len(records) - len({key for several in readers.values() for key in several})


async def queue_warning(unit: Unit, person_id: int, *, now: datetime, rules: Rules) -> None:
    """One message of the day to one person, about all that ends; what is in it is asked when it is delivered."""
    about: dict[str, int | str] = {"day": rules.today(now).isoformat()}
    await tell(unit, Telling("keeping.warning", about, person_id=person_id), now)


async def note_warned(unit: Unit, row: OutboxRow, *, now: datetime, rules: Rules) -> None:
    """A warning was delivered: only from then on do its days count."""
    reader = await viewer_by_id(unit, row.person_id or 0, rules.today(now)) if row.kind == WARNING else None
    for one in await ending_for(unit, reader, now, rules) if reader else ():
        await asked.set_keeping(unit, one.id, warned_at=now)
        subject = ("concern", one.id)
        record(unit, "end of keeping told", by=reader, now=now, subject=subject, group_id=one.group_id)


async def to_remove(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The concerns whose time is over, and of which somebody was warned long enough ago."""
    today = rules.today(now)
    return [one.id for one in await asked.due_records(unit, rules, today) if _due(one, today, rules) is Due.REMOVE]


async def remove(unit: Unit, concern_id: int, *, now: datetime, rules: Rules) -> None:
    """Take a concern out of everybody's sight, unless there has been an answer meanwhile. It can be brought back."""
    today = rules.today(now)
    for one in await asked.due_records(unit, rules, today, concern_id=concern_id):
        if _due(one, today, rules) is Due.REMOVE:
            await asked.set_keeping(unit, one.id, retired_at=now)
            subject = ("concern", one.id)
            record(unit, "concern removed", by=None, now=now, subject=subject, group_id=one.group_id)
            await _show_channel(unit, one, now, rules)
            await note_concern(unit, one.id, now=now, rules=rules)


async def destroy(unit: Unit, concern_id: int, *, now: datetime, rules: Rules) -> None:
    """Destroy what has been removed long enough and nobody holds: content, keys, answers, and what was noted of it."""
    one = await asked.destroyable_record(unit, concern_id, rules, rules.today(now))
    if one is None:
        return
    await destroy_annexe(unit, one.id)
    await erase(unit, one, now)
    subject = ("concern", one.id)
    record(unit, "concern destroyed", by=None, now=now, subject=subject, group_id=one.group_id, kept_as=one.retention)


async def keep_longer(
    unit: Unit, reference: str, reason: KeepReason, *, by: Viewer, now: datetime, rules: Rules
) -> Record:
    """Start its time again. What nobody was warned of, as when a form is sent twice, is left as it is.

    Raises `NotFound`, and `NotYours` for anybody but who raised it and their organisation's records lead.
    """
    one = await find_own(unit, reference, by=by, now=now, rules=rules)
    if one.retired_at:
        raise NotFound(what=reference)
    if one.warned_at:
        await note_activity(unit, one.id, now)
        subject = ("concern", one.id)
        record(unit, "concern kept", by=by, now=now, subject=subject, group_id=one.group_id, why=str(reason))
    return await find_own(unit, reference, by=by, now=now, rules=rules)


async def restore(unit: Unit, reference: str, reason: KeepReason, *, by: Viewer, now: datetime, rules: Rules) -> Record:
    """Bring back what was removed, to be seen as before; its time starts again. A second time changes nothing.

    Raises as `keep_longer` does; what has been destroyed is not found.
    """
    one = await find_own(unit, reference, by=by, now=now, rules=rules)
    if one.retired_at:
        await asked.set_keeping(unit, one.id, retired_at=None, warned_at=None, active_at=now)
        subject = ("concern", one.id)
        record(unit, "concern restored", by=by, now=now, subject=subject, group_id=one.group_id, why=str(reason))
        await _show_channel(unit, one, now, rules)
        await note_concern(unit, one.id, now=now, rules=rules)
    return await find_own(unit, reference, by=by, now=now, rules=rules)


async def find_own(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Record:
    """The same for opening the form; nobody else changes it until this unit ends. Raises as `keep_longer` does."""
    one = await asked.record_of(unit, reference, by, rules.today(now), rules)
    if one is None:
        raise NotFound(what=reference)
    ours = one.organisation_id == by.organisation_id
    if not (ours and (by.records_lead or one.raised_by_id == by.person_id)):
        if one.retired_at:  # what has been removed is not there for whoever cannot bring it back
            raise NotFound(what=reference)
        raise NotYours(who="whoever raised it, or their organisation’s records lead,")
    return one


async def _show_channel(unit: Unit, one: Record, now: datetime, rules: Rules) -> None:
    """Take it back from the channel and from direct messages, or show it there again."""
    concern = await asked.concern_row(unit, one.id)
    if concern:
        await unit.session.refresh(concern)
        await refresh_channel(unit, concern, now=now, rules=rules)
        await refresh_changes(unit, concern, now=now)


def _due(one: Record, today: date, rules: Rules) -> Due:
    return due(one.kept(rules), rules.policy.retention, today)
