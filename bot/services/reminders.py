"""Reminding action owners: one message a day, with all their actions, kept up to date as they act."""

import secrets
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from bot.domain.own_times import own_day, usual_times
from bot.domain.policy import Rules
from bot.domain.reminders import next_reminder
from bot.store.outbox import Telling, tell, tell_many, told_people
from bot.store.reminders import due_dates, due_owners, move_reminders
from bot.store.tables.delivery import OutboxState
from bot.store.times import zone_of
from bot.store.unit import Unit

UNDER_WAY = (OutboxState.SENDING, OutboxState.SENT)


async def to_remind(unit: Unit, *, now: datetime, rules: Rules) -> dict[int, date]:
    """Whose reminder may go out at this moment, each with the date where they are. Whoever is away waits."""
    policy, calendar = rules.policy.reminders, rules.calendar
    usual = usual_times(str(calendar.zone), policy).sending(now, calendar)
    found = await due_owners(unit, now, rules.today(now), policy, usual=usual)
    days = {one.person_id: one.times.day(now) for one in found if one.times.sending(now, calendar)}
    return {one.person_id: days[one.person_id] for one in found if one.remind_on <= days.get(one.person_id, date.min)}


async def remind_owners(unit: Unit, owners: Mapping[int, date], *, now: datetime, rules: Rules) -> None:
    """Queue the one reminder of the day for each of these owners, whose own date is given, and set the next day for
    each action in it.

    If today's has gone already, an action that fell due since keeps its turn for their next working day.
    """
    tellings = {key: _telling(key, day) for key, day in sorted(owners.items())}
    new = await tell_many(unit, list(tellings.values()), now)
    told = {key: owners[key] for key, one in tellings.items() if one.once in new}
    if not told:
        return
    following: defaultdict[tuple[date, date], set[date]] = defaultdict(set)
    for due_on, day in await due_dates(unit, told):
        following[day, next_reminder(due_on, day, rules.calendar, rules.policy.reminders)].add(due_on)
    for (day, to), dates in sorted(following.items()):
        theirs = [key for key, own_day in told.items() if own_day == day]
        await move_reminders(unit, theirs, dates, day, to)


async def refresh_reminder(unit: Unit, owner_id: int, now: datetime) -> None:
    """Queue the edit that brings somebody's reminder of today up to date, if they have had one; never a second one."""
    today = own_day(now, await zone_of(unit, owner_id))
    first = _telling(owner_id, today)
    for row in await told_people(unit, [first]):
        if row.state not in UNDER_WAY and not row.handle:
            continue  # what is not sent yet is written when it is
        slot = f"again {secrets.token_hex(6)}"  # several changes may come at one moment, and the last must be told
        again = Telling("action.reminder", first.subject, owner_id, slot=slot, edits=row.once, beside={"again": 1})
        await tell(unit, again, now)


def _telling(owner_id: int, day: date) -> Telling:
    return Telling("action.reminder", {"day": day.isoformat()}, person_id=owner_id)
