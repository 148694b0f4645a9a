"""Slack's short-lived handles: trigger ids and response URLs."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.errors import SlackError

TRIGGER_SECONDS = 3.0
RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60.0

Seconds = Callable[[], float]


@dataclass
class _Trigger:
    user: str
    issued: float
    view: str | None
    used: bool = False


class Triggers:
    """Trigger ids: good for three seconds of real time, and for one use."""

    def __init__(self, seconds: Seconds) -> None:
        self._seconds = seconds
        self._issued: dict[str, _Trigger] = {}

    def issue(self, user: str, view: str | None = None) -> str:
        """A new trigger id for something `user` just did, perhaps inside `view`."""
        number = len(self._issued) + 1
        trigger_id = f"{number}.{100 + number}.{scrambled('trigger', number)}"
        self._issued[trigger_id] = _Trigger(user, self._seconds(), view)
        return trigger_id

    def redeem(self, trigger_id: object) -> tuple[str, str | None]:
        """Use a trigger up; who caused it and in which view. Raises Slack's refusals."""
        trigger = self._issued.get(trigger_id) if isinstance(trigger_id, str) else None
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._seconds() - trigger.issued > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user, trigger.view


@dataclass
class ResponseUrl:
    """Where an answer to one interaction goes."""

    channel: str
    user: str
    source: str | None
    issued: float
    uses: int = 0


class ResponseUrls:
    """Response URLs: five uses within thirty minutes of the playground's time."""

    def __init__(self, base: str, seconds: Seconds) -> None:
        self.base = base
        self._seconds = seconds
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, channel: str, user: str, source: str | None = None) -> str:
        """A new URL; `source` is the timestamp of the message acted on, if there is one."""
        key = scrambled("response", len(self._issued) + 1)
        self._issued[key] = ResponseUrl(channel, user, source, self._seconds())
        return f"{self.base}/response/{key}"

    def use(self, key: str) -> ResponseUrl:
        """Count one use; raises `invalid_url`, `expired_url` or `used_url`."""
        url = self._issued.get(key)
        if url is None:
            raise SlackError("invalid_url")
        if self._seconds() - url.issued > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url")
        if url.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        url.uses += 1
        return url


def scrambled(kind: str, number: int) -> str:
    """A string that cannot be mistaken for meaningful, the same on every run."""
    return hashlib.sha256(f"{kind} {number}".encode()).hexdigest()[:32]
