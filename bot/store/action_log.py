"""Named questions about a group's action log as a whole, each through the eyes of whoever asks."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.action_log import PAGE_SIZE, LogFilter, LogStatus
from bot.domain.actions import COMMENT, DUE, HANDED, PASSED, STATE
from bot.domain.handling import Viewer
from bot.domain.terms import ActionState
from bot.store.actions import SeenAction, seen_actions
from bot.store.barring import allowed_providers
from bot.store.tables import Action, ActionChange, Organisation, Person, Provider
from bot.store.unit import Unit
from bot.store.visible_requests import channel_actions, visible_actions

TOLD = (DUE, HANDED, PASSED, COMMENT)
MOST_BODIES = 100  # as many as a list offers


@dataclass(frozen=True)
class LogCounts:
    """How many actions there are of each status. Who is overdue is open as well."""

    open: int
    overdue: int
    waiting: int
    closed: int

    def of(self, status: LogStatus) -> int:
        current = self.open + self.waiting
        return {
            LogStatus.CURRENT: current,
            LogStatus.OPEN: self.open,
            LogStatus.OVERDUE: self.overdue,
            LogStatus.WAITING: self.waiting,
            LogStatus.CLOSED: self.closed,
            LogStatus.ALL: current + self.closed,
        }[status]


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of an action, and who made it."""

    at: datetime
    by: str
    field: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One action as a line of the log [003 Annex D]."""

    key: int
    group_id: int
    provider_id: int | None
    reference: str
    raised_on: date
    state: ActionState
    priority: int
    issue: str
    resolution: str
    due_on: date
    source: str
    evidence: str
    owner: str
    organisation: str
    provider: str | None
    changes: Sequence[Changed]


async def log_counts(unit: Unit, wanted: LogFilter, viewer: Viewer, today: date) -> LogCounts:
    """How many there are of each status, of what else is wanted."""
    statuses = (LogStatus.OPEN, LogStatus.OVERDUE, LogStatus.WAITING, LogStatus.CLOSED)
    sums = (func.sum(case((_status(status, today), 1), else_=0)) for status in statuses)
    counted = _asked(wanted, viewer, today).with_only_columns(*sums)
    (row,) = await unit.rows(counted)
    return LogCounts(*(int(number or 0) for number in row))


async def log_page(unit: Unit, wanted: LogFilter, viewer: Viewer, today: date, page: int) -> list[SeenAction]:
    """The actions on that page, counted from 1: the overdue first, then by when they are due; closed ones last."""
    closed_last = case((_status(LogStatus.OVERDUE, today), 0), (_status(LogStatus.CLOSED, today), 2), else_=1)
    found = _asked(wanted, viewer, today).where(_status(wanted.status, today))
    order = (closed_last, col(Action.due_on), col(Action.id))
    ids = found.with_only_columns(col(Action.id)).order_by(*order).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return await seen_actions(unit, select(Action).where(col(Action.id).in_(ids)).order_by(closed_last), today)


async def owning_bodies(unit: Unit, group_id: int, viewer: Viewer, today: date) -> Sequence[Organisation]:
    """The organisations that own an action of the log, by name."""
    owning = _asked(LogFilter(group_id), viewer, today).with_only_columns(col(Action.owner_organisation_id))
    bodies = select(Organisation).where(col(Organisation.id).in_(owning))
    return await unit.all(bodies.order_by(col(Organisation.short_name)).limit(MOST_BODIES))


async def filter_names(unit: Unit, wanted: LogFilter) -> dict[str, str]:
    """The names of whom and what a filter asks for, by field; "" for what it leaves open, or is there no more."""
    owner = await unit.find(Person, wanted.owner_id) if wanted.owner_id else None
    body = await unit.find(Organisation, wanted.organisation_id) if wanted.organisation_id else None
    provider = await unit.find(Provider, wanted.provider_id) if wanted.provider_id else None
    return {
        "owner": owner.name if owner else "",
        "organisation": body.short_name if body else "",
        "provider": provider.name if provider else "",
    }


async def log_lines(
    unit: Unit,
    group_id: int,
    viewer: Viewer | None,
    today: date,
    *,
    after: int,
    limit: int,
    status: LogStatus = LogStatus.ALL,
) -> list[LogLine]:
    """The next lines of the log in the order in which they were raised; `after` is the key of the last line before
    them. `viewer` None is the group's channel."""
    columns = (
        col(Action.id), col(Action.group_id), col(Action.provider_id), col(Action.reference), col(Action.raised_on),
        col(Action.state), col(Action.priority), col(Action.issue), col(Action.resolution), col(Action.due_on),
        col(Action.source), col(Action.evidence),
        col(Person.name), col(Organisation.short_name), col(Provider.name),
    )  # fmt: skip
    asked = (
        _asked(LogFilter(group_id), viewer, today)
        .where(col(Action.id) > after, _status(status, today))
        .join(Person, col(Person.id) == col(Action.owner_id))
        .join(Organisation, col(Organisation.id) == col(Action.owner_organisation_id))
        .outerjoin(Provider, col(Provider.id) == col(Action.provider_id))
        .with_only_columns(*columns)
        .order_by(col(Action.id))
        .limit(limit)
    )
    lines = [LogLine(*(*row, ())) for row in await unit.rows(asked)]
    # Whoever is barred from a provider keeps their own action about it, without what others wrote, as on its page.
    about = {line.provider_id for line in lines if line.provider_id is not None}
    allowed = {None, *(about if viewer is None else await allowed_providers(unit, viewer, list(about), today))}
    changes = await _changes(unit, [line.key for line in lines if line.provider_id in allowed])
    return [
        replace(line, changes=changes.get(line.key, ())) if line.provider_id in allowed else replace(line, source="")
        for line in lines
    ]


async def _changes(unit: Unit, action_ids: Sequence[int]) -> dict[int, list[Changed]]:
    """The history of these actions as the annex has it, oldest first: dates, owners, comments, and that something was
    sent back or reopened. Who accepted, closed or asked for what stands on the action's own page."""
    opened_again = and_(col(ActionChange.field) == STATE, col(ActionChange.after) == ActionState.OPEN)
    rows = await unit.rows(
        select(
            col(ActionChange.action_id),
            col(ActionChange.at),
            col(Person.name),
            col(ActionChange.field),
            col(ActionChange.before),
            col(ActionChange.after),
            col(ActionChange.reason),
        )  # type: ignore[call-overload]  # SQLModel knows of four columns
        .join(Person, col(Person.id) == col(ActionChange.by_id))
        .where(col(ActionChange.action_id).in_(action_ids), or_(col(ActionChange.field).in_(TOLD), opened_again))
        .order_by(col(ActionChange.id))
    )
    found: defaultdict[int, list[Changed]] = defaultdict(list)
    for key, *change in rows:
        found[key].append(Changed(*change))
    return found


def _asked(wanted: LogFilter, viewer: Viewer | None, today: date) -> SelectOfScalar[Action]:
    """What is wanted, of any status."""
    seen = channel_actions(wanted.group_id) if viewer is None else visible_actions(viewer, today)
    asked = seen.where(Action.group_id == wanted.group_id)
    equal = {
        Action.owner_id: wanted.owner_id,
        Action.owner_organisation_id: wanted.organisation_id,
        Action.priority: wanted.priority,
    }
    for column, value in equal.items():
        asked = asked if value is None else asked.where(col(column) == value)
    if wanted.provider_id is not None:
        sites = select(col(Provider.id)).where(Provider.parent_id == wanted.provider_id)
        asked = asked.where(or_(col(Action.provider_id) == wanted.provider_id, col(Action.provider_id).in_(sites)))
    if wanted.due_before:
        asked = asked.where(col(Action.due_on) < wanted.due_before)
    return asked.where(*(col(Action.issue).icontains(word, autoescape=True) for word in wanted.words.split()))


def _status(status: LogStatus, today: date) -> ColumnElement[bool]:
    state = col(Action.state)
    return {
        LogStatus.CURRENT: state.in_((ActionState.OPEN, ActionState.COMPLETED)),
        LogStatus.OPEN: state == ActionState.OPEN,
        LogStatus.OVERDUE: and_(state == ActionState.OPEN, col(Action.due_on) < today),
        LogStatus.WAITING: state == ActionState.COMPLETED,
        LogStatus.CLOSED: state == ActionState.CLOSED,
        LogStatus.ALL: state.in_(tuple(ActionState)),
    }[status]
