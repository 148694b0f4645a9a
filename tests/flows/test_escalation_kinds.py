"""Every kind of request: whom it goes to, what must be said, what may be answered, and that another needs no code."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.domain.terms import Audience, Marking, OrganisationKind, Role, Wanted
from bot.errors import FormErrors
from bot.files.policy import SHIPPED, load_policy
from bot.services.escalating import EscalationDraft, start_escalation
from bot.store.tables import Addressee, ConcernAudience, Escalation, Group, Organisation, Seat
from tests.flows.action_steps import SQLITE
from tests.flows.steps import at_once, given_concern, last_dm, reference_in, told, viewer
from tests.world import World, open_world

REASON = {"reason": "Trainees are alone at night."}
BOARD = {**REASON, "referred": "None."}
# kind, who asks, who is asked, what is said, who answers, the answer, how the originator reads it
KINDS = [
    (
        "reinspection",
        "dean",
        "org:cqc",
        REASON,
        "colleague",
        {"outcome": "accept", "by_on": "2026-12-14"},
        "accepts, by",
    ),
    ("referral", "inspector", "org:gmc", REASON, "gmc1", {"outcome": "decline", "reason": "No."}, "declines: No."),
    ("safeguarding_adult", "inspector", "org:ccg", BOARD, "lead", {"outcome": "received"}, "has received it"),
    ("safeguarding_child", "inspector", "org:ccg", BOARD, "lead", {"outcome": "received"}, "has received it"),
    ("impact", "inspector", "org:hee", {"action": "Close it."}, "dean", {"outcome": "none"}, "knows of no impact"),
    ("parent", "inspector", "region", REASON, "phso1", {"outcome": "noted"}, "has noted it"),
    ("share_area", "inspector", "region", REASON, "phso1", {"outcome": "agenda"}, "has put it on its agenda"),
]


@pytest.fixture
async def network(world: World) -> World:
    """Vale CCG stands in for a local authority, and the region has a secretariat."""
    (vale,) = await world.rows(Organisation, Organisation.slug == "ccg")
    (local,) = await world.rows(Group, Group.slug == "qsg")
    vale.kind, local.parent_id = OrganisationKind.LOCAL_AUTHORITY, world.ids["region"]
    seat = Seat(group_id=world.ids["region"], person_id=world.ids["phso1"], role=Role.SECRETARIAT)
    await world.change(vale, local, seat)
    return world


async def ask_for(world: World, kind: str, slug: str, to: str, said: dict[str, str], concern: str = "") -> Any:
    """Choose a kind, whom to ask, and say what it asks for; what came of sending it."""
    person = world.persona(slug)
    await person.command("/escalate", concern or await given_concern(world, slug))
    await person.choose(person.modal, "kind", kind)
    await person.submit(person.modal, {})
    sent = await person.submit(person.modal, {"organisations": [str(world.ids[to])], **said})
    await world.settle()
    return sent


@SQLITE
@pytest.mark.parametrize(
    ("kind", "slug", "to", "said", "whom", "answer", "shown"), KINDS, ids=[row[0] for row in KINDS]
)
async def test_each_kind_is_asked_and_answered(
    network: World, kind: str, slug: str, to: str, said: dict[str, str], whom: str, answer: dict[str, str], shown: str
):
    assert (await ask_for(network, kind, slug, to, said)).ok
    originator, asked = network.persona(slug), network.persona(whom)
    reference = reference_in(originator.modal.text, "E-")
    notice = last_dm(network, whom)
    assert load_policy().kinds[kind].asks in notice.text
    assert next(iter(said.values())) not in notice.text
    await asked.press(notice, f"Open {reference}")
    for text in (*said.values(), load_policy().kinds[kind].label):
        assert text in asked.modal.text
    await asked.press(asked.modal, "Answer")
    assert (await asked.submit(asked.modal, answer)).ok
    await network.settle()
    await originator.press(last_dm(network, slug), "Read the answer")
    assert shown in originator.modal.text
    (line,) = await network.rows(Addressee)
    assert (line.state, line.next_step_at) == ("responded", None)


@SQLITE
async def test_what_must_be_said_is_said_beside_the_field(network: World):
    """Also when the platform lets it through."""
    to = (network.ids["org:ccg"],)
    draft = EscalationDraft(await given_concern(network), "safeguarding_child", to, Wanted.ACTION, "", {"reason": " "})
    with pytest.raises(FormErrors) as refused:
        async with network.bot.store.begin() as unit:
            await start_escalation(unit, draft, by=await viewer(network, unit, "inspector"), **at_once(network))
    assert refused.value.fields == dict.fromkeys(
        ("reason", "referred"), "Say something here: whoever is asked needs it."
    )
    assert await network.rows(Escalation) == []


@SQLITE
@pytest.mark.parametrize(
    ("kind", "to", "whom"),
    [("reinspection", "org:cqc", "colleague"), ("impact", "org:hee", "dean")],
)
async def test_an_answer_needs_what_its_kind_says(network: World, kind: str, to: str, whom: str):
    slug, said = ("dean", REASON) if whom == "colleague" else ("inspector", {"action": "Close it."})
    await ask_for(network, kind, slug, to, said)
    asked = network.persona(whom)
    for key, answer in load_policy().kinds[kind].answers.items():
        await asked.press(last_dm(network, whom), "Open E-" + reference_in(last_dm(network, whom).text, "E-")[2:])
        await asked.press(asked.modal, "Answer")
        missing = (await asked.submit(asked.modal, {"outcome": key})).errors
        needed = {"reason": answer.needs_reason, "by_on": answer.needs_date}
        assert set(missing) == {field for field, wanted in needed.items() if wanted}
        if not missing:
            break


@SQLITE
async def test_a_group_is_asked_through_its_officers_and_only_they_may_read(network: World):
    restricted = await given_concern(
        network, "inspector", audience=Audience.ORGANISATIONS, organisations=(network.ids["org:gmc"],)
    )
    assert (await ask_for(network, "parent", "inspector", "region", REASON, restricted)).ok
    (line,) = await network.rows(Addressee)
    assert (line.organisation_id, line.group_id) == (None, network.ids["region"])
    (officer,) = await network.rows(ConcernAudience, ConcernAudience.person_id == network.ids["phso1"])
    assert officer.basis == "officer"
    phso = network.persona("phso1")
    await phso.command("/escalate", reference_in(last_dm(network, "phso1").text, "E-"))
    assert "Trainees are alone at night." in phso.modal.text
    await network.change(
        *[_ended(seat, network) for seat in await network.rows(Seat, Seat.person_id == officer.person_id)]
    )
    await phso.close(phso.modal)
    await phso.press(last_dm(network, "phso1"), "escalation.open")
    assert "There is nothing under" in str(phso.modal.text if phso.modal else "") + "".join(
        message.text for message in phso.dms() if message.ephemeral
    )


def _ended(seat: Seat, world: World) -> Seat:
    seat.ends_on = world.now.date().replace(day=1)
    return seat


@SQLITE
async def test_only_who_raised_it_takes_it_to_other_groups_unless_it_may_go_on(network: World):
    strict = await given_concern(network, "dean")
    sent = await ask_for(network, "share_area", "inspector", "region", REASON, strict)
    assert sent.errors == {
        "organisations": "Only the organisation that raised this may share it further. Leave out: Regional QSG."
    }
    green = await given_concern(network, "dean", marking=Marking.GREEN)
    await network.persona("inspector").close(network.persona("inspector").modal)
    assert (await ask_for(network, "share_area", "inspector", "region", REASON, green)).ok


@SQLITE
async def test_nobody_to_ask_is_said_plainly(world: World):
    inspector = world.persona("inspector")
    await inspector.command("/escalate", await given_concern(world))
    await inspector.choose(inspector.modal, "kind", "parent")
    await inspector.submit(inspector.modal, {})
    assert "has no parent group" in inspector.modal.text
    assert told(world, "chair") == []


async def test_another_kind_needs_no_code(database_url: str, tmp_path: Path):
    policy = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    policy["kinds"]["visit"] = {
        "label": "Joint visit",
        "asks": "to come on a joint visit",
        "addressed to": ["education"],
        "fields": {"day": {"label": "When it would be", "required": True}},
        "answers": {
            "yes": {"label": "We come", "shown": "comes along"},
            "no": {"label": "We do not", "shown": "does not come"},
        },
    }
    path = tmp_path / "policy.yaml"
    path.write_text(yaml.safe_dump(policy, allow_unicode=True), encoding="utf-8")
    async with open_world(database_url, policy=path) as world:
        assert (await ask_for(world, "visit", "inspector", "org:hee", {"day": "In March"})).ok
        assert "CQC asks HEE to come on a joint visit." in last_dm(world, "dean").text
        dean = world.persona("dean")
        await dean.press(last_dm(world, "dean"), "escalation.open")
        await dean.press(dean.modal, "Answer")
        assert (await dean.submit(dean.modal, {"outcome": "yes"})).ok
        assert "comes along" in dean.modal.text
