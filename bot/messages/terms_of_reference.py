"""A group's terms of reference as a document, drawn up from its facts after the model [003 Annexes A and B]."""

from bot.chat.port import Attachment, Message
from bot.domain.cadence import read_cadence
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.reports.docx import Paper, write_docx
from bot.store.groups import group_by_id
from bot.store.tables import Group
from bot.store.terms_of_reference import Terms, terms_of


async def sent(letter: Letter) -> Message | None:
    """To a member of the group who asked: its terms of reference as they are on that day."""
    group = await group_by_id(letter.unit, letter.about("group"), letter.today)
    if group is None or letter.reader is None or group.key not in letter.reader.group_ids:
        return None
    cadence = read_cadence(group.cadence).spoken() if group.cadence else ""
    terms = await terms_of(letter.unit, group, letter.today, cadence=cadence)
    said = letter.words.render("terms.sent", group=group)
    return Message(said.markdown, (Attachment(f"terms-of-reference-{group.slug}.docx", _document(letter, terms)),))


def asked(words: Templates, group: Group) -> Message:
    """That it is on its way."""
    return words.render("terms.asked", group=group)


def _document(letter: Letter, terms: Terms) -> bytes:
    words = letter.words
    about = {"t": terms, "group": terms.group, "today": letter.today}
    paper = Paper(
        title=f"{terms.group.name}: terms of reference",
        author="Soundings",
        header=words.render("terms.header", **about).markdown,
        footer=words.render("terms.footer", **about).markdown,
        made_at=letter.rules.calendar.at(letter.today, letter.rules.policy.opens),
    )
    return write_docx(paper, words.render("terms", **about).markdown, ())
