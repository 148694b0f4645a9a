"""Block Kit's rules: which blocks a message, a modal or the Home tab accepts, and what each may hold.

Figures from docs.slack.dev/reference/block-kit; the words follow what Slack answers in
`response_metadata.messages`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.elements import (
    actions_element,
    context_element,
    input_element,
    option_group,
    section_accessory,
    select_option,
)
from bot.playground.errors import SlackError
from bot.playground.rich_text import rich_text
from bot.playground.shapes import (
    Check,
    Problems,
    Shape,
    anything,
    boolean,
    by_type,
    in_turn,
    items,
    one_of,
    plain,
    repeated,
    string,
    text,
)

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MARKDOWN_CHARACTERS, TABLE_CHARACTERS = 12_000, 10_000
TEXT_CHARACTERS = 40_000
VIEW_BYTES = 250_000

_block: dict[str, Check] = {"type": anything, "block_id": string(255)}


def _says_something(value: Any, at: str, problems: Problems) -> None:
    if not value.get("text") and not value.get("fields"):
        problems.add("must define either `text` or `fields`", at)


def _has_picture(value: Any, at: str, problems: Problems) -> None:
    if not value.get("image_url") and not value.get("slack_file"):
        problems.add("must define either `image_url` or `slack_file`", at)


def _action_ids_differ(value: Any, at: str, problems: Problems) -> None:
    for again in repeated(element["action_id"] for element in value["elements"] if element.get("action_id")):
        problems.add(f"`action_id` {again} already exists within this block", f"{at}/elements")


_cell = by_type(
    {
        "raw_text": Shape({"text": string(TABLE_CHARACTERS)}, {"type": anything}),
        "raw_number": Shape({"value": anything}, {"type": anything, "text": string(255)}),
        "rich_text": rich_text,
    }
)
_column = Shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})

_everywhere: dict[str, Check] = {
    "section": in_turn(
        Shape(
            {},
            {
                **_block,
                "text": text(3000),
                "fields": items(text(2000), 10),
                "accessory": section_accessory,
                "expand": boolean,
            },
        ),
        _says_something,
    ),
    "divider": Shape({}, _block),
    "header": Shape({"text": plain(150)}, _block),
    "context": Shape({"elements": items(context_element, 10)}, _block),
    "actions": in_turn(Shape({"elements": items(actions_element, 25)}, _block), _action_ids_differ),
    "image": in_turn(
        Shape(
            {"alt_text": string(2000)},
            {**_block, "image_url": string(3000), "slack_file": anything, "title": plain(2000)},
        ),
        _has_picture,
    ),
    "input": Shape(
        {"label": plain(2000), "element": input_element},
        {**_block, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": rich_text,
    "video": Shape(
        {
            "alt_text": string(2000),
            "title": plain(200),
            "thumbnail_url": string(3000),
            "video_url": string(3000),
        },
        {
            **_block,
            "author_name": string(50),
            "description": plain(200),
            "provider_icon_url": string(3000),
            "provider_name": string(50),
            "title_url": string(3000),
        },
    ),
}

_only_in_messages: dict[str, Check] = {
    "markdown": Shape({"text": string(MARKDOWN_CHARACTERS)}, _block),
    "table": Shape({"rows": items(items(_cell, 20), 100)}, {**_block, "column_settings": items(anything, 20, 0)}),
}

message_blocks = items(by_type({**_everywhere, **_only_in_messages}), MESSAGE_BLOCKS, 0)
view_blocks = items(by_type(_everywhere), VIEW_BLOCKS, 0)

_any_view: dict[str, Check] = {
    "type": anything,
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_modal = Shape(
    {"title": plain(24), "blocks": view_blocks},
    {
        **_any_view,
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
    },
)
_VIEWS: dict[str, Check] = {"modal": _modal, "home": Shape({"blocks": view_blocks}, _any_view)}


def check_message(args: Mapping[str, Any]) -> None:
    """Raise what Slack answers for the `text` and `blocks` of a message it would not take."""
    blocks = args.get("blocks")
    said = args.get("text")
    if not blocks and not said and not args.get("attachments"):
        raise SlackError("no_text")
    if isinstance(said, str) and len(said) > TEXT_CHARACTERS:
        raise SlackError("msg_too_long")
    if blocks:
        check_blocks(blocks)


def check_blocks(blocks: Any) -> None:
    """Raise `invalid_blocks` and its kin for a message's blocks."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    problems = Problems()
    in_turn(message_blocks, _whole)(blocks, "/blocks", problems)
    if problems:
        raise SlackError("invalid_blocks", [f"[ERROR] {problem}" for problem in problems], errors=list(problems))
    if sum(block["type"] == "table" for block in blocks) > 1:
        raise SlackError("invalid_attachments", ["[ERROR] only_one_table_allowed [json-pointer:/blocks]"])
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_CHARACTERS:
        raise SlackError("msg_blocks_too_long")


def check_view(view: Any, kind: str) -> None:
    """Raise `invalid_arguments` or `view_too_large` for a view that is not a sound `modal` or `home`."""
    problems = Problems()
    if len(json.dumps(view)) > VIEW_BYTES:
        raise SlackError("view_too_large")
    in_turn(by_type({kind: _VIEWS[kind]}), _whole_view)(view, "/view", problems)
    if problems:
        problems.insert(0, "failed to match all allowed schemas [json-pointer:/view]")
        raise SlackError("invalid_arguments", [f"[ERROR] {problem}" for problem in problems])


def check_options(body: Any) -> list[str]:
    """What is wrong with the answer to an external select's question for options."""
    problems = Problems()
    if not isinstance(body, dict) or not ({"options", "option_groups"} & set(body)):
        return ["the answer has neither options nor option_groups"]
    if "options" in body:
        items(select_option, 100, 0)(body["options"], "/options", problems)
    else:
        items(option_group, 100, 0)(body["option_groups"], "/option_groups", problems)
    return problems


def _whole(blocks: Any, at: str, problems: Problems) -> None:
    """The rules that concern the blocks together."""
    for again in repeated(block["block_id"] for block in blocks if block.get("block_id")):
        problems.add(f"block_id {again} already exists", at)
    focused = [e for block in blocks for e in elements_in(block) if e.get("focus_on_load")]
    if len(focused) > 1:
        problems.add("only one element may have focus_on_load", at)
    for place, block in enumerate(blocks):
        if block["type"] == "table":
            _check_table(block, f"{at}/{place}", problems)


def _check_table(block: dict[str, Any], at: str, problems: Problems) -> None:
    for place, column in enumerate(block.get("column_settings") or []):
        if column is not None:
            _column(column, f"{at}/column_settings/{place}", problems)
    if len("".join(strings_in(block["rows"]))) > TABLE_CHARACTERS:
        problems.add(f"table may hold no more than {TABLE_CHARACTERS} characters", f"{at}/rows")


def _whole_view(view: Any, at: str, problems: Problems) -> None:
    _whole(view["blocks"], f"{at}/blocks", problems)
    inputs = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and inputs and not view.get("submit"):
        problems.add("missing required field: submit", at)


def elements_in(block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The elements of a block, wherever the block keeps them."""
    candidates = [block.get("accessory"), block.get("element")]
    if block.get("type") == "actions":
        candidates += block.get("elements") or []
    return (each for each in candidates if isinstance(each, dict))


def strings_in(value: Any) -> Iterator[str]:
    """The text of cells and rich text, at any depth."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for part in value.values():
            yield from strings_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings_in(part)
