"""Actions that nobody has accepted: whoever raised one hears of it, once."""

from datetime import datetime, time
from typing import Final

from bot.domain.policy import Rules
from bot.domain.terms import ActionState, Role
from bot.services.action_core import able, officers_of
from bot.services.action_news import not_accepted, times_given
from bot.store import action_life as asked
from bot.store.journal import record
from bot.store.outbox import tell
from bot.store.tables import Action
from bot.store.unit import Unit

LATEST: Final = 10
"""Working days after it was due for which word of it is still sent, as when the bot was away *(ours)*."""


async def unaccepted_due(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The actions given to somebody so many working days ago and not accepted. What is given on a day off counts from
    the next working day; what is older than the bot can have missed is left alone."""
    today, calendar = rules.today(now), rules.calendar
    end = calendar.shift(today, 1 - rules.policy.reminders.accept_after)
    first = calendar.shift(end, -LATEST)
    moments = calendar.at(first, time(0)), calendar.at(end, time(0))
    return [action.key for action in await asked.unaccepted(unit, (first, end), moments)]


async def note_unaccepted(unit: Unit, action_id: int, *, now: datetime, rules: Rules) -> None:
    """Tell whoever raised it, or those who run the group when they have left, once for each owner."""
    action = await unit.get(Action, action_id, lock=True)
    if action.state is not ActionState.OPEN or action.accepted_at is not None:
        return
    today = rules.today(now)
    told = await able(unit, action, [action.raised_by_id], today)
    told = told or await officers_of(unit, action, today, Role.SECRETARIAT, Role.CHAIR)
    times = await times_given(unit, action)
    queued = [await tell(unit, not_accepted(action, key, times), now) for key in set(told) - {action.owner_id}]
    if any(queued):
        subject = ("action", action.key)
        record(unit, "action not accepted", by=None, now=now, subject=subject, group_id=action.group_id)
