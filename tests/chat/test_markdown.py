import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.lengths import cut, divide
from bot.chat.markdown import parse, plain_text
from bot.chat.port import Message
from bot.chat.tree import (
    Button,
    Buttons,
    Code,
    Heading,
    ListOf,
    Node,
    Paragraph,
    Quote,
    Rule,
    Run,
    Small,
    Table,
    as_list,
)
from tests.hostile import HOSTILE


def words(text: str) -> Paragraph:
    return Paragraph((Run(text),))


@pytest.mark.parametrize(
    ("markdown", "node"),
    [
        pytest.param("# Title", Heading(1, (Run("Title"),)), id="title"),
        pytest.param("### Part", Heading(3, (Run("Part"),)), id="heading"),
        pytest.param("###### fine", Small((Run("fine"),)), id="small print"),
        pytest.param("one\ntwo", words("one two"), id="lines join"),
        pytest.param("one\\\ntwo", words("one\ntwo"), id="hard break"),
        pytest.param("one  \ntwo", words("one\ntwo"), id="hard break by spaces"),
        pytest.param("---", Rule(), id="rule"),
        pytest.param("```\na\nb\n```", Code("a\nb"), id="code"),
        pytest.param("    a\n", Code("a"), id="indented code"),
        pytest.param("&amp; \\* &copy;", words("& * ©"), id="entities and escapes"),
        pytest.param("<b>x</b> <!-- y -->", words("<b>x</b> <!-- y -->"), id="HTML is words"),
        pytest.param("<div>\nx\n</div>", words("<div> x </div>"), id="an HTML block is words"),
        pytest.param("https://a.example", words("https://a.example"), id="bare addresses are words"),
        pytest.param("![alt](https://a.example/x.png)", words("alt"), id="a picture is its words"),
        pytest.param("> a\n>\n> b", Quote((words("a"), words("b"))), id="quotation"),
        pytest.param("- a\n- b", ListOf(((words("a"),), (words("b"),))), id="list"),
        pytest.param("3. a\n4. b", ListOf(((words("a"),), (words("b"),)), ordered=True, start=3), id="numbered list"),
        pytest.param("- a\n  - b", ListOf(((words("a"), ListOf(((words("b"),),))),)), id="list in a list"),
        pytest.param(
            "| a | b |\n|---|---|\n| **c** | |",
            Table(((Run("a"),), (Run("b"),)), (((Run("c", bold=True),), ()),)),
            id="table",
        ),
        pytest.param(
            "a **b *c*** ~~d~~ `e`",
            Paragraph(
                (
                    Run("a "),
                    Run("b ", bold=True),
                    Run("c", bold=True, italic=True),
                    Run(" "),
                    Run("d", strike=True),
                    Run(" "),
                    Run("e", code=True),
                )
            ),
            id="looks",
        ),
    ],
)
def test_markdown_becomes_a_tree(markdown: str, node: Node):
    assert parse(markdown) == (node,)


@pytest.mark.parametrize(
    ("address", "followed"),
    [
        ("https://a.example/x?y=1&z=%20", True),
        ("mailto:a@example.org", True),
        ("http://a.example", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("slack://open", False),
        ("//a.example", False),
        ("<https://a.example/a b>", False),
        ("button:a.b:c", False),
        ("", False),
    ],
)
def test_only_safe_addresses_are_followed(address: str, followed: bool):
    (node,) = parse(f"see [here]({address}) now")
    expected = [Run("see "), Run("here", link=address), Run(" now")] if followed else [Run("see here now")]
    assert node == Paragraph(tuple(expected))


@pytest.mark.parametrize(
    ("markdown", "row"),
    [
        ("[A](button:a.b:1)", [Button("A", "a.b", "1")]),
        ('[A](button:a.b:1 "primary") [B](button:c)', [Button("A", "a.b", "1", "primary"), Button("B", "c")]),
        ('[A](button:a.b:1 "purple")\n[B](button:a.b:x:y)', [Button("A", "a.b", "1"), Button("B", "a.b", "x:y")]),
        ("[**A** b](<button:a.b:c d>)", [Button("A b", "a.b", "c d")]),
    ],
)  # fmt: skip
def test_a_paragraph_of_button_links_is_a_row_of_buttons(markdown: str, row: list[Button]):
    assert parse(markdown) == (Buttons(tuple(row)),)


@pytest.mark.parametrize(
    "markdown",
    [
        "[A](button:a.b:1) now",
        "[A](button:)",
        "[](button:a.b:1) A",
        "[A](https://a.example) [B](button:a.b:1)",
        "**[A](button:a.b:1)**",
    ],
)
def test_other_paragraphs_have_no_buttons(markdown: str):
    assert [type(node) for node in parse(markdown)] == [Paragraph]


def test_buttons_stand_only_at_the_top():
    assert parse("- [A](button:a.b:1)") == (ListOf(((words("A"),),)),)


def test_a_table_as_a_list_names_each_column():
    (table,) = parse("| Who | |\n|---|---|\n| CQC | x |\n| | y |")
    assert isinstance(table, Table)
    assert as_list(table) == ListOf(
        (
            (Paragraph((Run("Who: ", bold=True), Run("CQC; x"))),),
            (Paragraph((Run("Who: ", bold=True), Run("–; y"))),),
        )
    )


def test_plain_text_reads_well():
    markdown = """\
# Concern C-1

**CQC** raised it: see [the guide](https://a.example) or <mailto:a@example.org>.

> one\\
> two
>
> three

1. first
   - inner
2. second

---

| Who | When |
|---|---|
| CQC | today |

[Open](button:a:1) [Close](button:b:2)

###### Only you can see this.
"""
    assert plain_text(Message(markdown)).split("\n") == [
        "Concern C-1",
        "",
        "CQC raised it: see the guide (https://a.example) or mailto:a@example.org.",
        "",
        "one",
        "two",
        "",
        "three",
        "",
        "1. first",
        "   • inner",
        "2. second",
        "",
        "• Who: CQC; When: today",
        "",
        "[Open] [Close]",
        "",
        "Only you can see this.",
    ]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_even_unescaped_text_yields_no_link_but_safe_ones(hostile: str):
    runs = [run for node in parse(hostile) if isinstance(node, Paragraph) for run in node.runs]
    assert all(run.link.startswith(("https://", "mailto:", "")) for run in runs)
    plain_text(Message(hostile))


@given(st.text())
def test_any_markdown_can_be_read(text: str):
    assert isinstance(plain_text(Message(text)), str)


@given(st.text(max_size=60), st.integers(2, 30))
def test_cut_text_fits_and_shows_that_it_was_cut(text: str, limit: int):
    short = cut(text, limit)
    assert len(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@given(st.text(max_size=60), st.integers(1, 30))
def test_divided_text_is_all_there(text: str, limit: int):
    parts = divide(text, limit)
    assert "".join(parts) == text
    assert all(0 < len(part) <= limit for part in parts)


@pytest.mark.parametrize(
    ("text", "short"),
    [("one two", "one two"), ("one two three", "one two…"), ("one twothree", "one…"), ("onetwothree", "onetwot…")],
)
def test_text_is_cut_between_words(text: str, short: str):
    assert cut(text, 8) == short
