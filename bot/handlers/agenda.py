"""`/agenda`: a meeting's order of business, arranging it, and the digest as it would be posted now."""

from dataclasses import dataclass

from bot.chat.port import Ask, Form, Message, Open, Reply, Say, Search, Text, Tick, Turn
from bot.domain.action_log import page_meant
from bot.domain.agenda_items import EMAIL, PAGE_SIZE, TITLE, WHO, ItemDraft, read_guest
from bot.domain.terms import Role
from bot.handlers.door import Door, Visit, which_group
from bot.handlers.fields import number_in
from bot.messages import agenda as digests
from bot.messages import agenda_items as messages
from bot.messages.agenda_items import Agenda
from bot.services import agenda as services
from bot.services import agenda_concerns as concerns
from bot.services.agenda import Hand
from bot.store.agenda_items import Business, Order, outside_footprint
from bot.store.groups import next_meeting
from bot.store.journal import record_shown
from bot.store.people import seated
from bot.store.tables import Group, Meeting
from bot.store.unit import Unit

NUMBER = 3  # characters of a number of minutes


@dataclass(frozen=True)
class AgendaDesk:
    """What the next meeting looks at [003 §95, §96]. A button's value is a meeting's number, then what is meant in it,
    each after a dot."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.commands["agenda"] = opens(self.command)
        at.buttons["agenda.arrange"] = opens(self.arrange)
        at.buttons["agenda.page"] = opens(self.turn)
        at.buttons["agenda.before"] = opens(self.put_before)
        at.buttons["agenda.take"] = opens(self.take_off)
        at.buttons["agenda.back"] = opens(self.put_back)
        at.buttons["agenda.add"] = opens(self.add_form)
        at.forms["agenda.add"] = opens(self.add)
        at.buttons["agenda.change"] = opens(self.change_form)
        at.forms["agenda.change"] = opens(self.change)
        at.buttons["agenda.on"] = opens(self.concern_on)
        at.buttons["agenda.off"] = opens(self.concern_off)
        at.buttons["agenda.ask"] = opens(self.concern_ask)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        """The order of business, and then the digest, of that what the person asking may see."""
        if ask.words.strip().casefold() == "help":
            return Say(self.door.words.render("help.agenda"))
        place = which_group(ask, ask.words, visit.viewer, command="/agenda")
        async with self.door.store.begin() as unit:
            meeting = await next_meeting(unit, place.group_id, visit.now)
            if meeting is None:
                return Say(self.door.words.render("agenda.none", group=place.name))
            order = await services.seen_order(unit, meeting, self._hand(visit))
            agenda = await self._agenda(unit, meeting, order, visit)
            chairs = [one.name for one in await seated(unit, place.group_id, visit.today, Role.CHAIR)]
            sections = await digests.gather(unit, meeting, self.door.rules, visit.now, reader=visit.viewer)
            shown = {(type(row), row.key): row for row in (*order.listed, *sections.shown)}
            record_shown(unit, "shown", shown.values(), by=visit.viewer, now=visit.now, where="agenda")
        runs = visit.viewer.runs(place.group_id)
        first = messages.order(self.door.words, agenda, runs=runs, chairs=chairs)
        second = digests.render(self.door.words, sections, lead=None)
        return Say(Message(f"{first.markdown}\n\n{second.markdown}"))

    async def arrange(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            meeting = await services.to_arrange(unit, number_in(ask.value), self._hand(visit))
            return Open(await self._page(unit, meeting, visit))

    async def turn(self, ask: Ask, visit: Visit) -> Reply:
        meeting_id, number = _meant(ask.value)
        async with self.door.store.begin() as unit:
            meeting = await services.to_arrange(unit, meeting_id, self._hand(visit))
            return Turn(await self._page(unit, meeting, visit, number=number))

    async def put_before(self, ask: Ask, visit: Visit) -> Reply:
        """Of two neighbours the later comes first; both Earlier and Later are that. The page stays with `follow`."""
        meeting_id, things = _meant(ask.value)
        thing, _, rest = things.partition(".")
        before, _, follow = rest.partition(".")
        hand = self._hand(visit)
        async with self.door.store.begin() as unit:
            meeting = await services.to_arrange(unit, meeting_id, hand)
            await services.put_before(unit, meeting, thing, before, hand)
            return Turn(await self._page(unit, meeting, visit, about=follow))

    async def take_off(self, ask: Ask, visit: Visit) -> Reply:
        meeting_id, thing = _meant(ask.value)
        async with self.door.store.begin() as unit:
            meeting = await services.to_arrange(unit, meeting_id, self._hand(visit))
            await services.take_off(unit, meeting, thing, self._hand(visit))
            return Turn(await self._page(unit, meeting, visit, about=thing))

    async def put_back(self, ask: Ask, visit: Visit) -> Reply:
        meeting_id, thing = _meant(ask.value)
        async with self.door.store.begin() as unit:
            meeting = await services.to_arrange(unit, meeting_id, self._hand(visit))
            await services.put_back(unit, meeting, thing, self._hand(visit))
            return Turn(await self._page(unit, meeting, visit, about=thing))

    async def add_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            meeting = await services.to_arrange(unit, number_in(ask.value), self._hand(visit))
        parts = (
            Text("title", TITLE, required=False),
            Search("provider", "provider", required=False),
            *_time_and_guest("", "", ""),
        )
        return Turn(self.door.words.form(Form("agenda.add", parts, {"meeting": str(meeting.key)})))

    async def add(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            meeting = await services.to_arrange(unit, number_in(ask.memo["meeting"]), self._hand(visit))
            await services.add_item(unit, meeting, _draft(ask), ask.key, self._hand(visit))
            return Turn(await self._page(unit, meeting, visit))

    async def change_form(self, ask: Ask, visit: Visit) -> Reply:
        meeting_id, thing = _meant(ask.value)
        async with self.door.store.look() as unit:
            meeting = await services.to_arrange(unit, meeting_id, self._hand(visit))
            one = await services.to_change(unit, meeting, thing, self._hand(visit))
        memo = {"meeting": str(meeting.key), "thing": thing, "was": services.print_of(one)}
        return Turn(self.door.words.form(Form("agenda.change", _fields(one), memo)))

    async def change(self, ask: Ask, visit: Visit) -> Reply:
        thing, hand = ask.memo["thing"], self._hand(visit)
        async with self.door.store.begin() as unit:
            meeting = await services.to_arrange(unit, number_in(ask.memo["meeting"]), hand)
            await services.change_item(unit, meeting, thing, ask.memo["was"], _draft(ask), hand)
            return Turn(await self._page(unit, meeting, visit, about=thing))

    async def concern_on(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            placed = await concerns.put_concern_on(unit, ask.value, self._hand(visit))
            return Open(self.door.words.page("agenda.concern", p=placed, asked=False))

    async def concern_off(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            placed = await concerns.take_concern_off(unit, ask.value, self._hand(visit))
            return Open(self.door.words.page("agenda.concern", p=placed, asked=False))

    async def concern_ask(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            placed = await concerns.ask_for(unit, ask.value, self._hand(visit))
            return Open(self.door.words.page("agenda.concern", p=placed, asked=not placed.number))

    def _hand(self, visit: Visit) -> Hand:
        return Hand(visit.viewer, visit.now, self.door.rules)

    async def _page(self, unit: Unit, meeting: Meeting, visit: Visit, *, number: str = "", about: str = "") -> Form:
        """That page of the agenda, or the one on which something stands; otherwise the first."""
        order = await services.order_to_read(unit, meeting, self._hand(visit), "agenda.arrange")
        agenda = await self._agenda(unit, meeting, order, visit)
        every = [line.one.thing for line in (*agenda.lines, *agenda.off)]
        last = max(1, -(-len(every) // PAGE_SIZE))
        page = every.index(about) // PAGE_SIZE + 1 if about in every else page_meant(number, last)
        return messages.page(self.door.words, agenda, page, last)

    async def _agenda(self, unit: Unit, meeting: Meeting, order: Order, visit: Visit) -> Agenda:
        group = await unit.get(Group, meeting.group_id)
        named = {one.provider.key for one in (*order.business, *order.off) if one.provider}
        outside = await outside_footprint(unit, group.key, named, visit.today)
        return messages.agenda_of(meeting, group, order, outside, self.door.rules.calendar)


def _meant(value: str) -> tuple[int, str]:
    """The meeting's number, and what is meant in it. Raises `NotFound` for a value that is not ours."""
    meeting, _, rest = value.partition(".")
    return number_in(meeting), rest


def _fields(one: Business) -> tuple[Text | Tick, ...]:
    """What may be changed of an item, as it stands. A concern has its own headline."""
    item = one.item
    title = Text("title", TITLE, required=one.provider is None, initial=item.title if item else "")
    guest = read_guest(item.guest if item else "")
    fields = _time_and_guest(str(item.minutes or "") if item else "", guest.who, guest.email)
    return fields if one.concern else (title, *fields)


def _time_and_guest(minutes: str, who: str, email: str) -> tuple[Text | Tick, ...]:
    return (
        Text("minutes", NUMBER, required=False, initial=minutes),
        Text("who", WHO, required=False, initial=who),
        Text("email", EMAIL, required=False, initial=email),
        Tick("vouched"),
    )


def _draft(ask: Ask) -> ItemDraft:
    """Raises `NotFound` for a provider that no list of ours has offered."""
    typed = {name: str(ask.answers.get(name) or "") for name in ("title", "minutes", "who", "email", "provider")}
    provider = typed.pop("provider")
    return ItemDraft(
        provider_id=number_in(provider) if provider else None, vouched=bool(ask.answers.get("vouched")), **typed
    )
