"""What the clock does about meetings: each group's of the next twelve months are as its cadence has them, and the pack
goes out before."""

import structlog

from bot.schedules.work import Work, each
from bot.services.cadences import arrange, groups_to_arrange
from bot.services.meeting_packs import packs_due, queue_pack

log = structlog.get_logger()


async def meetings(work: Work) -> None:
    """For each group with a cadence, what is missing or has changed."""
    now = work.clock()
    async with work.store.look() as unit:
        due, unreadable = await groups_to_arrange(unit, now=now, rules=work.rules)
    if unreadable:
        log.error("cadences not read", groups=unreadable)

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            await arrange(unit, key, now=now, rules=work.rules)

    await each("meetings", due, act)


async def meeting_packs(work: Work) -> None:
    """For each meeting whose pack should be there by now: it is, and as of its newest lead time."""
    now = work.clock()
    async with work.store.look() as unit:
        due = await packs_due(unit, now=now, rules=work.rules)

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            await queue_pack(unit, key, now=now, rules=work.rules)

    await each("meeting_packs", due, act)
