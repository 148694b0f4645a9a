"""Owners are reminded at nine on working days, once a day, whatever happens to the bot or to Slack."""

from datetime import date, timedelta

import pytest

from bot.schedules.reminders import remind
from bot.store.tables import Action
from tests.flows.action_steps import SQLITE, nine, nobody_answers, open_change, reminders, say_done, set_person
from tests.flows.steps import given_action, last_dm, outbox, told
from tests.world import World, chat_id, conflict


@SQLITE
async def test_the_ladder_is_walked_at_nine(world: World):
    """Due on a bank holiday, over Christmas: days off defer, and nothing is said before nine or twice."""
    await given_action(world, date(2026, 12, 28))
    fell, day = [], nine("2026-12-19")
    while day < nine("2027-01-09"):
        for minutes in (-1, 0, 30):
            before = len(reminders(world))
            world.pg.clock.set(day + timedelta(minutes=minutes))
            await remind(world.bot.work)
            await world.settle()
            fell += [(day.date().isoformat()[5:], minutes)] * (len(reminders(world)) - before)
        day += timedelta(days=1)
    assert fell == [(each, 0) for each in ("12-21", "12-24", "12-29", "12-30", "01-07")]


async def test_one_message_holds_every_action(world: World):
    dean = world.persona("dean")
    done = await given_action(world, date(2026, 11, 23), issue="Overdue by a day")
    moved = await given_action(world, date(2026, 12, 1), issue="A week away")
    soon = await given_action(world, date(2026, 12, 4), issue="Not yet its turn")
    far = await given_action(world, date(2027, 2, 1), issue="Far away")
    await given_action(world, date(2026, 12, 1), owner="gmc3", issue="Somebody else’s")
    await world.move_to(nine("2026-11-24"))
    (text,) = reminders(world)
    assert [reference in text for reference in (done, moved, soon, far)] == [True, True, True, False]
    assert text.index("Overdue") < text.index(done) < text.index("Due soon") < text.index(moved)
    assert "Somebody else" not in text
    assert len(reminders(world, "gmc3")) == 1
    message = last_dm(world, "dean")
    assert message.buttons == ["It is done", "Remind me later", "Comment", "More time", "Pass on"] * 3
    await dean.press(message, "It is done", done)
    assert (await dean.submit(dean.modal, {"resolution": "Asked and answered."})).ok
    form = await open_change(world, "chair", moved)
    assert (await world.persona("chair").submit(form, {"due_on": "2027-01-25", "reason": "The trust asked."})).ok
    await world.move_to(nine("2026-11-27"))
    assert len(reminders(world)) == 2
    assert [reference in reminders(world)[1] for reference in (done, moved, soon)] == [False, False, True]


@SQLITE
async def test_a_button_in_an_old_reminder(world: World):
    dean = world.persona("dean")
    reference = await given_action(world, date(2026, 12, 1))
    await world.move_to(nine("2026-11-24"))
    await world.move_to(nine("2026-11-25"))
    await say_done(world, "chair", reference, "Done by the chair.")
    await dean.press(last_dm(world, "dean"), "It is done")
    assert "It is marked as done" in dean.modal.text
    await dean.press(last_dm(world, "dean"), "Remind me later")
    assert "It is not open any more" in dean.modal.text


async def test_restarts_and_replicas_do_not_repeat(world: World):
    await given_action(world, date(2026, 12, 1))
    await given_action(world, date(2026, 12, 1), owner="gmc3")
    replica = world.twin()
    world.pg.clock.set(nine("2026-11-24"))
    await world.tick(world.bot, replica)
    assert [len(reminders(world, slug)) for slug in ("dean", "gmc3")] == [1, 1]
    restarted = world.twin()
    for hour in range(9):
        world.pg.clock.set(nine("2026-11-24") + timedelta(hours=hour))
        await world.tick(restarted)
    assert [len(reminders(world, slug)) for slug in ("dean", "gmc3")] == [1, 1]
    for bot in (replica, restarted):
        await bot.store.close()


@SQLITE
async def test_what_falls_due_later_that_day_waits(world: World):
    await given_action(world, date(2026, 12, 1))
    await world.move_to(nine("2026-11-24"))
    second = await given_action(world, date(2026, 12, 7))
    (row,) = await world.rows(Action, Action.reference == second)
    row.remind_on = date(2026, 11, 24)
    await world.change(row)
    await world.move(hours=1)
    assert len(reminders(world)) == 1
    await world.move_to(nine("2026-11-25"))
    assert len(reminders(world)) == 2


@SQLITE
async def test_a_bot_away_all_day_reminds_next_morning(world: World):
    reference = await given_action(world, date(2026, 11, 26))
    for moment, had in [("2026-11-25 17:00", 0), ("2026-11-26 08:59", 0), ("2026-11-26 09:00", 1)]:
        day, clock = moment.split()
        hours, minutes = clock.split(":")
        await world.move_to(nine(day) + timedelta(hours=int(hours) - 9, minutes=int(minutes)))
        assert len(reminders(world)) == had
    assert reference in reminders(world)[0]
    assert [row.attempts for row in await outbox(world, "action.reminder")] == [1]


async def test_slack_being_away_loses_none(world: World):
    await given_action(world, date(2026, 12, 1))
    with nobody_answers(world):
        await world.move_to(nine("2026-11-24"))
        assert reminders(world) == []
        await world.move(minutes=20)
    assert [row.state for row in await outbox(world, "action.reminder")] == ["waiting"]
    await world.move(minutes=15)
    assert len(reminders(world)) == 1
    await world.move(minutes=60)
    assert len(reminders(world)) == 1


@SQLITE
async def test_a_reminder_that_is_refused_is_reported(world: World):
    await given_action(world, date(2026, 12, 1))
    world.pg.deactivate(chat_id("dean"))
    await world.move_to(nine("2026-11-24"))
    await world.move_to(nine("2026-11-25"))
    (note,) = [text for text in told(world, "secretary") if "could not be delivered" in text]
    assert "It was for Dean Person" in note
    assert "action.reminder" not in note  # a kind could betray a restricted concern


@SQLITE
@pytest.mark.parametrize("change", ["completed", "handed over", "moved far away", "left"])
async def test_nothing_left_to_say_is_not_said(world: World, change: str):
    """What has become so between the queueing and the sending counts."""
    reference = await given_action(world, date(2026, 12, 1))
    with nobody_answers(world):
        await world.move_to(nine("2026-11-24"))
    match change:
        case "completed":
            await say_done(world, "dean", reference)
        case "left":
            await set_person(world, "dean", ends_on=date(2026, 11, 23))
        case _:
            new = {"owner": "Gmc3 Person"} if change == "handed over" else {"due_on": "2027-03-01"}
            form = await open_change(world, "chair", reference)
            assert (await world.persona("chair").submit(form, {**new, "reason": "It changed."})).ok
    await world.move(minutes=30)
    assert reminders(world) == []
    assert [row.state for row in await outbox(world, "action.reminder")] == ["withheld"]


@SQLITE
async def test_the_secretariat_hears_of_an_owner_who_left(world: World):
    await world.without_meetings()  # a digest that has to wait is told of as well
    reference = await given_action(world, date(2026, 12, 1), issue="Ask for the night rota")
    await set_person(world, "dean", ends_on=date(2026, 11, 23))
    await world.move_to(nine("2026-11-24"))
    word = last_dm(world, "secretary")
    assert "Dean Person is no longer enrolled, and still owns 1 action" in word.text
    assert "Ask for the night rota" in word.text
    secretary = world.persona("secretary")
    await secretary.press(word, f"Give {reference} to somebody else")
    sent = await secretary.submit(secretary.modal, {"owner": "Gmc3 Person", "reason": "The dean has left."})
    assert sent.ok
    await world.move_to(nine("2026-12-01"))
    assert sum("no longer enrolled" in text for text in told(world, "secretary")) == 1
    assert any("Ask for the night rota" in text for text in told(world, "gmc3"))


@SQLITE
async def test_a_conflicted_secretariat_hears_nothing_of_it(world: World):
    await given_action(world, date(2026, 12, 1), provider_id=world.ids["northgate"])
    await world.change(conflict(world.ids, "secretary", "northgate"))
    await set_person(world, "dean", ends_on=date(2026, 11, 23))
    await world.move_to(nine("2026-11-24"))
    assert not any("no longer enrolled" in text for text in told(world, "secretary"))
    assert [row.state for row in await outbox(world, "action.ownerless")] == ["withheld"]
