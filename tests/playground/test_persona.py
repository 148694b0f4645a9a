"""A person uses a small bot: commands, forms, buttons, menus and the Home tab, over both ways in."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from bot.playground import NotPossible, Playground
from tests.playground.conftest import actions, bare_app, button, field, modal, option, section, socket_bot
from tests.playground.transport import bolt_transport

STATIC = {"type": "static_select", "options": [option("Low", "low"), option("High", "high")]}
EXTERNAL = {"type": "external_select", "min_query_length": 1}
PROVIDERS = [option("North Hospital", "RN1"), option("South Hospital", "RS1")]

FORM = modal(
    field("provider", EXTERNAL),
    field("what", {"type": "plain_text_input", "multiline": True, "min_length": 5}),
    field("level", STATIC, optional=True),
    field("tags", {"type": "checkboxes", "options": [option("A", "a"), option("B", "b")]}, optional=True),
    field("when", {"type": "datepicker"}, optional=True),
    field("who", {"type": "users_select"}, optional=True),
)


def furnished(app: AsyncApp) -> AsyncApp:
    """A bot that uses most of what Slack offers."""

    @app.command("/concern")
    async def concern(ack: Any, command: Any, client: Any) -> None:
        if command["text"] == "help":
            await ack("Type `/concern` and a provider.")
            return
        await client.views_open(trigger_id=command["trigger_id"], view=FORM)
        await ack()

    @app.options("provider_input")
    async def providers(ack: Any, payload: Any) -> None:
        said = payload["value"].casefold()
        await ack(options=[each for each in PROVIDERS if said in str(each).casefold()])

    @app.view("form")
    async def submitted(ack: Any, view: Any, client: Any, body: Any) -> None:
        values = view["state"]["values"]
        said = values["what"]["what_input"]["value"]
        if "NHS" in said:
            await ack(response_action="errors", errors={"what": "Please leave the NHS number out."})
            return
        await client.chat_postMessage(
            channel="C_QSG",
            text=f"New: {said}",
            blocks=[
                section(f"New: {said}"),
                actions(button("I will look", "take", value="7"), {**STATIC, "action_id": "rate"}),
            ],
        )
        await client.chat_postMessage(channel=body["user"]["id"], text="Received")
        await ack()

    @app.action("take")
    async def take(ack: Any, body: Any, client: Any) -> None:
        await client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text=f"{body['user']['name']} looks"
        )
        await ack()

    @app.action("rate")
    async def rate(ack: Any, action: Any, respond: Any) -> None:
        await respond(f"Rated {action['selected_option']['value']}")
        await ack()

    @app.event("app_home_opened")
    async def home(client: Any, event: Any) -> None:
        view = {"type": "home", "blocks": [section("Welcome"), actions(button("Start", "start_home"))]}
        await client.views_publish(user_id=event["user"], view=view)

    @app.action("start_home")
    @app.shortcut("start")
    @app.shortcut("flag")
    async def start(ack: Any, body: Any, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal(field("what"), title="Start"))
        await ack()

    return app


@pytest.fixture(params=["http", "socket"])
async def furnished_pg(request: pytest.FixtureRequest, pg: Playground) -> AsyncIterator[Playground]:
    app = furnished(bare_app(pg))
    if request.param == "http":
        pg.transport = bolt_transport(app, pg.signing_secret)
        yield pg
        return
    async with socket_bot(app, pg):
        yield pg


async def test_form_is_filled_in_and_sent(furnished_pg: Playground) -> None:
    ann, bob = furnished_pg.persona("U_ANN"), furnished_pg.persona("U_BOB")
    assert (await ann.command("/concern", "north", channel="C_QSG")).ok
    assert ann.modal is not None
    assert ann.modal["callback_id"] == "form"
    assert bob.modal is None

    outcome = await ann.submit(
        ann.modal,
        {
            "provider": "RN1",
            "what": "Staffing is thin",
            "level": "high",
            "tags": ["a", "b"],
            "when": "2024-12-01",
            "who": "U_BOB",
        },
    )

    assert outcome.ok
    assert ann.modal is None
    assert [message.text for message in ann.dms()] == ["Received"]
    (posted,) = bob.messages("C_QSG")
    assert "New: Staffing is thin" in posted.text
    assert posted.buttons == ["I will look"]


async def test_error_beside_a_field_keeps_what_was_typed(furnished_pg: Playground) -> None:
    ann = furnished_pg.persona("U_ANN")
    await ann.command("/concern")
    assert ann.modal is not None
    outcome = await ann.submit(ann.modal, {"provider": "RN1", "what": "NHS 123 456"})
    assert outcome.errors == {"what": "Please leave the NHS number out."}
    assert ann.modal is not None
    assert ann.modal.errors == outcome.errors
    assert ann.modal.values["what"]["what_input"]["value"] == "NHS 123 456"
    assert (await ann.submit(ann.modal, {"what": "A better text"})).ok


async def test_button_changes_the_message(furnished_pg: Playground) -> None:
    ann, bob = furnished_pg.persona("U_ANN"), furnished_pg.persona("U_BOB")
    await ann.command("/concern")
    assert ann.modal is not None
    await ann.submit(ann.modal, {"provider": "RN1", "what": "Something"})
    stale = bob.messages("C_QSG")[0]
    assert (await bob.press(stale, "I will look")).ok
    assert bob.messages("C_QSG")[0].text == "bob looks"
    assert bob.messages("C_QSG")[0].edited
    assert (await bob.press(stale, "take")).ok, "a screen that lags behind can still press"


async def test_choice_in_a_message_is_answered_for_the_chooser_alone(furnished_pg: Playground) -> None:
    ann, bob = furnished_pg.persona("U_ANN"), furnished_pg.persona("U_BOB")
    await ann.command("/concern")
    assert ann.modal is not None
    await ann.submit(ann.modal, {"provider": "RN1", "what": "Something"})
    assert (await bob.choose(bob.messages("C_QSG")[0], "rate", "High")).ok
    assert [message.text for message in bob.messages("C_QSG") if message.ephemeral] == ["Rated high"]
    assert not any(message.ephemeral for message in ann.messages("C_QSG"))


async def test_command_can_be_answered_in_its_acknowledgement(furnished_pg: Playground) -> None:
    ann = furnished_pg.persona("U_ANN")
    outcome = await ann.command("/concern", "help", channel="C_QSG")
    assert outcome.response == {"text": "Type `/concern` and a provider."}
    (told,) = ann.messages("C_QSG")
    assert told.ephemeral
    assert furnished_pg.persona("U_BOB").messages("C_QSG") == []


async def test_external_options_are_loaded_over_the_wire(furnished_pg: Playground) -> None:
    ann = furnished_pg.persona("U_ANN")
    await ann.command("/concern")
    assert ann.modal is not None
    assert await ann.options(ann.modal, "provider_input", "south") == [PROVIDERS[1]]
    assert await ann.options(ann.modal, "Provider", "") == [], "below the least query length nothing is asked"
    await ann.choose(ann.modal, "Provider", "South Hospital")
    assert ann.modal.values["provider"]["provider_input"]["selected_option"] == PROVIDERS[1]
    with pytest.raises(NotPossible, match="not offered"):
        await ann.choose(ann.modal, "Provider", "East Hospital")


async def test_home_is_published_and_its_button_opens_a_form(furnished_pg: Playground) -> None:
    ann = furnished_pg.persona("U_ANN")
    home = await ann.open_home()
    assert home is not None
    assert "Welcome" in home.text
    assert (await ann.press(home, "Start")).ok
    assert ann.modal is not None
    assert ann.modal.title == "Start"


async def test_shortcuts_open_forms(furnished_pg: Playground) -> None:
    ann = furnished_pg.persona("U_ANN")
    assert (await ann.shortcut("start")).ok
    assert ann.modal is not None
    await ann.close(ann.modal)
    said = furnished_pg.workspace.post(furnished_pg.workspace.channels["C_QSG"], "U_BOB", "Look at this")
    outcome = await ann.message_shortcut("flag", ann.messages("C_QSG")[0])
    assert outcome.ok
    assert ann.messages("C_QSG")[0].ts == said.ts
    assert ann.modal is not None
