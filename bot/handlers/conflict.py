"""`/soundings conflicts`: declare a conflict of interest about a provider, see one's own, ask for its end; and, for
those who run a group, end one."""

from dataclasses import dataclass

from bot.chat.port import Ask, Form, Open, Reply, Search, Turn
from bot.handlers.door import Door, Visit
from bot.handlers.fields import chosen_number, number_in
from bot.messages import conflicts as messages
from bot.services.conflicts import ask_to_end, declare, end, to_end
from bot.store.conflicts import declared_by
from bot.store.unit import Unit


@dataclass(frozen=True)
class ConflictDesk:
    """Whoever has a conflict of interest about a provider sees nothing about it."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        self.door.topics["conflicts"] = self.open
        at.buttons["conflict.open"] = opens(self.open)
        at.buttons["conflict.new"] = opens(self.form)
        at.forms["conflict"] = opens(self.submit)
        at.buttons["conflict.over"] = opens(self.over)
        at.buttons["conflict.end"] = opens(self.end)

    async def open(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        async with self.door.store.look() as unit:
            return Open(await self._page(unit, visit))

    async def form(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        return Open(self.door.words.form(Form("conflict", (Search("provider", "provider"),))))

    async def submit(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            provider = chosen_number(ask, "provider")
            await declare(unit, provider, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await self._page(unit, visit))

    async def over(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            await ask_to_end(unit, number_in(ask.value), by=visit.viewer, now=visit.now, rules=self.door.rules)
        return Turn(self.door.words.page("conflict.asked"))

    async def end(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            await end(unit, number_in(ask.value), by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await self._page(unit, visit))

    async def _page(self, unit: Unit, visit: Visit) -> Form:
        mine = await declared_by(unit, visit.viewer.person_id, visit.today)
        return messages.page(self.door.words, mine, await to_end(unit, visit.viewer, visit.today))
