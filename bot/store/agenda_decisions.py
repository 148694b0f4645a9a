"""What an agenda puts in front of a group beside its intelligence: proposals and reviews of levels, disagreements
carried over, and what its parent group said.

Each is asked for by rule, or by its numbers in a frozen digest; either way only what that reader may see today, and
None is the channel itself.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from bot.domain.handling import Viewer
from bot.domain.panels import ProposalState
from bot.store.barring import allowed_providers
from bot.store.concerns import SeenConcern, seen
from bot.store.tables import (
    Concern,
    Conclusion,
    Dissent,
    Escalation,
    Feedback,
    Group,
    LevelProposal,
    LevelReview,
    Meeting,
    Organisation,
    Panel,
    Person,
    Provider,
    SurveillanceLevel,
)
from bot.store.unit import Unit
from bot.store.visibility import agenda_concerns
from bot.store.visible_requests import agenda_escalations

Only = Collection[int] | None


@dataclass(frozen=True)
class OpenProposal:
    """A proposed level that the chair has still to decide; `panel` is the reference of the panel it came of, if any;
    `organisation` is empty for what the assistant proposed."""

    proposal: LevelProposal
    provider: str
    organisation: str
    panel: str


@dataclass(frozen=True)
class DueReview:
    """A provider that is long on enhanced surveillance, to be reviewed [003 §126]; since when it is."""

    review: LevelReview
    provider: str
    since: datetime


@dataclass(frozen=True)
class Disagreement:
    """An organisation that disagreed with what a meeting concluded [003 §132], and what it was about."""

    dissent: Dissent
    organisation: str
    about: str
    provider_id: int | None
    met_at: datetime


async def open_proposals(
    unit: Unit, group_id: int, reader: Viewer | None, today: date, only: Only = None
) -> list[OpenProposal]:
    """The proposals to change a level. One that rests on anything that may not be shown is not shown either."""
    rows = await unit.rows(
        select(LevelProposal)
        .join(Provider, col(Provider.id) == col(LevelProposal.provider_id))
        .outerjoin(Person, col(Person.id) == col(LevelProposal.proposed_by_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .outerjoin(Panel, col(Panel.id) == col(LevelProposal.panel_id))
        .where(LevelProposal.group_id == group_id)
        .where(_wanted(LevelProposal.id, only, col(LevelProposal.state) == ProposalState.PROPOSED))
        .order_by(col(Provider.name), col(LevelProposal.id))
        .add_columns(col(Provider.name), col(Organisation.short_name), col(Panel.reference), col(Panel.escalation_id))
    )
    allowed = await _allowed(unit, reader, today, [one.provider_id for one, *_ in rows])
    rests_on = {one.key: _evidence(one) for one, *_ in rows}
    shown = await _shown(unit, group_id, reader, today, set().union(*rests_on.values()))
    told = await _told(unit, group_id, reader, today, {escalation for *_, escalation in rows if escalation})
    return [
        OpenProposal(one, provider, body or "", panel or "")
        for one, provider, body, panel, escalation in rows
        if one.provider_id in allowed and rests_on[one.key] <= shown.keys() and (not escalation or escalation in told)
    ]


async def due_reviews(
    unit: Unit, group_id: int, reader: Viewer | None, today: date, only: Only = None
) -> list[DueReview]:
    """The positions to be reviewed."""
    rows = await unit.rows(
        select(LevelReview, col(Provider.name), col(SurveillanceLevel.decided_at))
        .join(Provider, col(Provider.id) == col(LevelReview.provider_id))
        .join(SurveillanceLevel, col(SurveillanceLevel.id) == col(LevelReview.level_id))
        .where(LevelReview.group_id == group_id)
        .where(_wanted(LevelReview.id, only, col(LevelReview.reviewed_at).is_(None)))
        .order_by(col(Provider.name), col(LevelReview.id))
    )
    allowed = await _allowed(unit, reader, today, [one.provider_id for one, *_ in rows])
    return [DueReview(*row) for row in rows if row[0].provider_id in allowed]


async def disagreements(
    unit: Unit, group_id: int, reader: Viewer | None, today: date, only: Only = None
) -> list[Disagreement]:
    """What was concluded without agreement, until it is resolved."""
    rows = await unit.rows(
        select(Dissent, Conclusion)
        .join(Conclusion, col(Conclusion.id) == col(Dissent.conclusion_id))
        .join(Meeting, col(Meeting.id) == col(Conclusion.meeting_id))
        .join(Organisation, col(Organisation.id) == col(Dissent.organisation_id))
        .outerjoin(Provider, col(Provider.id) == col(Conclusion.provider_id))
        .where(Meeting.group_id == group_id, col(Conclusion.settled_at).is_not(None))
        .where(_wanted(Dissent.id, only, col(Dissent.resolved_at).is_(None)))
        .order_by(col(Meeting.starts_at), col(Organisation.short_name), col(Dissent.id))
        .add_columns(col(Organisation.short_name), col(Provider.name), col(Meeting.starts_at))
    )
    allowed = await _allowed(unit, reader, today, [one.provider_id for _, one, *_ in rows])
    shown = await _shown(unit, group_id, reader, today, {one.concern_id for _, one, *_ in rows})
    return [
        _disagreement(dissent, one, shown.get(one.concern_id), body, provider or "", met_at)
        for dissent, one, body, provider, met_at in rows
        if (one.provider_id is None or one.provider_id in allowed)
        and (one.concern_id is None or one.concern_id in shown)
    ]


async def feedback_to(
    unit: Unit, group_id: int, since: datetime | None, only: Only = None
) -> Sequence[tuple[Feedback, str]]:
    """What other groups said to a group since its last meeting, with their names [003 §90]."""
    asked = (
        select(Feedback, Group.name)
        .join(Group, col(Group.id) == col(Feedback.from_group_id))
        .where(Feedback.to_group_id == group_id)
        .order_by(col(Feedback.at), col(Feedback.id))
    )
    if only is not None:
        asked = asked.where(col(Feedback.id).in_(only))
    elif since:
        asked = asked.where(Feedback.at > since)
    return [(one, name) for one, name in await unit.rows(asked)]


def _wanted(key: int | None, only: Only, by_rule: ColumnElement[bool]) -> ColumnElement[bool]:
    return by_rule if only is None else col(key).in_(only)


def _evidence(proposal: LevelProposal) -> set[int | None]:
    """The concerns it rests on; 0, which is never shown, for anything else."""
    return {int(one["id"]) if one["kind"] == "concern" else 0 for one in proposal.evidence or ()}


def _disagreement(
    dissent: Dissent, concluded: Conclusion, concern: SeenConcern | None, body: str, provider: str, met_at: datetime
) -> Disagreement:
    about = provider or (concern.provider if concern else concluded.title)
    key = concern.concern.provider_id if concern else concluded.provider_id
    return Disagreement(dissent, body, about, key, met_at)


async def _allowed(unit: Unit, reader: Viewer | None, today: date, keys: Collection[int | None]) -> set[int]:
    wanted = {key for key in keys if key is not None}
    return wanted if reader is None else await allowed_providers(unit, reader, sorted(wanted), today)


async def _shown(
    unit: Unit, group_id: int, reader: Viewer | None, today: date, keys: Collection[int | None]
) -> dict[int | None, SeenConcern]:
    wanted = [key for key in keys if key is not None]
    if not wanted:
        return {}
    shown = agenda_concerns(group_id, reader, today).where(col(Concern.id).in_(wanted))
    return {one.concern.key: one for one in await seen(unit, shown, by=reader)}


async def _told(unit: Unit, group_id: int, reader: Viewer | None, today: date, keys: Collection[int]) -> set[int]:
    if not keys:
        return set()
    told = agenda_escalations(group_id, reader, today).where(col(Escalation.id).in_(keys))
    return {one.key for one in await unit.all(told)}
