"""Two escalations become one: nobody is asked twice, and nothing is lost."""

import asyncio
from typing import Any

import pytest

from bot.domain.escalation import AddresseeState, EscalationState
from bot.domain.panels import PanelState
from bot.domain.terms import Urgency
from bot.services.escalation_merging import merge as put_together
from bot.store.concerns import reaches
from bot.store.destroying import erase
from bot.store.keeping import Record, concern_row
from bot.store.tables import Concern, EscalationConcern, Exchange, PastAnswer
from tests.flows.action_steps import SQLITE
from tests.flows.change_steps import (
    REASON,
    change,
    changes_of,
    choose_change,
    escalation_of,
    given_change,
    given_to_parent,
    given_to_region,
    line_of,
    reopen,
    withdraw,
)
from tests.flows.steps import (
    Tap,
    acknowledge,
    answer,
    given_concern,
    given_escalation,
    last_dm,
    open_escalation,
    outbox,
    told,
)
from tests.flows.test_escalation_answers import grids
from tests.flows.test_escalation_changes import about, flat, hold_a_panel, private
from tests.world import World


async def two(world: World, first: list[str], second: list[str], **values: Any) -> tuple[str, str]:
    """Two escalations about the same provider, each about a concern of its own; their references."""
    values = private(world) | values
    one = await given_escalation(world, first, question="Is the rota known to you?", headline="Rota gaps", **values)
    return one, await given_escalation(world, second, headline="Bullying", **values)


async def merge(world: World, reference: str, into: str) -> Any:
    return await change(world, reference, "merge", into=into)


async def test_what_is_merged_goes_on_as_one(world: World):
    one, other = await two(world, ["gmc", "nmc"], ["gmc", "hee"])
    await world.move(hours=1)
    await acknowledge(world, "nmc1", one)
    moved, stood = await line_of(world, one, "nmc"), await line_of(world, other, "gmc")
    assert (await merge(world, one, other)).ok
    source, target = await escalation_of(world, one), await escalation_of(world, other)
    assert (source.state, source.merged_into_id) == (EscalationState.MERGED, target.key)
    line = await line_of(world, other, "nmc")
    assert (line.id, line.state, line.next_step_at) == (moved.id, AddresseeState.ACKNOWLEDGED, moved.next_step_at)
    assert (await line_of(world, other, "gmc")).next_step_at == stood.next_step_at
    assert (await line_of(world, one, "gmc")).state is AddresseeState.STOPPED
    linked = await world.rows(EscalationConcern, EscalationConcern.escalation_id == target.key)
    assert len(linked) == 2
    for slug in ("gmc1", "nmc1"):
        assert len(about(world, slug, f"{one} is now part of {other}")) == 1
    assert len(about(world, "dean", f"A concern was added to {other}")) == 1
    assert about(world, "gmc1", "withdrawn") == about(world, "gmc1", "A concern was added") == []
    assert len(about(world, "nmc1", "Reference ")) == 1
    assert [row.kind for row in await outbox(world, "escalation.withdrawn")] == []


@SQLITE
async def test_everybody_reads_all_of_it_by_either_reference(world: World):
    one, other = await two(world, ["gmc", "nmc"], ["gmc", "hee"])
    note = last_dm(world, "nmc1")
    await merge(world, one, other)
    for slug in ("nmc1", "dean", "gmc1", "inspector", "colleague"):
        for reference in (one, other):
            page = await open_escalation(world, slug, reference)
            for words in ("Rota gaps", "Bullying", "Is the rota known to you?"):
                assert words in page.text, (slug, reference)
            assert (f"{one} is now part of {other}" in page.text) is (reference == one)
            assert f"made {one} part of it. {REASON}" in flat(page)
    nmc = world.persona("nmc1")
    await nmc.press(note, f"Open {one}")
    await nmc.press(nmc.modal, "Acknowledge")
    await world.settle()
    assert (await line_of(world, other, "nmc")).acknowledged_by_id == world.ids["nmc1"]
    (grid,) = grids(world)
    assert "NMC | acknowledged" in grid.text
    assert about(world, "inspector", f"Escalation {one} is now part of {other}") == told(world, "inspector")[1:2]


@SQLITE
async def test_it_can_still_be_seen_as_it_was(world: World):
    one, other = await two(world, ["gmc", "nmc"], ["gmc"])
    await withdraw(world, one, "nmc")
    await merge(world, one, other)
    inspector = world.persona("inspector")
    await inspector.press(await open_escalation(world, "inspector", one), f"{one} as it was")
    assert "withdrawn from them" in inspector.modal.text
    assert "Change this escalation" not in inspector.modal.buttons
    assert "Bullying" not in (await open_escalation(world, "nmc1", one)).text
    assert other not in world.persona("nmc1").modal.text


ANSWERS = [
    ("taken over when the other has none", ("hold", ""), ("hold", [])),
    ("left where only the other has one", ("", "none"), ("none", [])),
    ("kept beside the one that stands", ("hold", "join"), ("join", ["hold"])),
]


@SQLITE
@pytest.mark.parametrize(("what", "given", "left"), ANSWERS, ids=[what for what, *_ in ANSWERS])
async def test_an_answer_is(world: World, what: str, given: tuple[str, str], left: tuple[str, list[str]]):
    one, other = await two(world, ["gmc"], ["gmc"])
    for slug, reference, outcome in zip(("gmc1", "gmc2"), (one, other), given, strict=True):
        if outcome:
            await answer(world, slug, reference, outcome, f"Because of {outcome}.")
            await world.move(minutes=5)
    before = [await line_of(world, reference, "gmc") for reference in (one, other)]
    await merge(world, one, other)
    line = await line_of(world, other, "gmc")
    taken = before[1] if given[1] else before[0]
    assert (line.outcome, line.state, line.next_step_at) == (left[0], AddresseeState.RESPONDED, None)
    assert (line.responded_at, line.responded_by_id, line.reason) == (
        taken.responded_at,
        taken.responded_by_id,
        taken.reason,
    )
    past = await world.rows(PastAnswer, PastAnswer.addressee_id == line.key)
    assert [row.outcome for row in past] == left[1]
    page = await open_escalation(world, "inspector", one)
    for outcome in filter(None, given):
        assert f"Because of {outcome}." in page.text
    await world.move(days=5)
    assert await world.rows(type(line), type(line).next_step_at.is_not(None)) == []


@SQLITE
async def test_a_question_that_waits_goes_along_and_is_not_forgotten(world: World):
    one, other = await two(world, ["gmc"], ["gmc"])
    await answer(world, "gmc1", one, "more", "Which ward?")
    await merge(world, one, other)
    line = await line_of(world, other, "gmc")
    assert (line.state, line.acknowledged_by_id) == (AddresseeState.ASKS, world.ids["gmc1"])
    (asked,) = await world.rows(Exchange)
    assert asked.addressee_id == line.key
    await world.move(days=1)
    assert len(about(world, "inspector", f"still waiting for your reply about {other}")) == 1


@SQLITE
async def test_earlier_answers_go_along(world: World):
    one, other = await two(world, ["gmc"], ["gmc"])
    await answer(world, "gmc1", one, "hold", "Two referrals.")
    await reopen(world, one, "gmc")
    await merge(world, one, other)
    assert "Two referrals." in (await open_escalation(world, "inspector", other)).text


@SQLITE
async def test_the_more_urgent_of_the_two_decides(world: World):
    one = await given_escalation(world, ["gmc"], urgency=Urgency.URGENT)
    other = await given_escalation(world, ["nmc"])
    planned = (await line_of(world, other, "nmc")).next_step_at
    soon = (await line_of(world, one, "gmc")).next_step_at
    await merge(world, one, other)
    assert (await escalation_of(world, other)).urgency is Urgency.URGENT
    assert (await line_of(world, other, "nmc")).next_step_at < planned
    assert (await line_of(world, other, "gmc")).next_step_at == soon


@SQLITE
async def test_one_into_another_into_a_third(world: World):
    one, other = await two(world, ["gmc"], ["nmc"])
    third = await given_escalation(world, ["hee"], **private(world))
    await merge(world, one, other)
    await merge(world, other, third)
    page = await open_escalation(world, "gmc1", one)
    assert f"{one} is now part of {third}" in page.text
    assert {row.merged_into_id for row in [await escalation_of(world, it) for it in (one, other)]} == {
        (await escalation_of(world, third)).key
    }
    assert len(about(world, "gmc1", "is now part of")) == 2


@SQLITE
async def test_requests_to_a_group_are_merged_too(world: World):
    one = await given_to_parent(world)
    other = await given_to_region(world, await given_concern(world, headline="Bullying"))
    assert (await merge(world, one, other)).ok
    assert "Bullying" in (await open_escalation(world, "lead", one)).text
    assert len(about(world, "lead", f"{one} is now part of {other}")) == 1


@SQLITE
async def test_only_what_is_alike_is_offered(world: World):
    one, other = await two(world, ["gmc"], ["nmc"])
    await given_escalation(world, ["nmc"], provider="vale")
    await given_escalation(world, ["nmc"], slug="dean")
    over = await given_escalation(world, ["nmc"])
    await withdraw(world, over)
    await given_to_parent(world)
    inspector = world.persona("inspector")
    await inspector.press(await choose_change(world, one), "Merge into another")
    (block,) = [block for block in inspector.modal.blocks if block["block_id"] == "into"]
    assert [one["text"]["text"] for one in block["element"]["options"]] == [f"{other}: NMC"]
    for forged in (over, one, "E-NONE"):
        sent = await _forge(world, one, forged)
        assert sent.errors == {"into": "Choose one from the list."}


async def _forge(world: World, reference: str, into: str) -> Any:
    """Send the form with something else chosen than it offers."""

    def alter(payload: dict[str, Any]) -> None:
        for element in payload.get("view", {}).get("state", {}).get("values", {}).get("into", {}).values():
            element["selected_option"]["value"] = into

    inspector = world.persona("inspector")
    await inspector.press(await choose_change(world, reference), "Merge into another")
    (block,) = [block for block in inspector.modal.blocks if block["block_id"] == "into"]
    tap = Tap(world, alter)
    offered = block["element"]["options"][0]["value"]
    sent = await inspector.submit(inspector.modal, {"into": offered, "reason": REASON})
    world.pg.transport = tap.carry
    return sent


@SQLITE
async def test_what_would_share_another_s_concern_further_is_refused(world: World):
    theirs = await given_concern(world, "dean")
    one = await given_escalation(world, ["gmc"], concern=theirs)
    other = await given_escalation(world, ["phso"])
    for source, target in ((one, other), (other, one)):
        sent = await merge(world, source, target)
        assert "Only the organisation that raised this may share it further. Leave out: PHSO." in str(sent.errors)
    assert (await escalation_of(world, one)).state is EscalationState.OPEN
    assert await changes_of(world, one) == await changes_of(world, other) == []


@SQLITE
async def test_what_names_the_organisation_is_not_put_with_what_does_not(world: World):
    one = await given_escalation(world, ["gmc"])
    other = await given_escalation(world, ["gmc"], attributed=False)
    assert "would give it away" in str((await merge(world, one, other)).errors)
    assert "would give it away" in str((await merge(world, other, one)).errors)


@SQLITE
async def test_who_is_let_off_in_one_and_asked_in_the_other_is_decided_by_a_person(world: World):
    one, other = await two(world, ["gmc"], ["gmc", "nmc"])
    await withdraw(world, other, "gmc")
    sent = await merge(world, one, other)
    assert f"{other} is withdrawn from GMC, whom this one still asks" in str(sent.errors)
    await answer(world, "gmc1", one, "none")
    assert (await merge(world, one, other)).ok
    assert (await line_of(world, other, "gmc")).outcome == "none"


@SQLITE
async def test_panels_keep_them_apart(world: World):
    one, other = await two(world, ["gmc"], ["nmc"])
    inspector = world.persona("inspector")
    await inspector.press(await choose_change(world, one), "Merge into another")
    form = inspector.modal
    await hold_a_panel(world, one, PanelState.FIXED)
    sent = await inspector.submit(form, {"into": other, "reason": REASON})
    assert "A panel has been convened about the one you are changing" in str(sent.errors)
    assert "Merge into another" not in (await choose_change(world, one)).buttons
    assert (await merge(world, other, one)).ok


@SQLITE
async def test_nothing_goes_into_what_a_panel_has_considered(world: World):
    one, other = await two(world, ["gmc"], ["nmc"])
    await hold_a_panel(world, other)
    assert f"A panel about {other} has been held" in str((await merge(world, one, other)).errors)


@SQLITE
async def test_what_one_was_let_off_is_not_opened_to_it(world: World):
    """Who is not waited for any more in the one that ends does not come to read the one that goes on."""
    one, other = await two(world, ["gmc", "hee"], ["nmc"])
    await withdraw(world, one, "hee")
    await merge(world, one, other)
    async with world.bot.store.look() as unit:
        (bullying,) = await world.rows(Concern, Concern.headline == "Bullying")
        assert world.ids["org:hee"] not in await reaches(unit, bullying)
        assert world.ids["org:gmc"] in await reaches(unit, bullying)
    dean = world.persona("dean")
    await dean.command("/escalate", other)
    assert "There is nothing under" in str(world.persona("dean").messages(dean.dm_id)[-1].text)
    assert len(told(world, "dean")) == 2


async def test_each_into_the_other_at_once_is_done_once(world: World):
    one, other = await two(world, ["gmc"], ["nmc"])
    people = [world.persona("inspector"), world.persona("colleague")]
    for person, slug, reference in zip(people, ("inspector", "colleague"), (one, other), strict=True):
        await person.press(await choose_change(world, reference, slug), "Merge into another")
    sent = await asyncio.gather(
        *(it.submit(it.modal, {"into": into, "reason": REASON}) for it, into in zip(people, (other, one), strict=True))
    )
    await world.settle()
    assert sorted(it.ok for it in sent) == [False, True]
    states = sorted(row.state for row in [await escalation_of(world, it) for it in (one, other)])
    assert states == [EscalationState.MERGED, EscalationState.OPEN]
    assert len(about(world, "gmc1", "is now part of") + about(world, "nmc1", "is now part of")) == 1


@SQLITE
async def test_a_merger_sent_again_changes_nothing(world: World):
    one, other = await two(world, ["gmc"], ["gmc"])
    tap = Tap(world)
    assert (await merge(world, one, other)).ok
    first = tap.last
    before = await outbox(world)
    assert f"{one} is now part of {other}" in str(await tap.carry("interactive", first))
    await world.settle()
    assert len(await outbox(world)) == len(before)
    assert [len(await changes_of(world, it)) for it in (one, other)] == [1, 1]


@SQLITE
async def test_what_is_merged_is_destroyed_with_its_concerns(world: World):
    one, other = await two(world, ["gmc"], ["nmc"])
    await given_change(world, put_together, one, other)
    (concern,) = await world.rows(Concern, Concern.headline == "Rota gaps")
    await destroy(world, concern.key)
    assert await world.rows(Concern, Concern.headline == "Rota gaps") == []
    page = await open_escalation(world, "gmc1", other)
    assert "Bullying" in page.text
    assert "Is the rota known to you?" not in page.text
    (left,) = await world.rows(Concern)
    await destroy(world, left.key)
    assert await world.rows(EscalationConcern) == await world.rows(Concern) == []


async def destroy(world: World, concern_id: int) -> None:
    async with world.bot.store.begin() as unit:
        row = await concern_row(unit, concern_id)
        await erase(unit, Record(**{name: getattr(row, name) for name in Record.__dataclass_fields__}), world.now)
