"""Named questions about changes to escalations: what can be chosen, what was changed, and what a reference became."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, update
from sqlmodel import col, select

from bot.domain.escalation import EscalationState
from bot.domain.escalation_changes import ChangeKind
from bot.domain.handling import Viewer
from bot.domain.panels import PanelState
from bot.domain.terms import ConcernState
from bot.store.concerns import SeenConcern, seen
from bot.store.outbox import UNSENT
from bot.store.tables import (
    Addressee,
    Concern,
    Escalation,
    EscalationChange,
    EscalationConcern,
    Exchange,
    Organisation,
    OutboxRow,
    Panel,
    PastAnswer,
    Person,
)
from bot.store.tables.delivery import OutboxState
from bot.store.unit import Unit
from bot.store.visibility import SHARED_MARKINGS, visible_concerns
from bot.store.visible_requests import visible_escalations

MOST_OFFERED = 100
BEFORE_AN_ANSWER = ("notice", "reminder", "chase", "silent", "unreplied", "nobody", "withdrawn")
Place = tuple[int | None, str]
"""The provider of a concern: its number, or what somebody typed that is not in the directory."""


@dataclass(frozen=True)
class Changed:
    """A change as one reader may know it. `person` is empty for eyes of another organisation than the one that made it,
    `organisation` where it is not to be named, and `about` where it is a concern they may not read."""

    change: EscalationChange
    organisation: str
    person: str
    about: str


@dataclass(frozen=True)
class History:
    """What became of an escalation: its changes, and those that have become part of it."""

    changes: Sequence[Changed] = ()
    merged: Sequence[Escalation] = ()


async def standing_for(unit: Unit, reference: str, viewer: Viewer, today: date) -> Escalation | None:
    """What that reference stands for by now: the escalation it was merged into, if this person may open that; or else
    the one that bears it."""
    wanted = reference.strip().upper()
    into = select(Escalation.merged_into_id).where(Escalation.reference == wanted)
    either = or_(col(Escalation.reference) == wanted, col(Escalation.id).in_(into))
    # False sorts before true: first the one that goes on.
    newest = visible_escalations(viewer, today).where(either).order_by(col(Escalation.reference) == wanted)
    return await unit.first(newest.limit(1))


async def to_change(unit: Unit, references: Sequence[str], viewer: Viewer, today: date) -> Mapping[str, Escalation]:
    """Those of these escalations that this person may open, by reference; nobody else changes them until this unit
    ends. They are taken in one order, so that no two units wait for each other."""
    wanted = [reference.strip().upper() for reference in references]
    asked = visible_escalations(viewer, today).where(col(Escalation.reference).in_(wanted))
    found = await unit.all(asked.order_by(col(Escalation.id)).with_for_update(of=Escalation))
    return {one.reference: one for one in found}


async def change_by_submission(unit: Unit, submit_key: str) -> EscalationChange | None:
    """What a form has already become, for answering a resend of it as the first time."""
    return await unit.first(select(EscalationChange).where(EscalationChange.submit_key == submit_key))


async def newest_change(unit: Unit, escalation_id: int) -> int:
    """The number of the last change made to it; 0 before there was one."""
    asked = select(col(EscalationChange.id)).where(EscalationChange.escalation_id == escalation_id)
    return await unit.first(asked.order_by(col(EscalationChange.id).desc()).limit(1)) or 0


async def history_of(unit: Unit, escalation: Escalation, readable: Sequence[SeenConcern], viewer: Viewer) -> History:
    """What was changed, oldest first, as one reader of these of its concerns may know it. Only the organisation that
    started it makes changes: it is named as it is elsewhere, and the name of whoever did it stays within it."""
    rows = await unit.rows(
        select(EscalationChange, col(Person.name), col(Organisation.short_name))
        .join(Person, col(Person.id) == col(EscalationChange.by_id))
        .join(Organisation, col(Organisation.id) == escalation.organisation_id)
        .where(EscalationChange.escalation_id == escalation.key)
        .order_by(col(EscalationChange.id))
    )
    merged = select(Escalation).where(Escalation.merged_into_id == escalation.key).order_by(col(Escalation.id))
    ours = viewer.organisation_id == escalation.organisation_id
    hidden = any(it.concern.organisation_id == escalation.organisation_id and not it.organisation for it in readable)
    shown = {it.concern.reference for it in readable}
    changed = [
        Changed(
            change,
            "" if hidden else body,
            person if ours else "",
            change.about if ours or change.what == ChangeKind.ABSORBED or change.about in shown else "",
        )
        for change, person, body in rows
    ]
    return History(changed, await unit.all(merged))


async def addable(unit: Unit, escalation: Escalation, viewer: Viewer, today: date) -> list[SeenConcern]:
    """The concerns this person may read that could be added, newest first: of the same group and provider, neither
    withdrawn nor for named people only, and not in it already."""
    places = (await _places(unit, [escalation.key], viewer, today))[escalation.key]
    already = select(EscalationConcern.concern_id).where(EscalationConcern.escalation_id == escalation.key)
    asked = visible_concerns(viewer, today).where(
        col(Concern.group_id) == escalation.group_id,
        col(Concern.provider_id).in_([key for key, _ in places])
        if any(key for key, _ in places)
        else col(Concern.provider_id).is_(None),
        col(Concern.state) != ConcernState.WITHDRAWN,
        col(Concern.marking).in_(SHARED_MARKINGS),
        col(Concern.id).not_in(already),
    )
    found = await seen(unit, asked.order_by(col(Concern.raised_at).desc()).limit(MOST_OFFERED), by=viewer)
    return [one for one in found if _place(one.concern.provider_id, one.concern.provider_named) in places]


async def mergeable(unit: Unit, escalation: Escalation, viewer: Viewer, today: date) -> list[Escalation]:
    """The escalations it could be merged into, newest first: open, of the same organisation, kind and group, about the
    same provider."""
    alike = visible_escalations(viewer, today).where(
        col(Escalation.organisation_id) == escalation.organisation_id,
        col(Escalation.kind) == escalation.kind,
        col(Escalation.group_id) == escalation.group_id,
        col(Escalation.state) == EscalationState.OPEN,
        col(Escalation.id) != escalation.key,
    )
    found = await unit.all(alike.order_by(col(Escalation.started_at).desc()).limit(MOST_OFFERED))
    places = await _places(unit, [escalation.key, *(one.key for one in found)], viewer, today)
    return [one for one in found if places[one.key] & places[escalation.key]]


async def panel_stands(unit: Unit, escalation_id: int) -> bool:
    """Whether a panel about it has been convened and was not called off."""
    asked = select(col(Panel.id)).where(Panel.escalation_id == escalation_id, Panel.state != PanelState.CANCELLED)
    return await unit.first(asked.limit(1)) is not None


async def panels_to_come(unit: Unit, escalation_id: int) -> Sequence[Panel]:
    """The panels about it that are still to be held; nobody else changes them until this unit ends."""
    over = (PanelState.HELD, PanelState.CANCELLED)
    asked = select(Panel).where(Panel.escalation_id == escalation_id, col(Panel.state).not_in(over))
    return await unit.all(asked.with_for_update())


async def redirect(unit: Unit, source: Escalation, target: Escalation) -> None:
    """Let what had become part of the one be part of the other, so that every old reference leads to it at once."""
    earlier = update(Escalation).where(col(Escalation.merged_into_id) == source.key)
    await unit.write(earlier.values(merged_into_id=target.key))


async def hand_over(unit: Unit, line: Addressee, to: Addressee) -> None:
    """Let what was said about one addressee, in answers and between the two sides, be about the other."""
    for table in (PastAnswer, Exchange):
        await unit.write(update(table).where(col(table.addressee_id) == line.key).values(addressee_id=to.key))


def kept_answer(line: Addressee) -> PastAnswer | None:
    """The answer that stands as one of the past; None before there is one."""
    if line.responded_at is None or line.responded_by_id is None:
        return None
    return PastAnswer(
        addressee_id=line.key,
        outcome=line.outcome,
        reason=line.reason,
        by_on=line.by_on,
        responded_at=line.responded_at,
        responded_by_id=line.responded_by_id,
    )


async def drop_unsent(unit: Unit, line: Addressee) -> None:
    """What was still to be told about one addressee as it stood before is told no more."""
    about = [col(OutboxRow.once).startswith(f"escalation.{k}|addressee={line.key}|") for k in BEFORE_AN_ANSWER]
    unsent = update(OutboxRow).where(col(OutboxRow.state).in_(UNSENT), or_(*about))
    await unit.write(unsent.values(state=OutboxState.WITHHELD, lease_until=None))


async def _places(
    unit: Unit, escalation_ids: Sequence[int], viewer: Viewer, today: date
) -> Mapping[int, frozenset[Place]]:
    """Which providers these escalations are about, by their number, as far as this person may read of them."""
    line = EscalationConcern
    rows = await unit.rows(
        visible_concerns(viewer, today)
        .join(line, col(line.concern_id) == col(Concern.id))
        .where(col(line.escalation_id).in_(escalation_ids))
        .with_only_columns(col(line.escalation_id), col(Concern.provider_id), col(Concern.provider_named))
    )
    return {
        key: frozenset(_place(provider, name) for of, provider, name in rows if of == key) for key in escalation_ids
    }


def _place(provider_id: int | None, named: str) -> Place:
    return provider_id, "" if provider_id else named.strip().casefold()
