"""Sending on Slack: messages, their replacement in place, and what Slack's refusals mean."""

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.port import Busy, Channel, Handle, Message, Refused
from bot.chat.slack_blocks import fallback, message_blocks, page_blocks
from bot.domain.handling import Identity

# Slack's own troubles, which pass. Everything else that is not a rate limit will be refused again.
PASSING = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
ABSENT = {"channel_not_found", "not_in_channel", "is_archived", "missing_scope"}
CONTINUATION_TRIES = 8


@dataclass(frozen=True)
class SlackChat:
    """`Chat` on one Slack workspace."""

    client: AsyncWebClient

    async def send(self, to: Identity | Channel, message: Message) -> Handle:
        """Post; what does not fit in one message follows in its thread. The handle is Slack's channel and ts."""
        channel = to.channel if isinstance(to, Channel) else await self._direct(to)
        first, *rest = message_blocks(message)
        posted = await self._call(
            self.client.chat_postMessage, channel=channel, text=fallback(message), blocks=first, unfurl_links=False
        )
        for part in rest:
            await self._continue(channel, posted["ts"], part)
        return {"channel": channel, "ts": posted["ts"]}

    async def edit(self, handle: Handle, message: Message) -> Handle:
        """Replace a message in place; what does not fit in one message is said to be left out."""
        parts = message_blocks(message)
        blocks = parts[0] if len(parts) == 1 else page_blocks(message, 50)
        await self._call(
            self.client.chat_update,
            channel=handle["channel"],
            ts=handle["ts"],
            text=fallback(message),
            blocks=blocks,
        )
        return handle

    async def present(self, channel: Channel) -> bool:
        try:
            answer = await self._call(self.client.conversations_info, channel=channel.channel)
        except Refused as refused:
            if refused.code in ABSENT:
                return False
            raise
        return bool(answer["channel"].get("is_member"))

    async def _direct(self, to: Identity) -> str:
        opened = await self._call(self.client.conversations_open, users=[to.user])
        return str(opened["channel"]["id"])

    async def _continue(self, channel: str, thread: str, blocks: list[dict[str, Any]]) -> None:
        """A further part in the thread. It waits here when Slack asks to: posting the first part again would repeat
        it."""
        for _ in range(CONTINUATION_TRIES):
            try:
                await self._call(
                    self.client.chat_postMessage,
                    channel=channel,
                    thread_ts=thread,
                    text="Continued",
                    blocks=blocks,
                    unfurl_links=False,
                )
            except Busy as busy:
                await asyncio.sleep(busy.seconds)
            else:
                return
        raise Refused("continuation_ratelimited")

    async def _call(self, method: Any, **arguments: Any) -> Any:
        try:
            return await method(**arguments)
        except SlackApiError as error:
            raise meaning(error) from None
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ConnectionError(type(error).__name__) from None


def meaning(error: SlackApiError) -> Exception:
    """What a refusal of Slack's means to us: wait, try again later, or never."""
    if not isinstance(getattr(error.response, "data", None), dict):  # the page of a proxy, or of Slack when it is down
        return ConnectionError("not_slacks_answer")
    code = str(error.response.get("error", "unknown"))
    if code == "ratelimited" or error.response.status_code == 429:
        return Busy(float(error.response.headers.get("Retry-After", 1)))
    if code in PASSING or error.response.status_code >= 500:
        return ConnectionError(code)
    return Refused(code)
