"""Who is agreed to ask a provider, that it was asked, and what came of it."""

from dataclasses import dataclass

from bot.chat.port import Ask, Choice, Day, Field, Form, Open, Option, Reply, Text, Turn
from bot.domain.information import RESULT_LIMIT, WHY_LIMIT, Holding, RequestAct
from bot.errors import FormErrors
from bot.handlers.door import Door, Visit
from bot.handlers.fields import OPTION_LIMIT, chosen_number, number_in
from bot.handlers.information import VOUCHED, chosen_day, request_page
from bot.services import information_course as services
from bot.services.information_core import to_act


@dataclass(frozen=True)
class InformationCourseDesk:
    """One organisation asks, for all members [000 R12]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["information.agree"] = opens(self.agree_form)
        at.forms["information.agree"] = opens(self.agree)
        at.buttons["information.ask"] = opens(self.ask_form)
        at.forms["information.ask"] = opens(self.mark_asked)
        at.buttons["information.received"] = opens(self.received_form)
        at.forms["information.received"] = opens(self.receive)
        at.buttons["information.drop"] = opens(self.drop_form)
        at.forms["information.drop"] = opens(self.drop)

    async def agree_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            found = await services.to_agree(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
        request = found.request
        if not found.bodies:
            raise FormErrors({"": services.NOBODY_AT_ALL})
        offered = tuple(_option(one.key, one.short_name, found.said.get(one.key)) for one in found.bodies)
        chosen = tuple(one.value for one in offered if one.value == str(request.asker_id))
        parts = (Choice("asker", offered, initial=chosen), Day("due_on", initial=request.due_on))
        memo = {"request": request.reference, "version": str(request.version)}
        return Open(self.door.words.form(Form("information.agree", parts, memo)))

    async def agree(self, ask: Ask, visit: Visit) -> Reply:
        asker, version = chosen_number(ask, "asker"), number_in(ask.memo.get("version", ""))
        wish = services.Agreement(asker, chosen_day(ask, "due_on"), version)
        reference = ask.memo.get("request", "")
        async with self.door.store.begin() as unit:
            await services.agree(unit, reference, wish, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await request_page(self.door, unit, reference, visit))

    async def ask_form(self, ask: Ask, visit: Visit) -> Reply:
        memo = await self._for(RequestAct.ASK, ask, visit)
        return Open(self.door.words.form(Form("information.ask", (Day("asked_on", initial=visit.today),), memo)))

    async def mark_asked(self, ask: Ask, visit: Visit) -> Reply:
        reference, day = ask.memo.get("request", ""), chosen_day(ask, "asked_on")
        async with self.door.store.begin() as unit:
            await services.mark_asked(unit, reference, day, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await request_page(self.door, unit, reference, visit))

    async def received_form(self, ask: Ask, visit: Visit) -> Reply:
        memo = await self._for(RequestAct.RECEIVE, ask, visit)
        parts: tuple[Field, ...] = (Text("result", RESULT_LIMIT, multiline=True), VOUCHED)
        return Open(self.door.words.form(Form("information.received", parts, memo)))

    async def receive(self, ask: Ask, visit: Visit) -> Reply:
        reference, result = ask.memo.get("request", ""), str(ask.answers.get("result") or "")
        vouched = bool(ask.answers.get("vouched"))
        async with self.door.store.begin() as unit:
            await services.receive(
                unit, reference, result, vouched=vouched, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(await request_page(self.door, unit, reference, visit))

    async def drop_form(self, ask: Ask, visit: Visit) -> Reply:
        memo = await self._for(RequestAct.DROP, ask, visit)
        parts: tuple[Field, ...] = (Text("why", WHY_LIMIT, multiline=True), VOUCHED)
        return Open(self.door.words.form(Form("information.drop", parts, memo)))

    async def drop(self, ask: Ask, visit: Visit) -> Reply:
        reference, why = ask.memo.get("request", ""), str(ask.answers.get("why") or "")
        vouched = bool(ask.answers.get("vouched"))
        async with self.door.store.begin() as unit:
            await services.drop(
                unit, reference, why, vouched=vouched, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(await request_page(self.door, unit, reference, visit))

    async def _for(self, act: RequestAct, ask: Ask, visit: Visit) -> dict[str, str]:
        """What the form remembers, for somebody who may send it. Raises `NotFound`, `NotYours` and `WrongState`, so
        that nobody fills in what would be refused."""
        async with self.door.store.look() as unit:
            seen = await to_act(unit, ask.value, act, by=visit.viewer, today=visit.today)
        return {"request": seen.request.reference}


def _option(key: int, name: str, said: Holding | None) -> Option:
    """An organisation, with what it says of the request."""
    label = f"{name}: {said}" if said else name
    return Option(str(key), label[:OPTION_LIMIT])
