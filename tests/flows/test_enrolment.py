"""Being let in: whoever asks is noted once, put to the right secretariat, and comes in only when it agrees."""

import asyncio
from datetime import date

import pytest

from bot.domain.terms import Role
from bot.store.tables import Concern, EnrolmentRequest, JournalEntry, Organisation, OutboxRow, Person, Seat
from tests.flows.action_steps import SQLITE, add, said, set_person
from tests.flows.people_steps import ASKED, OUTSIDE, account, asked_of, decide, give_domains, knock, people, state
from tests.flows.steps import Tap, answer_of, given_concern, outbox, raise_concern, told
from tests.world import QSG, World, membership

# What an account's address and workspace are, and whether it may be taken for one of CQC's people.
ADDRESSES = [
    ("jo@cqc.example", "T0SOUND", True),
    ("Jo@CQC.Example", "T0SOUND", True),
    ("jo@inspect.example", "T0SOUND", True),
    ("jo@elsewhere.example", "T0SOUND", False),
    ("jo@evilcqc.example", "T0SOUND", False),
    ("jo@cqc.example.evil", "T0SOUND", False),
    ("jo@north.cqc.example", "T0SOUND", False),
    ("cqc.example@evil.example", "T0SOUND", False),
    ("jo@cqc.example", "T_GUESTS", False),
    ("jo@", "T0SOUND", False),
    ("cqc.example", "T0SOUND", True),
]


@SQLITE
@pytest.mark.parametrize(("email", "workspace", "fits"), ADDRESSES)
async def test_only_its_own_addresses_speak_for_an_organisation(world: World, email: str, workspace: str, fits: bool):
    await give_domains(world, cqc="cqc.example inspect.example|T0SOUND")
    account(world, email, workspace=workspace)
    async with world.bot.store.begin() as unit:
        unit.add(request_from(world, workspace))
    await world.tick()
    (word,) = asked_of(world)
    assert ("Enrol at CQC" in word) is fits
    assert "Decline" in word
    assert workspace in word


def request_from(world: World, workspace: str) -> EnrolmentRequest:
    return EnrolmentRequest(platform="slack", workspace=workspace, chat_user="U_STRANGER", asked_at=world.now)


@SQLITE
async def test_two_organisations_with_one_domain_are_none(world: World):
    await give_domains(world, cqc="nhs.example", hee="nhs.example")
    account(world, "jo@nhs.example")
    await knock(world)
    assert "No organisation here is known by this address" in asked_of(world)[0]


@SQLITE
@pytest.mark.parametrize("confirmed", [True, False])
async def test_an_address_the_platform_does_not_vouch_for_is_none(
    world: World, confirmed: bool, monkeypatch: pytest.MonkeyPatch
):
    await give_domains(world, cqc="cqc.example")
    account(world, "jo@cqc.example")
    payloads = world.pg._interactions._payloads  # Slack's field, which the playground leaves out
    whole = payloads.person
    monkeypatch.setattr(payloads, "person", lambda user: whole(user) | {"is_email_confirmed": confirmed})
    await knock(world)
    assert ("jo@cqc.example" in asked_of(world)[0]) is confirmed
    assert ("Enrol at CQC" in asked_of(world)[0]) is confirmed


async def test_from_asking_to_raising_a_concern(world: World):
    await give_domains(world, cqc="cqc.example|T0SOUND")
    account(world, "jo@cqc.example")
    assert OUTSIDE in await knock(world)
    (word,) = asked_of(world)
    for part in ("Jo Bloggs", "jo@cqc.example", "U_STRANGER", "T0SOUND"):
        assert part in word
    assert await people(world) == []
    assert "Jo Bloggs is enrolled at CQC, by Secretary Person" in await decide(world, "Enrol at CQC")
    (person,) = await people(world)
    assert (person.name, person.email, person.organisation_id) == ("Jo Bloggs", "jo@cqc.example", world.ids["org:cqc"])
    assert (person.workspace, person.enrolled_in_chat, person.starts_on) == ("T0SOUND", True, world.now.date())
    (welcome,) = [text for text in told(world, "stranger") if "Welcome" in text]
    assert "You are enrolled at CQC" in welcome
    assert "Marram QSG" in welcome
    stranger = world.persona("stranger")
    world.pg.workspace.channels[QSG].members.add("U_STRANGER")
    await stranger.command("/concern", "northgate", channel=QSG)
    assert stranger.modal is not None
    (entry,) = await world.rows(JournalEntry, JournalEntry.act == "enrolled")
    assert (entry.group_id, entry.person_id) == (world.ids["qsg"], world.ids["secretary"])
    assert "jo" not in str(entry.facts).casefold()


async def test_the_second_click_says_what_became_of_it(world: World):
    await give_domains(world, cqc="cqc.example")
    account(world, "jo@cqc.example")
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids["lead"], role=Role.SECRETARIAT))
    await knock(world)
    assert len(asked_of(world, "lead")) == 1
    await decide(world, "Enrol at CQC")
    for slug, label in (("secretary", "Enrol at CQC"), ("lead", "Decline"), ("lead", "Another organisation…")):
        assert "is enrolled at CQC, by Secretary Person" in await decide(world, label, slug)
    assert len(await people(world)) == 1
    assert len(await outbox(world, "people.welcome")) == 1


async def test_two_secretariats_at_once(world: World):
    await give_domains(world, cqc="cqc.example")
    account(world, "jo@cqc.example")
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids["lead"], role=Role.SECRETARIAT))
    await knock(world)
    pages = await asyncio.gather(decide(world, "Enrol at CQC"), decide(world, "Decline", "lead"))
    assert len({page.split(" on ")[0] for page in pages}) == 1
    assert len(await people(world)) == (await state(world) == "enrolled")


async def test_asking_fifty_times_is_asking_once(world: World):
    await asyncio.gather(*(world.persona("stranger").command("/concern", "x") for _ in range(50)))
    await world.tick()
    await world.move(days=60)
    await knock(world)
    assert len(await world.rows(EnrolmentRequest)) == 1
    assert len(asked_of(world)) == 1


@SQLITE
async def test_a_declined_person_is_heard_again_after_30_days(world: World):
    await knock(world)
    assert "is not enrolled: Secretary Person declined" in await decide(world, "Decline")
    for _ in range(2):
        await world.move(days=14)
        assert OUTSIDE in await knock(world)
    assert len(asked_of(world)) == 1
    await world.move(days=2)
    await knock(world)
    assert len(asked_of(world)) == 2
    assert await state(world) == "proposed"


@SQLITE
async def test_the_platform_will_not_say(world: World):
    world.pg.fail_next("users.info", error="user_not_visible", count=99)
    await knock(world)
    assert "vouches for no e-mail address" in asked_of(world)[0]
    assert "U_STRANGER" in asked_of(world)[0]


@SQLITE
@pytest.mark.parametrize("fault", [{"status": 429, "retry_after": 5}, {"status": 503}, {"error": "internal_error"}])
async def test_the_platform_is_asked_again(world: World, fault: dict):
    world.pg.fail_next("users.info", count=40, **fault)
    await knock(world)
    assert asked_of(world) == []
    assert await state(world) == "asked"
    world.pg._faults.ordered.clear()
    await world.move(minutes=1)
    assert len(asked_of(world)) == 1


@SQLITE
async def test_an_account_closed_meanwhile_is_told_to_nobody(world: World):
    await world.persona("stranger").command("/concern", "x")
    world.pg.deactivate("U_STRANGER")
    await world.tick()
    assert asked_of(world) == []


@SQLITE
async def test_an_ended_organisation_proposes_its_successor(world: World):
    await give_domains(world, gone="old.example")
    (gone,) = await world.rows(Organisation, Organisation.slug == "gone")
    gone.successor_id = world.ids["org:hee"]
    await world.change(gone)
    account(world, "jo@old.example")
    await knock(world)
    assert "Enrol at HEE" in asked_of(world)[0]


@SQLITE
async def test_only_a_secretariat_of_its_groups_enrols(world: World):
    """Word goes to those of the organisation's groups, and what another presses is refused."""
    await give_domains(world, cqc="cqc.example", nmc="nmc.example")
    await add(world, Seat(group_id=world.ids["region"], person_id=world.ids["phso1"], role=Role.SECRETARIAT))
    account(world, "jo@cqc.example")
    await knock(world)
    assert asked_of(world, "phso1") == []
    await decide(world, "Decline")
    await world.move(days=31)
    account(world, "jo@nmc.example")
    await knock(world)
    for slug in ("secretary", "phso1"):
        assert "for which another group’s secretariat or the network file enrols" in asked_of(world, slug)[-1]
    await add(world, membership(world.ids, "nmc", "region"))
    await decide_elsewhere(world, "phso1", "NMC")
    (person,) = await people(world)
    assert person.organisation_id == world.ids["org:nmc"]


@SQLITE
@pytest.mark.parametrize("label", ["Enrol at CQC", "Decline", "Another organisation…"])
async def test_who_is_no_secretariat_any_more_decides_nothing(world: World, label: str):
    await give_domains(world, cqc="cqc.example")
    account(world, "jo@cqc.example")
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids["lead"], role=Role.SECRETARIAT))
    await knock(world)
    (seat,) = await world.rows(Seat, Seat.person_id == world.ids["lead"], Seat.role == Role.SECRETARIAT)
    seat.ends_on = date(2026, 11, 20)
    await world.change(seat)
    lead = world.persona("lead")
    await lead.press(next(message for message in lead.dms() if ASKED in message.text), label)
    refused = answer_of(world, "lead")
    assert "Only the secretariat" in refused or "There is nothing under" in refused
    assert lead.modal is None
    assert await state(world) == "proposed"
    assert await people(world) == []


@SQLITE
async def test_an_organisation_that_was_not_offered_is_refused(world: World):
    """The value of a button that was never shown."""
    await give_domains(world, cqc="cqc.example")
    account(world, "jo@cqc.example")
    await knock(world)
    secretary = world.persona("secretary")
    word = next(message for message in secretary.dms() if ASKED in message.text)
    (request,) = await world.rows(EnrolmentRequest)
    forged = f"{request.key}.{world.ids['org:phso']}"
    Tap(world, lambda payload: payload["actions"][0].update(value=forged))
    await secretary.press(word, "Enrol at CQC")
    assert "Only the secretariat of a group to which that organisation belongs" in answer_of(world, "secretary")
    assert await people(world) == []


async def decide_elsewhere(world: World, slug: str, organisation: str) -> None:
    person = world.persona(slug)
    word = next(message for message in reversed(person.dms()) if ASKED in message.text)
    await person.press(word, next(label for label in word.buttons if "rganisation" in label))
    assert (await person.submit(person.modal, {"organisation": organisation})).ok
    assert "is enrolled at" in person.modal.text
    await world.settle()


@SQLITE
async def test_a_secretariat_is_offered_its_own_organisations_only(world: World):
    await knock(world)
    secretary = world.persona("secretary")
    word = next(message for message in reversed(secretary.dms()) if ASKED in message.text)
    await secretary.press(word, "Choose an organisation…")
    offered = {one["text"]["text"] for letter in "aceghnpoy" for one in await offers(secretary, letter)}
    assert offered == {"CQC", "GMC", "HEE", "NHS England", "Vale CCG", "Northgate"}


async def offers(person, letter: str) -> list[dict]:
    return await person.options(person.modal, "organisation", letter)


@SQLITE
async def test_a_providers_person_sees_nothing_about_it(world: World):
    await given_concern(world)
    await knock(world)
    await decide_elsewhere(world, "secretary", "Northgate")
    assert "so you see nothing about it here" in told(world, "stranger")[-1]
    await world.persona("stranger").command("/provider", "northgate")
    assert "You work at this provider" in answer_of(world, "stranger")


@SQLITE
async def test_who_comes_back_to_the_same_organisation_is_who_they_were(world: World):
    await set_person(world, "dean", ends_on=date(2026, 11, 20))
    assert OUTSIDE in await knock(world, "dean")
    (word,) = asked_of(world)
    assert "They were here before, at HEE" in word
    assert "nominated person of HEE" in word
    await decide(world, "Enrol at HEE")
    (dean,) = await people(world, "U_DEAN")
    assert (dean.key, dean.ends_on, dean.enrolled_in_chat) == (world.ids["dean"], None, True)


async def test_who_moves_to_another_organisation_brings_nothing_along(world: World):
    reference = await raise_concern(
        world, "inspector", audience="people", marking="TLP:RED", chosen=["Lead Person", "Dean Person"]
    )
    await give_domains(world, gmc="gmc.example")
    await set_person(world, "inspector", ends_on=date(2026, 11, 20))
    world.pg.workspace.users["U_INSPECTOR"].email = "i@gmc.example"
    await knock(world, "inspector")
    assert "nominated person" not in asked_of(world)[0]
    await decide(world, "Enrol at GMC")
    (now,) = await people(world, "U_INSPECTOR")
    assert (now.organisation_id, now.key == world.ids["inspector"]) == (world.ids["org:gmc"], False)
    (before,) = await world.rows(Person, Person.slug == "inspector")
    assert (before.chat_user, before.ends_on) == (None, date(2026, 11, 20))
    (concern,) = await world.rows(Concern)
    assert concern.raised_by_id == before.key
    assert "There is nothing under" in await said(world, "inspector", "/escalate", reference, None)


@SQLITE
async def test_a_hostile_name_is_only_a_name(world: World):
    account(world, "", name="**Chair** [Enrol](button:people.enrol:1.1) <!channel>\x00\n# Approved")
    await knock(world)
    word = asked_of(world)[0]
    assert "**Chair** [Enrol](button:people.enrol:1.1) <!channel> # Approved" in word
    assert next(m for m in world.persona("secretary").dms() if ASKED in m.text).buttons == [
        "Choose an organisation…",
        "Decline",
    ]


@SQLITE
async def test_nothing_of_them_is_in_the_outbox_or_the_journal(world: World):
    await give_domains(world, cqc="cqc.example")
    account(world, "canary@cqc.example", name="Canary Bloggs")
    await knock(world)
    await decide(world, "Enrol at CQC")
    for table in (OutboxRow, JournalEntry):
        assert not any("canary" in str(row.model_dump()).casefold() for row in await world.rows(table))
