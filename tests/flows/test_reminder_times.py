"""Each owner's own time of day, time zone and working days; absences; and never twice in a day of theirs."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.store.tables import Preference
from bot.store.unit import Unit
from tests.flows.action_steps import SQLITE, acts, add, nine, reminders, said, set_person
from tests.flows.reminder_steps import choose_times, preference, remind_at, walk
from tests.flows.steps import given_action, outbox
from tests.world import World, absence

AUCKLAND, HONOLULU = "Pacific/Auckland", "Pacific/Honolulu"


def utc(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


async def test_one_says_when_one_works(world: World):
    dean = world.persona("dean")
    sent = await choose_times(world, at="08:00", zone="Europe/Dublin", works_on=["1", "3"])
    assert sent.ok, sent
    assert "at 08:00 in Europe/Dublin, on Monday and Wednesday" in dean.modal.text
    assert "23 November 2026 at 08:00" in dean.modal.text  # it is that moment
    (kept,) = await world.rows(Preference)
    assert (kept.time_zone, kept.remind_at, kept.works_on) == ("Europe/Dublin", time(8), "13")
    assert (await choose_times(world, works_on=["1"])).ok
    assert (await choose_times(world)).ok  # as it stands: nothing is changed
    (kept,) = await world.rows(Preference)
    assert (kept.time_zone, kept.remind_at, kept.works_on) == ("Europe/Dublin", time(8), "1")
    assert await acts(world, "person") == ["reminder times chosen"] * 2


@SQLITE
async def test_what_cannot_be_is_said_beside_the_field(world: World):
    sent = await choose_times(world, works_on=[])
    assert not sent.ok
    assert await world.rows(Preference) == []


async def test_at_their_own_hour_where_they_are(world: World):
    await given_action(world, date(2026, 12, 1))
    await given_action(world, date(2026, 12, 1), owner="gmc3")
    await given_action(world, date(2026, 12, 1), owner="lead")
    await preference(world, "dean", time_zone=AUCKLAND, remind_at=time(8))
    await preference(world, "gmc3", remind_at=time(18))
    whom = ("dean", "gmc3", "lead")
    fell = await walk(world, utc("2026-11-23 12:00"), utc("2026-11-25 00:00"), whom=whom)
    assert fell == {
        "dean": [utc("2026-11-23 19:00")],  # eight in the morning of the 24th in Auckland
        "gmc3": [utc("2026-11-24 18:00")],
        "lead": [utc("2026-11-24 09:00")],
    }


@SQLITE
@pytest.mark.parametrize(
    ("before", "after"), [(AUCKLAND, HONOLULU), (HONOLULU, AUCKLAND)], ids=["westward", "eastward"]
)
async def test_moving_round_the_world_brings_no_second_one_of_a_day(world: World, before: str, after: str):
    """A reminder falls on every day; they move in the middle."""
    for day in (24, 25, 26, 27):
        await given_action(world, date(2026, 11, day))
    await preference(world, time_zone=before)
    await walk(world, utc("2026-11-24 00:00"), utc("2026-11-25 20:00"), 2)
    await preference(world, time_zone=after)
    await walk(world, utc("2026-11-25 21:00"), utc("2026-11-27 20:00"), 1)
    days = [row.subject["day"] for row in await outbox(world, "action.reminder")]
    assert len(days) == len(set(days)) == len(reminders(world))
    assert days == sorted(days)
    assert len(days) >= 3


@SQLITE
async def test_changing_the_hour_on_the_day_brings_no_second_one(world: World):
    await given_action(world, date(2026, 11, 24))
    await world.move_to(nine("2026-11-24"))
    assert len(reminders(world)) == 1
    assert (await choose_times(world, at="11:00")).ok
    second = await given_action(world, date(2026, 11, 25))
    assert second
    await walk(world, nine("2026-11-24"), nine("2026-11-24") + timedelta(hours=9))
    assert len(reminders(world)) == 1
    await world.move_to(nine("2026-11-25"))
    assert len(reminders(world)) == 1
    await world.move(hours=2)
    assert len(reminders(world)) == 2


async def test_whoever_works_on_mondays_is_reminded_on_mondays(world: World):
    """The week before, the day before, the day, the day after: none is lost; the bank holiday's waits a week."""
    await given_action(world, date(2026, 12, 9))
    await preference(world, works_on="1")
    fell = await walk(world, nine("2026-11-30"), nine("2027-01-12"), 24)
    assert [moment.date().isoformat()[5:] for moment in fell["dean"]] == ["12-07", "12-14", "12-21", "01-04", "01-11"]


@SQLITE
async def test_the_clocks_change_where_they_are(world: World):
    """New York changes a week after London in autumn and two before it in spring."""
    await set_person(world, "dean", timezone="America/New_York")
    await given_action(world, date(2027, 3, 22))
    await given_action(world, date(2027, 3, 12))
    hours = []
    for day in (10, 11, 12, 15):
        fell = await walk(world, utc(f"2027-03-{day} 12:00"), utc(f"2027-03-{day} 15:00"))
        hours += [(moment.date().isoformat(), moment.hour) for moment in fell["dean"]]
    assert hours == [("2027-03-10", 14), ("2027-03-11", 14), ("2027-03-12", 14), ("2027-03-15", 13)]


async def test_whoever_is_away_is_reminded_when_they_are_back(world: World):
    reference = await given_action(world, date(2026, 11, 25))
    await add(world, absence(world.ids, "dean", utc("2026-11-24 00:00"), utc("2026-11-27 00:00")))
    for day in ("2026-11-24", "2026-11-25", "2026-11-26"):
        await remind_at(world, nine(day))
    assert reminders(world) == []
    for slug in ("chair", "secretary", "gmc3"):
        assert reminders(world, slug) == []
    text = await said(world, "chair", "/action", "overdue")
    assert reference in text
    assert "Dean Person, away until 26 November 2026: reminders wait until then, and go to nobody else" in text
    await world.move_to(nine("2026-11-27"))
    assert "Overdue" in reminders(world)[0]


@SQLITE
async def test_back_early(world: World):
    await given_action(world, date(2026, 12, 1))
    await add(world, absence(world.ids, "dean", utc("2026-11-24 00:00"), utc("2026-12-24 00:00")))
    await world.move_to(nine("2026-11-24"))
    assert reminders(world) == []
    assert (await world.persona("dean").command("/away", "back")).ok
    await world.move(hours=1)
    assert len(reminders(world)) == 1


@SQLITE
async def test_one_owner_who_cannot_be_reminded_does_not_hold_up_the_others(world: World, monkeypatch):
    await given_action(world, date(2026, 12, 1))
    await given_action(world, date(2026, 12, 1), owner="gmc3")
    await given_action(world, date(2026, 12, 1), owner="lead")
    write = Unit.write
    bad = world.ids["gmc3"]

    async def refuse(unit: Unit, statement):
        owners = [value for value in statement.compile().params.values() if isinstance(value, list)]
        if any(bad in some for some in owners) and statement.table.name == "action":
            raise ValueError("a bad row")
        return await write(unit, statement)

    with monkeypatch.context() as patched:
        patched.setattr(Unit, "write", refuse)
        await world.move_to(nine("2026-11-24"))
        assert [len(reminders(world, slug)) for slug in ("dean", "gmc3", "lead")] == [1, 0, 1]
    await world.move(minutes=5)
    assert [len(reminders(world, slug)) for slug in ("dean", "gmc3", "lead")] == [1, 1, 1]
