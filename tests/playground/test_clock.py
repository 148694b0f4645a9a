"""The playground's clock moves when told, forwards, and tells its watchers."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.playground import MovableClock
from tests.playground.conftest import NOON


def test_clock_stands_until_moved() -> None:
    clock = MovableClock(NOON)
    assert clock() == clock() == NOON
    clock.advance(timedelta(hours=1))
    assert clock() == NOON + timedelta(hours=1)
    assert clock.shifted == 3600


def test_running_clock_runs() -> None:
    clock = MovableClock(NOON, running=True)
    first = clock()
    while clock() == first:
        pass
    assert first >= NOON
    clock.set(NOON + timedelta(days=1))
    assert clock() >= NOON + timedelta(days=1)


def test_time_is_told_in_utc() -> None:
    clock = MovableClock(datetime(2024, 11, 21, 13, tzinfo=timezone(timedelta(hours=1))))
    assert clock().tzinfo is UTC
    assert clock() == NOON


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(days=400)])
def test_clock_goes_back_only_when_allowed(back: timedelta) -> None:
    clock = MovableClock(NOON)
    with pytest.raises(ValueError, match="only advances"):
        clock.advance(-back)
    with pytest.raises(ValueError, match="is before"):
        clock.set(NOON - back)
    clock.set(NOON - back, allow_back=True)
    assert clock() == NOON - back


def test_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        MovableClock(datetime(2024, 11, 21))  # noqa: DTZ001 - the very thing that is refused


def test_watchers_hear_of_each_move() -> None:
    clock, heard = MovableClock(NOON), []
    clock.watch(lambda: heard.append(clock()))
    clock.advance(timedelta(minutes=1))
    clock.set(NOON + timedelta(minutes=5))
    assert heard == [NOON + timedelta(minutes=1), NOON + timedelta(minutes=5)]
