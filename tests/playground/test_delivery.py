"""Acknowledgements: three seconds, one chance for a command, three repetitions for an event."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.playground import Playground
from tests.playground.conftest import section


class Bot:
    """Answers what it is told to; None is no acknowledgement."""

    def __init__(self, *answers: dict[str, Any] | None) -> None:
        self.answers = list(answers)
        self.seen: list[dict[str, Any]] = []

    async def __call__(self, _kind: str, payload: dict[str, Any]) -> dict[str, Any] | None:
        self.seen.append(payload)
        return self.answers.pop(0) if self.answers else {}


async def test_command_without_answer_shows_an_error_and_is_not_repeated(pg: Playground) -> None:
    pg.transport = bot = Bot(None)
    outcome = await pg.persona("U_ANN").command("/concern")
    assert (outcome.acked, outcome.error) == (False, "dispatch_failed")
    assert not outcome.ok
    assert len(bot.seen) == 1
    assert [envelope.kind for envelope in pg.unacknowledged] == ["slash_commands"]


async def test_slow_command_times_out_yet_is_finished(hasty_pg: Playground) -> None:
    go_on, done = asyncio.Event(), []

    async def slow(_kind: str, _payload: dict[str, Any]) -> dict[str, Any]:
        await go_on.wait()
        done.append(True)
        return {}

    hasty_pg.transport = slow
    outcome = await hasty_pg.persona("U_ANN").command("/concern")
    assert outcome.error == "operation_timeout"
    go_on.set()
    await hasty_pg.settle()
    assert done == [True]


async def test_error_of_a_late_handler_is_not_swallowed(hasty_pg: Playground) -> None:
    go_on = asyncio.Event()

    async def failing(_kind: str, _payload: dict[str, Any]) -> dict[str, Any]:
        await go_on.wait()
        raise LookupError("too late")

    hasty_pg.transport = failing
    await hasty_pg.persona("U_ANN").command("/concern")
    go_on.set()
    with pytest.raises(LookupError, match="too late"):
        await hasty_pg.settle()


async def test_no_bot_at_all_fails_at_once(pg: Playground) -> None:
    outcome = await pg.persona("U_ANN").command("/concern")
    assert outcome.error == "dispatch_failed"


async def test_lost_acknowledgement_of_a_form_leaves_it_open(pg: Playground) -> None:
    pg.transport = bot = Bot()
    view = pg.workspace.push("U_ANN", {"type": "modal", "title": {"text": "A"}, "blocks": []})
    pg.drop_acks("interactive")
    ann = pg.persona("U_ANN")
    outcome = await ann.submit(view)
    assert outcome.error is not None
    assert "trouble connecting" in outcome.error
    assert ann.modal is view
    assert (await ann.submit(view)).ok
    assert [payload["view"]["id"] for payload in bot.seen] == [view.id, view.id]


async def test_broken_connection_delivers_twice(pg: Playground) -> None:
    pg.transport = bot = Bot()
    pg.drop_acks("slash_commands", resend=True)
    assert (await pg.persona("U_ANN").command("/concern")).ok
    assert len(bot.seen) == 2
    assert bot.seen[0] == bot.seen[1]


async def test_event_is_repeated_three_times_as_the_clock_moves(pg: Playground) -> None:
    pg.transport = bot = Bot(None, None, None, None)
    ann = pg.persona("U_ANN")
    await ann.say("C_QSG", "hello")
    assert len(bot.seen) == 2, "the first repetition comes at once"
    for seconds, expected in ((59, 2), (1, 3), (299, 3), (1, 4), (3600, 4)):
        pg.clock.advance(timedelta(seconds=seconds))
        await until_quiet()
        assert len(bot.seen) == expected
    assert len({payload["event_id"] for payload in bot.seen}) == 1
    assert [(each.attempt, each.reason) for each in pg.unacknowledged] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
        (3, "timeout"),
    ]
    assert "message.groups was not acknowledged" in pg.warnings[0]


@pytest.mark.parametrize("answers", [[None, {}], [{}]], ids=["at the second try", "at once"])
async def test_acknowledged_event_is_not_repeated(pg: Playground, answers: list[dict[str, Any] | None]) -> None:
    pg.transport = bot = Bot(*answers)
    await pg.persona("U_ANN").say("C_QSG", "hello")
    pg.clock.advance(timedelta(days=1))
    await until_quiet()
    assert len(bot.seen) == len(answers)
    assert pg.warnings == []


async def test_lost_acknowledgement_of_an_event_repeats_it(pg: Playground) -> None:
    pg.transport = bot = Bot()
    pg.drop_acks("events_api")
    await pg.persona("U_ANN").open_home()
    assert [payload["event"]["type"] for payload in bot.seen] == ["app_home_opened"] * 2


async def test_unsound_answer_to_a_command_is_an_error(pg: Playground) -> None:
    pg.transport = Bot({"text": "x", "blocks": [section("x" * 3001)]})
    ann = pg.persona("U_ANN")
    outcome = await ann.command("/concern")
    assert outcome.error is not None
    assert outcome.error.startswith("invalid_command_response")
    assert ann.dms() == []


@pytest.mark.parametrize(("kind", "seen"), [("in_channel", 1), ("ephemeral", 0)])
async def test_command_answers_in_channel_or_for_one(pg: Playground, kind: str, seen: int) -> None:
    pg.transport = Bot({"text": "Noted", "response_type": kind})
    await pg.persona("U_ANN").command("/concern", channel="C_QSG")
    assert len(pg.persona("U_BOB").messages("C_QSG")) == seen
    assert len(pg.persona("U_ANN").messages("C_QSG")) == 1


async def until_quiet() -> None:
    """Let what is ready run."""
    for _ in range(10):
        await asyncio.sleep(0)
