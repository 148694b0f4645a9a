"""What a person can ask for about an action: add it, complete it, close it, change its date or owner."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.concern import new_reference
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.reminders import next_reminder
from bot.domain.terms import ActionState, Role
from bot.errors import ChangedMeanwhile, Conflicted, FormErrors, NoGroup, NotFound, NotYours, WrongState
from bot.store import actions as asked
from bot.store.barring import barred_from
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import reachable_person, seated
from bot.store.tables import Action, ActionChange, Person
from bot.store.unit import Unit

ALLOWED: dict[ActionState, frozenset[ActionState]] = {
    ActionState.OPEN: frozenset({ActionState.COMPLETED}),
    ActionState.COMPLETED: frozenset({ActionState.CLOSED, ActionState.OPEN}),
    ActionState.CLOSED: frozenset(),
}


@dataclass(frozen=True)
class ActionDraft:
    """What somebody typed into the action form."""

    group_id: int
    issue: str
    owner_id: int
    due_on: date
    provider_id: int | None = None
    priority: int = 2
    panel_id: int | None = None


async def add_action(unit: Unit, draft: ActionDraft, *, by: Viewer, key: str, now: datetime, rules: Rules) -> Action:
    """Put an action in the group's log and tell its owner. The same `key` again answers the same.

    Raises `FormErrors` naming every field at fault, and `NoGroup`.
    """
    earlier = await asked.action_by_submission(unit, key)
    if earlier:
        return earlier
    today = rules.today(now)
    if draft.group_id not in by.group_ids:
        raise NoGroup
    owner = await _check(unit, draft, by, today)
    return await log_action(unit, draft, owner, by=by, key=key, now=now, rules=rules)


async def log_action(
    unit: Unit, draft: ActionDraft, owner: Person, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Action:
    """The same for what has been checked already, where other people may be owners than those of one's own groups."""
    action, new = await _save(unit, draft, owner, by, key, rules.today(now), rules)
    if new:
        record(unit, "action added", by=by, now=now, subject=("action", action.key), group_id=action.group_id)
        await _tell_owner(unit, action, by, now)
    return action


async def complete_action(
    unit: Unit, reference: str, resolution: str, *, by: Viewer, now: datetime, rules: Rules
) -> Action:
    """The owner says it is done, and how. The chair or secretariat is asked to close it.

    The same words again change nothing; other words after that are refused with `WrongState`.
    """
    action = await _visible(unit, reference, by, rules.today(now))
    _check_owner(action, by)
    if action.state is ActionState.COMPLETED and action.resolution == resolution.strip():
        return action
    _check_state(action, ActionState.COMPLETED)
    if not resolution.strip():
        raise FormErrors({"resolution": "Say in a sentence what was done."})
    action.state, action.resolution = ActionState.COMPLETED, resolution.strip()
    action.completed_at, action.remind_on = now, None
    await _saved(unit, action, "action completed", by, now)
    await _ask_to_close(unit, action, by, now, rules.today(now))
    return action


async def close_action(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Action:
    """The chair or secretariat signs a completed action off [003 Annex D]. A second time changes nothing."""
    action = await _visible(unit, reference, by, rules.today(now))
    if not by.runs(action.group_id):
        raise NotYours(who="the chair or the secretariat of the group")
    if action.state is ActionState.CLOSED:
        return action
    _check_state(action, ActionState.CLOSED)
    action.state, action.priority = ActionState.CLOSED, 3
    await _saved(unit, action, "action closed", by, now)
    return action


async def change_action(
    unit: Unit,
    reference: str,
    *,
    due_on: date,
    owner_id: int,
    reason: str,
    version: int,
    by: Viewer,
    now: datetime,
    rules: Rules,
) -> Action:
    """Move the date or hand it to somebody else, keeping what it was and why.

    `version` is the one the form showed: raises `ChangedMeanwhile` if somebody else has been quicker. What has
    already become so, as when a form is sent twice, is left as it is.
    """
    today = rules.today(now)
    action = await _visible(unit, reference, by, today)
    _check_owner(action, by)
    _check_state(action, ActionState.COMPLETED)
    if action.version != version:
        if (action.due_on, action.owner_id) == (due_on, owner_id):
            return action
        raise ChangedMeanwhile(what=f"action {action.reference}")
    changes = await _changes(unit, action, due_on, owner_id, reason, by, today)
    for field, (before, after) in changes.items():
        kept = ActionChange(action_id=action.key, at=now, by_id=by.person_id, field=field, reason=reason.strip())
        kept.before, kept.after = before, after
        unit.add(kept)
    handed_over = owner_id != action.owner_id
    owner = await unit.get(Person, owner_id)
    action.owner_id, action.owner_organisation_id = owner.key, owner.organisation_id
    action.due_on = due_on
    action.remind_on = _first_reminder(due_on, today, rules)
    await _saved(unit, action, "action changed", by, now)
    if handed_over:
        await _tell_owner(unit, action, by, now)
    return action


async def find_action(unit: Unit, reference: str, *, by: Viewer, today: date) -> asked.SeenAction:
    """The action with its names. Raises `NotFound`."""
    seen = await asked.visible_action(unit, reference, by, today)
    if seen is None:
        raise NotFound(what=reference)
    return seen


async def _check(unit: Unit, draft: ActionDraft, by: Viewer, today: date) -> Person:
    errors = {}
    owner = await reachable_person(unit, draft.owner_id, by.group_ids, today)
    if not draft.issue.strip():
        errors["issue"] = "Say what is to be done."
    if draft.due_on < today:
        errors["due_on"] = "This date has passed. Choose today or a later day."
    if owner is None:
        errors["owner"] = "This person cannot be reached by this assistant. Choose somebody else."
    if draft.provider_id and await barred_from(unit, by, [draft.provider_id], today):
        errors["provider"] = str(Conflicted())
    if errors or owner is None:
        raise FormErrors(errors)
    return owner


async def _save(
    unit: Unit, draft: ActionDraft, owner: Person, by: Viewer, key: str, today: date, rules: Rules
) -> tuple[Action, bool]:
    row = Action(
        reference="",
        submit_key=key,
        group_id=draft.group_id,
        provider_id=draft.provider_id,
        issue=draft.issue.strip(),
        owner_id=owner.key,
        owner_organisation_id=owner.organisation_id,
        raised_by_id=by.person_id,
        raised_on=today,
        due_on=draft.due_on,
        priority=draft.priority,
        panel_id=draft.panel_id,
        remind_on=_first_reminder(draft.due_on, today, rules),
    )
    while True:
        row.reference = new_reference("A")
        new = await unit.insert_once(row)
        saved = await asked.action_by_submission(unit, key)
        if saved:
            return saved, new


async def _changes(
    unit: Unit, action: Action, due_on: date, owner_id: int, reason: str, by: Viewer, today: date
) -> dict[str, tuple[str, str]]:
    """What is different, as field → (before, after). Raises `FormErrors` if nothing is, or it may not be."""
    changes, errors = {}, {}
    if due_on != action.due_on:
        changes["due date"] = (action.due_on.isoformat(), due_on.isoformat())
        if due_on < today:
            errors["due_on"] = "This date has passed. Choose today or a later day."
    if owner_id != action.owner_id:
        owner = await reachable_person(unit, owner_id, by.group_ids, today)
        if owner is None:
            errors["owner"] = "This person cannot be reached by this assistant. Choose somebody else."
        else:
            changes["owner"] = ((await unit.get(Person, action.owner_id)).name, owner.name)
    if not changes and not errors:
        errors["due_on"] = "Nothing was changed. Choose another date or another owner, or close this form."
    if changes and not reason.strip():
        errors["reason"] = "Say why: it is kept with the change."
    if errors:
        raise FormErrors(errors)
    return changes


async def _visible(unit: Unit, reference: str, by: Viewer, today: date) -> Action:
    return (await find_action(unit, reference, by=by, today=today)).action


async def _saved(unit: Unit, action: Action, act: str, by: Viewer, now: datetime) -> None:
    unit.add(action)
    record(unit, act, by=by, now=now, subject=("action", action.key), group_id=action.group_id)
    await unit.flush()


async def _ask_to_close(unit: Unit, action: Action, by: Viewer, now: datetime, today: date) -> None:
    """Word to whoever raised it and to the secretariat, or to the chair of a group that has none."""
    closers = await seated(unit, action.group_id, today, Role.SECRETARIAT)
    closers = closers or await seated(unit, action.group_id, today, Role.CHAIR)
    for person_id in {action.raised_by_id, *(person.key for person in closers)} - {by.person_id}:
        await tell(unit, Telling("action.completed", {"action": action.key}, person_id=person_id), now)


async def _tell_owner(unit: Unit, action: Action, by: Viewer, now: datetime) -> None:
    if action.owner_id != by.person_id:
        slot = str(action.version)
        await tell(unit, Telling("action.given", {"action": action.key}, person_id=action.owner_id, slot=slot), now)


def _check_owner(action: Action, by: Viewer) -> None:
    if by.person_id != action.owner_id and not by.runs(action.group_id):
        raise NotYours(who="the owner, the chair or the secretariat")


def _check_state(action: Action, wanted: ActionState) -> None:
    if wanted not in ALLOWED[action.state]:
        raise WrongState(what=f"Action {action.reference}", now=action.state, wanted=wanted)


def _first_reminder(due_on: date, today: date, rules: Rules) -> date:
    """The next reminder from tomorrow on: today its owner has just been told."""
    return next_reminder(due_on, today, rules.calendar, rules.policy.reminders)
