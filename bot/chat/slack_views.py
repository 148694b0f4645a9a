"""Opening and changing Slack's views, and what it answers when that comes too late. [docs.slack.dev/surfaces/modals]"""

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import slack_forms as forms
from bot.chat.port import Form, Reply, Turn

Body = dict[str, Any]
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


async def change_in_place(client: AsyncWebClient, view: Body, form: Form) -> None:
    """Change a form that is being filled in. One closed, or changed since by another choice, is left as it is."""
    new = forms.kept(forms.view(form), view)
    try:
        await client.views_update(view_id=view["id"], hash=view["hash"], view=new)
    except SlackApiError as error:
        if error.response.get("error") not in {"not_found", "hash_conflict"}:
            raise
