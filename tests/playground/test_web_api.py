"""The Web API refuses what Slack refuses, in Slack's words."""

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import MovableClock, Playground, Seed, SeedChannel
from tests.playground.conftest import NOON, SEED, Seconds, section

Call = tuple[str, dict[str, Any]]


async def refusal(client: AsyncWebClient, method: str, args: dict[str, Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(method, json=args)
    error: str = refused.value.response["error"]
    return error


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "unknown method": ("chat.shout", {}, "unknown_method"),
    "post nowhere": ("chat.postMessage", {"text": "x"}, "channel_not_found"),
    "post to the unknown": ("chat.postMessage", {"channel": "C_NONE", "text": "x"}, "channel_not_found"),
    "post to a list": ("chat.postMessage", {"channel": ["C_QSG"], "text": "x"}, "invalid_array_arg"),
    "post to a private channel without the bot": (
        "chat.postMessage",
        {"channel": "C_SECRET", "text": "x"},
        "channel_not_found",
    ),
    "post to a public channel without the bot": (
        "chat.postMessage",
        {"channel": "C_OPEN", "text": "x"},
        "not_in_channel",
    ),
    "post to the archive": ("chat.postMessage", {"channel": "C_PAST", "text": "x"}, "is_archived"),
    "post to oneself": ("chat.postMessage", {"channel": "U0BOT", "text": "x"}, "cannot_dm_bot"),
    "post nothing": ("chat.postMessage", {"channel": "C_QSG"}, "no_text"),
    "post no blocks": ("chat.postMessage", {"channel": "C_QSG", "text": "x", "blocks": "no"}, "invalid_blocks_format"),
    "post at length": ("chat.postMessage", {"channel": "C_QSG", "text": "x" * 40_001}, "msg_too_long"),
    "whisper to a stranger": (
        "chat.postEphemeral",
        {"channel": "C_QSG", "user": "U_NONE", "text": "x"},
        "user_not_in_channel",
    ),
    "whisper to nobody": ("chat.postEphemeral", {"channel": "C_QSG", "text": "x"}, "invalid_arguments"),
    "whisper where the bot is not": (
        "chat.postEphemeral",
        {"channel": "C_SECRET", "user": "U_ANN", "text": "x"},
        "channel_not_found",
    ),
    "update nothing": ("chat.update", {"channel": "C_QSG", "ts": "1.0", "text": "x"}, "message_not_found"),
    "update by a person's id": ("chat.update", {"channel": "U_ANN", "ts": "1.0", "text": "x"}, "channel_not_found"),
    "delete nothing": ("chat.delete", {"channel": "C_QSG", "ts": "1.0"}, "message_not_found"),
    "link to nothing": ("chat.getPermalink", {"channel": "C_QSG", "message_ts": "1.0"}, "message_not_found"),
    "open with nobody": ("conversations.open", {}, "users_list_not_supplied"),
    "open with the unknown": ("conversations.open", {"users": "U_NONE"}, "user_not_found"),
    "open with someone who left": ("conversations.open", {"users": "U_OLD"}, "user_disabled"),
    "open with oneself": ("conversations.open", {"users": "U0BOT"}, "cannot_dm_bot"),
    "open with several": (
        "conversations.open",
        {"users": "U_ANN,U_BOB"},
        "method_not_supported_for_channel_type",
    ),
    "open a channel": (
        "conversations.open",
        {"channel": "C_QSG"},
        "method_not_supported_for_channel_type",
    ),
    "info on a hidden channel": ("conversations.info", {"channel": "C_SECRET"}, "channel_not_found"),
    "members of a hidden channel": ("conversations.members", {"channel": "C_SECRET"}, "channel_not_found"),
    "page that never was": ("conversations.members", {"channel": "C_QSG", "cursor": "zzz"}, "invalid_cursor"),
    "cursor of another make": (
        "conversations.members",
        {"channel": "C_QSG", "cursor": "b3RoZXI6MQ=="},
        "invalid_cursor",
    ),
    "limit in words": ("conversations.members", {"channel": "C_QSG", "limit": "all"}, "invalid_limit"),
    "limit too high": ("conversations.members", {"channel": "C_QSG", "limit": 1001}, "invalid_limit"),
    "list of strange things": ("conversations.list", {"types": "secret"}, "invalid_types"),
    "join a hidden channel": ("conversations.join", {"channel": "C_SECRET"}, "channel_not_found"),
    "join a private channel": (
        "conversations.join",
        {"channel": "C_QSG"},
        "method_not_supported_for_channel_type",
    ),
    "who is nobody": ("users.info", {"user": "U_NONE"}, "user_not_found"),
    "email of nobody": ("users.lookupByEmail", {"email": "none@example.org"}, "users_not_found"),
    "email of someone who left": ("users.lookupByEmail", {"email": "old@playground.invalid"}, "users_not_found"),
    "bot token for a socket": ("apps.connections.open", {}, "not_allowed_token_type"),
}


@pytest.mark.parametrize(("method", "args", "code"), REFUSED.values(), ids=REFUSED.keys())
async def test_call_is_refused(client: AsyncWebClient, method: str, args: dict[str, Any], code: str) -> None:
    assert await refusal(client, method, args) == code


@pytest.mark.parametrize(
    ("token", "code"),
    [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), ("xapp-playground-app", "not_allowed_token_type")],
)
async def test_token_is_checked(pg: Playground, token: str, code: str) -> None:
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with session.post(f"{pg.api_url}auth.test", headers=headers) as response:
            assert (await response.json()) == {"ok": False, "error": code}


async def test_missing_scope_is_named(seconds: Seconds) -> None:
    async with Playground(Seed(scopes=frozenset({"users:read"})), monotonic=seconds) as pg:
        client = AsyncWebClient(token=pg.bot_token, base_url=pg.api_url)
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel="C_QSG", text="x")
        assert refused.value.response["error"] == "missing_scope"
        assert refused.value.response["needed"] == "chat:write"


async def test_form_and_json_and_query_are_all_read(pg: Playground) -> None:
    headers = {"Authorization": f"Bearer {pg.bot_token}"}
    blocks = json.dumps([section("x")])
    async with aiohttp.ClientSession(headers=headers) as session:
        form = {"channel": "C_QSG", "text": "by form", "blocks": blocks}
        for sent in ({"data": form}, {"json": form}, {"params": form}):
            async with session.post(f"{pg.api_url}chat.postMessage", **sent) as response:
                assert (await response.json())["ok"]
    assert [args["blocks"] for _, args in pg.calls] == [[section("x")]] * 3


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b"x", "text/csv", "invalid_post_type"),
    ],
)
async def test_body_must_be_readable(pg: Playground, body: bytes, content_type: str, code: str) -> None:
    headers = {"Authorization": f"Bearer {pg.bot_token}", "Content-Type": content_type}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{pg.api_url}chat.postMessage", data=body, headers=headers) as response,
    ):
        assert (await response.json())["error"] == code


async def test_posted_message_is_seen_by_members_alone(pg: Playground, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C_QSG", text="Hello", blocks=[section("*Hello*")])
    assert posted["ts"] == "1732190400.000000"
    assert posted["message"]["bot_id"]
    (seen,) = pg.persona("U_BOB").messages("C_QSG")
    assert (seen.text, seen.fallback, seen.author) == ("*Hello*", "Hello", pg.bot_user_id)
    assert pg.persona("U_BOB").dms() == []


async def test_timestamps_rise_although_the_clock_stands(client: AsyncWebClient) -> None:
    sent = [(await client.chat_postMessage(channel="C_QSG", text="x"))["ts"] for _ in range(3)]
    assert sent == sorted(set(sent))


async def test_update_and_delete_reach_only_the_bots_own(pg: Playground, client: AsyncWebClient) -> None:
    ann = pg.persona("U_ANN")
    mine = await client.chat_postMessage(channel="U_ANN", text="Old")
    await client.chat_update(channel=mine["channel"], ts=mine["ts"], text="New")
    assert [(m.text, m.edited) for m in ann.dms()] == [("New", True)]
    await client.chat_delete(channel=mine["channel"], ts=mine["ts"])
    assert ann.dms() == []
    hers = await ann.say("C_QSG", "Mine")
    for method, code in (("chat.update", "cant_update_message"), ("chat.delete", "cant_delete_message")):
        assert await refusal(client, method, {"channel": "C_QSG", "ts": hers.ts, "text": "x"}) == code


async def test_archived_channel_cannot_be_edited(pg: Playground, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C_QSG", text="x")
    pg.archive("C_QSG")
    args = {"channel": "C_QSG", "ts": posted["ts"], "text": "y"}
    assert await refusal(client, "chat.update", args) == "is_inactive"


async def test_ephemeral_message_is_for_one_pair_of_eyes(pg: Playground, client: AsyncWebClient) -> None:
    sent = await client.chat_postEphemeral(channel="C_QSG", user="U_ANN", text="psst")
    assert [m.text for m in pg.persona("U_ANN").messages("C_QSG")] == ["psst"]
    assert pg.persona("U_BOB").messages("C_QSG") == []
    args = {"channel": "C_QSG", "ts": sent["message_ts"], "text": "x"}
    assert await refusal(client, "chat.update", args) == "message_not_found"


async def test_replies_hang_below_their_message(pg: Playground, client: AsyncWebClient) -> None:
    first = await client.chat_postMessage(channel="C_QSG", text="first")
    reply = await client.chat_postMessage(channel="C_QSG", text="reply", thread_ts=first["ts"])
    await client.chat_postEphemeral(channel="C_QSG", user="U_BOB", text="psst", thread_ts=reply["ts"])
    (seen,) = pg.persona("U_ANN").messages("C_QSG")
    assert [m.text for m in seen.thread] == ["reply"]
    (seen,) = pg.persona("U_BOB").messages("C_QSG")
    assert [m.text for m in seen.thread] == ["reply", "psst"]
    link = await client.chat_getPermalink(channel="C_QSG", message_ts=reply["ts"])
    assert link["permalink"].endswith(f"?thread_ts={first['ts']}&cid=C_QSG")


async def test_members_come_by_pages(client: AsyncWebClient) -> None:
    members: list[str] = []
    cursor = ""
    while True:
        page = await client.conversations_members(channel="C_QSG", limit=3, cursor=cursor)
        members += page["members"]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert members == ["U0BOT", "U_ANN", "U_BOB", "U_EVE"]


async def test_list_shows_public_channels_and_the_bots_own(client: AsyncWebClient) -> None:
    await client.conversations_open(users="U_ANN")

    async def ids(**args: Any) -> list[str]:
        return [channel["id"] for channel in (await client.conversations_list(**args))["channels"]]

    assert await ids() == ["C_OPEN"]
    assert await ids(types="private_channel") == ["C_QSG", "C_PAST"]
    assert await ids(types="private_channel,public_channel", exclude_archived=True) == ["C_QSG", "C_OPEN"]
    assert await ids(types="im") == ["D_ANN"]


async def test_info_tells_what_slack_tells(client: AsyncWebClient) -> None:
    channel = (await client.conversations_info(channel="C_QSG", include_num_members=True))["channel"]
    assert (channel["is_private"], channel["is_member"], channel["is_ext_shared"]) == (True, True, True)
    assert channel["num_members"] == 4
    dm = (await client.conversations_open(users="U_ANN"))["channel"]["id"]
    assert (await client.conversations_open(channel=dm))["channel"]["id"] == dm
    assert (await client.conversations_info(channel=dm))["channel"]["user"] == "U_ANN"


async def test_public_channel_can_be_joined(pg: Playground, client: AsyncWebClient) -> None:
    assert (await client.conversations_join(channel="C_OPEN"))["channel"]["is_member"]
    assert (await client.conversations_join(channel="C_OPEN"))["warning"] == "already_in_channel"
    await client.chat_postMessage(channel="C_OPEN", text="Here I am")


async def test_person_is_described(client: AsyncWebClient) -> None:
    bob = (await client.users_lookupByEmail(email="BOB@example.org"))["user"]
    assert (bob["id"], bob["real_name"], bob["profile"]["title"]) == ("U_BOB", "Bob Barker", "Lead")
    eve = (await client.users_info(user="U_EVE"))["user"]
    assert (eve["team_id"], eve["is_stranger"]) == ("T_OTHER", True)
    old = (await client.users_info(user="U_OLD"))["user"]
    assert old["deleted"]
    assert "is_admin" not in old


async def test_auth_test_names_the_bot(pg: Playground, client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["user_id"], answer["team_id"]) == (pg.bot_user_id, "T0SOUND")


@pytest.mark.parametrize(
    ("args", "warned"),
    [
        ({"channel": "C_QSG", "blocks": [section("x")]}, "`text` argument is missing"),
        ({"channel": "C_QSG", "text": "x", "attachments": [{"text": "y"}]}, "no `attachments`"),
        ({"channel": "C_QSG", "text": "x", "thread_ts": "1.0"}, "there is no thread"),
        ({"channel": "U_OLD", "text": "x"}, "someone who has left"),
    ],
    ids=["no fallback", "attachments", "no thread", "left"],
)
async def test_accepted_mistake_is_noted(
    pg: Playground, client: AsyncWebClient, args: dict[str, Any], warned: str
) -> None:
    assert (await client.api_call("chat.postMessage", json=args))["ok"]
    assert warned in pg.warnings[0]


async def test_someone_can_leave(pg: Playground, client: AsyncWebClient) -> None:
    pg.deactivate("U_BOB")
    assert await refusal(client, "conversations.open", {"users": "U_BOB"}) == "user_disabled"
    args = {"channel": "C_QSG", "user": "U_BOB", "text": "x"}
    assert await refusal(client, "chat.postEphemeral", args) == "user_not_in_channel"


async def test_other_websites_are_refused(pg: Playground) -> None:
    async with aiohttp.ClientSession() as session:
        for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
            async with session.get(f"{pg.url}/api/auth.test", headers=headers) as response:
                assert response.status == 403


async def test_server_listens_on_the_loopback_alone(pg: Playground) -> None:
    assert pg.url.startswith("http://127.0.0.1:")
    assert pg.api_url == f"{pg.url}/api/"


async def test_clock_of_its_own_is_made() -> None:
    async with Playground(SEED) as pg:
        assert isinstance(pg.clock, MovableClock)
        assert pg.clock() > NOON


@pytest.mark.parametrize(
    ("channel", "scope"), [("C_QSG", "groups:read"), ("C_PUBLIC", "channels:read")], ids=["private", "public"]
)
async def test_each_kind_of_channel_has_its_scope(seconds: Seconds, channel: str, scope: str) -> None:
    channels = (SeedChannel("C_QSG", "qsg"), SeedChannel("C_PUBLIC", "public", private=False))
    others = frozenset({"channels:read", "groups:read", "im:read"}) - {scope}
    for scopes, code in ((frozenset({scope}), None), (others, "missing_scope")):
        async with Playground(Seed(channels=channels, scopes=scopes), monotonic=seconds) as pg:
            client = AsyncWebClient(token=pg.bot_token, base_url=pg.api_url)
            for ask in (client.conversations_members, client.conversations_info):
                if code is None:
                    await ask(channel=channel)
                    continue
                with pytest.raises(SlackApiError) as refused:
                    await ask(channel=channel)
                assert (refused.value.response["error"], refused.value.response["needed"]) == (code, scope)
