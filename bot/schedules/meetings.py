"""What the clock does about meetings: each group's of the next twelve months are as its cadence has them."""

import structlog

from bot.schedules.work import Work, each
from bot.services.cadences import arrange, groups_to_arrange

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
