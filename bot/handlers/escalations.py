"""All of `/escalations`: what is open and for how long, and how a quarter went."""

from dataclasses import dataclass, replace

from bot.chat.port import Ask, Reply, Say
from bot.domain.handling import Place, Viewer
from bot.errors import NotUnderstood
from bot.handlers.door import Door, Visit, which_group
from bot.messages import escalation_figures as messages
from bot.store.escalation_figures import open_escalations
from bot.store.journal import record

COMMAND = "/escalations"


@dataclass(frozen=True)
class EscalationsDesk:
    """For the chair and the secretariat their group's; for everybody else their own organisation's."""

    door: Door

    def register(self) -> None:
        self.door.listeners.commands["escalations"] = self.door.opens(self.command)
        self.door.listeners.buttons["escalations.figures"] = self.door.opens(self.figures)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        first, _, rest = ask.words.strip().partition(" ")
        match first.casefold():
            case "help":
                return Say(self.door.words.render("help.escalations", viewer=visit.viewer))
            case "figures":
                return await self._figures(_place(ask, rest, visit.viewer), visit)
            case "mine":
                return await self._list(None, visit)
            case _:
                return await self._list(_place(ask, ask.words, visit.viewer), visit)

    async def figures(self, ask: Ask, visit: Visit) -> Reply:
        """From a message: of the group that the button names, or of their own organisation."""
        place = next(
            (one for one in visit.viewer.groups if visit.viewer.runs(one.group_id) and one.slug == ask.value), None
        )
        return await self._figures(place, visit)

    async def _list(self, place: Place | None, visit: Visit) -> Reply:
        group_id, group = (place.group_id, place.name) if place else (None, "")
        viewer, today, rules = visit.viewer, visit.today, self.door.rules
        async with self.door.store.begin() as unit:
            found = await open_escalations(unit, viewer, today, group_id=group_id, limit=messages.LISTED)
            record(unit, "escalations listed", by=viewer, now=visit.now, group_id=group_id)
        return Say(messages.listed(self.door.words, found, viewer, rules, today, group=group))

    async def _figures(self, place: Place | None, visit: Visit) -> Reply:
        group_id, group = (place.group_id, place.name) if place else (None, "")
        viewer, rules = visit.viewer, self.door.rules
        async with self.door.store.begin() as unit:
            said = await messages.shown(
                unit, self.door.words, viewer, rules, visit.today, group_id=group_id, group=group
            )
            record(unit, "escalation figures read", by=viewer, now=visit.now, group_id=group_id)
        return Say(said)


def _place(ask: Ask, words: str, viewer: Viewer) -> Place | None:
    """The group meant, of those they run; None for whoever runs none. Raises `WrongPlace` and `NotUnderstood`."""
    runs = tuple(place for place in viewer.groups if viewer.runs(place.group_id))
    if runs:
        return which_group(ask, words, replace(viewer, groups=runs), command=COMMAND)
    if words.strip():
        raise NotUnderstood(words=words, command=COMMAND)
    return None
