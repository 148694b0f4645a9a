"""`auth.*`, `apps.*`, `conversations.*` and `users.*`: who and where."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from bot.playground.errors import SlackError
from bot.playground.methods_chat import known
from bot.playground.things import Channel, User
from bot.playground.web_api import Api, Args, Body, Method

T = TypeVar("T")

_SCOPES = {"public": "channels:read", "private": "groups:read", "dm": "im:read"}
_KINDS = {"public_channel": "public", "private_channel": "private", "im": "dm", "mpim": "mpim"}


def auth_test(api: Api, _args: Args) -> Body:
    """`auth.test`."""
    return {
        "url": f"{api.url}/",
        "team": api.space.seed.team_name,
        "user": api.space.seed.bot_name,
        "team_id": api.space.seed.team_id,
        "user_id": api.space.bot_user_id,
        "bot_id": api.space.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(api: Api, _args: Args) -> Body:
    """`apps.connections.open`."""
    return {"url": f"{api.url.replace('http', 'ws', 1)}/link/?ticket={api.sockets.ticket()}&app_id=1"}


def conversations_open(api: Api, args: Args) -> Body:
    """`conversations.open` for one person; the playground has no group direct messages."""
    if args.get("channel"):
        return {"channel": {"id": _direct(api, args["channel"]).id}}
    wanted = [name for name in str(args.get("users") or "").split(",") if name]
    if not wanted:
        raise SlackError("users_list_not_supplied")
    if len(wanted) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    user = _user(api, wanted[0].strip())
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    if user.deleted:
        raise SlackError("user_disabled")
    return {"channel": {"id": api.space.dm_with(user.id).id}}


def _direct(api: Api, target: Any) -> Channel:
    channel = known(api, target)
    if channel.kind != "dm":
        raise SlackError("method_not_supported_for_channel_type")
    return channel


def _readable(api: Api, target: Any) -> Channel:
    """A conversation the bot can know of and has the scope to look at: each kind has its own."""
    channel = known(api, target)
    needed = _SCOPES[channel.kind]
    if needed not in api.space.seed.scopes:
        raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(api.space.seed.scopes)))
    return channel


def conversations_info(api: Api, args: Args) -> Body:
    """`conversations.info`."""
    channel = _readable(api, args["channel"])
    body = _channel(api, channel)
    if str(args.get("include_num_members", "")).lower() in ("true", "1"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def conversations_members(api: Api, args: Args) -> Body:
    """`conversations.members`, by pages."""
    members = sorted(_readable(api, args["channel"]).members)
    page, cursor = _page(members, args, 100)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def conversations_list(api: Api, args: Args) -> Body:
    """`conversations.list`, by pages; private ones only where the bot is a member."""
    asked = [kind.strip() for kind in str(args.get("types") or "public_channel").split(",")]
    if any(kind not in _KINDS for kind in asked):
        raise SlackError("invalid_types")
    kinds = {_KINDS[kind] for kind in asked}
    live = str(args.get("exclude_archived", "")).lower() in ("true", "1")
    here = api.space.bot_user_id
    channels = [
        _channel(api, channel)
        for channel in api.space.channels.values()
        if channel.kind in kinds
        and (channel.kind == "public" or here in channel.members)
        and not (live and channel.archived)
    ]
    page, cursor = _page(channels, args, 100)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def conversations_join(api: Api, args: Args) -> Body:
    """`conversations.join`: public channels only."""
    channel = known(api, args["channel"])
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    if api.space.bot_user_id in channel.members:
        return {"channel": _channel(api, channel), "warning": "already_in_channel"}
    channel.members.add(api.space.bot_user_id)
    api.space.changed()
    api.later(api.interactions.membership("member_joined_channel", api.space.bot_user_id, channel))
    return {"channel": _channel(api, channel)}


def users_info(api: Api, args: Args) -> Body:
    """`users.info`."""
    return {"user": api.payloads.person(_user(api, args["user"]))}


def lookup_by_email(api: Api, args: Args) -> Body:
    """`users.lookupByEmail`; someone who has left is not found."""
    wanted = str(args["email"]).casefold()
    for user in api.space.users.values():
        if user.email.casefold() == wanted and not user.deleted:
            return {"user": api.payloads.person(user)}
    raise SlackError("users_not_found")


def _user(api: Api, user_id: Any) -> User:
    user = api.space.users.get(user_id) if isinstance(user_id, str) else None
    if user is None:
        raise SlackError("user_not_found")
    return user


def _channel(api: Api, channel: Channel) -> Body:
    if channel.kind == "dm":
        other = next(member for member in channel.members if member != api.space.bot_user_id)
        return {"id": channel.id, "is_im": True, "user": other, "is_archived": False}
    foreign = {api.space.users[member].team_id for member in channel.members} - {api.space.seed.team_id}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.kind == "private",
        "is_archived": channel.archived,
        "is_general": False,
        "is_shared": bool(foreign),
        "is_ext_shared": bool(foreign),
        "is_member": api.space.bot_user_id in channel.members,
        "context_team_id": api.space.seed.team_id,
    }


def _page(rows: Sequence[T], args: Args, usual: int) -> tuple[list[T], str]:
    """One page of rows and the cursor of the next, empty on the last page."""
    limit = _limit(args.get("limit") or usual)
    start = _start(args.get("cursor") or "")
    following = start + limit
    cursor = base64.b64encode(f"next:{following}".encode()).decode() if following < len(rows) else ""
    return list(rows[start:following]), cursor


def _limit(given: Any) -> int:
    try:
        limit = int(given)
    except ValueError as wrong:
        raise SlackError("invalid_limit") from wrong
    if not 1 <= limit <= 1000:
        raise SlackError("invalid_limit")
    return limit


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        kind, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
        if kind != "next":
            raise SlackError("invalid_cursor")
        return int(place)
    except (ValueError, binascii.Error) as wrong:
        raise SlackError("invalid_cursor") from wrong


_READ = "channels:read|groups:read|im:read"

PEOPLE = {
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(connections_open, token="app"),  # noqa: S106
    "conversations.open": Method(conversations_open, (), 3, "im:write"),
    "conversations.info": Method(conversations_info, ("channel",), 3, _READ),
    "conversations.members": Method(conversations_members, ("channel",), 4, _READ),
    "conversations.list": Method(conversations_list, (), 2, _READ),
    "conversations.join": Method(conversations_join, ("channel",), 3, "channels:join"),
    "users.info": Method(users_info, ("user",), 4, "users:read"),
    "users.lookupByEmail": Method(lookup_by_email, ("email",), 3, "users:read.email"),
}
