"""A concern joins a cluster: beside one with very many members, and one with few."""

import time
from contextlib import AsyncExitStack

from bench.counts import Counts
from bench.databases import Databases, counted, settle
from bench.figures import Section, spread
from bench.storing import concern_values
from bot.services.triangulation import note_concern
from bot.store.clusters import leave_clusters
from bot.store.tables import Cluster, ClusterMember, Concern
from tests.world import MONDAY, World, open_world

FEW, MANY = 10, 1_000


async def measure(databases: Databases, counts: Counts) -> Section:
    section = Section("A concern joins a cluster")
    for kind in databases.kinds:
        async with AsyncExitStack() as stack:
            worlds = [await stack.enter_async_context(open_world(databases.new(kind))) for _ in (FEW, MANY)]
            for world, size in zip(worlds, (FEW, MANY), strict=True):
                await fill(world, size)
            few, many = [await _seconds(world, counts.looks) for world in worlds]
            what = f"brought up to date beside {MANY:,} members"
            section.lines += spread(what, kind, many, f"beside {FEW}", few, (50,))
            sent = [await _statements(world) for world in worlds]
            section.notes.append(
                f"{kind}: it takes {sent[1]} statements beside {MANY:,} members, {sent[0]} beside {FEW}."
            )
    return section


async def fill(world: World, size: int) -> None:
    """One organisation's concerns about one provider, all of them in their clusters but the first."""
    ids, store = world.ids, world.bot.store
    values = concern_values(ids["qsg"], ids["inspector"], ids["org:cqc"]) | {"provider_id": ids["vale"]}
    numbers = range(1, size + 1)
    async with store.begin() as unit:
        rows = [Concern(**values | {"reference": f"C-{one}", "submit_key": f"c{one}"}) for one in numbers]
        await unit.insert_rows(rows)
        for theme in ("", "education"):
            cluster = Cluster(group_id=ids["qsg"], provider_id=ids["vale"], theme=theme, changed_at=MONDAY)
            unit.add(cluster)
            await unit.flush()
            await unit.insert_rows([_member(cluster.key, one, ids["org:cqc"]) for one in numbers[1:]])
    await settle(store)


def _member(cluster_id: int, number: int, organisation_id: int) -> ClusterMember:
    return ClusterMember(
        cluster_id=cluster_id,
        source=f"c{number}",
        concern_id=number,
        organisation_id=organisation_id,
        event_on=MONDAY.date(),
        added_at=MONDAY,
    )


async def _join(world: World) -> None:
    """The first concern leaves its clusters and joins them again."""
    async with world.bot.store.begin() as unit:
        await leave_clusters(unit, 1)
        await note_concern(unit, 1, now=MONDAY, rules=world.bot.work.rules)


async def _seconds(world: World, looks: int) -> list[float]:
    taken = []
    for _ in range(looks):
        began = time.perf_counter()
        await _join(world)
        taken.append(time.perf_counter() - began)
    return taken


async def _statements(world: World) -> int:
    with counted(world.bot.store) as sent:
        await _join(world)
    return len(sent)
