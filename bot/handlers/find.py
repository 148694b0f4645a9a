"""`/find words`: what one may read, found by what it says; a reference opens at once."""

from dataclasses import dataclass, replace

from bot.chat.port import Ask, Form, Open, Reply, Say, Turn
from bot.domain.action_log import page_meant
from bot.domain.finding import LONGEST, read_sought, reference_in
from bot.handlers.door import Door, Visit
from bot.messages import finding as messages
from bot.store.finding import MOST, PAGE_SIZE, find_concerns
from bot.store.journal import record_shown

# What opens whatever a reference begins with.
OPENERS = {"C": "concern.open", "E": "escalation.open", "A": "action.open", "P": "panel.open"}


@dataclass(frozen=True)
class FindDesk:
    """What was typed travels in the page's memo."""

    door: Door

    def register(self) -> None:
        self.door.listeners.commands["find"] = self.door.opens(self.command)
        self.door.listeners.buttons["find.page"] = self.door.opens(self.turn)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        typed = ask.words.strip()
        if typed.casefold() in ("", "help"):
            return Say(self.door.words.render("help.find", themes=self.door.rules.policy.themes))
        if reference := reference_in(typed):
            return await self.door.listeners.buttons[OPENERS[reference[0]]](replace(ask, value=reference))
        return Open(await self._page(typed, 1, visit))

    async def turn(self, ask: Ask, visit: Visit) -> Reply:
        return Turn(await self._page(ask.memo.get("words", ""), page_meant(ask.value, MOST // PAGE_SIZE), visit))

    async def _page(self, typed: str, number: int, visit: Visit) -> Form:
        sought = read_sought(typed)
        themes = self.door.rules.policy.themes
        async with self.door.store.begin() as unit:
            found = await find_concerns(unit, sought, themes, visit.viewer, visit.today, number)
            shown = [one.concern for one in found.lines]
            record_shown(unit, "shown", shown, by=visit.viewer, now=visit.now, where="find")
            page = messages.page(self.door.words, found, sought, typed[:LONGEST], self.door.rules)
            return replace(page, memo={"words": typed[: LONGEST + 1]})
