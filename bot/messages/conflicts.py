"""What people read about declared conflicts of interest."""

from collections.abc import Sequence

from bot.chat.port import Form, Message
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.conflicts import Declared, declaration
from bot.store.people import reachable_person


def page(words: Templates, mine: Sequence[Declared], others: Sequence[Declared]) -> Form:
    """One's own declarations, and those of others that one may end."""
    return words.page("conflict.page", mine=mine, others=others)


async def declared(letter: Letter) -> Message | None:
    """To those who run the group: somebody has declared one, so what they are told and asked may change."""
    found = await _in_their_group(letter)
    return letter.words.render("conflict.declared", one=found) if found else None


async def over(letter: Letter) -> Message | None:
    """To those who run the group: somebody says theirs is over."""
    found = await _in_their_group(letter)
    return letter.words.render("conflict.over", one=found) if found else None


async def ended(letter: Letter) -> Message | None:
    """To whoever had declared it."""
    found = await _about(letter, standing=False)
    return letter.words.render("conflict.ended", one=found) if found else None


async def _in_their_group(letter: Letter) -> Declared | None:
    """A declaration that stands, for a reader who runs a group of that person's."""
    found = await _about(letter, standing=True)
    runs = letter.reader.runs_groups if letter.reader else ()
    theirs = found and await reachable_person(letter.unit, found.person.key, runs, letter.today)
    return found if theirs else None


async def _about(letter: Letter, *, standing: bool) -> Declared | None:
    """The declaration, unless it has become otherwise since."""
    found = await declaration(letter.unit, letter.about("conflict"))
    if found is None:
        return None
    stands = found.conflict.ends_on is None or found.conflict.ends_on >= letter.today
    return found if stands == standing else None
