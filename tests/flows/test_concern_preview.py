"""The form says who will see it before it is sent: by name, at once, and exactly those who then can."""

from itertools import product

import pytest

from bot.domain.concern import Draft
from bot.domain.terms import Audience, Directness, Marking, Role, Urgency, Wanted
from bot.errors import FormErrors, NoGroup
from bot.services.concerns import raise_concern, who_will_see
from bot.store.concerns import readers_of
from bot.store.tables import Concern, Membership, Seat
from tests.flows.action_steps import SQLITE
from tests.flows.intake_steps import FORM, open_form, opens_with, preview, send, typed
from tests.flows.steps import Tap, at_once, database_away, viewer
from tests.flows.test_concern_audience import DEAN_ONLY, GMC_ONLY, RED
from tests.world import World, membership

ALL = "your colleagues at CQC, and enrolled people at GMC, HEE, NHS England and Vale CCG. Nobody else."
SHOWN = [
    ({}, ALL, "The headline, the provider and CQC as its source are shown in the private channel of Marram QSG"),
    ({"unattributed": ["ticked"]}, ALL, "The headline and the provider are shown in the private channel of Marram QSG"),
    (GMC_ONLY, "your colleagues at CQC, and enrolled people at GMC. Nobody else.", "Nothing is shown in the channel"),
    (DEAN_ONLY, "your colleagues at CQC, and Dean Person (HEE). Nobody else.", "Nothing is shown in the channel"),
    (RED, "Dean Person (HEE) and Inspector Person (CQC). Nobody else.", "Nothing is shown in the channel"),
    ({"marking": "TLP:GREEN"}, ALL, "the details are not"),
    ({"marking": "TLP:RED"}, "nobody can be named yet. TLP:RED is for named people only.", ""),
    ({"audience": "people"}, "nobody can be named yet. Name at least one person", ""),
    ({"chosen": ["GMC"]}, "nobody can be named yet. Leave this empty, or choose “Only these”", ""),
]


async def choose(person, values: dict) -> None:
    for name, value in values.items():
        assert (await person.choose(person.modal, name, value)).ok


@SQLITE
@pytest.mark.parametrize(("values", "names", "channel"), SHOWN)
async def test_each_choice_is_answered_at_once(world: World, values: dict, names: str, channel: str):
    inspector = await open_form(world)
    renamed = {"chosen": "reader"}
    await choose(inspector, {renamed.get(name, name): value for name, value in values.items()})
    assert preview(inspector.modal).startswith(names)
    assert channel in inspector.modal.text
    assert ("Your organisation’s name is not shown" in inspector.modal.text) is ("unattributed" in values)
    assert len(inspector.modals) == 1
    assert await world.rows(Concern) == []


@SQLITE
async def test_what_was_typed_stays(world: World):
    inspector = await open_form(world, words="The Nowhere Clinic")
    kept = FORM | {"urgency": "soon", "event_on": "2026-11-20", "verbal_only": ["ticked"]}
    await inspector.fill(inspector.modal, kept)
    before = inspector.modal.values
    await choose(inspector, {"audience": "Only these organisations", "reader": ["GMC", "HEE"]})
    after = inspector.modal.values
    assert {name: entry for name, entry in after.items() if name not in ("audience", "chosen")} == {
        name: entry for name, entry in before.items() if name not in ("audience", "chosen")
    }
    assert typed(inspector.modal, "provider_named") == "The Nowhere Clinic"
    # Should a platform forget them, the form it is given still has them.
    assert opens_with(inspector.modal, "details") == FORM["details"]


@SQLITE
async def test_opening_says_it_already(world: World):
    assert preview((await open_form(world)).modal).startswith(ALL)
    lead = await open_form(world, "lead", "")
    assert preview(lead.modal).startswith("your colleagues at Vale CCG, and enrolled people at CQC, GMC, HEE")


@SQLITE
async def test_a_chair_from_outside_is_named(world: World):
    await world.change(Seat(group_id=world.ids["qsg"], person_id=world.ids["phso1"], role=Role.CHAIR))
    assert "Vale CCG, and Phso1 Person (PHSO). Nobody else." in preview((await open_form(world)).modal)


@SQLITE
async def test_a_second_group_has_its_own_readers(world: World):
    await world.change(membership(world.ids, "cqc", "region"), membership(world.ids, "nmc", "region"))
    inspector = await open_form(world)
    await choose(inspector, {"group": "Regional QSG"})
    assert preview(inspector.modal).startswith("your colleagues at CQC, and enrolled people at NMC. Nobody else.")
    assert "private channel of Regional QSG" in inspector.modal.text


@SQLITE
async def test_a_group_of_others_is_not_told_of(world: World):
    inspector = await open_form(world)
    before, tap = preview(inspector.modal), Tap(world)

    def forge(payload: dict) -> None:
        if "view" in payload:
            payload["view"]["state"]["values"]["group"]["group"]["selected_option"]["value"] = str(world.ids["region"])

    await world.change(membership(world.ids, "nmc", "region"))
    tap.alter = forge
    await choose(inspector, {"marking": "TLP:GREEN"})
    assert preview(inspector.modal) == before


@SQLITE
async def test_quick_choices_never_show_an_older_answer_last(world: World):
    """A choice that was made before, and comes late, changes nothing any more."""
    inspector = await open_form(world)
    tap = Tap(world)
    tap.copies = 3
    await choose(inspector, {"audience": "Only these organisations", "reader": ["GMC"]})
    assert preview(inspector.modal).endswith("cannot.")
    kind, stale = tap.payloads[-1]
    stale["view"]["state"]["values"]["chosen"]["reader"]["selected_options"] = []
    stale["actions"][0]["action_ts"] = "1.000001"
    shown = preview(inspector.modal)
    await tap.carry(kind, stale)
    assert preview(inspector.modal) == shown
    assert world.pg.warnings == []


@SQLITE
async def test_a_form_closed_meanwhile_breaks_nothing(world: World):
    inspector, tap = await open_form(world), Tap(world)
    await choose(inspector, {"marking": "TLP:GREEN"})
    await inspector.close(inspector.modal)
    assert await tap.again() is not None
    assert inspector.dms() == []


@SQLITE
async def test_no_records_no_new_answer(world: World):
    inspector = await open_form(world)
    before = preview(inspector.modal)
    with database_away(world):
        await inspector.choose(inspector.modal, "audience", "Only these people")
    assert preview(inspector.modal) == before
    assert typed(inspector.modal, "headline") == ""


async def test_others_than_named_means_another_look(world: World):
    """A body joins between the last look and the sending: nothing is sent to it unseen."""
    inspector = await open_form(world)
    await world.change(membership(world.ids, "nmc"))
    outcome = await send(inspector)
    assert outcome.ok
    assert inspector.modal.title == "Check before sending"
    assert "Who will see it is not what this form last said." in inspector.modal.text
    assert "NHS England, NMC and Vale CCG" in preview(inspector.modal)
    assert await world.rows(Concern) == []
    assert typed(inspector.modal, "details") == FORM["details"]
    await inspector.submit(inspector.modal, {})
    assert "Thank you" in inspector.modal.title
    assert len(await world.rows(Concern)) == 1


async def test_a_resend_after_somebody_left_still_says_thank_you(world: World):
    inspector, tap = await open_form(world), Tap(world)
    await send(inspector)
    (line,) = await world.rows(Membership, Membership.organisation_id == world.ids["org:hee"])
    await world.change(line.model_copy(update={"ends_on": world.now.date()}))
    await world.move(days=1)
    tap.payloads = [one for one in tap.payloads if one[1].get("type") == "view_submission"]
    assert "Thank you" in str(await tap.again())
    assert len(await world.rows(Concern)) == 1


CHOSEN = [
    ((), ()),
    (("gmc",), ()),
    (("gmc", "cqc"), ()),
    ((), ("dean",)),
    ((), ("inspector", "gmc1", "phso1")),
    (("gmc",), ("dean",)),
]


async def or_refused(asked):
    """What it gave, or what it said beside each field."""
    try:
        return await asked
    except FormErrors as wrong:
        return wrong.fields


async def test_named_before_is_who_can_see_it_after(world: World):
    """For every audience, marking and choice: the same names, or the same refusal."""
    await world.change(Seat(group_id=world.ids["qsg"], person_id=world.ids["phso1"], role=Role.CHAIR))
    allowed = 0
    for audience, marking, (bodies, people) in product(Audience, Marking, CHOSEN):
        draft = _draft(world, audience, marking, bodies, people)
        async with world.bot.store.begin() as unit:
            by, given = await viewer(world, unit, "inspector"), at_once(world)
            named = await or_refused(who_will_see(unit, draft, by=by, now=given["now"], rules=given["rules"]))
            raised = await or_refused(raise_concern(unit, draft, by=by, **given))
            if isinstance(raised, dict):
                assert named == raised
            else:
                assert named == raised.readers == await readers_of(unit, raised.concern)
                allowed += 1
    assert allowed == 2 + 2 * 2 + 2 * 3  # RED goes with people only


async def test_nobody_is_named_in_a_group_one_is_not_in(world: World):
    draft = _draft(world, Audience.GROUP, Marking.GREEN, (), (), group="region")
    async with world.bot.store.look() as unit:
        with pytest.raises(NoGroup):
            await who_will_see(
                unit, draft, by=await viewer(world, unit, "inspector"), now=world.now, rules=world.bot.work.rules
            )


def _draft(world: World, audience: Audience, marking: Marking, bodies, people, group: str = "qsg") -> Draft:
    return Draft(
        **FORM,
        group_id=world.ids[group],
        provider_id=world.ids["northgate"],
        directness=Directness.INDIRECT,
        urgency=Urgency.ROUTINE,
        wanted=Wanted.DISCUSSION,
        audience=audience,
        marking=marking,
        event_on=world.now.date(),
        organisations=tuple(world.ids[f"org:{body}"] for body in bodies),
        people=tuple(world.ids[one] for one in people),
    )
