"""A clock that a demonstration or a test may move on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class MovableClock:
    """Tells an aware UTC time that stands still until moved, or runs on from `start` when `running`."""

    def __init__(self, start: datetime | None = None, *, running: bool = False) -> None:
        self._now = _utc(start or datetime.now(UTC))
        self._running_since = datetime.now(UTC) if running else None
        self._shifted = timedelta(0)
        self._watchers: list[Callable[[], None]] = []

    def __call__(self) -> datetime:
        """Return the time."""
        if self._running_since is None:
            return self._now
        return self._now + (datetime.now(UTC) - self._running_since)

    @property
    def shifted(self) -> float:
        """Seconds by which the clock was moved by hand, so that waiting limits pass with it."""
        return self._shifted.total_seconds()

    def advance(self, by: timedelta) -> None:
        """Move on by `by`; a negative step is a ValueError."""
        if by < timedelta(0):
            raise ValueError("The clock only advances; use set(..., allow_back=True) to go back.")
        self._move(by)

    def set(self, to: datetime, *, allow_back: bool = False) -> None:
        """Move to `to` (aware); going back is a ValueError unless `allow_back`."""
        by = _utc(to) - self()
        if by < timedelta(0) and not allow_back:
            raise ValueError(f"{to.isoformat()} is before the playground's time, {self().isoformat()}.")
        self._move(by)

    def watch(self, moved: Callable[[], None]) -> None:
        """Call `moved` after every move by hand, so that a scheduler can look again at what is due."""
        self._watchers.append(moved)

    def _move(self, by: timedelta) -> None:
        self._now += by
        self._shifted += by
        for watcher in list(self._watchers):
            watcher()


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("The playground's clock takes aware datetimes only.")
    return moment.astimezone(UTC)
