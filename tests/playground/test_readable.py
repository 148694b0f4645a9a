"""Blocks as the lines a person reads."""

from typing import Any

import pytest

from bot.playground.readable import lines_shown


def run(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": text, **more}


def section(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(runs)}


def listed(style: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "rich_text_list", "style": style, "elements": list(items), **more}


def rich(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(parts)}


LINK = {"type": "link", "url": "https://example.org/"}
BUTTONS = [{"type": "button", "text": {"type": "plain_text", "text": label}} for label in ("Open", "Close")]
ROWS = [
    [{"type": "raw_text", "text": "Who"}, {"type": "raw_text", "text": "Where"}],
    [{"type": "raw_text", "text": "GMC"}, rich(section(run("answered "), run("today")))],
]


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        (rich(section(run("\nabout "), run("Northgate", style={"bold": True}), run("."))), ["about Northgate."]),
        (rich(section(run("see "), LINK)), ["see https://example.org/"]),
        (rich(listed("bullet", section(run("one "), run("line")), section(run("two")))), ["• one line", "• two"]),
        (rich(listed("bullet", section(run("under")), indent=1)), ["   • under"]),
        (rich(listed("ordered", section(run("third")), offset=2)), ["3. third"]),
        ({"type": "table", "rows": ROWS}, ["Who | Where", "GMC | answered today"]),
        ({"type": "actions", "elements": BUTTONS}, ["[Open] [Close]"]),
        ({"type": "header", "text": {"type": "plain_text", "text": "Title"}}, ["Title"]),
    ],
)
def test_a_block_reads_as_on_the_screen(block: dict[str, Any], lines: list[str]) -> None:
    assert list(lines_shown([block])) == lines
