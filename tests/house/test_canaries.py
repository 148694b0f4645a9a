"""No submitted text leaves: what people write stands in the records and in what they may read, and nowhere else."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import patch

import pytest
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from bot.metrics import REGISTRY
from bot.store.migrate import migrate
from bot.store.tables import (
    Action,
    ActionChange,
    Addressee,
    Concern,
    ConcernAnswer,
    Escalation,
    Exchange,
    Hold,
    JournalEntry,
    OutboxRow,
)
from tests.flows.answer_steps import add_to, give
from tests.flows.exchange_steps import share, write
from tests.flows.steps import FORM, Tap, answer, database_away, escalate, open_escalation, raise_concern, reference_in
from tests.world import QSG, World, open_world

# One for every field in which somebody may write something.
FIELDS = (
    "headline",
    "details",
    "provider_named",
    "answered",
    "added",
    "question",
    "asked_back",
    "reply",
    "remark",
    "answer",
    "issue",
    "why",
    "resolution",
    "hold",
    "words",
    "search",
    "refused",
    "lost",
)
CANARY = {name: f"canary-{name.replace('_', '-')}" for name in FIELDS}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    url = f"sqlite:///{tmp_path / 'soundings.db'}"
    async with open_world(url) as world:
        await migrate(world.bot.store)
        yield world


async def write_everywhere(world: World) -> None:
    """Fill in every field there is, ask in every way there is, and go wrong in several."""
    await write_a_concern(world)
    await write_an_action(world)
    for slug, command in (("inspector", name) for name in ("provider", "escalate", "action", "agenda", "soundings")):
        await world.persona(slug).command(f"/{command}", CANARY["words"], channel=QSG)
    await world.persona("stranger").command("/concern", CANARY["words"])
    await world.persona("inspector").command("/escalate", f"E-{CANARY['words']}")
    await go_wrong(world)
    await world.move(days=30)


async def write_a_concern(world: World) -> None:
    typed = {name: CANARY[name] for name in ("headline", "details", "provider_named")}
    reference = await raise_concern(world, words=CANARY["words"], **typed)
    assert (await give(world, "gmc1", reference, "ask for more", text=CANARY["answered"])).ok
    assert (await add_to(world, "inspector", reference, CANARY["added"])).ok
    escalation = await escalate(world, reference, ["gmc"], question=CANARY["question"])
    await open_escalation(world, "gmc1", escalation)
    await answer(world, "gmc1", escalation, "more", CANARY["asked_back"])
    await write(world, "inspector", escalation, "Reply to GMC", CANARY["reply"])
    assert (await share(world, "inspector", escalation)).ok
    await write(world, "gmc1", escalation, "Write to whoever asked", CANARY["remark"])
    await answer(world, "gmc1", escalation, "hold", CANARY["answer"])
    await world.persona("inspector").command("/concern", "mine")
    lead = world.persona("colleague")
    await lead.command("/soundings", f"hold {reference}")
    await lead.submit(lead.modal, {"reason": CANARY["hold"]})


async def write_an_action(world: World) -> None:
    chair, dean = world.persona("chair"), world.persona("dean")
    await chair.command("/action", f"add {CANARY['issue']}", channel=QSG)
    await chair.submit(chair.modal, {"owner": "Dean Person", "due_on": "2026-12-18"})
    action = reference_in(chair.modal.text, "A-")
    await chair.command("/action", f"change {action}")
    await chair.submit(chair.modal, {"due_on": "2026-12-21", "reason": CANARY["why"]})
    await world.move(days=29)
    await dean.command("/action", f"done {action}")
    await dean.submit(dean.modal, {"resolution": CANARY["resolution"]})
    await world.settle()


async def go_wrong(world: World) -> None:
    """A form with mistakes in it, searches that find nothing, a form sent while nothing can be saved, a bug."""
    inspector = world.persona("inspector")
    await inspector.command("/concern", channel=QSG)
    form = inspector.modal
    outcome = await inspector.submit(form, FORM | {"headline": CANARY["refused"]})
    assert outcome.errors
    for field in ("provider", "chosen"):
        assert await inspector.options(form, field, CANARY["search"]) == []
    with database_away(world):
        outcome = await inspector.submit(form, FORM | {"headline": CANARY["lost"], "across": "ticked"})
    assert "cannot be reached" in str(outcome.errors)
    forged = {"action_id": "provider.open", "value": CANARY["words"]}  # a number is expected
    home = await inspector.open_home()
    tap = Tap(world, lambda payload: payload["actions"][0].update(forged))
    with patch("bot.handlers.provider.number_in", int):  # a bug: its own words hold what was sent
        await inspector.press(home, "Help")
    world.pg.transport = tap.carry


async def test_nothing_written_leaves_the_records(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    caplog.set_level(logging.INFO)
    with capture_logs() as logged:
        await write_everywhere(world)
    kept = [
        str(row.model_dump())
        for table in (Concern, ConcernAnswer, Escalation, Exchange, Addressee, Action, ActionChange, Hold)
        for row in await world.rows(table)
    ]
    saved = [name for name in FIELDS if any(CANARY[name] in row for row in kept)]
    # Otherwise this test would look for what was never there.
    assert saved == list(FIELDS[:14])
    assert {line["event"] for line in logged} >= {"refused", "database away", "broken"}
    captured = capfd.readouterr()
    leaving = {
        "our log": [str(line) for line in logged],
        "the libraries' log": [record.getMessage() for record in caplog.records],
        "standard output": [captured.out, captured.err],
        "metrics": [generate_latest(REGISTRY).decode()],
        "the outbox": [str(row.model_dump()) for row in await world.rows(OutboxRow)],
        "the journal": [str(row.model_dump()) for row in await world.rows(JournalEntry)],
    }
    assert all(any(lines) for where, lines in leaving.items() if where not in ("the libraries' log", "standard output"))
    assert {where: line for where, lines in leaving.items() for line in lines if "canary" in line} == {}
