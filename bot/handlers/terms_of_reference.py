"""`/soundings terms`: a group's terms of reference, as a document by direct message."""

from dataclasses import dataclass

from bot.chat.port import Ask, Reply, Say
from bot.handlers.door import Door, Visit, which_group
from bot.messages import terms_of_reference as messages
from bot.services.terms_of_reference import ask_for_terms


@dataclass(frozen=True)
class TermsDesk:
    """Why a group exists, who belongs to it, and how it works."""

    door: Door

    def register(self) -> None:
        self.door.topics["terms"] = self.send
        self.door.listeners.buttons["terms.send"] = self.door.opens(self.send)

    async def send(self, ask: Ask, visit: Visit) -> Reply:
        """Of the group named, by a button or in words, or of the one whose channel it is typed in."""
        place = which_group(ask, ask.value or ask.words, visit.viewer, command="/soundings terms")
        async with self.door.store.begin() as unit:
            group = await ask_for_terms(unit, place.group_id, by=visit.viewer, now=visit.now, today=visit.today)
        return Say(messages.asked(self.door.words, group))
