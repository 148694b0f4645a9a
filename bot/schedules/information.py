"""What the clock does about information requests: once the day has passed, those concerned are reminded."""

from bot.domain.reminders import sending_time
from bot.schedules.work import Work, each
from bot.services.information_news import remind, to_remind


async def information(work: Work) -> None:
    """On working days, from the hour of reminders until closing."""
    now = work.clock()
    if not sending_time(now, work.rules.calendar, work.rules.policy.reminders):
        return
    async with work.store.look() as unit:
        due = await to_remind(unit, work.rules.today(now))

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            await remind(unit, key, now=now, rules=work.rules)

    await each("information", due, act)
