"""The business cycle: every provider within the set period, and the themes between [003 §94-95]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil

from bot.domain.cadence import months_on


class ThemeState(StrEnum):
    """Where a theme somebody suggested stands."""

    SUGGESTED = "suggested"
    PLANNED = "planned"
    DECLINED = "declined"


class Turn(StrEnum):
    """Whether a provider's turn has come. `ALWAYS`: its level puts it on every agenda [003 §121, §123]."""

    ALWAYS = "always"
    NEVER = "never"
    OVERDUE = "overdue"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True)
class InTurn:
    """A provider of a group's footprint: when it was last discussed, None for never, and by which day it is to be
    discussed again, None for one that never was."""

    provider_id: int
    name: str
    last: date | None
    due_on: date | None
    always: bool = False


def watched_from(provider_id: int, name: str, last: date | None, months: int, *, always: bool) -> InTurn:
    """The same with its due day: so many months after it was last discussed."""
    return InTurn(provider_id, name, last, months_on(last, months) if last else None, always)


def turn(one: InTurn, today: date, following: date | None) -> Turn:
    """Whether its turn has come. It is due at the next meeting if it would be overdue by the day of the one after,
    `following`; while that is not planned, three months on, the longest between two meetings of a group [003 §91]."""
    if one.always:
        return Turn.ALWAYS
    if one.due_on is None:
        return Turn.NEVER
    if one.due_on < today:
        return Turn.OVERDUE
    return Turn.NEXT if one.due_on < (following or months_on(today, 3)) else Turn.LATER


def plan(watched: Sequence[InTurn], meetings: int, arranged: Mapping[int, int]) -> list[list[InTurn]]:
    """Which providers are discussed at each of so many meetings, the next one first; nothing where none is planned.

    What was `arranged` (provider to number of the meeting, 0 for the next) stands. Of the others, who was never
    discussed comes first, then who is due first; the load is spread evenly. Those on every agenda are not planned.
    """
    if not meetings:
        return []
    order = sorted(
        (one for one in watched if not one.always), key=lambda one: (one.due_on or date.min, one.name.casefold())
    )
    planned: list[list[InTurn]] = [
        [one for one in order if arranged.get(one.provider_id) == n] for n in range(meetings)
    ]
    room = ceil(len(order) / meetings)
    for one in order:
        if one.provider_id not in arranged:
            next(at for at in planned if len(at) < room).append(one)
    return planned
