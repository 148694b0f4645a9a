"""What a message is made from at the moment it is delivered: ids from the outbox, and the reader as of now."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.chat.port import Message
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.messages.words import Templates
from bot.store.journal import Line
from bot.store.tables import Action, Concern
from bot.store.unit import Unit


@dataclass(frozen=True)
class Letter:
    """One message to write. `reader` is None when it goes to a group's channel; nobody who is barred from one of the
    `providers` it speaks of may then be in that channel."""

    unit: Unit
    subject: Mapping[str, int | str]
    reader: Viewer | None
    group_id: int | None
    words: Templates
    rules: Rules
    now: datetime
    named: set[int] = field(default_factory=set)
    shown: list[Concern | Action | Line] = field(default_factory=list)

    def names(self, *providers: int | None) -> None:
        """Note that the message speaks of these providers, beside those of what it `shows`; None for one that is not in
        the directory."""
        self.named.update(provider for provider in providers if provider is not None)

    def shows(self, *rows: Concern | Action | Line) -> None:
        """Note that the message says something of these: to be told of them is to have read them."""
        self.shown.extend(rows)

    @property
    def providers(self) -> set[int]:
        """The providers that the message speaks of."""
        return self.named | {row.provider_id for row in self.shown if row.provider_id is not None}

    @property
    def today(self) -> date:
        return self.rules.today(self.now)

    def about(self, name: str) -> int:
        """The id of what it is about."""
        return int(self.subject[name])


# None means: nothing may be said to this reader any more, so the row is withheld.
Composer = Callable[[Letter], Awaitable[Message | None]]
