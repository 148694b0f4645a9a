"""Sending what the outbox holds: claim, check the right to see again, write, send, mark.

Between sending and marking a crash may send a message twice; between queueing and sending nothing is ever lost.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

import structlog

from bot.chat.port import Busy, Channel, Handle, Message, Refused
from bot.domain.handling import Identity, Viewer
from bot.messages import MESSAGES
from bot.messages.letter import Letter
from bot.metrics import DELIVERED
from bot.schedules.work import Work, each
from bot.services.undelivered import recipient_gone, report_failure
from bot.store import outbox
from bot.store.people import identity_of, viewer_by_id
from bot.store.tables import Group, OutboxRow, Person
from bot.store.unit import Unit

log = structlog.get_logger()
RETRY_EDIT = timedelta(seconds=1)


async def deliver(work: Work) -> None:
    """Send everything that is due, a batch at a time, until nothing is."""
    while True:
        async with work.store.begin() as unit:
            rows = await outbox.claim(unit, work.clock())
        if not rows:
            return
        queues = groupby(sorted(rows, key=_destination), key=_destination)
        # Each destination is its own queue: one that Slack slows down does not hold up the others.
        await asyncio.gather(*(_deliver_queue(work, list(queue)) for _, queue in queues))


def _destination(row: OutboxRow) -> tuple[int, int]:
    return (row.person_id or 0, row.group_id or 0)


async def _deliver_queue(work: Work, rows: Sequence[OutboxRow]) -> None:
    """One destination's rows in order. When Slack asks to wait, all that is left waits."""
    waiting: list[float] = []
    by_id = {row.key: row for row in sorted(rows, key=lambda row: row.key)}

    async def act(key: int) -> None:
        lease = by_id[key].lease_until
        if lease and work.clock() >= lease:
            return  # the platform was slow: by now this row may be another deliverer's
        if waiting:
            await _wait(work, by_id[key], waiting[0], outbox.RATELIMITED)
            return
        try:
            await _deliver(work, by_id[key])
        except Busy as busy:
            waiting.append(busy.seconds)
            await _wait(work, by_id[key], busy.seconds, outbox.RATELIMITED)

    await each("deliver", by_id, act)


async def _deliver(work: Work, row: OutboxRow) -> None:
    message = await _write(work, row)
    if message is None:
        await _withhold(work, row)
        return
    try:
        handle = await _send(work, row, message)
    except Refused as refused:
        await _fail(work, row, refused.code)
    except (ConnectionError, TimeoutError) as error:
        await _wait(work, row, outbox.retry_after(row.attempts).total_seconds(), str(error))
    else:
        if handle is None:  # what it replaces has not been sent yet
            await _wait(work, row, RETRY_EDIT.total_seconds(), "original not sent yet")
            return
        async with work.store.begin() as unit:
            await outbox.mark_sent(unit, row.key, handle, work.clock())
        _count(row, "sent")


async def _write(work: Work, row: OutboxRow) -> Message | None:
    """The message as this recipient may read it now; None if there is nothing they may be told any more."""
    now = work.clock()
    async with work.store.look() as unit:
        if row.edits and await outbox.superseded(unit, row):
            return None
        reader: Viewer | None = None
        if row.person_id is not None:
            reader = await viewer_by_id(unit, row.person_id, work.rules.today(now))
            if reader is None:
                return None
        letter = Letter(unit, row.subject, reader, row.group_id, work.words, work.rules, now)
        return await MESSAGES[row.kind](letter)


async def _send(work: Work, row: OutboxRow, message: Message) -> Handle | None:
    async with work.store.look() as unit:
        to = await _address(unit, row)
        replaced = await outbox.sent_handle(unit, row.edits) if row.edits else None
    if row.edits:
        return await work.chat.edit(replaced, message) if replaced else None
    if to is None:
        raise Refused("no_chat_address")
    return await work.chat.send(to, message)


async def _address(unit: Unit, row: OutboxRow) -> Identity | Channel | None:
    if row.person_id is not None:
        person = await unit.get(Person, row.person_id)
        return identity_of(person) if person.reachable else None
    group = await unit.get(Group, row.group_id or 0)
    return Channel(group.platform, group.workspace or "", group.channel) if group.channel else None


async def _withhold(work: Work, row: OutboxRow) -> None:
    async with work.store.begin() as unit:
        await outbox.mark_withheld(unit, row.key)
        await recipient_gone(unit, row, now=work.clock(), rules=work.rules)
    _count(row, "withheld")


async def _fail(work: Work, row: OutboxRow, code: str) -> None:
    async with work.store.begin() as unit:
        await outbox.mark_failed(unit, row.key, code)
        await report_failure(unit, row, now=work.clock(), rules=work.rules)
    _count(row, "failed")
    log.warning("not delivered", outbox=row.key, kind=row.kind, code=code)


async def _wait(work: Work, row: OutboxRow, seconds: float, code: str) -> None:
    async with work.store.begin() as unit:
        await outbox.mark_waiting(unit, row.key, work.clock() + timedelta(seconds=seconds), code)
    _count(row, "waiting")


def _count(row: OutboxRow, result: str) -> None:
    DELIVERED.labels(row.kind, result).inc()
