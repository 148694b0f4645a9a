"""When somebody is reminded, by their own clock: their time of day, their time zone, the weekdays on which they work.

England's bank holidays stay off for everybody *(ours)*. A moment is a date and a time where the person is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.calendar import DAY, WorkingCalendar
from bot.domain.policy import ReminderPolicy
from bot.errors import FormErrors

ALL_WEEK = "1234567"
WEEKDAYS = "12345"
MOST_OFFERED = 100
EARLIEST, LATEST = time(6), time(20)  # (ours) a reminder at night would be no kindness
STEP = timedelta(minutes=30)
AT_LEAST = timedelta(hours=2)  # (ours) how long a late hour leaves for the bot to come back
NOT_PLACES = ("Etc/", "posix/", "right/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")


@dataclass(frozen=True)
class OwnTimes:
    """One person's times. `works_on` holds the digits of their working days, 1 for Monday; none means five days."""

    zone: str
    at: time
    works_on: str = WEEKDAYS

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone))

    def day(self, moment: datetime) -> date:
        """The date where they are."""
        return own_day(moment, self.zone)

    def works(self, day: date, calendar: WorkingCalendar) -> bool:
        """Whether they work on that day: one of their weekdays, and no bank holiday."""
        return str(day.isoweekday()) in (self.works_on or WEEKDAYS) and not calendar.is_bank_holiday(day)

    def sending(self, moment: datetime, calendar: WorkingCalendar) -> bool:
        """Whether a reminder may go out: on a day of theirs, from their time until closing, and for two hours at
        least. Outside it waits, and nothing is used up by waiting."""
        local = self.local(moment)
        return self.works(local.date(), calendar) and self.at <= local.time() < self._until(calendar)

    def next_time(self, moment: datetime, calendar: WorkingCalendar) -> datetime:
        """The first moment from `moment` on at which a reminder may go out, as UTC."""
        if self.sending(moment, calendar):
            return moment.astimezone(UTC)
        local = self.local(moment)
        day = local.date() if local.time() < self.at else local.date() + DAY
        while not self.works(day, calendar):
            day += DAY
        return datetime.combine(day, self.at, ZoneInfo(self.zone)).astimezone(UTC)

    def midnight(self, day: date) -> datetime:
        """The first moment of a day where they are, as UTC."""
        return datetime.combine(day, time(0), ZoneInfo(self.zone)).astimezone(UTC)

    def _until(self, calendar: WorkingCalendar) -> time:
        late = (datetime.combine(date.min, self.at) + AT_LEAST).time()
        return max(calendar.closes, late)


def own_day(moment: datetime, zone: str) -> date:
    """The date of a moment in a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def usual_times(zone: str, policy: ReminderPolicy) -> OwnTimes:
    """Those of somebody who has chosen nothing: the policy's, where they live."""
    return OwnTimes(zone, policy.at)


def times_of_day() -> tuple[time, ...]:
    """The times of day that may be chosen, half an hour apart."""
    first = datetime.combine(date.min, EARLIEST)
    span = datetime.combine(date.min, LATEST) - first
    return tuple((first + STEP * n).time() for n in range(span // STEP + 1))


def check_times(at: time | None, zone: str, works_on: Collection[str]) -> OwnTimes:
    """What somebody chose. Raises `FormErrors` naming every field at fault."""
    errors = {}
    if at is None or at not in times_of_day():
        errors["at"] = "Choose one from the list."
    if zone not in zones():
        errors["zone"] = "Choose one from the list: type the name of a large town, such as London."
    days = "".join(sorted(set(works_on) & set(ALL_WEEK)))
    if not days:
        errors["works_on"] = "Choose at least one day, or no reminder would ever come."
    if errors or at is None:
        raise FormErrors(errors)
    return OwnTimes(zone, at, days)


@cache
def zones() -> tuple[str, ...]:
    """The time zones of the IANA's list that are named after a place, and UTC, in order of name."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(NOT_PLACES))
    return (*sorted(places), "UTC")


def find_zones(words: str) -> tuple[str, ...]:
    """The zones whose name holds every word, a town's own name first."""
    wanted = words.casefold().replace("_", " ").replace("/", " ").split()
    found = [name for name in zones() if all(word in zone_label(name).casefold() for word in wanted)]
    town = wanted[0] if wanted else ""
    found.sort(key=lambda name: not name.rpartition("/")[2].casefold().startswith(town))
    return tuple(found[:MOST_OFFERED])


def zone_label(name: str) -> str:
    """A zone's name as people write it, such as `Europe/Isle of Man`."""
    return name.replace("_", " ")
