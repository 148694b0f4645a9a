"""Named questions about who is to be reminded, and who else is to read of what stays overdue."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, update
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.actions import DUE, HANDED, PASSED, SNOOZED
from bot.domain.calendar import LONDON
from bot.domain.handling import Viewer
from bot.domain.own_times import OwnTimes
from bot.domain.policy import ReminderPolicy
from bot.domain.reminders import Copy
from bot.domain.terms import ActionState
from bot.store.actions import SeenAction, seen_actions
from bot.store.tables import Absence, Action, ActionChange, Group, JournalEntry, Person, Preference
from bot.store.times import own_times
from bot.store.unit import Unit
from bot.store.visible_requests import visible_actions

COPIED = {Copy.REPRESENTATIVE: "overdue action copied", Copy.CHAIR: "overdue action copied to the chair"}
FARTHEST = timedelta(hours=14)  # no clock on earth is further ahead of UTC


@dataclass(frozen=True)
class DueOwner:
    """Somebody with a reminder due, by the earliest day of one, and their own times."""

    person_id: int
    remind_on: date
    times: OwnTimes


async def due_owners(unit: Unit, now: datetime, today: date, policy: ReminderPolicy, *, usual: bool) -> list[DueOwner]:
    """Everybody with a reminder that is due by now somewhere on earth and who is not away; those with the policy's
    times in London, whose day is `today`, only if `usual`."""
    latest = max(today, (now + FARTHEST).date())
    chosen = or_(col(Preference.id).is_not(None), col(Person.timezone) != str(LONDON))
    # Not grouped by owner: SQLite would read every action, in the order of their owners.
    rows = await unit.rows(
        select(col(Action.owner_id), col(Action.remind_on), col(Person.timezone), col(Preference.time_zone))
        .add_columns(col(Preference.remind_at), col(Preference.works_on))
        .join(Person, col(Person.id) == col(Action.owner_id))
        .outerjoin(Preference, col(Preference.person_id) == col(Action.owner_id))
        .where(
            col(Action.remind_on) <= latest,
            col(Action.state) == ActionState.OPEN,
            or_(chosen, col(Action.remind_on) <= today) if usual else chosen,
            col(Action.owner_id).not_in(_away(now)),
        )
        .distinct()
    )
    first: dict[int, DueOwner] = {}
    for key, remind_on, *times in sorted(rows, key=lambda row: row[1]):
        first.setdefault(key, DueOwner(key, remind_on, own_times(policy, *times)))
    return list(first.values())


def _away(now: datetime) -> SelectOfScalar[int]:
    return select(Absence.person_id).where(
        Absence.starts_at <= now, col(Absence.until) > now, col(Absence.back_at).is_(None)
    )


async def due_dates(unit: Unit, owners: Mapping[int, date]) -> set[tuple[date, date]]:
    """The due dates of these owners' actions that are to be reminded of by each one's own day, with that day."""
    rows = await unit.rows(
        select(col(Action.owner_id), col(Action.due_on), col(Action.remind_on))
        .where(
            col(Action.owner_id).in_(owners),
            col(Action.remind_on) <= max(owners.values()),
            col(Action.state) == ActionState.OPEN,
        )
        .distinct()
    )
    return {(due_on, owners[owner]) for owner, due_on, remind_on in rows if remind_on <= owners[owner]}


async def move_reminders(
    unit: Unit, owner_ids: Collection[int], due_on: Collection[date], day: date, following: date
) -> None:
    """Set the next reminder of those of these owners' actions that were due on these days and to be reminded of by
    `day`."""
    await unit.write(
        update(Action)
        .where(
            col(Action.owner_id).in_(owner_ids),
            col(Action.remind_on) <= day,
            col(Action.state) == ActionState.OPEN,
            col(Action.due_on).in_(due_on),
        )
        .values(remind_on=following)
        .execution_options(synchronize_session=False)
    )


async def snoozed_since(unit: Unit, action: Action, since: datetime) -> int:
    """How often its reminder has been put off since a moment, by whoever owns it now."""
    rows = await unit.rows(
        select(func.count(col(ActionChange.id))).where(
            ActionChange.action_id == action.key,
            ActionChange.field == SNOOZED,
            ActionChange.by_id == action.owner_id,
            col(ActionChange.at) > since,
        )
    )
    return int(rows[0][0])


async def to_copy(unit: Unit, copy: Copy, since: date, limit: int = 5000) -> Sequence[Action]:
    """The open actions that were due by that day and of which nobody in that place has read since they were: a due date
    that was moved counts anew."""
    told = exists().where(
        col(JournalEntry.subject_kind) == "action",
        col(JournalEntry.subject_id) == col(Action.id),
        col(JournalEntry.act) == COPIED[copy],
        col(JournalEntry.at) > col(Action.due_on),
    )
    # Naming every group lets the database walk the index of due dates instead of reading all that is open.
    groups = select(col(Group.id))
    return await unit.all(
        select(Action)
        .where(
            col(Action.group_id).in_(groups),
            col(Action.state) == ActionState.OPEN,
            col(Action.due_on) <= since,
            ~told.correlate(Action),
        )
        .order_by(col(Action.due_on), col(Action.id))
        .limit(limit)
    )


async def visible_ids(unit: Unit, action_ids: Collection[int], viewer: Viewer, today: date) -> set[int]:
    """Those of these actions that this person may see."""
    seen = visible_actions(viewer, today).with_only_columns(col(Action.id))
    return {key for (key,) in await unit.rows(seen.where(col(Action.id).in_(action_ids)))}


async def still_overdue(unit: Unit, action_ids: Collection[int], viewer: Viewer, today: date) -> list[SeenAction]:
    """Those of these actions that are still open and overdue, as this person may see them."""
    asked = visible_actions(viewer, today).where(
        col(Action.id).in_(action_ids), col(Action.state) == ActionState.OPEN, Action.due_on < today
    )
    return await seen_actions(unit, asked)


async def overdue_in(unit: Unit, group_ids: Collection[int], viewer: Viewer, today: date) -> list[SeenAction]:
    """What is overdue in these groups, as this person may see it, the longest first."""
    asked = visible_actions(viewer, today).where(
        col(Action.group_id).in_(group_ids), col(Action.state) == ActionState.OPEN, Action.due_on < today
    )
    return await seen_actions(unit, asked)


async def late_in(unit: Unit, viewer: Viewer, today: date) -> dict[int, int]:
    """How many actions are overdue in each group that this person runs, as far as they may see them."""
    if not viewer.runs_groups:
        return {}
    asked = visible_actions(viewer, today).where(
        col(Action.group_id).in_(viewer.runs_groups), col(Action.state) == ActionState.OPEN, Action.due_on < today
    )
    counted = asked.with_only_columns(col(Action.group_id), func.count()).group_by(col(Action.group_id))
    return {int(group_id): int(number) for group_id, number in await unit.rows(counted)}


async def done_by(unit: Unit, person_id: int, since: datetime) -> list[SeenAction]:
    """Somebody's actions that have been completed or closed since a moment."""
    asked = select(Action).where(
        Action.owner_id == person_id,
        col(Action.state) != ActionState.OPEN,
        or_(col(Action.completed_at) >= since, col(Action.closed_at) >= since),
    )
    return await seen_actions(unit, asked)


async def moved_by(unit: Unit, person_id: int, since: datetime) -> list[SeenAction]:
    """Somebody's open actions whose due date has been changed since a moment."""
    asked = select(Action).where(
        Action.owner_id == person_id,
        col(Action.state) == ActionState.OPEN,
        _changed((DUE,), since),
    )
    return await seen_actions(unit, asked)


async def passed_on(unit: Unit, viewer: Viewer, since: datetime, today: date) -> list[SeenAction]:
    """What this person owned and another has owned since a moment, as far as they may still see it."""
    was_theirs = col(ActionChange.before) == viewer.name
    asked = visible_actions(viewer, today).where(
        _changed((HANDED, PASSED), since, was_theirs),
        col(Action.owner_id) != viewer.person_id,
        col(Action.group_id).in_(viewer.group_ids),
    )
    return await seen_actions(unit, asked)


def _changed(fields: tuple[str, ...], since: datetime, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    about = (col(ActionChange.action_id) == col(Action.id), col(ActionChange.field).in_(fields))
    return exists().where(*about, col(ActionChange.at) >= since, *where).correlate(Action)
