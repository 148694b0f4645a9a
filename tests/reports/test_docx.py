"""Markdown on paper: what is marked up, what is on every page, and that nothing somebody wrote can spoil it."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Cm
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.escaping import escape, quote
from bot.reports.docx import Paper, Wide, writable, write_docx
from tests.hostile import HOSTILE

PAPER = Paper(
    "A case", "CQC", "**MARKED**", "###### made by one\n\npage `PAGE` of `NUMPAGES`", datetime(2026, 11, 23, tzinfo=UTC)
)

BULLETS = ("List Bullet", "List Bullet 2", "List Bullet 3", "List Bullet 3")


def drawn(*parts: str, front: str = "# Front", paper: Paper = PAPER) -> Any:
    return Document(io.BytesIO(write_docx(paper, front, parts)))


def lines(document: Any) -> list[tuple[str, str]]:
    """Each paragraph outside tables: its style, and what it says."""
    return [(line.style.name, line.text) for line in document.paragraphs]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("## Two\n\n### Three", [("Heading 2", "Two"), ("Heading 3", "Three")]),
        ("one\\\ntwo", [("Normal", "one\ntwo")]),
        ("###### small", [("SmallPrint", "small")]),
        ("> said\n>\n> twice", [("Quote", "said"), ("Quote", "twice")]),
        ("- a\n  - b\n    - c\n      - d", list(zip(BULLETS, "abcd", strict=True))),
        ("3. a\n4. b\n\ntext\n\n1. c", [("List", "3. a"), ("List", "4. b"), ("Normal", "text"), ("List", "1. c")]),
        ("- a\n\n  more", [("List Bullet", "a"), ("List Continue", "more")]),
        ("```\ncode\n```", [("Normal", "code")]),
        ("---\n\n[Press](button:x:1)", []),
        ("[words](https://nhs.example)", [("Normal", "words (https://nhs.example)")]),
    ],
)  # fmt: skip
def test_each_part_has_its_style(markdown: str, expected: list[tuple[str, str]]):
    assert lines(drawn(markdown)) == [("Heading 1", "Front"), *expected]


def test_bold_italic_and_struck_out():
    runs = drawn("**b** *i* ~~s~~ plain").paragraphs[1].runs
    looks = {run.text.strip(): (run.bold, run.italic, run.font.strike) for run in runs if run.text.strip()}
    assert looks["b"] == (True, None, None)
    assert looks["i"] == (None, True, None)
    assert looks["s"] == (None, None, True)
    assert looks["plain"] == (None, None, None)


def test_a_table_has_a_head_that_is_repeated():
    table = drawn("| a | b |\n|---|---|\n| 1 | |").tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["a", "b"], ["1", ""]]
    heads = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in table.rows]
    assert heads == [True, False]
    assert all(run.bold for cell in table.rows[0].cells for line in cell.paragraphs for run in line.runs)
    assert table.autofit is False  # a word as long as a page stays in its column


def test_a_document_never_ends_with_a_table():
    assert lines(drawn("| a |\n|---|"))[-1] == ("Normal", "")
    assert lines(drawn("| a |\n|---|\n\nend"))[-1] == ("Normal", "end")


def test_the_edges_are_on_every_page():
    (section,) = drawn("one", "two").sections
    assert not section.different_first_page_header_footer
    assert [line.text for line in section.header.paragraphs] == ["MARKED"]
    fields = section.footer.part.element.findall(f".//{qn('w:fldSimple')}")
    assert [field.get(qn("w:instr")) for field in fields] == ["PAGE", "NUMPAGES"]


def test_only_the_second_part_begins_a_page():
    breaks = [line.text for line in drawn("one", "two").paragraphs if line.paragraph_format.page_break_before]
    assert breaks == ["one"]


def test_a_wide_part_has_pages_on_their_side_with_the_same_edges():
    document = drawn("one", Wide("| a | b |\n|---|---|\n| 1 | 2 |"), Wide("two"), "three")
    sections = list(document.sections)
    assert [round(section.page_width.cm, 1) for section in sections] == [21.0, 29.7, 21.0]
    assert [[line.text for line in section.header.paragraphs] for section in sections] == [["MARKED"]] * 3
    assert all(section.header.is_linked_to_previous for section in sections[1:])
    breaks = [line.text for line in document.paragraphs if line.paragraph_format.page_break_before]
    assert breaks == ["one"]  # the others begin a page as it is


def test_a_column_is_as_wide_as_what_is_said_in_it_within_bounds():
    table = drawn(f"| a | b |\n|---|---|\n| 1 | {'x' * 5000} |").tables[0]
    narrow, wide = (column.width.cm for column in table.columns)
    assert (round(narrow, 1), round(wide, 1)) == (3.4, 13.6)
    assert [cell.width.cm for cell in table.rows[1].cells] == [narrow, wide]


def test_the_number_of_a_page_is_only_at_the_edge():
    document = drawn("`PAGE`")
    assert lines(document)[1] == ("Normal", "PAGE")


def test_it_says_what_it_is_in_which_language():
    document = drawn("one")
    facts = document.core_properties
    assert (facts.title, facts.author, facts.language) == ("A case", "CQC", "en-GB")
    assert facts.created == datetime(2026, 11, 23, tzinfo=UTC)
    languages = {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, Cm(29.7).cm)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(text: str):
    document = drawn(f"a {escape(text)} b", quote(text), f"| h |\n|---|\n| {escape(text)} |")
    assert {style for style, _ in lines(document)} <= {"Heading 1", "Normal", "Quote"}
    style, shown = lines(document)[1]
    assert (style, "".join(shown.split())) == ("Normal", "".join(f"a{writable(text)}b".split()))


@given(st.text(alphabet=st.characters()))
def test_any_text_makes_a_document(text: str):
    paper = Paper(text, text, escape(text), escape(text), PAPER.made_at)
    document = drawn(text, quote(text), f"| {escape(text)} |\n|---|", paper=paper)
    assert [style for style, _ in lines(document)][:1] == ["Heading 1"]
    assert len(document.sections) == 1


@pytest.mark.parametrize("text", ["\x00", "\x1b", "\ud800", "\ufffe", "\uffff", "\u202e", "\x85\x7f"])
def test_what_a_document_cannot_hold_is_left_out(text: str):
    assert lines(drawn(f"a{text}b"))[1][1].replace(" ", "") in {"ab", "a\ufffdb"}


def test_a_huge_word_is_kept():
    word = "w" * 100_000
    assert lines(drawn(word))[1] == ("Normal", word)
