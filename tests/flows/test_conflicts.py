"""`/soundings conflicts`: declared, one sees nothing about that provider; ended by somebody else, one sees it again."""

import asyncio
from datetime import date, timedelta

from bot.services.conflicts import declare as declare_one
from bot.store.tables import Conflict, JournalEntry, Seat
from tests.flows.action_log_steps import open_log
from tests.flows.action_steps import SQLITE, acts, said, summary
from tests.flows.steps import Tap, answer_of, given_action, given_concern, last_dm, told, viewer
from tests.world import QSG, World

NORTHGATE = "Northgate University Hospital NHS Trust"


async def declare(world: World, slug: str = "dean", provider: str = NORTHGATE) -> None:
    person = world.persona(slug)
    outcome = await person.command("/soundings", "conflicts", channel=QSG)
    assert outcome.ok, outcome
    await person.press(person.modal, "Declare one")
    outcome = await person.submit(person.modal, {"provider": provider})
    assert outcome.ok, outcome
    await world.settle()


async def page(world: World, slug: str) -> str:
    person = world.persona(slug)
    await person.command("/soundings", "conflicts", channel=QSG)
    return person.modal.text


async def test_nothing_is_shown_from_then_on(world: World):
    concern = await given_concern(world)
    await given_action(world, date(2026, 12, 1), owner="gmc1", provider_id=world.ids["northgate"])
    await declare(world)
    assert f"{NORTHGATE}, since 23 November 2026" in world.persona("dean").modal.text
    assert "have declared a conflict of interest about it" in await summary(world)
    assert "nothing under" in await said(world, "dean", "/escalate", concern)
    assert "Ask for the rota" not in (await open_log(world, "dean")).text
    assert await acts(world, "provider") == ["conflict declared"]


async def test_those_who_run_the_group_are_told(world: World):
    await declare(world)
    assert f"Dean Person has declared a conflict of interest about {NORTHGATE}" in last_dm(world, "secretary").text
    assert "nothing about Northgate" in last_dm(world, "secretary").text
    assert not any("conflict" in text for slug in ("chair", "gmc1", "dean") for text in told(world, slug))


async def test_declaring_twice_is_declaring_once(world: World):
    await declare(world)
    tap = Tap(world)
    tap.copies = 3
    await declare(world)
    await declare(world)
    assert len(await world.rows(Conflict)) == 1
    assert await acts(world, "provider") == ["conflict declared"]
    assert len([text for text in told(world, "secretary") if "has declared" in text]) == 1


@SQLITE
async def test_an_empty_form_is_refused_beside_the_field(world: World):
    dean = world.persona("dean")
    await dean.command("/soundings", "conflicts")
    await dean.press(dean.modal, "Declare one")
    outcome = await dean.submit(dean.modal, {})
    assert set(outcome.errors) == {"provider"}
    assert await world.rows(Conflict) == []


async def ask_for_its_end(world: World, slug: str = "dean") -> None:
    person = world.persona(slug)
    await person.command("/soundings", "conflicts", channel=QSG)
    await person.press(person.modal, "conflict.over")
    assert "have been asked" in person.modal.text
    await world.settle()


async def test_somebody_else_ends_it(world: World):
    concern = await given_concern(world)
    await declare(world)
    await ask_for_its_end(world)
    assert "nothing under" in await said(world, "dean", "/escalate", concern)
    await world.persona("secretary").press(last_dm(world, "secretary"), "End it")
    await world.settle()
    assert "has ended" in last_dm(world, "dean").text
    assert concern in await summary(world)
    assert (await acts(world, "provider"))[:3] == ["conflict declared", "end of conflict asked", "conflict ended"]
    (entry,) = await world.rows(JournalEntry, JournalEntry.act == "conflict ended")
    assert (entry.person_id, entry.facts) == (world.ids["secretary"], {"person": world.ids["dean"]})


async def test_asked_for_its_end_once_a_day(world: World):
    await declare(world)
    for _ in range(3):
        await ask_for_its_end(world)
    assert len([text for text in told(world, "secretary") if "is over" in text]) == 1
    await world.move(days=1)
    await ask_for_its_end(world)
    assert len([text for text in told(world, "secretary") if "is over" in text]) == 2


async def test_ending_twice_is_ending_once(world: World):
    await declare(world)
    await ask_for_its_end(world)
    asked = last_dm(world, "secretary")
    for _ in range(2):
        await world.persona("secretary").press(asked, "End it")
    await world.settle()
    assert (await acts(world, "provider")).count("conflict ended") == 1
    assert len([text for text in told(world, "dean") if "has ended" in text]) == 1


@SQLITE
async def test_two_end_it_at_once(world: World):
    await declare(world)
    await ask_for_its_end(world)
    chair, secretary = world.persona("chair"), world.persona("secretary")
    asked = last_dm(world, "secretary")
    await chair.command("/soundings", "conflicts", channel=QSG)
    await asyncio.gather(chair.press(chair.modal, "conflict.end"), secretary.press(asked, "End it"))
    assert (await acts(world, "provider")).count("conflict ended") == 1


async def test_nobody_ends_their_own(world: World):
    await declare(world, "secretary")
    (conflict,) = await world.rows(Conflict)
    assert "End Secretary" not in await page(world, "secretary")
    forged = {"action_id": "conflict.end", "value": str(conflict.key)}
    secretary = world.persona("secretary")
    tap = Tap(world, lambda payload: payload["actions"][0].update(forged))
    await secretary.press(secretary.modal, "Declare one")
    world.pg.transport = tap.carry
    assert "nobody for themselves" in secretary.modal.text
    assert (await world.rows(Conflict))[0].ends_on is None
    assert "End Secretary Person’s" in await page(world, "chair")


async def test_a_member_ends_nobodys(world: World):
    await declare(world)
    (conflict,) = await world.rows(Conflict)
    assert "Dean Person" not in await page(world, "gmc1")
    gmc = world.persona("gmc1")
    for forged in ("conflict.end", "conflict.over"):
        home = await gmc.open_home()
        values = {"action_id": forged, "value": str(conflict.key)}
        tap = Tap(world, lambda payload, values=values: payload["actions"][0].update(values))
        await gmc.press(home, "Help")
        world.pg.transport = tap.carry
    assert (await world.rows(Conflict))[0].ends_on is None
    assert [entry.act for entry in await world.rows(JournalEntry, JournalEntry.person_id == world.ids["gmc1"])] == [
        "refused",
        "refused",
    ]


async def test_declared_again_on_the_day_it_ended(world: World):
    await declare(world)
    await ask_for_its_end(world)
    await world.persona("secretary").press(last_dm(world, "secretary"), "End it")
    await world.settle()
    assert "You have declared none" in await page(world, "dean")
    await declare(world)
    (conflict,) = await world.rows(Conflict)
    assert (conflict.starts_on, conflict.ends_on) == (date(2026, 11, 23), None)
    assert "have declared a conflict" in await summary(world)


@SQLITE
async def test_the_word_is_found_and_explained(world: World):
    assert "conflicts" in await said(world, "dean", "/soundings", "help")
    await world.persona("dean").command("/soundings", "conflict", channel=QSG)
    assert "did not understand" in answer_of(world, "dean", QSG)


async def test_who_runs_the_group_no_more_is_told_nothing(world: World):
    before = told(world, "secretary")
    async with world.bot.store.begin() as unit:
        by = await viewer(world, unit, "dean")
        await declare_one(unit, world.ids["northgate"], by=by, now=world.now, rules=world.bot.work.rules)
    for seat in await world.rows(Seat, Seat.person_id == world.ids["secretary"]):
        seat.ends_on = world.now.date() - timedelta(days=1)
        await world.change(seat)
    await world.settle()
    assert told(world, "secretary") == before
