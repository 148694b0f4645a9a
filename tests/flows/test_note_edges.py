"""What goes wrong with notes: no meeting, no answer, too late, too early, two at once, and whatever people type."""

from datetime import date

import pytest

from bot.domain.sittings import NoteState
from bot.domain.terms import MeetingState, Role
from bot.store.tables import JournalEntry, MeetingNote, NoteReply, Seat
from tests.flows.action_steps import SQLITE, acts, add
from tests.flows.note_steps import (
    AGREEING,
    agree,
    concluded,
    document,
    fill,
    given_meeting,
    mark,
    note_page,
    notes,
    on,
    press,
    said_last,
    sent_note,
)
from tests.flows.panel_record_steps import press as press_from_memory
from tests.flows.steps import Tap, answer_of, outbox, told
from tests.hostile import HOSTILE
from tests.world import World, absence

REMINDER, SETTLE = "You have not said yet: do you agree the note?", "The time to agree a note is over"


@SQLITE
@pytest.mark.parametrize("facts", [{"state": MeetingState.CANCELLED}, {"starts_at": on("2026-12-01")}], ids=str)
async def test_of_a_meeting_that_was_not_held_there_is_no_note(world: World, facts: dict):
    meeting = await given_meeting(world, closed=False, opened_at=None, **facts)
    await world.tick()
    await press_from_memory(world, "secretary", "note.draft", str(meeting.key))
    assert "has not been held, so there is nothing to write a note of" in said_last(world, "secretary")
    for value in ("999", "x", "1.2.3", "٣"):
        for button in ("draft", "open", "edit", "send", "settle", "file", "change", "redraft"):
            await press_from_memory(world, "secretary", f"note.{button}", value)
            assert "There is nothing under" in said_last(world, "secretary"), (button, value)
    assert await notes(world) == []


@SQLITE
async def test_a_note_is_drafted_on_asking_once_and_again_from_the_record(world: World):
    await given_meeting(world, closed=False)
    assert (await world.persona("gmc3").command("/meeting", "note m1")).ok
    assert "There is no note of m1" in answer_of(world, "gmc3")
    assert "Draft it" not in answer_of(world, "gmc3")
    person = world.persona("secretary")
    await person.command("/meeting", "note m1")
    tap = Tap(world)
    tap.copies = 3
    await person.press([one for one in person.dms() if one.ephemeral][-1], "Draft it from the record")
    world.pg.transport = tap.carry
    assert len(await notes(world)) == 1
    await concluded(world, "Said later")
    await press(world, "secretary", "Draft it again")
    first, second = await notes(world)
    assert (first.state, second.state, second.number) == (NoteState.REPLACED, NoteState.DRAFT, 2)
    assert "Said later" in str(second.parts)
    assert await document(world, "gmc3", first) is None  # nobody was sent it


async def test_who_is_silent_is_reminded_once_and_named_and_nobody_answers_late(world: World):
    await given_meeting(world)
    note = await sent_note(world)
    await agree(world, "gmc3")
    await press_from_memory(world, "chair", "note.settle", str(note.key))
    assert "there is time until 30 November 2026, so the note was not settled" in said_last(world, "chair")
    for moment in (on("2026-11-26"), on("2026-11-27"), on("2026-11-27", 12), on("2026-11-30")):
        await world.move_to(moment)
        reminded = {slug: sum(text.startswith(REMINDER) for text in told(world, slug)) for slug in AGREEING}
        expected = 0 if moment < on("2026-11-27") else 1
        assert reminded == {slug: 0 if slug in ("gmc3", "chair") else expected for slug in AGREEING}
    assert not any(text.startswith(SETTLE) for text in told(world, "chair"))
    for moment in (on("2026-12-01"), on("2026-12-01", 12), on("2026-12-02")):
        await world.move_to(moment)
        assert sum(text.startswith(SETTLE) for text in told(world, "chair")) == 1
    assert "Did not answer: CQC, HEE, NHS England and Vale CCG" in told(world, "chair")[-1]
    await press_from_memory(world, "lead", "note_reply.agree", str(note.key))
    assert "ended on 30 November 2026, so nothing was sent" in said_last(world, "lead")
    await press_from_memory(world, "chair", "note.settle", str(note.key))
    await press_from_memory(world, "secretary", "note.settle", str(note.key))
    (settled,) = await notes(world)
    assert settled.state is NoteState.AGREED
    assert "Did not answer: CQC, HEE, NHS England, Vale CCG. No answer is not consent." in settled.parts[-1]["text"]
    assert (await acts(world, "note")).count("note agreed") == 1
    assert len(await outbox(world, "note.agreed")) == 6
    for button in ("note.send", "note.change", "note_reply.agree", "note.edit"):
        value = f"{settled.key}.{mark(settled, 'How this note was agreed')}" if button == "note.edit" else settled.key
        await press_from_memory(world, "secretary", button, str(value))
    assert (await notes(world))[0].parts == settled.parts
    assert len(await notes(world)) == 1


async def test_two_who_settle_or_edit_at_once(world: World):
    await given_meeting(world)
    await world.tick()
    (note,) = await notes(world)
    first, second = world.persona("secretary"), world.persona("chair")
    for person, slug in ((first, "secretary"), (second, "chair")):
        await press_from_memory(world, slug, "note.edit", f"{note.key}.{mark(note, 'Other points')}")
        assert person.modal
    assert (await first.submit(first.modal, {"text": "Mine"})).ok
    late = await second.submit(second.modal, {"text": "Yours"})
    assert "Somebody else has just changed this part of the note" in str(late.errors or late.response)
    assert [part["text"] for part in (await notes(world))[0].parts][-1] == "Mine"
    await press(world, "secretary", "Send it to members")
    await agree(world, *AGREEING)
    one = world.persona("chair")
    held = [text for text in one.dms() if "Settle it as agreed" in text.text][-1]
    tap = Tap(world)
    tap.copies = 4
    await one.press(held, "Settle it as agreed")
    world.pg.transport = tap.carry
    await world.settle()
    assert (await acts(world, "note")).count("note agreed") == 1
    assert len(await notes(world)) == 1


@SQLITE
async def test_the_newest_answer_stands_and_whoever_is_away_is_not_asked(world: World):
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids["gmc1"], role=Role.DEPUTY))
    await add(world, absence(world.ids, "gmc3", on("2026-11-20"), on("2026-12-24")))
    await given_meeting(world)
    note = await sent_note(world)
    assert told(world, "gmc3") == []
    assert "do you agree?" in told(world, "gmc1")[-1]
    await agree(world, "gmc3")
    assert (await fill(world, "gmc1", "comment", text="One thing.")).ok
    assert "Commented: GMC" in await note_page(world)
    assert (await fill(world, "gmc1", "comment", text="One thing.")).ok
    assert len(told(world, "chair")) == 3  # drafted, sent, commented: the same again is not told
    await agree(world, "gmc1", "gmc1")
    assert "Agreed: GMC" in await note_page(world)
    assert len(await world.rows(NoteReply)) == 2
    await press(world, "secretary", "Change it")
    for button in ("agree", "comment"):
        await press_from_memory(world, "gmc1", f"note_reply.{button}", str(note.key))
        assert "Somebody else has just changed the note of m1" in said_last(world, "gmc1")
    assert (await document(world, "gmc1", note) or "").count("REPLACED") == 2  # kept, with its number
    assert await document(world, "gmc1", (await notes(world))[-1]) is None


@SQLITE
async def test_what_is_typed_is_checked_and_shown_as_it_is(world: World):
    await given_meeting(world)
    for number in range(12):
        await concluded(world, f"{number} {HOSTILE[number % len(HOSTILE)]}"[:3000] or "x", None, title=f"Item {number}")
    await concluded(world, "word " * 599, None, title="Long", level_reason="because " * 120, tell_why_not="y" * 400)
    await world.tick()
    (note,) = await notes(world)
    assert max(len(part["text"]) for part in note.parts) <= 3000
    assert "Page 1 of 2." in await note_page(world)
    outcome = await fill(world, "secretary", "edit", "Other points", text="Call 07700 900123")
    assert "This holds what looks like a telephone number." in outcome.errors["text"]
    assert (await fill(world, "secretary", "edit", "Other points", text="Call 07700 900123", vouched="ticked")).ok
    for hostile in HOSTILE:
        if hostile.strip():
            await fill(world, "secretary", "edit", "Other points", text=hostile[:3000])
            assert await document(world, "secretary", (await notes(world))[0])
    await press(world, "secretary", "Send it to members")
    outcome = await fill(world, "dean", "comment", text="Ask 943 476 5919")
    assert "This holds what looks like an NHS number" in outcome.errors["text"]
    entries = await world.rows(JournalEntry)
    assert "07700" not in str([one.facts for one in entries])
    assert await world.rows(NoteReply) == []


@SQLITE
async def test_without_anybody_to_edit_it_no_note_is_drafted(world: World):
    seats = await world.rows(Seat)
    for seat in seats:
        seat.ends_on = date(2026, 11, 1)
    await world.change(*seats)
    await given_meeting(world)
    await world.tick()
    assert await world.rows(MeetingNote) == []
