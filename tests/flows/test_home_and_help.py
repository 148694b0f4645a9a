"""The App Home of each kind of person, and that whatever is typed is answered in plain words."""

from datetime import date

import pytest

from tests.flows.action_steps import SQLITE, add, said, say_done
from tests.flows.steps import acknowledge, given_action, given_concern, given_escalation, raise_concern
from tests.world import OTHER, QSG, World, conflict


@SQLITE
async def test_a_home_with_nothing_waiting(world: World):
    lead = world.persona("lead")
    home = await lead.open_home()
    for part in ("Nothing is waiting for you.", "Marram QSG: Mon 30 Nov 2026, 10:00, Room 1", "not raised any yet"):
        assert part in home.text
    assert "Lead Person, Vale CCG. As of 23 November 2026." in home.text
    assert home.buttons == ["Raise a concern", "Add an action", "When I am reminded", "Help"]
    for button, opened in (("Raise a concern", "Where"), ("Add an action", "Due"), ("Help", "/concern mine")):
        await lead.press(lead.home, button)
        assert opened in lead.modal.text
        await lead.close(lead.modal, everything=True)


async def test_a_home_where_an_escalation_waits(world: World):
    reference = await given_escalation(world, ["gmc", "nmc"])
    first, deputy = world.persona("gmc1"), world.persona("gmc2")
    assert f"Escalation {reference} waits to be acknowledged" in (await first.open_home()).text
    assert "Nothing is waiting for you" in (await deputy.open_home()).text
    await first.press(first.home, f"Open {reference}")
    assert "Acknowledge" in first.modal.buttons
    await first.press(first.modal, "Acknowledge")
    assert f"Escalation {reference} waits for your answer" in (await first.open_home()).text
    assert f"escalated as {reference}, 0 of 2 answered" in (await world.persona("inspector").open_home()).text
    await first.press(first.home, f"Open {reference}")
    await first.press(first.modal, "Answer")
    assert (await first.submit(first.modal, {"outcome": "none"})).ok
    assert "Nothing is waiting for you" in (await first.open_home()).text
    assert "1 of 2 answered" in (await world.persona("inspector").open_home()).text


@SQLITE
async def test_a_home_with_overdue_actions(world: World):
    dean = world.persona("dean")
    late = await given_action(world, date(2026, 11, 23), issue="Overdue one")
    coming = await given_action(world, date(2026, 12, 7), issue="Coming one")
    await world.move(days=1)
    home = await dean.open_home()
    assert home.text.index(late) < home.text.index("Overdue\n") < home.text.index(coming)
    assert home.text.count("· Overdue") == 1
    await dean.press(home, "It is done", late)
    assert (await dean.submit(dean.modal, {"resolution": "Done."})).ok
    await dean.press(await dean.open_home(), "Change date or owner", coming)
    assert (await dean.submit(dean.modal, {"due_on": "2026-12-04", "reason": "They were quick."})).ok
    text = (await dean.open_home()).text
    assert late not in text
    assert "4 December 2026" in text


async def test_a_home_shows_only_what_one_may_see(world: World):
    reference = await raise_concern(world)
    inspector = world.persona("inspector")
    home = await inspector.open_home()
    assert reference in home.text
    await inspector.press(home, f"Read {reference}")
    assert "Your reading has been logged" in inspector.modal.text
    assert reference not in (await world.persona("colleague").open_home()).text
    await add(world, conflict(world.ids, "inspector", "northgate"))
    await inspector.close(inspector.modal)
    await inspector.press(home, f"Read {reference}")
    assert "There is nothing under" in inspector.modal.text
    assert reference not in (await inspector.open_home()).text


@SQLITE
async def test_a_home_of_somebody_very_busy(world: World):
    for _ in range(40):
        await given_action(world, date(2026, 12, 7))
    dean = world.persona("dean")
    home = await dean.open_home()
    assert len(home.blocks) <= 100
    assert home.text.count("Ask for the rota") >= 25
    assert "Raise a concern" in home.buttons


@SQLITE
async def test_a_home_without_a_group_or_rights(world: World):
    matron, stranger = world.persona("matron"), world.persona("stranger")
    assert "None is planned." in (await matron.open_home()).text
    for button in ("Raise a concern", "Add an action"):
        await matron.press(matron.home, button)
        assert "You are not a member of any group here" in matron.modal.text
        await matron.close(matron.modal)
    await matron.press(matron.home, "Help")
    assert "Your groups: none yet" in matron.modal.text
    assert "for people enrolled by their organisation" in (await stranger.open_home()).text
    assert stranger.home.buttons == []


HELP = {
    "/concern": "Raising a concern",
    "/escalate": "Escalating a concern",
    "/action": "Actions",
    "/agenda": "The agenda",
    "/provider": "A provider’s summary",
    "/away": "Being away",
    "/soundings": "What you can ask for",
}
NONSENSE = {
    "/escalate": "We did not understand “{words}”. Type /escalate help to see what you can ask.",
    "/action": "We did not understand “{words}”. Type /action help to see what you can ask.",
    "/agenda": "/agenda works in the private channel of a group you belong to",
    "/away": "We did not understand “{words}”. Type /away today",
    "/provider": "No provider matches “{words}”",
    "/soundings": "We did not understand “{words}”. Type /soundings help to see what you can ask.",
}
TYPED = [
    "xyzzy plugh",
    "done\nwith it",
    "-- ; DROP TABLE",
    "{braces} {{7*7}} %s",
    "“quoted”",
    "e\u0301\u200b🫀",
    "a" * 59,
]


@SQLITE
@pytest.mark.parametrize("command", HELP)
async def test_every_command_answers_help_anywhere(world: World, command: str):
    chair = world.persona("chair")
    for channel in (None, QSG, OTHER):
        for words in ("help", "  HELP  "):
            text = await said(world, "chair", command, words, channel)
            assert text.startswith(HELP[command])
            assert command == "/soundings" or command in text
    assert chair.modal is None
    assert not [message for message in world.persona("inspector").messages(OTHER) if HELP[command] in message.text]


@SQLITE
@pytest.mark.parametrize("command", NONSENSE)
async def test_nonsense_is_answered_in_one_sentence(world: World, command: str):
    await given_concern(world)
    chair = world.persona("chair")
    for channel in (None, QSG, OTHER):
        for words in TYPED:
            before = len(chair.messages(channel or chair.dm_id))
            text = await said(world, "chair", command, words, channel)
            expected = NONSENSE[command].format(words=words)
            assert "".join(expected.split()) in "".join(text.split())
            assert len(chair.messages(channel or chair.dm_id)) == before + 1
            assert not [each for each in ("Traceback", "None", "Error", "49") if each in text]
        assert await said(world, "chair", command, "w" * 5000, channel)
    assert chair.modal is None


@SQLITE
async def test_a_concern_about_nonsense_opens_its_form(world: World):
    chair = world.persona("chair")
    for channel in (None, QSG, OTHER):
        for words in [*TYPED, "w" * 3000]:
            assert (await chair.command("/concern", words, channel=channel)).ok
            assert chair.modal.title == "Raise a concern"
            await chair.close(chair.modal)


@SQLITE
async def test_a_long_list_of_actions_arrives_whole(world: World):
    references = [await given_action(world, date(2026, 12, 7)) for _ in range(40)]
    await say_done(world, "dean", references[0])
    dean = world.persona("dean")
    await dean.command("/action", channel=QSG)
    shown = "\n".join(message.text for message in dean.messages(QSG) if message.ephemeral)
    assert [shown.count(reference) for reference in references] == [1] * 40


@SQLITE
async def test_acknowledging_twice_from_two_homes(world: World):
    reference = await given_escalation(world, ["gmc"])
    gmc1 = world.persona("gmc1")
    home = await gmc1.open_home()
    await acknowledge(world, "gmc1", reference)
    await gmc1.press(home, f"Open {reference}")
    assert "Acknowledge" not in gmc1.modal.buttons
    assert "Answer" in gmc1.modal.buttons
