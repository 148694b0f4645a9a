"""Whatever people type is shown as they typed it, wherever it is shown, and does nothing."""

import re
import unicodedata
from typing import Any

import pytest

from bot.store.tables import Organisation, Person
from tests.flows.action_steps import SQLITE
from tests.flows.steps import (
    answer,
    given_concern,
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
# A row's number, and perhaps which page about it.
NUMBERED = re.compile(r"\d+(?:\.[a-z]+\.\d+)?")
TYPED = [text for text in HOSTILE if text.strip()]
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

# As many at once as a headline holds.
LINES = [("broadcast", "button", "hidden"), ("emphasis", "template", "entities", "table"), ("right to left",)]


def seen(text: str) -> str:
    """What of a text a person sees: no controls and no changes of direction, white space as single spaces."""
    kept = (c for c in text if c.isspace() or unicodedata.category(c) not in {"Cc", "Cs"})
    return squeezed("".join(c for c in kept if not ("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069")))


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
    rows_of_buttons = [block for block in shown.blocks if block["type"] == "actions"]
    named = [value for value in parts(rows_of_buttons, "value") if not NUMBERED.fullmatch(value)]
    assert {value[:2] for value in named} <= {"C-", "E-", "A-"}
    assert "<!" not in fallback
    assert "<@" not in fallback


@SQLITE
@pytest.mark.parametrize("some", LINES, ids=[" ".join(some) for some in LINES])
async def test_a_concern_shows_what_was_typed(world: World, some: tuple[str, ...]):
    text = " ".join(NAMED[one] for one in some)
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
    await given_concern(world, headline=text)
    await secretary.command("/provider", "northgate")
    check(secretary.dms()[-1], text)


async def test_all_of_it_at_once_in_the_details(world: World):
    details = "\n\n".join(TYPED)
    assert len(details) < 3000
    await raise_concern(world, details=details)
    dean = world.persona("dean")
    await dean.press(posts(world)[-1], "Read the details")
    check(dean.modal, *(line for text in TYPED for line in text.splitlines() if seen(line)))


@SQLITE
async def test_three_thousand_characters_are_all_shown(world: World):
    details = " ".join(f"{number:04}" for number in range(600))
    await raise_concern(world, details=details)
    dean = world.persona("dean")
    await dean.press(posts(world)[-1], "Read the details")
    check(dean.modal, details)


@SQLITE
async def test_one_word_of_three_thousand_is_shown(world: World):
    await raise_concern(world, details="*" * 3000, headline="_" * 150)
    dean = world.persona("dean")
    await dean.press(posts(world)[-1], "Read the details")
    assert "*" * 1000 in dean.modal.text.replace("\n", "")
    assert dean.modal.text.count("*") == 3000


@SQLITE
async def test_an_escalation_shows_what_was_typed(world: World):
    text = " ".join(NAMED.values())
    reference = await given_escalation(world, ["gmc"], question=text, details=text)
    page = await open_escalation(world, "gmc1", reference)
    check(page, text)
    assert not [note for note in told(world, "gmc1") if seen(text) in squeezed(note)]
    assert (await answer(world, "gmc1", reference, "hold", text)).ok
    check(world.persona("gmc1").modal, text)
    check(await open_escalation(world, "inspector", reference), text)


@SQLITE
async def test_an_action_shows_what_was_typed(world: World):
    text = " ".join(NAMED.values())
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
    await chair.command("/action", "group", channel=QSG)
    check(chair.modal, text)


@SQLITE
async def test_words_after_a_command_stay_words(world: World):
    inspector = world.persona("inspector")
    for command in ("/escalate", "/action", "/agenda", "/provider", "/soundings"):
        for text in (" ".join(NAMED.values()), "x" * 2900, "\n".join("abc")):
            assert (await inspector.command(command, text)).ok
            check(inspector.dms()[-1])
    assert world.pg.warnings == []
    assert len(inspector.dms()) == 15


@SQLITE
async def test_names_in_a_table_stay_names(world: World):
    (gmc,) = await world.rows(Organisation, Organisation.slug == "gmc")
    (person,) = await world.rows(Person, Person.slug == "gmc1")
    gmc.short_name, person.name = "G|M*C* <!here>", "a | b | <@U_CHAIR>"
    await world.change(gmc, person)
    reference = await given_escalation(world, ["gmc"])
    grid = last_dm(world, "inspector")
    check(grid, "G|M*C* <!here>", "with a | b | <@U_CHAIR>; not acknowledged yet", fallback=grid.fallback)
    (table,) = [block for block in grid.blocks if block["type"] == "table"]
    assert [len(row) for row in table["rows"]] == [2, 2]
    check(last_dm(world, "gmc1"), "escalation is waiting for G|M*C* <!here>")
    check(await open_escalation(world, "gmc1", reference), "G|M*C* <!here>")
