"""Absences as rules: which days somebody means, which moments those are where they live, and whether anybody is left.

Days count whole and both ends are included, in the person's own time zone. What an absence may be is ours *(ours)*.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.errors import FormErrors, NotDays

DAY = timedelta(days=1)
LONGEST = 366 * DAY  # (ours) of an absence, and until one begins
NEAR = 270 * DAY  # (ours) a day said without its year is not further off than this
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_NUMBER = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>\d{4}))?"
_SHAPES = tuple(
    re.compile(shape, re.ASCII)
    for shape in (
        rf"{_NUMBER}(?: of)? (?P<name>[a-z]+)\.?{_YEAR}",
        rf"(?P<name>[a-z]+)\.? {_NUMBER}{_YEAR}",
        r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}))?",
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})",
        _NUMBER,
    )
)
_BETWEEN = re.compile(r" (?:to|until|till|-) | ?[–—] ?|(?<=^\d)-(?=\d{1,2}[a-z]* )|(?<=^\d\d)-(?=\d{1,2}[a-z]* )")
_UNTIL = re.compile(r"^(?:until|till|to) ")
_FROM = re.compile(r"^(?:from|on) ")


@dataclass(frozen=True)
class Days:
    """Whole days away, the first and the last included."""

    first: date
    last: date


@dataclass(frozen=True)
class Period:
    """From one moment to just before another."""

    starts_at: datetime
    until: datetime

    def covers(self, moment: datetime) -> bool:
        """Whether that moment lies in it."""
        return self.starts_at <= moment < self.until


@dataclass(frozen=True)
class _Said:
    """A day as somebody said it; None for what they left out."""

    day: int
    month: int | None = None
    year: int | None = None


def read_days(words: str, today: date) -> Days:
    """The days that words such as `today`, `until 4 December` or `24 Dec to 2 Jan` mean, said on `today`.

    A day without its year is the coming one; a weekday is the next one. Raises `NotDays` for other words, and
    `FormErrors` for days that cannot be.
    """
    plain = _FROM.sub("", " ".join(words.casefold().split()))
    if _UNTIL.match(plain):
        days = _from_today(_said(_UNTIL.sub("", plain), words), today, words)
    else:
        parts = [_said(part, words) for part in _BETWEEN.split(plain, maxsplit=1)]
        days = _between(parts, today, words)
    check_days(days, today)
    return days


def check_days(days: Days, today: date) -> None:
    """Raise `FormErrors` for days that have passed, are the wrong way round, too many, or too far off."""
    passed = "That day has passed: choose today or a later day, with its year if it is not this one."
    if days.first < today:
        raise FormErrors({"first": passed})
    if days.last < today:
        raise FormErrors({"last": passed})
    if days.last < days.first:
        raise FormErrors({"last": "The last day comes before the first."})
    if days.first - today > LONGEST:
        raise FormErrors({"first": "Choose a first day within a year from now."})
    if days.last - days.first >= LONGEST:
        raise FormErrors({"last": "An absence lasts a year at most. Tell the secretariat if somebody has left."})


def period_of(days: Days, zone: str) -> Period:
    """From the first moment of the first day to the first moment after the last, as UTC. A midnight that the clocks
    leave out is the moment at which they are changed."""
    return Period(_midnight(days.first, zone), _midnight(days.last + DAY, zone))


def day_in(moment: datetime, zone: str) -> date:
    """The date of a moment in a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def days_of(period: Period, zone: str) -> Days:
    """The days in a zone that a period touches."""
    return Days(day_in(period.starts_at, zone), day_in(period.until - timedelta(microseconds=1), zone))


def nobody_left(people: Collection[int], away: Mapping[int, Sequence[Period]], within: Period) -> Period | None:
    """The first stretch of `within` during which every one of these people is away, if there is one."""
    edges = {edge for key in people for one in away.get(key, ()) for edge in (one.starts_at, one.until)}
    moments = sorted({within.starts_at, within.until, *(edge for edge in edges if within.covers(edge))})
    start: datetime | None = None
    for moment, following in pairwise(moments):
        empty = all(any(one.covers(moment) for one in away.get(key, ())) for key in people)
        if start is not None and not empty:
            return Period(start, moment)
        if empty:
            start = start or moment
            if following == within.until:
                return Period(start, following)
    return None


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)


def _from_today(said: _Said | str, today: date, words: str) -> Days:
    return Days(today, _settle(said, today, words, after=today))


def _between(parts: Sequence[_Said | str], today: date, words: str) -> Days:
    first, last = parts[0], parts[-1]
    if isinstance(first, _Said) and first.month is None:  # “24 to 28 December”
        if len(parts) == 1 or not isinstance(last, _Said) or last.month is None:
            raise NotDays(words=words)
        first = _Said(first.day, last.month, last.year)
    start = _settle(first, today, words, after=today)
    check_days(Days(start, start), today)
    return Days(start, start if len(parts) == 1 else _settle(last, today, words, after=start))


def _said(part: str, words: str) -> _Said | str:
    """A day as said: by number, or by one of the words that stand for one."""
    if part in ("today", "tomorrow") or _weekday(part) is not None:
        return part
    for shape in _SHAPES:
        found = shape.fullmatch(part)
        if found:
            given = found.groupdict()
            month = _month(given["name"], words) if given.get("name") else _whole(given.get("month"))
            return _Said(int(given["day"]), month, _whole(given.get("year")))
    raise NotDays(words=words)


def _weekday(name: str) -> int | None:
    """The number of a weekday, of which at least three letters are given."""
    return next((n for n, full in enumerate(WEEKDAYS) if len(name) > 2 and full.startswith(name)), None)


def _whole(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _month(name: str, words: str) -> int:
    for number, full in enumerate(MONTHS, start=1):
        if name in (full, full[:3]) or (name, number) == ("sept", 9):
            return number
    raise NotDays(words=words)


def _settle(said: _Said | str, today: date, words: str, *, after: date) -> date:
    """The day that is meant: a weekday is the next one after `after`; a day of a year not said, the coming one."""
    if said == "today":
        return today
    if said == "tomorrow":
        return today + DAY
    if isinstance(said, str):
        return after + DAY * (((_weekday(said) or 0) - after.weekday() - 1) % 7 + 1)
    if said.month is None:
        raise NotDays(words=words)
    if said.year is not None:
        found = [_day(said.year, said.month, said.day)]
    else:
        near = [_day(after.year + n, said.month, said.day) for n in (-1, 0, 1)]
        there = [day for day in near if day is not None]
        found = [day for day in there if after <= day <= after + NEAR] or [
            day for day in reversed(there) if day < after
        ]
    if not found or found[0] is None:
        raise NotDays(words=words)
    return found[0]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
