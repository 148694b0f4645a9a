from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.markdown import parse, plain_text
from bot.chat.port import Message
from bot.chat.tree import Buttons, Heading, ListOf, Paragraph, Quote, Run, Runs, Table
from bot.messages.escaping import Trusted, escape, names, quote, show, without_controls
from tests.hostile import anything, squeezed


def seen(text: str) -> str:
    return squeezed(without_controls(text))


def only_run(runs: Runs) -> str:
    """The text of the single plain run, whatever its spacing; "" if there is none."""
    assert len(runs) <= 1
    assert all(run == Run(run.text) for run in runs)
    return squeezed("".join(run.text for run in runs))


def paragraphs(markdown: str) -> list[str]:
    nodes = parse(markdown)
    assert all(isinstance(node, Paragraph) for node in nodes), nodes
    return [only_run(node.runs) for node in nodes if isinstance(node, Paragraph)]


@given(anything)
def test_any_value_alone_is_one_plain_paragraph(text: str):
    assert paragraphs(escape(text)) == [seen(text)] * bool(seen(text))


@given(anything)
def test_any_value_among_words_changes_nothing_around_it(text: str):
    assert paragraphs(f"before {escape(text)} after") == [squeezed(f"before {seen(text)} after")]


@given(anything)
def test_any_value_on_a_line_of_its_own_stays_in_its_paragraph(text: str):
    if seen(text):
        assert paragraphs(f"before\n{escape(text)}\nafter") == [f"before {seen(text)} after"]


@given(anything, anything)
def test_values_side_by_side_form_nothing_together(one: str, other: str):
    assert "".join(paragraphs(f"{escape(one)}{escape(other)}")) == squeezed(seen(one) + seen(other))


@given(anything)
def test_any_value_follows_a_number_or_a_bracket_harmlessly(text: str):
    assert paragraphs(f"{show(1)}{escape(text)}") == [f"1{seen(text)}"]
    assert paragraphs(f"word [x]{escape(text)}") == [f"word [x]{seen(text)}"]


@given(anything)
def test_any_value_stays_within_its_list_item_heading_and_cell(text: str):
    listed, heading, table = (
        parse(f"- x {escape(text)}")[0],
        parse(f"# x {escape(text)}")[0],
        parse(f"| h | i |\n|---|---|\n| x {escape(text)} | y |")[0],
    )
    expected = squeezed(f"x {seen(text)}")
    assert isinstance(listed, ListOf)
    ((item,),) = listed.items
    assert isinstance(item, Paragraph)
    assert isinstance(heading, Heading)
    assert isinstance(table, Table)
    assert [only_run(runs) for runs in (item.runs, heading.runs, table.rows[0][0])] == [expected] * 3
    assert only_run(table.rows[0][1]) == "y"


@given(anything, anything)
def test_any_value_is_a_button_s_label_or_value_exactly(label: str, value: str):
    (node,) = parse(f"[x{escape(label)}](<button:a.b:{escape(value)}>)")
    assert isinstance(node, Buttons)
    (button,) = node.row
    assert (squeezed(button.label), button.listener) == (squeezed(f"x{seen(label)}"), "a.b")
    assert squeezed(button.value) == seen(value)
    assert button.style == ""


@given(anything)
def test_quoted_text_is_one_quotation_with_its_lines_and_paragraphs(text: str):
    nodes = parse(f"before\n{quote(text)}\nafter")
    expected = [squeezed(line) for line in without_controls(text).splitlines() if squeezed(line)]
    assert nodes[0] == Paragraph((Run("before"),))
    assert nodes[-1] == Paragraph((Run("after"),))
    assert len(nodes) == 2 + bool(expected)
    for node in nodes[1:-1]:
        assert isinstance(node, Quote)
        lines = [line for part in node.parts for line in only_lines(part)]
        assert lines == expected


def only_lines(node: object) -> list[str]:
    assert isinstance(node, Paragraph)
    assert len(node.runs) == 1
    assert node.runs[0] == Run(node.runs[0].text)
    return [squeezed(line) for line in node.runs[0].text.split("\n")]


def test_a_quotation_keeps_paragraphs_apart():
    (quoted,) = parse(quote("one\ntwo\n\n \nthree"))
    assert quoted == Quote((Paragraph((Run("one\ntwo"),)), Paragraph((Run("three"),))))


class Colour(Enum):
    RED = "TLP:RED"


class Kind(StrEnum):
    SOON = "soon"


SUMMER = datetime(2026, 7, 6, 8, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-3, "-3"),
        (2.5, "2.5"),
        (Decimal("12.50"), "12.50"),
        (date(2026, 11, 3), "3 November 2026"),
        (SUMMER, "Mon 6 Jul 2026, 09:05"),
        (Colour.RED, "TLP:RED"),
        (Kind.SOON, "soon"),
        ("C-7Q4KM2", "C-7Q4KM2"),
        (Trusted("**x**"), "x"),
    ],
)
def test_each_kind_of_value_has_one_way_to_be_shown(value: object, text: str):
    assert plain_text(Message(show(value))) == text


def test_a_reference_reads_the_same_in_markdown():
    assert escape("C-7Q4KM2, St Mary's at 09:00") == "C-7Q4KM2, St Mary's at 09:00"


def test_names_are_listed_as_in_a_sentence():
    assert [names(list(some)) for some in ("", "A", "AB", "ABC")] == ["", "A", "A and B", "A, B and C"]


@given(st.text())
def test_control_characters_and_overrides_never_pass(text: str):
    assert not set(escape(f"{text}\u202e\x1b\x00\ud800")) & set("\u202e\x1b\x00\ud800\n\r\t")
