"""The outbox: what is to be told, kept until it has been, told once.

A row is queued in the transaction of what it tells. A deliverer claims due rows with a lease, so that several
replicas share the work and a crashed one's rows come back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from bot.store.tables.delivery import OutboxRow, OutboxState
from bot.store.unit import Unit

RATELIMITED = "ratelimited"
LEASE = timedelta(seconds=60)
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=15)
UNSENT = (OutboxState.QUEUED, OutboxState.WAITING, OutboxState.SENDING)
NEVER_SENT = (OutboxState.FAILED, OutboxState.WITHHELD)


@dataclass(frozen=True)
class Telling:
    """Something to tell: the message's kind, the ids it is about, and to whom."""

    kind: str
    subject: dict[str, int | str]
    person_id: int | None = None
    group_id: int | None = None
    slot: str = ""
    edits: str = ""

    @property
    def once(self) -> str:
        """Kind, subject, recipient and slot as one key: told at most once."""
        about = ",".join(f"{name}={value}" for name, value in sorted(self.subject.items()))
        to = f"p{self.person_id}" if self.person_id else f"g{self.group_id}"
        return f"{self.kind}|{about}|{to}|{self.slot}"


async def tell(unit: Unit, telling: Telling, now: datetime) -> bool:
    """Queue it for delivery. False if the same thing has been queued before, which changes nothing."""
    added = await unit.insert_once(
        OutboxRow(
            once=telling.once,
            kind=telling.kind,
            subject=telling.subject,
            person_id=telling.person_id,
            group_id=telling.group_id,
            edits=telling.edits,
            next_attempt_at=now,
            created_at=now,
        )
    )
    unit.told = unit.told or added
    return added


async def claim(unit: Unit, now: datetime, limit: int = 50) -> Sequence[OutboxRow]:
    """Take up to `limit` due rows for this deliverer; others pass them over until the lease runs out."""
    due = (
        select(col(OutboxRow.id))
        .where(
            col(OutboxRow.state).in_(UNSENT),
            OutboxRow.next_attempt_at <= now,
            or_(col(OutboxRow.lease_until).is_(None), col(OutboxRow.lease_until) <= now),
            *_not_slowed(now),
        )
        .order_by(col(OutboxRow.next_attempt_at), col(OutboxRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = await unit.all(due)
    if not ids:
        return []
    await unit.write(
        update(OutboxRow)
        .where(col(OutboxRow.id).in_(ids))
        .values(state=OutboxState.SENDING, lease_until=now + LEASE, attempts=OutboxRow.attempts + 1)
    )
    return await unit.all(select(OutboxRow).where(col(OutboxRow.id).in_(ids)).order_by(col(OutboxRow.id)))


def _not_slowed(now: datetime) -> list[ColumnElement[bool]]:
    """Leaves out what is for a destination the platform has asked to wait for, so that it keeps its order."""
    slowed = aliased(OutboxRow)
    waits = (slowed.state == OutboxState.WAITING, slowed.error == RATELIMITED, slowed.next_attempt_at > now)
    pairs = ((col(OutboxRow.person_id), slowed.person_id), (col(OutboxRow.group_id), slowed.group_id))
    return [or_(to.is_(None), to.not_in(select(its).where(*waits, col(its).is_not(None)))) for to, its in pairs]


async def mark_sent(unit: Unit, row_id: int, handle: dict[str, Any], now: datetime) -> None:
    await _settle(unit, row_id, state=OutboxState.SENT, handle=handle, sent_at=now, error="")


async def mark_withheld(unit: Unit, row_id: int) -> None:
    """The recipient may no longer see it, or there is nothing left to say: never sent."""
    await _settle(unit, row_id, state=OutboxState.WITHHELD)


async def mark_failed(unit: Unit, row_id: int, code: str) -> None:
    """The platform refused for good."""
    await _settle(unit, row_id, state=OutboxState.FAILED, error=code[:200])


async def mark_waiting(unit: Unit, row_id: int, until: datetime, code: str) -> None:
    """To be tried again at `until`; never given up."""
    await _settle(unit, row_id, state=OutboxState.WAITING, next_attempt_at=until, error=code[:200])


def retry_after(attempts: int) -> timedelta:
    """How long to wait when it is unclear why sending failed: doubling, up to a quarter of an hour."""
    return min(FIRST_RETRY * (1 << min(attempts, 12)), LONGEST_RETRY)


async def sent_handle(unit: Unit, once: str) -> dict[str, Any] | None:
    """The platform's handle of a message already sent, for replacing it in place."""
    row = await unit.first(select(OutboxRow).where(OutboxRow.once == once))
    return row.handle if row else None


async def depths(unit: Unit) -> dict[str, int]:
    """How many rows wait or have failed, for the metrics. Those sent are for ever, and not counted."""
    states = (*UNSENT, OutboxState.FAILED)
    counted = await unit.rows(
        select(OutboxRow.state, func.count()).where(col(OutboxRow.state).in_(states)).group_by(col(OutboxRow.state))
    )
    return {str(state): number for state, number in counted}


async def _settle(unit: Unit, row_id: int, **values: object) -> None:
    await unit.write(update(OutboxRow).where(col(OutboxRow.id) == row_id).values(lease_until=None, **values))


async def failure(unit: Unit, row_id: int) -> OutboxRow:
    return await unit.get(OutboxRow, row_id)


async def superseded(unit: Unit, row: OutboxRow) -> bool:
    """Whether this replacement need not be sent: a newer one is queued, or what it replaces never came."""
    newer = and_(col(OutboxRow.edits) == row.edits, col(OutboxRow.id) > row.key)
    lost = and_(col(OutboxRow.once) == row.edits, col(OutboxRow.state).in_(NEVER_SENT))
    return await unit.first(select(col(OutboxRow.id)).where(or_(newer, lost))) is not None
