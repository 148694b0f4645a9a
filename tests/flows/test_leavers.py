"""A closed account is shut out at once, its duties are spoken of once, and it comes back only by agreement."""

from datetime import date, timedelta

import pytest

from bot.domain.terms import Role
from bot.schedules.people import accounts
from bot.store.tables import JournalEntry, Person, Seat
from tests.flows.action_steps import SQLITE, add, said, set_person
from tests.flows.people_steps import OUTSIDE, asked_of, decide, knock
from tests.flows.steps import Tap, given_action, given_concern, given_escalation, last_dm, outbox, told
from tests.world import World, chat_id, conflict

LEFT = "has left"


def word_of_leaving(world: World, slug: str = "secretary") -> list[str]:
    return [text for text in told(world, slug) if LEFT in text]


async def close(world: World, slug: str) -> None:
    await world.pg.close_account(chat_id(slug))
    await world.settle()


async def a_day(world: World) -> None:
    """Every hour's share of people is looked up; all the rest of the timetable is looked at only four times."""
    for hour in range(24):
        world.pg.clock.advance(timedelta(hours=1))
        await accounts(world.bot.work)
        if hour % 6 == 5:
            await world.tick()


async def person(world: World, slug: str) -> Person:
    (found,) = await world.rows(Person, Person.slug == slug)
    return found


async def test_duties_are_spoken_of_and_escalations_move_on(world: World):
    reference = await given_escalation(world, ["gmc"])
    await close(world, "gmc1")
    (word,) = word_of_leaving(world)
    assert "Gmc1 Person (GMC) has left" in word
    assert "nominated person of GMC" in word
    assert f"1 escalation had come to them and is not answered: {reference}" in word
    await world.tick()
    assert f"Reference {reference}" in last_dm(world, "gmc2").text
    assert (await person(world, "gmc1")).deactivated_at == world.now
    (entry,) = await world.rows(JournalEntry, JournalEntry.act == "account closed")
    assert (entry.group_id, entry.subject_id) == (world.ids["qsg"], world.ids["gmc1"])


@SQLITE
async def test_access_ends_at_once(world: World):
    reference = await given_concern(world)
    dean = world.persona("dean")
    async with world.bot.store.begin() as unit:
        (row,) = [await unit.get(Person, world.ids["dean"])]
        row.deactivated_at = world.now
        unit.add(row)
    await dean.command("/escalate", reference)
    assert dean.modal is None
    assert OUTSIDE in await knock(world, "dean")


@SQLITE
async def test_actions_are_handed_on_from_the_same_message(world: World):
    """Word of the actions comes with the rest, not a second time when a reminder is due."""
    reference = await given_action(world, date(2026, 12, 1), issue="Ask for the night rota")
    await close(world, "dean")
    secretary = world.persona("secretary")
    word = last_dm(world, "secretary")
    assert "They still own 1 action" in word.text
    assert "nominated person of HEE" in word.text
    await world.move(days=10)
    assert await outbox(world, "action.ownerless") == []
    assert len(word_of_leaving(world)) == 1
    await secretary.press(word, f"Give {reference} to somebody else")
    sent = await secretary.submit(secretary.modal, {"owner": "Gmc3 Person", "reason": "Left.", "due_on": "2026-12-11"})
    assert sent.ok, sent


@SQLITE
async def test_what_the_reader_may_not_see_is_not_counted(world: World):
    await given_action(world, date(2026, 12, 1), provider_id=world.ids["northgate"])
    reference = await given_escalation(world, ["gmc"])
    await world.change(conflict(world.ids, "secretary", "northgate"))
    for slug in ("dean", "gmc1"):
        await close(world, slug)
    for word in word_of_leaving(world):
        assert "action" not in word
        assert "escalation" not in word
        assert reference not in word
    assert len(word_of_leaving(world)) == 2


@SQLITE
async def test_nothing_waits_for_them(world: World):
    await close(world, "inspector")
    assert "As far as you may see, nobody waits for them." in word_of_leaving(world)[0]


@SQLITE
async def test_the_secretariat_of_each_group_hears_once(world: World):
    for slug in ("phso1", "chair"):
        await add(world, Seat(group_id=world.ids["region"], person_id=world.ids[slug], role=Role.SECRETARIAT))
    await add(world, Seat(group_id=world.ids["region"], person_id=world.ids["gmc3"], role=Role.REPRESENTATIVE))
    tap = Tap(world)
    await close(world, "gmc3")
    await tap.again()
    await world.move(days=1)
    assert [len(word_of_leaving(world, slug)) for slug in ("secretary", "phso1", "chair", "dean")] == [1, 1, 1, 0]
    assert "representative in Marram QSG" in word_of_leaving(world)[0]
    assert "representative in Regional QSG" in word_of_leaving(world, "phso1")[0]
    assert "Marram" not in word_of_leaving(world, "phso1")[0]


@SQLITE
async def test_of_an_organisation_in_no_group_every_secretariat_hears(world: World):
    await close(world, "nmc1")
    assert "nominated person of NMC" in word_of_leaving(world)[0]


@SQLITE
async def test_of_the_only_secretariat_the_chair_hears(world: World):
    await close(world, "secretary")
    assert "secretariat of Marram QSG" in word_of_leaving(world, "chair")[0]


@SQLITE
async def test_a_secretariat_that_leaves_before_it_hears_is_replaced(world: World):
    world.pg.fail_next("chat.postMessage", status=503, channel=chat_id("secretary"))
    await close(world, "dean")
    await close(world, "secretary")
    await world.move(seconds=30)
    await world.tick()
    assert {text.partition(" Person")[0] for text in word_of_leaving(world, "chair")} == {"Dean", "Secretary"}


@SQLITE
@pytest.mark.parametrize("user", ["U_STRANGER", "U_LEAVER"])
async def test_a_stranger_who_leaves_is_nobodys_business(world: World, user: str):
    await world.pg.close_account(user)
    await world.move(days=1)
    assert await world.rows(JournalEntry, JournalEntry.act == "account closed") == []
    assert word_of_leaving(world) == []


@SQLITE
async def test_a_namesake_in_another_workspace_changes_nothing(world: World):
    world.pg.workspace.users["U_DEAN"].team_id = "T_ELSEWHERE"
    await close(world, "dean")
    assert (await person(world, "dean")).deactivated_at is None


@SQLITE
async def test_a_changed_picture_is_no_matter(world: World):
    await world.pg.reopen_account("U_DEAN")
    assert await outbox(world) == []
    assert (await person(world, "dean")).version == 1


async def test_a_refusal_tells_that_the_account_is_closed(world: World):
    """The platform's own word of it was lost."""
    world.pg.deactivate(chat_id("gmc1"))
    await given_escalation(world, ["gmc"])
    await world.tick()
    assert (await person(world, "gmc1")).deactivated_at is not None
    assert len(word_of_leaving(world)) == 1


@SQLITE
@pytest.mark.parametrize("code", ["account_inactive", "user_not_found", "invalid_auth", "restricted_action"])
async def test_a_bot_in_the_wrong_workspace_shuts_nobody_out(world: World, code: str):
    world.pg.fail_next("conversations.open", error=code, count=99)
    world.pg.fail_next("users.info", error=code, count=9999)
    await given_escalation(world, ["gmc", "hee"])
    await a_day(world)
    assert {"conversations.open", "users.info"} <= {method for method, _ in world.pg.calls}
    assert [one.slug for one in await world.rows(Person) if one.deactivated_at] == []


async def test_a_daily_look_finds_what_was_missed(world: World):
    for slug in ("gmc1", "lead"):
        world.pg.deactivate(chat_id(slug))
    for _ in range(24):
        await world.move(hours=1)
    closed = {one.slug for one in await world.rows(Person) if one.deactivated_at}
    assert closed == {"gmc1", "lead"}
    assert len(word_of_leaving(world)) == 2
    asked = [arguments["user"] for method, arguments in world.pg.calls if method == "users.info"]
    assert {chat_id("gmc1"), chat_id("dean"), chat_id("nmc1")} <= set(asked)
    assert "U_LEAVER" not in asked


@SQLITE
async def test_the_look_stops_when_the_platform_asks_for_patience(world: World):
    for _ in range(24):
        world.pg.fail_next("users.info", status=429, retry_after=30, count=99)
        await world.move(hours=1)
    assert [one.slug for one in await world.rows(Person) if one.deactivated_at] == []


async def test_an_account_opened_again_waits_for_the_secretariat(world: World):
    await close(world, "dean")
    await world.pg.reopen_account("U_DEAN")
    assert OUTSIDE in await knock(world, "dean")
    (word,) = asked_of(world)
    assert "They were here before, at HEE" in word
    assert "If you enrol them there they are again nominated person of HEE" in word
    assert "is enrolled at HEE, by Secretary Person" in await decide(world, "Enrol at HEE")
    dean = await person(world, "dean")
    assert (dean.deactivated_at, dean.enrolled_in_chat) == (None, False)
    assert "Your actions" in await said(world, "dean", "/action", channel=None)


@SQLITE
async def test_an_account_found_open_by_the_daily_look(world: World):
    await close(world, "dean")
    world.pg.workspace.users["U_DEAN"].deleted = False
    await a_day(world)
    await world.move(hours=1)
    assert len(asked_of(world)) == 1
    assert (await person(world, "dean")).deactivated_at is not None


@SQLITE
async def test_closed_a_second_time_is_told_a_second_time(world: World):
    for times in (1, 2):
        await close(world, "dean")
        assert len(word_of_leaving(world)) == times
        await world.move(days=31)
        await world.pg.reopen_account("U_DEAN")
        await world.tick()
        await decide(world, "Enrol at HEE")
    assert len(await world.rows(JournalEntry, JournalEntry.act == "account closed")) == 2


@SQLITE
async def test_who_is_back_before_word_goes_out_has_not_left(world: World):
    world.pg.fail_next("chat.postMessage", status=503, channel=chat_id("secretary"))
    await close(world, "dean")
    await set_person(world, "dean", deactivated_at=None)
    await world.move_to(world.now + timedelta(minutes=1))
    assert word_of_leaving(world) == []
