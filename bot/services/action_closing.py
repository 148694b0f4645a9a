"""How an action ends: its owner completes it, the chair or secretariat closes it, sends it back, or reopens it."""

from datetime import date, datetime

from bot.domain.actions import (
    DUE,
    PRIORITY,
    STATE,
    TEXT_LIMIT,
    Act,
    check_evidence,
    missed_day,
    too_long,
    wrong_reason,
)
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import ActionState
from bot.errors import FormErrors
from bot.services.action_core import first_reminder, hold, keep, saved
from bot.services.action_news import ask_to_close, refresh, tell_returned
from bot.services.action_time import settle_waiting
from bot.store.action_life import changes_of
from bot.store.tables import Action, ActionChange
from bot.store.unit import Unit

RESOLUTION_LIMIT = 1500
HIGH_PRIORITY, ON_TARGET, CLOSED_PRIORITY = 1, 2, 3  # [003 Annex D]


async def complete_action(
    unit: Unit, reference: str, resolution: str, evidence: str = "", *, by: Viewer, now: datetime, rules: Rules
) -> Action:
    """The owner says it is done, how, and where that can be seen. The chair or secretariat is asked to close it.

    The same words again change nothing; other words after that are refused with `WrongState`.
    """
    today, words = rules.today(now), resolution.strip()
    held = await hold(unit, reference, by=by, today=today)
    action = held.action
    sent = (ActionState.COMPLETED, words, evidence.strip())
    if held.parts and (action.state, action.resolution, action.evidence) == sent:
        return action
    to = held.check(Act.COMPLETE)
    action.evidence = _check_completion(words, evidence)
    _become(unit, action, to, by, now, reason=_cut(words))
    action.resolution, action.completed_at, action.remind_on = words, now, None
    action.accepted_at = action.accepted_at or now
    await settle_waiting(unit, action, by=by, now=now, today=today)
    await saved(unit, action, "action completed", by=by, now=now)
    await refresh(unit, action, now, today)
    await ask_to_close(unit, action, by, now, today)
    return action


async def close_action(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Action:
    """The chair or secretariat signs a completed action off [003 Annex D]. A second time changes nothing."""
    today = rules.today(now)
    held = await hold(unit, reference, by=by, today=today)
    action = held.action
    if action.state is ActionState.CLOSED and Act.REOPEN in held.open:
        return action
    _become(unit, action, held.check(Act.CLOSE), by, now)
    keep(unit, action, PRIORITY, by=by, now=now, before=str(action.priority), after=str(CLOSED_PRIORITY))
    action.priority, action.closed_at, action.closed_by_id = CLOSED_PRIORITY, now, by.person_id
    await saved(unit, action, "action closed", by=by, now=now)
    await refresh(unit, action, now, today)
    return action


async def send_back(unit: Unit, reference: str, reason: str, *, by: Viewer, now: datetime, rules: Rules) -> Action:
    """The chair or secretariat is not content: it is open again, its owner hears why, and reminders go on. What was
    written of how it was done stays, to be added to. The same reason again changes nothing.

    Raises `NotFound`, `NotYours`, `WrongState` and `FormErrors`.
    """
    today = rules.today(now)
    held = await hold(unit, reference, by=by, today=today)
    action = held.action
    if await _already(unit, action, by, reason):
        return action
    to = held.check(Act.SEND_BACK)
    if wrong := wrong_reason(reason):
        raise FormErrors({"reason": wrong})
    change = _become(unit, action, to, by, now, reason=reason)
    action.completed_at, action.remind_on = None, first_reminder(action.due_on, today, rules)
    await saved(unit, action, "action sent back", by=by, now=now)
    await refresh(unit, action, now, today)
    await tell_returned(unit, action, change, by, now)
    return action


async def reopen_action(
    unit: Unit, reference: str, due_on: date | None, reason: str, *, by: Viewer, now: datetime, rules: Rules
) -> Action:
    """The chair or secretariat reopens what was closed, with a new due date; it has the priority it had before. The
    same again changes nothing. Raises as `send_back` does."""
    today = rules.today(now)
    held = await hold(unit, reference, by=by, today=today)
    action = held.action
    if action.due_on == due_on and await _already(unit, action, by, reason):
        return action
    to = held.check(Act.REOPEN)
    errors = {"due_on": missed_day(due_on, today), "reason": wrong_reason(reason)}
    if due_on is None or any(errors.values()):
        raise FormErrors({field: wrong for field, wrong in errors.items() if wrong})
    if due_on != action.due_on:
        before, after = action.due_on.isoformat(), due_on.isoformat()
        keep(unit, action, DUE, by=by, now=now, before=before, after=after, reason=reason)
    change = _become(unit, action, to, by, now, reason=reason)
    action.priority = await _priority_before(unit, action)
    action.due_on, action.remind_on = due_on, first_reminder(due_on, today, rules)
    action.completed_at = action.closed_at = action.closed_by_id = None
    await saved(unit, action, "action reopened", by=by, now=now)
    await refresh(unit, action, now, today)
    await tell_returned(unit, action, change, by, now)
    return action


def _become(
    unit: Unit, action: Action, to: ActionState, by: Viewer, now: datetime, *, reason: str = ""
) -> ActionChange:
    line = keep(unit, action, STATE, by=by, now=now, before=action.state, after=to, reason=reason)
    action.state = to
    return line


async def _already(unit: Unit, action: Action, by: Viewer, reason: str) -> bool:
    """Whether it has been opened again by this person, for this reason, and nothing has followed."""
    last = (await changes_of(unit, action.key, STATE))[-1:]
    wanted = (by.person_id, ActionState.OPEN, reason.strip())
    return any((one.by_id, one.after, one.reason) == wanted for one in last)


async def _priority_before(unit: Unit, action: Action) -> int:
    """The priority it had when it was last closed; on target where that is not known."""
    before = [one.before for one in await changes_of(unit, action.key, PRIORITY)]
    return HIGH_PRIORITY if before[-1:] == [str(HIGH_PRIORITY)] else ON_TARGET


def _check_completion(resolution: str, evidence: str) -> str:
    """The address of the evidence. Raises `FormErrors` naming every field at fault."""
    errors = {}
    if wrong := too_long(resolution, RESOLUTION_LIMIT) if resolution else "Say in a sentence what was done.":
        errors["resolution"] = wrong
    try:
        evidence = check_evidence(evidence)
    except FormErrors as refused:
        errors |= refused.fields
    if errors:
        raise FormErrors(errors)
    return evidence


def _cut(text: str) -> str:
    """As much as the history holds; all of it stands as the resolution."""
    return text if len(text) <= TEXT_LIMIT else f"{text[: TEXT_LIMIT - 1]}…"
