"""A form as Slack's view, and a view's state as answers. [docs.slack.dev/reference/views]"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bot.chat.lengths import cut
from bot.chat.port import Answer, Choice, Day, Field, Form, Option, Search, Text, Tick, Words
from bot.chat.slack_blocks import page_blocks, plain
from bot.chat.slack_rich_text import Json

TITLE, LABEL, MEMO, VIEW_BLOCKS = 24, 2_000, 3_000, 100
OPTION_LABEL, OPTION_VALUE, OPTIONS, OPTIONS_AT_ONCE = 75, 150, 100, 10
TYPED = 3_000
TICKED = "ticked"


def view(form: Form, *, kind: str = "modal") -> Json:
    """The view of a form, or of a page to read. Raises `ValueError` for a form that Slack would refuse."""
    kept = json.dumps(dict(form.memo), ensure_ascii=False)
    if len(kept) > MEMO:
        raise ValueError(f"the memo of {form.name} is {len(kept)} characters; Slack keeps at most {MEMO}")
    whole = {
        "type": kind,
        "callback_id": form.name,
        "private_metadata": kept,
        "blocks": list(_blocks(form)),
    }
    return whole if kind == "home" else {**whole, **_frame(form)}


def _frame(form: Form) -> Json:
    asks = any(not isinstance(part, Words) for part in form.parts)
    if not form.title or (asks and not form.submit):
        raise ValueError(f"{form.name} has no words for its title or its button")
    frame = {"title": plain(cut(form.title, TITLE)), "close": plain("Cancel" if form.submit else "Close")}
    return {**frame, "submit": plain(cut(form.submit, TITLE))} if form.submit else frame


def _blocks(form: Form) -> Iterator[Json]:
    room = VIEW_BLOCKS - sum(not isinstance(part, Words) for part in form.parts)
    for part in form.parts:
        if isinstance(part, Words):
            page = page_blocks(part.message, room)
            room -= len(page)
            yield from page
        else:
            yield _input(part)


def _input(field: Field) -> Json:
    block = {
        "type": "input",
        "block_id": field.name,
        "label": plain(cut(field.label or field.name, LABEL)),
        "element": _element(field),
        "optional": isinstance(field, Tick) or not field.required,
    }
    if isinstance(field, Choice | Search | Tick) and field.tells:
        block["dispatch_action"] = True
    hint = _hint(field)
    return {**block, "hint": plain(cut(hint, LABEL))} if hint else block


def _hint(field: Field) -> str:
    """The hint; a statement too long to stand beside its box is given in full here."""
    if isinstance(field, Tick) and len(field.statement) > OPTION_LABEL:
        return f"{field.statement} {field.hint}".strip()
    return field.hint


def _element(field: Field) -> Json:
    match field:
        case Text():
            return {"action_id": field.name, **_typed(field)}
        case Choice():
            return {"action_id": field.name, **_choice(field)}
        case Search():
            return {"action_id": field.source, **_search(field)}
        case Day():
            initial = {"initial_date": field.initial.isoformat()} if field.initial else {}
            return {"action_id": field.name, "type": "datepicker", **initial}
        case Tick():
            box = option(Option(TICKED, field.statement or field.label))
            initial_box = {"initial_options": [box]} if field.initial else {}
            return {"action_id": field.name, "type": "checkboxes", "options": [box], **initial_box}


def _typed(field: Text) -> Json:
    limit = min(field.limit, TYPED)
    initial = {"initial_value": cut(field.initial, limit)} if field.initial else {}
    return {"type": "plain_text_input", "multiline": field.multiline, "max_length": limit, **initial}


def _choice(field: Choice) -> Json:
    at_once = field.radio and len(field.options) <= OPTIONS_AT_ONCE
    kind = {
        (True, True): "checkboxes",
        (True, False): "radio_buttons",
        (False, True): "multi_static_select",
        (False, False): "static_select",
    }[at_once, field.many]
    if not 0 < len(field.options) <= OPTIONS:
        raise ValueError(f"{field.name} has {len(field.options)} options; Slack shows from 1 to {OPTIONS}")
    offered = {"options": [option(each) for each in field.options]} if at_once else options_payload(field.options)
    chosen = [each for each in field.options if each.value in field.initial]
    return {"type": kind, **offered, **_initial(chosen, many=field.many)}


def _search(field: Search) -> Json:
    kind = "multi_external_select" if field.many else "external_select"
    return {"type": kind, "min_query_length": 1, **_initial(field.initial, many=field.many)}


def _initial(chosen: Sequence[Option], *, many: bool) -> Json:
    if not chosen:
        return {}
    return {"initial_options": [option(each) for each in chosen]} if many else {"initial_option": option(chosen[0])}


def option(given: Option) -> Json:
    """One option of a list."""
    if not 0 < len(given.value) <= OPTION_VALUE:
        raise ValueError(f"an option's value has {len(given.value)} characters; Slack takes 1 to {OPTION_VALUE}")
    return {"text": plain(cut(given.label or given.value, OPTION_LABEL)), "value": given.value}


def options_payload(options: Iterable[Option]) -> Json:
    """The answer to a search: the first 100 options, in their groups when one of them has a group."""
    offered = list(options)[:OPTIONS]
    if not any(each.group for each in offered):
        return {"options": [option(each) for each in offered]}
    groups: dict[str, list[Json]] = {}
    for each in offered:
        groups.setdefault(each.group or "Other", []).append(option(each))
    return {"option_groups": [{"label": plain(cut(name, OPTION_LABEL)), "options": of} for name, of in groups.items()]}


def answers(view_payload: Mapping[str, Any]) -> dict[str, Answer]:
    """What a person answered, by the name of the field; a field left empty answers "", (), None or False."""
    ticks = {block["block_id"] for block in view_payload.get("blocks", []) if _is_tick(block)}
    values = view_payload.get("state", {}).get("values", {})
    return {
        name: bool(given.get("selected_options")) if name in ticks else _answer(given)
        for name, elements in values.items()
        for given in elements.values()
    }


def _is_tick(block: Mapping[str, Any]) -> bool:
    options = block.get("element", {}).get("options") or []
    return [each.get("value") for each in options] == [TICKED]


def _answer(given: Mapping[str, Any]) -> Answer:
    match given.get("type"):
        case "datepicker":
            return date.fromisoformat(given["selected_date"]) if given.get("selected_date") else None
        case "static_select" | "external_select" | "radio_buttons":
            return str((given.get("selected_option") or {}).get("value", ""))
        case "multi_static_select" | "multi_external_select" | "checkboxes":
            return tuple(str(each["value"]) for each in given.get("selected_options") or [])
        case _:
            return storable(str(given.get("value") or ""))


_INITIAL = {
    "value": "initial_value",
    "selected_date": "initial_date",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
}


def kept(new: Json, view_payload: Mapping[str, Any]) -> Json:
    """The same form with what the person has typed and chosen so far as its initial values.

    Slack keeps these itself in fields whose ids stayed, but goes back to the initial value of one left alone.
    """
    values = view_payload.get("state", {}).get("values", {})
    return {**new, "blocks": [_as_left(block, values.get(block.get("block_id"), {})) for block in new["blocks"]]}


def _as_left(block: Json, given: Mapping[str, Any]) -> Json:
    element = block.get("element", {})
    held = given.get(element.get("action_id"), {})
    if not held or held.get("type") != element["type"]:
        return block
    blank = {name: value for name, value in element.items() if name not in _INITIAL.values()}
    left = {_INITIAL[name]: _still_offered(element, value) for name, value in held.items() if name in _INITIAL}
    return {**block, "element": blank | {name: value for name, value in left.items() if value}}


def _still_offered(element: Json, value: Any) -> Any:
    """What was typed; or of what was chosen, that which is on the list now, as the list has it."""
    lists = [element.get("options") or [], *(group["options"] for group in element.get("option_groups") or [])]
    offered = {each["value"]: each for options in lists for each in options}
    if not value or not offered:
        return value
    if isinstance(value, list):
        return [offered[each["value"]] for each in value if each["value"] in offered]
    return offered.get(value["value"])


def memo(view_payload: Mapping[str, Any]) -> dict[str, str]:
    """The memo that the form was opened with."""
    return dict(json.loads(view_payload.get("private_metadata") or "{}"))


def first_input(view_payload: Mapping[str, Any]) -> str:
    """The id of the first block that asks something, for errors about the form as a whole; "" if none does."""
    blocks = view_payload.get("blocks", [])
    return next((str(block["block_id"]) for block in blocks if block.get("type") == "input"), "")


_MARKUP = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_MENTION = re.compile(r"<@([UW][A-Z0-9_]+)(?:\|[^<>]*)?>")


def mentioned(text: str) -> list[str]:
    """The ids of the people mentioned in a command's text, which nobody can type by hand: `<` would be escaped."""
    return _MENTION.findall(text)


def as_typed(text: str) -> str:
    """The text of a message or of a command as the person saw it, without Slack's escapes and markup."""
    plain_words = _MARKUP.sub(_seen, text)
    return plain_words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def storable(text: str) -> str:
    """The text without the two things that no person types and not every database can keep."""
    return text.replace("\x00", "").encode(errors="ignore").decode()


def _seen(markup: re.Match[str]) -> str:
    sign, target, label = markup.group(1), markup.group(2), markup.group(3)
    if sign == "!":
        return label or f"@{target.partition('^')[0]}"
    if sign:
        return f"{sign}{(label or target).removeprefix(sign)}"
    return label or target.removeprefix("mailto:").removeprefix("tel:")
