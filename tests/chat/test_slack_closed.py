"""A page that was closed before the answer came."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.chat.port import Form, Message, Turn, Words
from bot.chat.slack_listeners import _within

PAGE = Form("page", (Words(Message("Done")),), title="Done")


class Refusing:
    """A client that answers every update with one error."""

    def __init__(self, code: str) -> None:
        self.code = code

    async def views_update(self, **_: object) -> None:
        raise SlackApiError("refused", {"error": self.code})


async def test_a_page_closed_meanwhile_is_no_failure():
    await _within(Refusing("not_found"), {"id": "V1"}, "trigger", Turn(PAGE), PAGE)


async def test_any_other_refusal_is_told():
    with pytest.raises(SlackApiError):
        await _within(Refusing("invalid_arguments"), {"id": "V1"}, "trigger", Turn(PAGE), PAGE)
