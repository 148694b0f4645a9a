"""Reading what one may see, in a large network beside a small one."""

import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from bench.counts import Counts
from bench.databases import Databases
from bench.figures import Section, spread
from bench.seeding import seed
from bot.domain.handling import Identity, Viewer
from bot.store.concerns import recently_visible, visible_concern
from bot.store.escalations import visible_escalation
from bot.store.people import viewer_of
from bot.store.unit import Unit
from tests.world import World, chat_id, open_world

Ask = Callable[[Unit, World, Viewer], Awaitable[object]]


async def _concern(unit: Unit, world: World, viewer: Viewer) -> object:
    return await visible_concern(unit, "C-000007", viewer, world.bot.work.rules.today(world.now))


async def _newest(unit: Unit, world: World, viewer: Viewer) -> object:
    return await recently_visible(unit, viewer, world.bot.work.rules.today(world.now))


async def _escalation(unit: Unit, world: World, viewer: Viewer) -> object:
    return await visible_escalation(unit, "E-000007", viewer, world.bot.work.rules.today(world.now))


ASKED: dict[str, Ask] = {
    "a concern opened": _concern,
    "the newest concerns listed": _newest,
    "an escalation opened": _escalation,
}


async def measure(databases: Databases, counts: Counts) -> Section:
    """As the nominated person of an addressed organisation, who may read every concern there is."""
    section = Section("What one may see, asked for")
    for kind in databases.kinds:
        async with AsyncExitStack() as stack:
            worlds = []
            for size in (counts.large_network, counts.small_network):
                worlds.append(await stack.enter_async_context(open_world(databases.new(kind))))
                await seed(worlds[-1], size, counts.due)
            for what, ask in ASKED.items():
                large, small = await _times(worlds, ask, counts.looks)
                here, there = f"{what}, of {counts.large_network:,}", f"of {counts.small_network:,}"
                section.lines += spread(here, kind, large, there, small, (50,))
    return section


async def _times(worlds: list[World], ask: Ask, looks: int) -> list[list[float]]:
    viewers = [await _viewer(world) for world in worlds]
    seconds: list[list[float]] = [[] for _ in worlds]
    for look in range(looks + 1):
        for world, viewer, own in zip(worlds, viewers, seconds, strict=True):
            began = time.perf_counter()
            async with world.bot.store.look() as unit:
                assert await ask(unit, world, viewer)
            if look:
                own.append(time.perf_counter() - began)
    return seconds


async def _viewer(world: World) -> Viewer:
    async with world.bot.store.look() as unit:
        who = Identity("slack", "T0SOUND", chat_id("gmc1"))
        viewer = await viewer_of(unit, who, world.bot.work.rules.today(world.now))
    assert viewer is not None
    return viewer
