"""The outbox: what is to be told, kept until it has been, told once.

A row is queued in the transaction of what it tells. A deliverer claims due rows with a lease, so that several
replicas share the work and a crashed one's rows come back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.store.tables.delivery import OutboxRow, OutboxState
from bot.store.unit import Unit

RATELIMITED = "ratelimited"
HELD = "held: who is in the channel"
HELD_FOR = timedelta(minutes=15)  # (ours)
JUST_TRIED = timedelta(seconds=10)
LEASE = timedelta(seconds=60)
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=15)
HELD_AT_ONCE = 200
UNSENT = (OutboxState.QUEUED, OutboxState.WAITING, OutboxState.SENDING)
NEVER_SENT = (OutboxState.FAILED, OutboxState.WITHHELD)


@dataclass(frozen=True)
class Telling:
    """Something to tell: the message's kind, the ids it is about, and to whom.

    `beside` are further ids and codes for whoever writes it, which do not make it another message.
    """

    kind: str
    subject: dict[str, int | str]
    person_id: int | None = None
    group_id: int | None = None
    slot: str = ""
    edits: str = ""
    beside: Mapping[str, int | str] = field(default_factory=dict)

    @property
    def once(self) -> str:
        """Kind, subject, recipient and slot as one key: told at most once."""
        about = ",".join(f"{name}={value}" for name, value in sorted(self.subject.items()))
        to = f"p{self.person_id}" if self.person_id else f"g{self.group_id}"
        return f"{self.kind}|{about}|{to}|{self.slot}"


async def tell(unit: Unit, telling: Telling, now: datetime, *, at: datetime | None = None) -> bool:
    """Queue it for delivery, now or not before `at`. False if the same thing has been queued before, which changes
    nothing."""
    added = await unit.insert_once(_row(telling, now, at or now))
    unit.told = unit.told or added
    return added


async def tell_many(unit: Unit, tellings: Sequence[Telling], now: datetime) -> set[str]:
    """The same for several at once, in one statement; gives the keys of those that had not been queued before."""
    if not tellings:
        return set()
    added = await unit.insert_each_once([_row(one, now, now) for one in tellings], "once")
    unit.told = unit.told or bool(added)
    return added


async def tell_anew(unit: Unit, tellings: Iterable[Telling], now: datetime) -> None:
    """Send those of these again in place of what was sent; what was never told stays untold."""
    by_once = {one.once: one for one in tellings}
    told = [by_once[row.once] for row in await told_people(unit, list(by_once.values()))]
    counted = select(OutboxRow.edits, func.count()).where(col(OutboxRow.edits).in_([one.once for one in told]))
    times: dict[str, int] = dict(await unit.rows(counted.group_by(col(OutboxRow.edits))))
    again = [replace(one, slot=f"{one.slot}.{times.get(one.once, 0) + 1}", edits=one.once) for one in told]
    await tell_many(unit, again, now)


def _row(telling: Telling, now: datetime, at: datetime) -> OutboxRow:
    return OutboxRow(
        once=telling.once,
        kind=telling.kind,
        subject={**telling.subject, **telling.beside},
        person_id=telling.person_id,
        group_id=telling.group_id,
        edits=telling.edits,
        next_attempt_at=at,
        created_at=now,
    )


async def claim(unit: Unit, now: datetime, limit: int = 50) -> Sequence[OutboxRow]:
    """Take up to `limit` due rows for this deliverer; others pass them over until the lease runs out.

    With a row for a group's channel comes all that was held back from that channel, so that it goes out in order.
    """
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
    ids = [*await unit.all(due)]
    if not ids:
        return []
    ids += await unit.all(_held_with(ids, now))
    await unit.write(
        update(OutboxRow)
        .where(col(OutboxRow.id).in_(ids))
        .values(state=OutboxState.SENDING, lease_until=now + LEASE, attempts=OutboxRow.attempts + 1)
    )
    return await unit.all(select(OutboxRow).where(col(OutboxRow.id).in_(ids)).order_by(col(OutboxRow.id)))


def _held_with(ids: Sequence[int | None], now: datetime) -> SelectOfScalar[int | None]:
    """The oldest held rows of the groups to which these rows go, but for those that this pass has tried already."""
    groups = select(OutboxRow.group_id).where(col(OutboxRow.id).in_(ids), col(OutboxRow.group_id).is_not(None))
    return (
        select(col(OutboxRow.id))
        .where(
            OutboxRow.state == OutboxState.WAITING,
            OutboxRow.error == HELD,
            col(OutboxRow.group_id).in_(groups),
            col(OutboxRow.id).not_in(ids),
            OutboxRow.next_attempt_at <= now + HELD_FOR - JUST_TRIED,
        )
        .order_by(col(OutboxRow.id))
        .limit(HELD_AT_ONCE)
        .with_for_update(skip_locked=True)
    )


def _not_slowed(now: datetime) -> list[ColumnElement[bool]]:
    """Leaves out what is for a destination the platform has asked to wait for, so that it keeps its order."""
    slowed = aliased(OutboxRow)
    waits = (slowed.state == OutboxState.WAITING, slowed.error == RATELIMITED, slowed.next_attempt_at > now)
    pairs = ((col(OutboxRow.person_id), slowed.person_id), (col(OutboxRow.group_id), slowed.group_id))
    return [or_(to.is_(None), to.not_in(select(its).where(*waits, col(its).is_not(None)))) for to, its in pairs]


async def mark_sent(unit: Unit, row_id: int, handle: dict[str, Any], now: datetime, edits: str = "") -> None:
    """It is there. When it was a replacement, what it replaced is now where `handle` says; and a newer one that
    overtook it is sent again, or the older words would stand."""
    await _settle(unit, row_id, state=OutboxState.SENT, handle=handle, sent_at=now, error="")
    if edits:
        await keep_handle(unit, edits, handle)
        newer = (col(OutboxRow.edits) == edits, col(OutboxRow.id) > row_id, col(OutboxRow.state) == OutboxState.SENT)
        again = update(OutboxRow).where(*newer).values(state=OutboxState.QUEUED, next_attempt_at=now)
        unit.told = bool(await unit.write(again)) or unit.told


async def keep_handle(unit: Unit, once: str, handle: dict[str, Any]) -> None:
    """Remember where a message is by now: in part, or elsewhere after a replacement."""
    await unit.write(update(OutboxRow).where(col(OutboxRow.once) == once).values(handle=handle))


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


async def told_group(unit: Unit, group_id: int, kind: str, **about: int) -> Sequence[OutboxRow]:
    """What has been queued for a group's channel of one kind, replacements left out, oldest first: all of it, or what
    is about exactly these ids."""
    asked = select(OutboxRow).where(OutboxRow.group_id == group_id, OutboxRow.kind == kind, OutboxRow.edits == "")
    if about:
        start = Telling(kind, dict(about), group_id=group_id).once
        asked = asked.where(col(OutboxRow.once).startswith(start, autoescape=True))
    return await unit.all(asked.order_by(col(OutboxRow.id)))


async def told_people(unit: Unit, tellings: Sequence[Telling]) -> Sequence[OutboxRow]:
    """Which of these have been queued before."""
    return await unit.all(select(OutboxRow).where(col(OutboxRow.once).in_([one.once for one in tellings])))


async def times_replaced(unit: Unit, once: str) -> int:
    """How often a message has been replaced in place, or was to be."""
    counted = await unit.rows(select(func.count()).select_from(OutboxRow).where(col(OutboxRow.edits) == once))
    return int(counted[0][0])


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
    """Whether this replacement need not be sent: a newer one is queued, or nothing of what it replaces ever came."""
    newer = and_(col(OutboxRow.edits) == row.edits, col(OutboxRow.id) > row.key)
    never = and_(col(OutboxRow.state).in_(NEVER_SENT), col(OutboxRow.handle).is_(None))
    lost = and_(col(OutboxRow.once) == row.edits, never)
    return await unit.first(select(col(OutboxRow.id)).where(or_(newer, lost))) is not None
