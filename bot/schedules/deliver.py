"""Sending what the outbox holds: claim, check the right to see again, write, look who is there, send, mark.

Between sending and marking a crash may send a message twice; between queueing and sending nothing is ever lost.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

import structlog

from bot.chat.port import Busy, Channel, Handle, Message, Refused, Unfinished
from bot.domain.handling import Identity, Viewer
from bot.messages import MESSAGES
from bot.messages.letter import Letter
from bot.metrics import DELIVERED
from bot.schedules.room import Room
from bot.schedules.work import Work, each
from bot.services.channel import NOT_THERE
from bot.services.keeping import note_warned
from bot.services.undelivered import recipient_gone, report_failure
from bot.store import outbox
from bot.store.journal import record_shown
from bot.store.people import identity_of, viewer_by_id
from bot.store.tables import Group, OutboxRow, Person
from bot.store.unit import Unit

log = structlog.get_logger()
DELETED = "message_not_found"
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
    room = Room(work, rows[0].group_id) if rows[0].group_id else None

    async def act(key: int) -> None:
        lease = by_id[key].lease_until
        if lease and work.clock() >= lease:
            return  # the platform was slow: by now this row may be another deliverer's
        if waiting:
            await _wait(work, by_id[key], waiting[0], outbox.RATELIMITED)
            return
        try:
            await _deliver(work, by_id[key], room)
        except Busy as busy:
            waiting.append(busy.seconds)
            await _wait(work, by_id[key], busy.seconds, outbox.RATELIMITED)

    await each("deliver", by_id, act)
    if room:
        await each("channel", [room.group_id], room.report)


async def _deliver(work: Work, row: OutboxRow, room: Room | None) -> None:
    letter, message = await _write(work, row)
    if letter is None or message is None:
        await _withhold(work, row)
        return
    try:
        # Taking something back never waits for who is there.
        if room and message != _removed(work) and await room.refuses(letter.providers):
            await _hold(work, row)
            await room.hand_out(row)
            return
        handle = await _send(work, row, message)
    except Refused as refused:
        if room and row.edits and refused.code in NOT_THERE:  # it must still be taken back, once the bot is there again
            await _wait(work, row, outbox.HELD_FOR.total_seconds(), outbox.HELD)
            return
        if row.person_id and row.edits and refused.code == DELETED:  # who deleted what it replaces wants it no more
            await _withhold(work, row)
            return
        await _fail(work, row, refused.code)
    except (ConnectionError, TimeoutError) as error:
        await _wait(work, row, outbox.retry_after(row.attempts).total_seconds(), str(error))
    else:
        if handle is None:  # what it replaces has not been sent yet
            await _wait(work, row, RETRY_EDIT.total_seconds(), "original not sent yet")
            return
        async with work.store.begin() as unit:
            await outbox.mark_sent(unit, row.key, handle, work.clock(), row.edits)
            record_shown(unit, "told", letter.shown, by=letter.reader, now=work.clock(), where=row.kind)
            await note_warned(unit, row, now=work.clock(), rules=work.rules)
        _count(row, "sent")


async def _write(work: Work, row: OutboxRow) -> tuple[Letter | None, Message | None]:
    """The message as this recipient may read it now; None if there is nothing they may be told any more. What they
    have been told already and may be told no more is replaced by saying that it was removed."""
    now = work.clock()
    async with work.store.look() as unit:
        if row.edits and await outbox.superseded(unit, row):
            return None, None
        reader: Viewer | None = None
        if row.person_id is not None:
            reader = await viewer_by_id(unit, row.person_id, work.rules.today(now))
        letter = Letter(unit, row.subject, reader, row.group_id, work.words, work.rules, now)
        gone = row.person_id is not None and reader is None
        message = None if gone else await MESSAGES[row.kind](letter)
    told = row.edits or row.handle
    return letter, _removed(work) if message is None and told else message


def _removed(work: Work) -> Message:
    return work.words.render("channel.removed")


async def _send(work: Work, row: OutboxRow, message: Message) -> Handle | None:
    """Where the message now is. None if it replaces one that has not been sent yet."""
    async with work.store.look() as unit:
        to = await _address(unit, row)
        there = await _place(unit, row)
    try:
        if there:
            return await work.chat.edit(there, message)
        if row.edits:
            return None
        if to is None:
            raise Refused("no_chat_address")
        return await work.chat.send(to, message)
    except Unfinished as unfinished:
        async with work.store.begin() as unit:
            await outbox.keep_handle(unit, row.edits or row.once, unfinished.handle)
        raise unfinished.cause from None


async def _place(unit: Unit, row: OutboxRow) -> Handle | None:
    """Where what this row is about to say, or to replace, stands already, be it in part."""
    return await outbox.sent_handle(unit, row.edits or row.once)


async def _address(unit: Unit, row: OutboxRow) -> Identity | Channel | None:
    if row.person_id is not None:
        person = await unit.get(Person, row.person_id)
        return identity_of(person) if person.reachable else None
    group = await unit.get(Group, row.group_id or 0)
    return Channel(group.platform, group.workspace or "", group.channel) if group.channel else None


async def _hold(work: Work, row: OutboxRow) -> None:
    """Somebody is there who may not read it: it waits until they have gone. What it was to replace may hold what has
    been taken back since, so that goes at once."""
    async with work.store.look() as unit:
        there = await _place(unit, row)
    if there:
        handle = await work.chat.edit(there, _removed(work))
        async with work.store.begin() as unit:
            await outbox.keep_handle(unit, row.edits or row.once, handle)
    await _wait(work, row, outbox.HELD_FOR.total_seconds(), outbox.HELD)


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
