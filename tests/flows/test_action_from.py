"""An action added from a message in any conversation, from a digest and from the log."""

from datetime import date
from typing import Any

import pytest

from bot.domain.terms import Audience, Role
from bot.store.tables import Action, JournalEntry, Seat
from tests.flows.action_log_steps import open_log
from tests.flows.action_steps import SQLITE, digests, nine
from tests.flows.panel_record_steps import given_panel, panel_row, restricted
from tests.flows.steps import Tap, answer_of, given_action, given_concern, given_escalation, last_dm, posts, told
from tests.world import OTHER, QSG, World, conflict

ANSWERS = {"issue": "Ask for the rota", "owner": "Dean Person", "due_on": "2026-12-07"}
KEPT = "The link of the message is kept with the action; its words are not."
SECRET = "nobody should ever keep these words"


async def from_message(world: World, slug: str, message: Any) -> Any:
    """The form that the shortcut on that message opens."""
    person = world.persona(slug)
    outcome = await person.message_shortcut("action.from_message", message)
    assert outcome.ok, outcome
    return person.modal


async def posted_digest(world: World) -> Any:
    """The agenda digest in the group's channel."""
    await world.move_to(nine("2026-11-23"))
    (digest,) = digests(world)
    return digest


async def test_an_action_from_a_message_in_a_thread(world: World):
    chair = world.persona("chair")
    first = await chair.say(QSG, "Who asks them?")
    reply = await world.persona("dean").say(QSG, f"I can. {SECRET}", thread_ts=first.ts)
    form = await from_message(world, "chair", reply)
    assert (form.title, KEPT in form.text) == ("Add an action", True)
    assert SECRET not in form.text
    assert (await chair.submit(form, ANSWERS)).ok
    (action,) = await world.rows(Action)
    assert action.source.endswith(f"/archives/{QSG}/p{reply.ts.replace('.', '')}?thread_ts={first.ts}&cid={QSG}")
    assert SECRET not in str(action)
    await world.settle()
    assert "You have a new action" in last_dm(world, "dean").text


@SQLITE
async def test_where_the_bot_is_not_there_is_no_link_and_it_says_so(world: World):
    chair = world.persona("chair")
    world.pg.workspace.channels[OTHER].members.discard(world.pg.bot_user_id)
    form = await from_message(world, "chair", await chair.say(OTHER, "Who asks them?"))
    assert "not in that conversation, so no link to the message is kept" in form.text
    assert (await chair.submit(form, ANSWERS)).ok
    (action,) = await world.rows(Action)
    assert action.source == ""


@SQLITE
async def test_it_works_in_direct_messages_with_the_bot(world: World):
    await given_action(world, date(2026, 12, 7))
    form = await from_message(world, "dean", last_dm(world, "dean"))
    assert KEPT in form.text


@SQLITE
@pytest.mark.parametrize("fault", [{"status": 503}, {"error": "internal_error"}], ids=["away", "broken"])
async def test_a_link_that_is_not_given_holds_nothing_up(world: World, fault: dict[str, Any]):
    message = await world.persona("chair").say(QSG, "Who asks them?")
    world.pg.fail_next("chat.getPermalink", **fault)
    assert "no link to the message is kept" in (await from_message(world, "chair", message)).text


async def test_what_the_message_names_is_what_the_action_is_about(world: World):
    concern = await given_concern(world)
    escalation = await given_escalation(world, ["gmc"], concern=concern)
    panel = await panel_row(world, await given_panel(world, escalation, invitees=("gmc1",)))
    panel.reference = "P-234567"
    await world.change(panel)
    gmc1 = world.persona("gmc1")
    for words in (f"about {concern}", f"see {escalation.lower()}, please", "(P-234567)"):
        form = await from_message(world, "gmc1", await gmc1.say(QSG, words))
        assert "Northgate University Hospital" in str(form.blocks), words
    assert (await gmc1.submit(form, ANSWERS)).ok
    (action,) = await world.rows(Action)
    assert action.provider_id == world.ids["northgate"]
    read = await world.rows(JournalEntry, JournalEntry.act == "shown")
    assert sum(one.facts["where"] == "action.from_message" for one in read) == 3


@SQLITE
async def test_a_reference_says_nothing_to_who_may_not_see_it(world: World):
    concern = await given_concern(
        world, audience=Audience.ORGANISATIONS, organisations=(world.ids["org:gmc"],), provider="northgate"
    )
    hidden = await restricted(world)
    open_to_all = await given_concern(world)
    await world.change(conflict(world.ids, "gmc3", "northgate"))
    dean, gmc3 = world.persona("dean"), world.persona("gmc3")
    for person, slug, words in (
        (dean, "dean", f"{concern} {hidden}"),
        (gmc3, "gmc3", open_to_all),
        (dean, "dean", "C-NOPE22 and AC-234567X"),
    ):
        form = await from_message(world, slug, await person.say(QSG, words))
        assert "Northgate" not in str(form.blocks), words


@SQLITE
async def test_the_group_of_the_channel_is_chosen(world: World):
    await world.change(Seat(group_id=world.ids["region"], person_id=world.ids["chair"], role=Role.CHAIR))
    chair = world.persona("chair")
    form = await from_message(world, "chair", await chair.say(QSG, "Who asks them?"))
    assert (await chair.submit(form, ANSWERS)).ok
    (action,) = await world.rows(Action)
    assert action.group_id == world.ids["qsg"]


@SQLITE
async def test_a_stranger_is_refused(world: World):
    stranger = world.persona("stranger")
    form = await from_message(world, "stranger", await stranger.say(OTHER, "Who asks them?"))
    assert "people enrolled by their organisation" in form.text


@SQLITE
@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://x/<b>", "https://x/" + "y" * 500, "https://x y"])
async def test_a_forged_link_is_not_kept(world: World, address: str):
    chair = world.persona("chair")
    form = await from_message(world, "chair", await chair.say(QSG, "Who asks them?"))
    Tap(world, lambda payload: payload["view"].update(private_metadata=f'{{"source": "{address}"}}'))
    assert (await chair.submit(form, ANSWERS)).ok
    (action,) = await world.rows(Action)
    assert action.source == ""


@SQLITE
async def test_it_opens_too_late(world: World):
    message = await world.persona("chair").say(QSG, "Who asks them?")
    Tap(world, lambda payload: payload.update(trigger_id="1.1.expired"))
    await world.persona("chair").message_shortcut("action.from_message", message)
    assert world.persona("chair").modal is None
    assert "Use /action again" in told(world, "chair")[-1]


async def test_an_action_from_the_digest_is_of_its_meeting(world: World):
    digest = await posted_digest(world)
    chair = world.persona("chair")
    await chair.press(digest, "Add an action")
    assert (await chair.submit(chair.modal, ANSWERS)).ok
    (action,) = await world.rows(Action)
    assert action.meeting_id is not None
    assert action.source == ""
    stranger = world.persona("phso1")
    await world.persona("chair").invite(QSG, stranger.id)
    shown = next(post for post in posts(world, "phso1") if "Add an action" in post.buttons)
    await stranger.press(shown, "Add an action")
    assert "There is nothing under" in answer_of(world, "phso1", QSG)


@SQLITE
async def test_an_action_of_another_group_is_not_of_that_meeting(world: World):
    await world.change(Seat(group_id=world.ids["region"], person_id=world.ids["chair"], role=Role.CHAIR))
    digest = await posted_digest(world)
    chair = world.persona("chair")
    await chair.press(digest, "Add an action")
    assert (await chair.submit(chair.modal, ANSWERS | {"group": "Regional QSG"})).ok
    (action,) = await world.rows(Action)
    assert (action.group_id, action.meeting_id) == (world.ids["region"], None)


@SQLITE
async def test_an_action_from_the_log_is_of_its_group(world: World):
    await world.change(Seat(group_id=world.ids["region"], person_id=world.ids["chair"], role=Role.CHAIR))
    chair = world.persona("chair")
    await chair.press(await open_log(world, "chair", "region"), "Add an action")
    assert (await chair.submit(chair.modal, ANSWERS)).ok
    (action,) = await world.rows(Action)
    assert action.group_id == world.ids["region"]
    assert digests(world) == []
