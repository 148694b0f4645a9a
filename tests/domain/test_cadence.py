"""How often a group meets: tables of days, and what holds for every rule there can be."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import (
    Cadence,
    Every,
    Occasion,
    On,
    Span,
    misfit,
    moment_of,
    months_on,
    occasions,
    read_cadence,
    ruled_days,
    same_week,
)
from tests.domain.england import ENGLAND

MON, TUE, WED, FRI, SAT = 0, 1, 2, 4, 5


def rule(number: int, span: Span, on: On | None, first: str, at: time = time(10)) -> Cadence:
    return Cadence(Every(number, span), on, date.fromisoformat(first), at, 120, "Room 1")


def listed(cadence: Cadence, number: int) -> list[str]:
    return [day.isoformat() for day in islice(ruled_days(cadence), number)]


RULES = {
    "every two weeks on Tuesday": (
        rule(2, Span.WEEKS, On(None, TUE), "2026-11-26"),
        ["2026-12-01", "2026-12-15", "2026-12-29", "2027-01-12"],
    ),
    "every week on the weekday of the first day": (
        rule(1, Span.WEEKS, None, "2026-11-26"),
        ["2026-11-26", "2026-12-03", "2026-12-10"],
    ),
    "every two months on the first Tuesday": (
        rule(2, Span.MONTHS, On(1, TUE), "2026-12-01"),
        ["2026-12-01", "2027-02-02", "2027-04-06", "2027-06-01"],
    ),
    "the first Tuesday has passed in the first month": (
        rule(2, Span.MONTHS, On(1, TUE), "2026-12-02"),
        ["2027-01-05", "2027-03-02"],
    ),
    "every month on the last Friday": (
        rule(1, Span.MONTHS, On(-1, FRI), "2026-12-01"),
        ["2026-12-25", "2027-01-29", "2027-02-26", "2027-03-26"],
    ),
    "the last Friday is the fifth, or the last day": (
        rule(1, Span.MONTHS, On(-1, FRI), "2027-04-01"),
        ["2027-04-30", "2027-05-28", "2027-06-25", "2027-07-30"],
    ),
    "the fourth Monday": (
        rule(3, Span.MONTHS, On(4, MON), "2026-11-23"),
        ["2026-11-23", "2027-02-22", "2027-05-24", "2027-08-23"],
    ),
    "every three months on the day of the month": (
        rule(3, Span.MONTHS, None, "2026-11-30"),
        ["2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30"],
    ),
    "the 31st does not become the 28th for good": (
        rule(1, Span.MONTHS, None, "2027-12-31"),
        ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"],
    ),
    "over the end of the year": (
        rule(5, Span.MONTHS, On(2, WED), "2026-10-01"),
        ["2026-10-14", "2027-03-10", "2027-08-11", "2028-01-12"],
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_the_days_a_rule_gives(name: str):
    cadence, days = RULES[name]
    assert listed(cadence, len(days)) == days


def test_a_day_off_is_moved_to_the_next_working_day_and_both_are_known():
    monday = rule(1, Span.WEEKS, On(None, MON), "2026-08-24")
    found = occasions(monday, ENGLAND, date(2026, 8, 24), date(2026, 9, 7))
    assert found == [
        Occasion(date(2026, 8, 24), date(2026, 8, 24)),
        Occasion(date(2026, 8, 31), date(2026, 9, 1)),
        Occasion(date(2026, 9, 7), date(2026, 9, 7)),
    ]
    assert ENGLAND.why_off(date(2026, 8, 31)) == "a bank holiday (Late Summer Bank Holiday)"
    assert ENGLAND.why_off(date(2026, 8, 29)) == "a Saturday"


def test_christmas_is_passed_over_whole():
    friday = rule(1, Span.MONTHS, On(-1, FRI), "2026-12-01")
    assert occasions(friday, ENGLAND, date(2026, 12, 1), date(2026, 12, 31)) == [
        Occasion(date(2026, 12, 25), date(2026, 12, 29))
    ]


def test_a_day_moved_into_the_period_counts_and_one_moved_out_does_not():
    monday = rule(1, Span.WEEKS, On(None, MON), "2026-08-24")
    assert occasions(monday, ENGLAND, date(2026, 9, 1), date(2026, 9, 1)) == [
        Occasion(date(2026, 8, 31), date(2026, 9, 1))
    ]
    assert occasions(monday, ENGLAND, date(2026, 8, 31), date(2026, 8, 31)) == []


@pytest.mark.parametrize(
    ("day", "utc"),
    [("2026-10-20", 9), ("2026-10-27", 10), ("2027-03-23", 10), ("2027-03-30", 9)],
)
def test_the_time_on_the_wall_stays_when_the_clocks_change(day: str, utc: int):
    tuesdays = rule(1, Span.WEEKS, On(None, TUE), "2026-10-06")
    on = date.fromisoformat(day)
    (found,) = occasions(tuesdays, ENGLAND, on, on)
    assert moment_of(found, tuesdays, ENGLAND) == datetime(on.year, on.month, on.day, utc, tzinfo=UTC)


SPOKEN = [
    (rule(2, Span.WEEKS, On(None, TUE), "2026-12-01"), "every 2 weeks on Tuesday at 10:00"),
    (rule(1, Span.WEEKS, None, "2026-12-02", time(9, 30)), "every week on Wednesday at 09:30"),
    (rule(2, Span.MONTHS, On(1, TUE), "2026-12-01"), "every 2 months on the first Tuesday at 10:00"),
    (rule(3, Span.MONTHS, On(-1, FRI), "2026-12-01"), "every 3 months on the last Friday at 10:00"),
    (rule(3, Span.MONTHS, None, "2026-11-30"), "every 3 months on day 30 of the month at 10:00"),
]


@pytest.mark.parametrize(("cadence", "words"), SPOKEN)
def test_a_rule_in_words(cadence: Cadence, words: str):
    assert cadence.spoken() == words


MISFITS = [
    (Every(2, Span.WEEKS), On(1, TUE), "2026-12-01", "counts within a month"),
    (Every(2, Span.MONTHS), On(None, TUE), "2026-12-01", "does not say which one of the month"),
    (Every(2, Span.MONTHS), On(1, SAT), "2026-12-01", "is a Saturday"),
    (Every(2, Span.WEEKS), None, "2026-11-29", "is a Sunday"),
    (Every(2, Span.WEEKS), None, "2026-11-30", ""),
    (Every(2, Span.MONTHS), None, "2026-11-29", ""),
    (Every(2, Span.MONTHS), On(-1, FRI), "2026-11-29", ""),
]


@pytest.mark.parametrize(("every", "on", "first", "wrong"), MISFITS)
def test_what_does_not_fit_together(every: Every, on: On | None, first: str, wrong: str):
    said = misfit(every, on, date.fromisoformat(first))
    assert wrong in said
    assert bool(wrong) == bool(said)


@pytest.mark.parametrize("stored", [{}, {"every": 2}, {"every": "x", "span": "weeks"}, {"every": 2, "span": "days"}])
def test_what_is_no_cadence_is_said_to_be_none(stored: dict[str, object]):
    whole = rule(2, Span.WEEKS, None, "2026-12-01").stored()
    with pytest.raises(ValueError, match="not a cadence"):
        read_cadence({**whole, **stored} if "span" in stored else stored)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2026-11-30", "2026-12-06", True),
        ("2026-12-06", "2026-12-07", False),
        ("2026-12-31", "2027-01-01", True),
        ("2027-01-03", "2027-01-04", False),
        ("2025-12-01", "2026-11-30", False),
    ],
)
def test_a_week_is_from_monday_to_sunday(one: str, other: str, same: bool):
    assert same_week(date.fromisoformat(one), date.fromisoformat(other)) is same


on_weeks = st.none() | st.builds(On, st.none(), st.integers(0, 4))
on_months = st.none() | st.builds(On, st.sampled_from([1, 2, 3, 4, -1]), st.integers(0, 4))
firsts = st.dates(date(2024, 1, 1), date(2027, 12, 31))
weekly = st.builds(Every, st.integers(1, 52), st.just(Span.WEEKS))
monthly = st.builds(Every, st.integers(1, 12), st.just(Span.MONTHS))
times = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
cadences = st.builds(Cadence, weekly, on_weeks, firsts, times, st.integers(5, 1440), st.text(max_size=20)) | st.builds(
    Cadence, monthly, on_months, firsts, times, st.integers(5, 1440), st.text(max_size=20)
)


@given(cadences, st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_only_working_days_each_later_than_the_one_before(cadence: Cadence, today: date):
    found = occasions(cadence, ENGLAND, today, months_on(today, 12))
    assert all(ENGLAND.is_working_day(one.day) for one in found)
    assert all(one.day == ENGLAND.on_or_after(one.ruled_for) for one in found)
    assert all(one.ruled_for < other.ruled_for and one.day < other.day for one, other in pairwise(found))
    assert all(today <= one.day <= months_on(today, 12) for one in found)
    assert found == occasions(cadence, ENGLAND, today, months_on(today, 12))


@given(cadences, st.dates(date(2024, 1, 1), date(2028, 6, 30)), st.integers(0, 400))
def test_looking_later_finds_the_same_days(cadence: Cadence, today: date, later: int):
    """What was made before is what would be made today: nothing is made twice, nothing drifts."""
    end = months_on(today, 24)
    whole = occasions(cadence, ENGLAND, today, end)
    since = today + timedelta(days=later)
    assert occasions(cadence, ENGLAND, since, end) == [one for one in whole if one.day >= since]


@given(cadences)
def test_months_and_weeks_are_as_far_apart_as_they_should_be(cadence: Cadence):
    days = list(islice(ruled_days(cadence), 30))
    assert days[0] >= cadence.first
    number, span = cadence.every
    for one, other in pairwise(days):
        if span is Span.WEEKS:
            assert other - one == timedelta(weeks=number)
        else:
            assert (other.year * 12 + other.month) - (one.year * 12 + one.month) == number


@given(cadences)
def test_what_is_stored_is_read_back(cadence: Cadence):
    assert read_cadence(cadence.stored()) == cadence


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 60))
def test_the_same_day_so_many_months_on_or_the_last_of_the_month(day: date, months: int):
    later = months_on(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
