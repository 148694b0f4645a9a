"""Socket Mode as Slack speaks it, and as slack_bolt's own handler hears it."""

import asyncio
from typing import Any

import aiohttp
import pytest

from bot.playground import Playground
from tests.playground.conftest import bare_app, socket_bot


async def ticket(pg: Playground, session: aiohttp.ClientSession) -> str:
    headers = {"Authorization": f"Bearer {pg.app_token}"}
    async with session.post(f"{pg.api_url}apps.connections.open", headers=headers) as response:
        url: str = (await response.json())["url"]
    return url


async def linked(pg: Playground, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    socket = await session.ws_connect(await ticket(pg, session))
    assert (await socket.receive_json())["type"] in ("hello", "disconnect")
    return socket


async def test_connection_says_hello_and_carries_an_envelope(pg: Playground) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(await ticket(pg, session))
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        assert hello["connection_info"]["app_id"]
        asked = asyncio.ensure_future(pg.persona("U_ANN").command("/concern"))
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Hello"}})
        assert (await asked).response == {"text": "Hello"}
        await socket.close()


async def test_event_carries_its_attempt(hasty_pg: Playground) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await linked(hasty_pg, session)
        opened = asyncio.ensure_future(hasty_pg.persona("U_ANN").open_home())
        first, second = await socket.receive_json(), await socket.receive_json()
        assert (first["retry_attempt"], first["retry_reason"]) == (0, "")
        assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
        assert first["payload"] == second["payload"]
        assert first["envelope_id"] != second["envelope_id"]
        await socket.send_json({"envelope_id": second["envelope_id"]})
        await opened
        await socket.close()


@pytest.mark.parametrize("noise", ["{", "[]", '{"envelope_id": "unknown"}', '{"type": "hello"}'])
async def test_noise_is_no_acknowledgement(hasty_pg: Playground, noise: str) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await linked(hasty_pg, session)
        asked = asyncio.ensure_future(hasty_pg.persona("U_ANN").command("/concern"))
        await socket.receive_json()
        await socket.send_str(noise)
        assert (await asked).error == "operation_timeout"
        await socket.close()


async def test_connection_that_breaks_is_no_acknowledgement(pg: Playground) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await linked(pg, session)
        asked = asyncio.ensure_future(pg.persona("U_ANN").command("/concern"))
        await socket.receive_json()
        await socket.close()
        assert not (await asked).acked


async def test_ticket_opens_one_connection(pg: Playground) -> None:
    async with aiohttp.ClientSession() as session:
        url = await ticket(pg, session)
        socket = await session.ws_connect(url)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
        await socket.close()


async def test_eleventh_connection_is_turned_away(pg: Playground) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await linked(pg, session) for _ in range(10)]
        eleventh = await session.ws_connect(await ticket(pg, session))
        turned_away: dict[str, Any] = await eleventh.receive_json()
        assert (turned_away["type"], turned_away["reason"]) == ("disconnect", "too_many_websockets")
        for socket in [*sockets, eleventh]:
            await socket.close()


async def test_envelopes_take_turns_among_connections(hasty_pg: Playground) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await linked(hasty_pg, session) for _ in range(2)]
        for _ in range(2):
            await hasty_pg.persona("U_ANN").command("/concern")
        kinds = [(await socket.receive_json())["type"] for socket in sockets]
        assert kinds == ["slash_commands"] * 2
        for socket in sockets:
            await socket.close()


async def test_ping_is_answered(pg: Playground) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(await ticket(pg, session), autoping=False)
        await socket.receive_json()
        await socket.ping(b"sdk-ping-pong:1")
        answer = await socket.receive()
        assert (answer.type, bytes(answer.data)) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1")
        await socket.close()


async def test_bot_renews_its_connection_when_asked(pg: Playground) -> None:
    app = bare_app(pg)

    @app.command("/concern")
    async def concern(ack: Any) -> None:
        await ack("Still here")

    async with socket_bot(app, pg) as handler:
        first, states = await handler.client.session_id(), [True]
        pg.workspace.watchers.append(lambda: states.append(pg.connected))
        await pg.refresh_connections()
        await pg.until(lambda: False in states and states[-1])
        async with handler.client.connect_operation_lock:  # the client is done renewing
            assert await handler.client.session_id() != first
        outcome = await pg.persona("U_ANN").command("/concern")
        assert outcome.response == {"text": "Still here"}


async def test_no_bot_comes(pg: Playground) -> None:
    with pytest.raises(TimeoutError):
        await pg.bot_connected(0.01)
