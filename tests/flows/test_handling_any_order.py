"""Whatever is changed in whatever order: nobody reads without a line in force, and nobody shares further alone."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.domain.terms import Audience, Basis, ChangeState, HandlingKind, Marking
from bot.errors import Refusal
from bot.store.tables import HandlingChange
from tests.flows.handling_steps import concern_of, given_answer, given_change, lines, readers
from tests.flows.steps import given_concern, posts
from tests.world import PEOPLE, World, open_world

BODY = dict(PEOPLE)
ACTORS = ("inspector", "colleague", "gmc3", "dean", "phso1")
TO = ("gmc", "hee", "nmc", "gmc1", "dean", "lead")

changes = st.builds(
    lambda kind, slug, to, marking: ("change", slug, kind, to, marking),
    st.sampled_from([kind for kind in HandlingKind if kind is not HandlingKind.ANNEXE]),
    st.sampled_from(ACTORS),
    st.lists(st.sampled_from(TO), max_size=2, unique=True).map(tuple),
    st.sampled_from(Marking),
)
answers = st.builds(lambda slug, agreed: ("answer", slug, agreed), st.sampled_from(ACTORS), st.booleans())
starts = st.sampled_from(
    [
        {},
        {"audience": Audience.ORGANISATIONS, "organisations": ("org:gmc",)},
        {"audience": Audience.PEOPLE, "people": ("dean",)},
        {"audience": Audience.PEOPLE, "people": ("gmc1", "lead"), "marking": Marking.RED},
    ]
)


async def happen(world: World, reference: str, event: tuple) -> HandlingChange | None:
    """Do it, if it may be done; the change that it made or decided."""
    try:
        if event[0] == "change":
            _, slug, kind, to, marking = event
            ours = BODY[slug] == "cqc" and kind in (HandlingKind.WIDEN, HandlingKind.LOOSEN)
            values = {"approver": "colleague" if slug == "inspector" else "inspector"} if ours else {}
            request = await given_change(
                world, slug, reference, kind, to, marking=marking, legal_basis="life", **values
            )
        else:
            waiting = await world.rows(HandlingChange, HandlingChange.state == ChangeState.ASKED)
            if not waiting:
                return None
            request = waiting[0].reference
            await given_answer(world, event[1], request, agreed=event[2])
    except Refusal:
        return None
    (change,) = await world.rows(HandlingChange, HandlingChange.reference == request)
    return change


async def nobody_reads_without_a_line(world: World, reference: str) -> None:
    concern = await concern_of(world, reference)
    standing = [line for line in await lines(world, reference) if line.ended_at is None]
    bodies = {line.organisation_id for line in standing}
    people = {line.person_id for line in standing}
    for slug in await readers(world, reference):
        assert world.ids[f"org:{BODY[slug]}"] in bodies or world.ids[slug] in people
    if concern.marking is Marking.RED:
        assert bodies <= {None}
    shown = concern.audience is Audience.GROUP and concern.marking is not Marking.RED and concern.state != "withdrawn"
    assert any(concern.headline in post.text for post in posts(world)) == shown
    assert len({(one.organisation_id, one.person_id) for one in standing}) == len(standing)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(starts, st.lists(st.one_of(changes, changes, answers), min_size=3, max_size=8))
async def test_two_people_or_a_duty_in_law(
    filled_sqlite: tuple[Path, dict[str, int]], start: dict, events: list[tuple]
):
    filled, ids = filled_sqlite
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copyfile(filled, Path(folder) / "soundings.db")
        async with open_world(f"sqlite:///{copy}", ids) as world:
            chosen = {
                name: tuple(world.ids[one] for one in value) for name, value in start.items() if type(value) is tuple
            }
            reference = await given_concern(world, **start | chosen)
            before = await readers(world, reference)
            for event in events:
                change = await happen(world, reference, event)
                after = await readers(world, reference)
                await nobody_reads_without_a_line(world, reference)
                if after - before:
                    assert change.state is ChangeState.DONE
                    overridden = change.kind is HandlingKind.OVERRIDE
                    assert overridden or change.decided_by_id not in (None, change.asked_by_id)
                    assert not overridden or Basis.OVERRIDE in {line.basis for line in await lines(world, reference)}
                before = after
