"""The same one place, for what hangs on concerns: who may see a request, what came of it, and the actions agreed.

Each starts from `visible_concerns` or from what a group's channel may show. Beside `store/visibility.py` no other
module may select from the tables of concerns; a test fails if one does.
"""

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from bot.domain.handling import Viewer
from bot.domain.terms import Audience
from bot.store.barring import barring, current
from bot.store.tables import (
    Action,
    Addressee,
    Concern,
    ConcernAudience,
    Escalation,
    EscalationConcern,
    Membership,
    Panel,
    PanelInvitee,
    Seat,
)
from bot.store.visibility import (
    SHARED_MARKINGS,
    WHILE_MEMBERS,
    agenda_concerns,
    channel_concerns,
    officers_seats,
    visible_concerns,
)


@lru_cache(maxsize=256)  # as in `store/visibility.py`
def visible_escalations(viewer: Viewer, today: date) -> SelectOfScalar[Escalation]:
    """The escalations this person may open today. They may read one of its concerns and are barred from none; and it is
    their own organisation's, or addressed to it or to a group whose secretariat or chair they are, or all that it is
    about may be seen by the whole group. A drill is about nothing, so it is never among them."""
    restricted = select(Concern.id).where(_linked(), col(Concern.audience) != Audience.GROUP)
    whole_group = ~exists(restricted).correlate(Escalation)
    return select(Escalation).where(*_may_open(viewer, today), or_(_party(viewer, today), whole_group))


@lru_cache(maxsize=256)  # as in `store/visibility.py`
def visible_panels(viewer: Viewer, today: date) -> SelectOfScalar[Panel]:
    """The panels this person may open today: about something they may read, and of an escalation that their
    organisation started or was asked under, or one to which they are invited themselves."""
    invited = exists().where(
        col(PanelInvitee.panel_id) == col(Panel.id), col(PanelInvitee.person_id) == viewer.person_id
    )
    return (
        select(Panel)
        .join(Escalation, col(Escalation.id) == col(Panel.escalation_id))
        .where(*_may_open(viewer, today), or_(_party(viewer, today), invited.correlate(Panel)))
    )


def escalated(escalation_id: int, viewer: Viewer, today: date) -> SelectOfScalar[Concern]:
    """The concerns of one escalation that this person may read."""
    about = select(EscalationConcern.concern_id).where(EscalationConcern.escalation_id == escalation_id)
    return visible_concerns(viewer, today).where(col(Concern.id).in_(about)).order_by(col(Concern.id))


def concerns_asked_about(escalation_id: int) -> SelectOfScalar[Concern]:
    """All concerns of one escalation, through nobody's eyes: for its clock, which says nothing of what they say."""
    about = select(EscalationConcern.concern_id).where(EscalationConcern.escalation_id == escalation_id)
    return select(Concern).where(col(Concern.id).in_(about)).order_by(col(Concern.id))


def put_to_panels(panel_ids: Collection[int]) -> Select[Concern, int | None]:
    """What these panels are about, each with the panel's number, through nobody's eyes: for what is said of it only to
    those who are found to be able to read it."""
    return (
        select(Concern, col(Panel.id))
        .join(EscalationConcern, col(EscalationConcern.concern_id) == col(Concern.id))
        .join(Panel, col(Panel.escalation_id) == col(EscalationConcern.escalation_id))
        .where(col(Panel.id).in_(panel_ids))
        .order_by(col(Concern.id))
    )


def audience_at(concern_ids: Collection[int], moment: datetime, day: date) -> SelectOfScalar[ConcernAudience]:
    """Whom these concerns were shared with at that moment, which is on `day`: a line that had begun and not ended. What
    an organisation was given as a member of the group counts while it was one. Only for concerns that whoever is told
    may read today."""
    line = ConcernAudience
    member = (
        exists()
        .where(
            col(Membership.group_id) == col(Concern.group_id),
            col(Membership.organisation_id) == col(line.organisation_id),
            current(Membership, day),
        )
        .correlate(Concern, line)
    )
    as_member = or_(col(line.basis).not_in(WHILE_MEMBERS), member)
    to_organisation = and_(col(line.organisation_id).is_not(None), col(Concern.marking).in_(SHARED_MARKINGS), as_member)
    return (
        select(line)
        .join(Concern, col(Concern.id) == col(line.concern_id))
        .where(
            col(line.concern_id).in_(concern_ids),
            col(line.shared_at) <= moment,
            or_(col(line.ended_at).is_(None), col(line.ended_at) > moment),
            or_(col(line.person_id).is_not(None), to_organisation),
        )
    )


def agenda_escalations(group_id: int, reader: Viewer | None, today: date) -> SelectOfScalar[Escalation]:
    """The escalations all of whose concerns an agenda may show that reader; None is the channel itself."""
    shown = agenda_concerns(group_id, reader, today).with_only_columns(col(Concern.id))
    about = select(EscalationConcern.id).where(col(EscalationConcern.escalation_id) == col(Escalation.id))
    hidden = about.where(col(EscalationConcern.concern_id).not_in(shown))
    return select(Escalation).where(exists(about).correlate(Escalation), ~exists(hidden).correlate(Escalation))


@lru_cache(maxsize=256)  # as in `store/visibility.py`
def visible_actions(viewer: Viewer, today: date) -> SelectOfScalar[Action]:
    """The actions this person may see today: their own, and those of groups they belong to, except about
    a provider they work at or have a declared conflict with. What a panel agreed is seen by those who may see the
    panel, and by the group where its channel may be told of the panel and they may open what it was about."""
    in_group = and_(col(Action.group_id).in_(viewer.group_ids), *barring(viewer, today, col(Action.provider_id)))
    its_panel = visible_panels(viewer, today).where(col(Panel.id) == col(Action.panel_id)).correlate(Action).exists()
    of_panel = and_(col(Action.panel_id).is_not(None), its_panel)
    opened = (
        visible_escalations(viewer, today)
        .join(Panel, col(Panel.escalation_id) == col(Escalation.id))
        .where(col(Panel.id) == col(Action.panel_id))
    )
    told = and_(_for_channel(), or_(col(Action.panel_id).is_(None), opened.correlate(Action).exists()))
    return select(Action).where(or_(col(Action.owner_id) == viewer.person_id, and_(in_group, told), of_panel))


def channel_actions(group_id: int) -> SelectOfScalar[Action]:
    """The actions of a group that its channel may show."""
    return select(Action).where(Action.group_id == group_id, _for_channel())


def _for_channel() -> ColumnElement[bool]:
    """Whether an action comes from no panel, or from one of which the channel may be told."""
    shown = channel_concerns().with_only_columns(col(Concern.id)).where(col(Concern.group_id) == col(Action.group_id))
    kept = (
        select(EscalationConcern.id)
        .join(Panel, col(Panel.escalation_id) == col(EscalationConcern.escalation_id))
        .where(col(Panel.id) == col(Action.panel_id), col(EscalationConcern.concern_id).not_in(shown.correlate(Action)))
    )
    return or_(col(Action.panel_id).is_(None), ~exists(kept).correlate(Action))


def _may_open(viewer: Viewer, today: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """They may read one of an escalation's concerns, and are barred from none."""
    # Asked of each escalation's own concerns, not as a list of every concern that may be read.
    readable = visible_concerns(viewer, today).with_only_columns(col(Concern.id)).where(_linked())
    barred = select(Concern.id).where(_linked(), ~and_(*barring(viewer, today, col(Concern.provider_id))))
    return exists(readable).correlate(Escalation), ~exists(barred).correlate(Escalation)


def _party(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """Whether their organisation asks or is asked, or a group for which they answer is."""
    officers = exists(officers_seats(viewer, today).where(col(Seat.group_id) == col(Addressee.group_id)))
    to = (col(Addressee.organisation_id) == viewer.organisation_id, officers.correlate(Addressee))
    # Correlated to the escalation alone: a caller may join the addressees as well.
    addressed = exists().where(col(Addressee.escalation_id) == col(Escalation.id), or_(*to)).correlate(Escalation)
    return or_(col(Escalation.organisation_id) == viewer.organisation_id, addressed)


def _linked() -> ColumnElement[bool]:
    """Whether a concern is one of an escalation's."""
    about = select(EscalationConcern.concern_id).where(col(EscalationConcern.escalation_id) == col(Escalation.id))
    return col(Concern.id).in_(about.correlate(Escalation))
