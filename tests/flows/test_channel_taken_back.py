"""What a channel may show no longer is taken back from it: the post, and every digest that had it."""

from typing import Any

import pytest
from sqlmodel import select

from bot.domain.terms import Audience, ConcernState, Marking, MeetingState
from bot.services.channel import refresh_channel
from bot.store.outbox import Telling, tell
from bot.store.tables import Concern
from tests.flows.action_steps import SQLITE, copy_concern, digests, nine, nobody_answers, set_meeting
from tests.flows.steps import FORM, given_concern, outbox, posts, told
from tests.world import QSG, World

REMOVED = "An item was removed from here."
SINCE = "An item was withdrawn from this digest since it was posted."
POST = "chat.postMessage"


async def handled(world: World, reference: str, settle: bool = True, **values: Any) -> None:
    """The handling of a concern is changed, and its channel brought up to date."""
    async with world.bot.store.begin() as unit:
        concern = await unit.first(select(Concern).where(Concern.reference == reference))
        for name, value in values.items():
            setattr(concern, name, value)
        unit.add(concern)
        await refresh_channel(unit, concern, now=world.now, rules=world.bot.work.rules)
    if settle:
        await world.settle()


def everything(world: World) -> str:
    """All that can be read in the channel, threads and notifications included."""
    messages = [one for post in posts(world) for one in (post, *post.thread)]
    return "\n".join(f"{one.text} {one.fallback} {one.blocks}" for one in messages)


def edits(world: World) -> list[Any]:
    return [args for name, args in world.pg.calls if name == "chat.update"]


CHANGES = {
    "withdrawn": {"state": ConcernState.WITHDRAWN},
    "narrowed": {"audience": Audience.ORGANISATIONS},
    "tightened": {"marking": Marking.RED, "audience": Audience.PEOPLE},
    "retired": {"retired_at": nine("2026-11-23")},
}
BACK = {"state": ConcernState.SUBMITTED, "audience": Audience.GROUP, "marking": Marking.GREEN, "retired_at": None}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_it_is_taken_back_and_can_come_back(world: World, change: dict[str, Any]):
    reference = await given_concern(world)
    other = await given_concern(world, "dean", headline="Another matter")
    await handled(world, reference, **change)
    (post, kept) = posts(world)
    assert post.text == post.fallback == REMOVED
    assert (post.buttons, other in kept.text) == ([], True)
    assert reference not in everything(world)
    assert FORM["headline"] not in everything(world)
    await handled(world, reference, **BACK)
    assert reference in posts(world)[0].text
    assert "TLP:GREEN" in posts(world)[0].text
    assert len(posts(world)) == 2


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_digest_that_had_it_has_it_no_more(world: World, change: dict[str, Any]):
    reference = await given_concern(world)
    other = await given_concern(world, "dean", headline="Another matter")
    await world.move_to(nine("2026-11-23"))
    await handled(world, reference, **change)
    (digest,) = digests(world)
    assert (SINCE in digest.text, other in digest.text) == (True, True)
    assert reference not in everything(world)
    await handled(world, reference, **BACK)
    (digest,) = digests(world)
    assert (SINCE in digest.text, reference in digest.text) == (False, True)


@SQLITE
async def test_a_restricted_concern_leaves_no_trace(world: World):
    """It was never in the channel, so nothing there may say that something was removed."""
    gmc = (world.ids["org:gmc"],)
    reference = await given_concern(world, audience=Audience.ORGANISATIONS, organisations=gmc)
    await world.move_to(nine("2026-11-23"))
    before = everything(world)
    for change in CHANGES.values():
        await handled(world, reference, **change)
    assert everything(world) == before
    assert not [args for args in edits(world) if args["channel"] == QSG]


@SQLITE
async def test_what_was_removed_before_is_not_hinted_at_later(world: World):
    """A digest posted after an item was removed never had it: it says nothing when that item changes again."""
    reference = await given_concern(world)
    await handled(world, reference, **CHANGES["narrowed"])
    await world.move_to(nine("2026-11-23"))
    before = everything(world)
    await handled(world, reference, **CHANGES["withdrawn"])
    assert everything(world) == before


@SQLITE
async def test_widened_to_the_group_it_is_posted_once(world: World):
    gmc = (world.ids["org:gmc"],)
    reference = await given_concern(world, audience=Audience.ORGANISATIONS, organisations=gmc)
    await handled(world, reference, settle=False, **BACK)
    (concern,) = await world.rows(Concern)
    async with world.bot.store.begin() as unit:  # whoever widens it may tell the channel as well
        await tell(unit, Telling("concern.posted", {"concern": concern.key}, group_id=concern.group_id), world.now)
    await handled(world, reference)
    await world.settle()
    assert [reference in post.text for post in posts(world)] == [True]


@SQLITE
async def test_what_is_still_waiting_is_never_posted(world: World):
    with nobody_answers(world):
        reference = await given_concern(world)
        await handled(world, reference, **CHANGES["withdrawn"])
    await world.move(minutes=1)
    assert posts(world) == []
    assert {row.state for row in await outbox(world, "concern.posted")} == {"withheld"}
    await handled(world, reference, **BACK)
    assert [reference in post.text for post in posts(world)] == [True]


@SQLITE
async def test_only_the_last_of_many_changes_is_sent(world: World):
    reference = await given_concern(world)
    for change in (CHANGES["withdrawn"], BACK, CHANGES["retired"], BACK, CHANGES["withdrawn"]):
        await handled(world, reference, settle=False, **change)
    await world.settle()
    assert posts(world)[0].text == REMOVED
    assert len([args for args in edits(world) if args["channel"] == QSG]) == 1


async def test_a_replacement_that_was_overtaken_does_not_stand(world: World):
    """Another process sent the newer words first; the older ones came after them."""
    reference = await given_concern(world)
    await handled(world, reference, settle=False, **(BACK | {"marking": Marking.AMBER_STRICT}))
    edit = world.bot.work.chat.edit
    replica = world.twin()

    async def late(handle: Any, message: Any) -> Any:
        if handle["channel"] != QSG:  # the receipt's
            return await edit(handle, message)
        object.__setattr__(world.bot.work.chat, "edit", edit)
        await handled(world, reference, settle=False, **CHANGES["withdrawn"])
        await world.settle(replica)
        return await edit(handle, message)

    object.__setattr__(world.bot.work.chat, "edit", late)
    await world.settle()
    await replica.store.close()
    assert posts(world)[0].text == REMOVED


@SQLITE
async def test_taking_back_does_not_wait_for_a_stranger(world: World):
    """It would show them longer what nobody may read any more. The digest's other items wait until they have gone."""
    reference = await given_concern(world)
    other = await given_concern(world, "dean", headline="Another matter")
    await world.move_to(nine("2026-11-23"))
    world.pg.workspace.channels[QSG].members.add("U_STRANGER")
    await handled(world, reference, **CHANGES["withdrawn"])
    texts = [post.text for post in posts(world)]
    assert texts.count(REMOVED) == 3  # the post and, for now, the digest and the pack
    assert [row.state for row in await outbox(world, "concern.posted") if row.edits] == ["sent"]
    assert reference not in everything(world)
    world.pg.workspace.channels[QSG].members.discard("U_STRANGER")
    await world.move(minutes=15)
    (digest,) = digests(world)
    assert (SINCE in digest.text, other in digest.text) == (True, True)


@SQLITE
async def test_a_bot_shut_out_takes_it_back_when_it_returns(world: World):
    reference = await given_concern(world)
    world.pg.workspace.channels[QSG].members.discard(world.pg.bot_user_id)
    await handled(world, reference, **CHANGES["withdrawn"])
    assert reference in everything(world)
    await world.persona("dean").invite(QSG, world.pg.bot_user_id)
    await world.move(minutes=15)
    assert reference not in everything(world)


@SQLITE
async def test_what_can_not_be_taken_back_is_told(world: World):
    reference = await given_concern(world)
    world.pg.fail_next("chat.update", error="edit_window_closed", channel=QSG)
    await handled(world, reference, **CHANGES["withdrawn"])
    (note,) = [text for text in told(world, "secretary") if "could not be delivered" in text]
    assert "may still show what has been taken back since" in note


@SQLITE
async def test_a_meeting_that_has_begun_keeps_its_digest(world: World):
    reference = await given_concern(world)
    await world.move_to(nine("2026-11-23"))
    await set_meeting(world, starts_at=world.now)
    await handled(world, reference, **CHANGES["withdrawn"])
    assert (REMOVED, reference in digests(world)[0].text) == (posts(world)[0].text, True)


@SQLITE
async def test_a_digest_from_before_it_was_raised_stays(world: World):
    await world.move_to(nine("2026-11-23"))
    await world.move(minutes=5)
    reference = await given_concern(world)
    before = digests(world)[0].text
    await handled(world, reference, **CHANGES["withdrawn"])
    assert digests(world)[0].text == before


@SQLITE
async def test_nothing_of_a_long_digest_is_left_in_its_thread(world: World):
    reference = await given_concern(world)
    await copy_concern(world, 60, headline="h" * 150)
    await world.move_to(nine("2026-11-23"))
    (digest,) = digests(world)
    assert len(digest.thread) >= 1
    last = next(f"C-MORE{n:02}" for n in range(59, 0, -1) if f"C-MORE{n:02}" in digest.thread[-1].text)
    async with world.bot.store.begin() as unit:
        for row in await unit.all(select(Concern).where(Concern.reference != reference)):
            row.state = ConcernState.WITHDRAWN
            unit.add(row)
    await handled(world, reference, **CHANGES["withdrawn"])
    assert digests(world)[0].thread == ()
    assert last not in everything(world)


@SQLITE
async def test_sending_that_stopped_half_way_goes_on(world: World):
    """Every try would otherwise post the first part again."""
    await given_concern(world)
    await copy_concern(world, 60, headline="h" * 150)
    real = world.bot.work.chat._post
    failures = iter([None, ConnectionError(), None, ConnectionError(), None])

    async def breaking(**arguments: Any) -> str:
        failure = next(failures, None) if "digest" in arguments["text"] or "thread_ts" in arguments else None
        if failure and "thread_ts" in arguments:
            raise failure
        return await real(**arguments)

    object.__setattr__(world.bot.work.chat, "_post", breaking)
    await world.move_to(nine("2026-11-23"))
    (row,) = await outbox(world, "agenda.digest")
    assert (row.state, bool(row.handle)) == ("waiting", True)
    await world.move(minutes=5)
    await world.move(minutes=5)
    (digest,) = digests(world)
    whole = "\n".join([digest.text, *(part.text for part in digest.thread)])
    assert [whole.count(f"C-MORE{n:02}") for n in range(60)] == [1] * 60
    assert [row.state for row in await outbox(world, "agenda.digest")] == ["sent"]


@SQLITE
async def test_what_was_withdrawn_half_way_is_taken_back(world: World):
    await copy_after_concern(world)
    object.__setattr__(world.bot.work.chat, "_patiently", broken_off)
    await world.move_to(nine("2026-11-23"))
    assert len(digests(world)) == 1
    await set_meeting(world, state=MeetingState.CANCELLED)
    await world.move(minutes=5)
    assert digests(world) == []
    assert REMOVED in [post.text for post in posts(world)]


async def copy_after_concern(world: World) -> None:
    await given_concern(world)
    await copy_concern(world, 60, headline="h" * 150)


async def broken_off(*_: Any) -> str:
    raise ConnectionError


@SQLITE
async def test_the_receipt_is_brought_up_to_date(world: World):
    """It names the provider, and who can see it now."""
    reference = await given_concern(world)
    (before,) = told(world, "inspector")
    assert "Northgate" in before
    await handled(world, reference, retired_at=world.now)
    assert told(world, "inspector") == [REMOVED]
    await handled(world, reference, **BACK)
    assert "Northgate" in told(world, "inspector")[0]


@SQLITE
async def test_the_request_to_match_forgets_what_was_typed(world: World):
    reference = await given_concern(world, provider=None, provider_named="A clinic in Marram")
    assert any("A clinic in Marram" in text for text in told(world, "secretary"))
    await handled(world, reference, **CHANGES["withdrawn"])
    assert not any("A clinic in Marram" in text for text in told(world, "secretary"))
    assert REMOVED in told(world, "secretary")
