"""Reminding owners of their actions, and copying in others while one stays overdue."""

from bot.schedules.work import Work, each
from bot.services.overdue import copy_overdue, overdue_to_copy
from bot.services.reminders import remind_owners, to_remind

OWNERS_AT_ONCE = 100  # in one unit: more would hold up others who write


async def remind(work: Work) -> None:
    """Each owner's reminder of the day, at their own time. Owners share a unit; where one fails, the others of that
    unit are taken again one by one."""
    now = work.clock()
    async with work.store.look() as unit:
        owners = await to_remind(unit, now=now, rules=work.rules)
    keys = sorted(owners)
    done: set[int] = set()

    async def act(first: int) -> None:
        some = keys[first : first + OWNERS_AT_ONCE]
        async with work.store.begin() as unit:
            await remind_owners(unit, {key: owners[key] for key in some}, now=now, rules=work.rules)
        done.update(some)

    async def act_alone(key: int) -> None:
        async with work.store.begin() as unit:
            await remind_owners(unit, {key: owners[key]}, now=now, rules=work.rules)

    await each("remind", range(0, len(keys), OWNERS_AT_ONCE), act)
    await each("remind", [key for key in keys if key not in done], act_alone)


async def copies(work: Work) -> None:
    """What has been overdue for long, to those who are then to read of it, group by group."""
    now = work.clock()
    async with work.store.look() as unit:
        due = await overdue_to_copy(unit, now=now, rules=work.rules)

    async def act(_: int) -> None:
        async with work.store.begin() as unit:
            await copy_overdue(unit, due, now=now, rules=work.rules)

    await each("copies", [0] if due else [], act)
