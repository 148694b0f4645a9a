"""The owner's message of the day is brought up to date as they act, and there is never a second one."""

from datetime import date

import pytest

from tests.flows.action_log_steps import open_log
from tests.flows.action_steps import SQLITE, nine, nobody_answers, open_change, reminders, say_done
from tests.flows.reminder_steps import newest, put_off
from tests.flows.steps import Tap, given_action, outbox, told
from tests.world import World

DAY = "2026-11-24"


async def two_actions(world: World) -> tuple[str, str]:
    late = await given_action(world, date(2026, 11, 23), issue="Ask for the night rota")
    soon = await given_action(world, date(2026, 12, 1), issue="Visit the ward")
    await world.move_to(nine(DAY))
    return late, soon


async def test_what_is_done_is_struck_in_the_same_message(world: World):
    late, soon = await two_actions(world)
    await say_done(world, "dean", late)
    (text,) = reminders(world)
    assert text.index("Due soon") < text.index(soon) < text.index("Done today") < text.index(late)
    assert "done, waiting to be closed" in text
    assert newest(world).buttons == ["It is done", "Remind me later", "Comment", "More time", "Pass on"]
    await world.persona("chair").command("/action", "group", channel="C_QSG")
    chair = world.persona("chair")
    await chair.press(await open_log(world), f"Close {late}")
    await world.settle()
    (text,) = reminders(world)
    assert "closed" in text
    assert "waiting to be closed" not in text


@SQLITE
async def test_all_done(world: World):
    for reference in await two_actions(world):
        await say_done(world, "dean", reference)
    (text,) = reminders(world)
    assert "Nothing of yours is overdue or due soon." in text
    assert newest(world).buttons == []


@SQLITE
@pytest.mark.parametrize("by", ["dean", "chair"])
async def test_what_is_moved_or_handed_over(world: World, by: str):
    late, soon = await two_actions(world)
    form = await open_change(world, "chair", late)
    assert (await world.persona("chair").submit(form, {"due_on": "2027-02-01", "reason": "The trust asked."})).ok
    form = await open_change(world, by, soon)
    assert (await world.persona(by).submit(form, {"owner": "Gmc3 Person", "reason": "Nearer to it."})).ok
    await world.settle()
    (text,) = reminders(world)
    assert "moved to 1 February 2027" in text
    assert "now with Gmc3 Person" in text
    assert newest(world).buttons == []


@SQLITE
async def test_a_new_owner_who_was_reminded_today_sees_it(world: World):
    await given_action(world, date(2026, 12, 1), owner="gmc3", issue="Their own")
    late, _ = await two_actions(world)
    assert late not in reminders(world, "gmc3")[0]
    form = await open_change(world, "chair", late)
    assert (
        await world.persona("chair").submit(form, {"owner": "Gmc3 Person", "due_on": "2026-11-25", "reason": "x"})
    ).ok
    await world.settle()
    assert len(reminders(world, "gmc3")) == 1
    assert late in reminders(world, "gmc3")[0]


@SQLITE
async def test_a_message_of_another_day_stays_as_it_was(world: World):
    late, _ = await two_actions(world)
    before = reminders(world)
    await world.move_to(nine("2026-11-25"))
    await say_done(world, "dean", late)
    assert reminders(world) == before


@SQLITE
async def test_nobody_without_a_message_gets_one(world: World):
    reference = await given_action(world, date(2026, 12, 1))
    await say_done(world, "dean", reference)
    assert reminders(world) == []
    assert await outbox(world, "action.reminder") == []


async def test_what_is_done_before_it_could_be_sent_is_not_in_it(world: World):
    late = await given_action(world, date(2026, 11, 23))
    soon = await given_action(world, date(2026, 12, 1))
    with nobody_answers(world):
        await world.move_to(nine(DAY))
    await say_done(world, "dean", late)
    await world.move(minutes=30)
    (text,) = reminders(world)
    assert (late in text, soon in text) == (False, True)


@SQLITE
async def test_an_edit_that_slack_missed_comes_later(world: World):
    late, soon = await two_actions(world)
    await say_done(world, "dean", late)
    dean = world.persona("dean")
    await dean.press(newest(world), "It is done", soon)
    with nobody_answers(world):
        assert (await dean.submit(dean.modal, {"resolution": "Visited."})).ok
        await world.settle()
        assert "Visit the ward" in reminders(world)[0].split("Done today")[0]
    await world.move(minutes=30)
    (text,) = reminders(world)
    assert "Nothing of yours is overdue" in text
    assert not any("removed" in one for one in told(world, "dean"))


async def test_put_off_until_tomorrow(world: World):
    late, soon = await two_actions(world)
    dean = world.persona("dean")
    await dean.press(newest(world), "Remind me later", late)
    assert "the chair are told all the same" in dean.modal.text
    assert "25 November 2026" in dean.modal.text
    assert "In a week" not in dean.modal.text  # it is overdue
    assert (await dean.submit(dean.modal, {"until": "day"})).ok
    assert "You are next reminded" in dean.modal.text
    await world.settle()
    (text,) = reminders(world)
    assert f"Put off: {late} until 25 November 2026." in text
    assert "Overdue" not in text
    assert soon in text
    await world.move_to(nine("2026-11-25"))
    assert len(reminders(world)) == 2
    assert "Put off" not in reminders(world)[1]
    assert reminders(world)[1].index("Overdue") < reminders(world)[1].index(late)


@SQLITE
async def test_put_off_by_a_week_nothing_comes_between(world: World):
    reference = await given_action(world, date(2026, 12, 4))
    await world.move_to(nine("2026-11-27"))
    assert (await put_off(world, reference, "week")).ok
    for day in ("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03"):
        await world.move_to(nine(day))
    assert len(reminders(world)) == 1
    await world.move_to(nine("2026-12-04"))
    assert len(reminders(world)) == 2


@SQLITE
async def test_an_overdue_one_is_put_off_three_times_and_no_more(world: World):
    reference = await given_action(world, date(2026, 11, 23))
    for day in ("2026-11-24", "2026-11-25", "2026-11-26"):
        await world.move_to(nine(day))
        tap = Tap(world)
        assert (await put_off(world, reference)).ok
        assert await tap.again() == tap.answers[0]  # what Slack sends twice uses none up
        world.pg.transport = tap.carry
    await world.move_to(nine("2026-11-27"))
    dean = world.persona("dean")
    await dean.press(newest(world), "Remind me later", reference)
    assert "as often as may be" in dean.modal.text
    form = await open_change(world, "chair", reference)
    assert (await world.persona("chair").submit(form, {"due_on": "2026-11-27", "reason": "Agreed."})).ok
    await world.move_to(nine("2026-11-30"))
    assert (await put_off(world, reference)).ok


@SQLITE
async def test_who_may_put_it_off(world: World):
    late, _ = await two_actions(world)
    dean = world.persona("dean")
    await dean.press(newest(world), "Remind me later", late)
    form = dean.modal
    change = await open_change(world, "chair", late)
    assert (await world.persona("chair").submit(change, {"owner": "Gmc3 Person", "reason": "Nearer."})).ok
    sent = await dean.submit(form, {"until": "day"})
    assert "Only its owner can do that" in sent.errors["until"]
    await world.settle()
    assert "Put off" not in reminders(world)[0]


@SQLITE
async def test_a_new_date_ends_what_was_put_off(world: World):
    _, soon = await two_actions(world)
    assert (await put_off(world, soon, "three")).ok
    form = await open_change(world, "dean", soon)
    assert (await world.persona("dean").submit(form, {"due_on": "2026-11-26", "reason": "Sooner."})).ok
    await world.settle()
    (text,) = reminders(world)
    assert "Put off" not in text
    await world.move_to(nine("2026-11-25"))
    assert len(reminders(world)) == 2
