"""When a panel meets: what may follow what, which time suits most, who is counted on, what may be proposed."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.panels import (
    ALLOWED,
    OPEN,
    Outsider,
    PanelState,
    Vote,
    best_time,
    check_times,
    expected,
    hours_of_day,
    may_become,
    may_convene,
    read_outsiders,
    reminded_on,
    tally,
)
from bot.errors import FormErrors
from tests.domain.england import ENGLAND

P, F, H, C = PanelState.PROPOSED, PanelState.FIXED, PanelState.HELD, PanelState.CANCELLED
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
MON, TUE = date(2026, 11, 30), date(2026, 12, 1)


@pytest.mark.parametrize(
    ("at", "may"), [(P, {F, C}), (F, {F, H, C}), (H, set()), (C, set())], ids=["proposed", "fixed", "held", "off"]
)
def test_what_may_follow(at: PanelState, may: set[PanelState]):
    assert {to for to in PanelState if may_become(at, to)} == may


def test_a_panel_is_open_exactly_while_it_can_change():
    assert {state for state in PanelState if ALLOWED[state]} == OPEN


@pytest.mark.parametrize(
    ("started_it", "answer", "may"),
    [
        (True, "", True),
        (True, "none", True),
        (False, "hold", True),
        (False, "join", True),
        (False, "none", False),
        (False, "more", False),
        (False, "", False),
    ],
)
def test_holders_of_information_convene(started_it: bool, answer: str, may: bool):
    assert may_convene(started_it=started_it, answer=answer) is may


people = st.frozensets(st.integers(1, 9))
moments = st.integers(0, 500).map(lambda hours: NOW + timedelta(hours=hours))
times = st.lists(moments, min_size=1, max_size=5, unique=True).map(lambda them: dict(enumerate(them, 1)))
votes = st.lists(
    st.builds(Vote, st.integers(1, 6), st.integers(1, 12), st.booleans()),
    unique_by=lambda vote: (vote.time_id, vote.person_id),
)


@given(times, people, votes)
def test_everybody_invited_stands_once_at_every_time(times: dict, people: frozenset, votes: list):
    counted = tally(times, people, votes)
    assert {one.time_id: one.starts_at for one in counted} == times
    assert all(one.starts_at < two.starts_at for one, two in pairwise(counted))
    for one in counted:
        assert one.can | one.cannot | one.silent == people
        assert len(one.can) + len(one.cannot) + len(one.silent) == len(people)
        assert {vote.person_id for vote in votes if vote.time_id == one.time_id and vote.can} & people == one.can


@given(times, people, votes)
def test_no_time_suits_more_than_the_best(times: dict, people: frozenset, votes: list):
    counted = tally(times, people, votes)
    best = best_time(counted)
    if best is None:
        assert not any(one.can for one in counted)
    else:
        worth = (len(best.can), -len(best.cannot))
        assert all((len(one.can), -len(one.cannot)) <= worth for one in counted)
        assert all(best.starts_at <= one.starts_at for one in counted if (len(one.can), -len(one.cannot)) == worth)


@given(times, people, votes)
def test_who_cannot_come_is_not_expected_and_everybody_else_is(times: dict, people: frozenset, votes: list):
    counted = tally(times, people, votes)
    for one in counted:
        assert expected(people, counted, one.starts_at) == people - one.cannot
    assert expected(people, counted, NOW - timedelta(hours=1)) == people  # a time that nobody was asked about


def test_the_earlier_of_two_equal_times_is_the_best():
    at = {1: NOW + timedelta(days=2), 2: NOW + timedelta(days=1), 3: NOW}
    said = [Vote(1, 7, True), Vote(2, 7, True), Vote(3, 7, True), Vote(3, 8, False)]
    best = best_time(tally(at, frozenset({7, 8}), said))
    assert best is not None
    assert best.time_id == 2


@pytest.mark.parametrize(
    ("today", "reminded"),
    [
        (date(2026, 12, 23), False),
        (date(2026, 12, 24), True),  # Christmas, a weekend and Monday's bank holiday lie between
        (date(2026, 12, 28), False),
        (date(2026, 12, 29), True),
        (date(2026, 12, 30), False),
    ],
)
def test_the_working_day_before_and_the_day_itself(today: date, reminded: bool):
    assert reminded_on(date(2026, 12, 29), today, ENGLAND, (1,)) is reminded


@pytest.mark.parametrize(
    ("slots", "wrong"),
    [
        ([], {"day_1", "day_2"}),
        ([(MON, time(10))], {"day_2"}),
        ([(MON, time(10)), (MON, None)], {"time_2"}),
        ([(MON, time(10)), (None, time(10))], {"day_2"}),
        ([(MON, time(10)), (MON, time(10))], {"time_2"}),
        ([(MON, time(10)), (date(2026, 11, 28), time(10))], {"day_2"}),
        ([(MON, time(10)), (date(2026, 12, 25), time(10))], {"day_2"}),
        ([(MON, time(10)), (date(2026, 11, 23), time(8))], {"day_2"}),
        ([(MON, time(10)), (date(9999, 12, 31), time(10))], {"day_2"}),
        ([(MON, time(10)), (TUE, time(10)), (None, None), (TUE, None)], {"time_4"}),
        ([(MON, time(10)), (TUE, time(10)), (None, None), (TUE, time(11))], set()),
    ],
)
def test_proposed_times(slots: list, wrong: set[str]):
    found: set[str] = set()
    try:
        proposed = check_times(slots, NOW, ENGLAND)
    except FormErrors as errors:
        found = set(errors.fields)
    else:
        assert proposed == sorted({ENGLAND.at(day, clock) for day, clock in slots if day})
    assert found == wrong


AROUND_THE_CHANGE = [  # Good Friday is 26 March 2027, Easter Monday the 29th
    (date(2026, 10, 23), 9),
    (date(2026, 10, 26), 10),
    (date(2027, 3, 25), 10),
    (date(2027, 3, 30), 9),
]


@pytest.mark.parametrize(("day", "utc"), AROUND_THE_CHANGE)
def test_ten_o_clock_is_ten_o_clock_on_both_sides_of_a_change_of_the_clocks(day: date, utc: int):
    now = datetime.combine(day - timedelta(days=9), time(9), UTC)
    first, _ = check_times([(day, time(10)), (day, time(11))], now, ENGLAND)
    assert first == datetime.combine(day, time(utc), UTC)


@given(st.times(), st.times())
def test_a_panel_begins_on_the_half_hour_within_opening_hours(one: time, other: time):
    opens, closes = sorted((one, other))
    hours = hours_of_day(opens, closes)
    assert all(clock.minute in (0, 30) and opens.replace(second=0, microsecond=0) <= clock < closes for clock in hours)
    assert list(hours) == sorted(set(hours))


def test_the_hours_of_an_ordinary_day():
    hours = hours_of_day(time(9), time(17))
    assert (hours[0], hours[-1], len(hours)) == (time(9), time(16, 30), 16)


def test_people_from_outside_are_read_a_line_each():
    typed = " Ann Other, Riverside Council, ann@riverside.example \n\nBo,B Trust,bo@b.example\nBo,B Trust,bo@b.example"
    ann = Outsider("Ann Other", "Riverside Council", "ann@riverside.example")
    assert read_outsiders(typed) == [ann, Outsider("Bo", "B Trust", "bo@b.example")]
    assert read_outsiders(" \n ") == []


NOBODY = [
    "Ann",
    "Ann, ann@x.example",
    "Ann,,ann@x.example",
    "Ann, X, ann",
    "Ann, X, ann@x",
    "Ann, X, <ann@x.example>",
    "Ann, X, a b@x.example",
    "Ann, X, ann@x.example, more",
    f"{'A' * 201}, X, ann@x.example",
]


@pytest.mark.parametrize("line", NOBODY)
def test_a_line_that_names_nobody_is_said_with_its_number(line: str):
    with pytest.raises(FormErrors) as errors:
        read_outsiders(f"Bo, B Trust, bo@b.example\n{line}")
    assert "Line 2" in errors.value.fields["outside"]
