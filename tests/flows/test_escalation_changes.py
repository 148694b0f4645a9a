"""Withdrawing an escalation, merging it, widening it, asking others late, and asking again."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.escalation import AddresseeState, EscalationState
from bot.domain.panels import PanelState
from bot.domain.terms import Audience, ConcernState, HandlingKind, Marking, Urgency
from bot.services.escalation_changes import withdraw_from
from bot.services.escalation_widening import reopen as ask_again
from bot.store.tables import Addressee, Concern, LadderRung, Panel, PastAnswer
from tests.flows.action_steps import SQLITE, add, nobody_answers
from tests.flows.change_steps import (
    BUTTONS,
    REASON,
    address,
    change,
    changes_of,
    choose_change,
    escalation_of,
    given_change,
    given_to_parent,
    key_of,
    line_of,
    reopen,
    withdraw,
)
from tests.flows.handling_steps import given_change as take_away
from tests.flows.panel_steps import FORM as PANEL
from tests.flows.panel_steps import given_panel, joined_escalation, open_form
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
from tests.flows.test_escalation_answers import grids
from tests.world import World


def private(world: World) -> dict[str, Any]:
    """A concern that only its own organisation and one other may read, beside those who are asked."""
    return {"audience": Audience.ORGANISATIONS, "organisations": (world.ids["org:ccg"],)}


def flat(page: Any) -> str:
    return page.text.replace("\n", "")


def about(world: World, slug: str, words: str) -> list[str]:
    """The messages that person has had with these words in them."""
    return [text for text in told(world, slug) if words in text]


# Withdrawing


async def test_what_is_withdrawn_is_over_for_everybody(world: World):
    reference = await given_escalation(world, ["gmc", "nmc", "hee"], **private(world))
    await answer(world, "nmc1", reference, "hold", "Two referrals.")
    assert (await withdraw(world, reference)).ok
    row = await escalation_of(world, reference)
    assert (row.state, row.ended_at) == (EscalationState.WITHDRAWN, world.now)
    assert (await line_of(world, reference, "gmc")).state is AddresseeState.STOPPED
    assert (await line_of(world, reference, "nmc")).outcome == "hold"
    for slug, body in (("gmc1", "GMC"), ("dean", "HEE")):
        assert len(about(world, slug, f"{reference} is withdrawn from {body}")) == 1
    assert len(about(world, "nmc1", f"{reference} is over")) == 1
    assert about(world, "gmc2", reference) == []
    (grid,) = grids(world)
    assert "Withdrawn on Mon 23 Nov 2026, 08:00" in grid.text
    page = await open_escalation(world, "inspector", reference)
    assert f"CQC (Inspector Person): withdrew it. {REASON}" in flat(page)
    assert "Two referrals" in page.text
    before = len(await outbox(world))
    await world.move(days=10)
    assert [row.kind for row in (await outbox(world))[before:] if row.kind.startswith("escalation")] == []


@SQLITE
async def test_what_is_withdrawn_can_still_be_read_and_no_longer_answered(world: World):
    reference = await given_escalation(world, ["gmc", "nmc"], **private(world))
    await answer(world, "nmc1", reference)
    gmc, nmc = world.persona("gmc1"), world.persona("nmc1")
    await gmc.press(await open_escalation(world, "gmc1", reference), "Answer")
    await nmc.press(await open_escalation(world, "nmc1", reference), "Change the answer")
    await withdraw(world, reference)
    for person, outcome in ((gmc, "none"), (nmc, "join")):
        assert "closed to this" in str((await person.submit(person.modal, {"outcome": outcome})).errors)
    assert (await line_of(world, reference, "nmc")).outcome == "none"
    await gmc.press(last_dm(world, "gmc1"), f"Open {reference}")
    assert "Three trainees said so independently" in gmc.modal.text
    assert gmc.modal.buttons == []
    assert "the organisation" not in gmc.modal.text
    assert "CQC: withdrew it" in flat(gmc.modal)
    assert "Inspector Person" not in gmc.modal.text


@SQLITE
async def test_one_organisation_is_let_off_and_the_others_are_not(world: World):
    reference = await given_escalation(world, ["gmc", "nmc"])
    assert (await withdraw(world, reference, "gmc")).ok
    assert (await escalation_of(world, reference)).state is EscalationState.OPEN
    assert (await line_of(world, reference, "gmc")).next_step_at is None
    assert (await line_of(world, reference, "nmc")).next_step_at > world.now
    assert len(about(world, "gmc1", f"{reference} is withdrawn from GMC")) == 1
    assert about(world, "nmc1", "withdrawn") == []
    page = await open_escalation(world, "inspector", reference)
    assert f"no longer needs an answer from GMC. {REASON}" in flat(page)


@SQLITE
async def test_a_panel_to_come_is_called_off_and_one_held_is_not(world: World):
    reference = await joined_escalation(world)
    await hold_a_panel(world, reference)
    await given_panel(world, reference)
    await world.settle()
    assert (await withdraw(world, reference)).ok
    states = sorted((row.state, row.why) for row in await world.rows(Panel))
    assert states == [(PanelState.CANCELLED, REASON), (PanelState.HELD, "")]
    for slug in ("gmc1", "dean"):
        assert len(about(world, slug, "has been called off")) == 1


@SQLITE
async def test_nobody_meets_about_what_is_withdrawn(world: World):
    reference = await joined_escalation(world)
    form = await open_form(world, "inspector", reference)
    await change(world, reference, "withdraw", "colleague", whom="all")
    sent = await world.persona("inspector").submit(form, PANEL)
    assert f"{reference} is withdrawn, so it cannot be put to a panel now" in str(sent.errors)
    assert await world.rows(Panel) == []


@SQLITE
async def test_a_group_that_was_asked_hears_that_it_is_withdrawn(world: World):
    reference = await given_to_parent(world)
    assert len(about(world, "lead", f"Reference {reference}")) == 1
    await withdraw(world, reference)
    assert len(about(world, "lead", f"{reference} is withdrawn from Regional QSG")) == 1


# Who may, and what is refused


@SQLITE
async def test_only_the_organisation_that_started_it_may(world: World):
    reference = await given_escalation(world, ["gmc"])
    for slug in ("gmc1", "chair", "secretary"):
        page = await open_escalation(world, slug, reference)
        assert "Change this escalation" not in page.buttons
    colleague = await choose_change(world, reference, "colleague")
    assert "not the chair, and not the secretariat" in flat(colleague)
    note = last_dm(world, "gmc1")
    for listener in ("escalation.manage", *(f"escalation_change.{what}" for what in BUTTONS)):
        tap = Tap(world, lambda payload, to=listener: payload["actions"][0].update(action_id=to, value=reference))
        await world.persona("gmc1").press(note, f"Open {reference}")
        assert "Only people of the organisation that started it can do that" in answer_of(world, "gmc1")
        world.pg.transport = tap.carry
    assert await changes_of(world, reference) == []


@SQLITE
@pytest.mark.parametrize("slug", ["matron", "phso1"])
async def test_who_may_not_open_it_is_told_that_there_is_nothing(world: World, slug: str):
    reference = await given_escalation(world, ["gmc"], **private(world))
    person = world.persona(slug)
    home = await person.open_home()
    for listener in ("escalation.manage", "escalation_change.former"):
        tap = Tap(world, lambda payload, to=listener: payload["actions"][0].update(action_id=to, value=reference))
        await person.press(home, "Help")
        assert f"There is nothing under “{reference}” that you can open" in person.modal.text
        world.pg.transport = tap.carry


@SQLITE
@pytest.mark.parametrize("reason", ["  ", "x" * 1001])
async def test_a_reason_is_needed_and_not_too_long(world: World, reason: str):
    reference = await given_escalation(world, ["gmc"])
    tap = Tap(world, lambda payload: _type(payload, reason))
    sent = await change(world, reference, "withdraw", whom="all", reason="Because.")
    world.pg.transport = tap.carry
    assert list(sent.errors) == ["reason"]
    assert (await escalation_of(world, reference)).state is EscalationState.OPEN


def _type(payload: dict[str, Any], reason: str) -> None:
    """Put another reason into a form on its way, as long as no platform would let it be."""
    values = payload.get("view", {}).get("state", {}).get("values", {})
    for element in values.get("reason", {}).values():
        element["value"] = reason


@SQLITE
async def test_a_form_sent_again_changes_nothing(world: World):
    reference = await given_escalation(world, ["gmc"])
    tap = Tap(world)
    await answer(world, "gmc1", reference)
    for what, answers in (
        ("reopen", {"whom": [await key_of(world, reference, "gmc")]}),
        ("widen", {"concern": await given_concern(world)}),
        ("address", {"organisations": [str(world.ids["org:nmc"])]}),
        ("withdraw", {"whom": "all"}),
    ):
        assert (await change(world, reference, what, **answers)).ok, what
        before = await outbox(world), await changes_of(world, reference)
        first = tap.last
        assert reference in str(await tap.carry("interactive", first))
        await world.settle()
        assert [len(one) for one in before] == [len(await outbox(world)), len(await changes_of(world, reference))]


async def test_two_people_at_once_change_it_one_after_the_other(world: World):
    reference = await given_escalation(world, ["gmc", "nmc"])
    people = [world.persona("inspector"), world.persona("colleague")]
    for person, slug in zip(people, ("inspector", "colleague"), strict=True):
        await person.press(await choose_change(world, reference, slug), "Withdraw")
    sent = await asyncio.gather(*(one.submit(one.modal, {"whom": "all", "reason": "Over."}) for one in people))
    await world.settle()
    assert sorted(one.ok for one in sent) == [False, True]
    (refused,) = [one for one in sent if not one.ok]
    assert f"Somebody else has just changed escalation {reference}" in str(refused.errors)
    assert len(await changes_of(world, reference)) == 1
    assert len(about(world, "gmc1", "is withdrawn from")) == 1


async def test_an_answer_and_a_withdrawal_at_once_lose_nothing(world: World):
    reference = await given_escalation(world, ["gmc"])
    gmc, inspector = world.persona("gmc1"), world.persona("inspector")
    await gmc.press(await open_escalation(world, "gmc1", reference), "Answer")
    await inspector.press(await choose_change(world, reference), "Withdraw")
    answered, withdrawn = await asyncio.gather(
        gmc.submit(gmc.modal, {"outcome": "none"}),
        inspector.submit(inspector.modal, {"whom": "all", "reason": "Over."}),
    )
    await world.settle()
    assert withdrawn.ok
    line = await line_of(world, reference, "gmc")
    assert (line.state is AddresseeState.RESPONDED) is answered.ok
    heard = f"{reference} is over" if answered.ok else f"{reference} is withdrawn from GMC"
    assert len(about(world, "gmc1", heard)) == 1
    assert line.next_step_at is None


@SQLITE
@pytest.mark.parametrize("what", ["merge", "widen", "address"])
async def test_what_is_over_is_not_changed(world: World, what: str):
    reference = await given_escalation(world, ["gmc"])
    await given_escalation(world, ["gmc"])
    inspector = world.persona("inspector")
    await inspector.press(await choose_change(world, reference), BUTTONS[what])
    form = inspector.modal
    field = {"merge": "into", "widen": "concern", "address": "organisations"}[what]
    chosen = _first(form, field)
    await change(world, reference, "withdraw", "colleague", whom="all")
    sent = await inspector.submit(form, {"reason": REASON, field: [chosen] if what == "address" else chosen})
    assert "Somebody else has just changed" in str(sent.errors)
    assert (await choose_change(world, reference)).buttons == ["Ask again"]


def _first(form: Any, field: str) -> str:
    """The first that can be chosen in a form."""
    (block,) = [block for block in form.blocks if block["block_id"] == field]
    return str(block["element"]["options"][0]["value"])


@SQLITE
async def test_after_a_panel_only_withdrawing_is_left(world: World):
    reference = await given_escalation(world, ["gmc", "nmc"])
    await answer(world, "gmc1", reference)
    other = await given_concern(world)
    inspector = world.persona("inspector")
    await inspector.press(await choose_change(world, reference), "Add a concern")
    form = inspector.modal
    await hold_a_panel(world, reference)
    sent = await inspector.submit(form, {"reason": REASON, "concern": other})
    assert "A panel about" in str(sent.errors)
    assert "Start a new escalation" in str(sent.errors)
    assert (await choose_change(world, reference)).buttons == ["Withdraw"]


async def hold_a_panel(world: World, reference: str, state: PanelState = PanelState.HELD) -> None:
    given = {"escalation_id": (await escalation_of(world, reference)).key, "organisation_id": world.ids["org:cqc"]}
    given |= {"convened_by_id": world.ids["inspector"], "convened_at": world.now, "submit_key": reference}
    held_at = world.now if state is PanelState.HELD else None
    await add(world, Panel(reference=f"P{reference[1:]}", state=state, held_at=held_at, **given))


# Adding a concern


async def test_a_concern_that_is_added_reaches_everybody_once(world: World):
    reference = await given_escalation(world, ["gmc", "nmc"], **private(world))
    await answer(world, "nmc1", reference)
    await withdraw(world, reference, "gmc")
    await address(world, reference, "hee")
    added = await given_concern(world, headline="Rota gaps again", **private(world))
    assert (await change(world, reference, "widen", concern=added)).ok
    assert len(about(world, "nmc1", f"A concern was added to {reference}")) == 1
    assert "Does the answer still stand" in last_dm(world, "nmc1").text
    assert "one answer is enough" in last_dm(world, "dean").text
    assert about(world, "gmc1", "A concern was added") == []
    assert "Rota gaps again" in (await open_escalation(world, "nmc1", reference)).text
    page = await open_escalation(world, "gmc1", reference)
    assert "Rota gaps again" not in page.text
    assert added not in page.text
    assert f"added the concern {added}" in flat(await open_escalation(world, "dean", reference))
    (row,) = await world.rows(Concern, Concern.reference == added)
    assert (row.state, row.retention) == (ConcernState.CONSIDERED, "acted_on")


@SQLITE
async def test_a_more_urgent_concern_hastens_all_and_delays_nobody(world: World):
    reference = await given_escalation(world, ["gmc", "nmc", "hee"])
    await acknowledge(world, "nmc1", reference)
    await answer(world, "dean", reference)
    planned = {body: (await line_of(world, reference, body)).next_step_at for body in ("gmc", "nmc")}
    await change(world, reference, "widen", concern=await given_concern(world, urgency=Urgency.URGENT))
    assert (await escalation_of(world, reference)).urgency is Urgency.URGENT
    assert (await line_of(world, reference, "gmc")).next_step_at == world.now + timedelta(minutes=30) < planned["gmc"]
    assert (await line_of(world, reference, "nmc")).next_step_at == world.now + timedelta(hours=24) < planned["nmc"]
    assert (await line_of(world, reference, "hee")).next_step_at is None
    await world.move(minutes=29)
    before = (await line_of(world, reference, "gmc")).next_step_at
    await change(world, reference, "widen", concern=await given_concern(world, urgency=Urgency.URGENT))
    assert (await line_of(world, reference, "gmc")).next_step_at == before


NOT_OFFERED = [
    ("of another provider", {"provider": "vale"}),
    ("not in the directory", {"provider": None, "provider_named": "Northgate"}),
    ("for named people", {"audience": Audience.PEOPLE, "marking": Marking.RED}),
]


@SQLITE
@pytest.mark.parametrize(("what", "values"), NOT_OFFERED, ids=[what for what, _ in NOT_OFFERED])
async def test_only_what_fits_can_be_added(world: World, what: str, values: dict[str, Any]):
    reference = await given_escalation(world, ["gmc"])
    extra = {"people": (world.ids["chair"],)} if "audience" in values else {}
    unfit = await given_concern(world, **values, **extra)
    fits = await given_concern(world)
    inspector = world.persona("inspector")
    await inspector.press(await choose_change(world, reference), "Add a concern")
    (block,) = [block for block in inspector.modal.blocks if block["block_id"] == "concern"]
    assert [one["value"] for one in block["element"]["options"]] == [fits]
    Tap(world, lambda payload: _choose(payload, "concern", unfit))
    sent = await inspector.submit(inspector.modal, {"concern": fits, "reason": REASON})
    assert sent.errors == {"concern": "Choose one from the list."}


def _choose(payload: dict[str, Any], field: str, value: str) -> None:
    for element in payload.get("view", {}).get("state", {}).get("values", {}).get(field, {}).values():
        element["selected_option"]["value"] = value


@SQLITE
async def test_what_another_organisation_raised_is_not_passed_on(world: World):
    reference = await given_escalation(world, ["gmc", "phso"])
    theirs = await given_concern(world, "dean")
    sent = await change(world, reference, "widen", concern=theirs)
    assert "Only the organisation that raised this may share it further. Leave out: PHSO." in str(sent.errors)
    onwards = await given_concern(world, "dean", marking=Marking.GREEN)
    assert (await change(world, reference, "widen", concern=onwards)).ok


@SQLITE
@pytest.mark.parametrize("first", [True, False])
async def test_what_does_not_name_the_organisation_is_kept_apart_from_what_does(world: World, *, first: bool):
    reference = await given_escalation(world, ["gmc"], attributed=first)
    sent = await change(world, reference, "widen", concern=await given_concern(world, attributed=not first))
    assert "would give it away" in str(sent.errors)
    assert (await change(world, reference, "widen", concern=await given_concern(world, attributed=first))).ok
    page = await open_escalation(world, "gmc1", reference)
    assert ("CQC: added" in flat(page)) is first
    assert ("the organisation that asks: added" in flat(page)) is not first


# Asking others late


async def test_an_organisation_asked_late_is_asked_as_the_others_were(world: World):
    reference = await given_escalation(world, ["gmc"], **private(world))
    await change(world, reference, "widen", concern=await given_concern(world, headline="Rota gaps", **private(world)))
    await world.move(hours=30)
    assert (await address(world, reference, "nmc", "phso")).ok
    line = await line_of(world, reference, "nmc")
    assert (line.added_at, line.position, line.round) == (world.now, 0, 0)
    assert len(about(world, "nmc1", f"Reference {reference}")) == 1
    page = await open_escalation(world, "nmc1", reference)
    assert "Rota gaps" in page.text
    assert "asked NMC as well" in flat(page)
    assert "NMC | with Nmc1 Person" in grids(world)[0].text
    assert len(about(world, "inspector", "Nobody at PHSO has acknowledged")) == 1


@SQLITE
async def test_nobody_is_asked_twice(world: World):
    reference = await given_escalation(world, ["gmc"])
    inspector = world.persona("inspector")
    await inspector.press(await choose_change(world, reference), "Ask others as well")
    (block,) = [block for block in inspector.modal.blocks if block["block_id"] == "organisations"]
    names = sorted(one["text"]["text"] for one in block["element"]["options"])
    assert names == ["HEE", "NHS England", "NMC", "PHSO"]
    gmc = str(world.ids["org:gmc"])
    Tap(world, lambda payload: _choose_all(payload, "organisations", gmc))
    sent = await inspector.submit(inspector.modal, {"organisations": [str(world.ids["org:nmc"])], "reason": REASON})
    assert sent.errors == {"organisations": "Choose at least one from the list."}
    assert len(await world.rows(Addressee)) == 1


def _choose_all(payload: dict[str, Any], field: str, value: str) -> None:
    for element in payload.get("view", {}).get("state", {}).get("values", {}).get(field, {}).values():
        element["selected_options"][0]["value"] = value


@SQLITE
async def test_one_that_was_withdrawn_from_is_asked_again_instead(world: World):
    reference = await given_escalation(world, ["gmc", "nmc"])
    await withdraw(world, reference, "gmc")
    assert (await address(world, reference, "gmc")).ok
    line = await line_of(world, reference, "gmc")
    assert (line.state, line.round, line.position) == (AddresseeState.NOTIFIED, 1, 0)
    assert len(about(world, "gmc1", f"Reference {reference}")) == 2
    assert "has been asked before and is asked again" in last_dm(world, "gmc1").text


# Asking again


async def test_who_answered_is_asked_again_from_the_beginning(world: World):
    reference = await given_escalation(world, ["gmc", "nmc"])
    await world.move(hours=12)
    await answer(world, "gmc2", reference, "hold", "Two referrals.")
    (first,) = await world.rows(LadderRung, LadderRung.person_id == world.ids["gmc1"])
    assert (await reopen(world, reference, "gmc")).ok
    line = await line_of(world, reference, "gmc")
    assert (line.state, line.round, line.position, line.acknowledged_at) == (AddresseeState.NOTIFIED, 1, 0, None)
    assert (line.outcome, line.reason, line.responded_at) == ("", "", None)
    rungs = await world.rows(LadderRung, LadderRung.addressee_id == line.key)
    assert [rung.told_at for rung in sorted(rungs, key=lambda it: it.position)] == [world.now, None, None]
    assert first.told_at < world.now
    assert len(about(world, "gmc1", f"Reference {reference}")) == 2
    page = await open_escalation(world, "inspector", reference)
    assert "holds related information: Two referrals." in flat(page)
    assert "asked GMC again" in flat(page)
    await answer(world, "gmc1", reference, "none")
    assert len(about(world, "inspector", f"GMC has answered {reference}")) == 2
    (kept,) = await world.rows(PastAnswer)
    assert (kept.outcome, kept.reason, kept.responded_by_id) == ("hold", "Two referrals.", world.ids["gmc2"])


@SQLITE
async def test_the_ladder_is_climbed_and_reminded_of_afresh(world: World):
    reference = await given_escalation(world, ["gmc"], urgency=Urgency.URGENT)
    await world.move(minutes=31)
    await answer(world, "gmc1", reference)
    await reopen(world, reference, "gmc")
    await world.move(minutes=30)
    assert len(about(world, "gmc1", f"Reminder: {reference}")) == 2
    await world.move(minutes=30)
    assert len(about(world, "gmc2", f"Reference {reference}")) == 1


@SQLITE
async def test_an_old_form_does_not_answer_what_is_asked_anew(world: World):
    reference = await given_escalation(world, ["gmc"])
    gmc = world.persona("gmc1")
    await gmc.press(await open_escalation(world, "gmc1", reference), "Answer")
    form = gmc.modal
    await answer(world, "gmc2", reference)
    await reopen(world, reference, "gmc")
    sent = await gmc.submit(form, {"outcome": "join"})
    assert "Somebody else has just changed" in str(sent.errors)
    assert (await line_of(world, reference, "gmc")).state is AddresseeState.NOTIFIED


@SQLITE
async def test_what_was_withdrawn_is_open_again_for_those_who_are_chosen(world: World):
    reference = await given_escalation(world, ["gmc", "nmc", "hee"])
    await answer(world, "nmc1", reference, "hold", "Two referrals.")
    await withdraw(world, reference)
    assert (await reopen(world, reference, "gmc")).ok
    row = await escalation_of(world, reference)
    assert (row.state, row.ended_at) == (EscalationState.OPEN, None)
    states = {body: (await line_of(world, reference, body)).state for body in ("gmc", "nmc", "hee")}
    assert states == {
        "gmc": AddresseeState.NOTIFIED,
        "nmc": AddresseeState.RESPONDED,
        "hee": AddresseeState.STOPPED,
    }
    (grid,) = grids(world)
    assert "Withdrawn on" not in grid.text
    assert (await withdraw(world, reference)).ok
    assert len(about(world, "gmc1", f"{reference} is withdrawn from GMC")) == 2
    assert len(about(world, "nmc1", f"{reference} is over")) == 2
    assert len(about(world, "dean", f"{reference} is withdrawn from HEE")) == 1


@SQLITE
async def test_what_was_not_sent_yet_is_not_sent_twice(world: World):
    """Slack cannot be reached while it is withdrawn and asked again: then one notice, and no word of withdrawing."""
    with nobody_answers(world):
        reference = await given_escalation(world, ["gmc"])
        key = await key_of(world, reference, "gmc")
        await given_change(world, withdraw_from, reference, key)
        await given_change(world, ask_again, reference, key)
    await world.move(minutes=20)
    assert len(about(world, "gmc1", reference)) == 1
    assert "is asked again" in last_dm(world, "gmc1").text


@SQLITE
async def test_one_taken_away_by_its_handling_is_shared_again_when_it_is_asked_again(world: World):
    concern = await given_concern(world, **private(world))
    reference = await given_escalation(world, ["gmc"], concern=concern)
    await take_away(world, "inspector", concern, HandlingKind.NARROW, ("gmc",))
    assert "it can no longer be opened" in last_dm(world, "gmc1").text
    assert (await reopen(world, reference, "gmc")).ok
    assert "Three trainees" in (await open_escalation(world, "gmc1", reference)).text
