"""A person at their screen, for tests and demonstrations: they go by labels and words, not by ids."""

from typing import Any

from bot.playground.choosing import Chooser
from bot.playground.errors import NotPossible
from bot.playground.files import File
from bot.playground.finding import element_called, field_called
from bot.playground.interactions import Interactions, Place
from bot.playground.outcome import Outcome
from bot.playground.things import Shown, View, show
from bot.playground.values import Values

Where = View | Shown


class Persona:
    """One person. A message or view argument is what `messages()`, `modal` or `home` gave."""

    def __init__(self, user_id: str, interactions: Interactions) -> None:
        self.id = user_id
        self._do = interactions
        self._chooser = Chooser(user_id, interactions)

    @property
    def modal(self) -> View | None:
        """The form on top of this person's screen."""
        stack = self._do.space.stacks.get(self.id)
        return stack[-1] if stack else None

    @property
    def modals(self) -> list[View]:
        """All open forms, the one on top last."""
        return list(self._do.space.stacks.get(self.id, []))

    @property
    def home(self) -> View | None:
        """The app's Home tab, once the app has published it."""
        return self._do.space.homes.get(self.id)

    @property
    def dm_id(self) -> str:
        """The id of the direct message with the bot."""
        return self._do.space.dm_with(self.id).id

    def messages(self, channel: str) -> list[Shown]:
        """What this person sees in a channel they are in, oldest first, with what is for their eyes only."""
        found = self._do.channel(self.id, channel)
        return [show(message, self.id) for message in found.messages if message.seen_by(self.id)]

    def files(self, channel: str) -> list[File]:
        """The files this person sees in a channel they are in, threads included, oldest first."""
        shown = [each for message in self.messages(channel) for each in (message, *message.thread)]
        return [file for message in sorted(shown, key=lambda message: message.ts) for file in message.files]

    def dms(self) -> list[Shown]:
        """What this person sees in the direct message with the bot."""
        return self.messages(self.dm_id)

    async def command(self, name: str, text: str = "", channel: str | None = None) -> Outcome:
        """Type a slash command, by default in the direct message with the bot."""
        return await self._do.command(self.id, channel or self.dm_id, name, text)

    async def shortcut(self, callback_id: str) -> Outcome:
        """Start a global shortcut."""
        return await self._do.shortcut(self.id, callback_id)

    async def message_shortcut(self, callback_id: str, message: Shown) -> Outcome:
        """Start a shortcut from a message's menu."""
        return await self._do.message_shortcut(self.id, callback_id, message.channel, message.ts)

    async def say(self, channel: str, text: str, thread_ts: str | None = None) -> Shown:
        """Write a message, or a reply in a thread."""
        return show(await self._do.say(self.id, channel, text, thread_ts), self.id)

    async def open_home(self) -> View | None:
        """Open the app's Home tab."""
        await self._do.open_home(self.id)
        return self.home

    async def press(self, where: Where, name: str, value: Any = None) -> Outcome:
        """Press a button by its label or action id, or choose `value` in another element.

        Where several buttons bear the name, `value` (a button's value) says which.
        """
        place = self._place(where)
        block, element = element_called(place.blocks, name, value if isinstance(value, str) else None)
        chosen: dict[str, Any] = {}
        if element["type"] != "button":
            chosen = await self._chooser.entry(place, block, element, value)
        return await self._do.press(self.id, place, block["block_id"], element["action_id"], chosen)

    async def choose(self, where: Where, name: str, said: Any) -> Outcome:
        """Choose by the words of an option, loading options over the wire where the field asks for them.

        Outside an input block (or with `dispatch_action`) the app hears of it at once.
        """
        place = self._place(where)
        block, element = element_called(place.blocks, name)
        entry = await self._chooser.entry(place, block, element, said)
        if block["type"] == "input" and not block.get("dispatch_action"):
            if place.view is None:
                raise NotPossible("A message keeps no choices.")
            place.view.values[block["block_id"]][element["action_id"]] = entry
            self._do.space.changed()
            return Outcome(acked=True)
        return await self._do.press(self.id, place, block["block_id"], element["action_id"], entry)

    async def options(self, where: Where, name: str, query: str) -> list[dict[str, Any]]:
        """What an external select offers for `query`, groups laid flat."""
        place = self._place(where)
        block, element = element_called(place.blocks, name)
        return await self._chooser.load(place, block, element, query)

    async def submit(self, view: View, values: dict[str, Any] | None = None) -> Outcome:
        """Fill in fields by block id and submit; fields not named keep what they hold.

        The app hears at once of a choice in a field with `dispatch_action`, as it would from Slack.
        """
        typed = await self._typed(view, values or {})
        for block in [block for block in view.blocks if block.get("dispatch_action") and block["block_id"] in typed]:
            for action_id, entry in typed[block["block_id"]].items():
                if "input" not in entry["type"] and entry != view.values[block["block_id"]][action_id]:
                    await self._do.press(self.id, self._place(view), block["block_id"], action_id, entry, typed)
        return await self._do.submit(self.id, self._open(view), typed)

    async def fill(self, view: View, values: dict[str, Any]) -> None:
        """Fill in fields by block id without submitting."""
        for block_id, actions in (await self._typed(self._open(view), values)).items():
            view.values[block_id].update(actions)
        self._do.space.changed()

    async def close(self, view: View, *, everything: bool = False) -> None:
        """Cancel a form, or with `everything` close the whole stack by its cross."""
        await self._do.close(self.id, self._open(view), everything=everything)

    async def join(self, channel: str) -> None:
        """Join a channel."""
        await self._do.joined(self.id, self._do.space.channels[channel])

    async def invite(self, channel: str, user_id: str) -> None:
        """Bring someone, or the bot, into a channel this person is in."""
        await self._do.joined(user_id, self._do.channel(self.id, channel), self.id)

    async def leave(self, channel: str) -> None:
        """Leave a channel."""
        await self._do.left(self.id, self._do.channel(self.id, channel))

    async def _typed(self, view: View, values: dict[str, Any]) -> Values:
        place = self._place(view)
        typed: Values = {}
        for name, value in values.items():
            block, element = field_called(view.blocks, name)
            entry = await self._chooser.entry(place, block, element, value)
            typed.setdefault(block["block_id"], {})[element["action_id"]] = entry
        return typed

    def _open(self, view: View) -> View:
        return self._do.view(self.id, view.id)

    def _place(self, where: Where) -> Place:
        if isinstance(where, View):
            view = self._open(where)
            return Place(view=view, blocks=view.blocks)
        message = self._do.message(self.id, where.channel, where.ts)
        # The picture taken earlier counts: a screen may be behind what the app has since changed.
        return Place(message=message, blocks=where.blocks)
