"""What is told of an information request, kept up to date in place; and who is reminded once its day has passed."""

from collections.abc import Collection
from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.information import RequestState
from bot.domain.policy import Rules
from bot.domain.surveillance import reminder_due
from bot.store.information import askable, officers, overdue_requests, speakers
from bot.store.outbox import Telling, tell, tell_anew, tell_many
from bot.store.tables import InformationRequest
from bot.store.unit import Unit


async def ask_members(unit: Unit, request: InformationRequest, by: Viewer, now: datetime, today: date) -> None:
    """Ask one person at each member organisation what it holds, and show those who decide how the answers stand."""
    told = [_asked(request, key) for key in await _one_each(unit, request, now, today) if key != by.person_id]
    told += [_tally(request, key) for key in await _watchers(unit, request, today)]
    await tell_many(unit, told, now)


async def refresh(unit: Unit, request: InformationRequest, now: datetime, today: date) -> None:
    """Bring up to date, in place, what people have been told of it as it now stands."""
    bodies = await _speakers(unit, request, now, today)
    told = [_asked(request, key) for people in bodies.values() for key in people]
    told += [_agreed(request, body, key) for body, people in bodies.items() for key in people]
    told += [_tally(request, key) for key in await _watchers(unit, request, today)]
    await tell_anew(unit, told, now)


async def tell_agreed(
    unit: Unit, request: InformationRequest, organisation_id: int, person_id: int, by: Viewer, now: datetime
) -> None:
    """Tell somebody of the organisation that it is agreed to ask, or to share what it holds."""
    if person_id != by.person_id:
        await tell(unit, _agreed(request, organisation_id, person_id), now)


async def tell_shared(unit: Unit, request: InformationRequest, by: Viewer, now: datetime, today: date) -> None:
    """Tell the group's members, and whoever proposed it, that the answer is there to be read."""
    people = [*await _one_each(unit, request, now, today), *await _watchers(unit, request, today)]
    about: dict[str, int | str] = {"request": request.key}
    told = [Telling("information.shared", about, person_id=key) for key in _others(people, by)]
    await tell_many(unit, told, now)


async def tell_dropped(unit: Unit, request: InformationRequest, by: Viewer, now: datetime, today: date) -> None:
    """Tell whoever proposed it, and the organisation that was to ask, that it was dropped."""
    people = [request.proposed_by_id, *await asking(unit, request, now, today)]
    about: dict[str, int | str] = {"request": request.key}
    told = [Telling("information.dropped", about, person_id=key) for key in _others(people, by)]
    await tell_many(unit, told, now)


async def to_remind(unit: Unit, today: date) -> list[int]:
    """The requests whose day has passed."""
    return [one.key for one in await overdue_requests(unit, today)]


async def remind(unit: Unit, key: int, *, now: datetime, rules: Rules) -> None:
    """Remind the asking organisation and whoever proposed it, once for each day on which an overdue action would be;
    those who run the group where nobody of that organisation is there any more."""
    request, today = await unit.get(InformationRequest, key), rules.today(now)
    if request.due_on is None or request.state not in (RequestState.AGREED, RequestState.ASKED):
        return
    day = reminder_due(request.due_on, request.due_on, today, rules.calendar, rules.policy.reminders)
    if day is None:
        return
    people = await asking(unit, request, now, today)
    people = people or await officers(unit, request, today)
    about: dict[str, int | str] = {"request": request.key}
    told = dict.fromkeys([*people, request.proposed_by_id])
    overdue = [Telling("information.overdue", about, person_id=one, slot=day.isoformat()) for one in told]
    await tell_many(unit, overdue, now)


async def asking(unit: Unit, request: InformationRequest, now: datetime, today: date) -> list[int]:
    """The one person of the asking organisation who is told, if it is still in the group and anybody can be."""
    if request.asker_id is None:
        return []
    return (await _speakers(unit, request, now, today)).get(request.asker_id, [])[:1]


def _others(people: Collection[int], by: Viewer) -> list[int]:
    """These people, each once, without whoever acts."""
    return [key for key in dict.fromkeys(people) if key != by.person_id]


async def _speakers(unit: Unit, request: InformationRequest, now: datetime, today: date) -> dict[int, list[int]]:
    bodies = [one.key for one in await askable(unit, request, today)]
    return dict(await speakers(unit, request, bodies, now, today))


async def _one_each(unit: Unit, request: InformationRequest, now: datetime, today: date) -> list[int]:
    """One person at each organisation of the group that may be asked about it."""
    return [people[0] for people in (await _speakers(unit, request, now, today)).values() if people]


async def _watchers(unit: Unit, request: InformationRequest, today: date) -> list[int]:
    """Whoever proposed it, and those who decide who asks."""
    return list(dict.fromkeys([request.proposed_by_id, *await officers(unit, request, today)]))


def _asked(request: InformationRequest, person_id: int) -> Telling:
    return Telling("information.asked", {"request": request.key}, person_id=person_id)


def _tally(request: InformationRequest, person_id: int) -> Telling:
    return Telling("information.tally", {"request": request.key}, person_id=person_id)


def _agreed(request: InformationRequest, organisation_id: int, person_id: int) -> Telling:
    about: dict[str, int | str] = {"request": request.key, "organisation": organisation_id}
    return Telling("information.agreed", about, person_id=person_id)
