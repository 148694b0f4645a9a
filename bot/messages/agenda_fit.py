"""Dividing a digest: what stands in front fits on a phone's two screens, and the rest goes on below it, whole."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.chat.markdown import plain_text
from bot.chat.port import Message
from bot.domain.agenda import BUDGET, fit, lines_on_phone

SECTION, WITHIN, ITEM = "## ", "### ", "- "


@dataclass(frozen=True)
class Item:
    """One paragraph or line of a list, and the heading within its section that it stands under, if any."""

    text: str
    under: str = ""


@dataclass
class Part:
    """A section: its heading and its items."""

    heading: str
    items: list[Item] = field(default_factory=list)


class More(Protocol):
    """The words for so many items that stand below; `every` when none of them stands in front."""

    def __call__(self, count: int, *, every: bool) -> str: ...


def fitted(whole: str, brief: str, foot: str, more: More) -> Message:
    """The digest as one message if it is short enough, else its front with what goes on below. A section whose items
    `brief` tells in other words stands whole below, so that in front nobody's is shown and another's not."""
    if _lines(f"{whole}\n\n{foot}") <= BUDGET:
        return Message(f"{whole}\n\n{foot}")
    head, parts = parts_of(whole)
    _, told = parts_of(brief)
    sizes = [_sizes(part.items) for part in told]
    # Each section is sure of its heading, and of the line that says how much of it stands below.
    headings = sum(_lines(part.heading) + 1 for part in told)
    taken = fit(sizes, BUDGET - _lines(head) - _lines(foot) - headings)
    front, below = [head], []
    for part, short, count in zip(parts, told, taken, strict=True):
        other = part.items != short.items
        left = part.items if other else part.items[count:]
        front.append(_joined(short.heading, short.items[:count]))
        if left:
            front.append(more(len(left), every=other))
            below.append(_joined(part.heading, left))
    return Message("\n\n".join([*front, foot]), below="\n\n".join(below))


def parts_of(markdown: str) -> tuple[str, list[Part]]:
    """What stands before the first section, and the sections. What people typed is escaped, so that no line of theirs
    can be taken for a heading or the start of an item."""
    head: list[str] = []
    parts: list[Part] = []
    under, fresh = "", True
    for line in markdown.splitlines():
        if line.startswith(SECTION):
            parts.append(Part(line))
            under, fresh = "", True
        elif not parts:
            head.append(line)
        elif line.startswith(WITHIN):
            under, fresh = line, True
        elif not line.strip():
            fresh = True
        elif fresh or line.startswith(ITEM):
            parts[-1].items.append(Item(line, under))
            fresh = False
        else:
            last = parts[-1].items.pop()
            parts[-1].items.append(Item(f"{last.text}\n{line}", last.under))
    return "\n".join(head).strip(), parts


def _joined(heading: str, items: Sequence[Item]) -> str:
    told, under = [heading], ""
    for item in items:
        if item.under != under:
            told.append(item.under)
        told.append(item.text)
        under = item.under
    return "\n\n".join(told)


def _sizes(items: Sequence[Item]) -> list[int]:
    before = ["", *(item.under for item in items)]
    return [
        _lines(item.text) + (_lines(item.under) if item.under != last else 0)
        for item, last in zip(items, before, strict=False)
    ]


def _lines(markdown: str) -> int:
    return lines_on_phone(plain_text(Message(markdown)))
