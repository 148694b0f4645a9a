"""What people read when they have looked for something."""

from bot.chat.port import Form
from bot.domain.finding import Sought
from bot.domain.policy import Rules
from bot.messages.concerns import facts
from bot.messages.words import Templates
from bot.store.finding import Found


def page(words: Templates, found: Found, sought: Sought, typed: str, rules: Rules) -> Form:
    """One page of what was found, each with a button that opens it."""
    lines = [facts(one, rules) for one in found.lines]
    return words.page("find.page", found=found, lines=lines, sought=sought, typed=typed)
