"""A meeting's digest: gathered, and written for the channel, of a very full agenda beside one of a tenth of it."""

import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from bench.counts import Counts
from bench.databases import Databases, settle
from bench.figures import Line, Section, spread
from bench.seeding import insert, seed_log
from bench.storing import concern_values
from bot.domain.terms import Level
from bot.messages.agenda import Sections, gather, render
from bot.store.tables import Concern, Meeting, Provider, SurveillanceLevel
from bot.store.unit import Store
from tests.world import MONDAY, World, open_world

SMALLER = 10


async def measure(databases: Databases, counts: Counts) -> Section:
    section = Section("A meeting's digest")
    size = counts.agenda
    for kind in databases.kinds:
        async with AsyncExitStack() as stack:
            worlds = [await stack.enter_async_context(open_world(databases.new(kind))) for _ in range(2)]
            large, small = worlds
            await _fill(large, size)
            await _fill(small, max(1, size // SMALLER))
            section.lines += await _composed(kind, large, small, counts)
    section.notes.append(
        f"A digest of {size} new concerns, {size // 5} providers on enhanced surveillance and {size * 3 // 5} actions; "
        f"beside it one of a {SMALLER}th of each. As many statements for either: none is asked for each row."
    )
    return section


async def _fill(world: World, concerns: int) -> None:
    """New concerns and actions about every fifth as many providers, all on enhanced surveillance."""
    providers = max(1, concerns // 5)
    rows = [
        {"code": f"B{number}", "name": f"Provider {number}", "area": f"Area {number % 8}"}
        for number in range(providers)
    ]
    values = Provider(code="", name="").model_dump(exclude={"id"})
    await insert(world.bot.store, Provider, [values | row for row in rows])
    keys = [one.key for one in await world.rows(Provider, Provider.code != "RZZ01", Provider.code != "RZZ02")]
    base = concern_values(world.ids["qsg"], world.ids["inspector"], world.ids["org:cqc"])
    new = [
        {**base, "reference": f"C-{n:06}", "submit_key": f"c{n}", "provider_id": keys[n % len(keys)]}
        for n in range(concerns)
    ]
    await insert(world.bot.store, Concern, new)
    level: dict[str, Any] = {
        "group_id": world.ids["qsg"],
        "level": Level.ENHANCED,
        "reason": "Mortality.",
        "decided_at": MONDAY,
    }
    levels = [SurveillanceLevel(provider_id=key, **level).model_dump(exclude={"id"}) for key in keys]
    await insert(world.bot.store, SurveillanceLevel, levels)
    await seed_log(world, max(1, concerns * 3 // 5))
    await settle(world.bot.store)


async def _composed(kind: str, large: World, small: World, counts: Counts) -> list[Line]:
    ours: list[float] = []
    theirs: list[float] = []
    asked: dict[int, int] = {}
    for look in range(max(2, counts.looks // 10) + 1):
        for world, seconds in ((large, ours), (small, theirs)):
            with _counted(world.bot.store) as statements:
                began = time.perf_counter()
                sections = await _gathered(world)
                assert render(world.bot.work.words, sections, lead=5).markdown
                if look:
                    seconds.append(time.perf_counter() - began)
            asked[id(world)] = len(statements)
    here, there = f"digest of {counts.agenda} concerns", f"of {max(1, counts.agenda // SMALLER)}"
    told = Line(f"{here}: statements", kind, asked[id(large)], there, asked[id(small)], "statements")
    return [*spread(here, kind, ours, there, theirs, (50,)), told]


async def _gathered(world: World) -> Sections:
    (meeting,) = await world.rows(Meeting)
    async with world.bot.store.look() as unit:
        return await gather(unit, meeting, world.bot.work.rules, world.now + timedelta(minutes=1))


@contextmanager
def _counted(store: Store) -> Iterator[list[str]]:
    """Every statement that is sent meanwhile."""
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(store.engine.sync_engine, "before_cursor_execute", note)
