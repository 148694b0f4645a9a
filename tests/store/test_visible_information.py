"""Who may see an information request, as a truth table; and how much a provider is asked, as each may know it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.information import RequestState
from bot.store.information import Burden, burden_of, known_about, request_by_id, visible_information, visible_request
from bot.store.tables import InformationRequest
from bot.store.unit import Store, Unit
from tests.store.rows import NOW, TODAY
from tests.store.scene import PEOPLE, Ids, set_scene, viewer
from tests.store.test_visibility import by_viewer, rows_of

YEAR = timedelta(days=365)
# The group and the provider of each.
REQUESTS = {
    "whole": ("qsg", "northgate"),
    "site": ("qsg", "site"),
    "vale": ("qsg", "vale"),
    "far": ("far", "northgate"),
}
# ● may be seen, · may not. The columns are the requests above.
SEEING = """
                      whole site vale far
originator              ●    ●    ●    ·
colleague               ●    ●    ●    ·
member                  ●    ●    ●    ·
other member            ●    ●    ●    ·
named                   ●    ●    ●    ·
later joiner            ●    ●    ●    ·
left member             ·    ·    ·    ·
ended organisation      ·    ·    ·    ·
retired                 ·    ·    ·    ·
own staff               ·    ·    ●    ·
site's staff            ·    ·    ●    ·
conflicted              ·    ·    ●    ·
conflict ended          ●    ●    ●    ·
conflict to come        ●    ●    ●    ·
conflict with a site    ●    ·    ●    ·
chair from outside      ●    ●    ●    ·
former chair            ·    ·    ·    ·
addressed               ·    ·    ·    ·
outsider                ·    ·    ·    ●
"""


@pytest.fixture(scope="module")
def scene(kept_url: str) -> tuple[str, Ids]:
    async def play() -> Ids:
        store = Store(kept_url)
        ids = await set_scene(store)
        async with store.begin() as unit:
            for name, (where, about) in REQUESTS.items():
                await _add(unit, ids, name, group_id=ids[where], provider_id=ids[about])
            asked = {"state": RequestState.ASKED, "asker_id": ids["gmc"], "due_on": TODAY}
            await _add(unit, ids, "asked now", **asked, asked_on=TODAY, provider_id=ids["site"])
            over = asked | {"state": RequestState.RECEIVED, "proposed_at": NOW - 2 * YEAR}
            await _add(unit, ids, "a year ago", **over, asked_on=TODAY - YEAR)
            await _add(unit, ids, "longer ago", **over, asked_on=TODAY - YEAR - timedelta(days=1))
        await store.close()
        return ids

    return kept_url, asyncio.run(play())


async def _add(unit: Unit, ids: Ids, name: str, **values: Any) -> None:
    facts: dict[str, Any] = {
        "reference": f"I-{name.upper()}",
        "submit_key": name,
        "group_id": ids["qsg"],
        "provider_id": ids["northgate"],
        "wanted": name,
        "proposed_by_id": ids["person originator"],
        "organisation_id": ids["cqc"],
        "proposed_at": NOW,
    }
    row = InformationRequest(**facts | values)
    unit.add(row)
    await unit.flush()
    ids[f"request {name}"] = row.key


@pytest.fixture
async def unit(scene: tuple[str, Ids]) -> AsyncIterator[Unit]:
    store = Store(scene[0])
    async with store.look() as unit:
        yield unit
    await store.close()


def test_every_viewer_is_in_the_table():
    assert [who for who, _ in rows_of(SEEING, list(REQUESTS))] == list(PEOPLE)


@by_viewer(SEEING, list(REQUESTS))
async def test_a_request_is_seen_by_its_group_only(unit: Unit, scene: tuple[str, Ids], who: str, expected: set[str]):
    looking = await viewer(unit, who)
    if looking is None:
        assert expected == set()
        return
    rows = await unit.all(visible_information(looking, TODAY))
    assert {row.wanted for row in rows if row.wanted in REQUESTS} == expected
    for name in REQUESTS:
        by_number = await request_by_id(unit, scene[1][f"request {name}"], looking, TODAY)
        by_name = await visible_request(unit, f" i-{name} ", looking, TODAY)
        assert {by_number is not None, by_name is not None} == {name in expected}, name
    known = await known_about(unit, scene[1]["northgate"], looking, TODAY, NOW)
    assert {one.request.wanted for one, _ in known} & set(REQUESTS) == expected - {"vale"}


async def test_how_much_a_provider_is_asked(unit: Unit, scene: tuple[str, Ids]):
    ids = scene[1]
    looking = await viewer(unit, "member")
    assert looking
    found = await burden_of(unit, [ids["northgate"], ids["site"], ids["vale"]], looking, TODAY)
    assert found[ids["northgate"]] == Burden(asked=1, open=1, by={"GMC": 1})
    assert found[ids["site"]] == Burden(asked=1, open=2, by={"GMC": 1})
    assert found[ids["vale"]] == Burden(asked=0, open=1)


async def test_who_is_barred_counts_nothing(unit: Unit, scene: tuple[str, Ids]):
    looking = await viewer(unit, "conflicted")
    assert looking
    assert await burden_of(unit, [scene[1]["northgate"]], looking, TODAY) == {scene[1]["northgate"]: Burden()}
