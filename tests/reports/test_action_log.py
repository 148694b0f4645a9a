"""The action log as a workbook [003 Annex D]: its columns, real dates, nothing live in it, and nothing cut off."""

import io
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from bot.reports import spreadsheet as driver
from bot.reports.action_log import ActionRow, action_sheet
from bot.reports.spreadsheet import spreadsheet
from bot.reports.surveillance_log import surveillance_sheet
from bot.reports.workbook import LONGEST_CELL, Head, write_workbook
from tests.hostile import HOSTILE

COLUMNS = ["Date raised", "Status (O,C)", "Priority (1,2,3)", "Issue", "Owner", "Resolution", "Due date", "Comments"]
HEAD = Head(
    "Action log", "Action log: Marram QSG", "OFFICIAL-SENSITIVE. R&D", "Status: O", COLUMNS, (12,) * 8, "2026-11-23"
)
RAISED, DUE = date(2026, 11, 2), date(2026, 12, 7)


def line(issue: str = "Ask", resolution: str = "", comments: str = "A-234567.") -> list[Any]:
    return [RAISED, "O", 2, issue, "Dean Person, HEE", resolution, DUE, comments]


def sheet(*rows: list[Any], head: Head = HEAD) -> Any:
    return load_workbook(io.BytesIO(write_workbook([(head, rows)]))).active


def test_the_shape_of_the_annex():
    made = sheet(line(), line())
    assert [cell.value for cell in made[4]] == COLUMNS
    assert (made["A1"].value, made["A2"].value, made["A3"].value) == (HEAD.title, HEAD.marking, HEAD.key)
    assert (made.freeze_panes, made.auto_filter.ref, made.print_title_rows) == ("A5", "A4:H6", "$4:$4")
    assert made["A5"].value == datetime.combine(RAISED, time())
    assert made["G5"].value == datetime.combine(DUE, time())
    assert (made["A5"].is_date, made["A5"].number_format, made["C5"].data_type) == (True, "dd/mm/yyyy", "n")
    assert made["D5"].alignment.wrap_text
    assert made.column_dimensions["D"].width == 12
    assert made.oddHeader.center.text == "OFFICIAL-SENSITIVE. R&&D"
    assert (made.page_setup.orientation, made.max_row) == ("landscape", 6)


def test_a_log_without_lines_has_its_head():
    assert sheet().auto_filter.ref == "A4:H4"


LIVE = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://x")', "=cmd|' /C calc'!A0", "\t=1", "\n=1", "\x00=1"]


@pytest.mark.parametrize("text", LIVE)
def test_what_looks_like_a_formula_is_text(text: str):
    made = sheet(line(text, text, text), head=replace(HEAD, title=text, marking=text, key=text))
    for name in ("D5", "F5", "H5"):
        cell = made[name]
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text.replace("\x00", ""), "s", True), name
    assert {made[name].data_type for name in ("A1", "A2", "A3")} == {"s"}
    with ZipFile(io.BytesIO(write_workbook([(HEAD, [line(text)])]))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_cell_after_a_live_one_is_plain_again():
    made = sheet(line("=1"), line("plain"))
    assert [made["D5"].quotePrefix, made["D6"].quotePrefix] == [True, False]


def test_what_was_typed_stands_there():
    for text in [*HOSTILE, "Zoë’s “rota” – 50 % <b> & ]]>", "line one\nline two", "_x0041_"]:
        shown = sheet(line(text))["D5"].value or ""
        assert [c for c in shown if c.isalnum()] == [c for c in text if c.isalnum()]


def test_nothing_is_cut_off_that_a_cell_can_hold():
    made = sheet(line("x" * LONGEST_CELL, "y" * (LONGEST_CELL + 1)))
    assert made["D5"].value == "x" * LONGEST_CELL
    assert len(made["F5"].value) == LONGEST_CELL
    assert made["F5"].value.endswith("y … (there is more than a cell can hold)")


def test_the_same_log_is_the_same_file_and_none_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    rows = [line(f"Ask {n}") for n in range(300)]
    assert write_workbook([(HEAD, rows)]) == write_workbook([(HEAD, rows)])
    assert list(tmp_path.iterdir()) == []


async def rows(*some: Sequence[ActionRow]) -> AsyncIterator[Sequence[ActionRow]]:
    for each in some:
        yield each


ROW: ActionRow = ("2026-11-02", "O", 2, "Ask", "Dean Person, HEE", "", "2026-12-07", "A-234567.")


async def made(*some: Sequence[ActionRow]) -> bytes | None:
    return await spreadsheet(action_sheet(HEAD.title, HEAD.marking, HEAD.key, COLUMNS, HEAD.made_on, rows(*some)))


async def test_it_is_made_in_another_process_from_lines_as_they_come():
    content = await made([ROW, ROW], [ROW])
    assert content == await made([ROW], [ROW, ROW])
    there = load_workbook(io.BytesIO(content or b"")).active
    assert there.max_row == 7
    assert there["G7"].value == datetime.combine(DUE, time())


@pytest.mark.parametrize(("name", "value"), [("PROGRAM", "bot.reports.nowhere"), ("SECONDS", 0.0)])
async def test_what_cannot_be_made_is_none(monkeypatch: pytest.MonkeyPatch, name: str, value: object):
    monkeypatch.setattr(driver, name, value)
    assert await made(*[[ROW] * 500] * 20) is None


async def test_the_process_is_given_no_settings(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOUNDINGS_KEYS", "k1:secret")
    assert "SOUNDINGS_KEYS" not in driver.HANDED_DOWN
    assert await made([ROW])


LEVELS = ["Sector", "Provider or system", "1", "2", "3", "Current level", "Since", "Actions/Comments", "Who", "Review"]
LEVEL = ("Acute", "=cmd|' /C calc'!A0", "R", "", "EN", "EN", "2026-11-02", "\x00+1", "", "")


async def test_two_logs_are_two_sheets_of_one_workbook():
    async def levels() -> AsyncIterator[Sequence[Sequence[str]]]:
        yield [LEVEL]

    async def both() -> bytes:
        actions = action_sheet(HEAD.title, HEAD.marking, HEAD.key, COLUMNS, HEAD.made_on, rows([ROW] * 3))
        log = surveillance_sheet("Surveillance log", HEAD.marking, "R", LEVELS, HEAD.made_on, levels())
        return await spreadsheet(actions, log) or b""

    content = await both()
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Action log", "Surveillance log"]
    assert book.properties.title == HEAD.title
    first, second = book.worksheets
    assert (first.max_row, second.max_row) == (7, 5)
    assert [cell.value for cell in second[4]] == LEVELS
    assert (second["B5"].value, second["B5"].data_type, second["B5"].quotePrefix) == (LEVEL[1], "s", True)
    assert (second["G5"].value, second["J5"].value, second["H5"].value) == (datetime(2026, 11, 2), None, "+1")  # noqa: DTZ001
    assert content == await both()
