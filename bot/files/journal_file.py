"""The audit journal as a file of JSON lines, the first of which says what is in it; and witnesses in files of text."""

import json
import os
from collections.abc import AsyncIterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.audit import CHAIN_NAME, Head, WitnessLine, encoded, read_moment, witnesses_in, written
from bot.domain.audit_check import Line, read_line
from bot.errors import UnusableInput

VERSION = 1
ALL = "all"
ONLY_OWNER = 0o600


@dataclass(frozen=True)
class Header:
    """An export's first line: when it was made, whether it holds all chains or one, and how far each had come."""

    at: datetime
    scope: str
    heads: tuple[Head, ...]
    names: dict[str, str]

    def text(self) -> str:
        chains = [
            {"chain": one.chain, "hash": one.hash, "name": self.names.get(one.chain, ""), "number": one.number}
            for one in self.heads
        ]
        line = {"soundings_journal": VERSION, "at": written(self.at), "scope": self.scope, "chains": chains}
        return encoded(line).decode()


async def write_export(path: Path, lines: AsyncIterable[str]) -> int:
    """Write the lines to a new file that only its owner may read, whole or not at all; says how many.

    Raises `OSError` where that cannot be done.
    """
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    count = 0
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OWNER), "wb") as file:
            async for line in lines:
                file.write(line.encode() + b"\n")
                count += 1
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return count


def read_header(path: Path) -> Header:
    """The first line. Raises `UnusableInput` unless the file is an export of the journal."""
    try:
        with path.open("rb") as file:
            return _header(json.loads(file.readline()))
    except OSError as error:
        raise UnusableInput(where=str(path), problem=_why(error)) from None
    except (ValueError, RecursionError, KeyError, TypeError):
        raise UnusableInput(where=f"{path}:1", problem="this is not an export of the audit journal.") from None


def read_entries(path: Path) -> Iterator[Line]:
    """The entries, one at a time. Raises `UnusableInput` naming the line that is not one."""
    with path.open("rb") as file:
        for place, raw in enumerate(file, start=1):
            if place == 1:
                continue
            try:
                text = raw.decode()
                yield read_line(text, json.loads(text))
            except (ValueError, RecursionError) as error:
                problem = (
                    "this line breaks off" if not raw.endswith(b"\n") else f"this is not an entry: {_plain(error)}"
                )
                raise UnusableInput(where=f"{path}:{place}", problem=f"{problem}.") from None


def read_witnesses(path: Path) -> list[tuple[str, WitnessLine]]:
    """Every witness line in a file of any text, with where it stands. Raises `UnusableInput` for a damaged one, and
    for a file without any."""
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise UnusableInput(where=str(path), problem=_why(error)) from None
    found = []
    for place, line in witnesses_in(text):
        where = f"{path}:{text.count(chr(10), 0, place) + 1}"
        if line is None:
            problem = "this witness is damaged. Copy the whole line again from the group’s channel."
            raise UnusableInput(where=where, problem=problem)
        found.append((where, line))
    if not found:
        raise UnusableInput(where=str(path), problem="there is no line in it that begins with “soundings-witness”.")
    return found


def _header(line: Any) -> Header:
    if line["soundings_journal"] != VERSION:
        raise ValueError("another version")
    at = read_moment(line["at"])
    heads = tuple(_head(one, at) for one in line["chains"])
    names = {one["chain"]: str(one["name"]) for one in line["chains"]}
    if line["scope"] != ALL and {line["scope"]} != names.keys():
        raise ValueError("scope")
    return Header(at, line["scope"], heads, names)


def _head(one: Any, at: datetime) -> Head:
    if not (CHAIN_NAME.fullmatch(one["chain"]) and isinstance(one["number"], int) and isinstance(one["hash"], str)):
        raise ValueError("chain")
    return Head(one["chain"], one["number"], one["hash"], at)


def _why(error: OSError) -> str:
    return f"it cannot be read: {error.strerror or type(error).__name__}."


def _plain(error: Exception) -> str:
    # The decoder's own words are for programmers, and may repeat what stands in the file.
    mine = type(error) is ValueError
    return str(error) if mine else "it cannot be read as JSON"
