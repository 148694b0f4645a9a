"""A disclosure export by its rules: what is asked for, which words are found, what was given in confidence."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.domain.terms import DisclosureKind, Marking

STRICTEST_FIRST = (Marking.RED, Marking.AMBER_STRICT, Marking.GREEN)
_APOSTROPHES = re.compile("[‘’ʼ`´]")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s-]+(?=\d)")


@dataclass(frozen=True)
class Request:
    """What somebody asked an organisation for. The days are those of supplying, both included."""

    case: str
    kind: DisclosureKind
    provider: str = ""
    words: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def asks_originators(self) -> bool:
        """Whether anybody outside would read it: nobody is troubled over an organisation's own records *(ours)*."""
        return self.kind is not DisclosureKind.OWN_RECORDS


def in_confidence(marking: Marking) -> bool:
    """Whether it was supplied in confidence: with every marking but `TLP:GREEN` *(ours)*."""
    return marking is not Marking.GREEN


def strictest(markings: Iterable[Marking]) -> Marking:
    """The highest marking among these; `TLP:GREEN` when there are none."""
    held = set(markings)
    return next((marking for marking in STRICTEST_FIRST if marking in held), Marking.GREEN)


def holds_all(words: Iterable[str], texts: Iterable[str]) -> bool:
    """Whether every word stands somewhere in these texts.

    Capitals, accents, kinds of apostrophe, and spaces within a number make no difference; part of a word is enough.
    Better to find too much: a person reads it all before anything is given out.
    """
    text = _folded("\n".join(texts))
    return all(word in text for several in words for word in _folded(several).split())


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", _APOSTROPHES.sub("'", text))
    plain = "".join(character for character in apart if not unicodedata.combining(character)).casefold()
    return _BETWEEN_DIGITS.sub("", plain)
