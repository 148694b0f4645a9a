"""`/soundings invite` and `/soundings people`: what a secretariat does of its own accord."""

import pytest

from bot.domain.terms import Role
from bot.store.tables import EnrolmentRequest, JournalEntry, Seat
from tests.flows.action_steps import SQLITE, said, set_person
from tests.flows.people_steps import account, asked_of, decide, give_domains, knock, people, state
from tests.flows.steps import answer_of, given_concern, last_dm, told
from tests.world import World

JO = "<@U_STRANGER|stranger>"


async def test_an_invited_person_comes_in(world: World):
    account(world, "jo@cqc.example")
    assert "is to be enrolled at CQC" in await said(world, "secretary", "/soundings", f"invite {JO} cqc")
    assert await people(world) == []
    await world.tick()
    (person,) = await people(world)
    assert (person.name, person.organisation_id) == ("Jo Bloggs", world.ids["org:cqc"])
    assert "Jo Bloggs is enrolled at CQC" in last_dm(world, "secretary").text
    assert "You are enrolled at CQC" in told(world, "stranger")[-1]
    assert asked_of(world) == []
    refused = await said(world, "secretary", "/soundings", f"invite {JO} HEE")
    assert "Jo Bloggs is already enrolled, at CQC" in refused


@SQLITE
@pytest.mark.parametrize("words", [f"{JO}", f"{JO} nowhere", f"cqc {JO}", f"{JO} nmc", f"{JO} phso"])
async def test_a_form_asks_for_the_organisation(world: World, words: str):
    secretary = world.persona("secretary")
    await secretary.command("/soundings", f"invite {words}")
    assert (await secretary.submit(secretary.modal, {"organisation": "Vale CCG"})).ok
    assert "is to be enrolled at Vale CCG" in secretary.modal.text
    await world.tick()
    assert (await people(world))[0].organisation_id == world.ids["org:ccg"]


@SQLITE
@pytest.mark.parametrize("words", ["", "cqc", "@stranger cqc", "U_STRANGER cqc", "&lt;@U_STRANGER&gt; cqc", JO + JO])
async def test_nobody_or_two_people_mentioned(world: World, words: str):
    assert "then @ and the person’s name" in await said(world, "secretary", "/soundings", f"invite {words}")
    assert await world.rows(EnrolmentRequest) == []


@SQLITE
@pytest.mark.parametrize("slug", ["inspector", "chair", "gmc3", "matron"])
async def test_only_a_secretariat_may(world: World, slug: str):
    for words in (f"invite {JO} cqc", "people"):
        refused = await said(world, slug, "/soundings", words, channel=None)
        assert "Only the secretariat of" in refused or "not a member of any group" in refused
    assert await world.rows(EnrolmentRequest) == []


@SQLITE
async def test_the_chair_stands_in_where_there_is_no_secretariat(world: World):
    await set_person(world, "secretary", ends_on=world.now.date().replace(day=20))
    assert "is to be enrolled" in await said(world, "chair", "/soundings", f"invite {JO} cqc")


@SQLITE
@pytest.mark.parametrize("change", ["closed", "unknown", "not a secretariat any more"])
async def test_an_invitation_that_fails_is_told(world: World, change: str):
    match change:
        case "closed":
            world.pg.deactivate("U_STRANGER")
        case "unknown":
            world.pg.fail_next("users.info", error="user_not_found", count=99)
    await said(world, "secretary", "/soundings", f"invite {JO} cqc")
    if change.startswith("not"):
        for seat in await world.rows(Seat, Seat.role == Role.SECRETARIAT):
            seat.ends_on = world.now.date().replace(day=20)
            await world.change(seat)
    await world.tick()
    assert "could not be enrolled at CQC" in last_dm(world, "secretary").text
    assert await people(world) == []


@SQLITE
async def test_somebody_of_another_workspace_is_enrolled_with_their_own_account(world: World):
    account(world, "", workspace="T_GMC")
    await said(world, "secretary", "/soundings", f"invite {JO} gmc")
    await world.tick()
    await world.tick()
    (person,) = await people(world)
    assert person.workspace == "T_GMC"
    assert sum("is enrolled at GMC" in text for text in told(world, "secretary")) == 1


async def test_inviting_twice_is_inviting_once(world: World):
    for _ in range(2):
        await said(world, "secretary", "/soundings", f"invite {JO} cqc")
    await world.tick()
    assert len(await people(world)) == 1
    assert len(await world.rows(JournalEntry, JournalEntry.act == "invited")) == 1


@SQLITE
async def test_inviting_somebody_who_waits_or_was_declined(world: World):
    await knock(world)
    await decide(world, "Decline")
    await said(world, "secretary", "/soundings", f"invite {JO} hee")
    await world.tick()
    assert await state(world) == "enrolled"


@SQLITE
async def test_the_people_of_a_group(world: World):
    reference = await given_concern(world)
    await give_domains(world, cqc="cqc.example")
    account(world, "jo@cqc.example")
    await knock(world)
    await world.pg.close_account("U_GMC2")
    await set_person(world, "colleague", enrolled_in_chat=True)
    listed = await said(world, "secretary", "/soundings", "people")
    for part in (
        "Gmc1 Person, Adviser – from the network file; nominated person of GMC; last confirmed on 2 November 2026",
        "Colleague Person, Adviser – let in through chat",
        "account closed on 23 November 2026, no access; deputy 1 to the nominated person of GMC",
        "representative in Marram QSG",
        "jo@cqc.example",
        "Matron Person",
    ):
        assert part in listed, part
    for part in (reference, "concern", "Phso1", "Leaver"):
        assert part not in listed
    secretary = world.persona("secretary")
    await secretary.press(secretary.messages("C_QSG")[-1], "Enrol at CQC")
    assert "is enrolled at CQC" in secretary.modal.text
    assert "Waiting to be let in" not in await said(world, "secretary", "/soundings", "people")
    assert len(await world.rows(JournalEntry, JournalEntry.act == "people listed")) == 2
    assert "Secretary" in answer_of(world, "secretary", "C_QSG")
