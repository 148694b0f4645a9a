from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import pytest

from bot.chat.markdown import parse, plain_text
from bot.chat.port import Choice, Form, Message, Option, Text, Tick, Words
from bot.chat.tree import Paragraph, Run
from bot.errors import BadFile
from bot.messages.words import Templates
from tests.hostile import HOSTILE


class Kind(StrEnum):
    SOON = "soon"


SUMMER = datetime(2026, 7, 6, 8, 5, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "messages").mkdir()
    (tmp_path / "forms").mkdir()
    return tmp_path


def written(folder: Path, **files: str) -> Templates:
    for name, text in files.items():
        (folder / "messages" / f"{name}.md.j2").write_text(text, encoding="utf-8")
    return Templates(folder)


def test_what_is_included_is_markdown_and_its_values_are_not(folder: Path):
    templates = written(folder, _who="**{{ who }}**", said='{% include "_who.md.j2" %} and _{{ who }}_')
    (node,) = parse(templates.render("said", who="*me*").markdown)
    assert node == Paragraph((Run("*me*", bold=True), Run(" and "), Run("*me*", italic=True)))


def test_the_filters_speak_english(folder: Path):
    templates = written(
        folder,
        said="{{ 1|many('act', 'acts') }}, {{ n|many('act', 'acts') }}, {{ t|day }}, {{ t|moment }}, {{ who|names }}",
    )
    said = plain_text(templates.render("said", n=2, t=SUMMER, who=["*A*", Kind.SOON]))
    assert said == "1 act, 2 acts, 6 July 2026, Mon 6 Jul 2026, 09:05, *A* and soon"


def test_plain_text_is_what_was_typed_on_one_line(folder: Path):
    words = written(folder, one="{{ text }} on {{ when | day }}{% if more %}, {{ more }}{% endif %}")
    when = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert (
        words.plain("one", text="=1 *a*\n\t<b> \u202ex\x00", when=when, more=2) == "=1 *a* <b> x on 23 November 2026, 2"
    )
    assert words.render("one", text="*a*", when=when, more="").markdown == "\\*a\\* on 23 November 2026"
    with pytest.raises(BadFile):
        words.plain("one", when=when, more="")


def test_a_value_may_be_called_name(folder: Path):
    assert written(folder, hello="Hello {{ name }}").render("hello", name="Ann") == Message("Hello Ann")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_joining_strings_in_a_template_trusts_none_of_them(folder: Path, hostile: str):
    templates = written(folder, said="x {{ 'a' ~ x }} {{ [x]|join }} {{ x|safe }} {{ x|trim }}")
    nodes = parse(templates.render("said", x=hostile).markdown)
    assert [type(node) for node in nodes] == [Paragraph]
    assert all(run == Run(run.text) for node in nodes if isinstance(node, Paragraph) for run in node.runs)


@pytest.mark.parametrize(
    ("template", "line", "says"),
    [
        ("one\n\n{{ nobody }}", 3, "nobody"),
        ("one\n{{ thing.missing }}", 2, "missing"),
        ("one\n{% if %}", 2, "expression"),
        ("{{ nothing }}", 1, "nothing here to show"),
        ("\n{{ true }}", 2, "yes or no"),
        ("\n{{ thing }}", 2, "dict"),
        ("\n{{ naive }}", 2, "time zone"),
        ("\n{{ 1 / 0 }}", 2, "ZeroDivisionError"),
        ("\n{{ '%d'|format(secret) }}", 2, "TypeError"),
        ("\n{% include 'gone.md.j2' %}", 2, "no file gone.md.j2"),
    ],
)
def test_a_template_s_error_names_its_file_and_line(folder: Path, template: str, line: int, says: str):
    templates = written(folder, wrong=template)
    with pytest.raises(BadFile) as error:
        templates.render("wrong", nothing=None, thing={}, naive=datetime(2026, 1, 1), secret="s3cret")  # noqa: DTZ001
    assert says in str(error.value)
    assert f"line {line}:" in str(error.value)
    assert str(folder) not in str(error.value)
    assert "s3cret" not in str(error.value)


def test_a_missing_template_is_named(folder: Path):
    with pytest.raises(BadFile, match=r"concern/raised\.md\.j2, line 1: there is no file"):
        Templates(folder).render("concern/raised")


def test_a_page_takes_its_title_from_its_heading(folder: Path):
    templates = written(folder, help="# Help with *{{ what }}*\n\nAsk.")
    page = templates.page("help", what="A&B")
    assert (page.title, page.submit) == ("Help with A&B", "")
    assert page.parts == (Words(Message("\n\nAsk.")),)


def test_a_long_heading_is_cut_in_the_title_and_kept_in_the_page(folder: Path):
    page = written(folder, help="# What happens to a concern\n\nIt is read.").page("help")
    assert page.title == "What happens to a…"
    (words,) = page.parts
    assert isinstance(words, Words)
    assert plain_text(words.message) == "What happens to a concern\n\nIt is read."


def test_a_page_without_a_heading_is_an_error(folder: Path):
    with pytest.raises(BadFile, match="heading"):
        written(folder, help="Ask.").page("help")


FORM = Form(
    "concern.new",
    (
        Words(Message("Hello")),
        Text("headline", limit=150),
        Choice("urgency", (Option("routine", ""), Option("mine", "My own"))),
        Tick("verbal"),
    ),
)
WORDS = """\
title: Raise a concern
submit: Send
fields:
  headline: {label: Headline, hint: One line}
  urgency: {label: How soon, options: {routine: At the next meeting}}
  verbal: {label: In person, statement: I would rather say it}
  group: {label: Group, optional: true}
"""


def worded(folder: Path, words: str) -> Form:
    (folder / "forms" / "concern.new.yaml").write_text(words, encoding="utf-8")
    return Templates(folder).form(FORM)


def test_a_form_gets_its_words(folder: Path):
    form = worded(folder, WORDS)
    assert (form.title, form.submit, form.memo) == ("Raise a concern", "Send", {})
    assert form.parts == (
        Words(Message("Hello")),
        Text("headline", limit=150, label="Headline", hint="One line"),
        Choice(
            "urgency",
            (Option("routine", "At the next meeting"), Option("mine", "My own")),
            label="How soon",
        ),
        Tick("verbal", label="In person", statement="I would rather say it"),
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  headline: {label: Headline, hint: One line}\n", "", "line 3: headline: “label” is missing"),
        (", statement: I would rather say it", "", "line 6: verbal: “statement” is missing"),
        ("label: Headline,", "label: Headline, statement: No,", "line 4: headline: only a box"),
        ("label: Headline,", "label: Headline, options: {a: b},", "line 4: headline: only a list"),
        ("routine: At", "rutine: At", "line 5: urgency: there are no words for the option “routine”"),
        (", optional: true", "", "line 7: the form has no field “group”"),
        ("submit: Send\n", "", "“submit” is missing"),
        ("Raise a concern", "A title of twenty-five char", "line 1"),
        ("hint:", "hnit:", "line 4"),
        ("title: Raise a concern", "title: [", "line "),
    ],
)
def test_words_that_do_not_match_the_form_are_an_error(folder: Path, old: str, new: str, says: str):
    assert old in WORDS
    with pytest.raises(BadFile) as error:
        worded(folder, WORDS.replace(old, new))
    assert "concern.new.yaml, line " in str(error.value)
    assert says in str(error.value)


def test_a_form_without_words_names_the_missing_file(folder: Path):
    with pytest.raises(BadFile, match=r"concern\.new\.yaml"):
        Templates(folder).form(FORM)


def test_an_if_without_else_shows_nothing(folder: Path):
    assert written(folder, said="a{{ ', b' if more }}").render("said", more=False) == Message("a")
