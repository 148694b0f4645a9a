"""Words as Slack's rich text, which is never parsed: `<!channel>` and `*bold*` that somebody typed stay as typed.

The tree is first laid out as pieces, each a line or paragraph that fits a block; pieces are then built into the
elements of `rich_text` blocks. [docs.slack.dev/reference/block-kit/blocks/rich-text-block]
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from bot.chat.lengths import divide
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
    as_list,
    join_alike,
    words_of,
)

Json = dict[str, Any]

PIECE_CHARACTERS = 2_880
WRAPPING = 20  # characters by which Slack counts an element for more than its text, by a cautious guess
DEEPEST_INDENT = 8


@dataclass(frozen=True)
class Piece:
    """What is never divided again: a paragraph, a list's item, or as much of one as a block may hold."""

    kind: Literal["section", "bullet", "ordered", "quote", "code"]
    runs: Runs
    indent: int = 0
    number: int = 0
    leads: bool = False  # a heading, which stays with what follows it

    @property
    def size(self) -> int:
        return len(words_of(self.runs)) + WRAPPING


def pieces(node: Node) -> list[Piece]:
    """The pieces of one part of a message; none for what is not made of words."""
    match node:
        case Heading():
            bold = tuple(replace(run, bold=True) for run in node.runs)
            return [replace(piece, leads=True) for piece in _divided("section", bold)]
        case Code():
            return _divided("code", (Run(node.text),))
        case Quote():
            return [quoted for runs in _lines(node.parts) for quoted in _divided("quote", runs)]
        case ListOf() | Table():
            return list(_items(as_list(node) if isinstance(node, Table) else node, 0))
        case Paragraph() | Small():
            return _divided("section", node.runs)
        case Rule() | Buttons():
            return []


def _items(node: ListOf, indent: int) -> Iterator[Piece]:
    kind: Literal["ordered", "bullet"] = "ordered" if node.ordered else "bullet"
    for number, item in enumerate(node.items, node.start):
        own = [part for part in item if not isinstance(part, ListOf)]
        first, *rest = _divided(kind, _one_below_another(own)) or [Piece(kind, (Run(" "),))]
        yield replace(first, indent=indent, number=number)
        # The rest of a very long item stands below it as a paragraph, so that the numbering still holds.
        yield from (replace(piece, kind="section") for piece in rest)
        for inner in item:
            if isinstance(inner, ListOf):
                yield from _items(inner, min(indent + 1, DEEPEST_INDENT))


def _one_below_another(nodes: Iterable[Node]) -> Runs:
    return tuple(run for runs in _lines(nodes) for run in (Run("\n"), *runs))[1:]


def _lines(nodes: Iterable[Node]) -> Iterator[Runs]:
    """The paragraphs within a quotation or a list's item, where Slack has room for runs only."""
    for node in nodes:
        match node:
            case Quote():
                yield from _lines(node.parts)
            case ListOf():
                yield from (_marked(piece) for piece in _items(node, 0))
            case Table():
                yield from _lines([as_list(node)])
            case Code():
                yield (Run(node.text, code=True),)
            case Heading() | Paragraph() | Small():
                yield node.runs
            case Rule() | Buttons():
                pass


def _marked(piece: Piece) -> Runs:
    mark = {"ordered": f"{piece.number}. ", "bullet": "• "}.get(piece.kind, "")
    return (Run("   " * piece.indent + mark), *piece.runs)


def _divided(kind: Literal["section", "bullet", "ordered", "quote", "code"], runs: Runs) -> list[Piece]:
    """Pieces of at most what a block may hold, divided at words."""
    ends = [0]
    for part in divide(words_of(runs), PIECE_CHARACTERS):
        ends.append(ends[-1] + len(part))
    return [Piece(kind, tuple(_between(runs, start, end))) for start, end in pairwise(ends)]


def _between(runs: Runs, start: int, end: int) -> Iterator[Run]:
    """The runs of the characters from `start` up to `end`."""
    place = 0
    for run in runs:
        text = run.text[max(start - place, 0) : max(end - place, 0)]
        place += len(run.text)
        if text:
            yield replace(run, text=text)


def rich_text(row: Sequence[Piece]) -> Json:
    """One `rich_text` block of these pieces, with a blank line between paragraphs."""
    groups: list[list[Piece]] = []
    for piece in row:
        if groups and _belong_together(groups[-1][-1], piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    # A list, a quotation and code keep some distance from what is above them, but not from what is below.
    elements = [_element(group, below=place > 0) for place, group in enumerate(groups)]
    return {"type": "rich_text", "elements": elements}


def _belong_together(one: Piece, other: Piece) -> bool:
    if one.kind != other.kind or one.kind == "code" or one.indent != other.indent:
        return False
    return one.kind != "ordered" or other.number == one.number + 1


def _element(group: Sequence[Piece], *, below: bool) -> Json:
    first = group[0]
    match first.kind:
        case "code":
            return {"type": "rich_text_preformatted", "elements": spans(first.runs)}
        case "bullet" | "ordered":
            items = [{"type": "rich_text_section", "elements": spans(piece.runs)} for piece in group]
            offset = {"offset": first.number - 1} if first.kind == "ordered" and first.number > 1 else {}
            style = {"style": first.kind, "indent": first.indent}
            return {"type": "rich_text_list", "elements": items, **style, **offset}
        case "quote":
            return {"type": "rich_text_quote", "elements": spans(_with_blank_lines(group))}
        case "section":
            runs = _with_blank_lines(group)
            return {"type": "rich_text_section", "elements": spans((Run("\n"), *runs) if below else runs)}


def _with_blank_lines(group: Sequence[Piece]) -> Runs:
    runs = list(group[0].runs)
    for above, piece in pairwise(group):
        runs += [Run("\n" if above.leads else "\n\n"), *piece.runs]
    return tuple(runs)


def spans(runs: Iterable[Run]) -> list[Json]:
    """Runs as rich text elements."""
    return [_span(run) for run in join_alike(runs)]


def _span(run: Run) -> Json:
    looks = {"bold": run.bold, "italic": run.italic, "strike": run.strike, "code": run.code}
    style = {name: True for name, on in looks.items() if on}
    kind = {"type": "link", "url": run.link} if run.link else {"type": "text"}
    return {**kind, "text": run.text, **({"style": style} if style else {})}
