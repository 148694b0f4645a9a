"""The bot on a strict workspace, on both databases."""

from collections.abc import AsyncIterator

import pytest

from tests.world import World, open_world


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not make the bot give up on its own database."""
    monkeypatch.setattr("bot.handlers.door.PATIENCE_SECONDS", 60)
    monkeypatch.setattr("bot.chat.slack_calls.LINK_SECONDS", 60)


@pytest.fixture
async def world(database_url: str, filled: dict[str, int]) -> AsyncIterator[World]:
    """The bot, its workspace, and a small network."""
    async with open_world(database_url, filled) as world:
        yield world
