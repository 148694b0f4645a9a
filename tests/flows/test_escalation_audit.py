"""The auditor: whoever is waited for has a next step, what is wrong is put right once, and only then does it say so."""

from datetime import timedelta

import pytest

from bot.domain.escalation import AddresseeState, EscalationState
from bot.domain.terms import Urgency
from bot.metrics import AUDITED, REGISTRY
from bot.schedules.escalations import audit
from bot.store.tables import Addressee, Escalation
from tests.flows.action_steps import SQLITE, acts, nobody_answers
from tests.flows.edge_steps import line_of, next_step, set_body, set_line
from tests.flows.steps import acknowledge, answer, given_escalation, told
from tests.flows.test_escalation_ladder import Listening, at
from tests.world import World, conflict

HEARTBEAT = "soundings_escalations_audited_timestamp_seconds"


async def passes(world: World) -> bool:
    """Let the auditor look once: whether it found all well."""
    AUDITED.set(0)
    await audit(world.bot.work)
    await world.settle()
    return bool(REGISTRY.get_sample_value(HEARTBEAT))


def repairs(world: World, slug: str = "secretary") -> list[str]:
    return [text for text in told(world, slug) if "put the next step of" in text]


async def test_a_missing_next_step_is_put_right_and_said_once(world: World):
    reference = await given_escalation(world, ["gmc"])
    assert await passes(world)
    await set_line(world, await line_of(world, "gmc"), next_step_at=None)
    assert not await passes(world)
    assert await next_step(world) == world.now
    (note,) = repairs(world)
    assert f"It was {reference}" in note
    assert await passes(world)
    assert len(repairs(world)) == 1
    assert (await acts(world, "addressee"))[-1] == "escalation put right"
    assert await Listening(world).until(world.now) == {("gmc1", "reminded")}


@SQLITE
@pytest.mark.parametrize(
    ("urgency", "waits", "wrong"),
    [
        (Urgency.ROUTINE, timedelta(days=4, hours=9), False),
        (Urgency.ROUTINE, timedelta(days=4, hours=10), True),
        (Urgency.URGENT, timedelta(hours=24), False),
        (Urgency.URGENT, timedelta(hours=25), True),
        (Urgency.URGENT, timedelta(days=7), True),
        (Urgency.ROUTINE, timedelta(days=4000), True),
    ],
)
async def test_a_step_beyond_any_pace_is_brought_near(world: World, urgency: Urgency, waits: timedelta, wrong: bool):
    await given_escalation(world, ["gmc"], urgency=urgency)
    await set_line(world, await line_of(world, "gmc"), next_step_at=world.now + waits)
    assert await passes(world) is not wrong
    half = timedelta(minutes=30) if urgency is Urgency.URGENT else timedelta(hours=9)
    assert await next_step(world) == world.now + (half if wrong else waits)


@SQLITE
async def test_short_hours_of_an_organisation_make_no_fault(world: World):
    await set_body(world, "gmc", opens=at(1, 12).time(), closes=at(1, 13).time())
    reference = await given_escalation(world, ["gmc"])
    await acknowledge(world, "gmc1", reference)
    assert await next_step(world) > world.now + timedelta(days=40)
    assert await passes(world)


@SQLITE
@pytest.mark.parametrize("state", [AddresseeState.RESPONDED, AddresseeState.STOPPED])
async def test_nobody_is_reminded_of_what_is_over(world: World, state: AddresseeState):
    await given_escalation(world, ["gmc"])
    await set_line(world, await line_of(world, "gmc"), state=state)
    assert not await passes(world)
    assert await next_step(world) is None
    assert await passes(world)


@SQLITE
async def test_what_is_withdrawn_has_no_next_step(world: World):
    await given_escalation(world, ["gmc"])
    (escalation,) = await world.rows(Escalation)
    escalation.state = EscalationState.WITHDRAWN
    await world.change(escalation)
    assert await Listening(world).until(at(23, 17)) == set()
    assert await next_step(world) is None
    assert await passes(world)


@SQLITE
async def test_what_the_chase_does_not_take_stops_the_heartbeat(world: World, monkeypatch: pytest.MonkeyPatch):
    await given_escalation(world, ["gmc"])

    async def finds_nothing(*_: object) -> list[int]:
        return []

    with monkeypatch.context() as broken:
        broken.setattr("bot.schedules.escalations.due_addressees", finds_nothing)
        world.pg.clock.set(at(23, 17, 15))
        assert await passes(world)
        world.pg.clock.set(at(23, 17, 16))
        assert not await passes(world)
    assert repairs(world) == []
    assert await passes(world)


@SQLITE
async def test_after_an_outage_what_is_late_has_its_turn_before_anybody_is_alarmed(world: World):
    await given_escalation(world, ["gmc"])
    world.pg.clock.set(at(25, 17))
    assert await passes(world)
    assert any("reminder" in text.casefold() or "still" in text for text in told(world, "gmc1"))


@SQLITE
async def test_a_secretariat_reads_no_more_than_it_may(world: World):
    await given_escalation(world, ["gmc"])
    await given_escalation(world, ["nmc"], provider="vale")
    await world.change(conflict(world.ids, "secretary", "northgate"))
    for line in await world.rows(Addressee):
        await set_line(world, line, next_step_at=None)
    assert not await passes(world)
    (note,) = repairs(world)
    vale = [one.reference for one in await world.rows(Escalation)][1]
    assert "of 2 escalations right" in note
    assert f"It was {vale}" in note
    assert "1 escalation more that you may not open was put right as well" in note


@SQLITE
async def test_two_auditors_put_it_right_once(world: World):
    await given_escalation(world, ["gmc"])
    await set_line(world, await line_of(world, "gmc"), next_step_at=None)
    replica = world.twin()
    await audit(world.bot.work)
    await audit(replica.work)
    await world.settle()
    assert len(repairs(world)) == 1
    await replica.store.close()


@SQLITE
async def test_more_than_one_batch_is_put_right_in_the_end(world: World):
    await given_escalation(world, ["gmc"])
    (line,) = await world.rows(Addressee)
    (escalation,) = await world.rows(Escalation)
    like, about = escalation.model_dump(exclude={"id"}), line.model_dump(exclude={"id"})
    async with world.bot.store.begin() as unit:
        for number in range(119):
            more = Escalation(**like | {"reference": f"E-MORE{number:03}", "submit_key": f"more{number}"})
            unit.add(more)
            await unit.flush()
            unit.add(Addressee(**about | {"escalation_id": more.key, "next_step_at": None}))
    with nobody_answers(world):
        assert [await passes(world) for _ in range(3)] == [False, False, True]


@SQLITE
async def test_an_answer_while_it_is_looked_at_is_left_alone(world: World):
    reference = await given_escalation(world, ["gmc"])
    await answer(world, "gmc1", reference)
    assert await passes(world)
    assert await next_step(world) is None
