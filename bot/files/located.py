"""YAML read so that every mistake can be shown with its line, all of them at once.

Nothing is guessed: each value stays the text that was typed (`01234`, `10:00` and `no` mean themselves) until
the shape it is checked against says what it should be. Anchors, aliases and tags are refused, so no file can
grow when it is read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from bot.errors import BadFile
from bot.files.plain import explain_yaml

At = tuple[str | int, ...]

MOST_BYTES = 5_000_000
DEEPEST = 20
LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
EMPTY = {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing wrong in a file: where, and what to write instead. Line 0 means the whole file."""

    file: str
    line: int
    field: str
    problem: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.field}: {self.problem}" if self.field else f"{place}: {self.problem}"


class MistakesFound(BadFile):
    """{name} was not used: {count} found. Nothing was changed."""

    def __init__(self, path: Path, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        count = "one mistake" if len(self.mistakes) == 1 else f"{len(self.mistakes)} mistakes"
        super().__init__(name=path.name, count=count)


@dataclass
class Located:
    """What a YAML file says, and on which line each part of it stands."""

    path: Path
    value: dict[str, Any] = field(default_factory=dict)
    lines: dict[At, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    broken: set[At] = field(default_factory=set)

    def line(self, at: Sequence[str | int]) -> int:
        """The line of that place, or of the nearest place around it that the file has."""
        for length in range(len(at), 0, -1):
            if found := self.lines.get(tuple(at[:length])):
                return found
        return 1

    def note(self, at: Sequence[str | int], problem: str, *, line: int | None = None) -> None:
        """Remember a mistake at that place."""
        self.broken.add(tuple(at))
        name = " > ".join(str(part + 1) if isinstance(part, int) else part for part in at)
        self.mistakes.append(Mistake(str(self.path), line or self.line(at), name, problem))

    def stop_if_mistaken(self) -> None:
        """Raise `BadFile` with every mistake noted so far, if there is one."""
        if self.mistakes:
            raise MistakesFound(self.path, self.mistakes)


def read_located(path: Path) -> Located:
    """Read a YAML file. Duplicate names are noted, to be shown with the rest; raises `BadFile` if unreadable."""
    document = Located(path)
    text = _read_text(document)
    try:
        value = _Reader(document).read(yaml.parse(text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _refuse(document, explain_yaml(error.problem or "", _line_of(text, mark)), (mark.line + 1) if mark else 0)
    except yaml.YAMLError:
        _refuse(document, *_unprintable(text))
    if value is None:
        _refuse(document, "the file is empty", 0)
    if not isinstance(value, dict):
        _refuse(document, "the file must be made of “name: value” lines", 1)
    document.value = value
    return document


def _refuse(document: Located, problem: str, line: int) -> NoReturn:
    mistake = Mistake(str(document.path), line, "", problem)
    raise MistakesFound(document.path, [*document.mistakes, mistake]) from None


def _read_text(document: Located) -> str:
    try:
        with document.path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        _refuse(document, "there is no such file", 0)
    except OSError as error:
        _refuse(document, f"the file cannot be read ({(error.strerror or 'unknown reason').lower()})", 0)
    if len(raw) > MOST_BYTES:
        _refuse(document, f"the file is larger than {MOST_BYTES // 1_000_000} MB", 0)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(
            document,
            "this line is not UTF-8 text: save the file as UTF-8",
            raw.count(b"\n", 0, error.start) + 1,
        )


def _line_of(text: str, mark: yaml.Mark | None) -> str:
    lines = text.splitlines()
    return lines[mark.line] if mark and mark.line < len(lines) else ""


class _Reader:
    """Builds the value from the parser's events, noting lines, duplicates and what we do not allow."""

    def __init__(self, document: Located) -> None:
        self.document = document
        self.events: Iterator[yaml.Event] = iter(())

    def read(self, events: Iterable[yaml.Event]) -> Any:
        value, documents = None, 0
        self.events = iter(events)
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    _refuse(
                        self.document,
                        "a second “---” starts here: keep one document in the file",
                        _line(event),
                    )
            elif isinstance(event, yaml.NodeEvent):
                value = self._value(event, ())
        return value

    def _value(self, event: yaml.Event, at: At) -> Any:
        self._check(event, at)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(at)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(at)
        return _text(event)

    def _check(self, event: yaml.Event, at: At) -> None:
        if len(at) > DEEPEST:
            _refuse(self.document, f"this is nested more than {DEEPEST} deep", _line(event))
        if getattr(event, "anchor", None):
            _refuse(self.document, "“&” and “*” shortcuts are not used here: write it out in full", _line(event))
        if getattr(event, "tag", None):
            _refuse(self.document, "a word starting with “!” is not used here: take it out", _line(event))

    def _list(self, at: At) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            here = (*at, len(items))
            self.document.lines.setdefault(here, _line(event))
            items.append(self._value(event, here))
        return items

    def _mapping(self, at: At) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = self._name(event, at)
            here = (*at, name)
            first = self.document.lines.setdefault(here, _line(event))
            value = self._value(next(self.events), here)
            if name in entries:
                problem = f"is already on line {first}: keep one of the two"
                self.document.note(here, problem, line=_line(event))
            else:
                entries[name] = value
        return entries

    def _name(self, event: yaml.Event, at: At) -> str:
        self._check(event, at)
        if not isinstance(event, yaml.ScalarEvent) or not event.value:
            _refuse(self.document, "a plain name is needed before “:”", _line(event))
        return str(event.value)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _text(event: yaml.Event) -> str | None:
    plain = getattr(event, "style", None) in (None, "")
    value = str(getattr(event, "value", ""))
    return None if plain and value in EMPTY else value


def _unprintable(text: str) -> tuple[str, int]:
    """Which line has the character the parser will not read; its own account differs by version."""
    for number, line in enumerate(text.split("\n"), 1):
        if any(not character.isprintable() and character not in "\t\r\u2028\u2029" for character in line):
            return "this line has a character that cannot be printed: delete it", number
    return "the file has a character that cannot be read", 0
