"""What somebody wants to see of a group's action log, and what became of several actions at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.concern import ALPHABET

LARGEST = 2**31 - 1
PAGE_SIZE = 10  # as many as a form can offer to tick
_ADDRESS = re.compile(r"https?://[^\s<>|\"`]+")
_REFERENCE = re.compile(rf"(?<!\w)[ACEP]-[{ALPHABET}]{{6}}(?!\w)")


class LogStatus(StrEnum):
    """Which actions of the log; `CURRENT` are those not closed."""

    CURRENT = "current"
    OPEN = "open"
    OVERDUE = "overdue"
    WAITING = "waiting"
    CLOSED = "closed"
    ALL = "all"


class Became(StrEnum):
    """What became of one of several actions: done, so already, or why not."""

    CLOSED = "closed"
    CLOSED_ALREADY = "closed already"
    NOT_COMPLETED = "not completed"
    CHANGED = "changed"
    ASKED = "more time asked"
    AS_IT_WAS = "as it was"
    NOT_OPEN = "not open"
    MEANWHILE = "changed meanwhile"
    OUT_OF_REACH = "out of reach"


@dataclass(frozen=True)
class LogFilter:
    """What of one group's log is wanted. None and "" leave nothing out; `due_before` leaves that day out as well."""

    group_id: int
    status: LogStatus = LogStatus.CURRENT
    owner_id: int | None = None
    organisation_id: int | None = None
    provider_id: int | None = None
    priority: int | None = None
    due_before: date | None = None
    words: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether it leaves out anything beside what is closed."""
        return self != LogFilter(self.group_id)

    def as_memo(self) -> dict[str, str]:
        """As short texts, for a form to carry."""
        kept = {
            "group": str(self.group_id),
            "status": self.status.value,
            "owner": _text(self.owner_id),
            "organisation": _text(self.organisation_id),
            "provider": _text(self.provider_id),
            "priority": _text(self.priority),
            "due": self.due_before.isoformat() if self.due_before else "",
            "words": self.words,
        }
        return {name: value for name, value in kept.items() if value}


def read_filter(memo: Mapping[str, str], group_id: int) -> LogFilter:
    """The filter a form carried; what cannot be read leaves nothing out."""
    status = memo.get("status", "")
    owner, organisation, provider, priority = (
        _number(memo.get(name, "")) for name in ("owner", "organisation", "provider", "priority")
    )
    return LogFilter(
        group_id=group_id,
        status=LogStatus(status) if status in list(LogStatus) else LogStatus.CURRENT,
        owner_id=owner,
        organisation_id=organisation,
        provider_id=provider,
        priority=priority,
        due_before=_day(memo.get("due", "")),
        words=memo.get("words", ""),
    )


def pages(count: int) -> int:
    """How many pages so many actions fill; one at least."""
    return max(1, -(-count // PAGE_SIZE))


def page_meant(value: str, last: int) -> int:
    """The number of the page that a button names, from 1 to `last`, whatever it says."""
    return min(max(_number(value) or 1, 1), last)


def references_in(text: str, most: int = 5) -> list[str]:
    """The references named in a text, each once, in their order: concerns, escalations, panels and actions."""
    return list(dict.fromkeys(_REFERENCE.findall(text.upper())))[:most]


def address_in(text: str, most: int = 500) -> str:
    """A web address that may be kept, or nothing: no address is cut, since it would lead elsewhere."""
    return text if len(text) <= most and _ADDRESS.fullmatch(text) else ""


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _number(value: str) -> int | None:
    """A number that a database can hold as a key, or none."""
    if not (value.isascii() and value.isdecimal() and len(value) <= len(str(LARGEST))):
        return None
    return int(value) if int(value) <= LARGEST else None


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
