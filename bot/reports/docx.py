"""Markdown as a Word document: real headings, tables whose head is repeated, a header and footer on every page.

The walker over `bot/chat/tree.py` for paper, beside those of the chat platforms. Elements are put in one after the
other, since python-docx looks through all that is there for each paragraph it adds.
"""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.section import WD_ORIENTATION, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.table import CT_Tbl
from docx.oxml.text.paragraph import CT_P
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Emu, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph as DocxParagraph

from bot.chat.markdown import parse
from bot.chat.tree import (
    Buttons,
    Code,
    Heading,
    ListOf,
    Node,
    Paragraph,
    Quote,
    Rule,
    Run,
    Runs,
    Small,
    Table,
    words_of,
)

LANGUAGE = "en-GB"
FIELDS = {"PAGE", "NUMPAGES"}  # in backquotes, in a header or footer: the number of this page, and of all
DEEPEST_LIST = 3
WIDTH, HEIGHT, MARGIN = Cm(21), Cm(29.7), Cm(2)  # A4
SMALL = "SmallPrint"
NARROWEST, WIDEST = 10, 40  # characters by which the width of a column is reckoned (ours)
# What XML cannot hold, and what would reorder the words around it.
_UNWRITABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Paper:
    """What is not in the text itself. `header` and `footer` are Markdown and stand on every page."""

    title: str
    author: str
    header: str
    footer: str
    made_at: datetime


class Wide(str):
    """A part of a document whose tables need a page on its side: it has pages of its own."""

    __slots__ = ()


def write_docx(paper: Paper, front: str, parts: Iterable[str]) -> bytes:
    """A document with `front` as its first page, and every other part after it in order; all of it is Markdown."""
    document = Document()
    _set_up(document, paper)
    section = document.sections[0]
    for edge, markdown in ((section.header, paper.header), (section.footer, paper.footer)):
        for paragraph in edge.paragraphs:
            edge.part.element.remove(paragraph._p)  # noqa: SLF001  # python-docx has no other way to take one out
        _Drawing(edge.part.element.append, fields=True).draw(parse(markdown))
    end = document.element.body.sectPr
    body = _Drawing(end.addprevious)
    body.draw(parse(front))
    wide = False
    for number, part in enumerate(parts):
        turned = isinstance(part, Wide) != wide
        if turned:
            wide = not wide
            body = replace(body, width=_turn(document, wide=wide))
        body.draw(parse(part), new_page=number == 0 and not turned)
    if end.getprevious().tag == qn("w:tbl"):
        body.draw([Paragraph(())])  # Word wants the last thing in a document to be a paragraph
    written = io.BytesIO()
    document.save(written)
    return _made_at(paper.made_at, written)


def _made_at(moment: datetime, written: io.BytesIO) -> bytes:
    """The same document with the paper's time in place of the clock's: the same words are the same bytes."""
    again = io.BytesIO()
    with ZipFile(written) as parts, ZipFile(again, "w", ZIP_DEFLATED) as kept:
        for part in parts.infolist():
            entry = ZipInfo(part.filename, moment.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            kept.writestr(entry, parts.read(part))
    return again.getvalue()


def _set_up(document: DocxDocument, paper: Paper) -> None:
    facts = document.core_properties
    facts.title = writable(paper.title)[:255]
    facts.author = facts.last_modified_by = writable(paper.author)[:255]
    facts.language, facts.comments = LANGUAGE, ""
    facts.created = facts.modified = paper.made_at.replace(tzinfo=None)
    for element in (document.styles.element, document.settings.element):
        for language in [*element.iter(qn("w:lang")), *element.iter(qn("w:themeFontLang"))]:
            language.set(qn("w:val"), LANGUAGE)
    section = document.sections[0]
    section.orientation = WD_ORIENTATION.PORTRAIT
    section.page_width, section.page_height = WIDTH, HEIGHT
    section.left_margin = section.right_margin = MARGIN
    small = document.styles.add_style(SMALL, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(small, ParagraphStyle)  # noqa: S101  # it was asked for as one
    small.base_style = document.styles["Normal"]
    small.font.size = Pt(8.5)


def _turn(document: DocxDocument, *, wide: bool) -> int:
    """Begin pages that lie on their side, or stand again; how wide a line of them is. What is on every page stays."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENTATION.LANDSCAPE if wide else WD_ORIENTATION.PORTRAIT
    width, height = (HEIGHT, WIDTH) if wide else (WIDTH, HEIGHT)
    section.page_width, section.page_height = width, height
    return width - 2 * MARGIN


@dataclass(frozen=True)
class _Drawing:
    """Puts nodes, in order, where `place` takes elements, in lines of that width. With `fields`, some code runs are
    numbers of pages."""

    place: Callable[[BaseOxmlElement], object]
    fields: bool = False
    width: int = WIDTH - 2 * MARGIN

    def draw(self, nodes: Iterable[Node], style: str = "", *, new_page: bool = False) -> None:
        """`style` is that of plain paragraphs among them."""
        for number, node in enumerate(nodes):
            self._draw(node, style, new_page=new_page and number == 0)

    def _draw(self, node: Node, style: str, *, new_page: bool) -> None:
        match node:
            case Heading():
                self._paragraph(node.runs, f"Heading{node.level}", new_page=new_page)
            case Small():
                self._paragraph(node.runs, SMALL, new_page=new_page)
            case Paragraph():
                self._paragraph(node.runs, style, new_page=new_page)
            case Code():
                self._paragraph((Run(node.text, code=True),), style, new_page=new_page)
            case Quote():
                self.draw(node.parts, "Quote", new_page=new_page)
            case ListOf():
                self._list(node, 1)
            case Table():
                self.place(_table(node, self.width))
            case Rule() | Buttons():
                return  # there is nothing to press on paper

    def _paragraph(self, runs: Runs, style: str = "", *, new_page: bool = False) -> None:
        self.place(_paragraph(runs, style, fields=self.fields, new_page=new_page))

    def _list(self, node: ListOf, depth: int) -> None:
        level = "" if depth == 1 else str(min(depth, DEEPEST_LIST))
        for number, item in enumerate(node.items, node.start):
            for place, part in enumerate(item):
                if isinstance(part, ListOf):
                    self._list(part, depth + 1)
                elif isinstance(part, Paragraph) and place == 0:
                    # Word would go on counting from the list before, so a number is written out.
                    runs = (Run(f"{number}. "), *part.runs) if node.ordered else part.runs
                    self._paragraph(runs, f"List{level}" if node.ordered else f"ListBullet{level}")
                else:
                    self.draw([part], f"ListContinue{level}")


def _paragraph(runs: Runs, style: str = "", *, fields: bool = False, new_page: bool = False) -> CT_P:
    element = OxmlElement("w:p")
    assert isinstance(element, CT_P)  # noqa: S101  # what python-docx makes of that name
    if style:
        element.style = style
    if new_page:
        DocxParagraph(element, None).paragraph_format.page_break_before = True  # type: ignore[arg-type]
    for run in runs:
        if fields and run.code and run.text in FIELDS:
            _field(element, run.text)
        else:
            _run(element, run)
    return element


def _run(paragraph: CT_P, run: Run) -> None:
    written = paragraph.add_r()
    looks = [name for name, set_ in (("b", run.bold), ("i", run.italic), ("strike", run.strike)) if set_]
    if looks:
        properties = written.get_or_add_rPr()
        for name in looks:
            properties.append(OxmlElement(f"w:{name}"))
    address = f" ({run.link})" if run.link and run.link.removeprefix("mailto:") != run.text else ""
    written.text = writable(run.text + address)


def _field(paragraph: CT_P, name: str) -> None:
    """A number that Word fills in; until then it is 1."""
    field = OxmlElement("w:fldSimple", {qn("w:instr"): name})
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph.append(field)


def _table(table: Table, width: int) -> CT_Tbl:
    """Columns whose widths are given, so that no word, however long, pushes a column off the page."""
    drawn = CT_Tbl.new_tbl(len(table.rows) + 1, len(table.head), Emu(width))
    drawn.tblStyle_val = "TableGrid"
    drawn.tblPr.autofit = False
    rows, columns = [table.head, *table.rows], drawn.tblGrid.gridCol_lst
    widths = _widths(rows, width)
    for column, its in zip(columns, widths, strict=True):
        column.w = its
    for number, (row, cells) in enumerate(zip(drawn.tr_lst, rows, strict=True)):
        if number == 0:
            row.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for box, runs, its in zip(row.tc_lst, cells, widths, strict=True):
            box.width = its
            bold = tuple(Run(run.text, bold=True) for run in runs) if number == 0 else runs
            box.replace(box.p_lst[0], _paragraph(bold))
    return drawn


def _widths(rows: Sequence[Sequence[Runs]], width: int) -> list[Emu]:
    """Each column by the longest that is said in it, within bounds."""
    longest = [max(len(words_of(runs)) for runs in column) for column in zip(*rows, strict=True)]
    shares = [min(max(one, NARROWEST), WIDEST) for one in longest]
    return [Emu(width * share // sum(shares)) for share in shares]


def writable(text: str) -> str:
    """`text` without what a document cannot hold."""
    return _UNWRITABLE.sub("", text)
