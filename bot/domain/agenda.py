"""When a meeting's digest is posted: at its lead times in working days, once each *(ours)*."""

from datetime import datetime

from bot.domain.calendar import WorkingCalendar
from bot.domain.policy import DigestPolicy


def digest_due_at(starts_at: datetime, lead: int, calendar: WorkingCalendar, policy: DigestPolicy) -> datetime:
    """The moment the digest with that lead is due: `lead` working days before the meeting's day."""
    return calendar.at(calendar.shift(calendar.day(starts_at), -lead), policy.at)


def digest_lead(starts_at: datetime, calendar: WorkingCalendar, policy: DigestPolicy, now: datetime) -> int | None:
    """The lead whose digest should have been posted by `now`, or None.

    Only the nearest one: after an outage over both, members get one digest, not two. None once it has begun.
    """
    if now >= starts_at:
        return None
    reached = [lead for lead in policy.leads if digest_due_at(starts_at, lead, calendar, policy) <= now]
    return min(reached, default=None)
