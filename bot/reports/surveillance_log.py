"""A group's surveillance log as a sheet of a workbook, in the shape of [003 Annex E]."""

from collections.abc import AsyncIterator, Sequence

from bot.reports.spreadsheet import Sheet, SheetHead

NAME = "Surveillance log"
WIDTHS = (18, 40, 14, 14, 14, 12, 12, 60, 40, 12)
DATES = (6, 9)  # the columns that hold a day


def surveillance_sheet(
    title: str,
    marking: str,
    key: str,
    columns: Sequence[str],
    made_on: str,
    rows: AsyncIterator[Sequence[Sequence[str]]],
) -> Sheet:
    """The log with these headings: sector, provider or system, the level at each of the last three meetings, the
    current level, since when, why, who finds out and by when, and when it is to be reviewed. Days are in ISO format or
    empty in the rows, and real dates in the workbook."""
    return Sheet(SheetHead(NAME, title, marking, key, columns, WIDTHS, made_on), DATES, rows)
