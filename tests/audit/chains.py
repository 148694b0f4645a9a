"""Chains made without a database, sound until a test spoils them."""

import dataclasses
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.audit import GENESIS, HEADS_NOTED, Entry, Head, commitment
from bot.domain.audit_check import Claim, Line, check, notes

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SALT = "5a" * 16


def extend(lines: list[Line], chain: str, /, act: str = "concern read", salt: str = SALT, **facts: int | str) -> None:
    """Add the next entry of a chain to the lines."""
    before = [line for line in lines if line.entry.chain == chain]
    previous = before[-1].hash if before else GENESIS
    entry = Entry(
        chain=chain,
        number=len(before) + 1,
        at=NOON + timedelta(seconds=len(lines)),
        act=act,
        person_id=7,
        organisation_id=None,
        group_id=1,
        subject_kind="concern",
        subject_id=len(lines),
        commitment=commitment(facts, salt),
        previous=previous,
    )
    lines.append(Line(entry, entry.digest(), facts, salt))


def chain_of(length: int, chain: str = "g1") -> list[Line]:
    lines: list[Line] = []
    for place in range(length):
        extend(lines, chain, place=place)
    return lines


def note(lines: list[Line], of: str, within: str) -> None:
    """An entry of one chain that names the head of another as it now is."""
    head = next(line for line in reversed(lines) if line.entry.chain == of)
    extend(lines, within, HEADS_NOTED, chain=of, number=head.entry.number, hash=head.hash)


def witness(line: Line) -> Claim:
    """The head that somebody outside keeps."""
    return Claim(Head(line.entry.chain, line.entry.number, line.hash, line.entry.at), "the witness", witness=True)


def rewritten(lines: list[Line], place: int, **values: Any) -> list[Line]:
    """From that place on another chain whose hashes are all right, its first entry with these values."""
    done = lines[:place]
    for line in lines[place:]:
        previous = done[-1].hash if done else GENESIS
        entry = dataclasses.replace(line.entry, previous=previous, **values)
        done.append(dataclasses.replace(line, entry=entry, hash=entry.digest()))
        values = {}
    return done


def spoilt(line: Line, **values: Any) -> Line:
    """The line with other values in its entry, its hash left as it was."""
    return dataclasses.replace(line, entry=dataclasses.replace(line.entry, **values))


def problems(lines: Iterable[Line], *claims: Claim) -> list[str]:
    lines = list(lines)
    found = check(lines, [*claims, *notes(lines)])
    return [str(one.problem) for one in found if one.problem]
