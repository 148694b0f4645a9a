"""What a message is made from at the moment it is delivered: ids from the outbox, and the reader as of now."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.chat.port import Message
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.messages.words import Templates
from bot.store.unit import Unit


@dataclass(frozen=True)
class Letter:
    """One message to write. `reader` is None when it goes to a group's channel."""

    unit: Unit
    subject: Mapping[str, int | str]
    reader: Viewer | None
    group_id: int | None
    words: Templates
    rules: Rules
    now: datetime

    @property
    def today(self) -> date:
        return self.rules.today(self.now)

    def about(self, name: str) -> int:
        """The id of what it is about."""
        return int(self.subject[name])


# None means: nothing may be said to this reader any more, so the row is withheld.
Composer = Callable[[Letter], Awaitable[Message | None]]
