"""The network file: organisations with their people, groups with their members and meetings, and providers.

The shape only; whether what it says fits together is in `network_check`. Names (`cqc`, `inspector`) are chosen by
the secretariat, never shown, and stay the same for good: they are how a second load knows what it loaded before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from bot.domain.terms import Level, OrganisationKind, ProtocolStatus, Tier
from bot.files.located import At, Located, read_located
from bot.files.plain import one_of
from bot.files.shape import Day, Names, Strict, moment, validate, words, written

LONDON = ZoneInfo("Europe/London")
LEVELS = {
    "routine": Level.ROUTINE,
    "further information": Level.FURTHER_INFORMATION,
    "enhanced": Level.ENHANCED,
    "risk summit": Level.RISK_SUMMIT,
}


def _in_london(value: datetime) -> datetime:
    """Without an offset a time is London's."""
    return (value if value.tzinfo else value.replace(tzinfo=LONDON)).astimezone(UTC)


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(one_of(value, available_timezones()))
    return value


def _level(value: object) -> object:
    if value not in LEVELS:
        raise ValueError(one_of(str(value), LEVELS))
    return LEVELS[str(value)]


def _short(field: str) -> BeforeValidator:
    """A block that may be written as its most important field alone."""
    return BeforeValidator(lambda value: {field: value} if isinstance(value, str) else value)


Slug = Annotated[
    str,
    written(r"[a-z0-9][a-z0-9_-]{0,59}", "is not a name for this file: use up to 60 small letters, figures and -"),
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
Text40, Text80, Text100, Text200 = (Annotated[str, words(n)] for n in (40, 80, 100, 200))
TimeZone = Annotated[str, AfterValidator(_zone)]
Moment = Annotated[datetime, BeforeValidator(moment), AfterValidator(_in_london)]
