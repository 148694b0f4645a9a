"""Checking a located document against a pydantic model; each mistake gets its line and plain English."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
)

from bot.files.located import At, Located
from bot.files.plain import explain_shape, nearest

M = TypeVar("M", bound="Strict")

LONGEST_GIVEN = 60


def spoken(name: str) -> str:
    """A field's name as written in a file: `short_name` is `short name`, `from_` is `from`."""
    return name.strip("_").replace("_", " ")


class Strict(BaseModel):
    """A block of a file. A name it does not know is a mistake, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=spoken)


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def words(longest: int) -> StringConstraints:
    """One line of 1 to `longest` characters; spaces around it are dropped."""
    return StringConstraints(
        strip_whitespace=True, min_length=1, max_length=longest, pattern=r"^[^\x00-\x1f\x7f\u2028\u2029]*$"
    )


def written(pattern: str, hint: str) -> AfterValidator:
    """Text that fits the pattern; otherwise the hint says how to write it."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(hint)
        return value

    return AfterValidator(check)


def day(value: object) -> object:
    """A date in words; pydantic alone would also take a bare number for one."""
    if not isinstance(value, str) or not re.fullmatch(r"(19|20|21)\d\d-\d\d-\d\d", value):
        raise ValueError("is not a date: write it like 2026-11-30")
    return value


def moment(value: object) -> object:
    """A day and time in words, with or without an offset; seconds are not used."""
    form = r"(19|20|21)\d\d-\d\d-\d\d[ T]\d\d:\d\d(:00)?( ?(Z|[+-]\d\d:\d\d))?"
    if not isinstance(value, str) or not re.fullmatch(form, value):
        raise ValueError("is not a day and time: write it like 2026-11-30 10:00")
    return re.sub(r" (?=Z|[+-])", "", value)


Day = Annotated[date, BeforeValidator(day)]
as_list = BeforeValidator(_as_list)
Names = Annotated[tuple[str, ...], as_list]
"""A list of names; one name may stand alone."""


def validate(document: Located, model: type[M]) -> M | None:
    """The document as that model; None when its shape has mistakes, which are then noted in it."""
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        problems = [(_place(p["loc"]), p) for p in error.errors(include_url=False)]
    meant = {(*at[:-1], _meant(model, at)) for at, p in problems if p["type"] == "extra_forbidden"}
    around = {at[:length] for at, _ in problems for length in range(len(at))}
    for at, problem in problems:
        # One slip is one mistake: a misspelt name is not also missing, a list with a bad line not also short.
        echo = (problem["type"] == "missing" and at in meant) or (problem["type"] == "too_short" and at in around)
        if not echo:
            _note(document, model, at, problem)
    return None


def _place(loc: tuple[str | int, ...]) -> At:
    """Where in the file: pydantic adds “[key]” when it is the name itself that is wrong."""
    return loc[:-1] if loc[-1:] == ("[key]",) else loc


def _meant(model: type[BaseModel], at: At) -> str:
    return nearest(str(at[-1]), names_at(model, at[:-1])) or ""


def _note(document: Located, model: type[BaseModel], at: At, problem: Mapping[str, Any]) -> None:
    kind, given = problem["type"], problem["input"]
    if kind == "missing":
        document.note(at, f"is missing: add a line “{at[-1]}: …”", line=document.line(at[:-1]))
    elif kind == "extra_forbidden":
        near = _meant(model, at)
        document.note(at, f"is not a name we know here{f': did you mean “{near}”?' if near else ''}")
    else:
        said = explain_shape(kind, given, dict(problem.get("ctx", {})), str(problem["msg"]))
        shown = isinstance(given, str) and 0 < len(given) < LONGEST_GIVEN and said.startswith("is not")
        document.note(at, f"“{given}” {said}" if shown else said)


def names_at(model: type[BaseModel], at: Sequence[str | int]) -> list[str]:
    """The names a file may use at that place of the model."""
    kind: Any = model
    for part in at:
        kind = _inside(kind, part)
    found = _models(kind)
    return [field.alias or name for shape in found for name, field in shape.model_fields.items()]


def _inside(kind: Any, part: str | int) -> Any:
    for shape in _models(kind):
        for name, field in shape.model_fields.items():
            if part in (field.alias, name):
                return field.annotation
    inner = [arg for arg in get_args(_plain(kind)) if arg is not Ellipsis]
    return inner[-1] if inner else kind


def _plain(kind: Any) -> Any:
    """Without `Annotated` around it and without `| None`."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    others = [arg for arg in get_args(kind) if arg is not type(None)]
    return _plain(others[0]) if type(None) in get_args(kind) and others else kind


def _models(kind: Any) -> list[type[BaseModel]]:
    plain = _plain(kind)
    return [plain] if isinstance(plain, type) and issubclass(plain, BaseModel) else []
