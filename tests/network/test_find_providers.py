"""Finding a provider by what people type, on both databases."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import select

from bot.store import providers
from bot.store.providers import add_providers, find_providers, index_providers, nearest_providers
from bot.store.tables import Provider
from bot.store.unit import Store
from bot.store.words import slips

DIRECTORY = [
    Provider(code="RZZ01", name="Northgate University Hospital NHS Trust", former_names="North Marram General"),
    Provider(code="RZZ01A", name="Northgate Hospital", town="Marram", postcode="ZZ1 1AB"),
    Provider(code="ZZ501", name="St Mary's Care Home", town="Northgate"),
    Provider(code="ZZ502", name="Ynys Môn Surgery", town="Vale"),
    Provider(code="ZZ503", name="The North Lodge", town="Vale", ends_on=date(2020, 1, 1)),
    Provider(code="ZZ504", name="Avocet Clinic", former_names="The RZZ01 Practice"),
    Provider(code="Northgate", name="Code that is a word"),
    Provider(code="ZZ505", name="Northgate House", ends_on=date(2021, 1, 1)),
]

# What is typed, and which codes are found, in order.
TYPED: dict[str, tuple[str, list[str]]] = {
    "apostrophe": ("st marys", ["ZZ501"]),
    "typed apostrophe": ("Mary’s", ["ZZ501"]),
    "accent": ("ynys mon", ["ZZ502"]),
    "former name in any order": ("gener marram", ["RZZ01"]),
    "by name": ("hosp marram", ["RZZ01A", "RZZ01"]),
    "postcode without space": ("zz11ab", ["RZZ01A"]),
    "postcode begun": ("zz1 1a", ["RZZ01A"]),
    "ended come last": ("vale", ["ZZ502", "ZZ503"]),
    "exact code first": ("rzz01", ["RZZ01", "ZZ504", "RZZ01A"]),
    "names that begin so": ("northgate", ["RZZ01A", "RZZ01", "Northgate", "ZZ501", "ZZ505"]),
    "a code that is a word": ("Northgate", ["Northgate", "RZZ01A", "RZZ01", "ZZ501", "ZZ505"]),
    "not inside a word": ("orthgate", []),
    "every word counts": ("northgate surgery", []),
    "no wildcard": ("%", []),
    "underscore": ("north_", ["RZZ01A", "RZZ01", "Northgate", "ZZ501", "ZZ505", "ZZ503"]),
    "sql": ("'; DROP TABLE provider; --", []),
    "unstorable": ("\x00\ud800", []),
    "very long": ("a" * 5000, []),
    "very many words": (" ".join(f"w{n}" for n in range(2000)), []),
    "last character": ("\U0010ffff", []),
    "backslash": ("\\", []),
}


@pytest.fixture
async def directory(store: Store) -> Store:
    async with store.begin() as unit:
        rows = [Provider(**row.model_dump()) for row in DIRECTORY]
        unit.add(*rows[:3])
        await index_providers(unit, rows[:3])
        await add_providers(unit, rows[3:])
    return store


async def codes(store: Store, words: str, limit: int = 20) -> list[str]:
    async with store.look() as unit:
        return [provider.code for provider in await find_providers(unit, words, limit)]


async def test_what_is_typed_finds(directory: Store) -> None:
    """One test for all, since each would need a database of its own."""
    found = {case: await codes(directory, typed) for case, (typed, _) in TYPED.items()}
    assert found == {case: expected for case, (_, expected) in TYPED.items()}


async def test_nothing_typed_gives_the_first_by_name(directory: Store) -> None:
    assert await codes(directory, "  ", limit=2) == ["ZZ504", "Northgate"]


async def test_no_more_than_asked_for(directory: Store) -> None:
    assert await codes(directory, "north", limit=2) == ["RZZ01A", "RZZ01"]


async def test_a_new_name_is_found_and_the_old_one_is_not(directory: Store) -> None:
    async with directory.begin() as unit:
        clinic = await unit.first(select(Provider).where(Provider.code == "ZZ504"))
        assert clinic
        clinic.name, clinic.former_names = "Bittern Clinic", ""
        await index_providers(unit, [clinic])
    assert await codes(directory, "bittern") == ["ZZ504"]
    assert await codes(directory, "avocet") == []


async def test_a_common_word_is_answered_by_name_without_reading_all(
    directory: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "MANY", 50)
    async with directory.begin() as unit:
        lodges = [Provider(code=f"L{n:03}", name=f"{'ABCDE'[n % 5]}{n:03} Lodge Care") for n in range(120)]
        await add_providers(unit, lodges)
    assert await codes(directory, "care lod", limit=3) == ["L000", "L005", "L010"]
    assert await codes(directory, "care e119", limit=3) == ["L119"]


async def test_words_that_start_so_are_a_range_of_the_index(directory: Store) -> None:
    """Also on PostgreSQL, where the server's language would otherwise decide the order."""
    asked = "SELECT provider_id FROM provider_word WHERE word >= 'nor' AND word < 'nos'"
    explain = "EXPLAIN QUERY PLAN" if directory.dialect == "sqlite" else "EXPLAIN"
    async with directory.look() as unit:
        if directory.dialect == "postgresql":
            # So few rows would be read whole; what matters is that the index could be used.
            connection = await unit.session.connection()
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            await connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        steps = " ".join(str(row) for row in await unit.rows(text(f"{explain} {asked}")))
    assert "(word>? AND word<?)" in steps or "Index Cond: ((word >= 'nor'" in steps


# What is typed wrongly, and whom it finds all the same.
MISSPELT: dict[str, list[str]] = {
    "northgaet": ["Northgate", "RZZ01A", "RZZ01", "ZZ501", "ZZ505"],
    "nothgaet hospital": ["RZZ01A", "RZZ01"],  # two letters
    "orthgate surgery": [],
    "univercity": ["RZZ01"],
    "avocte clinc": ["ZZ504"],
    "st barts": ["BART"],  # said for short, and one letter beside the beginning
    "hopsital marram": ["RZZ01A", "RZZ01"],
    "valle": ["ZZ502", "ZZ503"],
    "zz5o1": [],  # a code is not guessed
    "xyzzy": [],
    "": [],
    "\x00": [],
    "ab": [],
}


async def test_what_is_misspelt_finds_the_nearest(directory: Store) -> None:
    async with directory.begin() as unit:
        await add_providers(unit, [Provider(code="BART", name="St Bartholomew’s")])
    async with directory.look() as unit:
        found = {typed: [one.code for one in await nearest_providers(unit, typed)] for typed in MISSPELT}
    assert {typed: sorted(codes) for typed, codes in found.items()} == {
        typed: sorted(codes) for typed, codes in MISSPELT.items()
    }


@pytest.mark.parametrize(
    ("typed", "word", "wrong"),
    [
        ("northgate", "northgate", (0, 0)),
        ("northgaet", "northgate", (1, 1)),
        ("nothgaet", "northgate", (2, 2)),
        ("barts", "bartholomews", (1, 7)),
        ("mary", "northgate", None),
    ],
)
def test_how_many_letters_are_wrong(typed: str, word: str, wrong: tuple[int, int] | None) -> None:
    assert slips(typed, word, 2) == wrong
