"""`/agenda`: the next meeting's digest as it would be posted now, of that what the person asking may see."""

from dataclasses import dataclass

from bot.chat.port import Ask, Reply, Say
from bot.handlers.door import Door, Visit, which_group
from bot.messages import agenda as messages
from bot.store.groups import next_meeting
from bot.store.journal import record_shown


@dataclass(frozen=True)
class AgendaDesk:
    """Between meetings, what the next one will look at."""

    door: Door

    def register(self) -> None:
        self.door.listeners.commands["agenda"] = self.door.opens(self.command)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        if ask.words.strip().casefold() == "help":
            return Say(self.door.words.render("help.agenda"))
        place = which_group(ask, ask.words, visit.viewer, command="/agenda")
        async with self.door.store.begin() as unit:
            meeting = await next_meeting(unit, place.group_id, visit.now)
            if meeting is None:
                return Say(self.door.words.render("agenda.none", group=place.name))
            sections = await messages.gather(unit, meeting, self.door.rules, visit.now, reader=visit.viewer)
            record_shown(unit, "shown", sections.shown, by=visit.viewer, now=visit.now, where="agenda")
        return Say(messages.render(self.door.words, sections, lead=None))
