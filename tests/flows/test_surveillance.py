"""Surveillance levels in chat [003 §121-127]: the log, proposing, deciding, finding out, a long stay on enhanced."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.domain.panels import ProposalState
from bot.domain.terms import Audience, Level, Role, Tier
from bot.store.level_duties import reviews_of
from bot.store.tables import (
    Action,
    Group,
    JournalEntry,
    LevelProposal,
    LevelReview,
    Meeting,
    Membership,
    Person,
    Provider,
    Seat,
)
from tests.flows.action_steps import SQLITE, add, digests, nine
from tests.flows.panel_record_steps import press, send
from tests.flows.steps import Tap, given_action, given_concern, last_dm, outbox, told
from tests.flows.surveillance_steps import (
    EARLIER,
    about,
    decide,
    fill,
    given_level,
    levels,
    open_log,
    open_page,
    propose,
)
from tests.world import World, conflict

R, F, EN, RS = Level.ROUTINE, Level.FURTHER_INFORMATION, Level.ENHANCED, Level.RISK_SUMMIT
TRUST = "Northgate University Hospital NHS Trust"
FINDER = {"find_out": "Dean Person", "find_out_by": "2026-12-11"}


async def the_proposal(world: World) -> LevelProposal:
    (proposal,) = await world.rows(LevelProposal)
    return proposal


# Who may not.


@SQLITE
async def test_who_is_barred_sees_no_trace(world: World):
    await given_level(world, R)
    await propose(world, "inspector", RS)
    key = str((await the_proposal(world)).key)
    await add(world, conflict(world.ids, "dean", "northgate"))
    log = await open_log(world, "dean")
    assert "Northgate" not in log
    assert "0 on enhanced surveillance" in log
    assert "Vale Community Health" in log
    dean = world.persona("dean")
    await press(world, "dean", "surveillance.proposal", key)
    assert "nothing under" in dean.modal.text
    hidden = dean.modal.text.replace(key, "9999")
    await press(world, "dean", "surveillance.proposal", "9999")
    assert dean.modal.text == hidden


@SQLITE
async def test_a_chair_with_a_conflict_decides_nothing_and_is_told_who_can(world: World):
    await add(world, conflict(world.ids, "chair", "northgate"))
    await press(world, "chair", "surveillance.decide", about(world, "northgate"))
    assert "Another chair, whom the secretariat names, can" in world.persona("chair").modal.text
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids["lead"], role=Role.CHAIR))
    await press(world, "chair", "surveillance.decide", about(world, "northgate"))
    assert "Lead Person can." in world.persona("chair").modal.text
    acts = [one.facts for one in await world.rows(JournalEntry, JournalEntry.act == "refused")]
    assert [facts["why"] for facts in acts] == ["CannotDecide", "CannotDecide"]


@SQLITE
async def test_without_a_chair_nothing_can_be_proposed(world: World):
    (seat,) = await world.rows(Seat, Seat.role == Role.CHAIR)
    seat.ends_on = date(2026, 11, 1)
    await world.change(seat)
    refused = await propose(world, "inspector", RS)
    assert "has no chair who can decide this" in refused.errors["level"]
    assert await world.rows(LevelProposal) == []


@SQLITE
@pytest.mark.parametrize("button", ["decide", "assure"])
async def test_only_the_chair_decides(world: World, button: str):
    for slug in ("inspector", "secretary"):
        await press(world, slug, f"surveillance.{button}", about(world, "northgate"))
        assert "Only the chair of the group can do that" in world.persona(slug).modal.text
    await press(world, "nmc1", f"surveillance.{button}", about(world, "northgate"))
    assert "nothing under" in world.persona("nmc1").modal.text
    await press(world, "chair", f"surveillance.{button}", f"{world.ids['qsg']}.9999")
    assert "nothing under" in world.persona("chair").modal.text


# What cannot be.


@SQLITE
async def test_a_level_without_what_it_must_have_is_refused_beside_the_field(world: World):
    assert set((await decide(world, F, level_reason=" ", **FINDER)).errors) == {"level_reason"}
    late = await send(world, "chair", level_reason="x", find_out="Dean Person", find_out_by="2026-11-20")
    assert set(late.errors) == {"find_out_by"}
    assert set((await decide(world, EN, provider="vale")).errors) == {"task"}
    half = await send(world, "chair", level_reason="x", task="Visit the ward")
    assert set(half.errors) == {"task_owner", "task_due"}
    assert set((await decide(world, R, level_reason="Ring 020 7946 0958.")).errors) == {"level_reason"}
    assert "level already" in (await decide(world, EN)).errors["level"]
    assert (await levels(world, "vale"), len(await levels(world))) == ([], 1)


@SQLITE
async def test_nobody_is_named_to_find_out_who_cannot(world: World):
    await add(world, conflict(world.ids, "dean", "northgate"))
    refused = await decide(world, F, **FINDER)
    assert refused.errors == {"find_out": "This person cannot be asked about this provider. Choose somebody else."}


@SQLITE
async def test_assurance_holds_it_on_enhanced_for_three_months(world: World):
    assert "since it has been" in str(
        (await fill(world, "chair", "assure", about(world, "northgate"), assured_on="2026-08-01")).errors
    )
    assert (await send(world, "chair", assured_on="2026-11-02")).ok
    assert "it stays on enhanced until 2 February 2027" in world.persona("chair").modal.text
    held = await decide(world, R)
    assert "until 2 February 2027" in held.errors["level"]
    assert (await send(world, "chair", level_reason="Closed for good.", override="ticked")).ok
    assert [one.level for one in await levels(world)] == [EN, R]
    (entry,) = await world.rows(JournalEntry, JournalEntry.act == "level set")
    assert entry.facts == {"overridden": 1}


@SQLITE
async def test_after_three_months_it_steps_down(world: World):
    assert (await fill(world, "chair", "assure", about(world, "northgate"), assured_on="2026-11-02")).ok
    await world.without_meetings()
    await world.move_to(nine("2027-02-02"))
    assert (await decide(world, R)).ok
    assert [one.level for one in await levels(world)] == [EN, R]


# Deciding.


@SQLITE
async def test_enhanced_begins_with_an_action_and_a_risk_summit_with_somebody_who_convenes_it(world: World):
    task = {"task": "Visit the ward", "task_owner": "Dean Person", "task_due": "2026-12-18"}
    assert (await decide(world, EN, provider="vale", **task)).ok
    assert (await decide(world, RS, convener="Lead Person")).ok
    page = world.persona("chair").modal.text
    assert "Risk summit since 23 November 2026" in page
    assert "Convene the risk summit (Lead Person, Vale CCG, due 25 November 2026)" in page
    actions = [(one.issue, one.owner_id, one.provider_id) for one in await world.rows(Action)]
    assert actions == [
        ("Visit the ward", world.ids["dean"], world.ids["vale"]),
        ("Convene the risk summit", world.ids["lead"], world.ids["northgate"]),
    ]


@SQLITE
async def test_an_open_action_is_enough_for_enhanced(world: World):
    await given_action(world, date(2026, 12, 18), provider_id=world.ids["vale"])
    assert (await decide(world, EN, provider="vale")).ok
    assert "1 action is open" in await open_log(world, "dean")


async def test_two_chairs_at_once_decide_once(world: World):
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids["lead"], role=Role.CHAIR))
    for slug in ("chair", "lead"):
        await press(world, slug, "surveillance.decide", about(world, "northgate"))
        await world.persona(slug).choose(world.persona(slug).modal, "level", "Routine")
    outcomes = await asyncio.gather(*(send(world, slug, level_reason=f"So says {slug}.") for slug in ("chair", "lead")))
    assert sorted(one.ok for one in outcomes) == [False, True]
    assert "Somebody else has just changed this level" in str(next(one for one in outcomes if not one.ok))
    assert [one.level for one in await levels(world)] == [EN, R]


@SQLITE
async def test_a_decision_sent_twice_is_one(world: World):
    tap = Tap(world)
    assert (await decide(world, RS, convener="Lead Person")).ok
    await tap.again()
    world.pg.transport = tap.carry
    assert (len(await levels(world)), len(await world.rows(Action))) == (2, 1)


# Proposing.


async def test_a_proposal_is_agreed_found_out_and_told(world: World):
    reference = await given_concern(world, provider="vale")
    assert (await propose(world, "inspector", F, "vale", evidence=[f"{reference}: Trainees left"], **FINDER)).ok
    asked, chair = last_dm(world, "chair"), world.persona("chair")
    assert "CQC proposes for Vale Community Health: further information required." in asked.text
    assert "Two visits" not in asked.text
    await chair.press(asked, "Read the reason")
    assert reference in chair.modal.text
    await chair.press(asked, "Agree")
    assert (await send(world, "chair", level_reason="We need the rota first.")).ok
    (level,) = await levels(world, "vale")
    assert (level.find_out_id, level.find_out_by) == (world.ids["dean"], date(2026, 12, 11))
    assert "Chair Person has agreed: Vale Community Health" in last_dm(world, "inspector").text
    assert "We need the rota first." in last_dm(world, "inspector").text
    dean = world.persona("dean")
    await dean.press(last_dm(world, "dean"), "Say what was found")
    refused = await send(world, "dean", found="Ask Dr Lee on 020 7946 0958.")
    assert "a telephone number" in refused.errors["found"]
    assert (await send(world, "dean", found="The rota has gaps every weekend.")).ok
    assert "by Dean Person:\n" in dean.modal.text
    for slug in ("chair", "inspector"):
        assert "Further information about Vale Community Health" in last_dm(world, slug).text
    assert "The rota has gaps every weekend." in await open_log(world, "gmc3")
    await world.move_to(nine("2026-11-24"))
    assert "Found out on 23 November 2026: The rota has gaps every weekend." in digests(world)[-1].text
    acts = {one.act for one in await world.rows(JournalEntry, JournalEntry.subject_kind == "level")}
    assert acts == {"level set", "further information found"}


@SQLITE
async def test_the_chair_agrees_to_another_level_with_a_reason(world: World):
    await propose(world, "inspector", R)
    chair = world.persona("chair")
    await chair.press(last_dm(world, "chair"), "Agree to another")
    await chair.choose(chair.modal, "level", "Further information required")
    assert (await send(world, "chair", level_reason="Not yet sure.", **FINDER)).ok
    said = last_dm(world, "inspector").text
    assert "declined" in said
    assert "Decided on instead: further information required." in said
    assert "Not yet sure." in said
    assert (await the_proposal(world)).state is ProposalState.DECLINED


@SQLITE
async def test_evidence_is_seen_through_each_readers_eyes_and_vanishes_once_withdrawn(world: World):
    restricted = {"audience": Audience.ORGANISATIONS, "organisations": (world.ids["org:gmc"],)}
    secret = await given_concern(world, headline="Only for two of us", **restricted)
    shown = await given_concern(world, headline="For the whole group")
    chosen = [f"{secret}: Only for two of us", f"{shown}: For the whole group"]
    assert (await propose(world, "inspector", RS, evidence=chosen)).ok
    assert (await the_proposal(world)).reason == "Two visits found the same."
    key = str((await the_proposal(world)).key)
    for slug, sees in (("gmc3", True), ("chair", False), ("dean", False)):
        await press(world, slug, "surveillance.proposal", key)
        page = world.persona(slug).modal.text
        assert (secret in page, shown in page) == (sees, True), slug
    inspector = world.persona("inspector")
    async with world.bot.store.begin() as unit:
        await unit.write(text("UPDATE concern SET state = 'withdrawn'"))
    await press(world, "inspector", "surveillance.proposal", key)
    assert secret not in inspector.modal.text
    assert shown not in inspector.modal.text


@SQLITE
async def test_a_proposal_follows_a_provider_into_what_it_becomes(world: World):
    await propose(world, "inspector", RS)
    heir = Provider(code="RZZ09", name="Marram Bay NHS Trust", folded_name="marram bay nhs trust")
    await add(world, heir)
    (heir,) = await world.rows(Provider, Provider.code == "RZZ09")
    (trust,) = await world.rows(Provider, Provider.code == "RZZ01")
    trust.ends_on, trust.successor_id = date(2026, 11, 22), heir.key
    await world.change(trust)
    await world.move_to(nine("2026-11-24"))
    for slug in ("chair", "inspector"):
        assert f"{TRUST} has ended and become Marram Bay NHS Trust" in last_dm(world, slug).text
    await world.move(hours=1)
    assert len(await outbox(world, "surveillance.moved")) == 2
    chair = world.persona("chair")
    await chair.press(last_dm(world, "chair"), "Read the proposal")
    await chair.press(chair.modal, "Agree")
    assert (await send(world, "chair", convener="Lead Person")).ok
    assert [one.level for one in await levels(world)] == [EN]
    assert "Marram Bay NHS Trust: risk summit" in chair.modal.text
    assert "It has become Marram Bay NHS Trust" in await open_log(world, "dean")


# Finding out.


async def test_whoever_finds_out_is_reminded_once_and_until_they_say(world: World):
    await decide(world, F, **FINDER)
    await world.without_meetings()
    twin = world.twin()
    counts = []
    for day in ("2026-12-03", "2026-12-04", "2026-12-10", "2026-12-11", "2026-12-14", "2026-12-21"):
        world.pg.clock.set(nine(day))
        await world.tick(world.bot, twin)
        counts.append(len([text for text in told(world, "dean") if "waits for further information" in text]))
    await twin.store.close()
    assert counts == [0, 1, 2, 3, 4, 5]
    assert "Overdue: what did you find out?" in last_dm(world, "dean").text
    assert "Overdue." in await open_log(world, "chair")
    await fill(world, "dean", "found", str((await levels(world))[-1].key), found="Nothing new.")
    await world.move_to(nine("2026-12-30"))
    assert len(await outbox(world, "surveillance.reminder")) == 5


@SQLITE
async def test_the_chair_hears_that_whoever_finds_out_has_left(world: World):
    await decide(world, F, **FINDER)
    (dean,) = await world.rows(Person, Person.slug == "dean")
    dean.ends_on = date(2026, 11, 30)
    await world.change(dean)
    await world.move_to(nine("2026-12-04"))
    await world.move_to(nine("2026-12-07"))
    assert len([text for text in told(world, "chair") if "Nobody is finding out" in text]) == 1
    assert (await decide(world, F, find_out="Lead Person", find_out_by="2026-12-18")).ok
    assert "You are asked to find out more" in last_dm(world, "lead").text


# Long on enhanced.


async def test_a_long_stay_on_enhanced_is_reviewed_once_a_quarter(world: World):
    await world.without_meetings()
    await given_level(world, EN, decided_at=datetime(2026, 3, 31, 9, tzinfo=UTC))
    await world.move_to(nine("2026-12-31"))
    assert await world.rows(LevelReview) == []
    twin = world.twin()
    world.pg.clock.set(nine("2027-01-04"))
    await world.tick(world.bot, twin)
    await twin.store.close()
    await world.move(hours=1)
    (review,) = await world.rows(LevelReview)
    assert len([text for text in told(world, "chair") if "more than three quarters on enhanced" in text]) == 1
    assert "The position is to be reviewed since 1 January 2027" in await open_log(world, "dean")
    await press(world, "dean", "surveillance.review", str(review.key))
    assert "Only the chair or the secretariat" in world.persona("dean").modal.text
    assert (await fill(world, "secretary", "review", str(review.key), rationale="Two posts are still vacant.")).ok
    assert "to be reviewed" not in await open_log(world, "dean")
    async with world.bot.store.look() as unit:
        (seen,) = await reviews_of(unit, world.ids["qsg"], date(2027, 1, 1), date(2027, 3, 31))
    assert (seen.provider, seen.review.rationale, seen.by) == (
        "Vale Community Health",
        "Two posts are still vacant.",
        "Secretary Person",
    )
    await world.move_to(nine("2027-04-01"))
    assert len(await world.rows(LevelReview)) == 2


# The log.


@SQLITE
async def test_the_log_shows_what_stood_after_the_last_three_meetings(world: World):
    (last,) = await world.rows(Meeting)
    group = {"group_id": world.ids["qsg"]}
    days = [datetime(2026, month, 10, 10, tzinfo=UTC) for month in (5, 7, 9, 10)]
    await add(world, *(Meeting(slug=f"m{day:%m}", starts_at=day, **group) for day in days))
    await given_level(world, F, provider="northgate", decided_at=datetime(2026, 7, 10, 12, tzinfo=UTC))
    log = await open_log(world, "dean")
    assert "Before: 10 July 2026 F, 10 September 2026 EN, 10 October 2026 EN" in log
    assert last.slug not in log


@SQLITE
async def test_the_log_is_filtered_and_turned_page_by_page(world: World):
    providers = [Provider(code=f"X{n:02}", name=f"Practice {n:02}", folded_name=f"practice {n:02}") for n in range(12)]
    await add(world, *providers)
    for row in await world.rows(Provider, Provider.code.startswith("X")):
        await given_level(world, R, provider="vale", provider_id=row.key)
    dean = world.persona("dean")
    assert "Page 1 of 2." in await open_log(world, "dean")
    await dean.press(dean.modal, "Next")
    assert "Practice 11" in dean.modal.text
    await dean.press(dean.modal, "Enhanced")
    assert TRUST in dean.modal.text
    assert "Practice" not in dean.modal.text
    await dean.press(dean.modal, "Without a level")
    assert "Vale Community Health: no level has been set." in dean.modal.text
    await press(world, "dean", "surveillance.log", f"{world.ids['region']}.all.1")
    assert "nothing under" in dean.modal.text


@SQLITE
async def test_a_site_is_decided_with_its_provider(world: World):
    await add(world, Provider(code="RZZ01A", name="North Wing", parent_id=world.ids["northgate"]))
    (site,) = await world.rows(Provider, Provider.code == "RZZ01A")
    await press(world, "chair", "surveillance.open", f"{world.ids['qsg']}.{site.key}")
    assert f"{TRUST} in Marram QSG" in world.persona("chair").modal.text


@SQLITE
async def test_each_group_has_its_own_level_and_the_parent_sees_it_without_the_reason(world: World):
    (group,) = await world.rows(Group, Group.slug == "qsg")
    group.parent_id = world.ids["region"]
    await world.change(group, Membership(group_id=world.ids["region"], organisation_id=world.ids["org:phso"]))
    await add(world, Group(slug="next", name="Next QSG", tier=Tier.LOCAL))
    value = f"{world.ids['region']}.{world.ids['northgate']}"
    await press(world, "phso1", "surveillance.open", value)
    page = world.persona("phso1").modal.text
    assert "No level has been set in this group." in page
    assert "Marram QSG: enhanced surveillance since 1 September 2026" in page
    assert "Trainee survey" not in page
    await given_level(world, RS, provider="northgate", group_id=world.ids["region"], decided_at=EARLIER + timedelta(1))
    assert "Regional QSG" not in await open_page(world, "dean")
