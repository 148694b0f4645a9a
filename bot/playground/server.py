"""The playground itself: one loopback server with Slack's Web API, Socket Mode and the page."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.playground.clock import MovableClock
from bot.playground.delivery import Delivery, Envelope, Transport
from bot.playground.file_server import FileServer
from bot.playground.files import MOST_BYTES, Files
from bot.playground.handles import ResponseUrls, Triggers, scrambled
from bot.playground.interactions import Interactions
from bot.playground.methods_chat import CHAT
from bot.playground.methods_files import FILES
from bot.playground.methods_people import PEOPLE
from bot.playground.methods_views import VIEWS
from bot.playground.pace import Fault, Faults, Pace
from bot.playground.page import Pages, only_from_here
from bot.playground.payloads import Payloads
from bot.playground.persona import Persona
from bot.playground.responses import Responses
from bot.playground.seed import Seed
from bot.playground.socket_mode import SocketMode
from bot.playground.web_api import Api, Tokens, WebApi
from bot.playground.workspace import Workspace

HOST = "127.0.0.1"
STATIC = Path(__file__).parent / "static"


class Playground:
    """A Slack workspace on this machine, for one bot.

    `post_rate` and `post_burst` are messages a second per channel; `tier_limits` are Slack's calls a minute per
    method. `event_pauses` are the seconds before each repetition of an unacknowledged event. `monotonic` is
    the real time by which trigger ids expire.
    """

    def __init__(
        self,
        seed: Seed,
        port: int = 0,
        clock: MovableClock | None = None,
        *,
        post_rate: float = 1.0,
        post_burst: float = 5.0,
        tier_limits: bool = True,
        ack_seconds: float = 3.0,
        event_pauses: Sequence[float] = (0.0, 60.0, 300.0),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock or MovableClock()
        self.workspace = Workspace(seed, self.clock)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.warnings: list[str] = []
        self.url = ""
        self._port = port
        self._monotonic = monotonic
        self._runner: web.AppRunner | None = None
        self._changed = asyncio.Event()
        self._tokens = Tokens("xoxb-playground-bot", "xapp-playground-app", "playground-signing-secret")
        self._sockets = SocketMode(self.workspace.app_id, self.workspace.changed)
        self._triggers = Triggers(monotonic)
        self._urls = ResponseUrls("", self._seconds)
        self._faults = Faults()
        self.delivery = Delivery(
            self._sockets.send, ack_seconds=ack_seconds, pauses=event_pauses, seconds=self._seconds
        )
        payloads = Payloads(self.workspace, self._triggers, self._urls)
        self._interactions = Interactions(self.workspace, payloads, self.delivery, self.warnings)
        pace = Pace(self._seconds, post_rate=post_rate, post_burst=post_burst, tier_limits=tier_limits)
        self._api = self._assembled(payloads, pace)
        self._pages = Pages(self._interactions, lambda: self.connected)
        self.clock.watch(self._clock_moved)
        self.workspace.watchers.append(self._changed.set)

    def _assembled(self, payloads: Payloads, pace: Pace) -> Api:
        return Api(
            space=self.workspace,
            payloads=payloads,
            triggers=self._triggers,
            interactions=self._interactions,
            sockets=self._sockets,
            pace=pace,
            faults=self._faults,
            files=Files(self._seconds, scrambled),
            tokens=self._tokens,
            calls=self.calls,
            warnings=self.warnings,
            later=self.delivery.soon,
        )

    async def __aenter__(self) -> Self:
        """Open the server."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the server and everything under way."""
        await self.stop()

    async def start(self) -> None:
        """Listen on the loopback interface, on `port` or any free one."""
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = self._api.url = self._urls.base = f"http://{HOST}:{port}"

    async def stop(self) -> None:
        """Close connections, pages and the server."""
        await self.delivery.close()
        await self._pages.close()
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        """The bot's token."""
        return self._tokens.bot

    @property
    def app_token(self) -> str:
        """The app-level token, for Socket Mode."""
        return self._tokens.app

    @property
    def signing_secret(self) -> str:
        """The secret with which HTTP requests are signed."""
        return self._tokens.signing_secret

    @property
    def bot_user_id(self) -> str:
        """The bot's user id."""
        return self.workspace.bot_user_id

    @property
    def transport(self) -> Transport | None:
        """How payloads reach the bot; None means Socket Mode."""
        return self.delivery.transport

    @transport.setter
    def transport(self, transport: Transport | None) -> None:
        self.delivery.transport = transport

    @property
    def unacknowledged(self) -> list[Envelope]:
        """Every envelope that got no acknowledgement in time, in order."""
        return self.delivery.unacknowledged

    @property
    def connected(self) -> bool:
        """Whether there is a bot: a Socket Mode connection or a transport."""
        return self.transport is not None or self._sockets.connected

    def persona(self, user_id: str) -> Persona:
        """A person of this workspace at their screen."""
        return Persona(self._interactions.user(user_id).id, self._interactions)

    async def close_account(self, user_id: str) -> None:
        """Let someone leave the organisation: their account is switched off, and the app hears of it."""
        self.deactivate(user_id)
        await self._interactions.account_changed(user_id)

    async def reopen_account(self, user_id: str) -> None:
        """Switch an account on again, and let the app hear of it."""
        self.workspace.users[user_id].deleted = False
        self.workspace.changed()
        await self._interactions.account_changed(user_id)

    def deactivate(self, user_id: str) -> None:
        """Switch an account off while the app hears nothing of it, as when an event is lost."""
        self.workspace.users[user_id].deleted = True
        for channel in self.workspace.channels.values():
            if channel.kind != "dm":
                channel.members.discard(user_id)
        self.workspace.changed()

    def archive(self, channel_id: str) -> None:
        """Archive a channel."""
        self.workspace.channels[channel_id].archived = True
        self.workspace.changed()

    def fail_next(
        self,
        method: str,
        *,
        error: str | None = None,
        status: int = 200,
        retry_after: int = 1,
        count: int = 1,
        channel: str | None = None,
        after_effect: bool = False,
    ) -> None:
        """Make the next `count` calls of `method` fail: with Slack's `error`, with 429, or with another status.

        The step of an upload that is no method is called `upload`. With `after_effect` the call is carried out and only
        its answer is replaced, as when a reply is lost.
        """
        if error is None and status == 200:
            raise ValueError("Say how the call is to fail: error=... or status=...")
        self._faults.order(Fault(method, error, status, retry_after, count, channel, after_effect))

    def drop_acks(self, kind: str, count: int = 1, *, resend: bool | None = None) -> None:
        """Lose the bot's next `count` acknowledgements of this kind ("interactive", "events_api", ...).

        Slack repeats events by itself. With `resend` another kind is delivered a second time as well, as happens
        when a Socket Mode connection breaks before the answer; without it the person sees an error.
        """
        self.delivery.drop_acks(kind, count, resend=bool(resend))

    async def bot_connected(self, timeout: float = 10.0) -> None:  # noqa: ASYNC109 - the published signature
        """Wait until a Socket Mode connection is open."""
        await self._sockets.wait_connected(timeout)

    async def refresh_connections(self) -> None:
        """Ask the bot to renew its Socket Mode connections."""
        await self._sockets.refresh()

    async def settle(self) -> None:
        """Wait until handlers that outlived their three seconds are done; their errors are raised here."""
        await self.delivery.settle()

    async def until(self, holds: Callable[[], object], timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until `holds()` is true after some change; TimeoutError otherwise."""
        async with asyncio.timeout(timeout):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    def _application(self) -> web.Application:
        methods = WebApi(self._api, {**CHAT, **FILES, **VIEWS, **PEOPLE})
        responses = Responses(self._api, self._urls)
        files = FileServer(self._api)
        app = web.Application(client_max_size=MOST_BYTES + 64 * 1024, middlewares=[only_from_here])
        app.router.add_route("*", "/api/{method}", methods.handle)
        app.router.add_post("/response/{key}", responses.handle)
        app.router.add_post("/upload/v1/{secret}", files.receive)
        app.router.add_get("/files/{secret}/{name}", files.serve)
        app.router.add_get("/link/", self._sockets.handle)
        app.router.add_get("/persona", self._pages.handle)
        app.router.add_get("/", _page)
        if STATIC.is_dir():
            app.router.add_static("/static/", STATIC)
        return app

    def _seconds(self) -> float:
        """Seconds that pass in reality or by the clock being moved: what waiting limits are counted in."""
        return self._monotonic() + self.clock.shifted

    def _clock_moved(self) -> None:
        self.delivery.clock_moved()
        self.workspace.changed()


async def _page(_request: web.Request) -> web.StreamResponse:
    return web.FileResponse(STATIC / "index.html")
