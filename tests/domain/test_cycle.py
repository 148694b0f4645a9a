"""The business cycle: whose turn has come, and which provider at which meeting."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cycle import Turn, plan, turn, watched_from

TODAY, FOLLOWING = date(2026, 11, 23), date(2027, 2, 2)


@pytest.mark.parametrize(
    ("last", "months", "always", "expected"),
    [
        (None, 12, False, Turn.NEVER),
        (date(2025, 11, 22), 12, False, Turn.OVERDUE),
        (date(2025, 11, 23), 12, False, Turn.NEXT),
        (date(2026, 2, 1), 12, False, Turn.NEXT),
        (date(2026, 2, 2), 12, False, Turn.LATER),
        (date(2024, 2, 29), 36, False, Turn.LATER),
        (None, 12, True, Turn.ALWAYS),
        (date(2020, 1, 1), 12, True, Turn.ALWAYS),
    ],
    ids=[
        "never",
        "a day late",
        "today",
        "before the one after next",
        "on its day",
        "leap day",
        "EN, never",
        "EN, long",
    ],
)
def test_a_turn_comes_before_it_is_late(last: date | None, months: int, always: bool, expected: Turn):
    one = watched_from(1, "Northgate", last, months, always=always)
    assert turn(one, TODAY, FOLLOWING) is expected


@pytest.mark.parametrize(
    ("last", "expected"), [(date(2026, 2, 22), Turn.NEXT), (date(2026, 2, 23), Turn.LATER)], ids=["within", "beyond"]
)
def test_with_one_meeting_planned_three_months_count(last: date, expected: Turn):
    assert turn(watched_from(1, "Northgate", last, 12, always=False), TODAY, None) is expected


def test_the_due_day_of_a_leap_day_is_the_month_s_last():
    assert watched_from(1, "N", date(2024, 2, 29), 12, always=False).due_on == date(2025, 2, 28)


def names(planned) -> list[list[str]]:
    return [[one.name for one in several] for several in planned]


def test_never_comes_first_then_who_is_due_first_and_what_was_arranged_stands():
    watched = [
        watched_from(1, "Due late", date(2026, 9, 1), 12, always=False),
        watched_from(2, "Never", None, 12, always=False),
        watched_from(3, "Due soon", date(2026, 1, 1), 12, always=False),
        watched_from(4, "Always", None, 12, always=True),
    ]
    assert names(plan(watched, 2, {})) == [["Never", "Due soon"], ["Due late"]]
    assert names(plan(watched, 2, {2: 1, 1: 0})) == [["Due late", "Due soon"], ["Never"]]
    assert plan(watched, 0, {}) == []


@given(
    lasts=st.lists(st.none() | st.dates(date(2020, 1, 1), date(2026, 11, 1)), max_size=40),
    meetings=st.integers(1, 12),
    data=st.data(),
)
def test_each_is_planned_once_and_the_load_is_even(lasts, meetings: int, data):
    watched = [watched_from(n, f"P{n:02}", last, 12, always=False) for n, last in enumerate(lasts)]
    chosen = st.dictionaries(st.sampled_from([w.provider_id for w in watched] or [0]), st.integers(0, meetings - 1))
    fixed = data.draw(chosen) if watched else {}
    planned = plan(watched, meetings, fixed)
    everybody = [one.provider_id for several in planned for one in several]
    assert sorted(everybody) == [one.provider_id for one in watched]
    assert all(planned[n].count(watched[key]) == 1 for key, n in fixed.items())
    if not fixed:
        sizes = [len(several) for several in planned]
        assert max(sizes) <= -(-len(watched) // meetings)
        days = [one.due_on or date.min for several in planned for one in several]
        assert days == sorted(days)
