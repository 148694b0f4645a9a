"""Named questions about a group's surveillance log: as [003 Annex E], one entry of it, and what others decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Executable, func, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.handling import Viewer
from bot.domain.terms import ActionState, Level, MeetingState
from bot.store.barring import barring, current
from bot.store.groups import sites_of
from bot.store.tables import Action, Footprint, Group, LevelReview, Meeting, Person, Provider, SurveillanceLevel
from bot.store.unit import Unit
from bot.store.visible_requests import visible_actions

MEETINGS_SHOWN = 3  # earlier levels in the log [003 Annex E]
LONGEST_LINE = 10  # of providers that became each other


@dataclass(frozen=True)
class Past:
    """The level that stood after a meeting; None where none had been set."""

    on: date
    level: Level | None


@dataclass(frozen=True)
class LogLine:
    """A provider or system in a group's log. `history` are its decisions, the newest first, which stands; `before` the
    levels that stood after the last three meetings, the oldest first; `actions` how many are open that the reader may
    see; `review` what is still to be reviewed [003 §126]. `parent` names the provider of a site, `successor` what it
    became; both may be empty."""

    provider: Provider
    parent: str
    successor: str
    history: tuple[SurveillanceLevel, ...]
    find_out: str
    before: tuple[Past, ...] = ()
    actions: int = 0
    review: LevelReview | None = None

    @property
    def level(self) -> SurveillanceLevel:
        return self.history[0]


@dataclass(frozen=True)
class Elsewhere:
    """The level that stands in another group, and since when. No reason: that is for the other group's members."""

    group: str
    level: Level
    since: datetime


async def log_of(
    unit: Unit, group_id: int, reader: Viewer, today: date, *, provider_id: int | None = None
) -> list[LogLine]:
    """The log of a group as this person may see it, by name, sites after their provider; of one provider only, if
    said. What they are barred from is not there at all."""
    rows = await unit.rows(_log(group_id, provider_id, reader, today))
    held = await _held(unit, group_id, today)
    reviews = await _open_reviews(unit, group_id)
    actions = await _open_actions(unit, group_id, reader, today)
    histories: dict[int, list[tuple[SurveillanceLevel, Provider, str, str, str]]] = {}
    for level, provider, owner, became, name in rows:
        histories.setdefault(provider.key, []).append((level, provider, owner or "", became or "", name or ""))
    return [
        LogLine(
            *one[0][1:4],
            history=tuple(each[0] for each in one),
            find_out=one[0][4],
            before=_before([each[0] for each in one], held),
            actions=actions.get(key, 0),
            review=reviews.get(key),
        )
        for key, one in histories.items()
    ]


async def without_level(
    unit: Unit, group_id: int, reader: Viewer, today: date, *, skip: int, limit: int
) -> tuple[Sequence[Provider], int]:
    """Some of the providers of a group's footprint whose level was never set there, by name, and how many in all. A
    site counts with its provider."""
    decided = select(SurveillanceLevel.provider_id).where(SurveillanceLevel.group_id == group_id)
    watched = select(Footprint.provider_id).where(Footprint.group_id == group_id, current(Footprint, today))
    never = (
        col(Provider.id).in_(watched),
        col(Provider.id).not_in(decided),
        col(Provider.parent_id).is_(None),
        or_(col(Provider.ends_on).is_(None), col(Provider.ends_on) >= today),
        *barring(reader, today, col(Provider.id)),
    )
    counted = await unit.rows(select(func.count()).select_from(Provider).where(*never))
    some = select(Provider).where(*never).order_by(col(Provider.folded_name), col(Provider.id))
    return await unit.all(some.offset(skip).limit(limit)), int(counted[0][0])


async def entry_for(unit: Unit, group_id: int, provider_id: int, today: date) -> Provider | None:
    """What stands in a group's log for that provider: what it became, once it has ended; for a site the provider it
    belongs to, unless the log has a level of the site's own. None if there is no such provider."""
    provider = await unit.find(Provider, provider_id)
    for _ in range(LONGEST_LINE):
        if provider is None or not is_over(provider, today) or provider.successor_id is None:
            break
        provider = await unit.find(Provider, provider.successor_id)
    if provider is None or provider.parent_id is None or await standing_level(unit, group_id, provider.key):
        return provider
    return await unit.find(Provider, provider.parent_id)


def is_over(provider: Provider, today: date) -> bool:
    """Whether a provider has ended by that day."""
    return provider.ends_on is not None and provider.ends_on < today


async def standing_level(unit: Unit, group_id: int, provider_id: int) -> SurveillanceLevel | None:
    """The decision that stands, whoever asks."""
    return await unit.first(_decisions(group_id, provider_id).limit(1))


async def decisions_of(unit: Unit, group_id: int, provider_id: int) -> Sequence[SurveillanceLevel]:
    """Every decision, the newest first, whoever asks."""
    return await unit.all(_decisions(group_id, provider_id))


async def has_open_action(unit: Unit, group_id: int, provider_id: int) -> bool:
    """Whether an action about it, or one of its sites, is open in the group's log."""
    about = await sites_of(unit, provider_id)
    asked = select(col(Action.id)).where(
        Action.group_id == group_id, col(Action.provider_id).in_(about), Action.state == ActionState.OPEN
    )
    return await unit.first(asked.limit(1)) is not None


async def elsewhere(unit: Unit, group_id: int, provider_id: int, reader: Viewer) -> list[Elsewhere]:
    """The levels that stand in other groups of the reader's, and in those that report to a group of theirs: a group's
    log is for its members, and goes to its parent every quarter [003 §127]."""
    rows = await unit.rows(
        select(SurveillanceLevel, col(Group.name))
        .join(Group, col(Group.id) == col(SurveillanceLevel.group_id))
        .where(
            SurveillanceLevel.provider_id == provider_id,
            SurveillanceLevel.group_id != group_id,
            or_(col(Group.id).in_(reader.group_ids), col(Group.parent_id).in_(reader.group_ids)),
        )
        .order_by(col(SurveillanceLevel.decided_at).desc())
    )
    newest: dict[str, Elsewhere] = {}
    for level, group in rows:
        newest.setdefault(group, Elsewhere(group, level.level, level.decided_at))
    return sorted(newest.values(), key=lambda one: one.group)


def _log(group_id: int, provider_id: int | None, reader: Viewer, today: date) -> Executable:
    """Each decision, with its provider, and the names of that one's provider, of what it became, and of who finds
    out."""
    parent, heir = aliased(Provider), aliased(Provider)
    return (
        select(SurveillanceLevel)
        .join(Provider, col(Provider.id) == col(SurveillanceLevel.provider_id))
        .outerjoin(parent, col(parent.id) == col(Provider.parent_id))
        .outerjoin(heir, col(heir.id) == col(Provider.successor_id))
        .outerjoin(Person, col(Person.id) == col(SurveillanceLevel.find_out_id))
        .where(SurveillanceLevel.group_id == group_id, *barring(reader, today, col(SurveillanceLevel.provider_id)))
        .where(true() if provider_id is None else col(SurveillanceLevel.provider_id) == provider_id)
        .order_by(
            func.coalesce(col(parent.folded_name), col(Provider.folded_name)),
            col(Provider.parent_id).is_not(None),
            col(Provider.folded_name),
            col(Provider.id),
            col(SurveillanceLevel.decided_at).desc(),
        )
        .add_columns(Provider, col(parent.name), col(heir.name), col(Person.name))
    )


def _decisions(group_id: int, provider_id: int) -> SelectOfScalar[SurveillanceLevel]:
    theirs = (SurveillanceLevel.group_id == group_id, SurveillanceLevel.provider_id == provider_id)
    return select(SurveillanceLevel).where(*theirs).order_by(col(SurveillanceLevel.decided_at).desc())


async def _held(unit: Unit, group_id: int, today: date) -> list[Meeting]:
    """The last meetings before today, the oldest first."""
    asked = (
        select(Meeting)
        .where(
            Meeting.group_id == group_id,
            Meeting.starts_at < datetime.combine(today, time(0), UTC),
            Meeting.state != MeetingState.CANCELLED,
        )
        .order_by(col(Meeting.starts_at).desc())
        .limit(MEETINGS_SHOWN)
    )
    return list(reversed(await unit.all(asked)))


def _before(history: Sequence[SurveillanceLevel], held: Sequence[Meeting]) -> tuple[Past, ...]:
    """The level that stood after each of these meetings: what it decided counts, whenever it was entered."""
    return tuple(
        Past(
            meeting.starts_at.date(),
            next((one.level for one in history if _decided_by(one, meeting)), None),
        )
        for meeting in held
    )


def _decided_by(level: SurveillanceLevel, meeting: Meeting) -> bool:
    day_after = datetime.combine(meeting.starts_at.date() + timedelta(days=1), time(0), UTC)
    return level.meeting_id == meeting.key or level.decided_at < day_after


async def _open_reviews(unit: Unit, group_id: int) -> Mapping[int, LevelReview]:
    """The newest of each provider, unless it has been written: with it those before are settled."""
    asked = select(LevelReview).where(LevelReview.group_id == group_id).order_by(col(LevelReview.quarter_on))
    newest = {row.provider_id: row for row in await unit.all(asked)}
    return {key: row for key, row in newest.items() if row.reviewed_at is None}


async def _open_actions(unit: Unit, group_id: int, reader: Viewer, today: date) -> Mapping[int, int]:
    """How many actions about each provider are open, its sites' counted for it as well."""
    seen = visible_actions(reader, today).where(Action.group_id == group_id, Action.state == ActionState.OPEN)
    asked = (
        seen.join(Provider, col(Provider.id) == col(Action.provider_id))
        .with_only_columns(col(Provider.id), col(Provider.parent_id), func.count())
        .group_by(col(Provider.id), col(Provider.parent_id))
    )
    counted: dict[int, int] = {}
    for provider, parent, number in await unit.rows(asked):
        for key in {provider, parent} - {None}:
            counted[key] = counted.get(key, 0) + number
    return counted


async def meeting_days(unit: Unit, decisions: Sequence[SurveillanceLevel]) -> Mapping[int, datetime]:
    """When the meetings began at which these were decided, by their numbers."""
    keys = {one.meeting_id for one in decisions if one.meeting_id is not None}
    rows = await unit.rows(select(col(Meeting.id), col(Meeting.starts_at)).where(col(Meeting.id).in_(keys)))
    return {key: starts_at for key, starts_at in rows}  # noqa: C416
