from typing import Any

import pytest

from bot.chat.port import Message
from bot.chat.slack_blocks import (
    CONTINUES,
    fallback,
    message_blocks,
    page_blocks,
)
from tests.chat.slack_judge import judge, kinds, shown, texts

Json = dict[str, Any]


def only(markdown: str) -> list[Json]:
    (blocks,) = message_blocks(Message(markdown))
    return blocks


def section(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def text(words: str, **style: bool) -> Json:
    return {"type": "text", "text": words, **({"style": style} if style else {})}


def test_words_become_rich_text_with_their_looks():
    assert only("a **b** *c* ~~d~~ `e` [f](https://a.example)") == [
        section(
            text("a "),
            text("b", bold=True),
            text(" "),
            text("c", italic=True),
            text(" "),
            text("d", strike=True),
            text(" "),
            text("e", code=True),
            text(" "),
            {"type": "link", "url": "https://a.example", "text": "f"},
        )
    ]


def test_a_title_is_a_header_and_other_headings_are_bold():
    assert only("# Title\n\n## Part\n\nwords\n\nmore") == [
        {"type": "header", "text": {"type": "plain_text", "text": "Title", "emoji": False}},
        section(text("Part", bold=True), text("\nwords\n\nmore")),
    ]


def test_lists_keep_their_nesting_and_numbers():
    (block,) = only("1. a\n   - b\n2. c\n\nend")
    lists, end = block["elements"][:-1], block["elements"][-1]
    assert [(each["style"], each["indent"], each.get("offset", 0)) for each in lists] == [
        ("ordered", 0, 0),
        ("bullet", 1, 0),
        ("ordered", 0, 1),
    ]
    assert texts(end) == ["\nend"]


def test_a_quotation_with_paragraphs_and_a_list_is_one_quote():
    (block,) = only("> a\n>\n> b\n> - c")
    assert block["elements"] == [{"type": "rich_text_quote", "elements": [text("a\n\nb\n\n• c")]}]


def test_code_small_print_and_rules_have_their_own_shape():
    code, rule, small = only("```\na *b*\n```\n\n---\n\n###### fine [print](https://a.example)")
    assert code["elements"] == [{"type": "rich_text_preformatted", "elements": [text("a *b*")]}]
    assert rule == {"type": "divider"}
    assert small["elements"] == [{"type": "plain_text", "text": "fine print (https://a.example)", "emoji": False}]


def test_buttons_find_their_listener_and_differ_within_the_row():
    (block,) = only('[A](button:c.open:1 "primary") [B](button:c.open:2) [C](button:c.close) [D](button:c.open:3)')
    assert [(each["action_id"], each.get("value"), each.get("style")) for each in block["elements"]] == [
        ("c.open", "1", "primary"),
        ("c.open#2", "2", None),
        ("c.close", None, None),
        ("c.open#3", "3", None),
    ]


def test_many_buttons_take_several_rows():
    markdown = " ".join(f"[B{n}](button:c.open:{n})" for n in range(12))
    assert [len(block["elements"]) for block in only(markdown)] == [5, 5, 2]


def test_a_button_s_long_label_is_cut_and_its_long_value_refused():
    (block,) = only(f"[{'word ' * 30}](button:c.open:1)")
    assert len(block["elements"][0]["text"]["text"]) <= 75
    with pytest.raises(ValueError, match=r"c\.open"):
        only(f"[A](button:c.open:{'1' * 2001})")


TABLE = "| Who | What |\n|---|---|\n| CQC | **x** |\n| GMC | |\n"


def test_the_first_table_of_a_message_is_a_table_and_the_next_a_list():
    table, rest = only(f"{TABLE}\n{TABLE}")
    assert table["type"] == "table"
    assert [[texts(cell) for cell in row] for row in table["rows"]] == [
        [["Who"], ["What"]],
        [["CQC"], ["x"]],
        [["GMC"], ["–"]],
    ]
    assert "".join(texts(rest)) == "Who: CQC; What: xWho: GMC; What: –"
    judge([[table, rest]])


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("| a |\n|---|\n" + "| x |\n" * 100, id="rows"),
        pytest.param("|" + "a|" * 21 + "\n|" + "---|" * 21 + "\n|" + "x|" * 21, id="columns"),
        pytest.param("| a |\n|---|\n" + f"| {'x' * 2000} |\n" * 6, id="characters"),
    ],
)
def test_a_table_too_large_for_slack_is_a_list(table: str):
    parts = message_blocks(Message(table))
    assert "table" not in kinds(parts)
    judge(parts)


def test_a_page_shows_tables_as_lists():
    assert kinds(page_blocks(Message(TABLE))) == {"rich_text", "rich_text_list", "rich_text_section", "text"}


def test_a_long_title_goes_on_below_the_header():
    title = "word " * 60
    header, rest = only(f"# {title}\n\nnext")
    assert header["text"]["text"].endswith("word…")
    assert len(header["text"]["text"]) <= 150
    assert shown([[header, rest]]).replace("……", "") == "word" * 60 + "next"


def test_a_long_message_goes_on_in_the_thread():
    parts = message_blocks(Message("\n\n".join(f"###### line {n}" for n in range(100))))
    assert [len(part) for part in parts] == [45, 44, 12]
    assert texts(parts[0][-1]) == [CONTINUES]
    assert CONTINUES not in texts(parts[1:])


def test_a_heading_is_not_left_alone_at_the_end_of_a_part():
    lines = "\n\n".join(f"###### line {n}" for n in range(43))
    first, second = message_blocks(Message(f"{lines}\n\n# Title\n\nwords"))
    assert "Title" not in texts(first)
    assert texts(second) == ["Title", "words"]


def test_a_paragraph_is_divided_only_when_it_alone_is_too_long():
    paragraph = ("word " * 400).strip()
    first, second = only(f"{paragraph}\n\n{paragraph}")
    assert texts(first) == texts(second) == [paragraph]
    long = ("word " * 1000).strip()
    assert "".join(texts(only(long))) == long
    assert all(part[0].endswith("word ") for part in map(texts, only(long)[:-1]))


def test_a_page_says_how_much_is_not_shown():
    blocks = page_blocks(Message("\n\n---\n\n".join(f"line {n}" for n in range(100))))
    assert len(blocks) == 96
    assert texts(blocks[-1]) == ["And 52 more, not shown here. Use the command for the full list."]


def test_a_short_page_is_shown_whole():
    assert len(page_blocks(Message("\n\n---\n\n".join(["x"] * 48)))) == 95


def test_an_empty_message_is_one_part_without_blocks():
    assert message_blocks(Message("")) == [[]]
    assert page_blocks(Message("")) == []
    assert fallback(Message("")) == ""
