"""Writing the journal on real databases: without a gap, with everything else or not at all, each group by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import text, update

from bot.domain.handling import Viewer
from bot.domain.terms import Tier
from bot.store.journal import head, hold_chain, record, record_shown, seal
from bot.store.tables import Action, Concern, Group, JournalEntry
from bot.store.unit import DatabaseAway, RowRefused, Store, Unit
from bot.store.witnesses import exported, heads
from tests.audit.chains import problems
from tests.audit.journals import NOW, lengths, lines_of
from tests.store.rows import organisation, person

GROUPS = 3


@pytest.fixture
async def store(store: Store) -> Store:
    async with store.begin() as unit:
        unit.add(*(Group(id=key, slug=f"g{key}", name=f"Group {key}", tier=Tier.LOCAL) for key in range(1, GROUPS + 1)))
    return store


def write(unit: Unit, group_id: int | None, act: str = "concern read", **facts: int | str) -> None:
    record(unit, act, by=None, now=NOW, group_id=group_id, **facts)


async def test_a_unit_of_many_groups_is_one_stretch_of_each(store: Store):
    for _ in range(2):
        async with store.begin() as unit:
            for group_id in (3, None, 1, 3):
                write(unit, group_id)
    assert await lengths(store) == {"g1": 2, "g3": 4, "network": 2}


async def test_an_organisations_own_acts_have_a_chain_of_their_own(store: Store):
    async with store.begin() as unit:
        body = await organisation(unit, "cqc")
        ann = await person(unit, "ann", body.key)
        record(unit, "refused", by=None, now=NOW)
        record(unit, "refused", by=Viewer(ann.key, "Ann", body.key, "CQC", ()), now=NOW)
        record(unit, "concern read", by=Viewer(ann.key, "Ann", body.key, "CQC", ()), now=NOW, group_id=2)
    assert await lengths(store) == {"g2": 1, f"o{body.key}": 1, "network": 1}


@pytest.mark.parametrize("fails", [False, True], ids=["saved", "rolled back"])
async def test_what_is_rolled_back_leaves_no_gap(store: Store, fails: bool):
    with suppress(ZeroDivisionError):
        async with store.begin() as unit:
            write(unit, 1)
            await seal(unit)
            if fails:
                raise ZeroDivisionError
    async with store.begin() as unit:
        write(unit, 1)
    assert await lengths(store) == {"g1": 1 if fails else 2}


async def test_a_journal_that_cannot_be_written_saves_nothing(store: Store):
    async def save() -> None:
        async with store.begin() as unit:
            unit.add(Group(slug="new", name="New", tier=Tier.LOCAL))
            write(unit, 999)  # there is no such group

    with pytest.raises(RowRefused):
        await save()
    async with store.look() as unit:
        assert await unit.rows(text("SELECT 1 FROM watch_group WHERE slug = 'new'")) == []
    assert await lengths(store) == {}


async def test_sealing_gives_the_head_within_the_unit(store: Store):
    async with store.begin() as unit:
        write(unit, 1)
        await seal(unit)
        number, digest = await head(unit, "g1")
        write(unit, 1)
    lines = await lines_of(store)
    assert (number, digest, len(lines)) == (1, lines[0].hash, 2)
    await lengths(store)


async def test_writers_at_once_share_a_chain_in_order(store: Store, database_url: str):
    replica = Store(database_url)

    async def several(by: Store, group_id: int) -> None:
        for _ in range(5):
            async with by.begin() as unit:
                write(unit, group_id)
                write(unit, 3)

    await asyncio.gather(*(several(by, group_id) for by in (store, replica) for group_id in (1, 2)))
    await replica.close()
    assert await lengths(store) == {"g1": 10, "g2": 10, "g3": 20}


@asynccontextmanager
async def left_open(store: Store, group_id: int) -> AsyncIterator[Unit]:
    """A unit that has sealed an entry of that group and is still open."""
    async with store.begin() as unit:
        write(unit, group_id)
        await seal(unit)
        yield unit


POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@POSTGRES
async def test_groups_do_not_wait_for_one_another(store: Store):
    async with asyncio.timeout(20), left_open(store, 1), left_open(store, 2):
        pass  # were there one lock, the second could not be sealed while the first is open
    assert await lengths(store) == {"g1": 1, "g2": 1}


@POSTGRES
async def test_one_group_does_wait(store: Store):
    order: list[str] = []

    async def second() -> None:
        async with left_open(store, 1):
            order.append("second")

    async with left_open(store, 1):
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.3)
        order.append("first")
    await waiting
    assert order == ["first", "second"]
    assert await lengths(store) == {"g1": 2}


@POSTGRES
async def test_a_chain_that_stays_held_is_given_up(store: Store):
    async with store.begin() as holder:
        await hold_chain(holder, "g1")
        with pytest.raises(DatabaseAway):
            async with left_open(store, 1):
                pass
    assert await lengths(store) == {}


async def test_erasing_facts_keeps_the_chain(store: Store):
    async with store.begin() as unit:
        for place in range(3):
            write(unit, 1, place=place)
    async with store.begin() as unit:
        await unit.write(update(JournalEntry).where(JournalEntry.number == 2).values(facts=None, salt=None))
    assert await lengths(store) == {"g1": 3}
    assert [line.facts for line in await lines_of(store)] == [{"place": 0}, None, {"place": 2}]


async def test_an_edit_in_the_database_is_found(store: Store):
    async with store.begin() as unit:
        for _ in range(3):
            write(unit, 1)
    async with store.begin() as unit:
        await unit.write(update(JournalEntry).where(JournalEntry.number == 2).values(act="nothing at all"))
    (found,) = problems(await lines_of(store))
    assert found.startswith("g1, entry 2: it was edited")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(some.lists(some.sampled_from([None, 1, 2, 3]), max_size=4), max_size=6))
def test_any_units_in_any_order_make_sound_chains(database_url: str, units: list[list[int | None]]):
    async def run() -> None:
        store = Store(database_url)
        async with store.begin() as unit:
            await unit.write(JournalEntry.__table__.delete())
            if not await unit.rows(text("SELECT 1 FROM watch_group")):
                unit.add(*(Group(id=key, slug=f"g{key}", name="G", tier=Tier.LOCAL) for key in range(1, GROUPS + 1)))

        async def one(groups: list[int | None]) -> None:
            async with store.begin() as unit:
                for group_id in groups:
                    write(unit, group_id)

        await asyncio.gather(*map(one, units))
        written = [group_id for groups in units for group_id in groups]
        expected = {f"g{key}" if key else "network": written.count(key) for key in set(written)}
        assert await lengths(store) == expected
        await store.close()

    asyncio.run(run())


def shown(group_id: int, keys: range) -> list[Concern]:
    return [Concern.model_construct(id=key, group_id=group_id) for key in keys]


async def test_what_was_shown_is_an_entry_for_each_group(store: Store):
    rows = [*shown(1, range(1, 3)), *shown(2, range(3, 4)), Action.model_construct(id=9, group_id=1)]
    async with store.begin() as unit:
        record_shown(unit, "shown", rows, by=None, now=NOW, where="here")
        record_shown(unit, "shown", [], by=None, now=NOW, where="nowhere")
    entries = [(line.entry.chain, line.entry.subject_kind, line.entry.subject_id) for line in await lines_of(store)]
    assert entries == [("g1", "action", 9), ("g1", "concern", None), ("g2", "concern", 3)]
    assert [line.facts["ids"] for line in await lines_of(store)] == ["9", "1,2", "3"]


async def test_a_long_list_is_several_entries(store: Store):
    async with store.begin() as unit:
        record_shown(unit, "shown", shown(1, range(1, 252)), by=None, now=NOW, where="here")
    lines = await lines_of(store)
    assert [len(line.facts["ids"].split(",")) for line in lines] == [100, 100, 51]
    assert [int(one) for line in lines for one in line.facts["ids"].split(",")] == list(range(1, 252))


async def test_a_chain_is_exported_in_batches_up_to_its_head(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.store.witnesses.BATCH", 3)
    async with store.begin() as unit:
        for _ in range(7):
            write(unit, 1)
        write(unit, 2)
    async with store.look() as unit:
        first, second = await heads(unit)
        batches = [[line.entry.number for line in batch] async for batch in exported(unit, first)]
        assert [one.chain for one in await heads(unit, "g2")] == ["g2"] == [second.chain]
    assert batches == [[1, 2, 3], [4, 5, 6], [7]]
