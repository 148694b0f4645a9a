"""What people read of answers to a concern. A direct message says that there is one and whose it is: what it says
stands in the page."""

from typing import Any

from bot.chat.port import Form, Message
from bot.domain.answers import AnswerHandling, AnswerKind
from bot.domain.terms import ConcernState
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.answers import answer_whatever, visible_answer
from bot.store.concerns import SeenAnswer, SeenConcern, visible_by_id

SHOWN = 20  # answers in a page, so that it stays within what a platform shows (ours)


def heard(seen: SeenConcern) -> dict[str, Any]:
    """The answers of a concern as a template sees them, for the eyes it was looked up for."""
    return {
        "answers": seen.answers[:SHOWN],
        "more": max(0, len(seen.answers) - SHOWN),
        "voices": seen.voices,
        "corroborated": bool(seen.corroborations),
    }


def reading(words: Templates, seen: SeenConcern, *, ours: bool, concludes: bool, done: str = "") -> Form:
    """The page of all answers that this viewer may read, newest first. `ours` is whether their organisation raised the
    concern, `concludes` whether they may agree that it is resolved, `done` what they have just done, if anything."""
    facts = {"ours": ours, "concludes": concludes, "done": done}
    return words.page("answer.page", concern=seen.concern, **facts, **heard(seen))


def before(words: Templates, seen: SeenConcern, handling: AnswerHandling, organisation: str, *, other: bool) -> Message:
    """What stands in the form: about what it is, and who will see it. `other` is whether that is not what it last
    said."""
    facts = {"concern": seen.concern, "provider": seen.provider, "origin": seen.organisation}
    return words.render("answer.before", handling=handling, organisation=organisation, other=other, **facts)


async def given(letter: Letter) -> Message | None:
    """To the originator: somebody has answered."""
    found = await _found(letter)
    if found is None or not _raised(found[0], letter):
        return None
    return letter.words.render("answer.given", **_facts(letter, *found))


async def added(letter: Letter) -> Message | None:
    """To those who asked for more, or held it to be resolved: the originator has replied."""
    found = await _found(letter)
    if found is None or found[1].answer.kind is not AnswerKind.ADDED:
        return None
    return letter.words.render("answer.added", **_facts(letter, *found))


async def concluded(letter: Letter) -> Message | None:
    """To whoever proposed it, and to whoever raised the concern: it is concluded."""
    found = await _found(letter)
    if found is None or found[0].concern.state is not ConcernState.CONCLUDED:
        return None
    return letter.words.render("answer.concluded", **_facts(letter, *found))


async def taken_back(letter: Letter) -> Message | None:
    """To the originator, who was told of it: an answer was taken back."""
    row = await answer_whatever(letter.unit, letter.about("answer"))
    if letter.reader is None or row is None or row.withdrawn_at is None:
        return None
    seen = await visible_by_id(letter.unit, row.concern_id, letter.reader, letter.today)
    if seen is None or not _raised(seen, letter) or seen.concern.state is ConcernState.WITHDRAWN:
        return None
    letter.shows(seen.concern)
    return letter.words.render("answer.taken_back", concern=seen.concern)


def _raised(seen: SeenConcern, letter: Letter) -> bool:
    return letter.reader is not None and seen.concern.organisation_id == letter.reader.organisation_id


async def _found(letter: Letter) -> tuple[SeenConcern, SeenAnswer] | None:
    reader = letter.reader
    return await visible_answer(letter.unit, letter.about("answer"), reader, letter.today) if reader else None


def _facts(letter: Letter, seen: SeenConcern, said: SeenAnswer) -> dict[str, Any]:
    letter.shows(seen.concern)
    return {"concern": seen.concern, "organisation": said.organisation}
