"""The words of one form: its title, and the label, hint and options of each field, from `templates/forms/`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import Field

from bot.chat import port
from bot.chat.port import Choice, Form, Option, Tick, Words
from bot.errors import BadFile
from bot.files.located import Located, MistakesFound, read_located
from bot.files.shape import Strict, validate, words

TITLE_LIMIT = 24  # of a title or a submit button; the shortest that a platform allows


class BadWords(BadFile):
    """{file}, line {line}: {problem}"""


class FieldWords(Strict):
    """What one field says. An `optional` one may be absent from the form a person is shown."""

    label: Annotated[str, words(2000)] = ""
    hint: Annotated[str, words(2000)] = ""
    statement: Annotated[str, words(2000)] = ""
    options: dict[str, Annotated[str, words(150)]] = Field(default_factory=dict)
    optional: bool = False


class _FileOfWords(Strict):
    title: Annotated[str, words(TITLE_LIMIT)]
    submit: Annotated[str, words(TITLE_LIMIT)] = ""
    fields: dict[str, FieldWords] = Field(default_factory=dict)


@dataclass(frozen=True)
class FormWords:
    """The words of a form, and where they stand."""

    document: Located
    words: _FileOfWords

    def fill(self, form: Form) -> Form:
        """`form` in words; what it already says stays. Raises `BadWords` where words and fields do not match."""
        fields = {part.name for part in form.parts if not isinstance(part, Words)}
        for name, words_of_field in self.words.fields.items():
            if name not in fields and not words_of_field.optional:
                raise self._bad("fields", name, problem=f"the form has no field “{name}” (or write optional: true)")
        if fields and not (form.submit or self.words.submit):
            raise self._bad(problem="“submit” is missing: the words on the button")
        return replace(
            form,
            parts=tuple(part if isinstance(part, Words) else self._field(part) for part in form.parts),
            title=form.title or self.words.title,
            submit=form.submit or self.words.submit,
        )

    def _field(self, field: port.Field) -> port.Field:
        written = self.words.fields.get(field.name, FieldWords())
        for kind, problem in self._amiss(field, written):
            raise self._bad("fields", field.name, kind, problem=f"{field.name}: {problem}")
        field = replace(field, label=field.label or written.label, hint=field.hint or written.hint)
        if isinstance(field, Tick):
            return replace(field, statement=field.statement or written.statement)
        if isinstance(field, Choice):
            return replace(field, options=tuple(_labelled(option, written) for option in field.options))
        return field

    def _amiss(self, field: port.Field, written: FieldWords) -> Iterator[tuple[str, str]]:
        if not (field.label or written.label):
            yield "label", "“label” is missing"
        if isinstance(field, Tick) and not (field.statement or written.statement):
            yield "statement", "“statement” is missing: what ticking the box says"
        if written.statement and not isinstance(field, Tick):
            yield "statement", "only a box to tick has a “statement”"
        if written.options and not isinstance(field, Choice):
            yield "options", "only a list to choose from has “options”"
        if isinstance(field, Choice):
            missing = [option.value for option in field.options if not _labelled(option, written).label]
            yield from (("options", f"there are no words for the option “{value}”") for value in missing)

    def _bad(self, *at: str, problem: str) -> BadWords:
        return BadWords(file=self.document.path.name, line=self.document.line(at), problem=problem)


def _labelled(option: Option, written: FieldWords) -> Option:
    return replace(option, label=option.label or written.options.get(option.value, ""))


def read_form_words(path: Path) -> FormWords:
    """The words in a file; raises `BadWords` with the first mistake in it."""
    try:
        document = read_located(path)
        found = validate(document, _FileOfWords)
        document.stop_if_mistaken()
    except MistakesFound as error:
        first = error.mistakes[0]
        problem = f"{first.field}: {first.problem}" if first.field else first.problem
        raise BadWords(file=path.name, line=max(first.line, 1), problem=problem) from error
    if found is None:
        raise BadWords(file=path.name, line=1, problem="there are no words in it")
    return FormWords(document, found)
