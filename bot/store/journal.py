"""The audit journal: one entry for each act, reading and refusal, in the transaction of what it speaks of.

Entries are chained when the unit is about to commit, so that a chain is held for as short a time as can be, and one
group's writing never waits for another's. If an entry cannot be written, nothing of the unit is saved.
"""

import secrets
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select

from bot.domain.audit import GENESIS, Entry, chain_of, commitment
from bot.domain.handling import Viewer
from bot.store.tables import Action, Concern, JournalEntry
from bot.store.unit import Unit

CHAIN_LOCKS = 72_911_205  # any fixed number: the class of PostgreSQL's advisory locks that are ours
SALT_BYTES = 16
IDS_AT_ONCE = 100  # in one entry: more go into another, so that none grows without end


@dataclass(frozen=True, slots=True)
class Line:
    """An action that somebody was shown in a list too long to be held as a whole."""

    key: int
    group_id: int
    provider_id: int | None


def record(
    unit: Unit,
    act: str,
    *,
    by: Viewer | None,
    now: datetime,
    subject: tuple[str, int | None] = ("", None),
    group_id: int | None = None,
    **facts: int | str,
) -> None:
    """Add an entry. `facts` are ids and codes only, never what somebody wrote. `by` is None for the clock."""
    if not unit.entries:
        unit.before_commit.append(seal)
    organisation_id = by.organisation_id if by else None
    salt = secrets.token_hex(SALT_BYTES)
    unit.entries.append(
        JournalEntry(
            chain=chain_of(group_id, organisation_id),
            number=0,
            at=now,
            act=act,
            person_id=by.person_id if by else None,
            organisation_id=organisation_id,
            group_id=group_id,
            subject_kind=subject[0],
            subject_id=subject[1],
            facts=facts,
            salt=salt,
            commitment=commitment(facts, salt),
            previous=GENESIS,
            hash="",
        )
    )


def record_shown(
    unit: Unit, act: str, shown: Iterable[Concern | Action | Line], *, by: Viewer | None, now: datetime, where: str
) -> None:
    """Add an entry for each group whose concerns or actions somebody was shown something of, with their numbers.

    `where` is the list, page or message they stood in. `by` is None for a group's whole channel.
    """
    numbers: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for row in shown:
        numbers[row.group_id, "concern" if isinstance(row, Concern) else "action"].append(row.key)
    for (group_id, kind), ids in sorted(numbers.items()):
        for first in range(0, len(ids), IDS_AT_ONCE):
            some = ids[first : first + IDS_AT_ONCE]
            subject = (kind, some[0] if len(some) == 1 else None)
            facts = {"where": where, "ids": ",".join(map(str, some))}
            record(unit, act, by=by, now=now, subject=subject, group_id=group_id, **facts)


async def seal(unit: Unit) -> None:
    """Number and chain what was recorded; chains are taken in one order, so that no two units wait for each other.

    It is done before each commit. Whoever needs a chain's head within the unit does it before.
    """
    for chain in sorted({entry.chain for entry in unit.entries}):
        await hold_chain(unit, chain)
        number, previous = await head(unit, chain)
        for entry in (one for one in unit.entries if one.chain == chain):
            number += 1
            entry.number, entry.previous = number, previous
            entry.hash = previous = as_hashed(entry).digest()
    await unit.insert_rows(unit.entries)
    unit.entries.clear()


async def hold_chain(unit: Unit, chain: str) -> None:
    """From now on nobody else may lengthen this chain until this unit ends."""
    if unit.dialect == "postgresql":
        await unit.rows(select(func.pg_advisory_xact_lock(CHAIN_LOCKS, zlib.crc32(chain.encode()) - 2**31)))


async def head(unit: Unit, chain: str) -> tuple[int, str]:
    """The number and hash of a chain's last entry; 0 before the first."""
    last = select(JournalEntry.number, JournalEntry.hash).where(JournalEntry.chain == chain)
    rows = await unit.rows(last.order_by(col(JournalEntry.number).desc()).limit(1))
    return (rows[0][0], rows[0][1]) if rows else (0, GENESIS)


def as_hashed(row: JournalEntry) -> Entry:
    """A row as the entry that is hashed."""
    return Entry(**{name: getattr(row, name) for name in Entry.__dataclass_fields__})
