"""What an item of an agenda may be: title, minutes, who is invited to it; and when each item is expected to begin."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.errors import FormErrors

USUAL_MINUTES = 10  # counted for an item that nobody gave minutes to (ours)
MOST_MINUTES = 240  # of one item (ours)
PAGE_SIZE = 12  # items at once, so that a page with their buttons stays within what a platform shows
TITLE, WHO, EMAIL = 150, 100, 90  # characters; the last two fit together into one field
SAID_AT_THE_MEETING = "An item to be said at the meeting"
"""The title of what may not be shown in the channel, nor a word of it [003 §118]."""

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")


class Guest(NamedTuple):
    """Somebody from a provider who is there for one item alone: name and role in one line, and where to write to."""

    who: str
    email: str

    @property
    def text(self) -> str:
        """As it is kept, and read back by `read_guest`."""
        return f"{self.who} <{self.email}>" if self.who else ""


@dataclass(frozen=True)
class ItemDraft:
    """What somebody typed into the form of an item, each as it stands in its field."""

    title: str
    provider_id: int | None
    minutes: str
    who: str
    email: str
    vouched: bool


class Checked(NamedTuple):
    """What is kept of an item. `minutes` is None where none are given."""

    title: str
    minutes: int | None
    guest: str


def read_guest(text: str) -> Guest:
    """A guest as kept; empty when nobody is invited."""
    who, _, email = text.rpartition(" <")
    return Guest(who, email.removesuffix(">")) if who else Guest(text, "")


def check_item(draft: ItemDraft, *, titled: bool) -> Checked:
    """What the form says. `titled` is whether it must say a title of its own. Raises `FormErrors` beside each field."""
    errors = {}
    title, who, email = (" ".join(text.split()) for text in (draft.title, draft.who, draft.email))
    if titled and not title:
        errors["title"] = "Say what the item is, or choose a provider."
    if len(title) > TITLE:
        errors["title"] = f"Use at most {TITLE} characters."
    minutes = _minutes(draft.minutes)
    if minutes is None and draft.minutes.strip():
        errors["minutes"] = f"Write a number of minutes from 1 to {MOST_MINUTES}, or leave it empty."
    if len(who) > WHO:
        errors["who"] = f"Use at most {WHO} characters."
    elif email and not who:
        errors["who"] = "Say who it is: name and role."
    if (who or email) and not (len(email) <= EMAIL and _EMAIL.fullmatch(email)):
        errors["email"] = "Write one e-mail address, so that the secretariat can send them the time of the item."
    if errors:
        raise FormErrors(errors)
    return Checked(title, minutes, Guest(who, email).text)


def due_times(starts_at: datetime, minutes: Iterable[int | None]) -> list[datetime]:
    """When each item of a meeting is expected to begin, and last of all when the meeting has been through them."""
    moments = [starts_at]
    for each in minutes:
        moments.append(moments[-1] + timedelta(minutes=each or USUAL_MINUTES))
    return moments


def _minutes(text: str) -> int | None:
    text = text.strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_MINUTES)) else 0
    return number if 1 <= number <= MOST_MINUTES else None
