"""Drills: climbing the ladders of organisations to see who can be reached, though nothing has happened."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.concern import new_reference
from bot.domain.escalation import AWAITED, AddresseeState, Event, after
from bot.domain.handling import Place, Viewer
from bot.domain.kinds import DRILL
from bot.domain.policy import Rules
from bot.domain.terms import Urgency, Wanted
from bot.errors import FormErrors, NotFound, NotYours
from bot.services.ladders import set_out
from bot.store.drills import being_drilled, drill_by_reference, reached_in_drill
from bot.store.escalations import escalation_by_submission
from bot.store.journal import record
from bot.store.ladders import lines_of
from bot.store.outbox import Telling, tell
from bot.store.people import group_members, protocol_organisations
from bot.store.tables import Addressee, Escalation, Organisation
from bot.store.unit import Unit


@dataclass(frozen=True)
class Rehearsal:
    """An organisation that this person may rehearse, in a group."""

    place: Place
    body: Organisation


async def rehearsable(unit: Unit, by: Viewer, today: date) -> list[Rehearsal]:
    """Whom this person may rehearse: in each group of theirs their own organisation; those who run the group, all that
    could be asked by it. Providers are asked nothing."""
    signed = await protocol_organisations(unit, today)
    found: list[Rehearsal] = []
    for place in by.groups:
        bodies = {one.key: one for one in (*await group_members(unit, place.group_id, today), *signed)}
        runs = by.runs(place.group_id)
        mine = [one for one in bodies.values() if runs or one.key == by.organisation_id]
        found += [Rehearsal(place, one) for one in mine if one.provider_id is None]
    return found


async def start_drill(
    unit: Unit, chosen: Collection[tuple[int, int]], *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Escalation:
    """Rehearse these organisations, as numbers of the group and the organisation. The same `key` again changes nothing.

    Raises `FormErrors` for none, for one this person may not rehearse, for two groups at once, and while a drill of the
    same organisation runs.
    """
    earlier = await escalation_by_submission(unit, key)
    if earlier:
        return earlier
    allowed = {(one.place.group_id, one.body.key) for one in await rehearsable(unit, by, rules.today(now))}
    if not chosen or not set(chosen) <= allowed:
        raise FormErrors({"organisations": "Choose at least one from the list."})
    if len({group_id for group_id, _ in chosen}) > 1:
        raise FormErrors({"organisations": "Choose organisations of one group at a time."})
    bodies = sorted(body for _, body in chosen)
    if running := await being_drilled(unit, bodies):
        names = ", ".join(running)
        raise FormErrors({"organisations": f"A drill is running already: {names}. Stop it, or wait for its report."})
    return await _start(unit, next(iter(chosen))[0], bodies, by=by, key=key, now=now, rules=rules)


async def say_here(unit: Unit, reference: str, *, by: Viewer, now: datetime) -> tuple[Escalation, bool]:
    """Somebody whom the drill has come to is there; whether that was new, or nobody was waited for any more.

    Raises `NotFound` for anybody else.
    """
    drill = await _drill(unit, reference)
    lines = await reached_in_drill(unit, drill.key, by.person_id)
    if not lines:
        raise NotFound(what=reference)
    waiting = [line for line in lines if line.state in AWAITED]
    for line in waiting:
        line.state, line.next_step_at = after(line.state, Event.RESPOND) or line.state, None
        line.acknowledged_at, line.acknowledged_by_id = now, by.person_id
        unit.add(line)
        about = ("addressee", line.key)
        record(unit, "drill answered", by=by, now=now, subject=about, group_id=drill.group_id)
    await unit.flush()
    await close_if_over(unit, drill, now=now)
    return drill, bool(waiting)


async def stop_drill(unit: Unit, reference: str, *, by: Viewer, now: datetime) -> bool:
    """End a drill before it is through, and report how far it came. False if it was over.

    Raises `NotFound` where there is none, and `NotYours` for anybody but who started it and those who run its group.
    """
    drill = await _drill(unit, reference)
    if by.person_id != drill.raised_by_id and not by.runs(drill.group_id):
        raise NotYours(who="whoever started the drill, and the chair and secretariat of its group")
    stopped = [line for line in await lines_of(unit, drill.key, lock=True) if line.state in AWAITED]
    for line in stopped:
        line.state, line.next_step_at = AddresseeState.STOPPED, None
        unit.add(line)
    if stopped:
        facts = ("escalation", drill.key)
        record(unit, "drill stopped", by=by, now=now, subject=facts, group_id=drill.group_id)
    await unit.flush()
    await close_if_over(unit, drill, now=now)
    return bool(stopped)


async def close_if_over(unit: Unit, escalation: Escalation, *, now: datetime) -> None:
    """Once nobody is waited for any more a drill has ended, and whoever started it reads how it went."""
    if escalation.kind != DRILL:
        return
    # Locked before the lines are looked at, so that of two that end at once the second sees the first.
    drill = await unit.get(Escalation, escalation.key, lock=True)
    if drill.ended_at or any(line.state in AWAITED for line in await lines_of(unit, drill.key)):
        return
    drill.ended_at = now
    unit.add(drill)
    facts = ("escalation", drill.key)
    record(unit, "drill ended", by=None, now=now, subject=facts, group_id=drill.group_id)
    await tell(unit, Telling("drill.report", {"drill": drill.key}, person_id=drill.raised_by_id), now)


async def _start(
    unit: Unit, group_id: int, bodies: Collection[int], *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Escalation:
    drill = Escalation(
        reference=new_reference("D"),
        submit_key=key,
        kind=DRILL,
        group_id=group_id,
        wanted=Wanted.INFORMATION,
        urgency=Urgency.ROUTINE,
        raised_by_id=by.person_id,
        organisation_id=by.organisation_id,
        started_at=now,
    )
    unit.add(drill)
    await unit.flush()
    lines = [Addressee(escalation_id=drill.key, organisation_id=body, added_at=now) for body in bodies]
    unit.add(*lines)
    await unit.flush()
    facts = ("escalation", drill.key)
    record(unit, "drill started", by=by, now=now, subject=facts, group_id=group_id)
    await tell(unit, Telling("drill.running", {"drill": drill.key}, person_id=by.person_id), now)
    await set_out(unit, drill, lines, now=now, rules=rules)
    await close_if_over(unit, drill, now=now)
    return drill


async def _drill(unit: Unit, reference: str) -> Escalation:
    drill = await drill_by_reference(unit, reference)
    if drill is None:
        raise NotFound(what=reference)
    return drill
