"""Named questions about what has become of an action: its history, who owned it since when, more time asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import col, select

from bot.domain.actions import GIVING, SNOOZED, Part, parts_of
from bot.domain.handling import Viewer
from bot.domain.terms import ActionState
from bot.store.actions import SeenAction, hold_action
from bot.store.barring import barred_from
from bot.store.panels import visible_panel_by_id
from bot.store.people import organisations_by_id, people_by_id
from bot.store.tables import Action, ActionChange, ActionRequest, Group, Meeting
from bot.store.unit import Unit
from bot.store.visible_requests import visible_actions


@dataclass(frozen=True)
class SeenRequest:
    """More time asked for, with the names of who asked and who decided; the second is empty until somebody has."""

    request: ActionRequest
    asker: str
    decider: str


@dataclass(frozen=True)
class SeenLife:
    """All there is to show of one action. `raiser` and `closer` are names; `meeting` and `panel` say where it was
    agreed, as far as the viewer may know; `changes` are each with the name of who made it, oldest first. Of what others
    wrote about a provider, whoever is `barred` from it sees nothing, even when the action is theirs."""

    seen: SeenAction
    raiser: str
    closer: str
    group: str
    meeting: datetime | None
    panel: str
    changes: Sequence[tuple[ActionChange, str]]
    waiting: SeenRequest | None
    barred: bool


async def is_barred(unit: Unit, action: Action, viewer: Viewer, today: date) -> bool:
    """Whether this person may decide nothing about the action: they work at its provider, or declared a conflict."""
    return action.provider_id is not None and await barred_from(unit, viewer, [action.provider_id], today)


async def parts_in(unit: Unit, action: Action, viewer: Viewer, today: date) -> frozenset[Part]:
    """What this person is to the action."""
    return parts_of(
        viewer.person_id,
        owner_id=action.owner_id,
        raised_by_id=action.raised_by_id,
        officer=viewer.runs(action.group_id),
        barred=await is_barred(unit, action, viewer, today),
    )


async def see_life(unit: Unit, seen: SeenAction, viewer: Viewer, today: date) -> SeenLife:
    """Everything about an action that this viewer, who may see it, may read."""
    action = seen.action
    barred = await is_barred(unit, action, viewer, today)
    changes = [] if barred else await history(unit, action.key)
    people = await people_by_id(
        unit, {action.raised_by_id, *(one.by_id for one in changes)} | {action.closed_by_id or action.raised_by_id}
    )
    bodies = await organisations_by_id(unit, (one.organisation_id for one in people.values()))
    named = {key: f"{one.name} ({bodies[one.organisation_id].short_name})" for key, one in people.items()}
    meeting = await unit.find(Meeting, action.meeting_id) if action.meeting_id else None
    waiting = await waiting_request(unit, action.key)
    return SeenLife(
        seen,
        raiser=named[action.raised_by_id],
        closer=named[action.closed_by_id] if action.closed_by_id else "",
        group=(await unit.get(Group, action.group_id)).name,
        meeting=meeting.starts_at if meeting else None,
        panel=await _panel(unit, action, viewer, today),
        changes=[(one, named[one.by_id]) for one in changes],
        waiting=await see_request(unit, waiting) if waiting and not barred else None,
        barred=barred,
    )


async def history(unit: Unit, action_id: int) -> Sequence[ActionChange]:
    """Every change of an action and every comment on it, oldest first; not that its owner's reminder was put off."""
    asked = select(ActionChange).where(ActionChange.action_id == action_id, ActionChange.field != SNOOZED)
    return await unit.all(asked.order_by(col(ActionChange.id)))


async def changes_of(unit: Unit, action_id: int, *fields: str) -> Sequence[ActionChange]:
    """Those of these fields, oldest first."""
    asked = select(ActionChange).where(ActionChange.action_id == action_id, col(ActionChange.field).in_(fields))
    return await unit.all(asked.order_by(col(ActionChange.id)))


async def change_by_id(unit: Unit, key: int) -> ActionChange:
    return await unit.get(ActionChange, key)


async def waiting_request(unit: Unit, action_id: int) -> ActionRequest | None:
    """The one request for more time that nobody has decided yet."""
    waits = (ActionRequest.action_id == action_id, col(ActionRequest.decided_at).is_(None))
    return await unit.first(select(ActionRequest).where(*waits))


async def request_by_submission(unit: Unit, submit_key: str) -> ActionRequest | None:
    return await unit.first(select(ActionRequest).where(ActionRequest.submit_key == submit_key))


async def hold_requested(unit: Unit, request_id: int) -> None:
    """Nobody else changes the action that this request is about, or decides it, until this unit ends."""
    about = select(ActionRequest.action_id).where(ActionRequest.id == request_id)
    await hold_action(unit, col(Action.id).in_(about))


async def see_request(unit: Unit, request: ActionRequest) -> SeenRequest:
    """A request with its names."""
    people = await people_by_id(unit, {request.asked_by_id, request.decided_by_id or request.asked_by_id})
    decider = people[request.decided_by_id].name if request.decided_by_id else ""
    return SeenRequest(request, people[request.asked_by_id].name, decider)


async def visible_to(unit: Unit, action: Action, viewers: Sequence[Viewer], today: date) -> list[int]:
    """Which of these few people may see the action and decide about it."""
    found = []
    for viewer in viewers:
        seen = await unit.first(visible_actions(viewer, today).where(Action.id == action.key))
        if seen and not await is_barred(unit, action, viewer, today):
            found.append(viewer.person_id)
    return found


async def unaccepted(unit: Unit, days: tuple[date, date], moments: tuple[datetime, datetime]) -> Sequence[Action]:
    """Open actions that came to their owner from the first of these days until before the second, and have not been
    accepted; `moments` are where these days begin. What came to its owner earlier is older than this question."""
    (first, end), (after, before) = days, moments
    given_since = _given(col(ActionChange.at) >= before)
    given_then = _given(and_(col(ActionChange.at) >= after, col(ActionChange.at) < before))
    raised_then = and_(col(Action.raised_on) >= first, col(Action.raised_on) < end)
    return await unit.all(
        select(Action).where(
            Action.state == ActionState.OPEN,
            col(Action.accepted_at).is_(None),
            ~given_since,
            or_(raised_then, given_then),
        )
    )


def _given(when: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an action was given to another owner then."""
    given = exists().where(col(ActionChange.action_id) == col(Action.id), col(ActionChange.field).in_(GIVING), when)
    return given.correlate(Action)


async def _panel(unit: Unit, action: Action, viewer: Viewer, today: date) -> str:
    """The reference of the panel that agreed it; "" for none, and for one this person may not open."""
    if action.panel_id is None:
        return ""
    panel = await visible_panel_by_id(unit, action.panel_id, viewer, today)
    return panel.reference if panel else ""
