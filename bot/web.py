"""The HTTP surface of `soundings serve`: Slack's events, and what an operator watches."""

import time
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_sdk.signature import SignatureVerifier

from bot.app import Soundings, signing_secret
from bot.metrics import REGISTRY, TICKED
from bot.schedules.timetable import TIMETABLE
from bot.store.migrate import is_current
from bot.store.unit import DatabaseAway


def make_web(soundings: Soundings, *, slack_over_http: bool) -> web.Application:
    """The routes. `/slack/events` is there only when Slack is to call us. Raises `BadSetting` without its secret."""

    async def ready(_: web.Request) -> web.Response:
        wrong = await problems(soundings)
        return web.json_response({"ready": not wrong, "problems": wrong}, status=503 if wrong else 200)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def alive(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    app = web.Application()
    app.add_routes([web.get("/healthz", alive), web.get("/readyz", ready), web.get("/metrics", metrics)])
    if slack_over_http:
        app.add_routes([web.post("/slack/events", _events(soundings))])
    return app


def _events(soundings: Soundings) -> Callable[[web.Request], Awaitable[web.Response]]:
    verifier = SignatureVerifier(signing_secret(soundings.settings))

    async def events(request: web.Request) -> web.Response:
        # Before Bolt, which reads the body first and stumbles over what is not Slack's.
        if not _signed(request.headers, await request.read(), verifier):
            return web.Response(status=401)
        answer = await soundings.slack.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    return events


def _signed(headers: Mapping[str, str], body: bytes, verifier: SignatureVerifier) -> bool:
    """Whether Slack signed this, within the last five minutes."""
    stamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    return stamp.isdecimal() and verifier.is_valid(body, stamp, signature)


async def problems(soundings: Soundings) -> list[str]:
    """What keeps this process from doing its work, in words; empty when it is ready."""
    found = []
    try:
        if not await is_current(soundings.store):
            found.append("the database has not been brought up to date")
    except DatabaseAway:
        found.append("the database cannot be reached")
    if not soundings.delivering:
        found.append("the deliverer has stopped")
    if soundings.socket and not await soundings.socket.client.is_connected():
        found.append("Slack is not connected")
    found += [f"{tick.name} has not run lately" for tick in TIMETABLE if _late(tick.name, tick.beats, soundings)]
    return found


def _late(job: str, beats: int, soundings: Soundings) -> bool:
    patience = max(60.0, 4 * beats * soundings.settings.tick_seconds)
    ticked: float = TICKED.labels(job)._value.get()  # noqa: SLF001  # the library has no public way to read a gauge
    return time.time() - ticked > patience
