"""The agenda digest's buttons: going through its items, reading it whole, posting it before its time."""

from dataclasses import dataclass

from bot.chat.port import Ask, Form, Open, Reply, Say, Turn
from bot.errors import NotFound
from bot.handlers.door import Door, Visit
from bot.handlers.fields import number_in
from bot.messages import agenda as messages
from bot.messages import digest_items
from bot.services.digests import publish_now
from bot.store.digests import restricted_for
from bot.store.journal import record_shown
from bot.store.meetings import meeting_of
from bot.store.tables import Meeting
from bot.store.unit import Unit


@dataclass(frozen=True)
class DigestDesk:
    """What a meeting will look at [003 §96-99], for one person's eyes."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["digest.items"] = opens(self.items)
        at.buttons["digest.page"] = opens(self.turn)
        at.buttons["digest.read"] = opens(self.read)
        at.buttons["digest.publish"] = opens(self.publish)

    async def items(self, ask: Ask, visit: Visit) -> Reply:
        return Open(await self._page(ask.value, "1", visit))

    async def turn(self, ask: Ask, visit: Visit) -> Reply:
        meeting, _, number = ask.value.partition(".")
        return Turn(await self._page(meeting, number, visit))

    async def read(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            meeting = await _meeting(unit, ask.value, visit)
            sections = await messages.gather(unit, meeting, self.door.rules, visit.now, reader=visit.viewer)
            record_shown(unit, "shown", sections.shown, by=visit.viewer, now=visit.now, where="digest.read")
        return Open(messages.page(self.door.words, sections))

    async def publish(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            meeting_id = number_in(ask.value)
            fresh = await publish_now(unit, meeting_id, by=visit.viewer, now=visit.now, rules=self.door.rules)
        return Say(self.door.words.render("agenda.published", fresh=fresh))

    async def _page(self, meeting_id: str, number: str, visit: Visit) -> Form:
        async with self.door.store.begin() as unit:
            meeting, viewer = await _meeting(unit, meeting_id, visit), visit.viewer
            sections = await messages.gather(unit, meeting, self.door.rules, visit.now, reader=viewer)
            beside = await restricted_for(unit, meeting, viewer, visit.today)
            items = digest_items.listed(sections, beside, self.door.rules)
            form, some = digest_items.page(self.door.words, sections.group, meeting.key, items, number)
            shown = [one.shown for one in some if one.shown]
            record_shown(unit, "shown", shown, by=viewer, now=visit.now, where="digest.items")
        return form


async def _meeting(unit: Unit, value: str, visit: Visit) -> Meeting:
    """One of their groups' meetings. Raises `NotFound`."""
    meeting = await meeting_of(unit, number_in(value), visit.viewer.group_ids)
    if meeting is None:
        raise NotFound(what="this meeting")
    return meeting
