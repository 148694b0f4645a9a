"""When the person whose turn it is cannot be told: the next one is, at once, and somebody hears of it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.terms import Urgency
from bot.store.tables import Addressee, Person
from tests.flows.action_steps import SQLITE
from tests.flows.steps import acknowledge, given_concern, given_escalation, last_dm, outbox, told
from tests.flows.test_escalation_answers import grids
from tests.world import PEOPLE, QSG, World, chat_id, conflict

TEATIME = datetime(2026, 11, 23, 17, tzinfo=UTC)


async def leave(world: World, slug: str) -> None:
    """That person's last day was yesterday, and they are in no channel any more."""
    world.pg.workspace.channels[QSG].members.discard(chat_id(slug))
    (person,) = await world.rows(Person, Person.slug == slug)
    person.ends_on = world.now.date() - timedelta(days=1)
    await world.change(person)


async def states(world: World, kind: str = "escalation.notice") -> list[tuple[str, str]]:
    """Who was to have a kind of message, and what became of it."""
    people = {world.ids[slug]: slug for slug, _ in PEOPLE}
    return [(people[row.person_id], str(row.state)) for row in await outbox(world, kind)]


def undelivered(world: World) -> list[str]:
    return [text for text in told(world, "secretary") if "could not be delivered" in text]


async def test_a_closed_account_goes_to_the_next(world: World):
    world.pg.deactivate(chat_id("gmc1"))
    reference = await given_escalation(world, ["gmc"])
    await world.tick()
    assert f"Reference {reference}" in last_dm(world, "gmc2").text
    assert await states(world) == [("gmc1", "failed"), ("gmc2", "sent")]
    (note,) = undelivered(world)
    assert "It was for Gmc1 Person" in note
    assert "user_disabled" in note
    assert "with Gmc2 Person; not acknowledged yet" in grids(world)[0].text


@SQLITE
@pytest.mark.parametrize("code", ["cannot_dm_bot", "user_not_found", "restricted_action", "invalid_blocks"])
async def test_any_refusal_for_good_does(world: World, code: str):
    world.pg.fail_next("chat.postMessage", error=code, channel=chat_id("gmc1"))
    await given_escalation(world, ["gmc"])
    await world.tick()
    assert await states(world) == [("gmc1", "failed"), ("gmc2", "sent")]
    await world.move(hours=6)
    assert len(undelivered(world)) == 1


@SQLITE
async def test_every_account_closed_means_telephone(world: World):
    for slug in ("gmc1", "gmc2", "gmc3"):
        world.pg.deactivate(chat_id(slug))
    await given_escalation(world, ["gmc"])
    for _ in range(3):
        await world.tick()
    assert [state for _, state in await states(world)] == ["failed"] * 3
    assert len(undelivered(world)) == 3
    for slug in ("inspector", "chair"):
        assert "Nobody at GMC has acknowledged" in last_dm(world, slug).text


@SQLITE
async def test_a_failed_reminder_hastens_the_next(world: World):
    await given_escalation(world, ["gmc"])
    world.pg.deactivate(chat_id("gmc1"))
    await world.move_to(TEATIME)
    await world.tick()
    assert await states(world) == [("gmc1", "sent"), ("gmc2", "sent")]


@SQLITE
async def test_a_passing_fault_is_waited_out(world: World):
    world.pg.fail_next("chat.postMessage", error="internal_error", channel=chat_id("gmc1"))
    await given_escalation(world, ["gmc"])
    assert await states(world) == [("gmc1", "waiting")]
    await world.move(seconds=10)
    assert await states(world) == [("gmc1", "sent")]
    assert undelivered(world) == []


@SQLITE
async def test_leaving_before_being_told(world: World):
    await given_escalation(world, ["gmc"])
    await leave(world, "gmc1")
    await world.move_to(TEATIME)
    assert await states(world) == [("gmc1", "sent"), ("gmc2", "sent")]


@SQLITE
async def test_leaving_while_word_is_on_its_way(world: World):
    world.pg.fail_next("chat.postMessage", status=503, channel=chat_id("gmc1"))
    await given_escalation(world, ["gmc"])
    await leave(world, "gmc1")
    await world.move(minutes=1)
    await world.tick()
    assert await states(world) == [("gmc1", "withheld"), ("gmc2", "sent")]


@SQLITE
async def test_the_next_in_turn_has_left(world: World):
    await given_escalation(world, ["gmc"])
    await leave(world, "gmc2")
    await world.move_to(TEATIME)
    await world.move_to(TEATIME + timedelta(days=1))
    assert await states(world) == [("gmc1", "sent"), ("gmc3", "sent")]
    assert "Gmc2 Person is away" not in last_dm(world, "gmc1").text


async def test_a_conflict_goes_to_the_next(world: World):
    """Nominated, reachable, and never to be shown this provider: waiting for them would be silence."""
    await world.change(conflict(world.ids, "gmc1", "northgate"))
    await given_escalation(world, ["gmc"])
    await world.tick()
    assert await states(world) == [("gmc1", "withheld"), ("gmc2", "sent")]
    assert told(world, "gmc1") == []


async def test_a_late_failure_takes_nobodys_turn(world: World):
    """What was withheld from one person long after must not cut short the time of the next."""
    world.pg.fail_next("chat.postMessage", status=503, channel=chat_id("gmc1"), count=50)
    await given_escalation(world, ["gmc"], urgency=Urgency.URGENT)
    for _ in range(2):
        await world.move(minutes=30)
    assert [slug for slug, _ in await states(world)] == ["gmc1", "gmc2"]
    (line,) = await world.rows(Addressee)
    due = line.next_step_at
    await leave(world, "gmc1")
    await world.move(minutes=15)
    assert ("gmc1", "withheld") in await states(world)
    (line,) = await world.rows(Addressee)
    assert line.next_step_at == due


@SQLITE
async def test_no_haste_once_acknowledged(world: World):
    reference = await given_escalation(world, ["gmc"])
    world.pg.fail_next("chat.postMessage", status=503, channel=chat_id("gmc1"))
    await world.move_to(TEATIME)
    await acknowledge(world, "gmc2", reference)
    (line,) = await world.rows(Addressee)
    due = line.next_step_at
    await leave(world, "gmc1")
    await world.move(minutes=1)
    assert await states(world, "escalation.reminder") == [("gmc1", "withheld")]
    (line,) = await world.rows(Addressee)
    assert line.next_step_at == due
    assert [text for text in told(world, "gmc2") if "no answer from" in text] == []


@SQLITE
async def test_an_originator_who_left_stops_nothing(world: World):
    reference = await given_escalation(world, ["gmc"])
    await leave(world, "inspector")
    await acknowledge(world, "gmc1", reference)
    assert (await states(world, "escalation.grid"))[-1] == ("inspector", "sent")
    assert last_dm(world, "inspector").text == "An item was removed from here."
    await world.move_to(datetime(2026, 11, 30, 17, tzinfo=UTC))
    assert "no answer from GMC yet" in last_dm(world, "gmc1").text


async def test_a_grid_that_never_came_is_let_be(world: World):
    """What would replace a message that was refused for good has nothing to replace, and is not tried for ever."""
    concern = await given_concern(world)
    world.pg.deactivate(chat_id("inspector"))
    reference = await given_escalation(world, ["gmc"], concern=concern)
    await acknowledge(world, "gmc1", reference)
    await world.move(minutes=5)
    assert {state for _, state in await states(world, "escalation.grid")} == {"failed", "withheld"}
