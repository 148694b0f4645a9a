"""An organisation's own working hours: over a bank-holiday weekend, Christmas, and both nights the clocks change."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Clock
from bot.domain.terms import OrganisationKind
from bot.services.routing import calendar_of
from bot.store.tables import Organisation
from tests.domain.england import ENGLAND, RULES, at, moments, shown


def body(opens: time | None = None, closes: time | None = None) -> Organisation:
    kind = OrganisationKind.OMBUDSMAN
    return Organisation(slug="x", name="X", short_name="X", kind=kind, opens=opens, closes=closes)


LONG = (time(8), time(20))
ALL_DAY = (time(0), time(23, 59))
SHORT = (time(10), time(12))
# The hours, the start, how many working hours, and the end as London's clocks show it.
OWN = {
    "after the others closed": (LONG, "2026-11-23 18:00", 2, "2026-11-23 20:00"),
    "from closing": (LONG, "2026-11-23 20:00", 1, "2026-11-24 09:00"),
    "over a night": (LONG, "2026-11-23 19:00", 2, "2026-11-24 09:00"),
    "before opening": (LONG, "2026-11-23 06:00", 1, "2026-11-23 09:00"),
    "over a bank-holiday weekend": (LONG, "2026-05-22 19:00", 2, "2026-05-26 09:00"),
    "from a bank holiday": (LONG, "2026-05-25 12:00", 12, "2026-05-26 20:00"),
    "over easter": (LONG, "2026-04-02 19:30", 1, "2026-04-07 08:30"),
    "over christmas": (LONG, "2026-12-24 19:30", 1, "2026-12-29 08:30"),
    "from christmas day": (LONG, "2026-12-25 12:00", 12, "2026-12-29 20:00"),
    "christmas and new year, two hours a day": (SHORT, "2026-12-23 10:00", 16, "2027-01-06 12:00"),
    "over the spring night": (LONG, "2026-03-27 19:00", 2, "2026-03-30 09:00"),
    "open all day over the spring night": (ALL_DAY, "2026-03-27 23:00", 2, "2026-03-30 01:01"),
    "over the autumn night": (LONG, "2026-10-23 19:00", 2, "2026-10-26 09:00"),
    "open all day over the autumn night": (ALL_DAY, "2026-10-23 23:00", 2, "2026-10-26 01:01"),
    "from the hour that comes twice": (LONG, "2026-10-25 01:30", 1, "2026-10-26 09:00"),
    "the policy's hours without their own": ((None, None), "2026-11-23 16:00", 2, "2026-11-24 10:00"),
}


@pytest.mark.parametrize(("hours", "start", "lasting", "end"), OWN.values(), ids=OWN)
def test_time_passes_while_the_organisation_is_open(hours, start: str, lasting: float, end: str):
    assert shown(calendar_of(body(*hours), RULES).after(at(start), Clock(lasting))) == end


def test_an_urgent_clock_knows_no_hours():
    night = at("2026-12-24 23:00")
    assert calendar_of(body(*SHORT), RULES).after(night, Clock(4, round_the_clock=True)) == night + timedelta(hours=4)


def test_only_the_hours_are_its_own():
    own = calendar_of(body(*LONG), RULES)
    assert own == replace(ENGLAND, opens=LONG[0], closes=LONG[1])
    assert own.is_bank_holiday is ENGLAND.is_bank_holiday


quarters = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))


@given(moments, st.integers(1, 200), st.lists(quarters, min_size=4, max_size=4, unique=True).map(sorted))
def test_longer_hours_never_end_later(start: datetime, quarter_hours: int, hours: list[time]):
    opens_first, opens, closes, closes_last = hours
    clock = Clock(quarter_hours / 4)
    longer = calendar_of(body(opens_first, closes_last), RULES).after(start, clock)
    assert longer <= calendar_of(body(opens, closes), RULES).after(start, clock)
    assert longer >= start.astimezone(UTC) + timedelta(hours=clock.hours)
