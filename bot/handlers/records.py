"""`/soundings records` and `/soundings hold`: what ends when, keeping it longer, bringing it back, and holds."""

from dataclasses import dataclass

from bot.chat.port import Ask, Choice, Form, Open, Reply, Say, Text, Turn
from bot.domain.terms import KeepReason, LiftReason
from bot.handlers.door import Door, Visit
from bot.handlers.fields import blank, chosen_term
from bot.messages import records as messages
from bot.services import holds, keeping
from bot.store.journal import record
from bot.store.keeping import Record
from bot.store.unit import Unit


@dataclass(frozen=True)
class RecordsDesk:
    """How long things are kept, for whoever raised them and for records leads."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        self.door.topics["records"] = self.list
        self.door.topics["hold"] = self.hold_form
        at.buttons["keeping.keep"] = opens(self.keep_form)
        at.forms["keeping.keep"] = opens(self.keep)
        at.buttons["keeping.restore"] = opens(self.restore_form)
        at.forms["keeping.restore"] = opens(self.restore)
        at.forms["keeping.hold"] = opens(self.hold)
        at.buttons["keeping.lift"] = opens(self.lift_form)
        at.forms["keeping.lift"] = opens(self.lift)

    async def list(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        async with self.door.store.begin() as unit:
            listed = await messages.listed(unit, self.door.words, visit.viewer, self.door.rules, visit.today)
            record(unit, "records listed", by=visit.viewer, now=visit.now)
        return Say(listed)

    async def keep_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            one = await keeping.find_own(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
        parts = (Choice("reason", blank(KeepReason), radio=True),)
        return Open(self.door.words.form(Form("keeping.keep", parts, {"concern": one.reference})))

    async def keep(self, ask: Ask, visit: Visit) -> Reply:
        reason = chosen_term(ask, "reason", KeepReason)
        async with self.door.store.begin() as unit:
            one = await keeping.keep_longer(
                unit, ask.memo["concern"], reason, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return await self._page(unit, one, visit)

    async def restore_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            one = await keeping.find_own(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
        parts = (Choice("reason", blank(KeepReason), radio=True),)
        return Open(self.door.words.form(Form("keeping.restore", parts, {"concern": one.reference})))

    async def restore(self, ask: Ask, visit: Visit) -> Reply:
        reason = chosen_term(ask, "reason", KeepReason)
        async with self.door.store.begin() as unit:
            one = await keeping.restore(
                unit, ask.memo["concern"], reason, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return await self._page(unit, one, visit)

    async def hold_form(self, ask: Ask, visit: Visit) -> Reply:
        """Without a reference, the list of what is held."""
        if not ask.words.strip():
            return await self.list(ask, visit)
        async with self.door.store.begin() as unit:
            one = await holds.find_to_hold(unit, ask.words, by=visit.viewer, now=visit.now, rules=self.door.rules)
        parts = (Text("reason", 500, multiline=True),)
        return Open(self.door.words.form(Form("keeping.hold", parts, {"concern": one.reference})))

    async def hold(self, ask: Ask, visit: Visit) -> Reply:
        reason = str(ask.answers.get("reason") or "")
        async with self.door.store.begin() as unit:
            one = await holds.place_hold(
                unit, ask.memo["concern"], reason, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return await self._page(unit, one, visit)

    async def lift_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            one = await holds.find_to_hold(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
        parts = (Choice("reason", blank(LiftReason), radio=True),)
        return Open(self.door.words.form(Form("keeping.lift", parts, {"concern": one.reference})))

    async def lift(self, ask: Ask, visit: Visit) -> Reply:
        reason = chosen_term(ask, "reason", LiftReason)
        async with self.door.store.begin() as unit:
            one = await holds.lift_hold(
                unit, ask.memo["concern"], reason, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return await self._page(unit, one, visit)

    async def _page(self, unit: Unit, one: Record, visit: Visit) -> Reply:
        # Written before it is saved: should the words fail, “nothing was changed” is true.
        return Turn(await messages.page(unit, self.door.words, one, visit.viewer, self.door.rules, visit.today))
