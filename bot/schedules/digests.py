"""What the clock does about agenda digests: each at its lead times, and after it what came late."""

from bot.schedules.work import Work, each
from bot.services.digests import meetings_with_digest_due, meetings_with_late_items, queue_digest, queue_late


async def digest(work: Work) -> None:
    """For each meeting whose lead time has come, its digest; for each that has one, what is not in it."""
    now = work.clock()
    async with work.store.look() as unit:
        due = await meetings_with_digest_due(unit, now=now, rules=work.rules)

    async def freeze(key: int) -> None:
        async with work.store.begin() as unit:
            await queue_digest(unit, key, now=now, rules=work.rules)

    await each("digest", due, freeze)
    async with work.store.look() as unit:
        late = await meetings_with_late_items(unit, now=now, rules=work.rules)

    async def add(key: int) -> None:
        async with work.store.begin() as unit:
            await queue_late(unit, key, now=now, rules=work.rules)

    await each("digest", late, add)
