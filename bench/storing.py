"""Submissions stored a second, beside bare commits of one row as wide through the same engine and driver."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any

from sqlalchemy import Column, MetaData, Table, insert

from bench.counts import Counts
from bench.databases import Databases, counted
from bench.figures import Line, Section
from bot.domain.concern import Draft
from bot.domain.handling import Identity, Viewer
from bot.domain.terms import Audience, ConcernState, Directness, Lineage, Marking, Reliability, Urgency, Wanted
from bot.services.concerns import raise_concern
from bot.store.people import viewer_of
from bot.store.tables import Concern
from bot.store.unit import Store, Unit
from tests.world import MONDAY, World, chat_id, open_world

BLOCKS = 4
Act = Callable[[int], Awaitable[None]]


class WideRow:
    """A table with the columns of a concern, without its keys and indexes, and a commit of one row of it."""

    def __init__(self, store: Store) -> None:
        columns = (Column(c.name, c.type, primary_key=c.primary_key) for c in Concern.__table__.columns)
        self.table = Table("bench_row", MetaData(), *columns)
        self._engine = store.engine.execution_options(soundings_writes=True)
        # As the store does: SQLite has one writer, and its own waiting is neither fair nor quick.
        self._writer = asyncio.Lock() if store.dialect == "sqlite" else None
        self._values = concern_values(1, 1, 1) | {"provider_id": 1}
        for own in ("id", "reference", "submit_key"):
            self._values.pop(own, None)

    @classmethod
    async def create(cls, store: Store) -> "WideRow":
        row = cls(store)
        async with row._engine.begin() as connection:
            await connection.run_sync(row.table.create)
        return row

    async def commit(self, number: int = 0) -> None:
        """Insert one row in a transaction of its own."""
        own = {"reference": f"C-{number:06}", "submit_key": f"V{number:09}"}
        async with self._writer or nullcontext(), self._engine.begin() as connection:
            await connection.execute(insert(self.table).values(**self._values, **own))


def concern_values(group_id: int, person_id: int, organisation_id: int) -> dict[str, Any]:
    """A concern's columns, for putting rows in without going through the services."""
    return Concern(
        reference="",
        submit_key="",
        group_id=group_id,
        headline="Trainees left without a senior at night",
        details="Three trainees said so, each on their own. " * 10,
        theme="education",
        source="learners",
        reliability=Reliability.UNTESTED,
        directness=Directness.INDIRECT,
        lineage=Lineage.OWN,
        urgency=Urgency.ROUTINE,
        wanted=Wanted.DISCUSSION,
        audience=Audience.GROUP,
        marking=Marking.AMBER_STRICT,
        event_on=MONDAY.date(),
        raised_by_id=person_id,
        organisation_id=organisation_id,
        raised_at=MONDAY,
        active_at=MONDAY,
        state=ConcernState.SUBMITTED,
    ).model_dump(exclude={"id"})


async def measure(databases: Databases, counts: Counts) -> Section:
    section = Section("Submissions stored")
    for kind in databases.kinds:
        async with open_world(databases.new(kind)) as world:
            raising, row = await submitting(world), await WideRow.create(world.bot.store)
            with counted(world.bot.store) as sent:
                await raising(-1)
            section.notes.append(f"{kind}: a submission is {len(sent)} statements and a commit; a bare row is one.")
            await row.commit(-1)
            for tasks in (1, counts.tasks):
                what = "one after another" if tasks == 1 else f"by {tasks} tasks at once"
                ours, theirs = await rates(raising, row.commit, counts.stored, tasks)
                section.lines.append(Line(f"stored {what}", kind, ours, "bare one-row commits", theirs, "/s"))
    return section


async def submitting(world: World, then: Callable[[Unit], None] = lambda _: None) -> Act:
    """Raise a concern with everything that belongs to it, in a unit of its own, as the form's listener does."""
    store, rules = world.bot.store, world.bot.work.rules
    today = rules.today(world.now)
    async with store.look() as unit:
        viewer = await viewer_of(unit, Identity("slack", "T0SOUND", chat_id("inspector")), today)
    assert viewer is not None
    draft = _draft(world, viewer)

    async def act(number: int) -> None:
        async with store.begin() as unit:
            await raise_concern(unit, draft, by=viewer, key=f"S{number}", now=world.now, rules=rules)
            then(unit)

    return act


def _draft(world: World, viewer: Viewer) -> Draft:
    typed = concern_values(viewer.group_ids[0], viewer.person_id, viewer.organisation_id)
    known = {name: typed[name] for name in Draft.__dataclass_fields__ if name in typed}
    return Draft(**known | {"provider_id": world.ids["northgate"]})


async def rates(ours: Act, theirs: Act, count: int, tasks: int) -> tuple[float, float]:
    """How many of each are done a second, in alternating blocks."""
    spent = [0.0, 0.0]
    numbers = iter(range(tasks * 1_000_000, tasks * 1_000_000 + 2 * count))
    block = count // BLOCKS
    for turn in range(BLOCKS):
        for which in (0, 1) if turn % 2 else (1, 0):
            own = [next(numbers) for _ in range(block)]
            spent[which] += await _seconds((ours, theirs)[which], own, tasks)
    return block * BLOCKS / spent[0], block * BLOCKS / spent[1]


async def _seconds(act: Act, numbers: list[int], tasks: int) -> float:
    async def some(own: list[int]) -> None:
        for number in own:
            await act(number)

    began = time.perf_counter()
    await asyncio.gather(*(some(numbers[first::tasks]) for first in range(tasks)))
    return time.perf_counter() - began
