"""Figures side by side, and the table of them."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rich.table import Table

MILLISECONDS = "ms"


@dataclass(frozen=True)
class Line:
    """One thing measured, beside what it is measured against."""

    what: str
    database: str
    ours: float
    against: str
    theirs: float
    unit: str

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


@dataclass
class Section:
    """Lines that belong together, and what to know when reading them."""

    title: str
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def percentile(seconds: Iterable[float], percent: float) -> float:
    """The smallest value that is not below `percent` of them."""
    ordered = sorted(seconds)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def spread(
    what: str,
    database: str,
    ours: Sequence[float],
    against: str,
    theirs: Sequence[float],
    percents: Sequence[int] = (50, 99),
) -> Iterator[Line]:
    """A line for each percentile of two lists of seconds."""
    for percent in percents:
        here, there = (percentile(seconds, percent) * 1000 for seconds in (ours, theirs))
        yield Line(f"{what}, p{percent}", database, here, against, there, MILLISECONDS)


def table_of(sections: Sequence[Section]) -> Table:
    """All sections as one table; the ratio is the first figure divided by the second."""
    table = Table(show_edge=False, pad_edge=False)
    for name in ("Measured", "Database"):
        table.add_column(name)
    table.add_column("Here", justify="right")
    table.add_column("Against")
    table.add_column("There", justify="right")
    table.add_column("Ratio", justify="right")
    for section in sections:
        table.add_row(f"[bold]{section.title}[/bold]")
        for line in section.lines:
            here, there = (f"{figure(value)} {line.unit}" for value in (line.ours, line.theirs))
            table.add_row(line.what, line.database, here, line.against, there, f"{figure(line.ratio)} ×")
        table.add_section()
    return table


def figure(value: float) -> str:
    """Three significant figures, and no more than two decimal places."""
    places = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{places}f}"
