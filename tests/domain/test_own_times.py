"""A person's own times: their clock, their weekdays, the bank holidays that stay off for everybody."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import DAY
from bot.domain.own_times import (
    OwnTimes,
    check_times,
    find_zones,
    times_of_day,
    usual_times,
    zones,
)
from bot.errors import FormErrors
from tests.domain.england import ENGLAND, POLICY, moments

LONDON, AUCKLAND, HONOLULU, CAIRO = "Europe/London", "Pacific/Auckland", "Pacific/Honolulu", "Africa/Cairo"
USUAL = usual_times(LONDON, POLICY.reminders)
MONDAYS = OwnTimes(LONDON, time(9), "1")
EARLY = OwnTimes(LONDON, time(6))
LATE = OwnTimes(LONDON, time(19))
FAR = OwnTimes(AUCKLAND, time(9))
SUNDAYS = OwnTimes(CAIRO, time(8), "71234")


def there(times: OwnTimes, local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(times.zone))


SENDING = {
    "the usual nine": (USUAL, "2026-11-23 09:00", True),
    "a minute before": (USUAL, "2026-11-23 08:59", False),
    "closing": (USUAL, "2026-11-23 17:00", False),
    "early": (EARLY, "2026-11-23 06:00", True),
    "late, before it": (LATE, "2026-11-23 18:59", False),
    "late, after closing": (LATE, "2026-11-23 19:00", True),
    "late, two hours on": (LATE, "2026-11-23 21:00", False),
    "a monday": (MONDAYS, "2026-11-23 10:00", True),
    "a tuesday of somebody’s who works on mondays": (MONDAYS, "2026-11-24 10:00", False),
    "a monday that is a bank holiday": (MONDAYS, "2026-12-28 10:00", False),
    "nine in auckland": (FAR, "2026-11-24 09:00", True),
    "christmas in auckland": (FAR, "2026-12-25 09:00", False),
    "a sunday in cairo": (SUNDAYS, "2026-11-22 08:00", True),
    "a friday in cairo": (SUNDAYS, "2026-11-27 08:00", False),
    "an english bank holiday in cairo": (SUNDAYS, "2026-12-28 08:00", False),
    "the morning after the spring night": (USUAL, "2026-03-30 09:00", True),
    "the morning after the autumn night": (USUAL, "2026-10-26 08:59", False),
}


@pytest.mark.parametrize(("times", "local", "may"), SENDING.values(), ids=SENDING)
def test_a_reminder_may_go_out(times: OwnTimes, local: str, may: bool):
    assert times.sending(there(times, local), ENGLAND) is may


NEXT = {
    "now": (USUAL, "2026-11-23 10:00", "2026-11-23 10:00"),
    "later today": (USUAL, "2026-11-23 01:00", "2026-11-23 09:00"),
    "tomorrow": (USUAL, "2026-11-23 17:00", "2026-11-24 09:00"),
    "over christmas": (USUAL, "2026-12-24 17:30", "2026-12-29 09:00"),
    "next monday": (MONDAYS, "2026-11-24 09:00", "2026-11-30 09:00"),
    "mondays over christmas": (MONDAYS, "2026-12-22 09:00", "2027-01-04 09:00"),
    "over the spring night": (USUAL, "2026-03-27 18:00", "2026-03-30 09:00"),
    "sunday in cairo": (SUNDAYS, "2026-11-26 17:00", "2026-11-29 08:00"),
}


@pytest.mark.parametrize(("times", "local", "expected"), NEXT.values(), ids=NEXT)
def test_the_next_time(times: OwnTimes, local: str, expected: str):
    assert times.next_time(there(times, local), ENGLAND) == there(times, expected)


zoned = st.sampled_from([LONDON, AUCKLAND, HONOLULU, CAIRO, "Asia/Kathmandu", "America/St_Johns", "UTC"])
weekdays = st.sets(st.sampled_from("1234567"), min_size=1).map(lambda some: "".join(sorted(some)))
own = st.builds(OwnTimes, zoned, st.sampled_from(times_of_day()), weekdays)


@given(own, moments)
def test_the_next_time_is_the_first_and_never_on_a_day_off(times: OwnTimes, moment: datetime):
    found = times.next_time(moment, ENGLAND)
    assert found >= moment
    assert times.sending(found, ENGLAND)
    assert times.works(times.day(found), ENGLAND)
    assert not ENGLAND.is_bank_holiday(times.day(found))
    between = moment
    while between < found:
        assert not times.sending(between, ENGLAND)
        between += timedelta(hours=1)


@given(own, moments)
def test_every_day_of_theirs_has_its_time(times: OwnTimes, moment: datetime):
    day = times.day(moment)
    found = times.next_time(times.midnight(day), ENGLAND)
    assert (times.day(found) == day) is times.works(day, ENGLAND)
    assert times.day(times.midnight(day)) == day != times.day(times.midnight(day) - timedelta(seconds=1))


def test_what_may_be_chosen():
    assert check_times(time(8, 30), "Europe/Dublin", ("3", "1")) == OwnTimes("Europe/Dublin", time(8, 30), "13")
    with pytest.raises(FormErrors) as wrong:
        check_times(time(3), "Mars/Olympus", ())
    assert set(wrong.value.fields) == {"at", "zone", "works_on"}
    with pytest.raises(FormErrors) as wrong:
        check_times(None, LONDON, ("8",))
    assert set(wrong.value.fields) == {"at", "works_on"}


@pytest.mark.parametrize(
    ("words", "first"),
    [("london", LONDON), ("new york", "America/New_York"), ("isle of", "Europe/Isle_of_Man"), ("LOND", LONDON)],
)
def test_a_zone_is_found_by_its_town(words: str, first: str):
    assert find_zones(words)[0] == first


def test_nothing_typed_offers_some_and_nonsense_none():
    assert len(find_zones("")) == 100
    assert find_zones("olympus mons") == ()
    assert all(ZoneInfo(name) for name in zones())


def test_a_moment_has_two_dates():
    """At nine in the evening in London it is tomorrow in Auckland, and still today in Honolulu."""
    moment = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
    days = [OwnTimes(zone, time(9)).day(moment) for zone in (HONOLULU, LONDON, AUCKLAND)]
    assert days == [date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 24) + DAY]
