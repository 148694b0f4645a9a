"""Holds: an organisation's order, by its records lead, that a concern is not destroyed. They stop nothing else."""

from datetime import datetime

from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import LiftReason
from bot.errors import FormErrors, NotFound, NotYours
from bot.store import keeping as asked
from bot.store.journal import record
from bot.store.keeping import Record
from bot.store.tables import Hold
from bot.store.unit import Unit


async def place_hold(unit: Unit, reference: str, reason: str, *, by: Viewer, now: datetime, rules: Rules) -> Record:
    """Hold a concern of one's organisation, or one shared with it. While one of its holds stands, that one stays.

    Raises `NotFound`, `NotYours` and `FormErrors`.
    """
    one = await find_to_hold(unit, reference, by=by, now=now, rules=rules)
    if await asked.holds_of(unit, by.organisation_id, one.id):
        return one
    if not reason.strip():
        raise FormErrors({"reason": "Say in a sentence why it must not be destroyed."})
    hold = Hold(
        concern_id=one.id,
        organisation_id=by.organisation_id,
        placed_by_id=by.person_id,
        placed_at=now,
        reason=reason.strip(),
    )
    unit.add(hold)
    await unit.flush()
    record(unit, "hold placed", by=by, now=now, subject=("concern", one.id), group_id=one.group_id, hold=hold.key)
    return one


async def lift_hold(
    unit: Unit, reference: str, reason: LiftReason, *, by: Viewer, now: datetime, rules: Rules
) -> Record:
    """Lift one's organisation's hold; another's stands. A second time changes nothing. Raises as `place_hold` does."""
    one = await find_to_hold(unit, reference, by=by, now=now, rules=rules)
    hold = (await asked.holds_of(unit, by.organisation_id, one.id)).get(one.id)
    if hold:
        hold.lifted_at, hold.lifted_by_id = now, by.person_id
        unit.add(hold)
        facts: dict[str, int | str] = {"hold": hold.key, "why": str(reason)}
        record(unit, "hold lifted", by=by, now=now, subject=("concern", one.id), group_id=one.group_id, **facts)
        await unit.flush()
    return one


async def find_to_hold(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Record:
    """The same for opening the form; whoever destroys it waits until this unit ends."""
    if not by.records_lead:
        raise NotYours(who=f"a records lead of {by.organisation}")
    one = await asked.record_of(unit, reference, by, rules.today(now), rules)
    if one is None:
        raise NotFound(what=reference)
    return one
