"""When an action's owner is reminded: before it is due, on the day, and while it is overdue *(ours)*; what may be put
off; and who else reads of it while it stays overdue."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.calendar import WorkingCalendar
from bot.domain.policy import ReminderPolicy

WEEK = timedelta(days=7)


class Snooze(StrEnum):
    """How long a reminder is put off."""

    DAY = "day"
    THREE = "three"
    WEEK = "week"


class Copy(StrEnum):
    """Who reads of an action that stays overdue, beside its owner."""

    REPRESENTATIVE = "representative"
    CHAIR = "chair"


def reminder_days(due: date, calendar: WorkingCalendar, policy: ReminderPolicy) -> Iterator[date]:
    """Every day on which a reminder is due, earliest first, without end.

    Always working days: what would fall on a day off is deferred to the next working day, never dropped.
    """
    before = [calendar.on_or_after(due - timedelta(days=n)) for n in policy.days_before]
    before += [calendar.shift(due, -n) for n in policy.working_days_before]
    on_the_day = calendar.on_or_after(due)
    yield from sorted({*(day for day in before if day < on_the_day), on_the_day})
    overdue = calendar.shift(on_the_day, policy.overdue_first)
    while True:
        yield overdue
        overdue = calendar.shift(overdue, policy.overdue_every)


def next_reminder(due: date, after: date, calendar: WorkingCalendar, policy: ReminderPolicy) -> date:
    """The first day strictly after `after` on which the owner is to be reminded."""
    return next(day for day in reminder_days(due, calendar, policy) if day > after)


def sending_time(now: datetime, calendar: WorkingCalendar, policy: ReminderPolicy) -> bool:
    """Whether what the policy times may go out at this moment: a working day, from the set time until closing.

    Outside it waits; nothing is used up by waiting. For people with times of their own see `own_times`.
    """
    local = calendar.local(now)
    return calendar.is_working_day(local.date()) and policy.at <= local.time() < calendar.closes


def snoozes(
    due: date, today: date, already: int, calendar: WorkingCalendar, policy: ReminderPolicy
) -> dict[Snooze, date]:
    """How long its reminder may be put off on `today`, each with the day it then comes; none is left of an overdue
    action once it has been put off `already` as often as the policy allows."""
    overdue = today > calendar.on_or_after(due)
    if overdue and already >= policy.snoozes_overdue:
        return {}
    latest = calendar.shift(max(today, calendar.on_or_after(due)), policy.snooze_past_due)
    return {snooze: day for snooze, day in snooze_days(today, calendar).items() if day <= latest}


def snooze_days(today: date, calendar: WorkingCalendar) -> dict[Snooze, date]:
    """The day to which each puts a reminder off, always a working day."""
    return {
        Snooze.DAY: calendar.shift(today, 1),
        Snooze.THREE: calendar.shift(today, 3),
        Snooze.WEEK: calendar.on_or_after(today + WEEK),
    }


def snoozed(remind_on: date | None, until: date | None, today: date) -> bool:
    """Whether a reminder is still put off: to a day to come, and no other has been set since."""
    return until is not None and until > today and remind_on == until


def overdue_since(today: date, copy: Copy, calendar: WorkingCalendar, policy: ReminderPolicy) -> date:
    """The last due date of which somebody else is to read by `today`."""
    days = policy.copy_representative if copy is Copy.REPRESENTATIVE else policy.copy_chair
    return calendar.shift(today, -days if calendar.is_working_day(today) else -days - 1)


def late_by(due: date, today: date, calendar: WorkingCalendar) -> int:
    """How many working days an action is overdue; 0 until the day after it was due, or the days off after that."""
    return calendar.working_days_between(calendar.on_or_after(due), today)


def copied_to(
    owner: int, standing: Collection[int], away: Collection[int], secretariat: Collection[int], *, all_of: bool
) -> list[int]:
    """Who reads of it: of those who `standing` are in the place for it, in their order, the first who is there, or
    `all_of` them; and the secretariat where the first of them is the owner, or nobody is there."""
    others = [key for key in standing if key not in away and key != owner]
    if not others or owner in list(standing)[:1]:
        return [key for key in secretariat if key != owner]
    return others if all_of else others[:1]
