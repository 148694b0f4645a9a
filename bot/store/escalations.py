"""Named questions about escalations: what each is about, who is asked, and where each stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, delete, func
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.calendar import WorkingCalendar
from bot.domain.escalation import AWAITED, AddresseeState
from bot.domain.handling import Viewer
from bot.store.concerns import Readers, SeenConcern, seen
from bot.store.escalation_changes import History
from bot.store.exchanges import Conversation
from bot.store.receipts import Receipt
from bot.store.tables import (
    Addressee,
    Concern,
    Escalation,
    EscalationChange,
    EscalationConcern,
    Exchange,
    Group,
    LadderRung,
    Organisation,
    Panel,
    PastAnswer,
    Person,
)
from bot.store.unit import Unit
from bot.store.visible_requests import concerns_asked_about, escalated, visible_escalations


@dataclass(frozen=True)
class GridLine:
    """Where one addressee stands, with the names to show it. `organisation` is a group's name where one is asked."""

    addressee: Addressee
    organisation: str
    acknowledged_by: str
    told: str


@dataclass(frozen=True)
class OpenEscalation:
    """An escalation as one person sees it: of its concerns, those that they may read.

    `ours` is whether their organisation started it, so that the answers' reasons are for them; `mine` is the line they
    belong to, if there is one, and `may_answer` whether they answer for it. `past` has a line for each addressee whose
    answers they may read in full. `settled` is whether a panel has had the answers before it, so that they stand.
    `calendar` has the hours by which the time of `mine` runs.
    `opened_as` is the reference by which it was asked for: another one, if that has become part of it.
    """

    escalation: Escalation
    concerns: list[SeenConcern]
    grid: list[GridLine]
    ours: bool
    mine: Addressee | None = None
    may_answer: bool = False
    past: Mapping[int, list[PastAnswer]] = field(default_factory=dict)
    opened_as: str = ""
    history: History = field(default_factory=History)
    settled: bool = False
    calendar: WorkingCalendar | None = None
    receipt: Receipt = field(default_factory=Receipt)
    talk: Conversation = field(default_factory=Conversation)
    readers: Mapping[int, Readers] = field(default_factory=dict)


@dataclass(frozen=True)
class Awaited:
    """An answer somebody still owes: the escalation, and the line of their organisation or group."""

    escalation: Escalation
    addressee: Addressee


async def visible_escalation(
    unit: Unit, reference: str, viewer: Viewer, today: date, *, lock: bool = False
) -> Escalation | None:
    """The escalation with that reference, if they may open it; with `lock`, nobody else changes it meanwhile."""
    asked = visible_escalations(viewer, today).where(Escalation.reference == reference.strip().upper())
    return await unit.first(asked.with_for_update(of=Escalation) if lock else asked)


async def visible_escalation_by_id(unit: Unit, key: int, viewer: Viewer, today: date) -> Escalation | None:
    return await unit.first(visible_escalations(viewer, today).where(Escalation.id == key))


async def escalation_by_submission(unit: Unit, submit_key: str) -> Escalation | None:
    """What a form has already become, for answering a resend of it as the first time."""
    return await unit.first(select(Escalation).where(Escalation.submit_key == submit_key))


async def concerns_of(unit: Unit, escalation_id: int, viewer: Viewer, today: date) -> list[SeenConcern]:
    """Of the concerns it is about, those this person may read, in the order in which they were raised."""
    return await seen(unit, escalated(escalation_id, viewer, today), by=viewer)


async def concerns_about(unit: Unit, escalation_id: int) -> Sequence[Concern]:
    """All concerns it is about, for the clock and for sharing them: nothing of what they say may be told."""
    return await unit.all(concerns_asked_about(escalation_id))


async def concern_ids_of(unit: Unit, escalation_ids: Sequence[int]) -> dict[int, list[int]]:
    """The numbers of the concerns that each of these is about, in the order in which they were raised."""
    line = EscalationConcern
    rows = await unit.rows(
        select(line.escalation_id, line.concern_id)
        .where(col(line.escalation_id).in_(escalation_ids))
        .order_by(col(line.concern_id))
    )
    found: dict[int, list[int]] = {key: [] for key in escalation_ids}
    for escalation_id, concern_id in rows:
        found[escalation_id].append(concern_id)
    return found


def about_any(concern_ids: Sequence[int]) -> SelectOfScalar[int]:
    """The numbers of the escalations that are about one of these concerns."""
    return select(EscalationConcern.escalation_id).where(col(EscalationConcern.concern_id).in_(concern_ids))


async def grid(unit: Unit, escalation_id: int) -> list[GridLine]:
    """Every addressee of one escalation, by name, with who was told last and who acknowledged."""
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
    name = func.coalesce(col(Organisation.short_name), col(Group.name))
    rows = await unit.rows(
        select(Addressee, name, col(Person.name), reached)
        .outerjoin(Organisation, col(Organisation.id) == col(Addressee.organisation_id))
        .outerjoin(Group, col(Group.id) == col(Addressee.group_id))
        .outerjoin(Person, col(Person.id) == col(Addressee.acknowledged_by_id))
        .where(col(Addressee.escalation_id).in_(escalation_ids))
        .order_by(name)
    )
    found: dict[int, list[GridLine]] = {key: [] for key in escalation_ids}
    for addressee, organisation, acknowledged_by, told in rows:
        found[addressee.escalation_id].append(GridLine(addressee, organisation, acknowledged_by or "", told or ""))
    return found


async def name_of(unit: Unit, addressee: Addressee) -> str:
    """The name of the organisation or group that is addressed."""
    if addressee.organisation_id is not None:
        return (await unit.get(Organisation, addressee.organisation_id)).short_name
    return (await unit.get(Group, addressee.group_id or 0)).name


async def lines_for(
    unit: Unit, escalation_id: int, viewer: Viewer, *, lock: bool = False
) -> list[tuple[Addressee, bool]]:
    """The lines this person belongs to, each with whether they stand on its ladder and so answer for it; first those
    on whose ladder they are, first those still awaited. With `lock`, nobody else changes them until this unit ends.
    Who stands on a ladder and has moved to another organisation, or has given up the group, belongs to it no more."""
    rung = select(LadderRung.addressee_id).where(LadderRung.person_id == viewer.person_id)
    asked = select(Addressee).where(Addressee.escalation_id == escalation_id)
    rows = await unit.all(asked.with_for_update() if lock else asked)
    climbs = set(await unit.all(rung.where(col(LadderRung.addressee_id).in_([row.id for row in rows]))))
    theirs = [row for row in rows if row.organisation_id == viewer.organisation_id or _runs(viewer, row, climbs)]
    found = [(row, row.id in climbs) for row in theirs]
    return sorted(found, key=lambda line: (not line[1], line[0].state not in AWAITED, line[0].key))


def _runs(viewer: Viewer, row: Addressee, climbs: Collection[int | None]) -> bool:
    return row.group_id is not None and row.id in climbs and viewer.runs(row.group_id)


async def origin_of(unit: Unit, escalation: Escalation, concerns: Sequence[SeenConcern]) -> str:
    """Which organisation asks; empty where it asks about its own concern and is not to be named. `concerns` are those
    that the reader may read."""
    for one in concerns:
        if one.concern.organisation_id == escalation.organisation_id and not one.organisation:
            return ""
    return (await unit.get(Organisation, escalation.organisation_id)).short_name


async def panel_held(unit: Unit, escalation_id: int) -> bool:
    """Whether a panel about it has been held: its answers are then as they were before it."""
    held = select(col(Panel.id)).where(Panel.escalation_id == escalation_id, col(Panel.held_at).is_not(None))
    return await unit.first(held.limit(1)) is not None


async def past_answers(unit: Unit, addressee_ids: Sequence[int]) -> dict[int, list[PastAnswer]]:
    """What was answered before it was changed, oldest first."""
    asked = select(PastAnswer).where(col(PastAnswer.addressee_id).in_(addressee_ids)).order_by(col(PastAnswer.id))
    found: dict[int, list[PastAnswer]] = {key: [] for key in addressee_ids}
    for row in await unit.all(asked):
        found[row.addressee_id].append(row)
    return found


async def left_waiting_by(unit: Unit, person_id: int, viewer: Viewer, today: date) -> Sequence[str]:
    """The references of escalations that reached another and are not answered, as far as this person may see them."""
    waiting = select(Addressee.escalation_id).where(
        col(Addressee.id).in_(_reached_by(person_id)), col(Addressee.state).in_(AWAITED)
    )
    found = await unit.all(visible_escalations(viewer, today).where(col(Escalation.id).in_(waiting)))
    return sorted(one.reference for one in found)


async def awaiting(unit: Unit, viewer: Viewer, today: date) -> list[Awaited]:
    """The escalations this person's organisation or group has not answered, and that reached this person."""
    rows = await unit.rows(
        visible_escalations(viewer, today)
        .join(Addressee, col(Addressee.escalation_id) == col(Escalation.id))
        .where(
            col(Addressee.id).in_(_reached_by(viewer.person_id)),
            col(Addressee.state).in_(AWAITED),
        )
        .order_by(col(Escalation.started_at))
        .add_columns(Addressee)
    )
    return [Awaited(escalation, addressee) for escalation, addressee in rows]


def _reached_by(person_id: int) -> SelectOfScalar[int]:
    return select(LadderRung.addressee_id).where(
        LadderRung.person_id == person_id, col(LadderRung.told_at).is_not(None)
    )


async def with_grids(unit: Unit, statement: SelectOfScalar[Escalation]) -> list[tuple[Escalation, list[GridLine]]]:
    """Run a statement of `store/visibility.py`, oldest first, and add each escalation's grid."""
    found = await unit.all(statement.order_by(col(Escalation.started_at)))
    lines = await grids(unit, [escalation.key for escalation in found])
    return [(escalation, lines[escalation.key]) for escalation in found]


def awaiting_answers() -> SelectOfScalar[int]:
    """The numbers of the concerns about which an answer is still awaited: they are kept meanwhile."""
    return (
        select(EscalationConcern.concern_id)
        .join(Addressee, col(Addressee.escalation_id) == col(EscalationConcern.escalation_id))
        .where(col(Addressee.state).in_(AWAITED))
    )


async def awaiting_among(unit: Unit, concern_ids: Sequence[int]) -> set[int]:
    """Those of these concerns about which an answer is still awaited."""
    return set(await unit.all(awaiting_answers().where(col(EscalationConcern.concern_id).in_(concern_ids))))


async def ending_with(unit: Unit, concern_id: int) -> list[int]:
    """The escalations about this concern and no other: they are kept no longer than it is."""
    about = await unit.all(about_any([concern_id]))
    line = EscalationConcern
    beside = select(line.escalation_id).where(col(line.escalation_id).in_(about), col(line.concern_id) != concern_id)
    others = await unit.all(beside)
    return sorted(set(about) - set(others))


async def erase_escalations(unit: Unit, concern_id: int, escalations: Sequence[int]) -> dict[str, list[int]]:
    """Destroy what was asked and answered in these, which end with that concern; gives the numbers of what was, by what
    it was. Those about other concerns as well are about it no more."""
    await unit.write(delete(EscalationConcern).where(col(EscalationConcern.concern_id) == concern_id))
    lines = [key for key in await unit.all(select(col(Addressee.id)).where(_in(Addressee, escalations))) if key]
    written = await unit.all(select(col(Exchange.id)).where(col(Exchange.addressee_id).in_(lines)))
    for table in (LadderRung, PastAnswer, Exchange):
        await unit.write(delete(table).where(col(table.addressee_id).in_(lines)))
    for one in (EscalationChange, Addressee):
        await unit.write(delete(one).where(_in(one, escalations)))
    await unit.write(delete(Escalation).where(col(Escalation.id).in_(escalations)))
    return {"escalation": list(escalations), "addressee": lines, "exchange": [key for key in written if key]}


def _in(table: type[EscalationChange | Addressee], escalations: Sequence[int]) -> ColumnElement[bool]:
    return col(table.escalation_id).in_(escalations)


def standing(line: GridLine) -> str:
    """Where an addressee stands, as one word for templates to choose their sentence by."""
    if line.addressee.state is AddresseeState.NOTIFIED and not line.told:
        return "nobody"
    return str(line.addressee.state)
