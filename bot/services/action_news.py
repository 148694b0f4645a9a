"""What is told about an action, and how what was told before is brought up to date in place."""

from dataclasses import replace
from datetime import date, datetime

from bot.domain.actions import GIVING, STATE, goes_round, passes_in_a_row
from bot.domain.handling import Viewer
from bot.domain.terms import ActionState, Role
from bot.services.action_core import officers_of
from bot.store.action_life import changes_of
from bot.store.outbox import Telling, tell, tell_anew
from bot.store.people import seated
from bot.store.tables import Action, ActionChange, ActionRequest
from bot.store.unit import Unit

OFFICERS = (Role.SECRETARIAT, Role.CHAIR)


async def tell_owner(unit: Unit, action: Action, by: Viewer, now: datetime) -> None:
    """Word to a new owner, who is asked to accept it or pass it on; not to whoever gave it to themselves."""
    if action.owner_id != by.person_id:
        await tell(unit, _given(action, action.owner_id, await times_given(unit, action)), now)


async def take_back(unit: Unit, action: Action, owner_id: int, now: datetime) -> None:
    """Say in the former owner's message, in place, that it is theirs no longer; the history has the new owner."""
    before = _given(action, owner_id, await times_given(unit, action) - 1)
    await tell_anew(unit, [replace(before, beside={"former": 1})], now)


async def ask_to_close(unit: Unit, action: Action, by: Viewer, now: datetime, today: date) -> None:
    """Word to whoever raised it and to the secretariat, or to the chair of a group that has none."""
    closers = await officers_of(unit, action, today, Role.SECRETARIAT)
    closers = closers or await officers_of(unit, action, today, Role.CHAIR)
    times = await _times_completed(unit, action)
    for person_id in {action.raised_by_id, *closers} - {by.person_id}:
        await tell(unit, _completed(action, person_id, times), now)


async def tell_returned(unit: Unit, action: Action, change: ActionChange, by: Viewer, now: datetime) -> None:
    """Tell the owner that it was sent back or reopened, and why."""
    if action.owner_id != by.person_id:
        about: dict[str, int | str] = {"action": action.key, "change": change.key}
        await tell(unit, Telling("action.returned", about, person_id=action.owner_id), now)


async def tell_going_round(unit: Unit, action: Action, by: Viewer, now: datetime, today: date) -> None:
    """Tell the secretariat, or the chair of a group that has none, when several people in a row have passed it on."""
    given = await changes_of(unit, action.key, *GIVING)
    passes = passes_in_a_row([one.field for one in given])
    if not goes_round(passes):
        return
    told = await officers_of(unit, action, today, Role.SECRETARIAT)
    told = told or await officers_of(unit, action, today, Role.CHAIR)
    about: dict[str, int | str] = {"action": action.key}
    for person_id in set(told) - {by.person_id}:
        telling = Telling("action.round", about, person_id=person_id, slot=str(len(given)), beside={"passes": passes})
        await tell(unit, telling, now)


def time_asked(request: ActionRequest, person_id: int) -> Telling:
    """The question whether an owner has more time."""
    return Telling("action.time_asked", {"request": request.key}, person_id=person_id)


async def tell_decided(unit: Unit, request: ActionRequest, by: Viewer, now: datetime) -> None:
    """Tell whoever asked for more time what was decided."""
    if request.asked_by_id != by.person_id:
        telling = Telling("action.time_decided", {"request": request.key}, person_id=request.asked_by_id)
        await tell(unit, telling, now)


def not_accepted(action: Action, person_id: int, times: int) -> Telling:
    """Word that an owner has not accepted it; `times` is how often it has been given to somebody."""
    return Telling("action.unaccepted", {"action": action.key}, person_id=person_id, slot=str(times))


async def refresh_questions(unit: Unit, action: Action, request: ActionRequest, now: datetime, today: date) -> None:
    """Bring every question about this request for more time up to date, in place: one person's decision is all's."""
    people = await _concerned(unit, action, today)
    await tell_anew(unit, [time_asked(request, key) for key in people], now)


async def refresh(unit: Unit, action: Action, now: datetime, today: date) -> None:
    """Bring up to date, in place, what its owner and those who close it have been told of it as it now stands."""
    given = await times_given(unit, action)
    completed = await _times_completed(unit, action) - (action.state is ActionState.OPEN)
    people = await _concerned(unit, action, today)
    told = [_given(action, action.owner_id, given)]
    told += [not_accepted(action, key, given) for key in people]
    if completed:
        told += [_completed(action, key, completed) for key in people]
    await tell_anew(unit, told, now)


async def _concerned(unit: Unit, action: Action, today: date) -> list[int]:
    """Whoever raised it and those who run its group: those of them who were told of something have their message."""
    people = await seated(unit, action.group_id, today, *OFFICERS)
    return list(dict.fromkeys([action.raised_by_id, *(one.key for one in people)]))


def _given(action: Action, owner_id: int, times: int) -> Telling:
    return Telling("action.given", {"action": action.key}, person_id=owner_id, slot=str(times))


def _completed(action: Action, person_id: int, times: int) -> Telling:
    slot = str(times) if times > 1 else ""
    return Telling("action.completed", {"action": action.key}, person_id=person_id, slot=slot)


async def times_given(unit: Unit, action: Action) -> int:
    """How often it has been given to somebody, the first time included."""
    return 1 + len(await changes_of(unit, action.key, *GIVING))


async def _times_completed(unit: Unit, action: Action) -> int:
    """Which time it is, or would be, that it has been completed: once more than it came back."""
    changes = await changes_of(unit, action.key, STATE)
    return 1 + sum(one.after == ActionState.OPEN for one in changes)
