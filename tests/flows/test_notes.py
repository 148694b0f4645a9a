"""The note of a meeting, from the record to what is agreed and frozen [003 §130, §132]."""

from datetime import date

from bot.domain.sittings import Board, NoteState
from bot.domain.terms import Level
from bot.store.notes import note_of, standing_note
from tests.flows.action_steps import SQLITE, acts
from tests.flows.note_steps import (
    AGREEING,
    agree,
    attended,
    concluded,
    disagreed,
    document,
    fill,
    given_meeting,
    note_page,
    notes,
    on_agenda,
    press,
    sent_note,
)
from tests.flows.steps import given_action, given_concern, told
from tests.world import World


async def given_record(world: World) -> None:
    """A meeting with something in every part of its note."""
    meeting = await given_meeting(world)
    reference = await given_concern(world)
    await attended(world, "chair", "nhse")
    await attended(world, "gmc3", "gmc", left_at=None)
    await attended(world, "", "", guest="Dr Guest")
    key = await concluded(
        world,
        "The rota is unsafe.\nIt is looked at again.",
        concern=reference,
        level=Level.ENHANCED,
        level_reason="Two regulators saw it.",
        board=Board.ADULTS,
        board_message="Falls on two wards.",
        board_by_id=world.ids["lead"],
        tell_by_id=world.ids["dean"],
        find_out_id=world.ids["inspector"],
        find_out_by=date(2026, 12, 4),
    )
    await disagreed(world, key, "hee", "Training has improved.")
    await given_action(
        world, date(2026, 12, 7), issue="Ask for the rota", provider_id=world.ids["northgate"], meeting_id=meeting.key
    )
    await on_agenda(world, provider_id=world.ids["vale"])


async def test_from_the_record_to_what_is_agreed_and_frozen(world: World):
    await given_record(world)
    await world.tick()
    assert "A note has been drafted" in told(world, "secretary")[-1]
    drafted = await note_page(world)
    for words in (
        "Version 1: DRAFT",
        "Chair Person, for NHS England: from 10:00 to 11:30",
        "Gmc3 Person, for GMC: from 10:00\n",
        "Dr Guest: from 10:00",
        "Not there, without apologies: CQC, HEE, Vale CCG.",
        "The rota is unsafe.\nIt is looked at again.",
        "Level decided: enhanced surveillance. Reason: Two regulators saw it.",
        "To find out: Inspector Person, by 4 December 2026",
        "Ask for the rota (Dean Person, HEE, by 7 December 2026)",
        "HEE disagrees: Training has improved.",
        "To tell the safeguarding board for adults: Lead Person. What: Falls on two wards.",
        "To tell the provider: Dean Person",
        "Not reached: Vale Community Health",
    ):
        assert words in drafted, words
    assert "Trainees left without a senior" not in drafted  # of a concern its reference, and nothing that it says
    assert (await fill(world, "secretary", "edit", "Other points", text="Thanks to the hosts.")).ok
    await press(world, "secretary", "Send it to members")
    (note,) = await notes(world)
    assert (note.state, note.due_on) == (NoteState.WITH_MEMBERS, date(2026, 11, 30))
    for slug in AGREEING:
        assert "do you agree?" in told(world, slug)[-1], slug
    assert told(world, "gmc1") == []  # GMC has a representative
    await agree(world, "gmc3", "gmc3", "lead")
    assert (await fill(world, "dean", "comment", text="Say that training improved.")).ok
    assert "HEE has commented on a note" in told(world, "chair")[-1]
    assert told(world, "secretary")[-1].startswith("HEE has commented")
    seen = await note_page(world)
    assert "Agreed: GMC and Vale CCG" in seen
    assert "Commented: HEE" in seen
    assert "No answer yet: CQC and NHS England" in seen
    assert "Say that training improved." in seen
    assert "Say that training improved." not in await note_page(world, "gmc3")
    await second_version(world)
    await frozen(world)


async def second_version(world: World) -> None:
    await press(world, "secretary", "Change it")
    assert (await fill(world, "secretary", "edit", "Other points", text="Training has improved.")).ok
    await press(world, "secretary", "Send it to members")
    first, second = await notes(world)
    assert [first.state, second.state] == [NoteState.REPLACED, NoteState.WITH_MEMBERS]
    assert "Changed since the version that was sent before: Other points." in told(world, "dean")[-1]
    assert "Version 2: DRAFT, with members" in await note_page(world, "dean")
    await agree(world, *AGREEING)
    assert "Every member agrees a note" in told(world, "chair")[-1]
    assert not told(world, "secretary")[-1].startswith("Every member")
    await press(world, "chair", "Settle it as agreed")
    assert "is agreed" in told(world, "lead")[-1]


async def frozen(world: World) -> None:
    agreed = (await notes(world))[-1]
    assert (agreed.state, agreed.agreed_at) == (NoteState.AGREED, world.now)
    assert "Agreed: CQC, GMC, HEE, NHS England, Vale CCG." in agreed.parts[-1]["text"]
    assert "AGREED on 23 November 2026" in (await document(world, "gmc3", agreed) or "")
    assert "OFFICIAL-SENSITIVE" in (await document(world, "gmc3", agreed) or "")
    assert (await fill(world, "secretary", "edit", "Other points", text="No, it has not.", reason="Misheard.")).ok
    stands, fixed = (await notes(world))[1:]
    assert (stands.state, stands.parts) == (NoteState.AGREED, agreed.parts)
    assert (fixed.number, fixed.state) == (3, NoteState.DRAFT)
    assert [(part["heading"], part["text"]) for part in fixed.parts][-2:] == [
        ("Other points", "No, it has not."),
        ("Why “Other points” was corrected", "Misheard."),
    ]
    async with world.bot.store.look() as unit:
        assert (await standing_note(unit, world.ids["qsg"], world.now)).key == stands.key
        assert (await note_of(unit, stands.meeting_id)).key == fixed.key
    assert "Version 2: AGREED" in await note_page(world, "gmc1")
    await press(world, "secretary", "Send it to members")
    await agree(world, *AGREEING)
    await press(world, "chair", "Settle it as agreed")
    assert [one.state for one in await notes(world)] == [NoteState.REPLACED, NoteState.REPLACED, NoteState.AGREED]
    assert (await acts(world, "note")).count("note agreed") == 2


@SQLITE
async def test_of_an_empty_record_it_is_said_that_there_is_nothing(world: World):
    await given_meeting(world)
    await sent_note(world)
    seen = await note_page(world, "gmc3")
    assert "Nobody is recorded as having been there." in seen
    assert "Apologies: none." in seen
    assert "What was concluded\nNone identified." in seen
    assert "Not reached\nNone identified." in seen
