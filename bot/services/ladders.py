"""Taking an escalation's next step: who is told now, and when to look again. Called at the start and by the clock."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.domain.escalation import (
    AddresseeState,
    Event,
    Rung,
    Step,
    StepKind,
    after,
    build_ladder,
    next_step,
    officers_ladder,
    renewed,
)
from bot.domain.policy import Rules
from bot.domain.terms import Basis, ConcernState, Marking, Role
from bot.store import escalations as asked
from bot.store import ladders as climbing
from bot.store.concerns import reaches
from bot.store.handling import share
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import away, nominees, representatives, seated
from bot.store.tables import Addressee, Concern, Escalation
from bot.store.unit import Unit

SILENCE_KEPT_FROM_ORIGINATOR = 1
OFFICERS = (Role.SECRETARIAT, Role.CHAIR)


async def ladders_today(
    unit: Unit, escalation: Escalation, lines: Sequence[Addressee], today: date
) -> Mapping[int, list[Rung]]:
    """The ladder that each of these addressees would have if it were asked today, by the addressee's number."""
    bodies = [line.organisation_id for line in lines if line.organisation_id is not None]
    named = await nominees(unit, bodies, today)
    seats = await representatives(unit, bodies, escalation.group_id, today)
    without = {escalation.raised_by_id}
    found = {}
    for line in lines:
        if line.organisation_id is not None:
            theirs = (named[line.organisation_id], seats[line.organisation_id])
            found[line.key] = build_ladder(*theirs, category=escalation.category, without=without)
        else:
            secretariat, chairs = [await _officers(unit, line.group_id or 0, today, role) for role in OFFICERS]
            found[line.key] = officers_ladder(secretariat, chairs, without=without)
    return found


async def set_out(
    unit: Unit, escalation: Escalation, lines: Sequence[Addressee], *, now: datetime, rules: Rules
) -> None:
    """Give each of these new lines its ladder, let the officers of a group read it, and take the first step."""
    ladders = await ladders_today(unit, escalation, lines, rules.today(now))
    for line in lines:
        await _climb(unit, line, escalation, ladders[line.key], now)
        await advance(unit, line, escalation, now=now, rules=rules)


async def advance(
    unit: Unit, addressee: Addressee, escalation: Escalation, *, now: datetime, rules: Rules
) -> Step | None:
    """Take the step that is due for one addressee, and queue word of it in the same transaction."""
    rungs = await climbing.ladder(unit, addressee.key)
    today = rules.today(now)
    step = next_step(
        climbing.progress_of(addressee),
        rungs,
        absent=await away(unit, [rung.person_id for rung in rungs], now, today),
        pace=rules.policy.pace(escalation.kind, escalation.urgency),
        calendar=rules.calendar,
        now=now,
    )
    addressee.next_step_at = step.next_at if step else None
    if step:
        addressee.position, addressee.reminded = step.progress.position, step.progress.reminded
        addressee.nudges = step.progress.nudges
    unit.add(addressee)
    await unit.flush()
    if step:
        await _tell(unit, step, addressee, escalation, now, rules)
        line = ("addressee", addressee.key)
        record(unit, f"escalation {step.kind}", by=None, now=now, subject=line, group_id=escalation.group_id)
    return step


async def advance_due(unit: Unit, addressee_id: int, *, now: datetime, rules: Rules) -> None:
    """The same for a line found due; does nothing if another replica has been quicker. Before it, the rungs not
    reached are brought up to date with the directory."""
    addressee = await unit.find(Addressee, addressee_id, lock=True)
    if addressee and addressee.next_step_at is not None and addressee.next_step_at <= now:
        escalation = await unit.get(Escalation, addressee.escalation_id)
        if addressee.state is AddresseeState.NOTIFIED:
            wanted = (await ladders_today(unit, escalation, [addressee], rules.today(now)))[addressee.key]
            await _climb(unit, addressee, escalation, wanted, now)
        await advance(unit, addressee, escalation, now=now, rules=rules)
        await refresh_grid(unit, escalation, now, because=addressee)


async def hasten(unit: Unit, addressee_id: int, person_id: int | None, now: datetime) -> None:
    """Take the next step at once if it is still the turn of this person, who turned out not to be reachable."""
    addressee = await unit.find(Addressee, addressee_id, lock=True)
    if addressee is None:
        return
    rungs = await climbing.ladder(unit, addressee_id)
    turn = next((rung.person_id for rung in rungs if rung.position == addressee.position), None)
    if addressee.state is AddresseeState.NOTIFIED and turn == person_id:
        addressee.next_step_at, addressee.reminded = now, True
        unit.add(addressee)


async def stop_clocks(unit: Unit, concern: Concern, *, now: datetime) -> None:
    """Nobody is chased about what they may no longer read: the people who were told hear that the reference is
    withdrawn from them, and nothing more."""
    for escalation, addressee in await climbing.awaited_about(unit, concern.key):
        if not await _still_reads(unit, addressee):
            await stop(unit, escalation, addressee, now=now)


async def stop(unit: Unit, escalation: Escalation, addressee: Addressee, *, now: datetime) -> None:
    """Wait for this addressee no more, and tell whoever was told that it is withdrawn from them."""
    state = after(addressee.state, Event.STOP)
    if state is None:
        return
    addressee.state, addressee.next_step_at = state, None
    unit.add(addressee)
    await unit.flush()
    about: dict[str, int | str] = {"addressee": addressee.key}
    for person_id in await climbing.people_told(unit, addressee):
        slot = str(addressee.version)
        await tell(unit, Telling("escalation.withdrawn", about, person_id=person_id, slot=slot), now)
    stopped = ("addressee", addressee.key)
    record(unit, "escalation stopped", by=None, now=now, subject=stopped, group_id=escalation.group_id)
    await refresh_grid(unit, escalation, now, because=addressee)


async def refresh_grid(unit: Unit, escalation: Escalation, now: datetime, *, because: Addressee) -> None:
    """Bring the originator's grid up to date, in place."""
    about: dict[str, int | str] = {"escalation": escalation.key}
    first = Telling("escalation.grid", about, person_id=escalation.raised_by_id)
    slot = f"{because.key}.{because.version}"
    await tell(
        unit,
        Telling("escalation.grid", about, person_id=escalation.raised_by_id, slot=slot, edits=first.once),
        now,
    )


async def _climb(unit: Unit, line: Addressee, escalation: Escalation, wanted: Sequence[Rung], now: datetime) -> None:
    """Bring the rungs ahead up to date. Who answers for a group reads its concerns by that."""
    standing = await climbing.ladder(unit, line.key)
    rungs = renewed(standing, line.position, wanted)
    if rungs == standing:
        return
    await climbing.set_ladder(unit, line, rungs)
    if line.group_id is not None:
        for concern in await asked.concerns_about(unit, escalation.key):
            officers = [(None, rung.person_id) for rung in rungs]
            await share(unit, concern.key, officers, Basis.OFFICER, now)


async def _officers(unit: Unit, group_id: int, today: date, role: Role) -> list[int]:
    """Those in this seat of a group who can be reached in chat."""
    return [person.key for person in await seated(unit, group_id, today, role) if person.reachable]


async def _still_reads(unit: Unit, addressee: Addressee) -> bool:
    """Whether this addressee may still read one of the concerns it is asked about."""
    for concern in await asked.concerns_about(unit, addressee.escalation_id):
        if concern.state is ConcernState.WITHDRAWN or concern.marking is Marking.RED:
            continue
        if addressee.group_id is not None or addressee.organisation_id in await reaches(unit, concern):
            return True
    return False


async def _tell(
    unit: Unit, step: Step, addressee: Addressee, escalation: Escalation, now: datetime, rules: Rules
) -> None:
    about: dict[str, int | str] = {"addressee": addressee.key}
    slot = str(addressee.round) if addressee.round else ""
    if step.rung and step.kind is StepKind.TELL:
        await climbing.mark_told(unit, addressee.key, step.rung.position, now)
        await tell(unit, Telling("escalation.notice", about, person_id=step.rung.person_id, slot=slot), now)
    if step.rung and step.kind is StepKind.REMIND:
        await tell(unit, Telling("escalation.reminder", about, person_id=step.rung.person_id, slot=slot), now)
    slot = f"{slot}.{step.progress.nudges}" if slot else str(step.progress.nudges)
    if step.kind is StepKind.CHASE:
        await _chase(unit, step, addressee, escalation, slot, now)
    if step.kind is StepKind.REPLY:
        to = escalation.raised_by_id
        await tell(unit, Telling("escalation.unreplied", about, person_id=to, slot=slot), now)
    if step.kind is StepKind.NOBODY:
        chairs = await seated(unit, escalation.group_id, rules.today(now), Role.CHAIR)
        for person_id in {escalation.raised_by_id, *(chair.key for chair in chairs)}:
            await tell(unit, Telling("escalation.nobody", about, person_id=person_id, slot=slot), now)


async def _chase(
    unit: Unit, step: Step, addressee: Addressee, escalation: Escalation, slot: str, now: datetime
) -> None:
    """Acknowledged and then silent: ask again, and after the first time tell the originator too."""
    about: dict[str, int | str] = {"addressee": addressee.key}
    await tell(unit, Telling("escalation.chase", about, person_id=addressee.acknowledged_by_id, slot=slot), now)
    if step.progress.nudges > SILENCE_KEPT_FROM_ORIGINATOR:
        await tell(unit, Telling("escalation.silent", about, person_id=escalation.raised_by_id, slot=slot), now)
