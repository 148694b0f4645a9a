"""Destroying a concern for good: every row that holds a word of it, and the marks that keep it from coming back."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, or_, update
from sqlmodel import col, select

from bot.domain.concern import new_reference
from bot.store.agenda_items import erase_items
from bot.store.clusters import leave_clusters
from bot.store.conclusions import unlink_concern
from bot.store.escalations import ending_with, erase_escalations
from bot.store.full_text import sweep
from bot.store.keeping import Record, concern_row
from bot.store.outbox import UNSENT
from bot.store.panels import erase_panels
from bot.store.tables import (
    ConcernAnswer,
    DisclosurePosition,
    HandlingChange,
    Hold,
    JournalEntry,
    OutboxRow,
    Tombstone,
)
from bot.store.tables.delivery import OutboxState
from bot.store.unit import Store, Unit
from bot.store.visibility import concern_erased

# What hangs on a concern, beside its annexe, by the name under which the outbox and the journal speak of it.
HANGING: Mapping[str, type[ConcernAnswer | DisclosurePosition | Hold | HandlingChange]] = {
    "answer": ConcernAnswer,
    "position": DisclosurePosition,
    "hold": Hold,
    "change": HandlingChange,
}


async def erase(unit: Unit, record: Record, now: datetime) -> None:
    """Destroy a concern and all that hangs on it, and leave a tombstone without content. Its annexe has gone before.

    What was still to be told of it never will be, and what the journal noted about it can no longer be read, though
    its chain still holds.
    """
    concern = await concern_row(unit, record.id)
    if concern is None:
        return
    mark = Tombstone(
        reference=record.reference,
        submitted_as=_mark(concern.submit_key),
        retention=record.retention,
        destroyed_at=now,
    )
    ended = await ending_with(unit, record.id)
    gone = {"concern": [record.id], **await erase_panels(unit, ended)}
    gone |= await erase_escalations(unit, record.id, ended)
    await leave_clusters(unit, record.id)
    gone["item"] = await erase_items(unit, record.id)
    for name, table in HANGING.items():
        gone[name] = [key for key in await unit.all(select(col(table.id)).where(table.concern_id == record.id)) if key]
        await unit.write(delete(table).where(col(table.concern_id) == record.id))
    await unlink_concern(unit, record.id)
    for statement in concern_erased(record.id):
        await unit.write(statement)
    await _withhold(unit, gone)
    await _forget(unit, gone)
    await unit.insert_once(mark)


async def was_destroyed(unit: Unit, submit_key: str) -> bool:
    """Whether what this form became has been destroyed."""
    asked = select(col(Tombstone.id)).where(Tombstone.submitted_as == _mark(submit_key))
    return await unit.first(asked) is not None


async def unused_reference(unit: Unit, kind: str) -> str:
    """A new reference that nothing destroyed has borne."""
    while True:
        reference = new_reference(kind)
        if await unit.first(select(col(Tombstone.id)).where(Tombstone.reference == reference)) is None:
            return reference


async def destroyed_since(unit: Unit, moment: datetime) -> bool:
    """Whether anything has been destroyed since then."""
    asked = select(col(Tombstone.id)).where(Tombstone.destroyed_at >= moment)
    return await unit.first(asked.limit(1)) is not None


async def scrub(store: Store) -> None:
    """Write SQLite's full-text index anew, bring its file up to its log and empty the log: in both, what was destroyed
    would otherwise stand on.

    Tried again at the next tick if somebody is reading just now. PostgreSQL does its own (`docs/operator.md`).
    """
    if store.dialect == "sqlite":
        async with store.begin() as unit:
            await sweep(unit)
        await store.checkpoint()


async def _withhold(unit: Unit, gone: Mapping[str, Sequence[int]]) -> None:
    """Take back what is still to be told of it. What waits is little, so it is looked through here."""
    rows = await unit.rows(select(OutboxRow.id, OutboxRow.subject).where(col(OutboxRow.state).in_(UNSENT)))
    about = [key for key, subject in rows if any(subject.get(name) in ids for name, ids in gone.items())]
    withheld = {"state": OutboxState.WITHHELD, "lease_until": None}
    await unit.write(update(OutboxRow).where(col(OutboxRow.id).in_(about)).values(**withheld))


async def _forget(unit: Unit, gone: Mapping[str, Sequence[int]]) -> None:
    """Erase the facts, with their salts, of every entry about it."""
    entry = JournalEntry
    about = [and_(col(entry.subject_kind) == name, col(entry.subject_id).in_(ids)) for name, ids in gone.items()]
    await unit.write(update(entry).where(or_(*about)).values(facts=None, salt=None))


def _mark(submit_key: str) -> str:
    return hashlib.sha256(submit_key.encode()).hexdigest()
