"""`/find`: what one may read is found by what it says, and what one may not read by nothing at all."""

from datetime import date
from typing import Any

import pytest

from bot.domain.terms import Audience, ConcernState, Marking
from bot.store.tables import JournalEntry
from tests.flows.action_steps import SQLITE, add_site, said
from tests.flows.steps import given_action, given_concern, given_escalation
from tests.world import QSG, World, conflict

NONE = "No concern that you may read matches"


async def found(world: World, slug: str, words: str) -> Any:
    """The page that `/find` opens."""
    persona = world.persona(slug)
    outcome = await persona.command("/find", words, channel=QSG)
    assert outcome.ok, outcome
    return persona.modal


async def test_smoke(world: World):
    reference = await given_concern(world)
    page = await found(world, "dean", "northgate")
    print(page.text)
    assert reference in page.text
