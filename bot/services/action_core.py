"""What every change to an action has in common: who may make it, keeping what it was, saving it once."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.actions import Act, Part, acts_open_to, check_act
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.reminders import next_reminder
from bot.domain.terms import ActionState, Role
from bot.errors import NotFound
from bot.services.reminders import refresh_reminder
from bot.store import actions as asked
from bot.store.action_life import parts_in, visible_to
from bot.store.journal import record
from bot.store.people import seated, viewer_by_id
from bot.store.tables import Action, ActionChange
from bot.store.unit import Unit

UNREACHABLE = "This person cannot be reached by this assistant. Choose somebody else."
NOT_FOR_THEM = "This person cannot be given this action. Choose somebody else."


@dataclass(frozen=True)
class Held:
    """An action that nobody else changes until this unit ends, and what whoever changes it is to it."""

    action: Action
    parts: frozenset[Part]

    @property
    def open(self) -> frozenset[Act]:
        """What they may do with it as it stands."""
        return acts_open_to(self.action.state, self.parts)

    def check(self, act: Act) -> ActionState:
        """The state that this act leads to. Raises `NotYours` and `WrongState`."""
        return check_act(act, self.action.state, self.parts, f"Action {self.action.reference}")


async def find_action(unit: Unit, reference: str, *, by: Viewer, today: date) -> asked.SeenAction:
    """The action with its names. Raises `NotFound`."""
    seen = await asked.visible_action(unit, reference, by, today)
    if seen is None:
        raise NotFound(what=reference)
    return seen


async def hold(unit: Unit, reference: str, *, by: Viewer, today: date) -> Held:
    """The action as it stands, to be changed. Raises `NotFound`."""
    await asked.hold_action(unit, Action.reference == asked.as_written(reference))
    action = (await find_action(unit, reference, by=by, today=today)).action
    return Held(action, await parts_in(unit, action, by, today))


def keep(
    unit: Unit,
    action: Action,
    field: str,
    *,
    by: Viewer,
    now: datetime,
    before: str = "",
    after: str = "",
    reason: str = "",
) -> ActionChange:
    """Add a line to the action's history."""
    line = ActionChange(action_id=action.key, at=now, by_id=by.person_id, field=field, reason=reason.strip())
    line.before, line.after = before[:200], after[:200]
    unit.add(line)
    return line


async def saved(unit: Unit, action: Action, act: str, *, by: Viewer, now: datetime) -> None:
    """Save it, with its entry in the journal, and bring its owner's reminder of today up to date."""
    unit.add(action)
    await refresh_reminder(unit, action.owner_id, now)
    record(unit, act, by=by, now=now, subject=("action", action.key), group_id=action.group_id)
    await unit.flush()


async def officers_of(unit: Unit, action: Action, today: date, *roles: Role) -> list[int]:
    """The people in these seats of its group who may see the action and decide about it."""
    people = await seated(unit, action.group_id, today, *roles)
    return await able(unit, action, [one.key for one in people if one.chat_user], today)


async def able(unit: Unit, action: Action, person_ids: list[int], today: date) -> list[int]:
    """Those of these few people who are here, may see the action and decide about it."""
    viewers = [await viewer_by_id(unit, key, today) for key in person_ids]
    return await visible_to(unit, action, [one for one in viewers if one], today)


def first_reminder(due_on: date, today: date, rules: Rules) -> date:
    """The next reminder from tomorrow on: today its owner has just been told."""
    return next_reminder(due_on, today, rules.calendar, rules.policy.reminders)
