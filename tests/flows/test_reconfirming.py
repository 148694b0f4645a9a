"""Nominated people say every 90 days that they still are; saying nothing or no never leaves a place empty."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from bot.domain.terms import Role
from bot.store.tables import JournalEntry, NominatedPerson, Seat
from tests.flows.action_steps import SQLITE, add, nine, set_person
from tests.flows.people_steps import press_last
from tests.flows.steps import given_escalation, last_dm, outbox, told
from tests.world import CONFIRMED, World, absence

ASKED = "Are you still named?"
DUE = nine("2027-02-01")  # CONFIRMED is 2 November: 91 days


def questions(world: World, slug: str = "gmc1") -> list[str]:
    return [text for text in told(world, slug) if ASKED in text]


def reports(world: World, slug: str = "secretary") -> list[str]:
    return [text for text in told(world, slug) if ("still named" in text and ASKED not in text) or "any more" in text]


async def nomination(world: World, slug: str = "gmc1") -> NominatedPerson:
    return (await world.rows(NominatedPerson, NominatedPerson.person_id == world.ids[slug]))[0]


async def only(world: World, slug: str = "gmc1", **values: object) -> None:
    """Of all nominations, only that person's is not confirmed in good time."""
    for row in await world.rows(NominatedPerson):
        row.confirmed_on = CONFIRMED if row.person_id == world.ids[slug] else date(2027, 1, 29)
        for name, value in values.items():
            setattr(row, name, value)
        await world.change(row)


@SQLITE
@pytest.mark.parametrize(
    ("moment", "asked"),
    [
        (datetime(2027, 1, 29, 12, tzinfo=UTC), 0),  # 88 days
        (datetime(2027, 1, 31, 12, tzinfo=UTC), 0),  # 90 days
        (datetime(2027, 2, 1, 8, 59, tzinfo=UTC), 0),
        (DUE, 1),
        (datetime(2027, 2, 1, 18, tzinfo=UTC), 0),
        (datetime(2027, 2, 6, 12, tzinfo=UTC), 0),  # a Saturday
        (datetime(2027, 3, 29, 12, tzinfo=UTC), 0),  # Easter Monday
        (datetime(2027, 3, 30, 12, tzinfo=UTC), 1),
    ],
)
async def test_when_they_are_asked(world: World, moment: datetime, asked: int):
    await only(world)
    await world.move_to(moment)
    await world.tick()
    assert len(questions(world)) == asked


async def test_yes_works_once_and_says_until_when(world: World):
    await only(world)
    await world.move_to(DUE)
    (question,) = questions(world)
    assert "You are nominated person of GMC" in question
    for _ in range(2):
        assert "You are named until we ask again after 2 May 2027" in await press_last(world, "gmc1", "Yes, I am")
    assert (await nomination(world)).confirmed_on == date(2027, 2, 1)
    assert len(await world.rows(JournalEntry, JournalEntry.act == "nomination confirmed")) == 1
    assert "until we ask again after 2 May 2027" in await press_last(world, "gmc1", "No, not any more")
    assert reports(world) == []
    await world.move_to(nine("2027-04-30"))
    assert len(questions(world)) == 1
    await world.move_to(nine("2027-05-04"))
    assert len(questions(world)) == 2


@SQLITE
async def test_never_confirmed_counts_from_the_beginning(world: World):
    await only(world, confirmed_on=None, starts_on=date(2026, 11, 3))
    await world.move_to(DUE)
    assert questions(world) == []
    await world.move_to(nine("2027-02-02"))
    assert len(questions(world)) == 1


@SQLITE
async def test_several_nominations_are_one_question(world: World):
    await only(world)
    row = await nomination(world)
    more = row.model_dump(exclude={"id", "category", "region", "rung"})
    await add(world, NominatedPerson(**more, category="professionals", region="London", rung=1))
    await world.move_to(DUE)
    (question,) = questions(world)
    assert "You are deputy 1 to the nominated person of GMC for “" in question
    assert "professionals” in London" in question
    await press_last(world, "gmc1", "Yes, I am")
    rows = await world.rows(NominatedPerson, NominatedPerson.person_id == world.ids["gmc1"])
    assert {row.confirmed_on for row in rows} == {date(2027, 2, 1)}


@SQLITE
async def test_who_is_away_is_asked_when_back(world: World):
    await only(world)
    await world.change(absence(world.ids, "gmc1", DUE, nine("2027-02-10")))
    await world.move_to(DUE)
    assert questions(world) == []
    await world.move_to(nine("2027-02-10"))
    assert len(questions(world)) == 1


@SQLITE
@pytest.mark.parametrize("change", ["left", "no chat"])
async def test_who_has_left_is_not_asked(world: World, change: str):
    await only(world)
    await set_person(world, "gmc1", **({"chat_user": None} if change == "no chat" else {"ends_on": date(2027, 1, 1)}))
    await world.move_to(DUE)
    assert await outbox(world, "people.reconfirm") == []


async def test_silence_is_told_after_ten_working_days_and_nobody_goes(world: World):
    await only(world)
    await world.move_to(DUE)
    await world.move_to(nine("2027-02-12"))  # nine working days
    assert reports(world) == []
    for day in ("2027-02-15", "2027-02-16", "2027-03-16"):
        await world.move_to(nine(day))
        for slug in ("secretary", "gmc3"):
            (report,) = reports(world, slug)
            assert "Gmc1 Person has not answered whether they are still named" in report
            assert "nominated person of GMC" in report
            assert "asked on 1 February 2027" in report
    assert len(questions(world)) == 1
    assert reports(world, "dean") == []
    reference = await given_escalation(world, ["gmc"])
    assert f"Reference {reference}" in last_dm(world, "gmc1").text


@SQLITE
async def test_an_answer_after_that_is_told_too(world: World):
    await only(world)
    await world.move_to(DUE)
    await world.move_to(nine("2027-02-15"))
    await press_last(world, "gmc1", "Yes, I am")
    for slug in ("secretary", "gmc3"):
        assert "Gmc1 Person has confirmed after all" in last_dm(world, slug).text


async def test_no_is_told_at_once_and_they_stay_until_changed(world: World):
    await only(world)
    await world.move_to(DUE)
    page = await press_last(world, "gmc1", "No, not any more")
    assert "escalations still come to you" in page
    assert await press_last(world, "gmc1", "No, not any more") == page
    for slug in ("secretary", "gmc3"):
        (report,) = reports(world, slug)
        assert "Gmc1 Person says they are not named for this any more" in report
    await world.move(days=30)
    assert len(reports(world)) == 1
    assert len(await world.rows(JournalEntry, JournalEntry.act == "nomination refused")) == 1
    reference = await given_escalation(world, ["gmc"])
    assert f"Reference {reference}" in last_dm(world, "gmc1").text


@SQLITE
async def test_no_pressed_by_mistake(world: World):
    await only(world)
    await world.move_to(DUE)
    question = last_dm(world, "gmc1")
    gmc1 = world.persona("gmc1")
    for label in ("No, not any more", "Yes, I am"):
        await gmc1.press(question, label)
        await gmc1.close(gmc1.modal)
        await world.settle()
    assert (await nomination(world)).confirmed_on == date(2027, 2, 1)
    assert "has confirmed after all" in last_dm(world, "secretary").text


@SQLITE
async def test_of_an_organisation_in_no_group_every_secretariat_hears(world: World):
    await add(world, Seat(group_id=world.ids["region"], person_id=world.ids["phso1"], role=Role.SECRETARIAT))
    await only(world, "nmc1")
    await world.move_to(DUE)
    await press_last(world, "nmc1", "No, not any more")
    assert [len(reports(world, slug)) for slug in ("secretary", "phso1", "chair")] == [1, 1, 0]


@SQLITE
async def test_what_the_secretariat_has_changed_meanwhile_is_not_asked(world: World):
    await only(world)
    await world.move_to(DUE)
    row = await nomination(world)
    row.ends_on = date(2027, 1, 31)
    await world.change(row)
    for label in ("Yes, I am", "No, not any more"):
        assert "there is nothing to confirm" in await press_last(world, "gmc1", label)
    await world.move(days=30)
    assert reports(world) == []


async def test_two_replicas_ask_once(world: World):
    await only(world)
    twin = world.twin()
    try:
        world.pg.clock.set(DUE)
        await world.tick(world.bot, twin)
        assert len(questions(world)) == 1
        await asyncio.gather(*(press_last(world, slug, "Yes, I am") for slug in ("gmc1",)))
    finally:
        await twin.store.close()
