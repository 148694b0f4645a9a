"""How long things are kept, in days: as tables, and as what holds whatever happens."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.keeping import Due, Kept, dates, days_of, due, label_of, last_active
from bot.domain.policy import Keeping, RetentionPolicy

CLASSES = {"information": Keeping("Came to nothing", 730), "acted_on": Keeping("Acted on", 2922)}
POLICY = RetentionPolicy(CLASSES, warn_days=30, restore_days=30)


def policy(days: int = 730, warn: int = 30, restore: int = 30) -> RetentionPolicy:
    return RetentionPolicy(CLASSES | {"information": Keeping("Came to nothing", days)}, warn, restore)


# class, last answer, warned on, removed on → warn on, remove on, destroy on; asked on a day long before any of them
DATES = {
    "two years": ("information", "2026-03-02", None, None, ("2028-01-31", "2028-03-01", "2028-03-31")),
    "from a leap day": ("information", "2024-02-29", None, None, ("2026-01-29", "2026-02-28", "2026-03-30")),
    "to a leap day": ("information", "2026-03-01", None, None, ("2028-01-30", "2028-02-29", "2028-03-30")),
    "eight years": ("acted_on", "2026-03-02", None, None, ("2034-01-31", "2034-03-02", "2034-04-01")),
    "over the clocks going on": ("information", "2024-04-01", None, None, ("2026-03-02", "2026-04-01", "2026-05-01")),
    "warned in time": ("information", "2026-03-02", "2028-01-31", None, ("2028-01-31", "2028-03-01", "2028-03-31")),
    "warned late": ("information", "2026-03-02", "2028-03-10", None, ("2028-01-31", "2028-04-09", "2028-05-09")),
    "warned too soon": ("information", "2026-03-02", "2028-01-30", None, ("2028-01-31", "2028-03-01", "2028-03-31")),
    "removed": ("information", "2026-03-02", "2028-01-31", "2028-03-06", ("2028-01-31", "2028-03-06", "2028-04-05")),
    "class unknown": ("gone", "2026-03-02", None, None, ("2034-01-31", "2034-03-02", "2034-04-01")),
}


def kept(retention: str, active: str, warned: str | None = None, removed: str | None = None) -> Kept:
    days = [date.fromisoformat(day) if day else None for day in (warned, removed)]
    return Kept(retention, date.fromisoformat(active), *days)


@pytest.mark.parametrize("case", DATES.values(), ids=DATES)
def test_what_will_happen_when(case: tuple[str, str, str | None, str | None, tuple[str, str, str]]):
    *facts, expected = case
    ahead = dates(kept(*facts), POLICY, date(2024, 3, 1))
    assert tuple(str(day) for day in (ahead.warn_on, ahead.remove_on, ahead.destroy_on)) == expected


def test_a_warning_that_is_late_moves_the_end():
    ahead = dates(kept("information", "2026-03-02"), POLICY, date(2028, 6, 1))
    assert (ahead.remove_on, ahead.destroy_on) == (date(2028, 7, 1), date(2028, 7, 31))
    assert ahead.warned_on is None


# the days of its class, warned on, removed on, today → what is due; the last answer was on 1 January 2026
TODAY = {
    "the day before a warning": (100, None, None, "2026-03-11", Due.NOTHING),
    "the day of the warning": (100, None, None, "2026-03-12", Due.WARN),
    "long past and never warned": (100, None, None, "2030-01-01", Due.WARN),
    "warned": (100, "2026-03-12", None, "2026-03-13", Due.NOTHING),
    "the day before its end": (100, "2026-03-12", None, "2026-04-10", Due.NOTHING),
    "its end": (100, "2026-03-12", None, "2026-04-11", Due.REMOVE),
    "its end, warned late": (100, "2026-03-20", None, "2026-04-18", Due.NOTHING),
    "thirty days after a late warning": (100, "2026-03-20", None, "2026-04-19", Due.REMOVE),
    "lengthened after the warning": (200, "2026-03-12", None, "2026-04-11", Due.NOTHING),
    "lengthened, and its time come": (200, "2026-03-12", None, "2026-06-20", Due.WARN),
    "lengthened, and warned again": (200, "2026-06-20", None, "2026-07-20", Due.REMOVE),
    "shortened after the warning": (50, "2026-03-12", None, "2026-04-10", Due.NOTHING),
    "shortened, and warned long enough ago": (50, "2026-03-12", None, "2026-04-11", Due.REMOVE),
    "shorter than the warning": (10, None, None, "2026-01-01", Due.WARN),
    "removed": (100, "2026-03-12", "2026-04-13", "2026-05-12", Due.NOTHING),
    "restorable no more": (100, "2026-03-12", "2026-04-13", "2026-05-13", Due.DESTROY),
    "lengthened after it was removed": (9999, "2026-03-12", "2026-04-13", "2026-05-13", Due.DESTROY),
}


@pytest.mark.parametrize("case", TODAY.values(), ids=TODAY)
def test_what_is_due_today(case: tuple[int, str | None, str | None, str, Due]):
    days, warned, removed, today, expected = case
    assert due(kept("information", "2026-01-01", warned, removed), policy(days), date.fromisoformat(today)) == expected


def test_a_class_changes_everything():
    record, today = kept("information", "2024-01-01"), date(2026, 1, 1)
    assert due(record, POLICY, today) is Due.WARN
    assert due(replace(record, retention="acted_on"), POLICY, today) is Due.NOTHING
    assert (days_of("gone", POLICY), label_of("gone", POLICY)) == (2922, "Acted on")


DAYS = st.dates(date(2020, 2, 1), date(2040, 1, 1))
SPAN = st.integers(1, 400)


@given(active=DAYS, today=DAYS, days=SPAN, warn=SPAN, restore=SPAN, warned=st.none() | DAYS)
def test_never_without_a_warning_and_a_way_back(active, today, days, warn, restore, warned):
    rules = policy(days, warn, restore)
    record = Kept("information", active, warned)
    if due(record, rules, today) is Due.REMOVE:
        assert warned is not None
        assert today >= max(warned + timedelta(days=warn), active + timedelta(days=days))
    removed = replace(record, removed_on=today)
    early, late = (today + timedelta(days=n) for n in (restore - 1, restore))
    assert [due(removed, rules, day) for day in (today, early, late)][1:] == [Due.NOTHING, Due.DESTROY]


@given(active=DAYS, today=DAYS, days=SPAN, warn=SPAN)
def test_the_question_to_the_database_finds_the_same(active, today, days, warn):
    """A warning is due on the days on which the last answer is old enough, and on no others."""
    rules = policy(days, warn)
    latest = dict(last_active(rules, today))
    assert set(latest) == {*CLASSES, ""}
    assert (active <= latest["information"]) == (due(Kept("information", active), rules, today) is Due.WARN)
    assert (active <= latest[""]) == (due(Kept("gone", active), rules, today) is Due.WARN)


@given(active=DAYS, today=DAYS, warned=st.none() | DAYS, removed=st.none() | DAYS)
def test_what_is_said_comes_true(active, today, warned, removed):
    """On the day that was named, and not before, what was named is due."""
    record = Kept("information", active, warned, removed)
    ahead = dates(record, POLICY, today)
    assert ahead.warn_on < ahead.remove_on < ahead.destroy_on or removed
    if removed:
        assert due(record, POLICY, ahead.destroy_on) is Due.DESTROY
    elif ahead.warned_on:
        assert due(record, POLICY, ahead.remove_on) is Due.REMOVE
        assert due(record, POLICY, ahead.remove_on - timedelta(days=1)) is Due.NOTHING
