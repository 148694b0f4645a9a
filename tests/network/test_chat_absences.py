"""Absences said in chat and those of the network file stand side by side: neither undoes the other."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.files.network import Network
from bot.files.network_check import load_network
from bot.services.network_compare import Act
from bot.store.people import away
from bot.store.tables import Absence, Person
from bot.store.unit import Store
from tests.files.test_network_file import EXAMPLE
from tests.network.test_loading import MONDAY, TUESDAY, changed, load

STARTS = datetime(2026, 11, 16, tzinfo=UTC)
UNTIL = datetime(2026, 12, 8, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ENTRY = "        absences: [{from: 2026-11-16, until: 2026-12-07}]\n"


@pytest.fixture
def example() -> Network:
    return load_network(EXAMPLE)


async def absences(store: Store) -> list[Absence]:
    async with store.look() as unit:
        return list(await unit.all(select(Absence).order_by(col(Absence.id))))


async def say(store: Store, starts_at: datetime, until: datetime) -> None:
    """The person whom the example has away says the same, or other days, in chat."""
    async with store.begin() as unit:
        (of_file,) = await unit.all(select(Absence))
        key = of_file.person_id
        unit.add(Absence(person_id=key, starts_at=starts_at, until=until, said_in_chat=True, said_by_id=key))


async def say_back(store: Store) -> None:
    async with store.begin() as unit:
        for one in await unit.all(select(Absence)):
            one.back_at = NOW
            unit.add(one)


async def is_away(store: Store, moment: datetime) -> bool:
    async with store.look() as unit:
        (key,) = await unit.all(select(col(Person.id)).where(Person.name == "Tobias Wrenfield"))
        assert key is not None
        return key in await away(unit, [key], moment, moment.date())


@pytest.mark.parametrize("starts_at", [STARTS, STARTS + timedelta(days=30)], ids=["from the same day", "from another"])
async def test_what_was_said_in_chat_is_not_the_file_s(store: Store, example: Network, starts_at: datetime) -> None:
    await load(store, example)
    await say(store, starts_at, starts_at + timedelta(days=40))
    before = [one.model_dump() for one in await absences(store)]
    assert (await load(store, example, TUESDAY)).changes == ()
    assert [one.model_dump() for one in await absences(store)] == before


async def test_taken_out_of_the_file_it_is_still_said(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    await say(store, STARTS, UNTIL)
    assert len((await load(store, changed(tmp_path, (ENTRY, "")), TUESDAY)).lines(Act.ENDED)) == 1
    assert await is_away(store, NOW)


async def test_the_file_adds_what_was_said_before_it(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, changed(tmp_path, (ENTRY, "")))
    async with store.begin() as unit:
        (key,) = await unit.all(select(col(Person.id)).where(Person.name == "Tobias Wrenfield"))
        assert key is not None
        unit.add(Absence(person_id=key, starts_at=STARTS, until=UNTIL, said_in_chat=True, said_by_id=key))
    done = await load(store, example)
    assert done.lines(Act.ADDED) == ["absence of Tobias Wrenfield (GMC) from 16 November 2026"]
    assert sorted(one.said_in_chat for one in await absences(store)) == [False, True]


async def test_loading_does_not_send_away_who_is_back(store: Store, example: Network) -> None:
    await load(store, example)
    assert await is_away(store, NOW)
    await say_back(store)
    assert (await load(store, example, TUESDAY)).changes == ()
    assert not await is_away(store, NOW)


async def test_other_days_in_the_file_are_another_absence(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    await say_back(store)
    (line,) = (await load(store, changed(tmp_path, ("until: 2026-12-07", "until: 2026-12-09")), TUESDAY)).changes
    assert "back on 8 December 2026 becomes 10 December 2026" in line.words
    assert "said to be back 24 November 2026 at 09:00 becomes none" in line.words
    assert await is_away(store, NOW)


async def test_who_is_back_is_not_ended_by_the_file_again(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example, MONDAY)
    await say_back(store)
    assert (await load(store, changed(tmp_path, (ENTRY, "")), TUESDAY)).changes == ()
    assert (await load(store, example, TUESDAY)).changes == ()
    assert not await is_away(store, NOW)
