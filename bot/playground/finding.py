"""Finding an element in blocks, by its ids or as a person would: by what it says."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bot.playground.errors import NotPossible
from bot.playground.limits import elements_in
from bot.playground.things import Blocks

Found = tuple[dict[str, Any], dict[str, Any]]
Naming = Callable[[dict[str, Any], dict[str, Any]], set[str]]


def element_at(blocks: Blocks, block_id: str, action_id: str) -> Found:
    """The block and element with these ids."""
    for block, element in interactive(blocks):
        if block["block_id"] == block_id and element["action_id"] == action_id:
            return block, element
    raise NotPossible(f"There is no {block_id}/{action_id} here.")


def interactive(blocks: Blocks) -> Iterator[Found]:
    """Every block and element that can be acted on."""
    for block in blocks:
        for element in elements_in(block):
            if "action_id" in element:
                yield block, element


def element_called(blocks: Blocks, name: str, value: str | None = None) -> Found:
    """The one element with this action id, label or block id (a button's also by its `value`)."""
    return _only(blocks, name, (_action_id, _labels, _block_id), value)


def field_called(blocks: Blocks, name: str) -> Found:
    """The one field with this block id, action id or label."""
    return _only(blocks, name, (_block_id, _action_id, _labels), None)


def _only(blocks: Blocks, name: str, namings: Sequence[Naming], value: str | None) -> Found:
    """The one match by the first naming that has any, so that a label cannot hide an id."""
    everything = list(interactive(blocks))
    matching: list[Found] = []
    for naming in namings:
        matching = matching or [found for found in everything if name in naming(*found)]
    if len(matching) > 1 and value is not None:
        matching = [found for found in matching if found[1].get("value") == value] or matching
    if not matching:
        known = sorted({each for found in everything for naming in namings for each in naming(*found)})
        raise NotPossible(f"There is no “{name}” here, only: {', '.join(known) or 'nothing to press'}.")
    if len(matching) > 1:
        values = [found[1].get("value") for found in matching]
        raise NotPossible(f"There are {len(matching)} of “{name}” here; say which by value: {values}.")
    return matching[0]


def action_of(block: dict[str, Any], element: dict[str, Any], chosen: dict[str, Any]) -> dict[str, Any]:
    """The entry of `actions` in a block_actions payload."""
    own = ("text", "value", "style", "url") if element["type"] == "button" else ("placeholder",)
    ids = {"type": element["type"], "block_id": block["block_id"], "action_id": element["action_id"]}
    said = {name: element[name] for name in own if name in element}
    answer = {} if element["type"] == "button" else chosen
    return {**answer, **said, **ids}


def _action_id(_block: dict[str, Any], element: dict[str, Any]) -> set[str]:
    return {element["action_id"]}


def _block_id(block: dict[str, Any], _element: dict[str, Any]) -> set[str]:
    return {block["block_id"]}


def _labels(block: dict[str, Any], element: dict[str, Any]) -> set[str]:
    said = (element.get("text"), block.get("label"), element.get("placeholder"))
    return {each["text"] for each in said if isinstance(each, dict)}
