"""Hearing on Slack: each payload becomes an `Ask`, each `Reply` becomes what Slack expects, within its 3 seconds.

The work is done before the acknowledgement (`process_before_response=True`): Slack is told only what is so.
"""

import json
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest, AsyncRespond
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import slack_forms as forms
from bot.chat.port import (
    Ask,
    Fix,
    Form,
    Listeners,
    Message,
    Offer,
    Open,
    Quoted,
    Reply,
    Say,
    ShowHome,
    Sorry,
    Turn,
    Words,
)
from bot.chat.slack_blocks import fallback, message_blocks, page_blocks
from bot.chat.slack_calls import link_to
from bot.chat.slack_views import Changes, answer_within, open_view
from bot.domain.concern import new_reference
from bot.domain.handling import Identity
from bot.errors import Broken, MoreThanFits
from bot.metrics import BROKEN

log = structlog.get_logger()
Body = dict[str, Any]
ANY = re.compile(r".+", re.DOTALL)
LONGEST_ANSWER = 5  # beside the acknowledgement: `response_url` works five times


@dataclass(frozen=True)
class SlackListeners:
    """Everything Slack may send, handed to the listener of its name. `notice` makes a page of one sentence."""

    listeners: Listeners
    notice: Callable[[str], Form]
    too_late: Callable[[str], str]
    changes: Changes = field(default_factory=Changes)

    def connect(self, app: AsyncApp) -> None:
        for name in self.listeners.commands:
            app.command(f"/{name}")(self.on_command)
        for name in self.listeners.shortcuts:
            app.shortcut(name)(self.on_shortcut)
        app.view(ANY)(self.on_submission)
        app.action(ANY)(self.on_button)
        app.options(ANY)(self.on_search)
        app.event("app_home_opened")(self.on_home)
        app.event("user_change")(self.on_person)
        app.error(self.on_error)

    async def on_command(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        name = body["command"].removeprefix("/")
        ask = Ask(
            who=Identity("slack", body["team_id"], body["user_id"]),
            key=body["trigger_id"],
            command=name,
            words=forms.as_typed(body.get("text", "")),
            channel=body.get("channel_id", ""),
            mentions=tuple(Identity("slack", body["team_id"], user) for user in forms.mentioned(body.get("text", ""))),
        )
        reply = await self.listeners.commands[name](ask)
        match reply:
            case Say(message):
                first, *rest = message_blocks(message)
                await ack(text=fallback(message), blocks=first)
                await _continue(respond, rest)
            case Open(form) | Turn(form):
                opened = await open_view(client, body["trigger_id"], form)
                await (ack() if opened else ack(text=self.too_late(f"/{name}")))
            case _:
                await ack(text=fallback(message := _words(self._page(reply))), blocks=message_blocks(message)[0])

    async def on_shortcut(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        channel, name = body.get("channel", {}).get("id", ""), body["callback_id"]
        ask = Ask(who=_who(body), key=body["trigger_id"], quoted=_quoted(body, client), channel=channel)
        reply = await self.listeners.shortcuts[name](ask)
        if not await open_view(client, body["trigger_id"], self._page(reply)):
            await _say_in_person(client, ask.who.user, self.too_late(f"/{name.partition('.')[0]}"))
        await ack()

    async def on_submission(self, ack: AsyncAck, body: Body) -> None:
        view = body["view"]
        ask = Ask(who=_who(body), key=view["id"], answers=forms.answers(view), memo=forms.memo(view))
        reply = await self.listeners.forms[view["callback_id"]](ask)
        match reply:
            case Fix(errors):
                await ack(response_action="errors", errors=_beside(view, errors))
            case Sorry(sentence):
                await ack(response_action="errors", errors={forms.first_input(view): sentence})
            case Open(form):
                await ack(response_action="push", view=forms.view(form))
            case _:
                new = forms.view(self._page(reply))
                same = new["callback_id"] == view["callback_id"]
                await ack(response_action="update", view=forms.kept(new, view) if same else new)

    async def on_button(self, ack: AsyncAck, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        action = body["actions"][0]
        if action["type"] != "button":
            await self._on_change(body, client)
        listener = self.listeners.buttons.get(action["action_id"].partition("#")[0])
        if listener:
            view = body.get("view")
            ask = Ask(
                who=_who(body),
                key=f"{body['user']['id']}.{action['action_id']}.{action.get('action_ts', '')}",
                value=action.get("value", ""),
                channel=body.get("channel", {}).get("id", ""),
                memo=forms.memo(view) if view else {},
            )
            await self._answer_button(await listener(ask), body, client, respond)
        await ack()

    async def _on_change(self, body: Body, client: AsyncWebClient) -> None:
        """A choice in a form still being filled in. What is wrong with it is said when it is sent."""
        view = body.get("view") or {}
        listener = self.listeners.changes.get(view.get("callback_id", ""))
        if listener:
            key = body["actions"][0].get("action_ts", "")
            choice = self.changes.notice(view, key)
            reply = await listener(Ask(who=_who(body), key=key, answers=forms.answers(view), memo=forms.memo(view)))
            if isinstance(reply, Turn):
                await self.changes.answer(client, view, choice, reply.form)

    async def on_search(self, ack: AsyncAck, body: Body) -> None:
        ask = Ask(who=_who(body), key=body.get("action_ts", ""), words=body.get("value", ""))
        reply = await self.listeners.searches[body["action_id"]](ask)
        found = reply.options if isinstance(reply, Offer) else ()
        await ack(**forms.options_payload(found))

    async def on_home(self, ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        event = body["event"]
        if event.get("tab", "home") == "home":
            ask = Ask(who=Identity("slack", body["team_id"], event["user"]), key=body["event_id"])
            reply = await self.listeners.home["home"](ask)
            message = reply.message if isinstance(reply, ShowHome) else _words(self._page(reply))
            view = {"type": "home", "blocks": page_blocks(message)}
            await client.views_publish(user_id=event["user"], view=view)
        await ack()

    async def on_person(self, ack: AsyncAck, body: Body) -> None:
        """Somebody's account was closed, opened again, or changed in a way that is no matter of ours."""
        user = body["event"]["user"]
        who = Identity("slack", user.get("team_id") or body["team_id"], user["id"])
        await self.listeners.people["closed" if user.get("deleted") else "open"](who)
        await ack()

    async def on_error(
        self, error: Exception, body: Body, request: AsyncBoltRequest, client: AsyncWebClient, respond: AsyncRespond
    ) -> BoltResponse:
        """Something of ours broke: say so where they are, with a reference; what was typed stays in its form."""
        if _unstamped(request):
            return BoltResponse(status=401)
        broken = Broken(reference=new_reference("X"))
        BROKEN.inc()
        log.error("broken", reference=broken.facts["reference"], why=type(error).__name__, at=_where(error))
        sentence = str(broken)
        if body.get("type") == "view_submission":
            answer = {"response_action": "errors", "errors": {forms.first_input(body["view"]): sentence}}
        elif "command" in body:
            answer = {"text": sentence, "response_type": "ephemeral"}
        else:
            answer = {}
            await _say_here(client, respond, body, sentence)
        return BoltResponse(status=200, body=json.dumps(answer), headers={"content-type": "application/json"})

    async def _answer_button(self, reply: Reply, body: Body, client: AsyncWebClient, respond: AsyncRespond) -> None:
        view, trigger = body.get("view"), body["trigger_id"]
        if view and view["type"] == "modal":
            await answer_within(client, view, trigger, reply, self._page(reply))
        elif isinstance(reply, Say | Sorry) and body.get("response_url"):
            message = reply.message if isinstance(reply, Say) else _words(self._page(reply))
            parts = message_blocks(message)
            await respond(text=fallback(message), blocks=parts[0], replace_original=False)
            await _continue(respond, parts[1:])
        elif not await open_view(client, trigger, self._page(reply)):
            await _say_here(client, respond, body, self.too_late("the button"))

    def _page(self, reply: Reply) -> Form:
        """Any reply as a form or page."""
        match reply:
            case Open(form) | Turn(form):
                return form
            case Say(message) | ShowHome(message):
                return Form("say", (Words(message),), title="Soundings")
            case _:
                return self.notice(_sentence(reply))


async def _say_here(client: AsyncWebClient, respond: AsyncRespond, body: Body, sentence: str) -> None:
    """Where they pressed, or in person where Slack leaves no way to answer: in a form, and on the Home tab."""
    if body.get("response_url"):
        await respond(text=sentence, replace_original=False)
    elif body.get("trigger_id"):
        await _say_in_person(client, body["user"]["id"], sentence)


async def _say_in_person(client: AsyncWebClient, user: str, sentence: str) -> None:
    direct = await client.conversations_open(users=[user])
    await client.chat_postMessage(channel=direct["channel"]["id"], text=sentence)


def _unstamped(request: AsyncBoltRequest) -> bool:
    """Whether it came without a time that is a number, which Bolt stumbles over before it checks the signature."""
    stamp = request.headers.get("x-slack-request-timestamp", [""])[0]
    return request.mode == "http" and not stamp.isdecimal()


async def _continue(respond: AsyncRespond, parts: list[list[Body]]) -> None:
    fits = len(parts) <= LONGEST_ANSWER
    for part in parts if fits else parts[: LONGEST_ANSWER - 1]:
        await respond(text="Continued", blocks=part, replace_original=False)
    if not fits:
        await respond(text=str(MoreThanFits()), replace_original=False)


def _where(error: Exception) -> str:
    """The file and line it came from: never the error's own words, which may hold what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))


def _who(body: Body) -> Identity:
    """Judged by the person's own workspace, which for Slack Connect is not the channel's."""
    user = body["user"]
    return Identity("slack", user.get("team_id") or body["team"]["id"], user["id"])


def _quoted(body: Body, client: AsyncWebClient) -> Quoted | None:
    """The message whose menu a shortcut was chosen from."""
    message, channel = body.get("message"), body.get("channel", {}).get("id", "")
    if message is None:
        return None
    return Quoted(
        forms.as_typed(message.get("text", "")), channel, partial(link_to, client, channel, body["message_ts"])
    )


def _words(form: Form) -> Message:
    return next((part.message for part in form.parts if isinstance(part, Words)), Message(""))


def _sentence(reply: Reply) -> str:
    match reply:
        case Sorry(sentence):
            return sentence
        case Fix(errors):
            return " ".join(errors.values())
        case _:
            return ""


def _beside(view: Body, errors: Any) -> dict[str, str]:
    """Each sentence beside its field, or beside the first field when the form has no such field."""
    fields = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    first = forms.first_input(view)
    placed: dict[str, str] = {}
    for name, sentence in errors.items():
        place = name if name in fields else first
        placed[place] = f"{placed[place]} {sentence}" if place in placed else sentence
    return placed
