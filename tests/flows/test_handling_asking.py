"""Widening, marking less strictly and asking to share onwards: nothing without a second person, and no reply is no."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.terms import Audience, Basis, ChangeState, HandlingKind, Marking, Role
from bot.errors import CannotReach, FormErrors, NotFound, NotYours, WrongState
from bot.store.tables import HandlingChange, JournalEntry, NominatedPerson, Person, Seat
from tests.flows.action_steps import SQLITE
from tests.flows.handling_steps import (
    answer_in_chat,
    change_of,
    concern_of,
    fill_in,
    given_answer,
    given_change,
    lines,
    open_page,
    readers,
)
from tests.flows.steps import FORM, Tap, given_concern, last_dm, posts, told
from tests.flows.test_escalation_unreachable import leave
from tests.world import World, absence, conflict, membership

WIDEN, LOOSEN, NARROW = HandlingKind.WIDEN, HandlingKind.LOOSEN, HandlingKind.NARROW
CQC, GMC = {"inspector", "colleague"}, {"gmc1", "gmc2", "gmc3"}
ASKED, DONE, DECLINED, LAPSED = ChangeState


async def for_gmc(world: World, **values) -> str:
    """A concern that only the GMC may see beside the CQC, which raised it."""
    bodies = (world.ids["org:gmc"],)
    return await given_concern(world, audience=Audience.ORGANISATIONS, organisations=bodies, **values)


async def test_widening_in_chat(world: World):
    reference = await for_gmc(world)
    await given_change(world, "inspector", reference, HandlingKind.TIGHTEN, ("gmc1",), marking=Marking.RED)
    await given_answer(
        world,
        "colleague",
        await given_change(world, "inspector", reference, LOOSEN, marking=Marking.AMBER_STRICT, approver="colleague"),
    )
    sent = await fill_in(
        world, "inspector", reference, WIDEN, readers=["HEE"], reason="They train there.", approver="Colleague"
    )
    assert sent.ok, sent
    assert "would be shared with HEE" in world.persona("inspector").modal.text
    assert "Colleague Person decides" in world.persona("inspector").modal.text
    assert await readers(world, reference) == CQC | {"gmc1"}
    request = last_dm(world, "colleague")
    for part in ("Northgate", "shared with HEE", "Inspector Person (CQC)", "They train there.", FORM["headline"]):
        assert part in request.text
    page = await answer_in_chat(world, "colleague")
    assert "Agreed by Colleague Person" in page.text
    assert await readers(world, reference) == CQC | {"gmc1", "dean"}
    assert reference in last_dm(world, "dean").text
    assert FORM["headline"] not in last_dm(world, "dean").text
    assert "agreed by Colleague Person" in last_dm(world, "inspector").text
    assert last_dm(world, "colleague").buttons == []  # brought up to date in place
    (line,) = [line for line in await lines(world, reference) if line.organisation_id == world.ids["org:hee"]]
    assert line.basis is Basis.AGREED


async def test_a_second_click_says_what_became_of_it(world: World):
    reference = await for_gmc(world)
    await given_change(world, "inspector", reference, WIDEN, ("hee",), approver="colleague")
    note, colleague = last_dm(world, "colleague"), world.persona("colleague")
    for button in ("Agree", "Agree", "Decline"):
        await colleague.press(note, button)
        assert "Agreed by Colleague Person" in colleague.modal.text
        await colleague.close(colleague.modal, everything=True)
    await world.settle()
    assert len([text for text in told(world, "dean") if reference in text]) == 1
    entries = await world.rows(JournalEntry, JournalEntry.act == "handling done")
    assert len(entries) == 1


async def test_declining_takes_a_reason(world: World):
    reference = await for_gmc(world)
    request = await given_change(world, "inspector", reference, WIDEN, ("hee",), approver="colleague")
    colleague = world.persona("colleague")
    await colleague.press(last_dm(world, "colleague"), "Decline")
    form = colleague.modal
    assert not (await colleague.submit(form, {"note": ""})).ok
    with pytest.raises(FormErrors):
        await given_answer(world, "colleague", request, agreed=False, note="  ")
    assert (await colleague.submit(form, {"note": "Not yet."})).ok
    assert "Declined by Colleague Person" in colleague.modal.text
    await world.settle()
    assert "Not yet." in last_dm(world, "inspector").text
    assert await readers(world, reference) == CQC | GMC
    assert "Declined by Colleague Person: Not yet." in (await open_page(world, "inspector", reference)).text


async def test_to_the_whole_group_it_is_posted_once(world: World):
    reference = await for_gmc(world)
    assert posts(world) == []
    for _ in range(2):
        request = await given_change(world, "inspector", reference, WIDEN, approver="colleague")
        assert await given_answer(world, "colleague", request) == DONE
        (post,) = posts(world)
        assert FORM["headline"] in post.text
        assert (await concern_of(world, reference)).audience is Audience.GROUP
        await given_change(world, "inspector", reference, NARROW, ("ccg",))
        assert FORM["headline"] not in posts(world)[0].text
    assert await readers(world, reference) == CQC | GMC | {"dean", "chair", "secretary"}
    # Shared with a group, it lasts as long as the membership.
    (line,) = [one for one in await lines(world, reference) if one.organisation_id == world.ids["org:hee"]]
    assert line.basis is Basis.GROUP


async def test_a_recipient_asks_to_share_onwards(world: World):
    reference = await for_gmc(world, attributed=False)
    sent = await fill_in(world, "gmc3", reference, WIDEN, readers=["NMC"], reason="Nurses as well.")
    assert sent.ok, sent
    page = world.persona("gmc3").modal.text
    assert "Somebody at the organisation that raised it decides" in page
    assert "CQC" not in page
    assert "Inspector" not in page
    assert "Ask to share onwards" in (await open_page(world, "gmc3", reference)).buttons
    assert "Gmc3 Person (GMC)" in last_dm(world, "inspector").text
    await answer_in_chat(world, "inspector")
    assert await readers(world, reference) == CQC | GMC | {"nmc1"}
    answered = str(told(world, "gmc3")[-1])
    assert "agreed" in answered
    assert "Inspector" not in answered + (await open_page(world, "gmc3", reference)).text
    assert "CQC" not in (await open_page(world, "gmc3", reference)).text


@SQLITE
async def test_a_recipient_sees_no_readers_and_nobody_elses_requests(world: World):
    reference = await given_concern(world)
    await given_change(world, "inspector", reference, WIDEN, ("nmc",), approver="colleague", reason="Secret plan.")
    page = await open_page(world, "gmc1", reference)
    for part in ("Who can see it", "Secret plan", "NMC", "Take away", "Withdraw it"):
        assert part not in page.text + " ".join(page.buttons)
    assert page.buttons == ["Ask to share onwards", "Ask for another marking", "Override for a duty in law"]
    assert (await open_page(world, "gmc2", reference)).buttons[-1] == "Override for a duty in law"
    assert "Secret plan" in (await open_page(world, "inspector", reference)).text


async def test_no_reply_is_no(world: World):
    """Asked on the Wednesday before Christmas: five working days, with three bank holidays and two weekends between."""
    reference = await for_gmc(world)
    await world.move_to(datetime(2026, 12, 23, 10, tzinfo=UTC))
    request = await given_change(world, "gmc3", reference, WIDEN, ("hee",))
    assert "Mon 4 Jan 2027, 17:00" in last_dm(world, "inspector").text
    await world.move_to(datetime(2027, 1, 4, 16, 59, tzinfo=UTC))
    assert (await change_of(world, request)).state is ASKED
    await world.move(minutes=1)
    assert (await change_of(world, request)).state is LAPSED
    assert "no longer stands" in last_dm(world, "gmc3").text
    assert await given_answer(world, "inspector", request) == LAPSED
    assert await readers(world, reference) == CQC | GMC


async def test_the_last_moment_before_the_clock_looks(world: World):
    reference = await for_gmc(world)
    request = await given_change(world, "gmc3", reference, WIDEN, ("hee",))
    world.pg.clock.set((await change_of(world, request)).lapses_at)
    assert await given_answer(world, "inspector", request) == LAPSED
    assert await readers(world, reference) == CQC | GMC


SOMEBODY = {
    "the raiser": (None, "inspector"),
    "who is away": ("away", "colleague"),
    "who has left": ("leave", "colleague"),
    "with a conflict": ("conflict", "colleague"),
}


@SQLITE
@pytest.mark.parametrize(("what", "who"), SOMEBODY.values(), ids=SOMEBODY)
async def test_to_whom_a_recipient_s_request_goes(world: World, what: str | None, who: str):
    reference = await for_gmc(world)
    if what == "away":
        await world.change(absence(world.ids, "inspector", world.now, world.now + timedelta(days=1)))
    if what == "leave":
        await leave(world, "inspector")
        await world.move(days=1)
    if what == "conflict":
        await world.change(conflict(world.ids, "inspector", "northgate"))
    request = await given_change(world, "gmc3", reference, WIDEN, ("hee",))
    assert (await change_of(world, request)).approver_id == world.ids[who]
    assert request in last_dm(world, who).text


@SQLITE
async def test_the_representative_comes_before_the_nominated(world: World):
    await world.change(
        Person(id=900, slug="rep", name="Rep Person", organisation_id=world.ids["org:cqc"], chat_user="U_LEAVER"),
        Seat(group_id=world.ids["qsg"], person_id=900, role=Role.REPRESENTATIVE),
    )
    (person,) = await world.rows(Person, Person.id == 900)
    person.workspace = "T0OTHER"
    await world.change(person)
    await world.change(absence(world.ids, "inspector", world.now, world.now + timedelta(days=1)))
    reference = await for_gmc(world)
    request = await given_change(world, "gmc3", reference, WIDEN, ("hee",))
    assert (await change_of(world, request)).approver_id == 900


async def test_a_request_moves_on_when_its_approver_leaves(world: World):
    reference = await for_gmc(world)
    request = await given_change(world, "gmc3", reference, WIDEN, ("hee",))
    old = last_dm(world, "inspector")
    await leave(world, "inspector")
    await world.move(days=1)
    assert (await change_of(world, request)).approver_id == world.ids["colleague"]
    with pytest.raises((NotFound, AttributeError)):  # somebody who has left is not let in at all
        await given_answer(world, "inspector", request)
    assert old.buttons == ["Agree", "Decline"]
    await answer_in_chat(world, "colleague")
    assert (await change_of(world, request)).state is DONE


async def test_an_approver_with_a_conflict_passes_it_on(world: World):
    reference = await for_gmc(world)
    request = await given_change(world, "gmc3", reference, WIDEN, ("hee",))
    await world.change(conflict(world.ids, "inspector", "northgate"))
    page = await answer_in_chat(world, "inspector")
    assert "no longer with you" in page.text
    assert "Northgate" not in page.text
    assert "no longer with you" in last_dm(world, "inspector").text
    change = await change_of(world, request)
    assert (change.state, change.approver_id) == (ASKED, world.ids["colleague"])


async def test_with_nobody_to_ask_it_is_refused_or_lapses(world: World):
    reference = await for_gmc(world)
    request = await given_change(world, "gmc3", reference, WIDEN, ("hee",))
    for slug in ("inspector", "colleague"):
        await leave(world, slug)
    await world.move(days=1)
    assert (await change_of(world, request)).state is LAPSED
    with pytest.raises(CannotReach):
        await given_change(world, "gmc3", reference, WIDEN, ("hee",))


@SQLITE
async def test_the_second_person_is_another_one(world: World):
    reference = await for_gmc(world)
    await world.change(NominatedPerson(organisation_id=world.ids["org:cqc"], person_id=world.ids["inspector"], rung=1))
    for approver in ("inspector", "gmc1", "chair"):
        with pytest.raises(FormErrors) as refused:
            await given_change(world, "inspector", reference, WIDEN, ("hee",), approver=approver)
        assert "cannot decide it" in refused.value.fields["approver"]
    with pytest.raises(FormErrors) as refused:
        await given_change(world, "inspector", reference, WIDEN, ("hee",))
    assert "Choose a colleague" in refused.value.fields["approver"]
    await world.change(conflict(world.ids, "colleague", "northgate"))
    with pytest.raises(FormErrors):
        await given_change(world, "inspector", reference, WIDEN, ("hee",), approver="colleague")
    request = await given_change(world, "gmc3", reference, WIDEN, ("hee",))
    for slug, error in (("gmc3", NotYours), ("gmc1", NotYours), ("dean", NotFound), ("phso1", NotFound)):
        with pytest.raises(error):
            await given_answer(world, slug, request)
    assert (await change_of(world, request)).state is ASKED


async def test_two_answers_at_once_are_one(world: World):
    reference = await for_gmc(world)
    request = await given_change(world, "gmc3", reference, WIDEN, ("hee",))
    became = await asyncio.gather(
        given_answer(world, "inspector", request), given_answer(world, "inspector", request, agreed=False)
    )
    assert len(set(became)) == 1
    assert ("dean" in await readers(world, reference)) == (became[0] is DONE)
    assert len([text for text in told(world, "gmc3") if request in text]) == 1


OVERTAKEN = {
    "withdrawn": (HandlingKind.WITHDRAW, (), None),
    "taken away from the asker": (NARROW, ("gmc",), None),
    "marked red": (HandlingKind.TIGHTEN, ("dean",), Marking.RED),
}


@pytest.mark.parametrize(("kind", "to", "marking"), OVERTAKEN.values(), ids=OVERTAKEN)
async def test_what_is_overtaken_lapses(world: World, kind: HandlingKind, to: tuple[str, ...], marking):
    reference = await given_concern(world)
    request = await given_change(world, "gmc3", reference, WIDEN, ("nmc",))
    await given_change(world, "inspector", reference, kind, to, marking=marking)
    assert (await change_of(world, request)).state is LAPSED
    assert "no longer stands" in last_dm(world, "gmc3").text
    assert FORM["headline"] not in last_dm(world, "gmc3").text
    assert await given_answer(world, "inspector", request) == LAPSED
    assert "nmc1" not in await readers(world, reference)


async def test_agreeing_and_withdrawing_at_once_shares_nothing(world: World):
    reference = await for_gmc(world)
    request = await given_change(world, "gmc3", reference, WIDEN, ("hee",))
    await asyncio.gather(
        given_answer(world, "inspector", request),
        given_change(world, "colleague", reference, HandlingKind.WITHDRAW),
    )
    assert await readers(world, reference) == CQC


async def test_loosening_red(world: World):
    people = (world.ids["dean"],)
    reference = await given_concern(world, audience=Audience.PEOPLE, people=people, marking=Marking.RED)
    amber = Marking.AMBER_STRICT
    request = await given_change(world, "inspector", reference, LOOSEN, marking=amber, approver="colleague")
    asked = last_dm(world, "colleague").text
    assert "may not read the concern" in asked
    assert FORM["headline"] not in asked
    assert await readers(world, reference) == {"inspector", "dean"}
    assert await given_answer(world, "colleague", request) == DONE
    assert await readers(world, reference) == CQC | {"dean"}
    request = await given_change(world, "dean", reference, LOOSEN, marking=Marking.GREEN)
    assert await given_answer(world, "inspector", request) == DONE
    assert (await concern_of(world, reference)).marking is Marking.GREEN
    with pytest.raises(WrongState):
        await given_change(world, "dean", reference, LOOSEN, marking=Marking.GREEN)


@SQLITE
async def test_red_goes_to_people_only(world: World):
    people = (world.ids["dean"],)
    reference = await given_concern(world, audience=Audience.PEOPLE, people=people, marking=Marking.RED)
    for to in (("gmc",), (), ("gmc", "lead")):
        with pytest.raises(FormErrors) as refused:
            await given_change(world, "dean", reference, WIDEN, to)
        assert "TLP:RED is for named people only" in refused.value.fields["readers"]
    request = await given_change(world, "dean", reference, WIDEN, ("lead",))
    assert await given_answer(world, "inspector", request) == DONE
    assert await readers(world, reference) == {"inspector", "dean", "lead"}
    assert posts(world) == []


@SQLITE
async def test_a_provider_is_never_added(world: World):
    reference = await for_gmc(world)
    for to in (("trust",), ("matron",), ("gone",), ("hee", "trust"), ("leaver",)):
        with pytest.raises(FormErrors) as refused:
            await given_change(world, "gmc3", reference, WIDEN, to)
        assert "cannot be chosen" in refused.value.fields["readers"]
    await world.change(membership(world.ids, "trust"))
    request = await given_change(world, "gmc3", reference, WIDEN)
    await given_answer(world, "inspector", request)
    added = {line.organisation_id for line in await lines(world, reference)}
    assert world.ids["org:hee"] in added
    assert world.ids["org:trust"] not in added
    person, other = world.persona("inspector"), await for_gmc(world)
    page = await open_page(world, "inspector", other)
    await person.press(page, "Share with more")
    offered = {
        option["text"]["text"]
        for words in ("o", "p")
        for option in await person.options(person.modal, "readers", words)
    }
    assert {"PHSO", "Dean Person"} <= offered
    assert not {"Northgate", "Old Body", "Matron Person"} & offered
    assert [one["text"]["text"] for one in await person.options(person.modal, "approver", "person")] == [
        "Colleague Person, Adviser"
    ]


@SQLITE
async def test_a_resent_request_is_one(world: World):
    reference = await for_gmc(world)
    tap = Tap(world)
    tap.copies = 3
    assert (await fill_in(world, "gmc3", reference, WIDEN, readers=["HEE"], reason="Trainees.")).ok
    assert all(answer == tap.answers[0] for answer in tap.answers)
    assert len(await world.rows(HandlingChange)) == 1
    assert len([text for text in told(world, "inspector") if "asked to agree" in text]) == 1


@SQLITE
async def test_requests_wait_at_home(world: World):
    reference = await for_gmc(world)
    request = await given_change(world, "gmc3", reference, WIDEN, ("hee",))
    inspector = world.persona("inspector")
    home = await inspector.open_home()
    assert f"Request {request} about the handling of {reference}" in home.text
    await inspector.press(home, f"Open {request}")
    await inspector.press(inspector.modal, "Agree")
    assert "Agreed by Inspector Person" in inspector.modal.text
    assert request not in (await inspector.open_home()).text
    assert request not in (await world.persona("colleague").open_home()).text


@SQLITE
async def test_words_or_whole_group_not_both(world: World):
    reference = await for_gmc(world)
    sent = await fill_in(world, "gmc3", reference, WIDEN, whom="group", readers=["HEE"], reason="All.")
    assert "leave this empty" in sent.errors["readers"]
    sent = await world.persona("gmc3").submit(world.persona("gmc3").modal, {"whom": "these", "readers": []})
    assert "Choose at least one" in sent.errors["readers"]
