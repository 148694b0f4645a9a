"""A person says what they mean; the field holds what Slack would."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.playground import NotPossible, Persona, Playground, View
from tests.playground.conftest import field, modal, option

PROVIDERS = [option("North Hospital", "RN1"), option("North Clinic", "RN2"), option("South Hospital", "RS1")]
GROUPED = {"option_groups": [{"label": {"type": "plain_text", "text": "All"}, "options": PROVIDERS}]}
NORTH, CLINIC, SOUTH = PROVIDERS


class Search:
    """A bot that finds providers by their name alone, and remembers what it was asked."""

    def __init__(self, body: dict[str, Any] | None = None) -> None:
        self.body = body
        self.asked: list[str] = []

    async def __call__(self, _kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(payload["value"])
        if self.body is not None:
            return self.body
        said = payload["value"].casefold()
        return {"options": [each for each in PROVIDERS if said in each["text"]["text"].casefold()]}


def form(pg: Playground, element: dict[str, Any]) -> tuple[Persona, View]:
    """A form with this one field on Ann's screen."""
    view = pg.workspace.push("U_ANN", modal(field("it", element)))
    return pg.persona("U_ANN"), view


def held(view: View) -> Any:
    entry = dict(view.values["it"]["it_input"])
    entry.pop("type")
    return next(iter(entry.values()))


SIMPLE: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "by value": ({"type": "static_select", "options": PROVIDERS}, "RS1", SOUTH),
    "by words": ({"type": "static_select", "options": PROVIDERS}, "South Hospital", SOUTH),
    "by some words": ({"type": "static_select", "options": PROVIDERS}, "clinic", CLINIC),
    "in groups": ({"type": "static_select", **GROUPED}, "RN2", CLINIC),
    "several": ({"type": "multi_static_select", "options": PROVIDERS}, ["RN1", "RS1"], [NORTH, SOUTH]),
    "one of several": ({"type": "checkboxes", "options": PROVIDERS}, "RN1", [NORTH]),
    "none of several": ({"type": "checkboxes", "options": PROVIDERS}, [], []),
    "nothing": ({"type": "static_select", "options": PROVIDERS}, None, None),
    "date": ({"type": "datepicker"}, date(2024, 12, 1), "2024-12-01"),
    "moment": ({"type": "datetimepicker"}, datetime(2024, 12, 1, tzinfo=UTC), 1733011200),
    "people": ({"type": "multi_users_select"}, ["U_ANN", "U_BOB"], ["U_ANN", "U_BOB"]),
    "one of the people": ({"type": "multi_users_select"}, "U_ANN", ["U_ANN"]),
    "number": ({"type": "number_input", "is_decimal_allowed": False}, 7, "7"),
    "channel": ({"type": "channels_select"}, "C_QSG", "C_QSG"),
}


@pytest.mark.parametrize(("element", "value", "expected"), SIMPLE.values(), ids=SIMPLE.keys())
async def test_field_holds_what_was_meant(pg: Playground, element: dict[str, Any], value: Any, expected: Any) -> None:
    ann, view = form(pg, element)
    await ann.fill(view, {"it": value})
    assert held(view) == expected


@pytest.mark.parametrize("said", ["hospital", "East"], ids=["two match", "none matches"])
async def test_unclear_choice_is_refused(pg: Playground, said: str) -> None:
    ann, view = form(pg, {"type": "static_select", "options": PROVIDERS})
    with pytest.raises(NotPossible, match="not offered"):
        await ann.fill(view, {"it": said})


EXTERNAL: dict[str, tuple[dict[str, Any], Any, Any, list[str]]] = {
    "one": ({"type": "external_select", "min_query_length": 1}, "South", SOUTH, ["South"]),
    "short words": ({"type": "external_select"}, "Clinic", CLINIC, ["Clinic"]),
    "by value among all": ({"type": "external_select", "min_query_length": 0}, "RN1", NORTH, ["RN1", ""]),
    "several": (
        {"type": "multi_external_select", "min_query_length": 1},
        ["North Hospital", "South"],
        [NORTH, SOUTH],
        ["North Hospital", "South"],
    ),
    "one of several": ({"type": "multi_external_select"}, "South Hospital", [SOUTH], ["South Hospital"]),
    "already chosen": ({"type": "external_select", "initial_option": NORTH}, "RN1", NORTH, []),
}


@pytest.mark.parametrize(("element", "value", "expected", "asked"), EXTERNAL.values(), ids=EXTERNAL.keys())
async def test_options_are_asked_for_as_a_person_would_type(
    pg: Playground, element: dict[str, Any], value: Any, expected: Any, asked: list[str]
) -> None:
    pg.transport = search = Search()
    ann, view = form(pg, element)
    await ann.fill(view, {"it": value})
    assert (held(view), search.asked) == (expected, asked)


async def test_options_once_loaded_are_not_asked_for_again(pg: Playground) -> None:
    pg.transport = search = Search()
    ann, view = form(pg, {"type": "external_select"})
    assert await ann.options(view, "it", "North") == [NORTH, CLINIC]
    await ann.fill(view, {"it": "RN2"})
    assert (held(view), search.asked) == (CLINIC, ["North"])
    assert await ann.options(view, "it", "No") == [], "Slack asks from three letters on unless told otherwise"
    assert search.asked == ["North"]


@pytest.mark.parametrize(
    "body",
    [{}, {"options": [option("x" * 76, "v")]}, {"options": [option("x", "v")] * 101}],
    ids=["nothing", "too long", "too many"],
)
async def test_unsound_options_are_not_shown(pg: Playground, body: dict[str, Any]) -> None:
    pg.transport = Search(body)
    ann, view = form(pg, {"type": "external_select"})
    with pytest.raises(NotPossible, match="No results could be loaded"):
        await ann.options(view, "it", "North")
    assert "options refused" in pg.warnings[0]


async def test_silent_bot_offers_nothing(pg: Playground) -> None:
    ann, view = form(pg, {"type": "external_select"})
    with pytest.raises(NotPossible, match="dispatch_failed"):
        await ann.choose(view, "It", "North")


async def test_block_id_goes_before_a_label_of_the_same_name(pg: Playground) -> None:
    first = field("name", label={"type": "plain_text", "text": "other"})
    view = pg.workspace.push("U_ANN", modal(first, field("other"), field("Name")))
    await pg.persona("U_ANN").fill(view, {"other": "x", "Name": "y"})
    assert view.values["other"]["other_input"]["value"] == "x"
    assert view.values["name"]["name_input"]["value"] is None
