"""What may be wrong with the next steps of escalations: a question for each fault, from an index, a batch at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, and_, case
from sqlmodel import col, select

from bot.domain.escalation import AWAITED, AddresseeState, EscalationState, Fault
from bot.domain.handling import Viewer
from bot.domain.kinds import DRILL
from bot.domain.terms import Urgency
from bot.store.tables import Addressee, Escalation, Organisation
from bot.store.unit import Unit
from bot.store.visible_requests import visible_escalations

AT_ONCE = 100
OVER = tuple(state for state in AddresseeState if state not in AWAITED)
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
IS_OPEN = Escalation.state == EscalationState.OPEN
WAITED_FOR = col(Addressee.state).in_(sorted(AWAITED))


@dataclass(frozen=True)
class Bounds:
    """Between which moments a next step may lie: not before `oldest`, and not after that of its kind and urgency, or
    else that of its urgency."""

    oldest: datetime
    furthest: Mapping[Urgency, datetime]
    by_kind: Mapping[tuple[str, Urgency], datetime]

    def furthest_of(self, escalation: Escalation) -> datetime:
        """The latest moment at which a next step of this escalation may lie."""
        return self.by_kind.get((escalation.kind, escalation.urgency), self.furthest[escalation.urgency])


async def suspects(unit: Unit, bounds: Bounds, limit: int = AT_ONCE) -> dict[Fault, list[tuple[int, int]]]:
    """Lines with each fault, as numbers of the group and the line, at most `limit` of each: to be looked at again."""
    found = {}
    for fault, where in _faults(bounds).items():
        asked = (
            select(Escalation.group_id, col(Addressee.id))
            .join(Escalation, col(Escalation.id) == col(Addressee.escalation_id))
            .where(*where)
            .limit(limit)
        )
        found[fault] = [(group_id, key) for group_id, key in await unit.rows(asked)]
    return found


async def line_to_check(unit: Unit, addressee_id: int) -> tuple[Addressee, Escalation] | None:
    """One of these lines, which nobody else changes until this unit ends; None if it has been destroyed."""
    rows = await unit.rows(
        select(Addressee, Escalation)
        .join(Escalation, col(Escalation.id) == col(Addressee.escalation_id))
        .where(Addressee.id == addressee_id)
        .with_for_update(of=Addressee)
    )
    return (rows[0][0], rows[0][1]) if rows else None


async def own_hours(unit: Unit) -> Sequence[Organisation]:
    """The organisations that keep hours of their own."""
    return await unit.all(select(Organisation).where(col(Organisation.opens).is_not(None)))


async def references_among(
    unit: Unit, addressee_ids: Sequence[int], viewer: Viewer, today: date
) -> tuple[Sequence[str], int]:
    """The references of the escalations of these lines that this person may open, and how many others there are; a
    drill is none."""
    theirs = (
        select(col(Escalation.id))
        .join(Addressee, col(Addressee.escalation_id) == col(Escalation.id))
        .where(col(Addressee.id).in_(addressee_ids), Escalation.kind != DRILL)
        .distinct()
    )
    seen = await unit.all(visible_escalations(viewer, today).where(col(Escalation.id).in_(theirs)))
    return sorted(one.reference for one in seen), len(await unit.all(theirs)) - len(seen)


def _faults(bounds: Bounds) -> dict[Fault, tuple[ColumnElement[bool] | bool, ...]]:
    next_at = col(Addressee.next_step_at)
    urgency = {col(Escalation.urgency) == one: moment for one, moment in bounds.furthest.items()}
    kinds = {
        and_(col(Escalation.kind) == kind, col(Escalation.urgency) == one): moment
        for (kind, one), moment in bounds.by_kind.items()
    }
    soonest = min([*bounds.furthest.values(), *bounds.by_kind.values()])
    furthest = case(*kinds.items(), *urgency.items(), else_=max(bounds.furthest.values()))
    return {
        Fault.MISSING: (WAITED_FOR, next_at.is_(None), IS_OPEN),
        Fault.FAR: (WAITED_FOR, next_at > soonest, next_at > furthest, IS_OPEN),
        Fault.NEEDLESS: (col(Addressee.state).in_(OVER), next_at > BEFORE_ALL),
        Fault.LATE: (WAITED_FOR, next_at < bounds.oldest, IS_OPEN),
    }
