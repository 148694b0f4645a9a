"""What is wrong with a concern is said beside its field, all at once, and nothing that was typed is lost."""

import copy

import pytest

from bot.store.tables import Concern, Person
from tests.flows.action_steps import SQLITE
from tests.flows.steps import FORM, Tap, raise_concern
from tests.flows.test_concern_form import held
from tests.world import QSG, World

FIELDS = [
    ({"headline": "   "}, "headline", "Please complete"),
    ({"headline": ""}, "headline", "Please complete"),
    ({"details": ""}, "details", "Say what you know, or tick"),
    ({"details": " \n "}, "details", "Say what you know, or tick"),
    ({"provider": ""}, "provider", "Choose a provider, or tell us its name"),
    ({"provider_named": "The Nowhere Clinic"}, "provider", "Choose one only"),
    ({"across": ["ticked"]}, "provider", "Choose one only"),
    ({"event_on": "2026-11-24"}, "event_on", "This date is in the future"),
    ({"marking": "TLP:RED"}, "marking", "TLP:RED is for named people only"),
    ({"audience": "organisations"}, "chosen", "Choose at least one organisation"),
    ({"audience": "people"}, "chosen", "Name at least one person"),
    ({"audience": "group", "chosen": ["GMC"]}, "chosen", "the whole group would see it"),
    ({"audience": "people", "chosen": ["GMC"]}, "chosen", "Name at least one person, and no organisations"),
    ({"audience": "organisations", "chosen": ["Dean Person"]}, "chosen", "Choose at least one organisation, and no"),
]


@SQLITE
async def test_a_bad_field_is_said_beside_it(world: World):
    inspector = world.persona("inspector")
    for values, field, sentence in FIELDS:
        await inspector.command("/concern", "northgate", channel=QSG)
        form = inspector.modal
        outcome = await inspector.submit(form, FORM | values)
        assert list(outcome.errors) == [field], values
        assert sentence in outcome.errors[field]
        assert inspector.modal.id == form.id
        kept = FORM | values
        assert (held(form, "headline"), held(form, "details")) == (kept["headline"], kept["details"])
    assert await world.rows(Concern) == []


async def test_every_bad_field_is_said_at_once(world: World):
    inspector = world.persona("inspector")
    await inspector.command("/concern", "", channel=QSG)
    bad = {"details": "", "event_on": "2027-01-01", "marking": "TLP:RED", "audience": "organisations"}
    outcome = await inspector.submit(inspector.modal, FORM | bad)
    assert sorted(outcome.errors) == ["chosen", "details", "event_on", "marking", "provider"]


@SQLITE
async def test_a_corrected_form_goes_through(world: World):
    inspector = world.persona("inspector")
    await inspector.command("/concern", "northgate", channel=QSG)
    await inspector.submit(inspector.modal, FORM | {"event_on": "2026-11-24"})
    assert (await inspector.submit(inspector.modal, {"event_on": "2026-11-23"})).ok
    (concern,) = await world.rows(Concern)
    assert concern.details == FORM["details"]


@SQLITE
async def test_today_is_the_day_in_london(world: World):
    world.pg.clock.set(world.now.replace(year=2027, month=7, day=1, hour=23, minute=30))
    await raise_concern(world, event_on="2027-07-02")
    (concern,) = await world.rows(Concern)
    assert concern.event_on.isoformat() == "2027-07-02"


OVER = [
    ("headline", 151, "151 characters; at most 150. Move the rest to the details."),
    ("details", 3001, "3001 characters; at most 3000. Raise a second concern for the rest."),
    ("theme", 0, "Choose a theme from the list."),
    ("source", 0, "Choose a source from the list."),
    ("audience", 0, "Choose one from the list."),
    ("group", 0, "Choose one from the list."),
]


@SQLITE
async def test_what_slack_lets_past_is_caught(world: World):
    tap = Tap(world)
    await raise_concern(world)
    said = [await tap.again(as_if_new(tap.last, field, "x" * length or None)) for field, length, _ in OVER]
    assert said == [{"response_action": "errors", "errors": {field: sentence}} for field, _, sentence in OVER]
    assert len(await world.rows(Concern)) == 1


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [("o:phso", "is not a member of the group"), ("p:0", "cannot be reached"), ("p:silent", "cannot be reached")],
    ids=["other organisation", "nobody", "no chat"],
)
async def test_a_forged_reader_is_refused(world: World, chosen: str, sentence: str):
    tap = Tap(world)
    await raise_concern(world)
    (dean,) = await world.rows(Person, Person.slug == "dean")
    dean.chat_user = None
    await world.change(dean)
    forged = {"o:phso": f"o:{world.ids['org:phso']}", "p:silent": f"p:{world.ids['dean']}"}.get(chosen, chosen)
    payload = as_if_new(tap.last, "audience", "people" if forged.startswith("p") else "organisations")
    element = payload["view"]["state"]["values"]["chosen"]["reader"]
    element["selected_options"] = [{"text": {"type": "plain_text", "text": "x"}, "value": forged}]
    said = await tap.again(payload)
    assert sentence in said["errors"]["chosen"]


@SQLITE
async def test_a_group_one_is_not_in_is_refused(world: World):
    tap = Tap(world)
    await raise_concern(world)
    said = await tap.again(as_if_new(tap.last, "group", str(world.ids["region"])))
    assert "not a member of any group" in next(iter(said["errors"].values()))
    assert len(await world.rows(Concern)) == 1


def as_if_new(payload: dict, field: str, answer: str | None) -> dict:
    """The same submission from a form of its own, with one field answered otherwise."""
    payload = copy.deepcopy(payload)
    payload["view"]["id"] = "V_ANOTHER"
    (entry,) = payload["view"]["state"]["values"][field].values()
    key = "value" if "value" in entry else "selected_option"
    entry[key] = answer if key == "value" or answer is None else {"value": answer}
    return payload
