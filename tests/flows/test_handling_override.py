"""A duty in law: a recipient's lead shares further at once, and those who raised it are told at once [003 §93]."""

from datetime import date

import pytest

from bot.domain.terms import AnnexeKind, Audience, Basis, ChangeState, HandlingKind, Marking, Role
from bot.errors import FormErrors, NotFound, NotYours, WrongState
from bot.services.annexe import store_annexe
from bot.store.keys import KeyRing, new_key
from bot.store.tables import AnnexeGrant, HandlingChange, JournalEntry, NominatedPerson, Seat
from tests.flows.action_steps import SQLITE
from tests.flows.handling_steps import (
    DUTY,
    change_of,
    concern_of,
    fill_in,
    given_answer,
    given_change,
    lines,
    readers,
)
from tests.flows.steps import FORM, given_concern, last_dm, outbox, told, viewer
from tests.world import World, conflict

OVERRIDE, ANNEXE = HandlingKind.OVERRIDE, HandlingKind.ANNEXE
CQC, GMC = {"inspector", "colleague"}, {"gmc1", "gmc2", "gmc3"}


async def for_gmc(world: World, **values) -> str:
    bodies = (world.ids["org:gmc"],)
    return await given_concern(world, audience=Audience.ORGANISATIONS, organisations=bodies, **values)


async def test_overriding_in_chat(world: World):
    reference = await for_gmc(world)
    sent = await fill_in(world, "gmc3", reference, OVERRIDE, readers=["NMC"], **DUTY)
    assert sent.ok, sent
    assert "shared with NMC for a duty in law: Safeguarding" in world.persona("gmc3").modal.text
    assert await readers(world, reference) == CQC | GMC | {"nmc1"}
    for slug in ("inspector", "colleague"):
        note = last_dm(world, slug).text
        for part in ("GMC has shared", "Gmc3 Person", "NMC", "Safeguarding", DUTY["reason"], reference):
            assert part in note
    assert reference in last_dm(world, "nmc1").text
    assert (await concern_of(world, reference)).marking is Marking.AMBER_STRICT
    (line,) = [line for line in await lines(world, reference) if line.organisation_id == world.ids["org:nmc"]]
    assert line.basis is Basis.OVERRIDE
    (entry,) = await world.rows(JournalEntry, JournalEntry.act == "handling changed")
    assert (entry.facts["kind"], entry.facts["basis"]) == ("override", "safeguarding")
    assert DUTY["reason"] not in str([row.model_dump() for row in await outbox(world)]) + str(entry.facts)


@SQLITE
async def test_who_may_override(world: World):
    """The representative or a deputy in the group, or a nominated person, of an organisation that received it."""
    reference = await given_concern(world)
    await world.change(
        Seat(id=801, group_id=world.ids["qsg"], person_id=world.ids["secretary"], role=Role.DEPUTY),
        conflict(world.ids, "lead", "northgate"),
        NominatedPerson(
            id=802,
            organisation_id=world.ids["org:nhse"],
            person_id=world.ids["chair"],
            rung=0,
            ends_on=date(2026, 11, 1),
        ),
    )
    values = {"legal_basis": "life"}
    for slug, error in (
        ("inspector", NotYours),  # who raised it asks a second person
        ("chair", NotYours),  # no longer nominated
        ("lead", NotFound),  # barred
        ("phso1", NotFound),
        ("matron", NotFound),
    ):
        with pytest.raises(error):
            await given_change(world, slug, reference, OVERRIDE, ("nmc",), **values)
    assert await world.rows(HandlingChange) == []
    for slug, to in (("secretary", "nmc"), ("gmc1", "phso"), ("gmc3", "dean")):
        await given_change(world, slug, reference, OVERRIDE, (to,), **values)


@SQLITE
async def test_overriding_needs_a_reason_and_a_basis(world: World):
    reference = await for_gmc(world)
    tries = [
        (("nmc",), {"reason": " ", "legal_basis": "life"}, {"reason"}),
        (("nmc",), {"legal_basis": ""}, {"legal_basis"}),
        (("nmc",), {"legal_basis": "because"}, {"legal_basis"}),
        ((), {"legal_basis": "life"}, {"readers"}),
        (("trust",), {"legal_basis": "life"}, {"readers"}),
        (("gmc",), {"legal_basis": "life"}, {"readers"}),
        (("trust",), {"reason": "", "legal_basis": ""}, {"readers", "reason", "legal_basis"}),
    ]
    for to, values, wrong in tries:
        with pytest.raises(FormErrors) as refused:
            await given_change(world, "gmc3", reference, OVERRIDE, to, **values)
        assert set(refused.value.fields) == wrong
    assert await readers(world, reference) == CQC | GMC


async def test_of_red_a_named_person_names_people(world: World):
    people = (world.ids["gmc2"], world.ids["dean"])
    reference = await given_concern(world, audience=Audience.PEOPLE, people=people, marking=Marking.RED)
    with pytest.raises(FormErrors):
        await given_change(world, "gmc2", reference, OVERRIDE, ("nmc",), legal_basis="life")
    with pytest.raises(NotFound):
        await given_change(world, "gmc3", reference, OVERRIDE, ("lead",), legal_basis="life")
    before = told(world, "colleague")
    await given_change(world, "gmc2", reference, OVERRIDE, ("lead",), legal_basis="life")
    assert await readers(world, reference) == {"inspector", "gmc2", "dean", "lead"}
    assert "Lead Person (Vale CCG)" in last_dm(world, "inspector").text
    assert told(world, "colleague") == before  # who may not read it hears nothing of it


@SQLITE
async def test_nothing_withdrawn_is_overridden(world: World):
    reference = await for_gmc(world)
    await given_change(world, "inspector", reference, HandlingKind.WITHDRAW)
    with pytest.raises(NotFound):
        await given_change(world, "gmc3", reference, OVERRIDE, ("nmc",), legal_basis="life")
    with pytest.raises(WrongState):
        await given_change(world, "inspector", reference, OVERRIDE, ("nmc",), legal_basis="life")


@SQLITE
async def test_the_annexe_is_opened_to_the_asker_alone(world: World):
    world.bot.store.keys = KeyRing.read(new_key("first"))
    reference = await for_gmc(world)
    concern = await concern_of(world, reference)
    async with world.bot.store.begin() as unit:
        by = await viewer(world, unit, "inspector")
        await store_annexe(unit, concern, AnnexeKind.PEOPLE, "Somebody", by=by, now=world.now)
    request = await given_change(world, "gmc1", reference, ANNEXE, reason="To check the register.")
    assert "restricted annexe opened to Gmc1 Person (GMC)" in last_dm(world, "inspector").text
    assert await world.rows(AnnexeGrant) == []
    assert await given_answer(world, "inspector", request) is ChangeState.DONE
    (granted,) = await world.rows(AnnexeGrant)
    change = await change_of(world, request)
    assert (granted.person_id, granted.change_id) == (world.ids["gmc1"], change.key)
    assert await given_answer(world, "inspector", request) is ChangeState.DONE
    assert len(await world.rows(AnnexeGrant)) == 1
    assert await readers(world, reference) == CQC | GMC
    colleagues = await given_change(world, "colleague", reference, ANNEXE, reason="To check it too.")
    assert (await change_of(world, colleagues)).approver_id == world.ids["inspector"]


async def test_a_request_for_what_is_gone_says_nothing(world: World):
    """The concern is past its keeping before the request is delivered or answered."""
    reference = await for_gmc(world)
    request = await given_change(world, "gmc3", reference, HandlingKind.WIDEN, ("nmc",))
    concern = await concern_of(world, reference)
    concern.retired_at = world.now
    await world.change(concern)
    with pytest.raises(NotFound):
        await given_answer(world, "inspector", request)
    page = world.persona("inspector")
    await page.press(last_dm(world, "inspector"), "Decline")
    assert FORM["headline"] not in page.modal.text
    assert "Northgate" not in page.modal.text
    await world.move(days=10)
    assert (await change_of(world, request)).state is ChangeState.LAPSED
    assert reference not in last_dm(world, "gmc3").text
