"""A message as Slack's blocks, within its limits: a long message goes on in the thread, a long page says so.

The figures are Slack's [docs.slack.dev/reference/block-kit], with room to spare where it does not publish them:
the characters of a message are about 12,000, blocks' wrapping included.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate

from bot.chat.lengths import cut, divide
from bot.chat.markdown import parse, plain_runs, plain_text
from bot.chat.port import Message
from bot.chat.slack_rich_text import WRAPPING, Json, Piece, pieces, rich_text, spans
from bot.chat.tree import (
    EMPTY_CELL,
    Button,
    Buttons,
    Heading,
    Node,
    Paragraph,
    Rule,
    Run,
    Runs,
    Small,
    Table,
    as_list,
    words_of,
)

BLOCK_CHARACTERS = 2_900
MESSAGE_BLOCKS, MESSAGE_CHARACTERS, SPARE_CHARACTERS = 45, 11_000, 200
HEADER_CHARACTERS = 150
TABLE_ROWS, TABLE_COLUMNS, TABLE_CHARACTERS = 100, 20, 10_000
BUTTONS_IN_A_ROW, BUTTON_LABEL, BUTTON_VALUE = 5, 75, 2_000
BLOCK_WRAPPING = WRAPPING * 5
PAGE_SPARE_BLOCKS, PAGE_BYTES = 5, 200_000
FALLBACK_CHARACTERS = 3_900

CONTINUES = "Continues in the thread."
NOT_SHOWN = "And {count} more, not shown here. Use the command for the full list."


@dataclass(frozen=True)
class _Drawn:
    """A block, how much of a message it takes up, and how many paragraphs or items it shows."""

    block: Json
    size: int
    items: int = 0
    leads: bool = False


def message_blocks(message: Message) -> list[list[Json]]:
    """The blocks of a message, and of each of its continuations in the thread. Nothing is left out."""
    below = _parts(message.below) if message.below else []
    blocks = [[drawn.block for drawn in part] for part in [*_parts(message.markdown), *below]]
    if len(blocks) > 1:
        blocks[0].append(_small_print(CONTINUES))
    return blocks


def _parts(markdown: str) -> list[list[_Drawn]]:
    """What is drawn of it, in as many messages as it needs."""
    parts: list[list[_Drawn]] = [[]]
    for drawn in _draw(parse(markdown), tables=True):
        part = parts[-1]
        # One block and its characters are kept free for the line that says it continues.
        full = len(part) + 1 >= MESSAGE_BLOCKS or _size(part) + drawn.size > MESSAGE_CHARACTERS - SPARE_CHARACTERS
        if part and full:
            parts.append([part.pop()] if len(part) > 1 and part[-1].leads else [])
        parts[-1].append(drawn)
    return parts


def page_blocks(message: Message, limit: int = 100) -> list[Json]:
    """The blocks of a page or of the Home tab: at most `limit`, the last saying how much is not shown."""
    drawn = list(_draw(parse(message.markdown), tables=False))
    shown = _fitting(drawn, max(limit - PAGE_SPARE_BLOCKS, 0))
    blocks = [each.block for each in drawn[:shown]]
    if shown < len(drawn):
        count = max(sum(each.items for each in drawn[shown:]), 1)
        blocks.append(_small_print(NOT_SHOWN.format(count=count)))
    return blocks


def _fitting(drawn: Sequence[_Drawn], limit: int) -> int:
    taken = 0
    for place, each in enumerate(drawn):
        taken += len(json.dumps(each.block))
        if place >= limit or taken > PAGE_BYTES:
            return place
    return len(drawn)


def fallback(message: Message) -> str:
    """The message as Slack's plain `text`, for notifications and screen readers; nothing in it is live."""
    text = plain_text(message)
    lengths = list(accumulate(len(escape(character, quote=False)) for character in text))
    return escape(cut(text, bisect_right(lengths, FALLBACK_CHARACTERS)), quote=False)


def _size(part: Iterable[_Drawn]) -> int:
    return sum(drawn.size for drawn in part)


def _draw(nodes: Iterable[Node], *, tables: bool) -> Iterator[_Drawn]:
    """The blocks of the tree. Words that follow one another share a block as far as they fit in it."""
    row: list[Piece] = []
    for node in _fitted(nodes, tables=tables):
        own = _own_blocks(node)
        if own is not None:
            yield from _closed(row)
            row = []
            yield from own
            continue
        for piece in pieces(node):
            if row and _characters(row) + piece.size > BLOCK_CHARACTERS:
                stays = len(row) > 1 and row[-1].leads and row[-1].size + piece.size <= BLOCK_CHARACTERS
                heading = [row.pop()] if stays else []
                yield from _closed(row)
                row = heading
            row.append(piece)
    yield from _closed(row)


def _closed(row: Sequence[Piece]) -> list[_Drawn]:
    items = sum(not piece.leads for piece in row)
    return [_Drawn(rich_text(row), _characters(row) + BLOCK_WRAPPING, items, leads=row[-1].leads)] if row else []


def _characters(row: Iterable[Piece]) -> int:
    return sum(piece.size for piece in row)


def _fitted(nodes: Iterable[Node], *, tables: bool) -> Iterator[Node]:
    """The same tree, where a title is short enough for a header and a table is one that Slack can show."""
    for node in nodes:
        if isinstance(node, Heading) and node.level == 1:
            yield from _short(node)
        elif isinstance(node, Table):
            shown = tables and _is_small(node)
            tables = tables and not shown
            yield node if shown else as_list(node)
        else:
            yield node


def _short(title: Heading) -> list[Node]:
    text = " ".join(words_of(title.runs).split())
    short = cut(text, HEADER_CHARACTERS)
    if short == text:
        return [Heading(1, (Run(text),))] if text else []
    return [Heading(1, (Run(short),)), Paragraph((Run("…" + text[len(short) - 1 :]),))]


def _is_small(table: Table) -> bool:
    fits = len(table.rows) < TABLE_ROWS and len(table.head) <= TABLE_COLUMNS
    return fits and _table_size(table) <= TABLE_CHARACTERS


def _table_size(table: Table) -> int:
    cells = [cell for row in (table.head, *table.rows) for cell in row]
    return BLOCK_WRAPPING + sum(len(words_of(cell)) + WRAPPING for cell in cells)


def _own_blocks(node: Node) -> list[_Drawn] | None:
    """The blocks of a part that shares its blocks with nothing else; None for words."""
    match node:
        case Rule():
            return [_Drawn({"type": "divider"}, BLOCK_WRAPPING)]
        case Heading(level=1):
            text = words_of(node.runs)
            return [_Drawn({"type": "header", "text": plain(text)}, len(text) + BLOCK_WRAPPING, leads=True)]
        case Small():
            parts = divide(plain_runs(node.runs).strip(), BLOCK_CHARACTERS)
            return [_Drawn(_small_print(part), len(part) + BLOCK_WRAPPING) for part in parts]
        case Table():
            rows = [[_cell(cell) for cell in row] for row in (node.head, *node.rows)]
            # Unless a column says that it wraps, Slack cuts its cells off.
            wrapped = [{"is_wrapped": True} for _ in node.head]
            table = {"type": "table", "rows": rows, "column_settings": wrapped}
            return [_Drawn(table, _table_size(node), len(node.rows))]
        case Buttons():
            rows_of_buttons = range(0, len(node.row), BUTTONS_IN_A_ROW)
            return [_actions(node.row[start : start + BUTTONS_IN_A_ROW]) for start in rows_of_buttons]
        case _:
            return None


def plain(text: str) -> Json:
    """A text object in which nothing is read as anything but itself."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _small_print(text: str) -> Json:
    return {"type": "context", "elements": [plain(text)]}


def _cell(runs: Runs) -> Json:
    if all(run == Run(run.text) for run in runs):
        return {"type": "raw_text", "text": words_of(runs) or EMPTY_CELL}
    section = {"type": "rich_text_section", "elements": spans(runs)}
    return {"type": "rich_text", "elements": [section]}


def _actions(row: Sequence[Button]) -> _Drawn:
    elements: list[Json] = []
    for place, button in enumerate(row):
        again = sum(earlier.listener == button.listener for earlier in row[:place])
        elements.append(_button(button, f"{button.listener}#{again + 1}" if again else button.listener))
    size = sum(len(button.label) + len(button.value) + WRAPPING for button in row)
    return _Drawn({"type": "actions", "elements": elements}, size + BLOCK_WRAPPING)


def _button(button: Button, action_id: str) -> Json:
    if len(button.value) > BUTTON_VALUE:
        raise ValueError(f"the value of a button for {button.listener} is over {BUTTON_VALUE} characters")
    return {
        "type": "button",
        "action_id": action_id,
        "text": plain(cut(button.label, BUTTON_LABEL)),
        **({"value": button.value} if button.value else {}),
        **({"style": button.style} if button.style else {}),
    }
