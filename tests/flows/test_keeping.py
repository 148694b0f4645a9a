"""What the clock does about what is old: warned of, removed, brought back, and in the end destroyed for good."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col, select
from structlog.testing import capture_logs

from bot.domain.audit import GENESIS
from bot.domain.terms import Audience, HandlingKind, Marking
from bot.store.destroying import scrub, unused_reference
from bot.store.journal import as_hashed
from bot.store.tables import Concern, JournalEntry, OutboxRow, Tombstone
from bot.store.tables.delivery import OutboxState
from tests.flows.action_steps import SQLITE, add, copy_concern, nine, nobody_answers, set_person
from tests.flows.agenda_steps import given_on_agenda
from tests.flows.answer_steps import give
from tests.flows.handling_steps import given_answer, given_change
from tests.flows.keeping_steps import (
    DESTROY_ON,
    REMOVE_ON,
    WARN_ON,
    add_answer,
    after,
    ahead,
    entries_about,
    fill,
    forged,
    live_until,
    on,
    press,
    reads,
    records,
    row,
    stage,
    warning,
    warnings,
)
from tests.flows.panel_steps import given_panel
from tests.flows.steps import (
    FORM,
    Tap,
    answer,
    answer_of,
    given_concern,
    given_escalation,
    told,
    usual_channel,
)
from tests.world import QSG, World, conflict

CANARY = "canary-keeping"


@SQLITE
async def test_from_the_warning_to_the_end(world: World):
    reference = await given_concern(world)
    await on(world, after(WARN_ON, -3))
    assert (await stage(world, reference), warnings(world)) == ("kept", [])
    await on(world, WARN_ON)
    (warned,) = warnings(world)
    for part in (reference, "22 November 2028", "22 December 2028", "23 November 2026"):
        assert part in warned
    assert FORM["headline"] not in warned
    assert "Northgate" not in warned
    await on(world, after(REMOVE_ON, -1))
    assert await reads(world, "dean", reference)
    await on(world, REMOVE_ON)
    assert await stage(world, reference) == "removed"
    assert not any([await reads(world, slug, reference) for slug in ("inspector", "colleague", "dean", "chair")])
    await on(world, after(DESTROY_ON, -1))
    assert await stage(world, reference) == "removed"
    await on(world, DESTROY_ON)
    assert await stage(world, reference) == "destroyed"
    assert len(warnings(world)) == 1
    (stone,) = await world.rows(Tombstone)
    assert (stone.reference, stone.retention) == (reference, "information")
    assert FORM["headline"] not in str(stone.model_dump())


async def a_full_life(world: World) -> str:
    """A concern with a canary in every text there is about it, told, escalated and answered."""
    texts = {"headline": f"{CANARY} headline", "details": f"{CANARY} details"}
    reference = await given_concern(world, provider=None, provider_named=f"{CANARY} provider", **texts)
    assert (await give(world, "gmc1", reference, "contradict", text=f"{CANARY} words")).ok
    asked = await given_escalation(world, ["gmc", "nmc"], concern=reference, question=f"{CANARY} question")
    await answer(world, "gmc1", asked, "hold", f"{CANARY} answer")
    await answer(world, "nmc1", asked, "none")
    panel = {"purpose": f"{CANARY} purpose", "place": f"{CANARY} place", "invited": (world.ids["gmc1"],)}
    await given_panel(world, asked, **panel, outside=f"{CANARY}, Riverside Council, {CANARY}@riverside.example")
    await given_on_agenda(world, reference, who=f"{CANARY} guest", email=f"{CANARY}@riverside.example")
    await world.persona("dean").command("/escalate", reference)
    await world.persona("dean").close(world.persona("dean").modal)
    return reference


async def everything(world: World) -> str:
    return str([one.model_dump() for table in tables() for one in await world.rows(table)])


def tables() -> list[type[SQLModel]]:
    mapped = {mapper.class_ for mapper in Concern._sa_registry.mappers}
    return sorted(mapped, key=lambda table: str(table.__name__))


async def test_destroyed_means_gone(world: World):
    reference = await a_full_life(world)
    (concern,) = await world.rows(Concern)
    subjects = [("concern", concern.key), *((kind, 1) for kind in ("answer", "escalation", "addressee", "panel"))]
    assert CANARY in await everything(world)
    with capture_logs() as logged:
        for day in (date(2034, 10, 24), date(2034, 11, 23), date(2034, 12, 27)):
            await on(world, day)
        await world.move(days=7)
    assert await stage(world, reference) == "destroyed"
    left = await everything(world)
    assert CANARY not in left
    assert left.count(reference) == 1  # the tombstone's
    assert [line for line in logged if line["event"] in ("item failed", "broken")] == []
    entries = [entry for kind, key in subjects for entry in await entries_about(world, kind, key)]
    assert len(entries) > len(subjects)
    said = {entry.act: (entry.facts, entry.salt) for entry in entries}
    assert said.pop("concern destroyed")[0] == {"kept_as": "acted_on"}
    assert set(said.values()) == {(None, None)}
    await check_chains(world)


async def check_chains(world: World) -> None:
    """What was erased left the journal's chains as they were."""
    heads: dict[str, tuple[int, str]] = {}
    async with world.bot.store.look() as unit:
        for entry in await unit.all(select(JournalEntry).order_by(JournalEntry.chain, col(JournalEntry.number))):
            number, previous = heads.get(entry.chain, (0, GENESIS))
            assert (entry.number, entry.previous) == (number + 1, previous)
            assert as_hashed(entry).digest() == entry.hash
            heads[entry.chain] = (entry.number, entry.hash)


def test_all_that_points_to_a_concern_goes_with_it():
    """A table that comes later and points to a concern must be destroyed with it."""
    roots = {"concern", "escalation", "addressee", "handling_change", "panel", "panel_time"}
    pointing = {
        table.name
        for table in SQLModel.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in roots
    }
    # What a panel agreed and what a meeting concluded stays, and only loses its link.
    assert pointing - {"action", "conclusion"} == {
        "addressee",
        "agenda_item",
        "annexe",
        "annexe_grant",
        "cluster_member",
        "concern_answer",
        "concern_audience",
        "disclosure_position",
        "escalation",
        "escalation_change",
        "escalation_concern",
        "exchange",
        "handling_change",
        "hold",
        "ladder_rung",
        "level_proposal",
        "panel",
        "panel_contribution",
        "panel_invitee",
        "panel_time",
        "panel_vote",
        "past_answer",
    }


def files_with_canary(database_url: str) -> tuple[int, list[str]]:
    """How many files the database has just now, and those of them in which the canary stands."""
    file = Path(database_url.removeprefix("sqlite:///"))
    files = list(file.parent.glob(f"{file.name}*"))
    return len(files), [path.name for path in files if CANARY.encode() in path.read_bytes()]


@SQLITE
async def test_nothing_is_left_in_the_files(world: World, database_url: str):
    await a_full_life(world)
    for day in (date(2034, 10, 24), date(2034, 11, 23)):
        await on(world, day)
    await scrub(world.bot.store)
    assert files_with_canary(database_url)[1] == ["soundings.db"]
    await on(world, date(2034, 12, 27))
    number, canaries = files_with_canary(database_url)
    assert number > 1  # the file, and the log beside it
    assert canaries == []


@SQLITE
async def test_somebody_reading_only_delays_the_end_of_it(world: World, database_url: str):
    await given_concern(world, details=CANARY)
    await live_until(world, after(DESTROY_ON, -1))
    async with world.bot.store.look() as reading:
        await reading.all(select(Concern))
        await on(world, DESTROY_ON)
        assert await world.rows(Concern) == []
        assert files_with_canary(database_url)[1] != []
    await world.tick()
    assert files_with_canary(database_url)[1] == []


async def test_what_waits_to_be_told_is_taken_back(world: World):
    reference = await given_concern(world)
    await live_until(world, after(DESTROY_ON, -1))
    concern = await row(world, reference)
    waiting = {"kind": "concern.shared", "person_id": world.ids["dean"], "next_attempt_at": world.now}
    waiting |= {"created_at": world.now, "state": OutboxState.WAITING}
    late = {**waiting, "next_attempt_at": world.now.replace(year=2040)}
    await add(
        world,
        OutboxRow(once="a", subject={"concern": concern.key}, **late),
        OutboxRow(once="b", subject={"concern": concern.key + 1}, **late),
    )
    await on(world, DESTROY_ON)
    states = {one.once: one.state for one in await world.rows(OutboxRow, col(OutboxRow.once).in_(["a", "b"]))}
    assert states == {"a": OutboxState.WITHHELD, "b": OutboxState.WAITING}


async def test_the_same_form_does_not_bring_it_back(world: World):
    person = world.persona("inspector")
    await person.command("/concern", "northgate", channel=usual_channel("inspector"))
    tap = Tap(world)
    assert (await person.submit(person.modal, FORM)).ok
    await world.settle()
    again = tap.last
    await live_until(world, DESTROY_ON)
    assert await world.rows(Concern) == []
    reply = await tap.again(again)
    assert "kept for its time and then destroyed" in str(reply)
    assert await world.rows(Concern) == []


@SQLITE
async def test_a_reference_is_not_used_again(world: World, monkeypatch: pytest.MonkeyPatch):
    stone = {"submitted_as": "0" * 64, "retention": "information", "destroyed_at": world.now}
    await add(world, Tombstone(reference="C-222222", **stone))
    offered = iter(["C-222222", "C-333333"])
    monkeypatch.setattr("bot.store.destroying.new_reference", lambda _: next(offered))
    async with world.bot.store.look() as unit:
        assert await unused_reference(unit, "C") == "C-333333"


@SQLITE
async def test_an_answer_starts_the_time_again(world: World):
    reference = await given_concern(world)
    await on(world, WARN_ON)
    await add_answer(world, reference)
    assert (await stage(world, reference), await ahead(world, reference)) == (
        "kept",
        (after(WARN_ON, 730), after(WARN_ON, 760)),
    )
    await on(world, REMOVE_ON)
    assert await stage(world, reference) == "kept"


async def test_what_is_asked_and_answered_is_kept_for_longer(world: World):
    reference = await given_concern(world)
    await world.move(days=10)
    asked = await given_escalation(world, ["gmc"], concern=reference)
    concern = await row(world, reference)
    assert (concern.retention, concern.active_at) == ("acted_on", world.now)
    await world.move(days=5)
    await answer(world, "gmc1", asked)
    concern = await row(world, reference)
    assert (concern.retention, concern.active_at) == ("acted_on", world.now)


async def test_while_an_answer_is_awaited_nothing_ends(world: World):
    reference = await given_concern(world)
    asked = await given_escalation(world, ["gmc"], concern=reference)
    await on(world, date(2036, 1, 7))
    await on(world, date(2036, 6, 3))
    assert (await stage(world, reference), warnings(world)) == ("kept", [])
    assert "An organisation has still to answer about it" in await records(world)
    await answer(world, "gmc1", asked)
    assert await ahead(world, reference) == (after(date(2036, 6, 3), 2922), after(date(2036, 6, 3), 2952))


@SQLITE
async def test_a_warning_counts_when_it_has_arrived(world: World):
    reference = await given_concern(world)
    with nobody_answers(world):
        for day in (WARN_ON, after(WARN_ON, 1), after(WARN_ON, 2), REMOVE_ON):
            await on(world, day)
        assert await stage(world, reference) == "kept"
    await on(world, after(REMOVE_ON, 1))
    assert (await stage(world, reference), len(warnings(world))) == ("warned", 1)
    assert "23 December 2028" in warnings(world)[0]
    await on(world, after(REMOVE_ON, 30))
    assert await stage(world, reference) == "warned"
    await on(world, date(2028, 12, 27))
    assert await stage(world, reference) == "removed"


GONE = {
    "left": lambda world: set_person(world, "inspector", ends_on=date(2027, 1, 1)),
    "closed": lambda world: set_person(world, "inspector", deactivated_at=world.now),
    "without chat": lambda world: set_person(world, "inspector", chat_user=None),
    "at another organisation": lambda world: set_person(world, "inspector", organisation_id=world.ids["org:gmc"]),
    "conflicted": lambda world: world.change(conflict(world.ids, "inspector", "northgate")),
}


@SQLITE
@pytest.mark.parametrize("leave", GONE.values(), ids=GONE)
async def test_the_records_lead_is_warned_for_a_leaver(world: World, leave):
    reference = await given_concern(world)
    await leave(world)
    await on(world, WARN_ON)
    assert [len(warnings(world, slug)) for slug in ("inspector", "colleague", "gmc2")] == [0, 1, 0]
    page = await fill(world, "colleague", warning(world, "colleague"), f"Keep {reference} longer", reason="pattern")
    assert f"Keeping {reference}" in page
    assert await stage(world, reference) == "kept"


@SQLITE
async def test_a_leavers_red_concern_is_a_hint_to_nobody(world: World):
    named = {"audience": Audience.PEOPLE, "people": (world.ids["dean"],), "marking": Marking.RED}
    reference = await given_concern(world, **named)
    await set_person(world, "inspector", ends_on=date(2027, 1, 1))
    with capture_logs() as logged:
        await live_until(world, DESTROY_ON)
    assert [line["concerns"] for line in logged if line["event"] == "nobody to warn"] == [1] * 4
    assert await stage(world, reference) == "kept"
    assert [warnings(world, slug) for slug in ("colleague", "dean", "gmc2")] == [[], [], []]
    assert reference not in await records(world, "colleague")


async def test_one_message_for_many(world: World):
    await given_concern(world)
    await copy_concern(world, 24, active_at=world.now)
    (concern,) = await world.rows(Concern, Concern.headline == FORM["headline"])
    shared = [one.key for one in await world.rows(Concern)]
    assert len(shared) == 25
    await on(world, WARN_ON)
    (warned,) = warnings(world)
    assert sum(part in warned for part in (f"C-MORE{n:02}" for n in range(24))) + (concern.reference in warned) == 20
    assert "There are more: 5" in warned
    buttons = warning(world).buttons
    assert len([label for label in buttons if label.startswith("Keep ")]) == 20
    assert {one.warned_at for one in await world.rows(Concern)} == {world.now}
    listed = await records(world)
    assert listed.count("last answer 23 November 2026") == 20
    assert "And 5 more" in listed


@SQLITE
async def test_two_replicas_do_it_once(world: World):
    reference = await given_concern(world)
    twin = world.twin()
    for day in (WARN_ON, REMOVE_ON, DESTROY_ON):
        world.pg.clock.set(nine(day.isoformat()))
        await world.tick(world.bot, twin)
    await twin.store.close()
    assert await stage(world, reference) == "destroyed"
    assert len(warnings(world)) == 1
    acts = [one.act for one in await world.rows(JournalEntry)]
    assert [acts.count(act) for act in ("end of keeping told", "concern removed", "concern destroyed")] == [1, 1, 1]


@SQLITE
async def test_only_at_nine_on_a_working_day(world: World):
    reference = await given_concern(world)
    quiet = nine(WARN_ON.isoformat()).replace(hour=7, minute=59)
    await world.move_to(quiet)
    assert await stage(world, reference) == "kept"
    await on(world, date(2028, 10, 28))  # a Saturday
    assert await stage(world, reference) == "kept"
    await on(world, date(2028, 10, 30))
    assert await stage(world, reference) == "warned"


async def test_keeping_it_longer(world: World):
    reference = await given_concern(world)
    await on(world, WARN_ON)
    person, message = world.persona("inspector"), warning(world)
    await person.press(message, f"Keep {reference} longer")
    assert "reason" in (await person.submit(person.modal)).errors
    tap = Tap(world)
    assert (await person.submit(person.modal, {"reason": "unresolved"})).ok
    for _ in range(2):
        await tap.again()
    (concern,) = await world.rows(Concern)
    assert (concern.active_at, concern.warned_at) == (world.now, None)
    entries = [one for one in await entries_about(world, "concern", concern.key) if one.act == "concern kept"]
    assert [(one.facts, one.person_id) for one in entries] == [({"why": "unresolved"}, world.ids["inspector"])]
    await world.move(days=1)
    await person.close(person.modal)
    await fill(world, "inspector", message, f"Keep {reference} longer", reason="pattern")
    assert (await row(world, reference)).active_at == concern.active_at  # it had been kept, and nobody warned since


@SQLITE
async def test_others_can_neither_keep_nor_restore_it(world: World):
    reference = await given_concern(world)
    await on(world, WARN_ON)
    for slug, sentence in (("dean", "Only whoever raised it"), ("phso1", "There is nothing under")):
        assert sentence in await forged(world, slug, "keeping.keep", reference)
    await on(world, REMOVE_ON)
    assert await stage(world, reference) == "removed"
    for slug in ("dean", "gmc2", "chair"):
        assert reference not in await records(world, slug)
    assert "There is nothing under" in await forged(world, "gmc2", "keeping.restore", reference)
    refusals = await world.rows(JournalEntry, JournalEntry.act == "refused")
    assert {one.facts["why"] for one in refusals} == {"NotYours", "NotFound"}


@pytest.mark.parametrize("slug", ["inspector", "colleague"])
async def test_bringing_it_back(world: World, slug: str):
    reference = await given_concern(world)
    await live_until(world, after(DESTROY_ON, -1))
    assert f"{reference}" in await records(world, slug)
    tap = Tap(world)
    page = await press(world, slug, "records", f"Restore {reference}", reason="proceedings")
    assert "21 December 2030" in page
    await tap.again()
    assert await stage(world, reference) == "kept"
    assert await reads(world, "dean", reference)
    concern = await row(world, reference)
    entries = [one.facts for one in await entries_about(world, "concern", concern.key) if one.act == "concern restored"]
    assert entries == [{"why": "proceedings"}]
    await on(world, DESTROY_ON)
    assert await stage(world, reference) == "kept"


@SQLITE
async def test_too_late_to_bring_back(world: World):
    reference = await given_concern(world)
    await live_until(world, after(DESTROY_ON, -1))
    person = world.persona("inspector")
    await records(world)
    listed = [message for message in person.messages(person.dm_id) if message.ephemeral][-1]
    await person.press(listed, f"Restore {reference}")
    await on(world, DESTROY_ON)
    outcome = await person.submit(person.modal, {"reason": "pattern"})
    assert "There is nothing under" in str(outcome)
    await person.press(listed, f"Restore {reference}")
    assert "There is nothing under" in answer_of(world, "inspector") or "nothing under" in str(person.modal.text)


async def test_what_a_person_sees_of_their_own(world: World):
    reference = await given_concern(world)
    listed = await records(world)
    for part in (reference, "Shared, and nothing came of it", "last answer 23 November 2026", "22 November 2028"):
        assert part in listed
    assert "A warning comes first, from 23 October 2028 on" in listed
    assert "hold" not in listed
    await on(world, WARN_ON)
    assert "warned on 23 October 2028" in await records(world)
    await on(world, REMOVE_ON)
    assert "Removed on 22 November 2028" in await records(world)
    await on(world, DESTROY_ON)
    assert reference not in await records(world)


@SQLITE
async def test_what_a_records_lead_sees(world: World):
    red = {"audience": Audience.PEOPLE, "people": (world.ids["dean"],), "marking": Marking.RED}
    mine, secret = await given_concern(world, "inspector"), await given_concern(world, "inspector", **red)
    theirs = await given_concern(world, "dean")
    assert mine not in await records(world, "colleague")
    await on(world, date(2028, 8, 24))
    assert mine in await records(world, "colleague")  # it ends within 90 days
    listed = [await records(world, "colleague")]
    await live_until(world, REMOVE_ON)
    listed += [await records(world, "colleague")]
    assert [mine in one for one in listed] == [True, True]
    assert not any(reference in one for one in listed for reference in (secret, theirs))
    assert secret in await records(world, "inspector")
    assert secret not in str([told(world, slug) for slug in ("colleague", "gmc2")])


@SQLITE
async def test_removed_is_taken_from_the_channel(world: World):
    await given_concern(world)
    await live_until(world, WARN_ON)
    assert any("New concern" in post.text for post in world.persona("dean").messages(QSG))
    await on(world, REMOVE_ON)
    assert FORM["headline"] not in "".join(post.text for post in world.persona("dean").messages(QSG))


async def test_removed_is_taken_from_what_people_were_told_of_its_handling(world: World):
    """Its provider, its headline and people's reasons stood in direct messages: they go, or come back, with it."""
    reference = await given_concern(world, provider="northgate", headline=f"{CANARY} headline")
    for again in (True, False):
        why = {"reason": f"{CANARY} reason {again}", "approver": "colleague"}
        request = await given_change(world, "inspector", reference, HandlingKind.LOOSEN, marking=Marking.GREEN, **why)
        await given_answer(world, "colleague", request, agreed=not again, note=f"{CANARY} note")
    duty = {"legal_basis": "safeguarding", "reason": f"{CANARY} duty"}
    await given_change(world, "gmc1", reference, HandlingKind.OVERRIDE, ("nmc",), **duty)
    before = direct_messages(world)
    assert all(f"{CANARY} {one}" in before for one in ("headline", "reason True", "reason False", "note", "duty"))
    await live_until(world, REMOVE_ON)
    assert CANARY not in direct_messages(world)
    assert "Northgate" not in direct_messages(world)
    await press(world, "inspector", "records", f"Restore {reference}", reason="proceedings")
    assert f"{CANARY} duty" in direct_messages(world)


@SQLITE
async def test_removed_is_taken_from_the_messages_of_who_has_left(world: World):
    await given_concern(world, provider="northgate")
    assert "Northgate" in direct_messages(world)
    await set_person(world, "inspector", ends_on=date(2027, 1, 1))
    await live_until(world, REMOVE_ON)
    assert "Northgate" not in direct_messages(world)


def direct_messages(world: World) -> str:
    """All that stands in the conversations of those concerned with the bot, as others may look at it later."""
    found = [one for slug in ("inspector", "colleague", "gmc1") for one in world.persona(slug).dms()]
    return "\n".join(f"{one.text} {one.fallback} {one.blocks}" for one in found if not one.ephemeral)
