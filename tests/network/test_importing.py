"""Importing a directory of some thousand rows, bad ones among them, on both databases."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.files.directory_shape import DirectoryShape
from bot.files.located import MistakesFound
from bot.services.providers import Imported, import_providers
from bot.store.providers import find_providers
from bot.store.tables import JournalEntry, Provider
from bot.store.unit import Store

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SHAPE = DirectoryShape.model_validate(
    {
        "columns": {
            "code": "code",
            "name": "name",
            "town": "town",
            "parent": "parent",
            "parent name": "parent name",
            "ends": "ends",
        }
    }
)
HEADINGS = ["code", "name", "town", "parent", "parent name", "ends"]


def write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    return path


def directory(count: int) -> list[list[str]]:
    """Sites first and providers last, so that no parent is there yet when its site comes."""
    sites = [[f"S{n:04}", f"Site {n:04} Lodge", "Marram", f"P{n % 50:02}", "", ""] for n in range(count)]
    return [*sites, *([f"P{n:02}", f"Provider {n:02}", "Vale", "", "", ""] for n in range(50))]


async def load(store: Store, path: Path) -> Imported:
    return await import_providers(store, path, SHAPE, lambda done, size: None, NOW)


async def by_code(store: Store, code: str) -> Provider:
    async with store.look() as unit:
        found = await unit.first(select(Provider).where(Provider.code == code))
    assert found
    return found


async def test_good_rows_are_kept_and_bad_ones_told(store: Store, tmp_path: Path) -> None:
    rows = directory(2500)
    rows[10][1] = ""
    rows[1500][0] = "S0001"
    rows[2400][5] = "soon"
    done = await load(store, write(tmp_path / "d.csv", rows))
    assert (done.added, done.changed, done.unchanged, done.refused) == (2547, 0, 0, 3)
    assert [(m.line, m.field) for m in done.mistakes] == [(12, "name"), (1502, "code"), (2402, "ends")]
    assert done.linked == 2497
    site = await by_code(store, "S2499")
    assert site.parent_id == (await by_code(store, "P49")).id
    async with store.look() as unit:
        assert [p.code for p in await find_providers(unit, "lodge 2499")] == ["S2499"]


async def test_a_second_import_writes_only_what_changed(store: Store, tmp_path: Path) -> None:
    rows = directory(300)
    path = write(tmp_path / "d.csv", rows)
    await load(store, path)
    again = await load(store, path)
    assert (again.added, again.changed, again.unchanged, again.linked) == (0, 0, 350, 0)
    rows[3][1], rows[4][5], rows[5][3] = "Renamed House", "2026-03-31", "P01"
    third = await load(store, write(path, rows))
    assert (third.added, third.changed, third.unchanged, third.linked) == (0, 2, 348, 1)
    assert (await by_code(store, "S0004")).ends_on == date(2026, 3, 31)
    assert (await by_code(store, "S0006")).version == (await by_code(store, "S0007")).version
    async with store.look() as unit:
        assert [p.code for p in await find_providers(unit, "renamed")] == ["S0003"]
        assert await find_providers(unit, "site 0003") == []


async def test_columns_that_are_not_mapped_are_left_alone(store: Store, tmp_path: Path) -> None:
    async with store.begin() as unit:
        unit.add(Provider(code="S0000", name="Old name", relationship_manager="Felix Ardern", sector="care home"))
    await load(store, write(tmp_path / "d.csv", directory(1)))
    found = await by_code(store, "S0000")
    assert (found.name, found.relationship_manager, found.sector) == ("Site 0000 Lodge", "Felix Ardern", "care home")


async def test_a_parent_known_by_name_only_is_added(store: Store, tmp_path: Path) -> None:
    rows = [["S1", "Heron House", "", "P-X", "Heron Care Ltd", ""], ["S2", "Wren House", "", "P-Y", "", ""]]
    done = await load(store, write(tmp_path / "d.csv", rows))
    assert (done.added, done.linked, done.without_parent) == (3, 1, 1)
    assert (await by_code(store, "S1")).parent_id == (await by_code(store, "P-X")).id
    assert (await by_code(store, "S2")).parent_id is None
    assert (await load(store, tmp_path / "d.csv")).added == 0


async def test_a_parent_may_be_in_the_database_already(store: Store, tmp_path: Path) -> None:
    await load(store, write(tmp_path / "providers.csv", directory(0)))
    done = await load(store, write(tmp_path / "sites.csv", [["S1", "Heron House", "", "P07", "", ""]]))
    assert (done.linked, done.without_parent) == (1, 0)


async def test_parents_in_a_circle_are_left_alone(store: Store, tmp_path: Path) -> None:
    rows = [["A", "Avocet", "", "B", "", ""], ["B", "Bittern", "", "A", "", ""], ["C", "Crane", "", "C", "", ""]]
    done = await load(store, write(tmp_path / "d.csv", rows))
    assert (done.added, done.linked, done.without_parent) == (3, 0, 2)


async def test_progress_is_told_and_the_journal_has_counts_only(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "d.csv", directory(1990))
    told: list[tuple[int, int]] = []
    await import_providers(store, path, SHAPE, lambda done, size: told.append((done, size)), NOW)
    assert len(told) == 3
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    async with store.look() as unit:
        entries = await unit.all(select(JournalEntry).order_by(col(JournalEntry.id)))
    assert [(e.act, e.facts) for e in entries] == [
        ("directory imported", {"added": 2040, "changed": 0, "linked": 1990, "refused": 0})
    ]


async def test_a_file_that_is_no_directory_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("nothing,of,use\n")
    with pytest.raises(MistakesFound):
        await load(store, path)
    async with store.look() as unit:
        assert list(await unit.all(select(JournalEntry))) == []
