"""When a group may meet: what is said of a day and a time that will not do, and what counts as another meeting."""

from contextlib import suppress
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import WorkingCalendar
from bot.domain.meetings import Held, check_clear, check_when, starting_times
from bot.errors import FormErrors
from tests.domain.england import ENGLAND, at, days, shown

NOW = at("2026-08-26 12:00")
WRONG = [
    (None, time(10), "day", "Choose a day."),
    (date(2026, 9, 1), None, "time", "Choose a time of day."),
    (date(2026, 8, 25), time(10), "day", "This day has passed. Choose Wed 26 Aug 2026 or later."),
    (date(2026, 8, 26), time(12), "time", "This time has passed. Choose a later one."),
    (date(2027, 8, 27), time(10), "day", "This is more than a year away. Choose an earlier day."),
    (
        date(2026, 8, 29),
        time(10),
        "day",
        "Sat 29 Aug 2026 is a Saturday. The next working day is Tue 1 Sep 2026.",
    ),
    (
        date(2026, 8, 31),
        time(10),
        "day",
        "Mon 31 Aug 2026 is a bank holiday (Late Summer Bank Holiday). The next working day is Tue 1 Sep 2026.",
    ),
]


@pytest.mark.parametrize(("day", "clock", "field", "said"), WRONG)
def test_what_will_not_do_is_said_beside_its_field(day: date | None, clock: time | None, field: str, said: str):
    with pytest.raises(FormErrors) as wrong:
        check_when(day, clock, NOW, ENGLAND)
    assert wrong.value.fields == {field: said}


@pytest.mark.parametrize(
    ("day", "clock", "moment"),
    [
        (date(2026, 8, 26), time(12, 30), "2026-08-26 12:30"),
        (date(2027, 8, 26), time(10), "2027-08-26 10:00"),
        (date(2026, 10, 26), time(10), "2026-10-26 10:00"),
    ],
)
def test_the_time_is_the_one_on_the_wall(day: date, clock: time, moment: str):
    assert shown(check_when(day, clock, NOW, ENGLAND)) == moment


def test_a_bank_holiday_without_a_name_is_one_all_the_same():
    nameless = WorkingCalendar(ENGLAND.is_bank_holiday)
    assert nameless.why_off(date(2026, 8, 31)) == "a bank holiday"


@given(days, st.times())
def test_what_is_taken_is_a_working_day_to_come(day: date, clock: time):
    with suppress(FormErrors):
        moment = check_when(day, clock, NOW, ENGLAND)
        assert moment > NOW
        assert ENGLAND.is_working_day(ENGLAND.day(moment))


CLASHES = [
    ("10:00", 60, False),
    ("10:30", 60, True),
    ("09:00", 600, True),
    ("11:00", 30, True),
    ("12:30", 30, True),
    ("13:00", 60, False),
]


@pytest.mark.parametrize(("clock", "minutes", "clash"), CLASHES)
def test_two_meetings_of_a_group_do_not_overlap(clock: str, minutes: int, clash: bool):
    starts = at(f"2026-09-01 {clock}")
    other = Held("m1", at("2026-09-01 11:00"), 120)
    if not clash:
        check_clear(starts, minutes, [other], ENGLAND)
        return
    with pytest.raises(FormErrors) as wrong:
        check_clear(starts, minutes, [other], ENGLAND)
    assert wrong.value.fields == {"time": "The group is in another meeting from 11:00 to 13:00 that day (m1)."}


def test_what_is_offered_begins_on_the_half_hour_and_holds_what_it_is_now():
    offered = starting_times()
    assert (offered[0], offered[-1], len(offered)) == (time(8), time(19, 30), 24)
    assert starting_times(time(9, 15))[2:5] == (time(9), time(9, 15), time(9, 30))
    assert starting_times(time(9)) == offered
    assert timedelta(hours=offered[1].hour, minutes=offered[1].minute) == timedelta(hours=8, minutes=30)
