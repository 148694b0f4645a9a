"""What may be asked of `/provider`: one provider, as it was known on a day [003 §37], or two beside each other."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from bot.errors import DayToCome, NotADay

_AS_OF = re.compile(r"(?:^|\s+)as\s+(?:of|at|on)(?:\s+|$)", re.IGNORECASE)
_VERSUS = re.compile(r"\s+(?:vs\.?|versus)\s+", re.IGNORECASE)
_FORMS = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d/%m/%Y")


@dataclass(frozen=True)
class Question:
    """What was asked: the words for a provider; `other` for a second one, and `day` for a look-back, where there is
    one."""

    words: str
    other: str = ""
    day: date | None = None


def read_question(words: str, today: date) -> Question:
    """What these words ask, today. Raises `NotADay` and `DayToCome`."""
    *before, last = _AS_OF.split(words)
    if before:
        return Question(" as of ".join(before).strip(), day=read_day(last, today))
    first, *rest = _VERSUS.split(words.strip(), maxsplit=1)
    return Question(first, other=rest[0].strip() if rest else "")


def read_day(words: str, today: date) -> date:
    """The day these words mean, today at the latest. Raises `NotADay` and `DayToCome`."""
    plain = " ".join(words.split())
    for form in _FORMS:
        try:
            day = datetime.strptime(plain, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
        if day > today:
            raise DayToCome(day=f"{day.day} {day:%B %Y}")
        return day
    raise NotADay(words=plain[:60])
