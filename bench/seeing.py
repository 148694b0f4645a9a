"""What it costs to ask who may see what: with the predicate and without; a list out of very many, and out of few."""

import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from sqlalchemy import text
from sqlmodel import SQLModel, select

from bench.counts import Counts
from bench.databases import Databases, settle
from bench.figures import Section, spread
from bench.storing import concern_values
from bot.domain.handling import Identity, Viewer
from bot.domain.terms import Basis
from bot.store.concerns import recently_visible, visible_concern
from bot.store.people import viewer_of
from bot.store.tables import Concern
from bot.store.unit import Unit
from tests.world import MONDAY, World, chat_id, open_world

# Whom every concern is shared with; one more organisation was shown only the last few.
READERS = {"cqc": Basis.ORIGIN, "gmc": Basis.GROUP, "hee": Basis.GROUP}
FEW = 20
TODAY = MONDAY.date()
Ask = Callable[[Unit, Viewer], Awaitable[object]]


async def measure(databases: Databases, counts: Counts) -> Section:
    section = Section("Seeing what one may")
    sizes = (counts.few_concerns, counts.many_concerns)
    for kind in databases.kinds:
        async with AsyncExitStack() as stack:
            few, many = [await stack.enter_async_context(open_world(databases.new(kind))) for _ in sizes]
            for world, size in zip((few, many), sizes, strict=True):
                await fill(world, size)
            for slug, how_many in (("gmc1", "all"), ("phso1", str(FEW))):
                what = f"list the newest, may see {how_many} of {sizes[1]:,}"
                there = [await _seconds(world, slug, newest, counts.looks) for world in (many, few)]
                section.lines += spread(what, kind, there[0], f"of {sizes[0]:,}", there[1], (50,))
            asked, plain = [await _seconds(many, "gmc1", ask, counts.looks) for ask in (one, one_unasked)]
            what = f"read one of {sizes[1]:,} through the predicate"
            section.lines += spread(what, kind, asked, "by its reference alone", plain, (50,))
    return section


async def newest(unit: Unit, viewer: Viewer) -> object:
    return await recently_visible(unit, viewer, TODAY)


async def one(unit: Unit, viewer: Viewer) -> object:
    return await visible_concern(unit, "C-7", viewer, TODAY)


async def one_unasked(unit: Unit, _: Viewer) -> object:
    return await unit.first(select(Concern).where(Concern.reference == "C-7"))


async def fill(world: World, size: int) -> None:
    """Concerns for the whole group, made within the database, where a million take less than a minute."""
    store, ids = world.bot.store, world.ids
    values = concern_values(ids["qsg"], ids["inspector"], ids["org:cqc"])
    async with store.begin() as unit:
        unit.add(Concern(**values | {"reference": "C-1", "submit_key": "c1", "provider_id": ids["northgate"]}))
        await unit.flush()
        numbered = {"id": "i", "reference": "'C-' || i", "submit_key": "'c' || i"}
        columns = [column.name for column in SQLModel.metadata.tables["concern"].columns]
        chosen = ", ".join(numbered.get(name, name) for name in columns)
        copied = f"INSERT INTO concern ({', '.join(columns)}) {NUMBERS} SELECT {chosen} FROM concern, n WHERE id = 1"  # noqa: S608
        await _run(unit, copied, 2, size)
        for slug, basis in READERS.items():
            await _share(unit, ids[f"org:{slug}"], basis, 1, size)
        await _share(unit, ids["org:phso"], Basis.ESCALATION, size - FEW + 1, size)
    await settle(store)


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)"


async def _share(unit: Unit, organisation_id: int, basis: Basis, first: int, last: int) -> None:
    columns = "concern_id, organisation_id, basis, shared_at"
    chosen = f"SELECT i, {organisation_id}, '{basis}', raised_at FROM concern, n WHERE concern.id = 1"  # noqa: S608
    await _run(unit, f"INSERT INTO concern_audience ({columns}) {NUMBERS} {chosen}", first, last)


async def _run(unit: Unit, statement: str, first: int, last: int) -> None:
    if unit.dialect == "postgresql":  # which must be told that these are whole numbers, and to take its time
        await unit.write(text("SET LOCAL statement_timeout = 0"))
        statement = statement.replace(":first", "CAST(:first AS integer)").replace(":last", "CAST(:last AS integer)")
    await unit.write(text(statement).bindparams(first=first, last=last))


async def _seconds(world: World, slug: str, ask: Ask, looks: int) -> list[float]:
    async with world.bot.store.look() as unit:
        viewer = await viewer_of(unit, Identity("slack", "T0SOUND", chat_id(slug)), TODAY)
    assert viewer is not None
    seconds = []
    for look in range(looks + 1):
        began = time.perf_counter()
        async with world.bot.store.look() as unit:
            assert await ask(unit, viewer)
        if look:
            seconds.append(time.perf_counter() - began)
    return seconds
