"""Narrowing, marking more strictly and withdrawing: one person's act, at once."""

import asyncio

import pytest

from bot.domain.terms import Audience, Basis, ConcernState, HandlingKind, Marking
from bot.errors import FormErrors, NotFound, NotYours, WrongState
from bot.store.tables import Addressee, HandlingChange, JournalEntry
from tests.flows.action_steps import SQLITE, agenda, set_person, summary
from tests.flows.handling_steps import concern_of, fill_in, given_change, lines, readers
from tests.flows.steps import FORM, Tap, given_concern, given_escalation, last_dm, posts, told
from tests.flows.test_concern_audience import may_open
from tests.world import World, conflict

NARROW, TIGHTEN, WITHDRAW = HandlingKind.NARROW, HandlingKind.TIGHTEN, HandlingKind.WITHDRAW
CQC, GMC = {"inspector", "colleague"}, {"gmc1", "gmc2", "gmc3"}
EVERYBODY = CQC | GMC | {"dean", "chair", "secretary", "lead"}


async def test_narrowing_in_chat(world: World):
    reference = await given_concern(world)
    assert await readers(world, reference) == EVERYBODY
    sent = await fill_in(world, "inspector", reference, NARROW, readers=["GMC", "Vale CCG"], reason="Not theirs.")
    assert sent.ok, sent
    assert "no longer shared with GMC and Vale CCG" in world.persona("inspector").modal.text
    assert await readers(world, reference) == EVERYBODY - GMC - {"lead"}
    concern = await concern_of(world, reference)
    assert concern.audience is Audience.ORGANISATIONS
    ended = [line for line in await lines(world, reference) if line.ended_at]
    assert {line.organisation_id for line in ended} == {world.ids["org:gmc"], world.ids["org:ccg"]}
    (entry,) = await world.rows(JournalEntry, JournalEntry.act == "handling changed")
    assert (entry.person_id, entry.group_id, entry.facts["kind"]) == (
        world.ids["inspector"],
        world.ids["qsg"],
        "narrow",
    )
    assert posts(world)[0].buttons == []  # taken back


async def test_what_was_taken_away_is_nowhere(world: World):
    """After narrowing, every path of the removed organisation is as if it had never been."""
    reference = await given_concern(world)
    escalation = await given_escalation(world, ["gmc"], concern=reference)
    assert FORM["headline"] in posts(world)[0].text
    await given_change(world, "inspector", reference, NARROW, ("gmc",))
    assert FORM["headline"] not in str([post.text for post in posts(world)])
    for slug in GMC:
        assert not await may_open(world, slug, reference)
        assert not await may_open(world, slug, escalation)
        for text in (await agenda(world, slug), await summary(world, slug)):
            assert reference not in text
            assert FORM["headline"] not in text
        assert reference not in (await world.persona(slug).open_home()).text
    with pytest.raises(NotFound):
        await given_change(world, "gmc1", reference, HandlingKind.WIDEN, ("nmc",))


async def test_an_addressee_taken_away_is_chased_no_more(world: World):
    reference = await given_concern(world)
    escalation = await given_escalation(world, ["gmc", "hee"], concern=reference)
    await given_change(world, "inspector", reference, NARROW, ("gmc",))
    by_body = {line.organisation_id: line for line in await world.rows(Addressee)}
    assert by_body[world.ids["org:gmc"]].next_step_at is None
    assert by_body[world.ids["org:hee"]].next_step_at is not None
    note = last_dm(world, "gmc1")
    assert f"{escalation} is withdrawn from GMC" in note.text
    assert reference not in note.text
    assert note.buttons == []
    before = {slug: told(world, slug) for slug in GMC}
    await world.move(days=21)
    assert {slug: told(world, slug) for slug in GMC} == before
    assert any(escalation in text and "Reminder" in text for text in told(world, "dean"))
    assert any("withdrawn from them" in text for text in told(world, "inspector"))


async def test_a_notice_not_yet_sent_does_not_start_the_clock_again(world: World):
    reference = await given_concern(world)
    world.pg.deactivate("U_GMC1")
    await given_escalation(world, ["gmc"], concern=reference)
    await given_change(world, "inspector", reference, NARROW, ("gmc",))
    await world.move(days=7)
    (line,) = await world.rows(Addressee)
    assert line.next_step_at is None


async def test_escalating_again_gives_it_back(world: World):
    reference = await given_concern(world)
    await given_change(world, "inspector", reference, NARROW, ("gmc",))
    assert not GMC & await readers(world, reference)
    await given_escalation(world, ["gmc"], concern=reference)
    assert await readers(world, reference) >= GMC
    standing = [line for line in await lines(world, reference) if line.organisation_id == world.ids["org:gmc"]]
    assert [line.basis for line in standing if not line.ended_at] == [Basis.ESCALATION]


async def test_an_organisation_takes_its_named_people_with_it(world: World):
    people = (world.ids["gmc1"], world.ids["dean"])
    reference = await given_concern(world, audience=Audience.PEOPLE, people=people)
    await given_escalation(world, ["gmc"], concern=reference)
    assert await readers(world, reference) == CQC | GMC | {"dean"}
    await given_change(world, "inspector", reference, NARROW, ("gmc",))
    assert await readers(world, reference) == CQC | {"dean"}


@SQLITE
async def test_narrowing_refuses(world: World):
    reference = await given_concern(world, audience=Audience.ORGANISATIONS, organisations=(world.ids["org:gmc"],))
    refusals = {("gmc",): "Withdraw it instead", ("cqc",): "or raised it", ("hee",): "cannot see it", (): "Choose at"}
    for to, sentence in refusals.items():
        with pytest.raises(FormErrors) as refused:
            await given_change(world, "inspector", reference, NARROW, to)
        assert sentence in refused.value.fields["readers"]
    assert await world.rows(HandlingChange) == []
    assert await readers(world, reference) == CQC | GMC


@SQLITE
@pytest.mark.parametrize("kind", [NARROW, TIGHTEN, WITHDRAW])
async def test_only_the_originating_organisation(world: World, kind: HandlingKind):
    reference = await given_concern(world)
    values = {"marking": Marking.RED} if kind is TIGHTEN else {}
    for slug in ("gmc3", "chair", "secretary"):
        with pytest.raises(NotYours):
            await given_change(world, slug, reference, kind, ("dean",), **values)
    await world.change(conflict(world.ids, "colleague", "northgate"))
    for slug in ("nmc1", "phso1", "matron", "colleague"):
        with pytest.raises(NotFound):
            await given_change(world, slug, reference, kind, ("dean",), **values)
    await given_change(world, "inspector", reference, kind, ("gmc",) if kind is NARROW else ("dean",), **values)


async def test_to_red_only_those_named_remain(world: World):
    reference = await given_concern(world, marking=Marking.GREEN)
    await given_escalation(world, ["gmc"], concern=reference)
    sent = await fill_in(world, "inspector", reference, TIGHTEN, marking="TLP:RED", readers=["Dean Person"])
    assert sent.ok, sent
    assert await readers(world, reference) == {"inspector", "dean"}
    assert FORM["headline"] not in str([post.text for post in posts(world)])
    concern = await concern_of(world, reference)
    assert (concern.marking, concern.audience) == (Marking.RED, Audience.PEOPLE)
    standing = [line for line in await lines(world, reference) if not line.ended_at]
    assert all(line.organisation_id is None for line in standing)
    (line,) = await world.rows(Addressee)
    assert line.next_step_at is None


@SQLITE
async def test_to_red_names_nobody_new(world: World):
    reference = await given_concern(world, audience=Audience.ORGANISATIONS, organisations=(world.ids["org:gmc"],))
    for to in (("dean",), (), ("gmc",), ("gmc1", "dean")):
        with pytest.raises(FormErrors) as refused:
            await given_change(world, "inspector", reference, TIGHTEN, to, marking=Marking.RED)
        assert set(refused.value.fields) == {"readers"}
    await given_change(world, "inspector", reference, TIGHTEN, ("gmc1",), marking=Marking.RED)
    with pytest.raises(WrongState):
        await given_change(world, "inspector", reference, TIGHTEN, ("gmc1",), marking=Marking.RED)


async def test_green_to_amber_changes_no_reader(world: World):
    reference = await given_concern(world, marking=Marking.GREEN)
    await given_change(world, "inspector", reference, TIGHTEN, marking=Marking.AMBER_STRICT)
    assert await readers(world, reference) == EVERYBODY
    assert "TLP:AMBER+STRICT" in posts(world)[0].text


async def test_withdrawing(world: World):
    reference = await given_concern(world)
    escalation = await given_escalation(world, ["gmc", "hee"], concern=reference)
    sent = await fill_in(world, "inspector", reference, WITHDRAW, reason="It was a mistake of ours.")
    assert sent.ok, sent
    assert await readers(world, reference) == CQC
    assert (await concern_of(world, reference)).state is ConcernState.WITHDRAWN
    assert {line.next_step_at for line in await world.rows(Addressee)} == {None}
    for slug, body in (("gmc1", "GMC"), ("dean", "HEE")):
        assert f"{escalation} is withdrawn from {body}" in last_dm(world, slug).text
        assert "mistake" not in str(told(world, slug))
    assert FORM["headline"] not in str([post.text for post in posts(world)])
    with pytest.raises(FormErrors, match="another look") as refused:
        await given_escalation(world, ["gmc"], concern=reference)
    assert "withdrawn" in refused.value.fields["organisations"]
    with pytest.raises(WrongState):
        await given_change(world, "inspector", reference, WITHDRAW)


@SQLITE
async def test_a_colleague_withdraws_and_the_raiser_hears(world: World):
    reference = await given_concern(world)
    with pytest.raises(FormErrors):
        await given_change(world, "colleague", reference, WITHDRAW, reason="  ")
    await given_change(world, "colleague", reference, WITHDRAW, reason="We were wrong.")
    note = last_dm(world, "inspector").text
    assert f"Colleague Person has changed the handling of {reference}" in note
    assert "We were wrong." in note


async def test_one_form_sent_often_is_one_change(world: World):
    reference = await given_concern(world)
    tap = Tap(world)
    tap.copies = 4
    assert (await fill_in(world, "inspector", reference, NARROW, readers=["GMC"])).ok
    assert tap.answers[0] is not None
    assert all(answer == tap.answers[0] for answer in tap.answers)
    assert len(await world.rows(HandlingChange)) == 1


async def test_two_at_once_are_two_changes_in_turn(world: World):
    reference = await given_concern(world)
    await asyncio.gather(
        given_change(world, "inspector", reference, NARROW, ("gmc",)),
        given_change(world, "colleague", reference, NARROW, ("hee",)),
    )
    assert await readers(world, reference) == EVERYBODY - GMC - {"dean"}
    assert len(await world.rows(HandlingChange)) == 2


@SQLITE
async def test_a_page_that_is_no_longer_theirs(world: World):
    reference = await given_concern(world)
    gmc = world.persona("gmc1")
    await gmc.press(posts(world, "gmc1")[0], "Read the details")
    page = gmc.modal
    await given_change(world, "inspector", reference, NARROW, ("gmc",))
    await gmc.press(page, "Handling")
    assert f"There is nothing under “{reference}”" in gmc.modal.text


async def test_who_raised_it_and_works_elsewhere_now_does_not_come_back_in(world: World):
    """A colleague marks it `TLP:RED`: that is for those at the organisation that raised it, and those named."""
    reference = await given_concern(world)
    await set_person(world, "inspector", organisation_id=world.ids["org:nhse"])
    await given_change(world, "colleague", reference, HandlingKind.TIGHTEN, ("colleague",), marking=Marking.RED)
    assert await readers(world, reference) == {"colleague"}
