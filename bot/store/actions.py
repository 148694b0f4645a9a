"""Named questions about actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, true
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.handling import Viewer
from bot.domain.terms import ActionState
from bot.store.people import enrolled
from bot.store.tables import Action, Organisation, Person, Provider
from bot.store.unit import Unit
from bot.store.visible_requests import channel_actions, visible_actions


@dataclass(frozen=True)
class SeenAction:
    """An action with the names needed to show it. `owner_left` is whether its owner is no longer enrolled."""

    action: Action
    owner: str
    organisation: str
    provider: str
    owner_left: bool = False


async def seen_actions(unit: Unit, statement: SelectOfScalar[Action], today: date | None = None) -> list[SeenAction]:
    """Run a statement of actions and add the names, the most pressing first; with `today`, also whose owner has
    left."""
    rows = await unit.rows(
        statement.join(Person, col(Person.id) == col(Action.owner_id))
        .join(Organisation, col(Organisation.id) == col(Action.owner_organisation_id))
        .outerjoin(Provider, col(Provider.id) == col(Action.provider_id))
        .order_by(col(Action.due_on), col(Action.id))
        .add_columns(col(Person.name), col(Organisation.short_name), col(Provider.name), _here(today))
    )
    return [
        SeenAction(action, owner, body, provider or "", owner_left=not here)
        for action, owner, body, provider, here in rows
    ]


def _here(today: date | None) -> ColumnElement[bool]:
    return true() if today is None else enrolled(today)


async def visible_action(unit: Unit, reference: str, viewer: Viewer, today: date) -> SeenAction | None:
    asked = visible_actions(viewer, today).where(Action.reference == as_written(reference))
    found = await seen_actions(unit, asked, today)
    return found[0] if found else None


def as_written(reference: str) -> str:
    """A reference as it is kept, however somebody typed it."""
    return reference.strip().upper()


async def hold_action(unit: Unit, which: ColumnElement[bool] | bool) -> None:
    """Nobody else changes that action until this unit ends. It is not read here: what is read before others have
    finished would be out of date. Says nothing about who may see it."""
    await unit.rows(select(col(Action.id)).where(which).with_for_update())


async def owned_by(unit: Unit, person_id: int, *states: ActionState) -> list[SeenAction]:
    """Somebody's own actions in these states."""
    asked = select(Action).where(Action.owner_id == person_id, col(Action.state).in_(states))
    return await seen_actions(unit, asked)


async def left_open_by(unit: Unit, owner_id: int, viewer: Viewer, today: date) -> list[SeenAction]:
    """Another's open actions, as far as this person may see them."""
    asked = visible_actions(viewer, today).where(Action.owner_id == owner_id, Action.state == ActionState.OPEN)
    return await seen_actions(unit, asked)


async def of_group(unit: Unit, group_id: int, viewer: Viewer, today: date) -> list[SeenAction]:
    """A group's actions that are open or await sign-off, as this person may see them."""
    asked = visible_actions(viewer, today).where(Action.group_id == group_id, Action.state != ActionState.CLOSED)
    return await seen_actions(unit, asked, today)


async def of_providers(unit: Unit, provider_ids: Sequence[int], viewer: Viewer, today: date) -> list[SeenAction]:
    """Actions about a provider and its sites that are not closed, as this person may see them."""
    asked = visible_actions(viewer, today).where(
        col(Action.provider_id).in_(provider_ids), Action.state != ActionState.CLOSED
    )
    return await seen_actions(unit, asked, today)


async def log_of_group(unit: Unit, group_id: int, today: date) -> list[SeenAction]:
    """A group's actions as its channel may show them."""
    return await seen_actions(unit, channel_actions(group_id).where(Action.state != ActionState.CLOSED), today)


async def action_by_submission(unit: Unit, submit_key: str) -> Action | None:
    return await unit.first(select(Action).where(Action.submit_key == submit_key))


async def seen_by_id(unit: Unit, key: int, viewer: Viewer, today: date) -> SeenAction | None:
    found = await seen_actions(unit, visible_actions(viewer, today).where(Action.id == key), today)
    return found[0] if found else None
