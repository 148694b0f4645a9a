"""Named questions about how escalations are going: which are open, and what was asked in a period."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, exists, func, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.escalation import AWAITED, EscalationState, Rung
from bot.domain.handling import Viewer
from bot.domain.kinds import DRILL
from bot.domain.terms import Role, Urgency
from bot.store.barring import current
from bot.store.escalations import GridLine, with_grids
from bot.store.people import enrolled
from bot.store.tables import (
    Addressee,
    Concern,
    Escalation,
    EscalationConcern,
    LadderRung,
    NominatedPerson,
    Organisation,
    Person,
    Seat,
)
from bot.store.unit import Unit
from bot.store.visibility import agenda_concerns
from bot.store.visible_requests import agenda_escalations, visible_escalations


@dataclass(frozen=True)
class OpenList:
    """The escalations that have been open longest, each with its grid; and how many there are in all."""

    shown: list[tuple[Escalation, list[GridLine]]]
    count: int
    ladders: Mapping[int, list[Rung]]


@dataclass(frozen=True)
class AskedLine:
    """One organisation that was asked: when it was first told, in its newest round."""

    escalation_id: int
    kind: str
    urgency: Urgency
    addressee: Addressee
    told_at: datetime


async def open_escalations(unit: Unit, viewer: Viewer, today: date, *, group_id: int | None, limit: int) -> OpenList:
    """What this person may open and an answer is awaited of: of one group, or what their organisation started or was
    asked. The oldest come first."""
    waits = exists().where(col(Addressee.escalation_id) == col(Escalation.id), col(Addressee.state).in_(AWAITED))
    asked = exists().where(
        col(Addressee.escalation_id) == col(Escalation.id),
        col(Addressee.organisation_id) == viewer.organisation_id,
    )
    of = or_(col(Escalation.organisation_id) == viewer.organisation_id, asked.correlate(Escalation))
    found = visible_escalations(viewer, today).where(
        col(Escalation.group_id) == group_id if group_id is not None else of,
        Escalation.state == EscalationState.OPEN,
        waits.correlate(Escalation),
    )
    ((count,),) = await unit.rows(select(func.count()).select_from(found.subquery()))
    shown = await with_grids(unit, found.limit(limit))
    return OpenList(shown, count, await _ladders(unit, [line.addressee.key for _, lines in shown for line in lines]))


async def _ladders(unit: Unit, addressee_ids: Collection[int]) -> Mapping[int, list[Rung]]:
    rows = await unit.all(
        select(LadderRung).where(col(LadderRung.addressee_id).in_(addressee_ids)).order_by(col(LadderRung.position))
    )
    found: dict[int, list[Rung]] = {key: [] for key in addressee_ids}
    for row in rows:
        found[row.addressee_id].append(Rung(row.position, row.person_id, row.role))
    return found


def asked_of(viewer: Viewer, today: date) -> SelectOfScalar[Escalation]:
    """What was asked of their own organisation, as far as they may open it."""
    return visible_escalations(viewer, today).where(col(Addressee.organisation_id) == viewer.organisation_id)


def asked_within(group_id: int, viewer: Viewer, today: date) -> SelectOfScalar[Escalation]:
    """What was asked in one group, as far as they may open it."""
    return visible_escalations(viewer, today).where(col(Escalation.group_id) == group_id)


def asked_for_all(group_id: int, reader: Viewer | None, today: date) -> SelectOfScalar[Escalation]:
    """What was asked in one group, as far as its channel may be told of it; and `reader`, when it is for one person."""
    return agenda_escalations(group_id, reader, today).where(col(Escalation.group_id) == group_id)


async def lines_told(unit: Unit, shown: SelectOfScalar[Escalation], first: datetime, last: datetime) -> list[AskedLine]:
    """The organisations first told from `first` until before `last`, of a statement of this module. Not of drills, nor
    of what became part of another escalation."""
    told = (
        select(func.min(LadderRung.told_at))
        .where(col(LadderRung.addressee_id) == col(Addressee.id))
        .correlate(Addressee)
        .scalar_subquery()
    )
    rows = await unit.rows(
        shown.join(Addressee, col(Addressee.escalation_id) == col(Escalation.id))
        .where(
            col(Addressee.organisation_id).is_not(None),
            col(Addressee.added_at) < last,
            or_(col(Addressee.added_at) >= first, col(Addressee.round) > 0),
            col(Escalation.kind) != DRILL,
            col(Escalation.state) != EscalationState.MERGED,
        )
        .order_by(col(Addressee.id))
        .with_only_columns(col(Escalation.id), col(Escalation.kind), col(Escalation.urgency), Addressee, told)
    )
    found = [
        AskedLine(key, kind, urgency, line, line.added_at if line.round == 0 else at or line.added_at)
        for key, kind, urgency, line, at in rows
    ]
    return [one for one in found if first <= one.told_at < last]


async def providers_counted(
    unit: Unit, group_id: int, reader: Viewer | None, today: date, escalation_ids: Collection[int]
) -> Sequence[int | None]:
    """The providers that these escalations are about, of those that an agenda may show."""
    about = select(EscalationConcern.concern_id).where(col(EscalationConcern.escalation_id).in_(escalation_ids))
    shown = agenda_concerns(group_id, reader, today).where(col(Concern.id).in_(about))
    return [key for (key,) in await unit.rows(shown.with_only_columns(col(Concern.provider_id)).distinct())]


async def organisations_asked(unit: Unit, first: datetime, last: datetime, today: date) -> list[int]:
    """The organisations of which anything was asked in that time, for the clock: what of it a reader may see is asked
    when the figures are made."""
    line = select(col(Addressee.id)).where(
        col(Addressee.organisation_id) == col(Organisation.id),
        col(Addressee.added_at) < last,
        or_(col(Addressee.added_at) >= first, col(Addressee.round) > 0),
    )
    asked = select(col(Organisation.id)).where(exists(line.correlate(Organisation)), current(Organisation, today))
    return [key for key in await unit.all(asked.order_by(col(Organisation.id))) if key is not None]


async def groups_asked(unit: Unit, first: datetime, last: datetime) -> list[int]:
    """The groups in which anything was asked in that time, for the clock."""
    asked = select(Escalation.group_id).where(
        col(Escalation.started_at) < last,
        exists()
        .where(
            col(Addressee.escalation_id) == col(Escalation.id),
            col(Addressee.added_at) < last,
            or_(col(Addressee.added_at) >= first, col(Addressee.round) > 0),
        )
        .correlate(Escalation),
    )
    return sorted(await unit.all(asked.distinct()))


async def who_answers(unit: Unit, organisation_ids: Collection[int], today: date) -> dict[int, list[int]]:
    """The nominated people of each organisation and its representatives in any group, as far as they have chat."""
    named = exists().where(
        col(NominatedPerson.person_id) == col(Person.id),
        col(NominatedPerson.organisation_id) == col(Person.organisation_id),
        col(NominatedPerson.rung) == 0,
        current(NominatedPerson, today),
    )
    seated = exists().where(
        col(Seat.person_id) == col(Person.id), col(Seat.role) == Role.REPRESENTATIVE, current(Seat, today)
    )
    people = await unit.all(
        select(Person)
        .where(
            col(Person.organisation_id).in_(organisation_ids),
            or_(named.correlate(Person), seated.correlate(Person)),
            and_(enrolled(today), col(Person.chat_user).is_not(None)),
        )
        .order_by(col(Person.id))
    )
    found: dict[int, list[int]] = {key: [] for key in organisation_ids}
    for person in people:
        found[person.organisation_id].append(person.key)
    return found


async def officers(unit: Unit, group_ids: Collection[int], today: date) -> dict[int, list[int]]:
    """The chair and the secretariat of each of these groups, as far as they have chat."""
    rows = await unit.rows(
        select(Seat.group_id, col(Person.id))
        .join(Person, col(Person.id) == col(Seat.person_id))
        .where(
            col(Seat.group_id).in_(group_ids),
            col(Seat.role).in_((Role.CHAIR, Role.SECRETARIAT)),
            current(Seat, today),
            enrolled(today),
            col(Person.chat_user).is_not(None),
        )
        .order_by(col(Person.id))
        .distinct()
    )
    found: dict[int, list[int]] = {key: [] for key in group_ids}
    for group_id, person_id in rows:
        found[group_id].append(person_id or 0)
    return found
