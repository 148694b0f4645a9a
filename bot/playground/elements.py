"""The block elements: what each may hold (docs.slack.dev/reference/block-kit/block-elements)."""

import re
from typing import Any

from bot.playground.shapes import (
    Check,
    Problems,
    Shape,
    anything,
    boolean,
    by_type,
    in_turn,
    integer,
    items,
    one_of,
    plain,
    string,
    text,
)

confirm = Shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


select_option = Shape({"text": plain(75), "value": string(150)}, {"description": plain(75)})
choice_option = Shape({"text": text(75), "value": string(150)}, {"description": text(75)})
overflow_option = select_option.plus(url=string(3000))
option_group = Shape({"label": plain(75), "options": items(select_option, 100)})

_common: dict[str, Check] = {"type": anything, "action_id": string(255)}
_asked: dict[str, Check] = {"confirm": confirm, "focus_on_load": boolean}
_menu: dict[str, Check] = {**_common, **_asked, "placeholder": plain(150)}


def _iso_date(value: Any, at: str, problems: Problems) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", value):
        problems.add("must be a date in YYYY-MM-DD format", at)


def _clock_time(value: Any, at: str, problems: Problems) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        problems.add("must be a time in HH:mm format", at)


def _options_of(value: dict[str, Any]) -> list[Any]:
    grouped = [option for group in value.get("option_groups") or [] for option in group["options"]]
    return [*(value.get("options") or []), *grouped]


def _initial_is_offered(value: Any, at: str, problems: Problems) -> None:
    """Slack compares an initial option with the options whole, description included."""
    initial = [value.get("initial_option"), *(value.get("initial_options") or [])]
    offered = _options_of(value)
    for option in initial:
        if option is not None and option not in offered:
            problems.add("initial option must match one of the options", at)


def _either_options_or_groups(value: Any, at: str, problems: Problems) -> None:
    if not value.get("options") and not value.get("option_groups"):
        problems.add("missing required field: options", at)
    if value.get("options") and value.get("option_groups"):
        problems.add("must provide only one of options or option_groups", at)


def _bounds_in_order(low: str, high: str) -> Check:
    def check(value: Any, at: str, problems: Problems) -> None:
        least, most = value.get(low), value.get(high)
        if isinstance(least, int) and isinstance(most, int) and least > most:
            problems.add(f"{low} must be less than or equal to {high}", at)

    return check


def _input(extra: dict[str, Check]) -> dict[str, Check]:
    return {
        **_common,
        "placeholder": plain(150),
        "focus_on_load": boolean,
        "dispatch_action_config": Shape(
            {}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)}
        ),
        **extra,
    }


_response_url: dict[str, Check] = {"response_url_enabled": boolean}
_filter = Shape(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)

_static_options: dict[str, Check] = {
    "options": items(select_option, 100),
    "option_groups": items(option_group, 100),
}

_one: dict[str, Check] = {
    "static_select": in_turn(
        Shape({}, {**_menu, **_static_options, "initial_option": select_option}),
        _either_options_or_groups,
        _initial_is_offered,
    ),
    "external_select": Shape({}, {**_menu, "min_query_length": integer(0, 100), "initial_option": select_option}),
    "users_select": Shape({}, {**_menu, "initial_user": string(255)}),
    "conversations_select": Shape(
        {},
        {
            **_menu,
            **_response_url,
            "initial_conversation": string(255),
            "default_to_current_conversation": boolean,
            "filter": _filter,
        },
    ),
    "channels_select": Shape({}, {**_menu, **_response_url, "initial_channel": string(255)}),
}

_most: dict[str, Check] = {"max_selected_items": integer(1, 1000)}

_many: dict[str, Check] = {
    "multi_static_select": in_turn(
        Shape({}, {**_menu, **_most, **_static_options, "initial_options": items(select_option, 100)}),
        _either_options_or_groups,
        _initial_is_offered,
    ),
    "multi_external_select": Shape(
        {},
        {
            **_menu,
            **_most,
            "min_query_length": integer(0, 100),
            "initial_options": items(select_option, 100),
        },
    ),
    "multi_users_select": Shape({}, {**_menu, **_most, "initial_users": items(string(255), 1000)}),
    "multi_conversations_select": Shape(
        {},
        {
            **_menu,
            **_most,
            "initial_conversations": items(string(255), 1000),
            "default_to_current_conversation": boolean,
            "filter": _filter,
        },
    ),
    "multi_channels_select": Shape({}, {**_menu, **_most, "initial_channels": items(string(255), 1000)}),
}

_buttons: dict[str, Check] = {
    "button": Shape(
        {"text": plain(75)},
        {
            **_common,
            "url": string(3000),
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "confirm": confirm,
            "accessibility_label": string(75),
        },
    ),
    "overflow": Shape({"options": items(overflow_option, 5)}, {**_common, "confirm": confirm}),
}

_picked: dict[str, Check] = {
    "checkboxes": in_turn(
        Shape(
            {"options": items(choice_option, 10)},
            {**_common, **_asked, "initial_options": items(choice_option, 10)},
        ),
        _initial_is_offered,
    ),
    "radio_buttons": in_turn(
        Shape({"options": items(choice_option, 10)}, {**_common, **_asked, "initial_option": choice_option}),
        _initial_is_offered,
    ),
    "datepicker": Shape({}, {**_menu, "initial_date": _iso_date}),
    "timepicker": Shape({}, {**_menu, "initial_time": _clock_time, "timezone": string(255)}),
    "datetimepicker": Shape({}, {**_common, **_asked, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}),
}

_typed: dict[str, Check] = {
    "plain_text_input": in_turn(
        Shape(
            {},
            _input(
                {
                    "initial_value": string(3000, 0),
                    "multiline": boolean,
                    "min_length": integer(0, 3000),
                    "max_length": integer(1, 3000),
                }
            ),
        ),
        _bounds_in_order("min_length", "max_length"),
    ),
    "email_text_input": Shape({}, _input({"initial_value": string(3000, 0)})),
    "url_text_input": Shape({}, _input({"initial_value": string(3000, 0)})),
    "number_input": Shape(
        {"is_decimal_allowed": boolean},
        _input({"initial_value": string(255), "min_value": string(255), "max_value": string(255)}),
    ),
    "rich_text_input": Shape({}, _input({"initial_value": anything})),
    "file_input": Shape({}, {**_common, "filetypes": items(string(30), 100), "max_files": integer(1, 10)}),
}

image_element = in_turn(
    Shape(
        {"alt_text": string(2000)},
        {"type": anything, "image_url": string(3000), "slack_file": anything},
    )
)

_in_actions = {**_buttons, **_one, **_many, **_picked, "rich_text_input": _typed["rich_text_input"]}
_in_input = {**_one, **_many, **_picked, **_typed}
_not_beside_text = frozenset({"datetimepicker", "rich_text_input"})

section_accessory = by_type(
    {
        **{kind: shape for kind, shape in _in_actions.items() if kind not in _not_beside_text},
        "image": image_element,
    }
)
actions_element = by_type(_in_actions)
input_element = by_type(_in_input)
context_element = by_type(
    {
        "image": image_element,
        **{
            kind: Shape(
                {"text": string(3000)},
                {"type": anything, ("emoji" if kind == "plain_text" else "verbatim"): boolean},
            )
            for kind in ("plain_text", "mrkdwn")
        },
    }
)
