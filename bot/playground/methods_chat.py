"""`chat.*`: posting, changing and deleting messages, and answers by response URL."""

from typing import Any

from bot.playground.errors import SlackError
from bot.playground.limits import check_message
from bot.playground.things import Channel, Message
from bot.playground.web_api import Api, Args, Body, Method


def destination(api: Api, target: Any) -> Channel:
    """The conversation to post to: a channel, a direct message, or a person's id for their direct message."""
    if target == api.space.bot_user_id:
        raise SlackError("cannot_dm_bot")
    if target in api.space.users:
        return api.space.dm_with(target)
    return known(api, target)


def known(api: Api, target: Any) -> Channel:
    """A conversation the bot can know of: its own, and every public one."""
    channel = api.space.channels.get(target) if isinstance(target, str) else None
    if channel is None or (channel.kind != "public" and api.space.bot_user_id not in channel.members):
        raise SlackError("channel_not_found")
    return channel


def writable(api: Api, target: Any) -> Channel:
    """The conversation to post to, if the bot may do so now."""
    return open_to_bot(api, destination(api, target))


def open_to_bot(api: Api, channel: Channel) -> Channel:
    """This conversation, if the bot may post there now."""
    if api.space.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    if channel.archived:
        raise SlackError("is_archived")
    return channel


def post_message(api: Api, args: Args) -> Body:
    """`chat.postMessage`."""
    channel = writable(api, args["channel"])
    check_message(args)
    note_mistakes(api, "chat.postMessage", args, channel)
    api.pace.spend_post(channel.id)
    message = api.space.post(
        channel,
        api.space.bot_user_id,
        str(args.get("text") or ""),
        args.get("blocks"),
        thread_ts=_text(args.get("thread_ts")),
    )
    return {"channel": channel.id, "ts": message.ts, "message": api.payloads.message(message)}


def post_ephemeral(api: Api, args: Args) -> Body:
    """`chat.postEphemeral`."""
    channel = writable(api, args["channel"])
    if args["user"] not in channel.members:
        raise SlackError("user_not_in_channel")
    check_message(args)
    note_mistakes(api, "chat.postEphemeral", args, channel)
    message = api.space.post(
        channel,
        api.space.bot_user_id,
        str(args.get("text") or ""),
        args.get("blocks"),
        only_for=args["user"],
        thread_ts=_text(args.get("thread_ts")),
    )
    return {"message_ts": message.ts}


def update(api: Api, args: Args) -> Body:
    """`chat.update`; like Slack it needs a channel id, not a person's."""
    channel = known(api, args["channel"])
    message = _own(channel, api, args["ts"], "cant_update_message")
    if channel.archived:
        raise SlackError("is_inactive")
    check_message(args)
    note_mistakes(api, "chat.update", args, channel)
    change(api, message, args)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.fallback,
        "message": api.payloads.message(message),
    }


def change(api: Api, message: Message, body: Args) -> None:
    """Put new words into a message; blocks are kept only where neither text nor blocks replace them."""
    if body.get("blocks") is not None or body.get("text") is not None:
        message.blocks = api.space.with_ids(body.get("blocks") or [])
    message.fallback = str(body.get("text") or "")
    message.edited = True
    api.space.changed()


def delete(api: Api, args: Args) -> Body:
    """`chat.delete`."""
    channel = known(api, args["channel"])
    message = _own(channel, api, args["ts"], "cant_delete_message")
    channel.forget(message.ts)
    api.space.changed()
    return {"channel": channel.id, "ts": message.ts}


def permalink(api: Api, args: Args) -> Body:
    """`chat.getPermalink`."""
    channel = known(api, args["channel"])
    message = channel.find(str(args["message_ts"]))
    if message is None or message.only_for:
        raise SlackError("message_not_found")
    link = f"{api.url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
    return {"channel": channel.id, "permalink": link + thread}


def _own(channel: Channel, api: Api, ts: Any, refusal: str) -> Message:
    message = channel.find(str(ts))
    # Ephemeral messages are not in the history: only their response URL reaches them.
    if message is None or message.only_for:
        raise SlackError("message_not_found")
    if message.author != api.space.bot_user_id:
        raise SlackError(refusal)
    return message


def _text(value: Any) -> str | None:
    return str(value) if value else None


def note_mistakes(api: Api, method: str, args: Args, channel: Channel) -> None:
    """Note what Slack accepts in a message and yet is a mistake."""
    if args.get("blocks") and not args.get("text"):
        api.warnings.append(f"{method}: the `text` argument is missing; screen readers and notices need it")
    if args.get("attachments"):
        api.warnings.append(f"{method}: the playground shows no `attachments`")
    parent = channel.find(str(args["thread_ts"])) if args.get("thread_ts") else None
    if args.get("thread_ts") and parent is None:
        api.warnings.append(f"{method}: there is no thread {args['thread_ts']}")
    if parent is not None and parent.thread_ts:
        api.warnings.append(f"{method}: {parent.ts} is a reply; `thread_ts` must be its parent's")
    # Slack takes messages to people who have left without a word (python-slack-sdk issue 1156).
    if channel.kind == "dm" and any(api.space.users[member].deleted for member in channel.members):
        api.warnings.append(f"{method}: {channel.id} is with someone who has left; nobody will read this")


CHAT = {
    "chat.postMessage": Method(post_message, ("channel",), 0, "chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, ("channel", "user"), 4, "chat:write"),
    "chat.update": Method(update, ("channel", "ts"), 3, "chat:write"),
    "chat.delete": Method(delete, ("channel", "ts"), 3, "chat:write"),
    "chat.getPermalink": Method(permalink, ("channel", "message_ts"), 0, ""),
}
