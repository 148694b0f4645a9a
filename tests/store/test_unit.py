"""The unit of work: all or nothing, once, never over somebody else's change, and honest when the database is away."""

import asyncio
import socket
import threading
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlmodel import col, select

from bot.domain.handling import Viewer
from bot.domain.terms import Marking, OrganisationKind
from bot.errors import ChangedMeanwhile
from bot.store.migrate import is_current, migrate
from bot.store.outbox import Telling, tell
from bot.store.tables import ConcernAudience, Group, JournalEntry, Organisation
from bot.store.unit import DatabaseAway, RowRefused, Store, Unit
from bot.store.visibility import audience_of, channel_concerns, visible_concerns
from tests.store.rows import NOW, TODAY, concern, entry, group, organisation, person


class Stumbled(Exception):
    """Something of ours went wrong in the middle."""


async def saving(store: Store, act: Callable[[Unit], Awaitable[object]]) -> None:
    async with store.begin() as unit:
        await act(unit)


async def slugs(store: Store) -> list[str]:
    async with store.look() as unit:
        return sorted(await unit.all(select(Organisation.slug)))


async def test_leaving_a_unit_saves_it(store: Store):
    async with store.begin() as unit:
        await organisation(unit, "cqc")
    assert await slugs(store) == ["cqc"]


async def test_an_error_saves_nothing(store: Store):
    async def stumble(unit: Unit) -> None:
        await organisation(unit, "cqc")
        await unit.insert_once(entry())
        raise Stumbled

    with pytest.raises(Stumbled):
        await saving(store, stumble)
    assert await slugs(store) == []


async def test_a_late_failure_saves_nothing(store: Store):
    async def name_nobody(unit: Unit) -> None:
        await organisation(unit, "cqc")
        unit.add(entry(person_id=999_999))  # found out only at the commit

    with pytest.raises(RowRefused):
        await saving(store, name_nobody)
    assert await slugs(store) == []


async def test_cancelling_saves_nothing(store: Store):
    reached = asyncio.Event()

    async def linger(unit: Unit) -> None:
        await organisation(unit, "cqc")
        reached.set()
        await asyncio.Event().wait()

    lingering = asyncio.create_task(saving(store, linger))
    await reached.wait()
    lingering.cancel()
    await asyncio.wait([lingering])
    assert lingering.cancelled()
    async with store.begin() as unit:
        await organisation(unit, "gmc")
    assert await slugs(store) == ["gmc"]


async def test_looking_never_saves(store: Store):
    async with store.look() as unit:
        await organisation(unit, "cqc")
        assert await unit.all(select(Organisation.slug)) == ["cqc"]
    assert await slugs(store) == []


def body_named(act: str) -> Organisation:
    return Organisation(slug="cqc", name=act, short_name="CQC", kind=OrganisationKind.OVERSIGHT)


async def test_inserting_once_keeps_the_first(store: Store):
    async with store.begin() as unit:
        assert await unit.insert_once(body_named("first"))
        assert not await unit.insert_once(body_named("second"))
        await organisation(unit, "gmc")  # the duplicate has not spoiled the unit
    async with store.begin() as unit:
        assert not await unit.insert_once(body_named("third"))
        assert await unit.all(select(Organisation.name).order_by(Organisation.slug)) == ["first", "gmc"]


async def test_two_units_insert_once_between_them(store: Store, kept_url: str):
    replica = Store(kept_url)

    async def insert(by: Store) -> bool:
        async with by.begin() as unit:
            new = await unit.insert_once(body_named("once"))
            found = await unit.all(select(Organisation.slug))
        assert found == ["cqc"]
        return new

    new = await asyncio.gather(*(insert(by) for by in (store, replica, store, replica)))
    await replica.close()
    assert sorted(new) == [False, False, False, True]


async def test_the_slower_of_two_changes_is_refused(store: Store):
    async with store.begin() as unit:
        key = (await group(unit, "qsg")).key
    async with store.look() as unit:
        stale = await unit.get(Group, key)
    async with store.begin() as unit:
        (await unit.get(Group, key)).name = "Quicker"
    stale.name = "Slower"

    async def save_stale(unit: Unit) -> None:
        await organisation(unit, "cqc")
        unit.add(stale)

    with pytest.raises(ChangedMeanwhile, match="Your change was not saved"):
        await saving(store, save_stale)
    async with store.look() as unit:
        assert (await unit.get(Group, key)).name == "Quicker"
    assert await slugs(store) == []


async def test_no_change_is_lost_between_replicas(store: Store, kept_url: str):
    async with store.begin() as unit:
        key = (await group(unit, "qsg", name="")).key
    replica = Store(kept_url)

    async def extend(by: Store) -> int:
        with suppress(ChangedMeanwhile):
            async with by.begin() as unit:
                (await unit.get(Group, key)).name += "+"
            return 1
        return 0

    changed = await asyncio.gather(*(extend(by) for by in (store, replica) * 3))
    await replica.close()
    async with store.look() as unit:
        row = await unit.get(Group, key)
    assert row.name == "+" * sum(changed)
    assert row.version == 1 + sum(changed)
    assert sum(changed) >= 1


@pytest.mark.parametrize("fails", [False, True], ids=["saved", "rolled back"])
async def test_the_bell_rings_for_saved_news_only(kept_url: str, store: Store, fails: bool):
    rung: list[str] = []
    ringing = Store(kept_url, bell=lambda: rung.append("ding"))
    async with ringing.begin() as unit:
        await organisation(unit, "cqc")
    assert rung == []
    with suppress(Stumbled):
        async with ringing.begin() as unit:
            await tell(unit, Telling("people.stranger", {"user": "U9"}), NOW)
            assert rung == []
            if fails:
                raise Stumbled
    await ringing.close()
    assert rung == ([] if fails else ["ding"])


async def test_a_moment_without_a_zone_is_refused(store: Store):
    naive = entry(at=datetime(2026, 11, 23), act="CANARY")  # noqa: DTZ001
    with pytest.raises(StatementError, match="a moment needs a time zone") as error:
        await saving(store, lambda unit: unit.insert_once(naive))
    assert "CANARY" not in str(error.value)


MOMENTS = {
    "utc": datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=UTC),
    "london in summer": datetime(2026, 7, 6, 9, tzinfo=ZoneInfo("Europe/London")),
    "the hour that comes twice": datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/London"), fold=1),
    "far east": datetime(2026, 11, 23, 2, tzinfo=timezone(timedelta(hours=9))),
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
async def test_a_moment_comes_back_as_utc(store: Store, moment: datetime):
    async with store.begin() as unit:
        unit.add(entry(at=moment))
    async with store.look() as unit:
        (kept,) = await unit.all(select(JournalEntry.at))
        asked = select(JournalEntry.act).where(col(JournalEntry.at) == moment.astimezone(timezone(timedelta(hours=-5))))
        assert await unit.all(asked) == ["x"]
    assert kept == moment.astimezone(UTC)
    assert kept.utcoffset() == timedelta(0)


@pytest.mark.parametrize("unknown", ["TLP:AMBER", "TLP:CLEAR", "tlp:green", ""])
async def test_an_unknown_marking_is_as_strict_as_red(store: Store, unknown: str):
    async with store.begin() as unit:
        cqc, gmc = await organisation(unit, "cqc"), await organisation(unit, "gmc")
        where, raiser = await group(unit, "qsg"), await person(unit, "ann", cqc.key)
        row = await concern(unit, "C-1", raised_by_id=raiser.key, organisation_id=cqc.key, group_id=where.key)
        unit.add(ConcernAudience(concern_id=row.key, organisation_id=gmc.key, basis="chosen", shared_at=NOW))
        await unit.flush()
        await unit.write(text("UPDATE concern SET marking = :marking").bindparams(marking=unknown))
    readers = {
        "raiser": Viewer(raiser.key, "Ann", cqc.key, "CQC", ()),
        "colleague": Viewer(0, "Bo", cqc.key, "CQC", ()),
        "recipient": Viewer(0, "Cy", gmc.key, "GMC", ()),
    }
    async with store.look() as unit:
        seen = {name for name, who in readers.items() if await unit.all(visible_concerns(who, TODAY))}
        (kept,) = await unit.all(visible_concerns(readers["raiser"], TODAY))
        assert await unit.all(channel_concerns(where.key)) == []
        assert len(await unit.all(audience_of(row.key))) == 1
    assert seen == {"raiser"}
    assert kept.marking is Marking.RED


@pytest.fixture
def away_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that is not there."""
    if request.param == "postgres":
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            return f"postgresql://ann:secret@127.0.0.1:{nobody.getsockname()[1]}/soundings"
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    return f"sqlite:///{tmp_path / 'file' / 'soundings.db'}"


async def begin(store: Store) -> None:
    await saving(store, lambda unit: unit.all(select(Organisation)))


async def look(store: Store) -> None:
    async with store.look() as unit:
        await unit.all(select(Organisation))


@pytest.mark.parametrize("away_url", ["postgres", "sqlite"], indirect=True, ids=["closed port", "unwritable path"])
@pytest.mark.parametrize("act", [begin, look, migrate, is_current], ids=["begin", "look", "migrate", "is_current"])
async def test_a_database_away_is_said_so(away_url: str, act):
    store, before = Store(away_url), set(threading.enumerate())
    with pytest.raises(DatabaseAway) as error:
        await act(store)
    await store.close()
    assert "secret" not in str(error.value)
    for worker in set(threading.enumerate()) - before:
        worker.join(5)  # the driver's own, which would otherwise speak to a loop that is closed


@pytest.mark.parametrize("kept_url", ["postgres"], indirect=True, scope="module")  # a file has no connection to lose
async def test_a_lost_connection_is_opened_again(store: Store):
    cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()")

    async def be_cut_off(unit: Unit) -> None:
        await organisation(unit, "cqc")
        await unit.rows(cut)

    with pytest.raises(DatabaseAway):
        await saving(store, be_cut_off)
    assert await slugs(store) == []


async def test_a_refused_row_is_not_repeated(store: Store):
    async def save_without_theme(unit: Unit) -> None:
        cqc = await organisation(unit, "cqc")
        raiser, where = await person(unit, "ann", cqc.key), await group(unit, "qsg")
        own = {"raised_by_id": raiser.key, "organisation_id": cqc.key, "group_id": where.key}
        await concern(unit, "C-1", headline="CANARY", theme=None, **own)

    with pytest.raises(RowRefused, match="INSERT INTO concern") as error:
        await saving(store, save_without_theme)
    assert "CANARY" not in "".join(traceback.format_exception(error.value))
