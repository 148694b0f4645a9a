"""A message's address: asked for in time, and never a reason for a form not to open."""

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.chat import slack_calls
from bot.chat.slack_calls import link_to

ADDRESS = "https://qsg.slack.com/archives/C1/p1"


class Client:
    """Slack's client, as far as a message's address goes."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[dict[str, str]] = []

    async def chat_getPermalink(self, **asked: str) -> dict[str, str]:  # noqa: N802  # Slack's name
        self.asked.append(asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is None:
            await asyncio.Event().wait()
        return {"permalink": self.answer}


async def test_the_address_is_asked_for_by_channel_and_time():
    client: Any = Client(ADDRESS)
    assert await link_to(client, "C1", "1.2") == ADDRESS
    assert client.asked == [{"channel": "C1", "message_ts": "1.2"}]


@pytest.mark.parametrize(
    "answer",
    [
        SlackApiError("", {"ok": False, "error": "channel_not_found"}),
        SlackApiError("", "a proxy's page"),
        ConnectionResetError(),
        TimeoutError(),
        None,
    ],
    ids=["not there", "no answer of Slack's", "away", "slow", "never"],
)
async def test_without_an_address_there_is_none(answer: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(slack_calls, "LINK_SECONDS", 0.05)
    client: Any = Client(answer)
    assert await link_to(client, "C1", "1.2") == ""
