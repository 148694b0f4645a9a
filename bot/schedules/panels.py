"""What the clock does about panels: those coming are reminded, and a convener hears when no time has been fixed."""

from bot.domain.reminders import sending_time
from bot.schedules.work import Work, each
from bot.services.panel_news import due_panels, note_unfixed, remind


async def panels(work: Work) -> None:
    """On working days, from the hour of reminders until closing."""
    now = work.clock()
    if not sending_time(now, work.rules.calendar, work.rules.policy.reminders):
        return
    async with work.store.look() as unit:
        meeting, unfixed = await due_panels(unit, now=now, rules=work.rules)

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            await remind(unit, key, now=now, rules=work.rules)

    async def report(key: int) -> None:
        async with work.store.begin() as unit:
            await note_unfixed(unit, key, now=now)

    await each("panels", meeting, act)
    await each("panels", unfixed, report)
