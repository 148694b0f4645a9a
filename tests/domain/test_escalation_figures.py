"""The figures of a quarter as rules: what counts, how long it took, and when who sees it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Clock
from bot.domain.escalation import AddresseeState
from bot.domain.escalation_figures import (
    Figures,
    Line,
    Quarter,
    Span,
    Taken,
    Times,
    figures,
    seen_by_all_on,
    taken,
)
from tests.domain.england import ENGLAND, at, days, moments

STATE = AddresseeState
WORKING, ROUND = Clock(8), Clock(8, round_the_clock=True)


# The start, the end, and the hours between in working time and round the clock.
TAKEN = {
    "within a day": ("2026-11-23 10:00", "2026-11-23 12:30", 2.5, 2.5),
    "over a night": ("2026-11-23 16:00", "2026-11-24 10:00", 2, 18),
    "before opening": ("2026-11-23 07:00", "2026-11-23 10:00", 1, 3),
    "over a weekend": ("2026-11-20 16:00", "2026-11-23 10:00", 2, 66),
    "over Christmas": ("2026-12-24 16:00", "2026-12-29 10:00", 2, 114),
    "the clocks go back": ("2026-10-23 16:00", "2026-10-26 10:00", 2, 67),
    "the clocks go forward": ("2026-03-27 16:00", "2026-03-30 10:00", 2, 65),
    "no time at all": ("2026-11-23 10:00", "2026-11-23 10:00", 0, 0),
    "the clock was set back": ("2026-11-23 10:00", "2026-11-23 09:30", 0, 0),
}


@pytest.mark.parametrize(("start", "end", "working", "any_time"), TAKEN.values(), ids=TAKEN)
def test_time_is_counted_by_the_clock_that_ran(start: str, end: str, working: float, any_time: float):
    assert taken(at(start), at(end), WORKING, ENGLAND) == Taken(working)
    assert taken(at(start), at(end), ROUND, ENGLAND) == Taken(any_time, round_the_clock=True)


@given(moments, st.integers(1, 100))
def test_what_the_calendar_gave_is_what_was_taken(start, hours: int):
    end = ENGLAND.after(start, Clock(hours))
    assert taken(start, end, WORKING, ENGLAND).hours == pytest.approx(hours)


def test_an_organisation_s_own_hours_count():
    long = ENGLAND.opening(at("2026-11-23 08:00").time(), at("2026-11-23 20:00").time())
    start, end = at("2026-11-23 16:00"), at("2026-11-24 10:00")
    assert [taken(start, end, WORKING, one).hours for one in (ENGLAND, long)] == [2, 6]
    assert (ENGLAND.hours_a_day, long.hours_a_day) == (8, 12)
    assert ENGLAND.opening(long.opens, None) == ENGLAND


QUARTERS = {
    "first day": ("2026-01-01", "2026-01-01", "2026-03-31"),
    "leap": ("2028-02-29", "2028-01-01", "2028-03-31"),
    "spring": ("2026-06-30", "2026-04-01", "2026-06-30"),
    "last day": ("2026-12-31", "2026-10-01", "2026-12-31"),
}


@pytest.mark.parametrize(("day", "first", "last"), QUARTERS.values(), ids=QUARTERS)
def test_quarters_are_those_of_the_calendar(day: str, first: str, last: str):
    quarter = Quarter.of(date.fromisoformat(day))
    assert (quarter.first.isoformat(), quarter.last.isoformat()) == (first, last)


@given(days, st.integers(0, 20))
def test_quarters_follow_each_other_without_a_gap(day: date, back: int):
    quarter = Quarter.of(day)
    assert quarter.first <= day <= quarter.last
    assert quarter.back(1).last + timedelta(days=1) == quarter.first
    assert quarter.back(back).back(-back) == quarter


# The quarter's last day, the working days in between, and when its figures are for the officers of groups.
OPENING = {
    "after New Year": ("2026-12-31", 10, "2027-01-18"),
    "at once": ("2026-12-31", 0, "2027-01-04"),
    "a weekend first": ("2026-09-30", 10, "2026-10-15"),
    "over Easter": ("2026-03-31", 10, "2026-04-17"),
}


@pytest.mark.parametrize(("last", "wait", "day"), OPENING.values(), ids=OPENING)
def test_officers_see_them_some_working_days_after_the_organisations(last: str, wait: int, day: str):
    quarter = Quarter.of(date.fromisoformat(last))
    assert seen_by_all_on(quarter, ENGLAND, wait) == date.fromisoformat(day)


A_QUARTER = [
    Line(STATE.RESPONDED, Taken(1), Taken(10), "holds"),
    Line(STATE.RESPONDED, Taken(3), Taken(40), "none"),
    Line(STATE.RESPONDED, Taken(0.5, True), Taken(20, True), "none"),
    Line(STATE.ACKNOWLEDGED, Taken(8)),
    Line(STATE.ASKS, Taken(8)),
    Line(STATE.NOTIFIED),
    Line(STATE.STOPPED),
    Line(STATE.STOPPED, Taken(2)),
]


def test_each_line_counts_where_it_stands():
    assert figures(A_QUARTER) == Figures(
        asked=8,
        acknowledged=6,
        answered=3,
        waited_for=3,
        withdrawn=2,
        to_acknowledge=Times(Span(3, 8), Span(0.5, 0.5)),
        to_answer=Times(Span(25, 40), Span(20, 20)),
        answers=(("none", 2), ("holds", 1)),
    )


def test_nothing_asked_is_no_figures():
    assert figures([]) == Figures()


hours = st.none() | st.builds(Taken, st.floats(0, 1000), st.booleans())
lines = st.lists(st.builds(Line, st.sampled_from(AddresseeState), hours, hours, st.sampled_from(["a", "b", "c"])))


@given(lines, st.randoms())
def test_the_order_of_lines_changes_nothing(several: list[Line], chance):
    shuffled = list(several)
    chance.shuffle(shuffled)
    assert figures(shuffled) == figures(several)


@given(lines)
def test_figures_add_up_and_the_median_is_among_the_times(several: list[Line]):
    found = figures(several)
    assert found.asked == found.answered + found.waited_for + found.withdrawn == len(several)
    assert sum(count for _, count in found.answers) == found.answered
    known = [one.acknowledged for one in several if one.acknowledged]
    for kind, span in ((False, found.to_acknowledge.working), (True, found.to_acknowledge.urgent)):
        times = [one.hours for one in known if one.round_the_clock is kind]
        assert (span is None) == (not times)
        assert span is None or min(times) <= span.median <= span.slowest == max(times)
