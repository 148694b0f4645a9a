"""The Web API's front door: who calls, what with, how fast; then the method, or Slack's refusal."""

import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.playground.errors import RateLimited, SlackError
from bot.playground.files import Files
from bot.playground.handles import Triggers
from bot.playground.interactions import Interactions
from bot.playground.pace import Faults, Pace, ServerBroken
from bot.playground.payloads import Payloads
from bot.playground.socket_mode import SocketMode
from bot.playground.workspace import Workspace

Args = dict[str, Any]
Body = dict[str, Any]

# Arguments that Slack takes as JSON in a string as well as in a JSON body.
_JSON_ARGUMENTS = frozenset({"blocks", "view", "attachments", "metadata", "files"})
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


@dataclass(frozen=True)
class Tokens:
    """The credentials of the one installed app."""

    bot: str
    app: str
    signing_secret: str


@dataclass
class Api:
    """What the methods work with."""

    space: Workspace
    payloads: Payloads
    triggers: Triggers
    interactions: Interactions
    sockets: SocketMode
    pace: Pace
    faults: Faults
    files: Files
    tokens: Tokens
    calls: list[tuple[str, Args]]
    warnings: list[str]
    later: Callable[[Coroutine[Any, Any, None]], None]
    url: str = ""


Function = Callable[[Api, Args], Body]


@dataclass(frozen=True)
class Method:
    """A Web API method: what runs it, what it needs, its rate tier (0 for none) and its scope."""

    run: Function
    needs: tuple[str, ...] = ()
    tier: int = 0
    scope: str = ""
    token: str = "bot"  # noqa: S105 - which of the tokens, not a token


class WebApi:
    """Serves `/api/<method>`."""

    def __init__(self, api: Api, methods: Mapping[str, Method]) -> None:
        self._api = api
        self._methods = methods

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call as Slack would."""
        name = request.match_info["method"]
        try:
            args, token = await _read(request)
            return web.json_response(self.call(name, args, token))
        except RateLimited as refusal:
            headers = {"Retry-After": str(refusal.retry_after)}
            return web.json_response(refusal.body(), status=429, headers=headers)
        except SlackError as refusal:
            return web.json_response(refusal.body())
        except ServerBroken as broken:
            return web.Response(status=broken.status, text="<html>upstream error</html>")

    def call(self, name: str, args: Args, token: str) -> Body:
        """Run one call; raises SlackError for what Slack refuses."""
        method = self._methods.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        self._check_token(method, token)
        self._api.calls.append((name, args))
        fault = self._api.faults.next_for(name, args)
        if fault and not fault.after_effect:
            fault.refuse()
        self._check_scope(method)
        missing = [need for need in method.needs if args.get(need) in (None, "")]
        if missing:
            raise SlackError(*_missing(missing))
        self._api.pace.spend(name, method.tier)
        body = {"ok": True, **method.run(self._api, args)}
        if fault:
            fault.refuse()
        return body

    def _check_token(self, method: Method, token: str) -> None:
        tokens = self._api.tokens
        if not token:
            raise SlackError("not_authed")
        if token not in (tokens.bot, tokens.app):
            raise SlackError("invalid_auth")
        if token != (tokens.app if method.token == "app" else tokens.bot):  # noqa: S105
            raise SlackError("not_allowed_token_type")

    def _check_scope(self, method: Method) -> None:
        granted = self._api.space.seed.scopes
        if method.scope and not set(method.scope.split("|")) & granted:
            raise SlackError("missing_scope", needed=method.scope, provided=",".join(sorted(granted)))


def _missing(names: list[str]) -> tuple[str, list[str]]:
    """Slack has words of its own for some arguments."""
    if names[0] == "channel":
        return "channel_not_found", []
    return "invalid_arguments", [f"[ERROR] missing required field: {name}" for name in names]


async def _read(request: web.Request) -> tuple[Args, str]:
    """The arguments, wherever the caller put them, and the token."""
    args: Args = dict(request.query)
    if request.content_type == "application/json":
        args |= await _json_body(request)
    elif request.content_type in _FORMS:
        args |= {name: str(value) for name, value in (await request.post()).items()}
    elif request.can_read_body:
        raise SlackError("invalid_post_type")
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ").strip() or str(args.get("token", ""))
    args.pop("token", None)
    return {name: _decoded(name, value) for name, value in args.items()}, token


async def _json_body(request: web.Request) -> Args:
    try:
        body = await request.json()
    except ValueError as wrong:
        raise SlackError("invalid_json") from wrong
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body


def _decoded(name: str, value: Any) -> Any:
    if name not in _JSON_ARGUMENTS:
        if isinstance(value, list | dict):
            raise SlackError("invalid_array_arg")
        return value
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as wrong:
        raise SlackError(f"invalid_{name}_format" if name == "blocks" else "invalid_arguments") from wrong
