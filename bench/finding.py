"""Finding a provider by what is typed, in a large directory beside a small one."""

import random
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import islice

from bench.counts import Counts
from bench.databases import Databases, settle
from bench.figures import Section, spread
from bot.store.migrate import migrate
from bot.store.providers import add_providers, find_or_guess
from bot.store.tables import Provider
from bot.store.unit import Store

PLACES = [
    f"{first}{last}"
    for first in ("North", "Marsh", "Avon", "Hazel", "King", "Brad", "Ash", "Oak", "Stan", "Whit", "Red", "Cal")
    for last in ("gate", "ham", "ton", "ley", "ford", "field", "wick", "bury", "mere", "stead", "dale", "by")
]
SAINTS = ("Mary", "John", "Luke", "Anne", "Peter", "Hugh", "Bede", "Chad", "Cuthbert", "Helen")
KINDS = ("Care Home", "Surgery", "Medical Centre", "Dental Practice", "Nursing Home", "Health Centre", "Lodge")
WHOLES = ("Community Hospital", "University Hospital", "NHS Foundation Trust", "Care Services Limited")
# As typed, letter by letter or word by word: rare, common, several words, a former name, a postcode, a code, nothing.
TYPED = (
    "nor",
    "northga",
    "care",
    "care home",
    "university hospital",
    "st marys",
    "surgery kingsham",
    "hosp oak",
    "trust",
    "formerly",
    "zz12 3",
    "B0042",
    "community hospital ashford",
    "dental practice caldale",
    "dental surgery",  # both common, never together
    "no such place",
    "z",
    "nortgaet surgery",  # misspelt: its words are read as the nearest
)
BATCH = 5_000


def providers(count: int) -> Iterator[Provider]:
    """Invented providers, the same on every run, with words as unevenly spread as in the real directories."""
    chance = random.Random(20261121)  # noqa: S311  # for variety, not for secrets
    for number in range(count):
        place = chance.choice(PLACES)
        saint = f"St {chance.choice(SAINTS)}’s " if chance.random() < 0.3 else ""
        kind = chance.choice(KINDS) if chance.random() < 0.9 else chance.choice(WHOLES)
        yield Provider(
            code=f"B{number:06}",
            name=f"{place} {saint}{kind}",
            former_names=f"Formerly {chance.choice(PLACES)} {kind}" if chance.random() < 0.05 else "",
            town=chance.choice(PLACES),
            postcode=f"ZZ{chance.randrange(1, 99)} {chance.randrange(9)}{''.join(chance.sample('ABDEFGH', 2))}",
        )


async def measure(databases: Databases, counts: Counts) -> Section:
    section = Section("A provider found while typing")
    for kind in databases.kinds:
        async with AsyncExitStack() as stack:
            stores = []
            for size in (counts.large_directory, counts.small_directory):
                stores.append(await open_directory(databases.new(kind), size))
                stack.push_async_callback(stores[-1].close)
            large, small = await _times(stores, counts.searches)
            section.lines += spread(
                f"among {counts.large_directory:,}", kind, large, f"among {counts.small_directory:,}", small, (50, 95)
            )
    return section


async def open_directory(url: str, size: int) -> Store:
    store = Store(url)
    await migrate(store)
    rows = providers(size)
    while batch := list(islice(rows, BATCH)):
        async with store.begin() as unit:
            await add_providers(unit, batch)
    await settle(store)
    return store


async def _times(stores: list[Store], searches: int) -> list[list[float]]:
    """Every typed text in turn, in each directory in turn."""
    seconds: list[list[float]] = [[] for _ in stores]
    for number in range(-len(TYPED), searches):
        words = TYPED[number % len(TYPED)]
        for store, own in zip(stores, seconds, strict=True):
            began = time.perf_counter()
            async with store.look() as unit:
                await find_or_guess(unit, words, limit=30)
            if number >= 0:  # the first round fills the caches
                own.append(time.perf_counter() - began)
    return seconds
