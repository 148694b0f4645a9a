"""What the clock does about who comes to meetings: people are asked, and reminded once; the secretariat is told of an
organisation that has nobody coming, and of a meeting whose record is still open the working day after."""

from bot.domain.reminders import sending_time
from bot.schedules.work import Work, each
from bot.services.meeting_questions import ask_who_comes, meetings_to_ask_about
from bot.services.sittings import remind_to_close, unclosed


async def replies(work: Work) -> None:
    """On working days, from the hour of reminders until closing."""
    now = work.clock()
    if not sending_time(now, work.rules.calendar, work.rules.policy.reminders):
        return
    async with work.store.look() as unit:
        due = await meetings_to_ask_about(unit, now=now, rules=work.rules)
        unclosed_now = await unclosed(unit, now=now, rules=work.rules)

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            await ask_who_comes(unit, key, now=now, rules=work.rules)

    async def remind(key: int) -> None:
        async with work.store.begin() as unit:
            await remind_to_close(unit, key, now=now, rules=work.rules)

    await each("replies", due, act)
    await each("unclosed", unclosed_now, remind)
