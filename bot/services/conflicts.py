"""Conflicts of interest: whoever has one declares it and at once sees nothing about that provider. Only somebody who
runs a group of theirs ends it again, since ending one gives back the right to see."""

from datetime import date, datetime, timedelta

from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import Role
from bot.errors import NotFound, NotYours
from bot.store.conflicts import Declared, declaration, declared_about, declared_in
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import reachable_person, seated
from bot.store.tables import Conflict, Provider
from bot.store.unit import Unit


async def declare(unit: Unit, provider_id: int, *, by: Viewer, now: datetime, rules: Rules) -> Conflict:
    """Declare one's own conflict of interest about a provider, from today on. A second time changes nothing."""
    today = rules.today(now)
    earlier = await declared_about(unit, by.person_id, provider_id)
    for conflict in earlier:
        if conflict.starts_on <= today and (conflict.ends_on is None or conflict.ends_on >= today):
            return conflict
    # A declaration ended on the day it was made is taken up again: one day has one row.
    conflict = next((one for one in earlier if one.starts_on == today), None) or Conflict(
        person_id=by.person_id, provider_id=(await unit.get(Provider, provider_id)).key, starts_on=today
    )
    conflict.ends_on = None
    unit.add(conflict)
    await unit.flush()
    record(unit, "conflict declared", by=by, now=now, subject=("provider", provider_id))
    about: dict[str, int | str] = {"conflict": conflict.key}
    for person_id in await _who_run_their_groups(unit, by, today):
        await tell(unit, Telling("conflict.declared", about, person_id=person_id, slot=today.isoformat()), now)
    return conflict


async def ask_to_end(unit: Unit, conflict_id: int, *, by: Viewer, now: datetime, rules: Rules) -> Declared:
    """Say that one's own conflict is over: those who run one's groups are asked to end it, once a day at most."""
    found = await declaration(unit, conflict_id)
    if found is None or found.conflict.person_id != by.person_id:
        raise NotFound(what="that declaration")
    today = rules.today(now)
    record(unit, "end of conflict asked", by=by, now=now, subject=("provider", found.conflict.provider_id))
    about: dict[str, int | str] = {"conflict": found.conflict.key}
    for person_id in await _who_run_their_groups(unit, by, today):
        await tell(unit, Telling("conflict.over", about, person_id=person_id, slot=today.isoformat()), now)
    return found


async def end(unit: Unit, conflict_id: int, *, by: Viewer, now: datetime, rules: Rules) -> Declared:
    """End somebody else's declaration. A second time changes nothing. Raises `NotFound` and `NotYours`."""
    found = await declaration(unit, conflict_id)
    today = rules.today(now)
    if found is None:
        raise NotFound(what="that declaration")
    theirs = await reachable_person(unit, found.person.key, by.runs_groups, today)
    if theirs is None or found.person.key == by.person_id:
        raise NotYours(who="the chair or secretariat of a group they belong to, and nobody for themselves,")
    if found.conflict.ends_on is None or found.conflict.ends_on >= today:
        found.conflict.ends_on = today - timedelta(days=1)
        unit.add(found.conflict)
        subject = ("provider", found.conflict.provider_id)
        record(unit, "conflict ended", by=by, now=now, subject=subject, person=found.person.key)
        about: dict[str, int | str] = {"conflict": found.conflict.key}
        slot = today.isoformat()
        await tell(unit, Telling("conflict.ended", about, person_id=found.person.key, slot=slot), now)
    return found


async def to_end(unit: Unit, by: Viewer, today: date) -> list[Declared]:
    """The declarations of others that this person may end: of people in the groups they run."""
    found = await declared_in(unit, by.runs_groups, today) if by.runs_groups else []
    return [one for one in found if one.person.key != by.person_id]


async def _who_run_their_groups(unit: Unit, by: Viewer, today: date) -> list[int]:
    """The secretariat of each of that person's groups, or its chair where there is none; each once."""
    found: dict[int, None] = {}
    for group_id in by.group_ids:
        running = await seated(unit, group_id, today, Role.SECRETARIAT)
        running = running or await seated(unit, group_id, today, Role.CHAIR)
        found |= dict.fromkeys(person.key for person in running)
    return [key for key in found if key != by.person_id]
