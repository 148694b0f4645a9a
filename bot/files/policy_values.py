"""The values of the policy file: lengths of time, keys and labels, checked as they are read."""

import re
from datetime import time
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from bot.domain.calendar import Clock
from bot.domain.escalation import Pace
from bot.files.shape import Strict, words, written

CLOCK = re.compile(r"(\d{1,4}(?:\.\d+)?) (?:(working) hours?|hours? round the clock)")


def _clock(value: object) -> object:
    found = CLOCK.fullmatch(" ".join(value.split())) if isinstance(value, str) else None
    if not found or float(found[1]) <= 0:
        raise ValueError("is not a length of time: write it like “16 working hours” or “4 hours round the clock”")
    return Clock(float(found[1]), round_the_clock=not found[2])


def _time(value: object) -> object:
    # pydantic alone would take “0900” for 900 seconds after midnight.
    if not isinstance(value, str) or not re.fullmatch(r"\d\d:\d\d", value):
        raise ValueError("is not a time of day: write it like 09:00")
    return value


Hours = Annotated[Clock, BeforeValidator(_clock)]
TimeOfDay = Annotated[time, BeforeValidator(_time)]
Days = Annotated[int, Field(ge=1, le=366)]
Key = Annotated[
    str,
    written(r"[a-z][a-z0-9_]{0,39}", "is not a key: use up to 40 small letters, figures and _ without spaces"),
]
# A label stands in a menu, where the platform allows 75 characters; a menu holds 100.
Label = Annotated[str, words(75)]
Labels = Annotated[dict[Key, Label], Field(min_length=1, max_length=100)]


class PaceEntry(Strict):
    """How long an organisation has, as written."""

    acknowledge: Hours
    respond: Hours
    repeat: Hours

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        same_kind = self.acknowledge.round_the_clock == self.respond.round_the_clock
        if same_kind and self.respond.hours < self.acknowledge.hours:
            raise ValueError("gives less time to respond than to acknowledge")
        return self

    def read(self) -> Pace:
        """The entry as the rules know it."""
        return Pace(self.acknowledge, self.respond, self.repeat)


class OpeningHours(Strict):
    """Local times on working days: open from the first, closed from the second."""

    opens: TimeOfDay
    closes: TimeOfDay

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("closes before it opens")
        return self
