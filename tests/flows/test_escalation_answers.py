"""Acknowledging and answering, and what the originator sees of it."""

import pytest

from bot.store.tables import Addressee, NominatedPerson
from tests.flows.action_steps import SQLITE
from tests.flows.steps import (
    Tap,
    acknowledge,
    answer,
    answer_of,
    given_concern,
    given_escalation,
    last_dm,
    open_escalation,
    outbox,
    told,
)
from tests.world import World

OUTCOMES = [
    ("hold", "Two referrals.", "holds related information"),
    ("none", "", "holds none"),
    ("join", "", "will join a panel"),
]


def grids(world: World, slug: str = "inspector") -> list:
    return [message for message in world.persona(slug).dms() if "who has answered" in message.text]


@SQLITE
@pytest.mark.parametrize(("outcome", "reason", "words"), OUTCOMES, ids=[str(outcome) for outcome, *_ in OUTCOMES])
async def test_each_answer_reaches_the_originator(world: World, outcome: str, reason: str, words: str):
    reference = await given_escalation(world, ["gmc"])
    assert (await answer(world, "gmc1", reference, outcome, reason)).ok
    inspector = world.persona("inspector")
    note = last_dm(world, "inspector")
    assert f"GMC has answered {reference}" in note.text
    assert words not in note.text
    await inspector.press(note, "Read the answer")
    assert words in inspector.modal.text
    assert reason in inspector.modal.text


@SQLITE
@pytest.mark.parametrize("outcome", ["hold", "more"])
async def test_some_answers_need_a_reason(world: World, outcome: str):
    reference = await given_escalation(world, ["gmc"])
    said = await answer(world, "gmc1", reference, outcome, "  ")
    assert said.errors == {"reason": "Say what you hold, what you need to know, or why."}
    assert len(told(world, "inspector")) == 2
    gmc = world.persona("gmc1")
    assert (await gmc.submit(gmc.modal, {"reason": "Two referrals."})).ok


async def test_a_second_answer_is_refused_in_words(world: World):
    reference = await given_escalation(world, ["gmc"])
    gmc2 = world.persona("gmc2")
    await gmc2.press(await open_escalation(world, "gmc2", reference), "Answer")
    await answer(world, "gmc1", reference, "hold", "Two referrals.")
    said = await gmc2.submit(gmc2.modal, {"outcome": "none"})
    assert f"GMC has already answered {reference}, and its first answer stands" in said.errors["outcome"]
    (line,) = await world.rows(Addressee)
    assert (line.outcome, line.responded_by_id) == ("hold", world.ids["gmc1"])


@SQLITE
async def test_an_old_page_offers_no_second_answer(world: World):
    reference = await given_escalation(world, ["gmc"])
    gmc = world.persona("gmc1")
    page = await open_escalation(world, "gmc1", reference)
    await answer(world, "gmc2", reference)
    await gmc.press(page, "Answer")
    assert "That had been done already" in gmc.modal.text
    assert "holds none" in gmc.modal.text
    assert gmc.modal.buttons == ["Change the answer"]


@SQLITE
async def test_answering_acknowledges_as_well(world: World):
    reference = await given_escalation(world, ["gmc"])
    await answer(world, "gmc2", reference)
    (line,) = await world.rows(Addressee)
    assert (line.acknowledged_by_id, line.responded_by_id) == (world.ids["gmc2"],) * 2


async def test_the_grid_changes_in_its_place(world: World):
    reference = await given_escalation(world, ["gmc", "nmc"])
    (first,) = grids(world)
    assert "GMC | with Gmc1 Person; not acknowledged yet" in first.text
    await acknowledge(world, "gmc1", reference)
    await answer(world, "nmc1", reference)
    (grid,) = grids(world)
    assert (grid.ts, grid.edited) == (first.ts, True)
    assert "GMC | acknowledged Mon 23 Nov 2026, 08:00 by Gmc1 Person; no answer yet" in grid.text
    assert "NMC | answered Mon 23 Nov 2026, 08:00" in grid.text
    updates = [arguments for method, arguments in world.pg.calls if method == "chat.update"]
    assert {arguments["ts"] for arguments in updates} == {first.ts}


async def test_many_changes_at_once_end_right(world: World):
    reference = await given_escalation(world, ["gmc", "nmc", "hee"])
    for slug in ("gmc1", "nmc1", "dean"):
        person = world.persona(slug)
        await person.press(await open_escalation(world, slug, reference), "Acknowledge")
    await world.settle()
    (grid,) = grids(world)
    assert grid.text.count("no answer yet") == 3
    assert {row.state for row in await outbox(world, "escalation.grid")} == {"sent", "withheld"}


@SQLITE
async def test_the_reason_is_for_whoever_asked(world: World):
    reference = await given_escalation(world, ["gmc", "hee"])
    await answer(world, "gmc1", reference, "hold", "Two referrals about one doctor.")
    for slug, reads in [("inspector", True), ("gmc3", True), ("dean", False), ("lead", False), ("chair", False)]:
        page = await open_escalation(world, slug, reference)
        assert "GMC: answered" in page.text.replace("\n", "")
        assert ("Two referrals" in page.text) is reads, slug


@SQLITE
async def test_only_the_named_answer(world: World):
    reference = await given_escalation(world, ["cqc"], slug="dean")
    page = await open_escalation(world, "inspector", reference)
    assert page.buttons == []
    Tap(world, lambda payload: payload["actions"][0].update(action_id="escalation.acknowledge", value=reference))
    note = last_dm(world, "colleague")
    colleague, inspector = world.persona("colleague"), world.persona("inspector")
    await given_concern(world)
    await inspector.press(last_dm(world, "inspector"), "Read it")
    assert "Only the people CQC has named for escalations can do that" in answer_of(world, "inspector")
    await colleague.press(note, f"Open {reference}")
    assert "acknowledged" in colleague.modal.text


@SQLITE
async def test_others_cannot_answer_for_it(world: World):
    reference = await given_escalation(world, ["gmc"])
    page = await open_escalation(world, "dean", reference)
    assert page.buttons == []
    await given_concern(world, "dean")
    Tap(world, lambda payload: payload["actions"][0].update(action_id="escalation.acknowledge", value=reference))
    await world.persona("dean").press(last_dm(world, "dean"), "Read it")
    assert f"There is nothing under “{reference}”" in answer_of(world, "dean")
    (line,) = await world.rows(Addressee)
    assert line.state == "notified"


@SQLITE
async def test_the_originator_is_never_asked_by_themselves(world: World):
    """Somebody who answers for two bodies is not chased about what they raised."""
    ids = world.ids
    await world.change(
        NominatedPerson(organisation_id=ids["org:gmc"], person_id=ids["dean"], rung=0, category="professionals")
    )
    await given_escalation(world, ["gmc"], slug="dean")
    assert len(told(world, "gmc1")) == 1
    assert [text for text in told(world, "dean") if "is waiting for GMC" in text] == []


@SQLITE
async def test_what_awaits_is_on_ones_own_page(world: World):
    reference = await given_escalation(world, ["gmc"])
    gmc = world.persona("gmc1")
    assert f"Escalation {reference} waits to be acknowledged" in (await gmc.open_home()).text
    await gmc.press(gmc.home, f"Open {reference}")
    await gmc.press(gmc.modal, "Acknowledge")
    assert f"Escalation {reference} waits for your answer" in (await gmc.open_home()).text
    await answer(world, "gmc1", reference)
    assert reference not in (await gmc.open_home()).text
    assert "Nothing is waiting for you" in (await world.persona("gmc2").open_home()).text
