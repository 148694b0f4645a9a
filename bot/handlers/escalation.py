"""All of `/escalate` for those who are asked, and for who asked: opening, acknowledging, answering."""

from dataclasses import dataclass
from datetime import date

from bot.chat.port import Ask, Choice, Day, Field, Form, Open, Option, Reply, Say, Text, Turn
from bot.errors import NotUnderstood
from bot.handlers.door import Door, Visit
from bot.handlers.drill import begin_drill
from bot.handlers.escalation_form import begin
from bot.messages import escalations as messages
from bot.services import escalations as services
from bot.services.escalations import AnswerDraft
from bot.store.unit import Unit


@dataclass(frozen=True)
class EscalationDesk:
    """The emerging concerns protocol and every other formal request, from both ends."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.commands["escalate"] = opens(self.command)
        at.buttons["escalation.open"] = opens(self.open)
        at.buttons["escalation.acknowledge"] = opens(self.acknowledge)
        at.buttons["escalation.answer"] = opens(self.answer_form)
        at.buttons["escalation.change"] = opens(self.change_form)
        at.forms["escalation.answer"] = opens(self.answer)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        words = ask.words.strip()
        if words.casefold() == "help":
            return Say(self.door.words.render("help.escalate"))
        if words.casefold() == "drill":
            return await begin_drill(self.door, visit)
        if words.upper().startswith("E-"):
            return await self._open(words, visit)
        if words and not words.upper().startswith("C-"):
            raise NotUnderstood(words=words, command="/escalate")
        return await begin(self.door, words, visit)

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        return await self._open(ask.value, visit)

    async def acknowledge(self, ask: Ask, visit: Visit) -> Reply:
        """Said once for the organisation; again, or by a second deputy, it says so and shows where things stand."""
        async with self.door.store.begin() as unit:
            new = await services.acknowledge(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await self._page(unit, ask.value, visit, again=not new))

    async def answer_form(self, ask: Ask, visit: Visit) -> Reply:
        """The first answer: from an old message, after somebody has answered, it shows where things stand."""
        return await self._form(ask.value, visit, changing=False)

    async def change_form(self, ask: Ask, visit: Visit) -> Reply:
        return await self._form(ask.value, visit, changing=True)

    async def _form(self, reference: str, visit: Visit, *, changing: bool) -> Reply:
        rules = self.door.rules
        async with self.door.store.begin() as unit:
            opened = await services.open_escalation(unit, reference, by=visit.viewer, now=visit.now, rules=rules)
            if changing and opened.may_answer and opened.mine:
                await services.check_not_settled(unit, opened.escalation, opened.mine)
        mine = opened.mine
        if mine is None or not opened.may_answer or bool(mine.responded_at) is not changing:
            return Turn(messages.reading(self.door.words, opened, rules, again=mine is not None))
        kind = rules.policy.kind(opened.escalation.kind)
        # Who has answered and needs to know more writes to whoever asked; it takes no answer back.
        answers = tuple(Option(key, one.label) for key, one in kind.answers.items() if not (changing and one.asks))
        parts: tuple[Field, ...] = (
            Choice("outcome", answers, radio=True, initial=(mine.outcome,) if mine.outcome in kind.answers else ()),
            Text("reason", 3000, multiline=True, required=False, initial=mine.reason),
            *((Day("by_on", required=False, initial=mine.by_on),) if kind.dated else ()),
        )
        memo = {"escalation": reference, "follows": services.answered(mine)}
        return Open(self.door.words.form(Form("escalation.answer", parts, memo)))

    async def answer(self, ask: Ask, visit: Visit) -> Reply:
        day = ask.answers.get("by_on")
        draft = AnswerDraft(
            str(ask.answers.get("outcome") or ""),
            str(ask.answers.get("reason") or ""),
            day if isinstance(day, date) else None,
            ask.memo.get("follows", ""),
        )
        reference, rules = ask.memo["escalation"], self.door.rules
        async with self.door.store.begin() as unit:
            await services.respond(unit, reference, draft, by=visit.viewer, key=ask.key, now=visit.now, rules=rules)
            return Turn(await self._page(unit, reference, visit))

    async def _open(self, reference: str, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            return Open(await self._page(unit, reference, visit))

    async def _page(self, unit: Unit, reference: str, visit: Visit, *, again: bool = False) -> Form:
        opened = await services.open_escalation(unit, reference, by=visit.viewer, now=visit.now, rules=self.door.rules)
        return messages.reading(self.door.words, opened, self.door.rules, again=again)
