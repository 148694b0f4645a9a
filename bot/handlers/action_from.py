"""An action added from where somebody reads of it: a message in any conversation, or a meeting's digest."""

import asyncio
from dataclasses import dataclass, replace

from bot.chat.port import Ask, Choice, Field, Form, Open, Option, Reply, Search, Words
from bot.domain.action_log import references_in
from bot.errors import NotFound
from bot.handlers.action import ActionDesk
from bot.handlers.door import Door, Visit
from bot.handlers.fields import number_in, provider_option
from bot.services.action_log import place_of
from bot.store.action_from import provider_named
from bot.store.journal import record_shown
from bot.store.tables import Meeting, Provider


@dataclass(frozen=True)
class ActionFromDesk:
    """The usual form for an action, with what is known of where it comes from already in it."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.shortcuts["action.from_message"] = opens(self.from_message)
        at.buttons["action.from_digest"] = opens(self.from_digest)
        at.buttons["action.log.add"] = opens(self.from_log)

    async def from_message(self, ask: Ask, visit: Visit) -> Reply:
        """The message's address is kept, and never its words: of them only a reference is looked at."""
        if ask.quoted is None:
            raise NotFound(what="this message")
        link, provider, form = await asyncio.gather(
            ask.quoted.link(), self._about(ask.quoted.text, visit), self._form(ask, visit)
        )
        note = Words(self.door.words.render("action_from.source", linked=bool(link)))
        form = _with(form, "provider", provider_option(provider)) if provider else form
        return Open(replace(form, parts=(*form.parts, note), memo={"source": link} if link else {}))

    async def from_digest(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            meeting = await unit.find(Meeting, number_in(ask.value))
        if meeting is None or meeting.group_id not in visit.viewer.group_ids:
            raise NotFound(what="this meeting")
        form = _with(await self._form(ask, visit), "group", Option(str(meeting.group_id), ""))
        return Open(replace(form, memo={"meeting": str(meeting.key)}))

    async def from_log(self, ask: Ask, visit: Visit) -> Reply:
        place = place_of(visit.viewer, number_in(ask.value))
        return Open(_with(await self._form(ask, visit), "group", Option(str(place.group_id), "")))

    async def _form(self, ask: Ask, visit: Visit) -> Form:
        """The form as `/action add` opens it there."""
        opened = await ActionDesk(self.door).add_form(ask, visit)
        assert isinstance(opened, Open)  # noqa: S101  # it answers with nothing else
        return opened.form

    async def _about(self, text: str, visit: Visit) -> Provider | None:
        """The provider of what the text refers to. To be shown it is to have read what it was taken from."""
        references = references_in(text)
        if not references:
            return None
        async with self.door.store.begin() as unit:
            provider, read = await provider_named(unit, references, visit.viewer, visit.today)
            record_shown(unit, "shown", read, by=visit.viewer, now=visit.now, where="action.from_message")
        return provider


def _with(form: Form, name: str, *initial: Option) -> Form:
    """The form with that field filled in already."""
    return replace(form, parts=tuple(_filled(part, name, initial) for part in form.parts))


def _filled(part: Field | Words, name: str, initial: tuple[Option, ...]) -> Field | Words:
    match part:
        case Search() if part.name == name:
            return replace(part, initial=initial)
        case Choice() if part.name == name:
            return replace(part, initial=tuple(option.value for option in initial))
        case _:
            return part
