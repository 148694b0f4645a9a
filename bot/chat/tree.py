"""What a message is made of, once its Markdown has been read: the tree that each chat platform draws in its own way."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

EMPTY_CELL = "–"


@dataclass(frozen=True)
class Run:
    """Characters that look alike. `link` is where they lead, if anywhere; "\\n" in `text` is a line break."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    link: str = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    level: int
    runs: Runs


@dataclass(frozen=True)
class Paragraph:
    runs: Runs


@dataclass(frozen=True)
class Small:
    """Small print."""

    runs: Runs


@dataclass(frozen=True)
class Code:
    text: str


@dataclass(frozen=True)
class Rule:
    """A line across."""


@dataclass(frozen=True)
class Button:
    label: str
    listener: str
    value: str = ""
    style: str = ""


@dataclass(frozen=True)
class Buttons:
    row: tuple[Button, ...]


@dataclass(frozen=True)
class Table:
    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True)
class Quote:
    parts: "tuple[Node, ...]"


@dataclass(frozen=True)
class ListOf:
    """A list; each item is what stands in it. Numbering begins at `start`."""

    items: "tuple[tuple[Node, ...], ...]"
    ordered: bool = False
    start: int = 1


Node = Heading | Paragraph | Small | Code | Rule | Buttons | Table | Quote | ListOf


def join_alike(runs: Iterable[Run]) -> Runs:
    """The same runs, neighbours that look alike made one."""
    joined: list[Run] = []
    for run in runs:
        if not run.text:
            continue
        if joined and replace(joined[-1], text="") == replace(run, text=""):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return tuple(joined)


def words_of(runs: Iterable[Run]) -> str:
    """The characters of some runs, without their looks."""
    return "".join(run.text for run in runs)


def as_list(table: Table) -> ListOf:
    """A table as one line for each row, for where a table cannot be shown."""
    heads = [words_of(head) for head in table.head]
    if not table.rows:
        return ListOf(((Paragraph((Run("; ".join(heads)),)),),))
    items = []
    for row in table.rows:
        runs: list[Run] = []
        for head, cell in zip(heads, row, strict=True):
            runs += [Run("; ")] if runs else []
            runs += [Run(f"{head}: ", bold=True)] if head else []
            runs += cell or [Run(EMPTY_CELL)]
        items.append((Paragraph(join_alike(runs)),))
    return ListOf(tuple(items))
