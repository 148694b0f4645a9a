"""Named questions about ladders, for the clock, past the predicate: who stands on which rung, and what is due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, tuple_, update
from sqlmodel import col, select

from bot.domain.escalation import AWAITED, AddresseeState, Progress, Rung
from bot.store.tables import Addressee, Escalation, EscalationConcern, LadderRung, Organisation
from bot.store.unit import Unit


@dataclass(frozen=True)
class DueLine:
    """A line whose next step is due. `body` is the organisation that is addressed, if it is not a group."""

    addressee: Addressee
    escalation: Escalation
    body: Organisation | None


async def ladder(unit: Unit, addressee_id: int) -> list[Rung]:
    return (await ladders(unit, [addressee_id]))[addressee_id]


async def ladders(unit: Unit, addressee_ids: Collection[int]) -> dict[int, list[Rung]]:
    """The rungs of each of these lines, in their order."""
    rows = await unit.all(
        select(LadderRung).where(col(LadderRung.addressee_id).in_(addressee_ids)).order_by(col(LadderRung.position))
    )
    found: dict[int, list[Rung]] = {key: [] for key in addressee_ids}
    for row in rows:
        found[row.addressee_id].append(Rung(row.position, row.person_id, row.role))
    return found


async def set_ladders(unit: Unit, changes: Sequence[tuple[Addressee, Sequence[Rung], Sequence[Rung]]]) -> None:
    """For each line, with the ladder that stands and the one it is to have: put the new rungs in place of those that
    were not reached yet."""
    for line, standing, _ in changes:
        if any(rung.position > line.position for rung in standing):
            ahead = (col(LadderRung.addressee_id) == line.key, col(LadderRung.position) > line.position)
            await unit.write(delete(LadderRung).where(*ahead))
    rows = [
        LadderRung(addressee_id=line.key, position=rung.position, person_id=rung.person_id, role=rung.role)
        for line, _, rungs in changes
        for rung in rungs
        if rung.position > line.position
    ]
    await unit.insert_rows(rows)


async def take_down(unit: Unit, addressee_id: int) -> None:
    """Nobody stands on this ladder any more."""
    await unit.write(delete(LadderRung).where(col(LadderRung.addressee_id) == addressee_id))


async def mark_told(unit: Unit, reached: Collection[tuple[int, int]], now: datetime) -> None:
    """These rungs, as lines and positions, are reached now."""
    if reached:
        rung = tuple_(col(LadderRung.addressee_id), col(LadderRung.position))
        await unit.write(update(LadderRung).where(rung.in_(reached)).values(told_at=now))


async def due_addressees(unit: Unit, now: datetime, limit: int = 5000) -> Sequence[int | None]:
    """The addressees whose next step is due, oldest first: ids, each to be taken in a unit of its own."""
    return await unit.all(
        select(col(Addressee.id))
        .where(col(Addressee.next_step_at) <= now)
        .order_by(col(Addressee.next_step_at))
        .limit(limit)
    )


async def due_line(unit: Unit, addressee_id: int, now: datetime) -> DueLine | None:
    """One of these, which nobody else takes until this unit ends; None if another replica has been quicker."""
    rows = await unit.rows(
        select(Addressee, Escalation, Organisation)
        .join(Escalation, col(Escalation.id) == col(Addressee.escalation_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Addressee.organisation_id))
        .where(Addressee.id == addressee_id, col(Addressee.next_step_at) <= now)
        .with_for_update(of=Addressee)
    )
    return DueLine(*rows[0]) if rows else None


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
