"""Surveillance levels [003 §121-127]: what each must have, from where to where, who proposes and who decides; how long
one is held on enhanced; what is asked of whoever finds out; and when a long stay is to be reviewed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import takewhile

from bot.domain.cadence import months_on
from bot.domain.calendar import WorkingCalendar
from bot.domain.escalation_figures import Quarter
from bot.domain.policy import ReminderPolicy
from bot.domain.reminders import reminder_days
from bot.domain.terms import Level

R, F, EN, RS = Level.ROUTINE, Level.FURTHER_INFORMATION, Level.ENHANCED, Level.RISK_SUMMIT
FOUND_LIMIT = 1500  # characters, as the column holds
CONVENED_WITHIN = timedelta(days=2)
"""By when somebody is to have convened the risk summit: members meet within 24 or 48 hours [002 ch. 5]."""


@dataclass(frozen=True)
class Must:
    """What a level must have beside a reason [003 §121]: somebody who finds out, and by when; an open action about the
    provider; somebody who convenes the risk summit, since its process is to be started."""

    finder: bool = False
    action: bool = False
    convener: bool = False


MUST: Mapping[Level, Must] = {R: Must(), F: Must(finder=True), EN: Must(action=True), RS: Must(convener=True)}
ON_EVERY_AGENDA = (RS, EN)
"""What is discussed at each meeting until the concerns are resolved [003 §121, §123]."""

TO: Mapping[Level | None, frozenset[Level]] = {
    None: frozenset(Level),
    R: frozenset({F, EN, RS}),
    F: frozenset({F, R, EN, RS}),
    EN: frozenset({R, F, RS}),
    RS: frozenset({R, F, EN}),
}
"""From where to where; None is a provider whose level was never set. From further information to further information is
to another person who finds out, or another day. No seed forbids any other step: the chair decides, and says why."""


class LevelAct(StrEnum):
    """What somebody may do about a provider's level in a group."""

    PROPOSE = "propose"
    DECIDE = "decide"
    ASSURE = "assure"
    REVIEW = "review"
    FIND = "find"


class LogView(StrEnum):
    """What of a group's log is looked at; `NEVER` are the providers of its footprint whose level was never set."""

    ALL = "all"
    RISK_SUMMIT = "RS"
    ENHANCED = "EN"
    FURTHER_INFORMATION = "F"
    ROUTINE = "R"
    NEVER = "never"


@dataclass(frozen=True)
class Hold:
    """Until when one steps down from enhanced only as an exception, and whether this is one."""

    until: date | None = None
    overridden: bool = False


FREE = Hold()


def acts_open_to(*, member: bool, chair: bool, secretariat: bool, finder: bool, barred: bool) -> frozenset[LevelAct]:
    """What somebody may do: any member proposes, the chair decides [003 §121]. A long stay is reviewed by the chair or
    the secretariat [003 §126]. Nobody who is barred from the provider does anything, whatever their seat."""
    if barred:
        return frozenset()
    may = {LevelAct.PROPOSE} if member else set()
    if chair:
        may |= {LevelAct.DECIDE, LevelAct.ASSURE, LevelAct.REVIEW, LevelAct.FIND}
    if secretariat:
        may.add(LevelAct.REVIEW)
    if finder:
        may.add(LevelAct.FIND)
    return frozenset(may)


def level_errors(
    current: Level | None,
    to: Level,
    *,
    reason: str,
    find_out: bool,
    find_out_by: date | None,
    today: date,
    action: bool = True,
    convener: bool = True,
    hold: Hold = FREE,
) -> dict[str, str]:
    """What is missing for a provider to be moved to a level, by the field at fault; empty when nothing is.

    `current` is None for one whose level was never set. `action` is whether one is open or named with the change,
    `convener` whether somebody is to convene the risk summit; both count as given where a meeting decides, since what
    it agrees is entered with it.
    """
    errors = {}
    if to not in TO[current]:
        errors["level"] = "It has this level already."
    elif held(current, to, hold, today) and hold.until is not None:
        day = f"{hold.until.day} {hold.until:%B %Y}"
        errors["level"] = (
            f"It stays on enhanced until {day}, so that the assurance is seen to last. To step down before, tick the "
            "box that says so, and give the reason."
        )
    if not reason.strip():
        errors["level_reason"] = "Say why: the log shows it."
    if MUST[to].finder:
        errors |= finder_errors(find_out=find_out, find_out_by=find_out_by, today=today)
    if MUST[to].action and not action:
        errors["task"] = "Enhanced surveillance needs an action: say what is to be done, by whom and by when."
    if MUST[to].convener and not convener:
        errors["convener"] = "Say who convenes the risk summit."
    return errors


def next_review(level: Level, since: date, reviewed: date | None, most: int) -> date | None:
    """The first day of the quarter in which its position is to be reviewed; `reviewed` is that of the newest review
    that was made. None for what is not on enhanced [003 §126]."""
    if level is not EN:
        return None
    return Quarter.of(reviewed).back(-1).first if reviewed else Quarter.of(since).back(-most - 1).first


def finder_errors(*, find_out: bool, find_out_by: date | None, today: date) -> dict[str, str]:
    """What is missing of who finds out, and by when [003 §121]."""
    errors = {}
    if not find_out:
        errors["find_out"] = "Say who finds out."
    if find_out_by is None:
        errors["find_out_by"] = "Say by when."
    elif find_out_by < today:
        errors["find_out_by"] = "Choose a day from today on."
    return errors


def held_until(assured_on: date | None, months: int) -> date | None:
    """The first day on which one may step down from enhanced after assurance was gained [004 QRPT]; None without a day
    on which it was gained: there is then nothing that is to last."""
    return months_on(assured_on, months) if assured_on else None


def held(current: Level | None, to: Level, hold: Hold, today: date) -> bool:
    """Whether this would step down from enhanced before the time, and not as an exception."""
    down = current is EN and to in (R, F)
    return down and hold.until is not None and today < hold.until and not hold.overridden


def assured_errors(assured_on: date | None, decided_on: date, today: date) -> dict[str, str]:
    """What is wrong with the day on which assurance was gained; no day takes it back."""
    if assured_on is None:
        return {}
    if assured_on > today:
        return {"assured_on": "Choose today or an earlier day."}
    if assured_on < decided_on:
        return {"assured_on": "Choose a day since it has been on enhanced."}
    return {}


def enhanced_since(levels: Sequence[Level]) -> int | None:
    """Which of its decisions, the newest first, put a provider that is on enhanced there: the first of an unbroken run.
    A risk summit in between does not break it, since it is the graver level *(ours)*. None if it is not on enhanced."""
    if not levels or levels[0] is not EN:
        return None
    run = list(takewhile(lambda level: level in ON_EVERY_AGENDA, levels))
    return len(run) - 1


def quarters_on(since: date, today: date) -> int:
    """How many quarters in a row have ended while it was on enhanced, from that day until now."""
    return max(0, Quarter.of(today).number - Quarter.of(since).number)


def review_due(since: date, today: date, most: int) -> date | None:
    """The first day of this quarter, if more than `most` have ended while it was on enhanced [003 §126]; else None."""
    return Quarter.of(today).first if quarters_on(since, today) > most else None


def reminder_due(
    due: date, asked_on: date, today: date, calendar: WorkingCalendar, policy: ReminderPolicy
) -> date | None:
    """The newest day by now on which whoever finds out is reminded, by the rules for actions; None before the first
    since they were asked. Asked late, it is one reminder that is due and not several."""
    days = [day for day in takewhile(lambda day: day <= today, reminder_days(due, calendar, policy)) if day > asked_on]
    return days[-1] if days else None
