"""Words as people type them, folded so that they meet the words as they are written."""

import unicodedata
from collections.abc import Iterable

from bot.store.tables.providers import Provider

LONGEST_WORD = 60
SHORTEST_FORGIVEN = 4
APOSTROPHES = dict.fromkeys(map(ord, "'\u2018\u2019\u02bc\u2032`\u00b4"))


def fold(text: str) -> list[str]:
    """The words of a text: lower case, without accents or apostrophes; anything else divides words.

    “St Mary's” and “st marys” fold alike; “&” is read as “and”.
    """
    bare = text.translate(APOSTROPHES).replace("&", " and ")
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", bare).casefold())
    kept = (c for c in spread if not unicodedata.category(c).startswith("M"))
    spaced = "".join(c if c.isalnum() else " " for c in kept)
    return [word[:LONGEST_WORD] for word in spaced.split()]


def folded_name(name: str) -> str:
    """A name as it is ordered and matched from its beginning."""
    return " ".join(fold(name))[:600]


def index_words(provider: Provider) -> set[str]:
    """Every word a provider is found by; codes and postcodes also as one word without spaces."""
    whole = (provider.code, provider.postcode)
    texts = (provider.name, provider.former_names, provider.town, *whole)
    joined = ("".join(fold(text))[:LONGEST_WORD] for text in whole)
    return {word for text in texts for word in fold(text)} | set(filter(None, joined))


def needed(words: Iterable[str], most: int = 8) -> list[str]:
    """The words worth looking up, longest first: not those that begin another, and not more than `most`.

    A word that begins another typed word is answered by it; the longest words narrow the most.
    """
    typed = sorted(set(words), key=lambda word: (-len(word), word))
    return [w for n, w in enumerate(typed) if not any(o.startswith(w) for o in typed[:n])][:most]


def after_prefix(prefix: str) -> str | None:
    """The first text, in code point order, after every text that starts with `prefix`; None if there is none."""
    last = "\U0010ffff"
    stem = prefix.rstrip(last)
    if not stem:
        return None
    following = ord(stem[-1]) + 1
    # Surrogates are not characters and cannot be stored.
    return stem[:-1] + chr(0xE000 if following == 0xD800 else following)


def parts(word: str) -> set[str]:
    """Each three letters on end, the beginning being one as well: a misspelt word still shares some of them."""
    return {f" {word}"[at : at + 3] for at in range(len(word) - 1)}


def is_forgiven(word: str) -> bool:
    """Whether a misspelling of it is looked for: not of codes and postcodes, nor of what is too short to tell."""
    return word.isalpha() and len(word) >= SHORTEST_FORGIVEN


def slips(typed: str, word: str, most: int) -> tuple[int, int] | None:
    """How many letters are wrong, missing, too many or changed places: in the beginning of `word` that is nearest to
    what was typed, and in the whole of it. None if there are more than `most` in its beginning."""
    before = last = line = list(range(len(word) + 1))
    for row, letter in enumerate(typed, 1):
        before, last, line = last, line, [row]
        for at, other in enumerate(word, 1):
            least = min(last[at] + 1, line[at - 1] + 1, last[at - 1] + (letter != other))
            if row > 1 and at > 1 and letter == word[at - 2] and typed[row - 2] == other:
                least = min(least, before[at - 2] + 1)
            line.append(least)
        if min(line) > most + 1:
            return None
    nearest = min(line)
    return (nearest, line[-1]) if nearest <= most else None
