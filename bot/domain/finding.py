"""What somebody looks for with `/find`: words, phrases and filters, read from what they typed."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.domain.action_log import references_in
from bot.errors import NothingToFind, UnknownFilter

LONGEST = 300  # characters; more than anybody types, and a form can carry it
MOST_TERMS = 8
LONGEST_WORD = 60
FILTERS = ("from", "about", "theme", "since")
# Too common to tell one text from another; PostgreSQL leaves the same out of its index.
_COMMON = (
    "i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers "
    "herself it its itself they them their theirs themselves what which who whom this that these those am is are "
    "was were be been being have has had having do does did doing a an the and but if or because as until while "
    "of at by for with about against between into through during before after above below to from up down in out "
    "on off over under again further then once here there when where why how all any both each few more most "
    "other some such no nor not only own same so than too very s t can will just don should now "
)
COMMON = frozenset(_COMMON.split())
_PART = re.compile(r'(?:(?P<name>[A-Za-z]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_SPACED = re.compile(rf"\b({'|'.join(FILTERS)}):\s+", re.IGNORECASE)
_QUOTES = str.maketrans("“”„«»", '"' * 5)


@dataclass(frozen=True)
class Term:
    """Words that stand next to each other in this order: one word, or a phrase. With `begins`, the last may go on.
    `said` is how it was typed."""

    words: tuple[str, ...]
    begins: bool = False
    said: str = field(default="", compare=False)


@dataclass(frozen=True)
class Sought:
    """What is looked for: every term, and of that what every filter leaves. `cut` is whether more was typed."""

    terms: tuple[Term, ...] = ()
    sender: str = ""
    about: str = ""
    theme: str = ""
    since: date | None = None
    cut: bool = False

    @property
    def narrowed(self) -> bool:
        return bool(self.sender or self.about or self.theme or self.since)


def read_sought(text: str) -> Sought:
    """What is looked for. Raises `UnknownFilter`, and `NothingToFind` if nothing is left that tells texts apart."""
    sought = Sought(cut=len(text) > LONGEST)
    terms: list[Term] = []
    for part in _PART.finditer(_SPACED.sub(r"\1:", text[:LONGEST].translate(_QUOTES))):
        said = part["word"] or part["phrase"] or ""
        if part["name"]:
            sought = _filtered(sought, part["name"].lower(), said)
        elif (term := _term(said, phrase=part["phrase"] is not None)) and term not in terms:
            terms.append(term)
    if not terms and not sought.narrowed:
        raise NothingToFind
    return replace(sought, terms=tuple(terms[:MOST_TERMS]), cut=sought.cut or len(terms) > MOST_TERMS)


def reference_in(text: str) -> str:
    """The one reference that is all that was typed, or nothing."""
    typed = text.strip().upper()
    return typed if references_in(typed) == [typed] else ""


def words_in(text: str) -> tuple[str, ...]:
    """The words of a text as an index of texts has them: lower case, without accents, divided by all punctuation."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (c for c in spread if not unicodedata.category(c).startswith("M"))
    spaced = "".join(c if c.isalnum() else " " for c in kept)
    return tuple(word[:LONGEST_WORD] for word in spaced.split())


def words_apart(said: str) -> list[Term]:
    """Each word for itself, which may go on."""
    return [Term((word,), begins=True) for word in dict.fromkeys(words_in(said))][:MOST_TERMS]


def themes_meant(said: str, themes: Mapping[str, str]) -> tuple[str, ...]:
    """The themes of which every word of `said` begins a word; `themes` are their names by what they are kept as."""
    wanted = words_in(said)
    return tuple(
        slug
        for slug, name in themes.items()
        if wanted and all(any(word.startswith(one) for word in (*words_in(name), slug)) for one in wanted)
    )


def theme_of(term: Term, themes: Mapping[str, str]) -> tuple[str, ...]:
    """The themes that a word is about: in whose name it stands whole."""
    return tuple(slug for slug, name in themes.items() if set(term.words) <= {slug, *words_in(name)} - COMMON)


def _filtered(sought: Sought, name: str, value: str) -> Sought:
    words = words_in(value)
    if name in FILTERS and not words:
        raise UnknownFilter(words=f"{name}:{value}"[:60])
    match name:
        case "from":
            return replace(sought, sender=" ".join(value.split()))
        case "about":
            return replace(sought, about=value)
        case "theme":
            return replace(sought, theme=value)
        case "since":
            return replace(sought, since=_day(value))
    raise UnknownFilter(words=f"{name}:{value}"[:60])


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise UnknownFilter(words=f"since:{value}"[:60]) from None


def _term(said: str, *, phrase: bool) -> Term | None:
    """A word or phrase, or None for one that says nothing. `*` after a word lets it go on; on its own it is nothing."""
    words = words_in(said)
    if not words or set(words) <= COMMON:
        return None
    return Term(words, not phrase and said.endswith("*") and len(words[-1]) > 1, said)
