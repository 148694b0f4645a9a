"""`/provider words`: the chair's summary, for one person's eyes, logged."""

from dataclasses import dataclass

from bot.chat.port import Ask, Reply, Say
from bot.domain.handling import Viewer
from bot.errors import Conflicted, UnknownProvider
from bot.handlers.door import Door, Visit
from bot.messages import providers as messages
from bot.store.barring import barred_from
from bot.store.groups import sites_of
from bot.store.journal import record, record_shown
from bot.store.providers import find_providers
from bot.store.tables import Provider
from bot.store.unit import Unit


@dataclass(frozen=True)
class ProviderDesk:
    """Should I worry about this provider?"""

    door: Door

    def register(self) -> None:
        self.door.listeners.commands["provider"] = self.door.opens(self.command)
        self.door.listeners.buttons["provider.open"] = self.door.opens(self.open)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        words = ask.words.strip()
        if words.casefold() in ("", "help"):
            return Say(self.door.words.render("help.provider"))
        async with self.door.store.look() as unit:
            found = await find_providers(unit, words, limit=8)
        if not found:
            raise UnknownProvider(words=words[:60])
        exact = [one for one in found if words.casefold() in (one.code.casefold(), one.name.casefold())]
        if len(found) == 1 or len(exact) == 1:
            return await self._summary((exact or found)[0].key, visit)
        return Say(messages.choices(self.door.words, found, words))

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        return await self._summary(int(ask.value), visit)

    async def _summary(self, provider_id: int, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            await _check(unit, provider_id, visit.viewer, visit)
            provider = await unit.get(Provider, provider_id)
            picture = await messages.gather(unit, provider, visit.viewer, self.door.rules, visit.now)
            facts = ("provider", provider_id)
            record(unit, "provider summary read", by=visit.viewer, now=visit.now, subject=facts)
            record_shown(unit, "shown", picture.shown, by=visit.viewer, now=visit.now, where="provider")
        return Say(messages.summary(self.door.words, picture, visit.today))


async def _check(unit: Unit, provider_id: int, viewer: Viewer, visit: Visit) -> None:
    """A provider's own staff, and anybody with a declared conflict, are shown nothing about it."""
    if await barred_from(unit, viewer, await sites_of(unit, provider_id), visit.today):
        raise Conflicted
