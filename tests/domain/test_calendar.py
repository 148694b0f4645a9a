"""Working time: bank holidays, weekends, both nights on which the clocks change, and midnight."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Clock
from tests.domain.england import ENGLAND, at, days, moments, shown

# Quarters of an hour, so that a half of them is still a whole number of seconds.
lengths = st.integers(1, 200).map(lambda quarters: quarters / 4)
clocks = st.builds(Clock, lengths, st.booleans())


OFF = {
    "new year": "2026-01-01",
    "good friday": "2026-04-03",
    "easter monday": "2026-04-06",
    "early may": "2026-05-04",
    "spring": "2026-05-25",
    "summer": "2026-08-31",
    "christmas": "2026-12-25",
    "boxing day moved from a saturday": "2026-12-28",
    "christmas moved from a saturday": "2027-12-27",
    "boxing day moved from a sunday": "2027-12-28",
    "one of a single year": "2022-09-19",
    "saturday": "2026-11-28",
    "sunday": "2026-11-29",
}
WORKED = {
    "scotland's new year": "2026-01-02",
    "northern ireland's march": "2026-03-17",
    "before easter": "2026-04-02",
    "after easter": "2026-04-07",
    "scotland's summer": "2026-08-03",
    "christmas eve": "2026-12-24",
    "after christmas": "2026-12-29",
    "new year's eve": "2026-12-31",
}


@pytest.mark.parametrize("day", OFF.values(), ids=OFF)
def test_a_day_off_is_not_worked(day: str):
    assert not ENGLAND.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", WORKED.values(), ids=WORKED)
def test_other_days_of_the_week_are_worked(day: str):
    assert ENGLAND.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        ("2026-03-27", time(9), "2026-03-27 09:00"),
        ("2026-03-29", time(0, 59), "2026-03-29 00:59"),
        ("2026-03-29", time(1, 30), "2026-03-29 01:30"),
        ("2026-03-29", time(2), "2026-03-29 01:00"),
        ("2026-03-30", time(9), "2026-03-30 08:00"),
        ("2026-10-25", time(1, 30), "2026-10-25 00:30"),
        ("2026-10-25", time(2), "2026-10-25 02:00"),
        ("2026-10-26", time(9), "2026-10-26 09:00"),
    ],
    ids=[
        "winter",
        "before the gap",
        "in the gap: an hour later",
        "after the gap",
        "summer",
        "twice: the first",
        "after it came twice",
        "winter again",
    ],
)
def test_local_time_follows_the_clocks(day: str, clock: time, utc: str):
    assert ENGLAND.at(date.fromisoformat(day), clock) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_summer_night_is_already_tomorrow():
    assert ENGLAND.day(datetime(2026, 7, 6, 23, 30, tzinfo=UTC)) == date(2026, 7, 7)
    assert ENGLAND.day(datetime(2026, 12, 6, 23, 30, tzinfo=UTC)) == date(2026, 12, 6)


@pytest.mark.parametrize(
    ("day", "by", "lands"),
    [
        ("2026-11-27", 1, "2026-11-30"),
        ("2026-11-28", 1, "2026-11-30"),
        ("2026-11-29", -1, "2026-11-27"),
        ("2026-12-24", 1, "2026-12-29"),
        ("2026-12-29", -1, "2026-12-24"),
        ("2026-04-02", 1, "2026-04-07"),
        ("2026-04-07", -5, "2026-03-27"),
        ("2026-12-31", 1, "2027-01-04"),
        ("2026-11-25", 0, "2026-11-25"),
    ],
    ids=[
        "weekend",
        "from saturday",
        "back from sunday",
        "christmas",
        "back over christmas",
        "easter",
        "back a week over easter",
        "new year",
        "nowhere",
    ],
)
def test_shifting_counts_working_days(day: str, by: int, lands: str):
    assert ENGLAND.shift(date.fromisoformat(day), by) == date.fromisoformat(lands)


WORKING = [
    ("within the day", "2026-11-23 10:00", 2, "2026-11-23 12:00"),
    ("exactly to closing", "2026-11-23 16:00", 1, "2026-11-23 17:00"),
    ("from closing", "2026-11-23 17:00", 1, "2026-11-24 10:00"),
    ("before opening", "2026-11-23 06:00", 1, "2026-11-23 10:00"),
    ("from midnight", "2026-11-23 00:00", 8, "2026-11-23 17:00"),
    ("just before midnight", "2026-11-23 23:59", 1, "2026-11-24 10:00"),
    ("summer's midnight", "2026-07-07 00:15", 1, "2026-07-07 10:00"),
    ("over a weekend", "2026-11-27 16:00", 2, "2026-11-30 10:00"),
    ("friday night", "2026-11-27 20:00", 1, "2026-11-30 10:00"),
    ("from saturday", "2026-11-28 12:00", 8, "2026-11-30 17:00"),
    ("two weeks", "2026-11-23 09:00", 80, "2026-12-04 17:00"),
    ("over christmas", "2026-12-24 16:00", 2, "2026-12-29 10:00"),
    ("over easter", "2026-04-02 16:30", 1, "2026-04-07 09:30"),
    ("over the spring night", "2026-03-27 16:00", 2, "2026-03-30 10:00"),
    ("over the autumn night", "2026-10-23 16:00", 2, "2026-10-26 10:00"),
]


@pytest.mark.parametrize(("start", "hours", "end"), [row[1:] for row in WORKING], ids=[row[0] for row in WORKING])
def test_working_hours_pass_while_open(start: str, hours: float, end: str):
    assert shown(ENGLAND.after(at(start), Clock(hours))) == end


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-27 20:00", "2026-11-28 00:00"),
        ("2026-12-24 23:00", "2026-12-25 03:00"),
        ("2026-03-28 23:00", "2026-03-29 04:00"),
        ("2026-10-24 23:00", "2026-10-25 02:00"),
    ],
    ids=["friday night", "christmas", "spring: the clocks skip one", "autumn: the clocks repeat one"],
)
def test_round_the_clock_never_stops(start: str, end: str):
    assert shown(ENGLAND.after(at(start), Clock(4, round_the_clock=True))) == end


@given(moments, st.integers(0, 10_000), clocks)
def test_starting_later_never_ends_earlier(start: datetime, minutes: int, clock: Clock):
    later = start.astimezone(UTC) + timedelta(minutes=minutes)
    assert ENGLAND.after(later, clock) >= ENGLAND.after(start, clock)


@given(moments, lengths, lengths)
def test_more_time_never_ends_earlier(start: datetime, hours: float, more: float):
    assert ENGLAND.after(start, Clock(hours + more)) > ENGLAND.after(start, Clock(hours))


@given(moments, clocks)
def test_two_halves_make_the_whole(start: datetime, clock: Clock):
    half_way = ENGLAND.after(start, clock.half())
    assert ENGLAND.after(half_way, clock.half()) == ENGLAND.after(start, clock)


@given(moments, lengths)
def test_working_time_ends_while_open(start: datetime, hours: float):
    end = ENGLAND.after(start, Clock(hours))
    assert ENGLAND.is_working_day(ENGLAND.day(end))
    assert ENGLAND.opens < ENGLAND.local(end).time() <= ENGLAND.closes
    assert end - start >= timedelta(hours=hours)


@given(days, st.integers(-30, 30).filter(bool))
def test_shifting_lands_on_a_working_day(day: date, by: int):
    landed = ENGLAND.shift(day, by)
    assert ENGLAND.is_working_day(landed)
    assert (landed > day) == (by > 0)


@given(days, st.integers(1, 30))
def test_shifting_back_undoes_shifting(day: date, by: int):
    start = ENGLAND.on_or_after(day)
    assert ENGLAND.shift(ENGLAND.shift(start, by), -by) == start


@given(days, st.integers(0, 30))
def test_days_between_count_the_shift(day: date, by: int):
    start = ENGLAND.on_or_after(day)
    assert ENGLAND.working_days_between(start, ENGLAND.shift(start, by)) == by
    assert ENGLAND.working_days_between(ENGLAND.shift(start, by), start) == 0


@given(days)
def test_deferral_is_to_the_next_working_day(day: date):
    deferred = ENGLAND.on_or_after(day)
    assert deferred == (day if ENGLAND.is_working_day(day) else ENGLAND.shift(day, 1))
