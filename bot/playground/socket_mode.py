"""The server's side of Socket Mode (docs.slack.dev/apis/events-api/using-socket-mode)."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.playground.delivery import Envelope

MOST_CONNECTIONS = 10


@dataclass(eq=False)
class _Link:
    socket: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)


class SocketMode:
    """The open connections; each envelope goes to one of them, in turn."""

    def __init__(self, app_id: str, changed: Callable[[], None]) -> None:
        self._app_id = app_id
        self._changed = changed
        self._links: list[_Link] = []
        self._tickets: set[str] = set()
        self._issued = 0
        self._sent = 0
        self._opened = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether the bot is there."""
        return bool(self._links)

    def ticket(self) -> str:
        """A ticket that opens one connection."""
        self._issued += 1
        ticket = f"ticket-{self._issued}"
        self._tickets.add(ticket)
        return ticket

    async def wait_connected(self, timeout: float) -> None:  # noqa: ASYNC109 - the published signature
        """Wait for a connection; TimeoutError if none comes."""
        await asyncio.wait_for(self._opened.wait(), timeout)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        if len(self._links) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        link = _Link(socket)
        self._links.append(link)
        try:
            await self._greet(socket)
            await self._listen(link)
        finally:
            self._drop(link)
        return socket

    async def send(self, envelope: Envelope) -> dict[str, Any] | None:
        """Hand an envelope to a connection; its answer's payload ({} for a bare acknowledgement) or None."""
        if not self._links:
            return None
        self._sent += 1
        link = self._links[self._sent % len(self._links)]
        envelope_id = f"envelope-{self._sent}"
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        link.waiting[envelope_id] = answer
        try:
            await link.socket.send_json(_framed(envelope, envelope_id))
            return await answer
        except ConnectionError:
            return None
        finally:
            link.waiting.pop(envelope_id, None)

    async def refresh(self) -> None:
        """Ask every connection to be renewed, as Slack does every few hours."""
        for link in list(self._links):
            await link.socket.send_json(
                {
                    "type": "disconnect",
                    "reason": "refresh_requested",
                    "debug_info": {"host": "applink-playground"},
                }
            )

    async def close(self) -> None:
        """Close every connection."""
        for link in list(self._links):
            await link.socket.close()

    async def _greet(self, socket: web.WebSocketResponse) -> None:
        await socket.send_json(
            {
                "type": "hello",
                "connection_info": {"app_id": self._app_id},
                "num_connections": len(self._links),
                "debug_info": {
                    "host": "applink-playground",
                    "build_number": 1,
                    "approximate_connection_time": 18060,
                },
            }
        )
        self._opened.set()
        self._changed()

    async def _listen(self, link: _Link) -> None:
        async for frame in link.socket:
            if frame.type is WSMsgType.TEXT:
                _take_answer(link, frame.data)

    def _drop(self, link: _Link) -> None:
        self._links.remove(link)
        for answer in link.waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError("the connection closed before the answer"))
        if not self._links:
            self._opened.clear()
        self._changed()


def _take_answer(link: _Link, data: str) -> None:
    try:
        answer = json.loads(data)
    except ValueError:
        return
    if not isinstance(answer, dict):
        return
    waiting = link.waiting.get(str(answer.get("envelope_id")))
    if waiting is not None and not waiting.done():
        waiting.set_result(answer.get("payload") or {})


def _framed(envelope: Envelope, envelope_id: str) -> dict[str, Any]:
    frame: dict[str, Any] = {
        "envelope_id": envelope_id,
        "payload": envelope.payload,
        "type": envelope.kind,
        "accepts_response_payload": envelope.kind != "events_api",
    }
    if envelope.kind == "events_api":
        frame |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason}
    return frame
