"""Slack's rate limits as token buckets, and faults that a test orders in advance."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground.errors import RateLimited, SlackError

# docs.slack.dev/apis/web-api/rate-limits: calls a minute for each tier, per method, app and workspace.
TIERS: Mapping[int, int] = {1: 1, 2: 20, 3: 50, 4: 100}
WORKSPACE_POSTS_A_MINUTE = 300


@dataclass
class Bucket:
    """Tokens that come back at `rate` a second, up to `burst`."""

    rate: float
    burst: float
    tokens: float
    at: float

    def take(self, now: float) -> float:
        """Take one token: 0, or the seconds to wait until there is one."""
        self.tokens = min(self.burst, self.tokens + max(0.0, now - self.at) * self.rate)
        self.at = now
        if self.tokens >= 1:
            self.tokens -= 1
            return 0.0
        return (1 - self.tokens) / self.rate


class Pace:
    """The buckets of one workspace."""

    def __init__(self, seconds: Callable[[], float], *, post_rate: float, post_burst: float, tier_limits: bool) -> None:
        self._seconds = seconds
        self._post_rate = post_rate
        self._post_burst = post_burst
        self._tier_limits = tier_limits
        self._buckets: dict[str, Bucket] = {}

    def spend_post(self, channel: str) -> None:
        """Count a message to `channel`; RateLimited when they come too fast."""
        self._spend(f"post {channel}", self._post_rate, self._post_burst)
        if self._tier_limits:
            self._spend("posts", WORKSPACE_POSTS_A_MINUTE / 60, WORKSPACE_POSTS_A_MINUTE)

    def spend(self, method: str, tier: int) -> None:
        """Count a call of a method of this tier; RateLimited when there are too many in a minute."""
        if self._tier_limits and tier:
            self._spend(method, TIERS[tier] / 60, TIERS[tier])

    def _spend(self, name: str, rate: float, burst: float) -> None:
        now = self._seconds()
        bucket = self._buckets.setdefault(name, Bucket(rate, burst, burst, now))
        wait = bucket.take(now)
        if wait:
            raise RateLimited(max(1, math.ceil(wait)))


@dataclass
class Fault:
    """One ordered failure of a method, for `count` calls."""

    method: str
    error: str | None
    status: int
    retry_after: int
    count: int
    channel: str | None
    after_effect: bool

    def fits(self, method: str, args: Mapping[str, Any]) -> bool:
        """Whether it is meant for this call."""
        if self.count < 1 or self.method != method:
            return False
        return self.channel is None or _place(args.get("channel") or args.get("channel_id")) == _place(self.channel)

    def refuse(self) -> None:
        """Raise what was ordered."""
        if self.status == 429:
            raise RateLimited(self.retry_after)
        if self.error is not None:
            raise SlackError(self.error)
        raise ServerBroken(self.status)


def _place(target: Any) -> str:
    """A person's id stands for their direct message, which is called after it."""
    name = str(target)
    return f"D{name[1:]}" if name.startswith("U") else name


class ServerBroken(Exception):
    """An answer that is not Slack's JSON, as when a proxy or the server itself fails."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


@dataclass
class Faults:
    """The failures ordered so far."""

    ordered: list[Fault] = field(default_factory=list)

    def order(self, fault: Fault) -> None:
        """Add one."""
        self.ordered.append(fault)

    def next_for(self, method: str, args: Mapping[str, Any]) -> Fault | None:
        """The failure due for this call, counted."""
        fault = next((fault for fault in self.ordered if fault.fits(method, args)), None)
        if fault:
            fault.count -= 1
        return fault
