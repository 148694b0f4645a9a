"""What was known of a provider on a day in the past, and to whom [003 §37]: in chat, and as a document."""

from datetime import date, time, timedelta

from bot.chat.port import Attachment, Message
from bot.domain.calendar import WorkingCalendar
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.reports.docx import Paper, write_docx
from bot.store.barring import barred_from
from bot.store.groups import sites_of
from bot.store.look_back import At, Then, known_then
from bot.store.tables import Action, Concern, Provider

IN_CHAT = 15  # concerns, actions or escalations (ours): all of them are in the document


def end_of(day: date, today: date, calendar: WorkingCalendar) -> At:
    """The last moment of that day."""
    return At(day, calendar.at(day + timedelta(days=1), time(0)) - timedelta(microseconds=1), today)


def shown_in(then: Then) -> list[Concern | Action]:
    """The concerns and actions that are in it, for the journal."""
    return [*(one.concern for one, _ in then.concerns), *(one.action for one in then.actions)]


def look_back(words: Templates, then: Then) -> Message:
    """What was known then, for one person's eyes: the first of each part, and a button for the whole."""
    return words.render("provider.then", then=then, limit=IN_CHAT)


async def document(letter: Letter) -> Message | None:
    """To whoever asked: all of it as a document. None for whoever may be told nothing of the provider."""
    provider = await letter.unit.find(Provider, letter.about("provider"))
    if provider is None or letter.reader is None:
        return None
    if await barred_from(letter.unit, letter.reader, await sites_of(letter.unit, provider.key), letter.today):
        return None
    at = end_of(date.fromisoformat(str(letter.subject["day"])), letter.today, letter.rules.calendar)
    then = await known_then(letter.unit, provider, letter.reader, at)
    letter.names(provider.key)
    letter.shows(*shown_in(then))
    said = letter.words.render("provider.look_back", then=then)
    name = f"{provider.code}-as-of-{at.day.isoformat()}.docx"
    return Message(said.markdown, (Attachment(name, _written(letter, then)),))


def _written(letter: Letter, then: Then) -> bytes:
    words = letter.words
    paper = Paper(
        title=then.provider.name,
        author="Soundings",
        header=words.render("look_back.header", then=then).markdown,
        footer=words.render("look_back.footer", then=then).markdown,
        made_at=letter.rules.calendar.at(letter.today, letter.rules.policy.opens),
    )
    return write_docx(paper, words.render("look_back.document", then=then).markdown, ())
