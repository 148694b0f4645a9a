"""What a parent group says to one of its groups [003 §90]."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select

from bot.domain.handling import Viewer
from bot.store.barring import current
from bot.store.tables import Feedback, Group
from bot.store.unit import Unit


async def feedback_by_submission(unit: Unit, submit_key: str) -> Feedback | None:
    return await unit.first(select(Feedback).where(Feedback.submit_key == submit_key))


async def groups_below(unit: Unit, viewer: Viewer, today: date) -> Sequence[Group]:
    """The groups under those that this person chairs or is the secretariat of, by name."""
    under = col(Group.parent_id).in_(viewer.runs_groups)
    return await unit.all(select(Group).where(under, current(Group, today)).order_by(col(Group.name)))
