"""Two choices made quickly in a form that is being filled in: the later one stands, whichever answer is ready first."""

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.chat.port import Form, Text
from bot.chat.slack_views import Changes

VIEW = {"id": "V1", "hash": "h0", "state": {"values": {}}, "blocks": []}


class Slack:
    """What Slack does with versions of a view: a change to one that is not the newest is refused."""

    def __init__(self) -> None:
        self.version, self.shown, self.gate = "h0", "", asyncio.Event()
        self.gate.set()

    async def views_update(self, *, view_id: str, hash: str, view: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        await self.gate.wait()
        if hash != self.version:
            raise SlackApiError("refused", {"ok": False, "error": "hash_conflict"})
        self.version, self.shown = f"h{int(self.version[1:]) + 1}", view["title"]["text"]
        return {"ok": True, "view": {"id": view_id, "hash": self.version}}


def form(title: str) -> Form:
    return Form("f", (Text("words", 100, label="Words"),), title=title, submit="Send")


@pytest.mark.parametrize("order", ["older first", "newer first"])
async def test_the_later_choice_stands(order: str):
    slack, changes = Slack(), Changes()
    older, newer = changes.notice(VIEW, "1.1"), changes.notice(VIEW, "1.2")
    answers = [(older, "Older"), (newer, "Newer")]
    for choice, title in answers if order == "older first" else reversed(answers):
        await changes.answer(slack, VIEW, choice, form(title))
    assert slack.shown == "Newer"


async def test_a_choice_sent_before_the_answer_to_the_one_before_it():
    slack, changes = Slack(), Changes()
    older = changes.notice(VIEW, "1.1")
    slack.gate.clear()
    answering = asyncio.create_task(changes.answer(slack, VIEW, older, form("Older")))
    await asyncio.sleep(0)
    newer = changes.notice(VIEW, "1.2")  # it carries the version that was there before the older was answered
    slack.gate.set()
    await changes.answer(slack, VIEW, newer, form("Newer"))
    await answering
    assert slack.shown == "Newer"


async def test_a_resend_of_the_older_is_still_the_older():
    slack, changes = Slack(), Changes()
    first, second = changes.notice(VIEW, "1.1"), changes.notice(VIEW, "1.2")
    await changes.answer(slack, VIEW, second, form("Newer"))
    again = changes.notice(VIEW, "1.1")
    for choice in (first, again):
        await changes.answer(slack, VIEW, choice, form("Older"))
    assert slack.shown == "Newer"


async def test_what_somebody_else_changed_is_left_as_it_is():
    slack, changes = Slack(), Changes()
    slack.version = "h5"
    await changes.answer(slack, VIEW, changes.notice(VIEW, "1.1"), form("Ours"))
    assert (slack.shown, slack.version) == ("", "h5")
