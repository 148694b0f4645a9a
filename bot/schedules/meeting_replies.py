"""What the clock does about who comes to meetings: people are asked, and reminded once; the secretariat is told of an
organisation that has nobody coming."""

from bot.domain.reminders import sending_time
from bot.schedules.work import Work, each
from bot.services.meeting_questions import ask_who_comes, meetings_to_ask_about


async def replies(work: Work) -> None:
    """On working days, from the hour of reminders until closing."""
    now = work.clock()
    if not sending_time(now, work.rules.calendar, work.rules.policy.reminders):
        return
    async with work.store.look() as unit:
        due = await meetings_to_ask_about(unit, now=now, rules=work.rules)

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            await ask_who_comes(unit, key, now=now, rules=work.rules)

    await each("replies", due, act)
