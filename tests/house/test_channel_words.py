"""What is written for a group's channel says which providers it speaks of, so that nobody barred from one reads it."""

import inspect

from bot.messages import MESSAGES
from tests.house.source import called, text_of, within

# What these say is about no provider at all.
OF_NO_PROVIDER = {"journal.witness"}


def told_to_channels() -> set[str]:
    return {
        text_of(call.args[0])
        for module in within("bot/services/")
        for call in module.calls
        if called(call) == "Telling" and any(keyword.arg == "group_id" for keyword in call.keywords)
    }


def test_what_a_channel_is_told_names_its_providers():
    kinds = told_to_channels()
    assert {"concern.posted", "agenda.digest"} <= kinds
    silent = {kind for kind in kinds if not {"letter.names(", "letter.shows("} & set(_calls(kind))}
    assert silent <= OF_NO_PROVIDER


def _calls(kind: str) -> list[str]:
    source = inspect.getsource(MESSAGES[kind])
    return [name for name in ("letter.names(", "letter.shows(") if name in source]
