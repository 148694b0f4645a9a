"""Reading what one may see, in a large network beside a small one."""

import time
from collections.abc import Awaitable, Callable

from bench.counts import Counts
from bench.figures import Line, spread
from bot.domain.handling import Identity, Viewer
from bot.store.concerns import recently_visible, visible_concern
from bot.store.escalations import visible_escalation
from bot.store.people import viewer_of
from bot.store.unit import Unit
from tests.world import World, chat_id

Ask = Callable[[Unit, World, Viewer], Awaitable[object]]


async def _concern(unit: Unit, world: World, viewer: Viewer) -> object:
    return await visible_concern(unit, "C-000007", viewer, world.bot.work.rules.today(world.now))


async def _newest(unit: Unit, world: World, viewer: Viewer) -> object:
    return await recently_visible(unit, viewer, world.bot.work.rules.today(world.now))


async def _escalation(unit: Unit, world: World, viewer: Viewer) -> object:
    return await visible_escalation(unit, "E-000007", viewer, world.bot.work.rules.today(world.now))


ASKED: dict[str, Ask] = {
    "read a concern": _concern,
    "list the newest concerns": _newest,
    "find an escalation": _escalation,
}


async def measure(kind: str, worlds: list[World], counts: Counts) -> list[Line]:
    """In either network, as the nominated person of an organisation that may read every concern there is."""
    lines: list[Line] = []
    for what, ask in ASKED.items():
        large, small = await _times(worlds, ask, counts.looks)
        lines += spread(
            f"{what}, of {counts.large_network:,}", kind, large, f"of {counts.small_network:,}", small, (50,)
        )
    return lines


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
