"""Blocks as the lines a person reads on the screen, for tests and for the demo's transcript."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bot.playground.files import File

Block = dict[str, Any]

INDENT = "   "


def lines_shown(blocks: list[Block]) -> Iterator[str]:
    """Every line that can be read in blocks, from the top."""
    for block in blocks:
        yield from _LINES.get(block["type"], _anything)(block)


def lines_of_files(files: Iterable[File]) -> Iterator[str]:
    """Each file's name, and what a picture shows as one hears it read."""
    for file in files:
        yield f"[{file.name}: {file.alt}]" if file.is_picture and file.alt else f"[{file.name}]"


def strings_shown(value: Any) -> Iterator[str]:
    """Everything that can be read in any part of a block, one piece a line."""
    if isinstance(value, list):
        for part in value:
            yield from strings_shown(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            if isinstance(part, str) and name in ("text", "alt_text", "initial_value"):
                yield part
            elif isinstance(part, dict | list):
                yield from strings_shown(part)


def _anything(block: Block) -> Iterator[str]:
    yield from strings_shown(block)


def _rich_text(block: Block) -> Iterator[str]:
    """A paragraph's pieces run on, as on the screen; each item of a list has its mark."""
    for part in block["elements"]:
        if part["type"] == "rich_text_list":
            yield from _list(part)
        else:
            yield _joined(part).strip("\n")


def _list(part: Block) -> Iterator[str]:
    for number, item in enumerate(part["elements"], part.get("offset", 0) + 1):
        mark = f"{number}." if part["style"] == "ordered" else "•"
        yield f"{INDENT * part.get('indent', 0)}{mark} {_joined(item)}"


def _joined(part: Block) -> str:
    return "".join(str(piece.get("text") or piece.get("url") or "") for piece in part["elements"])


def _table(block: Block) -> Iterator[str]:
    for row in block["rows"]:
        yield " | ".join(" ".join(_rich_text(cell) if cell["type"] == "rich_text" else [cell["text"]]) for cell in row)


def _actions(block: Block) -> Iterator[str]:
    """A row of buttons on one line; other elements as they come."""
    buttons = [f"[{one['text']['text']}]" for one in block["elements"] if one["type"] == "button"]
    if buttons:
        yield " ".join(buttons)
    yield from strings_shown([one for one in block["elements"] if one["type"] != "button"])


_LINES: dict[str, Callable[[Block], Iterator[str]]] = {
    "rich_text": _rich_text,
    "table": _table,
    "actions": _actions,
}
