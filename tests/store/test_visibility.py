"""Who may see what: every kind of viewer against every audience and marking, as a truth table."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from bot.domain.terms import ConcernState
from bot.store import actions, concerns, escalations
from bot.store.barring import barred_from
from bot.store.tables import Addressee, Concern
from bot.store.unit import Store, Unit
from bot.store.visibility import channel_concerns, visible_concerns
from bot.store.visible_requests import agenda_escalations, visible_actions
from tests.store.rows import NOW, TODAY
from tests.store.scene import ACTIONS, CONCERNS, ESCALATIONS, PEOPLE, Ids, set_scene, viewer

# ● may be read, · may not. The columns are the concerns of `scene.CONCERNS`, in their order.
READING = """
                      group green withdrawn strange chosen named red redforall asked site elsewhere theme theirown
originator              ●     ●       ●        ●       ●     ●    ●      ●       ●    ●       ●       ●      ●
colleague               ●     ●       ●        ·       ●     ●    ·      ·       ●    ●       ●       ●      ●
member                  ●     ●       ·        ·       ●     ·    ·      ·       ·    ●       ●       ●      ●
other member            ●     ●       ·        ·       ·     ·    ·      ·       ·    ●       ●       ●      ●
named                   ●     ●       ·        ·       ·     ●    ●      ·       ●    ●       ●       ●      ●
later joiner            ·     ·       ·        ·       ·     ·    ·      ·       ·    ·       ·       ·      ·
left member             ·     ·       ·        ·       ·     ·    ·      ·       ·    ·       ·       ·      ·
ended organisation      ·     ·       ·        ·       ·     ·    ·      ·       ·    ·       ·       ·      ·
retired                 ·     ·       ·        ·       ·     ·    ·      ·       ·    ·       ·       ·      ·
own staff               ·     ·       ·        ·       ·     ·    ·      ·       ·    ·       ●       ●      ·
site's staff            ·     ·       ·        ·       ·     ·    ·      ·       ·    ·       ●       ●      ·
conflicted              ·     ·       ·        ·       ·     ·    ·      ·       ·    ·       ●       ●      ·
conflict ended          ●     ●       ·        ·       ●     ·    ·      ·       ·    ●       ●       ●      ●
conflict to come        ●     ●       ·        ·       ●     ·    ·      ·       ·    ●       ●       ●      ●
conflict with a site    ●     ●       ·        ·       ●     ·    ·      ·       ·    ·       ●       ●      ●
chair from outside      ●     ●       ·        ·       ·     ·    ·      ·       ·    ●       ●       ●      ●
former chair            ·     ·       ·        ·       ·     ·    ·      ·       ·    ·       ·       ·      ·
addressed               ●     ·       ·        ·       ·     ·    ·      ·       ●    ·       ·       ·      ·
outsider                ·     ·       ·        ·       ·     ·    ·      ·       ·    ·       ·       ·      ·
"""
ESCALATED = """
                      group chosen asked withdrawn
originator              ●      ●     ●       ●
colleague               ●      ●     ●       ●
member                  ●      ●     ·       ·
other member            ●      ·     ·       ·
named                   ●      ·     ·       ·
later joiner            ·      ·     ·       ·
left member             ·      ·     ·       ·
ended organisation      ·      ·     ·       ·
retired                 ·      ·     ·       ·
own staff               ·      ·     ·       ·
site's staff            ·      ·     ·       ·
conflicted              ·      ·     ·       ·
conflict ended          ●      ●     ·       ·
conflict to come        ●      ●     ·       ·
conflict with a site    ●      ●     ·       ·
chair from outside      ●      ·     ·       ·
former chair            ·      ·     ·       ·
addressed               ●      ·     ●       ·
outsider                ·      ·     ·       ·
"""
ACTING = """
                      plain northgate site staffsown othergroups
originator              ●       ●       ●      ●         ·
colleague               ●       ●       ●      ●         ·
member                  ●       ●       ●      ●         ·
other member            ●       ●       ●      ●         ·
named                   ●       ●       ●      ●         ·
later joiner            ●       ●       ●      ●         ·
left member             ·       ·       ·      ·         ·
ended organisation      ·       ·       ·      ·         ·
retired                 ·       ·       ·      ·         ·
own staff               ●       ·       ·      ●         ·
site's staff            ●       ·       ·      ·         ·
conflicted              ●       ·       ·      ·         ·
conflict ended          ●       ●       ●      ●         ·
conflict to come        ●       ●       ●      ●         ·
conflict with a site    ●       ●       ·      ●         ·
chair from outside      ●       ●       ●      ●         ·
former chair            ·       ·       ·      ·         ·
addressed               ·       ·       ·      ·         ·
outsider                ·       ·       ·      ·         ●
"""
# Which of Northgate, its site and another provider they are kept from.
BARRED = """
                      northgate site vale
own staff                 ●      ●    ·
site's staff              ●      ●    ·
conflicted                ●      ●    ·
conflict ended            ·      ·    ·
conflict to come          ·      ·    ·
conflict with a site      ·      ●    ·
member                    ·      ·    ·
chair from outside        ·      ·    ·
"""


def rows_of(table: str, names: list[str]) -> list[tuple[str, set[str]]]:
    """Each viewer with what they may see."""
    lines = [line for line in table.splitlines()[2:] if line.strip()]
    marks = [(line[:22].strip(), line[22:].split()) for line in lines]
    assert all(len(several) == len(names) for _, several in marks)
    return [(who, {name for name, mark in zip(names, several, strict=True) if mark == "●"}) for who, several in marks]


def by_viewer(table: str, names: list[str]) -> pytest.MarkDecorator:
    rows = rows_of(table, names)
    return pytest.mark.parametrize(("who", "expected"), rows, ids=[who for who, _ in rows])


@pytest.fixture(scope="module")
def scene(kept_url: str) -> tuple[str, Ids]:
    async def play() -> Ids:
        store = Store(kept_url)
        ids = await set_scene(store)
        await store.close()
        return ids

    return kept_url, asyncio.run(play())


@pytest.fixture
def ids(scene: tuple[str, Ids]) -> Ids:
    return scene[1]


@pytest.fixture
async def unit(scene: tuple[str, Ids]) -> AsyncIterator[Unit]:
    """For reading; whatever a test changes is rolled back."""
    store = Store(scene[0])
    async with store.look() as unit:
        yield unit
    await store.close()


def test_every_viewer_is_in_the_tables():
    for table, names in ((READING, CONCERNS), (ESCALATED, ESCALATIONS), (ACTING, ACTIONS)):
        assert [who for who, _ in rows_of(table, list(names))] == list(PEOPLE)


@by_viewer(READING, list(CONCERNS))
async def test_a_concern_is_read_by_those_it_is_for(unit: Unit, ids: Ids, who: str, expected: set[str]):
    looking = await viewer(unit, who)
    if looking is None:  # not let in at all
        assert expected == set()
        return
    rows = await unit.all(visible_concerns(looking, TODAY))
    assert {row.reference.lower() for row in rows} == expected
    assert len(rows) == len(expected)
    listed = await concerns.recently_visible(unit, looking, TODAY)
    assert {one.concern.reference.lower() for one in listed} == expected
    for reference in CONCERNS:
        by_name = await concerns.visible_concern(unit, f" {reference} ", looking, TODAY)
        by_number = await concerns.visible_by_id(unit, ids[f"concern {reference}"], looking, TODAY)
        assert (by_name is not None, by_number is not None) == (reference in expected,) * 2
    about = await concerns.about_provider(unit, looking, [ids["northgate"], ids["site"]], TODAY)
    assert {one.concern.reference.lower() for one in about} == expected - {"elsewhere", "theme"}


@by_viewer(ESCALATED, list(ESCALATIONS))
async def test_an_escalation_is_opened_by_those_in_it(unit: Unit, ids: Ids, who: str, expected: set[str]):
    looking = await viewer(unit, who)
    if looking is None:
        assert expected == set()
        return
    for reference in ESCALATIONS:
        found = await escalations.visible_escalation(unit, reference, looking, TODAY)
        assert (found is not None) == (reference in expected)
    waiting = {one.escalation.reference.lower() for one in await escalations.awaiting(unit, looking, TODAY)}
    reached = {"addressed": {"of group", "of asked"}, "member": {"of chosen"}}
    assert waiting == reached.get(who, set())


@by_viewer(ACTING, list(ACTIONS))
async def test_an_action_is_seen_by_its_group(unit: Unit, ids: Ids, who: str, expected: set[str]):
    looking = await viewer(unit, who)
    if looking is None:
        assert expected == set()
        return
    rows = await unit.all(visible_actions(looking, TODAY))
    assert {row.submit_key for row in rows} == expected
    assert len(rows) == len(expected)
    for name in ACTIONS:
        assert (await actions.visible_action(unit, name, looking, TODAY) is not None) == (name in expected)
    about = await actions.of_providers(unit, [ids["northgate"], ids["site"]], looking, TODAY)
    assert {one.action.submit_key for one in about} == expected - {"plain", "other group's"}


@by_viewer(BARRED, ["northgate", "site", "vale"])
async def test_who_is_kept_from_a_provider(unit: Unit, ids: Ids, who: str, expected: set[str]):
    looking = await viewer(unit, who)
    assert looking is not None
    for name in ("northgate", "site", "vale"):
        assert await barred_from(unit, looking, [ids[name]], TODAY) == (name in expected)
    whole = [ids["northgate"], ids["site"]]
    assert await barred_from(unit, looking, whole, TODAY) == bool(expected)
    assert await barred_from(unit, looking, [*whole, ids["vale"], *whole], TODAY) == bool(expected)
    assert not await barred_from(unit, looking, [], TODAY)


async def test_a_channel_shows_what_the_whole_group_may_see(unit: Unit, ids: Ids):
    shown = {row.reference.lower() for row in await unit.all(channel_concerns(ids["qsg"]))}
    assert shown == {"group", "green", "site", "elsewhere", "theme", "their own"}
    assert await unit.all(channel_concerns(ids["far"])) == []
    told = {row.reference.lower() for row in await unit.all(agenda_escalations(ids["qsg"], None, TODAY))}
    assert told == {"of group"}
    assert await unit.all(agenda_escalations(ids["far"], None, TODAY)) == []


@pytest.mark.parametrize(
    ("who", "voice"),
    [("originator", "CQC"), ("colleague", "CQC"), ("member", ""), ("chair from outside", ""), (None, "")],
    ids=["originator", "colleague", "member", "chair", "channel"],
)
async def test_an_unnamed_voice_stays_unnamed(unit: Unit, ids: Ids, who: str | None, voice: str):
    (row,) = await unit.all(channel_concerns(ids["qsg"]).where(Concern.reference == "GROUP"))
    row.attributed = False
    await unit.flush()
    looking = await viewer(unit, who) if who else None
    asked = visible_concerns(looking, TODAY) if looking else channel_concerns(ids["qsg"])
    (seen,) = await concerns.seen(unit, asked.where(Concern.reference == "GROUP"), by=looking)
    assert seen.organisation == voice


async def test_withdrawing_takes_a_concern_from_all_others(unit: Unit, ids: Ids):
    (row,) = await unit.all(channel_concerns(ids["qsg"]).where(Concern.reference == "GREEN"))
    row.state = ConcernState.WITHDRAWN
    await unit.flush()
    readers = {
        who
        for who in PEOPLE
        if (one := await viewer(unit, who))
        and await unit.all(visible_concerns(one, TODAY).where(Concern.reference == "GREEN"))
    }
    assert readers == {"originator", "colleague"}


async def test_an_answer_given_is_no_longer_awaited(unit: Unit, ids: Ids):
    (line,) = await unit.all(select(Addressee).where(Addressee.id == ids["line of asked"]))
    line.state, line.responded_at = "responded", NOW
    await unit.flush()
    looking = await viewer(unit, "addressed")
    assert looking is not None
    assert [one.escalation.reference for one in await escalations.awaiting(unit, looking, TODAY)] == ["OF GROUP"]
