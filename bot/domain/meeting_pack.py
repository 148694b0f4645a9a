"""A meeting's pack: when it goes out, until when it can be asked for, and at what time each item begins."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.calendar import WorkingCalendar
from bot.domain.policy import Policy


def pack_lead(starts_at: datetime, calendar: WorkingCalendar, policy: Policy, now: datetime) -> int | None:
    """The lead, in working days, whose pack should be there by `now`, or None before the first and once it has begun.

    The first is the pack's own *(ours)*; at each later lead of the digests the pack is brought up to date.
    """
    first = policy.meetings.pack_before
    leads = (first, *(lead for lead in policy.digest.leads if lead < first))
    reached = [lead for lead in leads if pack_due_at(starts_at, lead, calendar, policy) <= now < starts_at]
    return min(reached, default=None)


def pack_due_at(starts_at: datetime, lead: int, calendar: WorkingCalendar, policy: Policy) -> datetime:
    """When the pack with that lead is due: that many working days before the meeting's day, when digests are."""
    return calendar.at(calendar.shift(calendar.day(starts_at), -lead), policy.digest.at)


def meeting_over(starts_at: datetime, minutes: int, closed_at: datetime | None, now: datetime) -> bool:
    """Whether a meeting has ended: when it was closed, or else when its time was up."""
    return (closed_at or starts_at + timedelta(minutes=minutes)) <= now


def begin_at(starts_at: datetime, minutes: Sequence[int | None]) -> list[datetime | None]:
    """When each item begins, given how many minutes each has; None from the first on that follows one without."""
    times: list[datetime | None] = []
    at: datetime | None = starts_at
    for its in minutes:
        times.append(at)
        at = at + timedelta(minutes=its) if at and its else None
    return times
