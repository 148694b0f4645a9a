"""A meeting is run: opened on its day, who is there, what is concluded item by item, by whom, and what it becomes."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.terms import ConcernState, Level, MeetingState
from bot.services.keeping import destroy
from bot.store.agenda_decisions import disagreements
from bot.store.cycle import last_discussed
from bot.store.tables import (
    Action,
    AgendaItem,
    Attendance,
    Concern,
    Conclusion,
    Dissent,
    LevelProposal,
    Meeting,
    SurveillanceLevel,
)
from tests.flows.action_steps import SQLITE, acts, add, said, set_meeting, set_person
from tests.flows.meeting_steps import given_meeting
from tests.flows.panel_record_steps import press
from tests.flows.sitting_steps import START, begun, close, closing, conclude, fill, item, meeting_row, run
from tests.flows.steps import Tap, given_concern, told
from tests.world import World, conflict

NORTHGATE = "Northgate University Hospital NHS Trust"
FURTHER = {"level": "F", "level_reason": "We know too little.", "find_out": "Gmc1 Person", "find_out_by": "2026-12-10"}
HOSTILE = "</b> <!channel> *bold* [x](button:sitting.close:1.1)\n# Heading\n{{ 7 * 7 }}"


# Unhappy paths first.


@SQLITE
@pytest.mark.parametrize("slug", ["gmc3", "lead", "dean"])
async def test_members_do_not_run_a_meeting(world: World, slug: str):
    meeting = await begun(world)
    assert "Only the chair or the secretariat of the group can do that" in await said(world, slug, "/meeting", "run")
    for button in ("open", "here", "left", "guest", "raise", "closing"):
        await press(world, slug, f"sitting.{button}", str(meeting))
        assert "Only the chair or the secretariat" in world.persona(slug).modal.text, button
    for button in ("item", "conclude", "action", "dissent", "board", "concern", "close"):
        await press(world, slug, f"sitting.{button}", f"{meeting}.p{world.ids['northgate']}")
        shown = world.persona(slug).modal.text
        assert "Only the chair or the secretariat" in shown or "nothing under" in shown, button
        assert NORTHGATE not in shown
    assert (await meeting_row(world)).opened_at is None


@SQLITE
async def test_a_record_is_opened_on_the_day(world: World):
    world.pg.clock.set(START - timedelta(days=1))
    assert "No meeting of Marram QSG is under way" in await said(world, "secretary", "/meeting", "run")
    refused = await said(world, "secretary", "/meeting", "run m1")
    assert "is on Mon 30 Nov 2026" in refused
    assert "on that day, not before" in refused
    world.pg.clock.set(START - timedelta(hours=3))
    assert (await run(world, "chair")).title == "Record of m1"
    assert (await meeting_row(world)).opened_at == START - timedelta(hours=3)


@SQLITE
async def test_one_called_off_has_no_record(world: World):
    await set_meeting(world, state=MeetingState.CANCELLED)
    await begun(world)
    assert "has been called off" in await said(world, "secretary", "/meeting", "run m1")
    assert "nothing under “m-none”" in (await said(world, "secretary", "/meeting", "run m-none")).lower()


@SQLITE
async def test_one_that_has_been_opened_is_not_moved(world: World):
    world.pg.clock.set(START - timedelta(hours=1))
    await run(world)
    await press(world, "secretary", "meeting.move", "m1")
    assert "under way or over" in world.persona("secretary").modal.text


@SQLITE
@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"level": "RS"}, "level_reason", "Say why"),
        ({"level": "EN", "level_reason": "So."}, "level", "It has this level already"),
        (FURTHER | {"find_out": ""}, "find_out", "Say who finds out"),
        (FURTHER | {"find_out_by": "2026-11-29"}, "find_out_by", "Choose a day from today on"),
        (FURTHER | {"level": "R"}, "find_out", "Only for “Further information required”"),
        ({"level_reason": "So."}, "level_reason", "choose a level above"),
        ({"tell_by": "Lead Person", "tell_why_not": "Later."}, "tell_why_not", "Leave this empty"),
        ({"text": "Ask about 943 476 5919."}, "text", "an NHS number"),
    ],
    ids=["no reason", "as it is", "nobody", "past", "not F", "no level", "both", "identifier"],
)
async def test_what_is_wrong_is_said_beside_the_field(world: World, typed: dict[str, Any], field: str, sentence: str):
    await begun(world)
    outcome = await conclude(world, **typed)
    assert not outcome.ok
    assert sentence in outcome.errors[field]
    assert await world.rows(Conclusion) == []


@SQLITE
async def test_whoever_left_or_is_barred_is_given_nothing(world: World):
    await begun(world)
    await add(world, conflict(world.ids, "gmc1", "northgate"))
    outcome = await fill(world, NORTHGATE, "Give an action", issue="Ask", owner="Gmc1 Person", due_on="2026-12-04")
    assert "may be told nothing about this provider" in outcome.errors["owner"]
    outcome = await conclude(world, tell_by="Gmc1 Person")
    assert "may be told nothing about this provider" in outcome.errors["tell_by"]
    person = world.persona("secretary")
    await person.press(await item(world, NORTHGATE), "Give an action")
    form = person.modal
    await set_person(world, "gmc2", deactivated_at=world.now)
    tap = Tap(world)
    await person.submit(form, {"issue": "Ask", "owner": "Lead Person", "due_on": "2026-11-29"})
    assert "This date has passed" in str(tap.answers)
    assert await world.rows(Action) == []


@SQLITE
@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("ten", "Write a time"),
        ("25:00", "Write a time"),
        ("23:59", "has not come yet"),
        ("09:00", "They came at 10:05"),
    ],
)
async def test_times_that_cannot_be(world: World, at: str, sentence: str):
    await begun(world)
    world.pg.clock.advance(timedelta(minutes=30))
    person = world.persona("secretary")
    await person.press(await run(world), "Who is here")
    assert (await person.submit(person.modal, {"here": ["Lead Person, Vale CCG"], "at": "10:05"})).ok
    await person.press(await run(world), "Somebody leaves")
    outcome = await person.submit(person.modal, {"left": ["Lead Person, Vale CCG"], "at": at})
    assert sentence in outcome.errors["at"]


@SQLITE
async def test_a_chair_with_a_conflict_knows_nothing_of_the_item(world: World):
    meeting = await begun(world)
    await add(world, conflict(world.ids, "chair", "northgate"))
    assert (await conclude(world, **FURTHER, tell_by="Lead Person")).ok
    assert (await fill(world, "Northgate", "Give an action", issue="Ask", owner="Dean Person", due_on="2026-12-04")).ok
    assert "Northgate" not in (await run(world, "chair")).text
    for button in ("item", "conclude", "action", "board", "dissent"):
        await press(world, "chair", f"sitting.{button}", f"{meeting}.p{world.ids['northgate']}")
        assert "nothing under" in world.persona("chair").modal.text, button
    assert "Northgate" not in (await closing(world, "chair")).text
    assert "Northgate" not in (await close(world, "chair")).text
    (proposal,) = await world.rows(LevelProposal)
    assert (proposal.level, proposal.proposed_by_id) == (Level.FURTHER_INFORMATION, world.ids["secretary"])
    assert len(await world.rows(SurveillanceLevel)) == 1
    assert not any("Northgate" in text for text in told(world, "chair"))
    assert {one.owner_id for one in await world.rows(Action)} == {world.ids["lead"], world.ids["dean"]}


@SQLITE
async def test_a_conflict_is_prompted_for(world: World):
    await begun(world)
    await add(world, conflict(world.ids, "lead", "northgate"))
    person = world.persona("secretary")
    await person.press(await run(world), "Who is here")
    await person.submit(person.modal, {"here": ["Lead Person, Vale CCG"], "at": "10:00"})
    page = await item(world, NORTHGATE)
    assert "Lead Person has declared a conflict about this provider: they leave for this item." in page.text


@SQLITE
async def test_what_is_typed_is_shown_as_it_was_typed(world: World):
    await begun(world)
    assert (await conclude(world, text=HOSTILE + "x" * 2500, tell_why_not=HOSTILE)).ok
    assert "Heading {{ 7 * 7 }}x" in world.persona("secretary").modal.text.replace("\n", " ")
    await fill(world, "Northgate", "Somebody disagrees", organisation="GMC", reason=HOSTILE)
    shown = world.persona("secretary").modal
    assert shown.text.count("<!channel>") == 3
    person = world.persona("secretary")
    await person.press(await run(world), "Add an item")
    assert (await person.submit(person.modal, {"title": "*Any* other <!here>"})).ok
    assert "*Any* other <!here>" in (await run(world)).text


# Who is there.


@SQLITE
async def test_who_came_and_when_they_left(world: World):
    await begun(world)
    await press(world, "lead", "meeting_reply.yes", "m1")  # too late to answer: it has begun
    person = world.persona("secretary")
    await person.press(await run(world), "Who is here")
    assert (await person.submit(person.modal, {"here": ["Gmc3 Person, GMC", "Chair Person, NHS England"]})).ok
    world.pg.clock.advance(timedelta(minutes=40))
    await person.press(await run(world), "Somebody leaves")
    assert (await person.submit(person.modal, {"left": ["Gmc3 Person, GMC"]})).ok
    await person.press(await run(world), "Somebody else is here")
    guest = {"name": "Dr Outside", "organisation": "Royal College", "at": "10:30"}
    tap = Tap(world)
    tap.copies = 3
    await person.submit(person.modal, guest)
    shown = (await run(world)).text
    assert "Gmc3 Person, GMC: 10:00 to 10:40" in shown
    assert "Chair Person, NHS England: from 10:00" in shown
    assert "Dr Outside, Royal College (guest): from 10:30" in shown
    assert len(await world.rows(Attendance)) == 3
    tap.copies = 1
    await person.press(await run(world), "Who is here")
    assert (await person.submit(person.modal, {"here": ["Gmc3 Person, GMC"]})).ok
    assert "Gmc3 Person, GMC: from 10:00" in (await run(world)).text


@SQLITE
async def test_those_who_said_that_they_come_are_ticked(world: World):
    world.pg.clock.set(START - timedelta(days=2))
    await press(world, "lead", "meeting_reply.yes", "m1")
    await begun(world)
    person = world.persona("secretary")
    await person.press(await run(world), "Who is here")
    assert (await person.submit(person.modal, {})).ok
    assert [row.person_id for row in await world.rows(Attendance)] == [world.ids["lead"]]


# Two at once, on both databases.


async def test_two_who_record_one_item_never_overwrite_each_other(world: World):
    await begun(world)
    forms = {}
    for slug in ("secretary", "chair"):
        await world.persona(slug).press(await item(world, NORTHGATE, slug), "What was concluded")
        forms[slug] = world.persona(slug).modal
    answers = await asyncio.gather(
        *(world.persona(slug).submit(forms[slug], {"text": f"{slug} says so."}) for slug in forms)
    )
    (row,) = await world.rows(Conclusion)
    late = [slug for slug, answer in zip(forms, answers, strict=True) if "Somebody saved this item" in str(answer)]
    assert len(late) == 1
    assert row.text == f"{({*forms} - {*late}).pop()} says so."
    person = world.persona(late[0])
    assert row.text in person.modal.text
    assert (await person.submit(person.modal, {})).ok  # what they had typed is still there
    (row,) = await world.rows(Conclusion)
    assert row.text == f"{late[0]} says so."


async def test_closing_does_it_all_once(world: World):
    meeting = await begun(world)
    following = await given_meeting(world)
    reference = await given_concern(world, provider="vale", headline="Ward short of nurses")
    await given_concern(world, provider="vale", headline="Not reached today")
    assert (await conclude(world, slug="chair", **FURTHER, tell_by="Lead Person")).ok
    board = {"board": "adults", "message": "Two falls on one ward.", "by": "Gmc3 Person"}
    assert (await fill(world, NORTHGATE, "Safeguarding board", **board)).ok
    assert (await fill(world, NORTHGATE, "Somebody disagrees", organisation="GMC", reason="Too little.")).ok
    task = {"issue": "Ask for the rota", "owner": "Dean Person", "due_on": "2026-12-04"}
    assert (await fill(world, "Ward short", "Give an action", **task)).ok
    assert (await fill(world, "Ward short", "Conclude the concern", outcome="Staff found.")).ok
    assert (await conclude(world, "Ward short", text="Nurses were found.")).ok
    shown = (await closing(world, "chair")).text
    for words in (
        f"{NORTHGATE}: further information required – set",
        f"{NORTHGATE}: Lead Person, by 7 December 2026",
        "The safeguarding board (adults): Gmc3 Person, by 1 December 2026",
        "Vale Community Health was discussed and nobody tells it",
        "Not reached today",
    ):
        assert words in shown
    tap = Tap(world)
    tap.copies = 3
    await world.persona("chair").press(world.persona("chair").modal, "Close the meeting")
    await world.settle()
    (row,) = await world.rows(Meeting, Meeting.id == meeting)
    assert (row.state, row.closed_at) == (MeetingState.HELD, world.now)
    level = (await world.rows(SurveillanceLevel))[-1]
    assert (level.level, level.meeting_id, level.find_out_id) == ("F", meeting, world.ids["gmc1"])
    actions = {one.owner_id: one for one in await world.rows(Action)}
    assert len(await world.rows(Action)) == 3
    assert "Two falls on one ward." in actions[world.ids["gmc3"]].issue
    assert (
        actions[world.ids["lead"]].issue == f"Tell {NORTHGATE} what was concluded at the meeting of 30 November 2026."
    )
    assert {one.meeting_id for one in actions.values()} == {meeting}
    assert any("Ask for the rota" in text or "action" in text for text in told(world, "dean"))
    (concern,) = await world.rows(Concern, Concern.reference == reference)
    assert (concern.state, concern.outcome, concern.active_at) == (ConcernState.CONCLUDED, "Staff found.", world.now)
    (carried,) = await world.rows(AgendaItem)
    assert (carried.meeting_id, carried.concern_id is not None) == (following.key, True)
    assert all(one.settled_at == world.now for one in await world.rows(Conclusion))
    async with world.bot.store.look() as unit:
        (over,) = await disagreements(unit, world.ids["qsg"], None, world.now.date())
        assert (over.organisation, over.about) == ("GMC", NORTHGATE)
        discussed = await last_discussed(unit, world.ids["qsg"])
        assert set(discussed) == {world.ids["northgate"], world.ids["vale"]}


# Closing, in its other ways.


@SQLITE
async def test_the_secretariat_puts_levels_to_the_chair(world: World):
    await begun(world)
    await conclude(world, **FURTHER)
    assert "put to Chair Person, who decides it" in (await closing(world)).text
    await close(world)
    assert len(await world.rows(SurveillanceLevel)) == 1
    assert any("for you to decide" in text for text in told(world, "chair"))
    (proposal,) = await world.rows(LevelProposal)
    assert (proposal.find_out_id, proposal.find_out_by.isoformat()) == (world.ids["gmc1"], "2026-12-10")


@SQLITE
async def test_what_is_recorded_meanwhile_is_seen_before_it_is_closed(world: World):
    await begun(world)
    await conclude(world)
    await closing(world, "chair")
    page = world.persona("chair").modal
    await conclude(world, text="Something else.")
    await world.persona("chair").press(page, "Close the meeting")
    assert "Somebody else has just changed the record of meeting m1" in world.persona("chair").modal.text
    assert (await meeting_row(world)).state is MeetingState.SCHEDULED


@SQLITE
async def test_nothing_is_added_once_it_is_closed(world: World):
    await begun(world)
    await conclude(world)
    person = world.persona("secretary")
    await person.press(await item(world, NORTHGATE), "What was concluded")
    form = person.modal
    await close(world, "chair")
    outcome = await person.submit(form, {"text": "Too late."})
    assert "is closed, so it cannot be added to now" in str(outcome.errors)
    page = await run(world, words="m1")
    assert "Closed Mon 30 Nov 2026" in page.text
    assert "Close the meeting" not in page.text
    assert "The rota is unsafe at night." in (await _opened(world, page)).text
    assert await world.rows(Dissent) == []


async def _opened(world: World, page: Any) -> Any:
    await world.persona("secretary").press(page, "Open item 1")
    return world.persona("secretary").modal


@SQLITE
async def test_what_somebody_who_left_was_to_do_goes_to_whoever_recorded_it(world: World):
    await begun(world)
    await conclude(world, tell_by="Lead Person")
    await set_person(world, "lead", deactivated_at=world.now)
    shown = (await closing(world)).text
    assert "Secretary Person, by 7 December 2026. Lead Person can no longer be given it" in shown
    await close(world)
    (action,) = await world.rows(Action)
    assert action.owner_id == world.ids["secretary"]


@SQLITE
async def test_a_disagreement_is_resolved_once(world: World):
    await begun(world)
    await fill(world, "Northgate", "Somebody disagrees", organisation="GMC", reason="Too little.")
    await fill(world, "Northgate", "Somebody disagrees", organisation="GMC", reason="Much too little.")
    (dissent,) = await world.rows(Dissent)
    assert dissent.reason == "Much too little."
    await close(world)
    for slug in ("lead", "secretary", "secretary"):
        await press(world, slug, "sitting.resolve", str(dissent.key))
    assert "disagreed, which has been resolved" in world.persona("secretary").modal.text
    assert "nothing under" in world.persona("lead").modal.text
    assert (await acts(world, "conclusion")).count("disagreement resolved") == 1
    async with world.bot.store.look() as unit:
        assert await disagreements(unit, world.ids["qsg"], None, world.now.date()) == []


@SQLITE
async def test_the_secretariat_is_reminded_once(world: World):
    await begun(world)
    await run(world)
    await world.move(hours=6)
    assert not any("still open" in text for text in told(world, "secretary"))
    await world.move_to(datetime(2026, 12, 1, 9, 5, tzinfo=UTC))
    await world.move(hours=1)
    await world.move(days=1)
    assert sum("The record of m1 is still open" in text for text in told(world, "secretary")) == 1
    assert not any("still open" in text for text in told(world, "chair"))


@SQLITE
async def test_a_destroyed_concern_leaves_the_groups_conclusion(world: World):
    await begun(world)
    reference = await given_concern(world, provider="vale", headline="Ward short of nurses")
    await conclude(world, "Ward short", text="Nurses were found.")
    await close(world)
    (concern,) = await world.rows(Concern, Concern.reference == reference)
    concern.retired_at = world.now - timedelta(days=400)
    await world.change(concern)
    async with world.bot.store.begin() as unit:
        await destroy(unit, concern.key, now=world.now, rules=world.bot.work.rules)
    assert await world.rows(Concern) == []
    (row,) = await world.rows(Conclusion)
    assert (row.concern_id, row.text, row.title) == (None, "Nurses were found.", "")
    assert "Ward short" not in (await run(world, words="m1")).text
