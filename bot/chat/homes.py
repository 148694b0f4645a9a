"""Whose account is at home in which workspace, remembered for a while so that a large channel is quickly read.

Safe to remember: ids are never given to somebody else, and all that follows from them (who is enrolled, by whom, in
which group) is asked of the database every time. What is remembered ends all the same, since an account can move.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

KEPT = timedelta(hours=12)  # (ours)
MOST = 20_000  # (ours): a few megabytes


@dataclass
class Homes:
    """User id → workspace, each for `KEPT`, and at most `MOST` of them: the oldest go first. `own` is the bot's id."""

    clock: Callable[[], datetime]
    own: str = ""
    _known: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def of(self, user: str) -> str | None:
        """Their workspace; None when it is not known, or has not been asked for too long."""
        workspace, until = self._known.get(user, ("", None))
        return workspace if until and self.clock() < until else None

    def keep(self, user: str, workspace: str) -> None:
        self._known.pop(user, None)  # so that it counts as the newest
        self._known[user] = (workspace, self.clock() + KEPT)
        while len(self._known) > MOST:
            del self._known[next(iter(self._known))]
