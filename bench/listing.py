"""A group's action log: its first page, its last page and the spreadsheet, of a long log beside a short one."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import psutil

from bench.counts import Counts
from bench.databases import Databases
from bench.figures import Line, Section, spread
from bench.memory import MEGABYTE
from bench.seeding import seed_log
from bot.domain.action_log import LogFilter, LogStatus, pages
from bot.messages.action_log import sheet
from bot.messages.letter import Letter
from bot.reports import spreadsheet
from bot.reports.spreadsheet import PROGRAM
from bot.store.action_log import log_counts, log_page
from bot.store.people import viewer_by_id
from tests.world import World, open_world

BETWEEN_LOOKS = 0.02  # seconds


@dataclass
class Peaks:
    """The most memory that the bot, and the process that writes a spreadsheet, had meanwhile; MiB."""

    bot: float = 0.0
    writer: float = 0.0


@dataclass(frozen=True)
class Made:
    """What it took to make a spreadsheet. `held_up` is the longest that the bot answered nobody meanwhile."""

    seconds: float
    held_up: float
    peaks: Peaks


async def measure(databases: Databases, counts: Counts) -> Section:
    section = Section("A group's action log")
    spreadsheet.SECONDS = 600.0  # how long it takes is what is asked here
    for kind in databases.kinds:
        async with AsyncExitStack() as stack:
            sizes = (counts.small_log, counts.large_log)
            small, large = worlds = [await stack.enter_async_context(open_world(databases.new(kind))) for _ in sizes]
            for world, size in zip(worlds, sizes, strict=True):
                await seed_log(world, size)
            section.lines += await _pages(kind, large, small, counts)
            section.lines += await _spreadsheets(kind, large, small, counts)
    section.notes.append("A spreadsheet is made in a process of its own, which ends with it.")
    return section


async def _pages(kind: str, large: World, small: World, counts: Counts) -> list[Line]:
    lines: list[Line] = []
    looks = max(2, counts.looks // 5)
    for what, last in (("first", False), ("last", True)):
        ours, theirs = [], []
        for look in range(looks + 1):
            for world, own in ((large, ours), (small, theirs)):
                seconds = await _page(world, last=last)
                if look:
                    own.append(seconds)
        here = f"{what} page of all {counts.large_log:,}, with the counts"
        lines += spread(here, kind, ours, f"of {counts.small_log:,}", theirs, (50,))
    return lines


async def _page(world: World, *, last: bool) -> float:
    today = world.bot.work.rules.today(world.now)
    async with world.bot.store.look() as unit:
        viewer = await viewer_by_id(unit, world.ids["chair"], today)
        assert viewer is not None
        wanted = LogFilter(world.ids["qsg"], LogStatus.ALL)
        began = time.perf_counter()
        found = await log_counts(unit, wanted, viewer, today)
        page = pages(found.of(wanted.status)) if last else 1
        assert await log_page(unit, wanted, viewer, today, page)
        return time.perf_counter() - began


async def _spreadsheets(kind: str, large: World, small: World, counts: Counts) -> list[Line]:
    theirs, ours = await _made(small), await _made(large)
    here, there = f"spreadsheet of {counts.large_log:,}", f"of {counts.small_log:,}"
    return [
        Line(here, kind, ours.seconds, there, theirs.seconds, "s"),
        Line(f"{here}: longest without an answer", kind, ours.held_up * 1000, there, theirs.held_up * 1000, "ms"),
        Line(f"{here}: peak memory of its process", kind, ours.peaks.writer, there, theirs.peaks.writer, "MiB"),
        Line(f"{here}: peak memory of this one", kind, ours.peaks.bot, there, theirs.peaks.bot, "MiB"),
    ]


async def _made(world: World) -> Made:
    work = world.bot.work
    async with world.bot.store.look() as unit:
        reader = await viewer_by_id(unit, world.ids["chair"], work.rules.today(world.now))
        letter = Letter(unit, {"group": world.ids["qsg"]}, reader, None, work.words, work.rules, world.now)
        async with _watched() as (peaks, gaps):
            began = time.perf_counter()
            message = await sheet(letter)
            seconds = time.perf_counter() - began
    assert message is not None
    assert message.files
    return Made(seconds, max(gaps), peaks)


@asynccontextmanager
async def _watched() -> AsyncIterator[tuple[Peaks, list[float]]]:
    """Look at memory again and again, and at how much later than it should each look came."""
    peaks, gaps = Peaks(), [0.0]

    async def watch() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(BETWEEN_LOOKS)
            gaps.append(time.perf_counter() - began - BETWEEN_LOOKS)
            _look(peaks)

    task = asyncio.create_task(watch())
    try:
        yield peaks, gaps
    finally:
        task.cancel()


def _look(peaks: Peaks) -> None:
    bot = psutil.Process()
    peaks.bot = max(peaks.bot, bot.memory_info().rss / MEGABYTE)
    for child in bot.children():
        try:
            if PROGRAM in child.cmdline():
                peaks.writer = max(peaks.writer, child.memory_info().rss / MEGABYTE)
        except psutil.Error:
            continue  # it has just ended
