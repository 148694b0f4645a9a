"""What the clock does about records whose time is running out: warn, remove, and in the end destroy."""

from datetime import datetime, time

import structlog

from bot.domain.reminders import sending_time
from bot.schedules.work import Work, each
from bot.services.concerns import report_strange_markings
from bot.services.keeping import destroy, queue_warning, remove, to_remove, to_warn
from bot.store.destroying import destroyed_since, scrub
from bot.store.keeping import destroyable

log = structlog.get_logger()


async def keep(work: Work) -> None:
    """At 09:00 on a working day, and until closing: what is due to be warned of, removed or destroyed, and what has a
    marking nobody knows.

    Each concern has a unit of its own, so that nobody who is saving something waits for all of them.
    """
    now = work.clock()
    if not sending_time(now, work.rules.calendar, work.rules.policy.reminders):
        return
    today = work.rules.today(now)
    async with work.store.begin() as unit:
        if strange := await report_strange_markings(unit, now):
            log.warning("unknown markings", concerns=strange)
    async with work.store.look() as unit:
        people, unheard = await to_warn(unit, now=now, rules=work.rules)
        over = await to_remove(unit, now=now, rules=work.rules)
        ripe = await destroyable(unit, work.rules, today)
    if unheard:  # kept on, since nobody may be told of them: their organisation needs a records lead
        log.warning("nobody to warn", concerns=unheard)
    await each("warn", people, lambda key: _warn(work, key, now))
    await each("remove", over, lambda key: _remove(work, key, now))
    await each("destroy", ripe, lambda key: _destroy(work, key, now))
    async with work.store.look() as unit:
        scrubbing = await destroyed_since(unit, work.rules.calendar.at(today, time(0)))
    if scrubbing:
        await scrub(work.store)


async def _warn(work: Work, person_id: int, now: datetime) -> None:
    async with work.store.begin() as unit:
        await queue_warning(unit, person_id, now=now, rules=work.rules)


async def _remove(work: Work, concern_id: int, now: datetime) -> None:
    async with work.store.begin() as unit:
        await remove(unit, concern_id, now=now, rules=work.rules)


async def _destroy(work: Work, concern_id: int, now: datetime) -> None:
    async with work.store.begin() as unit:
        await destroy(unit, concern_id, now=now, rules=work.rules)
