"""One persona's whole screen as the page wants it."""

from typing import Any

from bot.playground.files import File
from bot.playground.things import Channel, Message, User, View
from bot.playground.workspace import Workspace

State = dict[str, Any]


def screen(space: Workspace, user_id: str, *, connected: bool) -> State:
    """The state pushed to the page (the protocol's `state`)."""
    me = space.users[user_id]
    bot = space.users[space.bot_user_id]
    space.dm_with(user_id)
    channels = [channel for channel in space.channels.values() if user_id in channel.members]
    home = space.homes.get(user_id)
    return {
        "now": space.clock().isoformat(),
        "team": space.seed.team_name,
        "me": {"id": me.id, "name": me.real_name, "title": me.title},
        "people": [_person(user) for user in space.users.values() if not user.is_bot],
        "bot": {"id": bot.id, "name": bot.real_name},
        "channels": [_channel(space, channel, user_id) for channel in channels],
        "modals": [_view(view) for view in space.stacks.get(user_id, [])],
        "home": _view(home) if home else None,
        "commands": [
            {"name": command.name, "hint": command.hint, "description": command.description}
            for command in space.seed.commands
        ],
        "shortcuts": [
            {"callback_id": each.callback_id, "name": each.name, "kind": each.kind} for each in space.seed.shortcuts
        ],
        "connected": connected,
    }


def _person(user: User) -> State:
    return {"id": user.id, "name": user.real_name, "title": user.title, "deleted": user.deleted}


def _channel(space: Workspace, channel: Channel, user_id: str) -> State:
    seen_to = channel.read_up_to.get(user_id, "")
    name = space.users[space.bot_user_id].real_name if channel.kind == "dm" else channel.name
    visible = [message for message in channel.messages if message.seen_by(user_id)]
    everything = [message for message in channel.every_message() if message.seen_by(user_id)]
    unread = [message for message in everything if message.ts > seen_to and message.author != user_id]
    return {
        "id": channel.id,
        "name": name,
        "kind": channel.kind,
        "unread": len(unread),
        "messages": [_message(space, message, user_id) for message in visible],
    }


def _message(space: Workspace, message: Message, user_id: str) -> State:
    author = space.users[message.author]
    replies = [reply for reply in message.replies if reply.seen_by(user_id)]
    return {
        "ts": message.ts,
        "channel": message.channel,
        "author": {"id": author.id, "name": author.real_name, "bot": author.is_bot},
        "text": message.fallback,
        "blocks": message.blocks,
        "ephemeral": message.only_for is not None,
        "edited": message.edited,
        "thread_ts": message.thread_ts,
        "files": [_file(file) for file in message.files],
        "replies": [_message(space, reply, user_id) for reply in replies],
    }


def _file(file: File) -> State:
    shown = {"id": file.id, "name": file.name, "size": file.length, "url": file.path}
    return {**shown, "picture": file.is_picture, "alt": file.alt}


def _view(view: View) -> State:
    return {
        "id": view.id,
        "hash": view.hash,
        "type": view.type,
        "callback_id": view.callback_id,
        "title": view.body.get("title"),
        "submit": view.body.get("submit"),
        "close": view.body.get("close"),
        "blocks": view.blocks,
        "private_metadata": view.private_metadata,
        "errors": view.errors,
        "values": view.values,
    }
