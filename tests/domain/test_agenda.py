"""When a meeting's digest is posted: five working days before, and one; how it is divided and compared."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.agenda import (
    Difference,
    common_themes,
    difference,
    digest_due_at,
    digest_lead,
    fit,
    lines_on_phone,
)
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


SIZES = st.lists(st.lists(st.integers(1, 9), max_size=9), max_size=9)


@given(SIZES, st.integers(0, 200))
def test_what_stands_in_front_fits_and_is_shared_fairly(sizes: list[list[int]], room: int):
    taken = fit(sizes, room)
    assert sum(sum(section[:count]) for section, count in zip(sizes, taken, strict=True)) <= room
    if sum(map(sum, sizes)) <= room:
        assert taken == [len(section) for section in sizes]
    for count, section in zip(taken, sizes, strict=True):
        assert 0 <= count <= len(section)


@given(SIZES)
def test_with_room_for_one_line_each_no_section_is_left_out(sizes: list[list[int]]):
    ones = [[1] * len(section) for section in sizes]
    assert all(count for count, section in zip(fit(ones, len(ones)), ones, strict=True) if section)


@pytest.mark.parametrize(
    ("text", "lines"), [("", 0), ("a", 1), ("a" * 44, 1), ("a" * 45, 2), ("a\n\nb", 2), ("a\n" + "b" * 100, 4)]
)
def test_lines_are_counted_as_a_phone_breaks_them(text: str, lines: int):
    assert lines_on_phone(text) == lines


@pytest.mark.parametrize(
    ("before", "after", "new", "gone", "moved"),
    [
        ({}, {}, set(), set(), {}),
        ({"new": [1]}, {"new": [1, 2]}, {("concern", 2)}, set(), {}),
        ({"new": [1, 2]}, {"new": [1]}, set(), {("concern", 2)}, {}),
        ({"due": [1]}, {"overdue": [1]}, set(), set(), {("action", 1): "overdue"}),
        ({"due": [1]}, {"waiting": [1]}, {("escalation", 1)}, {("action", 1)}, {}),
        ({"never": [1]}, {"running": [2]}, set(), set(), {}),
    ],
    ids=["nothing", "new", "gone", "moved", "one number, two things", "not compared"],
)
def test_what_is_different(before: Any, after: Any, new: Any, gone: Any, moved: Any):
    assert difference(before, after) == Difference(frozenset(new), frozenset(gone), moved)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 5))))
def test_a_theme_runs_across_three_providers(found: list[tuple[str, int]]):
    themes = common_themes(found)
    assert set(themes) == {one for one, _ in found if len({key for it, key in found if it == one}) >= 3}
