"""What was known of a provider at a moment in the past, and to whom [003 §37]: of what its reader may see today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from bot.domain.actions import DUE, HANDED, PASSED, STATE
from bot.domain.handling import Viewer
from bot.domain.terms import ActionState, Basis
from bot.store.actions import seen_actions
from bot.store.concerns import Readers, SeenConcern, about_provider
from bot.store.escalations import past_answers, with_grids
from bot.store.groups import level_history, sites_of
from bot.store.people import people_by_id
from bot.store.tables import (
    Action,
    ActionChange,
    Escalation,
    EscalationConcern,
    Group,
    Organisation,
    Provider,
    SurveillanceLevel,
)
from bot.store.unit import Unit
from bot.store.visible_requests import audience_at, visible_actions, visible_escalations

CHANGES = (STATE, DUE, HANDED, PASSED)


@dataclass(frozen=True)
class At:
    """The end of a day in the past."""

    day: date
    moment: datetime
    today: date


@dataclass(frozen=True)
class ActionThen:
    """An action as it stood then: who owned it, by when it was due, and how far it was."""

    action: Action
    owner: str
    due_on: date
    state: ActionState


@dataclass(frozen=True)
class LineThen:
    """Where an addressee stood then; neither moment is set for one that had not replied."""

    organisation: str
    acknowledged_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True)
class Then:
    """What was known of a provider at that moment. `levels` are those that stood then; `concerns` are the newest first,
    each with who could read it then; `begins` is the first day of which anything at all is on record."""

    provider: Provider
    at: At
    begins: date | None
    levels: list[tuple[SurveillanceLevel, Provider, Group]]
    concerns: list[tuple[SeenConcern, Readers]]
    actions: list[ActionThen]
    escalations: list[tuple[Escalation, list[LineThen]]]

    @property
    def nothing(self) -> bool:
        """Whether nothing was known then."""
        return not (self.levels or self.concerns or self.actions or self.escalations)


async def known_then(unit: Unit, provider: Provider, viewer: Viewer, at: At) -> Then:
    """All of it, in so many questions however much there is."""
    ids = await sites_of(unit, provider.key)
    history = await level_history(unit, group_ids=viewer.group_ids, provider_ids=ids)
    every = await about_provider(unit, viewer, ids, at.today)
    concerns = [one for one in every if one.concern.raised_at <= at.moment]
    readers = await _readers(unit, concerns, at)
    of_it = visible_actions(viewer, at.today).where(col(Action.provider_id).in_(ids))
    actions = {one.action.key: one for one in await seen_actions(unit, of_it)}
    days = [one.concern.raised_at.date() for one in every] + [level.decided_at.date() for level, _, _ in history]
    return Then(
        provider=provider,
        at=at,
        begins=min([*days, *(one.action.raised_on for one in actions.values())], default=None),
        levels=_standing([one for one in history if one[0].decided_at <= at.moment]),
        concerns=[(one, readers.get(one.concern.key, Readers((), ()))) for one in concerns],
        actions=await _actions(unit, {key: (one.action, one.owner) for key, one in actions.items()}, at),
        escalations=await _escalations(unit, [one.concern.key for one in concerns], viewer, at),
    )


def _standing(
    history: Sequence[tuple[SurveillanceLevel, Provider, Group]],
) -> list[tuple[SurveillanceLevel, Provider, Group]]:
    newest: dict[tuple[int, int], tuple[SurveillanceLevel, Provider, Group]] = {}
    for level, provider, group in history:
        newest.setdefault((group.key, provider.key), (level, provider, group))
    return list(newest.values())


async def _readers(unit: Unit, concerns: Sequence[SeenConcern], at: At) -> Mapping[int, Readers]:
    """Who could read each of these then, by name: in no order that tells who raised it, nor whoever raised one whose
    organisation is not named."""
    unnamed = {one.concern.key for one in concerns if not one.organisation}
    every = await unit.all(audience_at([one.concern.key for one in concerns], at.moment, at.day))
    lines = [one for one in every if not (one.person_id and one.basis is Basis.ORIGIN and one.concern_id in unnamed)]
    people = await people_by_id(unit, {line.person_id for line in lines if line.person_id})
    wanted = {line.organisation_id for line in lines if line.organisation_id}
    rows = await unit.rows(select(Organisation.id, Organisation.short_name).where(col(Organisation.id).in_(wanted)))
    bodies: dict[int, str] = {key: name for key, name in rows}  # noqa: C416  # rows are tuples of anything
    found: dict[int, tuple[set[str], set[str]]] = {}
    for line in lines:
        organisations, persons = found.setdefault(line.concern_id, (set(), set()))
        if line.organisation_id:
            organisations.add(bodies[line.organisation_id])
        elif line.person_id:
            persons.add(people[line.person_id].name)
    return {key: Readers(tuple(sorted(one)), tuple(sorted(other))) for key, (one, other) in found.items()}


async def _actions(unit: Unit, actions: Mapping[int, tuple[Action, str]], at: At) -> list[ActionThen]:
    """Those that had been agreed, by when they were due. What the first change after that moment changed it from is
    what stood then."""
    asked = select(ActionChange).where(
        col(ActionChange.action_id).in_(actions), col(ActionChange.field).in_(CHANGES), ActionChange.at > at.moment
    )
    before: dict[tuple[int, str], str] = {}
    for row in await unit.all(asked.order_by(col(ActionChange.id))):
        field = HANDED if row.field == PASSED else row.field
        before.setdefault((row.action_id, field), row.before)
    then = [
        ActionThen(
            action,
            before.get((key, HANDED), owner),
            date.fromisoformat(before[key, DUE]) if (key, DUE) in before else action.due_on,
            ActionState(before.get((key, STATE), action.state)),
        )
        for key, (action, owner) in actions.items()
        if action.raised_on <= at.day
    ]
    return sorted(then, key=lambda one: (one.due_on, one.action.key))


async def _escalations(
    unit: Unit, concern_ids: Sequence[int], viewer: Viewer, at: At
) -> list[tuple[Escalation, list[LineThen]]]:
    about = select(EscalationConcern.escalation_id).where(
        col(EscalationConcern.concern_id).in_(concern_ids), EscalationConcern.added_at <= at.moment
    )
    started = visible_escalations(viewer, at.today).where(
        col(Escalation.id).in_(about), Escalation.started_at <= at.moment
    )
    found = await with_grids(unit, started)
    lines = [line.addressee for _, grid in found for line in grid]
    past = await past_answers(unit, [line.key for line in lines])

    def by_then(*moments: datetime | None) -> datetime | None:
        return max((one for one in moments if one and one <= at.moment), default=None)

    return [
        (
            escalation,
            [
                LineThen(
                    line.organisation,
                    by_then(line.addressee.acknowledged_at),
                    by_then(line.addressee.responded_at, *(one.responded_at for one in past[line.addressee.key])),
                )
                for line in grid
                if line.addressee.added_at <= at.moment
            ],
        )
        for escalation, grid in found
    ]
