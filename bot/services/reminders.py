"""Reminding action owners: one message per owner per working day, with all their actions."""

from datetime import datetime

from bot.domain.policy import Rules
from bot.domain.reminders import next_reminder
from bot.store.actions import to_remind
from bot.store.outbox import Telling, tell
from bot.store.unit import Unit


async def remind_owner(unit: Unit, owner_id: int, *, now: datetime, rules: Rules) -> None:
    """Queue today's one reminder for an owner and set the next day for each action in it.

    If today's has gone already, an action that fell due since keeps its turn for the next working day.
    """
    today = rules.today(now)
    due = await to_remind(unit, owner_id, today)
    telling = Telling("action.reminder", {"day": today.isoformat()}, person_id=owner_id)
    if not due or not await tell(unit, telling, now):
        return
    for action in due:
        action.remind_on = next_reminder(action.due_on, today, rules.calendar, rules.policy.reminders)
        unit.add(action)
