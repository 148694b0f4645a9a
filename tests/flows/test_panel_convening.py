"""Convening a panel: who may, who is asked, when they can come, and what they are told once it is settled."""

import asyncio
from datetime import UTC, date, datetime, time

import pytest

from bot.domain.panels import PanelState
from bot.domain.terms import Audience, Basis, ConcernState, Marking
from bot.errors import ChangedMeanwhile, FormErrors, NotFound, NotYours, WrongState
from bot.services.panel_times import Move, call_off, fix_time, move, say_when
from bot.services.panels import open_panel
from bot.store.tables import Concern, ConcernAudience, JournalEntry, Panel, PanelInvitee, PanelVote
from tests.flows.action_steps import SQLITE, acts
from tests.flows.panel_steps import (
    FORM,
    TEN,
    TWO,
    composed,
    convene,
    entry,
    fix,
    given_panel,
    joined_escalation,
    newest,
    open_form,
    refused,
    say,
    times,
)
from tests.flows.steps import FORM as CONCERN
from tests.flows.steps import (
    Tap,
    answer,
    given_concern,
    given_escalation,
    open_escalation,
    outbox,
    told,
    viewer,
)
from tests.flows.test_escalation_begin import chosen, offered
from tests.world import World, conflict

MONDAY_TEN, TUESDAY_TWO = "Mon 30 Nov 2026, 10:00", "Tue 1 Dec 2026, 14:00"


async def test_from_proposing_times_to_the_day_itself(world: World):
    escalation = await joined_escalation(world)
    reference = await convene(world, escalation)
    page = world.persona("inspector").modal.text
    assert "GMC" in page
    assert "HEE" in page
    assert "when can you come" in newest(world, "gmc1")
    assert "You can come" not in newest(world, "gmc1")
    assert "Noted: you can come" in await say(world, "gmc1", "I can", TUESDAY_TWO)
    await say(world, "gmc1", "I cannot", MONDAY_TEN)
    await say(world, "dean", "I can", TUESDAY_TWO)
    tallies = [text for text in told(world, "inspector") if "who can come when" in text]
    assert len(tallies) == 1  # replaced in place
    assert f"{MONDAY_TEN}: 1 can – Inspector Person; 1 cannot – Gmc1 Person; 1 not answered" in tallies[0]
    assert f"{TUESDAY_TWO} (suits most): 3 can" in tallies[0]
    await fix(world, TUESDAY_TWO)
    for slug in ("inspector", "gmc1", "dean"):
        (text,) = headed(world, slug, "is fixed")
        assert TUESDAY_TWO in text
        assert CONCERN["headline"] not in text
        assert FORM["purpose"] not in text
    await world.move_to(datetime(2026, 11, 30, 9, 30, tzinfo=UTC))
    assert newest(world, "gmc1").startswith(f"Coming up: regulatory review panel {reference}")
    await world.move_to(datetime(2026, 12, 1, 9, 30, tzinfo=UTC))
    assert newest(world, "gmc1").startswith(f"Today: regulatory review panel {reference}")
    before = {slug: told(world, slug) for slug in ("inspector", "gmc1", "dean")}
    await world.move(hours=2)
    assert {slug: told(world, slug) for slug in before} == before
    assert [act for act in await acts(world, "panel") if act != "panel read"] == [
        "panel convened",
        *["panel answered"] * 3,
        "panel fixed",
        "panel reminded",
        "panel packs sent",
        "panel reminded",
    ]


async def test_those_who_stand_for_the_organisations_are_proposed(world: World):
    """Who answered, else who was reached last; and, when another organisation convenes it, whoever asked."""
    escalation = await given_escalation(world, ["gmc", "hee", "nmc"])
    await world.move(days=2)
    await world.move(days=1)  # nobody answers: on to GMC's deputy
    await answer(world, "nmc1", escalation, "hold", "Two referrals.")
    reached = ["Dean Person (HEE)", "Gmc2 Person (GMC)", "Nmc1 Person (NMC)"]
    assert sorted(offered(await open_form(world, "inspector", escalation), "invited")) == reached
    form = await open_form(world, "nmc1", escalation)
    assert sorted(chosen(form, "invited")) == [*reached[:2], "Inspector Person (CQC)"]


@SQLITE
@pytest.mark.parametrize(
    ("outcome", "reason", "may"),
    [
        ("hold", "Two referrals.", True),
        ("join", "", True),
        ("none", "", False),
        ("more", "Which ward?", False),
    ],
)
async def test_who_may_convene(world: World, outcome: str, reason: str, may: bool):
    escalation = await given_escalation(world, ["gmc", "hee"])
    await answer(world, "gmc1", escalation, outcome, reason)
    for slug, allowed in (("colleague", True), ("gmc3", may), ("dean", False), ("chair", False)):
        page = await open_escalation(world, slug, escalation)
        assert ("Convene a panel" in page.text) is allowed
        if not allowed:
            with pytest.raises(NotYours):
                await given_panel(world, escalation, slug)
    for slug in ("nmc1", "phso1", "matron"):
        with pytest.raises(NotFound):
            await given_panel(world, escalation, slug)


@SQLITE
async def test_a_second_panel_is_not_convened_while_one_is_open(world: World):
    escalation = await joined_escalation(world)
    form = await open_form(world, "gmc1", escalation)
    reference = await convene(world, escalation)
    assert (await world.persona("gmc1").submit(form, FORM)).ok
    assert f"There is a panel about {escalation} already" in world.persona("gmc1").modal.text
    page = await open_form(world, "gmc1", escalation)
    assert f"There is a panel about {escalation} already" in page.text
    assert reference in page.text
    assert len(await world.rows(Panel)) == 1
    await changed(world, "off")
    assert await convene(world, escalation, "gmc1") != reference


async def test_one_form_sent_often_is_one_panel(world: World):
    form = await open_form(world, "inspector", await joined_escalation(world))
    tap = Tap(world)
    tap.copies = 4
    assert (await world.persona("inspector").submit(form, FORM)).ok
    assert all(one == tap.answers[0] for one in tap.answers)
    assert len(await world.rows(Panel)) == 1
    assert len(await world.rows(PanelInvitee)) == 3
    assert len(await outbox(world, "panel.poll")) == 2


async def test_two_organisations_at_once_convene_one(world: World):
    escalation = await joined_escalation(world)
    made = await asyncio.gather(
        given_panel(world, escalation, invited=(), others=(world.ids["dean"],)),
        given_panel(world, escalation, "gmc1", invited=(), others=(world.ids["dean"],)),
    )
    assert len({panel.reference for panel in made}) == len(await world.rows(Panel)) == 1


WRONG = [
    ({"day_1": "2026-11-20"}, {"day_1": "This time has passed."}),
    ({"day_1": "2026-11-29"}, {"day_1": "This is a weekend."}),
    ({"day_2": "2026-12-28"}, {"day_2": "This is a bank holiday in England."}),
    ({"day_2": "2028-12-01"}, {"day_2": "more than a year away"}),
    ({"day_2": "2026-11-30", "time_2": "10:00"}, {"time_2": "proposed this time already"}),
    ({"day_4": "2026-12-02"}, {"time_4": "Choose a day and a time of day."}),
    ({"outside": "Ann Other, CCG"}, {"outside": "Line 1: write a name, an organisation and an e-mail"}),
    ({"invited": []}, {"others": "Invite at least one other person."}),
]


@SQLITE
async def test_what_is_wrong_is_said_beside_the_field(world: World):
    escalation = await joined_escalation(world)
    for values, expected in WRONG:
        errors = await refused(world, escalation, **values)
        assert errors.keys() == expected.keys()
        assert all(sentence in errors[field] for field, sentence in expected.items())
    with pytest.raises(FormErrors) as refusal:
        await given_panel(world, escalation, purpose=" ", place=" \n", minutes=61, slots=())
    assert set(refusal.value.fields) == {"purpose", "place", "minutes", "day_1", "day_2"}
    assert await world.rows(Panel) == []


async def test_the_raiser_s_organisation_brings_in_somebody_by_name(world: World):
    concern = await given_concern(world, audience=Audience.ORGANISATIONS, organisations=(world.ids["org:gmc"],))
    escalation = await joined_escalation(world, "gmc", concern=concern)
    reference = await convene(world, escalation, others=["Lead Person"])
    (line,) = await world.rows(ConcernAudience, ConcernAudience.person_id == world.ids["lead"])
    assert line.basis is Basis.ESCALATION
    assert reference in newest(world, "lead")
    lead = world.persona("lead")
    await lead.press(lead.dms()[-1], f"Open {reference}")
    assert "Lead Person, Vale CCG" in lead.modal.text
    assert f"Open {escalation}" not in lead.modal.text
    await lead.press(lead.modal, f"Read {concern}")
    assert CONCERN["headline"] in lead.modal.text


@SQLITE
async def test_who_may_not_be_brought_in_is_named(world: World):
    concern = await given_concern(world, audience=Audience.ORGANISATIONS, organisations=(world.ids["org:gmc"],))
    escalation = await joined_escalation(world, "gmc", "hee", concern=concern)
    await world.change(conflict(world.ids, "chair", "northgate"))
    errors = await refused(world, escalation, others=["Chair Person"])
    assert errors == {"others": "Chair Person (NHS England) cannot be invited."}
    errors = await refused(world, escalation, "gmc1", others=["Lead Person", "Gmc3 Person"])
    assert errors == {
        "others": "Only the organisation that raised the concern may show it to more people. "
        "Leave out: Lead Person (Vale CCG)."
    }
    assert await world.rows(ConcernAudience, ConcernAudience.person_id == world.ids["lead"]) == []
    for forged in ({"others": (world.ids["matron"],)}, {"invited": (world.ids["lead"],)}, {"others": (987654,)}):
        with pytest.raises(FormErrors):
            await given_panel(world, escalation, **forged)


@SQLITE
async def test_named_people_only_stays_so(world: World):
    people = (world.ids["dean"], world.ids["gmc1"])
    concern = await given_concern(world, audience=Audience.PEOPLE, people=people)
    escalation = await given_escalation(world, ["gmc"], concern=concern)
    (row,) = await world.rows(Concern)
    row.marking = Marking.RED
    await world.change(row)
    with pytest.raises(FormErrors) as refusal:
        await given_panel(world, escalation, invited=(world.ids["gmc1"],), others=(world.ids["lead"],))
    assert "people named in it only" in refusal.value.fields["others"]
    assert "Lead Person" in refusal.value.fields["others"]


async def test_an_organisation_that_is_not_named_stays_so(world: World):
    escalation = await joined_escalation(world, "gmc", attributed=False)
    form = await open_form(world, "gmc1", escalation)
    assert "Inspector" not in str(form.blocks)
    panel = await convene(world, escalation, "gmc1", others=["Gmc3 Person"])
    assert "Somebody who is not named" in world.persona("gmc1").modal.text
    await say(world, "inspector", "I can", MONDAY_TEN)
    for text in (newest(world, "gmc1"), world.persona("gmc1").modal.text, newest(world, "gmc3")):
        assert "Inspector" not in text
        assert "CQC" not in text
    assert f"{MONDAY_TEN} (suits most): 2 can" in newest(world, "gmc1")
    assert panel in newest(world, "inspector")


@SQLITE
async def test_people_from_outside_get_nothing_and_the_convener_is_told(world: World):
    outside = "Ann Other, Riverside Council, ann@riverside.example"
    await convene(world, await joined_escalation(world), outside=outside)
    assert "Ann Other, Riverside Council (from outside" in world.persona("inspector").modal.text
    await fix(world, MONDAY_TEN)
    assert "ann@riverside.example" in newest(world, "inspector")
    assert "ann@riverside.example" not in str(told(world, "gmc1"))


async def test_an_answer_works_once_and_can_be_changed_until_a_time_is_fixed(world: World):
    await given_panel(world)
    assert "Noted: you can come" in await say(world, "gmc1", "I can", MONDAY_TEN)
    assert "You have said so already: you can come" in await say(world, "gmc1", "I can", MONDAY_TEN)
    assert f"{MONDAY_TEN}: you can come" in newest(world, "gmc1")
    assert "Noted: you cannot come" in await say(world, "gmc1", "I cannot", MONDAY_TEN)
    assert "Noted: you can come" in await say(world, "gmc1", "I can", MONDAY_TEN)
    assert f"{MONDAY_TEN}: you can come" in newest(world, "gmc1")
    (vote,) = await world.rows(PanelVote, PanelVote.person_id == world.ids["gmc1"])
    assert vote.can
    gmc = world.persona("gmc1")
    poll = next(one for one in gmc.dms() if "when can you come" in one.text)
    await fix(world, MONDAY_TEN)
    assert not any("I cannot" in text for text in told(world, "gmc1"))
    await gmc.press(poll, f"I cannot: {MONDAY_TEN}")
    assert "is fixed, so it cannot be answered now" in [one for one in gmc.dms() if one.ephemeral][-1].text


@SQLITE
async def test_only_those_invited_answer_and_only_the_conveners_settle(world: World):
    await given_panel(world)
    first = (await times(world))[0].key
    for slug in ("gmc1", "dean", "gmc3"):
        with pytest.raises(NotYours):
            await changed(world, "fix", slug)
    with pytest.raises(NotYours):
        await changed(world, "say", "gmc3")
    for slug in ("lead", "chair", "nmc1", "matron"):
        for act in ("fix", "say", "move", "off"):
            with pytest.raises(NotFound):
                await changed(world, act, slug)
    async with world.bot.store.begin() as unit:
        with pytest.raises(NotFound):
            await fix_time(unit, first + 500, by=await viewer(world, unit, "inspector"), **when(world))
    await changed(world, "fix", "colleague")
    (panel,) = await world.rows(Panel)
    assert (panel.state, panel.starts_at) == (PanelState.FIXED, TEN)


@SQLITE
async def test_who_is_barred_is_told_nothing_more(world: World):
    await given_panel(world)
    await world.change(conflict(world.ids, "gmc1", "northgate"))
    before = told(world, "gmc1")
    await changed(world, "fix")
    assert set(told(world, "gmc1")) - set(before) == {"An item was removed from here."}  # the poll they had
    with pytest.raises(NotFound):
        await changed(world, "say", "gmc1")


@SQLITE
async def test_what_is_withdrawn_is_told_to_nobody(world: World):
    escalation = await joined_escalation(world)
    panel = await given_panel(world, escalation)
    (concern,) = await world.rows(Concern)
    concern.state = ConcernState.WITHDRAWN
    await world.change(concern)
    await changed(world, "fix")
    rows = [row for row in await outbox(world) if row.kind.startswith("panel.")]
    assert {row.kind for row in rows} == {"panel.poll", "panel.tally", "panel.settled"}
    assert [await composed(world, row) for row in rows] == [None] * len(rows)
    assert panel.reference not in newest(world, "inspector")
    await changed(world, "off")
    with pytest.raises(WrongState, match="is withdrawn"):
        await given_panel(world, escalation)


async def test_a_calendar_file_goes_with_every_change_and_stays_one_entry(world: World):
    panel = await given_panel(world)
    await changed(world, "fix")
    fixed = await entry(world, (await outbox(world, "panel.settled"))[-1])
    await changed(world, "move")
    moved = await entry(world, (await outbox(world, "panel.settled"))[-1])
    await changed(world, "off")
    off = await entry(world, (await outbox(world, "panel.off"))[-1])
    assert [method for method, _ in (fixed, moved, off)] == ["REQUEST", "REQUEST", "CANCEL"]
    events = [event for _, event in (fixed, moved, off)]
    assert len({str(event["UID"]) for event in events}) == 1
    assert [int(event["SEQUENCE"]) for event in events] == [1, 2, 3]
    later = datetime(2026, 12, 3, 9, tzinfo=UTC)
    assert [event["DTSTART"].dt for event in events] == [TEN, later, later]
    assert {str(event["SUMMARY"]) for event in events} == {f"Regulatory review panel {panel.reference}"}
    assert str(events[1]["LOCATION"]) == "Room 5"
    assert "URL" not in events[0]
    for slug in ("inspector", "gmc1", "dean"):
        for ending in ("is fixed", "has been moved", "has been called off"):
            assert len(headed(world, slug, ending)) == 1


async def test_an_older_word_of_the_time_is_not_sent_after_a_newer(world: World):
    await given_panel(world)
    await changed(world, "fix", settle=False)
    await changed(world, "move")
    for slug in ("inspector", "gmc1", "dean"):
        assert headed(world, slug, "is fixed") == []
        assert len(headed(world, slug, "has been moved")) == 1


@SQLITE
async def test_moving_and_calling_off_want_a_reason_and_say_it_on_the_page(world: World):
    reference = await convene(world, await joined_escalation(world))
    await fix(world, MONDAY_TEN)
    inspector = world.persona("inspector")
    await inspector.press(inspector.modal, "Another time")
    for act in ("move", "off"):
        with pytest.raises(FormErrors) as refusal:
            await changed(world, act, why="  ")
        assert refusal.value.fields == {"why": "Say why. Everybody invited reads it."}
    outcome = await inspector.submit(inspector.modal, {"why": "The same."})
    assert outcome.errors == {"day": "It is fixed at this time and place already."}
    sent = await inspector.submit(inspector.modal, {"day": "2026-12-03", "time": "09:00", "why": "The dean is ill."})
    assert sent.ok, sent
    assert "The dean is ill." in inspector.modal.text
    await world.settle()
    assert "The dean is ill." not in newest(world, "gmc1")
    gmc = world.persona("gmc1")
    await gmc.press(next(one for one in gmc.dms() if "has been moved" in one.text), f"Open {reference}")
    assert "Why it was moved" in gmc.modal.text
    assert "The dean is ill." in gmc.modal.text
    assert "Call it off" not in gmc.modal.text


@SQLITE
async def test_two_people_move_it_at_the_same_time(world: World):
    await given_panel(world)
    await changed(world, "fix")
    (panel,) = await world.rows(Panel)
    await changed(world, "move", version=panel.version)
    await changed(world, "move", version=panel.version)  # the same again
    with pytest.raises(ChangedMeanwhile):
        await changed(world, "move", "colleague", version=panel.version, place="Room 6")
    assert len(await outbox(world, "panel.settled")) == 6


@SQLITE
@pytest.mark.parametrize("act", ["fix", "say", "move", "off"])
async def test_what_has_been_held_stays_as_it_is(world: World, act: str):
    await given_panel(world)
    (panel,) = await world.rows(Panel)
    panel.state, panel.starts_at, panel.held_at = PanelState.HELD, TWO, TWO
    await world.change(panel)
    with pytest.raises(WrongState):
        await changed(world, act)


@SQLITE
async def test_a_time_that_has_passed_is_not_fixed(world: World):
    await given_panel(world)
    await world.move_to(datetime(2026, 11, 30, 10, 0, tzinfo=UTC))
    for act in ("fix", "say"):
        with pytest.raises(WrongState, match="That time is past"):
            await changed(world, act)


@SQLITE
async def test_the_convener_hears_when_no_time_is_fixed(world: World):
    panel = await given_panel(world)
    await world.move_to(datetime(2026, 11, 25, 10, tzinfo=UTC))
    assert await outbox(world, "panel.unfixed") == []
    for hour in (10, 11, 12):
        await world.move_to(datetime(2026, 11, 26, hour, tzinfo=UTC))
    assert len(await outbox(world, "panel.unfixed")) == 1
    assert f"No time is fixed yet for regulatory review panel {panel.reference}" in str(told(world, "inspector"))


@SQLITE
async def test_only_those_who_are_coming_are_reminded(world: World):
    await given_panel(world)
    await say(world, "gmc1", "I cannot", MONDAY_TEN)
    await changed(world, "fix")
    await world.move_to(datetime(2026, 11, 27, 10, tzinfo=UTC))  # the Friday before
    await world.move(hours=1)
    reminded = [row.person_id for row in await outbox(world, "panel.reminder")]
    assert sorted(reminded) == sorted([world.ids["inspector"], world.ids["dean"]])


@SQLITE
async def test_who_is_told_of_it_today_is_not_reminded_as_well(world: World):
    await given_panel(world)
    await world.move_to(datetime(2026, 11, 30, 9, 0, tzinfo=UTC))
    await changed(world, "fix")
    await world.tick()
    assert await outbox(world, "panel.reminder") == []


@SQLITE
async def test_every_reading_is_logged(world: World):
    panel = await given_panel(world)
    for slug in ("gmc3", "dean"):
        await see(world, slug, panel)
    read = await world.rows(JournalEntry, JournalEntry.act == "panel read")
    assert [entry.person_id for entry in read] == [world.ids["gmc3"], world.ids["dean"]]
    assert {entry.subject_id for entry in read} == {panel.key}


async def test_one_process_reminds_as_often_as_two(world: World):
    await given_panel(world)
    await changed(world, "fix")
    twin = world.twin()
    world.pg.clock.set(datetime(2026, 11, 27, 10, tzinfo=UTC))
    await world.tick(world.bot, twin)
    await twin.store.close()
    assert len(await outbox(world, "panel.reminder")) == 3


def headed(world: World, slug: str, ending: str) -> list[str]:
    """The direct messages of somebody whose first line ends so."""
    return [text for text in told(world, slug) if text.splitlines()[0].endswith(ending)]


def when(world: World) -> dict:
    return {"now": world.now, "rules": world.bot.work.rules}


async def see(world: World, slug: str, panel: Panel) -> None:
    """Open a panel's page."""
    async with world.bot.store.begin() as unit:
        await open_panel(unit, panel.reference, by=await viewer(world, unit, slug), **when(world))


async def changed(world: World, act: str, slug: str = "inspector", *, settle: bool = True, **values) -> None:
    """Fix, move or call off the newest panel, or say that one can come at its first time."""
    first = (await times(world))[0].key
    panel = max(await world.rows(Panel), key=lambda one: one.key)
    async with world.bot.store.begin() as unit:
        by = {"by": await viewer(world, unit, slug), **when(world)}
        match act:
            case "fix":
                await fix_time(unit, first, **by)
            case "say":
                await say_when(unit, first, True, **by)
            case "move":
                to = {"day": date(2026, 12, 3), "clock": time(9), "place": "Room 5"}
                to |= {"why": "The room is taken.", "version": panel.version}
                await move(unit, panel.reference, Move(**to | values), **by)
            case "off":
                await call_off(unit, panel.reference, values.get("why", "Nobody can come."), **by)
    if settle:
        await world.settle()
