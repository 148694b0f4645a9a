"""When an action's owner is reminded: before it is due, on the day, and while it is overdue *(ours)*."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bot.domain.calendar import WorkingCalendar
from bot.domain.policy import ReminderPolicy


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
    """Whether reminders may go out at this moment: a working day, from the set time until closing.

    Outside it they wait; nothing is used up by waiting.
    """
    local = calendar.local(now)
    return calendar.is_working_day(local.date()) and policy.at <= local.time() < calendar.closes
