"""Block Kit is checked as Slack checks it: each rule at its edge, and the place of each complaint."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.errors import SlackError
from bot.playground.limits import check_blocks, check_message, check_options, check_view
from tests.playground.conftest import actions, button, field, modal, option, plain, section

IMAGE = {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "A chart"}
RADIO = {"type": "radio_buttons", "action_id": "r", "options": [option("A", "a")]}
SELECT = {"type": "static_select", "action_id": "s", "options": [option("A", "a"), option("B", "b")]}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def table(*rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"type": "table", "rows": list(rows), **more}


def cell(text: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


def select(**more: Any) -> dict[str, Any]:
    return actions({**SELECT, **more})


def rich(*pieces: dict[str, Any], kind: str = "rich_text_section", **more: Any) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(pieces), **more}]}


def options(count: int) -> list[dict[str, Any]]:
    return [option(f"Option {number}", str(number)) for number in range(count)]


SOUND = {
    "section at 3,000 characters": section("x" * 3000),
    "fields only": {"type": "section", "fields": [mrkdwn("x" * 2000)] * 10},
    "header at 150": {"type": "header", "text": plain("x" * 150)},
    "divider": {"type": "divider"},
    "context of ten": {"type": "context", "elements": [mrkdwn("x")] * 9 + [IMAGE]},
    "actions of 25": actions(*(button("Go", f"go_{n}", value="v" * 2000) for n in range(25))),
    "button text at 75": actions(button("x" * 75, "a" * 255)),
    "image": {**IMAGE, "title": plain("x" * 2000)},
    "100 options": select(options=options(100)),
    "option at its limits": select(options=[option("x" * 75, "v" * 150)]),
    "option groups": actions(
        {
            "type": "static_select",
            "action_id": "s",
            "option_groups": [{"label": plain("G"), "options": options(2)}],
        }
    ),
    "initial option": select(initial_option=option("B", "b")),
    "overflow of five": actions({"type": "overflow", "action_id": "o", "options": options(5)}),
    "accessory": section("x", accessory=button("Go", "go")),
    "confirm": actions(
        button(
            "Go", "go", confirm={"title": plain("?"), "text": mrkdwn("!"), "confirm": plain("Y"), "deny": plain("N")}
        )
    ),
    "markdown at 12,000": {"type": "markdown", "text": "x" * 12_000},
    "table": table([cell("a"), cell("b")], [cell("c"), cell("d")], column_settings=[{"align": "right"}]),
    "rich text": rich(
        {"type": "text", "text": "x", "style": {"bold": True}},
        {"type": "link", "url": "https://example.org", "text": "here"},
        {"type": "user", "user_id": "U1"},
        {"type": "emoji", "name": "wave"},
        {"type": "broadcast", "range": "here"},
        {"type": "date", "timestamp": 1732190400, "format": "{date}"},
    ),
    "rich list": rich(
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]},
        kind="rich_text_list",
        style="ordered",
        indent=1,
    ),
    "rich quote": rich({"type": "text", "text": "x"}, kind="rich_text_quote"),
    "rich code": rich({"type": "text", "text": "x"}, kind="rich_text_preformatted", border=0),
    "input in a message": field("name"),
    "block_id at 255": section("x", block_id="b" * 255),
    "unset optional field": section("x", accessory=None),
}


@pytest.mark.parametrize("block", SOUND.values(), ids=SOUND.keys())
def test_sound_block_is_accepted_in_a_message(block: dict[str, Any]) -> None:
    check_blocks([block])


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown block": ({"type": "carousel"}, "unsupported type: carousel [json-pointer:/blocks/0/type]"),
    "no type": ({"text": mrkdwn("x")}, "missing required field: type [json-pointer:/blocks/0]"),
    "section over 3,000": (
        section("x" * 3001),
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    "empty section": (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "section without text": (
        {"type": "section"},
        "must define either `text` or `fields` [json-pointer:/blocks/0]",
    ),
    "eleven fields": (
        {"type": "section", "fields": [mrkdwn("x")] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    "field over 2,000": (
        {"type": "section", "fields": [mrkdwn("x" * 2001)]},
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    "header over 150": (
        {"type": "header", "text": plain("x" * 151)},
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    "mrkdwn header": (
        {"type": "header", "text": mrkdwn("x")},
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    "bare string as text": (
        {"type": "header", "text": "x"},
        "must provide an object [json-pointer:/blocks/0/text]",
    ),
    "eleven context elements": (
        {"type": "context", "elements": [mrkdwn("x")] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "button in context": (
        {"type": "context", "elements": [button("Go", "go")]},
        "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
    ),
    "26 actions": (
        actions(*(button("Go", f"go_{n}") for n in range(26))),
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "no actions": (actions(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    "same action id twice": (
        actions(button("Go", "go"), button("Stop", "go")),
        "`action_id` go already exists within this block [json-pointer:/blocks/0/elements]",
    ),
    "button text over 75": (
        actions(button("x" * 76, "go")),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    "button value over 2,000": (
        actions(button("Go", "go", value="v" * 2001)),
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    "action_id over 255": (
        actions(button("Go", "a" * 256)),
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    "strange button style": (
        actions(button("Go", "go", style="loud")),
        "must be a valid enum value (primary, danger) [json-pointer:/blocks/0/elements/0/style]",
    ),
    "property of no block": (
        section("x", colour="red"),
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    "image without alt text": (
        {"type": "image", "image_url": "https://example.org/a.png"},
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    "image without a picture": (
        {"type": "image", "alt_text": "x"},
        "must define either `image_url` or `slack_file` [json-pointer:/blocks/0]",
    ),
    "101 options": (
        select(options=options(101)),
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    "no options": (
        select(options=[]),
        "no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    "neither options nor groups": (
        actions({"type": "static_select", "action_id": "s"}),
        "missing required field: options [json-pointer:/blocks/0/elements/0]",
    ),
    "empty rich text": (
        rich({"type": "text", "text": ""}),
        "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
    ),
    "strange piece of rich text": (
        rich({"type": "blink", "text": "x"}),
        "unsupported type: blink [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    "strange style": (
        rich({"type": "text", "text": "x", "style": {"loud": True}}),
        "invalid additional property: loud [json-pointer:/blocks/0/elements/0/elements/0/style]",
    ),
    "list of bare text": (
        rich({"type": "text", "text": "x"}, kind="rich_text_list", style="bullet"),
        "unsupported type: text [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    "user in code": (
        rich({"type": "user", "user_id": "U1"}, kind="rich_text_preformatted"),
        "unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    "option text over 75": (
        select(options=[option("x" * 76, "v")]),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
    ),
    "option value over 150": (
        select(options=[option("x", "v" * 151)]),
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
    ),
    "initial option not offered": (
        select(initial_option=option("C", "c")),
        "initial option must match one of the options [json-pointer:/blocks/0/elements/0]",
    ),
    "options and groups": (
        select(option_groups=[{"label": plain("G"), "options": options(1)}]),
        "must provide only one of options or option_groups [json-pointer:/blocks/0/elements/0]",
    ),
    "six in an overflow": (
        actions({"type": "overflow", "action_id": "o", "options": options(6)}),
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    "eleven radio buttons": (
        actions({**RADIO, "options": options(11)}),
        "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    "text input outside an input block": (
        actions({"type": "plain_text_input", "action_id": "t"}),
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    "button inside an input block": (
        field("x", {"type": "button", "text": plain("Go")}),
        "unsupported type: button [json-pointer:/blocks/0/element/type]",
    ),
    "date in another order": (
        actions({"type": "datepicker", "action_id": "d", "initial_date": "21-11-2024"}),
        "must be a date in YYYY-MM-DD format [json-pointer:/blocks/0/elements/0/initial_date]",
    ),
    "101 table rows": (
        table(*([[cell("a")]] * 101)),
        "no more than 100 items allowed [json-pointer:/blocks/0/rows]",
    ),
    "21 table columns": (
        table([cell("a")] * 21),
        "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]",
    ),
    "empty cell": (table([cell("")]), "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]"),
    "table over 10,000 characters": (
        table([cell("x" * 6000), cell("x" * 6000)]),
        "table may hold no more than 10000 characters [json-pointer:/blocks/0/rows]",
    ),
    "strange column": (
        table([cell("a")], column_settings=[{"align": "middle"}]),
        "must be a valid enum value (left, center, right) [json-pointer:/blocks/0/column_settings/0/align]",
    ),
    "unknown rich text": (
        {"type": "rich_text", "elements": [{"type": "text", "text": "x"}]},
        "unsupported type: text [json-pointer:/blocks/0/elements/0/type]",
    ),
    "label over 2,000": (
        field("x", label=plain("x" * 2001)),
        "must be less than 2001 characters [json-pointer:/blocks/0/label/text]",
    ),
    "placeholder over 150": (
        field("x", {"type": "plain_text_input", "placeholder": plain("x" * 151)}),
        "must be less than 151 characters [json-pointer:/blocks/0/element/placeholder/text]",
    ),
    "max_length over 3,000": (
        field("x", {"type": "plain_text_input", "max_length": 3001}),
        "must be less than or equal to 3000 [json-pointer:/blocks/0/element/max_length]",
    ),
    "min_length over max_length": (
        field("x", {"type": "plain_text_input", "min_length": 9, "max_length": 8}),
        "min_length must be less than or equal to max_length [json-pointer:/blocks/0/element]",
    ),
    "truth as a number": (
        field("x", {"type": "plain_text_input", "max_length": True}),
        "must provide an integer [json-pointer:/blocks/0/element/max_length]",
    ),
    "number as truth": (field("x", optional=1), "must provide a boolean [json-pointer:/blocks/0/optional]"),
}


@pytest.mark.parametrize(("block", "complaint"), REFUSED.values(), ids=REFUSED.keys())
def test_unsound_block_is_refused_with_its_place(block: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SlackError) as refused:
        check_blocks([block])
    assert refused.value.code == "invalid_blocks"
    assert f"[ERROR] {complaint}" in refused.value.messages
    assert complaint in refused.value.body()["errors"]


TOGETHER: dict[str, tuple[list[dict[str, Any]], str]] = {
    "51 blocks": ([section("x")] * 51, "invalid_blocks"),
    "block_id twice": ([section("x", block_id="b"), section("y", block_id="b")], "invalid_blocks"),
    "two fields focused": (
        [field(name, {"type": "plain_text_input", "focus_on_load": True}) for name in "ab"],
        "invalid_blocks",
    ),
    "two tables": ([table([cell("a")]), table([cell("a")])], "invalid_attachments"),
    "markdown over 12,000 together": (
        [{"type": "markdown", "text": "x" * 6001}, {"type": "markdown", "text": "x" * 6000}],
        "msg_blocks_too_long",
    ),
}


@pytest.mark.parametrize(("blocks", "code"), TOGETHER.values(), ids=TOGETHER.keys())
def test_blocks_are_checked_together(blocks: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(SlackError) as refused:
        check_blocks(blocks)
    assert refused.value.code == code


def test_fifty_blocks_are_accepted() -> None:
    check_blocks([section("x")] * 50)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"text": "x", "blocks": ["section"]}, "invalid_blocks_format"),
    ],
    ids=["nothing", "empty", "too long", "not a list", "not objects"],
)
def test_message_needs_something_sound_to_say(args: dict[str, Any], code: str) -> None:
    with pytest.raises(SlackError) as refused:
        check_message(args)
    assert refused.value.code == code


HOME = {"type": "home", "blocks": [section("x")]}

VIEWS: dict[str, tuple[Any, str, str]] = {
    "title over 24": (
        modal(title="x" * 25),
        "modal",
        "must be less than 25 characters [json-pointer:/view/title/text]",
    ),
    "submit over 24": (
        modal(submit=plain("x" * 25)),
        "modal",
        "must be less than 25 characters [json-pointer:/view/submit/text]",
    ),
    "close over 24": (
        modal(close=plain("x" * 25)),
        "modal",
        "must be less than 25 characters [json-pointer:/view/close/text]",
    ),
    "no title": (modal(title="x") | {"title": None}, "modal", "missing required field: title [json-pointer:/view]"),
    "101 blocks": (
        modal(*[section("x")] * 101),
        "modal",
        "no more than 100 items allowed [json-pointer:/view/blocks]",
    ),
    "private_metadata over 3,000": (
        modal(private_metadata="x" * 3001),
        "modal",
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ),
    "callback_id over 255": (
        modal(callback_id="x" * 256),
        "modal",
        "must be less than 256 characters [json-pointer:/view/callback_id]",
    ),
    "input without submit": (
        modal(field("a")) | {"submit": None},
        "modal",
        "missing required field: submit [json-pointer:/view]",
    ),
    "submit_disabled": (
        modal(submit_disabled=False),
        "modal",
        "invalid additional property: submit_disabled [json-pointer:/view]",
    ),
    "table in a modal": (
        modal(table([cell("a")])),
        "modal",
        "unsupported type: table [json-pointer:/view/blocks/0/type]",
    ),
    "markdown in a modal": (
        modal({"type": "markdown", "text": "x"}),
        "modal",
        "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
    ),
    "block_id twice": (
        modal(section("x", block_id="b"), section("y", block_id="b")),
        "modal",
        "block_id b already exists [json-pointer:/view/blocks]",
    ),
    "home opened as a modal": (HOME, "modal", "unsupported type: home [json-pointer:/view/type]"),
    "modal published as home": (modal(), "home", "unsupported type: modal [json-pointer:/view/type]"),
    "title on home": (
        {**HOME, "title": plain("x")},
        "home",
        "invalid additional property: title [json-pointer:/view]",
    ),
    "not a view": ("view", "modal", "must provide an object [json-pointer:/view]"),
}


@pytest.mark.parametrize(("view", "kind", "complaint"), VIEWS.values(), ids=VIEWS.keys())
def test_unsound_view_is_refused_with_its_place(view: Any, kind: str, complaint: str) -> None:
    with pytest.raises(SlackError) as refused:
        check_view(view, kind)
    assert refused.value.code == "invalid_arguments"
    assert f"[ERROR] {complaint}" in refused.value.messages


def test_view_over_250_kilobytes_is_too_large() -> None:
    with pytest.raises(SlackError) as refused:
        check_view(modal(*[section("x" * 3000)] * 90), "modal")
    assert refused.value.code == "view_too_large"


@pytest.mark.parametrize("view", [modal(*[section("x")] * 100, private_metadata="x" * 3000), modal(title="x" * 24)])
def test_modal_at_its_limits_is_accepted(view: dict[str, Any]) -> None:
    check_view(view, "modal")


def test_home_is_accepted() -> None:
    check_view({**HOME, "blocks": [section("x")] * 100}, "home")


@pytest.mark.parametrize(
    ("body", "sound"),
    [
        ({"options": []}, True),
        ({"options": options(100)}, True),
        ({"options": options(101)}, False),
        ({"options": [option("x" * 76, "v")]}, False),
        ({"options": [option("x", "v" * 151)]}, False),
        ({"options": [{"text": mrkdwn("x"), "value": "v"}]}, False),
        ({"option_groups": [{"label": plain("G"), "options": options(2)}]}, True),
        ({"option_groups": [{"options": options(2)}]}, False),
        ({}, False),
        ([], False),
    ],
)
def test_loaded_options_are_checked(body: Any, sound: bool) -> None:
    assert (not check_options(body)) is sound


NAMES = ["type", "text", "elements", "options", "element", "accessory", "rows", "fields", "block_id", "label"]
KINDS = ["section", "actions", "input", "table", "rich_text", "context", "static_select", "plain_text", "overflow"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(KINDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=4), max_size=3))
def test_whatever_comes_is_accepted_or_refused_in_slacks_words(blocks: list[dict[str, Any]]) -> None:
    """Nothing a bot may send breaks the check itself."""
    for check in (lambda: check_blocks(blocks), lambda: check_view(modal(*blocks), "modal")):
        with contextlib.suppress(SlackError):
            check()
