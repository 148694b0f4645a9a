"""Logs as a workbook [003 Annexes D and E]: the program that `bot/reports/spreadsheet.py` runs, and what it writes.

It is a program of its own because making a large workbook takes seconds in which the bot could answer nobody. For each
sheet it reads one line of JSON with a `Head`, one with the columns that hold dates, then one for each row, and `null`
where another sheet follows. Nothing of it is ever put in a file: the library would keep each sheet in one until it is
whole.
"""

import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

LONGEST_CELL = 32_767  # characters; the most that Excel keeps in one
MORE = " … (there is more than a cell can hold)"
DATE_SHOWN = "dd/mm/yyyy"
NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest there is, so that the same log is the same file
HEAD_ROWS = 4
# What XML cannot hold, and what would reorder the words around it.
_UNWRITABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LIVE = ("=", "+", "-", "@", "\t", "\n")  # what makes a spreadsheet take text that is typed for a formula
_BOLD, _WRAPPED = Font(bold=True), Alignment(wrap_text=True, vertical="top")
_SHADED = PatternFill("solid", fgColor="D9E2E7")

Value = str | int | date


@dataclass(frozen=True)
class Head:
    """What stands above the rows of a sheet. `name` is on its tab; `marking` is on every page that is printed;
    `columns` are headings, `widths` are in characters."""

    name: str
    title: str
    marking: str
    key: str
    columns: Sequence[str]
    widths: Sequence[int]
    made_on: str


def write_workbook(sheets: Iterable[tuple[Head, Iterable[Sequence[Value]]]]) -> bytes:
    """The workbook, sheet by sheet and row by row, so that a long one takes little memory: the same bytes for the same
    logs. Its title and its day are those of the first sheet."""
    written = io.BytesIO()
    book = Workbook(write_only=True)
    book.properties.creator = "Soundings"
    with _Archive(written, "w", ZIP_DEFLATED) as archive:
        for number, (head, rows) in enumerate(sheets, 1):
            sheet = book.create_sheet(head.name)
            _set_up(sheet, head)
            with archive.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w") as stream:
                _write_sheet(sheet, head, rows, stream)
            if number == 1:
                book.properties.title = writable(head.title)
                book.properties.created = book.properties.modified = datetime.fromisoformat(head.made_on)
        ExcelWriter(book, archive).write_data()
    return written.getvalue()


def writable(text: str) -> str:
    """What a cell can hold of a text, which is all of it but for what nobody can see."""
    kept = _UNWRITABLE.sub("", text) if _UNWRITABLE.search(text) else text
    return kept if len(kept) <= LONGEST_CELL else kept[: LONGEST_CELL - len(MORE)] + MORE


class _Archive(ZipFile):
    """An archive in which nothing says when it was made, and whose sheets are there already."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        super().writestr(_entry(zinfo_or_arcname), data)

    def write(self, *_: Any, **__: Any) -> None:
        """The library would now copy the sheet from its file."""


class _Writer(WorksheetWriter):
    def cleanup(self) -> None:
        """There is no file to take away."""


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, NO_TIME)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _set_up(sheet: Any, head: Head) -> None:
    """All that has to be said of a sheet before its first row."""
    sheet.freeze_panes = f"A{HEAD_ROWS + 1}"
    sheet.print_title_rows = f"{HEAD_ROWS}:{HEAD_ROWS}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddHeader.center.text = sheet.oddFooter.left.text = writable(head.marking).replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
    for number, width in enumerate(head.widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def _write_sheet(sheet: Any, head: Head, rows: Iterable[Sequence[Value]], stream: IO[bytes]) -> None:
    writer = _Writer(sheet, stream)
    sheet._writer = writer  # noqa: SLF001  # there is no other way to keep it out of a file
    writer.write_top()
    sheet.append([_cell(sheet, head.title, font=Font(bold=True, size=14))])
    sheet.append([_cell(sheet, head.marking, font=_BOLD)])
    sheet.append([_cell(sheet, head.key)])
    sheet.append([_cell(sheet, name, font=_BOLD, fill=_SHADED, alignment=_WRAPPED) for name in head.columns])
    last, pens = HEAD_ROWS, [_Pen(sheet) for _ in head.columns]
    for row in rows:
        sheet.append([pen.cell(value) for pen, value in zip(pens, row, strict=True)])
        last += 1
    sheet.auto_filter.ref = f"A{HEAD_ROWS}:{get_column_letter(len(head.columns))}{last}"
    sheet.close()


class _Pen:
    """Writes the cells of one column, each of which is in the sheet before the next is asked for: to give every cell
    its own looks takes three times as long as all the rest."""

    def __init__(self, sheet: Any) -> None:
        self.plain, self.live, self.day = (_cell(sheet, "", alignment=_WRAPPED) for _ in range(3))
        self.live.quotePrefix = True
        self.day.number_format = DATE_SHOWN

    def cell(self, value: Value) -> Any:
        if value == "":
            return None
        if isinstance(value, str):
            text = writable(value)
            return _say(self.live if text.startswith(_LIVE) else self.plain, text)
        cell = self.day if isinstance(value, date) else self.plain
        cell.value = value
        return cell


def _cell(sheet: Any, text: str, **style: Any) -> Any:
    cell = WriteOnlyCell(sheet)
    for name, look in style.items():
        setattr(cell, name, look)
    return _say(cell, writable(text))


def _say(cell: Any, text: str) -> Any:
    """Let a cell show the text and do nothing: what looks like a formula is text, and stays so when it is edited."""
    cell.value = text
    cell.data_type = "s"
    return cell


def _sheets(lines: Iterator[str]) -> Iterator[tuple[Head, Iterator[list[Value]]]]:
    """Each sheet as it comes: its rows are to be taken before the next one is asked for."""
    for line in lines:
        dates = json.loads(next(lines))
        yield Head(**json.loads(line)), _rows(lines, dates)


def _rows(lines: Iterator[str], dates: Sequence[int]) -> Iterator[list[Value]]:
    while row := json.loads(next(lines, "null")):
        yield [date.fromisoformat(value) if number in dates and value else value for number, value in enumerate(row)]


def main() -> None:
    """Read from the input, write to the output."""
    sys.stdout.buffer.write(write_workbook(_sheets(iter(sys.stdin))))


if __name__ == "__main__":
    main()
