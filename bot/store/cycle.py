"""Named questions about a group's business cycle: when each provider was last discussed, and themes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import col, select

from bot.domain.cycle import ThemeState
from bot.domain.handling import Viewer
from bot.domain.terms import Level, MeetingState
from bot.store.barring import barring, current
from bot.store.groups import levels, needing_attention
from bot.store.tables import (
    AgendaItem,
    Conclusion,
    Footprint,
    Meeting,
    Organisation,
    Person,
    PlannedTheme,
    Provider,
    SurveillanceLevel,
)
from bot.store.unit import Unit

EVERY_AGENDA = (Level.RISK_SUMMIT, Level.ENHANCED)
OPEN = (ThemeState.SUGGESTED, ThemeState.PLANNED)


@dataclass(frozen=True)
class Discussed:
    """A provider of a group's footprint, and when it or one of its sites was last discussed there."""

    provider: Provider
    at: datetime | None
    always: bool


@dataclass(frozen=True)
class SeenTheme:
    """A theme with the name of whoever suggested it; `meeting` is what it is planned for."""

    theme: PlannedTheme
    by: str
    organisation: str
    meeting: Meeting | None


async def discussed(unit: Unit, group_id: int, reader: Viewer | None, today: date) -> list[Discussed]:
    """The providers a group watches, by name; of those what `reader` may be told of, None being the group's channel.
    A site is discussed with its provider."""
    held = select(Footprint.provider_id).where(Footprint.group_id == group_id, current(Footprint, today))
    asked = select(Provider).where(col(Provider.id).in_(held), col(Provider.parent_id).is_(None))
    if reader is not None:
        asked = asked.where(*barring(reader, today, col(Provider.id)))
    found = await unit.all(asked.order_by(col(Provider.folded_name), col(Provider.id)))
    last = await last_discussed(unit, group_id)
    standing = needing_attention(await levels(unit, group_ids=[group_id]), *EVERY_AGENDA)
    always = {one.provider.key for one in standing}
    return [Discussed(one, last.get(one.key), one.key in always) for one in found]


async def last_discussed(unit: Unit, group_id: int) -> Mapping[int, datetime]:
    """When each provider, its sites included, was last concluded on at a meeting of the group, or its level set."""
    root = func.coalesce(col(Provider.parent_id), col(Provider.id))
    concluded = (
        select(root, func.max(col(Meeting.starts_at)))
        .select_from(Conclusion)
        .join(Meeting, col(Meeting.id) == col(Conclusion.meeting_id))
        .join(Provider, col(Provider.id) == col(Conclusion.provider_id))
        .where(col(Meeting.group_id) == group_id, col(Conclusion.settled_at).is_not(None))
        .group_by(root)
    )
    decided = (
        select(root, func.max(col(SurveillanceLevel.decided_at)))
        .select_from(SurveillanceLevel)
        .join(Provider, col(Provider.id) == col(SurveillanceLevel.provider_id))
        .where(col(SurveillanceLevel.group_id) == group_id)
        .group_by(root)
    )
    latest: dict[int, datetime] = {}
    for key, at in [*await unit.rows(concluded), *await unit.rows(decided)]:
        latest[key] = max(at, latest.get(key, at))
    return latest


async def arranged(unit: Unit, meeting_ids: Sequence[int]) -> Mapping[int, int]:
    """The first of these meetings for which each provider was arranged: provider to meeting."""
    rows = await unit.rows(
        select(AgendaItem.provider_id, AgendaItem.meeting_id)
        .join(Meeting, col(Meeting.id) == col(AgendaItem.meeting_id))
        .where(
            col(AgendaItem.meeting_id).in_(meeting_ids),
            col(AgendaItem.provider_id).is_not(None),
            col(AgendaItem.off).is_(False),
        )
        .order_by(col(Meeting.starts_at).desc())
    )
    return {provider: meeting for provider, meeting in rows}  # noqa: C416  # rows are tuples of anything


async def themes_of(unit: Unit, group_id: int) -> list[SeenTheme]:
    """What is suggested and planned in a group, the oldest first. One planned for a meeting that was held has been
    discussed; for one that was called off, it waits again."""
    rows = await unit.rows(
        select(PlannedTheme, col(Person.name), col(Organisation.short_name), Meeting)
        .join(Person, col(Person.id) == col(PlannedTheme.suggested_by_id))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .outerjoin(Meeting, col(Meeting.id) == col(PlannedTheme.meeting_id))
        .where(PlannedTheme.group_id == group_id, col(PlannedTheme.state).in_(OPEN))
        .order_by(col(PlannedTheme.id))
    )
    found = [SeenTheme(*row) for row in rows]
    return [one for one in found if one.meeting is None or one.meeting.state is not MeetingState.HELD]


async def theme_by_submission(unit: Unit, submit_key: str) -> PlannedTheme | None:
    return await unit.first(select(PlannedTheme).where(PlannedTheme.submit_key == submit_key))


async def lock_theme(unit: Unit, key: int) -> PlannedTheme | None:
    """A theme that nobody else decides until this unit ends."""
    return await unit.first(
        select(PlannedTheme).where(PlannedTheme.id == key).with_for_update().execution_options(populate_existing=True)
    )


async def theme_item(unit: Unit, submit_key: str) -> AgendaItem | None:
    """The item of an agenda that a theme was made into."""
    return await unit.first(select(AgendaItem).where(AgendaItem.submit_key == submit_key))


async def last_position(unit: Unit, meeting_id: int) -> int:
    """The place of the last item arranged for a meeting; 0 for none."""
    rows = await unit.rows(select(func.max(col(AgendaItem.position))).where(AgendaItem.meeting_id == meeting_id))
    return int(rows[0][0] or 0)
