"""Surveillance levels [003 §121-127]: what each must have, and who may be moved from where to where."""

from datetime import date

from bot.domain.cadence import months_on
from bot.domain.terms import Level


def level_errors(
    current: Level | None, to: Level, *, reason: str, find_out: bool, find_out_by: date | None, today: date
) -> dict[str, str]:
    """What is missing for a provider to be moved to a level, by the field at fault; empty when nothing is.

    `current` is None for one whose level was never set. F needs somebody to find out, and by when [003 §121].
    """
    errors = {}
    if current is to:
        errors["level"] = "It has this level already."
    if not reason.strip():
        errors["level_reason"] = "Say why: the log shows it."
    if to is Level.FURTHER_INFORMATION:
        if not find_out:
            errors["find_out"] = "Say who finds out."
        if find_out_by is None:
            errors["find_out_by"] = "Say by when."
        elif find_out_by < today:
            errors["find_out_by"] = "Choose a day from today on."
    return errors


def review_due(level: Level, since: date, reviewed: date | None) -> date | None:
    """The day on which it will have been on enhanced for more than three consecutive quarters [003 §126], or a quarter
    after the one for which its position was `reviewed`; None for any other level."""
    if level is not Level.ENHANCED:
        return None
    return months_on(reviewed, 3) if reviewed else months_on(since, 9)
