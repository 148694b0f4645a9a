"""After a panel: looking at it again, and a proposal to change a surveillance level, which the chair decides."""

from dataclasses import dataclass
from datetime import date

from bot.chat.port import Ask, Choice, Day, Form, Open, Reply, Text, Tick, Turn
from bot.domain.terms import Level
from bot.errors import FormErrors
from bot.handlers.door import Door, Visit
from bot.handlers.fields import blank, chosen_term, number_in
from bot.messages import panel_record as messages
from bot.services import panel_review as services
from bot.services.panel_record import tasks_for
from bot.services.panel_review import LevelDraft


@dataclass(frozen=True)
class PanelReviewDesk:
    """What follows from a panel, and whether it did."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["panel_record.reviewed"] = opens(self.reviewed)
        at.buttons["panel_record.postpone"] = opens(self.postpone_form)
        at.forms["panel_record.review"] = opens(self.postpone)
        at.buttons["panel_record.level"] = opens(self.level_form)
        at.forms["panel_record.level"] = opens(self.level)
        at.buttons["panel_record.proposal"] = opens(self.proposal)
        at.buttons["panel_record.agree"] = opens(self.agree)
        at.buttons["panel_record.decline"] = opens(self.decline)

    async def reviewed(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            panel = await services.reviewed(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(messages.review_page(self.door.words, panel))

    async def postpone_form(self, ask: Ask, visit: Visit) -> Reply:
        """Another day; or, of one that has been looked at, that it was."""
        async with self.door.store.look() as unit:
            panel = await services.to_review(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
        if panel.reviewed_at:
            return Turn(messages.review_page(self.door.words, panel))
        memo = {"panel": panel.reference, "version": str(panel.version)}
        return Open(self.door.words.form(Form("panel_record.review", (Day("review_on"),), memo)))

    async def postpone(self, ask: Ask, visit: Visit) -> Reply:
        review_on, version = ask.answers.get("review_on"), int(ask.memo["version"])
        if not isinstance(review_on, date):
            raise FormErrors({"review_on": "Choose a date."})
        async with self.door.store.begin() as unit:
            panel = await services.postpone(
                unit, ask.memo["panel"], review_on, version, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(messages.review_page(self.door.words, panel))

    async def level_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            panel, _ = await tasks_for(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
            await services.provider_of(unit, panel)
        parts = (Choice("level", blank(Level), radio=True), Text("reason", 1000, multiline=True), Tick("vouched"))
        memo = {"panel": panel.reference, "opened": f"panel.{ask.key}"}
        return Open(self.door.words.form(Form("panel_record.level", parts, memo)))

    async def level(self, ask: Ask, visit: Visit) -> Reply:
        vouched, reason = bool(ask.answers.get("vouched")), str(ask.answers.get("reason") or "")
        draft = LevelDraft(ask.memo["panel"], chosen_term(ask, "level", Level), reason, vouched)
        async with self.door.store.begin() as unit:
            proposal = await services.propose_level(
                unit, draft, by=visit.viewer, key=ask.memo["opened"], now=visit.now, rules=self.door.rules
            )
            found = await services.find_proposal(
                unit, proposal.key, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(messages.proposal_page(self.door.words, found, visit.viewer))

    async def proposal(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            found = await services.find_proposal(
                unit, number_in(ask.value), by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Open(messages.proposal_page(self.door.words, found, visit.viewer))

    async def agree(self, ask: Ask, visit: Visit) -> Reply:
        return await self._decide(ask, visit, agreed=True)

    async def decline(self, ask: Ask, visit: Visit) -> Reply:
        return await self._decide(ask, visit, agreed=False)

    async def _decide(self, ask: Ask, visit: Visit, *, agreed: bool) -> Reply:
        async with self.door.store.begin() as unit:
            found = await services.decide_level(
                unit, number_in(ask.value), agreed=agreed, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(messages.proposal_page(self.door.words, found, visit.viewer))
