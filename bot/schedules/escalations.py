"""What the clock does about escalations: the next step of each that is due, and whether each has a next step."""

from datetime import datetime

import structlog

from bot.metrics import AUDITED
from bot.schedules.work import Work, each
from bot.services.drills import close_if_over
from bot.services.escalation_audit import Findings, examine, put_right
from bot.services.ladders import advance_due
from bot.store.ladders import due_addressees

log = structlog.get_logger()


async def chase(work: Work) -> None:
    """For each escalation unanswered past its time, the next rung."""
    now = work.clock()
    async with work.store.look() as unit:
        due = [key for key in await due_addressees(unit, now) if key is not None]

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            escalation = await advance_due(unit, key, now=now, rules=work.rules)
            if escalation:
                await close_if_over(unit, escalation, now=now)

    await each("chase", due, act)


async def audit(work: Work) -> None:
    """Whether everybody who is waited for has a next step. Only when all was well does the heartbeat go on."""
    now = work.clock()
    found = await _examined(work, now)
    if found.late:  # as after an outage: what is late has its turn before anybody is alarmed
        await chase(work)
        found = await _examined(work, now)

    async def act(group_id: int) -> None:
        keys = found.wrong[group_id]
        async with work.store.begin() as unit:
            repaired = await put_right(unit, group_id, keys, now=now, rules=work.rules)
        log.error("escalations put right", group=group_id, lines=repaired)

    await each("audit", found.wrong, act)
    if found.late:
        log.error("escalations not chased", lines=found.late)
    if found.clean:
        AUDITED.set_to_current_time()


async def _examined(work: Work, now: datetime) -> Findings:
    async with work.store.look() as unit:
        return await examine(unit, now=now, rules=work.rules)
