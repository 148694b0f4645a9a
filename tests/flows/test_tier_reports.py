"""Reports from one tier to the next: drafted from what may go on, edited and approved by a person, then told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.reports import ReportState
from bot.domain.terms import Audience, Level, Marking, MeetingState
from bot.store.agenda_decisions import feedback_to
from bot.store.tables import Concern, Group, JournalEntry, Meeting, Report, Seat, SurveillanceLevel
from tests.flows.action_steps import SQLITE, add, said
from tests.flows.report_steps import (
    ANNEX_C,
    LOCAL,
    REGION,
    in_word,
    opened,
    plan_meeting,
    press,
    send,
    set_parent,
    start,
)
from tests.flows.steps import Tap, given_action, given_concern, given_escalation, outbox, told
from tests.world import World, conflict

NOTHING = "There is nothing under"


async def test_from_a_draft_to_the_group_above(world: World):
    await set_parent(world)
    green = await given_concern(world, headline="Rota gaps at night", marking=Marking.GREEN)
    action = await given_action(world, date(2026, 11, 24), provider_id=world.ids["northgate"])
    await world.move(days=2)
    reference = await start(world)
    page = world.persona("secretary").modal.text
    assert "EN Enhanced since 1 September 2026: Trainee survey and mortality." in page
    assert f"{green} (CQC, 23 November 2026): Rota gaps at night" in page
    assert f"Action {action} (HEE, due 24 November 2026, OVERDUE): Ask for the rota" in page
    assert "2.0 KEY ISSUES FOR THE ATTENTION OF THE REGIONAL QSG" in page
    assert page.count("None identified.") == 2  # interventions, support
    assert [NOTHING in await opened(world, slug, reference) for slug in (*REGION, "gmc3", "dean")] == [True] * 6
    assert (await opened(world, "chair", reference)).count("Approve and send") == 1
    outcome = await send(world, reference, considered=False)
    assert "none identified" in str(outcome.errors)
    assert (await send(world, reference)).ok
    for slug, hears in (("gmc1", True), ("nmc1", True), ("phso1", False), ("gmc2", False)):
        assert any(f"Report {reference} from Marram QSG" in text for text in told(world, slug)) is hears
    assert not any("Rota gaps" in text for text in told(world, "nmc1"))
    assert f"Report {reference} from Marram QSG: report after meetings" in await said(
        world, "phso1", "/agenda", "region", None
    )
    page = await opened(world, "chair", reference)
    assert "have not read it yet. On the agenda of r1" in page
    assert "Rota gaps at night" in await opened(world, "nmc1", reference)
    assert "Received: read for Regional QSG on Wed 25 Nov" in await opened(world, "chair", reference)
    (report,) = await world.rows(Report)
    assert (report.state, report.meeting_id is not None) == (ReportState.RECEIVED, True)
    acts = [one.act for one in await world.rows(JournalEntry, JournalEntry.subject_kind == "report")]
    assert [one for one in acts if one not in ("report read", "told")] == [
        "report drafted",
        "report approved",
        "report received",
    ]


HIDDEN = [
    {"marking": Marking.AMBER_STRICT},
    {"marking": Marking.RED, "audience": Audience.PEOPLE, "people": "gmc3"},
    {"marking": Marking.GREEN, "audience": Audience.ORGANISATIONS, "organisations": "nhse"},
    {"marking": Marking.GREEN, "verbal_only": True, "details": ""},
]


async def test_no_word_goes_on_of_what_may_not(world: World):
    """The worst that could happen: whatever hangs on a concern that stays, stays."""
    await set_parent(world)
    hidden = []
    for number, one in enumerate(HIDDEN):
        values = dict(one)
        if "people" in values:
            values["people"] = (world.ids[values["people"]],)
        if "organisations" in values:
            values["organisations"] = (world.ids[f"org:{values['organisations']}"],)
        hidden.append(await given_concern(world, headline=f"Hushed {number}", **values))
    escalation = await given_escalation(world, ["gmc"], concern=hidden[0])
    await given_action(world, date(2026, 12, 1), issue=f"About {hidden[0]}", provider_id=world.ids["northgate"])
    reference = await start(world)
    text = world.persona("secretary").modal.text
    assert "Hushed" not in text
    assert escalation not in text
    assert not any(one in text for one in hidden)
    assert "About a concern that stays where it is" in text
    # Nor can somebody write it in, and what they cannot see answers like what is not there.
    place = f"{reference}.issues.{world.ids['northgate']}"
    secretary = world.persona("secretary")
    await secretary.press(secretary.modal, "Edit this", place)
    for wrong in (*hidden, "C-222222"):
        outcome = await secretary.submit(secretary.modal, {"text": f"See {wrong}."})
        assert f"{wrong} cannot be named here" in str(outcome.errors), outcome
    assert "Hushed" not in await in_word(world, "secretary", reference)


async def test_what_is_restricted_later_is_withheld_from_then_on(world: World):
    await set_parent(world)
    green = await given_concern(world, headline="Rota gaps at night", marking=Marking.GREEN)
    reference = await start(world)
    assert (await send(world, reference)).ok
    assert "Rota gaps" in await opened(world, "gmc1", reference)
    (concern,) = await world.rows(Concern, Concern.reference == green)
    concern.marking = Marking.AMBER_STRICT
    await world.change(concern)
    for slug in ("gmc1", "chair"):
        page = await opened(world, slug, reference)
        assert "Rota gaps" not in page
        assert "has been restricted or removed since" in page
        assert "Rota gaps" not in await in_word(world, slug, reference)


async def test_whoever_is_barred_reads_nothing_about_the_provider(world: World):
    await set_parent(world)
    await given_concern(world, provider="vale", headline="Pressure ulcers", marking=Marking.GREEN)
    barred = [conflict(world.ids, slug, "northgate") for slug in ("gmc1", "chair")]
    await add(world, *barred)
    reference = await start(world)
    for slug, provider in (("secretary", "Northgate University"), ("chair", "Vale Community")):
        assert provider in await opened(world, slug, reference)
    page = await opened(world, "chair", reference)
    assert "Northgate" not in page
    assert "Trainee survey" not in page
    outcome = await send(world, reference, slug="chair")
    assert "may read every part of it" in str(outcome) + str(world.persona("chair").modal)
    assert (await world.rows(Report))[0].state is ReportState.DRAFT
    assert (await send(world, reference)).ok
    assert "Pressure ulcers" in await opened(world, "gmc1", reference)
    assert "Northgate" not in world.persona("gmc1").modal.text
    assert "Northgate" not in await in_word(world, "gmc1", reference)
    assert "Northgate" in await in_word(world, "phso1", reference)


@SQLITE
async def test_a_draft_by_somebody_barred_says_what_it_lacks_to_who_may_know(world: World):
    await set_parent(world)
    await add(world, conflict(world.ids, "chair", "northgate"))
    reference = await start(world, "chair")
    assert "Northgate" not in world.persona("chair").modal.text
    page = await opened(world, "secretary", reference)
    assert "Not in this draft, though at risk summit or on enhanced surveillance: Northgate" in page.replace("*", "")
    values = {"part": "issues", "provider": "Northgate", "text": "Rotas."}
    assert (await press(world, "secretary", "Add about a provider", **values)).ok
    assert "Not in this draft" not in world.persona("secretary").modal.text


async def test_a_part_is_edited_once_and_never_over_somebody_else(world: World):
    await set_parent(world)
    reference = await start(world)
    place = f"{reference}.support.0"
    secretary, chair = world.persona("secretary"), world.persona("chair")
    await opened(world, "chair", reference)
    await chair.press(chair.modal, "Edit", place)
    tap = Tap(world)
    await opened(world, "secretary", reference)
    assert (await press(world, "secretary", "Edit", place, text="Please ask CQC.\nSoon.")).ok
    await tap.again()  # the same form again
    (report,) = await world.rows(Report)
    assert [one["text"] for one in report.parts if one["key"] == "support"] == ["Please ask CQC.\nSoon."]
    outcome = await chair.submit(chair.modal, {"text": "Nothing."})
    assert "has just changed" in str(outcome.errors)
    await opened(world, "secretary", reference)
    for text, why in (
        ("Born 3/4/1980, NHS number 943 476 5919", "looks like"),
        ("Vale Community Health is worse", "It names Vale Community Health"),
    ):
        outcome = await press(world, "secretary", "Edit", place, text=text)
        assert why in outcome.errors["text"]
        await opened(world, "secretary", reference)
    assert (await press(world, "secretary", "Edit", place, text="")).ok
    assert "Please ask CQC" not in secretary.modal.text
    assert (await send(world, reference)).ok
    await tap.again()
    assert len(await outbox(world, "report.sent")) == 2
    assert "[Edit" not in await opened(world, "secretary", reference)
    assert len(await world.rows(Report)) == 1


async def test_two_who_start_at_once_have_one_draft(world: World):
    await set_parent(world)
    person = world.persona("secretary")
    await said(world, "secretary", "/soundings", "reports", None)
    await person.press(person.dms()[-1], "Start a report")
    tap = Tap(world)
    tap.copies = 3
    assert (await person.submit(person.modal, {"way": LOCAL})).ok
    assert len(await world.rows(Report)) == 1
    await start(world, "chair")
    assert len(await world.rows(Report)) == 1


@SQLITE
async def test_a_new_report_replaces_one_that_was_sent(world: World):
    await set_parent(world)
    first = await start(world)
    assert (await send(world, first)).ok
    await opened(world, "secretary", first)
    secretary = world.persona("secretary")
    await world.move(hours=2)
    await secretary.press(secretary.modal, "Draft a new one in its place")
    second = secretary.modal.text.split("Report ")[1][:8]
    assert first != second
    assert "Replaced by" not in await opened(world, "gmc1", first)
    assert (await send(world, second)).ok
    assert f"Replaced by {second}" in (await opened(world, "gmc1", first)).replace("*", "")
    assert "Received" in await opened(world, "secretary", first)


@SQLITE
async def test_what_stands_in_the_way_is_said_beforehand(world: World):
    assert "has no group above it on record" in await said(world, "secretary", "/soundings", "reports", None)
    await set_parent(world, meeting=False)
    for row in await world.rows(Seat, Seat.group_id == world.ids["region"]):
        row.ends_on = date(2026, 11, 1)
        await world.change(row)
    reference = await start(world)
    secretary = world.persona("secretary")
    await secretary.press(secretary.modal, "Approve and send")
    assert "has neither a chair nor a secretariat" in secretary.modal.text
    assert "has no meeting planned" in secretary.modal.text
    assert (await secretary.submit(secretary.modal, {"considered": "ticked"})).ok
    assert "It waits for a meeting of Regional QSG" in secretary.modal.text
    await plan_meeting(world)
    await world.tick()
    assert "On the agenda of r1" in await opened(world, "secretary", reference)
    (meeting,) = await world.rows(Meeting, Meeting.slug == "r1")
    meeting.state = MeetingState.CANCELLED
    await world.change(meeting)
    assert "It waits for a meeting" in await opened(world, "secretary", reference)
    assert "There is nothing" in await opened(world, "matron", reference)


@SQLITE
async def test_a_commissioner_reports_its_own_to_the_local_group(world: World):
    own = await given_concern(world, "lead", headline="Medicines at a home", marking=Marking.AMBER_STRICT)
    await given_concern(world, "lead", headline="Said without a name", attributed=False)
    await given_concern(world, "inspector", headline="Not theirs", marking=Marking.GREEN)
    reference = await start(world, "lead", ANNEX_C)
    page = world.persona("lead").modal.text
    assert f"{own} (Vale CCG, 23 November 2026): Medicines at a home" in page
    assert "Said without a name" not in page
    assert "Not theirs" not in page
    assert "Trainee survey" not in page  # the group's own decision
    assert NOTHING in await opened(world, "chair", reference)
    assert (await send(world, reference, "lead")).ok
    assert any("from Vale CCG" in text for text in told(world, "secretary"))
    assert "Medicines at a home" in await opened(world, "gmc3", reference)
    assert "On the agenda of m1" in world.persona("gmc3").modal.text


async def test_the_clock_drafts_each_quarter_once_and_recalls_it_once(world: World):
    await set_parent(world)
    changed = SurveillanceLevel(
        group_id=world.ids["qsg"],
        provider_id=world.ids["vale"],
        level=Level.RISK_SUMMIT,
        reason="Unsafe tonight.",
        decided_at=datetime(2026, 12, 1, tzinfo=UTC),
    )
    await add(world, changed)
    await world.tick()
    assert await world.rows(Report) == []  # not for a quarter long past
    await world.move_to(datetime(2027, 1, 4, 10, tzinfo=UTC))
    await world.tick(world.bot, world.bot)
    (report,) = await world.rows(Report)
    assert (report.starts_on, report.ends_on) == (date(2026, 10, 1), date(2026, 12, 31))
    waiting = [text for text in told(world, "secretary") if "surveillance report of Marram QSG is drafted" in text]
    assert len(waiting) == 1
    assert "Unsafe tonight" not in waiting[0]
    page = await opened(world, "chair", report.reference)
    assert "RS Risk Summit since 1 December 2026: Unsafe tonight." in page
    assert "Level changed on 1 December 2026 from no level to RS Risk Summit" in page
    await world.move(days=16)
    await world.move(days=3)
    late = [text for text in told(world, "chair") if "is overdue" in text and "surveillance" in text]
    assert len(late) == 1
    assert (await send(world, report.reference)).ok
    await world.move(days=1)
    assert len(await world.rows(Report)) == 1


@SQLITE
async def test_a_region_draws_on_what_the_groups_below_have_told(world: World):
    await set_parent(world)
    (region,) = await world.rows(Group, Group.slug == "region")
    nation = Group(slug="qag", name="Quality Assurance Group", tier="national")
    await add(world, nation)
    region.parent_id = nation.key
    await world.change(region)
    level = {"group_id": world.ids["qsg"], "provider_id": world.ids["vale"], "level": Level.RISK_SUMMIT}
    moment = datetime(2026, 9, 2, tzinfo=UTC)
    await add(world, SurveillanceLevel(reason="Unsafe tonight.", decided_at=moment, **level))
    log = await start(world, way="Quarterly surveillance: Marram QSG to Regional QSG")
    assert (await send(world, log)).ok
    await start(world, "nmc1", "Annex G: Regional QSG to Quality Assurance Group")
    page = world.persona("nmc1").modal.text
    assert f"Told by Marram QSG, report {log} to 30 September 2026" in page
    assert "Unsafe tonight." in page
    assert "No specific issues, risks or concerns identified for national escalation" in page


@SQLITE
async def test_feedback_is_given_told_and_kept_for_the_agenda(world: World):
    await set_parent(world)
    assert "Only the chair or the secretariat of a group with groups below" in await said(
        world, "chair", "/soundings", "feedback", None
    )
    nmc = world.persona("nmc1")
    for text in ("About Northgate University Hospital NHS Trust", "About C-7Q4KM2"):
        await nmc.command("/soundings", "feedback")
        outcome = await nmc.submit(nmc.modal, {"text": text})
        assert "name no provider and no concern" in outcome.errors["text"]
    tap = Tap(world)
    assert (await nmc.submit(nmc.modal, {"text": "Look at rotas everywhere."})).ok
    await tap.again()
    await world.settle()
    for slug in ("chair", "secretary"):
        assert len([text for text in told(world, slug) if "Look at rotas everywhere." in text]) == 1
    async with world.bot.store.look() as unit:
        qsg = world.ids["qsg"]
        assert [name for _, name in await feedback_to(unit, qsg, world.now - timedelta(days=1))] == ["Regional QSG"]
        assert await feedback_to(unit, qsg, world.now) == []
        assert await feedback_to(unit, world.ids["region"], None) == []


@SQLITE
@pytest.mark.parametrize("leaves", ["before it is told"])
async def test_who_has_left_is_not_told(world: World, leaves: str):
    await set_parent(world)
    reference = await start(world)
    await opened(world, "secretary", reference)
    assert (await press(world, "secretary", "Approve and send", considered="ticked")).ok
    (held,) = await world.rows(Seat, Seat.person_id == world.ids["nmc1"])
    held.ends_on = date(2026, 11, 22)
    await world.change(held)
    await world.settle()
    assert told(world, "nmc1") == []
    assert any(reference in text for text in told(world, "gmc1"))
