"""The other end of a response URL."""

from typing import Any

from aiohttp import web

from bot.playground.errors import RateLimited, SlackError
from bot.playground.handles import ResponseUrl, ResponseUrls
from bot.playground.limits import check_message
from bot.playground.methods_chat import change
from bot.playground.pace import ServerBroken
from bot.playground.things import Channel
from bot.playground.web_api import Api, Args


class Responses:
    """Serves `/response/<key>`."""

    def __init__(self, api: Api, urls: ResponseUrls) -> None:
        self._api = api
        self._urls = urls

    async def handle(self, request: web.Request) -> web.Response:
        """Answer as hooks.slack.com would."""
        try:
            body = await request.json()
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        self._api.calls.append(("response_url", body))
        try:
            self._use(request.match_info["key"], body)
        except RateLimited as refusal:
            headers = {"Retry-After": str(refusal.retry_after)}
            return web.Response(status=429, text="rate_limited", headers=headers)
        except ServerBroken as broken:
            return web.Response(status=broken.status, text="upstream error")
        except SlackError as refusal:
            lapsed = refusal.code in ("used_url", "expired_url", "invalid_url")
            return web.json_response(refusal.body(), status=404 if lapsed else 400)
        return web.Response(text="ok")

    def _use(self, key: str, body: Args) -> None:
        fault = self._api.faults.next_for("response_url", body)
        if fault:
            fault.refuse()
        url = self._urls.use(key)
        channel = self._api.space.channels[url.channel]
        if body.get("delete_original"):
            self._delete(channel, url)
            return
        check_message(body)
        if body.get("replace_original") and self._replace(channel, url, body):
            return
        url.source = self._post(channel, url, body)

    def _delete(self, channel: Channel, url: ResponseUrl) -> None:
        if url.source:
            channel.forget(url.source)
            self._api.space.changed()

    def _replace(self, channel: Channel, url: ResponseUrl, body: Args) -> bool:
        message = channel.find(url.source) if url.source else None
        if message is None or message.author != self._api.space.bot_user_id:
            return False
        change(self._api, message, body)
        return True

    def _post(self, channel: Channel, url: ResponseUrl, body: dict[str, Any]) -> str:
        """A new message; a later `replace_original` by a command's URL then means this one."""
        thread_ts = body.get("thread_ts")
        message = self._api.space.post(
            channel,
            self._api.space.bot_user_id,
            str(body.get("text") or ""),
            body.get("blocks"),
            only_for=None if body.get("response_type") == "in_channel" else url.user,
            thread_ts=str(thread_ts) if thread_ts else None,
        )
        return url.source or message.ts
