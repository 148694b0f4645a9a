"""What happens under an escalation that is on its way: days off, leavers, successors, outages, and a clock put back."""

from datetime import datetime, timedelta

import pytest

from bot.domain.escalation import AddresseeState
from bot.domain.terms import Urgency
from bot.store.tables import Addressee, Exchange, Provider
from tests.flows.action_steps import SQLITE, acts, set_person
from tests.flows.edge_steps import (
    end_body,
    end_nomination,
    line_of,
    many_bodies,
    next_step,
    nominate,
    set_body,
    statements,
)
from tests.flows.steps import (
    acknowledge,
    answer,
    choose_whom,
    given_concern,
    given_escalation,
    last_dm,
    open_escalation,
    outbox,
    told,
)
from tests.flows.test_escalation_ladder import Listening, at, kind
from tests.world import World, absence

TEATIME = at(23, 17)
REMINDED = {("gmc1", "reminded")}


@SQLITE
@pytest.mark.parametrize(
    ("start", "due", "urgency"),
    [
        (at(29, 15, month=4, year=2027), at(30, 15, month=4, year=2027), Urgency.ROUTINE),
        (at(30, 15, month=4, year=2027), at(4, 15, month=5, year=2027), Urgency.ROUTINE),
        (at(25, 16, month=3, year=2027), at(30, 15, month=3, year=2027), Urgency.ROUTINE),
        (at(29, 15, month=10, year=2027), at(1, 16, month=11, year=2027), Urgency.ROUTINE),
        (at(24, 16, month=12), at(29, 16, month=12), Urgency.ROUTINE),
        (at(31, 0, 45, month=10, year=2027), at(31, 1, 15, month=10, year=2027), Urgency.URGENT),
        (at(28, 0, 45, month=3, year=2027), at(28, 1, 15, month=3, year=2027), Urgency.URGENT),
        (at(25, 3, month=12), at(25, 3, 30, month=12), Urgency.URGENT),
    ],
    ids=[
        "a plain day in summer",
        "the early May bank holiday",
        "Easter, with the clocks going forward",
        "a weekend with the clocks going back",
        "Christmas",
        "urgent, while the clocks go back",
        "urgent, while the clocks go forward",
        "urgent, on Christmas night",
    ],
)
async def test_half_time_is_counted_in_time_people_have(world: World, start: datetime, due: datetime, urgency: Urgency):
    await world.move_to(start)
    await given_escalation(world, ["gmc"], urgency=urgency)
    assert await next_step(world) == due
    listening = Listening(world)
    assert await listening.until(due - timedelta(minutes=1)) == set()
    assert await listening.until(due) == REMINDED


@SQLITE
async def test_an_organisation_is_timed_by_its_own_hours(world: World):
    await set_body(world, "gmc", opens=at(1, 10).time(), closes=at(1, 16).time())
    reference = await given_escalation(world, ["gmc", "hee"])
    assert await next_step(world, "gmc") == at(24, 12)
    assert await next_step(world, "hee") == TEATIME
    assert await Listening(world).until(at(24, 12)) == REMINDED
    await acknowledge(world, "gmc1", reference)
    assert await next_step(world, "gmc") == at(2, 16, month=12)


@SQLITE
async def test_urgent_is_round_the_clock_whatever_the_hours(world: World):
    await set_body(world, "gmc", opens=at(1, 10).time(), closes=at(1, 16).time())
    await given_escalation(world, ["gmc"], urgency=Urgency.URGENT)
    assert await next_step(world) == world.now + timedelta(minutes=30)


@SQLITE
async def test_time_to_reply_is_counted_by_who_asked(world: World):
    await set_body(world, "cqc", opens=at(1, 12).time(), closes=at(1, 14).time())
    reference = await given_escalation(world, ["gmc"])
    await answer(world, "gmc1", reference, "more", "Which ward?")
    assert await next_step(world) == at(26, 14)


@SQLITE
async def test_who_is_named_for_the_region_comes_first(world: World):
    await nominate(world, "gmc", "gmc3", rung=5, region="Marram & District")
    await given_escalation(world, ["gmc"])
    assert len(told(world, "gmc1")) == 1
    (site,) = [row for row in await world.rows(Provider) if row.code == "RZZ01"]
    site.region = "marram and district"
    await world.change(site)
    await given_escalation(world, ["gmc"])
    assert (len(told(world, "gmc1")), len(told(world, "gmc3"))) == (1, 1)


@SQLITE
async def test_an_absence_that_starts_between_rungs_costs_no_more_time(world: World):
    await given_escalation(world, ["gmc"])
    await world.change(absence(world.ids, "gmc1", at(23, 12), at(30, 0)))
    listening = Listening(world)
    assert await listening.until(TEATIME) == {("gmc2", "told")}
    assert "It comes to you because Gmc1 Person is away." in last_dm(world, "gmc2").text


@SQLITE
async def test_who_is_named_no_longer_is_not_reminded(world: World):
    await given_escalation(world, ["gmc"])
    await end_nomination(world, "gmc1")
    assert await Listening(world).until(TEATIME) == {("gmc2", "told")}


@SQLITE
async def test_who_leaves_between_rungs_is_passed_over(world: World):
    await given_escalation(world, ["gmc"])
    listening = Listening(world)
    await listening.until(TEATIME)
    await set_person(world, "gmc2", ends_on=at(23, 0).date())
    assert await listening.until(at(24, 17)) == {("gmc3", "told")}


@SQLITE
async def test_a_deputy_who_started_it_is_not_asked(world: World):
    await nominate(world, "phso", "phso1")
    await nominate(world, "phso", "inspector", rung=1)
    await given_escalation(world, ["phso"])
    listening = Listening(world)
    await listening.until(TEATIME)
    assert await listening.until(at(24, 17)) == {("inspector", "telephone"), ("chair", "telephone")}
    assert "Inspector Person" not in last_dm(world, "inspector").text


async def test_a_successor_is_asked_in_the_place_of_who_has_ended(world: World):
    """Also what was acknowledged, when it is due: whoever took it on is there no more."""
    await nominate(world, "phso", "phso1")
    reference = await given_escalation(world, ["nmc", "gmc"])
    await end_body(world, "nmc", "phso")
    await world.move_to(at(24, 17))
    assert kind(last_dm(world, "phso1").text) == "told"
    assert "waiting for PHSO" in last_dm(world, "phso1").text
    assert "PHSO" in told(world, "inspector")[1]
    assert "NMC" not in told(world, "inspector")[1]
    assert len(told(world, "nmc1")) == 1
    assert "escalation passed on" in await acts(world, "addressee")
    page = await open_escalation(world, "phso1", reference)
    assert "Trainees left without a senior at night" in page.text
    assert (await answer(world, "phso1", reference)).ok
    assert "PHSO has answered" in last_dm(world, "inspector").text
    await world.move(days=14)
    assert [kind(text) for text in told(world, "phso1")] == ["told"]


@SQLITE
async def test_what_was_acknowledged_passes_to_the_successor(world: World):
    await nominate(world, "phso", "phso1")
    reference = await given_escalation(world, ["nmc"])
    await acknowledge(world, "nmc1", reference)
    await end_body(world, "nmc", "phso")
    await world.move_to(at(27, 17))
    assert [kind(text) for text in told(world, "phso1")] == ["told"]
    line = await line_of(world, "phso")
    assert (line.state, line.acknowledged_at, line.position) == (AddresseeState.NOTIFIED, None, 0)
    await acknowledge(world, "phso1", reference)
    assert (await line_of(world, "phso")).state is AddresseeState.ACKNOWLEDGED


@SQLITE
async def test_a_successor_who_is_asked_already_is_not_asked_twice(world: World):
    await nominate(world, "phso", "phso1")
    reference = await given_escalation(world, ["nmc", "phso"])
    before = {slug: told(world, slug) for slug in ("nmc1", "phso1", "chair")}
    await end_body(world, "nmc", "phso")
    await acknowledge(world, "phso1", reference)
    await world.move_to(at(24, 17))
    assert {slug: told(world, slug) for slug in before} == before
    line = await line_of(world, "nmc")
    assert (line.state, line.next_step_at) == (AddresseeState.STOPPED, None)
    assert (await line_of(world, "phso")).state is AddresseeState.ACKNOWLEDGED


@SQLITE
async def test_who_asks_does_not_ask_itself(world: World):
    await given_escalation(world, ["nmc"])
    await end_body(world, "nmc", "cqc")
    await world.move_to(at(24, 17))
    assert (await line_of(world, "nmc")).state is AddresseeState.STOPPED
    assert len(told(world, "colleague")) == 0


@SQLITE
async def test_an_answer_given_before_its_end_stands(world: World):
    reference = await given_escalation(world, ["nmc"])
    await answer(world, "nmc1", reference, "hold", "Two referrals.")
    await end_body(world, "nmc", "phso")
    await world.move(days=30)
    line = await line_of(world, "nmc")
    assert (line.state, line.outcome) == (AddresseeState.RESPONDED, "hold")


@SQLITE
async def test_without_a_successor_the_telephone_is_left(world: World):
    await given_escalation(world, ["nmc"])
    await end_body(world, "nmc")
    listening = Listening(world)
    assert await listening.until(at(24, 17)) == {("inspector", "telephone"), ("chair", "telephone")}


@SQLITE
async def test_two_successions_come_to_one_successor(world: World):
    await nominate(world, "phso", "phso1")
    await given_escalation(world, ["nmc", "hee"])
    await end_body(world, "nmc", "phso")
    await end_body(world, "hee", "phso")
    await world.move_to(at(24, 17))
    lines = await world.rows(Addressee)
    assert sorted(line.state for line in lines) == [AddresseeState.NOTIFIED, AddresseeState.STOPPED]
    assert [kind(text) for text in told(world, "phso1")] == ["told"]


@SQLITE
async def test_two_escalations_about_one_concern_wait_each_for_its_own(world: World):
    concern = await given_concern(world)
    first = await given_escalation(world, ["gmc"], concern=concern)
    await given_escalation(world, ["gmc", "nmc"], concern=concern)
    assert len(told(world, "gmc1")) == 2
    await answer(world, "gmc1", first)
    assert await Listening(world).until(TEATIME) == REMINDED
    states = [line.state for line in await world.rows(Addressee)]
    assert sorted(states) == [AddresseeState.NOTIFIED, AddresseeState.NOTIFIED, AddresseeState.RESPONDED]


@SQLITE
@pytest.mark.parametrize("how", ["away", "left"])
async def test_who_started_it_is_stood_in_for(world: World, how: str):
    reference = await given_escalation(world, ["nmc", "gmc"])
    await set_person(world, "nmc1", deactivated_at=world.now)
    if how == "away":
        await world.change(absence(world.ids, "inspector", at(23, 0), at(30, 0)))
    else:
        await set_person(world, "inspector", deactivated_at=world.now)
    before = len(told(world, "inspector"))
    assert (await answer(world, "gmc1", reference)).ok
    note = last_dm(world, "colleague").text
    assert "GMC has answered" in note
    assert "because Inspector Person, who started it for your organisation, is away or has left" in note
    await world.move_to(TEATIME)
    assert "telephone them" in last_dm(world, "colleague").text
    assert "Inspector Person" not in last_dm(world, "chair").text
    assert (len(told(world, "inspector")) == before) is (how == "left")


@SQLITE
async def test_nobody_stands_in_who_may_not_read_it(world: World):
    await set_person(world, "inspector", deactivated_at=world.now)
    await nominate(world, "cqc", "matron", rung=0)
    await set_person(world, "colleague", deactivated_at=world.now)
    reference = await _escalated_by_leaver(world)
    assert (await answer(world, "gmc1", reference)).ok
    assert told(world, "matron") == []


@SQLITE
@pytest.mark.parametrize("how", ["away", "left", "deactivated"])
async def test_the_next_is_chased_when_who_acknowledged_is_not_there(world: World, how: str):
    await world.without_meetings()  # a digest that has to wait is told of as well
    reference = await given_escalation(world, ["gmc"])
    await acknowledge(world, "gmc1", reference)
    if how == "away":
        await world.change(absence(world.ids, "gmc1", at(23, 0), at(30, 0)))
    elif how == "left":
        await set_person(world, "gmc1", ends_on=at(23, 0).date())
    else:
        await set_person(world, "gmc1", deactivated_at=world.now)
    assert await Listening(world).until(at(27, 17)) == {("gmc2", "chased")}
    assert "Gmc1 Person acknowledged it on" in last_dm(world, "gmc2").text
    assert (await answer(world, "gmc2", reference)).ok


@SQLITE
async def test_with_nobody_left_to_chase_the_originator_hears_at_once(world: World):
    reference = await given_escalation(world, ["nmc"])
    await acknowledge(world, "nmc1", reference)
    await set_person(world, "nmc1", deactivated_at=world.now)
    assert await Listening(world).until(at(27, 17)) == {("inspector", "silent")}


@SQLITE
async def test_a_second_question_is_reminded_of_like_the_first(world: World):
    reference = await given_escalation(world, ["gmc"])
    for number in range(2):
        await answer(world, "gmc1", reference, "more", f"Which ward? {number}")
        before = len(told(world, "inspector"))
        await world.move(days=4)
        assert any("still waiting for your reply" in text for text in told(world, "inspector")[before:])
    assert len(await world.rows(Exchange)) == 2


@SQLITE
async def test_an_outage_over_a_rung_shortens_nobodys_time(world: World):
    await given_escalation(world, ["gmc"], urgency=Urgency.URGENT)
    listening = Listening(world)
    await listening.until(at(23, 8, 30))
    assert await listening.until(at(23, 12)) == {("gmc2", "told")}
    assert await next_step(world) == at(23, 12, 30)


@SQLITE
async def test_a_clock_put_back_repeats_nothing_and_stops_nothing(world: World):
    await given_escalation(world, ["gmc"])
    listening = Listening(world)
    assert await listening.until(TEATIME) == REMINDED
    world.pg.clock.set(at(23, 15), allow_back=True)
    await world.tick()
    assert listening.now() == set()
    for moment in (at(23, 17), at(24, 16, 59)):
        assert await listening.until(moment) == set()
    assert await listening.until(at(24, 17)) == {("gmc2", "told")}


@SQLITE
async def test_a_clock_put_back_an_hour_before_the_first_step(world: World):
    await given_escalation(world, ["gmc"], urgency=Urgency.URGENT)
    listening = Listening(world)
    world.pg.clock.set(at(23, 7), allow_back=True)
    await world.tick()
    assert listening.now() == set()
    await listening.until(at(23, 8, 30))
    assert [kind(text) for text in told(world, "gmc1")] == ["told", "reminded"]


@SQLITE
async def test_a_message_that_was_deleted_stops_nothing(world: World):
    reference = await given_escalation(world, ["gmc"])
    for slug in ("gmc1", "inspector"):
        world.pg.workspace.channels[world.persona(slug).dm_id].messages.clear()
    listening = Listening(world)
    assert await listening.until(TEATIME) == REMINDED
    await acknowledge(world, "gmc1", reference)
    assert "acknowledged" in (await open_escalation(world, "inspector", reference)).text
    assert told(world, "secretary") == []


async def test_forty_addressees_are_asked_in_few_statements(world: World):
    bodies = await many_bodies(world, 40)
    await choose_whom(world, await given_concern(world))
    inspector = world.persona("inspector")
    with statements(world) as sent:
        outcome = await inspector.submit(
            inspector.modal, {"organisations": [str(world.ids[f"org:{body}"]) for body in bodies]}
        )
    assert outcome.ok, outcome
    assert len(await outbox(world, "escalation.notice")) == 40
    assert len(sent) / 40 < 6


async def _escalated_by_leaver(world: World) -> str:
    await set_person(world, "inspector", deactivated_at=None)
    reference = await given_escalation(world, ["gmc"])
    await set_person(world, "inspector", deactivated_at=world.now)
    return reference
