"""After a panel: looking at it again."""

from dataclasses import dataclass
from datetime import date

from bot.chat.port import Ask, Day, Form, Open, Reply, Turn
from bot.errors import FormErrors
from bot.handlers.door import Door, Visit
from bot.messages import panel_record as messages
from bot.services import panel_review as services


@dataclass(frozen=True)
class PanelReviewDesk:
    """What follows from a panel, and whether it did."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["panel_record.reviewed"] = opens(self.reviewed)
        at.buttons["panel_record.postpone"] = opens(self.postpone_form)
        at.forms["panel_record.review"] = opens(self.postpone)

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
