"""What a person does in Slack, one verb each: the payload that leaves, and what the answer changes."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

from bot.playground.answers import Answers
from bot.playground.delivery import Answer, Delivery
from bot.playground.errors import NotPossible
from bot.playground.finding import action_of, element_at
from bot.playground.outcome import Outcome
from bot.playground.payloads import Payloads
from bot.playground.things import Channel, Message, User, View
from bot.playground.values import KEYS, Values, check_form, merged
from bot.playground.workspace import Workspace

TROUBLE = "We had some trouble connecting. Try again?"


# What Slack's own client writes between angle brackets: people, channels, broadcasts and links.
_MARKUP = re.compile(r"(<(?:[@#!][^<>]*|(?:https?://|mailto:)[^<>]*)>)")


def as_typed(text: str) -> str:
    """Text as it leaves Slack's client: `&`, `<` and `>` escaped, save for its own markup."""
    parts = _MARKUP.split(text)
    parts[::2] = [html.escape(part, quote=False) for part in parts[::2]]
    return "".join(parts)


@dataclass(frozen=True)
class Place:
    """Where an element is: in a message, a modal or the Home tab."""

    message: Message | None = None
    view: View | None = None
    blocks: list[dict[str, Any]] = field(default_factory=list)


class Interactions:
    """Everything a person can do, by ids; the persona and the page both stand on it."""

    def __init__(self, workspace: Workspace, payloads: Payloads, delivery: Delivery, warnings: list[str]) -> None:
        self.space = workspace
        self._payloads = payloads
        self._delivery = delivery
        self._warnings = warnings
        self._answers = Answers(workspace, warnings)

    def user(self, user_id: str) -> User:
        """The person; NotPossible for someone unknown or gone."""
        user = self.space.users.get(user_id)
        if user is None or user.deleted or user.is_bot:
            raise NotPossible(f"{user_id} is not an active member of this workspace.")
        return user

    def channel(self, user_id: str, channel_id: str) -> Channel:
        """A channel this person is in."""
        if channel_id == self.space.dm_with(user_id).id:
            return self.space.dm_with(user_id)
        channel = self.space.channels.get(channel_id)
        if channel is None or user_id not in channel.members:
            raise NotPossible(f"{user_id} is not in {channel_id}.")
        return channel

    def message(self, user_id: str, channel_id: str, ts: str) -> Message:
        """A message this person sees."""
        message = self.channel(user_id, channel_id).find(ts)
        if message is None or not message.seen_by(user_id):
            raise NotPossible("That message is no longer there.")
        return message

    def view(self, user_id: str, view_id: str) -> View:
        """A view on this person's screen."""
        view = self.space.find_view(view_id)
        if view is None or view.owner != user_id:
            raise NotPossible("That form is no longer open.")
        stack = self.space.stacks.get(user_id, [])
        if view.type == "modal" and stack[-1].id != view.id:
            raise NotPossible("Another form lies on top of that one.")
        return view

    async def command(self, user_id: str, channel_id: str, name: str, text: str) -> Outcome:
        """Send a slash command and show what the acknowledgement says."""
        user, channel = self.user(user_id), self.channel(user_id, channel_id)
        foreign = user.team_id != self.space.seed.team_id
        if foreign or name not in {command.name for command in self.space.seed.commands}:
            raise NotPossible(f"{name} is not a valid command. Type / to see those there are.")
        payload = self._payloads.command(user, channel, name, as_typed(text.strip()))
        answer = await self._delivery.send("slash_commands", payload)
        outcome = _outcome(answer)
        if answer.acked and answer.response:
            return self._answers.to_command(user, channel, answer.response)
        return outcome

    async def shortcut(self, user_id: str, callback_id: str) -> Outcome:
        """Start a global shortcut."""
        self._declared(callback_id, "global")
        payload = self._payloads.shortcut(self.user(user_id), callback_id)
        return _outcome(await self._delivery.send("interactive", payload))

    async def message_shortcut(self, user_id: str, callback_id: str, channel_id: str, ts: str) -> Outcome:
        """Start a message shortcut."""
        self._declared(callback_id, "message")
        channel, message = self.channel(user_id, channel_id), self.message(user_id, channel_id, ts)
        if message.only_for:
            raise NotPossible("Slack offers no shortcuts on messages that only one person sees.")
        payload = self._payloads.message_action(self.user(user_id), channel, message, callback_id)
        return _outcome(await self._delivery.send("interactive", payload))

    async def press(
        self,
        user_id: str,
        place: Place,
        block_id: str,
        action_id: str,
        chosen: dict[str, Any],
        typed: Values | None = None,
    ) -> Outcome:
        """Press or choose something; `chosen` is the value in Slack's action shape, `typed` what else was typed."""
        user = self.user(user_id)
        block, element = element_at(place.blocks, block_id, action_id)
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise NotPossible("Slack tells the app of that field only when the form is sent.")
        action = action_of(block, element, chosen)
        if place.view is not None:
            view = place.view
            view.values = merged(view.blocks, view.values, typed or {})
            _keep(view.values, block_id, action_id, chosen)
            payload = self._payloads.view_press(user, view, action)
        elif place.message is not None:
            channel = self.channel(user_id, place.message.channel)
            values = merged(place.blocks, {}, typed or {})
            _keep(values, block_id, action_id, chosen)
            payload = self._payloads.message_press(user, channel, place.message, action, values)
        else:
            raise NotPossible("There is nothing to press there.")
        return _outcome(await self._delivery.send("interactive", payload))

    async def options(self, user_id: str, place: Place, block_id: str, action_id: str, query: str) -> dict[str, Any]:
        """Ask the app for the options of an external select: `{"options": [...]}` or `{"option_groups": [...]}`."""
        user = self.user(user_id)
        _, element = element_at(place.blocks, block_id, action_id)
        if "external" not in element["type"]:
            raise NotPossible("That field does not load its options.")
        if len(query) < element.get("min_query_length", 3):
            return {"options": []}
        source = place.view or place.message
        if source is None:
            raise NotPossible("There is nothing to choose there.")
        payload = self._payloads.suggestion(user, source, block_id, action_id, query)
        answer = await self._delivery.send("interactive", payload)
        if not answer.acked:
            raise NotPossible(f"No results could be loaded ({answer.error}).")
        return self._answers.to_suggestion(answer.response or {})

    async def submit(self, user_id: str, view: View, typed: Values) -> Outcome:
        """Submit a modal: Slack checks the fields first, then asks the app."""
        user = self.user(user_id)
        values = merged(view.blocks, view.values, typed)
        view.values, view.errors = values, check_form(view.blocks, values)
        self.space.changed()
        if view.errors:
            return Outcome(acked=False, errors=view.errors)
        answer = await self._delivery.send("interactive", self._payloads.submission(user, view, values))
        if not answer.acked:
            return Outcome(acked=False, error=f"{TROUBLE} ({answer.error})")
        return self._answers.to_submission(view, answer.response or {})

    async def close(self, user_id: str, view: View, *, everything: bool = False) -> None:
        """Cancel a modal; `everything` is the cross that closes the whole stack."""
        user = self.user(user_id)
        stack = self.space.stacks.get(user_id, [])
        everything = everything or bool(view.body.get("clear_on_close"))
        going = list(reversed(stack)) if everything else [view]
        for each in going:
            self.space.close(each)
        for each in going:
            if each.body.get("notify_on_close"):
                payload = self._payloads.closed(user, each, cleared=everything)
                await self._delivery.send("interactive", payload)

    async def say(self, user_id: str, channel_id: str, text: str, thread_ts: str | None = None) -> Message:
        """Write a message; the app hears of it only where it is a member."""
        channel = self.channel(self.user(user_id).id, channel_id)
        if channel.archived:
            raise NotPossible("That channel has been archived.")
        message = self.space.post(channel, user_id, as_typed(text), thread_ts=thread_ts)
        if self.space.bot_user_id in channel.members:
            event = self._payloads.said(channel, message)
            subscription = {"dm": "message.im", "private": "message.groups", "public": "message.channels"}
            await self._event(event, subscription[channel.kind])
            if f"<@{self.space.bot_user_id}>" in text:
                await self._event({**event, "type": "app_mention"}, "app_mention")
        return message

    async def open_home(self, user_id: str) -> None:
        """Open the app's Home tab."""
        home = self.space.homes.get(user_id)
        event = {
            "type": "app_home_opened",
            "user": self.user(user_id).id,
            "channel": self.space.dm_with(user_id).id,
            "tab": "home",
            **({"view": home.payload()} if home else {}),
        }
        await self._event(event, "app_home_opened")

    async def joined(self, user_id: str, channel: Channel, inviter: str | None = None) -> None:
        """Add someone, or the bot, to a channel and tell the app if it is there."""
        if user_id in channel.members:
            return
        channel.members.add(user_id)
        self.space.changed()
        await self.membership("member_joined_channel", user_id, channel, inviter)

    async def left(self, user_id: str, channel: Channel) -> None:
        """Take someone out of a channel and tell the app if it is there."""
        channel.members.discard(user_id)
        self.space.changed()
        await self.membership("member_left_channel", user_id, channel)

    async def membership(self, kind: str, user_id: str, channel: Channel, inviter: str | None = None) -> None:
        """Tell the app, if it is in the channel, that someone came or went."""
        if self.space.bot_user_id not in channel.members:
            return
        event = {
            "type": kind,
            "user": user_id,
            "channel": channel.id,
            "channel_type": "G" if channel.kind == "private" else "C",
            "team": self.space.users[user_id].team_id,
            **({"inviter": inviter} if inviter else {}),
        }
        await self._event(event, kind)

    async def account_changed(self, user_id: str) -> None:
        """Tell the app that somebody's account or profile has changed."""
        event = {"type": "user_change", "user": self._payloads.person(self.space.users[user_id])}
        await self._event(event, "user_change")

    async def _event(self, event: dict[str, Any], subscription: str) -> None:
        if subscription not in self.space.seed.events:
            return
        answer = await self._delivery.send_event(self._payloads.event(event))
        if not answer.acked:
            self._warnings.append(f"the event {subscription} was not acknowledged")

    def _declared(self, callback_id: str, kind: str) -> None:
        if (callback_id, kind) not in {(s.callback_id, s.kind) for s in self.space.seed.shortcuts}:
            raise NotPossible(f"There is no {kind} shortcut {callback_id}.")


def _outcome(answer: Answer) -> Outcome:
    return Outcome(answer.acked, answer.response, answer.error)


def _keep(values: Values, block_id: str, action_id: str, chosen: dict[str, Any]) -> None:
    """A choice is part of the state too, wherever the element is."""
    entry = values.get(block_id, {}).get(action_id)
    if entry is not None:
        key = KEYS[entry["type"]][0]
        values[block_id][action_id] = {**entry, key: chosen.get(key)}
