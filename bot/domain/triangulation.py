"""Triangulation: when what several organisations know, put together, points to a problem [003 §15]."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from bot.domain.answers import Voice, counts, independent_voices
from bot.domain.terms import Level, Urgency


class Strength(IntEnum):
    """How much several voices make together, by their independence *(ours)*."""

    ONE_VOICE = 0
    ECHO = 1
    CORROBORATED = 2
    CONVERGENT = 3


CORROBORATING = 2  # independent organisations on one theme (ours)
CONVERGING = 3  # independent organisations on any themes (ours)
PROPOSED_AT: Mapping[Strength, Level] = {
    Strength.CORROBORATED: Level.FURTHER_INFORMATION,
    Strength.CONVERGENT: Level.ENHANCED,
}
"""The level the assistant proposes to the chair *(ours)*: a potential for concern first, then a concern identified
[003 §121]."""
GRAVITY = (Level.ROUTINE, Level.FURTHER_INFORMATION, Level.ENHANCED, Level.RISK_SUMMIT)


@dataclass(frozen=True)
class Account:
    """What one organisation says about a provider: a concern, or an answer that bears one out. `source` tells it from
    every other, `concern_id` is the concern it is or answers; an answer is never urgent by itself."""

    source: str
    concern_id: int
    theme: str
    urgency: Urgency
    voice: Voice


@dataclass(frozen=True)
class Reading:
    """What accounts make together, with the arithmetic: the independent ones among them, the earliest event first.
    `theme` is empty where they are on several."""

    strength: Strength
    theme: str
    accounts: tuple[Account, ...]

    @property
    def voices(self) -> list[Voice]:
        return [one.voice for one in self.accounts]

    @property
    def urgent(self) -> bool:
        """Whether one urgent voice made it what it is."""
        return self.strength is Strength.CONVERGENT and len(self.accounts) < CONVERGING

    @property
    def concern_ids(self) -> list[int]:
        return sorted({one.concern_id for one in self.accounts})

    @property
    def fact(self) -> str:
        """A digest of the voices that made it: another voice, or another strength, is another fact."""
        said = f"{self.strength}:{','.join(sorted(one.source for one in self.accounts))}"
        return hashlib.sha256(said.encode()).hexdigest()


def read(accounts: Iterable[Account]) -> list[Reading]:
    """What these accounts of one provider make, theme by theme, the strongest first; and, before them, what they make
    on any themes together where that is more than on each alone."""
    themes: dict[str, list[Account]] = {}
    for one in accounts:
        themes.setdefault(one.theme, []).append(one)
    found = [strength(several) for several in themes.values()]
    found.sort(key=lambda one: (-one.strength, -len(one.accounts), one.theme))
    together = strength([one for several in themes.values() for one in several])
    alone = found[0].strength if found else Strength.ONE_VOICE
    return [together, *found] if together.strength is Strength.CONVERGENT and alone < together.strength else found


def strength(accounts: Sequence[Account]) -> Reading:
    """What these accounts make. On one theme: one voice; an echo, when several organisations speak and fewer than two
    of them independently; corroborated, by two; convergent, by three, or by two when one of what counts is urgent. On
    several themes three converge, and fewer make nothing together *(ours)*.

    The media, what was heard at a meeting, what is suspected to be false and a source that is not reliable count for
    nothing; what another told, or the same account again, is an echo at the most.
    """
    ordered = sorted(accounts, key=lambda one: (one.voice.grading.event_on, one.source))
    chosen = independent(ordered)
    themes = {one.theme for one in ordered}
    theme = themes.pop() if len(themes) == 1 else ""
    return Reading(_strength(ordered, len(chosen), one_theme=bool(theme)), theme, chosen)


def independent(ordered: Sequence[Account]) -> tuple[Account, ...]:
    """Those of these accounts, the earliest event first, whose voices are independent of each other."""
    if not ordered:
        return ()
    chosen = {id(one) for one in independent_voices(ordered[0].voice, (one.voice for one in ordered[1:]))}
    first: dict[int, Account] = {}
    for one in ordered:
        if id(one.voice) in chosen:
            first.setdefault(one.voice.organisation_id, one)
    return tuple(first.values())


def _strength(accounts: Sequence[Account], voices: int, *, one_theme: bool) -> Strength:
    if voices >= CONVERGING:
        return Strength.CONVERGENT
    if not one_theme:
        return Strength.ONE_VOICE
    if voices >= CORROBORATING:
        urgent = any(one.urgency is Urgency.URGENT and counts(one.voice.grading) for one in accounts)
        return Strength.CONVERGENT if urgent else Strength.CORROBORATED
    speaking = {one.voice.organisation_id for one in accounts if counts(one.voice.grading, derived=True)}
    return Strength.ECHO if len(speaking) > 1 else Strength.ONE_VOICE


def graver(one: Level, other: Level) -> bool:
    """Whether one level is above another."""
    return GRAVITY.index(one) > GRAVITY.index(other)
