"""`/concern`, from the command to the confirmation, as Slack would send it."""

import pytest

from bot.store.tables import Concern, ConcernAudience, JournalEntry
from tests.flows.action_steps import SQLITE
from tests.flows.steps import FORM, answer_of, escalate, last_dm, outbox, raise_concern, told
from tests.world import QSG, World, membership


async def test_a_concern_is_saved_and_its_readers_named(world: World):
    inspector = world.persona("inspector")
    outcome = await inspector.command("/concern", "northgate", channel=QSG)
    assert outcome.acked
    outcome = await inspector.submit(inspector.modal, FORM)
    assert not outcome.errors
    assert "is saved" in inspector.modal.text
    assert "CQC, GMC, HEE, NHS England and Vale CCG" in inspector.modal.text
    await world.settle()
    assert "is saved" in inspector.dms()[-1].text
    posted = world.persona("dean").messages(QSG)[-1].text
    assert FORM["headline"] in posted
    assert FORM["details"] not in posted


async def test_nothing_is_announced_before_saving(world: World):
    inspector = world.persona("inspector")
    await inspector.command("/concern", "northgate", channel=QSG)
    await inspector.submit(inspector.modal, FORM)
    assert [row.state for row in await outbox(world)] == ["queued", "queued"]
    assert told(world, "inspector") == []
    assert inspector.messages(QSG) == []
    await world.settle()
    assert {row.state for row in await outbox(world)} == {"sent"}


@SQLITE
async def test_no_row_to_be_told_holds_words(world: World):
    await raise_concern(world, headline="canary-headline", details="canary-details")
    rows = [row.model_dump_json() for row in await outbox(world)]
    rows += [entry.model_dump_json() for entry in await world.rows(JournalEntry)]
    assert rows
    assert not [row for row in rows if "canary" in row]


@SQLITE
async def test_a_member_reads_the_details(world: World):
    reference = await raise_concern(world)
    dean = world.persona("dean")
    await dean.press(dean.messages(QSG)[-1], "Read the details")
    assert FORM["details"] in dean.modal.text
    assert "grade 2B" in dean.modal.text
    entries = await world.rows(JournalEntry, JournalEntry.act == "concern read")
    assert [entry.person_id for entry in entries] == [world.ids["dean"]]
    assert reference in dean.modal.text


@SQLITE
async def test_the_readers_are_told_to_originators_only(world: World):
    await raise_concern(world)
    for slug, shown in [("dean", False), ("colleague", True)]:
        person = world.persona(slug)
        await person.press(person.messages(QSG)[-1], "Read the details")
        assert ("Who can see it now" in person.modal.text) is shown


@SQLITE
async def test_only_by_word_of_mouth_holds_a_place(world: World):
    await raise_concern(world, verbal_only=["ticked"], details="")
    dean = world.persona("dean")
    await dean.press(dean.messages(QSG)[-1], "Read the details")
    assert "To be said at the meeting" in dean.modal.text
    await dean.command("/agenda", channel=QSG)
    assert "to be said at the meeting" in answer_of(world, "dean", QSG)


@SQLITE
async def test_unattributed_hides_the_organisation_from_others(world: World):
    await raise_concern(world, unattributed=["ticked"])
    dean, colleague = world.persona("dean"), world.persona("colleague")
    assert "Organisation not named" in dean.messages(QSG)[-1].text
    assert "CQC" not in dean.messages(QSG)[-1].text
    await dean.press(dean.messages(QSG)[-1], "Read the details")
    assert "an organisation that is not named" in dean.modal.text
    assert "CQC" not in dean.modal.text
    await colleague.press(colleague.messages(QSG)[-1], "Read the details")
    assert "Raised by CQC" in colleague.modal.text


@SQLITE
async def test_a_theme_across_several_names_no_provider(world: World):
    await raise_concern(world, words="", across=["ticked"])
    assert "Several providers" in world.persona("dean").messages(QSG)[-1].text
    (concern,) = await world.rows(Concern)
    assert (concern.provider_id, concern.provider_named) == (None, "")


@SQLITE
@pytest.mark.parametrize("urgency", ["routine", "soon", "urgent"])
async def test_only_urgent_prints_the_other_routes(world: World, urgency: str):
    await raise_concern(world, urgency=urgency)
    inspector = world.persona("inspector")
    seen = [inspector.modal.text, last_dm(world, "inspector").text]
    await inspector.press(last_dm(world, "inspector"), "Read it")
    seen.append(inspector.modal.text)
    assert [("999" in text, "safeguarding" in text) for text in seen] == [(urgency == "urgent",) * 2] * 3


async def test_mine_says_what_became_of_each(world: World):
    inspector = world.persona("inspector")
    await inspector.command("/concern", "mine", channel=QSG)
    assert "You have not raised any yet" in answer_of(world, "inspector", QSG)
    quiet = await raise_concern(world, words="vale", headline="Nothing became of this")
    asked = await raise_concern(world)
    escalation = await escalate(world, asked, ["gmc", "nmc"])
    await inspector.command("/concern", "  MINE ", channel=QSG)
    listed = answer_of(world, "inspector", QSG)
    assert f"escalated as {escalation}, 0 of 2 answered" in listed
    assert listed.index(asked) < listed.index(quiet)
    assert "submitted" in listed[listed.index(quiet) :]


@SQLITE
async def test_mine_lists_nobody_elses(world: World):
    reference = await raise_concern(world)
    await world.persona("colleague").command("/concern", "mine", channel=QSG)
    assert reference not in answer_of(world, "colleague", QSG)


@SQLITE
async def test_help_stays_for_one_pair_of_eyes(world: World):
    await world.persona("inspector").command("/concern", "help", channel=QSG)
    assert "Raising a concern" in answer_of(world, "inspector", QSG)
    assert world.persona("dean").messages(QSG) == []


@SQLITE
async def test_an_unknown_provider_is_matched_later(world: World):
    reference = await raise_concern(world, words="The Nowhere Clinic, Marram")
    assert "The secretariat has been asked to match it" in world.persona("inspector").modal.text
    secretary = world.persona("secretary")
    note = last_dm(world, "secretary")
    assert "“The Nowhere Clinic, Marram”" in note.text
    await secretary.press(note, "Match it")
    outcome = await secretary.submit(secretary.modal, {"provider": "Vale Community"})
    assert outcome.ok
    assert "Vale Community Health" in secretary.modal.text
    await world.persona("dean").command("/provider", "vale", channel=QSG)
    assert reference in answer_of(world, "dean", QSG)


async def test_a_second_match_does_not_overwrite(world: World):
    await raise_concern(world, words="The Nowhere Clinic")
    secretary, inspector = world.persona("secretary"), world.persona("inspector")
    await secretary.press(last_dm(world, "secretary"), "Match it")
    await inspector.press(last_dm(world, "inspector"), "Read it")
    await inspector.press(inspector.modal, "Match to the directory")
    assert (await secretary.submit(secretary.modal, {"provider": "Vale"})).ok
    outcome = await inspector.submit(inspector.modal, {"provider": "Northgate"})
    assert "Somebody else has just changed" in outcome.errors["provider"]
    (concern,) = await world.rows(Concern)
    assert concern.provider_id == world.ids["vale"]


async def test_a_later_joiner_does_not_see_the_past(world: World):
    reference = await raise_concern(world)
    lines = await world.rows(ConcernAudience)
    assert world.ids["org:phso"] not in {line.organisation_id for line in lines}
    await world.change(membership(world.ids, "phso"))
    phso = world.persona("phso1")
    await phso.command("/escalate", reference)
    assert "nothing under" in answer_of(world, "phso1")
    later = await raise_concern(world)
    await phso.command("/escalate", later)
    assert phso.modal is not None
