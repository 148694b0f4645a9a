"""Letting people in: which organisation an e-mail address speaks for, and when a refused person may ask again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

ASK_AGAIN = timedelta(days=30)
"""How long after a refusal somebody's asking is told to nobody *(ours)*."""


@dataclass(frozen=True)
class Body:
    """An organisation as far as it matters here. `workspace` is empty when it names none."""

    key: int
    domains: frozenset[str]
    workspace: str
    successor: int | None
    current: bool


def proposed(email: str, workspace: str, bodies: Iterable[Body]) -> int | None:
    """The organisation an address speaks for, or that of its successor once it has ended; None if no one does.

    The whole domain must be one that the organisation lists: a sub-domain may be somebody else's. Where an
    organisation names its workspace, the account must belong to it. Two that fit are none: nobody is guessed *(ours)*.
    """
    known = {body.key: body for body in bodies}
    domain = email.rpartition("@")[2].strip().casefold()
    listed = [body for body in known.values() if domain in body.domains and body.workspace in ("", workspace)]
    fits = {standing.key for body in listed if (standing := in_force(body.key, known.values()))}
    return fits.pop() if domain and len(fits) == 1 else None


def in_force(key: int | None, bodies: Iterable[Body]) -> Body | None:
    """That organisation, or whichever has taken its place by now; None if nobody has."""
    known = {body.key: body for body in bodies}
    passed: set[int] = set()
    while key is not None and key in known and key not in passed:
        if known[key].current:
            return known[key]
        passed.add(key)
        key = known[key].successor
    return None


def may_ask_again(refused_at: datetime | None, now: datetime) -> bool:
    """Whether a refusal is long enough ago that the secretariat should hear of the same person once more."""
    return refused_at is None or now - refused_at >= ASK_AGAIN
