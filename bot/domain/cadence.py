"""How often a group meets, as a rule: its days without drift, and what becomes of one on which nobody works.

A local group meets every two months and a regional one every three [003 §91], a joint strategic oversight group every
two [000 4.11]; on which days is the group's own choice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count, takewhile
from typing import Any, NamedTuple

from bot.domain.calendar import WorkingCalendar

MONTHS_AHEAD = 12
"""How far ahead a group's meetings are made *(ours)*."""
TOLD_AHEAD = 9
"""People hear of further meetings when the first of them is so many months away *(ours)*: as meetings are made twelve
months ahead, that is one message a quarter at most."""
LAST = -1
NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", LAST: "last"}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WORKING_WEEK = 5


class Span(StrEnum):
    """What a cadence counts in."""

    WEEKS = "weeks"
    MONTHS = "months"


class Every(NamedTuple):
    """So many weeks or months."""

    number: int
    span: Span


class On(NamedTuple):
    """A weekday, Monday being 0; `nth` of the month, -1 being the last, or None where weeks are counted."""

    nth: int | None
    weekday: int


@dataclass(frozen=True)
class Cadence:
    """The first such day on or after `first`, then every so many weeks or months; at a local time, for so many minutes.

    Without `on`, weeks keep the weekday of `first` and months its day of the month, or the month's last day.
    """

    every: Every
    on: On | None
    first: date
    at: time
    minutes: int
    place: str

    def stored(self) -> dict[str, Any]:
        """As it is kept with its group; `read_cadence` reads it again."""
        return {
            "every": self.every.number,
            "span": self.every.span.value,
            "nth": self.on.nth if self.on else None,
            "weekday": self.on.weekday if self.on else None,
            "first": self.first.isoformat(),
            "at": f"{self.at:%H:%M}",
            "minutes": self.minutes,
            "place": self.place,
        }

    def spoken(self) -> str:
        """Such as “every 2 months on the first Tuesday at 10:00”."""
        number, span = self.every
        often = f"every {span.value[:-1]}" if number == 1 else f"every {number} {span.value}"
        if self.on is None and span is Span.MONTHS:
            return f"{often} on day {self.first.day} of the month at {self.at:%H:%M}"
        nth, weekday = self.on or On(None, self.first.weekday())
        return f"{often} on {f'the {NTH[nth]} ' if nth else ''}{WEEKDAYS[weekday]} at {self.at:%H:%M}"


class Occasion(NamedTuple):
    """A day that a cadence gives, and the day on which the group meets for it."""

    ruled_for: date
    day: date


def read_cadence(stored: Mapping[str, Any]) -> Cadence:
    """A cadence as it was kept. Raises `ValueError` for what is none."""
    try:
        on = None if stored["weekday"] is None else On(stored["nth"], stored["weekday"])
        return Cadence(
            Every(int(stored["every"]), Span(stored["span"])),
            on,
            date.fromisoformat(stored["first"]),
            time.fromisoformat(stored["at"]),
            int(stored["minutes"]),
            str(stored["place"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("not a cadence") from error


def misfit(every: Every, on: On | None, first: date) -> str:
    """What is wrong with days chosen so, as the rest of a sentence about them; empty when they fit."""
    weekday = on.weekday if on else first.weekday()
    if weekday >= WORKING_WEEK and (on or every.span is Span.WEEKS):
        return f"is a {WEEKDAYS[weekday]}: name a day from Monday to Friday"
    if on and every.span is Span.MONTHS and on.nth is None:
        return f"does not say which one of the month: write it like “first {WEEKDAYS[weekday]}” or “last …”"
    if on and every.span is Span.WEEKS and on.nth is not None:
        return f"counts within a month, but the group meets every so many weeks: write “{WEEKDAYS[weekday]}”"
    return ""


def ruled_days(cadence: Cadence) -> Iterator[date]:
    """Every day that the rule gives, the earliest first, without end. Each is counted from the first: none drifts."""
    number, span = cadence.every
    if span is Span.WEEKS:
        start = _weekday_from(cadence.first, cadence.on.weekday if cadence.on else cadence.first.weekday())
        yield from (start + timedelta(weeks=number * n) for n in count())
    elif cadence.on is None:
        yield from (months_on(cadence.first, number * n) for n in count())
    else:
        on = cadence.on
        start = cadence.first.replace(day=1)
        if _nth_weekday(start, on) < cadence.first:
            start = months_on(start, 1)
        yield from (_nth_weekday(months_on(start, number * n), on) for n in count())


def occasions(cadence: Cadence, calendar: WorkingCalendar, first: date, last: date) -> list[Occasion]:
    """When the group meets from `first` to `last`, both included.

    A day that is not a working day is moved to the next one. Should that be the day of the one before as well, the
    group meets once.
    """
    found: list[Occasion] = []
    before: date | None = None
    for ruled_for in takewhile(lambda day: day <= last, ruled_days(cadence)):
        day = calendar.on_or_after(ruled_for)
        if first <= day <= last and day != before:
            found.append(Occasion(ruled_for, day))
        before = day
    return found


def moment_of(occasion: Occasion, cadence: Cadence, calendar: WorkingCalendar) -> datetime:
    """When the meeting begins: the same time on the wall in summer and in winter."""
    return calendar.at(occasion.day, cadence.at)


def months_on(day: date, months: int) -> date:
    """The same day of the month so many months on, or that month's last day where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _last_of(year, month + 1).day))


def same_week(one: date, other: date) -> bool:
    """Whether both lie between the same Monday and Sunday."""
    return one.isocalendar()[:2] == other.isocalendar()[:2]


def _weekday_from(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _nth_weekday(month: date, on: On) -> date:
    """That weekday of the month that begins on `month`."""
    if on.nth == LAST:
        last = _last_of(month.year, month.month)
        return last - timedelta(days=(last.weekday() - on.weekday) % 7)
    return _weekday_from(month, on.weekday) + timedelta(weeks=(on.nth or 1) - 1)


def _last_of(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
