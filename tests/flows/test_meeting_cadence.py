"""A group's cadence makes its meetings, once; people are told of them together, and of changes."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest

from bot.domain.cadence import Cadence, Every, On, Span
from bot.domain.terms import MeetingState, Tier
from bot.schedules.meetings import meetings
from bot.store.tables import Group, JournalEntry, Meeting, MeetingReply
from tests.flows.action_steps import SQLITE
from tests.flows.edge_steps import statements
from tests.flows.meeting_steps import (
    TOLD,
    calendars,
    days,
    given_meeting,
    given_move,
    given_off,
    listing,
    monthly,
    news,
    nine_utc,
    opened,
    ruled,
    set_cadence,
)
from tests.flows.steps import outbox, told
from tests.world import World

EVERY_TWO = ["2026-12-01", "2027-02-02", "2027-04-06", "2027-06-01", "2027-08-03", "2027-10-05"]
# The meeting of the network file is in the week of the first of these.
MADE = EVERY_TWO[1:]
DATES = "meetings for the next 12 months"


async def test_a_cadence_makes_twelve_months_once_and_tells_people_once(world: World):
    replica = world.twin()
    await set_cadence(world, monthly())
    await world.tick(world.bot, replica)
    await world.move(minutes=10)
    await replica.store.close()
    rows = await ruled(world)
    assert days(rows) == MADE
    assert {(row.minutes, row.place, row.sequence) for row in rows} == {(90, "Room 2", 1)}
    summer = [row.starts_at.hour for row in rows]
    assert summer == [14, 13, 13, 13, 13]  # the same time on London's clocks
    for slug in TOLD:
        (text,) = news(world, slug)
        assert DATES in text
        assert "every 2 months on the first Tuesday at 14:00, Room 2." in text
        assert "Mon 30 Nov 2026, 10:00, Room 1" in text
        assert "Tue 6 Apr 2027, 14:00\n" in text
    assert [told(world, slug) for slug in ("inspector", "gmc1", "dean")] == [[]] * 3
    (calendar,) = calendars(world, "gmc3")
    entries = calendar.walk("VEVENT")
    assert [one["DTSTART"].dt.date().isoformat() for one in entries] == ["2026-11-30", *MADE]
    assert {one["SEQUENCE"] for one in entries} == {1}
    acts = [entry.act for entry in await world.rows(JournalEntry, JournalEntry.subject_kind == "group")]
    assert acts == ["meetings arranged", "meetings told"]


async def test_two_processes_at_once_make_each_meeting_once(world: World):
    (row,) = await world.rows(Group, Group.slug == "qsg")
    row.cadence = monthly().stored()
    await world.change(row)
    replica = world.twin()
    await world.tick(world.bot, replica)
    await replica.store.close()
    assert days(await ruled(world)) == MADE
    assert [len(news(world, slug)) for slug in TOLD] == [1] * 4


@SQLITE
async def test_a_day_off_is_moved_and_people_are_told_from_which_day(world: World):
    await set_cadence(world, monthly(None, 3, "2026-11-28"))
    rows = await ruled(world)
    assert [row.ruled_for.isoformat() for row in rows][:2] == ["2027-02-28", "2027-05-28"]
    assert days(rows)[:2] == ["2027-03-01", "2027-05-28"]
    await set_cadence(world, monthly(None, 3, "2026-12-31"))
    await set_cadence(world, monthly(None, 1, "2027-08-30"))
    (first, *_) = [row for row in await ruled(world) if row.state == MeetingState.SCHEDULED]
    assert (first.ruled_for, first.starts_at.date()) == (date(2027, 8, 30), date(2027, 8, 31))
    moved = "moved from Mon 30 Aug 2027, a bank holiday (Late Summer Bank Holiday)"
    assert moved in news(world, "gmc3")[-1]
    assert moved.removeprefix("m") in (await opened(world, "gmc1", first.slug)).text


@SQLITE
async def test_a_week_for_which_a_person_has_decided_is_left_alone(world: World):
    extra = await given_meeting(world, day=date(2027, 2, 4))
    off = await given_off(world, await given_meeting(world, day=date(2027, 4, 9)))
    await set_cadence(world, monthly())
    assert days(await ruled(world)) == ["2027-06-01", "2027-08-03", "2027-10-05"]
    assert (await given_off(world, extra)).sequence == 2
    await world.tick()
    assert days(await ruled(world)) == ["2027-06-01", "2027-08-03", "2027-10-05"]
    assert off.sequence == 2


@SQLITE
async def test_what_the_network_file_ended_decides_nothing(world: World):
    (row,) = await world.rows(Meeting)
    row.state = MeetingState.CANCELLED
    await world.change(row)
    await set_cadence(world, monthly())
    assert days(await ruled(world)) == EVERY_TWO


@SQLITE
async def test_what_a_person_moved_or_called_off_stays_so(world: World):
    await set_cadence(world, monthly())
    february, april, *_ = await ruled(world)
    await given_move(world, february, date(2027, 2, 4))
    await given_off(world, april)
    await world.move(days=1)
    assert days(await ruled(world)) == ["2027-02-04", *MADE[2:]]
    await set_cadence(world, monthly(number=3))
    assert days(await ruled(world)) == ["2027-02-04", "2027-03-02", "2027-06-01", "2027-09-07"]
    assert len(await world.rows(Meeting, Meeting.ruled_for == april.ruled_for)) == 1


async def test_a_changed_cadence_calls_off_what_people_know_and_says_so_once(world: World):
    await set_cadence(world, monthly())
    await set_cadence(world, monthly(number=3))
    rows = await ruled(world)
    assert days(rows) == ["2027-03-02", "2027-06-01", "2027-09-07"]
    assert days(rows, "cancelled") == ["2027-02-02", "2027-04-06", "2027-08-03", "2027-10-05"]
    for slug in TOLD:
        first, second = news(world, slug, DATES)
        assert "every 3 months" in second
        assert "Called off, since the group now meets on other days: Tue 2 Feb 2027, 14:00; Tue 6 Apr" in second
        assert "Tue 2 Mar 2027, 14:00 (new)" in second
        assert "(new)" not in first
    entries = {one["DTSTART"].dt.date(): one for one in calendars(world, "gmc3")[-1].walk("VEVENT")}
    assert (str(entries[date(2027, 2, 2)]["STATUS"]), entries[date(2027, 2, 2)]["SEQUENCE"]) == ("CANCELLED", 2)
    assert (str(entries[date(2027, 6, 1)]["STATUS"]), entries[date(2027, 6, 1)]["SEQUENCE"]) == ("CONFIRMED", 1)
    assert "The group now meets on other days." in (await opened(world, "gmc1", rows[0].slug)).text


@SQLITE
async def test_a_cadence_changed_and_changed_back_is_told_each_time(world: World):
    await set_cadence(world, monthly())
    before = {row.ruled_for: row.slug for row in await ruled(world)}
    await set_cadence(world, monthly(number=3))
    await set_cadence(world, monthly())
    rows = [row for row in await ruled(world) if row.state == MeetingState.SCHEDULED]
    assert {row.ruled_for: row.slug for row in rows} == before
    assert [row.sequence for row in rows] == [3, 3, 1, 3, 3]
    assert len(news(world, "gmc3", DATES)) == 3
    await world.tick()
    assert len(news(world, "gmc3", DATES)) == 3


@SQLITE
@pytest.mark.parametrize("values", [{"hour": 10}, {"place": "Room 9"}])
async def test_another_time_or_place_moves_what_is_there(world: World, values: dict[str, object]):
    await set_cadence(world, monthly())
    slugs = [row.slug for row in await ruled(world)]
    await set_cadence(world, monthly(**values))
    rows = await ruled(world)
    assert [row.slug for row in rows] == slugs
    assert {row.sequence for row in rows} == {2}
    text = news(world, "gmc3", DATES)[-1]
    assert ("moved from Tue 2 Feb 2027, 14:00" in text) is ("hour" in values)
    assert ("Room 9" in text) is ("place" in values)


async def test_what_nobody_was_told_of_goes_without_a_word(world: World):
    await set_cadence(world, monthly())
    await world.move_to(nine_utc("2027-01-05"))
    (untold,) = [row for row in await ruled(world) if row.sequence == 0]
    assert untold.ruled_for == date(2027, 12, 7)
    before = len(news(world, "gmc3"))
    await set_cadence(world, None)
    assert days(await ruled(world)) == MADE
    assert await world.rows(Meeting, Meeting.id == untold.key) == []
    assert len(news(world, "gmc3")) == before


@SQLITE
async def test_what_somebody_has_answered_is_called_off_not_deleted(world: World):
    await set_cadence(world, monthly())
    await world.move_to(nine_utc("2027-01-05"))
    (untold,) = [row for row in await ruled(world) if row.sequence == 0]
    await world.change(MeetingReply(meeting_id=untold.key, person_id=world.ids["gmc3"], coming=True, at=world.now))
    await set_cadence(world, monthly(number=5))
    (row,) = await world.rows(Meeting, Meeting.id == untold.key)
    assert (row.state, row.sequence) == (MeetingState.CANCELLED, 1)


@SQLITE
async def test_new_ones_are_told_at_most_once_a_quarter_and_in_working_time(world: World):
    await set_cadence(world, monthly(number=1))
    told_on: list[date] = []
    for month in range(12, 25):
        for day in (2, 9, 16, 23):
            moment = datetime(2026 + (month - 1) // 12, (month - 1) % 12 + 1, day, 9, 5, tzinfo=UTC)
            before = len(news(world, "gmc3", DATES))
            await world.move_to(moment)
            told_on += [world.now.date()] * (len(news(world, "gmc3", DATES)) - before)
    assert 3 <= len(told_on) <= 4
    assert all((later - earlier).days >= 85 for earlier, later in pairwise(told_on))
    assert "(new)" in news(world, "gmc3", DATES)[-1]
    planned = [row for row in await ruled(world) if row.starts_at > world.now]
    assert len(planned) == 12


@SQLITE
async def test_at_night_new_ones_wait_for_the_morning(world: World):
    await set_cadence(world, monthly(number=1))
    await world.move_to(datetime(2027, 3, 4, 9, 5, tzinfo=UTC))
    near = next(row for row in await ruled(world) if row.sequence == 0).starts_at
    assert near.date() == date(2027, 12, 7)
    await world.move_to(datetime(2027, 3, 8, 3, 0, tzinfo=UTC))
    assert len(news(world, "gmc3", DATES)) == 1
    await world.move_to(datetime(2027, 3, 8, 9, 5, tzinfo=UTC))
    assert len(news(world, "gmc3", DATES)) == 2


@SQLITE
async def test_a_group_that_has_ended_has_no_more_meetings_made(world: World):
    (row,) = await world.rows(Group, Group.slug == "qsg")
    row.ends_on = date(2026, 11, 20)
    await world.change(row)
    await set_cadence(world, monthly())
    assert await ruled(world) == []


@SQLITE
async def test_a_cadence_that_cannot_be_read_stops_no_other_group(world: World):
    (region,) = await world.rows(Group, Group.slug == "region")
    region.cadence = {"every": "often"}
    await world.change(region)
    await set_cadence(world, monthly())
    assert days(await ruled(world)) == MADE


@SQLITE
async def test_a_clock_put_back_undoes_nothing(world: World):
    await set_cadence(world, monthly())
    await world.move_to(nine_utc("2027-01-05"))
    before = [(row.slug, row.state, row.sequence) for row in await ruled(world)]
    world.pg.clock.set(nine_utc("2026-11-24"), allow_back=True)
    await world.tick()
    assert [(row.slug, row.state, row.sequence) for row in await ruled(world)] == before


@SQLITE
async def test_who_has_left_the_group_meanwhile_is_not_told(world: World):
    (row,) = await world.rows(Group, Group.slug == "qsg")
    row.cadence = monthly().stored()
    row.ends_on = date(2026, 11, 23)
    await world.change(row)
    await meetings(world.bot.work)
    world.pg.clock.set(nine_utc("2026-11-24"))
    await world.settle()
    assert len(await outbox(world, "meeting.dates")) == len(TOLD)
    assert [row.state for row in await outbox(world, "meeting.dates")] == ["withheld"] * len(TOLD)


@SQLITE
async def test_changed_twice_quickly_only_the_newest_is_told(world: World):
    for cadence in (monthly(), monthly(number=3)):
        (row,) = await world.rows(Group, Group.slug == "qsg")
        row.cadence = cadence.stored()
        await world.change(row)
        await meetings(world.bot.work)
        world.pg.clock.advance(timedelta(seconds=5))
    await world.settle()
    for slug in TOLD:
        (text,) = news(world, slug)
        assert "every 3 months" in text


@SQLITE
async def test_however_many_groups_there_are_the_clock_asks_as_often(world: World):
    await set_cadence(world, monthly())
    with statements(world) as few:
        await meetings(world.bot.work)
    for number in range(30):
        cadence = monthly(place=f"Room {number}").stored()
        await world.change(Group(slug=f"g{number}", name=f"Group {number}", tier=Tier.LOCAL, cadence=cadence))
    await meetings(world.bot.work)
    assert len(await world.rows(Meeting, Meeting.place == "Room 29")) == 6
    with statements(world) as many:
        await meetings(world.bot.work)
    assert len(many) == len(few) > 0


@SQLITE
async def test_a_group_that_meets_every_week_can_be_told_and_listed(world: World):
    long = "Committee room " + "x" * 285
    await set_cadence(world, Cadence(Every(1, Span.WEEKS), On(None, 3), date(2026, 11, 26), time(10), 60, long))
    assert len(await ruled(world)) == 51  # the network file has the one of the second week
    assert {row.state for row in await outbox(world, "meeting.dates")} == {"sent"}
    assert len(calendars(world, "gmc3")[0].walk("VEVENT")) == 52
    assert "46 more are planned" in await listing(world)
