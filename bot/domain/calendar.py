"""Working time in one place: working days, opening hours, bank holidays, daylight saving.

Every function takes the moment it is asked about; nothing here looks at a clock. Moments are aware `datetime`s,
days are `date`s in the calendar's own zone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Clock:
    """How long something may take: `hours` of working time, or of any time when `round_the_clock`."""

    hours: float
    round_the_clock: bool = False

    def half(self) -> "Clock":
        return Clock(self.hours / 2, self.round_the_clock)


def _unnamed(_: date) -> str:
    return ""


@dataclass(frozen=True)
class WorkingCalendar:
    """England's working days, 09:00 to 17:00 in Europe/London unless the policy says otherwise. `holiday_name` is what
    a bank holiday is called, empty if that is not known."""

    is_bank_holiday: Callable[[date], bool]
    zone: ZoneInfo = LONDON
    opens: time = time(9)
    closes: time = time(17)
    holiday_name: Callable[[date], str] = _unnamed

    def opening(self, opens: time | None, closes: time | None) -> "WorkingCalendar":
        """The same days in the same zone with these hours; this calendar itself unless both are given."""
        return self if opens is None or closes is None else replace(self, opens=opens, closes=closes)

    @property
    def hours_a_day(self) -> float:
        """How many hours it is open on a working day."""
        return (self.closes.hour - self.opens.hour) + (self.closes.minute - self.opens.minute) / 60

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def day(self, moment: datetime) -> date:
        """The local date of a moment."""
        return self.local(moment).date()

    def at(self, day: date, clock: time) -> datetime:
        """That local wall-clock time, as UTC. A time skipped in spring is taken an hour later."""
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5 and not self.is_bank_holiday(day)

    def why_off(self, day: date) -> str:
        """What a day is that is not a working day, such as “a Sunday” or “a bank holiday (Boxing Day)”."""
        if not self.is_bank_holiday(day):
            return f"a {day:%A}"
        name = self.holiday_name(day)
        return f"a bank holiday ({name})" if name else "a bank holiday"

    def on_or_after(self, day: date) -> date:
        """`day` if it is a working day, otherwise the next one."""
        while not self.is_working_day(day):
            day += DAY
        return day

    def shift(self, day: date, working_days: int) -> date:
        """`working_days` on from `day` (back when negative), landing on a working day; 0 stays where it is."""
        step = DAY if working_days > 0 else -DAY
        for _ in range(abs(working_days)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after `first`, up to and including `last`; 0 if `last` is not later."""
        days = (last - first).days
        return sum(self.is_working_day(first + DAY * n) for n in range(1, days + 1))

    def after(self, moment: datetime, clock: Clock) -> datetime:
        """The moment at which `clock` has run out if it starts at `moment`, as UTC."""
        moment = moment.astimezone(UTC)  # adding hours to a local time would miss a change of the clocks
        if clock.round_the_clock:
            return moment + timedelta(hours=clock.hours)
        left = timedelta(hours=clock.hours)
        day = self.day(moment)
        while True:
            day = self.on_or_after(day)
            start = max(moment, self.at(day, self.opens))
            room = self.at(day, self.closes) - start
            if room >= left and room > timedelta(0):
                return start + left
            left -= max(room, timedelta(0))
            day += DAY
