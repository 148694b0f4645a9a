"""Who reads which version of a note, and which parts of it; and nothing that betrays what they do not read."""

from datetime import date

from bot.domain.sittings import NoteState
from bot.domain.terms import Audience, ConcernState, Role
from bot.store.tables import Concern, Membership, Organisation, Seat
from tests.flows.action_steps import SQLITE, add
from tests.flows.note_steps import (
    agree,
    attended,
    concluded,
    document,
    fill,
    given_meeting,
    mark,
    note_page,
    notes,
    on_agenda,
    page,
    press,
    said_last,
    sent_note,
)
from tests.flows.panel_record_steps import press as press_from_memory
from tests.flows.steps import given_concern, told
from tests.world import World, conflict

NORTHGATE, VALE, GENERAL = "Northgate words", "Vale words", "Words for all"
ALL, REST, NOTHING = {NORTHGATE, VALE, GENERAL}, {VALE, GENERAL}, None
JOINED, LEFT = date(2026, 11, 21), date(2026, 11, 22)  # after the meeting
# Who reads what of a draft, of a version that was sent, and of the agreed one.
TABLE = {
    "chair": (ALL, ALL, ALL),
    "secretary": (REST, REST, REST),  # declared a conflict of interest about Northgate
    "gmc3": (NOTHING, ALL, ALL),  # representative
    "gmc1": (NOTHING, ALL, ALL),  # of a member organisation, without a seat
    "dean": (NOTHING, REST, REST),  # representative with a declared conflict
    "matron": (NOTHING, REST, REST),  # works at Northgate, which is a member here
    "phso1": (NOTHING, NOTHING, ALL),  # its organisation joined after the meeting
    "lead": (NOTHING, NOTHING, NOTHING),  # left after the meeting
    "nmc1": (NOTHING, NOTHING, NOTHING),  # never of the group
}


async def given_everybody(world: World) -> None:
    await given_meeting(world)
    await add(world, conflict(world.ids, "dean", "northgate"))
    await add(world, conflict(world.ids, "secretary", "northgate"))
    for body, begins in (("trust", date(2013, 1, 1)), ("phso", JOINED)):
        member = {"group_id": world.ids["qsg"], "organisation_id": world.ids[f"org:{body}"], "starts_on": begins}
        await add(world, Membership(**member))
    (membership,) = await world.rows(Membership, Membership.organisation_id == world.ids["org:ccg"])
    (seat,) = await world.rows(Seat, Seat.person_id == world.ids["lead"])
    membership.ends_on = seat.ends_on = LEFT
    await world.change(membership, seat)


async def readable(world: World, slug: str) -> set[str] | None:
    """Which of the words somebody reads, on the page and in the document alike; None for nothing at all."""
    note = (await notes(world))[-1]
    await press_from_memory(world, slug, "note.open", str(note.key))
    on_paper = await document(world, slug, note)
    if on_paper is None:
        assert f"There is nothing under “{note.key}”" in said_last(world, slug)
        return None
    seen = str(world.persona(slug).modal.text)
    found = {words for words in ALL if words in on_paper}
    assert {words for words in ALL if words in seen} == found
    assert ("Northgate University" in seen + on_paper) is (NORTHGATE in found)
    return found


@SQLITE
async def test_each_reads_what_the_table_says(world: World):
    await given_everybody(world)
    await concluded(world, NORTHGATE)
    await concluded(world, VALE, "vale")
    await concluded(world, GENERAL, None, title="Winter")
    await world.tick()
    for step, (button, by) in enumerate(
        (("", ""), ("Send it to members", "secretary"), ("Settle it as agreed", "chair"))
    ):
        if step == 2:
            await world.move(days=9)
        if button:
            await press(world, by, button)
        found = {slug: await readable(world, slug) for slug in TABLE}
        assert found == {slug: expected[step] for slug, expected in TABLE.items()}, button


@SQLITE
async def test_who_is_barred_from_all_that_was_concluded_reads_that_there_is_nothing(world: World):
    """Guests of the provider, its actions, what was not reached, comments and changes: nothing gives it away."""
    await given_everybody(world)
    (trust,) = await world.rows(Organisation, Organisation.slug == "trust")
    (membership,) = await world.rows(Membership, Membership.organisation_id == trust.key)
    membership.ends_on = date(2026, 11, 1)  # no member then, but a guest
    await world.change(membership)
    await attended(world, "", "trust", guest="Dr Invited")
    await attended(world, "gmc3", "gmc")
    await concluded(world, NORTHGATE)
    await on_agenda(world, provider_id=world.ids["northgate"], title="The maternity unit")
    note = await sent_note(world)
    assert "Dr Invited" in (await document(world, "gmc3", note) or "")
    part = {"part": "Northgate University Hospital NHS Trust", "text": "Northgate is worse than that."}
    assert (await fill(world, "gmc3", "comment", **part)).ok
    assert "worse than that" in str((await page(world, "chair", note)).text)
    await press(world, "chair", "Change it")
    heading = "Northgate University Hospital NHS Trust"
    assert (await fill(world, "chair", "edit", heading, text="Northgate words, again")).ok
    await press(world, "chair", "Send it to members")
    for slug in ("dean", "secretary"):
        for version in await notes(world):
            texts = str((await page(world, slug, version)).text) + (await document(world, slug, version) or "")
            for word in ("Northgate", "Invited", "maternity", "worse", "Changed since"):
                assert word not in texts, (slug, word)
            assert "What was concluded\nNone identified." in texts
            assert "Not reached\nNone identified." in texts
        assert "Northgate" not in "".join(told(world, slug))
    assert f"Changed since the version that was sent before: {heading}." in told(world, "gmc3")[-1]


@SQLITE
async def test_a_barred_secretary_edits_nothing_of_that_provider(world: World):
    await given_everybody(world)
    await concluded(world, NORTHGATE)
    await world.tick()
    (note,) = await notes(world)
    its = mark(note, "Northgate University Hospital NHS Trust")
    await press_from_memory(world, "secretary", "note.edit", f"{note.key}.{its}")
    assert "Somebody else has just changed this part" in said_last(world, "secretary")
    assert NORTHGATE in str((await notes(world))[-1].parts)


@SQLITE
async def test_what_only_some_may_read_is_not_in_the_note_nor_what_is_kept_from_a_reader_later(world: World):
    await given_meeting(world)
    shared = await given_concern(world)
    only = await given_concern(world, audience=Audience.ORGANISATIONS, organisations=(world.ids["org:gmc"],))
    await concluded(world, "Of the shared one", concern=shared)
    await concluded(world, "Of the restricted one", concern=only)
    (row,) = await world.rows(Concern, Concern.reference == only)
    await on_agenda(world, concern_id=row.key, title="Restricted title")
    note = await sent_note(world)
    assert "restricted" not in str(note.parts).casefold()
    assert only not in str(note.parts)
    assert "Of the shared one" in (await document(world, "gmc3", note) or "")
    (row,) = await world.rows(Concern, Concern.reference == shared)
    row.state = ConcernState.WITHDRAWN
    await world.change(row)
    assert "Of the shared one" not in (await document(world, "gmc3", note) or "")
    assert "Of the shared one" in (await document(world, "inspector", note) or "")  # whose it is


@SQLITE
async def test_a_seat_that_ends_or_a_membership_takes_everything_at_once(world: World):
    await given_meeting(world)
    await concluded(world, GENERAL, None)
    note = await sent_note(world)
    await agree(world, "lead")
    (membership,) = await world.rows(Membership, Membership.organisation_id == world.ids["org:ccg"])
    (seat,) = await world.rows(Seat, Seat.person_id == world.ids["lead"])
    membership.ends_on = seat.ends_on = LEFT
    await world.change(membership, seat)
    for button in ("note_reply.agree", "note_reply.comment", "note.open", "note.file"):
        await press_from_memory(world, "lead", button, str(note.key))
        assert "There is nothing under" in said_last(world, "lead"), button
    assert "Vale CCG" not in (await note_page(world)).split("What members say")[1].split("Who was there")[0]


@SQLITE
async def test_nobody_but_those_who_run_the_group_changes_a_note(world: World):
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids["gmc1"], role=Role.DEPUTY))
    meeting = await given_meeting(world)
    note = await sent_note(world)
    for button, value in (
        ("note.draft", meeting.key),
        ("note.redraft", note.key),
        ("note.send", note.key),
        ("note.change", note.key),
        ("note.settle", note.key),
    ):
        await press_from_memory(world, "gmc3", button, str(value))
        assert "Only the chair or the secretariat" in said_last(world, "gmc3"), button
    await press_from_memory(world, "colleague", "note_reply.agree", str(note.key))  # a member, without a seat
    assert "Only people with a seat in this group" in said_last(world, "colleague")
    assert [one.state for one in await notes(world)] == [NoteState.WITH_MEMBERS]
