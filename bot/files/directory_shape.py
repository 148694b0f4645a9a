"""Which column of a provider directory holds what: a mapping file, or one of the shapes we ship."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.files.located import read_located
from bot.files.network_types import short
from bot.files.shape import Strict, validate, words

SHAPES = Path(__file__).with_name("shapes")
SHIPPED = ("ods", "cqc")
Part = Literal[
    "code",
    "name",
    "former names",
    "town",
    "postcode",
    "sector",
    "area",
    "region",
    "parent",
    "parent name",
    "host commissioner",
    "relationship manager",
    "executive sponsor",
    "ends",
]
DATES = {"YYYY-MM-DD": "%Y-%m-%d", "YYYYMMDD": "%Y%m%d", "DD/MM/YYYY": "%d/%m/%Y"}


class Column(Strict):
    """A column by its heading, or by its number if there is no heading; of several parts, the first or the last."""

    column: Annotated[str, words(200)]
    take: Literal["all", "first", "last"] = "all"
    of: Annotated[str, Field(min_length=1, max_length=3)] = ","

    def pick(self, text: str) -> str:
        """The wanted part of a cell; empty parts do not count."""
        if self.take == "all":
            return text
        parts = [part.strip() for part in text.split(self.of) if part.strip()] or [""]
        return parts[0] if self.take == "first" else parts[-1]


class DirectoryShape(Strict):
    """How a directory's CSV file is laid out. With a header, lines of title above it are skipped."""

    header: bool = True
    dates: Literal["YYYY-MM-DD", "YYYYMMDD", "DD/MM/YYYY"] = "YYYY-MM-DD"
    encoding: Literal["utf-8", "cp1252"] = "utf-8"
    columns: dict[Part, Annotated[Column, short("column")]]

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if missing := {"code", "name"} - set(self.columns):
            raise ValueError(f"needs a column for {' and '.join(sorted(missing))}")
        numbers = (column.column.isdecimal() and 0 < int(column.column) <= 1000 for column in self.columns.values())
        if not self.header and not all(numbers):
            raise ValueError("has no header, so every column must be a number counted from 1")
        return self

    @property
    def date_form(self) -> str:
        return DATES[self.dates]


def load_shape(path: Path) -> DirectoryShape:
    """The mapping in that file. Raises `BadFile` with every mistake and its line."""
    document = read_located(path)
    shape = validate(document, DirectoryShape)
    document.stop_if_mistaken()
    assert shape is not None  # noqa: S101  # a file without mistakes has its shape
    return shape


def shipped_shape(name: Literal["ods", "cqc"]) -> DirectoryShape:
    """A shape we ship: the NHS's organisation directory (`ods`) or the Care Quality Commission's (`cqc`)."""
    return load_shape(SHAPES / f"{name}.yaml")
