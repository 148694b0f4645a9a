"""A small workspace and a small bot to try the playground with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import MovableClock, Playground, Seed, SeedChannel, SeedCommand, SeedShortcut, SeedUser
from tests.playground.transport import bolt_transport

NOON = datetime(2024, 11, 21, 12, 0, tzinfo=UTC)

SEED = Seed(
    users=(
        SeedUser("U_ANN", "ann", "Ann Archer", "Head of Region"),
        SeedUser("U_BOB", "bob", "Bob Barker", "Lead", email="bob@example.org"),
        SeedUser("U_EVE", "eve", "Eve External", team_id="T_OTHER"),
        SeedUser("U_OLD", "old", "Old Hand", deleted=True),
    ),
    channels=(
        SeedChannel("C_QSG", "qsg-north", members=("U_ANN", "U_BOB", "U_EVE")),
        SeedChannel("C_SECRET", "secret", members=("U_ANN",), bot_member=False),
        SeedChannel("C_OPEN", "open", private=False, members=("U_ANN",), bot_member=False),
        SeedChannel("C_PAST", "past", members=("U_ANN",), archived=True),
    ),
    commands=(SeedCommand("/concern", "[provider words]", "Raise a concern"),),
    shortcuts=(
        SeedShortcut("start", "Start something"),
        SeedShortcut("flag", "Flag this", kind="message"),
    ),
)


class Seconds:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def pg(seconds: Seconds) -> AsyncIterator[Playground]:
    async with Playground(SEED, clock=MovableClock(NOON), monotonic=seconds, ack_seconds=10) as pg:
        yield pg


@pytest.fixture
async def hasty_pg(seconds: Seconds) -> AsyncIterator[Playground]:
    """A playground that waits for acknowledgements for a moment only."""
    async with Playground(SEED, clock=MovableClock(NOON), monotonic=seconds, ack_seconds=0.02) as pg:
        yield pg


@pytest.fixture
def client(pg: Playground) -> AsyncWebClient:
    return AsyncWebClient(token=pg.bot_token, base_url=pg.api_url)


@pytest.fixture
def app(pg: Playground) -> AsyncApp:
    """An app without listeners, over HTTP-shaped requests."""
    app = bare_app(pg)
    pg.transport = bolt_transport(app, pg.signing_secret)
    return app


def bare_app(pg: Playground) -> AsyncApp:
    """An AsyncApp that talks to this playground."""
    return AsyncApp(
        client=AsyncWebClient(token=pg.bot_token, base_url=pg.api_url),
        signing_secret=pg.signing_secret,
        process_before_response=True,
    )


@asynccontextmanager
async def socket_bot(app: AsyncApp, pg: Playground) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app over a real Socket Mode connection, closed before the playground is."""
    handler = AsyncSocketModeHandler(app, pg.app_token)
    try:
        await handler.connect_async()
        await pg.bot_connected(5)
        yield handler
    finally:
        await handler.close_async()


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def modal(*blocks: dict[str, Any], title: str = "A form", **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Send"),
        "blocks": list(blocks),
        **more,
    }


def field(block_id: str, element: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    element = element or {"type": "plain_text_input"}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id.title()),
        "element": {"action_id": f"{block_id}_input", **element},
        **more,
    }


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str, action_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def actions(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **more}


def option(text: str, value: str) -> dict[str, Any]:
    return {"text": plain(text), "value": value}
