"""Named questions about ladders, for the clock, past the predicate: who stands on which rung, and what is due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete
from sqlmodel import col, select

from bot.domain.escalation import AWAITED, AddresseeState, Progress, Rung
from bot.store.tables import Addressee, Escalation, EscalationConcern, LadderRung
from bot.store.unit import Unit


async def ladder(unit: Unit, addressee_id: int) -> list[Rung]:
    rows = await unit.all(
        select(LadderRung).where(LadderRung.addressee_id == addressee_id).order_by(col(LadderRung.position))
    )
    return [Rung(row.position, row.person_id, row.role) for row in rows]


async def set_ladder(unit: Unit, addressee: Addressee, rungs: Sequence[Rung]) -> None:
    """Put these rungs in place of those not reached yet."""
    ahead = (col(LadderRung.addressee_id) == addressee.key, col(LadderRung.position) > addressee.position)
    await unit.write(delete(LadderRung).where(*ahead))
    unit.add(
        *(
            LadderRung(addressee_id=addressee.key, position=r.position, person_id=r.person_id, role=r.role)
            for r in rungs
            if r.position > addressee.position
        )
    )
    await unit.flush()


async def mark_told(unit: Unit, addressee_id: int, position: int, now: datetime) -> None:
    rung = await unit.first(
        select(LadderRung).where(LadderRung.addressee_id == addressee_id, LadderRung.position == position)
    )
    if rung:
        rung.told_at = now
        unit.add(rung)


async def due_addressees(unit: Unit, now: datetime, limit: int = 5000) -> Sequence[int | None]:
    """The addressees whose next step is due, oldest first: ids, each to be taken in a unit of its own."""
    return await unit.all(
        select(col(Addressee.id))
        .where(col(Addressee.next_step_at) <= now)
        .order_by(col(Addressee.next_step_at))
        .limit(limit)
    )


async def awaited_about(unit: Unit, concern_id: int) -> list[tuple[Escalation, Addressee]]:
    """The addressees who are being waited for about one concern."""
    rows = await unit.rows(
        select(Escalation, Addressee)
        .join(Addressee, col(Addressee.escalation_id) == col(Escalation.id))
        .join(EscalationConcern, col(EscalationConcern.escalation_id) == col(Escalation.id))
        .where(EscalationConcern.concern_id == concern_id, col(Addressee.state).in_(AWAITED))
        .order_by(col(Addressee.id))
    )
    return [(escalation, addressee) for escalation, addressee in rows]


async def lines_of(unit: Unit, escalation_id: int, *, lock: bool = False) -> Sequence[Addressee]:
    """Every addressee of one escalation; with `lock`, nobody else changes them until this unit ends."""
    asked = select(Addressee).where(Addressee.escalation_id == escalation_id).order_by(col(Addressee.id))
    return await unit.all(asked.with_for_update() if lock else asked)


async def people_told(unit: Unit, addressee: Addressee) -> list[int]:
    """Who has been told for that addressee: those the ladder reached, and who acknowledged."""
    told = select(LadderRung.person_id).where(
        LadderRung.addressee_id == addressee.key, col(LadderRung.told_at).is_not(None)
    )
    acknowledged = [addressee.acknowledged_by_id] if addressee.acknowledged_by_id else []
    return list(dict.fromkeys([*await unit.all(told.order_by(col(LadderRung.position))), *acknowledged]))


async def whose_turn(unit: Unit, person_id: int) -> Sequence[int]:
    """The lines nobody has acknowledged that have come to this person."""
    reached = and_(col(LadderRung.addressee_id) == col(Addressee.id), col(LadderRung.position) == Addressee.position)
    keys = await unit.all(
        select(col(Addressee.id))
        .join(LadderRung, reached)
        .where(LadderRung.person_id == person_id, Addressee.state == AddresseeState.NOTIFIED)
    )
    return [key for key in keys if key is not None]


def progress_of(addressee: Addressee) -> Progress:
    return Progress(addressee.state, addressee.position, addressee.reminded, addressee.nudges)
