"""How payloads reach the bot: an envelope goes out, and is acknowledged within three seconds or not at all."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

Transport = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any] | None]]
Sender = Callable[["Envelope"], Awaitable[dict[str, Any] | None]]

KINDS = ("slash_commands", "interactive", "events_api")


@dataclass(frozen=True)
class Envelope:
    """One payload on its way, for the `attempt`th time after the first."""

    kind: str
    payload: dict[str, Any]
    attempt: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """Whether the bot acknowledged, and with what; else the error Slack shows the person."""

    acked: bool
    response: dict[str, Any] | None = None
    error: str | None = None


@dataclass
class _Drop:
    kind: str
    count: int
    resend: bool


class Delivery:
    """Sends envelopes, waits for acknowledgements and repeats events that got none.

    `pauses` are the seconds, of the playground's time, before each repetition of an event.
    """

    def __init__(
        self,
        over_sockets: Sender,
        *,
        ack_seconds: float,
        pauses: Sequence[float],
        seconds: Callable[[], float],
    ) -> None:
        self.transport: Transport | None = None
        self.unacknowledged: list[Envelope] = []
        self._over_sockets = over_sockets
        self._ack_seconds = ack_seconds
        self._pauses = tuple(pauses)
        self._seconds = seconds
        self._moved = asyncio.Event()
        self._drops: list[_Drop] = []
        self._late: set[asyncio.Task[dict[str, Any] | None]] = set()
        self._repeating: set[asyncio.Task[None]] = set()

    def drop_acks(self, kind: str, count: int, *, resend: bool) -> None:
        """Lose the next `count` acknowledgements of this kind on their way."""
        self._drops.append(_Drop(kind, count, resend))

    async def send(self, kind: str, payload: dict[str, Any]) -> Answer:
        """Send a command or an interaction: one chance, as with Slack."""
        envelope = Envelope(kind, payload)
        drop = self._next_drop(kind)
        answer = await self._once(envelope, lost=drop is not None)
        if drop and drop.resend:
            return await self._once(envelope, lost=False)
        return answer

    async def send_event(self, payload: dict[str, Any]) -> Answer:
        """Send an event; without an acknowledgement, at once again and twice more in the background."""
        answer = await self._event_once(Envelope("events_api", payload))
        if answer.acked or not self._pauses:
            return answer
        if self._pauses[0] > 0:
            self._repeat(payload, 1)
            return answer
        answer = await self._event_once(Envelope("events_api", payload, 1, "timeout"))
        if not answer.acked:
            self._repeat(payload, 2)
        return answer

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the background until the playground closes."""
        task = asyncio.ensure_future(work)
        self._repeating.add(task)
        task.add_done_callback(self._repeating.discard)

    def clock_moved(self) -> None:
        """Look again at which repetitions are due."""
        self._moved.set()

    async def settle(self) -> None:
        """Wait for handlers that were still at work when their three seconds were over."""
        late, self._late = self._late, set()
        await asyncio.gather(*late)

    async def close(self) -> None:
        """Stop everything that is still under way."""
        tasks = [*self._late, *self._repeating]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _next_drop(self, kind: str) -> _Drop | None:
        drop = next((drop for drop in self._drops if drop.kind == kind and drop.count > 0), None)
        if drop:
            drop.count -= 1
        return drop

    async def _event_once(self, envelope: Envelope) -> Answer:
        return await self._once(envelope, lost=self._next_drop("events_api") is not None)

    async def _once(self, envelope: Envelope, *, lost: bool) -> Answer:
        """One attempt. A handler that is too slow is left to finish its work, as it would be in earnest."""
        task = asyncio.ensure_future(self._carry(envelope))
        done, _ = await asyncio.wait({task}, timeout=self._ack_seconds)
        response = task.result() if done else None
        if not done:
            self._leave(task)
        if response is None or lost:
            self.unacknowledged.append(envelope)
            in_time = done and not lost
            return Answer(acked=False, error="dispatch_failed" if in_time else "operation_timeout")
        return Answer(acked=True, response=response)

    def _leave(self, task: asyncio.Task[dict[str, Any] | None]) -> None:
        if self.transport is None:
            task.cancel()
        else:
            self._late.add(task)

    async def _carry(self, envelope: Envelope) -> dict[str, Any] | None:
        if self.transport is not None:
            return await self.transport(envelope.kind, envelope.payload)
        return await self._over_sockets(envelope)

    def _repeat(self, payload: dict[str, Any], attempt: int) -> None:
        self.soon(self._keep_trying(payload, attempt, self._seconds()))

    async def _keep_trying(self, payload: dict[str, Any], attempt: int, since: float) -> None:
        for number, pause in enumerate(self._pauses[attempt - 1 :], attempt):
            await self._wait_until(since + pause)
            since = self._seconds()
            answer = await self._event_once(Envelope("events_api", payload, number, "timeout"))
            if answer.acked:
                return

    async def _wait_until(self, due: float) -> None:
        """Wait for a moment of the playground's time, which its clock may bring forward."""
        while (left := due - self._seconds()) > 0:
            self._moved.clear()
            try:
                await asyncio.wait_for(self._moved.wait(), left)
            except TimeoutError:
                continue
