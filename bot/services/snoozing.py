"""Putting an action's reminder off. It stops nothing else: whoever reads of overdue actions still does."""

from dataclasses import dataclass
from datetime import date, datetime, time

from bot.domain.actions import SNOOZED
from bot.domain.calendar import DAY
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.reminders import Snooze, snooze_days, snoozes
from bot.domain.terms import ActionState
from bot.errors import FormErrors, NotYours, WrongState
from bot.services.action_core import find_action
from bot.services.reminders import refresh_reminder
from bot.store.actions import SeenAction
from bot.store.journal import record
from bot.store.reminders import snoozed_since
from bot.store.tables import ActionChange
from bot.store.unit import Unit

MIDNIGHT = time(0)


@dataclass(frozen=True)
class Snoozing:
    """An action whose owner may put its reminder off, to which days; to none if it is not open, or not any more."""

    found: SeenAction
    days: dict[Snooze, date]


async def may_snooze(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Snoozing:
    """How long its owner may put its reminder off. Raises `NotFound`, and `NotYours` for anybody else."""
    today = rules.today(now)
    found = await find_action(unit, reference, by=by, today=today)
    action = found.action
    if action.owner_id != by.person_id:
        raise NotYours(who="its owner")
    if action.state is not ActionState.OPEN:
        return Snoozing(found, {})
    overdue_from = rules.calendar.at(rules.calendar.on_or_after(action.due_on) + DAY, MIDNIGHT)
    already = await snoozed_since(unit, action, overdue_from)
    return Snoozing(found, snoozes(action.due_on, today, already, rules.calendar, rules.policy.reminders))


async def snooze(unit: Unit, reference: str, chosen: Snooze, *, by: Viewer, now: datetime, rules: Rules) -> SeenAction:
    """Put its reminder off, and say so in today's. The same again changes nothing.

    Raises as `may_snooze`, `WrongState` when it is not open, and `FormErrors` for what may not be chosen any more.
    """
    before = await may_snooze(unit, reference, by=by, now=now, rules=rules)
    action = before.found.action
    if action.state is not ActionState.OPEN:
        raise WrongState(what=f"Action {action.reference}", now=action.state, wanted="put off")
    until = snooze_days(rules.today(now), rules.calendar)[chosen]
    if action.remind_on == action.snoozed_until == until:
        return before.found
    if chosen not in before.days:
        raise FormErrors({"until": "That is not open to you any more. Close this form and choose again."})
    kept = ActionChange(action_id=action.key, at=now, by_id=by.person_id, field=SNOOZED)
    kept.before, kept.after = (action.remind_on or rules.today(now)).isoformat(), until.isoformat()
    action.remind_on = action.snoozed_until = until
    unit.add(kept, action)
    await unit.flush()
    await refresh_reminder(unit, action.owner_id, now)
    record(unit, "reminder put off", by=by, now=now, subject=("action", action.key), group_id=action.group_id)
    return before.found
