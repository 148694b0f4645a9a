"""What `soundings check` says of routes that meet nothing in the directory, and of regions no provider is in."""

import importlib
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.routing import Route
from bot.services.route_warnings import route_warnings
from bot.store.tables import NominatedPerson
from bot.store.unit import Store
from tests.domain.england import POLICY
from tests.store.rows import TODAY, YESTERDAY, organisation, person, provider
from tests.world import open_world

main = importlib.import_module("bot.cli.main")  # the package gives its function that name


def named(*slugs: str) -> Route:
    return Route("so agreed", organisations=frozenset(slugs))


ROUTES = {
    "known": (named("gmc"), []),
    "unknown": (named("gmc", "gnc"), ["The routes propose “gnc”, which is not in the network."]),
    "ended": (named("gone"), ["The routes propose “gone”, which nobody can be asked for today."]),
    "ended and succeeded": (named("old"), []),
    "a sector however it is written": (Route("x", sectors=frozenset({" ACUTE "})), []),
    "one of two sectors": (Route("x", sectors=frozenset({"acute", "dental"})), []),
    "no such sectors": (
        Route("x", sectors=frozenset({"dentel", "dentist"})),
        ["A route asks for the sector “dentel” or “dentist”; no provider has it."],
    ),
    "a region": (Route("x", regions=frozenset({"London"})), []),
    "no such region": (
        Route("x", regions=frozenset({"Londen"})),
        ["A route asks for the region “Londen”; no provider has it."],
    ),
    "no condition": (Route("x"), []),
}


@pytest.mark.parametrize(("route", "sentences"), ROUTES.values(), ids=ROUTES)
async def test_a_route_that_meets_nothing_is_told(store: Store, route: Route, sentences: list[str]):
    async with store.begin() as unit:
        gmc = await organisation(unit, "gmc")
        await organisation(unit, "gone", ends_on=YESTERDAY)
        await organisation(unit, "old", ends_on=YESTERDAY, successor_id=gmc.key)
        await provider(unit, "P1", sector="Acute", region="london")
    async with store.look() as unit:
        assert await route_warnings(unit, replace(POLICY, routes=(route, route)), TODAY) == sentences


REGIONS = {
    "a provider is there": ({"region": "LONDON"}, []),
    "no provider is there": (
        {"region": "Londen"},
        ["People are nominated for the region “Londen”, and no provider is in it."],
    ),
    "every region": ({}, []),
    "nominated no longer": ({"region": "Londen", "ends_on": YESTERDAY}, []),
}


@pytest.mark.parametrize(("nominated", "sentences"), REGIONS.values(), ids=REGIONS)
async def test_a_region_without_providers_is_told(store: Store, nominated, sentences: list[str]):
    async with store.begin() as unit:
        gmc = await organisation(unit, "gmc")
        ann = await person(unit, "ann", gmc.key)
        unit.add(NominatedPerson(organisation_id=gmc.key, person_id=ann.key, **nominated))
        await provider(unit, "P1", region="London")
    async with store.look() as unit:
        assert await route_warnings(unit, replace(POLICY, routes=()), TODAY) == sentences


async def test_an_empty_directory_has_nothing_to_compare_with(store: Store):
    routes = (Route("x", sectors=frozenset({"acute"}), regions=frozenset({"London"})),)
    async with store.look() as unit:
        assert await route_warnings(unit, replace(POLICY, routes=routes), TODAY) == []


async def test_check_says_it_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    async with open_world(f"sqlite:///{tmp_path / 'check.db'}") as world:
        wrong = await main._check(world.bot)
    assert not any("swe" in sentence for sentence in wrong)
    said = capsys.readouterr().out
    assert said.startswith("Needs attention:\n")
    assert "! The routes propose “swe”, which is not in the network.\n" in said
    assert "“gmc”" not in said
