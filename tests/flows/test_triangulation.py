"""Joining the dots in chat [003 §15]: clusters follow what happens, each reader is told what they may know, and the
chair is asked once for each fact."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from bot.domain.panels import ProposalState
from bot.domain.terms import Audience, HandlingKind, Level, Lineage, Marking, Urgency
from bot.schedules.triangulation import triangulation
from bot.services.triangulation import note_concern
from bot.store.tables import Cluster, ClusterMember, Concern, Firing, JournalEntry, LevelProposal, Provider
from tests.flows.action_steps import SQLITE, add, nine, summary
from tests.flows.answer_steps import give, page
from tests.flows.handling_steps import given_change
from tests.flows.panel_record_steps import press, send
from tests.flows.steps import given_concern, last_dm, outbox, told
from tests.flows.surveillance_steps import levels, open_page
from tests.world import World, conflict

THEME = "Education and training environment"
OWN = {"lineage": Lineage.OWN, "provider": "vale"}
GRADED = {"lineage": "own", "reliability": "1", "directness": "A", "event_on": "2026-11-20"}


async def raised(world: World, slug: str = "inspector", **values: Any) -> str:
    """A concern, and the clock's look that takes it into clusters: whoever raised it does not wait for that."""
    reference = await given_concern(world, slug, **values)
    await taken_in(world)
    return reference


async def taken_in(world: World) -> None:
    """Let the clock look at clusters, in two processes at once, and send what is to be told."""
    await asyncio.gather(triangulation(world.bot.work), triangulation(world.bot.work))
    await world.settle()


async def members(world: World) -> list[tuple[str, str]]:
    """What stands where: the theme of the cluster, and the source."""
    themes = {one.key: one.theme for one in await world.rows(Cluster)}
    return sorted((themes[one.cluster_id], one.source) for one in await world.rows(ClusterMember))


async def proposed(world: World) -> list[Level]:
    return [one.level for one in await world.rows(LevelProposal)]


async def number(world: World, reference: str) -> int:
    (row,) = await world.rows(Concern, Concern.reference == reference)
    return int(row.key)


async def test_two_organisations_are_put_to_the_chair_who_agrees(world: World):
    first = await raised(world, **OWN, event_on=date(2026, 11, 3))
    assert await proposed(world) == []
    second = await raised(world, "gmc1", **OWN, event_on=date(2026, 11, 20))
    asked, chair = last_dm(world, "chair"), world.persona("chair")
    assert "The assistant proposes: further information required." in asked.text
    await chair.press(asked, "Read the reason")
    said = f"Corroborated, {THEME}: 2 independent organisations (CQC 3 November 2026, GMC 20 November 2026)"
    assert said in chair.modal.text
    assert all(one in chair.modal.text for one in (first, second, "Proposed by the assistant"))
    await chair.press(chair.modal, "Agree")
    finder = {"find_out": "Dean Person", "find_out_by": "2026-12-11"}
    assert (await send(world, "chair", level_reason="Both say the same.", **finder)).ok
    assert [one.level for one in await levels(world, "vale")] == [Level.FURTHER_INFORMATION]
    (row,) = await world.rows(LevelProposal)
    assert (row.state, row.proposed_by_id) == (ProposalState.AGREED, None)
    assert said in await summary(world, "dean", "Vale Community Health")
    assert said in (await page(world, "dean", second)).text
    third = await raised(world, "dean", **OWN, theme="maternity", event_on=date(2026, 11, 21))
    assert await proposed(world) == [Level.FURTHER_INFORMATION]
    await world.move_to(nine("2026-11-24"))
    assert await proposed(world) == [Level.FURTHER_INFORMATION, Level.ENHANCED]
    await press(world, "chair", "surveillance.proposal", str((await world.rows(LevelProposal))[-1].key))
    assert "Convergent, on several themes: 3 independent organisations" in chair.modal.text
    assert third in chair.modal.text
    await world.move_to(nine("2026-11-25"))
    assert len(await outbox(world, "surveillance.proposed")) == 2


async def test_two_at_once_are_put_once(world: World):
    await asyncio.gather(*(given_concern(world, slug, **OWN) for slug in ("inspector", "gmc1")))
    await taken_in(world)
    assert await proposed(world) == [Level.FURTHER_INFORMATION]
    assert len(await world.rows(Firing)) == 1
    keys = [one.key for one in await world.rows(Concern)]

    async def again(key: int) -> None:
        async with world.bot.store.begin() as unit:
            await note_concern(unit, key, now=world.now, rules=world.bot.work.rules)

    before = await members(world)
    await asyncio.gather(*(again(key) for key in keys * 2))
    assert (await members(world), len(await proposed(world)), len(await world.rows(Firing))) == (before, 1, 1)


@SQLITE
async def test_what_is_set_aside_is_silent_until_there_is_another_fact(world: World):
    await raised(world, **OWN)
    second = await raised(world, "gmc1", **OWN)
    chair = world.persona("chair")
    await chair.press(last_dm(world, "chair"), "Set aside")
    assert (await send(world, "chair", answer="Known, and being looked into.")).ok
    (firing,) = await world.rows(Firing)
    assert firing.set_aside_by_id == world.ids["chair"]
    assert not [text for text in told(world, "inspector") if "Your proposal" in text]
    async with world.bot.store.begin() as unit:
        await note_concern(unit, await number(world, second), now=world.now, rules=world.bot.work.rules)
    await world.without_meetings()
    await world.move_to(nine("2026-11-24"))
    await raised(world, **OWN)  # the same organisation again
    assert await proposed(world) == [Level.FURTHER_INFORMATION]
    await raised(world, "dean", **OWN)
    assert await proposed(world) == [Level.FURTHER_INFORMATION, Level.ENHANCED]


@SQLITE
async def test_what_is_not_put(world: World):
    """An echo; another provider; what is outside the days; a level it has already; what the channel may not show."""
    await raised(world, **OWN)
    await raised(world, "gmc1", **OWN | {"lineage": Lineage.TOLD})
    await raised(world, "dean", **OWN | {"lineage": Lineage.MEDIA})
    await raised(world, "gmc1", **OWN | {"provider": "northgate"})
    old = world.now.date() - timedelta(days=181)
    await raised(world, "gmc1", **OWN, event_on=old)
    restricted = {"audience": Audience.ORGANISATIONS, "organisations": (world.ids["org:cqc"],)}
    await raised(world, "gmc1", **OWN, **restricted)
    await raised(world, **OWN | {"provider": "northgate"})  # on enhanced already
    assert await proposed(world) == []
    assert await outbox(world, "surveillance.proposed") == []
    await raised(world, "gmc1", **OWN, event_on=old + timedelta(days=1))
    assert await proposed(world) == [Level.FURTHER_INFORMATION]


# Who else raised what, for whom: what each reader is told on the provider's summary.
THE_GROUP: dict[str, Any] = {}
FOR_CQC = {"audience": Audience.ORGANISATIONS}
NAMED = {"audience": Audience.PEOPLE, "marking": Marking.RED}
READERS = {
    "the group": (THE_GROUP, {"inspector": True, "gmc1": True, "dean": True, "chair": True}),
    "two organisations": (FOR_CQC, {"inspector": True, "gmc1": True, "dean": False, "chair": False}),
    "one person": (NAMED, {"inspector": True, "gmc1": True, "gmc3": False, "dean": False, "chair": False}),
}


@SQLITE
@pytest.mark.parametrize(("handling", "sees"), READERS.values(), ids=READERS)
async def test_each_reader_is_told_what_they_may_know(world: World, handling: dict[str, Any], sees: dict[str, bool]):
    first = await raised(world, **OWN)
    alone = {slug: (await summary(world, slug, "Vale Community Health")) for slug in sees}
    page_alone = (await page(world, "dean", first)).text
    chosen = {"organisations": (world.ids["org:cqc"],)} if handling is FOR_CQC else {}
    chosen |= {"people": (world.ids["inspector"],)} if handling is NAMED else {}
    await raised(world, "gmc1", **OWN, **handling, **chosen)
    for slug, corroborated in sees.items():
        now = await summary(world, slug, "Vale Community Health")
        assert ("Corroborated, Education and training environment: 2 independent" in now) == corroborated, slug
        if not corroborated:
            assert now == alone[slug], slug
    if not sees["dean"]:
        assert (await page(world, "dean", first)).text == page_alone
        assert await proposed(world) == []


@SQLITE
async def test_a_proposal_is_hidden_with_what_it_rests_on(world: World):
    await raised(world, **OWN)
    second = await raised(world, "gmc1", **OWN)
    key = str((await world.rows(LevelProposal))[0].key)
    await add(world, conflict(world.ids, "dean", "vale"))
    await press(world, "dean", "surveillance.proposal", key)
    assert "nothing under" in world.persona("dean").modal.text
    assert "The assistant proposes" in await open_page(world, "chair", "vale")
    await given_change(world, "gmc1", second, HandlingKind.WITHDRAW)
    await press(world, "chair", "surveillance.proposal", key)
    assert "nothing under" in world.persona("chair").modal.text
    assert "The assistant" not in await open_page(world, "chair", "vale")
    assert (await members(world)) == [("", "c1"), ("education", "c1")]


@SQLITE
async def test_answers_count_and_are_taken_out_again(world: World):
    reference = await raised(world, **OWN, urgency=Urgency.URGENT)
    assert (await give(world, "gmc1", reference, handling="originator", **GRADED)).ok
    assert await proposed(world) == []
    assert "Corroborated" not in await summary(world, "dean", "Vale Community Health")
    assert (await give(world, "gmc1", reference, **GRADED)).ok
    assert await proposed(world) == [Level.ENHANCED]
    said = f"Convergent, {THEME}: 2 independent organisations, and one of what they say is urgent"
    assert said in await summary(world, "dean", "Vale Community Health")
    assert await members(world) == [(theme, one) for theme in ("", "education") for one in ("a1", "a2", "c1")]


@SQLITE
async def test_clusters_follow_a_provider_and_take_in_what_was_there_before(world: World):
    await raised(world, **OWN)
    heir = Provider(code="RZZ09", name="Marram Bay NHS Trust", folded_name="marram bay nhs trust")
    await add(world, heir)
    (heir,) = await world.rows(Provider, Provider.code == "RZZ09")
    vale = (await world.rows(Provider, Provider.id == world.ids["vale"]))[0]
    vale.ends_on, vale.successor_id = date(2026, 11, 22), heir.key
    await world.change(vale)
    async with world.bot.store.begin() as unit:
        await unit.write(delete(ClusterMember))
    await world.without_meetings()
    await world.move_to(nine("2026-11-24"))
    assert await members(world) == [("", "c1"), ("education", "c1")]
    where = {one.cluster_id for one in await world.rows(ClusterMember)}
    assert {one.provider_id for one in await world.rows(Cluster) if one.key in where} == {heir.key}


@SQLITE
async def test_what_is_read_together_is_logged(world: World):
    await raised(world, **OWN)
    second = await raised(world, "gmc1", **OWN)
    await page(world, "dean", second)
    entries = await world.rows(JournalEntry, JournalEntry.act == "shown")
    assert {"where": "concern", "ids": "1,2"} in [one.facts for one in entries]
