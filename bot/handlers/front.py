"""`/soundings`, help, and the page of one's own that the platform keeps for the bot."""

from dataclasses import dataclass, replace

from bot.chat.port import Ask, Reply, Say, ShowHome
from bot.errors import NotUnderstood
from bot.handlers.door import Door, Visit
from bot.messages.home import home
from bot.store.journal import record_shown


@dataclass(frozen=True)
class FrontDesk:
    """Where a newcomer starts."""

    door: Door

    def register(self) -> None:
        self.door.listeners.commands["soundings"] = self.door.opens(self.command)
        self.door.listeners.buttons["soundings.help"] = self.door.opens(self.help)
        self.door.listeners.home["home"] = self.door.opens(self.home)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        topic, _, rest = ask.words.strip().partition(" ")
        if topic.casefold() in ("", "help"):
            return await self.help(ask, visit)
        method = self.door.topics.get(topic.casefold())
        if method is None:
            raise NotUnderstood(words=ask.words.strip(), command="/soundings")
        return await method(replace(ask, words=rest.strip()), visit)

    async def help(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        return Say(self.door.words.render("help.soundings", viewer=visit.viewer))

    async def home(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        async with self.door.store.begin() as unit:
            message, shown = await home(unit, self.door.words, visit.viewer, self.door.rules, visit.now)
            record_shown(unit, "shown", shown, by=visit.viewer, now=visit.now, where="home")
        return ShowHome(message)
