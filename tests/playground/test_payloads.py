"""What leaves the playground has Slack's shape."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground import NotPossible, Playground
from bot.playground.interactions import as_typed
from tests.playground.conftest import actions, button, option, section

PERSON = {"id": "U_ANN", "username": "ann", "name": "ann", "team_id": "T0SOUND"}
MENU = {
    "type": "static_select",
    "action_id": "level",
    "options": [option("Low", "low"), option("High", "high")],
}
EVERYTHING = [
    section("Hello", accessory={"type": "overflow", "action_id": "more", "options": [option("Hide", "hide")]}),
    actions(
        button("Go", "go", value="1"),
        button("Other", "other_1", value="1"),
        button("Other", "other_2", value="2"),
        MENU,
        {"type": "datepicker", "action_id": "date"},
        {"type": "users_select", "action_id": "who"},
        {"type": "checkboxes", "action_id": "ticks", "options": [option("A", "a"), option("B", "b")]},
        {"type": "external_select", "action_id": "ext", "min_query_length": 0},
        block_id="all",
    ),
]


@pytest.fixture
def sent(pg: Playground) -> list[tuple[str, dict[str, Any]]]:
    """Everything that left."""
    seen: list[tuple[str, dict[str, Any]]] = []

    async def transport(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        seen.append((kind, payload))
        is_question = payload.get("type") == "block_suggestion"
        return {"options": [option("North", "n"), option("South", "s")]} if is_question else {}

    pg.transport = transport
    return seen


async def test_command(pg: Playground, sent: list[Any]) -> None:
    await pg.persona("U_ANN").command("/concern", " Smith & Sons ", channel="C_QSG")
    kind, payload = sent[0]
    assert kind == "slash_commands"
    assert payload.pop("response_url").startswith(f"{pg.url}/response/")
    assert payload.pop("trigger_id").count(".") == 2
    assert payload == {
        "token": payload["token"],
        "team_id": "T0SOUND",
        "team_domain": "playground",
        "channel_id": "C_QSG",
        "channel_name": "privategroup",
        "user_id": "U_ANN",
        "user_name": "ann",
        "command": "/concern",
        "text": "Smith &amp; Sons",
        "api_app_id": "A0SOUND",
        "is_enterprise_install": "false",
    }


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<@U_ANN> in <#C_QSG>", "<@U_ANN> in <#C_QSG>"),
        ("<https://a.org?b=1&c=2|link> & more", "<https://a.org?b=1&c=2|link> &amp; more"),
        ("<!channel> <b>", "<!channel> &lt;b&gt;"),
        ("“quotes” stay \"as\" 'they' are", "“quotes” stay \"as\" 'they' are"),
    ],
)
def test_typed_text_is_escaped_as_slacks_client_does(typed: str, sent: str) -> None:
    assert as_typed(typed) == sent


PRESSES: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "button by label": ("Go", None, {"type": "button", "action_id": "go", "value": "1"}),
    "button by value": ("Other", "2", {"type": "button", "action_id": "other_2", "value": "2"}),
    "overflow": ("more", "Hide", {"type": "overflow", "selected_option": option("Hide", "hide")}),
    "select by value": ("level", "high", {"type": "static_select", "selected_option": option("High", "high")}),
    "date": ("date", "2024-12-01", {"type": "datepicker", "selected_date": "2024-12-01"}),
    "nothing": ("date", None, {"type": "datepicker", "selected_date": None}),
    "person": ("who", "U_BOB", {"type": "users_select", "selected_user": "U_BOB"}),
    "several": (
        "ticks",
        ["A", "b"],
        {"type": "checkboxes", "selected_options": [option("A", "a"), option("B", "b")]},
    ),
    "external": ("ext", "South", {"type": "external_select", "selected_option": option("South", "s")}),
}


@pytest.mark.parametrize(("name", "value", "action"), PRESSES.values(), ids=PRESSES.keys())
async def test_press_on_a_message(
    pg: Playground, client: AsyncWebClient, sent: list[Any], name: str, value: Any, action: dict[str, Any]
) -> None:
    await client.chat_postMessage(channel="C_QSG", text="Hello", blocks=EVERYTHING)
    ann = pg.persona("U_ANN")
    message = ann.messages("C_QSG")[0]
    await ann.press(message, name, value)
    kind, payload = sent[-1]
    assert (kind, payload["type"], payload["user"]) == ("interactive", "block_actions", PERSON)
    assert payload["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": "C_QSG",
        "is_ephemeral": False,
    }
    assert payload["channel"] == {"id": "C_QSG", "name": "privategroup"}
    assert payload["message"]["text"] == "Hello"
    (pressed,) = payload["actions"]
    assert pressed["action_ts"]
    assert pressed["block_id"]
    assert {key: pressed[key] for key in action} == action
    assert set(payload["state"]["values"]["all"]) == {"level", "date", "who", "ticks", "ext"}
    assert payload["trigger_id"]
    assert payload["response_url"]


async def test_ephemeral_message_is_left_out_of_its_press(
    pg: Playground, client: AsyncWebClient, sent: list[Any]
) -> None:
    await client.chat_postEphemeral(channel="C_QSG", user="U_ANN", text="x", blocks=EVERYTHING)
    ann = pg.persona("U_ANN")
    await ann.press(ann.messages("C_QSG")[0], "Go")
    assert "message" not in sent[-1][1]
    assert sent[-1][1]["container"]["is_ephemeral"]


async def test_press_on_home(pg: Playground, client: AsyncWebClient, sent: list[Any]) -> None:
    await client.views_publish(user_id="U_ANN", view={"type": "home", "blocks": EVERYTHING})
    ann = pg.persona("U_ANN")
    home = ann.home
    assert home is not None
    await ann.choose(home, "level", "Low")
    payload = sent[-1][1]
    assert payload["container"] == {"type": "view", "view_id": home.id}
    assert payload["view"]["state"]["values"]["all"]["level"]["selected_option"] == option("Low", "low")
    assert "channel" not in payload


async def test_question_for_options(pg: Playground, client: AsyncWebClient, sent: list[Any]) -> None:
    await client.chat_postMessage(channel="C_QSG", text="x", blocks=EVERYTHING)
    ann = pg.persona("U_ANN")
    found = await ann.options(ann.messages("C_QSG")[0], "ext", "nor")
    assert found[0] == option("North", "n")
    payload = sent[-1][1]
    assert (payload["type"], payload["action_id"], payload["block_id"], payload["value"]) == (
        "block_suggestion",
        "ext",
        "all",
        "nor",
    )
    assert "trigger_id" not in payload
    with pytest.raises(NotPossible, match="does not load"):
        await ann.options(ann.messages("C_QSG")[0], "level", "low")


async def test_shortcuts(pg: Playground, sent: list[Any]) -> None:
    ann = pg.persona("U_ANN")
    said = await ann.say("C_QSG", "look")
    await ann.shortcut("start")
    await ann.message_shortcut("flag", said)
    (_, start), (_, flag) = sent[1:]
    assert (start["type"], start["callback_id"]) == ("shortcut", "start")
    assert (flag["type"], flag["callback_id"], flag["message_ts"]) == ("message_action", "flag", said.ts)
    assert (flag["message"]["user"], flag["message"]["text"]) == ("U_ANN", "look")
    for name in ("flag", "none"):
        with pytest.raises(NotPossible, match="no global shortcut"):
            await ann.shortcut(name)


async def test_message_events(pg: Playground, sent: list[Any]) -> None:
    ann = pg.persona("U_ANN")
    said = await ann.say("C_QSG", f"<@{pg.bot_user_id}> help")
    await ann.say("C_QSG", "reply", said.ts)
    await ann.say(ann.dm_id, "privately")
    await ann.say("C_SECRET", "the bot is not here")
    events = [payload["event"] for kind, payload in sent if kind == "events_api"]
    assert [(event["type"], event["channel"], event["channel_type"]) for event in events] == [
        ("message", "C_QSG", "group"),
        ("app_mention", "C_QSG", "group"),
        ("message", "C_QSG", "group"),
        ("message", "D_ANN", "im"),
    ]
    assert events[2]["thread_ts"] == said.ts
    wrapper = sent[0][1]
    assert (wrapper["type"], wrapper["team_id"]) == ("event_callback", "T0SOUND")
    assert wrapper["authorizations"][0]["user_id"] == pg.bot_user_id


async def test_coming_and_going_events(pg: Playground, client: AsyncWebClient, sent: list[Any]) -> None:
    ann, bob = pg.persona("U_ANN"), pg.persona("U_BOB")
    await ann.leave("C_QSG")
    await bob.invite("C_QSG", "U_ANN")
    await bob.invite("C_QSG", "U_ANN")
    await bob.join("C_OPEN")
    await ann.invite("C_SECRET", pg.bot_user_id)
    await client.conversations_join(channel="C_OPEN")
    await pg.until(lambda: len(sent) == 4)
    events = [payload["event"] for _, payload in sent]
    assert [(event["type"], event["user"], event["channel"]) for event in events] == [
        ("member_left_channel", "U_ANN", "C_QSG"),
        ("member_joined_channel", "U_ANN", "C_QSG"),
        ("member_joined_channel", "U0BOT", "C_SECRET"),
        ("member_joined_channel", "U0BOT", "C_OPEN"),
    ]
    assert events[1]["inviter"] == "U_BOB"


async def test_home_opened_event(pg: Playground, client: AsyncWebClient, sent: list[Any]) -> None:
    ann = pg.persona("U_ANN")
    await ann.open_home()
    await client.views_publish(user_id="U_ANN", view={"type": "home", "blocks": [section("x")]})
    await ann.open_home()
    first, second = (payload["event"] for _, payload in sent)
    assert (first["tab"], first["channel"], "view" in first) == ("home", "D_ANN", False)
    assert second["view"]["type"] == "home"


@pytest.mark.parametrize(
    ("attempt", "why"),
    [
        (lambda pg: pg.persona("U_ANN").command("/other"), "not a valid command"),
        (lambda pg: pg.persona("U_EVE").command("/concern"), "not a valid command"),
        (lambda pg: pg.persona("U_BOB").command("/concern", channel="C_SECRET"), "not in C_SECRET"),
        (lambda pg: pg.persona("U_BOB").say("C_SECRET", "x"), "not in C_SECRET"),
        (lambda pg: pg.persona("U_ANN").say("C_PAST", "x"), "archived"),
    ],
    ids=["undeclared command", "command of another workspace", "elsewhere", "say elsewhere", "archived"],
)
async def test_impossible_is_refused(pg: Playground, sent: list[Any], attempt: Any, why: str) -> None:
    with pytest.raises(NotPossible, match=why):
        await attempt(pg)
    assert sent == []


@pytest.mark.parametrize("user", ["U_OLD", "U_NONE", "U0BOT"])
async def test_persona_is_an_active_person(pg: Playground, user: str) -> None:
    with pytest.raises(NotPossible, match="not an active member"):
        pg.persona(user)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [("Nowhere", None, "only: "), ("Other", None, "2 of “Other”"), ("level", "Middle", "not offered")],
)
async def test_what_is_not_there_cannot_be_pressed(
    pg: Playground, client: AsyncWebClient, sent: list[Any], name: str, value: Any, why: str
) -> None:
    await client.chat_postMessage(channel="C_QSG", text="x", blocks=EVERYTHING)
    ann = pg.persona("U_ANN")
    with pytest.raises(NotPossible, match=why):
        await ann.press(ann.messages("C_QSG")[0], name, value)


async def test_deleted_message_cannot_be_pressed(pg: Playground, client: AsyncWebClient, sent: list[Any]) -> None:
    posted = await client.chat_postMessage(channel="C_QSG", text="x", blocks=EVERYTHING)
    ann = pg.persona("U_ANN")
    message = ann.messages("C_QSG")[0]
    await client.chat_delete(channel="C_QSG", ts=posted["ts"])
    with pytest.raises(NotPossible, match="no longer there"):
        await ann.press(message, "Go")


async def url_of_press(pg: Playground, client: AsyncWebClient, sent: list[Any]) -> AsyncWebhookClient:
    await client.chat_postMessage(channel="C_QSG", text="Question", blocks=EVERYTHING)
    ann = pg.persona("U_ANN")
    await ann.press(ann.messages("C_QSG")[0], "Go")
    return AsyncWebhookClient(sent[-1][1]["response_url"])


async def test_response_url_works_five_times(pg: Playground, client: AsyncWebClient, sent: list[Any]) -> None:
    url = await url_of_press(pg, client, sent)
    statuses = [(await url.send(text="x")).status_code for _ in range(5)]
    assert statuses == [200] * 5
    last = await url.send(text="x")
    assert (last.status_code, '"used_url"' in last.body) == (404, True)


@pytest.mark.parametrize(("minutes", "status"), [(30, 200), (31, 404)])
async def test_response_url_lasts_half_an_hour(
    pg: Playground, client: AsyncWebClient, sent: list[Any], minutes: int, status: int
) -> None:
    url = await url_of_press(pg, client, sent)
    pg.clock.advance(timedelta(minutes=minutes))
    assert (await url.send(text="x")).status_code == status


RESPONSES: dict[str, tuple[dict[str, Any], list[str], list[str]]] = {
    "for one": ({"text": "A"}, ["Question", "A"], ["Question"]),
    "for all": ({"text": "A", "response_type": "in_channel"}, ["Question", "A"], ["Question", "A"]),
    "instead": ({"text": "A", "replace_original": True}, ["A"], ["A"]),
    "away": ({"delete_original": True}, [], []),
}


@pytest.mark.parametrize(("body", "ann_sees", "bob_sees"), RESPONSES.values(), ids=RESPONSES.keys())
async def test_response_url_answers(
    pg: Playground,
    client: AsyncWebClient,
    sent: list[Any],
    body: dict[str, Any],
    ann_sees: list[str],
    bob_sees: list[str],
) -> None:
    url = await url_of_press(pg, client, sent)
    assert (await url.send_dict(body)).status_code == 200
    assert [m.fallback for m in pg.persona("U_ANN").messages("C_QSG")] == ann_sees
    assert [m.fallback for m in pg.persona("U_BOB").messages("C_QSG")] == bob_sees


async def test_command_answer_can_be_replaced(pg: Playground, sent: list[Any]) -> None:
    ann = pg.persona("U_ANN")
    await ann.command("/concern", channel="C_SECRET")
    url = AsyncWebhookClient(sent[0][1]["response_url"])
    await url.send(text="Working")
    await url.send(text="Done", replace_original=True)
    assert [m.text for m in ann.messages("C_SECRET")] == ["Done"], "even where the bot is no member"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b'{"text": ""}', 400, "no_text"),
        (b"{", 400, "invalid_payload"),
        (b'{"text": "x", "blocks": [{"type": "nothing"}]}', 400, "invalid_blocks"),
    ],
)
async def test_unsound_response_is_refused(
    pg: Playground, client: AsyncWebClient, sent: list[Any], body: bytes, status: int, said: str
) -> None:
    url = (await url_of_press(pg, client, sent)).url
    async with aiohttp.ClientSession() as session, session.post(url, data=body) as response:
        assert response.status == status
        assert said in await response.text()


@pytest.mark.parametrize(("fault", "status"), [({"status": 429}, 429), ({"status": 500}, 500)])
async def test_response_url_can_be_made_to_fail(
    pg: Playground, client: AsyncWebClient, sent: list[Any], fault: dict[str, Any], status: int
) -> None:
    url = await url_of_press(pg, client, sent)
    pg.fail_next("response_url", **fault)
    assert (await url.send(text="x")).status_code == status


async def test_invented_response_url_is_refused(pg: Playground) -> None:
    answer = await AsyncWebhookClient(f"{pg.url}/response/none").send(text="x")
    assert answer.status_code == 404
