"""A panel's pack: one document with what is known and what is not, as its reader may read it on the day it is sent."""

from collections.abc import Iterator

from bot.chat.port import Attachment, Message
from bot.domain.handling import STRICTNESS
from bot.domain.panels import PanelState
from bot.domain.terms import Marking
from bot.messages.concerns import facts
from bot.messages.letter import Letter
from bot.messages.panel_record import PanelPage, gather
from bot.reports.docx import Paper, write_docx
from bot.store.escalations import standing
from bot.store.panels import visible_panel_by_id


async def pack(letter: Letter) -> Message | None:
    """To an invitee, or to the organisation that convened it: the pack as a document. None once it was called off."""
    if letter.reader is None:
        return None
    panel = await visible_panel_by_id(letter.unit, letter.about("panel"), letter.reader, letter.today)
    if panel is None or panel.state is PanelState.CANCELLED:
        return None
    seen = await gather(letter.unit, panel, letter.reader, letter.now, letter.today)
    if not seen.may.have_pack:
        return None
    letter.shows(*(one.concern for one in seen.concerns))
    said = letter.words.render("panel_record.pack", panel=panel)
    return Message(said.markdown, (Attachment(f"{panel.reference}.docx", _document(letter, seen)),))


def _document(letter: Letter, seen: PanelPage) -> bytes:
    """The front, what it is about, the answers, each organisation's existing activity, and what is not known."""
    words, reader = letter.words, letter.reader
    marking = max((one.concern.marking for one in seen.concerns), key=STRICTNESS.index, default=Marking.AMBER_STRICT)
    about = {"s": seen, "panel": seen.panel, "marking": marking, "made_at": letter.now, "reader": reader}
    paper = Paper(
        title=seen.panel.reference,
        author=seen.convener or "Soundings",
        header=words.render("panel_record.header", **about).markdown,
        footer=words.render("panel_record.footer", **about).markdown,
        made_at=letter.now,
    )
    return write_docx(paper, words.render("panel_record.front", **about).markdown, _parts(letter, seen))


def _parts(letter: Letter, seen: PanelPage) -> Iterator[str]:
    words = letter.words
    for one in seen.concerns:
        yield words.render("panel_record.concern", **facts(one, letter.rules)).markdown
    kind = letter.rules.policy.kind(seen.escalation.kind)
    yield words.render("panel_record.brought", s=seen, panel=seen.panel, standing=standing, kind=kind).markdown
