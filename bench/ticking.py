"""What a busy network costs: the timetable when nothing is due and for each thing that is, and what people read."""

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import literal, select

from bench import reading
from bench.counts import Counts
from bench.databases import Databases, counted
from bench.figures import MILLISECONDS, Line, Section, spread
from bench.seeding import DUE_AT, seed
from bot.schedules.escalations import audit, chase
from bot.schedules.reminders import remind
from bot.schedules.work import Work
from bot.store.ladders import due_addressees
from tests.world import MONDAY, World, open_world

NINE_THIRTY = MONDAY + timedelta(hours=1, minutes=30)
ONE = "SELECT 1"


@dataclass
class Chased:
    """What it took to take every due step."""

    seconds: float = 0.0
    statements: int = 0
    ticks: list[int] = field(default_factory=list)


async def measure(databases: Databases, counts: Counts) -> Section:
    section = Section("A large network beside a small one")
    for kind in databases.kinds:
        async with AsyncExitStack() as stack:
            sizes = (counts.large_network, counts.small_network)
            worlds = [await stack.enter_async_context(open_world(databases.new(kind))) for _ in sizes]
            for world, size in zip(worlds, sizes, strict=True):
                await seed(world, size, counts.due)
                world.pg.clock.set(NINE_THIRTY)
            section.lines += await reading.measure(kind, worlds, counts)
            section.lines += await _idle(kind, worlds, counts)
            for world in worlds:
                world.pg.clock.set(DUE_AT + timedelta(hours=1))
            await _due(kind, worlds, counts, section)
    return section


async def _idle(kind: str, worlds: list[World], counts: Counts) -> list[Line]:
    """Nothing is due, in either network; beside the least that could be asked of the database."""
    jobs = {"chase": chase, "audit": audit, "remind": remind, ONE: _one}
    seconds: dict[tuple[str, int], list[float]] = {(name, n): [] for name in jobs for n in range(len(worlds))}
    for look in range(counts.looks + 1):
        for (name, number), own in seconds.items():
            began = time.perf_counter()
            await jobs[name](worlds[number].bot.work)
            if look:
                own.append(time.perf_counter() - began)
    lines: list[Line] = []
    for name, what in (("chase", "escalations"), ("audit", "escalations"), ("remind", "actions")):
        here, ours = f"{name}, nothing due of {counts.large_network:,} {what}", seconds[name, 0]
        lines += spread(here, kind, ours, ONE, seconds[ONE, 0], (50,))
        lines += spread(here, kind, ours, f"of {counts.small_network:,}", seconds[name, 1], (50,))
    return lines


async def _one(work: Work) -> None:
    async with work.store.look() as unit:
        await unit.rows(select(literal(1)))


async def _due(kind: str, worlds: list[World], counts: Counts, section: Section) -> None:
    """Chase until nothing is due any more, a tick in each network in turn."""
    large, small = found = [Chased() for _ in worlds]
    while not (large.ticks and large.ticks[-1] == small.ticks[-1] == 0):
        for world, own in zip(worlds, found, strict=True):
            await _tick(world, own)
    due = counts.due
    assert sum(large.ticks) == sum(small.ticks) == due, (large.ticks, small.ticks)
    here, there = f"chase, each of {due:,} due of {counts.large_network:,}", f"of {counts.small_network:,}"
    section.lines += [
        Line(here, kind, large.seconds / due * 1000, there, small.seconds / due * 1000, MILLISECONDS),
        Line(here, kind, large.statements / due, there, small.statements / due, "statements"),
    ]
    ticks = sum(tick > 0 for tick in large.ticks)
    section.notes.append(f"{kind}: chase took {ticks} ticks for {due:,} due, at most {max(large.ticks)} in one.")


async def _tick(world: World, chased: Chased) -> None:
    """One tick, and how many of those that were due it dealt with."""
    before = await _waiting(world)
    with counted(world.bot.store) as sent:
        began = time.perf_counter()
        await chase(world.bot.work)
        spent = time.perf_counter() - began
    dealt_with = before - await _waiting(world)
    if dealt_with:
        chased.seconds += spent
        chased.statements += len(sent)
    chased.ticks.append(dealt_with)


async def _waiting(world: World) -> int:
    async with world.bot.store.look() as unit:
        return len(await due_addressees(unit, world.now, limit=1_000_000))
