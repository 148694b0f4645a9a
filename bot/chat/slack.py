"""Sending on Slack: messages, their replacement in place, and what Slack's refusals mean."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.homes import Homes
from bot.chat.port import Busy, Channel, Handle, Message, Profile, Refused, Unfinished
from bot.chat.slack_blocks import fallback, message_blocks
from bot.chat.slack_calls import call, patiently, unless_gone
from bot.chat.slack_files import share, withdraw
from bot.chat.slack_forms import storable
from bot.domain.handling import Identity

ABSENT = {"channel_not_found", "not_in_channel", "is_archived", "missing_scope"}
GONE = {"message_not_found"}
HIDDEN = {"user_not_found", "user_not_visible"}
CONTINUED = "Continued"
MEMBERS_PAGE, ASKED_AT_ONCE = 200, 20


@dataclass(frozen=True)
class SlackChat:
    """`Chat` on one Slack workspace."""

    client: AsyncWebClient
    homes: Homes

    async def send(self, to: Identity | Channel, message: Message) -> Handle:
        """Post; what does not fit in one message follows in its thread, and then its files. The handle is Slack's
        channel, ts, the ts of each part in the thread, and the files."""
        channel = to.channel if isinstance(to, Channel) else await self._direct(to)
        first, *rest = message_blocks(message)
        posted = await self._post(channel=channel, text=fallback(message), blocks=first)
        handle = await self._continue({"channel": channel, "ts": posted, "parts": []}, rest)
        return await share(self.client, handle, message.files)

    async def edit(self, handle: Handle, message: Message) -> Handle:
        """Replace a message, its parts in the thread and its files; those it needs no more are deleted, new ones are
        posted."""
        channel, old, files = handle["channel"], handle.get("parts", []), message.files
        first, *rest = message_blocks(message)
        if not await self._replace(channel, handle["ts"], fallback(message), first):
            rest, new, files = [], [], ()  # somebody deleted it: what hangs below it must not outlive it
        else:
            shown = zip(old, rest, strict=False)
            new = [ts for ts, part in shown if await self._replace(channel, ts, CONTINUED, part)]
        for ts in old[len(rest) :]:
            await unless_gone(GONE, self.client.chat_delete, channel=channel, ts=ts)
        handle = await withdraw(self.client, {**handle, "parts": new}, files)
        handle = await self._continue(handle, rest[len(old) :])
        return await share(self.client, handle, files)

    async def members(self, channel: Channel) -> Sequence[Identity]:
        if not self.homes.own:
            self.homes.own = str((await call(self.client.auth_test))["user_id"])
        users = [user async for user in self._members(channel.channel) if user != self.homes.own]
        unknown = [user for user in users if self.homes.of(user) is None]
        hidden: set[str] = set()
        for start in range(0, len(unknown), ASKED_AT_ONCE):
            asked = [self._find_home(user) for user in unknown[start : start + ASKED_AT_ONCE]]
            for user, found in zip(unknown[start:], await asyncio.gather(*asked, return_exceptions=True), strict=False):
                if isinstance(found, BaseException):
                    raise found
                hidden |= set() if found else {user}
        return [Identity(channel.platform, "" if user in hidden else self.homes.of(user) or "", user) for user in users]

    async def present(self, channel: Channel) -> bool:
        try:
            answer = await call(self.client.conversations_info, channel=channel.channel)
        except Refused as refused:
            if refused.code in ABSENT:
                return False
            raise
        return bool(answer["channel"].get("is_member"))

    async def profile(self, who: Identity) -> Profile:
        answer = await call(self.client.users_info, user=who.user)
        user, profile = answer["user"], answer["user"].get("profile", {})
        vouched = user.get("is_email_confirmed", True)
        return Profile(
            name=storable(user.get("real_name") or profile.get("real_name") or user.get("name") or ""),
            email=storable(profile.get("email") or "") if vouched else "",
            workspace=user.get("team_id") or who.workspace,
            active=not user.get("deleted", False),
        )

    async def _direct(self, to: Identity) -> str:
        opened = await call(self.client.conversations_open, users=[to.user])
        return str(opened["channel"]["id"])

    async def _post(self, **arguments: Any) -> str:
        posted = await call(self.client.chat_postMessage, unfurl_links=False, **arguments)
        return str(posted["ts"])

    async def _continue(self, handle: Handle, rest: Sequence[list[dict[str, Any]]]) -> Handle:
        """Post further parts in the thread. Raises `Unfinished` if that stops, since posting it all again would
        repeat what is there."""
        for blocks in rest:
            try:
                ts = await self._patiently(handle, blocks)
            except (Refused, Busy, ConnectionError) as cause:
                raise Unfinished(handle, cause) from None
            handle = {**handle, "parts": [*handle["parts"], ts]}
        return handle

    async def _patiently(self, handle: Handle, blocks: list[dict[str, Any]]) -> str:
        part = {"channel": handle["channel"], "thread_ts": handle["ts"], "text": CONTINUED, "blocks": blocks}
        return await patiently(lambda: self._post(**part))

    async def _replace(self, channel: str, ts: str, text: str, blocks: list[dict[str, Any]]) -> bool:
        return await unless_gone(GONE, self.client.chat_update, channel=channel, ts=ts, text=text, blocks=blocks)

    async def _members(self, channel: str) -> AsyncIterator[str]:
        """The ids of all members, a page at a time."""
        cursor = ""
        while True:
            page = await call(
                self.client.conversations_members, channel=channel, limit=MEMBERS_PAGE, cursor=cursor or None
            )
            for user in page["members"]:
                yield user
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _find_home(self, user: str) -> bool:
        """Ask which workspace somebody's account belongs to; False if Slack will not say."""
        try:
            answer = await call(self.client.users_info, user=user)
        except Refused as refused:
            if refused.code not in HIDDEN:
                raise
            return False
        self.homes.keep(user, answer["user"].get("team_id") or "")
        return True
