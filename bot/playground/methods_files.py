"""`files.*`: the three steps of an upload, and taking a file away."""

import json
import re
from typing import Any

from bot.playground.errors import SlackError
from bot.playground.files import MOST_BYTES, File
from bot.playground.methods_chat import known, note_mistakes, open_to_bot
from bot.playground.things import Channel
from bot.playground.web_api import Api, Args, Body, Method

ALT_CHARACTERS = 1_000
CHANNEL = r"^[CGDZ][A-Z0-9]{8,}$"  # as Slack says it; the playground's own ids are shorter, with an underscore
NOT_A_CHANNEL = f"[ERROR] input must match regex pattern: {CHANNEL} [json-pointer:/channel_id]"


def get_upload_url(api: Api, args: Args) -> Body:
    """`files.getUploadURLExternal`."""
    length = _length(args["length"])
    alt = str(args.get("alt_txt") or "")
    if len(alt) > ALT_CHARACTERS:
        raise SlackError("alt_txt_too_large")
    if length > MOST_BYTES:
        raise SlackError("file_upload_size_restricted")
    if args.get("snippet_type"):
        api.warnings.append("files.getUploadURLExternal: the playground knows no `snippet_type`")
    file = api.files.expect(str(args["filename"]), length, alt)
    return {"upload_url": f"{api.url}/upload/v1/{file.secret}", "file_id": file.id}


def _length(given: Any) -> int:
    """A whole number of bytes; of nothing Slack says that it is missing."""
    if not re.fullmatch(r"\d+", str(given)):
        raise SlackError("invalid_arguments", ["[ERROR] must provide an integer [json-pointer:/length]"])
    if int(given) == 0:
        raise SlackError("missing_argument")
    return int(given)


def complete_upload(api: Api, args: Args) -> Body:
    """`files.completeUploadExternal`: once for each file, in one channel or none; all of the files or none of them."""
    method = "files.completeUploadExternal"
    wanted = _wanted(args["files"])
    channel = _shared_in(api, args)
    files = [api.files.uploaded(one.get("id")) for one in wanted]
    for unread in {"channels", "username", "icon_url", "icon_emoji"} & args.keys():
        api.warnings.append(f"{method}: the playground does not read `{unread}`")
    if channel:
        note_mistakes(api, method, args, channel)
        api.pace.spend_post(channel.id)
    for file in files:
        file.completed = True
    shown = [file for file in files if not _dropped(api, file)]
    if channel and shown:
        blocks = None if args.get("initial_comment") else args.get("blocks")
        said, thread = str(args.get("initial_comment") or ""), args.get("thread_ts") or None
        api.space.post(channel, api.space.bot_user_id, said, blocks, thread_ts=thread, files=shown)
    return {
        "files": [
            {"id": file.id, "title": one.get("title") or file.name} for file, one in zip(files, wanted, strict=True)
        ]
    }


def _wanted(given: Any) -> list[Body]:
    try:
        files = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        files = None
    if not isinstance(files, list) or not files or not all(isinstance(one, dict) for one in files):
        raise SlackError("invalid_arguments", ["[ERROR] must provide an array [json-pointer:/files]"])
    return files


def _shared_in(api: Api, args: Args) -> Channel | None:
    """The channel, where one is given: an id of one, never a person's."""
    given = args.get("channel_id")
    if not given:
        return None
    if not str(given).startswith(("C", "G", "D", "Z")):
        raise SlackError("invalid_arguments", [NOT_A_CHANNEL])
    return open_to_bot(api, known(api, given))


def _dropped(api: Api, file: File) -> bool:
    """Slack takes what is not a picture with a description, says that it is well, and never shares it
    (python-slack-sdk issue 1818)."""
    if not file.alt or file.is_picture:
        return False
    api.warnings.append(
        f"files.completeUploadExternal: {file.id} is no picture, and `alt_txt` keeps it from being shared"
    )
    return True


def delete(api: Api, args: Args) -> Body:
    """`files.delete`: from every message; one that has nothing else to say goes with it."""
    file = api.files.delete(args["file"])
    for channel in api.space.channels.values():
        for message in list(channel.every_message()):
            if file in message.files:
                message.files.remove(file)
                if not (message.files or message.fallback or message.blocks or message.replies):
                    channel.forget(message.ts)
    api.space.changed()
    return {}


FILES = {
    "files.getUploadURLExternal": Method(get_upload_url, ("filename", "length"), 4, "files:write"),
    "files.completeUploadExternal": Method(complete_upload, ("files",), 4, "files:write"),
    "files.delete": Method(delete, ("file",), 3, "files:write"),
}
