"""All of the restricted annexe in chat: opening it, and giving the reason for it to oneself or to a second person."""

from dataclasses import dataclass

from bot.chat.port import Ask, Form, Open, Reply, Text, Turn
from bot.domain.terms import HandlingKind
from bot.handlers.door import Door, Visit
from bot.messages import annexe as messages
from bot.services import annexe as services
from bot.services.handling import ChangeDraft, ask_change

REASON = Text("reason", 1000, multiline=True)


@dataclass(frozen=True)
class AnnexeDesk:
    """People involved, and who told us: opened for a reason, for a time."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["annexe.open"] = opens(self.open)
        at.forms["annexe.claim"] = opens(self.claim)
        at.forms["annexe.ask"] = opens(self.ask)

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        """The annexe, if it is open to them; otherwise the form that asks for their reason."""
        by, now, rules = visit.viewer, visit.now, self.door.rules
        async with self.door.store.begin() as unit:
            way = await services.way_in(unit, ask.value, by=by, now=now, rules=rules)
            if way.grant:
                opened = await services.open_annexe(unit, ask.value, by=by, now=now, rules=rules)
                return Open(messages.reading(self.door.words, opened, self.door.rules))
        memo = {"concern": way.concern.concern.reference}
        form = Form("annexe.claim", (REASON,), memo) if way.own else Form("annexe.ask", (REASON,), memo)
        return Open(self.door.words.form(form))

    async def claim(self, ask: Ask, visit: Visit) -> Reply:
        """Whoever raised the concern: it opens at once."""
        async with self.door.store.begin() as unit:
            opened = await services.claim_own(
                unit, ask.memo["concern"], _reason(ask), by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(messages.reading(self.door.words, opened, self.door.rules))

    async def ask(self, ask: Ask, visit: Visit) -> Reply:
        """Anybody else: a second person is asked."""
        services.check_reason(_reason(ask))
        async with self.door.store.begin() as unit:
            way = await services.way_in(
                unit, ask.memo["concern"], by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            draft = ChangeDraft(way.concern.concern.reference, HandlingKind.ANNEXE, _reason(ask))
            change = await ask_change(unit, draft, by=visit.viewer, key=ask.key, now=visit.now, rules=self.door.rules)
            return Turn(messages.asked(self.door.words, way.concern, change, self.door.rules))


def _reason(ask: Ask) -> str:
    return str(ask.answers.get("reason") or "")
