"""When a group may meet: what is wrong with a day and a time that somebody chose, said beside the field."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from bot.domain.cadence import MONTHS_AHEAD, months_on
from bot.domain.calendar import WorkingCalendar
from bot.domain.panels import hours_of_day
from bot.errors import FormErrors

LENGTHS = (60, 90, 120, 150, 180, 240)  # minutes (ours)
USUAL_LENGTH = 120
EARLIEST, LATEST = time(8), time(20)  # a meeting begins between these (ours)


class Held(NamedTuple):
    """A meeting as far as others must keep clear of it."""

    name: str
    starts_at: datetime
    minutes: int


def starting_times(kept: time | None = None) -> tuple[time, ...]:
    """The times of day at which a meeting may begin, every half hour; and the one it has, whatever that is."""
    offered = set(hours_of_day(EARLIEST, LATEST))
    return tuple(sorted(offered | {kept} if kept else offered))


def check_when(day: date | None, clock: time | None, now: datetime, calendar: WorkingCalendar) -> datetime:
    """The moment that was meant. Raises `FormErrors` for `day` or `time`."""
    if day is None:
        raise FormErrors({"day": "Choose a day."})
    if clock is None:
        raise FormErrors({"time": "Choose a time of day."})
    today = calendar.day(now)
    if day < today:
        raise FormErrors({"day": f"This day has passed. Choose {short_day(calendar.on_or_after(today))} or later."})
    if day > months_on(today, MONTHS_AHEAD):
        raise FormErrors({"day": "This is more than a year away. Choose an earlier day."})
    if not calendar.is_working_day(day):
        following = short_day(calendar.on_or_after(day))
        raise FormErrors({"day": f"{short_day(day)} is {calendar.why_off(day)}. The next working day is {following}."})
    moment = calendar.at(day, clock)
    if moment <= now:
        raise FormErrors({"time": "This time has passed. Choose a later one."})
    return moment


def check_clear(starts_at: datetime, minutes: int, others: Iterable[Held], calendar: WorkingCalendar) -> None:
    """Raise `FormErrors` for `time` if the group is in another of these meetings at some moment of this one."""
    ends_at = starts_at + timedelta(minutes=minutes)
    for other in others:
        over = other.starts_at + timedelta(minutes=other.minutes)
        if starts_at < over and other.starts_at < ends_at:
            span = f"{calendar.local(other.starts_at):%H:%M} to {calendar.local(over):%H:%M}"
            raise FormErrors({"time": f"The group is in another meeting from {span} that day ({other.name})."})


def short_day(day: date) -> str:
    """Such as “Mon 31 Aug 2026”."""
    return f"{day:%a} {day.day} {day:%b %Y}"
