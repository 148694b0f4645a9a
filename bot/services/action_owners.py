"""Whose an action is: its owner accepts it or passes it on; those who run the group hand it over or move its date."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.actions import ACCEPTED, DUE, HANDED, PASSED, Act, Part, missed_day, wrong_reason
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.errors import ChangedMeanwhile, FormErrors, NotYours
from bot.services.action_core import NOT_FOR_THEM, UNREACHABLE, Held, first_reminder, hold, keep, saved
from bot.services.action_news import refresh, take_back, tell_going_round, tell_owner
from bot.services.action_time import ask_for_time, settle_waiting
from bot.services.reminders import refresh_reminder
from bot.store.action_life import changes_of, request_by_submission
from bot.store.actions import seen_by_id
from bot.store.barring import barred_among
from bot.store.people import reachable_person, viewer_by_id
from bot.store.tables import Action, Person
from bot.store.unit import Unit


@dataclass(frozen=True)
class Change:
    """What an action is to become, and why. `version` is the one the form showed."""

    due_on: date
    owner_id: int
    reason: str
    version: int


async def accept_action(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Action:
    """The owner takes it on. A second time changes nothing. Raises `NotFound`, `NotYours` and `WrongState`."""
    held = await hold(unit, reference, by=by, today=rules.today(now))
    action = held.action
    held.check(Act.ACCEPT)
    if action.accepted_at is None:
        action.accepted_at = now
        keep(unit, action, ACCEPTED, by=by, now=now)
        await saved(unit, action, "action accepted", by=by, now=now)
        await refresh(unit, action, now, rules.today(now))
    return action


async def pass_on(
    unit: Unit,
    reference: str,
    owner_id: int,
    reason: str,
    *,
    version: int,
    by: Viewer,
    now: datetime,
    rules: Rules,
) -> Action:
    """The owner gives it to somebody else, who is asked in turn. What has become so already, as when a form is sent
    twice, is left as it is.

    Raises `NotFound`, `NotYours`, `WrongState`, `FormErrors`, and `ChangedMeanwhile`.
    """
    today = rules.today(now)
    held = await hold(unit, reference, by=by, today=today)
    action = held.action
    if action.owner_id == owner_id and await _given_by(unit, action, by):
        return action
    held.check(Act.PASS_ON)
    _check_version(action, version)
    errors = {"reason": wrong_reason(reason)}
    owner = await _new_owner(unit, action, owner_id, by, today)
    if owner_id == action.owner_id:
        errors["owner"] = "It is yours already. Choose somebody else, or accept it."
    elif isinstance(owner, str):
        errors["owner"] = owner
    if isinstance(owner, str) or any(errors.values()):
        raise FormErrors({field: wrong for field, wrong in errors.items() if wrong})
    await _give(unit, held, owner, reason, by=by, now=now, rules=rules)
    return action


async def change_action(
    unit: Unit, reference: str, to: Change, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Action:
    """Move the date or hand it to somebody else, keeping what it was and why. A later date by its owner, whoever that
    is, becomes asking for more time.

    Raises `ChangedMeanwhile` if somebody else has been quicker. What has already become so, as when a form is sent
    twice, is left as it is.
    """
    today = rules.today(now)
    held = await hold(unit, reference, by=by, today=today)
    action = held.action
    moved, handed = to.due_on != action.due_on, to.owner_id != action.owner_id
    if not handed and to.due_on > action.due_on and Part.OWNER in held.parts:
        if not await request_by_submission(unit, key):
            _check_version(action, to.version)
        return await ask_for_time(unit, reference, to.due_on, to.reason, by=by, key=key, now=now, rules=rules)
    if not handed and not moved and await _given_by(unit, action, by):
        return action
    _check_may(held, handed=handed, later=to.due_on > action.due_on)
    if action.version != to.version and not moved and not handed:
        return action
    _check_version(action, to.version)
    owner = await _check(unit, held, to, by, today)
    if moved:
        before, after = action.due_on.isoformat(), to.due_on.isoformat()
        keep(unit, action, DUE, by=by, now=now, before=before, after=after, reason=to.reason)
        action.due_on, action.snoozed_until = to.due_on, None
        action.remind_on = first_reminder(to.due_on, today, rules)
        await settle_waiting(unit, action, by=by, now=now, today=today, reason=to.reason)
    if handed:
        await _give(unit, held, owner, to.reason, by=by, now=now, rules=rules)
    else:
        await saved(unit, action, "action changed", by=by, now=now)
        await refresh(unit, action, now, today)
    return action


async def _give(unit: Unit, held: Held, owner: Person, reason: str, *, by: Viewer, now: datetime, rules: Rules) -> None:
    """It is somebody else's from now on, who has yet to accept it unless they took it themselves."""
    action, today = held.action, rules.today(now)
    former = await unit.get(Person, action.owner_id)
    field = PASSED if Part.OWNER in held.parts else HANDED
    keep(unit, action, field, by=by, now=now, before=former.name, after=owner.name, reason=reason)
    action.owner_id, action.owner_organisation_id = owner.key, owner.organisation_id
    action.accepted_at = now if owner.key == by.person_id else None
    action.snoozed_until, action.remind_on = None, first_reminder(action.due_on, today, rules)
    await settle_waiting(unit, action, by=by, now=now, today=today)
    await saved(unit, action, "action passed on" if field == PASSED else "action changed", by=by, now=now)
    await take_back(unit, action, former.key, now)
    await refresh_reminder(unit, former.key, now)
    await tell_owner(unit, action, by, now)
    if field == PASSED:
        await tell_going_round(unit, action, by, now, today)


async def _new_owner(unit: Unit, action: Action, owner_id: int, by: Viewer, today: date) -> Person | str:
    """The person, or what to say beside the field: out of reach, the provider's own staff or with a declared conflict,
    or not to know of the panel that agreed it."""
    owner = await reachable_person(unit, owner_id, by.group_ids, today)
    viewer = await viewer_by_id(unit, owner.key, today) if owner else None
    if owner is None or viewer is None:
        return UNREACHABLE
    about = [action.provider_id] if action.provider_id is not None else []
    barred = await barred_among(unit, [owner.key], about, today)
    hidden = action.panel_id is not None and await seen_by_id(unit, action.key, viewer, today) is None
    return NOT_FOR_THEM if barred or hidden else owner


async def _check(unit: Unit, held: Held, to: Change, by: Viewer, today: date) -> Person:
    """Who owns it from now on. Raises `FormErrors` if nothing is different, or it may not be."""
    action, errors = held.action, {}
    moved, handed = to.due_on != action.due_on, to.owner_id != action.owner_id
    owner: Person | str = await unit.get(Person, action.owner_id)
    if moved and (wrong := missed_day(to.due_on, today)):
        errors["due_on"] = wrong
    if handed:
        owner = await _new_owner(unit, action, to.owner_id, by, today)
    if isinstance(owner, str):
        errors["owner"] = owner
    if not moved and not handed:
        errors["due_on"] = "Nothing was changed. Choose another date or another owner, or close this form."
    elif wrong := wrong_reason(to.reason):
        errors["reason"] = wrong
    if errors or isinstance(owner, str):
        raise FormErrors(errors)
    return owner


def _check_may(held: Held, *, handed: bool, later: bool) -> None:
    """Raise `NotYours`, `WrongState`, or `FormErrors` for an owner who would hand it over with a later date."""
    held.check(Act.HAND_OVER if handed else Act.BRING_FORWARD)
    if later and Act.POSTPONE not in held.open:
        if Part.OWNER not in held.parts:
            raise NotYours(who="the chair or the secretariat of the group")
        wrong = "Hand it over with the date it has: whoever owns it then can ask for more time."
        raise FormErrors({"due_on": wrong})


def _check_version(action: Action, version: int) -> None:
    if action.version != version:
        raise ChangedMeanwhile(what=f"action {action.reference}")


async def _given_by(unit: Unit, action: Action, by: Viewer) -> bool:
    """Whether its owner has it from this person, who passed it on last."""
    last = (await changes_of(unit, action.key, PASSED, HANDED))[-1:]
    return any((one.by_id, one.field) == (by.person_id, PASSED) for one in last)
