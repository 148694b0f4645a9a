"""A provider directory is read row by row; bad rows are told by line, and the others are kept."""

from datetime import date
from pathlib import Path

import pytest

from bot.files.directory import Directory, Record
from bot.files.directory_shape import DirectoryShape, load_shape, shipped_shape
from bot.files.located import MistakesFound

PLAIN = {"columns": {"code": "Code", "name": "Name", "postcode": "Postcode", "ends": "Closed"}}
CQC_HEADINGS = (
    "Name,Also known as,Address,Postcode,Phone number,Service's website (if available),Service types,"
    "Date of latest check,Specialisms/services,Provider name,Local authority,Region,Location URL,"
    "CQC Location ID (for office use only),CQC Provider ID (for office use only)"
)


def read(path: Path, content: str | bytes, shape: DirectoryShape | None = None) -> tuple[list[Record], list[str]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    directory = Directory(path, shape or DirectoryShape.model_validate(PLAIN))
    records = list(directory.records())
    assert directory.done == directory.size == path.stat().st_size
    return records, [f"{m.line}: {m.field}: {m.problem}" for m in directory.mistakes]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        pytest.param(",Heron House,ZZ1 1AA,", "3: code: is missing", id="no code"),
        pytest.param("A2, ,ZZ1 1AA,", "3: name: is missing", id="no name"),
        pytest.param("A2", "3: name: is missing", id="short row"),
        pytest.param(f"A2,{'x' * 201},ZZ1 1AA,", "3: name: is too long: at most 200 characters", id="long name"),
        pytest.param(f"{'A' * 41},Heron,ZZ1 1AA,", "3: code: is too long: at most 40 characters", id="long code"),
        pytest.param("A2,Heron,ZZ1 1AA AND MORE,", "3: postcode: is too long: at most 10 characters", id="postcode"),
        pytest.param("A2,Heron,ZZ1 1AA,31/12/2019", "3: ends: is not a date written as YYYY-MM-DD", id="date"),
        pytest.param("A1,Heron again,ZZ1 1AA,", "3: code: “A1” is already on line 2", id="twice"),
        pytest.param(b"A2,H\xe9ron,ZZ1 1AA,", "3: name: is not UTF-8 text", id="encoding"),
        pytest.param("A2,He\x00ron,ZZ1 1AA,", "3: name: has a character that cannot be printed", id="nul"),
    ],
)
def test_a_bad_row_is_told_and_the_rest_kept(tmp_path: Path, row: str | bytes, problem: str) -> None:
    spoilt = row if isinstance(row, bytes) else row.encode()
    content = b"Code,Name,Postcode,Closed\r\nA1,Avocet,ZZ1 1AA,\r\n" + spoilt + b"\r\nA3,Crane,ZZ1 1AB,2020-01-31\r\n"
    records, mistakes = read(tmp_path / "d.csv", content)
    assert [(r.line, r.values["code"], r.ends_on) for r in records] == [(2, "A1", None), (4, "A3", date(2020, 1, 31))]
    assert mistakes == [problem]


def test_an_open_quotation_mark_costs_rows_but_not_the_file(tmp_path: Path) -> None:
    lost = 'A2,"Heron,ZZ1 1AA,\n' + "A9,Lost,ZZ1 1AA,\n" * 9000
    records, mistakes = read(tmp_path / "d.csv", "Code,Name,Postcode,Closed\nA1,Avocet,,\n" + lost + "A3,Crane,,\n")
    assert {r.values["code"] for r in records} >= {"A1"}
    assert any("quotation mark" in mistake for mistake in mistakes)


def test_a_cell_may_hold_several_lines_and_blank_rows_are_passed_over(tmp_path: Path) -> None:
    content = 'Code,Name,Postcode,Closed\n\n,,,\nA1,"Avocet\n  Clinic",,\nA2,Crane,,\n'
    records, mistakes = read(tmp_path / "d.csv", content)
    assert [(r.line, r.values["name"]) for r in records] == [(4, "Avocet Clinic"), (6, "Crane")]
    assert mistakes == []


def test_the_care_directory_is_read_below_its_title(tmp_path: Path) -> None:
    title = "CQC Locations data,,,\n,,,\nThis data was produced on 1 November 2026,,\n,,,\n"
    row = (
        'The Samphires,Samphire Lodge,"1 Sea Lane,Thriftwick",ZZ5 3AG,01632 960199,,Nursing homes|Residential homes,,,'
        "Samphire Care Ltd,Marram,East,https://cqc.example/1-101,1-101,1-9001\n"
    )
    records, mistakes = read(tmp_path / "cqc.csv", title + CQC_HEADINGS + "\n" + row, shipped_shape("cqc"))
    assert mistakes == []
    assert records[0].line == 6
    assert records[0].values == {
        "code": "1-101",
        "name": "The Samphires",
        "former names": "Samphire Lodge",
        "town": "Thriftwick",
        "postcode": "ZZ5 3AG",
        "sector": "Nursing homes",
        "area": "Marram",
        "region": "East",
        "parent": "1-9001",
        "parent name": "Samphire Care Ltd",
    }


def test_the_nhs_directory_is_read_by_column_number(tmp_path: Path) -> None:
    cells = ["RZZ01A", "NORTHGATE HOSPITAL", "Y99", "Q99", "SEA ROAD", "", "", "MARRAM", "MARRAMSHIRE", "ZZ1 1AB"]
    row = ",".join(f'"{cell}"' for cell in [*cells, "20010401", "20301231", "", "0", "RZZ01", *[""] * 12])
    records, mistakes = read(tmp_path / "ets.csv", row + "\n", shipped_shape("ods"))
    assert mistakes == []
    assert records[0].ends_on == date(2030, 12, 31)
    assert (records[0].values["town"], records[0].values["parent"]) == ("MARRAM", "RZZ01")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param("Code;Name\nA1;Avocet\n".encode("utf-16"), "this is not a CSV file in UTF-8", id="utf-16"),
        pytest.param(b"PK\x03\x04", "this is not a CSV file in UTF-8", id="workbook"),
        pytest.param(b"A1,Avocet\n", "no line of headings has all of “Code”, “Name”", id="no headings"),
        pytest.param(b"x\n" * 500, "no line of headings has all of", id="only titles"),
    ],
)
def test_a_file_that_is_no_directory_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(MistakesFound) as caught:
        read(tmp_path / "d.csv", content)
    assert problem in caught.value.mistakes[0].problem


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(MistakesFound) as caught:
        next(Directory(tmp_path / "none.csv", DirectoryShape.model_validate(PLAIN)).records())
    assert caught.value.mistakes[0].problem == "there is no such file"


def test_a_byte_order_mark_hides_no_column(tmp_path: Path) -> None:
    records, _ = read(tmp_path / "d.csv", b"\xef\xbb\xbfCODE,name,Postcode,Closed\nA1,Avocet,,\n")
    assert records[0].values["code"] == "A1"


@pytest.mark.parametrize(
    ("mapping", "line", "problem"),
    [
        pytest.param("columns: {name: Name}\n", 1, "needs a column for code", id="no code"),
        pytest.param("header: no\ncolumns: {code: Code, name: 2}\n", 1, "every column must be a number", id="names"),
        pytest.param("columns: {code: a, name: b}\ndates: MM/DD/YYYY\n", 2, "did you mean “DD/MM/YYYY”?", id="dates"),
        pytest.param("columns: {code: a, name: b, twon: c}\n", 1, "did you mean “town”?", id="field"),
        pytest.param(
            "columns: {code: a, name: b, town: {column: c, take: last, form: x}}\n", 1, "not a name", id="extra"
        ),
    ],
)
def test_a_mapping_has_its_own_mistakes(tmp_path: Path, mapping: str, line: int, problem: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(mapping)
    with pytest.raises(MistakesFound) as caught:
        load_shape(path)
    assert [mistake.line for mistake in caught.value.mistakes] == [line]
    assert problem in caught.value.mistakes[0].problem
