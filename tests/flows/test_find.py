"""`/find`: what one may read is found by what it says, and what one may not read by nothing at all."""

from datetime import date
from typing import Any

import pytest

from bot.domain.terms import Audience, Marking
from bot.store.concerns import visible_concern
from bot.store.tables import JournalEntry
from tests.flows.action_steps import SQLITE
from tests.flows.action_steps import said as answered
from tests.flows.steps import given_action, given_concern, given_escalation, viewer
from tests.world import QSG, World, conflict

NONE = "No concern that you may read matches"
GIVEN: dict[str, dict[str, Any]] = {
    "nights": {"event_on": date(2026, 11, 20)},
    "hospice": {
        "provider": None,
        "provider_named": "St Mary’s Hospice",
        "headline": "Nursing rota thin at the café",
        "details": "The staffing fell below establishment; see https://example.org/report-2.pdf",
        "theme": "workforce",
        "event_on": date(2026, 10, 1),
    },
    "outbreak": {
        "slug": "dean",
        "provider": "vale",
        "headline": "Outbreak on ward seven",
        "details": "Trainees at Northgate heard of it at night.",
        "theme": "infection",
        "attributed": False,
        "event_on": date(2026, 11, 21),
    },
}
# What is typed, and what of these the chair is shown, in order.
TYPED: dict[str, list[str]] = {
    "trainees": ["nights", "outbreak"],  # in the headline before in the details, though it is older
    "trainee night": ["nights", "outbreak"],  # forms of a word
    "TRAINEES the nights": ["nights", "outbreak"],
    '"senior at night"': ["nights"],
    '"night at senior"': [],
    "“senior at night”": ["nights"],
    "northgate": ["nights", "outbreak"],  # a provider's name, and what is said
    "north marram gen": ["nights"],  # a former name, by the beginnings of its words
    "valeham": ["outbreak"],  # its town
    "northgate outbreak": ["outbreak"],
    "st mary's": ["hospice"],
    "cafe": ["hospice"],
    "CAFÉ": ["hospice"],
    "establish*": ["hospice"],
    "establ": [],
    "establ*": ["hospice"],
    "example report": ["hospice"],
    "infection": ["outbreak"],  # a theme
    "training": ["nights"],
    "from:cqc": ["nights", "hospice"],
    "from: CQC rota": ["hospice"],
    "from:hee": [],  # it is not named to others, so nobody finds out by asking
    "about:northgate": ["nights"],
    'about:"st mary"': ["hospice"],
    "about:vale outbreak": ["outbreak"],
    "theme:workforce": ["hospice"],
    "theme:staff": ["hospice"],
    "since:2026-11-01": ["outbreak", "nights"],  # without words, the newest first
    "since:2026-11-21": ["outbreak"],
    "from:cqc theme:education since:2026-01-01 night": ["nights"],
}
# What is typed to break something: it is answered, never with an error.
HOSTILE = [
    '"', '""', "*", "-", ":", "::", '" OR "', "NEAR(a b)", "trainees NEAR/2 senior", "headline:*", "^trainees", "a AND",
    "NOT senior", "( & | ! )", "'; DROP TABLE concern; --", "trainees\\", "%", "_", "{}[]", "\x00", "🚑 🚑",
    "שלום עולם",
    "\u202eevil", "x" * 3000, "word " * 600, "from:", "since:yesterday", "since:9999-99-99",
    "theme:nothing",
    "10:30", "https://example.org/a:b", "colour:red", "from:nobody", "the of and", "C-", "c*",
]  # fmt: skip


async def given(world: World) -> dict[str, str]:
    """The concerns above, by what they are called here; their references."""
    return {await given_concern(world, **values): name for name, values in GIVEN.items()}


async def page_for(world: World, slug: str, words: str) -> Any:
    """What `/find` opens."""
    persona = world.persona(slug)
    outcome = await persona.command("/find", words, channel=QSG)
    assert outcome.ok, outcome
    return persona.modal


async def found(world: World, slug: str, words: str) -> list[str]:
    """The references of the first page, in order."""
    page = await page_for(world, slug, words)
    references = [button.removeprefix("Open ") for button in page.buttons if button.startswith("Open ")]
    await world.persona(slug).close(page)
    return references


async def test_what_is_typed_finds(world: World):
    names = await given(world)
    shown = {typed: [names[one] for one in await found(world, "chair", typed)] for typed in TYPED}
    assert shown == TYPED
    assert [names[one] for one in await found(world, "dean", "from:hee")] == ["outbreak"]  # their own


async def test_nothing_typed_breaks_it(world: World):
    await given(world)
    for typed in HOSTILE:
        outcome = await world.persona("chair").command("/find", typed, channel=QSG)
        assert outcome.ok, typed
    assert "/find does not understand “colour:red”" in await answered(world, "chair", "/find", "colour:red")
    assert "No organisation is called “nobody”" in await answered(world, "chair", "/find", "from:nobody")
    assert "The themes are workforce" in await answered(world, "chair", "/find", "theme:nothing")
    assert "Nothing in that can be looked for" in await answered(world, "chair", "/find", "the of and")
    assert "since:2026-01-01" in await answered(world, "chair", "/find", "since:yesterday")
    assert "it was too long" in (await page_for(world, "chair", "word " * 600)).text


@SQLITE
async def test_a_page_at_a_time_opened_in_place_and_logged(world: World):
    references = [await given_concern(world, headline=f"Rota number {number}") for number in range(12)]
    chair = world.persona("chair")
    page = await page_for(world, "chair", "rota")
    assert "12 concerns that you may read match “rota”" in page.text
    assert "Page 1 of 2" in page.text
    await chair.press(page, "More")
    assert [one in chair.modal.text for one in references] == [True, True] + [False] * 10
    await chair.press(chair.modal, f"Open {references[0]}")
    assert "Three trainees said so independently." in chair.modal.text
    await chair.close(chair.modal)
    assert "Page 2 of 2" in chair.modal.text
    entries = await world.rows(JournalEntry, JournalEntry.act == "shown")
    shown = [one.facts["ids"].split(",") for one in entries if one.facts["where"] == "find"]
    assert [len(ids) for ids in shown] == [10, 2]


@SQLITE
async def test_a_reference_opens_at_once(world: World):
    concern = await given_concern(world)
    asked = await given_escalation(world, ["gmc"], concern=concern)
    action = await given_action(world, date(2026, 12, 7))
    for reference in (concern, f" {concern.lower()} ", asked, action):
        assert reference.strip().upper() in (await page_for(world, "chair", reference)).text
        await world.persona("chair").close(world.persona("chair").modal)
    hidden = await answered(world, "matron", "/find", concern, channel=None)
    nothing = await answered(world, "matron", "/find", "C-222222", channel=None)
    assert hidden.replace(concern, "C-222222") == nothing
    assert "There is nothing under" in nothing


LOOKED_FOR = [
    "zebra", '"zebra crossing"', "zeb*", "northgate", "vale", "night", "maternity", "theme:maternity", "about:vale",
    "from:cqc", "from:cqc zebra", "since:2026-11-22", "about:northgate zebra", "crossing zebra night",
]  # fmt: skip
HIDDEN: dict[str, dict[str, Any]] = {
    "of chosen": {"audience": Audience.ORGANISATIONS},
    "of named people": {"audience": Audience.PEOPLE, "marking": Marking.RED},
}


@pytest.mark.parametrize("hidden", list(HIDDEN))
async def test_what_one_may_not_read_changes_nothing(world: World, hidden: str):
    """Every page is the same, letter by letter, before and after: no count, no order, no word betrays it."""
    await given(world)
    before = {words: (await page_for(world, "dean", words)).text for words in LOOKED_FOR}
    canary = {"headline": "Zebra crossing at night", "details": "Zebra, zebra, night and vale.", "theme": "maternity"}
    chosen = (world.ids["org:gmc"],) if hidden == "of chosen" else ()
    people = (world.ids["gmc1"],) if hidden == "of named people" else ()
    for _ in range(3):
        await given_concern(world, **canary, **HIDDEN[hidden], organisations=chosen, people=people)
    assert {words: (await page_for(world, "dean", words)).text for words in LOOKED_FOR} == before
    assert len(await found(world, "gmc1", "zeb*")) == 3


@SQLITE
async def test_whoever_is_barred_from_a_provider_finds_nothing_about_it(world: World):
    reference = await given_concern(world)
    await world.change(conflict(world.ids, "dean", "northgate"))
    for slug, words in (("dean", "trainees"), ("dean", "northgate"), ("matron", "about:northgate")):
        persona = world.persona(slug)
        assert (await persona.command("/find", words, channel=QSG if slug == "dean" else None)).ok
        assert NONE in persona.modal.text
        assert reference not in persona.modal.text


async def test_what_is_changed_is_found_by_its_new_words_only(world: World):
    """The database's triggers keep the index, whoever changes the row."""
    reference = await given_concern(world)
    async with world.bot.store.begin() as unit:
        seen = await visible_concern(unit, reference, await viewer(world, unit, "inspector"), world.now.date())
        seen.concern.headline = "Lamps out in the corridor"
    assert (await found(world, "chair", "lamp"), await found(world, "chair", "senior")) == ([reference], [])
