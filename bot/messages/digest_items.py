"""The items of a digest for one person, a page at a time, each with what opens it. Beside what the channel is shown,
theirs has what they alone may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.chat.port import Form
from bot.domain.action_log import PAGE_SIZE, page_meant, pages
from bot.domain.policy import Rules
from bot.messages.agenda import Sections
from bot.messages.concerns import facts
from bot.messages.words import Templates
from bot.store.concerns import SeenConcern
from bot.store.tables import Action, Concern, Group


@dataclass(frozen=True)
class Listed:
    """One item: what it is (`escalation`, `concern`, `restricted`, `action` or `provider`) and what is said of it.
    `shown` is what its reader is noted to have read."""

    kind: str
    line: Any
    shown: Concern | Action | None = None


def listed(sections: Sections, restricted: Sequence[SeenConcern], rules: Rules) -> list[Listed]:
    """Everything of a digest that can be opened, in its order; each thing once."""
    due = ("overdue", "due", "done")
    return [
        *(Listed("escalation", one) for one in sections.waiting),
        *(Listed("provider", one.standing) for one in sections.attention),
        *(Listed("concern", line, line["concern"]) for line in sections.lines),
        *(Listed("restricted", facts(one, rules), one.concern) for one in restricted),
        *(Listed("provider", one) for one in sections.find_out),
        *(Listed("action", one, one.action) for name in due for one in sections.actions[name]),
    ]


def page(
    words: Templates, group: Group, meeting_id: int, items: Sequence[Listed], number: str
) -> tuple[Form, list[Listed]]:
    """A page of them, and those that stand on it. `number` is what a button names."""
    last = pages(len(items))
    at = page_meant(number, last)
    some = list(items[(at - 1) * PAGE_SIZE : at * PAGE_SIZE])
    form = words.page(
        "agenda.items", group=group, meeting_id=meeting_id, items=some, count=len(items), page=at, last=last
    )
    return form, some
