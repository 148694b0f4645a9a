"""What may be recorded at a meeting, as rules."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sittings import Decided, decided_errors, may_open, moment_typed, reminder_day, usual_time
from bot.domain.terms import Level
from bot.errors import FormErrors
from tests.domain.england import RULES

CALENDAR = RULES.calendar
TODAY = date(2026, 11, 30)
START = datetime(2026, 11, 30, 10, tzinfo=UTC)
LATER = START + timedelta(hours=1)


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (Decided("Agreed."), set()),
        (Decided(" \n"), {"text"}),
        (Decided("Agreed.", Level.ENHANCED, "Because."), set()),
        (Decided("Agreed.", Level.ENHANCED, " "), {"level_reason"}),
        (Decided("Agreed.", Level.ROUTINE, "Because."), {"level"}),
        (Decided("Agreed.", Level.FURTHER_INFORMATION, "Because."), {"find_out", "find_out_by"}),
        (Decided("Agreed.", Level.FURTHER_INFORMATION, "Because.", 1, TODAY), set()),
        (Decided("Agreed.", Level.FURTHER_INFORMATION, "Because.", 1, date(2026, 11, 29)), {"find_out_by"}),
        (Decided("Agreed.", Level.RISK_SUMMIT, "Because.", 1, TODAY), {"find_out", "find_out_by"}),
        (Decided("Agreed.", None, "Because.", 1, TODAY), {"level_reason", "find_out", "find_out_by"}),
        (Decided("Agreed.", tell_by_id=1, tell_why_not="Later."), {"tell_why_not"}),
    ],
)
def test_what_a_conclusion_must_have(told: Decided, wrong: set[str]):
    assert set(decided_errors(told, about_provider=True, standing=Level.ROUTINE, today=TODAY)) == wrong


def test_only_a_provider_has_a_level():
    told = Decided("Agreed.", Level.ENHANCED, "Because.")
    assert set(decided_errors(told, about_provider=False, standing=None, today=TODAY)) == {"level"}


@pytest.mark.parametrize(
    ("now", "may"),
    [
        (datetime(2026, 11, 29, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 30, 0, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 20, tzinfo=UTC), True),
    ],
)
def test_a_record_is_opened_on_the_day_or_after(now: datetime, *, may: bool):
    assert may_open(START, now, CALENDAR) is may


@given(st.text(max_size=8))
def test_any_time_typed_is_a_moment_of_the_day_or_refused(typed: str):
    with suppress(FormErrors):
        moment = moment_typed(typed, START, LATER, CALENDAR)
        assert CALENDAR.day(moment) == TODAY
        assert moment <= LATER


@pytest.mark.parametrize("typed", ["10:05", " 10.05 "])
def test_a_time_is_read_in_london(typed: str):
    assert moment_typed(typed, START, LATER, CALENDAR) == datetime(2026, 11, 30, 10, 5, tzinfo=UTC)


def test_who_is_recorded_afterwards_was_there_from_the_beginning():
    assert usual_time(START, 120, LATER) == LATER
    assert usual_time(START, 120, START + timedelta(days=1)) == START


def test_a_reminder_comes_on_the_working_day_after():
    assert reminder_day(datetime(2026, 12, 24, 10, tzinfo=UTC), CALENDAR) == date(2026, 12, 29)
