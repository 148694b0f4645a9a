"""From the playground straight into a Bolt app, without a socket: what Slack's HTTP mode would deliver."""

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

Transport = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any] | None]]

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def bolt_transport(app: AsyncApp, signing_secret: str) -> Transport:
    """A transport that signs each payload, dispatches it and gives the body of the acknowledgement.

    {} is a bare acknowledgement; None is none at all (Bolt answered with anything but 200).
    """

    async def transport(kind: str, payload: dict[str, Any]) -> dict[str, Any] | None:
        body, content_type = encoded(kind, payload)
        request = AsyncBoltRequest(body=body, headers=signed(body, content_type, signing_secret))
        return answer(await app.async_dispatch(request))

    return transport


def encoded(kind: str, payload: dict[str, Any]) -> tuple[str, str]:
    """The body of Slack's HTTP request for this kind of payload, and its content type."""
    if kind == "events_api":
        return json.dumps(payload), JSON
    if kind == "slash_commands":
        return urlencode(payload), FORM
    return urlencode({"payload": json.dumps(payload)}), FORM


def signed(body: str, content_type: str, signing_secret: str) -> dict[str, str]:
    """The headers of a request that Slack has signed just now."""
    timestamp = str(int(time.time()))
    signature = SignatureVerifier(signing_secret).generate_signature(timestamp=timestamp, body=body)
    assert signature is not None
    return {
        "content-type": content_type,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": signature,
    }


def answer(response: BoltResponse) -> dict[str, Any] | None:
    """The acknowledgement's body, with plain text as `text`, as Socket Mode carries it."""
    if response.status != 200:
        return None
    if not response.body:
        return {}
    if response.first_headers().get("content-type", "").startswith(JSON):
        body: dict[str, Any] = json.loads(response.body)
        return body
    return {"text": response.body}
