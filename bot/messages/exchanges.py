"""What people read of what originator and addressee write to each other. A direct message says only that there is
something: what it says stands in the page."""

from dataclasses import dataclass

from bot.chat.port import Form, Message
from bot.domain.escalation import AddresseeState
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.escalations import (
    OpenEscalation,
    concerns_of,
    lines_for,
    name_of,
    origin_of,
    visible_escalation_by_id,
)
from bot.store.exchanges import Said, Thread
from bot.store.tables import Addressee, Escalation, Exchange


@dataclass(frozen=True)
class _News:
    """A message that was written, as this reader may know of it. `origin` is empty when it is not to be named; `ours`
    is whether they are on the originator's side, `mine` whether on that addressee's, `asked` whether on anybody's."""

    escalation: Escalation
    addressee: Addressee
    exchange: Exchange
    organisation: str
    origin: str
    ours: bool
    mine: bool
    asked: bool


async def replied(letter: Letter) -> Message | None:
    """To whoever asked and answers for an addressee: the originator has written."""
    news = await _news(letter)
    if news is None or not (news.mine and news.exchange.ours):
        return None
    restarted = news.addressee.state is AddresseeState.ACKNOWLEDGED
    return letter.words.render("exchange.replied", news=news, restarted=restarted)


async def remarked(letter: Letter) -> Message | None:
    """To the originator: an addressee has written."""
    news = await _news(letter)
    if news is None or not news.ours or news.exchange.ours:
        return None
    return letter.words.render("exchange.remarked", news=news)


async def shared(letter: Letter) -> Message | None:
    """To everybody who was asked, and to the originator: one side has shared what it wrote."""
    news = await _news(letter)
    if news is None or news.exchange.shared_at is None or not (news.asked or news.ours):
        return None
    return letter.words.render("exchange.shared", news=news)


def reading(words: Templates, opened: OpenEscalation, thread: Thread, *, again: bool = False) -> Form:
    """The page of all that one addressee and the originator have written, the newest first. `again` is after a second
    click on what had been shared."""
    return words.page("exchange.page", opened=opened, thread=thread, said=thread.said[::-1], again=again)


def asking_back(words: Templates, thread: Thread) -> Message:
    """What stands above the form of a message: to whom it goes, and what was said last."""
    return words.render("exchange.before", thread=thread, last=thread.said[-1] if thread.said else None)


def sharing(words: Templates, said: Said) -> Message:
    """What stands above the button that shares: the words themselves, and who will read them."""
    return words.render("exchange.sharing", said=said)


async def _news(letter: Letter) -> _News | None:
    reader = letter.reader
    if reader is None:
        return None
    exchange = await letter.unit.find(Exchange, letter.about("exchange"))
    addressee = await letter.unit.find(Addressee, exchange.addressee_id) if exchange else None
    if exchange is None or addressee is None:
        return None
    escalation = await visible_escalation_by_id(letter.unit, addressee.escalation_id, reader, letter.today)
    if escalation is None:
        return None
    theirs = {line.key for line, _ in await lines_for(letter.unit, escalation.key, reader)}
    concerns = await concerns_of(letter.unit, escalation.key, reader, letter.today)
    return _News(
        escalation,
        addressee,
        exchange,
        await name_of(letter.unit, addressee),
        await origin_of(letter.unit, escalation, concerns),
        escalation.organisation_id == reader.organisation_id,
        addressee.key in theirs,
        bool(theirs),
    )
