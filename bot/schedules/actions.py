"""What the clock does about actions beside reminding: whoever raised one hears that it has not been accepted."""

from bot.domain.reminders import sending_time
from bot.schedules.work import Work, each
from bot.services.unaccepted import note_unaccepted, unaccepted_due


async def unaccepted(work: Work) -> None:
    """On working days, from the hour of reminders until closing."""
    now = work.clock()
    if not sending_time(now, work.rules.calendar, work.rules.policy.reminders):
        return
    async with work.store.look() as unit:
        due = await unaccepted_due(unit, now=now, rules=work.rules)

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            await note_unaccepted(unit, key, now=now, rules=work.rules)

    await each("unaccepted", due, act)
