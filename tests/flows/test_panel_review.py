"""After a panel: the chair decides a proposed level, and what was agreed is looked at again on its day."""

import asyncio
from datetime import date

import pytest

from bot.domain.panels import ProposalState
from bot.domain.terms import Level, Role
from bot.store.tables import JournalEntry, LevelProposal, Seat, SurveillanceLevel
from bot.store.tables.delivery import OutboxState
from tests.flows.action_steps import SQLITE, add, nine, nobody_answers
from tests.flows.panel_record_steps import begun_panel, close, fill, open_panel, panel_row, press, restricted, send
from tests.flows.steps import Tap, last_dm, outbox, told
from tests.world import World, absence, conflict

NOT_HERE = "nothing under"
AGAIN = "time to look again"
RISK = {"level": Level.RISK_SUMMIT, "reason": "Two regulators, one rota."}
AGREED = {"level_reason": "Two regulators, one rota.", "convener": "Lead Person"}


async def proposed(world: World, escalation: str = "", slug: str = "gmc1", **values: str) -> str:
    """A level that somebody of a panel has proposed; the panel's reference."""
    reference = await begun_panel(world, escalation, invitees=("gmc1", "nmc1"))
    outcome = await fill(world, slug, "level", reference, **RISK | values)
    assert outcome.ok, outcome
    return reference


async def the_proposal(world: World) -> LevelProposal:
    (proposal,) = await world.rows(LevelProposal)
    return proposal


async def levels(world: World) -> list[SurveillanceLevel]:
    rows = await world.rows(SurveillanceLevel, SurveillanceLevel.provider_id == world.ids["northgate"])
    return sorted(rows, key=lambda row: row.decided_at)


async def reviewable(world: World, **values: str) -> str:
    """A panel that was closed, to be looked at again on 9 December."""
    reference = await begun_panel(world)
    await close(world, reference, **values)
    return reference


def recalls(world: World, slug: str) -> int:
    return len([text for text in told(world, slug) if AGAIN in text])


# A level.


@SQLITE
@pytest.mark.parametrize("button", ["agree", "another", "decline", "proposal"])
async def test_nobody_but_the_chair_decides(world: World, button: str):
    await proposed(world)
    value = str((await the_proposal(world)).key)
    for slug in ("dean", "secretary", "matron", "nmc1", "inspector"):
        await press(world, slug, f"surveillance.{button}", value)
        assert "nothing under" in world.persona(slug).modal.text, slug
    await press(world, "gmc1", f"surveillance.{button}", value)
    mine = world.persona("gmc1").modal.text
    assert ("The chair has not decided yet" if button == "proposal" else "Only the chair of the group") in mine
    assert (await the_proposal(world)).state is ProposalState.PROPOSED


@SQLITE
async def test_a_chair_who_is_barred_is_neither_asked_nor_heard(world: World):
    await add(world, conflict(world.ids, "chair", "northgate"))
    reference = await begun_panel(world)
    refused = await fill(world, "gmc1", "level", reference, **RISK)
    assert "has no chair who can decide this" in refused.errors["level"]
    assert await world.rows(LevelProposal) == []


@SQLITE
async def test_a_chair_barred_since_decides_nothing(world: World):
    await proposed(world)
    await add(world, conflict(world.ids, "chair", "northgate"))
    await world.persona("chair").press(last_dm(world, "chair"), "Agree")
    assert world.persona("chair").modal is None
    assert (await the_proposal(world)).state is ProposalState.PROPOSED


@SQLITE
async def test_what_changes_nothing_cannot_be_proposed(world: World):
    reference = await begun_panel(world)
    refused = await fill(world, "gmc1", "level", reference, **RISK | {"level": Level.ENHANCED})
    assert refused.errors == {"level": "It has this level already."}
    refused = await send(world, "gmc1", **RISK | {"reason": "Ring 020 7946 0958."})
    assert "a telephone number" in refused.errors["reason"]


async def test_the_chair_agrees_and_the_level_is_so(world: World):
    await proposed(world)
    asked = last_dm(world, "chair")
    assert "GMC proposes for Northgate University Hospital NHS Trust: risk summit." in asked.text
    assert "one rota" not in asked.text
    chair = world.persona("chair")
    await chair.press(asked, "Read the reason")
    assert "Two regulators, one rota." in chair.modal.text
    await chair.press(chair.modal, "Agree")
    assert (await send(world, "chair", **AGREED)).ok
    assert "Agreed by Chair Person" in chair.modal.text
    before, now = await levels(world)
    assert (before.level, now.level, now.reason) == (Level.ENHANCED, Level.RISK_SUMMIT, RISK["reason"])
    assert (now.decided_by_id, now.decided_at) == (world.ids["chair"], world.now)
    assert (
        "Chair Person has agreed: Northgate University Hospital NHS Trust, risk summit." in last_dm(world, "gmc1").text
    )
    acts = [one.act for one in await world.rows(JournalEntry, JournalEntry.subject_kind == "proposal")]
    assert acts == ["level proposed", *["level proposal read"] * 2, "level agreed", "level proposal read"]


async def test_a_second_click_says_so_and_changes_nothing(world: World):
    await proposed(world)
    asked, chair = last_dm(world, "chair"), world.persona("chair")
    await chair.press(asked, "Decline")
    assert (await send(world, "chair", answer="Not yet: one rota, one night.")).ok
    await chair.press(asked, "Agree")
    assert "Declined by Chair Person" in chair.modal.text
    assert len(await levels(world)) == 1
    assert len([text for text in told(world, "gmc1") if "Your proposal was declined" in text]) == 1


async def test_two_chairs_at_once_decide_once(world: World):
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids["lead"], role=Role.CHAIR))
    await proposed(world)
    for slug, word in (("chair", "Agree"), ("lead", "Decline")):
        await world.persona(slug).press(last_dm(world, slug), word)
    said = {"chair": AGREED, "lead": {"answer": "Not yet."}}
    await asyncio.gather(*(send(world, slug, **values) for slug, values in said.items()))
    state = (await the_proposal(world)).state
    assert len(await levels(world)) == (2 if state is ProposalState.AGREED else 1)
    assert len([text for text in told(world, "gmc1") if "Your proposal was" in text]) == 1


@SQLITE
async def test_a_proposal_sent_twice_is_one(world: World):
    reference = await begun_panel(world)
    tap = Tap(world)
    await fill(world, "gmc1", "level", reference, **RISK)
    await tap.again()
    world.pg.transport = tap.carry
    await world.settle()
    assert len(await world.rows(LevelProposal)) == 1
    assert len([text for text in told(world, "chair") if "for you to decide" in text]) == 1
    page = (await open_panel(world, "nmc1", reference)).text
    assert "Northgate University Hospital NHS Trust: risk summit, not decided yet" in page


@SQLITE
async def test_the_chair_learns_nothing_else_of_a_restricted_panel(world: World):
    reference = await begun_panel(world, await restricted(world), invitees=("gmc1",))
    await fill(world, "gmc1", "level", reference, **RISK)
    chair = world.persona("chair")
    await chair.press(last_dm(world, "chair"), "Read the reason")
    assert reference not in chair.modal.text + last_dm(world, "chair").text
    await press(world, "chair", "panel_record.open", reference)
    assert NOT_HERE in chair.modal.text


# Looking at it again.


@SQLITE
async def test_a_day_that_will_not_do_is_refused_beside_the_field(world: World):
    reference = await reviewable(world)
    for day in ("2026-11-23", "2026-11-28", "2026-12-25"):
        await press(world, "inspector", "panel_record.postpone", reference)
        assert set((await send(world, "inspector", review_on=day)).errors) == {"review_on"}
    assert (await panel_row(world, reference)).review_on == date(2026, 12, 9)


@SQLITE
async def test_others_do_not_say_that_it_was_reviewed(world: World):
    reference = await reviewable(world)
    await press(world, "gmc1", "panel_record.reviewed", reference)
    assert "Only the organisation that convened this panel, or the chair, can do that" in (
        world.persona("gmc1").modal.text
    )
    for slug in ("dean", "matron", "secretary"):
        await press(world, slug, "panel_record.reviewed", reference)
        assert NOT_HERE in world.persona(slug).modal.text
    assert (await panel_row(world, reference)).reviewed_at is None


async def test_the_convener_and_the_chair_are_reminded_on_the_day(world: World):
    reference = await reviewable(world)
    await world.move_to(nine("2026-12-08"))
    assert (recalls(world, "inspector"), recalls(world, "chair")) == (0, 0)
    await world.move_to(nine("2026-12-09"))
    await world.move(hours=1)
    assert (recalls(world, "inspector"), recalls(world, "chair")) == (1, 1)
    assert f"Panel {reference}: {AGAIN}" in last_dm(world, "chair").text
    assert "Northgate" not in last_dm(world, "chair").text
    assert not any(AGAIN in text for slug in ("gmc1", "nmc1", "secretary", "dean") for text in told(world, slug))


@SQLITE
async def test_it_is_recalled_every_five_working_days_until_somebody_answers(world: World):
    await reviewable(world)
    counts = []
    for day in ("2026-12-09", "2026-12-15", "2026-12-16", "2026-12-17", "2026-12-23", "2027-01-04"):
        await world.move_to(nine(day))
        counts.append(recalls(world, "chair"))
    assert counts == [1, 1, 2, 2, 3, 4]  # Christmas, its Monday and New Year are no working days
    await world.persona("chair").press(last_dm(world, "chair"), "Reviewed: nothing more")
    await world.move_to(nine("2027-01-11"))
    assert recalls(world, "chair") == 4


@SQLITE
async def test_an_outage_over_several_recalls_is_one_recall(world: World):
    await reviewable(world)
    await world.move_to(nine("2027-01-04"))
    assert (recalls(world, "inspector"), recalls(world, "chair")) == (1, 1)
    assert "nobody has said that it was" in last_dm(world, "chair").text


@SQLITE
async def test_nobody_is_reminded_at_night_or_at_a_weekend(world: World):
    await reviewable(world)
    for moment in (nine("2026-12-09").replace(hour=8), nine("2026-12-09").replace(hour=17), nine("2026-12-12")):
        await world.move_to(moment)
    assert await outbox(world, "panel_record.review") == []


async def test_two_replicas_remind_once(world: World):
    await reviewable(world)
    twin = world.twin()
    world.pg.clock.set(nine("2026-12-09"))
    await world.tick(world.bot, twin)
    await twin.store.close()
    assert (recalls(world, "inspector"), recalls(world, "chair")) == (1, 1)


async def test_reviewed_twice_is_reviewed_once(world: World):
    reference = await reviewable(world)
    await world.move_to(nine("2026-12-09"))
    asked = {slug: last_dm(world, slug) for slug in ("inspector", "chair")}
    await asyncio.gather(*(world.persona(slug).press(dm, "Reviewed: nothing more") for slug, dm in asked.items()))
    assert all("nothing more is to be done" in world.persona(slug).modal.text for slug in asked)
    assert (await panel_row(world, reference)).reviewed_at == world.now
    assert len(await world.rows(JournalEntry, JournalEntry.act == "panel reviewed")) == 1
    await world.persona("inspector").press(asked["inspector"], "Set another date")
    assert "nothing more is to be done" in world.persona("inspector").modal.text


async def test_another_date_counts_from_then_on(world: World):
    reference = await reviewable(world)
    await world.move_to(nine("2026-12-09"))
    await world.persona("chair").press(last_dm(world, "chair"), "Set another date")
    assert (await send(world, "chair", review_on="2027-01-11")).ok
    assert "11 January 2027" in world.persona("chair").modal.text
    await world.move_to(nine("2026-12-16"))
    assert recalls(world, "inspector") == 1
    await world.move_to(nine("2027-01-11"))
    assert recalls(world, "inspector") == 2
    assert (await panel_row(world, reference)).review_on == date(2027, 1, 11)


async def test_two_who_set_another_date_do_not_overwrite_each_other(world: World):
    reference = await reviewable(world)
    for slug in ("inspector", "chair"):
        await press(world, slug, "panel_record.postpone", reference)
    days = {"inspector": "2027-01-11", "chair": "2027-01-12"}
    outcomes = await asyncio.gather(*(send(world, slug, review_on=day) for slug, day in days.items()))
    assert sorted(one.ok for one in outcomes) == [False, True]
    assert "Somebody else has just changed" in str(next(one for one in outcomes if not one.ok))


@SQLITE
async def test_a_colleague_is_reminded_while_the_convener_is_away(world: World):
    await reviewable(world)
    await add(world, absence(world.ids, "inspector", nine("2026-12-07"), nine("2026-12-18")))
    await world.move_to(nine("2026-12-09"))
    assert (recalls(world, "inspector"), recalls(world, "colleague")) == (0, 1)


@SQLITE
async def test_a_chair_who_may_not_know_of_it_is_not_reminded(world: World):
    reference = await begun_panel(world, await restricted(world), invitees=("gmc1",))
    await close(world, reference)
    await world.move_to(nine("2026-12-09"))
    assert (recalls(world, "inspector"), recalls(world, "chair")) == (1, 0)
    await press(world, "chair", "panel_record.reviewed", reference)
    assert NOT_HERE in world.persona("chair").modal.text


@SQLITE
async def test_what_waits_is_withheld_once_it_was_reviewed(world: World):
    reference = await reviewable(world)
    with nobody_answers(world):
        await world.move_to(nine("2026-12-09"))
    await press(world, "inspector", "panel_record.reviewed", reference)
    await world.move(hours=1)
    assert recalls(world, "chair") == 0
    states = {row.state for row in await outbox(world, "panel_record.review")}
    assert states == {OutboxState.WITHHELD}
