"""The page's protocol: one persona's state comes in, what they do goes out and is answered by number."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground.conftest import actions, button, field, modal, option, section

EXTERNAL = {"type": "external_select", "min_query_length": 0}
NORTH = option("North", "n")


class Page:
    """One open page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.state: dict[str, Any] = {}

    async def act(self, act: str, **more: Any) -> dict[str, Any]:
        """Do something; the answer, with the state as far as it came meanwhile."""
        self._number += 1
        await self._socket.send_json({"act": act, "id": self._number, **more})
        while True:
            message = await self._receive()
            if message.get("id") == self._number:
                return message

    async def until(self, holds: Any) -> dict[str, Any]:
        """Wait for a state of which `holds`."""
        while not self.state or not holds(self.state):
            await self._receive()
        return self.state

    async def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = await self._socket.receive_json(timeout=5)
        if message["type"] == "state":
            self.state = message["state"]
        return message

    def channel(self, channel_id: str) -> dict[str, Any]:
        return next(channel for channel in self.state["channels"] if channel["id"] == channel_id)


@asynccontextmanager
async def page_of(pg: Playground, user: str) -> AsyncIterator[Page]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{pg.url}/persona", params={"user": user}, origin=pg.url) as socket,
    ):
        page = Page(socket)
        await page.until(lambda _state: True)
        yield page


@pytest.fixture
async def ann(furnished: AsyncApp, pg: Playground) -> AsyncIterator[Page]:
    async with page_of(pg, "U_ANN") as page:
        yield page


@pytest.fixture
def furnished(app: AsyncApp) -> AsyncApp:
    """A bot with a form, a button and a Home tab."""

    @app.command("/concern")
    async def concern(ack: Any, body: Any, client: Any) -> None:
        if body["text"] == "fail":
            return
        form = modal(field("what"), field("where", EXTERNAL, optional=True))
        await client.views_open(trigger_id=body["trigger_id"], view=form)
        await ack()

    @app.options("where_input")
    async def where(ack: Any) -> None:
        await ack(options=[NORTH])

    @app.view("form")
    async def submitted(ack: Any, view: Any, client: Any) -> None:
        said = view["state"]["values"]["what"]["what_input"]["value"]
        if said == "wrong":
            await ack(response_action="errors", errors={"what": "Say more."})
            return
        await client.chat_postMessage(
            channel="C_QSG", text=said, blocks=[section(said), actions(button("Go", "go"), block_id="b")]
        )
        await ack()

    @app.action("go")
    async def go(ack: Any, body: Any, client: Any) -> None:
        await client.chat_update(channel="C_QSG", ts=body["message"]["ts"], text="Gone")
        await ack()

    @app.event("app_home_opened")
    async def home(client: Any, event: Any) -> None:
        await client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": [actions(button("Start", "start"))]}
        )

    @app.event("message")
    async def heard() -> None:
        """Hears and says nothing."""

    @app.action("start")
    @app.shortcut("start")
    @app.shortcut("flag")
    async def start(ack: Any, body: Any, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal(field("what"), title="Start"))
        await ack()

    return app


async def test_state_is_the_personas_own(ann: Page, pg: Playground) -> None:
    state = ann.state
    assert state["now"] == "2024-11-21T12:00:00+00:00"
    assert state["me"] == {"id": "U_ANN", "name": "Ann Archer", "title": "Head of Region"}
    assert [channel["id"] for channel in state["channels"]] == ["C_QSG", "C_SECRET", "C_OPEN", "C_PAST", "D_ANN"]
    assert ann.channel("D_ANN")["kind"] == "dm"
    assert {person["id"]: person["deleted"] for person in state["people"]}["U_OLD"]
    assert state["commands"][0] == {
        "name": "/concern",
        "hint": "[provider words]",
        "description": "Raise a concern",
    }
    assert [(shortcut["callback_id"], shortcut["kind"]) for shortcut in state["shortcuts"]] == [
        ("start", "global"),
        ("flag", "message"),
    ]
    assert (state["connected"], state["home"], state["modals"]) == (True, None, [])
    async with page_of(pg, "U_BOB") as bob:
        assert [channel["id"] for channel in bob.state["channels"]] == ["C_QSG", "D_BOB"]


async def test_form_goes_round(ann: Page) -> None:
    assert (await ann.act("command", text="/concern north", channel="C_QSG"))["ok"]
    (view,) = (await ann.until(lambda state: state["modals"]))["modals"]
    assert view["title"]["text"] == "A form"
    where = {"kind": "view", "view_id": view["id"]}
    ids = {"block_id": "where", "action_id": "where_input"}
    loaded = await ann.act("options", where=where, query="", **ids)
    assert (loaded["type"], loaded["options"]) == ("options", [NORTH])

    typed = {"what": {"what_input": {"type": "plain_text_input", "value": "wrong"}}}
    assert (await ann.act("submit", view_id=view["id"], values=typed))["ok"]
    (view,) = (await ann.until(lambda state: state["modals"][0]["errors"]))["modals"]
    assert view["errors"] == {"what": "Say more."}
    assert view["values"]["what"]["what_input"]["value"] == "wrong"

    typed["what"]["what_input"]["value"] = "right"
    assert (await ann.act("submit", view_id=view["id"], values=typed))["ok"]
    await ann.until(lambda state: not state["modals"])
    (message,) = ann.channel("C_QSG")["messages"]
    assert message["author"] == {"id": "U0BOT", "name": "Soundings", "bot": True}
    assert message["blocks"][0]["text"]["text"] == "right"

    where = {"kind": "message", "channel": "C_QSG", "ts": message["ts"]}
    element = {"block_id": "b", "action_id": "go", "type": "button"}
    pressed = await ann.act("press", where=where, block_id="b", action_id="go", element=element, state={})
    assert pressed["ok"]
    await ann.until(lambda _state: ann.channel("C_QSG")["messages"][0]["edited"])


async def test_unread_messages_are_counted_until_read(ann: Page, pg: Playground) -> None:
    assert (await ann.act("say", channel="C_QSG", text="mine"))["ok"]
    await ann.until(lambda _state: ann.channel("C_QSG")["messages"])
    await pg.persona("U_BOB").say("C_QSG", "his", ann.channel("C_QSG")["messages"][0]["ts"])
    await ann.until(lambda _state: ann.channel("C_QSG")["unread"] == 1)
    assert len(ann.channel("C_QSG")["messages"][0]["replies"]) == 1
    assert (await ann.act("read", channel="C_QSG"))["ok"]
    await ann.until(lambda _state: ann.channel("C_QSG")["unread"] == 0)


async def test_home_and_shortcuts_open_forms(ann: Page) -> None:
    assert (await ann.act("home"))["ok"]
    home = (await ann.until(lambda state: state["home"]))["home"]
    block = home["blocks"][0]
    ids = {"block_id": block["block_id"], "action_id": "start"}
    await ann.act("say", channel="C_QSG", text="flag me")
    message = (await ann.until(lambda _state: ann.channel("C_QSG")["messages"])) and ann.channel("C_QSG")["messages"][0]
    for act in (
        {"act": "press", "where": {"kind": "home"}, "element": {}, **ids},
        {"act": "shortcut", "callback_id": "start"},
        {"act": "message_shortcut", "callback_id": "flag", "channel": "C_QSG", "ts": message["ts"]},
    ):
        assert (await ann.act(**act))["ok"]
        (view,) = (await ann.until(lambda state: state["modals"]))["modals"]
        assert (await ann.act("close", view_id=view["id"]))["ok"]
        await ann.until(lambda state: not state["modals"])


async def test_clock_is_moved_for_all(ann: Page) -> None:
    assert (await ann.act("clock", advance_seconds=3600))["ok"]
    await ann.until(lambda state: state["now"] == "2024-11-21T13:00:00+00:00")
    assert (await ann.act("clock", to="2024-11-22T09:00:00.000Z"))["ok"]
    await ann.until(lambda state: state["now"] == "2024-11-22T09:00:00+00:00")
    assert not (await ann.act("clock", to="2024-11-21T09:00:00.000Z"))["ok"]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown act": ({"act": "dance"}, "cannot do “dance”"),
    "no act": ({"act": ""}, "cannot do"),
    "unknown command": ({"act": "command", "text": "/none", "channel": "C_QSG"}, "not a valid command"),
    "silent bot": ({"act": "command", "text": "/concern fail", "channel": "C_QSG"}, "failed with the error"),
    "missing part": ({"act": "say", "channel": "C_QSG"}, "lacks 'text'"),
    "another's form": ({"act": "submit", "view_id": "V1", "values": {}}, "no longer open"),
    "no home": (
        {"act": "press", "where": {"kind": "home"}, "block_id": "b", "action_id": "a"},
        "nothing on it yet",
    ),
    "no message": (
        {
            "act": "press",
            "where": {"kind": "message", "channel": "C_QSG", "ts": "1"},
            "block_id": "b",
            "action_id": "a",
        },
        "no longer there",
    ),
}


@pytest.mark.parametrize(("act", "said"), REFUSED.values(), ids=REFUSED.keys())
async def test_refusal_is_a_plain_sentence(ann: Page, act: dict[str, Any], said: str) -> None:
    answer = await ann.act(**act)
    assert (answer["type"], answer["ok"]) == ("done", False)
    assert said in answer["error"]


async def test_bot_that_vanishes_is_shown(ann: Page, pg: Playground, client: AsyncWebClient) -> None:
    pg.transport = None
    pg.workspace.changed()
    state = await ann.until(lambda state: not state["connected"])
    assert state["connected"] is False


@pytest.mark.parametrize(
    ("user", "origin", "status"),
    [("U_ANN", "https://evil.example", 403), ("U_NONE", None, 404)],
    ids=["another website", "nobody"],
)
async def test_line_is_refused(pg: Playground, user: str, origin: str | None, status: int) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{pg.url}/persona", params={"user": user}, origin=origin)
    assert refused.value.status == status


async def test_first_person_is_chosen_where_none_is_named(pg: Playground) -> None:
    async with page_of(pg, "") as page:
        assert page.state["me"]["id"] == "U_ANN"


async def test_page_is_served(pg: Playground) -> None:
    async with aiohttp.ClientSession() as session, session.get(pg.url) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
