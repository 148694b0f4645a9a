"""What every change to an information request has in common: who may make it, saving it once, and telling of it."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.information import Part, RequestAct, RequestState, check_act
from bot.domain.policy import Rules
from bot.errors import NotFound
from bot.services.information_news import refresh
from bot.store.information import SeenRequest, hold_request, parts_in, visible_request
from bot.store.journal import record
from bot.store.tables import InformationRequest
from bot.store.unit import Unit


@dataclass(frozen=True)
class Held:
    """A request that nobody else changes until this unit ends, and what whoever changes it is to it."""

    request: InformationRequest
    parts: frozenset[Part]

    def check(self, act: RequestAct) -> RequestState:
        """The state that this act leads to. Raises `NotYours` and `WrongState`."""
        return check_act(act, self.request.state, self.parts, f"Request {self.request.reference}")


async def find_request(unit: Unit, reference: str, *, by: Viewer, today: date) -> SeenRequest:
    """The request with its names. Raises `NotFound`."""
    seen = await visible_request(unit, reference, by, today)
    if seen is None:
        raise NotFound(what=reference)
    return seen


async def to_act(unit: Unit, reference: str, act: RequestAct, *, by: Viewer, today: date) -> SeenRequest:
    """The request, for somebody who may do this with it now. Raises `NotFound`, `NotYours` and `WrongState`."""
    seen = await find_request(unit, reference, by=by, today=today)
    Held(seen.request, await parts_in(unit, seen.request, by, today)).check(act)
    return seen


async def hold(unit: Unit, reference: str, *, by: Viewer, today: date) -> Held:
    """The request as it stands, to be changed. Raises `NotFound`."""
    await hold_request(unit, reference)
    request = (await find_request(unit, reference, by=by, today=today)).request
    return Held(request, await parts_in(unit, request, by, today))


async def saved(unit: Unit, request: InformationRequest, act: str, *, by: Viewer, now: datetime, rules: Rules) -> None:
    """Save it, with its entry in the journal, and bring what was told of it up to date in place."""
    unit.add(request)
    await unit.flush()
    record(unit, act, by=by, now=now, subject=("information", request.key), group_id=request.group_id)
    await refresh(unit, request, now, rules.today(now))
