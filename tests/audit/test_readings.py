"""Who has read what: every way in which a concern is shown to somebody leaves an entry in its group's chain."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from sqlalchemy import text

from bot.domain.terms import Audience
from bot.store.tables import Action, Concern, JournalEntry, OutboxRow
from tests.audit.journals import lengths
from tests.flows.action_steps import SQLITE, nine, set_person
from tests.flows.steps import FORM, answer_of, given_action, given_concern, given_escalation, open_escalation
from tests.world import QSG, World

Way = Callable[[World, str], Awaitable[object]]


async def read_it(world: World, reference: str) -> None:
    dean = world.persona("dean")
    await dean.press(dean.messages(QSG)[-1], "Read the details")


async def command(world: World, slug: str, name: str, words: str = "") -> None:
    assert (await world.persona(slug).command(name, words, channel=QSG)).ok


WAYS: dict[str, tuple[str, Way]] = {
    "opened": ("dean", read_it),
    "one's own list": ("inspector", lambda world, _: command(world, "inspector", "/concern", "mine")),
    "one's own page": ("inspector", lambda world, _: world.persona("inspector").open_home()),
    "chosen to be escalated": ("dean", lambda world, _: command(world, "dean", "/escalate")),
    "named to be escalated": ("dean", lambda world, reference: command(world, "dean", "/escalate", reference)),
    "an agenda's preview": ("dean", lambda world, _: command(world, "dean", "/agenda")),
    "a provider's summary": ("dean", lambda world, _: command(world, "dean", "/provider", "RZZ01")),
    "a look-back": ("dean", lambda world, _: command(world, "dean", "/provider", "RZZ01 as of 2026-11-23")),
}


def speaks_of(entry: JournalEntry, concern: Concern) -> bool:
    ids = str(entry.facts.get("ids", "")).split(",")
    return entry.subject_kind == "concern" and str(concern.key) in (str(entry.subject_id), *ids)


@SQLITE
@pytest.mark.parametrize(("slug", "way"), WAYS.values(), ids=WAYS)
async def test_each_way_of_reading_is_an_entry(world: World, slug: str, way: Way):
    reference = await given_concern(world)
    before = {entry.key for entry in await world.rows(JournalEntry)}
    await way(world, reference)
    (concern,) = await world.rows(Concern)
    entries = [entry for entry in await world.rows(JournalEntry) if entry.key not in before]
    (entry,) = [one for one in entries if speaks_of(one, concern)]
    assert (entry.person_id, entry.group_id, entry.at) == (world.ids[slug], world.ids["qsg"], world.now)
    await lengths(world.bot.store)


@SQLITE
@pytest.mark.parametrize(("slug", "way"), WAYS.values(), ids=WAYS)
async def test_what_is_not_shown_is_not_written_down(world: World, slug: str, way: Way):
    """What somebody may not see leaves no trace in what is written of their looking either."""
    await given_concern(world)
    hidden = await given_concern(world, "gmc1", audience=Audience.PEOPLE, people=(world.ids["gmc2"],))
    before = {entry.key for entry in await world.rows(JournalEntry)}
    await way(world, hidden)
    (concern,) = await world.rows(Concern, Concern.reference == hidden)
    entries = [entry for entry in await world.rows(JournalEntry) if entry.key not in before]
    assert entries != []
    assert [entry for entry in entries if speaks_of(entry, concern)] == []


@SQLITE
async def test_an_escalation_opened_names_its_concern(world: World):
    reference = await given_escalation(world, ["gmc"])
    await open_escalation(world, "gmc1", reference)
    (concern,) = await world.rows(Concern)
    (opened,) = await world.rows(JournalEntry, JournalEntry.act == "escalation read")
    (entry,) = await world.rows(JournalEntry, JournalEntry.act == "concern read")
    assert (entry.subject_kind, entry.subject_id, entry.group_id) == ("concern", concern.key, world.ids["qsg"])
    assert (entry.person_id, entry.facts["where"]) == (opened.person_id, "escalation.page")


async def test_being_told_is_to_have_read(world: World):
    await given_concern(world)
    await given_concern(world, audience=Audience.PEOPLE, people=(world.ids["gmc1"],))
    entries = await world.rows(JournalEntry, JournalEntry.act == "told")
    found = sorted((entry.facts["where"], entry.person_id or 0, entry.subject_id) for entry in entries)
    inspector, gmc = world.ids["inspector"], world.ids["gmc1"]
    first, second = sorted(concern.key for concern in await world.rows(Concern))
    assert found == [
        ("concern.posted", 0, first),
        ("concern.receipt", inspector, first),
        ("concern.receipt", inspector, second),
        ("concern.shared", gmc, second),
    ]
    assert {entry.group_id for entry in entries} == {world.ids["qsg"]}
    await lengths(world.bot.store)


@SQLITE
async def test_a_digest_names_all_that_stands_in_it(world: World):
    for _ in range(3):
        await given_concern(world)
    await given_action(world, world.now.date())
    await world.move_to(nine("2026-11-23"))
    entries = await world.rows(JournalEntry, JournalEntry.act == "told")
    digest = {entry.subject_kind: entry for entry in entries if entry.facts["where"] == "agenda.digest"}
    keys = {str(concern.key) for concern in await world.rows(Concern)}
    (action,) = await world.rows(Action)
    assert set(digest["concern"].facts["ids"].split(",")) == keys
    assert digest["action"].subject_id == action.key
    assert {entry.person_id for entry in digest.values()} == {None}


@SQLITE
async def test_what_did_not_go_out_was_not_read(world: World):
    inspector = world.persona("inspector")
    await inspector.command("/concern", "northgate", channel=QSG)
    assert (await inspector.submit(inspector.modal, FORM)).ok
    await set_person(world, "inspector", ends_on=date(2026, 11, 1))
    await world.settle()
    entries = await world.rows(JournalEntry, JournalEntry.act == "told")
    assert entries == []  # nor was the channel told, in which they still are
    assert {row.state for row in await world.rows(OutboxRow)} & {"sent"} == set()


@SQLITE
async def test_actions_are_written_down_as_well(world: World):
    await given_action(world, world.now.date())
    await command(world, "dean", "/action", "mine")
    await command(world, "chair", "/action", "group")
    entries = await world.rows(JournalEntry, JournalEntry.act == "shown")
    assert [(entry.person_id, entry.facts["where"], entry.subject_kind) for entry in entries] == [
        (world.ids["dean"], "action.mine", "action"),
        (world.ids["chair"], "action.group", "action"),
    ]
    assert {entry.group_id for entry in entries} == {world.ids["qsg"]}


REFUSALS = {
    "another's concern": ("matron", "/escalate", "C-NOPE12", "NotFound"),
    "one's own provider": ("matron", "/provider", "RZZ01", "Conflicted"),
    "a group one is not in": ("dean", "/agenda", "region", "WrongPlace"),
    "no group": ("matron", "/concern", "", "NoGroup"),
}


@SQLITE
@pytest.mark.parametrize(("slug", "name", "words", "why"), REFUSALS.values(), ids=REFUSALS)
async def test_each_refusal_is_an_entry(world: World, slug: str, name: str, words: str, why: str):
    await world.persona(slug).command(name, words)
    (entry,) = await world.rows(JournalEntry)
    assert (entry.act, entry.person_id, entry.facts["why"]) == ("refused", world.ids[slug], why)
    assert words == "" or words not in str(entry.model_dump())


FAILING = {
    "sqlite": "CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'full'); END",
    "postgresql": "ALTER TABLE journal ADD CONSTRAINT full_now CHECK (number < 0) NOT VALID",
}
WORKING = {"sqlite": "DROP TRIGGER full", "postgresql": "ALTER TABLE journal DROP CONSTRAINT full_now"}


async def run_sql(world: World, statements: dict[str, str]) -> None:
    async with world.bot.store.begin() as unit:
        await unit.session.exec(text(statements[unit.dialect]))


async def test_without_a_journal_nothing_is_saved_and_nothing_shown(world: World):
    await given_concern(world)
    inspector, dean = world.persona("inspector"), world.persona("dean")
    await inspector.command("/concern", "northgate", channel=QSG)
    form, queued = inspector.modal, len(await world.rows(OutboxRow))
    await run_sql(world, FAILING)
    try:
        outcome = await inspector.submit(form, FORM)
        assert "Not done: something went wrong on our side" in str(outcome.errors)
        await dean.press(dean.messages(QSG)[-1], "Read the details")
        assert answer_of(world, "dean", QSG).startswith("Not done: something went wrong on our side")
        await dean.command("/agenda", channel=QSG)
        assert answer_of(world, "dean", QSG).startswith("Not done")
    finally:
        await run_sql(world, WORKING)
    assert (len(await world.rows(Concern)), len(await world.rows(OutboxRow))) == (1, queued)
    assert dean.modal is None
    assert (await inspector.submit(form, FORM)).ok
    await lengths(world.bot.store)
