"""A group's surveillance log [003 Annex E]: each provider's or system's level now, and at each of the last meetings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, takewhile

from sqlmodel import col, select

from bot.domain.calendar import WorkingCalendar
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.surveillance import next_review
from bot.domain.terms import Level, MeetingState
from bot.store.barring import allowed_providers
from bot.store.tables import LevelReview, Meeting, Person, Provider, SurveillanceLevel
from bot.store.unit import Unit

MEETINGS = 3  # whose levels are shown [003 Annex E]
BY_LEVEL = (Level.RISK_SUMMIT, Level.ENHANCED, Level.FURTHER_INFORMATION, Level.ROUTINE)


@dataclass(frozen=True)
class LevelLine:
    """One provider or system. `before` has its level at each of the log's meetings, None where it had none yet; `since`
    is the day of the meeting that decided the level, or of the decision where no meeting did."""

    provider: Provider
    level: Level
    since: date
    before: tuple[Level | None, ...]
    reason: str
    find_out: str
    find_out_by: date | None
    review_on: date | None


@dataclass(frozen=True)
class SurveillanceLog:
    """The days of a group's last meetings, the earliest first, and its lines: the most serious first, then by name."""

    meetings: tuple[date, ...]
    lines: tuple[LevelLine, ...]


@dataclass(frozen=True)
class _Decision:
    """A level, the day from which it counts, and who finds out."""

    row: SurveillanceLevel
    on: date
    find_out: str


async def surveillance_log(
    unit: Unit, group_id: int, reader: Viewer | None, now: datetime, rules: Rules
) -> SurveillanceLog:
    """The log of a group as it stands, of that what `reader` may see; None is the group's channel, and whoever is in
    it. A provider whose level was never set is not in it."""
    today, calendar = rules.today(now), rules.calendar
    days = await _last_meetings(unit, group_id, now, calendar)
    decided = await _decisions(unit, group_id, calendar)
    keys = list(decided)
    allowed = set(keys) if reader is None else await allowed_providers(unit, reader, keys, today)
    providers = await unit.all(select(Provider).where(col(Provider.id).in_(allowed)))
    reviewed = await _reviewed(unit, group_id)
    most = rules.policy.levels.review_quarters
    lines = [_line(one, decided[one.key], days, reviewed, most) for one in providers]
    lines.sort(key=lambda one: (BY_LEVEL.index(one.level), one.provider.name.casefold(), one.provider.key))
    return SurveillanceLog(days, tuple(lines))


async def _last_meetings(unit: Unit, group_id: int, now: datetime, calendar: WorkingCalendar) -> tuple[date, ...]:
    begun = (Meeting.group_id == group_id, Meeting.starts_at <= now, Meeting.state != MeetingState.CANCELLED)
    newest = select(Meeting.starts_at).where(*begun).order_by(col(Meeting.starts_at).desc()).limit(MEETINGS)
    return tuple(sorted(calendar.day(one) for one in await unit.all(newest)))


async def _decisions(unit: Unit, group_id: int, calendar: WorkingCalendar) -> dict[int, list[_Decision]]:
    """What was decided of each provider, the newest first."""
    rows = await unit.rows(
        select(SurveillanceLevel, Meeting.starts_at, Person.name)
        .outerjoin(Meeting, col(Meeting.id) == col(SurveillanceLevel.meeting_id))
        .outerjoin(Person, col(Person.id) == col(SurveillanceLevel.find_out_id))
        .where(SurveillanceLevel.group_id == group_id)
        .order_by(col(SurveillanceLevel.provider_id), col(SurveillanceLevel.decided_at).desc())
    )
    decisions = [_Decision(row, calendar.day(met or row.decided_at), name or "") for row, met, name in rows]
    return {key: list(some) for key, some in groupby(decisions, key=lambda one: one.row.provider_id)}


async def _reviewed(unit: Unit, group_id: int) -> Mapping[int, date]:
    """By the decision that put a provider on enhanced, the newest quarter for which its position was reviewed."""
    done = (LevelReview.group_id == group_id, col(LevelReview.reviewed_at).is_not(None))
    rows = await unit.all(select(LevelReview).where(*done).order_by(col(LevelReview.quarter_on)))
    return {row.level_id: row.quarter_on for row in rows}


def _line(
    provider: Provider, decided: Sequence[_Decision], days: Sequence[date], reviewed: Mapping[int, date], most: int
) -> LevelLine:
    newest = decided[0]
    first = list(takewhile(lambda one: one.row.level is newest.row.level, decided))[-1]
    return LevelLine(
        provider=provider,
        level=newest.row.level,
        since=first.on,
        before=tuple(next((one.row.level for one in decided if one.on <= day), None) for day in days),
        reason=newest.row.reason,
        find_out=newest.find_out,
        find_out_by=newest.row.find_out_by,
        review_on=next_review(newest.row.level, first.on, reviewed.get(first.row.key), most),
    )
