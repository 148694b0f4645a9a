"""How long a concern is kept, in local calendar days: warned of, removed but restorable, destroyed *(ours)*.

The clock runs from the last new answer. A concern is removed at the end of its class's days, but never sooner than
`warn_days` after somebody was really warned; it is destroyed `restore_days` after it was removed. The policy as it is
today decides, so that a group that shortens or lengthens its periods does so for what it already holds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.policy import Keeping, RetentionPolicy

INFORMATION = "information"
ACTED_ON = "acted_on"


class Due(StrEnum):
    """What is to be done about a concern's keeping today."""

    NOTHING = "nothing"
    WARN = "warn"
    REMOVE = "remove"
    DESTROY = "destroy"


@dataclass(frozen=True)
class Kept:
    """One concern's keeping: its class, the day of its last answer, and when it was warned of and removed."""

    retention: str
    active_on: date
    warned_on: date | None = None
    removed_on: date | None = None


@dataclass(frozen=True)
class Dates:
    """What will happen when: each the earliest day. `warned_on` is None until a warning that counts was given."""

    warn_on: date
    warned_on: date | None
    remove_on: date
    destroy_on: date


def days_of(retention: str, policy: RetentionPolicy) -> int:
    """How many days a class is kept. One the policy no longer has is kept as long as the longest."""
    return _class(retention, policy).days


def dates(kept: Kept, policy: RetentionPolicy, today: date) -> Dates:
    """The days ahead of a concern, as today's policy has them.

    A warning counts if it was due when it was given: one given under shorter periods is given again.
    """
    end = kept.active_on + timedelta(days=days_of(kept.retention, policy))
    warn_on = end - timedelta(days=policy.warn_days)
    warned_on = kept.warned_on if kept.warned_on and kept.warned_on >= warn_on else None
    soonest = (warned_on or max(warn_on, today)) + timedelta(days=policy.warn_days)
    remove_on = kept.removed_on or max(end, soonest)
    return Dates(warn_on, warned_on, remove_on, remove_on + timedelta(days=policy.restore_days))


def due(kept: Kept, policy: RetentionPolicy, today: date) -> Due:
    """What is to be done today. Holds, and answers still awaited, are for the caller to ask."""
    ahead = dates(kept, policy, today)
    if kept.removed_on:
        return Due.DESTROY if today >= ahead.destroy_on else Due.NOTHING
    if today < ahead.warn_on:
        return Due.NOTHING
    if ahead.warned_on is None:
        return Due.WARN
    return Due.REMOVE if today >= ahead.remove_on else Due.NOTHING


def last_active(policy: RetentionPolicy, by: date) -> Iterator[tuple[str, date]]:
    """For each class, the latest day of a last answer that has a warning due by that day; "" is any other class."""
    for retention in (*policy.classes, ""):
        yield retention, by - timedelta(days=days_of(retention, policy) - policy.warn_days)


def label_of(retention: str, policy: RetentionPolicy) -> str:
    """What a class is called."""
    return _class(retention, policy).label


def _class(retention: str, policy: RetentionPolicy) -> Keeping:
    classes: Mapping[str, Keeping] = policy.classes
    return classes.get(retention) or max(classes.values(), key=lambda one: one.days)
