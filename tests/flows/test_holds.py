"""Holds: what they stop and what they do not, who may place and lift them, and who is never told of them."""

import asyncio
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import col

from bot.domain.calendar import DAY
from bot.domain.terms import Audience, KeepReason, LiftReason, Marking
from bot.errors import NotFound, Refusal
from bot.services.holds import lift_hold, place_hold
from bot.services.keeping import destroy, restore
from bot.store.keeping import destroyable
from bot.store.tables import ConcernAudience, Hold, JournalEntry, Tombstone
from tests.flows.action_steps import SQLITE, add, set_person
from tests.flows.keeping_steps import (
    DESTROY_ON,
    add_answer,
    after,
    entries_about,
    forged,
    hold,
    live_until,
    on,
    press,
    records,
    refused,
    row,
    stage,
)
from tests.flows.steps import Tap, given_concern, told, viewer
from tests.world import World, conflict, open_world


async def test_a_hold_stops_destruction_and_nothing_else(world: World):
    reference = await given_concern(world)
    page = await hold(world, reference, reason="The inquest of 2028.")
    assert "Held since 23 November 2026: The inquest of 2028." in page
    await live_until(world, DESTROY_ON)
    assert await stage(world, reference) == "removed"
    await on(world, date(2032, 6, 1))
    assert await stage(world, reference) == "removed"
    async with world.bot.store.look() as unit:  # nor is it looked at again and again
        assert await destroyable(unit, world.bot.work.rules, world.now.date()) == []
    listed = await records(world, "colleague")
    assert "Your organisation’s hold keeps it from being destroyed." in listed
    assert "The inquest of 2028." in listed
    page = await press(world, "colleague", "hold", f"Lift the hold on {reference}", reason="over")
    assert "It is destroyed from 22 December 2028 on" in page
    await on(world, date(2032, 6, 2))
    assert await stage(world, reference) == "destroyed"
    (stone,) = await world.rows(Tombstone)
    assert stone.destroyed_at == world.now
    assert await world.rows(Hold) == []


async def test_what_is_held_can_be_brought_back(world: World):
    reference = await given_concern(world)
    await hold(world, reference)
    await live_until(world, date(2029, 6, 1))
    await press(world, "colleague", "records", f"Restore {reference}", reason="proceedings")
    assert await stage(world, reference) == "kept"
    assert "but not while your organisation holds it" in await records(world, "inspector")


async def test_a_second_click_is_the_first(world: World):
    reference = await given_concern(world)
    person = world.persona("colleague")
    await person.command("/soundings", f"hold {reference.lower()}")
    assert "reason" in (await person.submit(person.modal, {"reason": " "})).errors
    tap = Tap(world)
    tap.copies = 2
    assert (await person.submit(person.modal, {"reason": "The inquest."})).ok
    await tap.again()
    assert [one.reason for one in await world.rows(Hold)] == ["The inquest."]
    concern = await row(world, reference)
    acts = [one for one in await entries_about(world, "concern", concern.key) if one.act == "hold placed"]
    assert [(one.person_id, set(one.facts)) for one in acts] == [(world.ids["colleague"], {"hold"})]
    await person.close(person.modal)
    await press(world, "colleague", "hold", f"Lift the hold on {reference}", reason="mistake")
    await tap.again()
    assert [one.lifted_by_id for one in await world.rows(Hold)] == [world.ids["colleague"]]
    acts = [one for one in await entries_about(world, "concern", concern.key) if one.act == "hold lifted"]
    assert [one.facts["why"] for one in acts] == ["mistake"]


@SQLITE
async def test_who_may_not_hold(world: World):
    red = {"audience": Audience.PEOPLE, "people": (world.ids["dean"],), "marking": Marking.RED}
    reference, secret = await given_concern(world), await given_concern(world, **red)
    for slug in ("inspector", "chair", "dean", "gmc1"):
        assert "Only a records lead of" in await refused(world, slug, f"hold {reference}")
        assert "Only a records lead of" in await forged(world, slug, "keeping.lift", reference)
    for slug, asked in (("colleague", secret), ("gmc2", secret), ("colleague", "C-NOPE22")):
        assert f"There is nothing under “{asked}”" in await refused(world, slug, f"hold {asked}")
    await add(world, conflict(world.ids, "gmc2", "northgate"))
    assert "There is nothing under" in await refused(world, "gmc2", f"hold {reference}")
    assert await world.rows(Hold) == []
    assert len(await world.rows(JournalEntry, JournalEntry.act == "refused")) == 12


async def test_anothers_hold_is_nobodys_business(world: World):
    """Two organisations hold the same: neither sees the other's, and lifting one's own leaves it standing."""
    reference = await given_concern(world)
    await hold(world, reference, "gmc2", reason="Fitness to practise.")
    for slug in ("colleague", "inspector", "chair", "dean", "gmc1"):
        listed = await records(world, slug)
        assert "Fitness" not in listed
        assert "Lift the hold" not in listed
    page = await hold(world, reference, "colleague")
    assert "Fitness" not in page
    await press(world, "colleague", "hold", f"Lift the hold on {reference}", reason="over")
    await live_until(world, DESTROY_ON)
    assert await stage(world, reference) == "removed"
    for slug in ("colleague", "inspector"):  # to them it is as if it had been destroyed
        assert reference not in await records(world, slug)
        assert "There is nothing under" in await forged(world, slug, "keeping.restore", reference)
    assert "There is nothing under" in await refused(world, "colleague", f"hold {reference}")
    assert reference in await records(world, "gmc2")
    assert "Restore" not in await records(world, "gmc2")
    await press(world, "gmc2", "hold", f"Lift the hold on {reference}", reason="over")
    await on(world, date(2028, 12, 27))
    assert await stage(world, reference) == "destroyed"
    assert "Fitness" not in str([told(world, slug) for slug in ("colleague", "inspector", "chair")])


@SQLITE
async def test_a_hold_outlives_whoever_placed_it(world: World):
    """It is the organisation's: another lead lifts it, also after losing sight of the concern itself."""
    reference = await given_concern(world)
    await hold(world, reference, "gmc2")
    await set_person(world, "gmc2", organisation_id=world.ids["org:hee"])
    await set_person(world, "gmc3", records_lead=True)
    lines = await world.rows(ConcernAudience, col(ConcernAudience.organisation_id) == world.ids["org:gmc"])
    for line in lines:
        line.ended_at = world.now
        await world.change(line)
    assert "There is nothing under" in await refused(world, "gmc3", "hold C-NOPE22")
    assert reference not in (await records(world, "gmc2")).split("Held by your organisation")[-1]
    listed = await records(world, "gmc3")
    assert reference in listed
    assert "Trainees" not in listed
    await press(world, "gmc3", "hold", f"Lift the hold on {reference}", reason="over")
    assert reference not in await records(world, "gmc3")


async def test_holding_and_destroying_at_once(world: World):
    """Whichever is first, nothing is destroyed that is held, and nothing is held that is destroyed."""
    reference = await given_concern(world)
    await live_until(world, after(DESTROY_ON, -1))

    async def place() -> str:
        try:
            async with world.bot.store.begin() as unit:
                lead = await viewer(world, unit, "colleague")
                await place_hold(unit, reference, "The inquest.", by=lead, now=world.now, rules=world.bot.work.rules)
        except NotFound:
            return "not found"
        return "held"

    _, said = await asyncio.gather(on(world, DESTROY_ON), place())
    assert (await stage(world, reference), said) in (("destroyed", "not found"), ("removed", "held"))
    assert len(await world.rows(Hold)) == (said == "held")


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_hold_placed_while_destruction_waits_is_seen(world: World):
    """What the waiting statement had seen of holds was older than the one it waited for."""
    reference = await given_concern(world)
    await live_until(world, after(DESTROY_ON, -1))
    concern = await row(world, reference)
    world.pg.clock.set(world.now + timedelta(days=1))
    facts = {"now": world.now, "rules": world.bot.work.rules}

    async def destroying() -> None:
        async with world.bot.store.begin() as unit:
            await destroy(unit, concern.key, **facts)

    async with world.bot.store.begin() as unit:
        lead, before = await viewer(world, unit, "colleague"), {"now": world.now - timedelta(days=1)}
        await place_hold(unit, reference, "The inquest.", by=lead, **facts | before)
        waiting = asyncio.create_task(destroying())
        while not await unit.rows(text("SELECT 1 FROM pg_locks WHERE NOT granted")):
            pass
    await waiting
    assert await stage(world, reference) == "removed"


@SQLITE
@pytest.mark.parametrize("slug", ["inspector", "phso1"])
async def test_the_words_are_in_the_help(world: World, slug: str):
    person = world.persona(slug)
    await person.command("/soundings", "help")
    helped = [message for message in person.messages(person.dm_id) if message.ephemeral][-1].text
    assert "/soundings records" in helped
    assert "/soundings hold" not in helped
    lead = world.persona("colleague")
    await lead.command("/soundings", "")
    assert "/soundings hold" in [one for one in lead.messages(lead.dm_id) if one.ephemeral][-1].text


LEADS = ("colleague", "gmc2")
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from([1, 15, 30, 31, 200, 700])),
        st.tuples(st.sampled_from(["hold", "lift"]), st.sampled_from(LEADS)),
        st.tuples(st.sampled_from(["answer", "restore"]), st.just("inspector")),
    ),
    min_size=4,
    max_size=12,
)


class Past:
    """What has happened to one concern, as far as its keeping goes: since when it is so, or None."""

    def __init__(self) -> None:
        self.answered: date = date(2026, 11, 23)
        self.warned: date | None = None
        self.removed: date | None = None
        self.stage = "kept"

    async def look(self, world: World, reference: str) -> None:
        """Take the stage it is in now, and be sure that it was due."""
        now, today = await stage(world, reference), world.now.date()
        held = await world.rows(Hold, col(Hold.lifted_at).is_(None))
        policy = world.bot.work.rules.policy.retention
        if now == "warned" and self.stage != "warned":
            self.warned = today
        if now == "removed" and self.stage != "removed":
            assert self.warned is not None
            assert today >= self.warned + timedelta(days=policy.warn_days)
            assert today >= self.answered + timedelta(days=730)
            self.removed = today
        if now == "destroyed" and self.stage != "destroyed":
            assert self.removed is not None
            assert today >= self.removed + timedelta(days=policy.restore_days)
            assert held == []
        if now == "kept":
            self.warned = self.removed = None
        self.stage = now


async def happen(world: World, reference: str, what: str, who: str | int, past: Past) -> None:
    """One thing that people or the clock do; nothing when it cannot be done any more."""
    rules, facts = world.bot.work.rules, {"now": world.now}
    if what == "wait":
        day = rules.calendar.on_or_after(world.now.date() + who * DAY)
        await on(world, day)
        return
    if what == "answer":
        if past.stage in ("kept", "warned"):
            await add_answer(world, reference)
            past.answered = world.now.date()
        return
    async with world.bot.store.begin() as unit:
        facts |= {"by": await viewer(world, unit, who), "rules": rules}
        try:
            if what == "hold":
                await place_hold(unit, reference, "x", **facts)
            elif what == "lift":
                await lift_hold(unit, reference, LiftReason.OVER, **facts)
            else:
                await restore(unit, reference, KeepReason.PATTERN, **facts)
                past.answered = world.now.date() if past.stage == "removed" else past.answered
        except Refusal:
            overdue = past.removed and world.now.date() >= past.removed + 30 * DAY
            assert past.stage == "destroyed" or overdue  # kept by another's hold only


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(happenings)
async def test_nothing_is_destroyed_unawares(
    filled_sqlite: tuple[Path, dict[str, int]], events: list[tuple[str, str | int]]
):
    filled, ids = filled_sqlite
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copyfile(filled, Path(folder) / "soundings.db")
        async with open_world(f"sqlite:///{copy}", ids) as world:
            reference, past = await given_concern(world), Past()
            for what, who in [("wait", 700), *events]:
                await happen(world, reference, what, who, past)
                await past.look(world, reference)
            for lead in LEADS:
                await happen(world, reference, "lift", lead, past)
            for _ in range(3):  # left to itself it comes to its end
                await happen(world, reference, "wait", 740, past)
                await past.look(world, reference)
            assert past.stage == "destroyed"
