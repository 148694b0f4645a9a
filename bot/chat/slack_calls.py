"""Calling Slack's Web API, and what its refusals mean."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.port import Busy, Refused

# Slack's own troubles, which pass. Everything else that is not a rate limit will be refused again.
PASSING = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
# What belongs to a message that stands waits for Slack's pace here, but never so long that somebody else takes it over.
LINK_SECONDS = 1.0  # of the three in which a form is to be open
PATIENT_TRIES, PATIENT_SECONDS = 4, 3.0

T = TypeVar("T")


async def call(method: Any, **arguments: Any) -> Any:
    """Call a method of Slack's client. Raises `Refused`, `Busy` or `ConnectionError`."""
    try:
        return await method(**arguments)
    except SlackApiError as error:
        raise meaning(error) from None
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise ConnectionError(type(error).__name__) from None


async def patiently(act: Callable[[], Awaitable[T]]) -> T:
    """Do it, and again where Slack asks to wait a moment only. Raises `Busy` where it asks for more."""
    for _ in range(PATIENT_TRIES - 1):
        try:
            return await act()
        except Busy as busy:
            if busy.seconds > PATIENT_SECONDS:
                raise
            await asyncio.sleep(busy.seconds)
    return await act()


async def unless_gone(gone: set[str], method: Any, **arguments: Any) -> bool:
    """Do it; False if Slack's answer is one of `gone`: what it was to be done to is there no more."""
    try:
        await call(method, **arguments)
    except Refused as refused:
        if refused.code not in gone:
            raise
        return False
    return True


async def link_to(client: AsyncWebClient, channel: str, ts: str) -> str:
    """The address of a message; "" where Slack gives none, or not while a form can still be opened."""
    try:
        async with asyncio.timeout(LINK_SECONDS):
            answer = await call(client.chat_getPermalink, channel=channel, message_ts=ts)
    except (Refused, Busy, ConnectionError, TimeoutError):
        return ""
    return str(answer["permalink"])


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
