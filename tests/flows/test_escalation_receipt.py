"""What those asked read when they open an escalation, and buttons that work once and say so."""

import asyncio
from datetime import UTC, datetime, time

import pytest

from bot.domain.terms import Marking, Urgency
from bot.store.tables import Addressee, JournalEntry
from tests.flows.action_steps import SQLITE, acts
from tests.flows.edge_steps import set_body
from tests.flows.steps import (
    FORM,
    Tap,
    acknowledge,
    answer,
    answer_of,
    given_escalation,
    last_dm,
    open_escalation,
    outbox,
    told,
)
from tests.world import World, conflict

AGAIN = "That had been done already."


async def line_of(world: World) -> Addressee:
    (line,) = await world.rows(Addressee)
    return line


@SQLITE
async def test_the_page_has_what_is_asked_and_how_far_to_trust_it(world: World):
    reference = await given_escalation(world, ["gmc"], question="Do you know of referrals?", urgency=Urgency.URGENT)
    page = (await open_escalation(world, "gmc1", reference)).text
    for words in (
        "Do you know of referrals?",
        FORM["headline"],
        FORM["details"],
        "Raised by CQC",
        "grade 2B (source untested, known indirectly)",
        "TLP:AMBER+STRICT. Share it within your organisation with those who need to know, and no further.",
        "Urgent: this assistant does not replace",
        "Please acknowledge by Mon 23 Nov 2026, 09:00, and answer by Tue 24 Nov 2026, 09:00.",
    ):
        assert words in page, words
    assert "Who can see it now" not in page
    assert "Who can see it now" in (await open_escalation(world, "inspector", reference)).text


@SQLITE
@pytest.mark.parametrize(
    ("marking", "words"),
    [(Marking.GREEN, "It may go on to other groups"), (Marking.AMBER_STRICT, "Share it within your organisation")],
)
async def test_each_marking_says_what_it_allows(world: World, marking: Marking, words: str):
    reference = await given_escalation(world, ["gmc"], marking=marking)
    assert f"{marking}. {words}" in (await open_escalation(world, "gmc1", reference)).text


@SQLITE
async def test_the_page_says_by_when_as_time_goes_by(world: World):
    """Urgent: an hour round the clock for each person, then 24 hours to answer."""
    reference = await given_escalation(world, ["gmc"], urgency=Urgency.URGENT)

    async def due(slug: str = "gmc1") -> str:
        lines = (await open_escalation(world, slug, reference)).text.splitlines()
        return next((line for line in lines if line.startswith(("Please ", "The time for", "Whoever asked has"))), "")

    first = "Please acknowledge by Mon 23 Nov 2026, 09:00, and answer by Tue 24 Nov 2026, 09:00."
    assert await due() == first
    await world.move(minutes=30)
    assert await due() == first  # after the reminder as before it
    await world.move(minutes=30)
    assert await due("gmc2") == "Please acknowledge by Mon 23 Nov 2026, 10:00, and answer by Tue 24 Nov 2026, 10:00."
    for _ in range(5):
        await world.move(minutes=30)
    assert await due() == "The time for acknowledging this is over: please do it now."
    await acknowledge(world, "gmc1", reference)
    assert await due() == "Please answer by Tue 24 Nov 2026, 11:30."
    await world.move(hours=24)
    assert await due() == "The time for answering this is over: please do it now."
    await answer(world, "gmc1", reference, "more", "Which ward?")
    assert (await due()).startswith("Whoever asked has still to reply to your question.")
    await answer(world, "gmc1", reference, "none")
    assert await due() == ""
    assert await due("dean") == ""


@SQLITE
async def test_the_page_goes_by_the_organisation_s_own_hours(world: World):
    """Two hours a day: the sixteen to acknowledge take eight working days, and the forty to answer twenty more."""
    await set_body(world, "gmc", opens=time(10), closes=time(12))
    reference = await given_escalation(world, ["gmc"])
    due = "Please acknowledge by Wed 2 Dec 2026, 12:00, and answer by Mon 4 Jan 2027, 12:00."
    assert due in (await open_escalation(world, "gmc1", reference)).text
    line = await line_of(world)
    assert line.next_step_at is not None
    await world.move_to(line.next_step_at)
    assert due in (await open_escalation(world, "gmc1", reference)).text
    await world.move_to(datetime(2026, 12, 2, 12, tzinfo=UTC))
    assert "waiting for GMC" in told(world, "gmc2")[-1]


async def test_content_comes_after_the_check_and_is_logged(world: World):
    reference = await given_escalation(world, ["gmc"])
    note = last_dm(world, "gmc1")
    assert FORM["headline"] not in note.text
    gmc = world.persona("gmc1")
    await gmc.press(note, f"Open {reference}")
    assert FORM["headline"] in gmc.modal.text
    read = await world.rows(JournalEntry, JournalEntry.act == "escalation read")
    assert [entry.person_id for entry in read] == [world.ids["gmc1"]]
    await world.change(conflict(world.ids, "gmc1", "northgate"))
    await gmc.close(gmc.modal, everything=True)
    await gmc.press(note, f"Open {reference}")
    assert f"There is nothing under “{reference}”" in answer_of(world, "gmc1")
    assert len(await world.rows(JournalEntry, JournalEntry.act == "escalation read")) == 1


async def test_two_deputies_acknowledge_at_the_same_time(world: World):
    reference = await given_escalation(world, ["gmc"])
    people = {slug: world.persona(slug) for slug in ("gmc1", "gmc2")}
    pages = {slug: await open_escalation(world, slug, reference) for slug in people}
    await asyncio.gather(*(person.press(pages[slug], "Acknowledge") for slug, person in people.items()))
    await world.settle()
    line = await line_of(world)
    (first,) = [slug for slug in people if world.ids[slug] == line.acknowledged_by_id]
    (second,) = set(people) - {first}
    assert AGAIN not in people[first].modal.text
    assert f"{AGAIN} It was acknowledged by {first.title()} Person on Mon 23 Nov 2026, 08:00." in (
        people[second].modal.text
    )
    assert (await acts(world, "addressee")).count("escalation acknowledged") == 1


async def test_two_devices_press_at_the_same_time(world: World):
    reference = await given_escalation(world, ["gmc"])
    page = await open_escalation(world, "gmc1", reference)
    tap = Tap(world)
    tap.copies = 2
    await world.persona("gmc1").press(page, "Acknowledge")
    tap.copies = 1
    await world.settle()
    assert (await acts(world, "addressee")).count("escalation acknowledged") == 1
    grids = [row for row in await outbox(world, "escalation.grid") if row.edits]
    assert len(grids) == 1
    await tap.again()
    assert AGAIN in world.persona("gmc1").modal.text


async def test_the_same_answer_sent_twice_at_once_is_one(world: World):
    reference = await given_escalation(world, ["gmc"])
    gmc = world.persona("gmc1")
    await gmc.press(await open_escalation(world, "gmc1", reference), "Answer")
    tap = Tap(world)
    tap.copies = 2
    assert (await gmc.submit(gmc.modal, {"outcome": "hold", "reason": "Two referrals."})).ok
    await world.settle()
    assert (await acts(world, "addressee")).count("escalation answered") == 1
    assert sum("has answered" in text for text in told(world, "inspector")) == 2  # the grid and the word of it
    assert "escalation answer changed" not in await acts(world, "addressee")


async def test_two_deputies_answer_at_the_same_time(world: World):
    reference = await given_escalation(world, ["gmc"])
    people = {slug: world.persona(slug) for slug in ("gmc1", "gmc2")}
    for slug, person in people.items():
        await person.press(await open_escalation(world, slug, reference), "Answer")
    said = {"gmc1": {"outcome": "none"}, "gmc2": {"outcome": "join"}}
    sent = await asyncio.gather(*(person.submit(person.modal, said[slug]) for slug, person in people.items()))
    await world.settle()
    assert sorted(one.ok for one in sent) == [False, True]
    refused = next(one for one in sent if not one.ok)
    assert f"Somebody at GMC answered {reference} while this form was open" in refused.errors["outcome"]
    stands = await line_of(world)
    assert said[next(s for s in said if world.ids[s] == stands.responded_by_id)]["outcome"] == stands.outcome
    assert await acts(world, "past_answer") == []


@SQLITE
@pytest.mark.parametrize(("button", "words"), [("Acknowledge", "answered by Gmc2 Person"), ("Answer", "answered by")])
async def test_an_old_page_says_what_has_become_of_it(world: World, button: str, words: str):
    reference = await given_escalation(world, ["gmc"])
    page = await open_escalation(world, "gmc1", reference)
    await answer(world, "gmc2", reference)
    await world.move(hours=2)
    await world.persona("gmc1").press(page, button)
    opened = world.persona("gmc1").modal.text
    assert f"{AGAIN} It was {words}" in opened
    assert "on Mon 23 Nov 2026, 08:00." in opened


@SQLITE
async def test_an_old_message_opens_what_is_true_now(world: World):
    reference = await given_escalation(world, ["gmc"])
    note = last_dm(world, "gmc1")
    await answer(world, "gmc2", reference)
    gmc = world.persona("gmc1")
    await gmc.press(note, f"Open {reference}")
    assert gmc.modal.buttons == ["Change the answer", "Write to whoever asked"]


@SQLITE
async def test_a_colleague_reads_and_is_told_who_answers(world: World):
    reference = await given_escalation(world, ["cqc", "gmc"], slug="dean")
    page = await open_escalation(world, "inspector", reference)
    assert FORM["headline"] in page.text
    assert "Your organisation answers through Colleague Person." in page.text
    assert "Gmc1 Person" not in page.text.split("Your organisation answers through")[1]
    assert page.buttons == []
    assert "answers through" not in (await open_escalation(world, "chair", reference)).text  # who was not asked


@SQLITE
async def test_where_nobody_is_named_a_colleague_is_told_so(world: World):
    reference = await given_escalation(world, ["phso"])
    assert "has named nobody here who can answer this" in (await open_escalation(world, "phso1", reference)).text
