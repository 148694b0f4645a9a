"""Who comes to a meeting: who may answer, who comes instead, who is asked and when, and who hears that nobody comes."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.terms import MeetingState, Role
from bot.errors import FormErrors, MeetingBegun, MeetingOff, NotFound, NotYours
from bot.schedules.timetable import TIMETABLE
from bot.services.meeting_questions import start_anew
from bot.store.tables import Absence, JournalEntry, Meeting, MeetingReply, Membership, Organisation, Seat
from tests.flows.action_steps import SQLITE, acts, add, agenda, digests, nine, set_meeting, set_person
from tests.flows.edge_steps import statements
from tests.flows.meeting_reply_steps import (
    NOBODY,
    QUESTION,
    REMINDER,
    answers,
    apologise,
    ask,
    press,
    say,
    seat,
    who_comes,
)
from tests.flows.panel_record_steps import press as press_from_memory
from tests.flows.steps import Tap, answer_of, outbox, told
from tests.world import World, absence

MEETING = datetime(2026, 11, 30, 10, tzinfo=UTC)
LATER = datetime(2026, 12, 2, 10, tzinfo=UTC)


@SQLITE
async def test_who_has_nothing_to_do_with_a_meeting_cannot_answer(world: World):
    for slug in ("stranger", "leaver"):
        outcome = await world.persona(slug).command("/soundings", "coming qsg")
        assert "for people enrolled by their organisation" in str(outcome.response)
    for slug, error in (("nmc1", NotFound), ("matron", NotFound), ("dean", NotYours), ("gmc1", NotYours)):
        for comes in (True, False):
            with pytest.raises(error):
                await say(world, slug, comes=comes)
    for button in ("yes", "no"):
        await press_from_memory(world, "dean", f"meeting_reply.{button}", "m1")
        assert "Only the people with a seat in this group" in said_last(world, "dean")
    await press_from_memory(world, "nmc1", "meeting_reply.open", "m1")
    assert "There is nothing under “m1”" in said_last(world, "nmc1")
    assert await answers(world) == {}
    assert await acts(world, "meeting") == []


@SQLITE
async def test_a_seat_or_a_membership_that_has_ended_counts_no_more(world: World):
    (held,) = await world.rows(Seat, Seat.person_id == world.ids["gmc3"])
    held.ends_on = date(2026, 11, 22)
    await world.change(held)
    with pytest.raises(NotYours):
        await say(world, "gmc3", comes=True)
    (theirs,) = await world.rows(Membership, Membership.organisation_id == world.ids["org:gmc"])
    theirs.ends_on = date(2026, 11, 22)
    await world.change(theirs)
    with pytest.raises(NotFound):
        await say(world, "gmc3", comes=True)
    assert "GMC" not in await who_comes(world)


@SQLITE
@pytest.mark.parametrize(
    ("facts", "error", "sentence"),
    [
        ({"state": MeetingState.CANCELLED}, MeetingOff, "has been called off: nobody needs to come"),
        ({"state": MeetingState.HELD}, MeetingBegun, "has begun, so nothing was changed"),
        ({"starts_at": datetime(2026, 11, 23, 9, tzinfo=UTC)}, MeetingBegun, "Mon 23 Nov 2026, 09:00 has begun"),
    ],
    ids=["called off", "held", "begun"],
)
async def test_once_it_has_begun_or_is_off_that_is_said(world: World, facts: dict, error: type, sentence: str):
    await ask(world)
    await set_meeting(world, **facts)
    for comes in (True, False):
        with pytest.raises(error, match=sentence):
            await say(world, "gmc3", comes=comes)
    await press(world, "gmc3", "I will come")
    assert sentence in said_last(world, "gmc3")
    assert await answers(world) == {}


async def test_one_comes_or_sends_a_colleague_and_the_newest_answer_stands(world: World):
    await ask(world)
    assert QUESTION in told(world, "gmc3")[-1]
    await press(world, "gmc3", "I will come")
    assert answer_of(world, "gmc3").startswith("Noted\nYou will come: Marram QSG, Mon 30 Nov 2026, 10:00")
    assert len(told(world, "gmc3")) == 1  # brought up to date in place
    assert "You have said that you will come." in told(world, "gmc3")[0]
    assert (await apologise(world, "gmc3", "gmc1")).ok
    assert "Gmc1 Person is asked to come instead" in world.persona("gmc3").modal.text
    assert await answers(world) == {"gmc3": (False, "gmc1")}
    assert told(world, "gmc1")[-1].startswith("Gmc3 Person cannot come and has named you")
    await press(world, "gmc1", "I will come")
    assert "Gmc1 Person (instead of Gmc3 Person) comes; apologies: Gmc3 Person" in await who_comes(world)
    await press(world, "gmc3", "I will come")
    assert await answers(world) == {"gmc3": (True, ""), "gmc1": (True, "")}
    assert "You are no longer asked to come instead of a colleague" in told(world, "gmc1")[-1]
    assert "GMC: Gmc3 Person comes\n" in await who_comes(world)
    with pytest.raises(NotYours):  # nobody needs them any more
        await say(world, "gmc1", comes=False)
    assert [len(told(world, slug)) for slug in ("gmc1", "gmc3")] == [1, 1]


async def test_pressed_twice_or_at_once_it_is_one_answer(world: World):
    await ask(world)
    tap = Tap(world)
    tap.copies = 4
    await press(world, "gmc3", "I will come")
    world.pg.transport = tap.carry
    assert len(await world.rows(MeetingReply)) == 1
    await press_from_memory(world, "gmc3", "meeting_reply.yes", "m1")
    assert "You have said already that you will come" in said_last(world, "gmc3")
    await apologise(world, "gmc3", "gmc1")
    await apologise(world, "gmc3", "gmc1", name="Change who comes instead")
    assert "You have sent apologies already, and Gmc1 Person" in world.persona("gmc3").modal.text
    assert (await acts(world, "meeting")).count("meeting answered") == 2
    assert len(told(world, "gmc1")) == 1


@SQLITE
async def test_who_cannot_come_instead_is_said_beside_the_field(world: World):
    await seat(world, "gmc2")
    await say(world, "gmc2")
    away = {"starts_at": MEETING - timedelta(days=1), "until": MEETING + timedelta(days=1)}
    await add(world, Absence(person_id=world.ids["colleague"], **away))
    elsewhere, cannot = "Choose somebody enrolled at your own organisation", "cannot come either"
    for deputy, sentence in (("gmc3", "you cannot come instead of yourself"), ("dean", elsewhere), ("gmc2", cannot)):
        with pytest.raises(FormErrors) as refusal:
            await say(world, "gmc3", deputy=deputy)
        assert sentence in refusal.value.fields["deputy"]
    await add(world, Absence(person_id=world.ids["gmc1"], **away))
    await ask(world)
    outcome = await apologise(world, "gmc3", "gmc1")
    assert outcome.errors == {"deputy": "Gmc1 Person cannot come either. Choose somebody else, or leave it empty."}
    await set_person(world, "gmc1", deactivated_at=world.now)
    outcome = await world.persona("gmc3").submit(world.persona("gmc3").modal)
    assert elsewhere in outcome.errors["deputy"]
    assert list(await answers(world)) == ["gmc2"]


@SQLITE
async def test_only_colleagues_are_offered_and_deputies_first(world: World):
    await seat(world, "gmc2")
    await ask(world)
    gmc = world.persona("gmc3")
    await press(world, "gmc3", "Send apologies")
    offered = await gmc.options(gmc.modal, "deputy", "person")
    assert [one["text"]["text"] for one in offered] == ["Gmc2 Person, Adviser – deputy", "Gmc1 Person, Adviser"]
    tap = Tap(world, lambda payload: choose_instead(payload, str(world.ids["dean"])))
    outcome = await gmc.submit(gmc.modal, {"deputy": "Gmc1 Person"})
    world.pg.transport = tap.carry
    assert "enrolled at your own organisation" in outcome.errors["deputy"]
    assert await answers(world) == {}


@SQLITE
async def test_a_colleague_who_cannot_come_either_says_so_and_names_another(world: World):
    await say(world, "gmc3", deputy="gmc1")
    await apologise(world, "gmc1", name="I cannot come either")
    assert "GMC has nobody coming now. The secretariat is told." in world.persona("gmc1").modal.text
    assert told(world, "gmc3")[-1].startswith("Gmc1 Person cannot come instead of you")
    assert [NOBODY in text for text in told(world, "secretary")] == [True]
    await apologise(world, "gmc1", "gmc2", name="Change who comes instead")
    assert told(world, "gmc2")[-1].startswith("Gmc1 Person cannot come and has named you")
    assert "GMC: Gmc2 Person (asked to come instead of Gmc1 Person) comes" in await who_comes(world)
    assert "GMC is no longer without anybody" in told(world, "secretary")[0]
    assert [len(told(world, slug)) for slug in ("gmc2", "gmc3", "secretary")] == [1, 1, 1]


@SQLITE
async def test_a_colleague_who_has_left_comes_no_more(world: World):
    await say(world, "gmc3", deputy="gmc1")
    await set_person(world, "gmc1", deactivated_at=world.now)
    await ask(world)
    assert "GMC: nobody comes; apologies: Gmc3 Person" in await who_comes(world)
    assert any(f"GMC {NOBODY}" in text for text in told(world, "secretary"))


async def test_whoever_speaks_for_an_organisation_is_asked_once_and_reminded_once(world: World):
    await seat(world, "gmc2")  # a deputy, while there is a representative
    await seat(world, "inspector")  # a deputy, and CQC has no representative
    meeting = nine("2026-12-14")
    await set_meeting(world, starts_at=meeting)
    await world.move_to(nine("2026-11-27"))
    assert await outbox(world, "meeting_reply.asked") == []
    await world.move_to(nine("2026-11-30") - timedelta(minutes=1))
    assert await outbox(world, "meeting_reply.asked") == []
    twin = world.twin()
    world.pg.clock.set(nine("2026-11-30"))  # ten working days before
    await world.tick(world.bot, twin)
    await world.move(hours=1)
    await twin.store.close()
    asked = {row.person_id for row in await outbox(world, "meeting_reply.asked")}
    assert asked == {world.ids[slug] for slug in ("gmc3", "lead", "chair", "secretary", "inspector")}
    assert len(await outbox(world, "meeting_reply.asked")) == 5
    await press(world, "lead", "I will come")
    await apologise(world, "chair")
    await world.move_to(nine("2026-12-08"))
    assert await outbox(world, "meeting_reply.reminder") == []
    for hour in range(3):
        await world.move_to(nine("2026-12-09") + timedelta(hours=hour))
    reminded = [row.person_id for row in await outbox(world, "meeting_reply.reminder")]
    assert sorted(reminded) == sorted(world.ids[slug] for slug in ("gmc3", "secretary", "inspector"))
    await press(world, "gmc3", "I will come", REMINDER)
    assert [REMINDER in text or QUESTION in text for text in told(world, "gmc3")] == [False, False]


@SQLITE
async def test_quiet_hours_put_the_question_off_and_a_meeting_called_off_asks_nobody(world: World):
    await world.move_to(nine("2026-11-23") + timedelta(hours=9))
    assert await outbox(world, "meeting_reply.asked") == []
    await set_meeting(world, state=MeetingState.CANCELLED)
    await world.move_to(nine("2026-11-24"))
    assert await outbox(world, "meeting_reply.asked") == []
    await set_meeting(world, state=MeetingState.SCHEDULED)
    await world.move(minutes=1)
    assert len(await outbox(world, "meeting_reply.asked")) == 4
    assert await outbox(world, "meeting_reply.reminder") == []


@SQLITE
async def test_whoever_is_asked_today_is_not_reminded_as_well(world: World):
    await set_meeting(world, starts_at=nine("2026-11-25"))
    await world.move_to(nine("2026-11-23"))
    assert (len(await outbox(world, "meeting_reply.asked")), await outbox(world, "meeting_reply.reminder")) == (4, [])
    await world.move_to(nine("2026-11-24"))
    assert len(await outbox(world, "meeting_reply.reminder")) == 4


@SQLITE
async def test_whoever_is_away_need_not_say_so_and_the_deputy_is_asked(world: World):
    await seat(world, "gmc2")
    await add(world, absence(world.ids, "gmc3", MEETING - timedelta(days=3), MEETING + timedelta(days=2)))
    await ask(world)
    assert QUESTION in told(world, "gmc2")[-1]
    assert told(world, "gmc3") == []
    assert "GMC: no answer yet from Gmc2 Person; apologies: Gmc3 Person (away until 2 December 2026)" in (
        await who_comes(world)
    )
    await say(world, "gmc3", comes=True)  # they say themselves that they come after all
    assert "GMC: Gmc3 Person comes\n" in await who_comes(world)


@SQLITE
async def test_an_absence_said_after_the_answer_counts(world: World):
    await ask(world)
    await say(world, "gmc3", comes=True)
    await world.move(minutes=1)
    await world.persona("gmc3").command("/away", "until 1 December")
    await world.move(minutes=1)
    assert "GMC: nobody comes; apologies: Gmc3 Person (away until 1 December 2026)" in await who_comes(world)
    assert any(f"GMC {NOBODY}" in text for text in told(world, "secretary"))


async def test_the_secretariat_hears_once_that_nobody_comes(world: World):
    """The representative and the deputy are both away or have both sent apologies, in any order."""
    await seat(world, "gmc2")
    await add(world, absence(world.ids, "gmc2", MEETING, MEETING + timedelta(hours=1)))
    await ask(world)
    assert [NOBODY in text for text in told(world, "secretary")] == [False]
    await apologise(world, "gmc3")
    for _ in range(3):
        await world.move(hours=1)
    heard = [text for text in told(world, "secretary") if NOBODY in text]
    assert len(heard) == 1
    assert "apologies or is away: Gmc3 Person, Gmc2 Person (away until 30 November 2026)." in heard[0]
    assert [row.person_id for row in await outbox(world, "meeting_reply.nobody")] == [world.ids["secretary"]]
    assert (await acts(world, "meeting")).count("meeting without a representative") == 1


async def test_two_who_send_apologies_at_once_do_not_miss_each_other(world: World):
    await seat(world, "gmc2")
    await asyncio.gather(say(world, "gmc3"), say(world, "gmc2"))
    assert len([text for text in told(world, "secretary") if NOBODY in text]) == 1


@SQLITE
async def test_a_meeting_that_is_moved_is_asked_about_anew(world: World):
    await ask(world)
    await press(world, "gmc3", "I will come")
    await press(world, "lead", "Send apologies")
    form = world.persona("lead").modal
    async with world.bot.store.begin() as unit:
        (meeting,) = await world.rows(Meeting)
        meeting = await unit.get(Meeting, meeting.key)
        meeting.starts_at = LATER
        await start_anew(unit, meeting, world.now)
    await world.settle()
    assert await answers(world) == {}
    for slug in ("gmc3", "lead"):
        assert "has been moved to Wed 2 Dec 2026, 10:00" in told(world, slug)[0]
        assert len(told(world, slug)) == 1
    outcome = await world.persona("lead").submit(form)
    assert "has just changed the time of this meeting" in str(outcome.errors)
    await world.move(minutes=5)
    assert [QUESTION in text for text in told(world, "gmc3")] == [False, True]
    await press(world, "gmc3", "I will come")
    assert ["You have said that you will come" in text for text in told(world, "gmc3")] == [False, True]


@SQLITE
async def test_a_question_not_yet_sent_of_a_former_time_is_not_sent(world: World):
    world.pg.clock.set(nine("2026-11-23"))
    (line,) = [one for one in TIMETABLE if one.name == "replies"]
    await line.look(world.bot.work)
    await set_meeting(world, starts_at=LATER)
    await world.settle()
    assert told(world, "gmc3") == []
    await world.move(minutes=1)
    assert [QUESTION in text for text in told(world, "gmc3")] == [True]


@SQLITE
async def test_a_meeting_called_off_says_so_in_place_of_the_question(world: World):
    await ask(world)
    async with world.bot.store.begin() as unit:
        meeting = await unit.get(Meeting, (await world.rows(Meeting))[0].key)
        meeting.state = MeetingState.CANCELLED
        await start_anew(unit, meeting, world.now)
    await world.settle()
    assert ["has been called off. There is nothing to answer." in text for text in told(world, "gmc3")] == [True]


@SQLITE
async def test_the_digest_has_it_in_a_line(world: World):
    await seat(world, "inspector", Role.REPRESENTATIVE)
    await say(world, "lead", comes=True)
    await say(world, "gmc3")
    await say(world, "chair")
    expected = (
        "Coming: Vale CCG (Lead Person). Apologies, nobody instead: GMC and NHS England. No answer: CQC. "
        "Nobody named: HEE. The chair has sent apologies."
    )
    assert expected in await agenda(world)
    await ask(world)
    assert expected in digests(world)[-1].text


@SQLITE
async def test_an_independent_chair_is_said_to_be_one(world: World):
    assert "independent" not in await who_comes(world)
    await seat(world, "phso1", Role.CHAIR)
    assert "independent" not in await who_comes(world)  # the other chair is of a member
    (held,) = await world.rows(Seat, Seat.person_id == world.ids["chair"])
    held.ends_on = date(2026, 11, 22)
    await world.change(held)
    page = await who_comes(world)
    assert "Chair: Phso1 Person, PHSO: no answer yet. The chair is independent" in page
    assert "PHSO:" not in page.replace("Person, PHSO:", "")  # not among the members
    assert "NHS England: nobody is named to represent it" in page


@SQLITE
async def test_the_secretariat_hears_that_nobody_chairs(world: World):
    await say(world, "chair")
    heard = [text for text in told(world, "secretary") if text.startswith("The chair cannot come")]
    assert ["Nobody is there to chair it: Chair Person sent apologies" in text for text in heard] == [True]
    await say(world, "chair", deputy="secretary")
    await ask(world)
    heard = [text for text in told(world, "secretary") if "chair" in text.splitlines()[0]]
    assert [text.splitlines()[0] for text in heard] == ["The meeting is no longer without a chair"]
    assert len(await outbox(world, "meeting_reply.no_chair")) == 2


@SQLITE
async def test_those_who_run_the_group_see_how_consistently_it_is_attended(world: World):
    qsg, ids = world.ids["qsg"], world.ids
    held = [Meeting(slug=f"p{n}", group_id=qsg, starts_at=MEETING - timedelta(days=30 * n)) for n in range(1, 6)]
    off = Meeting(slug="off", group_id=qsg, starts_at=MEETING - timedelta(days=9), state=MeetingState.CANCELLED)
    await add(world, *held, off)
    keys = [row.key for row in sorted(held, key=lambda row: row.slug)]
    came = [(0, "gmc3"), (1, "gmc3"), (2, "gmc3"), (4, "gmc3"), (0, "lead"), (0, "inspector"), (1, "colleague")]
    replies = [MeetingReply(meeting_id=keys[n], person_id=ids[s], coming=True, at=world.now) for n, s in came]
    await add(world, *replies, MeetingReply(meeting_id=keys[1], person_id=ids["lead"], coming=False, at=world.now))
    for slug in ("chair", "secretary"):
        page = await who_comes(world, slug)
        assert "GMC: its representative said that they come to 3 of the last 4 meetings\n" in page
        assert "Vale CCG: its representative said that they come to 1 of the last 4 meetings\n" in page
        assert "CQC: it had no representative at the last 4 meetings. It sent a different person each time\n" in page
        assert "HEE: it had no representative at the last 4 meetings\n" in page
    for slug in ("gmc3", "dean"):
        assert "How consistently" not in await who_comes(world, slug)
    read = await world.rows(JournalEntry, JournalEntry.act == "who comes read")
    assert len(read) == 4


@SQLITE
async def test_who_comes_is_asked_in_as_many_statements_for_many_as_for_few(world: World):
    with statements(world) as few:
        await who_comes(world, "dean")
    body = Organisation(slug="many", name="Many", short_name="Many", kind="commissioner")
    await add(world, body)
    await add(world, Membership(group_id=world.ids["qsg"], organisation_id=body.key))
    for slug in ("inspector", "colleague", "dean", "gmc1", "gmc2"):
        await seat(world, slug, Role.REPRESENTATIVE)
    for slug in ("inspector", "dean", "gmc1"):
        await say(world, slug, comes=True)
    await say(world, "gmc3", deputy="gmc2")
    with statements(world) as many:
        await who_comes(world, "dean")
    assert len(many) <= len(few)


def said_last(world: World, slug: str) -> str:
    """What that person was last told for their eyes only, in a message or in a page."""
    person = world.persona(slug)
    return str(person.modal.text) if person.modal else answer_of(world, slug)


def choose_instead(payload: dict, value: str) -> None:
    """Forge what was chosen in the form."""
    if payload["type"] == "view_submission":
        (chosen,) = payload["view"]["state"]["values"]["deputy"].values()
        chosen["selected_option"]["value"] = value
