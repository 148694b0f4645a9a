"""The files of a message on Slack.

A message with blocks cannot carry an upload, so its files stand beside it: in its thread, or right below it in a direct
message. An image is shared like any other file: a block can show one only once Slack has looked at it, which takes a
while and is never announced. [docs.slack.dev/reference/methods/files.completeUploadExternal]

A handle's `files` are Slack's ids, each with a fingerprint of what it shows; with none while it is in doubt whether it
was ever shared.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.file_names import safe_name
from bot.chat.lengths import cut
from bot.chat.port import Attachment, Busy, Handle, Refused, Unfinished
from bot.chat.slack_calls import call, patiently, unless_gone
from bot.chat.slack_forms import storable

ALT_CHARACTERS = 1_000  # "alt_txt_too_large"
# Slack takes a description of anything else, says that it is well, and never shares the file (python-slack-sdk 1818).
IMAGES = (".png", ".jpg", ".jpeg", ".gif")
GONE = {"file_not_found", "file_deleted"}
# Slack completes an upload once, and its client may have asked twice: what this says of the first time is not known.
DOUBTFUL = {"file_not_found", "file_update_failed"}
UPLOAD_SECONDS = 30
PASSING_STATUS = {408, 425, 429}


async def share(client: AsyncWebClient, handle: Handle, files: Sequence[Attachment]) -> Handle:
    """Upload those of `files` that do not stand beside the message yet, and share them all at once. Raises
    `Unfinished`: `withdraw` with that handle, then this again, leaves each file there once."""
    there = {file["is"] for file in handle.get("files", [])}
    ids: dict[str, str] = {}
    try:
        for mark, file in _marked(files).items():
            if mark not in there:
                ids[mark] = await _upload(client, file)
        if ids:
            await patiently(lambda: _complete(client, handle, ids.values()))
    except (Refused, Busy, ConnectionError) as cause:
        raise Unfinished(_with(handle, [(id_, "") for id_ in ids.values()]), cause) from None
    return _with(handle, [(id_, mark) for mark, id_ in ids.items()])


async def withdraw(client: AsyncWebClient, handle: Handle, files: Sequence[Attachment]) -> Handle:
    """Delete all that stands beside the message but for `files`. What is gone already stays gone."""
    wanted = _marked(files)
    kept = []
    for file in handle.get("files", []):
        if file["is"] in wanted:
            kept.append(file)
        else:
            await patiently(partial(unless_gone, GONE, client.files_delete, file=file["id"]))
    return {**handle, "files": kept}


def _with(handle: Handle, new: Iterable[tuple[str, str]]) -> Handle:
    return {**handle, "files": [*handle.get("files", []), *({"id": id_, "is": mark} for id_, mark in new)]}


def _marked(files: Iterable[Attachment]) -> dict[str, Attachment]:
    """Each file by its fingerprint: of its content, and of the words that go with it."""
    return {_fingerprint(file): file for file in files}


def _fingerprint(file: Attachment) -> str:
    words = "\0".join((file.name, file.alt)).encode(errors="replace")
    return hashlib.sha256(hashlib.sha256(words).digest() + file.content).hexdigest()[:32]


async def _upload(client: AsyncWebClient, file: Attachment) -> str:
    """Slack's id of the file, which nobody sees before it is completed."""
    name = safe_name(file.name)
    alt = cut(" ".join(storable(file.alt).split()), ALT_CHARACTERS) if name.lower().endswith(IMAGES) else ""
    wanted: dict[str, Any] = {"filename": name, "length": len(file.content), "alt_txt": alt or None}
    ticket = await patiently(lambda: call(client.files_getUploadURLExternal, **wanted))
    await patiently(lambda: _put(client, str(ticket["upload_url"]), file.content))
    return str(ticket["file_id"])


async def _put(client: AsyncWebClient, url: str, content: bytes) -> None:
    """Hand over the bytes. The address speaks for itself: it is never shown our token."""
    timeout = aiohttp.ClientTimeout(total=UPLOAD_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=client.trust_env_in_session) as session,
            session.post(url, data=content, proxy=client.proxy, ssl=client.ssl or True) as answer,
        ):
            status, wait = answer.status, answer.headers.get("Retry-After", "1")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise ConnectionError(type(error).__name__) from None
    if status == 429:
        raise Busy(float(wait) if wait.isdecimal() else 1)
    if status >= 500 or status in PASSING_STATUS:
        raise ConnectionError(f"upload_{status}")
    if status != 200:
        raise Refused(f"upload_{status}")


async def _complete(client: AsyncWebClient, handle: Handle, ids: Iterable[str]) -> None:
    thread = None if handle["channel"].startswith("D") else handle["ts"]
    files = [{"id": id_} for id_ in ids]
    place = {"channel_id": handle["channel"], "thread_ts": thread}
    try:
        await call(client.files_completeUploadExternal, files=files, **place)
    except Refused as refused:
        if refused.code in DOUBTFUL:
            raise ConnectionError(refused.code) from None
        raise
