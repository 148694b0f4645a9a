"""Reports between tiers: drafted at the quarter's end, recalled once when late, and put on the next agenda."""

from bot.domain.reminders import sending_time
from bot.schedules.work import Work, each
from bot.services.quarterly_reports import draft_quarterly, groups_due
from bot.services.report_news import attach, late, remind
from bot.store.report_lists import to_attach


async def reports(work: Work) -> None:
    """Whatever the hour, a meeting for each report that waits for one; in working time, the rest."""
    now, rules = work.clock(), work.rules
    sending = sending_time(now, rules.calendar, rules.policy.reminders)
    async with work.store.look() as unit:
        waiting = await to_attach(unit, now)
        due = await groups_due(unit, now=now, rules=rules) if sending else []
        overdue = await late(unit, now=now, rules=rules) if sending else []

    async def put(key: int) -> None:
        async with work.store.begin() as unit:
            await attach(unit, key, now=now)

    async def draft(key: int) -> None:
        async with work.store.begin() as unit:
            await draft_quarterly(unit, key, now=now, rules=rules, words=work.words)

    async def recall(key: int) -> None:
        async with work.store.begin() as unit:
            await remind(unit, key, now=now, rules=rules)

    await each("reports", waiting, put)
    await each("reports", due, draft)
    await each("reports", overdue, recall)
