"""Taking an escalation's next step: who is told now, and when to look again. Called at the start and by the clock."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.calendar import WorkingCalendar
from bot.domain.escalation import (
    AWAITED,
    AddresseeState,
    EscalationState,
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
from bot.domain.kinds import DRILL
from bot.domain.policy import Rules
from bot.domain.terms import Basis, ConcernState, Marking, Role
from bot.services.ladder_news import tell_step
from bot.services.routing import calendar_of
from bot.services.succession import pass_on
from bot.store import escalations as asked
from bot.store import ladders as climbing
from bot.store.concerns import reaches
from bot.store.handling import share
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import away, nominees, organisations_by_id, representatives, seated
from bot.store.routing import sector_and_region
from bot.store.tables import Addressee, Concern, Escalation, Organisation
from bot.store.unit import Unit

OFFICERS = (Role.SECRETARIAT, Role.CHAIR)
NOBODY_LEFT_OUT: frozenset[int] = frozenset()


@dataclass(frozen=True)
class _Climb:
    """One line on its way up: its ladder, by whose hours its time runs, and who stands on a rung but is named for it
    no longer."""

    line: Addressee
    rungs: list[Rung]
    calendar: WorkingCalendar
    dropped: AbstractSet[int] = NOBODY_LEFT_OUT


async def ladders_today(
    unit: Unit, escalation: Escalation, lines: Sequence[Addressee], today: date
) -> Mapping[int, list[Rung]]:
    """The ladder that each of these addressees would have if it were asked today, by the addressee's number."""
    bodies = [line.organisation_id for line in lines if line.organisation_id is not None]
    named = await nominees(unit, bodies, today)
    seats = await representatives(unit, bodies, escalation.group_id, today)
    regional = any(nominee.region for theirs in named.values() for nominee in theirs)
    region = await _region(unit, escalation) if regional else ""
    # A drill rehearses the ladder that others would climb, so whoever started it stands on it as well.
    without = NOBODY_LEFT_OUT if escalation.kind == DRILL else {escalation.raised_by_id}
    found = {}
    for line in lines:
        if line.organisation_id is not None:
            theirs = (named[line.organisation_id], seats[line.organisation_id])
            found[line.key] = build_ladder(*theirs, category=escalation.category, region=region, without=without)
        else:
            secretariat, chairs = [await _officers(unit, line.group_id or 0, today, role) for role in OFFICERS]
            found[line.key] = officers_ladder(secretariat, chairs, without=without)
    return found


async def set_out(
    unit: Unit, escalation: Escalation, lines: Sequence[Addressee], *, now: datetime, rules: Rules
) -> None:
    """Give each of these lines its ladder, let the officers of a group read it, and take the first step of all."""
    wanted = await ladders_today(unit, escalation, lines, rules.today(now))
    standing = await climbing.ladders(unit, [line.key for line in lines])
    bodies = await organisations_by_id(unit, [line.organisation_id for line in lines if line.organisation_id])
    ladders = [(line, standing[line.key], wanted[line.key]) for line in lines]
    climbs = []
    for line, rungs in zip(lines, await _climb(unit, escalation, ladders, now), strict=True):
        calendar = calendar_of(bodies[line.organisation_id], rules) if line.organisation_id else rules.calendar
        climbs.append(_Climb(line, rungs, calendar))
    await _advance(unit, escalation, climbs, now=now, rules=rules)


async def advance(
    unit: Unit, addressee: Addressee, escalation: Escalation, *, now: datetime, rules: Rules
) -> Step | None:
    """Take the step that is due for one addressee, and queue word of it in the same transaction."""
    rungs = await climbing.ladder(unit, addressee.key)
    climb = _Climb(addressee, rungs, await calendar_for(unit, addressee, escalation, rules))
    return (await _advance(unit, escalation, [climb], now=now, rules=rules))[0]


async def advance_due(unit: Unit, addressee_id: int, *, now: datetime, rules: Rules) -> Escalation | None:
    """The same for a line found due; gives its escalation, or None if another replica has been quicker. Before it, an
    organisation that has ended gives way to its successor, and the rungs not reached follow the directory."""
    due = await climbing.due_line(unit, addressee_id, now)
    if due is None:
        return None
    line, escalation, today = due.addressee, due.escalation, rules.today(now)
    if due.body and due.body.ends_on and due.body.ends_on < today and escalation.kind != DRILL:
        await pass_on(unit, line, escalation, now=now, rules=rules)
    if line.state not in AWAITED or escalation.state is not EscalationState.OPEN:
        line.next_step_at = None
        unit.add(line)
        await unit.flush()
    else:
        await _advance(unit, escalation, [await _renew(unit, line, escalation, now, rules)], now=now, rules=rules)
    await refresh_grid(unit, escalation, now, because=line)
    return escalation


async def calendar_for(unit: Unit, line: Addressee, escalation: Escalation, rules: Rules) -> WorkingCalendar:
    """By whose hours the time of a line runs: those of the organisation that is waited for, which is the one that asks
    while the line waits for its reply. A group keeps the policy's."""
    waited_for = escalation.organisation_id if line.state is AddresseeState.ASKS else line.organisation_id
    if waited_for is None:
        return rules.calendar
    return calendar_of(await unit.get(Organisation, waited_for), rules)


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
    if escalation.kind == DRILL:
        return
    about: dict[str, int | str] = {"escalation": escalation.key}
    first = Telling("escalation.grid", about, person_id=escalation.raised_by_id)
    slot = f"{because.key}.{because.version}"
    await tell(
        unit,
        Telling("escalation.grid", about, person_id=escalation.raised_by_id, slot=slot, edits=first.once),
        now,
    )


async def _advance(
    unit: Unit, escalation: Escalation, climbs: Sequence[_Climb], *, now: datetime, rules: Rules
) -> list[Step | None]:
    """Take the step that is due for each of these lines, with few statements beside what is told."""
    people = {rung.person_id for climb in climbs for rung in climb.rungs}
    people |= {climb.line.acknowledged_by_id for climb in climbs if climb.line.acknowledged_by_id}
    absent = await away(unit, people, now, rules.today(now))
    pace = rules.policy.pace(escalation.kind, escalation.urgency)
    steps = []
    for climb in climbs:
        missing = absent | climb.dropped
        at = climbing.progress_of(climb.line)
        step = next_step(at, climb.rungs, absent=missing, pace=pace, calendar=climb.calendar, now=now)
        _take(climb.line, step, escalation)
        steps.append((climb, step, missing))
    unit.add(*(climb.line for climb in climbs))
    await unit.flush()
    told = [
        (climb.line.key, step.rung.position)
        for climb, step, _ in steps
        if step and step.rung and step.kind is StepKind.TELL
    ]
    await climbing.mark_told(unit, told, now)
    for climb, step, missing in steps:
        if step:
            facts = (climb.line, escalation)
            await tell_step(unit, step, *facts, rungs=climb.rungs, absent=missing, now=now, rules=rules)
            _note(unit, step, *facts, now)
    return [step for _, step, _ in steps]


def _take(line: Addressee, step: Step | None, escalation: Escalation) -> None:
    """Where a step leaves the line. A drill is over for whoever has nobody left to reach."""
    line.next_step_at = step.next_at if step else None
    if step:
        line.position, line.reminded = step.progress.position, step.progress.reminded
        line.nudges = step.progress.nudges
        if escalation.kind == DRILL and step.kind is StepKind.NOBODY:
            line.state, line.next_step_at = after(line.state, Event.STOP) or line.state, None


def _note(unit: Unit, step: Step, line: Addressee, escalation: Escalation, now: datetime) -> None:
    act = f"{'drill' if escalation.kind == DRILL else 'escalation'} {step.kind}"
    record(unit, act, by=None, now=now, subject=("addressee", line.key), group_id=escalation.group_id)


async def _renew(unit: Unit, line: Addressee, escalation: Escalation, now: datetime, rules: Rules) -> _Climb:
    """A line with its ladder as the directory has it now; while it waits for a reply nobody on it is told anything."""
    standing = await climbing.ladder(unit, line.key)
    calendar = await calendar_for(unit, line, escalation, rules)
    if line.state is AddresseeState.ASKS:
        return _Climb(line, standing, calendar)
    wanted = (await ladders_today(unit, escalation, [line], rules.today(now)))[line.key]
    (rungs,) = await _climb(unit, escalation, [(line, standing, wanted)], now)
    named = {line.acknowledged_by_id, *(rung.person_id for rung in wanted)}
    return _Climb(line, rungs, calendar, frozenset(rung.person_id for rung in rungs) - named)


async def _climb(
    unit: Unit, escalation: Escalation, ladders: Sequence[tuple[Addressee, list[Rung], list[Rung]]], now: datetime
) -> list[list[Rung]]:
    """For each line, with the ladder that stands and the one it would have today: bring the rungs ahead up to date. Who
    answers for a group reads its concerns by that."""
    renewals = [(line, standing, renewed(standing, line.position, wanted)) for line, standing, wanted in ladders]
    changes = [one for one in renewals if one[1] != one[2]]
    await climbing.set_ladders(unit, changes)
    for line, _, rungs in changes:
        for concern in await asked.concerns_about(unit, escalation.key) if line.group_id else ():
            await share(unit, concern.key, [(None, rung.person_id) for rung in rungs], Basis.OFFICER, now)
    return [rungs for _, _, rungs in renewals]


async def _region(unit: Unit, escalation: Escalation) -> str:
    """Where the provider is that it is about, as far as its first concern says."""
    for concern in await asked.concerns_about(unit, escalation.key):
        if concern.provider_id is not None:
            return (await sector_and_region(unit, concern.provider_id))[1]
    return ""


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
