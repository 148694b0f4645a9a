"""Logs as a workbook, made in a process of its own while the bot answers others.

The process is given the lines and nothing else of the bot: no settings, no keys, no database. The lines are handed to
it as they are read, so that neither of the two ever holds them all.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

import structlog

from bot.reports.drawing import HANDED_DOWN, ROOT

log = structlog.get_logger()

PROGRAM = "bot.reports.workbook"
SECONDS = 45.0  # within the time for which a deliverer holds what it is about to send

Row = Sequence[str | int]


@dataclass(frozen=True)
class SheetHead:
    """What stands above the rows of a sheet: `name` on its tab, `marking` on each page, `columns` as headings. `widths`
    are in characters; `made_on` is a day in ISO format."""

    name: str
    title: str
    marking: str
    key: str
    columns: Sequence[str]
    widths: Sequence[int]
    made_on: str


@dataclass(frozen=True)
class Sheet:
    """A sheet to be written. In the columns numbered in `dates`, counted from 0, days are in ISO format, or ""; in the
    workbook they are real dates."""

    head: SheetHead
    dates: Sequence[int]
    rows: AsyncIterator[Sequence[Row]]


async def spreadsheet(*sheets: Sheet) -> bytes | None:
    """The workbook with these sheets, the same bytes for the same logs; None if it was not made in time."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        PROGRAM,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        cwd=ROOT,
        env={name: os.environ[name] for name in HANDED_DOWN if name in os.environ},
    )
    try:
        async with asyncio.timeout(SECONDS):
            return await _fed(process, sheets)
    except (OSError, TimeoutError) as error:
        log.warning("workbook not made", why=type(error).__name__)
        return None
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _fed(process: Process, sheets: Sequence[Sheet]) -> bytes | None:
    into, out = process.stdin, process.stdout
    assert into is not None and out is not None  # noqa: S101, PT018  # both were asked for
    for number, sheet in enumerate(sheets):
        into.write(_lines([None] * (number > 0) + [asdict(sheet.head), sheet.dates]))
        async for some in sheet.rows:
            into.write(_lines(some))
            await into.drain()
    into.close()
    made = await out.read()
    return made if await process.wait() == 0 else None


def _lines(values: Sequence[object]) -> bytes:
    return "".join(f"{json.dumps(value)}\n" for value in values).encode()
