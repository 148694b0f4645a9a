"""The annexe's fields in the concern form: offered with keys, locked away on saving, and never anywhere else."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.terms import AnnexeKind
from bot.store.annexe import unlock
from bot.store.keys import KeyRing, new_key
from bot.store.tables import Annexe, Concern, JournalEntry
from tests.flows.action_steps import SQLITE
from tests.flows.intake_steps import box, open_form, send, typed
from tests.flows.steps import Tap, outbox, posts, told
from tests.world import World, open_world

PEOPLE, SOURCE = "Dr A. Canary, GMC 1234567, 07700 900123", "Nurse B. Canary told me"
FIELDS = {"people_involved", "source_identity"}


@pytest.fixture
async def locked(database_url: str) -> AsyncIterator[World]:
    """The bot with a key."""
    async with open_world(database_url, keys=new_key("first")) as world:
        yield world


def offered(view) -> set[str]:
    return FIELDS & {block["block_id"] for block in view.blocks}


async def opened(world: World) -> dict[str, str]:
    async with world.bot.store.look() as unit:
        return {part.kind: unlock(unit, part) for part in await world.rows(Annexe)}


@SQLITE
async def test_without_keys_they_are_not_offered(world: World):
    inspector = await open_form(world)
    assert offered(inspector.modal) == set()
    assert "the restricted annexe is not set up" in inspector.modal.text
    await send(inspector)
    assert "Thank you" in inspector.modal.title
    assert await world.rows(Annexe) == []


async def test_both_are_locked_away_with_the_concern(locked: World):
    inspector = await open_form(locked)
    assert offered(inspector.modal) == FIELDS
    for promise in ("encrypted", "only with a reason", "each opening is logged"):
        assert promise in inspector.modal.text
    await send(inspector, people_involved=PEOPLE, source_identity=SOURCE)
    assert "Thank you" in inspector.modal.title  # the check does not look at these
    assert await opened(locked) == {AnnexeKind.PEOPLE: PEOPLE, AnnexeKind.SOURCE: SOURCE}
    (concern,) = await locked.rows(Concern)
    assert {part.concern_id for part in await locked.rows(Annexe)} == {concern.key}
    await locked.settle()
    said = [posts(locked)[-1].text, *told(locked, "inspector"), inspector.modal.text]
    kept = [concern, await outbox(locked), await locked.rows(JournalEntry), await locked.rows(Annexe)]
    assert "Canary" not in f"{said} {kept}"


@SQLITE
@pytest.mark.parametrize("blank", ["", "  \n "])
async def test_what_is_left_empty_is_not_stored(locked: World, blank: str):
    inspector = await open_form(locked)
    await send(inspector, people_involved=blank, source_identity=SOURCE)
    assert await opened(locked) == {AnnexeKind.SOURCE: SOURCE}


async def test_a_resend_stores_nothing_twice(locked: World):
    inspector, tap = await open_form(locked), Tap(locked)
    tap.copies = 3
    await send(inspector, people_involved=PEOPLE)
    await tap.again()
    assert await opened(locked) == {AnnexeKind.PEOPLE: PEOPLE}
    assert len(await locked.rows(JournalEntry, JournalEntry.act == "annexe stored")) == 1


@SQLITE
async def test_keys_gone_meanwhile_are_said_beside_the_field(locked: World):
    inspector = await open_form(locked)
    locked.bot.store.keys = KeyRing({})
    outcome = await send(inspector, source_identity=SOURCE)
    assert list(outcome.errors) == ["source_identity"]
    assert "SOUNDINGS_KEYS" in outcome.errors["source_identity"]
    assert typed(inspector.modal, "source_identity") == SOURCE
    assert await locked.rows(Concern) == await locked.rows(Annexe) == await outbox(locked) == []
    assert (await inspector.submit(inspector.modal, {"source_identity": ""})).ok
    assert len(await locked.rows(Concern)) == 1


@SQLITE
async def test_keys_gone_while_it_is_filled_in_lose_nothing(locked: World):
    """Both fields stay while something is typed in them, since what leaves a form is lost."""
    inspector = await open_form(locked)
    await inspector.fill(inspector.modal, {"people_involved": PEOPLE})
    locked.bot.store.keys = KeyRing({})
    await inspector.choose(inspector.modal, "marking", "TLP:GREEN")
    assert typed(inspector.modal, "people_involved") == PEOPLE


@SQLITE
async def test_what_was_found_can_be_moved_there(locked: World):
    inspector = await open_form(locked)
    await send(inspector, details="Ask Ann on 07700 900123.", people_involved="Ann.")
    assert "move it to “People involved” or “Who told you”" in inspector.modal.text
    assert typed(inspector.modal, "people_involved") == "Ann."
    moved = {"details": "Ask Ann.", "people_involved": "Ann, 07700 900123."}
    await inspector.submit(inspector.modal, moved)
    assert "Thank you" in inspector.modal.title
    assert await opened(locked) == {AnnexeKind.PEOPLE: "Ann, 07700 900123."}


@SQLITE
async def test_the_check_stores_no_annexe_until_it_is_sent(locked: World):
    inspector = await open_form(locked)
    await send(inspector, details="On 07700 900123.", people_involved=PEOPLE)
    assert await locked.rows(Annexe) == []
    await inspector.submit(inspector.modal, {box(inspector.modal): ["ticked"]})
    assert await opened(locked) == {AnnexeKind.PEOPLE: PEOPLE}
