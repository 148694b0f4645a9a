"""The one place that decides who may see a concern, in the query.

Every list, count, digest, message, export and type-ahead of concerns starts from `visible_concerns` (a person's
eyes) or `channel_concerns` (a group's channel). No other module may select from `concern` or `concern_audience`;
a test fails if one does.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import Mapped
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.handling import Viewer
from bot.domain.terms import Audience, Basis, ConcernState, Marking
from bot.store.tables import (
    Action,
    Addressee,
    Concern,
    ConcernAudience,
    Conflict,
    Escalation,
    Membership,
    Provider,
    Seat,
)
from bot.store.tables.base import Dated
from bot.store.unit import Unit

SHARED_MARKINGS = (Marking.AMBER_STRICT, Marking.GREEN)


def current(table: type[Dated], today: date) -> ColumnElement[bool]:
    """Rows of a dated table that are true on that day."""
    return and_(
        col(table.starts_on) <= today,
        or_(col(table.ends_on).is_(None), col(table.ends_on) >= today),
    )


def visible_concerns(viewer: Viewer, today: date) -> SelectOfScalar[Concern]:
    """The concerns this person may read today, to be narrowed further by the caller.

    Their own; their organisation's; and what was shared with their organisation or with them by name. What was
    shared with a group is lost on leaving it. A provider's own staff, and anybody with a declared conflict of
    interest, see nothing about that provider. An unknown marking is as strict as `TLP:RED`. What is past its keeping
    is shown to nobody, whether a hold keeps it from being destroyed or not.
    """
    return select(Concern).where(
        col(Concern.retired_at).is_(None),
        or_(_own(viewer), _shared(viewer, today)),
        *_barred(viewer, today, col(Concern.provider_id)),
    )


def channel_concerns(group_id: int) -> SelectOfScalar[Concern]:
    """The concerns whose reference, provider, theme, organisation, date and headline a group's channel may show."""
    return select(Concern).where(
        Concern.group_id == group_id,
        Concern.audience == Audience.GROUP,
        col(Concern.marking).in_(SHARED_MARKINGS),
        Concern.state != ConcernState.WITHDRAWN,
        col(Concern.retired_at).is_(None),
    )


def audience_of(concern_id: int) -> SelectOfScalar[ConcernAudience]:
    """The resolved audience of one concern as it stands, for telling its originator who can see it."""
    return select(ConcernAudience).where(
        ConcernAudience.concern_id == concern_id, col(ConcernAudience.ended_at).is_(None)
    )


def concern_by_submission(submit_key: str) -> SelectOfScalar[Concern]:
    """The concern a form has already become, for answering a resend of that form as the first time."""
    return select(Concern).where(Concern.submit_key == submit_key)


def _own(viewer: Viewer) -> ColumnElement[bool]:
    by_name = and_(col(Concern.marking).not_in(SHARED_MARKINGS), col(Concern.raised_by_id) == viewer.person_id)
    by_organisation = and_(
        col(Concern.marking).in_(SHARED_MARKINGS), col(Concern.organisation_id) == viewer.organisation_id
    )
    return or_(by_name, by_organisation)


def _shared(viewer: Viewer, today: date) -> ColumnElement[bool]:
    # Two levels down, so the concern meant must be said: otherwise any group with any concern would do.
    still_member = (
        exists()
        .where(
            col(Membership.group_id) == col(Concern.group_id),
            col(Membership.organisation_id) == viewer.organisation_id,
            current(Membership, today),
        )
        .correlate(Concern)
    )
    line = ConcernAudience
    to_organisation = and_(
        col(line.organisation_id) == viewer.organisation_id,
        col(Concern.marking).in_(SHARED_MARKINGS),
        or_(col(line.basis) != Basis.GROUP, still_member),
    )
    still_seated = (
        exists()
        .where(
            col(Seat.group_id) == col(Concern.group_id), col(Seat.person_id) == viewer.person_id, current(Seat, today)
        )
        .correlate(Concern)
    )
    as_officer = and_(col(Concern.marking).in_(SHARED_MARKINGS), still_seated)
    to_person = and_(col(line.person_id) == viewer.person_id, or_(col(line.basis) != Basis.GROUP, as_officer))
    stands = (col(line.concern_id) == col(Concern.id), col(line.ended_at).is_(None))
    found = exists().where(*stands, or_(to_organisation, to_person))
    return and_(col(Concern.state) != ConcernState.WITHDRAWN, found)


def _barred(viewer: Viewer, today: date, about: Mapped[Any]) -> tuple[ColumnElement[bool], ...]:
    """What takes the right away again, whatever the audience says: `about` is the provider's column."""
    declared = select(Conflict.provider_id).where(Conflict.person_id == viewer.person_id, current(Conflict, today))
    barred = [_or_site_of(about, declared)]
    if viewer.provider_id is not None:
        # Who works at a site works at the whole provider.
        whole = func.coalesce(col(Provider.parent_id), col(Provider.id))
        barred.append(_or_site_of(about, select(whole).where(Provider.id == viewer.provider_id)))
    return (or_(about.is_(None), ~or_(*barred)),)


def _or_site_of(about: Mapped[Any], providers: SelectOfScalar[Any]) -> ColumnElement[bool]:
    """Whether it is about one of these providers, or one of their sites."""
    sites = select(Provider.id).where(col(Provider.parent_id).in_(providers))
    return or_(about.in_(providers), about.in_(sites))


def visible_escalations(viewer: Viewer, today: date) -> SelectOfScalar[Escalation]:
    """The escalations this person may open today: about a concern they may read, and either their own
    organisation's, or addressed to it, or about something the whole group may see."""
    addressed = (
        exists()
        .where(
            col(Addressee.escalation_id) == col(Escalation.id),
            col(Addressee.organisation_id) == viewer.organisation_id,
        )
        .correlate(Escalation)  # a caller may join the addressees as well
    )
    own = or_(col(Escalation.organisation_id) == viewer.organisation_id, addressed)
    # Asked of each escalation's own concern, not as a list of every concern that may be read.
    readable = visible_concerns(viewer, today).where(
        col(Concern.id) == col(Escalation.concern_id), or_(own, col(Concern.audience) == Audience.GROUP)
    )
    return select(Escalation).where(readable.correlate(Escalation).exists())


def channel_escalations(group_id: int) -> SelectOfScalar[Escalation]:
    """The escalations a group's channel may be told of: those about what the channel may show."""
    shown = channel_concerns(group_id).with_only_columns(col(Concern.id))
    return select(Escalation).where(col(Escalation.concern_id).in_(shown))


def visible_actions(viewer: Viewer, today: date) -> SelectOfScalar[Action]:
    """The actions this person may see today: their own, and those of groups they belong to, except about
    a provider they work at or have a declared conflict with."""
    return select(Action).where(
        or_(
            col(Action.owner_id) == viewer.person_id,
            and_(col(Action.group_id).in_(viewer.group_ids), *_barred(viewer, today, col(Action.provider_id))),
        )
    )


async def barred_from(unit: Unit, viewer: Viewer, provider_ids: Sequence[int], today: date) -> bool:
    """Whether this person may be shown nothing about one of these providers: their own, or a declared conflict."""
    about = select(col(Provider.id)).where(
        col(Provider.id).in_(provider_ids), *_barred(viewer, today, col(Provider.id))
    )
    return len(await unit.all(about)) < len(set(provider_ids))
