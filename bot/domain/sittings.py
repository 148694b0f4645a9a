"""What happens at a meeting, in the field's terms [003 §46-47, §79, §130-132]."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.calendar import WorkingCalendar
from bot.domain.meetings import short_day
from bot.domain.surveillance import level_errors
from bot.domain.terms import Level
from bot.errors import FormErrors

CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
BOARD_LIMIT = 400  # characters of a message to a board: the action to pass it on holds it whole


class Board(StrEnum):
    """The safeguarding board that is to be told [003 §72-79]."""

    ADULTS = "adults"
    CHILDREN = "children"


class NoteState(StrEnum):
    """Where the note of a meeting stands: one draft at a time, and the agreed one is frozen."""

    DRAFT = "draft"
    WITH_MEMBERS = "with members"
    AGREED = "agreed"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Decided:
    """What somebody typed as concluded on one item. `level` is None to leave the provider's level as it is."""

    text: str
    level: Level | None = None
    level_reason: str = ""
    find_out_id: int | None = None
    find_out_by: date | None = None
    tell_by_id: int | None = None
    tell_why_not: str = ""


def decided_errors(told: Decided, *, about_provider: bool, standing: Level | None, today: date) -> dict[str, str]:
    """What is wrong with a conclusion, by the field at fault; empty when nothing is. `standing` is the provider's level
    so far. Whoever tells the provider may still be open: closing the meeting names it [003 §46-47]."""
    errors = {} if told.text.strip() else {"text": "Say in plain words what was concluded."}
    if told.level is None:
        left = {
            "level_reason": told.level_reason.strip(),
            "find_out": told.find_out_id,
            "find_out_by": told.find_out_by,
        }
        errors |= {name: "Leave this empty, or choose a level above." for name, value in left.items() if value}
    elif not about_provider:
        errors["level"] = "This item is about no provider of the directory, so there is no level to decide."
    else:
        errors |= _level_errors(told, told.level, standing, today)
    if told.tell_by_id and told.tell_why_not.strip():
        errors["tell_why_not"] = "Leave this empty, or leave out who tells the provider."
    return errors


def _level_errors(told: Decided, level: Level, standing: Level | None, today: date) -> dict[str, str]:
    finds_out = told.find_out_id is not None
    errors = level_errors(
        standing, level, reason=told.level_reason, find_out=finds_out, find_out_by=told.find_out_by, today=today
    )
    if level is not Level.FURTHER_INFORMATION:
        left = {"find_out": told.find_out_id, "find_out_by": told.find_out_by}
        errors |= {name: "Only for “Further information required”." for name, value in left.items() if value}
    return errors


def may_open(starts_at: datetime, now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether the record of a meeting can be opened: on its day, and ever after until it is closed."""
    return calendar.day(starts_at) <= calendar.day(now)


def usual_time(starts_at: datetime, minutes: int, now: datetime) -> datetime:
    """When somebody recorded now most likely came or left: now while the meeting lasts, else when it began."""
    return now if now <= starts_at + timedelta(minutes=minutes) else starts_at


def moment_typed(typed: str, starts_at: datetime, now: datetime, calendar: WorkingCalendar) -> datetime:
    """The moment of the meeting's day that somebody typed, such as 10:05. Raises `FormErrors` for `at`."""
    found = CLOCK.fullmatch(typed.strip())
    if found is None:
        raise FormErrors({"at": "Write a time such as 10:05."})
    day = calendar.day(starts_at)
    moment = calendar.at(day, time(int(found[1]), int(found[2])))
    if moment > now:
        raise FormErrors({"at": f"This time on {short_day(day)} has not come yet."})
    return moment


def reminder_day(starts_at: datetime, calendar: WorkingCalendar) -> date:
    """The working day after a meeting: its secretariat is reminded that it has not been closed *(ours)*."""
    return calendar.shift(calendar.day(starts_at), 1)
