"""When a pack is due, until when it can be asked for, when each item begins, and when a level is to be reviewed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.meeting_pack import begin_at, meeting_over, pack_lead
from bot.domain.surveillance import next_review
from bot.domain.terms import Level
from tests.domain.england import RULES

MEETS = datetime(2026, 11, 30, 10, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("moment", "lead"),
    [
        (datetime(2026, 11, 23, 8, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 23, 9, tzinfo=UTC), 5),
        (datetime(2026, 11, 27, 8, 59, tzinfo=UTC), 5),
        (datetime(2026, 11, 27, 9, tzinfo=UTC), 1),
        (MEETS - timedelta(seconds=1), 1),
        (MEETS, None),
    ],
)
def test_the_lead_whose_pack_should_be_there(moment: datetime, lead: int | None):
    assert pack_lead(MEETS, RULES.calendar, RULES.policy, moment) == lead


def test_items_begin_one_after_the_other_until_one_has_no_minutes():
    at = [MEETS, MEETS + timedelta(minutes=10), None, None]
    assert begin_at(MEETS, [10, None, 5, 5]) == at
    assert begin_at(MEETS, []) == []


def test_a_meeting_is_over_when_it_was_closed_or_its_time_is_up():
    assert not meeting_over(MEETS, 60, None, MEETS + timedelta(minutes=59))
    assert meeting_over(MEETS, 60, None, MEETS + timedelta(minutes=60))
    assert not meeting_over(MEETS, 60, MEETS + timedelta(minutes=90), MEETS + timedelta(minutes=60))


@pytest.mark.parametrize(
    ("level", "reviewed", "due"),
    [
        (Level.ENHANCED, None, date(2026, 10, 1)),
        (Level.ENHANCED, date(2026, 10, 1), date(2027, 1, 1)),
        (Level.RISK_SUMMIT, None, None),
        (Level.ROUTINE, date(2026, 10, 1), None),
    ],
)
def test_enhanced_for_over_three_quarters_is_reviewed(level: Level, reviewed: date | None, due: date | None):
    assert next_review(level, date(2025, 11, 30), reviewed, 3) == due
