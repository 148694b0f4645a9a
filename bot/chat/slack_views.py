"""Opening and changing Slack's views, and what it answers when that comes too late. [docs.slack.dev/surfaces/modals]"""

import asyncio
import itertools
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import slack_forms as forms
from bot.chat.port import Form, Reply, Turn

Body = dict[str, Any]
REMEMBERED = 500  # forms
TOO_LATE = {"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "invalid_trigger_id"}


async def open_view(client: AsyncWebClient, trigger_id: str, form: Form) -> bool:
    """Open a form; False if the platform's time for opening one has passed."""
    try:
        await client.views_open(trigger_id=trigger_id, view=forms.view(form))
    except SlackApiError as error:
        if error.response.get("error") in TOO_LATE:
            return False
        raise
    return True


async def answer_within(client: AsyncWebClient, view: Body, trigger: str, reply: Reply, form: Form) -> None:
    """Answer a button pressed inside a modal: in its place, or on top of it while there is room for one more."""
    if not isinstance(reply, Turn):
        try:
            await client.views_push(trigger_id=trigger, view=forms.view(form))
        except SlackApiError as error:
            if error.response.get("error") not in TOO_LATE | {"push_limit_reached"}:
                raise
        else:
            return
    try:
        await client.views_update(view_id=view["id"], view=forms.view(form))
    except SlackApiError as error:
        # They closed it before the answer came. What they asked for is done all the same.
        if error.response.get("error") != "not_found":
            raise


Choice = tuple[str, int]
"""When a choice was made, by Slack's clock, and its number in the order of arrival."""


@dataclass
class _Changing:
    """A form that is being filled in: the newest choice made in it, and which version of it we put there last."""

    newest: Choice = ("", 0)
    version: str = ""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Changes:
    """Forms changed while they are being filled in. Of two choices made quickly one after the other the later stands,
    whichever answer is ready first. Remembered for the forms that were changed last."""

    def __init__(self) -> None:
        self._forms: OrderedDict[str, _Changing] = OrderedDict()
        self._arrived = itertools.count()

    def notice(self, view: Body, made_at: str) -> Choice:
        """Note that a choice has been made, before it is answered."""
        choice = (made_at, next(self._arrived))
        changing = self._forms.setdefault(view["id"], _Changing())
        changing.newest = max(changing.newest, choice)
        self._forms.move_to_end(view["id"])
        if len(self._forms) > REMEMBERED:
            self._forms.popitem(last=False)
        return choice

    async def answer(self, client: AsyncWebClient, view: Body, choice: Choice, form: Form) -> None:
        """Change the form in place. One closed, or changed since by another choice, is left as it is."""
        changing = self._forms.get(view["id"]) or _Changing()
        async with changing.turn:
            if changing.newest > choice:
                return
            new = forms.kept(forms.view(form), view)
            # The choice may have been sent before our answer to the one before it was there.
            for version in dict.fromkeys(filter(None, (view["hash"], changing.version))):
                try:
                    answered = await client.views_update(view_id=view["id"], hash=version, view=new)
                except SlackApiError as error:
                    if error.response.get("error") not in {"not_found", "hash_conflict"}:
                        raise
                else:
                    changing.version = (answered.get("view") or {}).get("hash", "")
                    return
