"""Whoever may not come in is told so politely, shown nothing, and the secretariat hears of it once."""

from collections import Counter

import pytest

from bot.store.tables import Concern, JournalEntry, Person
from tests.flows.action_steps import SQLITE
from tests.flows.steps import FORM, Tap, answer_of, given_concern, outbox, raise_concern, told
from tests.world import OTHER, QSG, World

COMMANDS = ["/concern", "/escalate", "/action", "/agenda", "/provider", "/away", "/soundings"]
OUTSIDE = "This assistant is for people enrolled by their organisation"


@SQLITE
@pytest.mark.parametrize("slug", ["stranger", "leaver"])
async def test_no_command_lets_them_in(world: World, slug: str):
    reference = await given_concern(world)
    person = world.persona(slug)
    for command in COMMANDS:
        for words in ("", "help", "northgate", reference, "mine", "group"):
            outcome = await person.command(command, words)
            assert outcome.ok
            assert OUTSIDE in answer_of(world, slug)
    assert person.modal is None
    assert {message.text for message in person.dms()} == {answer_of(world, slug)}


@SQLITE
@pytest.mark.parametrize("slug", ["stranger", "leaver"])
async def test_no_shortcut_nor_home_does(world: World, slug: str):
    await given_concern(world)
    person = world.persona(slug)
    await person.shortcut("concern.new")
    assert OUTSIDE in person.modal.text
    await person.open_home()
    assert OUTSIDE in person.home.text
    assert "Northgate" not in person.home.text


async def test_the_secretariat_is_told_once_each(world: World):
    for slug in ("stranger", "leaver", "stranger"):
        await world.persona(slug).command("/concern", "northgate")
        await world.persona(slug).shortcut("concern.new")
        await world.move(days=1)
    notes = [text for text in told(world, "secretary") if "not enrolled" in text]
    assert len(notes) == 2
    assert "U_STRANGER" in notes[0]
    assert "northgate" not in "".join(notes)
    refused = await world.rows(JournalEntry, JournalEntry.act == "stranger refused")
    assert Counter(entry.facts["user"] for entry in refused) == {"U_STRANGER": 4, "U_LEAVER": 2}


@SQLITE
async def test_somebody_who_leaves_is_shut_out_at_once(world: World):
    await given_concern(world)
    inspector = world.persona("inspector")
    await inspector.command("/concern", "northgate", channel=QSG)
    (person,) = await world.rows(Person, Person.slug == "inspector")
    person.ends_on = world.now.date()
    await world.change(person)
    await world.move(days=1)
    outcome = await inspector.submit(inspector.modal, FORM)
    assert OUTSIDE in next(iter(outcome.errors.values()))
    assert len(await world.rows(Concern)) == 1


@SQLITE
async def test_a_button_pressed_by_a_stranger(world: World):
    await given_concern(world)
    world.pg.workspace.channels[QSG].members.add("U_STRANGER")
    stranger = world.persona("stranger")
    await stranger.press(stranger.messages(QSG)[-1], "Read the details")
    assert OUTSIDE in answer_of(world, "stranger", QSG)
    assert stranger.modal is None


@SQLITE
async def test_searching_gives_a_stranger_nothing(world: World):
    inspector = world.persona("inspector")
    await inspector.command("/concern", "", channel=QSG)
    tap = Tap(world, lambda payload: payload["user"].update(id="U_STRANGER"))
    for field, query in (("provider", "northgate"), ("chosen", "dean")):
        assert await inspector.options(inspector.modal, field, query) == []
    assert tap.payloads


@SQLITE
async def test_another_workspace_is_another_person(world: World):
    inspector = world.persona("inspector")
    tap = Tap(world, lambda payload: payload["user"].update(team_id="T_ELSEWHERE"))
    await inspector.shortcut("concern.new")
    assert OUTSIDE in inspector.modal.text
    assert tap.payloads


@SQLITE
async def test_a_providers_staff_raise_nothing(world: World):
    await given_concern(world)
    matron = world.persona("matron")
    for command, words in (("/concern", "vale"), ("/action", "add x"), ("/agenda", ""), ("/action", "group")):
        await matron.command(command, words)
        assert "You are not a member of any group here" in answer_of(world, "matron")
    assert matron.modal is None
    assert [row.kind for row in await outbox(world)] == ["concern.receipt", "concern.posted"]


@SQLITE
async def test_a_providers_staff_see_nothing_about_it(world: World):
    reference = await raise_concern(world, audience="people", chosen=["Lead Person"])
    (lead,) = await world.rows(Person, Person.slug == "lead")
    lead.organisation_id = world.ids["org:trust"]
    await world.change(lead)
    person = world.persona("lead")
    await person.command("/escalate", reference)
    assert "There is nothing under" in answer_of(world, "lead")
    for words in ("northgate", "RZZ01"):
        await person.command("/provider", words, channel=QSG)
        assert "You work at this provider" in answer_of(world, "lead", QSG)


@SQLITE
async def test_a_message_in_a_channel_of_strangers(world: World):
    """A shortcut on somebody else's message carries no right to what it quotes."""
    stranger = world.persona("stranger")
    said = await stranger.say(OTHER, "what is this?")
    await stranger.message_shortcut("concern.from_message", said)
    assert OUTSIDE in stranger.modal.text
