"""`/soundings requests`: what is asked of providers; proposing to ask, and saying what one's organisation holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.chat.port import Ask, Choice, Day, Field, Form, Open, Option, Reply, Search, Text, Tick, Turn, Words
from bot.domain.information import REASON_LIMIT, WANTED_LIMIT, WORDS_LIMIT, Holding, RequestAct
from bot.errors import NoGroup, NotFound
from bot.handlers.door import Door, Visit, which_group
from bot.handlers.fields import OPTION_LIMIT, blank, chosen_number, number_in, provider_option
from bot.messages import information as messages
from bot.services import information as services
from bot.services.information_core import to_act
from bot.store.groups import watching
from bot.store.information import burden_of, known_about, requests_of_group
from bot.store.journal import record
from bot.store.tables import Provider
from bot.store.unit import Unit

WORDS_OF = {one.name.lower(): one for one in Holding}
VOUCHED = Tick("vouched")


@dataclass(frozen=True)
class InformationDesk:
    """Nobody asks a provider for what another member holds or has asked for [000 4.16, 5.2]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        self.door.topics["requests"] = self.show
        at.buttons["information.list"] = opens(self.turn)
        at.buttons["information.open"] = opens(self.open)
        at.buttons["information.new"] = opens(self.form)
        at.changes["information.new"] = opens(self.look)
        at.forms["information.new"] = opens(self.propose)
        at.buttons["information.say"] = opens(self.say_form)
        at.forms["information.say"] = opens(self.say)

    async def show(self, ask: Ask, visit: Visit) -> Reply:
        place = which_group(ask, ask.words, visit.viewer, command="/soundings requests")
        return Open(await self._list(place.group_id, 1, visit))

    async def turn(self, ask: Ask, visit: Visit) -> Reply:
        group, _, page = ask.value.partition(".")
        return Turn(await self._list(number_in(group), number_in(page), visit))

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            return Open(await request_page(self.door, unit, ask.value, visit))

    async def form(self, ask: Ask, visit: Visit) -> Reply:
        """The form: about a provider by its number, which is 0 for one still to be chosen; then perhaps the group."""
        provider, _, group = ask.value.partition(".")
        if not visit.viewer.groups:
            raise NoGroup
        async with self.door.store.look() as unit:
            key = number_in(provider)
            wanted = number_in(group) if group else await self._watching(unit, key, visit)
            memo = {"opened": ask.key, "group": str(wanted)}
            return Open(await self._form(unit, key, memo, visit))

    async def look(self, ask: Ask, visit: Visit) -> Reply:
        """What is known about the provider that was just chosen, before anything is sent."""
        async with self.door.store.look() as unit:
            return Turn(await self._form(unit, chosen_number(ask, "provider"), ask.memo, visit))

    async def propose(self, ask: Ask, visit: Visit) -> Reply:
        """Sent before it said what is known about this provider, it says that first."""
        provider = chosen_number(ask, "provider")
        if ask.memo.get("known") != str(provider):
            return await self.look(ask, visit)
        draft = services.RequestDraft(
            number_in(str(ask.answers.get("group") or ask.memo.get("group", ""))),
            provider,
            _typed(ask, "wanted"),
            _typed(ask, "reason"),
            chosen_day(ask, "due_on"),
            bool(ask.answers.get("vouched")),
        )
        key = ask.memo.get("opened") or ask.key
        async with self.door.store.begin() as unit:
            request = await services.propose(
                unit, draft, by=visit.viewer, key=key, now=visit.now, rules=self.door.rules
            )
            return Turn(await request_page(self.door, unit, request.reference, visit))

    async def say_form(self, ask: Ask, visit: Visit) -> Reply:
        reference, _, word = ask.value.partition(".")
        if word not in WORDS_OF:
            raise NotFound(what=reference)
        async with self.door.store.look() as unit:
            seen = await to_act(unit, reference, RequestAct.SAY, by=visit.viewer, today=visit.today)
        parts = (
            Choice("holding", blank(WORDS_OF), radio=True, initial=(word,)),
            Text("text", WORDS_LIMIT, multiline=True, required=False),
            VOUCHED,
        )
        return Open(self.door.words.form(Form("information.say", parts, {"request": seen.request.reference})))

    async def say(self, ask: Ask, visit: Visit) -> Reply:
        reference, word = ask.memo.get("request", ""), WORDS_OF.get(_typed(ask, "holding"))
        if word is None:
            raise NotFound(what=reference)
        async with self.door.store.begin() as unit:
            await services.say(
                unit,
                reference,
                word,
                _typed(ask, "text"),
                vouched=bool(ask.answers.get("vouched")),
                by=visit.viewer,
                now=visit.now,
                rules=self.door.rules,
            )
            return Turn(await request_page(self.door, unit, reference, visit))

    async def _list(self, group_id: int, page: int, visit: Visit) -> Form:
        place = next((one for one in visit.viewer.groups if one.group_id == group_id), None)
        if place is None or page < 1:
            raise NotFound(what=str(group_id))
        async with self.door.store.begin() as unit:
            lines, more = await requests_of_group(unit, group_id, visit.viewer, visit.today, visit.now, page)
            asked = {one.request.provider_id for one in lines}
            burdens = await burden_of(unit, asked, visit.viewer, visit.today)
            record(unit, "information requests listed", by=visit.viewer, now=visit.now, group_id=group_id)
        seen = messages.ListPage(place, lines, burdens, page, more)
        return messages.list_page(self.door.words, seen, visit.today)

    async def _form(self, unit: Unit, provider_id: int, memo: Mapping[str, str], visit: Visit) -> Form:
        """The form, with what is known about the provider, unless it is 0. Raises `NotFound` and `Conflicted`."""
        parts: tuple[Field | Words, ...] = _group_field(visit, memo.get("group", ""))
        if not provider_id:
            parts += (Search("provider", "provider", tells=True), *_FIELDS)
            return self.door.words.form(Form("information.new", parts, memo))
        family = await services.check_provider(unit, provider_id, by=visit.viewer, today=visit.today)
        chosen = (provider_option(await unit.get(Provider, provider_id)),)
        watched = {one.key for one in await watching(unit, family, visit.today)} & set(visit.viewer.group_ids)
        lines = await known_about(unit, provider_id, visit.viewer, visit.today, visit.now)
        burden = (await burden_of(unit, [provider_id], visit.viewer, visit.today))[provider_id]
        known = Words(messages.known(self.door.words, lines, burden, watched=bool(watched)))
        parts += (Search("provider", "provider", initial=chosen, tells=True), known, *_FIELDS)
        return self.door.words.form(Form("information.new", parts, {**memo, "known": str(provider_id)}))

    async def _watching(self, unit: Unit, provider_id: int, visit: Visit) -> int:
        """The first of this person's groups that watches the provider, or their first."""
        watched = {one.key for one in await watching(unit, [provider_id], visit.today)}
        mine = visit.viewer.group_ids
        return next((key for key in mine if key in watched), mine[0])


_FIELDS = (
    Text("wanted", WANTED_LIMIT, multiline=True),
    Text("reason", REASON_LIMIT, multiline=True),
    Day("due_on"),
    VOUCHED,
)


async def request_page(door: Door, unit: Unit, reference: str, visit: Visit) -> Form:
    """The page of one request. Raises `NotFound`."""
    seen = await services.open_request(unit, reference, by=visit.viewer, now=visit.now, rules=door.rules)
    return messages.page(door.words, await messages.gather(unit, seen, visit.viewer, visit.today), visit.today)


def chosen_day(ask: Ask, field: str) -> date | None:
    """The day in a field of a form."""
    day = ask.answers.get(field)
    return day if isinstance(day, date) else None


def _group_field(visit: Visit, wanted: str) -> tuple[Field, ...]:
    """Which group, for somebody who belongs to several."""
    offered = tuple(Option(str(one.group_id), one.name[:OPTION_LIMIT]) for one in visit.viewer.groups)
    known = wanted if wanted in {one.value for one in offered} else offered[0].value
    return (Choice("group", offered, initial=(known,)),) if len(offered) > 1 else ()


def _typed(ask: Ask, field: str) -> str:
    return str(ask.answers.get(field) or "")
