"""`python -m bench`: everything measured in one run, as ratios."""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

from rich.console import Console

from bench import (
    acknowledging,
    auditing,
    clustering,
    composing,
    finding,
    listing,
    memory,
    reminding,
    seeing,
    storing,
    ticking,
)
from bench.counts import FULL, QUICK, Counts
from bench.databases import POSTGRES, SQLITE, Databases, machine, open_databases
from bench.figures import Section, table_of

PARTS: dict[str, Callable[[Databases, Counts], Awaitable[Section]]] = {
    "acknowledging": acknowledging.measure,
    "storing": storing.measure,
    "memory": memory.measure,
    "finding": finding.measure,
    "ticking": ticking.measure,
    "reminding": reminding.measure,
    "auditing": auditing.measure,
    "seeing": seeing.measure,
    "listing": listing.measure,
    "composing": composing.measure,
    "clustering": clustering.measure,
}
WIDTH = 140


async def measure(databases: Databases, counts: Counts, parts: Iterable[str] = PARTS) -> list[Section]:
    """The sections asked for, in order, one after another."""
    return [await PARTS[name](databases, counts) for name in parts]


def main() -> None:
    arguments = _parser().parse_args()
    console = Console()
    console = Console(width=max(console.width, WIDTH))
    began = time.monotonic()
    console.print(machine(), highlight=False)
    with open_databases(tuple(arguments.database or (SQLITE, POSTGRES))) as databases:
        console.print(f"{databases.versions()}; both force each commit to the disk\n", highlight=False)
        sections = asyncio.run(measure(databases, QUICK if arguments.quick else FULL, arguments.only or PARTS))
    console.print(table_of(sections), highlight=False)
    for note in (note for section in sections for note in section.notes):
        console.print(f"• {note}", highlight=False)
    console.print(f"\nMeasured in {time.monotonic() - began:.0f} s.", highlight=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Speed, as ratios within one run.")
    parser.add_argument("--quick", action="store_true", help="only see that it runs; the figures mean nothing")
    parser.add_argument("--only", action="append", choices=PARTS, help="a part; may be given several times")
    parser.add_argument("--database", action="append", choices=(SQLITE, POSTGRES), help="likewise a database")
    return parser


if __name__ == "__main__":
    main()
