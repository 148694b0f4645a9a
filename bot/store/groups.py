"""Named questions about groups: their meetings, what they watch, and the levels they set."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from bot.domain.terms import Level, MeetingState
from bot.store.barring import current
from bot.store.tables import Footprint, Group, Meeting, Person, Provider, SurveillanceLevel
from bot.store.unit import Unit


@dataclass(frozen=True)
class StandingLevel:
    """A provider's level in a group, with its history newest first."""

    provider: Provider
    group: Group
    level: SurveillanceLevel
    find_out: str
    before: tuple[SurveillanceLevel, ...] = ()


async def next_meeting(unit: Unit, group_id: int, now: datetime) -> Meeting | None:
    return await unit.first(
        select(Meeting)
        .where(Meeting.group_id == group_id, Meeting.starts_at > now, Meeting.state == MeetingState.SCHEDULED)
        .order_by(col(Meeting.starts_at))
    )


async def meeting_in(unit: Unit, meeting_id: int | None, group_id: int) -> int | None:
    """That meeting's number if it is one of that group's."""
    return await unit.first(select(col(Meeting.id)).where(Meeting.id == meeting_id, Meeting.group_id == group_id))


async def last_meeting(unit: Unit, group_id: int, before: datetime) -> Meeting | None:
    return await unit.first(
        select(Meeting)
        .where(Meeting.group_id == group_id, Meeting.starts_at < before, Meeting.state != MeetingState.CANCELLED)
        .order_by(col(Meeting.starts_at).desc())
    )


async def meetings_between(unit: Unit, first: datetime, last: datetime) -> Sequence[Meeting]:
    """Meetings still to be held that start within a period."""
    return await unit.all(
        select(Meeting)
        .where(Meeting.starts_at > first, Meeting.starts_at <= last, Meeting.state == MeetingState.SCHEDULED)
        .order_by(col(Meeting.starts_at))
    )


async def upcoming(unit: Unit, group_ids: Collection[int], now: datetime) -> list[tuple[Meeting, str]]:
    """The next meeting of each of these groups, with the group's name."""
    rows = await unit.rows(
        select(Meeting, col(Group.name))
        .join(Group, col(Group.id) == col(Meeting.group_id))
        .where(
            col(Meeting.group_id).in_(group_ids),
            Meeting.starts_at > now,
            Meeting.state == MeetingState.SCHEDULED,
        )
        .order_by(col(Meeting.starts_at))
    )
    first: dict[int, tuple[Meeting, str]] = {}
    for meeting, name in rows:
        first.setdefault(meeting.group_id, (meeting, name))
    return list(first.values())


async def with_channels(unit: Unit, today: date) -> Sequence[Group]:
    """The groups that are to be posted to."""
    return await unit.all(select(Group).where(current(Group, today), col(Group.channel).is_not(None)))


async def watching(unit: Unit, provider_ids: Sequence[int], today: date) -> Sequence[Group]:
    """The groups whose footprint holds one of these providers."""
    held = select(Footprint.group_id).where(col(Footprint.provider_id).in_(provider_ids), current(Footprint, today))
    return await unit.all(select(Group).where(col(Group.id).in_(held), current(Group, today)).order_by(Group.name))


async def levels(
    unit: Unit, *, group_ids: Collection[int], provider_ids: Collection[int] | None = None
) -> list[StandingLevel]:
    """The standing level of each provider in each of these groups, with up to three earlier ones [003 Annex E]."""
    asked = (
        select(SurveillanceLevel, Provider, Group, col(Person.name))
        .join(Provider, col(Provider.id) == col(SurveillanceLevel.provider_id))
        .join(Group, col(Group.id) == col(SurveillanceLevel.group_id))
        .outerjoin(Person, col(Person.id) == col(SurveillanceLevel.find_out_id))
        .where(col(SurveillanceLevel.group_id).in_(group_ids))
        .order_by(col(Provider.name), col(SurveillanceLevel.decided_at).desc())
    )
    if provider_ids is not None:
        asked = asked.where(col(SurveillanceLevel.provider_id).in_(provider_ids))
    histories: dict[tuple[int, int], list[tuple[SurveillanceLevel, Provider, Group, str]]] = {}
    for level, provider, group, find_out in await unit.rows(asked):
        histories.setdefault((group.key, provider.key), []).append((level, provider, group, find_out or ""))
    return [
        StandingLevel(history[0][1], history[0][2], history[0][0], history[0][3], tuple(h[0] for h in history[1:4]))
        for history in histories.values()
    ]


async def level_history(
    unit: Unit, *, group_ids: Collection[int], provider_ids: Collection[int]
) -> list[tuple[SurveillanceLevel, Provider, Group]]:
    """Every decision on the level of these providers in these groups, the newest first."""
    rows = await unit.rows(
        select(SurveillanceLevel, Provider, Group)
        .join(Provider, col(Provider.id) == col(SurveillanceLevel.provider_id))
        .join(Group, col(Group.id) == col(SurveillanceLevel.group_id))
        .where(col(SurveillanceLevel.group_id).in_(group_ids), col(SurveillanceLevel.provider_id).in_(provider_ids))
        .order_by(col(SurveillanceLevel.decided_at).desc(), col(SurveillanceLevel.id).desc())
    )
    return [(level, provider, group) for level, provider, group in rows]


def needing_attention(standing: Sequence[StandingLevel], *wanted: Level) -> list[StandingLevel]:
    return [one for one in standing if one.level.level in wanted]


async def sites_of(unit: Unit, provider_id: int) -> list[int]:
    """A provider's own id and those of its sites."""
    sites = await unit.all(select(col(Provider.id)).where(Provider.parent_id == provider_id))
    return [provider_id, *(site for site in sites if site is not None)]


async def group_by_id(unit: Unit, group_id: int, today: date) -> Group | None:
    """That group, if it still exists."""
    return await unit.first(select(Group).where(Group.id == group_id, current(Group, today)))


async def groups_beside(unit: Unit, group_id: int, today: date) -> Sequence[Group]:
    """The other groups that exist today, by name."""
    return await unit.all(select(Group).where(Group.id != group_id, current(Group, today)).order_by(Group.name))
