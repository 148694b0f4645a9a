"""Named questions about escalations: who is asked, where each stands, and what is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, delete
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.escalation import AddresseeState, Progress, Rung
from bot.domain.handling import Viewer
from bot.store.concerns import SeenConcern
from bot.store.tables import Addressee, Escalation, LadderRung, Organisation, Person
from bot.store.unit import Unit
from bot.store.visibility import visible_escalations


@dataclass(frozen=True)
class GridLine:
    """Where one addressed organisation stands, with the names to show it."""

    addressee: Addressee
    organisation: str
    acknowledged_by: str
    told: str


@dataclass(frozen=True)
class OpenEscalation:
    """An escalation as one person sees it.

    `ours` is whether their organisation started it, so that the answers' reasons are for them; `mine` is their own
    organisation's line, if it was addressed.
    """

    escalation: Escalation
    concern: SeenConcern
    grid: list[GridLine]
    ours: bool
    mine: Addressee | None
    may_answer: bool


@dataclass(frozen=True)
class Awaited:
    """An answer somebody still owes: the escalation, and the line of their organisation."""

    escalation: Escalation
    addressee: Addressee


async def visible_escalation(unit: Unit, reference: str, viewer: Viewer, today: date) -> Escalation | None:
    asked = visible_escalations(viewer, today).where(Escalation.reference == reference.strip().upper())
    return await unit.first(asked)


async def escalation_by_submission(unit: Unit, submit_key: str) -> Escalation | None:
    """What a form has already become, for answering a resend of it as the first time."""
    return await unit.first(select(Escalation).where(Escalation.submit_key == submit_key))


async def grid(unit: Unit, escalation_id: int) -> list[GridLine]:
    """Every addressed organisation of one escalation, by name, with who was told last and who acknowledged."""
    return (await grids(unit, [escalation_id]))[escalation_id]


async def grids(unit: Unit, escalation_ids: Sequence[int]) -> dict[int, list[GridLine]]:
    """The same for several escalations, in one question."""
    reached = (
        select(Person.name)
        .join(LadderRung, col(LadderRung.person_id) == col(Person.id))
        .where(col(LadderRung.addressee_id) == col(Addressee.id), col(LadderRung.position) == col(Addressee.position))
        .correlate(Addressee)
        .scalar_subquery()
    )
    rows = await unit.rows(
        select(Addressee, col(Organisation.short_name), col(Person.name), reached)
        .join(Organisation, col(Organisation.id) == col(Addressee.organisation_id))
        .outerjoin(Person, col(Person.id) == col(Addressee.acknowledged_by_id))
        .where(col(Addressee.escalation_id).in_(escalation_ids))
        .order_by(col(Organisation.short_name))
    )
    found: dict[int, list[GridLine]] = {key: [] for key in escalation_ids}
    for addressee, organisation, acknowledged_by, told in rows:
        found[addressee.escalation_id].append(GridLine(addressee, organisation, acknowledged_by or "", told or ""))
    return found


async def addressee_for(
    unit: Unit, escalation_id: int, organisation_id: int, *, lock: bool = False
) -> Addressee | None:
    """The line of one organisation in one escalation; with `lock`, nobody else changes it until this unit ends."""
    line = select(Addressee).where(
        Addressee.escalation_id == escalation_id, Addressee.organisation_id == organisation_id
    )
    return await unit.first(line.with_for_update() if lock else line)


async def ladder(unit: Unit, addressee_id: int) -> list[Rung]:
    rows = await unit.all(
        select(LadderRung).where(LadderRung.addressee_id == addressee_id).order_by(col(LadderRung.position))
    )
    return [Rung(row.position, row.person_id, row.role) for row in rows]


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


async def running(unit: Unit, concern_id: int) -> list[tuple[Escalation, Addressee]]:
    """The organisations that are being waited for about one concern."""
    rows = await unit.rows(
        select(Escalation, Addressee)
        .join(Addressee, col(Addressee.escalation_id) == col(Escalation.id))
        .where(Escalation.concern_id == concern_id, col(Addressee.next_step_at).is_not(None))
        .order_by(col(Addressee.id))
    )
    return [(escalation, addressee) for escalation, addressee in rows]


async def people_told(unit: Unit, addressee: Addressee) -> list[int]:
    """Who at that organisation has been told: those the ladder reached, and who acknowledged."""
    told = select(LadderRung.person_id).where(
        LadderRung.addressee_id == addressee.key, col(LadderRung.told_at).is_not(None)
    )
    acknowledged = [addressee.acknowledged_by_id] if addressee.acknowledged_by_id else []
    return list(dict.fromkeys([*await unit.all(told.order_by(col(LadderRung.position))), *acknowledged]))


async def whose_turn(unit: Unit, person_id: int) -> Sequence[int]:
    """The lines nobody has acknowledged that have come to this person. For the clock: it asks past the predicate."""
    reached = and_(col(LadderRung.addressee_id) == col(Addressee.id), col(LadderRung.position) == Addressee.position)
    keys = await unit.all(
        select(col(Addressee.id))
        .join(LadderRung, reached)
        .where(LadderRung.person_id == person_id, Addressee.state == AddresseeState.NOTIFIED)
    )
    return [key for key in keys if key is not None]


async def left_waiting_by(unit: Unit, person_id: int, viewer: Viewer, today: date) -> Sequence[str]:
    """The references of escalations that reached another and are not answered, as far as this person may see them."""
    reached = select(LadderRung.addressee_id).where(
        LadderRung.person_id == person_id, col(LadderRung.told_at).is_not(None)
    )
    waiting = select(Addressee.escalation_id).where(
        col(Addressee.id).in_(reached), col(Addressee.state) != AddresseeState.RESPONDED
    )
    found = await unit.all(visible_escalations(viewer, today).where(col(Escalation.id).in_(waiting)))
    return sorted(one.reference for one in found)


def progress_of(addressee: Addressee) -> Progress:
    return Progress(addressee.state, addressee.position, addressee.reminded, addressee.nudges)


async def awaiting(unit: Unit, viewer: Viewer, today: date) -> list[Awaited]:
    """The escalations this person's organisation has not answered, and that reached this person."""
    reached = select(LadderRung.addressee_id).where(
        LadderRung.person_id == viewer.person_id, col(LadderRung.told_at).is_not(None)
    )
    rows = await unit.rows(
        visible_escalations(viewer, today)
        .join(Addressee, col(Addressee.escalation_id) == col(Escalation.id))
        .where(
            col(Addressee.organisation_id) == viewer.organisation_id,
            col(Addressee.id).in_(reached),
            col(Addressee.state) != AddresseeState.RESPONDED,
        )
        .order_by(col(Escalation.started_at))
        .add_columns(Addressee)
    )
    return [Awaited(escalation, addressee) for escalation, addressee in rows]


async def with_grids(unit: Unit, statement: SelectOfScalar[Escalation]) -> list[tuple[Escalation, list[GridLine]]]:
    """Run a statement of `store/visibility.py`, oldest first, and add each escalation's grid."""
    found = await unit.all(statement.order_by(col(Escalation.started_at)))
    lines = await grids(unit, [escalation.key for escalation in found])
    return [(escalation, lines[escalation.key]) for escalation in found]


async def visible_escalation_by_id(unit: Unit, key: int, viewer: Viewer, today: date) -> Escalation | None:
    return await unit.first(visible_escalations(viewer, today).where(Escalation.id == key))


def awaiting_answers() -> SelectOfScalar[int]:
    """The numbers of the concerns about which some organisation has not answered yet: they are kept meanwhile."""
    return (
        select(Escalation.concern_id)
        .join(Addressee, col(Addressee.escalation_id) == col(Escalation.id))
        .where(col(Addressee.state) != AddresseeState.RESPONDED)
    )


async def awaiting_among(unit: Unit, concern_ids: Sequence[int]) -> set[int]:
    """Those of these concerns about which an answer is still awaited."""
    return set(await unit.all(awaiting_answers().where(col(Escalation.concern_id).in_(concern_ids))))


async def erase_escalations(unit: Unit, concern_id: int) -> dict[str, list[int]]:
    """Destroy what was asked and answered about a concern; gives the numbers of what was, by what it was."""
    escalations = await unit.all(select(col(Escalation.id)).where(Escalation.concern_id == concern_id))
    lines = await unit.all(select(col(Addressee.id)).where(col(Addressee.escalation_id).in_(escalations)))
    await unit.write(delete(LadderRung).where(col(LadderRung.addressee_id).in_(lines)))
    await unit.write(delete(Addressee).where(col(Addressee.id).in_(lines)))
    await unit.write(delete(Escalation).where(col(Escalation.id).in_(escalations)))
    return {"escalation": [key for key in escalations if key], "addressee": [key for key in lines if key]}


def standing(line: GridLine) -> str:
    """Where an organisation stands, as one word for templates to choose their sentence by."""
    if line.addressee.next_step_at is None and line.addressee.state is not AddresseeState.RESPONDED:
        return "stopped"
    if line.addressee.state is AddresseeState.NOTIFIED and not line.told:
        return "nobody"
    return str(line.addressee.state)
