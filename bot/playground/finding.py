"""Finding an element in blocks, by its ids or as a person would: by what it says."""

from collections.abc import Iterator
from typing import Any

from bot.playground.errors import NotPossible
from bot.playground.limits import elements_in
from bot.playground.things import Blocks

Found = tuple[dict[str, Any], dict[str, Any]]


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
    """The one element with this action id, block id or label (a button's also by its `value`)."""
    matching = [found for found in interactive(blocks) if name in _names(*found)]
    if len(matching) > 1 and value is not None:
        matching = [found for found in matching if found[1].get("value") == value] or matching
    if not matching:
        known = sorted({each for found in interactive(blocks) for each in _names(*found)})
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


def _names(block: dict[str, Any], element: dict[str, Any]) -> set[str]:
    names = {element["action_id"], block["block_id"]}
    for said in (element.get("text"), block.get("label"), element.get("placeholder")):
        if isinstance(said, dict):
            names.add(said["text"])
    return names
