"""The digest posts itself to the group's channel: at its times, once, and with nothing in it that is not for all."""

from datetime import timedelta

import pytest

from bot.domain.terms import Audience, ConcernState, Marking, MeetingState
from bot.store.tables import Concern
from tests.flows.action_steps import SQLITE, agenda, copy_concern, digests, nine, nobody_answers, set_meeting
from tests.flows.steps import given_concern, given_escalation, outbox, told
from tests.world import QSG, World


async def test_it_is_posted_twice_by_two_replicas(world: World):
    """At nine, five working days and one before, by whichever process comes first."""
    replica, posted = world.twin(), []
    moments = [nine("2026-11-23") + timedelta(days=day) for day in range(8)]
    for moment in [each + timedelta(minutes=minutes) for each in moments for minutes in (-1, 0, 45)]:
        before = len(digests(world))
        world.pg.clock.set(moment)
        await world.tick(world.bot, replica)
        posted += [f"{world.now:%m-%d %H:%M}"] * (len(digests(world)) - before)
    assert posted == ["11-23 09:00", "11-27 09:00"]
    await replica.store.close()


@SQLITE
async def test_after_an_outage_only_the_nearest(world: World):
    await world.move_to(nine("2026-11-28"))
    restarted = world.twin()
    await world.tick(restarted)
    await restarted.store.close()
    assert [row.subject["lead"] for row in await outbox(world, "agenda.digest")] == [1]
    assert len(digests(world)) == 1


@SQLITE
async def test_slack_being_away_loses_none(world: World):
    with nobody_answers(world):
        await world.move_to(nine("2026-11-23"))
    assert digests(world) == []
    await world.move(minutes=1)
    assert len(digests(world)) == 1


@SQLITE
@pytest.mark.parametrize("when", ["before", "between queueing and sending", "it has begun"])
async def test_a_meeting_called_off_has_none(world: World, when: str):
    if when == "before":
        await set_meeting(world, state=MeetingState.CANCELLED)
        await world.move_to(nine("2026-11-23"))
    else:
        with nobody_answers(world):
            await world.move_to(nine("2026-11-23"))
        moved = {"starts_at": world.now} if when == "it has begun" else {"state": MeetingState.CANCELLED}
        await set_meeting(world, **moved)
        await world.move(minutes=20)
        assert [row.state for row in await outbox(world, "agenda.digest")] == ["withheld"]
    await world.move_to(nine("2026-11-27"))
    assert digests(world) == []


@SQLITE
async def test_a_meeting_put_off_has_its_own(world: World):
    await world.move_to(nine("2026-11-23"))
    await set_meeting(world, starts_at=nine("2026-12-14"))
    await world.move_to(nine("2026-12-04"))
    assert len(digests(world)) == 1
    await world.move_to(nine("2026-12-07"))
    assert "14 Dec 2026" in digests(world)[-1].text
    assert len(digests(world)) == 2


@SQLITE
async def test_a_long_digest_goes_on_below(world: World):
    await given_concern(world)
    await copy_concern(world, 60, headline="h" * 150)
    await world.move_to(nine("2026-11-23"))
    (digest,) = digests(world)
    assert len(digest.thread) >= 1
    parts = [digest.text, *(reply.text for reply in digest.thread)]
    everything = "\n".join(parts)
    assert [everything.count(f"C-MORE{n:02}") for n in range(60)] == [1] * 60
    assert "All 61 stand below, in the thread." in digest.text
    assert "Standing items" in digest.text
    assert everything.index("C-MORE00") < everything.index("C-MORE59")


HIDDEN = {
    "for named people": {"audience": Audience.PEOPLE, "people": "gmc1"},
    "for named people only": {"audience": Audience.PEOPLE, "people": "gmc1", "marking": Marking.RED},
    "for one organisation": {"audience": Audience.ORGANISATIONS, "organisations": "org:gmc"},
}


async def test_restricted_concerns_are_never_hinted_at(world: World):
    """The text is the same with and without them and their escalations, even for those who may see them."""
    shown = await given_concern(world)
    seen = {slug: await agenda(world, slug) for slug in ("dean", "gmc3", "inspector", "chair")}
    hidden = []
    for values in HIDDEN.values():
        keys = {name: (world.ids[ids],) if name in ("people", "organisations") else ids for name, ids in values.items()}
        hidden.append(await given_concern(world, headline="canary", **keys))
    hidden.append(await given_escalation(world, ["gmc"], concern=hidden[2]))
    hidden.append(await given_concern(world, headline="canary"))
    hidden.append(await given_escalation(world, ["gmc"], concern=hidden[-1]))
    await withdraw(world, hidden[-2])
    assert {slug: await agenda(world, slug) for slug in seen} == seen
    await world.move_to(nine("2026-11-23"))
    (digest,) = digests(world)
    assert shown in digest.text
    assert not [reference for reference in hidden if reference in digest.text]
    assert "canary" not in digest.text


async def withdraw(world: World, reference: str) -> None:
    (concern,) = await world.rows(Concern, Concern.reference == reference)
    concern.state = ConcernState.WITHDRAWN
    await world.change(concern)


@SQLITE
async def test_a_channel_without_the_bot_is_told_of(world: World):
    inspector = world.persona("inspector")
    world.pg.workspace.channels[QSG].members.discard(world.pg.bot_user_id)
    await world.move_to(nine("2026-11-23"))
    await world.move(hours=3)
    for slug in ("secretary", "chair"):
        (note,) = [note for note in told(world, slug) if "channel" in note]
        assert "The assistant is not in the channel of Marram QSG" in note
    await inspector.command("/concern", "northgate")
    assert "nothing can be posted in the channel of Marram QSG" in inspector.modal.text
    await world.persona("dean").invite(QSG, world.pg.bot_user_id)
    await world.move(minutes=15)
    await inspector.command("/concern", "northgate")
    assert "nothing can be posted" not in inspector.modal.text
    assert len(digests(world)) == 1  # the one that waited
    await world.move_to(nine("2026-11-27"))
    assert len(digests(world)) == 2
