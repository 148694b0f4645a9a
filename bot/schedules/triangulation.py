"""What the clock does about clusters: they take in what was just raised, and what is from before there were any; they
follow a provider into what it has become; and what waited for another day is put to the chair."""

from bot.domain.reminders import sending_time
from bot.schedules.work import Work, each
from bot.services.triangulation import note_concern, put_waiting, to_note
from bot.store.firings import waiting_firings


async def triangulation(work: Work) -> None:
    """At any time, but for telling the chair: on working days, from the hour of reminders until closing."""
    now = work.clock()
    async with work.store.look() as unit:
        quiet, fresh = await to_note(unit, now=now, rules=work.rules)
        waiting = [one.key for one in await waiting_firings(unit)]

    async def note(key: int) -> None:
        async with work.store.begin() as unit:
            await note_concern(unit, key, now=now, rules=work.rules, quietly=key in quiet)

    async def put(key: int) -> None:
        async with work.store.begin() as unit:
            await put_waiting(unit, key, now=now, rules=work.rules)

    await each("triangulation", [*quiet, *fresh], note)
    if sending_time(now, work.rules.calendar, work.rules.policy.reminders):
        await each("triangulation", waiting, put)
