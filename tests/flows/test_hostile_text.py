"""Whatever people type is shown as they typed it, wherever it is shown, and does nothing."""

import unicodedata
from typing import Any

import pytest

from tests.flows.steps import (
    answer,
    answer_of,
    given_escalation,
    last_dm,
    open_escalation,
    posts,
    raise_concern,
    reference_in,
    told,
)
from tests.hostile import HOSTILE, squeezed
from tests.world import QSG, World

LIVE = {"link", "user", "channel", "broadcast", "usergroup", "team", "emoji", "mrkdwn", "image"}
TYPED = [
    text for text in HOSTILE if text.strip() and text.isprintable() | ("\ud800" not in text and "\x00" not in text)
]
NAMED = {
    "broadcast": "<!channel> <@U_CHAIR> <https://evil.example|here>",
    "emphasis": "*x* _y_ ~z~ `c` **b** ~~gone~~",
    "button": "[a](button:concern.open:C-1) [b](https://evil.example)",
    "template": "{{ 7 * 7 }} {% raw %} {# gone #} {{ concern.details }}",
    "entities": "&lt;b&gt; &amp; & < > <b>",
    "right to left": "\u202egnp.exe\u202c \u2066x\u2069 עברית",
    "hidden": "no\u200bthing \u00ad soft \ufeff",
    "table": "a | b |-|- ||",
}


def seen(text: str) -> str:
    """What of a text a person sees: no controls and no changes of direction, white space as single spaces."""
    kept = (c for c in text if c.isspace() or (unicodedata.category(c) != "Cc" and not "\u202a" <= c <= "\u202e"))
    return squeezed("".join(c for c in kept if not "\u2066" <= c <= "\u2069"))


def parts(value: Any, wanted: str) -> list[Any]:
    """Every value of that key, however deep."""
    if isinstance(value, list):
        return [found for part in value for found in parts(part, wanted)]
    if not isinstance(value, dict):
        return []
    own = [value[wanted]] if wanted in value else []
    return own + [found for part in value.values() for found in parts(part, wanted)]


def check(shown: Any, *texts: str, fallback: str = "") -> None:
    """The texts stand there literally, nothing among them is live, and every button is one of ours."""
    for text in texts:
        assert seen(text) in squeezed(shown.text)
    assert not LIVE & set(parts(shown.blocks, "type"))
    assert "button:" not in "".join(name for name in parts(shown.blocks, "action_id"))
    values = [block for block in shown.blocks if block["type"] == "actions"]
    assert all(value[1:2] in ("-", "") for value in parts(values, "value"))
    assert "<!" not in fallback
    assert "<@" not in fallback


@pytest.mark.parametrize("text", NAMED.values(), ids=NAMED)
async def test_a_concern_shows_what_was_typed(world: World, text: str):
    reference = await raise_concern(world, words="", provider_named=text, headline=text, details=text * 3)
    inspector, dean, secretary = (world.persona(slug) for slug in ("inspector", "dean", "secretary"))
    check(inspector.modal, text)
    for shown in (posts(world)[-1], last_dm(world, "inspector"), last_dm(world, "secretary")):
        check(shown, text, fallback=shown.fallback)
    await dean.press(posts(world)[-1], "Read the details")
    check(dean.modal, text, text * 3)
    await inspector.command("/concern", "mine", channel=QSG)
    check(inspector.messages(QSG)[-1], text)
    await inspector.command("/escalate", reference)
    check(inspector.modal)
    await secretary.command("/agenda", "")
    check(secretary.dms()[-1], text)
    await secretary.command("/provider", text)
    check(secretary.dms()[-1])


async def test_all_of_it_at_once_in_the_details(world: World):
    details = "\n\n".join(TYPED)
    assert len(details) < 3000
    await raise_concern(world, details=details)
    dean = world.persona("dean")
    await dean.press(posts(world)[-1], "Read the details")
    check(dean.modal, *(line for text in TYPED for line in text.splitlines() if seen(line)))


async def test_three_thousand_characters_are_all_shown(world: World):
    details = " ".join(f"{number:04}" for number in range(600))
    await raise_concern(world, details=details)
    dean = world.persona("dean")
    await dean.press(posts(world)[-1], "Read the details")
    check(dean.modal, details)


async def test_one_word_of_three_thousand_is_shown(world: World):
    await raise_concern(world, details="*" * 3000, headline="_" * 150)
    dean = world.persona("dean")
    await dean.press(posts(world)[-1], "Read the details")
    assert "*" * 1000 in dean.modal.text.replace("\n", "")
    assert dean.modal.text.count("*") == 3000


@pytest.mark.parametrize("text", NAMED.values(), ids=NAMED)
async def test_an_escalation_shows_what_was_typed(world: World, text: str):
    reference = await given_escalation(world, ["gmc"], question=text, headline=text, details=text)
    page = await open_escalation(world, "gmc1", reference)
    check(page, text)
    assert not [note for note in told(world, "gmc1") if seen(text) in squeezed(note)]
    assert (await answer(world, "gmc1", reference, "hold", text)).ok
    check(world.persona("gmc1").modal, text)
    check(await open_escalation(world, "inspector", reference), text)
    await world.persona("inspector").command("/provider", "northgate")
    check(world.persona("inspector").dms()[-1], text)


@pytest.mark.parametrize("text", NAMED.values(), ids=NAMED)
async def test_an_action_shows_what_was_typed(world: World, text: str):
    chair, dean = world.persona("chair"), world.persona("dean")
    await chair.command("/action", f"add {text}", channel=QSG)
    sent = {"issue": text, "owner": "Dean Person", "due_on": "2026-11-24"}
    assert (await chair.submit(chair.modal, sent)).ok
    check(chair.modal, text)
    reference = reference_in(chair.modal.text, "A-")
    await world.settle()
    check(last_dm(world, "dean"), text, fallback=last_dm(world, "dean").fallback)
    await dean.command("/action", f"done {reference}")
    await dean.submit(dean.modal, {"resolution": text})
    check(dean.modal, text)
    await world.settle()
    check(last_dm(world, "chair"), text)
    await chair.command("/agenda", channel=QSG)
    check(chair.messages(QSG)[-1], text)


@pytest.mark.parametrize("command", ["/concern", "/escalate", "/action", "/agenda", "/provider", "/soundings"])
async def test_words_after_a_command_stay_words(world: World, command: str):
    inspector = world.persona("inspector")
    for text in (*NAMED.values(), "x" * 2900, "\n".join("abc")):
        outcome = await inspector.command(command, text)
        assert outcome.ok, outcome
        if inspector.modal is None:
            check(inspector.dms()[-1])
    assert world.pg.warnings == []
    assert answer_of(world, "inspector") if command != "/concern" else inspector.modal
