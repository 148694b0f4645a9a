"""The websocket behind the page: a persona's whole state out, what the person does in."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from bot.playground.errors import NotPossible, SlackError
from bot.playground.interactions import Interactions, Place
from bot.playground.outcome import Outcome
from bot.playground.screen import screen

PAUSE = 0.05
REFRESH = 10.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Act = dict[str, Any]
Reply = dict[str, Any]


class Pages:
    """The open pages."""

    def __init__(self, interactions: Interactions, connected: Callable[[], bool]) -> None:
        self._do = interactions
        self._connected = connected
        self._dirty: dict[web.WebSocketResponse, asyncio.Event] = {}
        interactions.space.watchers.append(self._changed)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one page."""
        user_id = request.query.get("user") or self._someone()
        if user_id not in self._do.space.users:
            return web.Response(status=404, text="There is no such person.")
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        dirty = self._dirty[socket] = asyncio.Event()
        dirty.set()
        pushing = asyncio.ensure_future(self._push(socket, user_id, dirty))
        try:
            await self._listen(socket, user_id)
        finally:
            del self._dirty[socket]
            pushing.cancel()
            await asyncio.gather(pushing, return_exceptions=True)
        return socket

    async def close(self) -> None:
        """Close every page."""
        for socket in list(self._dirty):
            await socket.close()

    def _someone(self) -> str:
        return next((user.id for user in self._do.space.seed.users if not user.deleted), "")

    def _changed(self) -> None:
        for dirty in self._dirty.values():
            dirty.set()

    async def _push(self, socket: web.WebSocketResponse, user_id: str, dirty: asyncio.Event) -> None:
        """Send the state after changes, twenty times a second at most, and now and then for a running clock."""
        while not socket.closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(dirty.wait(), REFRESH)
            dirty.clear()
            state = screen(self._do.space, user_id, connected=self._connected())
            await socket.send_json({"type": "state", "state": state})
            await asyncio.sleep(PAUSE)

    async def _listen(self, socket: web.WebSocketResponse, user_id: str) -> None:
        """Start each act on its own, so that a slow bot does not hold up the clock or the next click."""
        acting: set[asyncio.Task[None]] = set()
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                task = asyncio.ensure_future(self._answer(socket, user_id, frame.data))
                acting.add(task)
                task.add_done_callback(acting.discard)
        await asyncio.gather(*acting, return_exceptions=True)

    async def _answer(self, socket: web.WebSocketResponse, user_id: str, data: str) -> None:
        act: Act = json.loads(data)
        reply: Reply = {"type": "done", "id": act.get("id"), "ok": True}
        try:
            verb = _ACTS.get(str(act.get("act")), _unknown_act)
            reply |= await verb(self._do, user_id, act)
        except (NotPossible, ValueError) as wrong:
            reply |= {"ok": False, "error": str(wrong)}
        except SlackError as refusal:
            reply |= {"ok": False, "error": refusal.code}
        except KeyError as missing:
            reply |= {"ok": False, "error": f"The act lacks {missing}."}
        if not socket.closed:
            await socket.send_json(reply)


@web.middleware
async def only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other machines' pages, so that no website can drive the playground or read what it holds.

    A browser always says where a page comes from; a caller without Origin is not a page.
    """
    origin = request.headers.get("Origin")
    here = urlsplit(f"//{request.host}").hostname in LOOPBACK
    if not here or (origin is not None and urlsplit(origin).hostname not in LOOPBACK):
        return web.Response(status=403, text="The playground answers pages of this machine only.")
    return await handler(request)


def _told(outcome: Outcome) -> Reply:
    """Errors beside fields arrive in the state; only the others are told here."""
    if outcome.error is None:
        return {}
    said = outcome.error if outcome.acked else f"The app did not respond: {outcome.error}"
    return {"ok": False, "error": said}


def _place(do: Interactions, user_id: str, where: Act) -> Place:
    if where["kind"] == "message":
        message = do.message(user_id, where["channel"], where["ts"])
        return Place(message=message, blocks=message.blocks)
    if where["kind"] == "view":
        view = do.view(user_id, where["view_id"])
        return Place(view=view, blocks=view.blocks)
    home = do.space.homes.get(user_id)
    if home is None:
        raise NotPossible("The Home tab has nothing on it yet.")
    return Place(view=home, blocks=home.blocks)


async def _command(do: Interactions, user_id: str, act: Act) -> Reply:
    name, _, text = str(act["text"]).strip().partition(" ")
    outcome = await do.command(user_id, act["channel"], name, text)
    if outcome.error and not outcome.acked:
        return {"ok": False, "error": f"{name} failed with the error “{outcome.error}”."}
    return _told(outcome)


async def _say(do: Interactions, user_id: str, act: Act) -> Reply:
    await do.say(user_id, act["channel"], str(act["text"]), act.get("thread_ts"))
    return {}


async def _home(do: Interactions, user_id: str, _act: Act) -> Reply:
    await do.open_home(user_id)
    return {}


async def _press(do: Interactions, user_id: str, act: Act) -> Reply:
    place = _place(do, user_id, act["where"])
    chosen = act.get("element") or {}
    typed = act.get("state") or {}
    return _told(await do.press(user_id, place, act["block_id"], act["action_id"], chosen, typed))


async def _options(do: Interactions, user_id: str, act: Act) -> Reply:
    place = _place(do, user_id, act["where"])
    body = await do.options(user_id, place, act["block_id"], act["action_id"], str(act.get("query", "")))
    return {"type": "options", **body}


async def _submit(do: Interactions, user_id: str, act: Act) -> Reply:
    return _told(await do.submit(user_id, do.view(user_id, act["view_id"]), act.get("values") or {}))


async def _close(do: Interactions, user_id: str, act: Act) -> Reply:
    await do.close(user_id, do.view(user_id, act["view_id"]))
    return {}


async def _shortcut(do: Interactions, user_id: str, act: Act) -> Reply:
    return _told(await do.shortcut(user_id, act["callback_id"]))


async def _message_shortcut(do: Interactions, user_id: str, act: Act) -> Reply:
    return _told(await do.message_shortcut(user_id, act["callback_id"], act["channel"], act["ts"]))


async def _clock(do: Interactions, _user_id: str, act: Act) -> Reply:
    if "to" in act:
        do.space.clock.set(datetime.fromisoformat(act["to"]))
    else:
        do.space.clock.advance(timedelta(seconds=float(act["advance_seconds"])))
    return {}


async def _read(do: Interactions, user_id: str, act: Act) -> Reply:
    channel = do.channel(user_id, act["channel"])
    channel.read_up_to[user_id] = max((message.ts for message in channel.every_message()), default="")
    do.space.changed()
    return {}


async def _unknown_act(_do: Interactions, _user_id: str, act: Act) -> Reply:
    raise NotPossible(f"The playground cannot do “{act.get('act')}”.")


_ACTS: dict[str, Callable[[Interactions, str, Act], Awaitable[Reply]]] = {
    "command": _command,
    "say": _say,
    "home": _home,
    "press": _press,
    "options": _options,
    "submit": _submit,
    "close": _close,
    "shortcut": _shortcut,
    "message_shortcut": _message_shortcut,
    "clock": _clock,
    "read": _read,
}
