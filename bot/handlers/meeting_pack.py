"""`/meeting pack` and the button of the same words: a meeting's pack, by direct message."""

from dataclasses import dataclass

from bot.chat.port import Ask, Open, Reply, Say
from bot.handlers.door import Door, Visit, which_group
from bot.messages import meeting_pack as messages
from bot.services.meeting_packs import ask_for_pack
from bot.store.groups import next_meeting
from bot.store.meetings import meeting_named


@dataclass(frozen=True)
class PackDesk:
    """What a meeting is to look at, as a document."""

    door: Door

    def register(self) -> None:
        self.door.listeners.buttons["meeting_pack.send"] = self.door.opens(self.send)

    async def send(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            found = await ask_for_pack(unit, ask.value, by=visit.viewer, now=visit.now, today=visit.today)
        return Open(messages.asked(self.door.words, *found))

    async def command(self, ask: Ask, words: str, visit: Visit) -> Reply:
        """Of the meeting named, or else of the next one of the group that is named or in whose channel it is typed."""
        async with self.door.store.begin() as unit:
            name = words.strip()
            if not name or not await meeting_named(unit, name, visit.viewer.group_ids):
                place = which_group(ask, words, visit.viewer, command="/meeting pack")
                meeting = await next_meeting(unit, place.group_id, visit.now)
                if meeting is None:
                    return Say(self.door.words.render("agenda.none", group=place.name))
                name = meeting.slug
            found = await ask_for_pack(unit, name, by=visit.viewer, now=visit.now, today=visit.today)
        return Say(messages.asked_here(self.door.words, *found))
