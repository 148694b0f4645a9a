"""How organisations are doing with what they are asked: figures per quarter *(ours)*; no seed sets any.

A drill counts nowhere, nor does what became part of another escalation, since it goes on there. What was withdrawn
before an answer counts by itself, never as unanswered. Of what was asked again, the newest round counts.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median

from bot.domain.calendar import DAY, Clock, WorkingCalendar
from bot.domain.escalation import AWAITED, AddresseeState

HOUR = timedelta(hours=1)
QUARTERS_SHOWN = 4


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of the calendar, counted from the year 0: so that quarters can be told apart by one number."""

    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(day.year * 4 + (day.month - 1) // 3)

    @property
    def first(self) -> date:
        """Its first day. Raises `ValueError` for a quarter no calendar has."""
        return date(self.number // 4, self.number % 4 * 3 + 1, 1)

    @property
    def last(self) -> date:
        return self.back(-1).first - DAY

    def back(self, quarters: int) -> "Quarter":
        return Quarter(self.number - quarters)

    def begins(self, calendar: WorkingCalendar) -> datetime:
        """Its first moment in the calendar's zone."""
        return calendar.at(self.first, datetime.min.time())


EARLIEST = Quarter.of(date(2000, 1, 1))


def seen_by_all_on(quarter: Quarter, calendar: WorkingCalendar, working_days: int) -> date:
    """The day from which a group's chair and secretariat see the figures of its organisations, which have had their own
    for that many working days: since the first working day after the quarter."""
    return calendar.shift(calendar.on_or_after(quarter.back(-1).first), working_days)


@dataclass(frozen=True)
class Taken:
    """How long something took: in working hours, or in hours of any time when `round_the_clock`."""

    hours: float
    round_the_clock: bool = False


def taken(start: datetime, end: datetime, clock: Clock, calendar: WorkingCalendar) -> Taken:
    """The time from `start` to `end` as that clock counts it; none if `end` is not later."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)  # local times would miss a change of the clocks
    if clock.round_the_clock:
        return Taken(max((end - start) / HOUR, 0.0), round_the_clock=True)
    total, day = timedelta(0), calendar.day(start)
    while day <= calendar.day(end):
        if calendar.is_working_day(day):
            opened, closed = max(start, calendar.at(day, calendar.opens)), min(end, calendar.at(day, calendar.closes))
            total += max(closed - opened, timedelta(0))
        day += DAY
    return Taken(total / HOUR)


@dataclass(frozen=True)
class Line:
    """One organisation asked once. `answer` is the kind of answer, in words."""

    state: AddresseeState
    acknowledged: Taken | None = None
    answered: Taken | None = None
    answer: str = ""


@dataclass(frozen=True)
class Span:
    """Hours: in the middle, and at the most."""

    median: float
    slowest: float


@dataclass(frozen=True)
class Times:
    """The same of working hours and of round the clock: one cannot be added to the other."""

    working: Span | None = None
    urgent: Span | None = None


@dataclass(frozen=True)
class Figures:
    """`asked` = `answered` + `waited_for` + `withdrawn`. `answers` has the most frequent first."""

    asked: int = 0
    acknowledged: int = 0
    answered: int = 0
    waited_for: int = 0
    withdrawn: int = 0
    to_acknowledge: Times = Times()
    to_answer: Times = Times()
    answers: tuple[tuple[str, int], ...] = ()


def figures(lines: Sequence[Line]) -> Figures:
    """The figures of these lines, whatever their order."""
    answered = [line for line in lines if line.state is AddresseeState.RESPONDED]
    kinds = Counter(line.answer for line in answered)
    return Figures(
        asked=len(lines),
        acknowledged=sum(line.acknowledged is not None for line in lines),
        answered=len(answered),
        waited_for=sum(line.state in AWAITED for line in lines),
        withdrawn=sum(line.state is AddresseeState.STOPPED for line in lines),
        to_acknowledge=_times(line.acknowledged for line in lines),
        to_answer=_times(line.answered for line in answered),
        answers=tuple(sorted(kinds.items(), key=lambda kind: (-kind[1], kind[0]))),
    )


def _times(several: Iterable[Taken | None]) -> Times:
    known = [one for one in several if one is not None]
    working, urgent = ([one.hours for one in known if one.round_the_clock is kind] for kind in (False, True))
    return Times(_span(working), _span(urgent))


def _span(hours: Sequence[float]) -> Span | None:
    return Span(median(hours), max(hours)) if hours else None
