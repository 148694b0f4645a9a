"""The HTTP surface: Slack's events by the front door, and what an operator watches."""

import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.web import make_web
from tests.flows.test_concern import FORM
from tests.playground.transport import signed
from tests.world import QSG, World, open_world

FORM_TYPE = "application/x-www-form-urlencoded"


@pytest.fixture
async def world(tmp_path) -> AsyncIterator[World]:
    async with open_world(f"sqlite:///{tmp_path / 'web.db'}") as world:
        yield world


@pytest.fixture
async def client(world: World) -> AsyncIterator[TestClient]:
    async with TestClient(TestServer(make_web(world.bot, slack_over_http=True))) as client:
        yield client


def command(text: str = "help") -> str:
    return urlencode(
        {
            "command": "/concern",
            "text": text,
            "team_id": "T0SOUND",
            "user_id": "U_INSPECTOR",
            "channel_id": QSG,
            "trigger_id": "1.2.3",
            "response_url": "",
        }
    )


async def test_a_signed_command_is_answered(world: World, client: TestClient):
    body = command()
    answer = await client.post("/slack/events", data=body, headers=signed(body, FORM_TYPE, world.pg.signing_secret))
    assert answer.status == 200
    assert "Raising a concern" in json.dumps(await answer.json())


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"x-slack-signature": "v0=0000"}, id="wrong signature"),
        pytest.param({"x-slack-signature": ""}, id="no signature"),
        pytest.param({"x-slack-request-timestamp": "soon"}, id="no time"),
        pytest.param({"x-slack-request-timestamp": str(int(time.time()) - 600)}, id="ten minutes old"),
    ],
)
async def test_unsigned_or_stale_calls_get_401(world: World, client: TestClient, change: dict[str, str]):
    body = command("northgate")
    headers = signed(body, FORM_TYPE, world.pg.signing_secret) | change
    answer = await client.post("/slack/events", data=body, headers=headers)
    assert answer.status == 401
    assert not [name for name, _ in world.pg.calls if name == "views.open"]


@pytest.mark.parametrize("body", [b"", b"payload=%7Bnot+json", b"{", b"\xff\xfe", b"payload=[]"])
async def test_what_nobody_signed_gets_401_whatever_it_is(client: TestClient, body: bytes):
    answer = await client.post("/slack/events", data=body, headers={"content-type": FORM_TYPE})
    assert (answer.status, await answer.text()) == (401, "")


async def test_alive_even_before_it_is_ready(client: TestClient):
    assert (await client.get("/healthz")).status == 200
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert "the deliverer has stopped" in (await answer.json())["problems"]


async def test_ready_once_it_runs(world: World, client: TestClient):
    async with world.bot.running():
        await world.tick()
        answer = await client.get("/readyz")
        assert (answer.status, await answer.json()) == (200, {"ready": True, "problems": []})


async def test_metrics_count_without_content(world: World, client: TestClient):
    person = world.persona("inspector")
    await person.command("/concern", "northgate", channel=QSG)
    await person.submit(person.modal, FORM)
    await world.settle()
    shown = await (await client.get("/metrics")).text()
    assert 'soundings_delivered_total{kind="concern.posted",result="sent"}' in shown
    assert "ConcernDesk.submit" in shown
    assert FORM["headline"] not in shown


async def test_no_slack_route_in_socket_mode(world: World):
    async with TestClient(TestServer(make_web(world.bot, slack_over_http=False))) as client:
        assert (await client.post("/slack/events", data=command())).status == 404
