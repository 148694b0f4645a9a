"""Whatever happens in whatever order, an escalation ends with an answer, or with somebody told to telephone."""

import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.domain.escalation import AddresseeState
from bot.domain.terms import Urgency
from bot.store.tables import Absence, Addressee, LadderRung, OutboxRow
from tests.flows.steps import acknowledge, answer, given_escalation, outbox
from tests.flows.test_escalation_unreachable import leave
from tests.world import World, absence, chat_id, open_world

LADDER = ("gmc1", "gmc2", "gmc3")
STEPS_ENOUGH = 8

happenings = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from([1, 29, 30, 31, 180])),
        st.tuples(st.sampled_from(["acknowledge", "answer", "away", "leave", "close"]), st.sampled_from(LADDER)),
    ),
    max_size=6,
)


async def happen(world: World, reference: str, what: str, who: str | int, gone: set[str]) -> None:
    """One thing that people or the clock do; nothing when that person is no longer there to do it."""
    if what == "wait":
        await world.move(minutes=who)
    elif what == "away":
        if await world.rows(Absence, Absence.person_id == world.ids[who]) == []:
            await world.change(absence(world.ids, who, world.now, world.now + timedelta(days=2)))
    elif who not in gone:
        if what in ("leave", "close"):
            gone.add(who)
        match what:
            case "leave":
                await leave(world, who)
            case "close":
                world.pg.deactivate(chat_id(who))
            case "acknowledge" if (await line_of(world)).state is AddresseeState.NOTIFIED:
                await acknowledge(world, who, reference)
            case "answer" if (await line_of(world)).state is not AddresseeState.RESPONDED:
                await answer(world, who, reference)


async def line_of(world: World) -> Addressee:
    (line,) = await world.rows(Addressee)
    return line


async def in_order(world: World) -> None:
    """People hear in the order of the ladder, each at most once of each kind, and nobody else does."""
    rungs = {rung.person_id: rung.position for rung in await world.rows(LadderRung)}
    notices = await outbox(world, "escalation.notice")
    places = [rungs[row.person_id] for row in notices]
    assert places == sorted(set(places))
    heard = Counter((row.kind, row.person_id) for row in [*notices, *await outbox(world, "escalation.reminder")])
    assert max(heard.values()) == 1


async def ended_well(world: World) -> None:
    line = await line_of(world)
    unsent = await world.rows(OutboxRow, OutboxRow.state.in_(["queued", "waiting", "sending"]))
    assert unsent == []
    telephone = [row.person_id for row in await outbox(world, "escalation.nobody") if row.state == "sent"]
    if line.state is AddresseeState.NOTIFIED:
        assert {world.ids["inspector"], world.ids["chair"]} <= set(telephone)
    else:
        assert line.acknowledged_by_id in {world.ids[slug] for slug in LADDER}
    assert (line.next_step_at is None) == (line.state is AddresseeState.RESPONDED)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(happenings)
async def test_no_silence_is_an_outcome(
    filled_sqlite: tuple[Path, dict[str, int]], events: list[tuple[str, str | int]]
):
    filled, ids = filled_sqlite
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copyfile(filled, Path(folder) / "soundings.db")
        async with open_world(f"sqlite:///{copy}", ids) as world:
            reference = await given_escalation(world, ["gmc"], urgency=Urgency.URGENT)
            gone: set[str] = set()
            for what, who in events:
                await happen(world, reference, what, who, gone)
                await in_order(world)
            for _ in range(STEPS_ENOUGH):
                if (await line_of(world)).position < len(LADDER):
                    await world.move(minutes=30)
            await in_order(world)
            await ended_well(world)
