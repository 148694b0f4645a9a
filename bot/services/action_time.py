"""More time for an action: its owner asks, the chair or the secretariat decides, and the first decision stands."""

from datetime import date, datetime

from bot.domain.actions import (
    DUE,
    TIME_ASKED,
    TIME_DECIDED,
    Act,
    deciders,
    missed_day,
    too_long,
    wrong_reason,
)
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.errors import FormErrors, NotFound, NotYours, WrongState
from bot.services.action_core import able, find_action, first_reminder, hold, keep, officers_of, saved
from bot.services.action_news import OFFICERS, refresh, refresh_questions, tell_decided, time_asked
from bot.store.action_life import hold_requested, request_by_submission, waiting_request
from bot.store.actions import seen_by_id
from bot.store.outbox import tell
from bot.store.people import people_by_id
from bot.store.tables import Action, ActionRequest
from bot.store.unit import Unit

GRANTED, NOT_GRANTED, LAPSED = "granted", "not granted", "no longer needed"


async def ask_for_time(
    unit: Unit, reference: str, due_on: date | None, reason: str, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Action:
    """The owner asks for a later day. Until it is granted the old one stands and reminders go on. With nobody else
    there to decide, it is granted at once, and the reason is kept. The same `key` again changes nothing.

    Raises `NotFound`, `NotYours`, `WrongState` and `FormErrors`.
    """
    today = rules.today(now)
    if await request_by_submission(unit, key):
        return (await find_action(unit, reference, by=by, today=today)).action
    held = await hold(unit, reference, by=by, today=today)
    action = held.action
    held.check(Act.ASK_TIME)
    waiting = await waiting_request(unit, action.key)
    if waiting and (waiting.due_on, waiting.reason) == (due_on, reason.strip()):
        return action
    day = _check(action, waiting, due_on, reason, today)
    request = ActionRequest(
        submit_key=key,
        action_id=action.key,
        due_on=day,
        reason=reason.strip(),
        asked_by_id=by.person_id,
        asked_at=now,
    )
    unit.add(request)
    action.accepted_at = action.accepted_at or now
    keep(unit, action, TIME_ASKED, by=by, now=now, before=action.due_on.isoformat(), after=day.isoformat())
    await saved(unit, action, "more time asked", by=by, now=now)
    to = await deciders_of(unit, action, request, today)
    if to == {by.person_id}:
        await _settle(unit, action, request, granted=True, answer="", by=by, now=now, rules=rules)
        return action
    for person_id in to:
        await tell(unit, time_asked(request, person_id), now)
    await refresh(unit, action, now, today)
    return action


async def decide_time(
    unit: Unit, request_id: int, *, granted: bool, answer: str, by: Viewer, now: datetime, rules: Rules
) -> Action:
    """Grant more time, or not. The same decision by the same person again changes nothing.

    Raises `NotFound`; `NotYours`; `WrongState` when somebody else was quicker, naming them; and `FormErrors`.
    """
    today = rules.today(now)
    action, request = await time_to_decide(unit, request_id, by=by, now=now, rules=rules, lock=True)
    if request.decided_at is not None:
        return action
    errors = {}
    if granted and request.due_on < today:
        errors["answer"] = "The day asked for has passed meanwhile. Close this form and choose “Not granted”."
    elif not granted and not answer.strip():
        errors["answer"] = "Say why: whoever asked reads this."
    elif wrong := too_long(answer):
        errors["answer"] = wrong
    if errors:
        raise FormErrors(errors)
    await _settle(unit, action, request, granted=granted, answer=answer, by=by, now=now, rules=rules)
    return action


async def time_to_decide(
    unit: Unit, request_id: int, *, by: Viewer, now: datetime, rules: Rules, lock: bool = False
) -> tuple[Action, ActionRequest]:
    """The action and the request, for somebody who may decide it, or has. With `lock`, nobody else decides until this
    unit ends. Raises as `decide_time` does."""
    today = rules.today(now)
    if lock:
        await hold_requested(unit, request_id)
    request = await unit.find(ActionRequest, request_id)
    seen = await seen_by_id(unit, request.action_id, by, today) if request else None
    if request is None or seen is None:
        raise NotFound(what="this request")
    action = seen.action
    if request.decided_at is not None:
        if request.decided_by_id == by.person_id:
            return action, request
        decider = (await people_by_id(unit, [request.decided_by_id or 0]))[request.decided_by_id or 0]
        raise WrongState(
            what=f"More time for {action.reference}", now=f"{_outcome(request)} by {decider.name}", wanted="decided"
        )
    if by.person_id not in await deciders_of(unit, action, request, today):
        raise NotYours(who="somebody else than whoever asks, in the chair or the secretariat,")
    return action, request


async def settle_waiting(
    unit: Unit, action: Action, *, by: Viewer, now: datetime, today: date, reason: str = ""
) -> None:
    """Answer a request that waits by what has been done meanwhile: it is granted, or not, when the date was changed
    by somebody else, and else no longer needed."""
    request = await waiting_request(unit, action.key)
    if request is None:
        return
    moved = bool(reason) and by.person_id != request.asked_by_id
    request.granted = action.due_on >= request.due_on if moved else None
    await _note(unit, action, request, reason if moved else "", by=by, now=now, today=today)


async def deciders_of(unit: Unit, action: Action, request: ActionRequest, today: date) -> frozenset[int]:
    """Who can decide it today."""
    officers = await officers_of(unit, action, today, *OFFICERS)
    raiser = await able(unit, action, [action.raised_by_id], today)
    return deciders(request.asked_by_id, officers=officers, raised_by_id=raiser[0] if raiser else None)


async def _settle(
    unit: Unit,
    action: Action,
    request: ActionRequest,
    *,
    granted: bool,
    answer: str,
    by: Viewer,
    now: datetime,
    rules: Rules,
) -> None:
    today = rules.today(now)
    if granted:
        before, after = action.due_on.isoformat(), request.due_on.isoformat()
        keep(unit, action, DUE, by=by, now=now, before=before, after=after, reason=request.reason)
        action.due_on, action.snoozed_until = request.due_on, None
        action.remind_on = first_reminder(action.due_on, today, rules)
    request.granted = granted
    await _note(unit, action, request, answer, by=by, now=now, today=today)
    await saved(unit, action, "more time granted" if granted else "more time not granted", by=by, now=now)
    await refresh(unit, action, now, today)


async def _note(
    unit: Unit, action: Action, request: ActionRequest, answer: str, *, by: Viewer, now: datetime, today: date
) -> None:
    """It is decided: keep by whom, and tell whoever asked and, in place, whoever was asked."""
    request.decided_by_id, request.decided_at, request.answer = by.person_id, now, answer.strip()
    unit.add(request)
    after = request.due_on.isoformat()
    keep(unit, action, TIME_DECIDED, by=by, now=now, before=_outcome(request), after=after, reason=answer)
    await unit.flush()
    if request.granted is not None:
        await tell_decided(unit, request, by, now)
    await refresh_questions(unit, action, request, now, today)


def _outcome(request: ActionRequest) -> str:
    if request.granted is None:
        return LAPSED
    return GRANTED if request.granted else NOT_GRANTED


def _check(action: Action, waiting: ActionRequest | None, due_on: date | None, reason: str, today: date) -> date:
    """The day asked for. Raises `FormErrors` naming every field at fault."""
    errors = {}
    if waiting:
        errors["due_on"] = "More time has been asked for already, and waits for an answer."
    elif wrong := missed_day(due_on, today):
        errors["due_on"] = wrong
    elif due_on and due_on <= action.due_on:
        errors["due_on"] = "This is no later than it is due now. An earlier day needs nobody’s leave: change the date."
    if wrong := wrong_reason(reason):
        errors["reason"] = wrong
    if errors or due_on is None:
        raise FormErrors(errors)
    return due_on
