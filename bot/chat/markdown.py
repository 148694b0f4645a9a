"""Reading our Markdown into a tree, and out of it again as plain text.

CommonMark with tables and strikethrough; no HTML, no pictures, no bare addresses turned into links. A link leads
to `https:` or `mailto:`, or else only its words are kept. Buttons are described in `bot.chat.port.Message`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

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
    Runs,
    Small,
    Table,
    as_list,
    join_alike,
    words_of,
)

STYLES = ("primary", "danger")
# Lines of nothing but buttons are a row of their own, whether or not their author left blank lines around them.
_BUTTONS = re.compile(r"^(?:\[(?:[^\]\\\n]|\\.)*\]\(<?button:[^)\n]*\)[ \t]*\n?)+$", re.MULTILINE)


class _Parser(MarkdownIt):
    """Leaves addresses as they were written: which ones are followed is decided here, not in the parser."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the parser's own name
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the parser's own name
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the parser's own name
        return link


_parser = _Parser("commonmark", {"html": False}).enable(["table", "strikethrough"])
_parser.disable(["html_block", "html_inline"])


def parse(markdown: str) -> tuple[Node, ...]:
    """The tree of a message's Markdown."""
    tree = SyntaxTreeNode(_parser.parse(_BUTTONS.sub(r"\n\g<0>\n", markdown)))
    return tuple(_buttons(node) or _block(node) for node in tree.children)


def _blocks(nodes: Iterable[SyntaxTreeNode]) -> tuple[Node, ...]:
    return tuple(_block(node) for node in nodes)


def _block(node: SyntaxTreeNode) -> Node:
    return _BLOCKS.get(node.type, _paragraph)(node)


def _paragraph(node: SyntaxTreeNode) -> Node:
    return Paragraph(_runs(node))


def _heading(node: SyntaxTreeNode) -> Node:
    level = int(node.tag.removeprefix("h"))
    return Small(_runs(node)) if level == 6 else Heading(level, _runs(node))


def _list(node: SyntaxTreeNode) -> Node:
    items = tuple(_blocks(item.children) for item in node.children)
    return ListOf(items, node.type == "ordered_list", int(node.attrs.get("start", 1)))


def _quote(node: SyntaxTreeNode) -> Node:
    return Quote(_blocks(node.children))


def _code(node: SyntaxTreeNode) -> Node:
    return Code(node.content.rstrip("\n"))


def _rule(_node: SyntaxTreeNode) -> Node:
    return Rule()


def _table(node: SyntaxTreeNode) -> Node:
    head, *rows = (tuple(_runs(cell) for cell in row.children) for row in _rows(node))
    return Table(head, tuple(rows))


_BLOCKS: dict[str, Callable[[SyntaxTreeNode], Node]] = {
    "heading": _heading,
    "bullet_list": _list,
    "ordered_list": _list,
    "blockquote": _quote,
    "fence": _code,
    "code_block": _code,
    "hr": _rule,
    "table": _table,
}


def _rows(table: SyntaxTreeNode) -> list[SyntaxTreeNode]:
    return [row for part in table.children for row in part.children]


def _inline(node: SyntaxTreeNode) -> list[SyntaxTreeNode]:
    return [part for inline in node.children for part in inline.children]


def _runs(node: SyntaxTreeNode) -> Runs:
    runs: list[Run] = []
    for part in _inline(node):
        runs += _spans(part, Run(""))
    return join_alike(runs)


def _spans(node: SyntaxTreeNode, like: Run) -> list[Run]:
    """The runs of one inline node, in the look of what surrounds it."""
    match node.type:
        case "softbreak":
            return [replace(like, text=" ")]
        case "hardbreak":
            return [replace(like, text="\n")]
        case "code_inline":
            return [replace(like, text=node.content, code=True)]
        case "strong":
            like = replace(like, bold=True)
        case "em":
            like = replace(like, italic=True)
        case "s":
            like = replace(like, strike=True)
        case "link":
            like = replace(like, link=_followed(str(node.attrs.get("href", ""))))
        case "image":
            pass
        case _:
            return [replace(like, text=node.content)]
    return [run for child in node.children for run in _spans(child, like)]


def _followed(address: str) -> str:
    safe = address.startswith(("https://", "mailto:")) and not any(character.isspace() for character in address)
    return address if safe else ""


def _buttons(node: SyntaxTreeNode) -> Buttons | None:
    """A row of buttons, if the paragraph is made of nothing else."""
    if node.type != "paragraph":
        return None
    row = []
    for part in _inline(node):
        if part.type in {"softbreak", "hardbreak"} or (part.type == "text" and not part.content.strip()):
            continue
        button = _button(part)
        if button is None:
            return None
        row.append(button)
    return Buttons(tuple(row)) if row else None


def _button(node: SyntaxTreeNode) -> Button | None:
    scheme, _, rest = str(node.attrs.get("href", "")).partition(":")
    listener, _, value = rest.partition(":")
    label = words_of(run for child in node.children for run in _spans(child, Run(""))).strip()
    if node.type != "link" or scheme != "button" or not listener or not label:
        return None
    title = str(node.attrs.get("title", ""))
    return Button(label, listener, value, title if title in STYLES else "")


def plain_text(message: Message) -> str:
    """All that a message says, readable as it stands; buttons are shown as [Label]."""
    return plain_nodes(parse(message.markdown))


def plain_nodes(nodes: Iterable[Node]) -> str:
    """Some of a message's parts as plain text, with a blank line between them."""
    return "\n\n".join(filter(None, map(_plain, nodes)))


def plain_runs(runs: Iterable[Run]) -> str:
    """Runs as plain text, the address of a link after its words unless the words are the address."""
    parts: list[str] = []
    link = ""
    for run in [*runs, Run("")]:
        if link and run.link != link:
            parts.append("" if "".join(parts).endswith(link.removeprefix("mailto:")) else f" ({link})")
        parts.append(run.text)
        link = run.link
    return "".join(parts)


def _plain(node: Node) -> str:
    node = as_list(node) if isinstance(node, Table) else node
    match node:
        case Rule():
            return ""
        case Code():
            return node.text
        case Quote():
            return plain_nodes(node.parts)
        case Buttons():
            return " ".join(f"[{button.label}]" for button in node.row)
        case ListOf():
            return "\n".join(_item(node, place) for place in range(len(node.items)))
        case _:
            return plain_runs(node.runs)


def _item(node: ListOf, place: int) -> str:
    mark = f"{node.start + place}." if node.ordered else "•"
    lines = "\n".join(filter(None, map(_plain, node.items[place]))).split("\n")
    return "\n".join([f"{mark} {lines[0]}", *(f"   {line}" for line in lines[1:])])
