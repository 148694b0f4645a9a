"""What Slack sends an app, field by field (docs.slack.dev/reference/interaction-payloads and /events)."""

from typing import Any

from bot.playground.handles import ResponseUrls, Triggers
from bot.playground.things import Channel, Message, User, View
from bot.playground.workspace import Workspace

Payload = dict[str, Any]

TOKEN = "playground-verification-token"  # noqa: S105 - Slack's deprecated field, never a secret


class Payloads:
    """Builds payloads for one workspace."""

    def __init__(self, workspace: Workspace, triggers: Triggers, response_urls: ResponseUrls) -> None:
        self._space = workspace
        self._triggers = triggers
        self._urls = response_urls

    def command(self, user: User, channel: Channel, name: str, text: str) -> Payload:
        """A slash command; form fields, so every value is a string."""
        names = {"dm": "directmessage", "private": "privategroup", "public": channel.name}
        return {
            "token": TOKEN,
            "team_id": self._space.seed.team_id,
            "team_domain": "playground",
            "channel_id": channel.id,
            "channel_name": names[channel.kind],
            "user_id": user.id,
            "user_name": user.name,
            "command": name,
            "text": text,
            "api_app_id": self._space.app_id,
            "is_enterprise_install": "false",
            "response_url": self._urls.issue(channel.id, user.id),
            "trigger_id": self._triggers.issue(user.id),
        }

    def shortcut(self, user: User, callback_id: str) -> Payload:
        """A global shortcut."""
        return {
            **self._interaction("shortcut", user),
            "action_ts": self._space.next_ts(),
            "callback_id": callback_id,
            "trigger_id": self._triggers.issue(user.id),
        }

    def message_action(self, user: User, channel: Channel, message: Message, callback_id: str) -> Payload:
        """A message shortcut."""
        return {
            **self._interaction("message_action", user),
            "action_ts": self._space.next_ts(),
            "callback_id": callback_id,
            "trigger_id": self._triggers.issue(user.id),
            "channel": self._channel(channel),
            "message_ts": message.ts,
            "message": self.message(message),
            "response_url": self._urls.issue(channel.id, user.id, message.ts),
        }

    def message_press(
        self, user: User, channel: Channel, message: Message, action: Payload, values: Payload
    ) -> Payload:
        """`block_actions` from a message; Slack leaves the message itself out where it is ephemeral."""
        shown = {} if message.only_for else {"message": self.message(message)}
        return {
            **self._interaction("block_actions", user),
            "container": self._message_container(message),
            "trigger_id": self._triggers.issue(user.id),
            "channel": self._channel(channel),
            **shown,
            "state": {"values": values},
            "response_url": self._urls.issue(channel.id, user.id, message.ts),
            "actions": [{**action, "action_ts": self._space.next_ts()}],
        }

    def view_press(self, user: User, view: View, action: Payload) -> Payload:
        """`block_actions` from a modal or the Home tab."""
        return {
            **self._interaction("block_actions", user),
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self._triggers.issue(user.id, view.id),
            "view": view.payload(),
            "actions": [{**action, "action_ts": self._space.next_ts()}],
        }

    def suggestion(self, user: User, source: View | Message, block_id: str, action_id: str, query: str) -> Payload:
        """`block_suggestion`: what the options of an external select are."""
        if isinstance(source, View):
            place: Payload = {"container": {"type": "view", "view_id": source.id}, "view": source.payload()}
        else:
            channel = self._space.channels[source.channel]
            place = {
                "container": self._message_container(source),
                "channel": self._channel(channel),
                "message": self.message(source),
            }
        asked = {"action_id": action_id, "block_id": block_id, "value": query}
        return {**self._interaction("block_suggestion", user), **place, **asked}

    def submission(self, user: User, view: View, values: Payload) -> Payload:
        """`view_submission`."""
        return {
            **self._interaction("view_submission", user),
            "trigger_id": self._triggers.issue(user.id, view.id),
            "view": {**view.payload(), "state": {"values": values}},
            "response_urls": [],
        }

    def closed(self, user: User, view: View, *, cleared: bool) -> Payload:
        """`view_closed`."""
        return {
            **self._interaction("view_closed", user),
            "view": view.payload(),
            "is_cleared": cleared,
        }

    def person(self, user: User) -> Payload:
        """A person as `users.info` and `user_change` describe them; of someone who has left, little is said."""
        email = {"email": user.email} if "users:read.email" in self._space.seed.scopes and user.email else {}
        profile = {"title": user.title, "real_name": user.real_name, "display_name": user.name, **email}
        body: Payload = {
            "id": user.id,
            "team_id": user.team_id,
            "name": user.name,
            "deleted": user.deleted,
            "profile": {**profile, "team": user.team_id},
            "is_bot": user.is_bot,
            "is_app_user": False,
            "updated": 0,
        }
        if user.deleted:
            return body
        return body | {
            "real_name": user.real_name,
            "tz": "Europe/London",
            "tz_label": "Greenwich Mean Time",
            "tz_offset": 0,
            "is_admin": False,
            "is_owner": False,
            "is_restricted": user.restricted,
            "is_ultra_restricted": False,
            "is_stranger": user.team_id != self._space.seed.team_id,
        }

    def event(self, event: Payload) -> Payload:
        """The wrapper around an event of the Events API."""
        moment = self._space.next_ts()
        return {
            "token": TOKEN,
            "team_id": self._space.seed.team_id,
            "context_team_id": self._space.seed.team_id,
            "context_enterprise_id": None,
            "api_app_id": self._space.app_id,
            "event": {**event, "event_ts": event.get("event_ts") or moment},
            "type": "event_callback",
            "event_id": self._space.new_id("Ev"),
            "event_time": int(moment.split(".", maxsplit=1)[0]),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self._space.seed.team_id,
                    "user_id": self._space.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{self._space.new_id('ctx')}",
        }

    def said(self, channel: Channel, message: Message) -> Payload:
        """A `message` event for something a person wrote."""
        kinds = {"dm": "im", "private": "group", "public": "channel"}
        thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
        return {
            "type": "message",
            "client_msg_id": f"playground-{message.ts}",
            "channel": channel.id,
            "user": message.author,
            "text": message.fallback,
            "ts": message.ts,
            "event_ts": message.ts,
            "channel_type": kinds[channel.kind],
            "team": self._space.users[message.author].team_id,
            **thread,
        }

    def message(self, message: Message) -> Payload:
        """A message as payloads and answers carry it."""
        author = self._space.users[message.author]
        from_bot = {"bot_id": self._space.bot_id, "app_id": self._space.app_id} if author.is_bot else {}
        edited = {"edited": {"user": author.id, "ts": message.ts}} if message.edited else {}
        thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
        files = [{"id": file.id, "name": file.name, "mimetype": file.mimetype} for file in message.files]
        return {
            "type": "message",
            "user": author.id,
            "text": message.fallback,
            "ts": message.ts,
            "team": author.team_id,
            "blocks": message.blocks,
            **from_bot,
            **edited,
            **thread,
            **({"files": files} if files else {}),
        }

    def _interaction(self, kind: str, user: User) -> Payload:
        team = {"id": self._space.seed.team_id, "domain": "playground"}
        return {
            "type": kind,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
            "api_app_id": self._space.app_id,
            "token": TOKEN,
            "team": team,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    @staticmethod
    def _channel(channel: Channel) -> Payload:
        names = {"dm": "directmessage", "private": "privategroup", "public": channel.name}
        return {"id": channel.id, "name": names[channel.kind]}

    @staticmethod
    def _message_container(message: Message) -> Payload:
        thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
        return {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": message.only_for is not None,
            **thread,
        }
