from html import escape as html_escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.chat.markdown import plain_text
from bot.chat.port import Message
from bot.chat.slack_blocks import (
    CONTINUES,
    FALLBACK_CHARACTERS,
    MESSAGE_BLOCKS,
    MESSAGE_CHARACTERS,
    fallback,
    message_blocks,
    page_blocks,
)
from bot.messages.escaping import escape, quote, without_controls
from bot.playground.limits import check_message, check_view
from tests.hostile import HOSTILE, anything

Json = dict[str, Any]


def only(markdown: str) -> list[Json]:
    (blocks,) = message_blocks(Message(markdown))
    return blocks


def texts(value: Any) -> list[str]:
    """Every text in some blocks, in the order in which it is read."""
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for part in value.values() for text in texts(part) if isinstance(part, (dict, list))]
    return []


def kinds(value: Any) -> set[str]:
    if isinstance(value, list):
        return {kind for part in value for kind in kinds(part)}
    if isinstance(value, dict):
        own = {value["type"]} if "type" in value else set()
        return own | {kind for part in value.values() for kind in kinds(part)}
    return set()


def shown(parts: list[list[Json]]) -> str:
    """Every character shown, without white space and without the line that says it continues."""
    blocks = [block for part in parts for block in part if texts(block) != [CONTINUES]]
    return "".join("".join(texts(blocks)).split())


def judge(parts: list[list[Json]]) -> None:
    for blocks in parts:
        assert len(blocks) <= MESSAGE_BLOCKS
        assert len("".join(texts(blocks))) <= MESSAGE_CHARACTERS
        if blocks:
            check_message({"text": "x", "blocks": blocks})
        for block in Block.parse_all(blocks):
            block.validate_json()


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


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_literal_everywhere(hostile: str):
    word = escape(hostile)
    markdown = (
        f"# T{word}\n\nx {word}\n\n- y {word}\n\n{quote(hostile)}\n\n"
        f"| h |\n|---|\n| z {word} |\n\n[b{word}](<button:a.b:{word}>)\n\n###### s {word}"
    )
    parts = message_blocks(Message(markdown))
    judge(parts)
    assert not kinds(parts) & {"mrkdwn", "link", "markdown", "image"}
    assert not any("style" in element for element in elements_of(parts))
    visible = "".join(without_controls(hostile).split())
    assert shown(parts).count(visible) >= 6
    check_view({"type": "home", "blocks": page_blocks(Message(markdown))}, "home")


def elements_of(value: Any) -> list[Json]:
    if isinstance(value, list):
        return [element for part in value for element in elements_of(part)]
    if isinstance(value, dict):
        inner = [element for part in value.values() for element in elements_of(part)]
        return [value, *inner] if value.get("type") == "text" else inner
    return []


@given(anything)
def test_the_fallback_has_no_live_markup(said: str):
    markdown = escape(said)
    sent = fallback(Message(markdown))
    assert len(sent) <= FALLBACK_CHARACTERS
    assert "<" not in sent
    assert sent == html_escape(plain_text(Message(markdown)), quote=False)


@pytest.mark.parametrize("said", ["& " * 3000, "<" * 4000, "word " * 3000])
def test_a_long_fallback_is_cut_within_its_limit(said: str):
    sent = fallback(Message(escape(said)))
    assert FALLBACK_CHARACTERS - 10 < len(sent) <= FALLBACK_CHARACTERS
    assert sent.endswith("…")
    assert not sent.removesuffix("…").endswith(("&am", "&l", "&lt"))


long_text = st.builds(
    lambda words, times: " ".join(words * times)[:6000],
    st.lists(st.sampled_from(["a", "quality", "x" * 60, "y" * 3200, "<!here>", "*b*"]), min_size=1, max_size=4),
    st.sampled_from([1, 2, 30, 400]),
)


def _item(words: str) -> str:
    return f"- {escape(words)}\n  - {escape(words)}\n"


parts_of_a_message = st.one_of(
    long_text.map(lambda words: (escape(words), words)),
    long_text.map(lambda words: (f"## {escape(words)}", words)),
    long_text.map(lambda words: (f"# {escape(words)}", words)),
    long_text.map(lambda words: (f"###### {escape(words)}", words)),
    long_text.map(lambda words: (quote(f"{words}\n\n{words}\nend"), f"{words}{words}end")),
    long_text.map(lambda words: (_item(words) * 3, words * 6)),
    long_text.map(lambda words: (f"```\n{words}\n```", words)),
    long_text.map(lambda words: (f"| h |\n|---|\n| {escape(words)} |", words)),
    st.just(("---", "")),
    st.integers(1, 8).map(lambda n: (" ".join(["[B](button:a.b:1)"] * n), "B" * n)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(parts_of_a_message, max_size=4).map(lambda some: some * 5), max_size=2))
def test_any_message_fits_and_nothing_is_lost(lists: list[list[tuple[str, str]]]):
    content = [part for some in lists for part in some]
    message = Message("\n\n".join(markdown for markdown, _ in content))
    parts = message_blocks(message)
    judge(parts)
    assert shown(parts).replace("……", "").replace("h:", "").replace("h", "") == "".join(
        "".join(words.split()) for _, words in content
    ).replace("h", "")
    assert len(parts) == 1 or texts(parts[0][-1]) == [CONTINUES]
    check_view({"type": "home", "blocks": page_blocks(message)}, "home")
    check_view({"type": "home", "blocks": page_blocks(message, 10)}, "home")
    assert len(page_blocks(message, 10)) <= 10
