"""Rich text: sections, lists, quotes and code, and the pieces of a line (the `rich_text` block)."""

from bot.playground.shapes import Check, Shape, anything, boolean, by_type, integer, items, one_of, string

PIECES, PARTS = 1000, 1000

_style = Shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "unlink"), boolean))
_piece: dict[str, Check] = {"type": anything, "style": _style}

_text = Shape({"text": string(40_000)}, _piece)
_link = Shape({"url": string(3000)}, {**_piece, "text": string(40_000), "unsafe": boolean})

line_piece = by_type(
    {
        "text": _text,
        "link": _link,
        "user": Shape({"user_id": string(255)}, _piece),
        "usergroup": Shape({"usergroup_id": string(255)}, _piece),
        "channel": Shape({"channel_id": string(255)}, _piece),
        "broadcast": Shape({"range": one_of("here", "channel", "everyone")}, _piece),
        "emoji": Shape({"name": string(255)}, {**_piece, "unicode": string(255), "skin_tone": integer(2, 6)}),
        "date": Shape(
            {"timestamp": integer(0, 9_999_999_999), "format": string(255)},
            {**_piece, "url": string(3000), "fallback": string(255)},
        ),
        "color": Shape({"value": string(7)}, _piece),
    }
)

_section = Shape({"elements": items(line_piece, PIECES, 0)}, {"type": anything})
_border: dict[str, Check] = {"type": anything, "border": integer(0, 1)}

_part = by_type(
    {
        "rich_text_section": _section,
        "rich_text_list": Shape(
            {
                "elements": items(by_type({"rich_text_section": _section}), PIECES),
                "style": one_of("bullet", "ordered"),
            },
            {**_border, "indent": integer(0, 8), "offset": integer(0, 10_000)},
        ),
        "rich_text_preformatted": Shape(
            {"elements": items(by_type({"text": _text, "link": _link}), PIECES)},
            {**_border, "language": string(255)},
        ),
        "rich_text_quote": Shape({"elements": items(line_piece, PIECES)}, _border),
    }
)

rich_text = Shape({"elements": items(_part, PARTS)}, {"type": anything, "block_id": string(255)})
