"""Who comes to a meeting, as rules: answers, absences, who comes instead, who is asked, who was sent."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.attendance import (
    EXPECTED,
    Place,
    Presence,
    Said,
    asked_by,
    awaited,
    different_each_time,
    longest_lead,
    nobody_comes,
    places,
)
from bot.domain.policy import MeetingPolicy
from bot.domain.terms import Role
from tests.domain.england import ENGLAND

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
REP, DEPUTY = frozenset({Role.REPRESENTATIVE}), frozenset({Role.DEPUTY})
COMES, INSTEAD, APOLOGIES, SILENT = Presence
YES, NO = Said(True, NOW), Said(False, NOW)


@pytest.mark.parametrize(
    ("said", "away", "expected"),
    [
        (None, {}, SILENT),
        (YES, {}, COMES),
        (NO, {}, APOLOGIES),
        (None, {1: None}, APOLOGIES),
        (None, {1: BEFORE}, APOLOGIES),
        (YES, {1: None}, COMES),  # the network file had it; they said that they come
        (YES, {1: BEFORE}, COMES),
        (YES, {1: AFTER}, APOLOGIES),  # away was said after that
        (NO, {1: BEFORE}, APOLOGIES),
        (YES, {2: AFTER}, COMES),
    ],
)
def test_the_newest_word_stands(said: Said | None, away: dict, expected: Presence):
    found = places({1: REP}, {1: said} if said else {}, away)
    assert found[1].presence is expected


def test_only_an_absence_that_speaks_for_somebody_is_why():
    assert places({1: REP}, {}, {1: None})[1].away
    assert not places({1: REP}, {1: NO}, {1: None})[1].away


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({1: Said(False, NOW, 2)}, {1: APOLOGIES, 2: INSTEAD}),
        ({1: Said(False, NOW, 2), 2: YES}, {1: APOLOGIES, 2: COMES}),
        ({1: Said(False, NOW, 2), 2: Said(False, NOW, 3)}, {1: APOLOGIES, 2: APOLOGIES, 3: INSTEAD}),
        ({1: Said(True, NOW, 2)}, {1: COMES}),  # who comes needs nobody
        ({2: YES}, {1: SILENT}),  # nobody named them
        ({1: Said(False, NOW, 2), 2: Said(False, NOW, 1)}, {1: APOLOGIES, 2: APOLOGIES}),
    ],
    ids=["named", "who agrees", "who names another", "not needed", "a stranger", "each other"],
)
def test_who_comes_instead(said: dict[int, Said], expected: dict[int, Presence]):
    found = places({1: REP}, said, {})
    assert {key: one.presence for key, one in found.items()} == expected
    assert all(Role.REPRESENTATIVE in one.roles for one in found.values())


def test_a_stand_in_has_the_seats_of_all_they_stand_in_for():
    said = {1: Said(False, NOW, 3), 2: Said(False, NOW, 3)}
    found = places({1: REP, 2: frozenset({Role.CHAIR})}, said, {})
    assert found[3] == Place(INSTEAD, REP | {Role.CHAIR}, frozenset({1, 2}))


@given(st.dictionaries(st.integers(1, 6), st.tuples(st.booleans(), st.integers(1, 6))))
def test_whoever_names_whom_it_comes_to_an_end(said: dict[int, tuple[bool, int]]):
    found = places({1: REP, 2: DEPUTY}, {key: Said(yes, NOW, other) for key, (yes, other) in said.items()}, {})
    for one in found.values():
        assert all(found[namer].presence is APOLOGIES for namer in one.instead_of)
    assert {1, 2} <= found.keys()


@pytest.mark.parametrize(
    ("representatives", "deputies", "asked"),
    [
        ([SILENT], [SILENT], [0]),
        ([SILENT, SILENT], [], [0, 1]),
        ([], [SILENT, SILENT], [0, 1]),
        ([APOLOGIES], [SILENT], [1]),
        ([APOLOGIES, SILENT], [SILENT], [1]),
        ([APOLOGIES], [APOLOGIES, SILENT], [2]),
        ([APOLOGIES], [APOLOGIES], []),
        ([COMES, SILENT], [SILENT], []),
        ([APOLOGIES], [COMES, SILENT], []),
        ([APOLOGIES, INSTEAD], [SILENT], []),
        ([], [], []),
    ],
)
def test_whom_of_an_organisation_to_ask(representatives: list, deputies: list, asked: list[int]):
    presences = [*representatives, *deputies]
    standing = {key: Place(presence, REP) for key, presence in enumerate(presences)}
    first = range(len(representatives))
    assert awaited(first, range(len(first), len(presences)), standing) == asked


@pytest.mark.parametrize(
    ("presences", "nobody"),
    [([], False), ([APOLOGIES], True), ([APOLOGIES, APOLOGIES], True), ([APOLOGIES, SILENT], False)]
    + [([APOLOGIES, one], False) for one in EXPECTED],
)
def test_when_nobody_comes(presences: list[Presence], nobody: bool):
    assert nobody_comes(presences) is nobody


@pytest.mark.parametrize(
    ("starts", "today", "before", "due"),
    [
        ("2026-12-14T10:00", "2026-11-27T09:00", 10, False),
        ("2026-12-14T10:00", "2026-11-30T09:00", 10, True),
        ("2027-01-04T10:00", "2026-12-15T09:00", 10, False),  # three bank holidays lie between
        ("2027-01-04T10:00", "2026-12-16T09:00", 10, True),
        ("2026-11-23T09:00", "2026-11-23T09:00", 10, False),  # it has begun
        ("2026-11-26T10:00", "2026-11-22T12:00", 3, False),
        ("2026-11-26T10:00", "2026-11-23T00:00", 3, True),
    ],
)
def test_when_people_are_asked(starts: str, today: str, before: int, due: bool):
    at, now = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (starts, today))
    assert asked_by(at, now, before, ENGLAND) is due


@given(st.integers(1, 60), st.dates(min_value=NOW.date(), max_value=NOW.date() + timedelta(days=700)))
def test_nothing_due_lies_beyond_the_longest_lead(before: int, day):
    now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    beyond = now + timedelta(days=longest_lead(MeetingPolicy(before, 1)) + 1)
    assert not asked_by(beyond, now, before, ENGLAND)


@pytest.mark.parametrize(
    ("sent", "different"),
    [
        ([], False),
        ([{1}], False),
        ([{1}, {2}], True),
        ([{1}, set(), {2}, {3}], True),
        ([{1}, {2}, {1}], False),
        ([{1, 2}, {3}], True),
        ([{1, 2}, {2, 3}], False),
        ([set(), set()], False),
    ],
)
def test_a_different_person_each_time(sent: list[set[int]], different: bool):
    assert different_each_time(sent) is different
