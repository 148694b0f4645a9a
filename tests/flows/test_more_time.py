"""More time for an action: asked by its owner, decided by somebody else, and the first decision stands."""

import asyncio
from datetime import date

import pytest
from sqlmodel import col

from bot.store.tables import Action, ActionChange, ActionRequest, Seat
from tests.flows.action_steps import SQLITE, acts, nine, open_change, reminders, set_person
from tests.flows.life_steps import act, ask_time, done, open_action, pass_on, the_action
from tests.flows.steps import Tap, answer_of, given_action, last_dm, outbox, told
from tests.world import World, conflict

DUE, LATER = date(2026, 12, 7), date(2026, 12, 21)
UNTIL = LATER.isoformat()


async def decide(world: World, slug: str, button: str = "Grant", answer: str = "") -> str:
    """Press a button on the newest message and answer; what the page that follows says."""
    person = world.persona(slug)
    await person.press(last_dm(world, slug), button)
    sent = await person.submit(person.modal, {"answer": answer} if answer else {})
    await world.settle()
    return person.modal.text if sent.ok else str(sent.errors)


async def the_request(world: World) -> ActionRequest:
    (request,) = await world.rows(ActionRequest)
    return request


async def unseat(world: World, *slugs: str) -> None:
    """End the seats of these people."""
    seats = await world.rows(Seat, col(Seat.person_id).in_([world.ids[slug] for slug in slugs]))
    for seat in seats:
        seat.ends_on = date(2026, 11, 22)
    await world.change(*seats)


async def test_asked_granted_and_told(world: World):
    reference = await given_action(world, DUE)
    assert (await ask_time(world, "dean", reference, UNTIL)).ok
    assert "Dean Person asks for more time, until 21 December 2026" in world.persona("dean").modal.text
    assert "More time" not in world.persona("dean").modal.buttons
    for slug in ("chair", "secretary"):
        word = last_dm(world, slug)
        assert f"Dean Person asks for more time for {reference}" in word.text
        assert "They ask for 21 December 2026:\nThe trust is slow." in word.text
        assert word.buttons == ["Grant", "Not granted", f"Open {reference}"]
    assert (await the_action(world)).due_on == DUE
    assert "Due 21 December 2026" in await decide(world, "secretary", answer="This once.")
    action = await the_action(world)
    assert (action.due_on, action.remind_on) == (LATER, date(2026, 12, 14))
    word = last_dm(world, "dean")
    assert f"You have more time for {reference}\nSecretary Person granted it. It is now due on 21 December" in word.text
    assert "This once." in word.text
    for slug in ("chair", "secretary"):
        assert f"Secretary Person granted Dean Person more time for {reference}" in last_dm(world, slug).text
        assert last_dm(world, slug).buttons == [f"Open {reference}"]
    kept = await world.rows(ActionChange, ActionChange.field == "due date")
    assert [(one.before, one.after, one.reason) for one in kept] == [("2026-12-07", UNTIL, "The trust is slow.")]
    assert await acts(world, "action") == ["action added", "more time asked", "more time granted"]


@SQLITE
async def test_not_granted_with_a_reason(world: World):
    reference = await given_action(world, DUE)
    await ask_time(world, "dean", reference, UNTIL)
    chair = world.persona("chair")
    await chair.press(last_dm(world, "chair"), "Not granted")
    assert "required" in (await chair.submit(chair.modal, {"answer": "  "})).errors["answer"]
    assert (await chair.submit(chair.modal, {"answer": "The board meets before."})).ok
    await world.settle()
    word = last_dm(world, "dean")
    assert f"No more time for {reference}\nChair Person did not grant it. It is due on 7 December 2026." in word.text
    assert "The board meets before." in word.text
    assert (await the_action(world)).due_on == DUE
    assert (await ask_time(world, "dean", reference, "2026-12-14", "A week, then.")).ok
    assert sum("asks for more time" in text for text in told(world, "chair")) == 1


@SQLITE
async def test_until_granted_the_date_stands_and_reminders_go_on(world: World):
    reference = await given_action(world, date(2026, 12, 1))
    await ask_time(world, "dean", reference, UNTIL)
    await world.move_to(nine("2026-11-24"))
    assert "due 1 December 2026" in reminders(world)[0]
    await world.move_to(nine("2026-12-02"))
    assert "Overdue" in reminders(world)[-1]


async def test_the_first_decision_stands(world: World):
    reference = await given_action(world, DUE)
    await ask_time(world, "dean", reference, UNTIL)
    people = {slug: world.persona(slug) for slug in ("chair", "secretary")}
    for slug, person in people.items():
        await person.press(last_dm(world, slug), "Grant" if slug == "chair" else "Not granted")
    sent = await asyncio.gather(*(each.submit(each.modal, {"answer": "Said."}) for each in people.values()))
    assert sorted(one.ok for one in sent) == [False, True]
    (refused,) = [next(iter(one.errors.values())) for one in sent if not one.ok]
    granted = sent[0].ok
    who = "granted by Chair Person" if granted else "not granted by Secretary Person"
    assert f"More time for {reference} is {who}, so it cannot be decided now" in refused
    assert (await the_action(world)).due_on == (LATER if granted else DUE)
    assert (await the_request(world)).granted is granted
    await world.settle()
    assert len(await outbox(world, "action.time_decided")) == 1


@SQLITE
async def test_an_old_button_says_who_decided(world: World):
    reference = await given_action(world, DUE)
    await ask_time(world, "dean", reference, UNTIL)
    old = last_dm(world, "secretary")
    await decide(world, "chair")
    secretary = world.persona("secretary")
    tap = Tap(world)
    key = (await the_request(world)).key
    tap.alter = lambda payload: payload["actions"][0].update(action_id="action.refuse", value=str(key))
    await secretary.press(last_dm(world, "secretary"), f"Open {reference}")
    world.pg.transport = tap.carry
    assert f"More time for {reference} is granted by Chair Person" in answer_of(world, "secretary")
    assert old.buttons[0] == "Grant"


@SQLITE
@pytest.mark.parametrize("slug", ["dean", "gmc3", "lead"])
async def test_others_cannot_decide(world: World, slug: str):
    reference = await given_action(world, DUE, slug="lead")
    await ask_time(world, "dean", reference, UNTIL)
    assert "Grant" not in (await open_action(world, slug, reference)).buttons
    chair = world.persona("chair")
    await chair.press(last_dm(world, "chair"), "Grant")
    tap = Tap(world, lambda payload: payload["user"].update(id=f"U_{slug.upper()}"))
    sent = await chair.submit(chair.modal)
    world.pg.transport = tap.carry
    assert not sent.ok
    assert "Only somebody else than whoever asks" in next(iter(sent.errors.values()))
    assert (await the_request(world)).decided_at is None


@SQLITE
async def test_a_chair_s_own_is_decided_by_the_secretariat(world: World):
    reference = await given_action(world, DUE, owner="chair", slug="lead")
    form = await open_change(world, "chair", reference)
    assert (await world.persona("chair").submit(form, {"due_on": UNTIL, "reason": "A slow trust."})).ok
    await world.settle()
    assert (await the_action(world)).due_on == DUE
    assert [row.person_id for row in await outbox(world, "action.time_asked")] == [world.ids["secretary"]]
    assert "Grant" not in (await open_action(world, "chair", reference)).buttons
    await decide(world, "secretary")
    assert (await the_action(world)).due_on == LATER


@SQLITE
async def test_with_nobody_else_whoever_raised_it_decides(world: World):
    reference = await given_action(world, DUE, owner="chair", slug="lead")
    await unseat(world, "secretary")
    await ask_time(world, "chair", reference, UNTIL)
    assert [row.person_id for row in await outbox(world, "action.time_asked")] == [world.ids["lead"]]
    assert "Due 21 December 2026" in await decide(world, "lead")


@SQLITE
@pytest.mark.parametrize("how", ["the same person", "has left"])
async def test_with_nobody_at_all_it_is_granted_with_the_reason(world: World, how: str):
    slug = "chair" if how == "the same person" else "lead"
    reference = await given_action(world, DUE, owner="chair", slug=slug)
    await unseat(world, "secretary")
    if how == "has left":
        await set_person(world, "lead", ends_on=date(2026, 11, 22))
    assert (await ask_time(world, "chair", reference, UNTIL, "The trust asked for it.")).ok
    assert (await the_action(world)).due_on == LATER
    request = await the_request(world)
    assert (request.granted, request.decided_by_id) == (True, world.ids["chair"])
    (kept,) = await world.rows(ActionChange, ActionChange.field == "due date")
    assert kept.reason == "The trust asked for it."
    assert await outbox(world, "action.time_asked") == []


@SQLITE
async def test_a_conflicted_officer_is_not_asked(world: World):
    reference = await given_action(world, DUE, provider_id=world.ids["northgate"])
    await world.change(conflict(world.ids, "chair", "northgate"))
    await ask_time(world, "dean", reference, UNTIL)
    assert [row.person_id for row in await outbox(world, "action.time_asked")] == [world.ids["secretary"]]


@SQLITE
async def test_an_owner_brings_it_forward_at_once(world: World):
    reference = await given_action(world, DUE)
    form = await open_change(world, "dean", reference)
    assert (await world.persona("dean").submit(form, {"due_on": "2026-12-01", "reason": "It came."})).ok
    assert (await the_action(world)).due_on == date(2026, 12, 1)
    assert await world.rows(ActionRequest) == []


@SQLITE
async def test_an_owner_s_later_date_is_asked_for(world: World):
    reference = await given_action(world, DUE)
    dean = world.persona("dean")
    form = await open_change(world, "dean", reference)
    both = await dean.submit(form, {"due_on": UNTIL, "owner": "Gmc3 Person", "reason": "Theirs, later."})
    assert "whoever owns it then can ask for more time" in both.errors["due_on"]
    await dean.close(form)
    form = await open_change(world, "dean", reference)
    assert (await dean.submit(form, {"due_on": UNTIL, "reason": "A slow trust."})).ok
    assert "asks for more time" in dean.modal.text
    assert (await the_action(world)).due_on == DUE
    assert (await the_request(world)).reason == "A slow trust."


@SQLITE
async def test_asking_refuses(world: World):
    reference = await given_action(world, DUE)
    dean = world.persona("dean")
    await dean.press(await open_action(world, "dean", reference), "More time")
    form = dean.modal
    for day, sentence in [
        ("2026-11-22", "This date has passed"),
        ("2026-12-07", "This is no later than it is due now"),
        ("2026-12-01", "This is no later than it is due now"),
    ]:
        errors = (await dean.submit(form, {"due_on": day, "reason": "Slow."})).errors
        assert errors["due_on"].startswith(sentence)
    assert "required" in (await dean.submit(form, {"due_on": UNTIL, "reason": " "})).errors["reason"]
    assert await world.rows(ActionRequest) == []
    assert (await dean.submit(form, {"due_on": "2046-12-07", "reason": "Slow."})).ok
    assert "7 December 2046 is more than two years away" in dean.modal.text
    assert await world.rows(ActionRequest) == []


async def test_a_second_click_and_a_second_request(world: World):
    reference = await given_action(world, DUE)
    dean = world.persona("dean")
    await dean.press(await open_action(world, "dean", reference), "More time")
    tap = Tap(world)
    tap.copies = 3
    assert (await dean.submit(dean.modal, {"due_on": UNTIL, "reason": "Slow."})).ok
    tap.copies = 1
    await world.settle()
    assert (await tap.again()) == tap.answers[0]
    assert len(await world.rows(ActionRequest)) == 1
    assert len(await world.rows(ActionChange, ActionChange.field == "more time asked")) == 1
    form = await open_change(world, "dean", reference)
    refused = await dean.submit(form, {"due_on": "2027-01-04", "reason": "Slower."})
    assert "More time has been asked for already" in refused.errors["due_on"]
    assert sum("asks for more time" in text for text in told(world, "chair")) == 1


ENDS = {
    "done": "is no longer needed",
    "passed on": "is no longer needed",
    "moved as far": "Secretary Person granted Dean Person more time",
    "moved less far": "Secretary Person did not grant Dean Person more time",
}


@SQLITE
@pytest.mark.parametrize("what", ENDS)
async def test_what_is_done_meanwhile_answers_it(world: World, what: str):
    reference = await given_action(world, DUE)
    await ask_time(world, "dean", reference, UNTIL)
    match what:
        case "done":
            assert (await done(world, "dean", reference)).ok
        case "passed on":
            assert (await pass_on(world, "dean", reference, "gmc3")).ok
        case _:
            form = await open_change(world, "secretary", reference)
            day = "2026-12-23" if what == "moved as far" else "2026-12-14"
            assert (await world.persona("secretary").submit(form, {"due_on": day, "reason": "Agreed."})).ok
            await world.settle()
    words = [text for text in told(world, "chair") if ENDS[what] in text]
    assert len(words) == 1
    request = await the_request(world)
    assert request.granted is {"moved as far": True, "moved less far": False}.get(what)
    assert request.decided_at is not None
    heard = [text for text in told(world, "dean") if "more time for" in text]
    assert len(heard) == ("moved" in what)
    if what == "passed on":
        assert (await ask_time(world, "gmc3", reference, UNTIL)).ok


@SQLITE
async def test_a_day_that_passed_meanwhile_is_not_granted(world: World):
    reference = await given_action(world, date(2026, 11, 24))
    await ask_time(world, "dean", reference, "2026-11-25")
    await world.move_to(nine("2026-11-26"))
    chair = world.persona("chair")
    await chair.press(await open_action(world, "chair", reference), "Grant")
    assert "The day asked for has passed" in (await chair.submit(chair.modal)).errors["answer"]
    assert (await act(world, "chair", reference, "Not granted", {"answer": "Too late now."})).ok
    (row,) = await world.rows(Action)
    assert row.due_on == date(2026, 11, 24)
