"""A group's meetings: added, moved and called off in chat, told once with a file for people's calendars."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.terms import Role
from bot.errors import ChangedMeanwhile, FormErrors, NoGroup, NotFound, NotYours, WrongState
from bot.store.tables import Group, JournalEntry, Meeting, Membership, Seat
from tests.flows.action_steps import SQLITE, agenda, digests, nine
from tests.flows.meeting_steps import (
    FORM,
    TOLD,
    add,
    calendars,
    change,
    event,
    given_meeting,
    given_move,
    given_off,
    listing,
    news,
    opened,
    refused,
)
from tests.flows.steps import Tap, answer_of, outbox, told
from tests.world import QSG, World


async def test_from_adding_a_meeting_to_calling_it_off(world: World):
    reference = await add(world)
    page = world.persona("secretary").modal.text
    assert "Tue 15 Dec 2026, 10:00, 120 minutes, Room 4" in page
    assert "Nobody here represents CQC and HEE" in page
    for slug in TOLD:
        (text,) = news(world, slug, "a meeting has been added")
        assert "Tue 15 Dec 2026, 10:00" in text
        assert ("Nobody here represents" in text) is (slug in ("chair", "secretary"))
    assert [told(world, slug) for slug in ("inspector", "gmc1", "dean", "matron")] == [[]] * 4
    assert (await change(world, reference, "Move", day="2026-12-16", time="14:30", why="The room is shut.")).ok
    await world.settle()
    (text,) = news(world, "gmc3", "has been moved")
    assert "It was to be on Tue 15 Dec 2026, 10:00" in text
    assert "The room is shut." in text
    assert (await change(world, reference, "Call off", slug="chair", why="Nobody can come.")).ok
    await world.settle()
    assert "Nobody can come." in news(world, "lead", "called off")[0]
    assert "Called off" in (await opened(world, "gmc1", reference)).text
    first, second, third = map(event, calendars(world, "gmc3"))
    assert len({str(one["UID"]) for one in (first, second, third)}) == 1
    assert [one["SEQUENCE"] for one in (first, second, third)] == [1, 2, 3]
    assert second["DTSTART"].dt == datetime(2026, 12, 16, 14, 30, tzinfo=UTC)
    assert [str(one["METHOD"]) for one in calendars(world, "gmc3")] == ["REQUEST", "REQUEST", "CANCEL"]
    acts = [entry.act for entry in await world.rows(JournalEntry, JournalEntry.subject_kind == "meeting")]
    assert acts == ["meeting added", "meeting moved", "meeting called off"]


WRONG = [
    ({"day": "2026-11-20"}, {"day": "This day has passed. Choose Mon 23 Nov 2026 or later."}),
    ({"day": "2026-12-13"}, {"day": "Sun 13 Dec 2026 is a Sunday. The next working day is Mon 14 Dec 2026."}),
    ({"day": "2026-12-25"}, {"day": "is a bank holiday (Christmas Day). The next working day is Tue 29 Dec 2026."}),
    ({"day": "2027-12-01"}, {"day": "more than a year away"}),
    ({"day": "2026-11-23", "time": "08:00"}, {"time": "This time has passed."}),
    ({"day": "2026-11-30", "time": "11:30"}, {"time": "in another meeting from 10:00 to 12:00 that day (m1)"}),
    ({"day": "2026-11-30", "time": "08:30"}, {"time": "in another meeting"}),
]


@SQLITE
async def test_what_is_wrong_is_said_beside_the_field(world: World):
    for values, expected in WRONG:
        errors = await refused(world, **values)
        assert errors.keys() == expected.keys(), values
        assert all(sentence in errors[field] for field, sentence in expected.items()), errors
    with pytest.raises(FormErrors) as wrong:
        await given_meeting(world, minutes=61, place=" \n", day=None)
    assert set(wrong.value.fields) == {"minutes", "place", "day"}
    with pytest.raises(FormErrors, match="another look") as wrong:
        await given_meeting(world, clock=None)
    assert set(wrong.value.fields) == {"time"}
    assert len(await world.rows(Meeting)) == 1
    assert await outbox(world, "meeting.settled") == []


@SQLITE
async def test_one_after_another_is_no_overlap(world: World):
    await add(world, day="2026-11-30", time="12:00")
    await add(world, day="2026-11-30", time="08:00")
    assert len(await world.rows(Meeting)) == 3


@SQLITE
async def test_only_who_runs_the_group_arranges_its_meetings(world: World):
    meeting = await given_meeting(world)
    for slug in ("inspector", "gmc3", "lead"):
        await world.persona(slug).command("/meeting", "add", channel=QSG)
        assert "Only the chair or the secretariat of the group can do that" in answer_of(world, slug, QSG)
        assert "Call off" not in (await opened(world, slug, meeting.slug)).text
        with pytest.raises(NotYours):
            await given_move(world, meeting, date(2026, 12, 16), slug)
        with pytest.raises(NotYours):
            await given_off(world, meeting, slug)
    for slug in ("nmc1", "matron"):
        with pytest.raises(NotFound):
            await given_off(world, meeting, slug)
        with pytest.raises(NoGroup):
            await given_meeting(world, slug)
        await world.persona(slug).command("/meeting", meeting.slug)
        assert "not a member of any group here" in answer_of(world, slug)
    with pytest.raises(NoGroup):
        await given_meeting(world, group_id=world.ids["region"])


@SQLITE
async def test_another_group_s_meeting_is_not_there(world: World):
    later = datetime(2026, 12, 10, 10, tzinfo=UTC)
    await world.change(Meeting(slug="r1", group_id=world.ids["region"], starts_at=later))
    await world.persona("secretary").command("/meeting", "r1", channel=QSG)
    assert "There is nothing under “r1” that you can open" in answer_of(world, "secretary", QSG)
    assert "r1" not in await listing(world, "secretary")


async def test_moved_twice_quickly_only_the_newest_is_told(world: World):
    meeting = await given_meeting(world)
    meeting = await given_move(world, meeting, date(2026, 12, 16))
    await given_move(world, meeting, date(2026, 12, 17))
    await world.settle()
    for slug in TOLD:
        (text,) = news(world, slug)
        assert "Thu 17 Dec 2026, 10:00" in text
    assert event(calendars(world, "gmc3")[0])["SEQUENCE"] == 3


@SQLITE
async def test_called_off_before_it_was_told_only_that_is_told(world: World):
    await given_off(world, await given_meeting(world))
    await world.settle()
    assert len(news(world, "gmc3", "called off")) == len(news(world, "gmc3")) == 1


async def test_one_form_sent_often_is_one_meeting(world: World):
    secretary = world.persona("secretary")
    await secretary.command("/meeting", "add")
    tap = Tap(world)
    tap.copies = 4
    assert (await secretary.submit(secretary.modal, FORM)).ok
    await world.settle()
    assert all(one == tap.answers[0] for one in tap.answers)
    assert len(await world.rows(Meeting)) == 2
    assert len(news(world, "gmc3")) == 1


@SQLITE
async def test_moving_and_calling_off_twice_change_nothing_more(world: World):
    meeting = await given_meeting(world)
    again = await given_move(world, meeting, date(2026, 12, 16))
    assert (await given_move(world, meeting, date(2026, 12, 16))).sequence == again.sequence == 2
    with pytest.raises(FormErrors) as same:
        await given_move(world, again, date(2026, 12, 16), why="Another reason.")
    assert same.value.fields == {"day": "It is at this time and place already."}
    assert (await given_off(world, again)).sequence == 3
    assert (await given_off(world, again, why="Another reason.")).sequence == 3
    with pytest.raises(WrongState, match="called off, so it cannot be moved"):
        await given_move(world, again, date(2026, 12, 17))


async def test_of_two_who_move_it_at_once_one_is_told_to_look_again(world: World):
    meeting = await given_meeting(world)
    done = await asyncio.gather(
        given_move(world, meeting, date(2026, 12, 16), "chair"),
        given_move(world, meeting, date(2026, 12, 17), "secretary"),
        return_exceptions=True,
    )
    assert sorted(type(one) for one in done if isinstance(one, Exception)) == [ChangedMeanwhile]
    (row,) = await world.rows(Meeting, Meeting.slug == meeting.slug)
    assert row.sequence == 2


@SQLITE
async def test_moving_and_calling_off_need_a_reason(world: World):
    meeting = await given_meeting(world)
    with pytest.raises(FormErrors) as wrong:
        await given_move(world, meeting, date(2026, 12, 13), why=" ", place="")
    assert set(wrong.value.fields) == {"why", "place", "day"}
    with pytest.raises(FormErrors) as wrong:
        await given_off(world, meeting, why="\n")
    assert wrong.value.fields == {"why": "Say why. Everybody who is told of the meeting reads it."}
    outcome = await change(world, meeting.slug, "Move", day="2026-12-13", why="The room is shut.")
    assert "Mon 14 Dec 2026" in outcome.errors["day"]
    assert len(await outbox(world, "meeting.settled")) == len(TOLD)


@SQLITE
async def test_what_has_begun_is_not_moved(world: World):
    meeting = await given_meeting(world)
    await world.move_to(meeting.starts_at)
    with pytest.raises(WrongState, match="under way or over, so it cannot be moved"):
        await given_move(world, meeting, date(2026, 12, 16))
    with pytest.raises(WrongState, match="under way or over, so it cannot be called off"):
        await given_off(world, meeting)
    page = await opened(world, "chair", meeting.slug)
    assert "It has begun" in page.text
    assert "Call off" not in page.text


@SQLITE
async def test_moving_keeps_clear_of_other_meetings_but_not_of_itself(world: World):
    meeting = await given_meeting(world)
    with pytest.raises(FormErrors) as wrong:
        await given_move(world, meeting, date(2026, 11, 30))
    assert "(m1)" in wrong.value.fields["time"]
    assert (await given_move(world, meeting, date(2026, 12, 15), clock=time(11))).sequence == 2


@SQLITE
async def test_without_a_channel_a_chair_or_somebody_to_tell_it_is_said(world: World):
    (group,) = await world.rows(Group, Group.slug == "qsg")
    group.channel = None
    (seat,) = await world.rows(Seat, Seat.role == Role.CHAIR)
    seat.ends_on = date(2026, 11, 1)
    await world.change(group, seat)
    await add(world)
    for text in (world.persona("secretary").modal.text, news(world, "secretary")[0]):
        assert "no channel, so no agenda digest will be posted" in text
        assert "no chair who can be reached" in text
    assert "no channel" not in news(world, "gmc3")[0]


@SQLITE
async def test_deputies_are_told_where_there_is_no_representative(world: World):
    deputies = [
        Seat(group_id=world.ids["qsg"], person_id=world.ids[slug], role=Role.DEPUTY) for slug in ("dean", "gmc1")
    ]
    await world.change(*deputies)
    await add(world)
    assert [len(news(world, slug)) for slug in ("dean", "gmc1", "gmc3")] == [1, 0, 1]


@SQLITE
async def test_who_has_left_the_group_meanwhile_is_not_told(world: World):
    await given_meeting(world)
    (line,) = await world.rows(Membership, Membership.organisation_id == world.ids["org:ccg"])
    (seat,) = await world.rows(Seat, Seat.person_id == world.ids["lead"])
    line.ends_on = seat.ends_on = date(2026, 11, 1)
    await world.change(line, seat)
    await world.settle()
    assert [len(news(world, slug)) for slug in ("lead", "gmc3")] == [0, 1]


@SQLITE
async def test_a_meeting_of_the_network_file_opens_by_its_own_name(world: World):
    assert "Mon 30 Nov 2026, 10:00, 120 minutes, Room 1" in (await opened(world, "gmc1", "m1")).text
    assert (await change(world, "m1", "Move", slug="chair", day="2026-12-02", why="A strike.")).ok
    await world.settle()
    assert "It was to be on Mon 30 Nov 2026, 10:00" in news(world, "gmc3")[0]


@SQLITE
async def test_the_list_has_the_next_ones_and_the_last(world: World):
    reference = await add(world)
    await change(world, reference, "Move", day="2026-12-16", why="The room is shut.")
    text = await listing(world)
    assert "Mon 30 Nov 2026, 10:00, Room 1 · m1" in text
    assert f"{reference} (moved from Tue 15 Dec 2026, 10:00: The room is shut.)" in text
    assert "Add a meeting" not in text
    await world.move_to(datetime(2026, 12, 1, 9, tzinfo=UTC))
    text = await listing(world, "chair", "marram")
    assert "The last one was on Mon 30 Nov 2026, 10:00 · m1" in text
    assert "There is nothing under “elsewhere”" in await listing(world, "chair", "elsewhere")
    assert "/meeting calendar" in await listing(world, "chair", "help")


@SQLITE
async def test_several_groups_are_listed_together(world: World):
    await world.change(
        Seat(group_id=world.ids["region"], person_id=world.ids["secretary"], role=Role.SECRETARIAT),
        *(
            Meeting(slug=f"r{number}", group_id=world.ids["region"], starts_at=world.now + timedelta(days=number))
            for number in range(1, 5)
        ),
    )
    secretary = world.persona("secretary")
    await secretary.command("/meeting")
    text = answer_of(world, "secretary")
    assert "Marram QSG" in text
    assert "r2" in text
    assert "r3" not in text
    assert "2 more are planned" in text
    await secretary.command("/meeting", "SG")
    assert "name the group: /meeting qsg, region" in answer_of(world, "secretary")
    await secretary.command("/meeting", "regional")
    assert "Marram" not in answer_of(world, "secretary")


async def test_the_calendar_is_sent_to_oneself_once(world: World):
    reference = await add(world)
    gmc = world.persona("gmc1")
    tap = Tap(world)
    tap.copies = 2
    await gmc.command("/meeting", "calendar", channel=QSG)
    assert "2 meetings are on the way" in answer_of(world, "gmc1", QSG)
    await world.settle()
    (calendar,) = calendars(world, "gmc1")
    assert str(calendar["METHOD"]) == "PUBLISH"
    assert [str(one["SUMMARY"]) for one in calendar.walk("VEVENT")] == ["Marram QSG (m1)", f"Marram QSG ({reference})"]
    assert len({str(one["UID"]) for one in calendar.walk("VEVENT")}) == 2
    assert calendars(world, "gmc2") == []


@SQLITE
async def test_with_nothing_planned_no_file_is_sent(world: World):
    (row,) = await world.rows(Meeting)
    await given_off(world, row)
    await world.persona("gmc1").command("/meeting", "calendar", channel=QSG)
    assert "No meeting is planned" in answer_of(world, "gmc1", QSG)
    assert await outbox(world, "meeting.calendar") == []


@SQLITE
async def test_a_moved_meeting_has_digests_of_its_own_that_say_so(world: World):
    await world.move_to(nine("2026-11-23"))
    assert "moved from" not in digests(world)[-1].text
    (row,) = await world.rows(Meeting)
    await given_move(world, row, date(2026, 12, 14))
    await world.move_to(nine("2026-12-07"))
    assert len(digests(world)) == 2
    assert "(moved from Mon 30 Nov 2026, 10:00: The room is shut.)" in digests(world)[-1].text
    assert "(moved from Mon 30 Nov 2026, 10:00: The room is shut.)" in await agenda(world)
