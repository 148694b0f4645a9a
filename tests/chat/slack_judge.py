"""Reading and judging blocks, with the playground's rules and with Slack's own models."""

from typing import Any

from slack_sdk.models.blocks import Block

from bot.chat.slack_blocks import (
    CONTINUES,
    MESSAGE_BLOCKS,
    MESSAGE_CHARACTERS,
)
from bot.playground.limits import check_message

Json = dict[str, Any]


def texts(value: Any) -> list[str]:
    """Every text in some blocks, in the order in which it is read."""
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for part in value.values() for text in texts(part) if isinstance(part, (dict, list))]
    return []


def kinds(value: Any) -> set[str]:
    if isinstance(value, list):
        return {kind for part in value for kind in kinds(part)}
    if isinstance(value, dict):
        own = {value["type"]} if "type" in value else set()
        return own | {kind for part in value.values() for kind in kinds(part)}
    return set()


def shown(parts: list[list[Json]]) -> str:
    """Every character shown, without white space and without the line that says it continues."""
    blocks = [block for part in parts for block in part if texts(block) != [CONTINUES]]
    return "".join("".join(texts(blocks)).split())


def judge(parts: list[list[Json]]) -> None:
    for blocks in parts:
        assert len(blocks) <= MESSAGE_BLOCKS
        assert len("".join(texts(blocks))) <= MESSAGE_CHARACTERS
        if blocks:
            check_message({"text": "x", "blocks": blocks})
        for block in Block.parse_all(blocks):
            block.validate_json()
