"""What people are asked for about surveillance levels: what they found out, and why a long stay on enhanced goes on."""

from dataclasses import dataclass

from bot.chat.port import Ask, Form, Open, Reply, Text, Turn
from bot.domain.surveillance import FOUND_LIMIT
from bot.handlers.door import Door, Visit
from bot.handlers.fields import number_in
from bot.handlers.level_form import VOUCHED
from bot.handlers.surveillance import provider_page
from bot.services import finding_out, level_reviews
from bot.services.level_reviews import RATIONALE_LIMIT


@dataclass(frozen=True)
class LevelDutiesDesk:
    """Further information [003 §121] and reviews [003 §126]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["surveillance.found"] = opens(self.found_form)
        at.forms["surveillance.found"] = opens(self.found)
        at.buttons["surveillance.review"] = opens(self.review_form)
        at.forms["surveillance.review"] = opens(self.review)

    async def found_form(self, ask: Ask, visit: Visit) -> Reply:
        """What was found; of what was reported already, the page on which it stands."""
        key = number_in(ask.value)
        async with self.door.store.begin() as unit:
            level = await finding_out.to_report(unit, key, by=visit.viewer, now=visit.now, rules=self.door.rules)
            if level.found_at is not None:
                return Open(await provider_page(self.door, unit, level.group_id, level.provider_id, visit))
        parts = (Text("found", FOUND_LIMIT, multiline=True), VOUCHED)
        return Open(self.door.words.form(Form("surveillance.found", parts, {"level": str(key)})))

    async def found(self, ask: Ask, visit: Visit) -> Reply:
        key, found = number_in(ask.memo.get("level", "")), str(ask.answers.get("found") or "")
        vouched = bool(ask.answers.get("vouched"))
        async with self.door.store.begin() as unit:
            level = await finding_out.report_found(
                unit, key, found, vouched=vouched, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(await provider_page(self.door, unit, level.group_id, level.provider_id, visit))

    async def review_form(self, ask: Ask, visit: Visit) -> Reply:
        """Why it stays on enhanced; of what was reviewed already, the page of the provider."""
        key = number_in(ask.value)
        async with self.door.store.begin() as unit:
            review = await level_reviews.to_review(unit, key, by=visit.viewer, now=visit.now, rules=self.door.rules)
            if review.reviewed_at is not None:
                return Open(await provider_page(self.door, unit, review.group_id, review.provider_id, visit))
        parts = (Text("rationale", RATIONALE_LIMIT, multiline=True), VOUCHED)
        return Open(self.door.words.form(Form("surveillance.review", parts, {"review": str(key)})))

    async def review(self, ask: Ask, visit: Visit) -> Reply:
        key, rationale = number_in(ask.memo.get("review", "")), str(ask.answers.get("rationale") or "")
        vouched = bool(ask.answers.get("vouched"))
        async with self.door.store.begin() as unit:
            review = await level_reviews.write_review(
                unit, key, rationale, vouched=vouched, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(await provider_page(self.door, unit, review.group_id, review.provider_id, visit))
