"""From what a person would say ("North West", "2024-12-01") to Slack's entry in `state.values`."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from bot.playground.errors import NotPossible
from bot.playground.interactions import Interactions, Place
from bot.playground.values import held, several

Option = dict[str, Any]


class Chooser:
    """Chooses and types for one person, remembering the options that were loaded."""

    def __init__(self, user_id: str, interactions: Interactions) -> None:
        self._user_id = user_id
        self._do = interactions
        self._loaded: dict[tuple[str, str], list[Option]] = {}

    async def entry(self, place: Place, block: Option, element: Option, value: Any) -> dict[str, Any]:
        """The entry for `value`; None or "" empties a field."""
        kind = element["type"]
        if value in (None, "", []):
            return held(element, [] if several(element) else None)
        if kind == "overflow" or "static" in kind or kind in ("radio_buttons", "checkboxes"):
            offered = list(_offered(element))
            return held(element, _picked(element, offered, value))
        if "external" in kind:
            return held(element, await self._external(place, block, element, value))
        return held(element, _plain(element, value))

    async def load(self, place: Place, block: Option, element: Option, query: str) -> list[Option]:
        """Options of an external select."""
        ids = block["block_id"], element["action_id"]
        body = await self._do.options(self._user_id, place, *ids, query)
        options = list(_offered(body))
        self._loaded.setdefault(ids, []).extend(options)
        return options

    async def _external(self, place: Place, block: Option, element: Option, value: Any) -> Any:
        if not several(element):
            return await self._external_one(place, block, element, str(value))
        wanted = value if isinstance(value, list | tuple) else [value]
        return [await self._external_one(place, block, element, str(one)) for one in wanted]

    async def _external_one(self, place: Place, block: Option, element: Option, said: str) -> Option:
        ids = block["block_id"], element["action_id"]
        known = [*self._loaded.get(ids, []), *_first(element)]
        if not any(said in _names(option) for option in known):
            known = await self.load(place, block, element, said)
        if not known and element.get("min_query_length") == 0:
            known = await self.load(place, block, element, "")
        return _find(known, said)


def _offered(source: Option) -> Iterable[Option]:
    yield from source.get("options") or []
    for group in source.get("option_groups") or []:
        yield from group["options"]


def _first(element: Option) -> list[Option]:
    first = element.get("initial_option")
    return [*([first] if first else []), *(element.get("initial_options") or [])]


def _picked(element: Option, offered: list[Option], value: Any) -> Any:
    if not several(element):
        return _find(offered, str(value))
    wanted = value if isinstance(value, list | tuple | set) else [value]
    return [_find(offered, str(one)) for one in wanted]


def _find(offered: list[Option], said: str) -> Option:
    """The option with this value or these words; else the only one whose words contain them."""
    exact = [option for option in offered if said in _names(option)]
    near = [option for option in offered if said.casefold() in option["text"]["text"].casefold()]
    if exact:
        return exact[0]
    if len(near) == 1:
        return near[0]
    words = ", ".join(option["text"]["text"] for option in offered) or "nothing"
    raise NotPossible(f"“{said}” is not offered, only: {words}.")


def _names(option: Option) -> tuple[str, str]:
    return option.get("value", ""), option["text"]["text"]


def _plain(element: Option, value: Any) -> Any:
    if several(element):
        return list(value) if isinstance(value, list | tuple | set) else [value]
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if element["type"] == "number_input" else value
