"""How a dated row follows the file: history is ended and begun anew, never rewritten.

What the file no longer names ends on the day before the load, so that access is lost at once. What it names again
begins a new period. A period that the file removes and restores on one day is simply open again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.store.tables.base import Dated


@dataclass(frozen=True)
class Settled:
    """What to do for one wanted period: change this row (None: add one) to these dates. No dates, nothing to do."""

    row: Dated | None
    dates: dict[str, Any]


def is_over(row: Dated, today: date) -> bool:
    """Whether a period ended before today."""
    return row.ends_on is not None and row.ends_on < today


def day_before(today: date) -> date:
    return today - timedelta(days=1)


def settle(rows: Sequence[Dated], starts: date | None, ends: date | None, today: date) -> Settled:
    """Which of the periods already recorded, if any, is the one the file means, and the dates it should have."""
    standing = max((row for row in rows if not is_over(row, today)), key=lambda row: row.starts_on, default=None)
    if standing:
        return _correct(standing, [row for row in rows if row is not standing], starts, ends)
    if ends and ends < today:
        return _record_past(rows, starts, ends)
    return _begin(rows, starts, ends, today)


def _correct(standing: Dated, others: Sequence[Dated], starts: date | None, ends: date | None) -> Settled:
    """The dates may be corrected, but not so that they reach into an earlier period."""
    clear = starts and all(other.ends_on and other.ends_on < starts and other.starts_on != starts for other in others)
    return Settled(standing, {"ends_on": ends, **({"starts_on": starts} if clear else {})})


def _record_past(rows: Sequence[Dated], starts: date | None, ends: date) -> Settled:
    """A period wholly in the past is recorded only if the file gives both its days."""
    if starts is None or any(row.ends_on == ends for row in rows):
        return Settled(None, {})
    same = next((row for row in rows if row.starts_on == starts), None)
    return Settled(same, {"starts_on": starts, "ends_on": ends})


def _begin(rows: Sequence[Dated], starts: date | None, ends: date | None, today: date) -> Settled:
    begin = starts or today
    if any(row.ends_on and row.starts_on <= row.ends_on and begin <= row.ends_on for row in rows):
        # The file still shows the old first day, but the period was interrupted.
        begin = today
    same = next((row for row in rows if row.starts_on == begin), None)
    return Settled(same, {"starts_on": begin, "ends_on": ends})
