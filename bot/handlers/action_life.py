"""The life of one action: its page, accepting and passing on, more time, comments, sending back and reopening."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.chat.port import Ask, Day, Form, Open, Reply, Search, Text, Turn, Words
from bot.domain.actions import TEXT_LIMIT, Act, is_far_away
from bot.errors import NotFound
from bot.handlers.door import Door, Method, Visit
from bot.handlers.fields import chosen_number, number_in
from bot.messages import action_life as messages
from bot.messages.actions import out_of_sight
from bot.services import action_closing, action_owners, action_time
from bot.services import actions as services
from bot.store.actions import SeenAction
from bot.store.unit import Unit

REFERENCE = re.compile(r"A-[0-9A-Z]{6}", re.IGNORECASE)
REASON = Text("reason", TEXT_LIMIT, multiline=True)
DATED = (Day("due_on"), REASON)


@dataclass(frozen=True)
class ActionLifeDesk:
    """What becomes of an action [003 Annex D]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["action.open"] = opens(self.open)
        at.buttons["action.history"] = opens(self.history)
        at.buttons["action.accept"] = opens(self.accept)
        at.buttons["action.pass"] = opens(self.pass_form)
        at.forms["action.pass"] = opens(self.pass_on)
        at.buttons["action.time"] = opens(self.time_form)
        at.forms["action.time"] = opens(self.ask_time)
        at.buttons["action.grant"] = opens(self.grant_form)
        at.forms["action.grant"] = opens(self._deciding(granted=True))
        at.buttons["action.refuse"] = opens(self.refuse_form)
        at.forms["action.refuse"] = opens(self._deciding(granted=False))
        at.buttons["action.back"] = opens(self.back_form)
        at.forms["action.back"] = opens(self.send_back)
        at.buttons["action.reopen"] = opens(self.reopen_form)
        at.forms["action.reopen"] = opens(self.reopen)
        at.buttons["action.comment"] = opens(self.comment_form)
        at.forms["action.comment"] = opens(self.comment)

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            return Open(await page(self.door, unit, ask.value, visit))

    async def history(self, ask: Ask, visit: Visit) -> Reply:
        reference, _, before = ask.value.partition("/")
        async with self.door.store.begin() as unit:
            opened = await services.open_action(unit, reference, by=visit.viewer, now=visit.now, rules=self.door.rules)
        return Open(messages.whole_history(self.door.words, opened.life, number_in(before)))

    async def accept(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            action = await action_owners.accept_action(
                unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return await turned(self.door, unit, action.reference, visit)

    async def pass_form(self, ask: Ask, visit: Visit) -> Reply:
        found = await self._for(Act.PASS_ON, ask, visit)
        memo = {"action": found.action.reference, "version": str(found.action.version)}
        return Open(self.door.words.form(Form("action.pass", (Search("owner", "person"), REASON), memo)))

    async def pass_on(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            action = await action_owners.pass_on(
                unit,
                ask.memo["action"],
                chosen_number(ask, "owner"),
                _typed(ask, "reason"),
                version=number_in(ask.memo["version"]),
                by=visit.viewer,
                now=visit.now,
                rules=self.door.rules,
            )
            return await turned(self.door, unit, action.reference, visit)

    async def time_form(self, ask: Ask, visit: Visit) -> Reply:
        found = await self._for(Act.ASK_TIME, ask, visit)
        return Open(self.door.words.form(_time_form({"action": found.action.reference})))

    async def ask_time(self, ask: Ask, visit: Visit) -> Reply:
        if again := asked_again(self.door, ask, visit, _time_form(ask.memo)):
            return again
        async with self.door.store.begin() as unit:
            action = await action_time.ask_for_time(
                unit,
                ask.memo["action"],
                chosen_day(ask),
                _typed(ask, "reason"),
                by=visit.viewer,
                key=ask.key,
                now=visit.now,
                rules=self.door.rules,
            )
            return await turned(self.door, unit, action.reference, visit)

    async def grant_form(self, ask: Ask, visit: Visit) -> Reply:
        memo = await self._to_decide(ask, visit)
        parts = (Text("answer", TEXT_LIMIT, multiline=True, required=False),)
        return Open(self.door.words.form(Form("action.grant", parts, memo)))

    async def refuse_form(self, ask: Ask, visit: Visit) -> Reply:
        memo = await self._to_decide(ask, visit)
        parts = (Text("answer", TEXT_LIMIT, multiline=True),)
        return Open(self.door.words.form(Form("action.refuse", parts, memo)))

    def _deciding(self, *, granted: bool) -> Method:
        """The listener for the form that grants more time, or for the one that does not."""

        async def decide(ask: Ask, visit: Visit) -> Reply:
            async with self.door.store.begin() as unit:
                action = await action_time.decide_time(
                    unit,
                    number_in(ask.memo["request"]),
                    granted=granted,
                    answer=_typed(ask, "answer"),
                    by=visit.viewer,
                    now=visit.now,
                    rules=self.door.rules,
                )
                return await turned(self.door, unit, action.reference, visit)

        return decide

    async def back_form(self, ask: Ask, visit: Visit) -> Reply:
        found = await self._for(Act.SEND_BACK, ask, visit)
        return Open(self.door.words.form(Form("action.back", (REASON,), {"action": found.action.reference})))

    async def send_back(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            action = await action_closing.send_back(
                unit,
                ask.memo["action"],
                _typed(ask, "reason"),
                by=visit.viewer,
                now=visit.now,
                rules=self.door.rules,
            )
            return await turned(self.door, unit, action.reference, visit)

    async def reopen_form(self, ask: Ask, visit: Visit) -> Reply:
        found = await self._for(Act.REOPEN, ask, visit)
        return Open(self.door.words.form(_reopen_form({"action": found.action.reference})))

    async def reopen(self, ask: Ask, visit: Visit) -> Reply:
        if again := asked_again(self.door, ask, visit, _reopen_form(ask.memo)):
            return again
        async with self.door.store.begin() as unit:
            action = await action_closing.reopen_action(
                unit,
                ask.memo["action"],
                chosen_day(ask),
                _typed(ask, "reason"),
                by=visit.viewer,
                now=visit.now,
                rules=self.door.rules,
            )
            return await turned(self.door, unit, action.reference, visit)

    async def comment_form(self, ask: Ask, visit: Visit) -> Reply:
        found = await self._for(Act.COMMENT, ask, visit)
        parts = (Text("comment", TEXT_LIMIT, multiline=True),)
        return Open(self.door.words.form(Form("action.comment", parts, {"action": found.action.reference})))

    async def comment(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            action = await services.comment_on(
                unit,
                ask.memo["action"],
                _typed(ask, "comment"),
                by=visit.viewer,
                now=visit.now,
                rules=self.door.rules,
            )
            return await turned(self.door, unit, action.reference, visit)

    async def _for(self, act: Act, ask: Ask, visit: Visit) -> SeenAction:
        """The action, for a form that this person may send. Raises `NotFound`, `NotYours` and `WrongState`, so that
        nobody fills in what would be refused."""
        async with self.door.store.look() as unit:
            return await services.to_act(unit, ask.value, act, by=visit.viewer, today=visit.today)

    async def _to_decide(self, ask: Ask, visit: Visit) -> Mapping[str, str]:
        async with self.door.store.look() as unit:
            _, request = await action_time.time_to_decide(
                unit, number_in(ask.value), by=visit.viewer, now=visit.now, rules=self.door.rules
            )
        return {"request": str(request.key)}


async def page(door: Door, unit: Unit, reference: str, visit: Visit) -> Form:
    """The page of one action. Raises `NotFound`."""
    opened = await services.open_action(unit, reference, by=visit.viewer, now=visit.now, rules=door.rules)
    return messages.page(door.words, opened.life, opened.acts, decides=opened.decides)


async def turned(door: Door, unit: Unit, reference: str, visit: Visit) -> Turn:
    """The page as it now stands, in place of the form. What somebody gave away may be out of their sight by now."""
    try:
        return Turn(await page(door, unit, reference, visit))
    except NotFound:
        return Turn(out_of_sight(door.words, reference))


def asked_again(door: Door, ask: Ask, visit: Visit, form: Form) -> Turn | None:
    """The same form once more with a question, for a day so far away that it may be a slip of the hand. Sending that
    with the same day says that it is meant."""
    day = chosen_day(ask)
    if day is None or not is_far_away(day, visit.today) or ask.memo.get("sure") == day.isoformat():
        return None
    question = Words(door.words.render("action.far", wanted=day))
    memo = {**ask.memo, "sure": day.isoformat()}
    return Turn(door.words.form(Form(form.name, (question, *form.parts), memo)))


def chosen_day(ask: Ask) -> date | None:
    """The due date in a form."""
    day = ask.answers.get("due_on")
    return day if isinstance(day, date) else None


def _time_form(memo: Mapping[str, str]) -> Form:
    return Form("action.time", DATED, memo)


def _reopen_form(memo: Mapping[str, str]) -> Form:
    return Form("action.reopen", DATED, memo)


def _typed(ask: Ask, field: str) -> str:
    return str(ask.answers.get(field) or "")
