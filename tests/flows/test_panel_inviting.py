"""Inviting more people to a panel that stands, and what becomes of it when its subject is withdrawn."""

import pytest

from bot.domain.panels import PanelState
from bot.domain.terms import HandlingKind
from bot.errors import FormErrors, NotFound, NotYours, WrongState
from bot.services.panel_inviting import Inviting, invite
from bot.store.tables import Panel, PanelInvitee
from tests.flows.action_steps import SQLITE
from tests.flows.change_steps import change
from tests.flows.handling_steps import given_change
from tests.flows.panel_steps import entry, fix, given_panel, joined_escalation, newest, say
from tests.flows.steps import at_once, given_concern, outbox, told, viewer
from tests.world import World, conflict

MONDAY_TEN = "Mon 30 Nov 2026, 10:00"


async def add_people(world: World, slug: str = "inspector", *others: str, outside: str = "") -> Panel:
    (panel,) = await world.rows(Panel)
    async with world.bot.store.begin() as unit:
        by = await viewer(world, unit, slug)
        more = Inviting([world.ids[one] for one in others], outside)
        found = await invite(unit, panel.reference, more, by=by, now=world.now, rules=at_once(world)["rules"])
    await world.settle()
    return found


async def test_more_people_are_asked_as_the_others_were(world: World):
    panel = await given_panel(world)
    inspector = world.persona("inspector")
    assert not [text for text in told(world, "lead") if "when can you come" in text]
    poll = next(one for one in inspector.dms() if "who can come when" in one.text)
    await inspector.press(poll, f"Open {panel.reference}")
    await inspector.press(inspector.modal, "Invite more people")
    refused = await inspector.submit(inspector.modal, {})
    assert "Choose somebody" in refused.errors["others"]
    sent = await inspector.submit(inspector.modal, {"others": ["Lead Person"], "outside": "Ann, Council, a@b.example"})
    assert sent.ok, sent
    assert "Lead Person" in inspector.modal.text
    assert "Ann, Council (from outside" in inspector.modal.text
    await world.settle()
    assert "when can you come" in next(text for text in told(world, "lead") if panel.reference in text)
    await say(world, "lead", "I can", MONDAY_TEN)
    assert "Lead Person" in newest(world, "inspector")


async def test_who_is_invited_once_a_time_is_fixed_gets_the_time_and_the_file(world: World):
    await given_panel(world)
    await fix(world, MONDAY_TEN)
    await add_people(world, "inspector", "lead")
    (row,) = [row for row in await outbox(world, "panel.settled") if row.person_id == world.ids["lead"]]
    assert (await entry(world, row))[0] == "REQUEST"
    assert any("do already?" in text for text in told(world, "lead"))
    assert len([row for row in await outbox(world, "panel.settled") if row.person_id == world.ids["gmc1"]]) == 1


@SQLITE
async def test_nobody_is_invited_twice(world: World):
    await given_panel(world)
    for _ in range(2):
        await add_people(world, "inspector", "lead", "gmc1", outside="Ann, Council, a@b.example")
    people = [row.person_id for row in await world.rows(PanelInvitee)]
    assert len(people) == len(set(people)) == 5
    for slug in ("lead", "gmc1"):
        assert len([text for text in told(world, slug) if "when can you come" in text]) == 1


@SQLITE
async def test_who_may_not_be_invited_is_said_and_nobody_is(world: World):
    await given_panel(world)
    await world.change(conflict(world.ids, "lead", "northgate"))
    with pytest.raises(FormErrors) as refusal:
        await add_people(world, "inspector", "lead", "gmc3")
    assert "Lead Person" in refusal.value.fields["others"]
    with pytest.raises(FormErrors) as nobody:
        await add_people(world, "inspector", outside="Ann")
    assert "Line 1" in nobody.value.fields["outside"]
    assert len(await world.rows(PanelInvitee)) == 3


@SQLITE
async def test_only_the_conveners_invite_and_only_while_it_is_to_come(world: World):
    panel = await given_panel(world)
    with pytest.raises(NotYours):
        await add_people(world, "gmc1", "gmc3")
    with pytest.raises(NotFound):
        await add_people(world, "phso1", "gmc3")
    for state in (PanelState.HELD, PanelState.CANCELLED):
        (panel,) = await world.rows(Panel)
        panel.state = state
        await world.change(panel)
        with pytest.raises(WrongState, match="cannot be added to"):
            await add_people(world, "inspector", "gmc3")


async def test_a_concern_that_is_withdrawn_takes_its_panel_with_it(world: World):
    concern = await given_concern(world)
    panel = await given_panel(world, await joined_escalation(world, concern=concern))
    await fix(world, MONDAY_TEN)
    await given_change(world, "inspector", concern, HandlingKind.WITHDRAW, reason="It was a mistake.")
    (panel,) = await world.rows(Panel)
    assert panel.state is PanelState.CANCELLED
    for slug in ("inspector", "gmc1", "dean"):
        words = [text for text in told(world, slug) if "has been withdrawn" in text and panel.reference in text]
        assert len(words) == 1, slug
        assert "mistake" not in words[0]
    rows = [row for row in await outbox(world, "panel.withdrawn") if row.person_id == world.ids["gmc1"]]
    method, event = await entry(world, rows[0])
    assert (method, int(event["SEQUENCE"])) == ("CANCEL", 2)


@SQLITE
async def test_a_panel_about_something_else_as_well_still_meets(world: World):
    first, second = await given_concern(world), await given_concern(world)
    escalation = await joined_escalation(world, concern=first)
    await change(world, escalation, "widen", concern=second)
    await given_panel(world, escalation)
    await given_change(world, "inspector", first, HandlingKind.WITHDRAW, reason="A mistake.")
    assert [panel.state for panel in await world.rows(Panel)] == [PanelState.PROPOSED]
    await given_change(world, "inspector", second, HandlingKind.WITHDRAW, reason="A mistake.")
    assert [panel.state for panel in await world.rows(Panel)] == [PanelState.CANCELLED]


@SQLITE
async def test_who_never_heard_of_a_panel_does_not_hear_that_it_is_off(world: World):
    concern = await given_concern(world)
    escalation = await joined_escalation(world, concern=concern)
    await world.change(conflict(world.ids, "dean", "northgate"))
    with pytest.raises(FormErrors):
        await given_panel(world, escalation)
    await given_panel(world, escalation, invited=(world.ids["gmc1"],))
    await given_change(world, "inspector", concern, HandlingKind.WITHDRAW, reason="A mistake.")
    assert {row.person_id for row in await outbox(world, "panel.withdrawn")} == {
        world.ids["inspector"],
        world.ids["gmc1"],
    }
    assert not any("review panel" in text for text in told(world, "dean"))
