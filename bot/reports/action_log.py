"""A group's action log as a workbook, made in a process of its own while the bot answers others.

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

import structlog

from bot.reports.drawing import HANDED_DOWN, ROOT

log = structlog.get_logger()

PROGRAM = "bot.reports.workbook"
SECONDS = 45.0  # within the time for which a deliverer holds what it is about to send
WIDTHS = (12, 9, 10, 60, 28, 60, 12, 60)
DATES = (0, 6)  # the columns that hold a day

Row = tuple[str, str, int, str, str, str, str, str]


async def workbook(
    title: str, marking: str, key: str, columns: Sequence[str], made_on: str, rows: AsyncIterator[Sequence[Row]]
) -> bytes | None:
    """The log with these headings [003 Annex D], the same bytes for the same log; None if it was not made in time.

    Dates are in ISO format in the rows, and real dates in the workbook.
    """
    head = {"title": title, "marking": marking, "key": key, "columns": columns, "widths": WIDTHS, "made_on": made_on}
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
            return await _fed(process, [head, DATES], rows)
    except (OSError, TimeoutError) as error:
        log.warning("workbook not made", why=type(error).__name__)
        return None
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _fed(process: Process, first: Sequence[object], rows: AsyncIterator[Sequence[Row]]) -> bytes | None:
    into, out = process.stdin, process.stdout
    assert into is not None and out is not None  # noqa: S101, PT018  # both were asked for
    into.write(_lines(first))
    async for some in rows:
        into.write(_lines(some))
        await into.drain()
    into.close()
    made = await out.read()
    return made if await process.wait() == 0 else None


def _lines(values: Sequence[object]) -> bytes:
    return "".join(f"{json.dumps(value)}\n" for value in values).encode()
