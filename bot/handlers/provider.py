"""`/provider words`: the chair's summary, for one person's eyes, logged."""

from dataclasses import dataclass
from datetime import date

from bot.chat.port import Ask, Form, Open, Reply, Say, Turn
from bot.domain.provider_question import read_day, read_question
from bot.errors import Conflicted, NotFound, SeveralProviders, UnknownProvider
from bot.handlers.door import Door, Visit
from bot.handlers.fields import number_in
from bot.messages import providers as messages
from bot.messages.look_back import end_of, look_back, shown_in
from bot.messages.provider_compare import compare
from bot.messages.provider_pages import Part, page
from bot.messages.providers import Picture, gather
from bot.services.provider_summary import send_chart, send_look_back
from bot.services.triangulation import read_together
from bot.store.barring import barred_from
from bot.store.groups import sites_of
from bot.store.journal import record, record_shown
from bot.store.look_back import known_then
from bot.store.providers import find_providers, nearest_providers
from bot.store.tables import Provider
from bot.store.unit import Unit

LISTED, NAMED = 8, 4  # providers offered as buttons, and as names in a refusal (ours)


@dataclass(frozen=True)
class ProviderDesk:
    """Should I worry about this provider?"""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.commands["provider"] = opens(self.command)
        at.buttons["provider.open"] = opens(self.open)
        at.buttons["provider.page"] = opens(self.page)
        at.buttons["provider.turn"] = opens(self.turn)
        at.buttons["provider.look_back"] = opens(self.look_back)
        at.buttons["provider.chart"] = opens(self.chart)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        words = ask.words.strip()
        if words.casefold() in ("", "help"):
            return Say(self.door.words.render("help.provider"))
        question = read_question(words, visit.today)
        async with self.door.store.look() as unit:
            if question.day:
                return await self._look_back((await only(unit, question.words)).key, question.day, visit)
            if question.other:
                pair = [(await only(unit, one)).key for one in (question.words, question.other)]
                return await self._compare(pair, visit)
            found = await find_providers(unit, words, limit=LISTED)
            guessed = [] if found else await nearest_providers(unit, words, limit=LISTED)
        if guessed:  # even one is only a guess, and a summary of another provider would mislead
            return Say(messages.choices(self.door.words, guessed, words, guessed=True))
        meant = _meant(found, words)
        if len(meant) == 1:
            return await self._summary(meant[0].key, visit)
        return Say(messages.choices(self.door.words, found, words))

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        return await self._summary(number_in(ask.value), visit)

    async def page(self, ask: Ask, visit: Visit) -> Reply:
        return Open(await self._page(ask.value, visit))

    async def turn(self, ask: Ask, visit: Visit) -> Reply:
        """Another page, in place of the one they are on."""
        return Turn(await self._page(ask.value, visit))

    async def chart(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            provider = await open_provider(unit, number_in(ask.value), visit)
            await send_chart(unit, provider.key, by=visit.viewer, now=visit.now)
        return Say(self.door.words.render("provider.sent"))

    async def look_back(self, ask: Ask, visit: Visit) -> Reply:
        """All that was known on a day, as a document."""
        provider_id, _, day = ask.value.partition(".")
        async with self.door.store.begin() as unit:
            provider = await open_provider(unit, number_in(provider_id), visit)
            await send_look_back(unit, provider.key, read_day(day, visit.today), by=visit.viewer, now=visit.now)
        return Say(self.door.words.render("provider.sent"))

    async def _look_back(self, provider_id: int, day: date, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            provider = await open_provider(unit, provider_id, visit)
            at = end_of(day, visit.today, self.door.rules.calendar)
            then = await known_then(unit, provider, visit.viewer, at)
            facts = ("provider", provider_id)
            record(unit, "look-back read", by=visit.viewer, now=visit.now, subject=facts, day=day.isoformat())
            record_shown(unit, "shown", shown_in(then), by=visit.viewer, now=visit.now, where="provider.then")
        return Say(look_back(self.door.words, then))

    async def _compare(self, pair: list[int], visit: Visit) -> Reply:
        """Two beside each other; whoever may be told nothing of one is shown neither."""
        async with self.door.store.begin() as unit:
            for one in pair:
                await open_provider(unit, one, visit)
            first, second = [await pictured(self.door, unit, one, visit) for one in pair]
            for picture in (first, second):
                facts = ("provider", picture.provider.key)
                record(unit, "provider compared", by=visit.viewer, now=visit.now, subject=facts)
                record_shown(unit, "shown", picture.shown, by=visit.viewer, now=visit.now, where="provider.compare")
        return Say(compare(self.door.words, (first, second), self.door.rules, visit.today))

    async def _summary(self, provider_id: int, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            picture = await pictured(self.door, unit, provider_id, visit)
            by, now, rules = visit.viewer, visit.now, self.door.rules
            together = await read_together(unit, provider_id, where="provider", by=by, now=now, rules=rules)
            facts = ("provider", provider_id)
            record(unit, "provider summary read", by=visit.viewer, now=visit.now, subject=facts)
            record_shown(unit, "shown", picture.shown, by=visit.viewer, now=visit.now, where="provider")
        return Say(messages.summary(self.door.words, picture, visit.today, together, self.door.rules))

    async def _page(self, value: str, visit: Visit) -> Form:
        """The page that a button names: provider, part, number. Whether they may see it is asked again."""
        provider, _, rest = value.partition(".")
        part, _, number = rest.partition(".")
        if part not in list(Part):
            raise NotFound(what=value)
        async with self.door.store.begin() as unit:
            picture = await pictured(self.door, unit, number_in(provider), visit)
            form, shown = await page(
                unit, self.door.words, picture, Part(part), number_in(number), visit.viewer, visit.today
            )
            facts = ("provider", picture.provider.key)
            record(unit, "provider page read", by=visit.viewer, now=visit.now, subject=facts, page=part)
            record_shown(unit, "shown", shown, by=visit.viewer, now=visit.now, where=f"provider.{part}")
        return form


def _meant(found: list[Provider], words: str) -> list[Provider]:
    """Of those that words may mean, the one whose name or code they are exactly. Raises `UnknownProvider` for none."""
    if not found:
        raise UnknownProvider(words=words[:60])
    exact = [one for one in found if words.casefold() in (one.code.casefold(), one.name.casefold())]
    return exact if len(exact) == 1 else found


async def only(unit: Unit, words: str) -> Provider:
    """The one provider that words mean. Raises `UnknownProvider` and `SeveralProviders`."""
    found = _meant(await find_providers(unit, words, limit=LISTED), words)
    if len(found) > 1:
        names = "; ".join(f"{one.name} ({one.code})" for one in found[:NAMED])
        raise SeveralProviders(words=words[:60], names=names)
    return found[0]


async def open_provider(unit: Unit, provider_id: int, visit: Visit) -> Provider:
    """That provider. Raises `NotFound`, and `Conflicted` for its own staff and anybody with a declared conflict: they
    are shown nothing about it."""
    provider = await unit.find(Provider, provider_id)
    if provider is None:
        raise NotFound(what=str(provider_id))
    if await barred_from(unit, visit.viewer, await sites_of(unit, provider_id), visit.today):
        raise Conflicted
    return provider


async def pictured(door: Door, unit: Unit, provider_id: int, visit: Visit) -> Picture:
    """What this person may see of that provider. Raises as `open_provider`."""
    provider = await open_provider(unit, provider_id, visit)
    return await gather(unit, provider, visit.viewer, door.rules, visit.now)
