"""What may identify somebody is shown before anything is saved; the person decides, and nothing typed is lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.identifiers import find_identifiers
from bot.services.intake import findings_in
from bot.store.tables import Concern, JournalEntry
from tests.flows.action_steps import SQLITE
from tests.flows.intake_steps import box, open_form, opens_with, send, typed
from tests.flows.steps import Tap, outbox, posts
from tests.hostile import HOSTILE
from tests.world import World

PHONE, NHS = "07700 900123", "943 476 5919"
TEXT = f"Ring {PHONE} at night.\nThe patient is {NHS}, on Ward 4."
LOOKS = [
    ({"details": TEXT}, ["Details: “Ring 07700 900123 at night.” – looks like a telephone number", "an NHS number"]),
    ({"headline": "Ask a@b.co about nights"}, ["Headline: “Ask a@b.co about nights” – looks like an e-mail address"]),
    ({"provider": "", "provider_named": "12 High St, M1 1AE"}, ["Name of the provider: “12 High St, M1 1AE” – looks"]),
    ({"details": "Nurse 12A3456E"}, ["“Nurse 12A3456E” – looks like an NMC PIN"]),
    ({"details": "GMC 1234567"}, ["looks like a GMC number"]),
    ({"details": "born 1/2/1990"}, ["looks like a date of birth"]),
    ({"details": "x" * 60 + f" {PHONE} " + "y" * 60}, [f"“…{'x' * 39} {PHONE} {'y' * 39}…”"]),
]


async def decisions(world: World) -> list[dict]:
    return [entry.facts for entry in await world.rows(JournalEntry, JournalEntry.act == "identifiers found")]


@SQLITE
@pytest.mark.parametrize(("values", "said"), LOOKS)
async def test_it_is_shown_and_nothing_is_saved(world: World, values: dict, said: list[str]):
    inspector = await open_form(world)
    form = inspector.modal
    assert (await send(inspector, **values)).ok
    assert inspector.modal.id == form.id
    assert inspector.modal.title == "Check before sending"
    for words in said:
        assert words in inspector.modal.text
    for name, text in values.items():
        assert name == "provider" or typed(inspector.modal, name) == opens_with(inspector.modal, name) == text
    assert world.pg.warnings == []
    assert await world.rows(Concern) == await outbox(world) == []
    assert str(values) not in str(await world.rows(JournalEntry))


@SQLITE
async def test_what_was_found_is_bold(world: World):
    inspector = await open_form(world)
    await send(inspector, details=TEXT)
    bold = [
        run["text"]
        for block in inspector.modal.blocks
        for part in block.get("elements", [])
        for item in part.get("elements", [])
        for run in item.get("elements", [])
        if run.get("style") == {"bold": True}
    ]
    assert bold == [PHONE, NHS]


async def test_ticking_sends_it_as_it_is(world: World):
    inspector = await open_form(world)
    await send(inspector, details=TEXT)
    assert (await inspector.submit(inspector.modal, {box(inspector.modal): ["ticked"]})).ok
    assert "Thank you" in inspector.modal.title
    (concern,) = await world.rows(Concern)
    assert concern.details == TEXT
    assert await decisions(world) == [{"phone_found": 1, "phone_kept": 1, "nhs_found": 1, "nhs_kept": 1}]


async def test_taking_it_out_sends_it(world: World):
    inspector = await open_form(world)
    await send(inspector, details=TEXT)
    await inspector.submit(inspector.modal, {"details": f"Ring {PHONE}."})
    assert "NHS number" not in inspector.modal.text
    await inspector.submit(inspector.modal, {"details": "Ring the ward."})
    (concern,) = await world.rows(Concern)
    assert concern.details == "Ring the ward."
    assert await decisions(world) == [{"phone_found": 1, "phone_kept": 0, "nhs_found": 1, "nhs_kept": 0}]
    await world.settle()
    assert len(posts(world)) == 1


@SQLITE
async def test_sending_again_without_deciding_is_answered_beside_the_box(world: World):
    inspector = await open_form(world)
    await send(inspector, details=TEXT)
    outcome = await inspector.submit(inspector.modal, {"urgency": "soon"})
    assert list(outcome.errors) == [box(inspector.modal)]
    assert "or tick this box" in outcome.errors[box(inspector.modal)]
    assert await world.rows(Concern) == []


@SQLITE
async def test_a_tick_is_for_what_was_shown_and_no_more(world: World):
    inspector = await open_form(world)
    await send(inspector, details=TEXT)
    first = box(inspector.modal)
    await inspector.submit(inspector.modal, {first: ["ticked"], "details": f"{TEXT} Or a@b.co."})
    assert "looks like an e-mail address" in inspector.modal.text
    assert box(inspector.modal) not in ("", first)
    (entry,) = inspector.modal.values[box(inspector.modal)].values()
    assert entry["selected_options"] == []
    assert await world.rows(Concern) == []


@SQLITE
async def test_words_put_round_it_do_not_ask_again(world: World):
    inspector = await open_form(world)
    await send(inspector, details=TEXT)
    values = {box(inspector.modal): ["ticked"], "details": f"Please: {TEXT}", "headline": "Another headline"}
    await inspector.submit(inspector.modal, values)
    assert "Thank you" in inspector.modal.title


@SQLITE
async def test_mistakes_are_said_first(world: World):
    inspector = await open_form(world)
    outcome = await send(inspector, details=TEXT, event_on="2027-01-01")
    assert list(outcome.errors) == ["event_on"]
    await inspector.submit(inspector.modal, {"event_on": "2026-11-23"})
    assert inspector.modal.title == "Check before sending"


@SQLITE
async def test_choosing_while_checking_keeps_the_question(world: World):
    inspector = await open_form(world)
    await send(inspector, details=TEXT)
    await inspector.choose(inspector.modal, "marking", "TLP:GREEN")
    assert inspector.modal.title == "Check before sending"
    assert "looks like an NHS number" in inspector.modal.text
    await inspector.fill(inspector.modal, {"details": "Nothing of that kind."})
    await inspector.choose(inspector.modal, "unattributed", ["ticked"])
    assert (inspector.modal.title, box(inspector.modal)) == ("Raise a concern", "")
    await inspector.submit(inspector.modal, {})
    assert [facts["nhs_kept"] for facts in await decisions(world)] == [0]


async def test_resends_of_either_step_change_nothing(world: World):
    inspector, tap = await open_form(world), Tap(world)
    tap.copies = 3
    await send(inspector, details=TEXT)
    first = tap.payloads[-1]
    assert tap.answers[0] == tap.answers[1] == tap.answers[2]
    await inspector.submit(inspector.modal, {box(inspector.modal): ["ticked"]})
    (concern,) = await world.rows(Concern)
    assert all(concern.reference in str(answer) for answer in tap.answers)
    assert concern.reference in str(await tap.carry(*first))
    assert len(await decisions(world)) == len(await world.rows(Concern)) == 1


@SQLITE
async def test_closing_it_leaves_no_trace(world: World):
    inspector = await open_form(world)
    await send(inspector, details=TEXT)
    await inspector.close(inspector.modal)
    await world.settle()
    assert inspector.modal is None
    assert await world.rows(Concern) == await outbox(world) == await decisions(world) == []


@SQLITE
async def test_very_many_findings_still_fit(world: World):
    inspector = await open_form(world)
    many = " ".join(f"07700 9{number:05}" for number in range(220))
    assert (await send(inspector, details=many)).ok
    assert "and 200 more." in inspector.modal.text
    assert world.pg.warnings == []
    await inspector.submit(inspector.modal, {box(inspector.modal): ["ticked"]})
    assert (await decisions(world)) == [{"phone_found": 220, "phone_kept": 220}]


@SQLITE
async def test_hostile_words_around_it_are_only_words(world: World):
    for hostile in HOSTILE:
        inspector = await open_form(world)
        assert (await send(inspector, details=f"{hostile} {PHONE} {hostile}")).ok
        assert inspector.modal.title == "Check before sending"
        await inspector.close(inspector.modal)
    assert world.pg.warnings == []


@SQLITE
async def test_what_is_innocent_is_not_asked_about(world: World):
    inspector = await open_form(world)
    await send(inspector, details="See C-7Q4KM2, Room 101, 12/03/2026, £1,000.")
    assert "Thank you" in inspector.modal.title
    assert await decisions(world) == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([PHONE, NHS, "a@b.co", "SW1A 1AA", "12A3456E"]), min_size=1, max_size=5))
def test_every_finding_is_one_of_the_text(pieces: list[str]):
    found = findings_in({"details": ", then ".join(pieces), "people_involved": PHONE})
    assert [one.words for one in found] == pieces
    assert {one.field for one in found} == {"details"}
    assert find_identifiers(", then ".join(pieces)) == [one.found for one in found]
