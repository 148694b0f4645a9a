"""What people read about actions."""

from collections.abc import Sequence
from datetime import timedelta

from bot.chat.port import Form, Message
from bot.domain.handling import Viewer
from bot.domain.terms import ActionState
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.actions import SeenAction, left_open_by, owned_by, seen_by_id
from bot.store.tables import Person

SOON = timedelta(days=14)


async def given(letter: Letter) -> Message | None:
    """To a new owner: what they have been given, by whom."""
    found = await _seen(letter)
    if found is None or letter.reader is None or found.action.owner_id != letter.reader.person_id:
        return None
    letter.shows(found.action)
    giver = await letter.unit.get(Person, found.action.raised_by_id)
    return letter.words.render("action.given", line=found, giver=giver, today=letter.today)


async def reminder(letter: Letter) -> Message | None:
    """To an owner, once a working day: what is overdue and what is due soon, each with its buttons."""
    if letter.reader is None:
        return None
    lines = await owned_by(letter.unit, letter.reader.person_id, ActionState.OPEN)
    overdue = [line for line in lines if line.action.due_on < letter.today]
    coming = [line for line in lines if letter.today <= line.action.due_on <= letter.today + SOON]
    if not overdue and not coming:
        return None
    letter.shows(*(line.action for line in (*overdue, *coming)))
    return letter.words.render("action.reminder", overdue=overdue, coming=coming, today=letter.today)


async def completed(letter: Letter) -> Message | None:
    """To whoever raised it: it is done, and awaits sign-off."""
    found = await _seen(letter)
    if found is None or letter.reader is None:
        return None
    letter.shows(found.action)
    runs = letter.reader.runs(found.action.group_id)
    return letter.words.render("action.completed", line=found, runs=runs)


async def ownerless(letter: Letter) -> Message | None:
    """To the secretariat: somebody left, and these actions need another owner."""
    if letter.reader is None:
        return None
    owner = await letter.unit.get(Person, letter.about("owner"))
    left = await left_open_by(letter.unit, owner.key, letter.reader, letter.today)
    lines = [line for line in left if letter.reader.runs(line.action.group_id)]
    letter.shows(*(line.action for line in lines))
    return letter.words.render("action.ownerless", owner=owner, lines=lines) if lines else None


def listed(words: Templates, lines: Sequence[SeenAction], *, group: str, viewer: Viewer) -> Message:
    """Actions as a list with buttons; `group` is empty for somebody's own."""
    return words.render("action.list", lines=lines, group=group, viewer=viewer)


def saved(words: Templates, found: SeenAction) -> Form:
    """The page that takes a form's place once an action is saved."""
    return words.page("action.thanks", line=found)


def out_of_sight(words: Templates, reference: str) -> Form:
    """The same for an action that whoever saved it may no longer see, having handed it over."""
    return words.page("action.hidden", reference=reference)


async def _seen(letter: Letter) -> SeenAction | None:
    if letter.reader is None:
        return None
    return await seen_by_id(letter.unit, letter.about("action"), letter.reader, letter.today)
