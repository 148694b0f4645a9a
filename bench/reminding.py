"""What a morning of reminders costs: all of them due at nine, of few owners with many actions and of many with one."""

import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bench.counts import Counts
from bench.databases import Databases, counted, settle
from bench.figures import MILLISECONDS, Line, Section, spread
from bench.seeding import insert
from bot.schedules.reminders import copies, remind
from bot.store.outbox import depths
from bot.store.tables import Action, Person
from tests.world import MONDAY, World, open_world

NINE = MONDAY + timedelta(hours=1)
EARLIER = NINE - timedelta(minutes=5)
ACTIONS_EACH = (10, 1)
LESS = 10
LOOKS = 30  # idle ticks of each kind, at most


@dataclass
class Morning:
    """What it took to remind everybody, and to look when nobody is due: before nine, and after."""

    owners: int
    seconds: float = 0.0
    statements: int = 0
    before: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    copies: list[float] = field(default_factory=list)


async def measure(databases: Databases, counts: Counts) -> Section:
    section = Section("A morning of reminders")
    for kind in databases.kinds:
        for each in ACTIONS_EACH:
            async with AsyncExitStack() as stack:
                sizes = (counts.reminded // each, counts.reminded // each // LESS)
                worlds = [await stack.enter_async_context(open_world(databases.new(kind))) for _ in sizes]
                for world, owners in zip(worlds, sizes, strict=True):
                    await _seed(world, owners, each)
                mornings = [Morning(owners) for owners in sizes]
                await _walk(worlds, mornings, min(counts.looks, LOOKS))
                section.lines += _lines(kind, each, *mornings)
    return section


async def _walk(worlds: list[World], mornings: list[Morning], looks: int) -> None:
    pairs = list(zip(worlds, mornings, strict=True))
    for _ in range(looks + 1):
        for world, own in pairs:
            own.before.append(await _timed(world, EARLIER))
    for world, own in pairs:
        with counted(world.bot.store) as sent:
            own.seconds = await _timed(world, NINE)
        own.statements = len(sent)
        async with world.bot.store.look() as unit:
            assert (await depths(unit))["queued"] == own.owners
    for _ in range(looks + 1):
        for world, own in pairs:
            own.after.append(await _timed(world, NINE + timedelta(minutes=1)))
            own.copies.append(await _timed(world, NINE + timedelta(minutes=1), copies))


async def _timed(world: World, moment: Any, tick: Any = remind) -> float:
    world.pg.clock.set(moment)
    began = time.perf_counter()
    await tick(world.bot.work)
    return time.perf_counter() - began


def _lines(kind: str, each: int, large: Morning, small: Morning) -> Iterator[Line]:
    what = f"{large.owners:,} owners × {each}"
    there = f"{small.owners:,} owners"
    yield Line(f"remind all, {what}", kind, large.seconds, there, small.seconds, "s")
    per = [own.seconds / own.owners * 1000 for own in (large, small)]
    yield Line(f"remind, each of {what}", kind, per[0], there, per[1], MILLISECONDS)
    statements = [own.statements / own.owners for own in (large, small)]
    yield Line(f"remind, each of {what}", kind, statements[0], there, statements[1], "statements")
    for name, ours, theirs in (
        ("before nine", large.before, small.before),
        ("after nine", large.after, small.after),
        ("copies, after nine", large.copies, small.copies),
    ):
        yield from spread(f"nobody due, {name}, {what}", kind, ours[1:], there, theirs[1:], (50,))


async def _seed(world: World, owners: int, each: int) -> None:
    first = max(world.ids[slug] for slug in ("dean", "chair", "leaver", "matron")) + 1
    store = world.bot.store
    await insert(store, Person, list(_people(world, first, owners)))
    await insert(store, Action, list(_actions(world, first, owners, each)))
    await settle(store)


def _people(world: World, first: int, owners: int) -> Iterator[dict[str, Any]]:
    values = Person(slug="", name="An owner", organisation_id=world.ids["org:hee"], workspace="T0SOUND").model_dump()
    for number in range(first, first + owners):
        yield {**values, "id": number, "slug": f"owner-{number}", "chat_user": f"U_{number}"}


def _actions(world: World, first: int, owners: int, each: int) -> Iterator[dict[str, Any]]:
    """Due over the next week, and all to be reminded of today."""
    values = Action(
        reference="",
        submit_key="",
        group_id=world.ids["qsg"],
        issue="Confirm senior cover at night",
        owner_id=0,
        owner_organisation_id=world.ids["org:hee"],
        raised_by_id=world.ids["chair"],
        raised_on=MONDAY.date(),
        due_on=MONDAY.date(),
        remind_on=MONDAY.date(),
    ).model_dump(exclude={"id"})
    for number in range(owners * each):
        own = {"owner_id": first + number // each, "due_on": MONDAY.date() + timedelta(days=number % 8)}
        yield {**values, **own, "reference": f"A-{number:06}", "submit_key": f"a{number}"}
