"""A message of several parts on Slack: sent, replaced as a whole, and gone on with when it stopped half-way."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.homes import KEPT, Homes
from bot.chat.port import Busy, Channel, Message, Refused, Unfinished
from bot.chat.slack import SlackChat
from bot.chat.slack_blocks import CONTINUES
from bot.playground import MovableClock, Playground, Seed, SeedChannel, SeedUser

HERE = Channel("slack", "T0SOUND", "C_HERE")
POST = "chat.postMessage"


@pytest.fixture
async def pg() -> AsyncIterator[Playground]:
    users = tuple(SeedUser(f"U_{n}", f"u{n}", f"U{n}", team_id="T_ELSE" if n == 2 else None) for n in range(3))
    channel = SeedChannel("C_HERE", "here", members=tuple(user.id for user in users))
    patient = {"post_burst": 1000, "tier_limits": False, "monotonic": lambda: 0.0}
    async with Playground(Seed(users=users, channels=(channel,)), clock=MovableClock(), **patient) as pg:
        yield pg


@pytest.fixture
def chat(pg: Playground) -> SlackChat:
    return SlackChat(AsyncWebClient(token=pg.bot_token, base_url=pg.api_url), Homes(pg.clock))


def long(word: str, parts: int) -> Message:
    """A message that takes that many parts: each paragraph nearly fills one."""
    return Message("\n\n".join(f"{word}{n} " + "x" * 2_800 for n in range(3 * parts)))


def read(pg: Playground) -> list[list[str]]:
    """Every message in the channel with what hangs below it: of each, the words that are not filling."""
    shown = pg.persona("U_0").messages("C_HERE")
    return [[" ".join(w for w in one.text.split() if "xx" not in w) for one in (top, *top.thread)] for top in shown]


def said(pg: Playground) -> list[str]:
    return [words.removesuffix(CONTINUES).strip() for parts in read(pg) for words in parts]


SIZES = [(1, 1), (1, 3), (3, 1), (3, 3), (2, 4), (4, 2)]


@pytest.mark.parametrize(("before", "after"), SIZES)
async def test_replacing_replaces_every_part(pg: Playground, chat: SlackChat, before: int, after: int):
    handle = await chat.send(HERE, long("old", before))
    assert len(read(pg)[0]) == before
    handle = await chat.edit(handle, long("new", after))
    (parts,) = read(pg)
    assert (len(parts), len(handle["parts"])) == (after, after - 1)
    assert " ".join(said(pg)).split() == [f"new{n}" for n in range(3 * after)]
    notified = [message.fallback for message in pg.workspace.channels["C_HERE"].every_message()]
    assert not any("old" in fallback for fallback in notified)
    assert await chat.edit(handle, long("new", after)) == handle


@pytest.mark.parametrize("after", [1, 3])
async def test_a_handle_from_before_parts_were_known(pg: Playground, chat: SlackChat, after: int):
    handle = await chat.send(HERE, long("old", 1))
    handle = await chat.edit({"channel": handle["channel"], "ts": handle["ts"]}, long("new", after))
    assert len(handle["parts"]) == after - 1
    assert " ".join(said(pg)).split() == [f"new{n}" for n in range(3 * after)]


@pytest.mark.parametrize("which", [1, 2])
async def test_a_part_somebody_deleted_stays_deleted(pg: Playground, chat: SlackChat, which: int):
    handle = await chat.send(HERE, long("old", 3))
    pg.workspace.channels["C_HERE"].forget(handle["parts"][which - 1])
    handle = await chat.edit(handle, Message("Removed."))
    assert said(pg) == ["Removed."]
    assert handle["parts"] == []


async def test_without_its_first_part_nothing_is_left(pg: Playground, chat: SlackChat):
    handle = await chat.send(HERE, long("old", 3))
    top = pg.workspace.channels["C_HERE"].messages[0]
    replies = top.replies
    pg.workspace.channels["C_HERE"].forget(handle["ts"])
    pg.workspace.channels["C_HERE"].messages.extend(replies)  # Slack keeps the answers to a deleted message
    handle = await chat.edit(handle, long("new", 3))
    assert said(pg) == []
    assert handle["parts"] == []


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ({"status": 503}, ConnectionError),
        ({"error": "is_archived"}, Refused),
        ({"status": 429, "retry_after": 30}, Busy),
    ],
    ids=["broken", "refused", "busy"],
)
@pytest.mark.parametrize("editing", [False, True])
async def test_stopped_half_way_it_goes_on(
    pg: Playground, chat: SlackChat, fault: dict[str, Any], cause: type, editing: bool
):
    def fail_at(second: int) -> None:
        real, count = chat._post, iter(range(99))

        async def counted(**arguments: Any) -> str:
            if next(count) == second:
                pg.fail_next(POST, **fault)
            return await real(**arguments)

        object.__setattr__(chat, "_post", counted)

    place = await chat.send(HERE, Message("old")) if editing else None
    fail_at(1 if editing else 2)
    with pytest.raises(Unfinished) as stopped:
        await (chat.edit(place, long("new", 4)) if place else chat.send(HERE, long("new", 4)))
    assert isinstance(stopped.value.cause, cause)
    assert len(read(pg)[0]) == 2
    handle = await chat.edit(stopped.value.handle, long("new", 4))
    assert " ".join(said(pg)).split() == [f"new{n}" for n in range(12)]
    assert (len(read(pg)), len(handle["parts"])) == (1, 3)


async def test_a_short_wait_is_waited_here(pg: Playground, chat: SlackChat, monkeypatch: pytest.MonkeyPatch):
    waited = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("bot.chat.slack.asyncio.sleep", sleep)
    handle = await chat.send(HERE, Message("old"))
    pg.fail_next(POST, status=429, retry_after=1, count=2)
    await chat.edit(handle, long("new", 2))
    assert waited == [1.0, 1.0]


async def test_everybody_but_this_bot_is_a_member(pg: Playground, chat: SlackChat):
    found = await chat.members(HERE)
    assert sorted((who.user, who.workspace) for who in found) == [
        ("U_0", "T0SOUND"),
        ("U_1", "T0SOUND"),
        ("U_2", "T_ELSE"),
    ]


async def test_whose_they_are_is_remembered_for_a_while(pg: Playground, chat: SlackChat):
    def asked() -> int:
        return [name for name, _ in pg.calls].count("users.info")

    for _ in range(3):
        await chat.members(HERE)
    assert asked() == 3
    pg.clock.advance(KEPT - timedelta(seconds=1))
    await chat.members(HERE)
    assert asked() == 3
    pg.clock.advance(timedelta(seconds=1))
    await chat.members(HERE)
    assert asked() == 6


async def test_what_was_learned_before_a_wait_is_kept(pg: Playground, chat: SlackChat):
    pg.fail_next("users.info", status=429, retry_after=7)
    with pytest.raises(Busy) as busy:
        await chat.members(HERE)
    assert busy.value.seconds == 7
    before = len(pg.calls)
    assert len(await chat.members(HERE)) == 3
    assert [name for name, _ in pg.calls[before:]].count("users.info") == 1


def test_no_more_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.chat.homes.MOST", 2)
    homes = Homes(MovableClock())
    for user in ("A", "B", "A", "C"):
        homes.keep(user, "T")
    assert [homes.of(user) for user in "ABC"] == ["T", None, "T"]
