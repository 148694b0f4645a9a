"""A group's action log as a sheet of a workbook, in the shape of [003 Annex D]."""

from collections.abc import AsyncIterator, Sequence

from bot.reports.spreadsheet import Sheet, SheetHead

NAME = "Action log"
WIDTHS = (12, 9, 10, 60, 28, 60, 12, 60)
DATES = (0, 6)  # the columns that hold a day

ActionRow = tuple[str, str, int | str, str, str, str, str, str]


def action_sheet(
    title: str, marking: str, key: str, columns: Sequence[str], made_on: str, rows: AsyncIterator[Sequence[ActionRow]]
) -> Sheet:
    """The log with these headings. Dates are in ISO format in the rows, and real dates in the workbook."""
    return Sheet(SheetHead(NAME, title, marking, key, columns, WIDTHS, made_on), DATES, rows)
