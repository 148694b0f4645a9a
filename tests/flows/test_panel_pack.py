"""A panel's pack: what each organisation does already, and what is known and what is not, for each reader."""

from datetime import timedelta

from bot.domain.panels import ContributionKind, PanelState
from bot.domain.terms import Audience
from bot.services.panel_pack import ask_for_activity
from bot.store.tables import PanelContribution
from tests.flows.action_steps import SQLITE, acts, nine
from tests.flows.change_steps import change
from tests.flows.panel_record_steps import fill, given_panel, open_panel, pack_of, panel_row, restricted, send
from tests.flows.steps import answer, given_concern, given_escalation, last_dm, outbox, told
from tests.world import World


async def test_each_invitee_is_asked_and_the_pack_holds_what_they_sent(world: World):
    escalation = await given_escalation(world, ["gmc", "nmc"])
    await answer(world, "gmc1", escalation, reason="")
    reference = await given_panel(world, escalation, invitees=("gmc1", "lead"), starts_at=world.now + timedelta(days=9))
    await fill(world, "gmc1", "activity", reference, text="A visit is planned.")
    await fill(world, "gmc1", "activity", reference, text="A visit was made.")
    assert [one.text for one in await world.rows(PanelContribution)] == ["A visit is planned.", "A visit was made."]
    assert {one.kind for one in await world.rows(PanelContribution)} == {ContributionKind.ACTIVITY}
    pack = await pack_of(world, reference, "gmc1") or ""
    for part in (
        "OFFICIAL-SENSITIVE TLP:AMBER+STRICT",
        f"Regulatory review panel {reference}",
        "Room 2",
        "Dr Outside, Royal College",
        "Trainees left without a senior at night",
        "grade 2B",
        "GMC: answered",
        "A visit was made.",
        "NMC has not answered the escalation.",
        "Vale CCG has not said what it does already.",
    ):
        assert part in pack, part
    assert "A visit is planned." not in pack
    assert (
        pack.index("\nCQC\n") < pack.index("\nGMC\n", pack.index("Existing activity of")) < pack.index("\nVale CCG\n")
    )


@SQLITE
async def test_what_was_not_shared_is_not_in_somebody_s_pack(world: World):
    """Of a panel about two concerns, each invitee's pack holds what that person may read, and says that there is more;
    whoever may read nothing of it gets no pack at all."""
    told = await given_concern(world)
    escalation = await given_escalation(world, ["gmc"], concern=told)
    only_theirs = await given_concern(world, audience=Audience.ORGANISATIONS, organisations=(world.ids["org:gmc"],))
    await change(world, escalation, "widen", concern=only_theirs)
    reference = await given_panel(world, escalation, invitees=("gmc1", "lead"))
    mine, theirs = await pack_of(world, reference, "gmc1") or "", await pack_of(world, reference, "lead") or ""
    assert [told in mine, only_theirs in mine, "has not been shared with you" in mine] == [True, True, False]
    assert [told in theirs, only_theirs in theirs, "has not been shared with you" in theirs] == [True, False, True]
    nothing = await given_panel(world, await restricted(world), invitees=("gmc1", "lead"))
    assert await pack_of(world, nothing, "lead") is None


@SQLITE
async def test_a_reason_is_for_whoever_asked_and_whoever_gave_it(world: World):
    escalation = await given_escalation(world, ["gmc", "nmc"])
    await answer(world, "gmc1", escalation, "hold", "Two complaints.")
    reference = await given_panel(world, escalation)
    packs = [await pack_of(world, reference, slug) or "" for slug in ("inspector", "gmc1", "nmc1")]
    assert ["Two complaints." in pack for pack in packs] == [True, True, False]
    assert all("holds related information" in pack for pack in packs)


async def test_the_pack_goes_out_the_working_day_before_and_on_request(world: World):
    reference = await given_panel(world, starts_at=nine("2026-11-30"))  # a Monday
    await world.move_to(nine("2026-11-27") - timedelta(minutes=1))
    assert await outbox(world, "panel_record.pack") == []
    await world.move_to(nine("2026-11-27"))
    await world.move(minutes=5)
    sent = await outbox(world, "panel_record.pack")
    assert {row.person_id for row in sent} == {world.ids["gmc1"], world.ids["nmc1"]}
    assert len(sent) == 2
    assert any(f"The pack of panel {reference}" in text for text in told(world, "nmc1"))
    for _ in range(2):
        page = await open_panel(world, "gmc1", reference)
        await world.persona("gmc1").press(page, "Send me the pack")
        await world.settle()
    assert len(await outbox(world, "panel_record.pack")) == 3
    assert (await acts(world, "panel")).count("panel pack asked") == 1


@SQLITE
async def test_a_panel_that_is_moved_or_called_off_has_no_pack_for_the_old_day(world: World):
    reference = await given_panel(world, starts_at=nine("2026-11-30"))
    panel = await panel_row(world, reference)
    panel.starts_at = nine("2026-12-14")
    await world.change(panel)
    await world.move_to(nine("2026-11-27"))
    assert await outbox(world, "panel_record.pack") == []
    panel = await panel_row(world, reference)
    panel.state = PanelState.CANCELLED
    await world.change(panel)
    await world.move_to(nine("2026-12-11"))
    assert await outbox(world, "panel_record.pack") == []
    assert await pack_of(world, reference, "gmc1") is None


async def test_asking_for_existing_activity_is_asking_once(world: World):
    reference = await given_panel(world)
    panel = await panel_row(world, reference)
    for _ in range(2):
        async with world.bot.store.begin() as unit:
            await ask_for_activity(unit, panel, world.now)
        await world.settle()
    (word,) = [text for text in told(world, "nmc1") if "do already?" in text]
    assert f"Panel {reference}: what does NMC do already?" in word
    assert "Northgate" not in word
    await world.persona("nmc1").press(last_dm(world, "nmc1"), "Our existing activity")
    assert (await send(world, "nmc1", text="A fitness to practise case.")).ok
    assert "A fitness to practise case." in world.persona("nmc1").modal.text


@SQLITE
async def test_who_has_said_already_is_not_asked(world: World):
    reference = await given_panel(world, invitees=("gmc1", "gmc2"))
    await fill(world, "gmc1", "activity", reference, text="A visit.")
    async with world.bot.store.begin() as unit:
        await ask_for_activity(unit, await panel_row(world, reference), world.now)
    await world.settle()
    assert not any("do already?" in text for slug in ("gmc1", "gmc2") for text in told(world, slug))
