"""Taking an escalation's next step: who is told now, and when to look again. Called at the start and by the clock."""

from datetime import datetime

from bot.domain.escalation import AddresseeState, Step, StepKind, next_step
from bot.domain.policy import Rules
from bot.domain.terms import ConcernState, Marking, Role
from bot.store import escalations as asked
from bot.store.concerns import reaches
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import away, seated
from bot.store.tables import Addressee, Concern, Escalation
from bot.store.unit import Unit

SILENCE_KEPT_FROM_ORIGINATOR = 1


async def advance(
    unit: Unit, addressee: Addressee, escalation: Escalation, *, now: datetime, rules: Rules
) -> Step | None:
    """Take the step that is due for one organisation, and queue word of it in the same transaction."""
    rungs = await asked.ladder(unit, addressee.key)
    today = rules.today(now)
    step = next_step(
        asked.progress_of(addressee),
        rungs,
        absent=await away(unit, [rung.person_id for rung in rungs], now, today),
        pace=rules.policy.pace(escalation.urgency),
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
    """The same for a line found due; does nothing if another replica has been quicker."""
    addressee = await unit.find(Addressee, addressee_id, lock=True)
    if addressee and addressee.next_step_at is not None and addressee.next_step_at <= now:
        escalation = await unit.get(Escalation, addressee.escalation_id)
        await advance(unit, addressee, escalation, now=now, rules=rules)
        await refresh_grid(unit, escalation, now, because=addressee)


async def hasten(unit: Unit, addressee_id: int, person_id: int | None, now: datetime) -> None:
    """Take the next step at once if it is still the turn of this person, who turned out not to be reachable."""
    addressee = await unit.find(Addressee, addressee_id, lock=True)
    if addressee is None:
        return
    rungs = await asked.ladder(unit, addressee_id)
    turn = next((rung.person_id for rung in rungs if rung.position == addressee.position), None)
    running = addressee.state is AddresseeState.NOTIFIED and addressee.next_step_at is not None
    if running and turn == person_id:
        addressee.next_step_at, addressee.reminded = now, True
        unit.add(addressee)


async def stop_clocks(unit: Unit, concern: Concern, *, now: datetime) -> None:
    """No organisation is chased about what it may no longer read: its people who were told hear that the reference
    is withdrawn from them, and nothing more."""
    readers = await reaches(unit, concern) if concern.marking is not Marking.RED else set()
    for escalation, addressee in await asked.running(unit, concern.key):
        if concern.state is ConcernState.WITHDRAWN or addressee.organisation_id not in readers:
            addressee.next_step_at = None
            unit.add(addressee)
            await unit.flush()
            about: dict[str, int | str] = {"addressee": addressee.key}
            for person_id in await asked.people_told(unit, addressee):
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


async def _tell(
    unit: Unit, step: Step, addressee: Addressee, escalation: Escalation, now: datetime, rules: Rules
) -> None:
    about: dict[str, int | str] = {"addressee": addressee.key}
    if step.rung and step.kind is StepKind.TELL:
        await asked.mark_told(unit, addressee.key, step.rung.position, now)
        await tell(unit, Telling("escalation.notice", about, person_id=step.rung.person_id), now)
    if step.rung and step.kind is StepKind.REMIND:
        await tell(unit, Telling("escalation.reminder", about, person_id=step.rung.person_id), now)
    if step.kind is StepKind.CHASE:
        await _chase(unit, step, addressee, escalation, now)
    if step.kind is StepKind.NOBODY:
        chairs = await seated(unit, escalation.group_id, rules.today(now), Role.CHAIR)
        for person_id in {escalation.raised_by_id, *(chair.key for chair in chairs)}:
            slot = str(step.progress.nudges)
            await tell(unit, Telling("escalation.nobody", about, person_id=person_id, slot=slot), now)


async def _chase(unit: Unit, step: Step, addressee: Addressee, escalation: Escalation, now: datetime) -> None:
    """Acknowledged and then silent: ask again, and after the first time tell the originator too."""
    about: dict[str, int | str] = {"addressee": addressee.key}
    slot = str(step.progress.nudges)
    await tell(unit, Telling("escalation.chase", about, person_id=addressee.acknowledged_by_id, slot=slot), now)
    if step.progress.nudges > SILENCE_KEPT_FROM_ORIGINATOR:
        await tell(unit, Telling("escalation.silent", about, person_id=escalation.raised_by_id, slot=slot), now)
