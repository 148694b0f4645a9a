from html import escape as html_escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.markdown import plain_text
from bot.chat.port import Message
from bot.chat.slack_blocks import (
    CONTINUES,
    FALLBACK_CHARACTERS,
    fallback,
    message_blocks,
    page_blocks,
)
from bot.messages.escaping import escape, quote, without_controls
from bot.playground.limits import check_view
from tests.chat.slack_judge import judge, kinds, shown, texts
from tests.hostile import HOSTILE, anything

Json = dict[str, Any]


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


@settings(max_examples=25, deadline=None)
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
