"""`/escalations`: what is open, by age and rung, and nothing that the reader may not open."""

from datetime import UTC, datetime

import pytest
from sqlmodel import col

from bot.domain.terms import Audience
from bot.messages import escalation_figures
from bot.store.tables import Escalation, JournalEntry
from tests.flows.action_steps import SQLITE, nine, said
from tests.flows.steps import acknowledge, answer, given_escalation
from tests.world import QSG, World, absence, conflict

NONE = "None that you may open is waiting for an answer."


async def escalations(world: World, slug: str, words: str = "", channel: str | None = QSG) -> str:
    return await said(world, slug, "/escalations", words, channel)


def order(text: str, *references: str) -> list[str]:
    """These references as they come in the text."""
    return sorted((one for one in references if one in text), key=text.index)


async def test_the_chair_reads_the_oldest_first_with_the_rung_reached(world: World):
    first = await given_escalation(world, ["gmc", "nmc"])
    await world.move_to(nine("2026-11-24"))
    await acknowledge(world, "nmc1", first)
    second = await given_escalation(world, ["gmc"])
    text = await escalations(world, "chair")
    assert order(text, second, first) == [first, second]
    assert f"{first} · Emerging concern (the protocol) · open for 1 working day" in text
    assert "NMC: acknowledged, the answer is awaited" in text
    assert "GMC: with Gmc1 Person, nominated person; not acknowledged yet" in text
    assert [entry.act for entry in await world.rows(JournalEntry, col(JournalEntry.act) == "escalations listed")]


@SQLITE
async def test_the_deputy_and_nobody_are_said_as_such(world: World):
    await world.change(absence(world.ids, "gmc1", world.now, datetime(2027, 1, 4, tzinfo=UTC)))
    await given_escalation(world, ["gmc"])
    assert "GMC: with Gmc2 Person, deputy 1; not acknowledged yet" in await escalations(world, "secretary")
    for day in ("2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30"):
        await world.move_to(nine(day))
    assert "GMC: nobody has acknowledged; telephone them" in await escalations(world, "secretary")


@SQLITE
async def test_what_is_answered_is_not_listed(world: World):
    reference = await given_escalation(world, ["gmc", "nmc"])
    await answer(world, "gmc1", reference, "none", "")
    text = await escalations(world, "chair")
    assert (reference in text, "1 answer is there" in text, "GMC:" in text) == (True, True, False)
    await answer(world, "nmc1", reference, "none", "")
    assert NONE in await escalations(world, "chair")


@SQLITE
async def test_the_chair_is_shown_and_counted_only_what_they_may_open(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(escalation_figures, "LISTED", 1)
    shown = await given_escalation(world, ["gmc"])
    hidden = await given_escalation(
        world, ["gmc"], audience=Audience.ORGANISATIONS, organisations=(world.ids["org:gmc"],)
    )
    text = await escalations(world, "chair")
    assert (shown in text, hidden in text, "more. Ask" in text) == (True, False, False)
    assert "… and 1 more." in await escalations(world, "inspector")
    await given_escalation(world, ["nmc"])
    assert "… and 1 more." in await escalations(world, "chair")
    await world.change(conflict(world.ids, "chair", "northgate"))
    assert NONE in await escalations(world, "chair")


@SQLITE
@pytest.mark.parametrize(
    ("slug", "words", "sees"),
    [
        ("inspector", "", True),
        ("colleague", "", True),
        ("gmc3", "", True),
        ("nmc1", "", False),
        ("lead", "", False),
        ("chair", "mine", False),
        ("chair", "qsg", True),
        ("matron", "", False),
    ],
)
async def test_everybody_else_sees_what_their_organisation_started_or_was_asked(
    world: World, slug: str, words: str, sees: bool
):
    reference = await given_escalation(world, ["gmc"])
    channel = None if slug in ("nmc1", "matron") else QSG
    text = await escalations(world, slug, words, channel)
    assert (reference in text, NONE in text) == (sees, not sees)
    assert ("started by your organisation" in text) == (slug in ("inspector", "colleague"))


@SQLITE
async def test_a_row_opens_its_escalation(world: World):
    reference = await given_escalation(world, ["gmc"])
    await escalations(world, "chair")
    chair = world.persona("chair")
    message = [one for one in chair.messages(QSG) if one.ephemeral][-1]
    outcome = await chair.press(message, f"Open {reference}")
    assert outcome.ok
    assert reference in chair.modal.title + chair.modal.text


@SQLITE
async def test_an_odd_word_is_not_understood_and_help_explains(world: World):
    assert "/escalations" in await escalations(world, "inspector", "elsewhere")
    assert "only escalations you may open" in await escalations(world, "inspector", "help")


@SQLITE
async def test_however_many_are_open_it_is_one_message(world: World):
    """As many as are listed, each with its button, within what Slack takes."""
    for _ in range(escalation_figures.LISTED + 2):
        await given_escalation(world, ["gmc", "nmc", "hee", "phso"])
    text = await escalations(world, "chair")
    assert text.count("Open E-") == escalation_figures.LISTED
    assert "… and 2 more." in text
    assert "Continues" not in text
    assert len(await world.rows(Escalation)) == escalation_figures.LISTED + 2
