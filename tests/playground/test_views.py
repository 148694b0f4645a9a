"""Modals and the Home tab: triggers, the stack of three, hashes, and what an answer to a form may do."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import NotPossible, Persona, Playground, View
from tests.playground.conftest import Seconds, actions, button, field, modal, option, plain, section

MENU = {"type": "static_select", "options": [option("Low", "low"), option("High", "high")]}


@pytest.fixture
def triggers(pg: Playground) -> list[str]:
    """The trigger ids of what people did, from a bot that only acknowledges."""
    seen: list[str] = []

    async def transport(_kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        seen.append(payload.get("trigger_id", ""))
        return {}

    pg.transport = transport
    return seen


async def opened(pg: Playground, client: AsyncWebClient, triggers: list[str], view: dict[str, Any]) -> View:
    """A modal on Ann's screen."""
    await pg.persona("U_ANN").command("/concern")
    await client.views_open(trigger_id=triggers[-1], view=view)
    return top(pg.persona("U_ANN"))


def top(persona: Persona) -> View:
    assert persona.modal is not None
    return persona.modal


async def refused(client: AsyncWebClient, method: str, **args: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        await client.api_call(method, json=args)
    code: str = error.value.response["error"]
    return code


async def test_trigger_works_once(pg: Playground, client: AsyncWebClient, triggers: list[str]) -> None:
    await opened(pg, client, triggers, modal())
    code = await refused(client, "views.open", trigger_id=triggers[0], view=modal())
    assert code == "exchanged_trigger_id"


@pytest.mark.parametrize(("later", "code"), [(2.9, None), (3.1, "expired_trigger_id")])
async def test_trigger_lasts_three_seconds(
    pg: Playground, client: AsyncWebClient, triggers: list[str], seconds: Seconds, later: float, code: str | None
) -> None:
    await pg.persona("U_ANN").command("/concern")
    seconds.now += later
    if code is None:
        await client.views_open(trigger_id=triggers[0], view=modal())
    else:
        assert await refused(client, "views.open", trigger_id=triggers[0], view=modal()) == code


@pytest.mark.parametrize("trigger", ["made up", "1.2.3"])
async def test_invented_trigger_is_refused(client: AsyncWebClient, trigger: str) -> None:
    assert await refused(client, "views.open", trigger_id=trigger, view=modal()) == "invalid_trigger_id"


async def test_unsound_view_does_not_use_the_trigger_up(
    pg: Playground, client: AsyncWebClient, triggers: list[str]
) -> None:
    await pg.persona("U_ANN").command("/concern")
    code = await refused(client, "views.open", trigger_id=triggers[0], view=modal(title="x" * 25))
    assert code == "invalid_arguments"
    await client.views_open(trigger_id=triggers[0], view=modal())


async def test_stack_holds_three(pg: Playground, client: AsyncWebClient, triggers: list[str]) -> None:
    ann = pg.persona("U_ANN")
    view = modal(actions(button("More", "more")))
    first = await opened(pg, client, triggers, view)
    for _ in range(2):
        await ann.press(top(ann), "More")
        await client.views_push(trigger_id=triggers[-1], view=view)
    assert len(ann.modals) == 3
    assert (top(ann)["root_view_id"], top(ann)["previous_view_id"]) == (first.id, ann.modals[1].id)
    await ann.press(top(ann), "More")
    assert await refused(client, "views.push", trigger_id=triggers[-1], view=view) == "push_limit_reached"
    with pytest.raises(NotPossible, match="on top"):
        await ann.press(first, "More")


async def test_push_needs_a_form_to_lie_on(pg: Playground, client: AsyncWebClient, triggers: list[str]) -> None:
    await pg.persona("U_ANN").command("/concern")
    assert await refused(client, "views.push", trigger_id=triggers[-1], view=modal()) == "not_found"


async def test_update_asks_for_the_right_hash(pg: Playground, client: AsyncWebClient, triggers: list[str]) -> None:
    view = await opened(pg, client, triggers, modal())
    stale = view.hash
    await client.views_update(view_id=view.id, hash=stale, view=modal(title="Second"))
    assert top(pg.persona("U_ANN")).title == "Second"
    args = {"view_id": view.id, "hash": stale, "view": modal()}
    assert await refused(client, "views.update", **args) == "hash_conflict"
    await client.views_update(view_id=view.id, view=modal(title="Third"))


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"view_id": "V_NONE"}, "not_found"),
        ({"external_id": "none"}, "not_found"),
        ({}, "invalid_arguments"),
        ({"view_id": "V1", "external_id": "none"}, "invalid_arguments"),
    ],
    ids=["unknown", "unknown name", "neither", "both"],
)
async def test_update_needs_one_open_view(client: AsyncWebClient, args: dict[str, Any], code: str) -> None:
    assert await refused(client, "views.update", view=modal(), **args) == code


async def test_external_id_is_one_views_alone(pg: Playground, client: AsyncWebClient, triggers: list[str]) -> None:
    await opened(pg, client, triggers, modal(external_id="mine"))
    await client.views_update(external_id="mine", view=modal(external_id="mine", title="Second"))
    await pg.persona("U_BOB").command("/concern")
    args = {"trigger_id": triggers[-1], "view": modal(external_id="mine")}
    assert await refused(client, "views.open", **args) == "duplicate_external_id"


async def test_update_keeps_what_was_typed_in_fields_that_stay(
    pg: Playground, client: AsyncWebClient, triggers: list[str]
) -> None:
    ann = pg.persona("U_ANN")
    view = await opened(pg, client, triggers, modal(field("kept"), field("gone"), field("changed")))
    await ann.fill(view, {"kept": "typed", "gone": "typed", "changed": "typed"})
    await client.views_update(view_id=view.id, view=modal(field("kept"), field("changed", MENU), field("new")))
    assert {block_id: next(iter(actions.values())) for block_id, actions in view.values.items()} == {
        "kept": {"type": "plain_text_input", "value": "typed"},
        "changed": {"type": "static_select", "selected_option": None},
        "new": {"type": "plain_text_input", "value": None},
    }


async def test_home_is_published_for_one_person(pg: Playground, client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [section("Yours")]}
    answer = await client.views_publish(user_id="U_ANN", view=home)
    assert pg.persona("U_BOB").home is None
    mine = pg.persona("U_ANN").home
    assert mine is not None
    assert mine.text == "Yours"
    args = {"user_id": "U_ANN", "view": home, "hash": "old"}
    assert await refused(client, "views.publish", **args) == "hash_conflict"
    await client.views_publish(user_id="U_ANN", view=home, hash=answer["view"]["hash"])
    assert await refused(client, "views.publish", user_id="U_NONE", view=home) == "invalid_arguments"


CHECKED: dict[str, tuple[dict[str, Any], Any, str]] = {
    "empty": ({"type": "plain_text_input"}, "", "Please complete this required field."),
    "blank": ({"type": "plain_text_input"}, "  ", "Please complete this required field."),
    "short": ({"type": "plain_text_input", "min_length": 5}, "abcd", "Please enter at least 5 characters."),
    "long": ({"type": "plain_text_input", "max_length": 3}, "abcd", "Please enter no more than 3 characters."),
    "email": ({"type": "email_text_input"}, "ann at home", "Please enter a valid email address."),
    "url": ({"type": "url_text_input"}, "example.org", "Please enter a valid URL."),
    "number": ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "Please enter a valid number."),
    "low": (
        {"type": "number_input", "is_decimal_allowed": True, "min_value": "2"},
        1.5,
        "Please enter a number of at least 2.",
    ),
    "high": (
        {"type": "number_input", "is_decimal_allowed": False, "max_value": "9"},
        10,
        "Please enter a number of at most 9.",
    ),
    "many": (
        {**MENU, "type": "multi_static_select", "max_selected_items": 1},
        ["low", "high"],
        "Please select no more than 1 items.",
    ),
}


@pytest.mark.parametrize(("element", "value", "said"), CHECKED.values(), ids=CHECKED.keys())
async def test_slack_checks_a_field_before_the_bot_is_asked(
    pg: Playground,
    client: AsyncWebClient,
    triggers: list[str],
    element: dict[str, Any],
    value: Any,
    said: str,
) -> None:
    view = await opened(pg, client, triggers, modal(field("name", element)))
    outcome = await pg.persona("U_ANN").submit(view, {"name": value})
    assert (outcome.acked, outcome.errors) == (False, {"name": said})
    assert len(triggers) == 1, "nothing reached the bot"
    assert view.errors == outcome.errors


async def test_submission_holds_every_field(pg: Playground, client: AsyncWebClient) -> None:
    bodies: list[dict[str, Any]] = []

    async def transport(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        bodies.append(payload)
        if kind == "slash_commands":
            await client.views_open(
                trigger_id=payload["trigger_id"],
                view=modal(
                    field("text"),
                    field("radio", {**MENU, "type": "radio_buttons", "initial_option": option("High", "high")}),
                    field("date", {"type": "datepicker"}, optional=True),
                    field("people", {"type": "multi_users_select"}, optional=True),
                    field("hour", {"type": "timepicker", "initial_time": "09:30"}),
                    actions({**MENU, "action_id": "aside"}, block_id="aside"),
                    private_metadata="kept",
                ),
            )
        return {}

    pg.transport = transport
    ann = pg.persona("U_ANN")
    await ann.command("/concern")
    await ann.choose(top(ann), "aside", "Low")
    await ann.submit(top(ann), {"text": "a < b & c"})
    assert bodies[1]["type"] == "block_actions"
    body = bodies[2]
    assert (body["type"], body["view"]["callback_id"]) == ("view_submission", "form")
    assert body["view"]["private_metadata"] == "kept"
    assert body["view"]["state"]["values"] == {
        "text": {"text_input": {"type": "plain_text_input", "value": "a < b & c"}},
        "radio": {"radio_input": {"type": "radio_buttons", "selected_option": option("High", "high")}},
        "date": {"date_input": {"type": "datepicker", "selected_date": None}},
        "people": {"people_input": {"type": "multi_users_select", "selected_users": []}},
        "hour": {"hour_input": {"type": "timepicker", "selected_time": "09:30"}},
        "aside": {"aside": {"type": "static_select", "selected_option": option("Low", "low")}},
    }


ANSWERS: dict[str, tuple[dict[str, Any], list[str], str | None]] = {
    "nothing closes it": ({}, ["Below"], None),
    "clear closes all": ({"response_action": "clear"}, [], None),
    "update replaces it": (
        {"response_action": "update", "view": modal(title="Thanks")},
        ["Below", "Thanks"],
        None,
    ),
    "push lies on top": (
        {"response_action": "push", "view": modal(title="More")},
        ["Below", "A form", "More"],
        None,
    ),
    "unsound update": (
        {"response_action": "update", "view": modal(title="x" * 25)},
        ["Below", "A form"],
        "invalid_arguments",
    ),
    "no view": ({"response_action": "update"}, ["Below", "A form"], "invalid_arguments"),
    "unknown action": ({"response_action": "dance"}, ["Below", "A form"], "invalid_response_action"),
    "errors on no field": (
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        ["Below", "A form"],
        "invalid_errors",
    ),
    "errors on text": (
        {"response_action": "errors", "errors": {"words": "x"}},
        ["Below", "A form"],
        "invalid_errors",
    ),
    "no errors": ({"response_action": "errors", "errors": {}}, ["Below", "A form"], "invalid_errors"),
}


@pytest.mark.parametrize(("body", "titles", "error"), ANSWERS.values(), ids=ANSWERS.keys())
async def test_answer_to_a_form_does_what_it_says(
    pg: Playground,
    client: AsyncWebClient,
    triggers: list[str],
    body: dict[str, Any],
    titles: list[str],
    error: str | None,
) -> None:
    ann = pg.persona("U_ANN")
    await opened(pg, client, triggers, modal(actions(button("More", "more")), title="Below"))
    await ann.press(top(ann), "More")
    await client.views_push(trigger_id=triggers[-1], view=modal(section("x", block_id="words"), field("a")))

    async def transport(_kind: str, _payload: dict[str, Any]) -> dict[str, Any]:
        return body

    pg.transport = transport
    outcome = await ann.submit(top(ann), {"a": "typed"})
    assert [view.title for view in ann.modals] == titles
    assert (outcome.error is None) == (error is None)
    assert error is None or error in (outcome.error or "")
    assert bool(pg.warnings) == (error is not None)


async def test_closing_is_told_where_the_view_asks(app: AsyncApp, pg: Playground) -> None:
    told: list[tuple[str, bool]] = []

    @app.command("/concern")
    async def concern(ack: Any, body: Any, client: Any) -> None:
        view = modal(actions(button("More", "more")), title="First", notify_on_close=True)
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @app.action("more")
    async def more(ack: Any, body: Any, client: Any) -> None:
        view = modal(title="Second", notify_on_close=True)
        await client.views_push(trigger_id=body["trigger_id"], view=view)
        await ack()

    @app.view_closed("form")
    async def closed(ack: Any, view: Any, body: Any) -> None:
        told.append((view["title"]["text"], body["is_cleared"]))
        await ack()

    ann = pg.persona("U_ANN")
    await ann.command("/concern")
    await ann.press(top(ann), "More")
    await ann.close(top(ann))
    assert [view.title for view in ann.modals] == ["First"]
    await ann.press(top(ann), "More")
    await ann.close(top(ann), everything=True)
    assert ann.modal is None
    assert told == [("Second", False), ("Second", True), ("First", True)]


async def test_clear_on_close_takes_the_stack_along(
    pg: Playground, client: AsyncWebClient, triggers: list[str]
) -> None:
    ann = pg.persona("U_ANN")
    await opened(pg, client, triggers, modal(actions(button("More", "more"))))
    await ann.press(top(ann), "More")
    await client.views_push(trigger_id=triggers[-1], view=modal(clear_on_close=True))
    await ann.close(top(ann))
    assert ann.modals == []


async def test_view_reads_as_slack_sends_it(pg: Playground, client: AsyncWebClient, triggers: list[str]) -> None:
    view = await opened(pg, client, triggers, modal(section("Hello"), actions(button("Go", "go")), close=plain("No")))
    assert view["type"] == view.get("type") == "modal"
    assert view.get("nothing", "none") == "none"
    assert view.text.splitlines() == ["A form", "Hello", "[Go]", "[No] [Send]"]
    assert view.buttons == ["Go"]
    assert view.blocks[0]["block_id"], "Slack fills ids in"


async def test_nobody_can_touch_anothers_form(pg: Playground, client: AsyncWebClient, triggers: list[str]) -> None:
    view = await opened(pg, client, triggers, modal())
    with pytest.raises(NotPossible, match="no longer open"):
        await pg.persona("U_BOB").submit(view)
    await pg.persona("U_ANN").submit(view)
    with pytest.raises(NotPossible, match="no longer open"):
        await pg.persona("U_ANN").submit(view)


async def test_a_choice_that_dispatches_is_told_before_the_form_is_sent(pg: Playground, client: AsyncWebClient) -> None:
    heard: list[tuple[str, Any]] = []

    async def transport(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        if kind == "slash_commands":
            told = modal(
                field("level", MENU, dispatch_action=True), field("note", dispatch_action=True), field("plain")
            )
            await client.views_open(trigger_id=payload["trigger_id"], view=told)
        else:
            level = payload["view"]["state"]["values"]["level"]["level_input"]["selected_option"]
            heard.append((payload["type"], level["value"]))
        return {}

    pg.transport = transport
    ann = pg.persona("U_ANN")
    await ann.command("/concern")
    await ann.submit(top(ann), {"note": "text is told at Enter only", "plain": "x", "level": "High"})
    assert heard == [("block_actions", "high"), ("view_submission", "high")]
    await ann.command("/concern")
    with pytest.raises(NotPossible, match="only when the form is sent"):
        await ann.press(top(ann), "plain_input", "x")
