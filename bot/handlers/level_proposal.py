"""Proposing a surveillance level, and deciding what was proposed: agree, agree to another, decline."""

from dataclasses import dataclass

from bot.chat.port import Ask, Form, Open, Reply, Text, Turn
from bot.domain.panels import ProposalState
from bot.domain.surveillance import LevelAct
from bot.domain.terms import ConcernState, Level
from bot.handlers.action import person_option
from bot.handlers.door import Door, Visit
from bot.handlers.fields import number_in, several
from bot.handlers.level_form import (
    VOUCHED,
    Given,
    asks_for_more,
    chosen_level,
    day_in,
    decision_form,
    number_or_none,
    pair_in,
    proposal_form,
)
from bot.handlers.surveillance import SurveillanceDesk, holding, read_change
from bot.messages import surveillance as messages
from bot.services import level_proposals as services
from bot.services.level_proposals import ProposalDraft, Verdict, Wish
from bot.services.panel_record import tasks_for
from bot.services.panel_review import propose_level, provider_of
from bot.services.surveillance import entry_of, to_act
from bot.services.triangulation import read_together
from bot.store.concerns import about_provider
from bot.store.groups import sites_of
from bot.store.people import people_by_id
from bot.store.proposals import Proposed
from bot.store.tables import LevelProposal
from bot.store.unit import Unit


@dataclass(frozen=True)
class LevelProposalDesk:
    """Members propose, and so does the assistant what several organisations say together; the chair decides
    [003 §121]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["surveillance.propose"] = opens(self.propose_form)
        at.buttons["panel_record.level"] = opens(self.panel_form)
        at.forms["surveillance.propose"] = opens(self.propose)
        at.changes["surveillance.propose"] = opens(self.propose_changed)
        at.buttons["surveillance.proposal"] = opens(self.read)
        at.buttons["surveillance.agree"] = opens(self.agree_form)
        at.buttons["surveillance.another"] = opens(self.another_form)
        at.forms["surveillance.decide"] = opens(self.decide)
        at.changes["surveillance.decide"] = opens(self.decide_changed)
        at.buttons["surveillance.decline"] = opens(self.decline_form)
        at.forms["surveillance.decline"] = opens(self.decline)

    async def propose_form(self, ask: Ask, visit: Visit) -> Reply:
        group_id, provider_id = pair_in(ask.value)
        async with self.door.store.look() as unit:
            provider = await to_act(
                unit, group_id, provider_id, LevelAct.PROPOSE, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            memo = {"about": f"{group_id}.{provider.key}", "opened": f"level.{ask.key}"}
            return Open(await self._proposal_form(unit, None, memo, visit))

    async def panel_form(self, ask: Ask, visit: Visit) -> Reply:
        """The same from the page of a panel, about the provider that the panel is about."""
        async with self.door.store.look() as unit:
            panel, _ = await tasks_for(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
            provider_id = await provider_of(unit, panel)
            memo = {"about": f"0.{provider_id}", "panel": panel.reference, "opened": f"panel.{ask.key}"}
            return Open(await self._proposal_form(unit, None, memo, visit))

    async def propose_changed(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            return Turn(await self._proposal_form(unit, chosen_level(ask), dict(ask.memo), visit))

    async def propose(self, ask: Ask, visit: Visit) -> Reply:
        level = chosen_level(ask)
        if asks_for_more(ask, level):
            return await self.propose_changed(ask, visit)
        async with self.door.store.begin() as unit:
            proposal = await self._proposed(unit, ask, level, visit)
            return Turn(await self._page(unit, proposal.key, visit))

    async def read(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            return Open(await self._page(unit, number_in(ask.value), visit))

    async def agree_form(self, ask: Ask, visit: Visit) -> Reply:
        return await self._decision_form(ask, visit, agree=True)

    async def another_form(self, ask: Ask, visit: Visit) -> Reply:
        return await self._decision_form(ask, visit, agree=False)

    async def decide_changed(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        return Turn(self.door.words.form(decision_form(chosen_level(ask), dict(ask.memo))))

    async def decide(self, ask: Ask, visit: Visit) -> Reply:
        """A proposal decided; or, without one, the chair's own decision."""
        if "proposal" not in ask.memo:
            return await SurveillanceDesk(self.door).decide(ask, visit)
        level = chosen_level(ask)
        if asks_for_more(ask, level):
            return await self.decide_changed(ask, visit)
        change = read_change(ask, level, self.door, visit)
        verdict = Verdict(
            level,
            change.reason,
            find_out_id=change.find_out_id,
            find_out_by=change.find_out_by,
            task=change.task,
            overridden=change.overridden,
            vouched=bool(ask.answers.get("vouched")),
        )
        return await self._decide(ask, verdict, visit)

    async def decline_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            found = await self._to_decide(unit, number_in(ask.value), visit)
            if found.proposal.state is not ProposalState.PROPOSED:
                return Open(await self._page(unit, found.proposal.key, visit))
        parts = (Text("answer", 1000, multiline=True), VOUCHED)
        return Open(self.door.words.form(Form("surveillance.decline", parts, {"proposal": str(found.proposal.key)})))

    async def decline(self, ask: Ask, visit: Visit) -> Reply:
        answer, vouched = str(ask.answers.get("answer") or ""), bool(ask.answers.get("vouched"))
        return await self._decide(ask, Verdict(None, answer, vouched=vouched), visit)

    async def _decide(self, ask: Ask, verdict: Verdict, visit: Visit) -> Reply:
        key = number_in(ask.memo.get("proposal", ""))
        async with self.door.store.begin() as unit:
            await services.decide(unit, key, verdict, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await self._page(unit, key, visit))

    async def _decision_form(self, ask: Ask, visit: Visit, *, agree: bool) -> Reply:
        """What the chair fills in; of a proposal that has been decided, what became of it."""
        async with self.door.store.begin() as unit:
            found = await self._to_decide(unit, number_in(ask.value), visit)
            proposal = found.proposal
            if proposal.state is not ProposalState.PROPOSED:
                return Open(await self._page(unit, proposal.key, visit))
            provider = await entry_of(unit, proposal.group_id, proposal.provider_id, visit.today)
            held = await holding(self.door, unit, proposal.group_id, provider.key, visit)
            finder = await people_by_id(unit, [proposal.find_out_id] if proposal.find_out_id else [])
        options = tuple(person_option(one) for one in finder.values())
        memo = {"about": f"{proposal.group_id}.{provider.key}", "proposal": str(proposal.key)} | held
        if not agree:
            return Open(self.door.words.form(decision_form(None, memo)))
        given = Given(proposal.reason, options, proposal.find_out_by)
        return Open(self.door.words.form(decision_form(proposal.level, memo | {"agree": "1"}, given)))

    async def _to_decide(self, unit: Unit, key: int, visit: Visit) -> Proposed:
        return await services.to_decide(unit, key, by=visit.viewer, now=visit.now, rules=self.door.rules)

    async def _proposed(self, unit: Unit, ask: Ask, level: Level, visit: Visit) -> LevelProposal:
        """What was sent, saved: from a panel by its rules, otherwise by those of the group."""
        by, key, now, rules = visit.viewer, ask.memo["opened"], visit.now, self.door.rules
        wish = Wish(
            level,
            str(ask.answers.get("reason") or ""),
            evidence=tuple(number_in(one) for one in several(ask.answers.get("evidence"))),
            find_out_id=number_or_none(ask, "find_out"),
            find_out_by=day_in(ask, "find_out_by"),
            vouched=bool(ask.answers.get("vouched")),
        )
        if "panel" in ask.memo:
            return await propose_level(unit, ask.memo["panel"], wish, by=by, key=key, now=now, rules=rules)
        group_id, provider_id = pair_in(ask.memo.get("about", ""))
        await to_act(unit, group_id, provider_id, LevelAct.PROPOSE, by=by, now=now, rules=rules)
        draft = ProposalDraft(group_id, provider_id, wish)
        return await services.propose(unit, draft, by=by, key=key, now=now, rules=rules)

    async def _proposal_form(self, unit: Unit, level: Level | None, memo: dict[str, str], visit: Visit) -> Form:
        _, provider_id = pair_in(memo.get("about", ""))
        about = await sites_of(unit, provider_id)
        found = await about_provider(unit, visit.viewer, about, visit.today)
        concerns = [one for one in found if one.concern.state is not ConcernState.WITHDRAWN]
        return self.door.words.form(proposal_form(level, concerns, memo))

    async def _page(self, unit: Unit, key: int, visit: Visit) -> Form:
        found, evidence = await services.open_proposal(unit, key, by=visit.viewer, now=visit.now, rules=self.door.rules)
        about, rules, together = found.proposal, self.door.rules, []
        if found.unasked:
            where = "surveillance.proposal"
            heard = await read_together(
                unit, about.provider_id, where=where, by=visit.viewer, now=visit.now, rules=rules
            )
            together = [one for one in heard if one.group_id == about.group_id]
        return messages.proposal_page(self.door.words, found, evidence, visit.viewer, together, rules)
