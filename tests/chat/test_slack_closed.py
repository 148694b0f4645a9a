"""A page that was closed before the answer came."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.chat.port import Form, Message, Turn, Words
from bot.chat.slack_views import answer_within

PAGE = Form("page", (Words(Message("Done")),), title="Done")


class Refusing:
    """A client that answers every update with one error."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.asked = 0

    async def views_update(self, **_: object) -> None:
        self.asked += 1
        raise SlackApiError("refused", {"error": self.code})


async def test_a_page_closed_meanwhile_is_no_failure():
    slack = Refusing("not_found")
    await answer_within(slack, {"id": "V1"}, "trigger", Turn(PAGE), PAGE)
    assert slack.asked == 1


async def test_any_other_refusal_is_told():
    with pytest.raises(SlackApiError):
        await answer_within(Refusing("invalid_arguments"), {"id": "V1"}, "trigger", Turn(PAGE), PAGE)
