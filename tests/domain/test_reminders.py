"""The ladder of reminders: when they fall, that a holiday defers and never uses one up."""

from datetime import date, timedelta
from itertools import islice, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.policy import ReminderPolicy
from bot.domain.reminders import next_reminder, reminder_days, sending_time
from tests.domain.england import ENGLAND, POLICY, at, days

SHIPPED = POLICY.reminders

LADDERS = {
    "a plain week": ("2026-11-25", ["2026-11-18", "2026-11-24", "2026-11-25", "2026-11-26", "2026-12-03"]),
    "due on a monday": ("2026-11-30", ["2026-11-23", "2026-11-27", "2026-11-30", "2026-12-01", "2026-12-08"]),
    "due on a saturday": ("2026-11-28", ["2026-11-23", "2026-11-27", "2026-11-30", "2026-12-01", "2026-12-08"]),
    "due on christmas day": ("2026-12-25", ["2026-12-18", "2026-12-24", "2026-12-29", "2026-12-30", "2027-01-07"]),
    "due on easter monday": ("2026-04-06", ["2026-03-30", "2026-04-02", "2026-04-07", "2026-04-08", "2026-04-15"]),
    "a week before is christmas": (
        "2027-01-01",
        ["2026-12-29", "2026-12-31", "2027-01-04", "2027-01-05", "2027-01-12"],
    ),
}


@pytest.mark.parametrize(("due", "expected"), LADDERS.values(), ids=LADDERS)
def test_reminders_fall_on(due: str, expected: list[str]):
    found = islice(reminder_days(date.fromisoformat(due), ENGLAND, SHIPPED), len(expected))
    assert [day.isoformat() for day in found] == expected


def test_two_leads_on_one_day_are_one_reminder():
    policy = ReminderPolicy((1,), (1,), 1, 5, SHIPPED.at, 2)
    found = list(islice(reminder_days(date(2026, 11, 25), ENGLAND, policy), 3))
    assert found == [date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26)]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-11-01", "2026-11-18"),
        ("2026-11-18", "2026-11-24"),
        ("2026-11-21", "2026-11-24"),
        ("2026-11-25", "2026-11-26"),
        ("2026-11-30", "2026-12-03"),
        ("2027-01-29", "2027-02-02"),
    ],
    ids=["long before", "on a reminder's day", "between two", "on the day", "overdue", "two months overdue"],
)
def test_the_next_reminder_is_the_first_later_one(after: str, expected: str):
    found = next_reminder(date(2026, 11, 25), date.fromisoformat(after), ENGLAND, SHIPPED)
    assert found.isoformat() == expected


SENDING = {
    "before nine": ("2026-11-23 08:59", False),
    "nine": ("2026-11-23 09:00", True),
    "before closing": ("2026-11-23 16:59", True),
    "closing": ("2026-11-23 17:00", False),
    "midnight": ("2026-11-23 00:00", False),
    "summer's nine": ("2026-07-06 09:00", True),
    "summer's eight": ("2026-07-06 08:30", False),
    "saturday": ("2026-11-28 10:00", False),
    "boxing day's substitute": ("2026-12-28 10:00", False),
    "the day after it": ("2026-12-29 09:00", True),
}


@pytest.mark.parametrize(("moment", "may"), SENDING.values(), ids=SENDING)
def test_reminders_go_out_in_working_time(moment: str, may: bool):
    assert sending_time(at(moment), ENGLAND, SHIPPED) is may


figures = st.integers(1, 20)
policies = st.builds(
    ReminderPolicy,
    st.lists(figures, max_size=3).map(tuple),
    st.lists(figures, max_size=3).map(tuple),
    figures,
    figures,
    st.just(SHIPPED.at),
)


@given(days, policies)
def test_reminders_are_working_days_in_order(due: date, policy: ReminderPolicy):
    found = list(islice(reminder_days(due, ENGLAND, policy), 12))
    assert found == sorted(set(found))
    assert all(ENGLAND.is_working_day(day) for day in found)


@given(days, policies)
def test_a_day_off_never_uses_a_reminder_up(due: date, policy: ReminderPolicy):
    found = set(islice(reminder_days(due, ENGLAND, policy), 12))
    on_the_day = ENGLAND.on_or_after(due)
    assert on_the_day in found
    for lead in policy.days_before:
        assert any(due - timedelta(days=lead) <= day <= on_the_day for day in found)
    for lead in policy.working_days_before:
        assert ENGLAND.shift(due, -lead) in found


@given(days, st.integers(-30, 90), policies)
def test_the_next_reminder_is_strictly_after(due: date, offset: int, policy: ReminderPolicy):
    after = due + timedelta(days=offset)
    following = next_reminder(due, after, ENGLAND, policy)
    assert following > after
    earlier = takewhile(following.__gt__, reminder_days(due, ENGLAND, policy))
    assert all(day <= after for day in earlier)
