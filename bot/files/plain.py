"""What the YAML parser and pydantic report, said in plain English with what to write instead."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

# Part of the parser's wording (libyaml's or PyYAML's own) and what we say.
YAML_PROBLEMS = (
    (r"cannot start any token|violates indentation", "this line cannot start with that character"),
    (
        r"mapping values are not allowed",
        'there is a “:” too many: put the words in "quotes", or check the indentation',
    ),
    (r"could not find expected ':'", "a “:” is missing after the name"),
    (r"expected ',' or '[\]}]'", "a bracket is opened and not closed, or a comma is missing"),
    (r"unexpected end of stream", "a quotation mark is opened and not closed"),
    (
        r"unknown escape|escape character",
        "a backslash inside double quotes has a meaning of its own: use single quotes",
    ),
    (r"found undefined (tag|alias)", "“&”, “*” and “!” shortcuts are not used here: write it out in full"),
    (
        r"block (end|mapping|sequence|collection)|expected key|expected '-'",
        "this line is not indented like the ones around it",
    ),
)

# pydantic's error types and what we say; the names in braces come from the error's own facts.
SHAPES = {
    "string_too_short": "is empty: fill it in or take the line out",
    "string_too_long": "is too long: at most {max_length} characters",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "needs at least {min_length}",
    "too_long": "has too many: at most {max_length}",
}
KINDS = (
    ("date_", "is not a date: write it like 2026-11-30"),
    ("datetime_", "is not a day and time: write it like 2026-11-30 10:00"),
    ("time_", "is not a time of day: write it like 09:00"),
    ("int_", "is not a whole number"),
    ("float_", "is not a number"),
    ("bool_", "is not yes or no"),
    ("string_", "must be words on one line"),
    ("dict_", "must be a block of indented “name: value” lines"),
    ("mapping_", "must be a block of indented “name: value” lines"),
    ("model_", "must be a block of indented “name: value” lines"),
    ("tuple_", "must be a list, such as [one, two]"),
    ("list_", "must be a list, such as [one, two]"),
)


def explain_yaml(problem: str, line: str) -> str:
    """Why the parser stopped at that line."""
    if "\t" in line[: len(line) - len(line.lstrip())] or line.lstrip(" ").startswith("\t"):
        return "this line is indented with a tab: use spaces"
    for pattern, words in YAML_PROBLEMS:
        if re.search(pattern, problem):
            return words
    return "this line cannot be understood: check its indentation, colons and quotes"


def explain_shape(kind: str, given: Any, facts: dict[str, Any], message: str) -> str:
    """What is wrong with a value, from pydantic's error type, the value given and the error's facts."""
    if kind in {"value_error", "assertion_error"}:
        return str(facts.get("error", message))
    if given is None:
        return "is empty: fill it in or take the line out"
    if kind in SHAPES:
        return SHAPES[kind].format(**facts)
    if kind in {"enum", "literal_error"}:
        return one_of(str(given), re.findall(r"'([^']*)'", str(facts["expected"])))
    return next((words for start, words in KINDS if kind.startswith(start)), "is not what is expected here")


def one_of(given: str, known: Iterable[str]) -> str:
    """That a word is not one of those known: with the nearest, or the whole list when it is short."""
    names = sorted(known)
    if near := nearest(given, names):
        return f"“{given}” is not known: did you mean “{near}”?"
    if 0 < len(names) <= 12:
        return f"“{given}” is not known: write one of {', '.join(names)}"
    return f"“{given}” is not known"


def nearest(given: str, known: Iterable[str]) -> str | None:
    """The known name most like what was typed; None if nothing is like it."""
    by_fold = {name.lower().replace("_", " ").replace("-", " "): name for name in known}
    folded = given.lower().replace("_", " ").replace("-", " ")
    match = get_close_matches(folded, by_fold, n=1, cutoff=0.7)
    return by_fold[match[0]] if match else None
