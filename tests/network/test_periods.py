"""History is ended and begun anew, never rewritten."""

from datetime import date, timedelta

import pytest

from bot.services.periods import is_over, settle
from bot.store.tables import Membership

TODAY = date(2026, 11, 23)
YESTERDAY = date(2026, 11, 22)
OLD = date(2024, 4, 1)


def period(starts: date, ends: date | None = None) -> Membership:
    return Membership(group_id=1, organisation_id=1, starts_on=starts, ends_on=ends)


def test_nothing_recorded_begins_today_or_when_the_file_says() -> None:
    assert settle([], None, None, TODAY).dates == {"starts_on": TODAY, "ends_on": None}
    assert settle([], OLD, None, TODAY).dates == {"starts_on": OLD, "ends_on": None}


def test_a_standing_period_is_kept_and_may_be_corrected() -> None:
    standing = period(TODAY)
    assert settle([standing], None, None, TODAY).row is standing
    assert settle([standing], OLD, None, TODAY).dates == {"starts_on": OLD, "ends_on": None}
    assert settle([standing], None, date(2027, 3, 31), TODAY).dates == {"ends_on": date(2027, 3, 31)}


def test_what_comes_back_begins_a_new_period() -> None:
    before = period(OLD, YESTERDAY)
    back = settle([before], OLD, None, TODAY)
    assert back.row is None
    assert back.dates == {"starts_on": TODAY, "ends_on": None}


def test_a_correction_does_not_reach_into_an_earlier_period() -> None:
    before, standing = period(OLD, YESTERDAY), period(TODAY)
    assert settle([before, standing], OLD, None, TODAY).dates == {"ends_on": None}


def test_what_is_taken_out_and_put_back_on_one_day_is_open_again() -> None:
    same_day = period(TODAY, YESTERDAY)
    assert is_over(same_day, TODAY)
    assert settle([same_day], None, None, TODAY).row is same_day


def test_a_period_already_over_is_recorded_once() -> None:
    last = date(2025, 3, 31)
    assert settle([], OLD, last, TODAY).dates == {"starts_on": OLD, "ends_on": last}
    assert settle([period(OLD, last)], OLD, last, TODAY).dates == {}
    assert settle([], None, last, TODAY).dates == {}


@pytest.mark.parametrize("starts", [None, OLD, YESTERDAY, TODAY, TODAY + timedelta(days=40)])
@pytest.mark.parametrize("ends", [None, YESTERDAY, TODAY, TODAY + timedelta(days=50)])
@pytest.mark.parametrize("rows", [[], [(OLD, None)], [(OLD, YESTERDAY)], [(OLD, date(2025, 1, 1)), (TODAY, YESTERDAY)]])
def test_settling_twice_changes_nothing(
    starts: date | None, ends: date | None, rows: list[tuple[date, date | None]]
) -> None:
    recorded = [period(*dates) for dates in rows]
    once = settle(recorded, starts, ends, TODAY)
    if once.dates and once.row is None:
        recorded.append(period(once.dates["starts_on"], once.dates["ends_on"]))
    for name, value in once.dates.items():
        setattr(once.row or recorded[-1], name, value)
    again = settle(recorded, starts, ends, TODAY)
    assert all(getattr(again.row, name) == value for name, value in again.dates.items())
    assert len({row.starts_on for row in recorded}) == len(recorded)
