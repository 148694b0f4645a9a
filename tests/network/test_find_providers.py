"""Finding a provider by what people type, on both databases."""

from datetime import date

import pytest
from sqlmodel import select

from bot.store import providers
from bot.store.providers import add_providers, find_providers, index_providers
from bot.store.tables import Provider, ProviderWord
from bot.store.unit import Store

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


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("st marys", ["ZZ501"], id="apostrophe"),
        pytest.param("Mary’s", ["ZZ501"], id="typed apostrophe"),
        pytest.param("ynys mon", ["ZZ502"], id="accent"),
        pytest.param("gener marram", ["RZZ01"], id="former name in any order"),
        pytest.param("hosp marram", ["RZZ01A", "RZZ01"], id="by name"),
        pytest.param("zz11ab", ["RZZ01A"], id="postcode without space"),
        pytest.param("zz1 1a", ["RZZ01A"], id="postcode begun"),
        pytest.param("vale", ["ZZ502", "ZZ503"], id="ended come last"),
        pytest.param("rzz01", ["RZZ01", "ZZ504", "RZZ01A"], id="exact code first"),
        pytest.param("northgate", ["RZZ01A", "RZZ01", "Northgate", "ZZ501", "ZZ505"], id="names that begin so"),
        pytest.param("Northgate", ["Northgate", "RZZ01A", "RZZ01", "ZZ501", "ZZ505"], id="a code that is a word"),
        pytest.param("orthgate", [], id="not inside a word"),
        pytest.param("northgate surgery", [], id="every word counts"),
        pytest.param("%", [], id="no wildcard"),
        pytest.param("north_", ["RZZ01A", "RZZ01", "Northgate", "ZZ501", "ZZ505", "ZZ503"], id="underscore"),
        pytest.param("'; DROP TABLE provider; --", [], id="sql"),
        pytest.param("\x00\ud800", [], id="unstorable"),
        pytest.param("a" * 5000, [], id="very long"),
        pytest.param(" ".join(f"w{n}" for n in range(2000)), [], id="very many words"),
        pytest.param("\U0010ffff", [], id="last character"),
        pytest.param("\\", [], id="backslash"),
    ],
)
async def test_what_is_typed_finds(directory: Store, typed: str, expected: list[str]) -> None:
    assert await codes(directory, typed) == expected


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


async def test_a_search_walks_the_index(directory: Store) -> None:
    """Both databases order words by code point, so that “starts with” is a range of the key."""
    async with directory.look() as unit:
        words = list(await unit.all(select(ProviderWord.word).order_by(ProviderWord.word)))
    assert words == sorted(words)
