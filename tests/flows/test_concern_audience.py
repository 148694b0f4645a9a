"""Who is told of a concern, who may open it, and what everybody else is told: nothing."""

from datetime import timedelta

import pytest

from bot.domain.terms import Role
from bot.store.tables import JournalEntry, Membership, Seat
from tests.flows.action_steps import SQLITE
from tests.flows.steps import FORM, Tap, answer_of, given_concern, last_dm, outbox, posts, raise_concern, told
from tests.world import QSG, World, absence, chat_id, conflict

GMC_ONLY = {"audience": "organisations", "chosen": ["GMC"]}
DEAN_ONLY = {"audience": "people", "chosen": ["Dean Person"]}
MISSING = "C-222222"
RED = DEAN_ONLY | {"marking": "TLP:RED"}


async def may_open(world: World, slug: str, reference: str) -> bool:
    """Whether that person can read it, asked by the reference; what refuses them is said of any reference."""
    person = world.persona(slug)
    await person.command("/escalate", reference)
    if person.modal is not None:
        await person.close(person.modal, everything=True)
        return True
    refused = answer_of(world, slug)
    await person.command("/escalate", MISSING)
    assert refused.replace(reference, MISSING) == answer_of(world, slug)
    return False


@SQLITE
async def test_chosen_organisations_are_told_without_content(world: World):
    reference = await raise_concern(world, **GMC_ONLY)
    assert "enrolled people at CQC and GMC." in world.persona("inspector").modal.text
    note = last_dm(world, "gmc3")
    assert reference in note.text
    assert FORM["headline"] not in note.text
    assert "Northgate" not in note.text
    await world.persona("gmc3").press(note, "Open it")
    assert FORM["details"] in world.persona("gmc3").modal.text
    assert world.persona("dean").messages(QSG) == []
    assert told(world, "dean") == told(world, "chair") == []


@SQLITE
async def test_named_people_are_told_and_nobody_else(world: World):
    await raise_concern(world, **DEAN_ONLY)
    assert "CQC, and Dean Person (HEE)" in world.persona("inspector").modal.text
    assert "Open it" in last_dm(world, "dean").buttons
    assert world.persona("chair").messages(QSG) == []
    assert {row.person_id for row in await outbox(world)} == {world.ids["inspector"], world.ids["dean"]}


@SQLITE
async def test_without_a_seat_the_nominated_person_hears(world: World):
    await raise_concern(world, audience="organisations", chosen=["HEE"])
    assert "Open it" in last_dm(world, "dean").buttons


@SQLITE
async def test_whoever_is_there_hears(world: World):
    await world.change(absence(world.ids, "gmc3", world.now, world.now + timedelta(days=1)))
    await raise_concern(world, **GMC_ONLY)
    assert told(world, "gmc3") == []
    assert "Open it" in last_dm(world, "gmc1").buttons


AUDIENCES = [
    ({}, {"inspector", "colleague", "gmc1", "gmc2", "gmc3", "dean", "chair", "lead"}),
    (GMC_ONLY, {"inspector", "colleague", "gmc1", "gmc2", "gmc3"}),
    (DEAN_ONLY, {"inspector", "colleague", "dean"}),
    (RED, {"inspector", "dean"}),
]


@pytest.mark.parametrize(("values", "readers"), AUDIENCES, ids=["group", "organisations", "people", "red"])
async def test_others_cannot_tell_it_exists(world: World, values: dict, readers: set[str]):
    reference = await raise_concern(world, **values)
    asked = ["inspector", "colleague", "gmc1", "gmc2", "gmc3", "dean", "chair", "lead", "phso1", "nmc1", "matron"]
    able = {slug for slug in asked if await may_open(world, slug, reference)}
    assert able == readers


@SQLITE
async def test_a_forged_button_opens_nothing(world: World):
    hidden = await raise_concern(world, **RED)
    await given_concern(world)
    gmc, tap = world.persona("gmc1"), Tap(world)
    for reference in (hidden, hidden.lower(), MISSING, "", "E-222222", "*"):
        tap.alter = lambda payload, value=reference: payload["actions"][0].update(value=value)
        await gmc.press(posts(world)[-1], "Read the details")
        assert f"There is nothing under “{reference}” that you can open" in answer_of(world, "gmc1", QSG)
    assert gmc.modal is None


@SQLITE
@pytest.mark.parametrize("press", ["Escalate it", "Read it"])
async def test_a_refusal_never_names_what_is_hidden(world: World, press: str):
    await raise_concern(world, **RED)
    note = last_dm(world, "inspector")
    await world.change(conflict(world.ids, "inspector", "northgate"))
    await world.persona("inspector").press(note, press)
    refused = answer_of(world, "inspector")
    assert "There is nothing under" in refused
    assert FORM["headline"] not in refused


@pytest.mark.parametrize("slug", ["inspector", "dean"])
async def test_a_declared_conflict_closes_it(world: World, slug: str):
    reference = await given_concern(world)
    assert await may_open(world, slug, reference)
    await world.change(conflict(world.ids, slug, "northgate"))
    assert not await may_open(world, slug, reference)
    await world.persona(slug).command("/concern", "mine")
    assert reference not in answer_of(world, slug)


@SQLITE
async def test_raising_it_despite_a_conflict(world: World):
    await world.change(conflict(world.ids, "inspector", "northgate"))
    inspector = world.persona("inspector")
    await inspector.command("/concern", "northgate")
    outcome = await inspector.submit(inspector.modal, FORM)
    assert outcome.ok
    assert "you will not see it again here" in inspector.modal.text
    await world.settle()
    assert told(world, "inspector") == []
    assert world.persona("dean").messages(QSG) == []  # where they would read it
    world.pg.workspace.channels[QSG].members.discard(chat_id("inspector"))
    await world.move(minutes=15)
    assert FORM["headline"] in world.persona("dean").messages(QSG)[-1].text


async def test_leaving_the_group_closes_its_concerns(world: World):
    reference = await given_concern(world)
    (line,) = await world.rows(Membership, Membership.organisation_id == world.ids["org:hee"])
    line.ends_on = world.now.date()
    await world.change(line)
    assert await may_open(world, "dean", reference)
    await world.move(days=1)
    assert not await may_open(world, "dean", reference)


@SQLITE
async def test_a_chair_from_outside_sees_it(world: World):
    await world.change(Seat(group_id=world.ids["qsg"], person_id=world.ids["phso1"], role=Role.CHAIR))
    reference = await raise_concern(world)
    assert "and Phso1 Person (PHSO)" in world.persona("inspector").modal.text
    assert await may_open(world, "phso1", reference)


@SQLITE
async def test_red_is_for_the_submitter_alone_at_home(world: World):
    await raise_concern(world, **RED)
    text = world.persona("inspector").modal.text
    assert "Dean Person (HEE) and Inspector Person (CQC)" in text
    assert "enrolled people at" not in text


async def test_a_refused_reading_is_in_the_journal(world: World):
    reference = await raise_concern(world, **RED)
    await may_open(world, "gmc1", reference)
    refused = await world.rows(JournalEntry, JournalEntry.person_id == world.ids["gmc1"])
    assert {entry.act for entry in refused} == {"refused"}
    assert {entry.facts["why"] for entry in refused} == {"NotFound"}
    assert reference not in str(refused)
