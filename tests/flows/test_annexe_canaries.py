"""What an annexe says stands locked in the records, and in the page of whoever opens it: nowhere else, ever."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from bot.metrics import REGISTRY
from bot.store.tables import JournalEntry, OutboxRow
from tests.flows.annexe_steps import KEYS, REASON, agree, claim, open_annexe, store, with_keys
from tests.flows.steps import database_away, escalate, given_concern, open_escalation, posts, told
from tests.world import PEOPLE, World, open_world

CANARY = {"people": "canary-people: Dr A. N. Other", "source": "canary-source: a trainee on nights"}
SECRETS = ("canary-people", "canary-source", *(key.partition(":")[2] for key in KEYS.split()))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(f"sqlite:///{tmp_path / 'soundings.db'}", keys=KEYS) as world:
        yield world


def files(folder: Path) -> str:
    """All the database's files, as they are on the disk."""
    found = sorted(folder.glob("soundings.db*"))
    assert len(found) > 1  # its log too
    return "".join(path.read_bytes().decode("latin-1") for path in found)


async def everything(world: World, folder: Path) -> dict[str, str]:
    """Everywhere that is not an opened annexe."""
    read = [text for slug, _ in PEOPLE for text in told(world, slug)]
    return {
        "the files": files(folder),
        "the outbox": str([row.model_dump() for row in await world.rows(OutboxRow)]),
        "the journal": str([row.model_dump() for row in await world.rows(JournalEntry)]),
        "metrics": generate_latest(REGISTRY).decode(),
        "messages": str(read),
        "the channel": str([post.text for post in posts(world)]),
    }


def found_in(places: dict[str, str]) -> dict[str, str]:
    return {place: secret for place, text in places.items() for secret in SECRETS if secret in text}


async def open_in_every_way(world: World, reference: str) -> list[str]:
    """Open it, fail to open it, and go wrong; what was shown to those it was opened to."""
    shown = [(await claim(world, reference)).text]
    await agree(world, reference, to="dean")
    shown.append((await open_annexe(world, "dean", reference)).text)
    escalation = await escalate(world, reference, ["nmc"])
    nurse = world.persona("nmc1")
    page = await open_escalation(world, "nmc1", escalation)
    await nurse.press(page, "Restricted annexe")
    await nurse.close(nurse.modal)
    with database_away(world):
        await nurse.press(page, "Restricted annexe")
    with_keys(world, "")
    await open_annexe(world, "inspector", reference)
    await world.move(days=2)
    return shown


async def test_what_an_annexe_says_is_nowhere_else_before_or_after(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    caplog.set_level(logging.INFO)
    with capture_logs() as logged:
        reference = await given_concern(world, details="canary-details")
        await store(world, reference, **CANARY)
        before = await everything(world, tmp_path)
        shown = await open_in_every_way(world, reference)
    after = await everything(world, tmp_path)
    captured = capfd.readouterr()
    logs = {
        "our log": str(logged),
        "the libraries' log": str([record.getMessage() for record in caplog.records]),
        "output": captured.out + captured.err,
    }
    # Otherwise this would look for what was never there, or in the wrong place.
    assert all(text in page for text in CANARY.values() for page in shown)
    assert "canary-details" in before["the files"]
    assert REASON in after["the files"]
    assert "WrongKey" in logs["our log"]
    assert found_in(before) == found_in(after) == found_in(logs) == {}
    assert REASON not in str(logs) + after["the journal"] + after["the outbox"] + after["metrics"]
