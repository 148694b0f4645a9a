"""A provider directory read row by row: never more than a row in memory, and every bad row said with its line."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from bot.files.directory_shape import DirectoryShape, Part
from bot.files.located import Mistake, MistakesFound

LONGEST_LINE = 100_000
TITLE_LINES = 50
LONGEST: dict[Part, int] = {
    "code": 40,
    "name": 200,
    "former names": 1000,
    "town": 100,
    "postcode": 10,
    "sector": 80,
    "area": 100,
    "region": 100,
    "parent": 40,
    "parent name": 200,
    "host commissioner": 200,
    "relationship manager": 200,
    "executive sponsor": 200,
}
# Blank in these means the row cannot be used.
NEEDED: tuple[Part, ...] = ("code", "name")


class Rows(Protocol):
    """A CSV reader: rows, and how many lines they have taken."""

    @property
    def line_num(self) -> int: ...

    def __next__(self) -> list[str]: ...


@dataclass(frozen=True)
class Record:
    """One sound row: what each mapped column says, and on which line it began."""

    line: int
    values: dict[Part, str]
    ends_on: date | None = None


@dataclass
class Directory:
    """A directory's file being read. `size` and `done` are bytes; `mistakes` are the rows that cannot be used."""

    path: Path
    shape: DirectoryShape
    size: int = 0
    done: int = 0
    mistakes: list[Mistake] = field(default_factory=list)

    def records(self) -> Iterator[Record]:
        """Every sound row. Raises `BadFile` if the file cannot be read at all, or has no such columns."""
        with _opened(self.path) as file:
            self.size = self.path.stat().st_size
            rows = csv.reader(self._lines(file))
            places = self._places(rows)
            # Where the same code comes twice the first one counts.
            seen: dict[str, int] = {}
            for line, row in self._rows(rows):
                record = self._record(line, row, places)
                if record and (first := seen.setdefault(record.values["code"], line)) != line:
                    self._note(line, "code", f"“{record.values['code']}” is already on line {first}")
                elif record:
                    yield record

    def _lines(self, file: BinaryIO) -> Iterator[str]:
        while raw := file.readline(LONGEST_LINE):
            first = not self.done
            self.done += len(raw)
            # Bytes that are not text survive as surrogates, so that only their own row is refused.
            text = raw.decode(self.shape.encoding, "surrogateescape")
            yield text.removeprefix("\ufeff") if first else text

    def _rows(self, rows: Rows) -> Iterator[tuple[int, list[str]]]:
        """Rows with the line each begins on; one that cannot be split is noted."""
        while True:
            line = rows.line_num + 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:
                self._note(line, "", "the columns cannot be told apart: is a quotation mark left open?")
                continue
            if any(cell.strip() for cell in row):
                yield line, row

    def _places(self, rows: Rows) -> dict[Part, int]:
        """Which cell of a row holds what."""
        if not self.shape.header:
            return {part: int(column.column) - 1 for part, column in self.shape.columns.items()}
        wanted = {part: column.column.casefold() for part, column in self.shape.columns.items()}
        for line, row in self._rows(rows):
            heads = [cell.strip().casefold() for cell in row]
            if all(head in heads for head in wanted.values()):
                return {part: heads.index(head) for part, head in wanted.items()}
            if line > TITLE_LINES:
                break
        names = ", ".join(f"“{column.column}”" for column in self.shape.columns.values())
        raise MistakesFound(self.path, [Mistake(str(self.path), 0, "", f"no line of headings has all of {names}")])

    def _record(self, line: int, row: Sequence[str], places: dict[Part, int]) -> Record | None:
        """The row, or None once what is wrong with it is noted."""
        found = len(self.mistakes)
        values: dict[Part, str] = {}
        for part, place in places.items():
            cell = row[place] if place < len(row) else ""
            values[part] = self.shape.columns[part].pick(" ".join(cell.split()))
            self._check(line, part, values[part])
        ends = self._date(line, values.pop("ends", ""))
        return Record(line, values, ends) if len(self.mistakes) == found else None

    def _check(self, line: int, part: Part, value: str) -> None:
        if part in NEEDED and not value:
            self._note(line, part, "is missing")
        if len(value) > LONGEST.get(part, 1000):
            self._note(line, part, f"is too long: at most {LONGEST[part]} characters")
        if any("\udc80" <= character <= "\udcff" for character in value):
            self._note(line, part, f"is not {self.shape.encoding.upper()} text")
        elif not value.isprintable():
            self._note(line, part, "has a character that cannot be printed")

    def _date(self, line: int, value: str) -> date | None:
        if not value:
            return None
        try:
            return datetime.strptime(value, self.shape.date_form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            self._note(line, "ends", f"is not a date written as {self.shape.dates}")
            return None

    def _note(self, line: int, part: str, problem: str) -> None:
        self.mistakes.append(Mistake(str(self.path), line, part, problem))


def _opened(path: Path) -> BinaryIO:
    """The file, open, unless it is not there or is not text of one byte order."""
    problem = ""
    try:
        file = path.open("rb")
        start = file.read(4)
        file.seek(0)
    except FileNotFoundError:
        problem = "there is no such file"
    except OSError as error:
        problem = f"the file cannot be read ({(error.strerror or 'unknown reason').lower()})"
    else:
        if start[:2] in (b"\xff\xfe", b"\xfe\xff", b"PK"):
            file.close()
            problem = "this is not a CSV file in UTF-8: save it as “CSV UTF-8”"
        elif not start:
            file.close()
            problem = "the file is empty"
    if problem:
        raise MistakesFound(path, [Mistake(str(path), 0, "", problem)])
    return file
