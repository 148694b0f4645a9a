"""The life of an action: accepted or passed on, done with evidence, closed, sent back, reopened; and its page."""

import asyncio
from datetime import date, timedelta

import pytest

from bot.store.tables import Action, ActionChange, JournalEntry, Meeting
from tests.flows.action_log_steps import open_log
from tests.flows.action_steps import SQLITE, acts, nine, open_change, said, say_done, set_person
from tests.flows.life_steps import act, done, open_action, pass_on, the_action
from tests.flows.steps import Tap, add_action, given_action, last_dm, outbox, told
from tests.world import World, conflict

DUE = date(2026, 12, 7)
REASON = {"reason": "The nights are missing."}


async def test_from_given_to_reopened(world: World):
    dean, chair = world.persona("dean"), world.persona("chair")
    reference = await add_action(world, "2026-12-07", priority="High", provider="Northgate")
    given = last_dm(world, "dean")
    assert given.buttons == ["Accept", "Pass on", "It is done", f"Open {reference}"]
    await dean.press(given, "Accept")
    assert "accepted on 23 November 2026" in dean.modal.text
    await world.settle()
    assert "You accepted it on 23 November 2026" in last_dm(world, "dean").text
    address = "https://www.northgate.example/rota_(nights)?week=1&v=2"
    assert (await done(world, "dean", reference, evidence=address)).ok
    asked = last_dm(world, "chair")
    assert "Evidence: www.northgate.example" in asked.text
    assert f"'url': '{address}'" in str(asked.blocks)
    assert asked.buttons == ["Close it", "Send it back", f"Open {reference}"]
    assert "is done, and waits to be closed" in last_dm(world, "dean").text
    await chair.press(asked, "Send it back")
    assert (await chair.submit(chair.modal, REASON)).ok
    await world.settle()
    assert f"Chair Person sent back {reference}" in last_dm(world, "dean").text
    assert "The nights are missing." in last_dm(world, "dean").text
    assert f"Action {reference} was sent back by Chair Person" in told(world, "chair")[-1]
    action = await the_action(world)
    assert (action.state, action.remind_on, action.completed_at) == ("open", date(2026, 11, 30), None)
    assert (await done(world, "dean", reference, resolution="Nights as well.")).ok
    assert sum(f"says {reference} is done" in text for text in told(world, "chair")) == 1
    await chair.press(last_dm(world, "chair"), "Close it")
    action = await the_action(world)
    assert (action.state, action.priority, action.closed_by_id) == ("closed", 3, world.ids["chair"])
    assert action.closed_at == world.now
    assert "Chair Person (NHS England) closed it on 23 November 2026" in chair.modal.text
    again = {"due_on": "2026-12-21", "reason": "It has happened again."}
    assert (await act(world, "secretary", reference, "Reopen", again)).ok
    action = await the_action(world)
    assert (action.state, action.priority, action.due_on, action.closed_at) == ("open", 1, date(2026, 12, 21), None)
    assert f"Secretary Person reopened {reference}" in last_dm(world, "dean").text
    assert await acts(world, "action") == [
        f"action {what}" for what in ("added", "accepted", "completed", "sent back", "completed", "closed", "reopened")
    ]


@SQLITE
async def test_the_page_has_the_whole_log(world: World):
    """Everything that the log of [003 Annex D] has, and where it came from."""
    reference = await given_action(world, DUE, provider_id=world.ids["northgate"], priority=1)
    action = await the_action(world)
    (meeting,) = await world.rows(Meeting)
    action.meeting_id, action.source = meeting.key, "https://sound.slack.example/archives/C1/p1"
    await world.change(action)
    await act(world, "dean", reference, "Comment", {"comment": "The trust will send it on *Friday*."})
    page = await open_action(world, "gmc3", reference)
    for part in (
        "Ask for the rota",
        "Status: O, open",
        "Priority: 1, high",
        "Owner: Dean Person, HEE – has not accepted it yet",
        "Due 7 December 2026",
        "About Northgate University Hospital NHS Trust",
        "Raised on 23 November 2026 by Chair Person (NHS England), in Marram QSG",
        "Agreed at the meeting of Mon 30 Nov 2026, 10:00",
        "From this message",
        "Mon 23 Nov 2026, 08:00: Dean Person (HEE) wrote:",
        "The trust will send it on *Friday*.",
    ):
        assert part in page.text
    assert "'url': 'https://sound.slack.example/archives/C1/p1'" in str(page.blocks)
    assert page.buttons == []


BUTTONS = {
    "open": {
        "dean": ["Accept", "It is done", "Pass on", "More time", "Change date or owner", "Comment"],
        "chair": ["It is done", "Change date or owner", "Comment"],
        "secretary": ["It is done", "Change date or owner", "Comment"],
        "lead": ["Comment"],
        "gmc3": [],
    },
    "completed": {
        "dean": ["Comment"],
        "chair": ["Close it", "Send it back", "Comment"],
        "lead": ["Comment"],
        "gmc3": [],
    },
    "closed": {"dean": [], "chair": ["Reopen"], "secretary": ["Reopen"], "lead": [], "gmc3": []},
}


@SQLITE
async def test_each_sees_the_buttons_they_may_use(world: World):
    reference = await given_action(world, DUE, slug="lead")
    for state, people in BUTTONS.items():
        if state == "completed":
            await done(world, "dean", reference)
        if state == "closed":
            await act(world, "chair", reference, "Close it")
        for slug, buttons in people.items():
            shown = [each for each in (await open_action(world, slug, reference)).buttons if "entr" not in each]
            assert shown == buttons, (state, slug)


@SQLITE
@pytest.mark.parametrize("slug", ["phso1", "matron"])
async def test_others_cannot_open_it(world: World, slug: str):
    reference = await given_action(world, DUE, provider_id=world.ids["northgate"])
    assert "There is nothing under" in await said(world, slug, "/action", reference, channel=None)
    await world.change(conflict(world.ids, "lead", "northgate"))
    assert "There is nothing under" in await said(world, "lead", "/action", reference.lower(), channel=None)


@SQLITE
async def test_a_conflicted_owner_keeps_what_was_given_and_reads_no_more(world: World):
    reference = await given_action(world, DUE, provider_id=world.ids["northgate"])
    await act(world, "chair", reference, "Comment", {"comment": "CQC found more at Northgate."})
    await world.change(conflict(world.ids, "dean", "northgate"))
    page = await open_action(world, "dean", reference)
    assert "what others wrote about it is not shown" in page.text
    assert "CQC found more" not in page.text
    assert "Pass on" in page.buttons


async def test_passed_on_and_asked_in_turn(world: World):
    dean, gmc3 = world.persona("dean"), world.persona("gmc3")
    reference = await given_action(world, DUE)
    await dean.press(last_dm(world, "dean"), "Accept")
    await dean.close(dean.modal)
    await world.settle()
    await dean.press(last_dm(world, "dean"), "Pass on")
    sent = await dean.submit(dean.modal, {"owner": "Gmc3 Person", "reason": "Theirs to ask."})
    assert sent.ok
    assert "Owner: Gmc3 Person, GMC – has not accepted it yet" in dean.modal.text
    await world.settle()
    assert last_dm(world, "dean").text.startswith(f"Action {reference} is no longer yours.")
    given = last_dm(world, "gmc3")
    assert "You have a new action from Dean Person" in given.text
    assert "Theirs to ask." in given.text
    assert "Dean Person (HEE) passed it on to Gmc3 Person" in (await open_action(world, "chair", reference)).text
    await gmc3.press(given, "Accept")
    action = await the_action(world)
    assert (action.owner_id, action.accepted_at) == (world.ids["gmc3"], world.now)
    assert await acts(world, "action") == ["action added", "action accepted", "action passed on", "action accepted"]


@SQLITE
async def test_the_secretariat_hears_of_the_third_pass(world: World):
    reference = await given_action(world, DUE)
    heard = lambda: [text for text in told(world, "secretary") if "in a row have passed on" in text]  # noqa: E731
    for number, (slug, to) in enumerate([("dean", "gmc3"), ("gmc3", "dean"), ("dean", "lead"), ("lead", "dean")], 1):
        assert (await pass_on(world, slug, reference, to)).ok
        assert len(heard()) == (number >= 3)
    assert f"3 people in a row have passed on {reference}" in heard()[0]
    secretary = world.persona("secretary")
    await secretary.press(last_dm(world, "secretary"), "Choose another owner")
    assert secretary.modal.title == "Change an action"


@SQLITE
async def test_passing_on_refuses(world: World):
    dean = world.persona("dean")
    reference = await given_action(world, DUE, provider_id=world.ids["northgate"])
    await world.change(conflict(world.ids, "gmc3", "northgate"))
    tries = [
        ({"owner": "Gmc3 Person", "reason": "Theirs."}, "owner", "cannot be given this action"),
        ({"owner": "Dean Person", "reason": "Mine."}, "owner", "It is yours already"),
    ]
    await dean.press(await open_action(world, "dean", reference), "Pass on")
    form = dean.modal
    for values, field, sentence in tries:
        assert sentence in (await dean.submit(form, values)).errors[field]
    assert await dean.options(form, "owner", "phso") == []
    await dean.fill(form, {"owner": "Lead Person", "reason": "Theirs."})
    await set_person(world, "lead", ends_on=date(2026, 11, 22))
    assert "cannot be reached" in (await dean.submit(form)).errors["owner"]
    assert (await the_action(world)).owner_id == world.ids["dean"]
    assert await world.rows(ActionChange) == []


@SQLITE
async def test_an_old_form_and_a_second_click(world: World):
    dean = world.persona("dean")
    reference = await given_action(world, DUE)
    await dean.press(await open_action(world, "dean", reference), "Pass on")
    stale = dean.modal
    chairs = await open_change(world, "chair", reference)
    assert (await world.persona("chair").submit(chairs, {"due_on": "2026-12-14", "reason": "A week."})).ok
    values = {"owner": "Gmc3 Person", "reason": "Theirs."}
    refused = await dean.submit(stale, values)
    assert f"Somebody else has just changed action {reference}" in next(iter(refused.errors.values()))
    tap = Tap(world)
    tap.copies = 3
    await dean.close(stale, everything=True)
    await dean.press(await open_action(world, "dean", reference), "Pass on")
    assert (await dean.submit(dean.modal, values)).ok
    await world.settle()
    assert len(await world.rows(ActionChange, ActionChange.field == "passed on")) == 1
    assert sum("You have a new action" in text for text in told(world, "gmc3")) == 1
    world.pg.transport = tap.carry


@SQLITE
async def test_forged_presses_change_nothing(world: World):
    """Whoever is not the owner presses the owner's buttons; a button carries what it never held."""
    reference = await given_action(world, DUE)
    dean = world.persona("dean")
    tap = Tap(world, lambda payload: payload["user"].update(id="U_GMC3"))
    await dean.press(last_dm(world, "dean"), "Accept")
    tap.alter = lambda payload: payload["actions"][0].update(value="A-22222' OR 1=1")
    await dean.press(last_dm(world, "dean"), "Accept")
    await dean.press(last_dm(world, "dean"), "Pass on")
    tap.alter = lambda payload: payload["actions"][0].update(action_id="action.grant", value="99999999")
    await dean.press(last_dm(world, "dean"), "Accept")
    world.pg.transport = tap.carry
    action = await the_action(world)
    assert (action.accepted_at, action.owner_id, action.reference) == (None, world.ids["dean"], reference)
    assert await acts(world, "action") == ["action added"]
    refused = await world.rows(JournalEntry, JournalEntry.act == "refused")
    assert [entry.facts["why"] for entry in refused] == ["NotYours", "NotFound", "NotFound", "NotFound"]


@SQLITE
async def test_what_one_gives_oneself_is_accepted(world: World):
    await given_action(world, DUE, owner="chair")
    assert (await the_action(world)).accepted_at == world.now
    assert told(world, "chair") == []


@SQLITE
async def test_whoever_raised_it_hears_once_that_nobody_accepted(world: World):
    """Given on a Monday: on Wednesday at nine, once; in the same message, once it is accepted."""
    heard = lambda: [text for text in told(world, "lead") if "has not accepted" in text]  # noqa: E731
    reference = await given_action(world, DUE, slug="lead")
    accepted = await given_action(world, DUE, slug="lead", issue="Accepted at once")
    await act(world, "dean", accepted, "Accept")
    for moment, times in [
        (nine("2026-11-24"), 0),
        (nine("2026-11-25") - timedelta(minutes=1), 0),
        (nine("2026-11-25"), 1),
        (nine("2026-11-26"), 1),
    ]:
        await world.move_to(moment)
        assert len(heard()) == times
    assert f"Dean Person (HEE) has not accepted {reference}" in heard()[0]
    assert [row.person_id for row in await outbox(world, "action.unaccepted")] == [world.ids["lead"]]
    await act(world, "dean", reference, "Accept")
    assert heard() == []
    assert any(f"Action {reference} is accepted" in text for text in told(world, "lead"))


@SQLITE
async def test_a_bot_that_was_away_says_so_late_and_what_is_old_stays_quiet(world: World):
    old = await given_action(world, date(2027, 3, 1), slug="lead", issue="From before")
    (row,) = await world.rows(Action, Action.reference == old)
    row.raised_on = date(2026, 10, 1)
    await world.change(row)
    await given_action(world, date(2027, 3, 1), slug="lead", issue="Given today")
    await world.move_to(nine("2026-12-01"))
    (heard,) = [text for text in told(world, "lead") if "has not accepted" in text]
    assert "Given today" in heard


@SQLITE
async def test_it_is_told_anew_for_the_next_owner(world: World):
    reference = await given_action(world, date(2027, 1, 4), slug="lead")
    await world.move_to(nine("2026-11-25"))
    await pass_on(world, "dean", reference, "gmc3")
    await world.move_to(nine("2026-11-26"))
    assert not any("Gmc3 Person (GMC) has not" in text for text in told(world, "lead"))
    await world.move_to(nine("2026-11-27"))
    assert sum("Gmc3 Person (GMC) has not accepted" in text for text in told(world, "lead")) == 1


@SQLITE
async def test_an_owner_who_left_is_flagged(world: World):
    reference = await given_action(world, DUE)
    await set_person(world, "dean", ends_on=date(2026, 11, 22))
    page = await open_action(world, "chair", reference)
    assert "Its owner has left: choose another." in page.text
    assert "Choose another owner" in page.buttons
    assert "its owner has left: choose another" in (await open_log(world)).text
    member = await open_action(world, "gmc3", reference)
    assert "Its owner has left" in member.text
    assert "Choose another owner" not in member.buttons
    assert (
        await act(world, "chair", reference, "Choose another owner", {"owner": "Gmc3 Person", "reason": "She left."})
    ).ok
    assert "has left" not in (await open_action(world, "chair", reference)).text
    assert "gave it from Dean Person to Gmc3 Person" in world.persona("chair").modal.text


EVIDENCE = {
    "http://example.org": "Write one address that begins with https://",
    "https://user:secret@example.org": "Leave the user name and password out",
    "https://intranet": "names no place that others could open",
    "see the rota": "Write one address",
}


@SQLITE
async def test_evidence_that_cannot_be_followed_is_refused(world: World):
    dean = world.persona("dean")
    reference = await given_action(world, DUE)
    await dean.press(await open_action(world, "dean", reference), "It is done")
    for address, sentence in EVIDENCE.items():
        errors = (await dean.submit(dean.modal, {"resolution": "Done.", "evidence": address})).errors
        assert sentence in errors["evidence"]
    action = await the_action(world)
    assert (action.state, action.evidence) == ("open", "")
    assert (await dean.submit(dean.modal, {"resolution": "Done.", "evidence": ""})).ok


@SQLITE
async def test_sending_back_and_reopening_refuse(world: World):
    chair = world.persona("chair")
    reference = await given_action(world, DUE)
    await done(world, "dean", reference)
    await chair.press(await open_action(world, "chair", reference), "Send it back")
    form = chair.modal
    assert "required" in (await chair.submit(form, {"reason": "  "})).errors["reason"]
    assert (await act(world, "secretary", reference, "Close it")).ok
    refused = await chair.submit(form, REASON)
    assert "is closed, so it cannot be sent back now" in next(iter(refused.errors.values()))
    await chair.press(await open_action(world, "chair", reference), "Reopen")
    errors = (await chair.submit(chair.modal, {"due_on": "2026-11-22", "reason": "Again."})).errors
    assert errors["due_on"].startswith("This date has passed")
    assert (await the_action(world)).state == "closed"


@SQLITE
async def test_a_day_far_away_is_asked_about(world: World):
    chair = world.persona("chair")
    reference = await given_action(world, DUE)
    form = await open_change(world, "chair", reference)
    values = {"due_on": "2062-12-07", "reason": "A long study."}
    assert (await chair.submit(form, values)).ok
    assert "7 December 2062 is more than two years away" in chair.modal.text
    assert (await the_action(world)).due_on == DUE
    assert (await chair.submit(chair.modal, {"due_on": "2063-12-07"})).ok
    assert "7 December 2063 is more than two years away" in chair.modal.text
    assert (await chair.submit(chair.modal)).ok
    action = await the_action(world)
    assert action.due_on == date(2063, 12, 7)
    (kept,) = await world.rows(ActionChange, ActionChange.action_id == action.key)
    assert kept.reason == "A long study."


@SQLITE
async def test_comments_are_kept_once_and_paged(world: World):
    reference = await given_action(world, DUE)
    for number in range(20):
        assert (await act(world, "dean", reference, "Comment", {"comment": f"Word {number:02}"})).ok
    assert (await act(world, "dean", reference, "Comment", {"comment": "Word 19"})).ok
    assert len(await world.rows(ActionChange)) == 20
    lead = world.persona("gmc3")
    page = await open_action(world, "gmc3", reference)
    assert [f"Word {number:02}" in page.text for number in (4, 5, 19)] == [False, True, True]
    await lead.press(page, "5 earlier entries")
    assert [f"Word {number:02}" in lead.modal.text for number in (0, 4, 5)] == [True, True, False]
    refused = await act(world, "dean", reference, "Comment", {"comment": "  "})
    assert "required" in refused.errors["comment"]


@SQLITE
async def test_a_very_full_page_is_shown(world: World):
    reference = await given_action(world, DUE, issue="<!channel> " + "&" * 480)
    await done(world, "dean", reference, resolution="R <@U1> *x* " * 120, evidence="https://example.org/" + "a" * 480)
    for number in range(16):
        await act(world, "dean", reference, "Comment", {"comment": f"{number} " + "“&<>” *_~`" * 48})
    page = await open_action(world, "chair", reference)
    assert len(page.blocks) <= 100
    assert "<!channel>" in page.text
    assert {"Close it", "Send it back", "Comment"} <= set(page.buttons)


async def test_one_of_two_closes_it(world: World):
    reference = await given_action(world, DUE)
    await done(world, "dean", reference)
    pages = {slug: await open_action(world, slug, reference) for slug in ("chair", "secretary")}
    await asyncio.gather(*(world.persona(slug).press(pages[slug], "Close it") for slug in pages))
    assert await acts(world, "action") == ["action added", "action completed", "action closed"]
    assert len(await world.rows(ActionChange, ActionChange.after == "closed")) == 1


@SQLITE
async def test_word_of_a_second_completion_comes_again(world: World):
    """Also to a secretariat that is not the one who sent it back."""
    reference = await given_action(world, DUE)
    await done(world, "dean", reference)
    await act(world, "chair", reference, "Send it back", REASON)
    assert f"Action {reference} was sent back" in last_dm(world, "secretary").text
    await done(world, "dean", reference, resolution="Now with the nights.")
    assert "Now with the nights." in last_dm(world, "secretary").text
    assert "Close it" in last_dm(world, "secretary").buttons


@SQLITE
async def test_what_is_out_of_reach_is_not_shown_in_place(world: World):
    """A chair who has declared a conflict since: the message that asked for closing says nothing any more."""
    reference = await given_action(world, DUE, provider_id=world.ids["northgate"])
    await done(world, "dean", reference)
    assert "Ask for the rota" in last_dm(world, "chair").text
    await world.change(conflict(world.ids, "chair", "northgate"))
    await act(world, "secretary", reference, "Close it")
    assert "Ask for the rota" not in last_dm(world, "chair").text
    assert "Ask for the rota" in last_dm(world, "secretary").text


@SQLITE
async def test_an_owner_with_a_conflict_is_not_told_why_it_came_back(world: World):
    reference = await given_action(world, DUE, provider_id=world.ids["northgate"])
    await say_done(world, "dean", reference)
    await world.change(conflict(world.ids, "dean", "northgate"))
    assert (await act(world, "chair", reference, "Send it back", {"reason": "Secret."})).ok
    assert "sent back" in last_dm(world, "dean").text
    assert "Secret." not in str(told(world, "dean"))
