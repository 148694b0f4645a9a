"""What is queued is sent once, to whom it is for, whatever Slack or the bot's own process does meanwhile."""

from datetime import date, timedelta

import pytest

from bot.store.outbox import LEASE, LONGEST_RETRY, Telling, claim, tell
from tests.flows.action_steps import SQLITE, add, nobody_answers, set_person
from tests.flows.steps import (
    acknowledge,
    answer,
    given_action,
    given_concern,
    given_escalation,
    outbox,
    posts,
    told,
)
from tests.world import OTHER, QSG, World, chat_id, conflict

POST = "chat.postMessage"


@SQLITE
async def test_a_slow_channel_stalls_no_other(world: World):
    world.pg.fail_next(POST, status=429, retry_after=30, channel=QSG)
    await given_concern(world)
    assert len(told(world, "inspector")) == 1
    assert posts(world) == []
    (row,) = await outbox(world, "concern.posted")
    assert (row.state, row.error) == ("waiting", "ratelimited")
    assert row.next_attempt_at - world.now == timedelta(seconds=30)
    await world.move(seconds=29)
    assert posts(world) == []
    await world.move(seconds=1)
    assert len(posts(world)) == 1
    await world.move(minutes=5)
    assert len(posts(world)) == 1


@SQLITE
async def test_what_is_behind_a_slow_one_waits_in_order(world: World):
    with nobody_answers(world):
        references = [await given_concern(world) for _ in range(4)]
    world.pg.fail_next(POST, status=429, retry_after=7, channel=QSG)
    calls = len(world.pg.calls)
    await world.move(seconds=5)
    tried = [args for name, args in world.pg.calls[calls:] if name == POST and args["channel"] == QSG]
    assert len(tried) == 1
    assert posts(world) == []
    await world.move(seconds=7)
    shown = [post.text for post in posts(world)]
    assert [reference in text for reference, text in zip(references, shown, strict=True)] == [True] * 4


async def test_what_comes_later_waits_its_turn(world: World):
    """Slack asked for half a minute: nothing is tried before, and nobody reads the second before the first."""
    world.pg.fail_next(POST, status=429, retry_after=30, channel=QSG)
    first = await given_concern(world)
    await world.move(seconds=10)
    second = await given_concern(world, "dean")
    assert posts(world) == []
    assert [len(told(world, slug)) for slug in ("inspector", "dean")] == [1, 1]
    await world.move(seconds=20)
    shown = [post.text for post in posts(world)]
    assert [first in shown[0], second in shown[1]] == [True, True]


PASSING = {
    "the server breaks": {"status": 503},
    "slack says so": {"error": "internal_error"},
    "slack is away": {"error": "service_unavailable"},
}


@SQLITE
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_what_passes_is_tried_again(world: World, fault: dict):
    world.pg.fail_next(POST, count=2, channel=QSG, **fault)
    await given_concern(world)
    assert len(told(world, "inspector")) == 1
    await world.move(seconds=3)
    assert [row.attempts for row in await outbox(world, "concern.posted")] == [1]
    await world.move(seconds=1)
    assert [row.attempts for row in await outbox(world, "concern.posted")] == [2]
    assert posts(world) == []
    await world.move(seconds=8)
    assert len(posts(world)) == 1
    assert not [text for text in told(world, "secretary") if "could not be delivered" in text]


@SQLITE
async def test_pauses_grow_and_nothing_is_given_up(world: World):
    pauses = []
    with nobody_answers(world):
        await given_concern(world)
        for _ in range(14):
            (row,) = await outbox(world, "concern.posted")
            pauses.append(row.next_attempt_at - world.now)
            world.pg.clock.set(row.next_attempt_at)
            await world.settle()
    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (4, 8, 16, 32)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_RETRY
    world.pg.clock.advance(LONGEST_RETRY)
    await world.settle()
    assert len(posts(world)) == len(told(world, "inspector")) == 1
    assert {row.state for row in await outbox(world)} == {"sent"}


REFUSALS = {"a person": ("U_INSPECTOR", "inspector"), "a channel": (QSG, None)}


@SQLITE
@pytest.mark.parametrize(("place", "slug"), REFUSALS.values(), ids=REFUSALS)
async def test_a_refusal_is_told_to_the_secretariat_once(world: World, place: str, slug: str | None):
    world.pg.fail_next(POST, error="account_inactive" if slug else "is_archived", count=99, channel=place)
    await given_concern(world, headline="canary")
    for _ in range(3):
        await world.move(minutes=15)
    for reader in ("secretary",) if slug else ("secretary", "chair"):
        (note,) = [text for text in told(world, reader) if "could not be delivered" in text]
        assert ("It was for Inspector Person" if slug else "It was for the channel of Marram QSG") in note
        assert ("account_inactive" if slug else "is_archived") in note
        assert "canary" not in note
    (failed,) = [row for row in await outbox(world) if row.state == "failed"]
    assert failed.attempts == 1


@SQLITE
async def test_a_secretariat_out_of_reach_does_not_loop(world: World):
    world.pg.deactivate(chat_id("secretary"))
    world.pg.deactivate(chat_id("inspector"))
    await given_concern(world)
    await world.move(hours=1)
    rows = [row for row in await outbox(world) if row.state == "failed"]
    assert sorted(row.kind for row in rows) == ["concern.receipt", "delivery.failed"]


async def test_the_right_to_see_is_checked_at_delivery(world: World):
    with nobody_answers(world):
        reference = await given_escalation(world, ["gmc", "nmc"])
        queued = [row for row in await outbox(world, "escalation.notice") if row.person_id == world.ids["gmc1"]]
        await given_action(world, date(2026, 12, 7))
    await add(world, conflict(world.ids, "gmc1", "northgate"), conflict(world.ids, "inspector", "northgate"))
    await set_person(world, "dean", ends_on=date(2026, 11, 22))
    await world.move(seconds=10)
    states = {row.key: row.state for row in await outbox(world)}
    assert [states[row.key] for row in queued] == ["withheld"]
    assert [row.state for row in await outbox(world, "action.given")] == ["withheld"]
    assert {row.state for row in await outbox(world, "escalation.grid")} == {"withheld"}
    assert told(world, "gmc1") == told(world, "inspector") == told(world, "dean") == []
    assert any(reference in text for text in told(world, "nmc1"))
    assert posts(world) == []  # they are in the channel


async def test_one_broken_row_stops_no_other(world: World):
    async with world.bot.store.begin() as unit:
        for place in ({"group_id": world.ids["qsg"]}, {"person_id": world.ids["inspector"]}):
            await tell(unit, Telling("no.such.kind", {}, **place), world.now)
        await tell(unit, Telling("concern.receipt", {"concern": 0}, person_id=world.ids["inspector"]), world.now)
    await given_concern(world)
    await world.move(minutes=5)
    await given_concern(world)
    assert len(posts(world)) == len(told(world, "inspector")) == 2
    assert len([row for row in await outbox(world) if row.state != "sent"]) == 3


async def test_a_crash_between_claiming_and_sending(world: World):
    with nobody_answers(world):
        await given_concern(world)
    world.pg.clock.advance(timedelta(seconds=4))
    crashed = world.twin()
    async with crashed.store.begin() as unit:
        claimed = await claim(unit, world.now)
    await crashed.store.close()
    assert sorted(row.kind for row in claimed) == ["concern.posted", "concern.receipt"]
    await world.move(seconds=LEASE.total_seconds() - 1)
    assert posts(world) == told(world, "inspector") == []
    await world.move(seconds=1)
    assert len(posts(world)) == len(told(world, "inspector")) == 1
    await world.move(minutes=5)
    assert len(posts(world)) == 1


async def test_two_replicas_share_what_is_due(world: World):
    with nobody_answers(world):
        references = [await given_concern(world, slug) for slug in ("inspector", "dean", "chair", "lead", "gmc3")]
    replica = world.twin()
    world.pg.clock.advance(timedelta(seconds=5))
    await world.settle(world.bot, replica)
    await world.settle(replica, world.bot)
    await replica.store.close()
    everything = "\n".join(post.text for post in posts(world))
    assert [everything.count(reference) for reference in references] == [1] * 5
    assert [len(told(world, slug)) for slug in ("inspector", "dean", "chair", "lead", "gmc3")] == [1] * 5


@SQLITE
async def test_an_edit_before_its_original_waits(world: World):
    concern = await given_concern(world)
    world.pg.fail_next(POST, status=429, retry_after=20, channel=chat_id("inspector"))
    reference = await given_escalation(world, ["gmc", "nmc"], concern=concern)
    await acknowledge(world, "gmc1", reference)
    await answer(world, "nmc1", reference)
    assert not [text for text in told(world, "inspector") if "who has answered" in text]
    await world.move(seconds=20)
    await world.move(seconds=2)
    (grid,) = [text for text in told(world, "inspector") if "who has answered" in text]
    assert "acknowledged" in grid
    assert "NMC | answered" in grid
    updates = [args for name, args in world.pg.calls if name == "chat.update"]
    rows = await outbox(world, "escalation.grid")
    assert len(updates) <= 1
    assert [row.state for row in rows][:1] + [row.state for row in rows][-1:] == ["sent", "sent"]
    assert {row.state for row in rows[1:-1]} == {"withheld"}


@SQLITE
async def test_superseded_edits_are_not_sent(world: World):
    reference = await given_escalation(world, ["gmc", "nmc", "hee"])
    await world.settle()
    before = [args for name, args in world.pg.calls if name == "chat.update"]
    with nobody_answers(world):
        await world.settle()
        async with world.bot.store.begin() as unit:
            (first, *_) = await outbox(world, "escalation.grid")
            for slot in "abc":
                edit = Telling("escalation.grid", first.subject, first.person_id, slot=slot, edits=first.once)
                await tell(unit, edit, world.now)
    await world.move(seconds=1)
    after = [args for name, args in world.pg.calls if name == "chat.update"]
    assert len(after) == len(before) + 1
    edits = [row for row in await outbox(world, "escalation.grid") if row.edits]
    assert [row.state for row in edits] == ["withheld", "withheld", "sent"]
    assert reference in told(world, "inspector")[-1]


@pytest.mark.parametrize("lost", ["refused", "withheld"])
async def test_edits_of_what_never_came_end(world: World, lost: str):
    """Otherwise they would be tried again every second for ever."""
    if lost == "refused":
        world.pg.fail_next("chat.postMessage", error="restricted_action", channel=chat_id("inspector"), count=2)
    concern = await given_concern(world, "inspector")
    with nobody_answers(world):
        reference = await given_escalation(world, ["gmc"], concern=concern)
    if lost == "withheld":
        await add(world, conflict(world.ids, "inspector", "northgate"))
    await world.move(seconds=5)
    await acknowledge(world, "gmc1", reference)
    await world.move(minutes=1)
    rows = await outbox(world, "escalation.grid")
    assert rows[0].state == ("failed" if lost == "refused" else "withheld")
    assert {row.state for row in rows[1:]} == {"withheld"}


@SQLITE
async def test_a_channel_is_not_written_to_elsewhere(world: World):
    await given_concern(world)
    assert world.persona("chair").messages(OTHER) == []
    assert [row.sent_at for row in await outbox(world)] == [world.now] * 2
