"""Messages come at Slack's pace, and ordered faults come when ordered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from bot.playground.errors import RateLimited
from bot.playground.pace import Bucket, Pace
from tests.playground.conftest import Seconds


@pytest.mark.parametrize(
    ("waits", "expected"),
    [
        ([0, 0], [0, 0]),
        ([0, 0, 0], [0, 0, 1]),
        ([0, 0, 0.5, 0.5], [0, 0, 0.5, 0]),
        ([0, 0, 10, 0, 0], [0, 0, 0, 0, 1]),
        ([0, 0, -5], [0, 0, 1]),
    ],
    ids=["burst", "over the burst", "half a second early", "rested", "clock set back"],
)
def test_bucket_fills_again(waits: list[float], expected: list[float]) -> None:
    bucket, now, taken = Bucket(rate=1, burst=2, tokens=2, at=0), 0.0, []
    for wait in waits:
        now += wait
        taken.append(bucket.take(now))
    assert taken == pytest.approx(expected)


async def post_until_refused(client: AsyncWebClient, channel: str) -> tuple[int, SlackApiError]:
    for sent in range(100):
        try:
            await client.chat_postMessage(channel=channel, text="x")
        except SlackApiError as refused:
            return sent, refused
    raise AssertionError("never refused")


@pytest.mark.parametrize("rest", ["real seconds", "the clock"])
async def test_channel_takes_a_burst_then_one_a_second(
    pg: Playground, client: AsyncWebClient, seconds: Seconds, rest: str
) -> None:
    sent, refused = await post_until_refused(client, "C_QSG")
    assert sent == 5
    assert refused.response.status_code == 429
    assert refused.response["error"] == "ratelimited"
    assert refused.response.headers["Retry-After"] == "1"
    await client.chat_postMessage(channel="U_ANN", text="another channel has its own pace")
    if rest == "the clock":
        pg.clock.advance(timedelta(seconds=1))
    else:
        seconds.now += 1
    assert (await post_until_refused(client, "C_QSG"))[0] == 1


def lookups(pace: Pace) -> None:
    pace.spend("users.lookupByEmail", 3)


def posts_to_many(count: Callable[[], float]) -> Callable[[Pace], None]:
    return lambda pace: pace.spend_post(f"D{count()}")


@pytest.mark.parametrize(("tier_limits", "allowed"), [(True, 50), (False, 200)])
def test_method_has_its_tier(seconds: Seconds, tier_limits: bool, allowed: int) -> None:
    pace = Pace(seconds, post_rate=1, post_burst=1, tier_limits=tier_limits)
    for _ in range(allowed):
        lookups(pace)
    if tier_limits:
        with pytest.raises(RateLimited) as refused:
            lookups(pace)
        assert refused.value.retry_after == 2


def test_workspace_takes_three_hundred_a_minute(seconds: Seconds) -> None:
    pace = Pace(seconds, post_rate=1, post_burst=1, tier_limits=True)
    for number in range(300):
        pace.spend_post(f"D{number}")
    with pytest.raises(RateLimited):
        pace.spend_post("D300")


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        ({"error": "is_archived"}, 200, {"ok": False, "error": "is_archived"}),
        ({"status": 429, "retry_after": 7}, 429, {"ok": False, "error": "ratelimited"}),
        ({"status": 503}, 503, None),
    ],
    ids=["error", "too fast", "broken"],
)
async def test_ordered_fault_comes_once(
    pg: Playground, fault: dict[str, Any], status: int, body: dict[str, Any] | None
) -> None:
    pg.fail_next("chat.postMessage", **fault)
    headers = {"Authorization": f"Bearer {pg.bot_token}"}
    args = {"channel": "C_QSG", "text": "x"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(f"{pg.api_url}chat.postMessage", json=args) as response:
            assert response.status == status
            assert body is None or await response.json() == body
            if status == 429:
                assert response.headers["Retry-After"] == "7"
        async with session.post(f"{pg.api_url}chat.postMessage", json=args) as response:
            assert (await response.json())["ok"]
    assert len(pg.persona("U_ANN").messages("C_QSG")) == 1
    assert len(pg.calls) == 2


async def test_fault_can_be_for_one_place(pg: Playground, client: AsyncWebClient) -> None:
    pg.fail_next("chat.postMessage", error="channel_not_found", channel="U_BOB")
    await client.chat_postMessage(channel="C_QSG", text="x")
    dm = (await client.conversations_open(users="U_BOB"))["channel"]["id"]
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.chat_postMessage(channel=dm, text="x")


async def test_lost_answer_leaves_the_deed_done(pg: Playground, client: AsyncWebClient) -> None:
    pg.fail_next("chat.postMessage", status=504, after_effect=True)
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel="C_QSG", text="x")
    assert len(pg.persona("U_ANN").messages("C_QSG")) == 1


async def test_fault_must_say_how(pg: Playground) -> None:
    with pytest.raises(ValueError, match="how the call is to fail"):
        pg.fail_next("chat.postMessage")
