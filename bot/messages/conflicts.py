"""What people read about declared conflicts of interest."""

from collections.abc import Sequence

from bot.chat.port import Form, Message
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.conflicts import Declared, declaration


def page(words: Templates, mine: Sequence[Declared], others: Sequence[Declared]) -> Form:
    """One's own declarations, and those of others that one may end."""
    return words.page("conflict.page", mine=mine, others=others)


async def declared(letter: Letter) -> Message | None:
    """To those who run the group: somebody has declared one, so what they are told and asked may change."""
    return await _about(letter, "conflict.declared", standing=True)


async def over(letter: Letter) -> Message | None:
    """To those who run the group: somebody says theirs is over."""
    return await _about(letter, "conflict.over", standing=True)


async def ended(letter: Letter) -> Message | None:
    """To whoever had declared it."""
    return await _about(letter, "conflict.ended", standing=False)


async def _about(letter: Letter, name: str, *, standing: bool) -> Message | None:
    """None once it is no longer so."""
    found = await declaration(letter.unit, letter.about("conflict"))
    if found is None:
        return None
    stands = found.conflict.ends_on is None or found.conflict.ends_on >= letter.today
    return letter.words.render(name, one=found) if stands == standing else None
