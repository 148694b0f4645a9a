"""What the clock does about surveillance levels: whoever finds out is reminded, a long stay on enhanced is put to the
chair for review, and what was proposed about a provider follows it into what it has become."""

from bot.domain.reminders import sending_time
from bot.schedules.work import Work, each
from bot.services.finding_out import remind_finder
from bot.services.level_proposals import move_to_successor
from bot.services.level_reviews import raise_review, reviews_to_raise
from bot.store.level_duties import about_what_ended, to_find_out


async def surveillance(work: Work) -> None:
    """On working days, from the hour of reminders until closing."""
    now = work.clock()
    if not sending_time(now, work.rules.calendar, work.rules.policy.reminders):
        return
    async with work.store.look() as unit:
        finding = [one.key for one in await to_find_out(unit)]
        reviews = await reviews_to_raise(unit, now=now, rules=work.rules)
        moving = [one.key for one in await about_what_ended(unit, work.rules.today(now))]

    async def remind(key: int) -> None:
        async with work.store.begin() as unit:
            await remind_finder(unit, key, now=now, rules=work.rules)

    async def review(key: int) -> None:
        async with work.store.begin() as unit:
            await raise_review(unit, key, now=now, rules=work.rules)

    async def move(key: int) -> None:
        async with work.store.begin() as unit:
            await move_to_successor(unit, key, now=now, rules=work.rules)

    await each("surveillance", moving, move)
    await each("surveillance", finding, remind)
    await each("surveillance", reviews, review)
