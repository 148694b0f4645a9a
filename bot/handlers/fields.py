"""Small helpers for building a form's fields and reading its answers."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from bot.chat.port import Answer, Ask, Choice, Field, Option, Search
from bot.errors import FormErrors, NotFound
from bot.store.tables import Provider

Term = TypeVar("Term", bound=StrEnum)
OPTION_LIMIT = 75  # characters of an option, the shortest that a platform allows


def chosen_number(ask: Ask, field: str) -> int:
    """The row number somebody chose. Raises `FormErrors` if they left it open."""
    answer = str(ask.answers.get(field) or "")
    if not answer.isdecimal():
        raise FormErrors({field: "Choose one from the list."})
    return int(answer)


def chosen_term(ask: Ask, field: str, terms: type[Term]) -> Term:
    """The term somebody chose from a closed list. Raises `FormErrors` if they left it open."""
    answer = str(ask.answers.get(field) or "")
    if answer not in list(terms):
        raise FormErrors({field: "Choose one from the list."})
    return terms(answer)


def number_in(value: str) -> int:
    """The row number a button or form carries. Raises `NotFound` for anything else: it was not ours."""
    if not value.isdecimal():
        raise NotFound(what=value)
    return int(value)


def several(answer: Answer) -> tuple[str, ...]:
    """What was chosen where more than one may be."""
    return answer if isinstance(answer, tuple) else ()


def options(labels: Mapping[str, str]) -> tuple[Option, ...]:
    """Options as a policy lists them."""
    return tuple(Option(key, label) for key, label in labels.items())


def blank(terms: Iterable[str]) -> tuple[Option, ...]:
    """Options whose labels come from the form's words."""
    return tuple(Option(str(term), "") for term in terms)


def provider_option(provider: Provider) -> Option:
    """A provider by its name and town, shortened before its code is."""
    place = f" – {provider.town}" if provider.town else ""
    room = OPTION_LIMIT - len(f"{place} ({provider.code})")
    name = provider.name if len(provider.name) <= room else provider.name[: room - 1] + "…"
    return Option(str(provider.key), f"{name}{place} ({provider.code})")


def as_opened(fields: tuple[Field, ...]) -> dict[str, Answer]:
    """The answers of a form nobody has touched yet."""
    return {field.name: _untouched(field) for field in fields}


def _untouched(field: Field) -> Answer:
    match field:
        case Choice(many=False):
            return field.initial[0] if field.initial else ""
        case Search(many=False):
            return field.initial[0].value if field.initial else ""
        case Search():
            return tuple(option.value for option in field.initial)
        case _:
            return field.initial
