"""Acknowledging and answering, and what the originator sees of it."""

from typing import Any

import pytest

from bot.domain.escalation import EscalationState
from bot.domain.terms import OrganisationKind, ProtocolStatus
from bot.errors import FormErrors
from bot.services.escalations import AnswerDraft, respond
from bot.store.tables import Addressee, Escalation, Exchange, NominatedPerson, Organisation, Panel, PastAnswer
from tests.flows.action_steps import SQLITE, add
from tests.flows.steps import (
    Tap,
    acknowledge,
    answer,
    answer_of,
    at_once,
    given_concern,
    given_escalation,
    last_dm,
    open_escalation,
    outbox,
    told,
    viewer,
)
from tests.world import World

# What each answer of each kind needs: a reason (R), a date (D), or nothing.
NEEDS = {
    "emerging_concern": {"hold": "R", "none": "", "more": "R", "join": ""},
    "reinspection": {"accept": "D", "decline": "R", "more": "R"},
    "referral": {"accept": "", "decline": "R", "more": "R"},
    "safeguarding_adult": {"received": "", "action": "R", "more": "R"},
    "safeguarding_child": {"received": "", "action": "R", "more": "R"},
    "impact": {"assessment": "R", "none": "", "more": "R"},
    "parent": {"noted": "", "decision": "R", "more": "R"},
    "share_area": {"noted": "", "agenda": "", "more": "R"},
}
FIELDS = {"R": {"reason"}, "D": {"by_on"}, "": set()}
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


async def missing(world: World, reference: str, outcome: str, **given: Any) -> set[str]:
    """The fields without which that answer is refused."""
    async with world.bot.store.look() as unit:  # so that nothing of it stays
        by = await viewer(world, unit, "gmc1")
        try:
            await respond(unit, reference, AnswerDraft(outcome, **given), by=by, **at_once(world))
        except FormErrors as wrong:
            return set(wrong.fields)
    return set()


@SQLITE
async def test_each_answer_of_each_kind_has_what_it_needs(world: World):
    kinds = world.bot.work.rules.policy.kinds
    assert {name: set(kind.answers) for name, kind in kinds.items()} == {name: set(of) for name, of in NEEDS.items()}
    reference = await given_escalation(world, ["gmc"])
    (row,) = await world.rows(Escalation)
    for kind, answers in NEEDS.items():
        row.kind = kind
        await world.change(row)
        (row,) = await world.rows(Escalation)
        for outcome, needs in answers.items():
            assert await missing(world, reference, outcome, reason=" ") == FIELDS[needs], (kind, outcome)
            full = {"reason": "Because.", "by_on": world.now.date()}
            assert await missing(world, reference, outcome, **full) == set(), (kind, outcome)
        assert await missing(world, reference, "of another kind") == {"outcome"}


async def test_a_second_answer_is_refused_in_words(world: World):
    reference = await given_escalation(world, ["gmc"])
    gmc2 = world.persona("gmc2")
    await gmc2.press(await open_escalation(world, "gmc2", reference), "Answer")
    await answer(world, "gmc1", reference, "hold", "Two referrals.")
    said = await gmc2.submit(gmc2.modal, {"outcome": "none"})
    assert (
        f"Somebody at GMC answered {reference} while this form was open, so nothing was sent" in said.errors["outcome"]
    )
    (line,) = await world.rows(Addressee)
    assert (line.outcome, line.responded_by_id) == ("hold", world.ids["gmc1"])


async def change(world: World, slug: str, reference: str, **said: str) -> Any:
    """Change one's organisation's answer; what came of sending the form."""
    person = world.persona(slug)
    await person.press(await open_escalation(world, slug, reference), "Change the answer")
    sent = await person.submit(person.modal, said)
    await world.settle()
    return sent


async def test_a_changed_answer_keeps_the_one_before_it(world: World):
    reference = await given_escalation(world, ["gmc", "hee"])
    await answer(world, "gmc1", reference, "hold", "Two referrals.")
    await world.move(hours=1)
    assert (await change(world, "gmc2", reference, outcome="none", reason="They were about another trust.")).ok
    assert f"GMC has changed its answer to {reference}" in told(world, "inspector")[-1]
    assert sum(f"GMC has answered {reference}" in text for text in told(world, "inspector")) == 1
    assert "GMC | answered Mon 23 Nov 2026, 09:00" in grids(world)[0].text
    for slug, reads in [("inspector", True), ("gmc3", True), ("dean", False), ("chair", False)]:
        page = (await open_escalation(world, slug, reference)).text
        assert "GMC: answered Mon 23 Nov 2026, 09:00 – holds none" in page, slug
        kept = "Before that, Mon 23 Nov 2026, 08:00: holds related information: Two referrals."
        assert (kept in page) is reads, slug
    (before,) = await world.rows(PastAnswer)
    assert (before.outcome, before.responded_by_id) == ("hold", world.ids["gmc1"])


@SQLITE
async def test_the_same_answer_again_changes_nothing(world: World):
    reference = await given_escalation(world, ["gmc"])
    await answer(world, "gmc1", reference, "hold", "Two referrals.")
    heard = len(told(world, "inspector"))
    assert (await change(world, "gmc1", reference)).ok
    assert len(told(world, "inspector")) == heard
    assert await world.rows(PastAnswer) == []


@SQLITE
async def test_who_has_answered_takes_it_back_by_no_question(world: World):
    reference = await given_escalation(world, ["gmc"])
    await answer(world, "gmc1", reference)
    gmc = world.persona("gmc1")
    await gmc.press(await open_escalation(world, "gmc1", reference), "Change the answer")
    assert "need to know more" not in gmc.modal.text
    Tap(world, lambda payload: choose_more(payload["view"]["state"]["values"]["outcome"]))
    sent = await gmc.submit(gmc.modal, {"reason": "Which ward?"})
    assert f"{reference} is closed to this" in sent.errors["outcome"]
    assert await world.rows(Exchange) == []


def choose_more(values: Any) -> None:
    for element in values.values():
        element["selected_option"]["value"] = "more"


@SQLITE
async def test_what_a_panel_has_had_before_it_stands(world: World):
    reference = await given_escalation(world, ["gmc", "hee"])
    await answer(world, "gmc1", reference, "hold", "Two referrals.")
    gmc = world.persona("gmc1")
    page = await open_escalation(world, "gmc1", reference)
    await gmc.press(page, "Change the answer")
    form = gmc.modal
    await hold_panel(world)
    refused = f"The answer to {reference} is what the panel had before it, so it cannot be changed now"
    assert refused in (await gmc.submit(form, {"outcome": "none"})).errors["outcome"]
    await gmc.close(form)
    await gmc.press(page, "Change the answer")
    assert refused in gmc.modal.text
    assert "Change the answer" not in (await open_escalation(world, "gmc2", reference)).buttons
    assert (await answer(world, "dean", reference)).ok  # who has not answered yet still may


async def hold_panel(world: World) -> None:
    (escalation,) = await world.rows(Escalation)
    who = {"organisation_id": world.ids["org:cqc"], "convened_by_id": world.ids["inspector"]}
    when = {"convened_at": world.now, "held_at": world.now}
    await add(world, Panel(reference="P-HELD22", submit_key="held", escalation_id=escalation.key, **who, **when))


@SQLITE
async def test_a_panel_is_offered_to_whoever_asked_and_to_who_takes_part(world: World):
    reference = await given_escalation(world, ["gmc", "hee", "nmc"])
    await answer(world, "gmc1", reference, "join")
    await answer(world, "dean", reference, "none")

    async def offered() -> list[str]:
        people = ("inspector", "gmc1", "dean", "nmc1", "chair")
        return [who for who in people if "Convene a panel" in (await open_escalation(world, who, reference)).buttons]

    assert await offered() == ["inspector", "gmc1"]
    (escalation,) = await world.rows(Escalation)
    escalation.kind = "referral"  # a kind that no panel follows
    await world.change(escalation)
    assert await offered() == []


@SQLITE
async def test_once_it_is_over_no_answer_is_changed(world: World):
    reference = await given_escalation(world, ["gmc"])
    await answer(world, "gmc1", reference)
    gmc = world.persona("gmc1")
    await gmc.press(await open_escalation(world, "gmc1", reference), "Change the answer")
    (escalation,) = await world.rows(Escalation)
    escalation.state, escalation.ended_at = EscalationState.WITHDRAWN, world.now
    await world.change(escalation)
    sent = await gmc.submit(gmc.modal, {"outcome": "join"})
    assert f"{reference} is closed to this, so it cannot be answered now" in sent.errors["outcome"]
    assert (await open_escalation(world, "gmc2", reference)).buttons == []


@SQLITE
async def test_an_old_page_offers_no_second_answer(world: World):
    reference = await given_escalation(world, ["gmc"])
    gmc = world.persona("gmc1")
    page = await open_escalation(world, "gmc1", reference)
    await answer(world, "gmc2", reference)
    await gmc.press(page, "Answer")
    assert "That had been done already" in gmc.modal.text
    assert "holds none" in gmc.modal.text
    assert gmc.modal.buttons == ["Change the answer", "Write to whoever asked"]


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
async def test_one_answer_silences_nobody_else(world: World):
    reference = await given_escalation(world, ["gmc", "hee", "nmc"])
    await answer(world, "gmc1", reference, "none")
    await answer(world, "dean", reference, "more", "Which ward?")
    lines = {line.organisation_id: line for line in await world.rows(Addressee)}
    waiting = lines[world.ids["org:nmc"]]
    assert (waiting.state, waiting.nudges) == ("notified", 0)
    assert waiting.next_step_at is not None
    assert lines[world.ids["org:gmc"]].next_step_at is None
    await world.move_to(waiting.next_step_at)
    assert "is still waiting for NMC" in told(world, "nmc1")[-1]
    (grid,) = grids(world)
    assert "GMC | answered" in grid.text
    assert "HEE | needs to know more before it can answer" in grid.text
    assert "NMC | with Nmc1 Person; not acknowledged yet" in grid.text


@SQLITE
async def test_forty_are_asked_and_each_has_its_line(world: World):
    name = "A Very Long Name Of An Organisation That Oversees Many Things Number {:02}"
    bodies = [
        Organisation(slug=f"many{n}", name=name.format(n), short_name=name.format(n), kind=OrganisationKind.OVERSIGHT)
        for n in range(39)
    ]
    for body in bodies:
        body.protocol_status = ProtocolStatus.SIGNATORY
    await add(world, *bodies)
    world.ids.update({f"org:{body.slug}": body.key for body in bodies})
    reference = await given_escalation(world, ["gmc", *(body.slug for body in bodies)])
    (grid,) = grids(world)
    assert [n for n in range(39) if name.format(n) not in grid.text] == []
    await answer(world, "gmc1", reference)
    (after,) = grids(world)
    assert (after.ts, after.edited) == (grid.ts, True)
    changed = set(after.text.splitlines()) ^ set(grid.text.splitlines())
    assert {line.split(" | ")[0] for line in changed} == {"GMC"}
    page = await open_escalation(world, "inspector", reference)
    assert [n for n in range(39) if name.format(n) not in page.text] == []
    assert page.buttons == ["Change this escalation", "Convene a panel", "Write to one of those asked"]
    await world.persona("inspector").press(page, "Write to one of those asked")
    assert "Write to one of them" in world.persona("inspector").modal.title


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
