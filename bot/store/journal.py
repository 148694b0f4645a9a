"""The audit journal: one entry for each act, reading and refusal, in the transaction of what it speaks of.

Entries are chained when the unit is about to commit, so that a chain is held for as short a time as can be, and one
group's writing never waits for another's. If an entry cannot be written, nothing of the unit is saved.
"""

import secrets
import zlib
from datetime import datetime

from sqlmodel import col, func, select

from bot.domain.audit import GENESIS, Entry, chain_of, commitment
from bot.domain.handling import Viewer
from bot.store.tables import JournalEntry
from bot.store.unit import Unit

CHAIN_LOCKS = 72_911_205  # any fixed number: the class of PostgreSQL's advisory locks that are ours
SALT_BYTES = 16


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
        unit.before_commit.append(_seal)
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


async def _seal(unit: Unit) -> None:
    """Number and chain what was recorded; chains are taken in one order, so that no two units wait for each other."""
    for chain in sorted({entry.chain for entry in unit.entries}):
        number, previous = await _head(unit, chain)
        for entry in (one for one in unit.entries if one.chain == chain):
            number += 1
            entry.number, entry.previous = number, previous
            entry.hash = previous = as_hashed(entry).digest()
    await unit.insert_rows(unit.entries)


async def _head(unit: Unit, chain: str) -> tuple[int, str]:
    """The last number and hash of a chain, which nobody else may lengthen until this unit ends."""
    if unit.dialect == "postgresql":
        await unit.rows(select(func.pg_advisory_xact_lock(CHAIN_LOCKS, zlib.crc32(chain.encode()) - 2**31)))
    last = select(JournalEntry.number, JournalEntry.hash).where(JournalEntry.chain == chain)
    rows = await unit.rows(last.order_by(col(JournalEntry.number).desc()).limit(1))
    return (rows[0][0], rows[0][1]) if rows else (0, GENESIS)


def as_hashed(row: JournalEntry) -> Entry:
    """A row as the entry that is hashed."""
    return Entry(**{name: getattr(row, name) for name in Entry.__dataclass_fields__})
