"""`state.values`: what a form's fields hold, in Slack's shapes, and what Slack checks before it is sent."""

import re
from collections.abc import Iterator
from typing import Any

from bot.playground.errors import NotPossible
from bot.playground.limits import elements_in

Values = dict[str, dict[str, Any]]
Element = dict[str, Any]

REQUIRED = "Please complete this required field."

# Each element's key in state.values, and the field that holds its first value.
KEYS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "files"),
}


def fields(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Element]]:
    """The blocks and elements that hold a value (buttons and overflow menus do not)."""
    for block in blocks:
        for element in elements_in(block):
            if element["type"] in KEYS and element["type"] != "overflow":
                yield block, element


def several(element: Element) -> bool:
    """Whether the element holds a list."""
    return KEYS[element["type"]][0].endswith("s")


def held(element: Element, value: Any) -> dict[str, Any]:
    """The element's entry in state.values for `value`."""
    return {"type": element["type"], KEYS[element["type"]][0]: value}


def held_value(element: Element, entry: dict[str, Any] | None) -> Any:
    """What an entry of state.values holds; None or [] for nothing."""
    return (entry or {}).get(KEYS[element["type"]][0])


def initial_values(blocks: list[dict[str, Any]]) -> Values:
    """What the fields hold before anyone has touched them."""
    values: Values = {}
    for block, element in fields(blocks):
        first = element.get(KEYS[element["type"]][1])
        empty: Any = [] if several(element) else None
        values.setdefault(block["block_id"], {})[element["action_id"]] = held(
            element, empty if first is None else first
        )
    return values


def kept_values(blocks: list[dict[str, Any]], before: Values) -> Values:
    """The first values of new blocks, with what was already typed in fields whose ids and type stayed."""
    values = initial_values(blocks)
    for block_id, actions in values.items():
        for action_id, entry in actions.items():
            old = before.get(block_id, {}).get(action_id)
            if old is not None and old["type"] == entry["type"]:
                actions[action_id] = old
    return values


def merged(blocks: list[dict[str, Any]], before: Values, typed: Values) -> Values:
    """`before` with what was `typed`; a field that is not on the form is refused."""
    values = {block_id: dict(actions) for block_id, actions in kept_values(blocks, before).items()}
    for block_id, actions in typed.items():
        for action_id, entry in actions.items():
            if action_id not in values.get(block_id, {}):
                raise NotPossible(f"The form has no field {block_id}/{action_id}.")
            values[block_id][action_id] = entry
    return values


def check_form(blocks: list[dict[str, Any]], values: Values) -> dict[str, str]:
    """What Slack itself says beside a field before the app is asked: by block id."""
    errors: dict[str, str] = {}
    for block, element in fields(blocks):
        if block["type"] != "input":
            continue
        value = held_value(element, values[block["block_id"]][element["action_id"]])
        said = _complaint(block, element, value)
        if said:
            errors[block["block_id"]] = said
    return errors


def _complaint(block: dict[str, Any], element: Element, value: Any) -> str | None:
    if value in (None, "", []) or (isinstance(value, str) and not value.strip()):
        return None if block.get("optional") else REQUIRED
    check = _CHECKS.get(element["type"])
    return check(element, value) if check else _too_many(element, value)


def _text_length(element: Element, value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter no more than {most} characters." if len(value) > most else None


def _email(_element: Element, value: str) -> str | None:
    sound = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value)
    return None if sound else "Please enter a valid email address."


def _url(_element: Element, value: str) -> str | None:
    return None if re.fullmatch(r"https?://\S+", value) else "Please enter a valid URL."


def _number(element: Element, value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a valid number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and float(value) < float(least):
        return f"Please enter a number of at least {least}."
    return f"Please enter a number of at most {most}." if most and float(value) > float(most) else None


def _too_many(element: Element, value: Any) -> str | None:
    most = element.get("max_selected_items")
    if most and isinstance(value, list) and len(value) > most:
        return f"Please select no more than {most} items."
    return None


_CHECKS = {
    "plain_text_input": _text_length,
    "email_text_input": _email,
    "url_text_input": _url,
    "number_input": _number,
}
