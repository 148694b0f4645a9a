"""Which days words mean, which moments those days are, and whether anybody is left to be reached."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.absences import (
    DAY,
    LONGEST,
    Days,
    Period,
    check_days,
    day_in,
    days_of,
    nobody_left,
    period_of,
    read_days,
)
from bot.errors import FormErrors, NotDays

MONDAY = date(2026, 11, 23)
ZONES = ["Europe/London", "America/New_York", "Pacific/Auckland", "Africa/Cairo", "Asia/Beirut", "America/Havana"]


def days(first: str, last: str = "") -> Days:
    return Days(date.fromisoformat(first), date.fromisoformat(last or first))


UNDERSTOOD = [
    ("today", days("2026-11-23")),
    ("  Today ", days("2026-11-23")),
    ("tomorrow", days("2026-11-24")),
    ("friday", days("2026-11-27")),
    ("Monday", days("2026-11-30")),
    ("until Friday", days("2026-11-23", "2026-11-27")),
    ("until mon", days("2026-11-23", "2026-11-30")),
    ("wed to fri", days("2026-11-25", "2026-11-27")),
    ("fri to mon", days("2026-11-27", "2026-11-30")),
    ("today to thurs", days("2026-11-23", "2026-11-26")),
    ("until 4 December", days("2026-11-23", "2026-12-04")),
    ("UNTIL 4th December 2026", days("2026-11-23", "2026-12-04")),
    ("till Dec 4, 2026", days("2026-11-23", "2026-12-04")),
    ("until 23 November", days("2026-11-23")),
    ("until 2026-12-04", days("2026-11-23", "2026-12-04")),
    ("until 4/12", days("2026-11-23", "2026-12-04")),
    ("4 December", days("2026-12-04")),
    ("on 4 December", days("2026-12-04")),
    ("24 Dec to 2 Jan", days("2026-12-24", "2027-01-02")),
    ("from 24 Dec until 2 Jan 2027", days("2026-12-24", "2027-01-02")),
    ("24 Dec. – 2 Jan.", days("2026-12-24", "2027-01-02")),
    ("24 Dec - 2 Jan", days("2026-12-24", "2027-01-02")),
    ("24/12/2026 to 2/1/2027", days("2026-12-24", "2027-01-02")),
    ("2026-12-24 to 2027-01-02", days("2026-12-24", "2027-01-02")),
    ("24 to 28 December", days("2026-12-24", "2026-12-28")),
    ("24-28 Dec", days("2026-12-24", "2026-12-28")),
    ("5 sept 2027 to 6 sept", days("2027-09-05", "2027-09-06")),
]
NOT_UNDERSTOOD = [
    *("", "xyzzy", "until", "from", "to", "24", "until 24", "24 to 28", "december", "31 November", "until 30 Feb"),
    *("4 Dezember", "13/13", "32/1", "0/1", "2026-13-01", "today to", "to to to", "4 December @dean", "today back"),
    *(
        "until 29 February",
        "4 December to",
        "0000-01-01",
        "12/4/26",
        "24 Dec to 28",
        "today and tomorrow",
        "٤ December",
    ),
]
# What is said, and the field beside which the mistake is told.
CANNOT_BE = [
    ("22 November", "first"),
    ("until 22 November", "last"),
    ("until 23 November 2025", "last"),
    ("30 Dec to 24 Dec", "last"),
    ("24 Dec 2026 to 24 Dec 2025", "last"),
    ("28 to 24 December", "last"),
    ("24 Dec 2028", "first"),
    ("9999-12-31", "first"),
    ("1 December 9999 to 2 December", "first"),
    ("until 9999-12-31", "last"),
    ("24 Dec to 25 Dec 2027", "last"),
]


@pytest.mark.parametrize(("words", "expected"), UNDERSTOOD, ids=[words for words, _ in UNDERSTOOD])
def test_words_mean_these_days(words: str, expected: Days):
    assert read_days(words, MONDAY) == expected


@pytest.mark.parametrize("words", NOT_UNDERSTOOD)
def test_other_words_are_not_guessed_at(words: str):
    with pytest.raises(NotDays, match="Type /away today"):
        read_days(words, MONDAY)


@pytest.mark.parametrize(("words", "field"), CANNOT_BE)
def test_days_that_cannot_be_are_told_beside_their_field(words: str, field: str):
    with pytest.raises(FormErrors) as refused:
        read_days(words, MONDAY)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("today", "words", "expected"),
    [
        ("2027-12-20", "29 February", days("2028-02-29")),
        ("2028-02-28", "until 29 Feb", days("2028-02-28", "2028-02-29")),
        ("2028-02-29", "today", days("2028-02-29")),
        ("2026-12-31", "tomorrow", days("2027-01-01")),
        ("2026-12-30", "until 2 January", days("2026-12-30", "2027-01-02")),
        ("2027-01-02", "until 5 January", days("2027-01-02", "2027-01-05")),
    ],
)
def test_leap_days_and_the_turn_of_the_year(today: str, words: str, expected: Days):
    assert read_days(words, date.fromisoformat(today)) == expected


def test_a_day_just_passed_is_not_taken_for_next_year_s():
    for words in ("30 December", "until 30 December"):
        with pytest.raises(FormErrors, match="another look"):
            read_days(words, date(2027, 1, 2))


def test_a_year_is_the_longest():
    check_days(Days(MONDAY + LONGEST, MONDAY + LONGEST), MONDAY)
    check_days(Days(MONDAY, MONDAY + LONGEST - DAY), MONDAY)
    for first, last in ((LONGEST + DAY, LONGEST + DAY), (0 * DAY, LONGEST)):
        with pytest.raises(FormErrors):
            check_days(Days(MONDAY + first, MONDAY + last), MONDAY)


some_days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
pieces = st.sampled_from(
    ["until", "to", "-", "–", "24", "Dec", "29 Feb", "2027", "friday", "today", "9999-12-31", "/", "0", "from", "4/12"]
)


@given(st.one_of(st.text(max_size=60), st.lists(pieces, max_size=8).map(" ".join)), some_days)
@example("\x00", MONDAY)
@example("{words}", MONDAY)
def test_whatever_is_typed_is_understood_or_refused_in_words(words: str, today: date):
    try:
        found = read_days(words, today)
    except (NotDays, FormErrors):
        return
    assert today <= found.first <= found.last <= found.first + LONGEST


@given(
    some_days,
    st.integers(0, 366),
    st.integers(0, 365),
    st.sampled_from(["%d %B %Y", "%Y-%m-%d", "%d/%m/%Y", "%d %b %Y"]),
)
def test_days_written_out_are_read_back(today: date, ahead: int, long: int, shape: str):
    said = Days(today + ahead * DAY, today + (ahead + long) * DAY)
    assert read_days(f"{said.first:{shape}} to {said.last:{shape}}", today) == said


@given(some_days, st.integers(0, 30), st.sampled_from(ZONES))
@example(date(2026, 3, 29), 0, "Europe/London")
@example(date(2026, 10, 25), 0, "Europe/London")
@example(date(2026, 4, 24), 0, "Africa/Cairo")  # there is no midnight on that day
@example(date(2028, 2, 29), 0, "Pacific/Auckland")
def test_days_and_moments_are_the_same_again(first: date, long: int, zone: str):
    said = Days(first, first + long * DAY)
    period = period_of(said, zone)
    assert days_of(period, zone) == said
    assert day_in(period.until, zone) == said.last + DAY
    assert period.covers(period.starts_at)
    assert not period.covers(period.until)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-23", 24)], ids=["spring", "autumn", "plain"]
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: str, hours: int):
    period = period_of(days(day), "Europe/London")
    assert period.until - period.starts_at == timedelta(hours=hours)


def test_midnight_is_where_the_person_lives():
    assert period_of(days("2026-11-24"), "Europe/Brussels").starts_at == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert day_in(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "Europe/Brussels") == date(2026, 11, 24)
    assert day_in(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), "Europe/London") == MONDAY


def hours(start: float, end: float) -> Period:
    zero = datetime(2026, 11, 23, tzinfo=UTC)
    return Period(zero + timedelta(hours=start), zero + timedelta(hours=end))


GAPS = [
    ("one who answers alone", {1}, {1: [(0, 9)]}, (0, 9), (0, 9)),
    ("somebody else is there", {1, 2}, {1: [(0, 9)]}, (0, 9), None),
    ("both for a while", {1, 2}, {1: [(0, 9)], 2: [(3, 5)]}, (0, 9), (3, 5)),
    ("both at the end", {1, 2}, {1: [(0, 9)], 2: [(7, 20)]}, (0, 9), (7, 9)),
    ("the deputy is back as the other goes", {1, 2}, {1: [(5, 9)], 2: [(0, 5)]}, (5, 9), None),
    ("the first of two gaps", {1, 2}, {1: [(0, 9)], 2: [(1, 2), (4, 5)]}, (0, 9), (1, 2)),
    ("two in turn cover all of it", {1, 2}, {1: [(0, 9)], 2: [(0, 5), (5, 9)]}, (0, 9), (0, 9)),
    ("three in turn", {1, 2, 3}, {1: [(0, 9)], 2: [(0, 6)], 3: [(4, 9)]}, (0, 9), (4, 6)),
    ("others' absences do not matter", {1, 2}, {1: [(0, 9)], 7: [(0, 9)]}, (0, 9), None),
]


@pytest.mark.parametrize(
    ("people", "away", "within", "expected"), [row[1:] for row in GAPS], ids=[row[0] for row in GAPS]
)
def test_whether_nobody_is_left(people, away, within, expected):
    periods = {key: [hours(*one) for one in some] for key, some in away.items()}
    assert nobody_left(people, periods, hours(*within)) == (hours(*expected) if expected else None)


spans = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=3)


@given(st.dictionaries(st.integers(1, 4), spans, min_size=1))
def test_a_gap_is_the_first_moment_at_which_nobody_is_there(said):
    away = {key: [hours(start, start + long) for start, long in some] for key, some in said.items()}
    found = nobody_left(set(away), away, hours(0, 24))
    empty = [
        n
        for n in range(24)
        if all(any(one.covers(hours(n, n + 1).starts_at) for one in some) for some in away.values())
    ]
    assert (found is None) == (not empty)
    if found:
        assert found.starts_at == hours(empty[0], 0).starts_at
        gap_hours = round((found.until - found.starts_at) / timedelta(hours=1))
        assert empty[:gap_hours] == list(range(empty[0], empty[0] + gap_hours))
        assert empty[0] + gap_hours not in empty
