"""A small vocabulary for saying what Slack accepts, and for saying where it does not.

A check takes a value, its JSON pointer and the list of problems to add to. The wording of a problem follows
what Slack answers in `response_metadata.messages`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


class Problems(list[str]):
    """The complaints about one payload, each with the place it is about."""

    def add(self, what: str, at: str) -> None:
        """Add `what` for the value at the JSON pointer `at`."""
        self.append(f"{what} [json-pointer:{at}]")


Check = Callable[[Any, str, Problems], None]


@dataclass(frozen=True)
class Shape:
    """An object with these fields and no others."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)

    def __call__(self, value: Any, at: str, problems: Problems) -> None:
        """Check every field of `value`."""
        if not isinstance(value, dict):
            problems.add("must provide an object", at)
            return
        for name in self.required:
            if value.get(name) is None:
                problems.add(f"missing required field: {name}", at)
        for name, part in value.items():
            check = self.required.get(name) or self.optional.get(name)
            if check is None:
                problems.add(f"invalid additional property: {name}", at)
            elif part is not None:
                check(part, f"{at}/{name}", problems)

    def plus(self, **optional: Check) -> "Shape":
        """The same shape with more optional fields."""
        return Shape(self.required, {**self.optional, **optional})


def by_type(kinds: Mapping[str, Check]) -> Check:
    """One of several objects, told apart by their `type`."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add("must provide an object", at)
        elif value.get("type") is None:
            problems.add("missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            problems.add(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            kinds[value["type"]](value, at, problems)

    return check


def string(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add("must provide a string", at)
        elif len(value) < least:
            problems.add(f"must be more than {least - 1} characters", at)
        elif len(value) > most:
            problems.add(f"must be less than {most + 1} characters", at)

    return check


def text_of(kind: str, most: int, least: int = 1) -> Check:
    """A text object of this kind."""
    extra: dict[str, Check] = {"emoji": boolean} if kind == "plain_text" else {"verbatim": boolean}
    return Shape({"type": one_of(kind), "text": string(most, least)}, extra)


def plain(most: int, least: int = 1) -> Check:
    """A `plain_text` object and no other."""
    return by_type({"plain_text": text_of("plain_text", most, least)})


def text(most: int, least: int = 1) -> Check:
    """A `plain_text` or `mrkdwn` object."""
    return by_type({kind: text_of(kind, most, least) for kind in ("plain_text", "mrkdwn")})


def one_of(*allowed: str) -> Check:
    """One of these words."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if value not in allowed:
            problems.add(f"must be a valid enum value ({', '.join(allowed)})", at)

    return check


def boolean(value: Any, at: str, problems: Problems) -> None:
    """True or false."""
    if not isinstance(value, bool):
        problems.add("must provide a boolean", at)


def integer(least: int, most: int) -> Check:
    """A whole number within these bounds."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problems.add("must provide an integer", at)
        elif value < least:
            problems.add(f"must be greater than or equal to {least}", at)
        elif value > most:
            problems.add(f"must be less than or equal to {most}", at)

    return check


def items(each: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` things."""

    def check(value: Any, at: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.add("must provide an array", at)
            return
        if len(value) < least:
            problems.add(f"no fewer than {least} items allowed", at)
        if len(value) > most:
            problems.add(f"no more than {most} items allowed", at)
        for place, item in enumerate(value):
            each(item, f"{at}/{place}", problems)

    return check


def in_turn(*checks: Check) -> Check:
    """These checks one after the other, until one finds fault: later ones may rely on earlier ones."""

    def check(value: Any, at: str, problems: Problems) -> None:
        before = len(problems)
        for each in checks:
            if len(problems) == before:
                each(value, at, problems)

    return check


def anything(_value: Any, _at: str, _problems: Problems) -> None:
    """No check: parts of Slack's format that the playground passes on unread."""


def repeated(values: Iterable[Any]) -> list[Any]:
    """The values that occur more than once, in order of their second occurrence."""
    seen: set[Any] = set()
    again: list[Any] = []
    for value in values:
        if value in seen and value not in again:
            again.append(value)
        seen.add(value)
    return again
