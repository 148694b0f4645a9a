"""Making any value safe to stand in our Markdown, where it shows as exactly what it says.

What a person typed can therefore never become formatting, a link, a button, a heading, a list or a table's edge.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import TemplateRuntimeError, Undefined

LONDON = ZoneInfo("Europe/London")

# No-break spaces are kept: they hold together what belongs together.
_SPACES = re.compile(r"[^\S\xa0\u202f]+")
_ALWAYS = re.compile(r"[\\`*_\[\]()<>#!|&~=\"]")
# Special to Markdown only where a line can still be all marks so far: never after a letter or digit.
_AT_A_START = re.compile(r"(?<![^\W_])[-+]")
_AFTER_A_NUMBER = re.compile(r"^(\d*)\.")
# Embeddings, overrides and isolates: they would reorder the words around the value.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Trusted(str):
    """Markdown made from a template or by this module, which is not escaped again."""

    __slots__ = ()


def escape(text: str) -> Trusted:
    """One line of Markdown that shows `text`: white space as single spaces, without control characters."""
    line = _SPACES.sub(" ", without_controls(text)).strip()
    line = _ALWAYS.sub(r"\\\g<0>", line)
    line = _AT_A_START.sub(r"\\\g<0>", line)
    return Trusted(_AFTER_A_NUMBER.sub(r"\1\\.", line))


def without_controls(text: str) -> str:
    """`text` without characters that do not show but act: controls, direction overrides, broken surrogates."""
    return "".join(
        character
        for character in text
        if character.isspace() or (character not in _BIDI and unicodedata.category(character) not in {"Cc", "Cs"})
    )


def show(value: Any) -> Trusted:
    """How a value stands in a message; raises `TemplateRuntimeError` for one that has no single way to be shown."""
    value = value.value if isinstance(value, Enum) else value
    match value:
        case Trusted():
            return value
        case bool():
            raise TemplateRuntimeError("yes or no cannot be shown as it is: write the words for each with “if”")
        case str() | int() | float() | Decimal() | Undefined():
            return escape(str(value))  # which raises for what is undefined, naming it
        case datetime():
            return Trusted(moment(value))
        case date():
            return Trusted(day(value))
        case None:
            raise TemplateRuntimeError("there is nothing here to show: ask with “if” before showing it")
        case _:
            raise TemplateRuntimeError(f"a value of type {type(value).__name__} cannot be shown as it is")


def say(value: Any) -> str:
    """How a value stands in plain text, on one line; refuses what `show` refuses."""
    if isinstance(value, str) and not isinstance(value, Enum | Trusted):
        return " ".join((value if value.isprintable() else without_controls(value)).split())
    return show(value)


def day(value: date) -> str:
    """The date, such as `23 November 2026`; of a moment, the date in London."""
    if isinstance(value, datetime):
        value = _in_london(value)
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """The moment in London, such as `Mon 23 Nov 2026, 09:00`."""
    value = _in_london(value)
    return f"{value:%a} {value.day} {value:%b %Y, %H:%M}"


def _in_london(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise TemplateRuntimeError("a date and time without a time zone cannot be shown")
    return value.astimezone(LONDON)


def many(count: int, one: str, more: str) -> str:
    """A count with its noun: `1 action`, `3 actions`."""
    return f"{count} {one if count == 1 else more}"


def names(items: Iterable[Any]) -> Trusted:
    """Several values in one phrase: `A, B and C`."""
    *most, last = [show(item) for item in items] or [Trusted()]
    return Trusted(f"{', '.join(most)} and {last}" if most else last)


def quote(text: str) -> Trusted:
    """Typed text of several lines as a Markdown quotation: its paragraphs and its line breaks are kept."""
    paragraphs = [_lines(paragraph) for paragraph in re.split(r"\n\s*\n", "\n".join(text.splitlines()))]
    quoted = "\n>\n".join("\\\n".join(f"> {line}" for line in lines) for lines in paragraphs if lines)
    # The line break ends the quotation whatever the template says next.
    return Trusted(f"{quoted}\n" if quoted else "")


def _lines(paragraph: str) -> list[str]:
    return [line for line in map(escape, paragraph.splitlines()) if line]
