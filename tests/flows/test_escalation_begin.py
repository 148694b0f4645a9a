"""Starting an escalation: which concern, which category, whom to ask; and what may not be asked."""

import pytest

from bot.domain.terms import Audience, Marking, ProtocolStatus
from bot.store.tables import ConcernAudience, Escalation, Organisation
from tests.flows.action_steps import SQLITE
from tests.flows.steps import (
    FORM,
    answer_of,
    choose_whom,
    escalate,
    given_concern,
    last_dm,
    open_escalation,
    raise_concern,
    told,
)
from tests.world import QSG, World


def chosen(view, field: str = "organisations") -> list[str]:
    """The labels ticked in a field when the form opened."""
    (block,) = [block for block in view.blocks if block["block_id"] == field]
    return [option["text"]["text"] for option in block["element"].get("initial_options", [])]


def offered(view, field: str = "organisations") -> list[str]:
    (block,) = [block for block in view.blocks if block["block_id"] == field]
    return [option["text"]["text"] for option in block["element"]["options"]]


ASKABLE = ["GMC (signatory)", "HEE (signatory)", "NHS England (supporting)", "NMC (signatory)", "PHSO (signatory)"]
CATEGORIES = [
    ("professionals", ["GMC (signatory)", "NMC (signatory)"]),
    ("systems", ["GMC (signatory)", "HEE (signatory)", "NMC (signatory)"]),
    ("trust", ["GMC (signatory)", "NMC (signatory)", "PHSO (signatory)"]),
]


@pytest.mark.parametrize(("category", "proposed"), CATEGORIES, ids=[category for category, _ in CATEGORIES])
async def test_the_category_proposes_whom_to_ask(world: World, category: str, proposed: list[str]):
    await choose_whom(world, await given_concern(world, theme="workforce"), category=category)
    form = world.persona("inspector").modal
    assert chosen(form) == proposed
    assert sorted(offered(form)) == ASKABLE


@SQLITE
async def test_a_profession_and_a_learning_environment_are_proposed_for_with_the_reason(world: World):
    inspector = world.persona("inspector")
    await inspector.command("/escalate", await given_concern(world, theme="education"))
    await inspector.submit(inspector.modal, {"category": "professionals", "profession": "medicine"})
    assert chosen(inspector.modal) == ["GMC (signatory)", "HEE (signatory)"]
    assert "GMC: Regulates doctors" in inspector.modal.text
    assert "HEE: Oversees education and training" in inspector.modal.text


@SQLITE
async def test_a_person_decides_whom_to_ask(world: World):
    reference = await escalate(world, await given_concern(world), ["phso"])
    assert "PHSO" in world.persona("inspector").modal.text
    assert told(world, "gmc1") == told(world, "nmc1") == []
    (escalation,) = await world.rows(Escalation)
    assert escalation.reference == reference


@SQLITE
async def test_the_notice_holds_no_content(world: World):
    reference = await escalate(world, await given_concern(world), ["gmc", "nmc"], question="Do you hold referrals?")
    for slug, body in (("gmc1", "GMC"), ("nmc1", "NMC")):
        note = last_dm(world, slug)
        assert f"CQC asks {body} under the emerging concerns protocol. Reference {reference}." in note.text
        for secret in (FORM["headline"], FORM["details"], "Northgate", "Marram", "referrals", "C-"):
            assert secret not in note.text + note.fallback
        assert note.buttons == [f"Open {reference}"]


@SQLITE
async def test_opening_it_shows_all_and_is_logged(world: World):
    reference = await escalate(world, await given_concern(world), ["gmc"], question="Do you hold referrals?")
    gmc = world.persona("gmc1")
    await gmc.press(last_dm(world, "gmc1"), f"Open {reference}")
    for shown in (FORM["headline"], FORM["details"], "Northgate", "Do you hold referrals?", "for action"):
        assert shown in gmc.modal.text
    assert gmc.modal.buttons == ["Acknowledge", "Answer", "Write to whoever asked"]


@SQLITE
async def test_from_the_thanks_and_from_the_receipt(world: World):
    await raise_concern(world)
    inspector = world.persona("inspector")
    await inspector.press(inspector.modal, "Escalate it")
    assert inspector.modal.callback_id == "escalation.begin"
    await inspector.press(last_dm(world, "inspector"), "Escalate it")
    await inspector.submit(inspector.modal, {"category": "trust"})
    assert (await inspector.submit(inspector.modal, {})).ok


@SQLITE
async def test_without_a_reference_one_chooses(world: World):
    inspector = world.persona("inspector")
    await inspector.command("/escalate", "", channel=QSG)
    assert "There is no concern here that you can escalate" in answer_of(world, "inspector", QSG)
    older, newer = await given_concern(world), await given_concern(world, "dean", "vale")
    await given_concern(world, "dean", audience=Audience.PEOPLE, people=(world.ids["chair"],))
    await inspector.command("/escalate", "", channel=QSG)
    labels = offered(inspector.modal, "concern")
    assert [label[:8] for label in labels] == [newer, older]
    assert labels[0].startswith(f"{newer} Vale Community Health: Trainees left")


@SQLITE
async def test_nobody_chosen_is_said_beside_it(world: World):
    await choose_whom(world, await given_concern(world))
    inspector = world.persona("inspector")
    outcome = await inspector.submit(inspector.modal, {"organisations": []})
    assert "organisations" in outcome.errors
    assert await world.rows(Escalation) == []


@SQLITE
async def test_red_cannot_be_escalated(world: World):
    red = {"audience": Audience.PEOPLE, "marking": Marking.RED, "people": (world.ids["dean"],)}
    await choose_whom(world, await given_concern(world, **red))
    inspector = world.persona("inspector")
    outcome = await inspector.submit(inspector.modal, {})
    assert outcome.errors == {
        "organisations": "This concern is TLP:RED, for named people only. Raise it again for organisations."
    }
    assert await world.rows(Escalation) == []


async def test_others_may_not_carry_it_further(world: World):
    concern = await given_concern(world, "dean")
    await choose_whom(world, concern)
    inspector = world.persona("inspector")
    outcome = await inspector.submit(inspector.modal, {"organisations": ["GMC (signatory)", "NMC (signatory)"]})
    assert outcome.errors == {
        "organisations": "Only the organisation that raised this may share it further. Leave out: NMC."
    }
    assert (await inspector.submit(inspector.modal, {"organisations": ["GMC (signatory)"]})).ok
    lines = await world.rows(ConcernAudience, ConcernAudience.organisation_id == world.ids["org:nmc"])
    assert lines == []


@SQLITE
@pytest.mark.parametrize("slug", ["lead", "chair"])
async def test_who_has_not_signed_names_a_sponsor(world: World, slug: str):
    await choose_whom(world, await given_concern(world, slug), slug)
    person = world.persona(slug)
    assert "NHS England" not in offered(person.modal, "sponsor")
    outcome = await person.submit(person.modal, {})
    assert list(outcome.errors) == ["sponsor"]
    assert (await person.submit(person.modal, {"sponsor": "CQC"})).ok
    (escalation,) = await world.rows(Escalation)
    assert escalation.sponsor_id == world.ids["org:cqc"]


@SQLITE
async def test_a_signatory_is_asked_for_no_sponsor(world: World):
    await choose_whom(world, await given_concern(world))
    assert "sponsor" not in {block["block_id"] for block in world.persona("inspector").modal.blocks}


@SQLITE
async def test_one_that_left_the_protocol_is_not_offered(world: World):
    (nmc,) = await world.rows(Organisation, Organisation.slug == "nmc")
    await choose_whom(world, await given_concern(world))
    nmc.protocol_status = ProtocolStatus.NONE
    await world.change(nmc)
    inspector = world.persona("inspector")
    outcome = await inspector.submit(inspector.modal, {})
    assert outcome.errors == {"organisations": "Choose at least one from the list."}


UNKNOWN = [
    ("nonsense", "We did not understand “nonsense”. Type /escalate help"),
    ("C-222222", "There is nothing under “C-222222”"),
    ("e-222222", "There is nothing under “e-222222”"),
    ("C-", "There is nothing under “C-”"),
    ("help", "Escalating a concern"),
]


@SQLITE
async def test_words_it_does_not_know(world: World):
    await given_concern(world)
    for words, sentence in UNKNOWN:
        await world.persona("inspector").command("/escalate", words)
        assert sentence in answer_of(world, "inspector")


@SQLITE
async def test_a_reference_in_small_letters_is_found(world: World):
    concern = await given_concern(world)
    reference = await escalate(world, concern.lower(), ["gmc"])
    page = await open_escalation(world, "inspector", reference.lower())
    assert reference in page.text
    assert concern in page.text


@SQLITE
async def test_an_escalated_concern_is_under_consideration(world: World):
    concern = await given_concern(world)
    await escalate(world, concern, ["gmc"])
    await world.persona("inspector").command("/concern", "mine")
    assert "under consideration" in answer_of(world, "inspector")


async def test_only_those_asked_may_read_it(world: World):
    concern = await given_concern(world, audience=Audience.ORGANISATIONS, organisations=(world.ids["org:gmc"],))
    reference = await escalate(world, concern, ["nmc"])
    assert (await open_escalation(world, "nmc1", reference)) is not None
    for slug in ("dean", "chair", "phso1"):
        assert (await open_escalation(world, slug, reference)) is None
        assert f"There is nothing under “{reference}”" in answer_of(world, slug)
