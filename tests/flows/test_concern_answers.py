"""Answers to a concern: given, seen by those they are for, told to the originator at once, replied to and concluded."""

from typing import Any

import pytest

from bot.domain.answers import AnswerHandling, AnswerKind
from bot.domain.terms import ConcernState, Directness, HandlingKind, Lineage, Reliability
from bot.store.tables import Concern, ConcernAnswer, JournalEntry
from tests.flows.action_steps import SQLITE, acts, add, summary, summary_page
from tests.flows.answer_steps import WORDS, add_to, answers, begin, give, page
from tests.flows.handling_steps import given_change
from tests.flows.steps import Tap, answer_of, given_concern, last_dm, outbox, posts, told
from tests.hostile import HOSTILE
from tests.world import QSG, World, conflict

ALONE = {"handling": "originator"}


async def saved(world: World) -> ConcernAnswer:
    (row,) = await world.rows(ConcernAnswer)
    return row


async def state(world: World) -> ConcernState:
    (row,) = await world.rows(Concern)
    return row.state


async def test_a_corroboration_is_saved_told_and_counted(world: World):
    reference = await given_concern(world, lineage=Lineage.OWN)
    form = await begin(world, "gmc1", reference)
    assert "everybody who may read the concern: the whole group" in form.text
    assert "GMC is named" in form.text
    assert "lineage" not in form.text
    grading = {"lineage": "own", "reliability": "1", "directness": "A", "event_on": "2026-11-20"}
    assert (await give(world, "gmc1", reference, **grading)).ok
    row = await saved(world)
    assert (row.kind, row.handling, row.text) == (AnswerKind.CORROBORATE, AnswerHandling.READERS, WORDS)
    assert (row.lineage, row.reliability, row.directness) == (Lineage.OWN, Reliability.RELIABLE, Directness.SEEN)
    assert str(row.event_on) == "2026-11-20"
    news = last_dm(world, "inspector")
    assert f"GMC has answered {reference}" in news.text
    assert WORDS not in news.text
    inspector = world.persona("inspector")
    await inspector.press(news, "Read it")
    assert WORDS in inspector.modal.text
    counted = "Corroborated by 2 independent organisations: GMC (20 November 2026), CQC (23 November 2026)."
    assert counted in (await page(world, "dean", reference)).text
    assert "corroborated by GMC, 20 November 2026" in await summary_page(world, "Concerns by theme")
    assert await acts(world, "answer") == ["concern answered"]
    assert "answers read" in await acts(world, "concern")


@SQLITE
async def test_an_answer_for_the_originator_leaves_no_trace(world: World):
    reference = await given_concern(world)
    before = [(await page(world, who, reference)).text for who in ("dean", "lead")], await summary(world)
    assert (await give(world, "gmc1", reference, "contradict", **ALONE)).ok
    assert ([(await page(world, who, reference)).text for who in ("dean", "lead")], await summary(world)) == before
    for who in ("inspector", "colleague", "gmc1", "gmc3"):
        assert WORDS in (await answers(world, who, reference)).text, who
    assert [one for who in ("dean", "lead", "chair", "secretary") for one in told(world, who) if reference in one] == []
    assert "Answer" in posts(world)[-1].buttons
    assert "GMC" not in posts(world)[-1].text


@SQLITE
@pytest.mark.parametrize(
    ("kind", "values", "field", "sentence"),
    [
        ("contradict", {"text": "  "}, "text", "Only to corroborate needs none"),
        ("ask for more", {"text": ""}, "text", "Only to corroborate needs none"),
        ("corroborate", {"event_on": "2026-11-24"}, "event_on", "in the future"),
        ("resolved", {"text": "Write to jane@example.org"}, "text", "an e-mail address"),
    ],
    ids=["blank", "empty", "future", "identifier"],
)
async def test_what_is_wrong_is_said_beside_its_field(world: World, kind: str, values: Any, field: str, sentence: str):
    reference = await given_concern(world)
    sent = await give(world, "gmc1", reference, kind, **values)
    assert sentence in sent.errors[field]
    assert await world.rows(ConcernAnswer) == []
    fixed = {"event_on": "2026-11-23"} if field == "event_on" else {"text": "Which ward?"}
    gmc = world.persona("gmc1")
    assert (await gmc.submit(gmc.modal, fixed)).ok


@SQLITE
async def test_somebody_vouches_that_nobody_is_identified(world: World):
    reference = await given_concern(world)
    words = {"text": "See ward@example.org", "vouched": ["ticked"]}
    assert (await give(world, "gmc1", reference, "resolved", **words)).ok
    (entry,) = [one for one in await world.rows(JournalEntry) if one.act == "concern answered"]
    assert entry.facts["email_kept"] == 1


@SQLITE
async def test_hostile_words_are_shown_as_they_are(world: World):
    reference = await given_concern(world)
    text = "\n".join(HOSTILE)
    text += "x" * (3000 - len(text))
    assert (await give(world, "gmc1", reference, "contradict", text=text)).ok
    opened = await answers(world, "inspector", reference)
    assert "<@U12345>" in opened.text
    assert [one for one in opened.buttons if one == "press me"] == []


@SQLITE
async def test_ones_own_concern_is_added_to_and_not_answered(world: World):
    reference = await given_concern(world)
    colleague = world.persona("colleague")
    await colleague.press(posts(world)[-1], "Answer")
    assert "Your organisation raised" in answer_of(world, "colleague", QSG)
    assert (await add_to(world, "colleague", reference, "It was Ward 7.")).ok
    assert "It was Ward 7." in (await answers(world, "dean", reference)).text


async def test_who_asks_for_more_hears_the_reply(world: World):
    reference = await given_concern(world)
    await give(world, "gmc1", reference, "ask for more", text="Which ward?")
    opened = await answers(world, "inspector", reference)
    assert "waits for whoever raised it" in opened.text
    inspector = world.persona("inspector")
    await inspector.press(opened, "Reply")
    assert (await inspector.submit(inspector.modal, {"text": "Ward 7."})).ok
    await world.settle()
    assert "waits for whoever raised it" not in inspector.modal.text
    assert f"CQC has added to {reference}" in last_dm(world, "gmc1").text
    gmc = world.persona("gmc1")
    await gmc.press(last_dm(world, "gmc1"), "Read it")
    assert "Ward 7." in gmc.modal.text
    assert "Reply" not in (await answers(world, "dean", reference)).buttons


async def test_only_the_originator_or_the_chair_concludes(world: World):
    reference = await given_concern(world)
    await give(world, "gmc1", reference, "resolved", text="The rota is filled.")
    for who in ("gmc1", "dean", "secretary"):
        assert "Agreed: conclude" not in (await answers(world, who, reference)).buttons, who
    assert "Agreed: conclude" in (await answers(world, "chair", reference)).buttons
    inspector = world.persona("inspector")
    opened = await answers(world, "inspector", reference)
    assert "Not yet" in opened.buttons
    tap = Tap(world)
    await inspector.press(opened, "Agreed: conclude")
    await tap.again()
    await world.settle()
    assert await state(world) is ConcernState.CONCLUDED
    assert (await acts(world, "concern")).count("concern concluded") == 1
    assert f"{reference} is concluded" in last_dm(world, "gmc1").text
    assert "Not yet" not in (await answers(world, "inspector", reference)).buttons


@SQLITE
async def test_a_forged_button_concludes_nothing(world: World):
    reference = await given_concern(world)
    await give(world, "gmc1", reference, "resolved", text="The rota is filled.")
    forged = {"action_id": "answer.conclude", "value": f"{reference}.{(await saved(world)).mark}"}
    dean = world.persona("dean")
    opened = await page(world, "dean", reference)
    Tap(world, lambda payload: payload["actions"][0].update(forged))
    await dean.press(opened, "Answer")
    assert "the chair of the group" in dean.modal.text
    assert await state(world) is ConcernState.SUBMITTED


@SQLITE
async def test_not_yet_says_what_is_still_open(world: World):
    reference = await given_concern(world)
    await give(world, "gmc1", reference, "resolved", text="The rota is filled.")
    inspector = world.persona("inspector")
    await inspector.press(await answers(world, "inspector", reference), "Not yet")
    await inspector.submit(inspector.modal, {"text": "Nights are not."})
    await world.settle()
    assert await state(world) is ConcernState.SUBMITTED
    assert "Agreed: conclude" not in inspector.modal.buttons
    assert f"CQC has added to {reference}" in last_dm(world, "gmc1").text


async def test_the_same_form_twice_at_once_is_one_answer(world: World):
    reference = await given_concern(world)
    tap = Tap(world)
    form = await begin(world, "gmc1", reference)
    gmc = world.persona("gmc1")
    await gmc.choose(form, "answer", "resolved")
    tap.copies = 3
    await gmc.submit(gmc.modal, {"text": WORDS})
    await world.settle()
    assert [one["response_action"] for one in tap.answers if one] == ["update"] * 3
    assert (await saved(world)).text == WORDS
    assert len(await outbox(world, "answer.given")) == 1


@SQLITE
async def test_taking_back_is_for_ones_own_and_stays_in_the_journal(world: World):
    reference = await given_concern(world)
    await give(world, "gmc1", reference)
    assert "Take it back" not in (await answers(world, "dean", reference)).buttons
    gmc = world.persona("gmc3")
    await gmc.press(await answers(world, "gmc3", reference), "Take it back")
    await world.settle()
    assert "Taken back" in gmc.modal.text
    assert WORDS not in (await page(world, "dean", reference)).text
    assert "corroborated by" not in await summary_page(world, "Concerns by theme")
    assert f"An answer to {reference} was taken back" in last_dm(world, "inspector").text
    assert await acts(world, "answer") == ["concern answered", "answer taken back"]


@SQLITE
@pytest.mark.parametrize("kind", [HandlingKind.WITHDRAW, HandlingKind.NARROW])
async def test_what_is_gone_while_the_form_is_open_keeps_what_was_typed(world: World, kind: HandlingKind):
    reference = await given_concern(world)
    form = await begin(world, "gmc1", reference)
    await given_change(world, "inspector", reference, kind, ("gmc",) if kind is HandlingKind.NARROW else ())
    gmc = world.persona("gmc1")
    await gmc.choose(form, "answer", "resolved")
    sent = await gmc.submit(gmc.modal, {"text": WORDS})
    assert "What you typed is still here" in str(sent.errors)
    assert gmc.modal.id == form.id
    assert await world.rows(ConcernAnswer) == []


@SQLITE
async def test_other_readers_than_the_form_said_are_looked_at_first(world: World):
    reference = await given_concern(world)
    form = await begin(world, "gmc1", reference)
    gmc = world.persona("gmc1")
    await gmc.choose(form, "answer", "resolved")
    await given_change(world, "inspector", reference, HandlingKind.NARROW, ("hee",))
    await gmc.submit(gmc.modal, {"text": WORDS})
    assert "who may read the concern has changed" in gmc.modal.text
    assert await world.rows(ConcernAnswer) == []
    assert (await gmc.submit(gmc.modal)).ok
    assert (await saved(world)).text == WORDS


@SQLITE
async def test_who_is_barred_or_was_narrowed_out_sees_none(world: World):
    reference = await given_concern(world)
    await give(world, "gmc1", reference)
    await add(world, conflict(world.ids, "lead", "northgate"))
    lead = world.persona("lead")
    for button in ("Answer", "Read the details"):
        await lead.press(posts(world, "lead")[-1], button)
        assert "There is nothing under" in answer_of(world, "lead", QSG)
    post = posts(world)[-1]
    await given_change(world, "inspector", reference, HandlingKind.NARROW, ("hee",))
    await world.persona("dean").press(post, "Answer")
    assert "There is nothing under" in answer_of(world, "dean", QSG)


@SQLITE
async def test_an_unnamed_concern_has_unnamed_answers(world: World):
    reference = await given_concern(world, attributed=False)
    assert "your answer names none" in (await begin(world, "gmc1", reference)).text
    await give(world, "gmc1", reference)
    for who in ("inspector", "dean"):
        assert "GMC" not in (await answers(world, who, reference)).text, who
    assert "GMC" not in last_dm(world, "inspector").text
    assert "GMC corroborates" in (await answers(world, "gmc3", reference)).text


@SQLITE
async def test_an_answer_starts_the_time_again(world: World):
    reference = await given_concern(world)
    await world.move(days=20)
    await give(world, "gmc1", reference)
    (concern,) = await world.rows(Concern)
    assert concern.active_at == world.now


@SQLITE
async def test_the_one_who_stands_in_is_told(world: World):
    reference = await given_concern(world)
    await world.persona("inspector").command("/away", "until 30 November")
    await give(world, "gmc1", reference)
    assert any(f"GMC has answered {reference}" in one for one in told(world, "colleague"))
