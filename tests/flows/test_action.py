"""`/action`: from adding one to closing it, and everything that may not be."""

import asyncio
from datetime import date

import pytest

from bot.domain.terms import Role
from bot.errors import FormErrors
from bot.store.tables import Action, ActionChange, JournalEntry, Seat
from tests.flows.action_log_steps import open_log
from tests.flows.action_steps import SQLITE, acts, open_change, said, say_done, set_person
from tests.flows.steps import Tap, add_action, given_action, last_dm, told
from tests.world import OTHER, QSG, World, conflict

DUE = date(2026, 12, 7)


async def test_an_action_from_adding_to_closing(world: World):
    dean, chair = world.persona("dean"), world.persona("chair")
    reference = await add_action(world, "2026-12-07", priority="High", provider="Northgate")
    for part in ("Ask the trust for its rota", "Dean Person, HEE", "7 December 2026", "Northgate University"):
        assert part in chair.modal.text
    given = last_dm(world, "dean")
    assert "You have a new action from Chair Person" in given.text
    assert "high priority" in given.text
    assert reference in await said(world, "dean", "/action", "mine", channel=None)
    await dean.press(given, "It is done")
    assert (await dean.submit(dean.modal, {"resolution": "The rota is here."})).ok
    assert "waits for the chair or the secretariat" in dean.modal.text
    await world.settle()
    assert f"Dean Person (HEE) says {reference} is done" in last_dm(world, "chair").text
    assert "done, waiting to be closed" in (await open_log(world, "dean")).text
    await chair.press(last_dm(world, "chair"), "Close it")
    assert "It is closed." in chair.modal.text
    assert "There are none open" in await said(world, "dean", "/action")
    assert reference not in (await open_log(world)).text
    assert await acts(world, "action") == ["action added", "action completed", "action closed"]
    (action,) = await world.rows(Action)
    assert (action.state, action.priority, action.remind_on) == ("closed", 3, None)


async def test_lists_hold_ones_own_or_the_groups(world: World):
    later = await given_action(world, DUE, owner="dean", issue="Later")
    sooner = await given_action(world, date(2026, 12, 1), owner="dean", issue="Sooner")
    others = await given_action(world, DUE, owner="gmc3", issue="Others")
    mine = await said(world, "dean", "/action")
    assert mine.index(sooner) < mine.index(later)
    assert others not in mine
    group = await open_log(world, "dean")
    assert [reference in group.text for reference in (later, sooner, others)] == [True] * 3
    assert group.buttons.count("It is done") == 2
    assert (await open_log(world, "dean", "marram", channel=None)).text == group.text
    assert others not in await said(world, "phso1", "/action", channel=None)


@SQLITE
async def test_wrong_place_names_the_groups(world: World):
    await world.change(Seat(group_id=world.ids["region"], person_id=world.ids["chair"], role=Role.CHAIR))
    for words, channel in [("group", None), ("group", OTHER), ("group nowhere", QSG), ("group qsg region", QSG)]:
        refused = await said(world, "chair", "/action", words, channel)
        assert "/action group works in the private channel of a group you belong to" in refused
        assert "/action group qsg, region" in refused or "/action group region, qsg" in refused
    assert "Marram QSG" in (await open_log(world)).text
    assert "Regional QSG" in (await open_log(world, "chair", "Region")).text


@SQLITE
async def test_a_bad_reference_is_one_sentence(world: World):
    await given_action(world, DUE)
    for words in ("done A-NOPE12", "change A-NOPE12", "done C-7Q4KM2"):
        assert "that you can open. Check the reference" in await said(world, "dean", "/action", words)
    for words in ("done", "change   "):
        assert "Your actions" in await said(world, "dean", "/action", words)
    assert world.persona("dean").modal is None
    entries = await world.rows(JournalEntry, JournalEntry.act == "refused")
    assert [entry.person_id for entry in entries] == [world.ids["dean"]] * 3


@SQLITE
async def test_references_are_taken_in_any_case(world: World):
    reference = await given_action(world, DUE)
    form = await open_change(world, "dean", f"  {reference.lower()} ")
    assert form.title == "Change an action"
    assert "There is nothing under" in await said(world, "phso1", "/action", f"done {reference}", channel=None)


ADDING = {
    "in the past": ({"due": date(2026, 11, 22)}, {"due_on": "This date has passed"}),
    "nothing to do": ({"due": DUE, "issue": " "}, {"issue": "Say what is to be done"}),
    "both": ({"due": date(2020, 1, 1), "issue": ""}, {"due_on": "This date", "issue": "Say what"}),
}


@SQLITE
async def test_adding_refuses(world: World):
    for values, wrong in ADDING.values():
        with pytest.raises(FormErrors) as refused:
            await given_action(world, **values)
        assert {name: refused.value.fields[name][: len(text)] for name, text in wrong.items()} == wrong
    assert await world.rows(Action) == []


@SQLITE
async def test_an_owner_without_chat_is_refused(world: World):
    chair = world.persona("chair")
    reference = await given_action(world, DUE, owner="gmc3")
    await chair.command("/action", "add Ask for the rota", channel=QSG)
    adding = chair.modal
    await chair.fill(adding, {"owner": "Dean Person", "due_on": "2026-11-22"})
    await set_person(world, "dean", chat_user=None)
    wrong = (await chair.submit(adding)).errors
    assert "cannot be reached" in wrong["owner"]
    assert "This date has passed" in wrong["due_on"]
    assert await chair.options(adding, "owner", "dean") == []
    await set_person(world, "dean", chat_user="U_DEAN")
    changing = await open_change(world, "chair", reference)
    await chair.fill(changing, {"owner": "Dean Person", "reason": "She knows them."})
    await set_person(world, "dean", chat_user=None)
    assert "cannot be reached" in (await chair.submit(changing)).errors["owner"]
    (action,) = await world.rows(Action)
    assert action.owner_id == world.ids["gmc3"]


@SQLITE
async def test_a_change_needs_a_difference_and_why(world: World):
    secretary = world.persona("secretary")
    reference = await given_action(world, DUE)
    form = await open_change(world, "secretary", reference)
    tries = [
        ({}, "due_on", "Nothing was changed"),
        ({"due_on": "2026-12-14"}, "reason", "Say why"),
        ({"due_on": "2026-11-20", "reason": "Slipped."}, "due_on", "This date has passed"),
        ({"due_on": "2026-12-14", "reason": "  "}, "reason", "Say why"),
    ]
    for values, field, sentence in tries:
        errors = (await secretary.submit(form, values)).errors
        assert sentence in errors[field], errors
    assert (await secretary.submit(form, {"reason": "The trust asked for a week."})).ok
    assert "14 December 2026" in secretary.modal.text
    assert "The owner is reminded" in secretary.modal.text
    (kept,) = await world.rows(ActionChange)
    assert (kept.field, kept.before, kept.after) == ("due date", "2026-12-07", "2026-12-14")
    assert (kept.reason, kept.by_id) == ("The trust asked for a week.", world.ids["secretary"])


async def test_handing_over_tells_the_new_owner(world: World):
    dean = world.persona("dean")
    reference = await given_action(world, DUE)
    form = await open_change(world, "dean", reference)
    assert (await dean.submit(form, {"owner": "Gmc3 Person", "reason": "Theirs to ask."})).ok
    await world.settle()
    assert reference in last_dm(world, "gmc3").text
    assert reference not in await said(world, "dean", "/action")
    assert reference in await said(world, "gmc3", "/action")
    (action,) = await world.rows(Action)
    assert action.owner_organisation_id == world.ids["org:gmc"]


async def test_two_changes_at_once_keep_one(world: World):
    reference = await given_action(world, DUE)
    forms = {slug: await open_change(world, slug, reference) for slug in ("dean", "chair", "secretary")}
    values = {
        slug: {"due_on": f"2026-12-0{day}", "reason": "Moved."} for slug, day in zip(forms, (1, 2, 3), strict=True)
    }
    sent = await asyncio.gather(*(world.persona(slug).submit(forms[slug], values[slug]) for slug in forms))
    assert sorted(one.ok for one in sent) == [False, False, True]
    (kept,) = [slug for slug, one in zip(forms, sent, strict=True) if one.ok]
    for refused in (one.errors["due_on"] for one in sent if not one.ok):
        assert refused.startswith("Somebody else has just changed ")
        assert ". Your change was not saved: open it again" in refused
    (action,) = await world.rows(Action)
    assert action.due_on.isoformat() == values[kept]["due_on"]
    assert len(await world.rows(ActionChange)) == 1


async def test_a_later_change_from_an_old_form(world: World):
    reference = await given_action(world, DUE)
    stale, quicker = await open_change(world, "dean", reference), await open_change(world, "chair", reference)
    values = {"due_on": "2026-12-14", "reason": "Moved."}
    assert (await world.persona("chair").submit(quicker, values)).ok
    refused = await world.persona("dean").submit(stale, values | {"due_on": "2026-12-21"})
    assert f"Somebody else has just changed action {reference}. Your change was not" in refused.errors["due_on"]
    assert (await world.persona("dean").submit(stale, values)).ok
    assert len(await world.rows(ActionChange)) == 1


@SQLITE
async def test_others_may_not_touch_it(world: World):
    reference = await given_action(world, DUE)
    refused = await say_done(world, "gmc3", reference)
    assert "Only the owner, the chair or the secretariat" in refused.errors["resolution"]
    form = await open_change(world, "gmc3", reference)
    values = {"due_on": "2026-12-14", "reason": "I would rather."}
    assert "Only the owner" in next(iter((await world.persona("gmc3").submit(form, values)).errors.values()))
    await say_done(world, "dean", reference)
    chair, page = world.persona("chair"), await open_log(world)
    assert "Close it" in last_dm(world, "chair").buttons
    Tap(world, lambda payload: payload["user"].update(id="U_DEAN"))
    await chair.press(page, f"Close {reference}")
    assert "Only the chair or the secretariat" in chair.modal.text
    (action,) = await world.rows(Action)
    assert (action.state, action.due_on) == ("completed", DUE)
    assert len(await world.rows(JournalEntry, JournalEntry.act == "refused")) == 3


@SQLITE
async def test_what_is_done_is_not_changed(world: World):
    reference = await given_action(world, DUE)
    stale = await open_change(world, "chair", reference)
    await say_done(world, "dean", reference)
    errors = (await world.persona("chair").submit(stale, {"due_on": "2026-12-14", "reason": "More time."})).errors
    assert f"Action {reference} is completed" in errors["due_on"]
    assert "It is marked as done" in (await open_change(world, "chair", reference)).text
    other = await given_action(world, DUE, owner="dean")
    dean = world.persona("dean")
    await dean.command("/action", f"done {other}")
    form = dean.modal
    await say_done(world, "chair", other, "We did it.")
    assert (
        "is completed, so it cannot be completed now"
        in (await dean.submit(form, {"resolution": "Mine."})).errors["resolution"]
    )
    (kept,) = await world.rows(Action, Action.reference == other)
    assert kept.resolution == "We did it."


@SQLITE
async def test_a_conflict_stops_an_action_before_saving(world: World):
    await world.change(conflict(world.ids, "chair", "northgate"))
    chair = world.persona("chair")
    await chair.command("/action", "add Ask for the rota", channel=QSG)
    values = {"owner": "Dean Person", "due_on": "2026-12-07", "provider": "Northgate"}
    sent = await chair.submit(chair.modal, values)
    assert "declared a conflict of interest" in sent.errors["provider"]
    assert await world.rows(Action) == []


@SQLITE
async def test_nobody_is_given_an_action_about_what_they_are_barred_from(world: World):
    about = {"provider_id": world.ids["northgate"]}
    for owner, provider in (("matron", "northgate"), ("dean", "northgate")):
        await world.change(conflict(world.ids, owner, provider))
        with pytest.raises(FormErrors) as refused:
            await given_action(world, DUE, owner=owner, **about)
        assert refused.value.fields["owner"].endswith("Choose somebody else.")
    assert await world.rows(Action) == []
    await given_action(world, DUE, owner="dean", provider_id=world.ids["vale"])


@SQLITE
async def test_handing_over_what_one_may_not_see(world: World):
    """An owner who has since declared a conflict can still pass the action on, and is told that it is saved."""
    reference = await given_action(world, DUE, provider_id=world.ids["northgate"])
    await world.change(conflict(world.ids, "dean", "northgate"))
    dean = world.persona("dean")
    form = await open_change(world, "dean", reference)
    sent = await dean.submit(form, {"owner": "Gmc3 Person", "reason": "I have a conflict."})
    assert sent.ok
    assert f"Saved as {reference}" in dean.modal.text
    await world.settle()
    assert any(reference in text for text in told(world, "gmc3"))
