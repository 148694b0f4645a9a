"""What in a text may identify somebody: found and shown to whoever wrote it, who then decides [003 §115].

Every pattern repeats only a counted number of times, so that no text, however made, takes long. The check digit of an
NHS number is worked out here and not by a library, because rules use the standard library only; it is five lines.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

NEAR = 40  # characters within which a word such as “born” or “GMC” says what a number is (ours)


class Identifier(StrEnum):
    """What a piece of text looks like."""

    EMAIL = "email"
    NHS = "nhs"
    PHONE = "phone"
    NMC = "nmc"
    POSTCODE = "postcode"
    BIRTH = "birth"
    GMC = "gmc"


@dataclass(frozen=True)
class Found:
    """One piece of a text, from `start` up to `end`, and what it looks like."""

    kind: Identifier
    start: int
    end: int


@dataclass(frozen=True)
class Finding:
    """Something found in one field, with that field's text."""

    field: str
    text: str
    found: Found

    @property
    def words(self) -> str:
        """What was found, as it was written."""
        return self.text[self.found.start : self.found.end]


_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    r"(?<![\w/])(?:\d{1,2}([-/.])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    rf"|{_DAY}\s{{0,3}}(?:of\s{{1,3}})?{_MONTH}(?:,?\s{{1,3}}(?:\d{{4}}|'?\d{{2}}))?"
    rf"|{_MONTH}\s{{1,3}}{_DAY}(?:,?\s{{1,3}}\d{{4}})?)(?!\w)"
)
_UPPER = r"(?-i:[A-Za-z]{1,2}\d[A-Za-z\d]?\s{0,2}\d[ABD-HJLNP-UW-Z]{2})"
_LOWER = r"(?-i:[A-Za-z]?[a-z]\d[a-z\d]?\s{0,2}(?!1st|2nd|3rd|\dth)\d[abd-hjlnp-uw-z]{2})"

# In the order in which they count where two overlap.
_PATTERNS = {
    Identifier.EMAIL: r"[\w.%+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}",
    Identifier.NHS: r"(?<![\w.+-])\d{3}[ -]{0,3}\d{3}[ -]{0,3}\d{4}(?![\w-])",
    Identifier.PHONE: (
        r"(?<![\w+])(?:(?:\+|00)44[ .-]{0,2}(?:\(0\)[ .-]{0,2})?|\(?0)[1-9](?:[ .()-]{0,2}\d){8,9}(?![\d])"
    ),
    Identifier.NMC: r"(?<!\w)\d{2}[a-z]\d{4}[a-z](?!\w)",
    # Not within a reference such as C-7Q4KM2, which may happen to have the shape of a postcode.
    Identifier.POSTCODE: rf"(?<!\w)(?<!\b[a-z]-)(?:{_UPPER}|{_LOWER})(?!\w)",
    Identifier.BIRTH: _DATE,
    Identifier.GMC: r"(?<![\d£$€.,/-])(?<![a-bd-z])\d{7}(?![\w/]|[.,]\d)",
}
_COMPILED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _PATTERNS.items()}
_CUES = {
    Identifier.BIRTH: re.compile(
        r"\b(?:new|still|un)?born\b|\bbirth(?:day|date)?\b|\bd\.?\s?o\.?\s?b\b", re.IGNORECASE
    ),
    Identifier.GMC: re.compile(r"\bgmc|\bregist(?:ration|ered|rant|er)\b", re.IGNORECASE),
}


def find_identifiers(text: str) -> list[Found]:
    """Everything in the text that looks like an identifier, in order and without overlaps."""
    plain = "".join(map(_plain, text))
    found: list[Found] = []
    taken = bytearray(len(plain))
    for kind in _PATTERNS:
        for one in _of_kind(kind, plain):
            if not any(taken[one.start : one.end]):
                taken[one.start : one.end] = b"\1" * (one.end - one.start)
                found.append(one)
    return sorted(found, key=lambda one: one.start)


def nhs_number(digits: str) -> bool:
    """Whether ten digits end in the check digit of an NHS number: weights 10 to 2, modulo 11."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - total % 11) % 11 == int(digits[9])


def fingerprint(findings: Iterable[Finding]) -> str:
    """A short name for exactly these findings, wherever they stand and however often: 16 hexadecimal digits."""
    listed = sorted({f"{one.found.kind} {''.join(one.words.casefold().split())}" for one in findings})
    return hashlib.sha256("\n".join(listed).encode(errors="replace")).hexdigest()[:16]


def _of_kind(kind: Identifier, plain: str) -> Iterator[Found]:
    for match in _COMPILED[kind].finditer(plain):
        one = Found(kind, *match.span())
        if kind is Identifier.NHS and not nhs_number("".join(filter(str.isdigit, match.group()))):
            continue
        if kind in _CUES and not _cued(one, plain):
            continue
        yield one


def _cued(one: Found, plain: str) -> bool:
    around = f"{plain[max(0, one.start - NEAR) : one.start]} {plain[one.end : one.end + NEAR]}"
    return bool(_CUES[one.kind].search(around)) or (
        one.kind is Identifier.GMC and plain[: one.start].casefold().endswith("gmc")
    )


def _plain(character: str) -> str:
    """The character as a keyboard has it, always one: digits of other scripts, dashes, spaces, wide letters."""
    if character.isascii():
        return character
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category in {"Zs", "Cf"}:
        return " "
    same = unicodedata.normalize("NFKC", character)
    return "-" if category == "Pd" else same if len(same) == 1 else character
