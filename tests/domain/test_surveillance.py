"""Surveillance levels: every level to every other with what each must have, who may do what, and how quarters count."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given

from bot.domain.surveillance import (
    TO,
    Hold,
    LevelAct,
    acts_open_to,
    assured_errors,
    enhanced_since,
    held_until,
    level_errors,
    quarters_on,
    reminder_due,
    review_due,
)
from bot.domain.terms import Level
from tests.domain.england import ENGLAND, POLICY, days

R, F, EN, RS = Level.ROUTINE, Level.FURTHER_INFORMATION, Level.ENHANCED, Level.RISK_SUMMIT
TODAY = date(2026, 11, 23)
A = LevelAct

# From (down) to (across): what is missing if nothing but a reason is given.
ACROSS = (R, F, EN, RS)
FINDER, ACTION, CONVENER = {"find_out", "find_out_by"}, {"task"}, {"convener"}
SAME = {"level"}
NOTHING: set[str] = set()
TABLE = {
    None: (NOTHING, FINDER, ACTION, CONVENER),
    R: (SAME, FINDER, ACTION, CONVENER),
    F: (NOTHING, FINDER, ACTION, CONVENER),
    EN: (NOTHING, FINDER, ACTION | SAME, CONVENER),
    RS: (NOTHING, FINDER, ACTION, CONVENER | SAME),
}
ROWS = [(at, to, missing) for at, line in TABLE.items() for to, missing in zip(ACROSS, line, strict=True)]


def errors(current: Level | None, to: Level, **said: object) -> set[str]:
    bare = {"reason": "Because.", "find_out": False, "find_out_by": None, "action": False, "convener": False}
    return set(level_errors(current, to, today=TODAY, **{**bare, **said}))  # type: ignore[arg-type]


@pytest.mark.parametrize(("current", "to", "missing"), ROWS)
def test_what_each_level_must_have(current: Level | None, to: Level, missing: set[str]):
    assert errors(current, to) == missing
    whole = {"find_out": True, "find_out_by": TODAY, "action": True, "convener": True}
    assert errors(current, to, **whole) == missing & SAME
    assert errors(current, to, **whole, reason=" ") == missing & SAME | {"level_reason"}


def test_the_table_names_every_step():
    assert set(TO) == {None, *Level}
    assert {(at, to) for at, to, missing in ROWS if "level" not in missing} == {
        (at, to) for at, tos in TO.items() for to in tos
    }


@pytest.mark.parametrize(("by", "missing"), [(None, True), (TODAY - timedelta(1), True), (TODAY, False)])
def test_a_day_that_has_passed_is_no_day_to_find_out_by(by: date | None, missing: bool):
    assert errors(R, F, find_out=True, find_out_by=by) == ({"find_out_by"} if missing else set())


@pytest.mark.parametrize(
    ("current", "to", "held"),
    [(at, to, at is EN and to in (R, F)) for at, to in itertools.product(Level, Level) if to in TO[at]],
)
def test_only_stepping_down_from_enhanced_is_held(current: Level, to: Level, held: bool):
    whole = {"find_out": True, "find_out_by": TODAY, "action": True, "convener": True}
    until = TODAY + timedelta(1)
    assert errors(current, to, **whole, hold=Hold(until)) == ({"level"} if held else set())
    assert errors(current, to, **whole, hold=Hold(until, overridden=True)) == set()
    assert errors(current, to, **whole, hold=Hold(TODAY)) == set()


@pytest.mark.parametrize(
    ("assured", "until"),
    [
        (None, None),
        (date(2026, 9, 1), date(2026, 12, 1)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),  # a leap year
        (date(2028, 2, 29), date(2028, 5, 29)),
        (date(2026, 10, 31), date(2027, 1, 31)),
    ],
)
def test_assurance_is_to_last_three_months(assured: date | None, until: date | None):
    assert held_until(assured, 3) == until


@pytest.mark.parametrize(
    ("day", "wrong"),
    [(None, False), (TODAY, False), (date(2026, 9, 1), False), (date(2026, 8, 31), True), (date(2026, 11, 24), True)],
)
def test_assurance_is_gained_while_on_enhanced(day: date | None, wrong: bool):
    assert bool(assured_errors(day, date(2026, 9, 1), TODAY)) is wrong


WHO = {
    "member": ({"member"}, {A.PROPOSE}),
    "chair": ({"member", "chair"}, set(A)),
    "secretariat": ({"member", "secretariat"}, {A.PROPOSE, A.REVIEW}),
    "finder": ({"member", "finder"}, {A.PROPOSE, A.FIND}),
    "chair and secretariat": ({"member", "chair", "secretariat"}, set(A)),
    "stranger": (set(), set()),
}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("barred", [False, True])
def test_who_may_do_what(who: str, barred: bool):
    seats, may = WHO[who]
    facts = {name: name in seats for name in ("member", "chair", "secretariat", "finder")}
    assert acts_open_to(**facts, barred=barred) == (set() if barred else may)


@pytest.mark.parametrize(
    ("levels", "first"),
    [
        ((), None),
        ((R,), None),
        ((RS, EN), None),
        ((EN,), 0),
        ((EN, R, EN), 0),
        ((EN, EN, R), 1),
        ((EN, RS, EN, F), 2),  # a risk summit in between does not begin the count anew
        ((EN, RS, RS), 2),
        ((EN, F, EN), 0),
    ],
)
def test_where_a_stay_on_enhanced_began(levels: tuple[Level, ...], first: int | None):
    assert enhanced_since(levels) == first


@pytest.mark.parametrize(
    ("since", "today", "ended", "due"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), 3, None),
        (date(2026, 1, 1), date(2027, 1, 1), 4, date(2027, 1, 1)),
        (date(2026, 3, 31), date(2027, 1, 1), 4, date(2027, 1, 1)),  # the shortest: nine months and a day
        (date(2026, 4, 1), date(2027, 1, 1), 3, None),
        (date(2026, 4, 1), date(2027, 4, 1), 4, date(2027, 4, 1)),
        (date(2026, 3, 29), date(2026, 12, 31), 3, None),  # the day on which the clocks go forward
        (date(2026, 10, 25), date(2027, 10, 1), 4, date(2027, 10, 1)),  # and back
        (date(2028, 2, 29), date(2029, 2, 28), 4, date(2029, 1, 1)),  # a leap day
        (date(2026, 1, 1), date(2027, 4, 1), 5, date(2027, 4, 1)),  # each further quarter again
        (date(2027, 1, 1), date(2026, 1, 1), 0, None),
    ],
)
def test_more_than_three_quarters_in_a_row(since: date, today: date, ended: int, due: date | None):
    assert (quarters_on(since, today), review_due(since, today, 3)) == (ended, due)


@given(days, days)
def test_a_review_comes_after_nine_months_and_within_a_year(since: date, today: date):
    due = review_due(since, today, 3)
    if due:
        assert due <= today
        assert (due - since).days > 270
    elif today > since:
        assert (today - since).days < 366 + 31


@pytest.mark.parametrize(
    ("today", "due"),
    [
        ("2026-12-03", None),
        ("2026-12-04", "2026-12-04"),  # 7 days before
        ("2026-12-09", "2026-12-04"),
        ("2026-12-10", "2026-12-10"),  # the working day before
        ("2026-12-13", "2026-12-11"),  # on the day, and over the weekend nothing more
        ("2026-12-14", "2026-12-14"),  # overdue
        ("2026-12-20", "2026-12-14"),
        ("2027-01-05", "2026-12-30"),  # an outage over several of them is one
    ],
)
def test_whoever_finds_out_is_reminded_as_owners_are(today: str, due: str | None):
    found = reminder_due(date(2026, 12, 11), TODAY, date.fromisoformat(today), ENGLAND, POLICY.reminders)
    assert found == (date.fromisoformat(due) if due else None)


def test_nobody_is_reminded_of_what_they_were_asked_today():
    assert reminder_due(TODAY, TODAY, TODAY, ENGLAND, POLICY.reminders) is None
