"""`soundings providers`: import a directory of providers."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from bot.app import wall_clock
from bot.cli.database import opened
from bot.cli.show import MISTAKEN, MISUSED, complain, readable, say
from bot.files.directory_shape import DirectoryShape, load_shape, shipped_shape
from bot.services.providers import Imported, import_providers
from bot.settings import Settings, read_settings

providers_app = typer.Typer(no_args_is_help=True, help="Import the directory of providers.")


class Shape(StrEnum):
    """The directories we know the columns of."""

    ODS = "ods"
    CQC = "cqc"


@providers_app.callback()
def providers() -> None:
    """Import the directory of providers."""


@providers_app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The directory, as CSV.")],
    shape: Annotated[Shape | None, typer.Option(help="Whose directory it is.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="A file that says which column holds what.")] = None,
) -> None:
    """Add and update providers from a CSV file. Rows with mistakes are listed and left out; the rest is kept."""
    if (shape is None) == (mapping is None):
        complain("Say how the file is laid out: either --shape ods, --shape cqc or --mapping FILE.")
        raise typer.Exit(MISUSED)
    with readable():
        columns = load_shape(mapping) if mapping else shipped_shape("cqc" if shape is Shape.CQC else "ods")
        done = asyncio.run(_import(read_settings(), file, columns))
    _report(done)


async def _import(settings: Settings, file: Path, shape: DirectoryShape) -> Imported:
    columns = (TextColumn("Importing"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    async with opened(settings) as store:
        with Progress(*columns, transient=True) as bar:
            task = bar.add_task("Importing", total=None)

            def progress(done: int, size: int) -> None:
                bar.update(task, completed=done, total=size)

            return await import_providers(store, file, shape, progress, wall_clock())


def _report(done: Imported) -> None:
    complain(*(str(mistake) for mistake in done.mistakes))
    say(f"{done.added} added, {done.changed} changed, {done.unchanged} unchanged, {done.refused} left out.")
    if done.linked or done.without_parent:
        say(f"{done.linked} joined to the provider they belong to; {done.without_parent} name one we do not have.")
    if done.mistakes:
        raise typer.Exit(MISTAKEN)
