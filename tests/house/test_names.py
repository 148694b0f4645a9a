"""Names that must meet: what templates offer and what listens, what is told and what is worded, what Slack is given."""

import ast
import re
from collections import Counter
from dataclasses import fields, replace

import pytest
import yaml

from bot.app import build
from bot.chat.port import Listeners
from bot.handlers import open_desks
from bot.handlers.door import Door
from bot.messages import MESSAGES
from bot.settings import Settings
from tests.house.source import MODULES, ROOT, called, text_of, within

MESSAGE_FILES = {
    path.name.removesuffix(".md.j2"): path
    for folder in ("messages", "reports")
    for path in (ROOT / "templates" / folder).iterdir()
}
FORM_FILES = {path.stem for path in (ROOT / "templates" / "forms").iterdir()}
MANIFEST = yaml.safe_load((ROOT / "deploy" / "slack-manifest.yaml").read_text(encoding="utf-8"))
BUTTON = re.compile(r"\]\(<?button:([^:)\s]+):")
TAKEN_IN = re.compile(r"""{%-?\s*(?:include|import|from|extends)\s+["']([^"']+)\.md\.j2["']""")


class Once(dict):
    """A table in which no name may be given twice."""

    def __setitem__(self, name: str, listener: object) -> None:
        assert name not in self, f"{name} is given twice"
        super().__setitem__(name, listener)


@pytest.fixture(scope="module")
def door() -> Door:
    """The real one, as the app opens it."""
    return build(Settings(slack_bot_token="xoxb-1", slack_signing_secret="s", database_url="sqlite://")).door


def words_in(*folders: str, calls: set[str], at: int = 0) -> Counter[str]:
    """The strings written out as that argument of these calls."""
    found = [
        text_of(call.args[at])
        for module in within(*folders)
        for call in module.calls
        if called(call) in calls and len(call.args) > at
    ]
    return Counter(name for name in found if name)


def test_no_listener_is_given_twice(door: Door):
    tables = {field.name: Once() for field in fields(Listeners)}
    open_desks(replace(door, listeners=Listeners(**tables)))
    assert all(tables.values())
    with pytest.raises(AssertionError, match="is given twice"):
        open_desks(replace(door, listeners=Listeners(**tables)))


def test_every_button_has_its_listener(door: Door):
    offered = {name for path in MESSAGE_FILES.values() for name in BUTTON.findall(path.read_text(encoding="utf-8"))}
    assert offered == set(door.listeners.buttons)


def test_every_form_has_words_and_a_listener(door: Door):
    asked = set(words_in("bot/handlers/", calls={"Form"}))
    assert asked == FORM_FILES
    assert asked == set(door.listeners.forms)


def test_every_listener_of_changes_is_a_form_s(door: Door):
    assert set(door.listeners.changes) <= set(door.listeners.forms)


def test_every_search_has_its_listener(door: Door):
    assert set(words_in("bot/handlers/", calls={"Search"}, at=1)) == set(door.listeners.searches)


def test_slack_is_given_the_same_names(door: Door):
    features = MANIFEST["features"]
    assert {one["command"].removeprefix("/") for one in features["slash_commands"]} == set(door.listeners.commands)
    assert {one["callback_id"] for one in features["shortcuts"]} == set(door.listeners.shortcuts)


def test_every_command_explains_itself(door: Door):
    assert {f"help.{name}" for name in door.listeners.commands} <= set(MESSAGE_FILES)


def test_every_kind_told_has_its_message():
    told = words_in("bot/services/", calls={"Telling"})
    assert set(told) == set(MESSAGES)


def test_every_message_has_its_template():
    assert set(MESSAGES) <= set(MESSAGE_FILES)


def test_no_name_stands_for_two_templates():
    here, there = ({path.name for path in (ROOT / "templates" / name).iterdir()} for name in ("messages", "reports"))
    assert here & there == set()


def test_every_template_is_used():
    rendered = set(words_in("bot/", calls={"render", "page", "plain"}))
    rendered |= set(words_in("bot/messages/", calls={"_if_visible"}, at=1))
    assert rendered == {name for name in MESSAGE_FILES if not name.startswith("_")}


def test_every_part_of_a_template_is_used():
    taken = {name for path in MESSAGE_FILES.values() for name in TAKEN_IN.findall(path.read_text(encoding="utf-8"))}
    assert taken == {name for name in MESSAGE_FILES if name.startswith("_")}


def test_every_metric_is_counted_somewhere():
    metrics = next(module for module in MODULES if module.name == "bot/metrics.py")
    names = {node.targets[0].id for node in metrics.tree.body if isinstance(node, ast.Assign)}
    used = {name for name in names for module in MODULES if module is not metrics and name in module.text}
    assert used == names
