"""When a meeting's digest is posted: five working days before, and one."""

from datetime import timedelta

import pytest
from hypothesis import given

from bot.domain.agenda import digest_due_at, digest_lead
from tests.domain.england import ENGLAND, POLICY, at, moments, shown

DIGEST = POLICY.digest
MEETING = "2026-11-30 10:00"  # a Monday: five working days before is the Monday before, one is the Friday

LEADS = {
    "long before": (MEETING, "2026-11-02 09:00", None),
    "a minute too early": (MEETING, "2026-11-23 08:59", None),
    "five working days before": (MEETING, "2026-11-23 09:00", 5),
    "in between": (MEETING, "2026-11-26 15:00", 5),
    "a minute before the second": (MEETING, "2026-11-27 08:59", 5),
    "one working day before": (MEETING, "2026-11-27 09:00", 1),
    "an outage over both": (MEETING, "2026-11-29 23:00", 1),
    "on the day": (MEETING, "2026-11-30 09:59", 1),
    "as it begins": (MEETING, "2026-11-30 10:00", None),
    "after it": (MEETING, "2026-12-01 09:00", None),
    "scheduled late": ("2026-11-26 10:00", "2026-11-23 12:00", 5),
    "scheduled for tomorrow": ("2026-11-24 10:00", "2026-11-23 12:00", 1),
    "scheduled for today": ("2026-11-23 16:00", "2026-11-23 12:00", 1),
    "before christmas, too early": ("2026-12-29 10:00", "2026-12-18 08:59", None),
    "before christmas, five": ("2026-12-29 10:00", "2026-12-18 09:00", 5),
    "before christmas, one": ("2026-12-29 10:00", "2026-12-24 09:00", 1),
    "on a saturday": ("2026-11-28 10:00", "2026-11-27 09:00", 1),
}


@pytest.mark.parametrize(("starts", "now", "lead"), LEADS.values(), ids=LEADS)
def test_the_digest_due_now_is(starts: str, now: str, lead: int | None):
    assert digest_lead(at(starts), ENGLAND, DIGEST, at(now)) == lead


@pytest.mark.parametrize(
    ("starts", "lead", "due"),
    [
        ("2026-03-30 10:00", 1, "2026-03-27 09:00"),
        ("2026-10-26 10:00", 1, "2026-10-23 09:00"),
        ("2026-04-07 10:00", 1, "2026-04-02 09:00"),
        ("2026-04-07 10:00", 5, "2026-03-27 09:00"),
        ("2026-07-07 00:15", 1, "2026-07-06 09:00"),
    ],
    ids=["over the spring night", "over the autumn night", "over easter", "a week over easter", "summer's midnight"],
)
def test_a_digest_is_due_at_nine(starts: str, lead: int, due: str):
    assert shown(digest_due_at(at(starts), lead, ENGLAND, DIGEST)) == due


@given(moments)
def test_digests_come_on_working_days_in_turn(starts):
    first, second = (digest_due_at(starts, lead, ENGLAND, DIGEST) for lead in (5, 1))
    assert first < second < starts
    assert all(ENGLAND.is_working_day(ENGLAND.day(due)) for due in (first, second))
    assert digest_lead(starts, ENGLAND, DIGEST, first) == 5
    assert digest_lead(starts, ENGLAND, DIGEST, second) == 1
    assert digest_lead(starts, ENGLAND, DIGEST, first - timedelta(seconds=1)) is None
