"""What a parent group says to one of its groups [003 §90]."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from bot.domain.handling import Viewer
from bot.store.barring import current
from bot.store.tables import Feedback, Group
from bot.store.unit import Unit


@dataclass(frozen=True)
class Heard:
    """One piece of feedback, with the name of the group that gave it."""

    feedback: Feedback
    group: str


async def feedback_since(unit: Unit, group_id: int, since: datetime | None) -> list[Heard]:
    """What a group has been told since a moment, the oldest first; None is since ever. It names no provider and no
    concern, so the whole group may be told of it: a standing item of its agenda [003 §90]."""
    asked = (
        select(Feedback, col(Group.name))
        .join(Group, col(Group.id) == col(Feedback.from_group_id))
        .where(Feedback.to_group_id == group_id)
        .order_by(col(Feedback.at), col(Feedback.id))
    )
    rows = await unit.rows(asked.where(col(Feedback.at) > since) if since else asked)
    return [Heard(feedback, name) for feedback, name in rows]


async def feedback_by_submission(unit: Unit, submit_key: str) -> Feedback | None:
    return await unit.first(select(Feedback).where(Feedback.submit_key == submit_key))


async def groups_below(unit: Unit, viewer: Viewer, today: date) -> Sequence[Group]:
    """The groups under those that this person chairs or is the secretariat of, by name."""
    under = col(Group.parent_id).in_(viewer.runs_groups)
    return await unit.all(select(Group).where(under, current(Group, today)).order_by(col(Group.name)))
