"""`/away`: whoever is away is passed over at once, whoever said it, and is there again when they say so."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.terms import Role
from bot.store.tables import Absence, Addressee, JournalEntry, Seat
from tests.flows.action_steps import SQLITE, acts, add, said, set_person
from tests.flows.steps import Tap, acknowledge, answer_of, given_escalation, last_dm, outbox, told
from tests.world import QSG, World, absence, chat_id, conflict

WARNING = "Nobody can be reached for"
WAITING = "an escalation is waiting"


async def away(world: World, slug: str, words: str) -> str:
    """What `/away` and these words answer."""
    answer = await said(world, slug, "/away", words)
    await world.settle()
    return answer


async def open_form(world: World, slug: str, words: str = "") -> Any:
    outcome = await world.persona(slug).command("/away", words, channel=QSG)
    assert outcome.ok, outcome
    return world.persona(slug).modal


async def fill(world: World, slug: str, first: str, last: str, **values: Any) -> Any:
    person = world.persona(slug)
    await open_form(world, slug)
    outcome = await person.submit(person.modal, {"first": first, "last": last, **values})
    await world.settle()
    return outcome


async def spans(world: World, slug: str) -> list[tuple[str, str]]:
    """The absences of somebody that count, as days in London."""
    found = await world.rows(Absence, Absence.person_id == world.ids[slug])
    return sorted(
        (one.starts_at.date().isoformat(), one.until.date().isoformat()) for one in found if one.back_at is None
    )


def at_mention(slug: str, words: str) -> str:
    return f"<@{chat_id(slug)}|{slug}> {words}"


def notices(world: World, slug: str) -> list[str]:
    return [text for text in told(world, slug) if WAITING in text.casefold()]


async def test_today_passes_on_at_once_what_waits(world: World):
    reference = await given_escalation(world, ["gmc"])
    answer = await away(world, "gmc1", "today")
    assert answer.startswith("You are away on 23 November 2026.")
    assert "goes to the next person now" in answer
    await world.tick()
    assert f"Reference {reference}" in last_dm(world, "gmc2").text
    assert "It comes to you because Gmc1 Person is away." in last_dm(world, "gmc2").text
    assert len(told(world, "gmc1")) == 1
    assert await acts(world, "person") == ["absence said"]


async def test_days_to_come_take_effect_when_they_begin(world: World):
    """Between two rungs: nobody says anything, the clock alone passes it on, and once."""
    answer = await away(world, "gmc1", "24 Nov to 26 Nov")
    assert "Until then nothing changes" in answer
    await given_escalation(world, ["gmc"])
    assert len(notices(world, "gmc1")) == 1
    await world.move_to(datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    assert notices(world, "gmc2") == []
    await world.move_to(datetime(2026, 11, 24, tzinfo=UTC))
    assert len(notices(world, "gmc2")) == 1
    (row,) = await world.rows(Absence)
    assert row.noticed_at == world.now
    await world.move(minutes=1)
    assert notices(world, "gmc3") == []
    assert (await world.rows(Absence))[0].noticed_at == row.noticed_at


async def test_two_replicas_pass_it_on_once(world: World):
    await given_escalation(world, ["gmc"])
    await away(world, "gmc1", "tomorrow")
    replica = world.twin()
    world.pg.clock.set(datetime(2026, 11, 24, tzinfo=UTC))
    await world.tick(world.bot, replica)
    await world.tick(replica)
    assert [len(notices(world, slug)) for slug in ("gmc1", "gmc2", "gmc3")] == [1, 1, 0]
    await replica.store.close()


@SQLITE
async def test_an_absence_of_the_file_passes_it_on_too(world: World):
    await given_escalation(world, ["gmc"])
    start = datetime(2026, 11, 24, tzinfo=UTC)
    await world.change(absence(world.ids, "gmc1", start, start + timedelta(days=3)))
    await world.move_to(start + timedelta(minutes=1))
    assert len(notices(world, "gmc2")) == 1


@SQLITE
async def test_what_is_acknowledged_stays(world: World):
    reference = await given_escalation(world, ["gmc"])
    await acknowledge(world, "gmc1", reference)
    assert "stays with you: it is still to be answered" in await away(world, "gmc1", "today")
    await world.tick()
    assert notices(world, "gmc2") == []


@SQLITE
async def test_another_s_turn_is_left_alone(world: World):
    await given_escalation(world, ["gmc"])
    await away(world, "gmc2", "today")
    await world.tick()
    assert [len(notices(world, slug)) for slug in ("gmc1", "gmc2", "gmc3")] == [1, 0, 0]
    (line,) = await world.rows(Addressee)
    assert line.next_step_at > world.now


@SQLITE
async def test_said_while_the_reminder_is_due(world: World):
    """The next person has the whole time to acknowledge: nobody is passed over with the one who went."""
    await given_escalation(world, ["gmc"])
    await world.move_to(datetime(2026, 11, 24, 16, 59, tzinfo=UTC))
    await away(world, "gmc1", "today")
    await world.move(minutes=1)
    await world.move(hours=1)
    assert [len(notices(world, slug)) for slug in ("gmc2", "gmc3")] == [1, 0]


async def test_the_form_says_it(world: World):
    form = await open_form(world, "gmc1")
    fields = {block["block_id"]: block["element"] for block in form.blocks if block["type"] == "input"}
    assert set(fields) == {"first", "last"}
    assert fields["first"]["initial_date"] == "2026-11-24"
    assert "initial_date" not in fields["last"]
    outcome = await world.persona("gmc1").submit(form, {"first": "2026-12-24", "last": "2027-01-02"})
    assert outcome.ok, outcome
    assert "from 24 December 2026 to 2 January 2027" in world.persona("gmc1").modal.text
    assert await spans(world, "gmc1") == [("2026-12-24", "2027-01-03")]


@SQLITE
@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-11-22", "2026-11-30", "first"),
        ("2026-12-02", "2026-12-01", "last"),
        ("2026-12-02", "2027-12-03", "last"),
        ("2028-01-01", "2028-01-02", "first"),
        ("9999-12-31", "9999-12-31", "first"),
    ],
)
async def test_days_that_cannot_be_are_told_beside_the_field(world: World, first: str, last: str, field: str):
    outcome = await fill(world, "gmc1", first, last)
    assert set(outcome.errors) == {field}
    assert await world.rows(Absence) == []


@SQLITE
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("over the hills", "We did not understand “over the hills”. Type /away today"),
        ("until 22 November", "That day has passed"),
        ("2 Dec to 1 Dec", "The last day comes before the first."),
        ("until 4 December @dean", "We did not understand"),
        ("@dean until 4 December", "Only the secretariat of a group they belong to"),
    ],
)
async def test_other_words_are_refused_plainly(world: World, words: str, sentence: str):
    assert sentence in await away(world, "gmc1", words)
    assert await world.rows(Absence) == []


@SQLITE
async def test_what_overlaps_or_touches_becomes_one(world: World):
    for words in ("1 Dec to 3 Dec", "8 Dec to 9 Dec", "1 Dec to 3 Dec", "2 Dec"):
        await away(world, "gmc1", words)
    assert await spans(world, "gmc1") == [("2026-12-01", "2026-12-04"), ("2026-12-08", "2026-12-10")]
    assert "from 1 December 2026 to 9 December 2026" in await away(world, "gmc1", "4 Dec to 8 Dec")
    assert await spans(world, "gmc1") == [("2026-12-01", "2026-12-10")]
    assert "from 30 November 2026 to 9 December 2026" in await away(world, "gmc1", "30 Nov")
    assert await spans(world, "gmc1") == [("2026-11-30", "2026-12-10")]
    assert await acts(world, "person") == ["absence said"] * 4


async def test_sent_twice_is_said_once(world: World):
    gmc = world.persona("gmc1")
    form = await open_form(world, "gmc1")
    tap = Tap(world)
    tap.copies = 3
    await gmc.submit(form, {"first": "2026-12-01", "last": "2026-12-02"})
    await tap.again()
    assert await acts(world, "person") == ["absence said"]
    assert len(await world.rows(Absence)) == 1


async def test_two_who_say_it_at_once(world: World):
    gmc, secretary = world.persona("gmc1"), world.persona("secretary")
    await asyncio.gather(
        gmc.command("/away", "1 Dec to 5 Dec", channel=QSG),
        secretary.command("/away", at_mention("gmc1", "4 Dec to 8 Dec"), channel=QSG),
    )
    assert await spans(world, "gmc1") == [("2026-12-01", "2026-12-09")]


async def test_back_before_the_end(world: World):
    await away(world, "gmc1", "until 4 December")
    gmc = world.persona("gmc1")
    home = await gmc.open_home()
    assert home.text.startswith("You are away until 4 December 2026.")
    await world.move(hours=2)
    await gmc.command("/away", "back", channel=QSG)
    assert "Ended: your absence from 23 November 2026 to 4 December 2026" in gmc.modal.text
    await gmc.close(gmc.modal)
    await gmc.command("/away", "back", channel=QSG)
    assert "There was nothing to end" in gmc.modal.text
    assert "You are away" not in (await gmc.open_home()).text
    await given_escalation(world, ["gmc"])
    assert len(notices(world, "gmc1")) == 1
    assert await acts(world, "person") == ["absence said", "absence ended"]


@SQLITE
async def test_away_again_on_the_same_day(world: World):
    """Saying it anew is a new absence, though it begins at the same midnight."""
    gmc = world.persona("gmc1")
    await away(world, "gmc1", "today")
    await gmc.command("/away", "back", channel=QSG)
    await given_escalation(world, ["gmc"])
    assert len(notices(world, "gmc1")) == 1
    await world.move(minutes=5)
    await away(world, "gmc1", "until 25 Nov")
    await world.tick()
    assert len(notices(world, "gmc2")) == 1
    assert await spans(world, "gmc1") == [("2026-11-23", "2026-11-26")]


@SQLITE
async def test_the_home_page_s_button_ends_it(world: World):
    await away(world, "gmc1", "until 4 December")
    gmc = world.persona("gmc1")
    await gmc.press(await gmc.open_home(), "I am back")
    assert "Ended: your absence" in gmc.modal.text
    assert await spans(world, "gmc1") == []


@SQLITE
async def test_the_list_removes_one_and_leaves_the_other(world: World):
    await away(world, "gmc1", "1 Dec to 3 Dec")
    await away(world, "gmc1", "8 Dec to 9 Dec")
    gmc = world.persona("gmc1")
    await gmc.command("/away", "list", channel=QSG)
    assert "You will be away from 1 December 2026 to 3 December 2026" in gmc.modal.text
    assert "In your groups" not in gmc.modal.text
    await gmc.press(gmc.modal, "Not away from 1 December 2026")
    assert "Ended: your absence from 1 December" in gmc.modal.text
    assert await spans(world, "gmc1") == [("2026-12-08", "2026-12-10")]
    form = await open_form(world, "gmc1")
    assert "You will be away from 8 December 2026 to 9 December 2026" in form.text


@SQLITE
async def test_a_button_pressed_twice_says_so(world: World):
    await away(world, "gmc1", "today")
    gmc = world.persona("gmc1")
    word = [message for message in gmc.messages(QSG) if message.ephemeral][-1]
    for expected in ("Ended: your absence", "There was nothing to end"):
        await gmc.press(word, "I am back")
        assert expected in gmc.modal.text
        await gmc.close(gmc.modal)
    assert await acts(world, "person") == ["absence said", "absence ended"]


async def test_the_secretariat_says_it_for_another(world: World):
    await given_escalation(world, ["gmc"])
    answer = await away(world, "secretary", at_mention("gmc1", "until 4 December"))
    assert "Gmc1 Person is away from 23 November 2026 to 4 December 2026." in answer
    assert "They are told that you said so." in answer
    word = last_dm(world, "gmc1")
    assert "Secretary Person has said that you are away from 23 November 2026 to 4 December 2026" in word.text
    await world.tick()
    assert len(notices(world, "gmc2")) == 1
    await world.persona("gmc1").press(word, "I am not away then")
    await world.settle()
    assert await spans(world, "gmc1") == []
    ended = last_dm(world, "secretary").text
    assert "Gmc1 Person has ended their absence from 23 November" in ended
    entries = await world.rows(JournalEntry, JournalEntry.subject_kind == "person")
    assert [(entry.act, entry.person_id) for entry in sorted(entries, key=lambda entry: entry.key)] == [
        ("absence said", world.ids["secretary"]),
        ("absence ended", world.ids["gmc1"]),
    ]


async def test_the_secretariat_s_form_finds_the_person(world: World):
    secretary = world.persona("secretary")
    outcome = await fill(world, "secretary", "2026-12-01", "2026-12-02", whom="Gmc1")
    assert outcome.ok, outcome
    assert "Gmc1 Person will be away from 1 December 2026 to 2 December 2026." in secretary.modal.text
    assert await spans(world, "gmc1") == [("2026-12-01", "2026-12-03")]
    assert await spans(world, "secretary") == []


@SQLITE
async def test_the_secretariat_s_form_left_empty_means_themselves(world: World):
    assert (await fill(world, "secretary", "2026-12-01", "2026-12-02")).ok
    assert await spans(world, "secretary") == [("2026-12-01", "2026-12-03")]


@SQLITE
async def test_mentioned_without_days_opens_the_form_for_them(world: World):
    secretary = world.persona("secretary")
    form = await open_form(world, "secretary", at_mention("gmc1", ""))
    assert "Gmc1 Person" in str(form.blocks)
    assert (await secretary.submit(form, {"first": "2026-12-01", "last": "2026-12-01"})).ok
    assert await spans(world, "gmc1") == [("2026-12-01", "2026-12-02")]


@SQLITE
async def test_the_secretariat_sees_who_is_away_and_calls_them_back(world: World):
    await away(world, "gmc1", "until 4 December")
    await away(world, "secretary", at_mention("dean", "8 Dec"))
    await world.change(absence(world.ids, "gmc2", world.now, world.now + timedelta(days=3)))
    await world.change(absence(world.ids, "nmc1", world.now, world.now + timedelta(days=3)))
    secretary = world.persona("secretary")
    await secretary.command("/away", "list", channel=QSG)
    page = secretary.modal.text
    assert "Gmc1 Person (GMC) is away from 23 November 2026 to 4 December 2026" in page
    assert "Gmc2 Person (GMC) is away" in page
    assert "in the network file" in page
    assert "Dean Person (HEE) will be away on 8 December 2026, said by Secretary Person" in page
    assert "Nmc1" not in page
    assert await acts(world, "group") == ["absences listed"]
    await secretary.close(secretary.modal)
    await secretary.command("/away", at_mention("gmc1", "back"), channel=QSG)
    await world.settle()
    assert "Ended: the absence of Gmc1 Person" in secretary.modal.text
    assert "Secretary Person has ended your absence" in last_dm(world, "gmc1").text


# Who speaks for whom, and what follows.
OTHERS = [
    ("gmc2", "gmc1", "Only the secretariat"),
    ("chair", "gmc1", "Only the secretariat"),
    ("gmc2", "nobody", "Only the secretariat"),
    ("secretary", "nmc1", "Only the secretariat"),
    ("secretary", "leaver", "Only the secretariat"),
    ("secretary", "nobody", "We do not know who you mean"),
]


@SQLITE
@pytest.mark.parametrize(("slug", "other", "sentence"), OTHERS)
async def test_nobody_else_says_it(world: World, slug: str, other: str, sentence: str):
    for words in ("until 4 December", "back", ""):
        assert sentence in await away(world, slug, at_mention(other, words))
    assert await world.rows(Absence) == []
    refused = [entry.act for entry in await world.rows(JournalEntry)]
    assert refused == (["refused"] * 3 if sentence.startswith("Only") else [])


@SQLITE
async def test_a_name_typed_by_hand_is_nobody(world: World):
    assert "We do not know who you mean" in await away(world, "secretary", "@gmc1 until 4 December")
    assert await world.rows(Absence) == []


@SQLITE
async def test_a_forged_form_or_button_ends_and_says_nothing(world: World):
    await away(world, "gmc1", "until 4 December")
    (row,) = await world.rows(Absence)
    dean = world.persona("dean")
    home = await dean.open_home()
    tap = Tap(world, lambda payload: payload["actions"][0].update(action_id="away.end", value=str(row.key)))
    await dean.press(home, "Help")
    assert "Only the secretariat" in dean.modal.text
    await dean.close(dean.modal)
    world.pg.transport = tap.carry
    form = await open_form(world, "dean")
    chosen = {"type": "external_select", "selected_option": {"value": str(world.ids["gmc2"])}}
    Tap(world, lambda payload: payload["view"]["state"]["values"].update(whom={"away.person": chosen}))
    outcome = await dean.submit(form, {"first": "2026-12-01", "last": "2026-12-02"})
    assert "Only the secretariat" in str(outcome.errors)
    assert await spans(world, "gmc1") == [("2026-11-23", "2026-12-05")]
    assert await spans(world, "gmc2") == []


@SQLITE
async def test_a_secretariat_no_more_is_told_nothing(world: World):
    await away(world, "secretary", at_mention("gmc1", "until 4 December"))
    (seat,) = await world.rows(Seat, Seat.person_id == world.ids["secretary"])
    seat.ends_on = date(2026, 11, 22)
    await world.change(seat)
    before = told(world, "secretary")
    await world.persona("gmc1").press(last_dm(world, "gmc1"), "I am not away then")
    await world.settle()
    assert told(world, "secretary") == before
    assert "Only the secretariat" in await away(world, "secretary", at_mention("gmc1", "today"))


async def test_nobody_left_is_said_at_once_and_to_the_secretariat_once(world: World):
    assert WARNING not in await away(world, "gmc1", "1 Dec to 10 Dec")
    assert WARNING not in await away(world, "gmc2", "3 Dec to 8 Dec")
    answer = await away(world, "gmc3", "5 Dec to 20 Dec")
    assert "Nobody can be reached for GMC from 5 December 2026 to 8 December 2026." in answer
    assert "The secretariat has been told." in answer
    word = last_dm(world, "secretary").text
    assert word.startswith("Nobody can be reached for GMC from 5 December 2026 to 8 December 2026")
    assert "Gmc3 Person is away from 5 December 2026 to 20 December 2026" in word
    await away(world, "gmc3", "5 Dec to 20 Dec")
    await world.move(days=1)
    assert len([text for text in told(world, "secretary") if WARNING in text]) == 1
    assert not [text for slug in ("chair", "gmc1", "dean") for text in told(world, slug) if WARNING in text]


@SQLITE
async def test_the_secretariat_who_says_it_is_told_in_the_reply(world: World):
    answer = await away(world, "secretary", at_mention("dean", "today"))
    assert "Nobody can be reached for HEE on 23 November 2026." in answer
    assert "The secretariat has been told" not in answer
    assert "Find somebody who will be there" in answer
    assert await outbox(world, "away.nobody") == []


@SQLITE
async def test_who_answers_for_nobody_leaves_no_gap(world: World):
    assert WARNING not in await away(world, "inspector", "today")
    assert await outbox(world, "away.nobody") == []


@SQLITE
async def test_a_warning_overtaken_by_events_is_not_sent(world: World):
    await world.persona("dean").command("/away", "8 Dec", channel=QSG)
    (row,) = await outbox(world, "away.nobody")
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids["lead"], role=Role.DEPUTY))
    await set_person(world, "lead", organisation_id=world.ids["org:hee"])
    await world.settle()
    assert not [text for text in told(world, "secretary") if WARNING in text]
    assert row.subject["organisation"] == world.ids["org:hee"]


@SQLITE
async def test_back_from_an_absence_of_the_file(world: World):
    start = datetime(2026, 11, 20, tzinfo=UTC)
    await world.change(absence(world.ids, "gmc1", start, start + timedelta(days=10)))
    gmc = world.persona("gmc1")
    await gmc.command("/away", "list", channel=QSG)
    assert "You are away from 20 November 2026 to 29 November 2026 (in the network file)" in gmc.modal.text
    await gmc.press(gmc.modal, "I am back")
    assert "The network file still has it: loading the file again does not bring it back" in gmc.modal.text
    await given_escalation(world, ["gmc"])
    assert len(notices(world, "gmc1")) == 1


@SQLITE
async def test_away_on_two_accounts_and_back_once(world: World):
    await world.change(absence(world.ids, "gmc1", world.now, world.now + timedelta(days=20)))
    await away(world, "secretary", at_mention("gmc1", "until 4 December"))
    gmc = world.persona("gmc1")
    await gmc.press(last_dm(world, "gmc1"), "I am not away then")
    assert "come to you again" not in gmc.modal.text
    await gmc.close(gmc.modal)
    home = await gmc.open_home()
    assert "You are away until 13 December 2026" in home.text
    await gmc.press(home, "I am back")
    assert "come to you again" in gmc.modal.text
    await gmc.press(gmc.modal, "Say that you are away")
    assert {"first", "last"} <= {block.get("block_id") for block in gmc.modal.blocks}
    assert await spans(world, "gmc1") == []


@SQLITE
async def test_midnight_is_where_they_live(world: World):
    await set_person(world, "gmc1", timezone="Europe/Brussels")
    await world.move_to(datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    assert "You are away on 24 November 2026." in await away(world, "gmc1", "today")
    (row,) = await world.rows(Absence)
    assert (row.starts_at, row.until) == (
        datetime(2026, 11, 23, 23, tzinfo=UTC),
        datetime(2026, 11, 24, 23, tzinfo=UTC),
    )
    assert "That day has passed" in await away(world, "gmc1", "23 November")
    form = await open_form(world, "gmc1")
    assert "2026-11-25" in str(form.blocks)
    assert "away on 23 November 2026" in await away(world, "gmc2", "today")


@SQLITE
async def test_nothing_of_a_concern_is_told(world: World):
    """Who may not see the escalation reads as much of an absence as anybody."""
    reference = await given_escalation(world, ["gmc"])
    await world.change(conflict(world.ids, "gmc2", "northgate"))
    answer = await away(world, "gmc1", "today")
    await world.tick()
    seen = [answer, answer_of(world, "gmc1", QSG), *told(world, "gmc2"), *told(world, "secretary")]
    assert not [text for text in seen if reference in text or "Northgate" in text]
