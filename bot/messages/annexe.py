"""What people read about a restricted annexe: that it is open to them, and what it says, in a page and nowhere else."""

from bot.chat.port import Form, Message
from bot.domain.policy import Rules
from bot.messages.concerns import facts
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.annexe import OpenedAnnexe, standing_grant
from bot.store.concerns import SeenConcern, visible_by_id
from bot.store.tables import HandlingChange


async def granted(letter: Letter) -> Message | None:
    """To whoever asked: it is open to them, until when; nothing of what it says."""
    if letter.reader is None:
        return None
    key = letter.about("concern")
    found = await visible_by_id(letter.unit, key, letter.reader, letter.today)
    standing = await standing_grant(letter.unit, key, letter.reader.person_id, letter.now)
    if found is None or standing is None:
        return None
    return letter.words.render("annexe.granted", expires_at=standing.expires_at, **facts(found, letter.rules))


def reading(words: Templates, opened: OpenedAnnexe, rules: Rules) -> Form:
    """The page of one annexe."""
    return words.page("annexe.page", parts=opened.parts, expires_at=opened.expires_at, **facts(opened.concern, rules))


def asked(words: Templates, found: SeenConcern, change: HandlingChange, rules: Rules) -> Form:
    """The page that takes the form's place once a second person has been asked."""
    return words.page("annexe.asked", change=change, **facts(found, rules))
