"""A group's surveillance log as a sheet of a workbook, in the words of [003 Annex E]."""

from collections.abc import AsyncIterator, Sequence
from datetime import date

from bot.domain.handling import Viewer
from bot.messages.words import Templates
from bot.reports.spreadsheet import Sheet
from bot.reports.surveillance_log import surveillance_sheet
from bot.store.surveillance_log import MEETINGS, LevelLine, SurveillanceLog
from bot.store.tables import Group

AFTER_THE_NAME = 8  # columns


def level_sheet(words: Templates, log: SurveillanceLog, group: Group, reader: Viewer | None, day: date) -> Sheet:
    """The log as of that day, one line for each provider or system, or one that says that there is none. `reader` None
    is the group's channel; `log` is to hold only what they may see."""
    said = words.plain("surveillance_log.sheet", group=group, reader=reader, today=day, days=days_of(log))
    title, marking, key, columns = said.split("\n")
    rows = [_row(words, line) for line in log.lines] or [_none(words)]
    return surveillance_sheet(title, marking, key, columns.split(" | "), day.isoformat(), _at_once(rows))


def days_of(log: SurveillanceLog) -> list[date | None]:
    """The days of the three columns of earlier levels, None where there was no meeting."""
    return [*_padding(log.meetings), *log.meetings]


def _row(words: Templates, line: LevelLine) -> tuple[str, ...]:
    return (
        line.provider.sector,
        line.provider.name,
        *(one or "" for one in (*_padding(line.before), *line.before)),
        line.level,
        line.since.isoformat(),
        line.reason,
        words.plain("surveillance_log.find_out", line=line),
        line.review_on.isoformat() if line.review_on else "",
    )


def _none(words: Templates) -> tuple[str, ...]:
    return ("", words.plain("surveillance_log.none"), *[""] * AFTER_THE_NAME)


def _padding(some: Sequence[object]) -> list[None]:
    return [None] * (MEETINGS - len(some))


async def _at_once(rows: Sequence[Sequence[str]]) -> AsyncIterator[Sequence[Sequence[str]]]:
    yield rows
