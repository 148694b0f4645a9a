"""What the clock does about panels: send the pack before, and recall what was to be looked at again."""

from bot.domain.reminders import sending_time
from bot.schedules.work import Work, each
from bot.services.panel_pack import packs_due, queue_packs
from bot.services.panel_review import recall
from bot.store.panel_record import reviews_due


async def panel_packs(work: Work) -> None:
    """For each panel whose time has come near, its pack to each invitee."""
    now = work.clock()
    async with work.store.look() as unit:
        due = await packs_due(unit, now=now, rules=work.rules)

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            await queue_packs(unit, key, now=now, rules=work.rules)

    await each("panel_packs", due, act)


async def panel_reviews(work: Work) -> None:
    """At 09:00 on a working day, and until closing: what was to be looked at again by now."""
    now = work.clock()
    if not sending_time(now, work.rules.calendar, work.rules.policy.reminders):
        return
    async with work.store.look() as unit:
        due = [panel.key for panel in await reviews_due(unit, work.rules.today(now))]

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            await recall(unit, key, now=now, rules=work.rules)

    await each("panel_reviews", due, act)
