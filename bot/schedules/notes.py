"""What the clock does about notes of meetings: drafts them once a meeting is closed, reminds, asks to settle."""

from bot.domain.reminders import sending_time
from bot.schedules.work import Work, each
from bot.services.note_agreeing import chase
from bot.services.notes import draft_closed
from bot.store.notes import meetings_without_note, notes_with_members


async def notes(work: Work) -> None:
    """Drafts at any time; reminders on working days, from the hour of reminders until closing."""
    now = work.clock()
    chasing = sending_time(now, work.rules.calendar, work.rules.policy.reminders)
    async with work.store.look() as unit:
        closed = await meetings_without_note(unit)
        near = work.rules.calendar.shift(work.rules.today(now), 1)
        due = await notes_with_members(unit, near) if chasing else []

    async def draft(key: int) -> None:
        async with work.store.begin() as unit:
            await draft_closed(unit, key, work.words, now=now, rules=work.rules)

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            await chase(unit, key, now=now, rules=work.rules)

    await each("notes", closed, draft)
    await each("notes", due, act)
