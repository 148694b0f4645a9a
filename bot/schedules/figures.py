"""Telling organisations, and later the officers of their groups, how a quarter's escalations went."""

from bot.domain.reminders import sending_time
from bot.schedules.work import Work, each
from bot.services.escalation_figures import (
    groups_to_tell,
    organisations_to_tell,
    tell_group,
    tell_organisation,
)

# Each message has a picture, which takes a moment to draw: a few at a time hold up nothing that is urgent.
AT_ONCE = 2


async def figures(work: Work) -> None:
    """In working time: each organisation its own figures of the last quarter; later, each group's officers its all."""
    now = work.clock()
    if not sending_time(now, work.rules.calendar, work.rules.policy.reminders):
        return
    async with work.store.look() as unit:
        organisations = await organisations_to_tell(unit, now=now, rules=work.rules)
        groups = await groups_to_tell(unit, now=now, rules=work.rules)

    async def own(key: int) -> None:
        async with work.store.begin() as unit:
            await tell_organisation(unit, key, now=now, rules=work.rules)

    async def all_of(key: int) -> None:
        async with work.store.begin() as unit:
            await tell_group(unit, key, now=now, rules=work.rules)

    await each("figures", organisations[:AT_ONCE], own)
    await each("figures", groups[:AT_ONCE], all_of)
