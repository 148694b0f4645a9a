"""Who is overdue: a group's actions by organisation and owner, for those who run it."""

from dataclasses import dataclass

from bot.chat.port import Ask, Reply, Say
from bot.errors import NotYours
from bot.handlers.door import Door, Visit, which_group
from bot.messages import reminders as messages
from bot.store.journal import record_shown
from bot.store.reminders import overdue_in


@dataclass(frozen=True)
class OverdueDesk:
    """The same as `/action overdue`, from a button that carries the group's short name."""

    door: Door

    def register(self) -> None:
        self.door.listeners.buttons["action.overdue"] = self.door.opens(self.overdue)

    async def overdue(self, ask: Ask, visit: Visit) -> Reply:
        return await who_is_overdue(self.door, ask, ask.value, visit)


async def who_is_overdue(door: Door, ask: Ask, words: str, visit: Visit) -> Reply:
    """A group's overdue actions, for its chair and its secretariat."""
    place = which_group(ask, words, visit.viewer, command="/action overdue")
    if not visit.viewer.runs(place.group_id):
        raise NotYours(who="the chair or the secretariat of the group")
    async with door.store.begin() as unit:
        lines = await overdue_in(unit, [place.group_id], visit.viewer, visit.today)
        shown = [line.action for line in lines]
        record_shown(unit, "shown", shown, by=visit.viewer, now=visit.now, where="action.overdue")
        calendar = door.rules.calendar
        return Say(
            await messages.who_is_overdue(unit, door.words, lines, group=place.name, now=visit.now, calendar=calendar)
        )
