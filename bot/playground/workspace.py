"""The workspace in memory: who is there, what was said, which forms are open."""

import copy
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from bot.playground.clock import MovableClock
from bot.playground.errors import SlackError
from bot.playground.files import File
from bot.playground.limits import elements_in
from bot.playground.seed import Seed
from bot.playground.things import Blocks, Channel, Message, User, View
from bot.playground.values import initial_values, kept_values

STACK = 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Workspace:
    """One Slack workspace with one app installed; `changed` callbacks run after every change."""

    def __init__(self, seed: Seed, clock: MovableClock) -> None:
        self.seed = seed
        self.clock = clock
        self.bot_user_id = "U0BOT"
        self.bot_id = "B0BOT"
        self.app_id = "A0SOUND"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.watchers: list[Callable[[], None]] = []
        self._last_ts = 0
        self._numbers: dict[str, int] = {}
        self._settle_in()

    def _settle_in(self) -> None:
        seed = self.seed
        bot = User(self.bot_user_id, seed.bot_name, seed.bot_real_name, team_id=seed.team_id, is_bot=True)
        people = [
            User(
                id=user.id,
                name=user.name,
                real_name=user.real_name,
                title=user.title,
                email=user.email or f"{user.name}@playground.invalid",
                deleted=user.deleted,
                restricted=user.restricted,
                team_id=user.team_id or seed.team_id,
            )
            for user in seed.users
        ]
        self.users = {user.id: user for user in [*people, bot]}
        for channel in seed.channels:
            members = {*channel.members, *([bot.id] if channel.bot_member else [])}
            kind: Literal["private", "public"] = "private" if channel.private else "public"
            self.channels[channel.id] = Channel(channel.id, channel.name, kind, members, channel.archived)

    def changed(self) -> None:
        """Tell everyone who watches."""
        for watcher in list(self.watchers):
            watcher()

    def new_id(self, letter: str) -> str:
        """The next id of a kind, such as `V000001`."""
        self._numbers[letter] = self._numbers.get(letter, 0) + 1
        return f"{letter}{self._numbers[letter]:06d}"

    def next_ts(self) -> str:
        """A message timestamp from the playground's clock, later than every one before."""
        microseconds = (self.clock() - _EPOCH) // (datetime.resolution)
        self._last_ts = max(microseconds, self._last_ts + 100)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def dm_with(self, user_id: str) -> Channel:
        """The direct message between the bot and this person, opened if need be."""
        dm_id = f"D{user_id[1:]}"
        if dm_id not in self.channels:
            self.channels[dm_id] = Channel(dm_id, "directmessage", "dm", {user_id, self.bot_user_id})
        return self.channels[dm_id]

    def post(
        self,
        channel: Channel,
        author: str,
        text: str,
        blocks: Blocks | None = None,
        *,
        only_for: str | None = None,
        thread_ts: str | None = None,
        files: Sequence[File] = (),
    ) -> Message:
        """Add a message; a reply goes below its parent, an unknown parent makes it a message of its own."""
        parent = channel.find(thread_ts) if thread_ts else None
        message = Message(
            ts=self.next_ts(),
            channel=channel.id,
            author=author,
            fallback=text,
            blocks=self.with_ids(blocks or []),
            only_for=only_for,
            thread_ts=thread_ts if parent else None,
            files=list(files),
        )
        self._place(channel, message, parent)
        self.changed()
        return message

    def _place(self, channel: Channel, message: Message, parent: Message | None) -> None:
        if parent is None:
            channel.messages.append(message)
            return
        root = parent if parent.thread_ts is None else channel.find(parent.thread_ts) or parent
        message.thread_ts = root.ts
        root.replies.append(message)

    def with_ids(self, blocks: Blocks) -> Blocks:
        """A copy of the blocks in which every block and interactive element has its id, as Slack fills them in."""
        blocks = copy.deepcopy(blocks)
        for block in blocks:
            block.setdefault("block_id", self.new_id("b"))
            for element in elements_in(block):
                if element["type"] != "image":
                    element.setdefault("action_id", self.new_id("a"))
        return blocks

    def new_view(self, owner: str, body: dict[str, Any], below: View | None = None) -> View:
        """A view that is not yet on anyone's screen."""
        self._external_id_is_free(body, None)
        view_id = self.new_id("V")
        view = View(
            id=view_id,
            owner=owner,
            body={**body, "blocks": self.with_ids(body["blocks"])},
            hash=self._new_hash(),
            team_id=self.seed.team_id,
            app_id=self.app_id,
            bot_id=self.bot_id,
            root_id=below.root_id if below else view_id,
            previous_id=below.id if below else None,
        )
        view.values = initial_values(view.blocks)
        return view

    def replace(self, view: View, body: dict[str, Any]) -> View:
        """Give an open view a new body; what was typed stays in fields with the same ids."""
        self._external_id_is_free(body, view)
        view.body = {**body, "blocks": self.with_ids(body["blocks"])}
        view.values = kept_values(view.blocks, view.values)
        view.hash = self._new_hash()
        view.errors = {}
        self.changed()
        return view

    def push(self, user_id: str, body: dict[str, Any]) -> View:
        """Put a view on top of the person's stack of modals."""
        stack = self.stacks.setdefault(user_id, [])
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        view = self.new_view(user_id, body, stack[-1] if stack else None)
        stack.append(view)
        self.changed()
        return view

    def close(self, view: View) -> None:
        """Take one view off its owner's screen."""
        self.stacks[view.owner] = [v for v in self.stacks.get(view.owner, []) if v.id != view.id]
        self.changed()

    def close_all(self, user_id: str) -> None:
        """Take the whole stack away."""
        self.stacks[user_id] = []
        self.changed()

    def open_views(self) -> list[View]:
        """Every view on someone's screen."""
        return [*(view for stack in self.stacks.values() for view in stack), *self.homes.values()]

    def find_view(self, view_id: str) -> View | None:
        """The open view with this id."""
        return next((view for view in self.open_views() if view.id == view_id), None)

    def _external_id_is_free(self, body: dict[str, Any], own: View | None) -> None:
        name = body.get("external_id")
        if name and any(v is not own and v.body.get("external_id") == name for v in self.open_views()):
            raise SlackError("duplicate_external_id")

    def _new_hash(self) -> str:
        return f"{self.next_ts().split('.', maxsplit=1)[0]}.{self.new_id('h')}"
