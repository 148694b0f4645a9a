"""All of `/concern`: raising one, opening one, and one's own list. The form itself is in `concern_form.py`."""

from dataclasses import dataclass
from datetime import date

from bot.chat.port import Ask, Fix, Form, Offer, Open, Option, Reply, Say, Search, Turn
from bot.domain.handling import Viewer
from bot.handlers.concern_form import MANY, ConcernForm, Start, read_intake, vouching
from bot.handlers.door import Door, Visit
from bot.handlers.fields import chosen_number, provider_option
from bot.messages import concerns as messages
from bot.services.concerns import match_provider, open_concern
from bot.services.intake import STILL_THERE, LookAgain, take_in
from bot.services.triangulation import read_beside
from bot.store.concerns import fates, raised_by, visible_concern
from bot.store.journal import record_shown
from bot.store.people import find_people, group_members
from bot.store.providers import find_or_guess, find_providers
from bot.store.unit import Unit


@dataclass(frozen=True)
class ConcernDesk:
    """Soft intelligence comes in here."""

    door: Door

    @property
    def _form(self) -> ConcernForm:
        return ConcernForm(self.door)

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.commands["concern"] = opens(self.command)
        at.shortcuts["concern.new"] = opens(self.form)
        at.shortcuts["concern.from_message"] = opens(self.form)
        at.forms["concern"] = opens(self.submit)
        at.changes["concern"] = opens(self.change)
        at.forms["concern.match"] = opens(self.match)
        at.buttons["concern.new"] = opens(self.form)
        at.buttons["concern.open"] = opens(self.open)
        at.buttons["concern.match"] = opens(self.match_form)
        at.searches["provider"] = opens(self.search_providers)
        at.searches["reader"] = opens(self.search_readers)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        match ask.words.strip().casefold():
            case "help":
                return Say(self.door.words.render("help.concern"))
            case "mine":
                return await self.mine(ask, visit)
            case _:
                return await self.form(ask, visit)

    async def form(self, ask: Ask, visit: Visit) -> Reply:
        """The form, with what was typed or quoted already in it."""
        typed = ask.words.strip()
        async with self.door.store.look() as unit:
            found = await find_providers(unit, ask.words, limit=MANY) if typed else []
            start = Start(found, "" if found else typed, ask.quoted.text if ask.quoted else "")
            return Open(await self._form.opened(unit, ask, visit, start))

    async def change(self, ask: Ask, visit: Visit) -> Reply:
        """Say again who will see it, whenever something that decides it is chosen."""
        async with self.door.store.look() as unit:
            return Turn(await self._form.changed(unit, ask, visit))

    async def submit(self, ask: Ask, visit: Visit) -> Reply:
        """Save it, then say so: the reference, and exactly who can now see it. Or ask for another look first."""
        try:
            return await self._save(ask, visit)
        except LookAgain as why:
            box = vouching(why.findings)
            if box in ask.answers and not why.other_readers:
                return Fix({box: STILL_THERE})
            async with self.door.store.look() as unit:
                return Turn(await self._form.again(unit, ask, visit, why))

    async def _save(self, ask: Ask, visit: Visit) -> Reply:
        sent = read_intake(ask, visit.today)
        async with self.door.store.begin() as unit:
            raised = await take_in(unit, sent, by=visit.viewer, key=ask.key, now=visit.now, rules=self.door.rules)
            seen = await visible_concern(unit, raised.concern.reference, visit.viewer, visit.today)
            # Written before it is saved: should the words fail, “nothing was changed” is true.
            if seen is None:
                return Say(self.door.words.render("concern.hidden", reference=raised.concern.reference))
            return Turn(messages.thanks(self.door.words, seen, raised.readers, self.door.rules))

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            return Open(await self._page(unit, ask.value, visit))

    async def mine(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        async with self.door.store.begin() as unit:
            found = await raised_by(unit, visit.viewer, visit.today)
            own = [one.concern for one in found]
            record_shown(unit, "shown", own, by=visit.viewer, now=visit.now, where="concern.mine")
            became = await fates(unit, [one.concern.key for one in found])
        return Say(messages.mine(self.door.words, found, became, self.door.rules))

    async def match_form(self, ask: Ask, visit: Visit) -> Reply:
        """For a provider that somebody named and the directory does not have under that name."""
        async with self.door.store.begin() as unit:
            seen, _ = await open_concern(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
        form = Form("concern.match", (Search("provider", "provider"),), {"concern": seen.concern.reference})
        return Open(self.door.words.form(form))

    async def match(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            await match_provider(
                unit,
                ask.memo["concern"],
                chosen_number(ask, "provider"),
                by=visit.viewer,
                now=visit.now,
                rules=self.door.rules,
            )
            return Turn(await self._page(unit, ask.memo["concern"], visit))

    async def _page(self, unit: Unit, reference: str, visit: Visit) -> Form:
        rules = self.door.rules
        seen, readers = await open_concern(unit, reference, by=visit.viewer, now=visit.now, rules=rules)
        together = await read_beside(unit, seen.concern, by=visit.viewer, now=visit.now, rules=rules)
        return messages.reading(self.door.words, seen, readers, rules, visit.viewer, together)

    async def search_providers(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        async with self.door.store.look() as unit:
            return Offer(tuple(provider_option(one) for one in await find_or_guess(unit, ask.words, limit=MANY)))

    async def search_readers(self, ask: Ask, visit: Visit) -> Reply:
        """Organisations and people of one's groups, for “only these”."""
        async with self.door.store.look() as unit:
            options = await _reader_options(unit, ask.words, visit.viewer, visit.today)
        return Offer(tuple(options))


async def _reader_options(unit: Unit, words: str, viewer: Viewer, today: date) -> list[Option]:
    organisations: dict[int, Option] = {}
    for place in viewer.groups:
        for one in await group_members(unit, place.group_id, today):
            if words.casefold() in f"{one.short_name} {one.name}".casefold():
                organisations[one.key] = Option(f"o:{one.key}", one.short_name, "Organisations")
    people = await find_people(unit, words, viewer.group_ids, today)
    named = [Option(f"p:{person.key}", person.name, "People") for person in people]
    return [*organisations.values(), *named][:100]
