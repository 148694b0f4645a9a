"""Recording a panel: what each organisation brings, who came, what it concluded, and who is told."""

import asyncio
from datetime import date

import pytest

from bot.domain.panels import PanelOutcome, PanelState
from bot.domain.terms import ConcernState, Marking
from bot.store.escalations import panel_held
from bot.store.panels import erase_panels
from bot.store.tables import (
    Action,
    Concern,
    Escalation,
    JournalEntry,
    OutboxRow,
    PanelContribution,
    PanelInvitee,
)
from tests.flows.action_log_steps import open_log
from tests.flows.action_steps import SQLITE, acts, add, agenda, digests, nine
from tests.flows.panel_record_steps import (
    CONCLUSION,
    begun_panel,
    close,
    fill,
    given_panel,
    open_panel,
    pack_of,
    panel_row,
    press,
    record,
    restricted,
    send,
)
from tests.flows.steps import Tap, given_escalation, last_dm, outbox, told
from tests.world import World, conflict

NOT_HERE = "nothing under"
CLOSED = "has been closed"


# Unhappy paths first.


@SQLITE
@pytest.mark.parametrize("slug", ["phso1", "lead", "dean", "matron", "chair"])
async def test_others_do_not_see_a_panel(world: World, slug: str):
    reference = await begun_panel(world)
    for button in ("open", "pack", "activity", "said", "record", "action", "level"):
        await press(world, slug, f"panel_record.{button}", reference)
        assert NOT_HERE in world.persona(slug).modal.text, button
    assert await pack_of(world, reference, slug) is None


@SQLITE
async def test_an_invitee_who_is_barred_sees_nothing(world: World):
    reference = await begun_panel(world, invitees=("gmc1", "nmc1", "lead", "matron"))
    assert reference in (await open_panel(world, "lead", reference)).title
    await add(world, conflict(world.ids, "lead", "northgate"))
    for slug in ("lead", "matron"):
        await press(world, slug, "panel_record.open", reference)
        assert NOT_HERE in world.persona(slug).modal.text
        assert await pack_of(world, reference, slug) is None
    await close(world, reference)
    assert not any(CLOSED in text for slug in ("lead", "matron") for text in told(world, slug))
    assert "Lead Person" not in str([one.facts for one in await world.rows(JournalEntry)])


@SQLITE
async def test_whoever_is_barred_is_given_nothing_to_do(world: World):
    reference = await begun_panel(world, invitees=("gmc1", "lead"))
    await add(world, conflict(world.ids, "lead", "northgate"))
    await record(world, reference)
    offered = str(world.persona("inspector").modal.blocks)
    assert ("Gmc1 Person" in offered, "Lead Person" in offered) == (True, False)


@SQLITE
@pytest.mark.parametrize(
    "change", [{"marking": Marking.RED}, {"state": ConcernState.WITHDRAWN}, {"retired_at": True}], ids=str
)
async def test_what_was_taken_back_takes_its_panel_with_it(world: World, change: dict):
    reference = await begun_panel(world, invitees=("gmc1", "lead"))
    (concern,) = await world.rows(Concern)
    for name, value in change.items():
        setattr(concern, name, world.now if value is True else value)
    await world.change(concern)
    for slug in ("gmc1", "lead"):
        await press(world, slug, "panel_record.open", reference)
        assert NOT_HERE in world.persona(slug).modal.text
        assert await pack_of(world, reference, slug) is None


@SQLITE
async def test_only_the_convening_organisation_records_it(world: World):
    reference = await begun_panel(world)
    await press(world, "gmc1", "panel_record.record", reference)
    assert "Only the organisation that convened this panel can do that" in world.persona("gmc1").modal.text
    await press(world, "colleague", "panel_record.record", reference)
    assert world.persona("colleague").modal.title == "Record the panel"


@SQLITE
async def test_an_organisation_that_was_not_invited_contributes_nothing(world: World):
    reference = await begun_panel(world, invitees=("gmc1",))
    for button in ("activity", "said", "action", "level"):
        await press(world, "nmc1", f"panel_record.{button}", reference)
        assert "Only the organisations invited to this panel can do that" in world.persona("nmc1").modal.text
    await press(world, "nmc1", "panel_record.pack", reference)
    assert "Only the people invited to this panel can do that" in world.persona("nmc1").modal.text


@SQLITE
@pytest.mark.parametrize("button", ["said", "record", "action", "level"])
async def test_nothing_is_recorded_before_it_begins(world: World, button: str):
    reference = await given_panel(world)
    await press(world, "inspector", f"panel_record.{button}", reference)
    assert f"Panel {reference} has not begun" in world.persona("inspector").modal.text
    for state in (PanelState.PROPOSED, PanelState.CANCELLED):
        panel = await panel_row(world, reference)
        panel.state, panel.starts_at = state, world.now
        await world.change(panel)
        await press(world, "inspector", f"panel_record.{button}", reference)
        expected = "has not begun" if state is PanelState.PROPOSED else "is called off"
        assert expected in world.persona("inspector").modal.text


@SQLITE
async def test_an_incomplete_conclusion_is_refused_beside_each_field(world: World):
    reference = await begun_panel(world)
    await record(world, reference)
    refused = await send(world, "inspector", outcome=PanelOutcome.MONITOR, rationale="Why.", tell="yes")
    assert set(refused.errors) == {"tell_by", "tell_on", "review_on"}
    refused = await send(world, "inspector", **CONCLUSION | {"tell": "no", "review_on": "2026-12-25"})
    assert set(refused.errors) == {"tell_by", "tell_on", "review_on"}
    refused = await send(world, "inspector", review_on="2026-11-23", tell="yes", tell_on="2026-11-22")
    assert set(refused.errors) == {"tell_on", "review_on"}
    assert (await panel_row(world, reference)).state is PanelState.FIXED
    assert await outbox(world, "panel_record.concluded") == []


@SQLITE
async def test_no_further_action_needs_no_review(world: World):
    reference = await begun_panel(world)
    await record(world, reference)
    outcome = await send(world, "inspector", outcome=PanelOutcome.NO_ACTION, rationale="It is resolved.", tell="no")
    assert outcome.ok, outcome
    assert await world.rows(Action) == []
    assert "Looked at again: no" in world.persona("inspector").modal.text


@SQLITE
async def test_identifiers_are_pointed_out_before_they_are_kept(world: World):
    reference = await begun_panel(world)
    text = "NHS number 943 476 5919"
    refused = await fill(world, "gmc1", "said", reference, text=text)
    assert "looks like an NHS number" in refused.errors["text"]
    assert await world.rows(PanelContribution) == []
    assert (await send(world, "gmc1", vouched="ticked")).ok
    (kept,) = await world.rows(PanelContribution)
    assert kept.text == text
    (entry,) = await world.rows(JournalEntry, JournalEntry.act == "panel contribution sent")
    assert entry.facts["nhs_kept"] == 1
    assert "looks like" in (await record(world, reference, joint_note=text)).errors["joint_note"]


async def test_two_who_record_at_once_do_not_overwrite_each_other(world: World):
    reference = await begun_panel(world)
    for slug in ("inspector", "colleague"):
        page = await open_panel(world, slug, reference)
        await world.persona(slug).press(page, "panel_record.record")
    outcomes = await asyncio.gather(
        send(world, "inspector", joint_note="The first note."), send(world, "colleague", joint_note="The other note.")
    )
    assert sorted(one.ok for one in outcomes) == [False, True]
    assert "Somebody else has just changed" in str(next(one for one in outcomes if not one.ok))
    kept = (await panel_row(world, reference)).joint_note
    assert kept == ("The first note." if outcomes[0].ok else "The other note.")


async def test_whoever_closes_it_from_an_older_form_is_told_so(world: World):
    reference = await begun_panel(world)
    await record(world, reference)
    page = await open_panel(world, "colleague", reference)
    await world.persona("colleague").press(page, "panel_record.record")
    # The colleague goes on from what the first saved, so both hold the last form as it now is.
    await send(world, "colleague", agreed_risk="Trainees alone at night.")
    row = await panel_row(world, reference)
    first = await send(world, "inspector", **CONCLUSION)
    assert "Somebody else has just changed" in str(first.errors)
    assert (await send(world, "colleague", **CONCLUSION)).ok
    assert (await panel_row(world, reference)).version == row.version + 1
    late = await send(world, "inspector", **CONCLUSION)
    assert "Somebody else has just changed" in str(late.errors)
    assert len(await world.rows(Action)) == 1


async def test_a_form_sent_three_times_at_once_closes_it_once(world: World):
    reference = await begun_panel(world)
    await record(world, reference)
    tap = Tap(world)
    tap.copies = 3
    outcome = await send(world, "inspector", **CONCLUSION)
    assert outcome.ok or any(reply and reply.get("response_action") == "update" for reply in tap.answers)
    world.pg.transport = tap.carry
    await world.settle()
    assert len(await world.rows(Action)) == 1
    assert (await acts(world, "panel")).count("panel closed") == 1
    assert len([text for text in told(world, "nmc1") if CLOSED in text]) == 1
    again = await tap.again(next(payload for kind, payload in reversed(tap.payloads) if "view" in payload))
    assert again is None or again.get("response_action") == "update"
    assert len(await world.rows(Action)) == 1


async def test_nobody_edits_what_another_organisation_said(world: World):
    reference = await begun_panel(world)
    await fill(world, "gmc1", "said", reference, text="We know of two complaints.")
    page = await open_panel(world, "nmc1", reference)
    assert "We know of two complaints." in page.text
    await world.persona("nmc1").press(page, "panel_record.said")
    assert "two complaints" not in str(world.persona("nmc1").modal.blocks)
    await send(world, "nmc1", text="We hold nothing.")
    assert {(one.person_id, one.text) for one in await world.rows(PanelContribution)} == {
        (world.ids["gmc1"], "We know of two complaints."),
        (world.ids["nmc1"], "We hold nothing."),
    }


async def test_two_of_one_organisation_do_not_overwrite_each_other(world: World):
    reference = await begun_panel(world, invitees=("gmc1", "gmc2"))
    for slug in ("gmc1", "gmc2"):
        page = await open_panel(world, slug, reference)
        await world.persona(slug).press(page, "panel_record.said")
    outcomes = await asyncio.gather(send(world, "gmc1", text="The first."), send(world, "gmc2", text="The second."))
    assert sorted(one.ok for one in outcomes) == [False, True]
    assert "Somebody else has just changed" in str(next(one for one in outcomes if not one.ok))
    assert len(await world.rows(PanelContribution)) == 1


@SQLITE
async def test_nothing_is_said_after_it_is_closed(world: World):
    reference = await begun_panel(world)
    page = await open_panel(world, "gmc1", reference)
    await world.persona("gmc1").press(page, "panel_record.said")
    form = world.persona("gmc1").modal
    await close(world, reference)
    outcome = await world.persona("gmc1").submit(form, {"text": "One thing more."})
    assert f"Panel {reference} is held, so it cannot be added to now" in str(outcome.errors)
    assert await world.rows(PanelContribution) == []


# What it is for.


async def test_a_panel_from_beginning_to_end(world: World):
    reference = await begun_panel(world, invitees=("gmc1", "nmc1", "lead"))
    await fill(world, "gmc1", "activity", reference, text="A visit is planned.")
    await fill(world, "gmc1", "said", reference, text="We know of two complaints.")
    outcome = await record(world, reference, came=["Gmc1 Person, GMC", "Dr Outside, Royal College"])
    assert outcome.ok, outcome
    assert (await send(world, "inspector", **CONCLUSION)).ok
    panel = await panel_row(world, reference)
    assert (panel.state, panel.held_at, panel.outcome) == (PanelState.HELD, world.now, PanelOutcome.JOINT_ACTION)
    came = {one.person_id or one.name: one.attended for one in await world.rows(PanelInvitee)}
    assert came == {
        world.ids["gmc1"]: True,
        world.ids["nmc1"]: False,
        world.ids["lead"]: False,
        "Dr Outside": True,
    }
    page = (await open_panel(world, "lead", reference)).text
    for part in (
        "Joint action.",
        "Both regulators saw the same rota.",
        "The provider is told: yes, by Gmc1 Person",
        "Looked at again: 9 December 2026",
        "Trainees alone at night.",
        "All agreed on the rota.",
        "Gmc1 Person, GMC: came",
        "Nmc1 Person, NMC: did not come",
        "Existing activity, sent Mon 23 Nov 2026, 09:00:\nA visit is planned.",
        "Said at the panel:\nWe know of two complaints.",
    ):
        assert part in page, part
    assert [act for act in await acts(world, "panel") if act != "panel read"] == [
        "panel activity sent",
        "panel contribution sent",
        "panel recorded",
        "panel closed",
    ]


async def test_the_outcome_is_told_once_to_everybody_it_concerns(world: World):
    escalation = await given_escalation(world, ["gmc", "nmc"], slug="colleague")
    reference = await begun_panel(world, escalation, invitees=("lead", "nmc1"))
    await record(world, reference)
    await send(world, "inspector", outcome=PanelOutcome.MONITOR, rationale="Why.", tell="no", review_on="2026-12-09")
    for slug in ("colleague", "gmc1", "nmc1", "lead"):
        (word,) = [text for text in told(world, slug) if CLOSED in text]
        assert f"Panel {reference} about {escalation} has been closed" in word
        assert "monitor" not in word
        assert "Northgate" not in word
    for slug in ("inspector", "gmc2", "gmc3", "dean", "chair", "secretary", "matron"):
        assert not any(CLOSED in text for text in told(world, slug)), slug
    await world.persona("lead").press(last_dm(world, "lead"), f"Open {reference}")
    assert "Monitor." in world.persona("lead").modal.text


@SQLITE
async def test_closing_again_says_where_it_stands(world: World):
    reference = await begun_panel(world)
    page = await open_panel(world, "colleague", reference)
    await close(world, reference)
    await world.persona("colleague").press(page, "panel_record.record")
    assert "Joint action." in world.persona("colleague").modal.text
    assert (await acts(world, "panel")).count("panel closed") == 1


async def test_telling_the_provider_becomes_an_action(world: World):
    reference = await begun_panel(world)
    await close(world, reference)
    (action,) = await world.rows(Action)
    assert (action.owner_id, action.due_on, action.panel_id) == (
        world.ids["gmc1"],
        date(2026, 12, 1),
        (await panel_row(world, reference)).key,
    )
    assert action.issue == f"Tell the provider what panel {reference} concluded."
    assert "You have a new action from Inspector Person" in last_dm(world, "gmc1").text
    assert action.reference in (await open_log(world, "dean")).text


async def test_an_action_of_the_panel_is_added_once_with_where_it_came_from(world: World):
    reference = await begun_panel(world)
    tap = Tap(world)
    outcome = await fill(
        world, "gmc1", "action", reference, issue="Share the rota", owner="Nmc1 Person", due_on="2026-12-02"
    )
    assert outcome.ok, outcome
    await tap.again()
    world.pg.transport = tap.carry
    (action,) = await world.rows(Action)
    assert (action.owner_id, action.panel_id, action.provider_id) == (
        world.ids["nmc1"],
        (await panel_row(world, reference)).key,
        world.ids["northgate"],
    )
    assert (
        f"{action.reference} Share the rota (Nmc1 Person, NMC, due 2 December 2026, open)"
        in (await open_panel(world, "nmc1", reference)).text
    )


@SQLITE
async def test_two_actions_from_one_screen_are_two(world: World):
    reference = await begun_panel(world)
    gmc = world.persona("gmc1")
    await open_panel(world, "gmc1", reference)
    for number in range(4):  # beyond the three forms that may lie on top of each other
        await gmc.press(gmc.modal, "panel_record.action")
        sent = await send(world, "gmc1", issue=f"Task {number}", owner="Nmc1 Person", due_on="2026-12-02")
        assert sent.ok, sent
    assert sorted(one.issue for one in await world.rows(Action)) == [f"Task {number}" for number in range(4)]


@SQLITE
async def test_an_action_without_sense_is_refused_beside_its_fields(world: World):
    reference = await begun_panel(world)
    refused = await fill(world, "gmc1", "action", reference, issue="Ask.", owner="Nmc1 Person", due_on="2026-11-20")
    assert set(refused.errors) == {"due_on"}


async def test_what_a_restricted_panel_agreed_stays_with_those_it_concerns(world: World):
    reference = await begun_panel(world, await restricted(world), invitees=("gmc1",))
    await close(world, reference)
    (action,) = await world.rows(Action)
    shown = {slug: action.reference in (await open_log(world, slug)).text for slug in ("dean", "gmc2", "chair")}
    assert shown == {"dean": False, "gmc2": True, "chair": False}
    await world.move_to(nine("2026-11-24"))
    (digest,) = digests(world)
    assert reference not in digest.text
    assert action.reference not in digest.text
    assert "Panels" not in digest.text
    assert reference not in await agenda(world, "dean")


async def test_the_agenda_tells_what_was_concluded(world: World):
    escalation = await given_escalation(world, ["gmc"])
    reference = await begun_panel(world, escalation, invitees=("gmc1",))
    await close(world, reference, outcome=PanelOutcome.RISK_SUMMIT)
    await world.move_to(nine("2026-11-24"))
    (digest,) = digests(world)
    line = f"Northgate University Hospital NHS Trust: panel {reference} about {escalation}: risk summit"
    assert f"{line}; looked at again on 9 December 2026" in digest.text
    assert "Both regulators" not in digest.text
    assert line in await agenda(world, "dean")
    await add(world, conflict(world.ids, "dean", "northgate"))
    assert reference not in await agenda(world, "dean")


@SQLITE
async def test_a_digest_that_tells_of_a_panel_waits_for_who_may_not_read_it(world: World):
    reference = await begun_panel(world, invitees=("gmc1",))
    await close(world, reference)
    await add(world, conflict(world.ids, "dean", "northgate"))  # who is in the channel
    await world.move_to(nine("2026-11-24"))
    assert digests(world) == []


async def test_answers_stand_once_it_was_held(world: World):
    escalation = await given_escalation(world, ["gmc"])
    (row,) = await world.rows(Escalation)
    reference = await begun_panel(world, escalation)

    async def held() -> bool:
        async with world.bot.store.look() as unit:
            return await panel_held(unit, row.key)

    assert not await held()
    await record(world, reference)
    assert not await held()
    await send(world, "inspector", **CONCLUSION)
    assert await held()


@SQLITE
async def test_who_raised_it_without_being_named_is_not_named(world: World):
    escalation = await given_escalation(world, ["gmc"], attributed=False)
    reference = await begun_panel(world, escalation, invitees=("gmc1", "inspector"))
    page = (await open_panel(world, "gmc1", reference)).text
    pack = await pack_of(world, reference, "gmc1") or ""
    for text in (page, pack):
        assert ("CQC" in text, "Inspector Person" in text) == (False, False)
        assert "is not named" in text
    assert "CQC" in (await open_panel(world, "colleague", reference)).text


# What stays.


@SQLITE
async def test_nothing_written_leaves_the_records(world: World):
    reference = await begun_panel(world)
    await fill(world, "gmc1", "activity", reference, text="canary-activity")
    await fill(world, "gmc1", "said", reference, text="canary-said")
    await fill(world, "gmc1", "action", reference, issue="canary-issue", owner="Nmc1 Person", due_on="2026-12-02")
    await record(world, reference, agreed_risk="canary-risk", joint_note="canary-note")
    await send(world, "inspector", **CONCLUSION | {"rationale": "canary-rationale"})
    kept = "".join(
        str(row.model_dump()) for row in (await panel_row(world, reference), *await world.rows(PanelContribution))
    )
    assert all(f"canary-{name}" in kept for name in ("activity", "said", "risk", "note", "rationale"))
    rows = [*await world.rows(OutboxRow), *await world.rows(JournalEntry)]
    assert [row for row in rows if "canary" in str(row.model_dump())] == []
    assert not any("canary-r" in text for slug in ("gmc1", "nmc1") for text in told(world, slug))


async def test_an_action_outlives_its_panel_and_loses_only_the_link(world: World):
    reference = await begun_panel(world)
    await close(world, reference)
    panel = await panel_row(world, reference)
    async with world.bot.store.begin() as unit:
        await erase_panels(unit, [panel.escalation_id])
    (action,) = await world.rows(Action)
    assert (action.panel_id, action.owner_id) == (None, world.ids["gmc1"])


@SQLITE
async def test_a_panel_counts_as_having_acted_on_the_concern(world: World):
    reference = await begun_panel(world)
    await world.move(days=2)
    await close(world, reference)
    (concern,) = await world.rows(Concern)
    assert (concern.active_at, concern.retention) == (world.now, "acted_on")
