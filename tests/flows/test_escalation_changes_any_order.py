"""Whatever is changed about escalations, in whatever order: nobody is forgotten, told twice, or shown too much."""

import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.domain.escalation import AWAITED, EscalationState
from bot.domain.terms import Audience, HandlingKind, Urgency
from bot.errors import Refusal
from bot.messages.escalations import reading
from bot.services.escalation_changes import withdraw, withdraw_from
from bot.services.escalation_merging import merge
from bot.services.escalation_widening import add_concern, address_late, reopen
from bot.services.escalations import AnswerDraft, acknowledge, answerable, answered, open_escalation, respond
from bot.store.concerns import reaches
from bot.store.tables import Addressee, Concern, Escalation, EscalationConcern, OutboxRow, PastAnswer
from tests.flows.change_steps import given_change
from tests.flows.handling_steps import given_change as given_handling
from tests.flows.steps import at_once, given_concern, given_escalation, told, viewer
from tests.world import PEOPLE, World, open_world

ANSWERING = {"gmc1": "gmc", "gmc2": "gmc", "nmc1": "nmc", "dean": "hee"}
NUMBERS = (0, 1, 2)

which, whom, body = st.sampled_from(NUMBERS), st.sampled_from(sorted(ANSWERING)), st.sampled_from(["gmc", "nmc", "hee"])
events = st.one_of(
    st.tuples(st.just("withdraw"), which),
    st.tuples(st.just("merge"), which, which),
    st.tuples(st.just("merge"), which, which),
    st.tuples(st.just("widen"), which, which),
    st.tuples(st.just("address"), which, body),
    st.tuples(st.just("let off"), which, body),
    st.tuples(st.just("reopen"), which, body),
    st.tuples(st.just("reopen"), which, body),
    st.tuples(st.just("answer"), which, whom, st.sampled_from(["hold", "none", "more"])),
    st.tuples(st.just("answer"), which, whom, st.sampled_from(["hold", "join"])),
    st.tuples(st.just("acknowledge"), which, whom),
    st.tuples(st.just("take away"), which, body),
    st.tuples(st.just("wait"), st.sampled_from([1, 5, 30])),
)


@dataclass
class Story:
    """Three escalations, each about a concern of its own, and every answer that was given."""

    world: World
    concerns: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    asked: int = 0

    async def begin(self) -> None:
        few = {"audience": Audience.ORGANISATIONS, "organisations": (self.world.ids["org:ccg"],)}
        for to, urgency in ((["gmc"], Urgency.ROUTINE), (["gmc", "nmc"], Urgency.URGENT), (["hee"], Urgency.SOON)):
            self.concerns.append(await given_concern(self.world, urgency=urgency, **few))
            self.references.append(await given_escalation(self.world, to, concern=self.concerns[-1]))

    async def happen(self, what: str, first: int, *more: Any) -> None:
        """One thing that people or the clock do; nothing when it may not be done."""
        with suppress(Refusal):
            await self._do(what, first, *more)
        await self.world.settle()

    async def _do(self, what: str, first: int, *more: Any) -> None:
        if what == "wait":
            await self.world.move(hours=first)
            return
        reference = self.references[first]
        match what:
            case "withdraw":
                await given_change(self.world, withdraw, reference)
            case "merge":
                await given_change(self.world, merge, reference, self.references[more[0]])
            case "widen":
                await given_change(self.world, add_concern, reference, self.concerns[more[0]])
            case "address":
                await given_change(self.world, address_late, reference, str(self.world.ids[f"org:{more[0]}"]))
            case "let off":
                await given_change(self.world, withdraw_from, reference, await self._line(reference, more[0]))
            case "reopen":
                await given_change(self.world, reopen, reference, await self._line(reference, more[0]))
            case "take away":
                taken = self.concerns[first]
                await given_handling(self.world, "inspector", taken, HandlingKind.NARROW, (more[0],))
            case _:
                await self._answer(what, reference, *more)

    async def _answer(self, what: str, reference: str, slug: str, outcome: str = "") -> None:
        async with self.world.bot.store.begin() as unit:
            by, when = await viewer(self.world, unit, slug), at_once(self.world)
            if what == "acknowledge":
                when.pop("key")
                await acknowledge(unit, reference, by=by, **when)
                return
            _, mine = await answerable(unit, reference, by, self.world.now.date())
            self.asked += 1
            said = f"Said by {slug}, number {self.asked}."
            await respond(unit, reference, AnswerDraft(outcome, said, follows=answered(mine)), by=by, **when)
            self.answers += [said] if outcome != "more" else []

    async def _line(self, reference: str, to: str) -> str:
        """The number of an organisation's line, or one that there is not."""
        (row,) = await self.world.rows(Escalation, Escalation.reference == reference)
        wanted = (Addressee.escalation_id == row.key, Addressee.organisation_id == self.world.ids[f"org:{to}"])
        return str(next((line.key for line in await self.world.rows(Addressee, *wanted)), 0))

    async def readers(self) -> dict[int, set[int]]:
        """By concern, the organisations with which it is shared."""
        concerns = await self.world.rows(Concern)
        async with self.world.bot.store.look() as unit:
            return {one.key: await reaches(unit, one) for one in concerns}

    async def nobody_is_forgotten(self) -> None:
        states = {row.key: row.state for row in await self.world.rows(Escalation)}
        for line in await self.world.rows(Addressee):
            awaited = line.state in AWAITED
            assert not awaited or states[line.escalation_id] is EscalationState.OPEN
            assert (line.next_step_at is not None) == awaited
            assert not awaited or line.next_step_at > self.world.now

    async def nobody_is_told_twice(self) -> None:
        rounds = {row.key: row.round for row in await self.world.rows(Addressee)}
        rows = await self.world.rows(OutboxRow)
        notices = Counter((r.person_id, r.subject["addressee"]) for r in rows if r.kind == "escalation.notice")
        assert all(count <= rounds[line] + 1 for (_, line), count in notices.items())
        news = Counter((r.person_id, r.subject["escalation_change"]) for r in rows if "escalation_change" in r.subject)
        assert max(news.values(), default=1) == 1

    async def no_answer_is_lost(self) -> None:
        standing = {line.reason for line in await self.world.rows(Addressee)}
        assert set(self.answers) <= standing | {row.reason for row in await self.world.rows(PastAnswer)}

    async def whoever_reads_now_is_asked(self, before: dict[int, set[int]]) -> None:
        links = await self.world.rows(EscalationConcern)
        lines = await self.world.rows(Addressee)
        live = {(line.escalation_id, line.organisation_id) for line in lines if line.state != "stopped"}
        for concern, now in (await self.readers()).items():
            asked = {of for it in links if it.concern_id == concern for at, of in live if at == it.escalation_id}
            assert now - before[concern] <= asked

    async def all_answers_can_be_read(self) -> None:
        """By whoever started it, in what goes on or in what it was."""
        text = ""
        for reference in self.references:
            for as_it_was in (True, False):
                async with self.world.bot.store.begin() as unit:
                    by, rules = await viewer(self.world, unit, "inspector"), self.world.bot.work.rules
                    opened = await open_escalation(
                        unit, reference, by=by, now=self.world.now, rules=rules, as_it_was=as_it_was
                    )
                    text += repr(reading(self.world.bot.work.words, opened, rules))
        assert [said for said in self.answers if said not in text] == []


def heard(world: World) -> dict[str, Counter[str]]:
    return {slug: Counter(told(world, slug)) for slug, _ in PEOPLE}


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(st.lists(events, min_size=8, max_size=16))
async def test_changes_in_any_order(filled_sqlite: tuple[Path, dict[str, int]], happenings: list[tuple[Any, ...]]):
    filled, ids = filled_sqlite
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copyfile(filled, Path(folder) / "soundings.db")
        async with open_world(f"sqlite:///{copy}", ids) as world:
            story = Story(world)
            await story.begin()
            for happening in happenings:
                before, readers = heard(world), await story.readers()
                await story.happen(*happening)
                new = {slug: counted - before[slug] for slug, counted in heard(world).items()}
                assert happening[0] == "wait" or max((n for one in new.values() for n in one.values()), default=1) == 1
                await story.nobody_is_forgotten()
                await story.nobody_is_told_twice()
                await story.no_answer_is_lost()
                await story.whoever_reads_now_is_asked(readers)
            await story.all_answers_can_be_read()
