import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.chat.port import Answer, Choice, Day, Field, Form, Message, Option, Search, Text, Tick, Words
from bot.chat.slack_forms import answers, as_typed, first_input, kept, memo, options_payload, view
from bot.playground.limits import check_options, check_view

Json = dict[str, Any]

COLOURS = (Option("r", "Red"), Option("g", "Green"), Option("b", "Blue"))
GROUPED = (Option("1", "Leeds", "North"), Option("2", "Truro", "South"), Option("3", "York", "North"))


def form(*parts: Field | Words, **more: Any) -> Form:
    return Form("concern.new", parts, title="Raise a concern", submit="Send", **more)


def judged(given: Form) -> Json:
    """The view of a form that both our playground and Slack's own models accept."""
    built = view(given)
    check_view(built, "modal")
    View(**built).validate_json()
    return built


def element(field: Field) -> Json:
    return dict(judged(form(field))["blocks"][0]["element"])


def sent(built: Json) -> Json:
    """What Slack sends for a form that was submitted as it opened."""
    values = {
        block["block_id"]: {block["element"]["action_id"]: _state(block["element"])}
        for block in built["blocks"]
        if block["type"] == "input"
    }
    return {**built, "state": {"values": values}}


def _state(of: Json) -> Json:
    match of["type"]:
        case "plain_text_input":
            return {"type": of["type"], "value": of.get("initial_value")}
        case "datepicker":
            return {"type": of["type"], "selected_date": of.get("initial_date")}
        case "static_select" | "external_select" | "radio_buttons":
            return {"type": of["type"], "selected_option": of.get("initial_option")}
        case _:
            return {"type": of["type"], "selected_options": of.get("initial_options", [])}


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        (Text("a", limit=20), ""),
        (Text("a", limit=20, initial="x <b> & *y*"), "x <b> & *y*"),
        (Choice("a", COLOURS), ""),
        (Choice("a", COLOURS, initial=("g",)), "g"),
        (Choice("a", GROUPED, initial=("2",)), "2"),
        (Choice("a", COLOURS, radio=True, initial=("b",)), "b"),
        (Choice("a", COLOURS, many=True), ()),
        (Choice("a", COLOURS, many=True, initial=("r", "b")), ("r", "b")),
        (Choice("a", GROUPED, many=True, initial=("3",)), ("3",)),
        (Choice("a", COLOURS, many=True, radio=True, initial=("g",)), ("g",)),
        (Choice("a", COLOURS[:1], many=True, radio=True), ()),
        (Search("a", "find.provider"), ""),
        (Search("a", "find.provider", initial=GROUPED[:1]), "1"),
        (Search("a", "find.provider", many=True), ()),
        (Search("a", "find.provider", many=True, initial=GROUPED), ("1", "2", "3")),
        (Day("a"), None),
        (Day("a", initial=date(2026, 11, 23)), date(2026, 11, 23)),
        (Tick("a", statement="Yes"), False),
        (Tick("a", statement="Yes", initial=True), True),
    ],
)
def test_what_a_form_opens_with_comes_back_as_answers(field: Field, answer: Answer):
    built = judged(form(Words(Message("Hello")), field, memo={"group": "1"}))
    assert answers(sent(built)) == {"a": answer}
    assert memo(sent(built)) == {"group": "1"}
    assert first_input(sent(built)) == "a"


def test_a_form_carries_its_words():
    built = judged(form(Text("headline", limit=150, label="Headline", hint="One line", required=False)))
    (block,) = built["blocks"]
    assert (built["callback_id"], built["title"]["text"], built["submit"]["text"], built["close"]["text"]) == (
        "concern.new",
        "Raise a concern",
        "Send",
        "Cancel",
    )
    assert (block["block_id"], block["label"]["text"], block["hint"]["text"], block["optional"]) == (
        "headline",
        "Headline",
        "One line",
        True,
    )
    assert block["element"]["max_length"] == 150


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (Choice("a", COLOURS), "static_select"),
        (Choice("a", COLOURS, radio=True), "radio_buttons"),
        (Choice("a", COLOURS, many=True), "multi_static_select"),
        (Choice("a", COLOURS, many=True, radio=True), "checkboxes"),
        (Choice("a", tuple(Option(str(n), str(n)) for n in range(11)), radio=True), "static_select"),
        (Search("a", "find"), "external_select"),
        (Search("a", "find", many=True), "multi_external_select"),
    ],
)
def test_each_field_has_its_element(field: Field, kind: str):
    assert element(field)["type"] == kind


def test_a_search_names_its_source_and_other_fields_themselves():
    assert element(Search("provider", "find.provider"))["action_id"] == "find.provider"
    assert element(Choice("urgency", COLOURS))["action_id"] == "urgency"


def test_a_box_s_long_statement_stands_in_the_hint():
    statement = "I have told the provider that this is being shared with other regulators, and why."
    (block,) = judged(form(Tick("a", statement=statement, hint="More.")))["blocks"]
    assert block["hint"]["text"] == f"{statement} More."
    assert block["element"]["options"][0]["text"]["text"].endswith("…")


def test_an_initial_option_that_is_not_offered_is_left_out():
    assert "initial_option" not in element(Choice("a", COLOURS, initial=("gone",)))


def test_text_that_is_too_long_to_start_with_shows_that_it_was_cut():
    assert element(Text("a", limit=12, initial="one two three four"))["initial_value"] == "one two…"


def test_a_page_to_read_has_no_submit():
    built = judged(Form("help", (Words(Message("Hello")),), title="Help"))
    assert "submit" not in built
    assert built["close"]["text"] == "Close"


def test_a_long_page_within_a_form_leaves_room_for_the_fields():
    long = Words(Message("\n\n---\n\n".join(["x"] * 200)))
    built = judged(form(long, Text("a", limit=10), long, Text("b", limit=10)))
    assert len(built["blocks"]) <= 100
    assert [block["block_id"] for block in built["blocks"] if block["type"] == "input"] == ["a", "b"]


def test_a_home_page_has_no_frame():
    built = view(Form("home", (Words(Message("Hello")),)), kind="home")
    check_view(built, "home")
    assert "title" not in built


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (form(memo={"a": "x" * 3000}), "memo of concern.new"),
        (form(Choice("a", ())), "a has 0 options"),
        (form(Choice("a", tuple(Option(str(n), "x") for n in range(101)))), "a has 101 options"),
        (form(Choice("a", (Option("v" * 151, "x"),))), "151 characters"),
        (Form("concern.new", (Day("a"),), title="x"), "no words"),
        (Form("concern.new", (), submit="x"), "no words"),
    ],
)
def test_a_form_that_slack_would_refuse_is_an_error(wrong: Form, says: str):
    with pytest.raises(ValueError, match=says):
        view(wrong)


def test_options_are_at_most_a_hundred_and_keep_their_groups():
    many = [Option(str(n), "word " * 30, f"Group {n % 3}") for n in range(120)]
    payload = options_payload(many)
    assert check_options(payload) == []
    assert [len(group["options"]) for group in payload["option_groups"]] == [34, 33, 33]
    assert options_payload([]) == {"options": []}
    assert check_options(options_payload(COLOURS)) == []


labels = st.text(min_size=1, max_size=200)
options = st.lists(
    st.builds(Option, st.text(min_size=1, max_size=150), labels, st.sampled_from(["", "North", "South"])),
    min_size=1,
    max_size=15,
    unique_by=lambda option: option.value,
)


@st.composite
def fields(draw: st.DrawFn) -> tuple[Field, Answer]:
    words = {"label": draw(st.text(max_size=2500)), "hint": draw(st.text(max_size=2500))}
    match draw(st.integers(0, 4)):
        case 0:
            said = draw(st.text(st.characters(exclude_characters="\0"), max_size=50))  # no database keeps that one
            return Text("f", limit=draw(st.integers(50, 9000)), initial=said, **words), said
        case 1 | 2:
            offered, many, radio = draw(options), draw(st.booleans()), draw(st.booleans())
            chosen = draw(st.sampled_from(offered)).value
            choice = Choice("f", tuple(offered), many=many, radio=radio, initial=(chosen,), **words)
            return choice, (chosen,) if many else chosen
        case 3:
            day = draw(st.dates())
            return Day("f", initial=day, **words), day
        case _:
            ticked = draw(st.booleans())
            return Tick("f", initial=ticked, statement=draw(labels), **words), ticked


@given(fields())
def test_any_form_is_sound_and_comes_back_as_it_was(field_and_answer: tuple[Field, Answer]):
    field, answer = field_and_answer
    built = view(form(field))
    check_view(built, "modal")
    assert answers(json.loads(json.dumps(sent(built)))) == {"f": answer}


@pytest.mark.parametrize(
    ("received", "seen"),
    [
        ("A &amp; B &lt;b&gt; &amp;lt;", "A & B <b> &lt;"),
        ("ask <@U123|ann> or <@U456>", "ask @ann or @U456"),
        ("in <#C123|general> or <#C456>", "in #general or #C456"),
        ("<!here> <!channel> <!here|@here>", "@here @channel @here"),
        ("<!subteam^S1|@leads> <!subteam^S1>", "@leads @subteam"),
        ("on <!date^1392734382^{date_long}|18 February 2014>", "on 18 February 2014"),
        ("<https://a.example/x?y=1&amp;z=2>", "https://a.example/x?y=1&z=2"),
        ("<https://a.example|our report>", "our report"),
        ("<mailto:a@b.example|a@b.example> <mailto:a@b.example>", "a@b.example a@b.example"),
        ("*bold* 1 &lt; 2", "*bold* 1 < 2"),
        ("", ""),
    ],
)
def test_text_from_slack_is_turned_back_into_what_was_seen(received: str, seen: str):
    assert as_typed(received) == seen


@given(st.text())
def test_any_text_survives_slack_s_escapes(text: str):
    assert as_typed(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")) == text


LEFT = (
    Text("text", limit=50, initial="first"),
    Choice("colour", COLOURS, initial=("r",), tells=True),
    Choice("colours", COLOURS, many=True, initial=("r",)),
    Search("found", "find", many=True, tells=True),
    Day("day", initial=date(2026, 11, 23)),
    Tick("tick", statement="Yes", initial=True, tells=True),
)


def left(**values: Any) -> Json:
    """What Slack sends when somebody has changed these fields of a form."""
    changed = sent(judged(form(*LEFT)))
    for name, entry in values.items():
        (held,) = changed["state"]["values"][name].values()
        held.update(entry)
    return changed


def test_a_field_that_tells_is_told_of():
    told = {block["block_id"] for block in judged(form(*LEFT))["blocks"] if block.get("dispatch_action")}
    assert told == {"colour", "found", "tick"}


def test_what_was_left_in_a_form_is_what_it_goes_on_with():
    red, blue = ({"text": {"type": "plain_text", "text": x, "emoji": True}, "value": x} for x in ("r", "b"))
    payload = left(
        text={"value": "typed"},
        colour={"selected_option": blue},
        colours={"selected_options": [blue, red]},
        found={"selected_options": [red]},
        day={"selected_date": "2026-11-01"},
        tick={"selected_options": []},
    )
    again = kept(judged(form(Words(Message("New words")), *LEFT)), payload)
    check_view(again, "modal")
    assert answers(sent(again)) == {
        "text": "typed",
        "colour": "b",
        "colours": ("b", "r"),
        "found": ("r",),
        "day": date(2026, 11, 1),
        "tick": False,
    }


def test_what_was_emptied_stays_empty():
    nothing = {"selected_options": []}
    payload = left(text={"value": None}, colour={"selected_option": None}, colours=nothing, day={"selected_date": None})
    assert answers(sent(kept(judged(form(*LEFT)), payload))) == {
        "text": "",
        "colour": "",
        "colours": (),
        "found": (),
        "day": None,
        "tick": True,
    }


def test_what_is_no_longer_offered_is_not_kept():
    gone = {"text": {"type": "plain_text", "text": "Gone"}, "value": "gone"}
    payload = left(colour={"selected_option": gone}, colours={"selected_options": [gone]})
    again = kept(judged(form(*LEFT)), payload)
    check_view(again, "modal")
    assert (answers(sent(again))["colour"], answers(sent(again))["colours"]) == ("", ())


def test_a_field_of_another_kind_starts_afresh():
    again = kept(judged(form(Choice("text", COLOURS, initial=("g",)), Text("new", 20, initial="n"))), left())
    assert answers(sent(again)) == {"text": "g", "new": "n"}
