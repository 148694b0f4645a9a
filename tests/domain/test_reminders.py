"""The ladder of reminders: when they fall, that a day off defers and never uses one up; what may be put off; copies."""

from datetime import date, timedelta
from itertools import islice, takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.own_times import OwnTimes
from bot.domain.policy import ReminderPolicy
from bot.domain.reminders import (
    Copy,
    Snooze,
    copied_to,
    late_by,
    next_reminder,
    overdue_since,
    reminder_days,
    sending_time,
    snooze_days,
    snoozed,
    snoozes,
)
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


weekdays = st.sets(st.sampled_from("1234567"), min_size=1).map(lambda some: "".join(sorted(some)))


@given(days, weekdays, policies)
def test_whoever_works_few_days_loses_no_reminder(due: date, works_on: str, policy: ReminderPolicy):
    """Walked day by day: one a day at most, none on a day off, and every reminder's day is served by the next of
    theirs."""
    times = OwnTimes("Europe/London", SHIPPED.at, works_on)
    ladder = reminder_days(due, ENGLAND, policy)
    wanted = list(takewhile((due + timedelta(days=60)).__ge__, ladder))
    first = min(wanted) - timedelta(days=1)
    remind_on, served = next_reminder(due, first, ENGLAND, policy), []
    for n in range((due - first).days + 90):
        day = first + timedelta(days=n)
        if times.works(day, ENGLAND) and remind_on <= day:
            served.append(day)
            remind_on = next_reminder(due, day, ENGLAND, policy)
    assert len(served) == len(set(served))
    assert all(times.works(day, ENGLAND) for day in served)
    for day in wanted:
        following = next(later for later in served if later >= day)
        off = (day + timedelta(days=n) for n in range((following - day).days))
        assert not any(times.works(between, ENGLAND) for between in off)


SNOOZES = {
    "a fortnight before": ("2026-11-24", "2026-12-08", 0, ["2026-11-25", "2026-11-27", "2026-12-01"]),
    "a fortnight before, put off often": ("2026-11-24", "2026-12-08", 9, ["2026-11-25", "2026-11-27", "2026-12-01"]),
    "two working days before": ("2026-11-24", "2026-11-26", 0, ["2026-11-25", "2026-11-27"]),
    "the day before": ("2026-11-24", "2026-11-25", 0, ["2026-11-25"]),
    "on the day": ("2026-11-24", "2026-11-24", 0, ["2026-11-25"]),
    "on the monday after a saturday": ("2026-11-30", "2026-11-28", 9, ["2026-12-01"]),
    "overdue": ("2026-11-24", "2026-11-20", 0, ["2026-11-25"]),
    "overdue, put off twice": ("2026-11-24", "2026-11-20", 2, ["2026-11-25"]),
    "overdue, put off three times": ("2026-11-24", "2026-11-20", 3, []),
    "overdue before christmas": ("2026-12-24", "2026-12-01", 0, ["2026-12-29"]),
    "due over christmas": ("2026-12-24", "2026-12-26", 0, ["2026-12-29"]),
}


@pytest.mark.parametrize(("today", "due", "already", "expected"), SNOOZES.values(), ids=SNOOZES)
def test_it_may_be_put_off_to(today: str, due: str, already: int, expected: list[str]):
    found = snoozes(date.fromisoformat(due), date.fromisoformat(today), already, ENGLAND, SHIPPED)
    assert [day.isoformat() for day in found.values()] == expected


@given(days, st.integers(-30, 30), st.integers(0, 5))
def test_what_may_be_put_off_comes_back_soon_and_on_a_working_day(due: date, offset: int, already: int):
    today = due + timedelta(days=offset)
    for snooze, day in snoozes(due, today, already, ENGLAND, SHIPPED).items():
        assert day > today
        assert ENGLAND.is_working_day(day)
        assert day <= ENGLAND.shift(max(today, ENGLAND.on_or_after(due)), 1)
        assert snooze_days(today, ENGLAND)[Snooze(snooze)] == day


def test_another_reminder_set_since_ends_it():
    today, until = date(2026, 11, 24), date(2026, 11, 27)
    assert snoozed(until, until, today)
    assert not snoozed(until, until, until)
    assert not snoozed(date(2026, 12, 3), until, today)
    assert not snoozed(None, until, today)
    assert not snoozed(until, None, today)


# Due, and the first days on which the representative and the chair read of it.
COPIES = {
    "a plain week": ("2026-11-25", "2026-12-02", "2026-12-09"),
    "due on a saturday": ("2026-11-28", "2026-12-07", "2026-12-14"),
    "due on christmas day": ("2026-12-25", "2027-01-06", "2027-01-13"),
    "over christmas": ("2026-12-22", "2026-12-31", "2027-01-08"),
    "over easter": ("2026-04-01", "2026-04-10", "2026-04-17"),
    "over the spring night": ("2026-03-24", "2026-03-31", "2026-04-09"),
}


@pytest.mark.parametrize(("due", "representative", "chair"), COPIES.values(), ids=COPIES)
def test_others_first_read_of_it(due: str, representative: str, chair: str):
    day = date.fromisoformat(due)
    for copy, expected in ((Copy.REPRESENTATIVE, representative), (Copy.CHAIR, chair)):
        first = next(
            today
            for today in (day + timedelta(days=n) for n in range(60))
            if day <= overdue_since(today, copy, ENGLAND, SHIPPED)
        )
        assert first.isoformat() == expected


@given(days, st.integers(0, 60))
def test_whoever_reads_of_it_is_told_the_same_lateness(due: date, offset: int):
    """What is due by that day is as late as the policy says, and what is due later is not."""
    today = due + timedelta(days=offset)
    for copy, late in ((Copy.REPRESENTATIVE, 5), (Copy.CHAIR, 10)):
        assert (due <= overdue_since(today, copy, ENGLAND, SHIPPED)) is (late_by(due, today, ENGLAND) >= late)


OWNER = 1
COPIED = {
    "the representative": ([2, 3], [], [9], False, [2]),
    "a deputy, the representative being away": ([2, 3], [2], [9], False, [3]),
    "nobody there": ([2, 3], [2, 3], [9, 8], False, [9, 8]),
    "nobody in the place": ([], [], [9], False, [9]),
    "the owner is the representative": ([OWNER, 3], [], [9], False, [9]),
    "the owner is the deputy": ([2, OWNER], [], [9], False, [2]),
    "the owner is the secretariat as well": ([OWNER], [], [OWNER], False, []),
    "both chairs": ([4, 5], [], [9], True, [4, 5]),
    "the owner is the chair": ([OWNER], [], [9], True, [9]),
}


@pytest.mark.parametrize(("standing", "away", "secretariat", "all_of", "expected"), COPIED.values(), ids=COPIED)
def test_it_is_copied_to(
    standing: list[int], away: list[int], secretariat: list[int], all_of: bool, expected: list[int]
):
    assert copied_to(OWNER, standing, away, secretariat, all_of=all_of) == expected
