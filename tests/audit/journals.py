"""The journal of a real database, as it would be exported."""

from datetime import UTC, datetime

from sqlmodel import col, select

from bot.domain.audit_check import Line, check, notes
from bot.store.journal import as_hashed
from bot.store.tables import JournalEntry
from bot.store.unit import Store

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


async def lines_of(store: Store) -> list[Line]:
    async with store.look() as unit:
        rows = await unit.all(select(JournalEntry).order_by(col(JournalEntry.chain), col(JournalEntry.number)))
    return [Line(as_hashed(row), row.hash, row.facts, row.salt) for row in rows]


async def lengths(store: Store) -> dict[str, int]:
    """How many entries each chain has. Fails unless all are sound."""
    lines = await lines_of(store)
    verdicts = check(lines, notes(lines))
    assert [one.problem for one in verdicts if one.problem] == []
    return {one.chain: one.entries for one in verdicts}
