"""The small things the network file is made of: names, codes, chat identities, days and times."""

import re
from datetime import UTC, datetime
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator

from bot.domain.cadence import NTH, WEEKDAYS, Every, On, Span
from bot.domain.terms import Level
from bot.files.plain import one_of
from bot.files.shape import moment, words, written

LONDON = ZoneInfo("Europe/London")
LEVELS = {
    "routine": Level.ROUTINE,
    "further information": Level.FURTHER_INFORMATION,
    "enhanced": Level.ENHANCED,
    "risk summit": Level.RISK_SUMMIT,
}


MOST_OFTEN = {"week": 52, "month": 12}


def _in_london(value: datetime) -> datetime:
    """Without an offset a time is London's."""
    return (value if value.tzinfo else value.replace(tzinfo=LONDON)).astimezone(UTC)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(value: str) -> str:
    if value not in _zones():
        raise ValueError(one_of(value, _zones()))
    return value


def _level(value: object) -> object:
    if value not in LEVELS:
        raise ValueError(one_of(str(value), LEVELS))
    return LEVELS[str(value)]


def _every(value: object) -> object:
    found = re.fullmatch(r"(?:([1-9]\d?) )?(week|month)s?", " ".join(value.split())) if isinstance(value, str) else None
    if not found or int(found[1] or 1) > MOST_OFTEN[found[2]]:
        raise ValueError("is not how often a group meets: write it like “2 weeks” or “3 months”, at most a year")
    return Every(int(found[1] or 1), Span(f"{found[2]}s"))


def _on(value: object) -> object:
    nth, _, weekday = str(value).casefold().rpartition(" ")
    known = {name.casefold(): number for number, name in enumerate(WEEKDAYS)}
    counts = {word: number for number, word in NTH.items()} | {"": None}
    if not isinstance(value, str) or weekday not in known or nth not in counts:
        raise ValueError("is not a day to meet on: write it like “Tuesday”, “first Tuesday” or “last Friday”")
    return On(counts[nth], known[weekday])


def short(field: str) -> BeforeValidator:
    """A block that may be written as its most important field alone."""
    return BeforeValidator(lambda value: {field: value} if isinstance(value, str) else value)


def _seat(value: object) -> object:
    """A member with nothing after its name has no representative yet; a single word is the representative."""
    return {"representative": value} if isinstance(value, str) else value or {}


def _people(value: object) -> object:
    """A name, or a list of them, is who is nominated for every category."""
    return {"nominated": value} if isinstance(value, str | list) else value


seat = BeforeValidator(_seat)
people = BeforeValidator(_people)
SLUG = r"[a-z0-9][a-z0-9_-]{0,59}"
Slug = Annotated[
    str,
    written(SLUG, "is not a name for this file: use up to 60 small letters, figures and -"),
]
Code = Annotated[
    str, written(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", "is not a provider code: use up to 40 letters and figures")
]
Workspace = Annotated[
    str, written(r"[TE][A-Z0-9_]{1,59}", "is not a Slack workspace: it starts with T or E, such as T0SOUND")
]
User = Annotated[
    str, written(r"[UW][A-Z0-9_]{1,99}", "is not a Slack member ID: it starts with U or W, such as U012AB3CD")
]
Channel = Annotated[
    str, written(r"[CG][A-Z0-9_]{1,99}", "is not a Slack channel ID: it starts with C or G, such as C012AB3CD")
]
Email = Annotated[
    str, words(254), written(r"[^@\s]+@[^@\s]+\.[^@\s]+", "is not an e-mail address: write it like name@cqc.example")
]
Domain = Annotated[
    str, written(r"[a-z0-9-]+(\.[a-z0-9-]+)+", "is not an e-mail domain: write what follows the @, such as cqc.example")
]
Text40 = Annotated[str, words(40)]
Text80 = Annotated[str, words(80)]
Text100 = Annotated[str, words(100)]
Text200 = Annotated[str, words(200)]
TimeZone = Annotated[str, AfterValidator(_zone)]
Moment = Annotated[datetime, BeforeValidator(moment), AfterValidator(_in_london)]
Often = Annotated[Every, BeforeValidator(_every)]
MeetingDay = Annotated[On, BeforeValidator(_on)]
SurveillanceLevel = Annotated[Level, BeforeValidator(_level)]
