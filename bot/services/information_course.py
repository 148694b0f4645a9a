"""The course of an information request: who is agreed to ask, that the provider was asked, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.actions import missed_day
from bot.domain.handling import Viewer
from bot.domain.information import (
    RESULT_LIMIT,
    WHY_LIMIT,
    Holding,
    RequestAct,
    RequestState,
    asked_error,
    words_error,
)
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.errors import ChangedMeanwhile, FormErrors
from bot.services.information_core import hold, saved, to_act
from bot.services.information_news import tell_agreed, tell_dropped, tell_shared
from bot.store.information import askable, speakers, standing
from bot.store.tables import InformationRequest, Organisation
from bot.store.unit import Unit

NOBODY_THERE = "Nobody there can be told of this by this assistant. Choose another organisation."
NOBODY_AT_ALL = "Nobody at any member organisation can be told of this by this assistant, so nobody can be asked here."


@dataclass(frozen=True)
class Choosing:
    """What there is to choose from when it is agreed who asks: the organisations, and what each says."""

    request: InformationRequest
    bodies: Sequence[Organisation]
    said: Mapping[int, Holding]


@dataclass(frozen=True)
class Agreement:
    """Who is to ask, by when the provider is to answer, and the version of the request that was looked at."""

    asker_id: int
    due_on: date | None
    version: int


async def to_agree(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Choosing:
    """What the chair or the secretariat chooses from. Raises `NotFound`, `NotYours` and `WrongState`."""
    today = rules.today(now)
    request = (await to_act(unit, reference, RequestAct.AGREE, by=by, today=today)).request
    bodies = await askable(unit, request, today)
    told = await speakers(unit, request, [one.key for one in bodies], now, today)
    return Choosing(request, [one for one in bodies if told[one.key]], await standing(unit, request.key))


async def agree(
    unit: Unit, reference: str, wish: Agreement, *, by: Viewer, now: datetime, rules: Rules
) -> InformationRequest:
    """Agree who asks, or who shares what it holds; somebody there is told. The same again changes nothing.

    Raises `NotFound`, `NotYours`, `WrongState`, `FormErrors`, and `ChangedMeanwhile` where somebody else was first.
    """
    today = rules.today(now)
    held = await hold(unit, reference, by=by, today=today)
    leads, request = held.check(RequestAct.AGREE), held.request
    if request.state is RequestState.AGREED and (request.asker_id, request.due_on) == (wish.asker_id, wish.due_on):
        return request
    if request.version != wish.version:
        raise ChangedMeanwhile(what=f"request {request.reference}")
    to_tell = await _teller(unit, request, wish, now, today)
    request.state, request.asker_id, request.due_on = leads, wish.asker_id, wish.due_on
    request.agreed_by_id, request.agreed_at = by.person_id, now
    await saved(unit, request, "information request agreed", by=by, now=now, rules=rules)
    await tell_agreed(unit, request, wish.asker_id, to_tell, by, now)
    return request


async def mark_asked(
    unit: Unit, reference: str, asked_on: date | None, *, by: Viewer, now: datetime, rules: Rules
) -> InformationRequest:
    """Note the day on which the provider was asked. The same again changes nothing. Raises `NotFound`, `NotYours`,
    `WrongState` and `FormErrors`."""
    today = rules.today(now)
    held = await hold(unit, reference, by=by, today=today)
    request = held.request
    if request.state is RequestState.ASKED and request.asked_on == asked_on:
        return request
    leads = held.check(RequestAct.ASK)
    if wrong := asked_error(asked_on, rules.today(request.proposed_at), today):
        raise FormErrors({"asked_on": wrong})
    request.state, request.asked_on = leads, asked_on
    await saved(unit, request, "information asked for", by=by, now=now, rules=rules)
    return request


async def receive(
    unit: Unit, reference: str, result: str, *, vouched: bool, by: Viewer, now: datetime, rules: Rules
) -> InformationRequest:
    """Share with the group what the provider answered, or what the organisation held already. The same again changes
    nothing. Raises `NotFound`, `NotYours`, `WrongState` and `FormErrors`."""
    held = await hold(unit, reference, by=by, today=rules.today(now))
    request = held.request
    if request.state is RequestState.RECEIVED and (request.told_by_id, request.result) == (
        by.person_id,
        result.strip(),
    ):
        return request
    leads = held.check(RequestAct.RECEIVE)
    if wrong := words_error(result, RESULT_LIMIT, "Say what was received."):
        raise FormErrors({"result": wrong})
    check_identifiers({"result": result}, vouched=vouched)
    request.state, request.result = leads, result.strip()
    request.received_at, request.told_by_id = now, by.person_id
    await saved(unit, request, "information received", by=by, now=now, rules=rules)
    await tell_shared(unit, request, by, now, rules.today(now))
    return request


async def drop(
    unit: Unit, reference: str, why: str, *, vouched: bool, by: Viewer, now: datetime, rules: Rules
) -> InformationRequest:
    """Say that it is not asked, or not pursued, and why. The same again changes nothing. Raises `NotFound`, `NotYours`,
    `WrongState` and `FormErrors`."""
    held = await hold(unit, reference, by=by, today=rules.today(now))
    request = held.request
    if request.state is RequestState.DROPPED and request.why == why.strip():
        return request
    leads = held.check(RequestAct.DROP)
    if wrong := words_error(why, WHY_LIMIT, "Say why it is dropped."):
        raise FormErrors({"why": wrong})
    check_identifiers({"why": why}, vouched=vouched)
    request.state, request.why = leads, why.strip()
    await saved(unit, request, "information request dropped", by=by, now=now, rules=rules)
    await tell_dropped(unit, request, by, now, rules.today(now))
    return request


async def _teller(unit: Unit, request: InformationRequest, wish: Agreement, now: datetime, today: date) -> int:
    """Who is told at the organisation that is to ask. Raises `FormErrors`."""
    errors = {"due_on": missed_day(wish.due_on, today)}
    members = {one.key for one in await askable(unit, request, today)}
    people = (await speakers(unit, request, members & {wish.asker_id}, now, today)).get(wish.asker_id, [])
    if wish.asker_id not in members:
        errors["asker"] = "This organisation is not in the group, or is not asked about it. Choose another."
    elif not people:
        errors["asker"] = NOBODY_THERE
    if any(errors.values()):
        raise FormErrors({name: wrong for name, wrong in errors.items() if wrong})
    return people[0]
