"""Who is away at a moment, which colleagues may come instead, what was told of which meeting, what was said to whom."""

from datetime import timedelta

import pytest

from bot.domain.terms import MeetingState, Role
from bot.store import meeting_replies as asked
from bot.store.attendance import absent_at
from bot.store.outbox import Telling, tell
from bot.store.tables import Absence, Meeting, MeetingReply, Membership, Seat
from bot.store.unit import Store, Unit
from tests.store.rows import NOW, TODAY, YESTERDAY, group, organisation, person

HOUR = timedelta(hours=1)


async def meeting(unit: Unit, slug: str, group_id: int, **values) -> Meeting:
    row = Meeting(**{"slug": slug, "group_id": group_id, "starts_at": NOW + HOUR} | values)
    unit.add(row)
    await unit.flush()
    return row


@pytest.mark.parametrize(
    ("start", "end", "facts", "away"),
    [
        (-1, 1, {}, True),
        (0, 1, {}, True),
        (1, 2, {}, False),
        (-2, 0, {}, False),
        (-1, 1, {"back_at": NOW}, False),
    ],
)
async def test_who_is_away_at_a_moment(store: Store, start: int, end: int, facts: dict, away: bool):
    async with store.begin() as unit:
        ann = await person(unit, "ann", (await organisation(unit, "gmc")).key)
        unit.add(Absence(person_id=ann.key, starts_at=NOW + start * HOUR, until=NOW + end * HOUR, **facts))
    async with store.look() as unit:
        assert set(await absent_at(unit, [ann.key], NOW)) == ({ann.key} if away else set())
        assert await absent_at(unit, [ann.key + 1], NOW) == {}


async def test_of_several_absences_the_longest_counts(store: Store):
    async with store.begin() as unit:
        ann = await person(unit, "ann", (await organisation(unit, "gmc")).key)
        for chat, hours in ((False, 5), (True, 2)):
            until = NOW + hours * HOUR
            unit.add(Absence(person_id=ann.key, starts_at=NOW - HOUR, until=until, said_in_chat=chat))
    async with store.look() as unit:
        assert (await absent_at(unit, [ann.key], NOW))[ann.key].until == NOW + 5 * HOUR


async def test_colleagues_are_of_one_organisation_with_chat_and_deputies_come_first(store: Store):
    async with store.begin() as unit:
        gmc, nmc = await organisation(unit, "gmc"), await organisation(unit, "nmc")
        qsg = await group(unit, "qsg")
        unit.add(*(Membership(group_id=qsg.key, organisation_id=body.key) for body in (gmc, nmc)))
        people = {slug: await person(unit, slug, gmc.key) for slug in ("adam", "bob", "carl", "dora")}
        await person(unit, "left", gmc.key, ends_on=YESTERDAY)
        await person(unit, "closed", gmc.key, deactivated_at=NOW)
        await person(unit, "silent", gmc.key, chat_user=None)
        await person(unit, "nora", nmc.key)
        unit.add(Seat(group_id=qsg.key, person_id=people["carl"].key, role=Role.DEPUTY))
        unit.add(Seat(group_id=qsg.key, person_id=people["adam"].key, role=Role.DEPUTY, ends_on=YESTERDAY))
    async with store.look() as unit:
        found = await asked.colleagues(unit, "", gmc.key, [qsg.key], TODAY)
        assert [(one.slug, deputy) for one, deputy in found] == [
            ("carl", True),
            ("adam", False),
            ("bob", False),
            ("dora", False),
        ]
        assert [one.slug for one, _ in await asked.colleagues(unit, "OR", gmc.key, [qsg.key], TODAY)] == ["dora"]
        assert await asked.colleagues(unit, "%", gmc.key, [qsg.key], TODAY) == []
        assert await asked.colleagues(unit, "", gmc.key, [], TODAY) == []


async def test_what_was_told_of_one_meeting_and_of_no_other(store: Store):
    async with store.begin() as unit:
        ann = await person(unit, "ann", (await organisation(unit, "gmc")).key)
        first = Telling("meeting_reply.asked", {"meeting": 1}, ann.key, slot="1")
        later = Telling("meeting_reply.asked", {"meeting": 12}, ann.key, slot="1")
        alarm = Telling("meeting_reply.nobody", {"meeting": 1, "organisation": 2}, ann.key, slot="1")
        for one in (first, later, alarm):
            await tell(unit, one, NOW)
        for number in ("a", "b"):
            await tell(unit, Telling(first.kind, first.subject, ann.key, slot=number, edits=first.once), NOW)
    async with store.look() as unit:
        told = await asked.told_of(unit, 1, (first.kind, alarm.kind))
        assert [row.once for row in told] == [first.once, alarm.once]
        assert await asked.replacements(unit, told) == {first.once: 2}
        assert [row.once for row in await asked.told_of(unit, 12, (first.kind,))] == [later.once]


async def test_only_that_meeting_s_answers_are_forgotten(store: Store):
    async with store.begin() as unit:
        ann = await person(unit, "ann", (await organisation(unit, "gmc")).key)
        qsg = await group(unit, "qsg")
        both = [await meeting(unit, slug, qsg.key) for slug in ("one", "two")]
        unit.add(*(MeetingReply(meeting_id=one.key, person_id=ann.key, coming=True, at=NOW) for one in both))
    async with store.begin() as unit:
        assert await asked.forget_replies(unit, both[0].key) == 1
        assert await asked.forget_replies(unit, both[0].key) == 0
        assert await asked.reply_of(unit, both[0].key, ann.key) is None
        assert await asked.reply_of(unit, both[1].key, ann.key) is not None


async def test_which_meetings_are_still_to_come_and_which_were_the_last(store: Store):
    async with store.begin() as unit:
        qsg, ended = await group(unit, "qsg"), await group(unit, "ended", ends_on=YESTERDAY)
        for number in range(1, 4):
            await meeting(unit, f"past-{number}", qsg.key, starts_at=NOW - number * HOUR)
        await meeting(unit, "off", qsg.key, starts_at=NOW - HOUR / 2, state=MeetingState.CANCELLED)
        await meeting(unit, "next", qsg.key)
        await meeting(unit, "off-next", qsg.key, state=MeetingState.CANCELLED)
        await meeting(unit, "far", qsg.key, starts_at=NOW + 9 * HOUR)
        await meeting(unit, "of-ended", ended.key)
    async with store.look() as unit:
        assert [one.slug for one in await asked.past_meetings(unit, qsg.key, NOW, 2)] == ["past-1", "past-2"]
        assert [one.slug for one in await asked.meetings_within(unit, NOW, NOW + 8 * HOUR, TODAY)] == ["next"]
        assert await asked.meeting_called(unit, "next", [ended.key]) is None
        assert await asked.meeting_called(unit, "next", []) is None
