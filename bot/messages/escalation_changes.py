"""What people read when an escalation is changed. A message has a reference and a button, never content."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.chat.port import Form, Message
from bot.domain.escalation import AddresseeState, EscalationState
from bot.domain.escalation_changes import ChangeKind
from bot.domain.handling import Viewer
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.escalations import lines_for, name_of, visible_escalation_by_id
from bot.store.tables import Escalation, EscalationChange


@dataclass(frozen=True)
class _News:
    """A change as this reader may know it. `organisation` is whom their line addresses, empty without one, and
    `answered` whether that has answered."""

    escalation: Escalation
    change: EscalationChange
    organisation: str
    answered: bool


async def over(letter: Letter) -> Message | None:
    """To those who had answered what is withdrawn: nothing more is needed, and their answer is kept."""
    news = await _news(letter, ChangeKind.WITHDRAWN)
    if news is None or news.escalation.state is not EscalationState.WITHDRAWN:
        return None
    return letter.words.render("escalation_change.over", escalation=news.escalation)


async def merged(letter: Letter) -> Message | None:
    """To those who knew it by the other reference: what it is part of now."""
    news = await _news(letter, ChangeKind.ABSORBED)
    if news is None:
        return None
    facts = {"former": news.change.about, "organisation": news.organisation}
    return letter.words.render("escalation_change.merged", escalation=news.escalation, **facts)


async def widened(letter: Letter) -> Message | None:
    """To those who were told before: it is about more now, and does an answer still stand?"""
    news = await _news(letter, ChangeKind.WIDENED, ChangeKind.ABSORBED)
    if news is None or news.escalation.state is not EscalationState.OPEN or not news.organisation:
        return None
    facts = {"organisation": news.organisation, "answered": news.answered}
    return letter.words.render("escalation_change.widened", escalation=news.escalation, **facts)


def choosing(words: Templates, escalation: Escalation, kinds: Collection[str], reader: Viewer) -> Form:
    """The page of all that this person can change about an escalation."""
    return words.page("escalation_change.page", escalation=escalation, kinds=kinds, reader=reader)


async def _news(letter: Letter, *kinds: ChangeKind) -> _News | None:
    if letter.reader is None:
        return None
    change = await letter.unit.find(EscalationChange, letter.about("escalation_change"))
    if change is None or change.what not in kinds or change.escalation_id != letter.about("escalation"):
        return None
    escalation = await visible_escalation_by_id(letter.unit, change.escalation_id, letter.reader, letter.today)
    if escalation is None:
        return None
    lines = await lines_for(letter.unit, escalation.key, letter.reader)
    if not lines:
        return _News(escalation, change, "", answered=False)
    mine = lines[0][0]
    name = await name_of(letter.unit, mine)
    return _News(escalation, change, name, answered=mine.state is AddresseeState.RESPONDED)
