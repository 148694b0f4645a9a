"""The one place that decides who may see a concern, in the query.

Every list, count, digest, message, export and type-ahead of concerns starts from `visible_concerns` (a person's
eyes) or `channel_concerns` (a group's channel). No other module may select from `concern` or `concern_audience`;
a test fails if one does.
"""

from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, Delete, Update, and_, delete, exists, or_, union, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.answers import AnswerHandling
from bot.domain.handling import Viewer
from bot.domain.terms import Audience, Basis, ChangeState, ConcernState, HandlingKind, Marking, Role
from bot.store.barring import barring, current
from bot.store.tables import (
    Addressee,
    Concern,
    ConcernAnswer,
    ConcernAudience,
    EscalationConcern,
    HandlingChange,
    Hold,
    Membership,
    Seat,
)

SHARED_MARKINGS = (Marking.AMBER_STRICT, Marking.GREEN)
# An organisation that was given it as a member of the group reads it only while it is one.
WHILE_MEMBERS = (Basis.GROUP, Basis.CHOSEN)
OFFICERS = (Role.SECRETARIAT, Role.CHAIR)


def visible_concerns(viewer: Viewer, today: date) -> SelectOfScalar[Concern]:
    """The concerns this person may read today, to be narrowed further by the caller.

    Their own; their organisation's; and what was shared with their organisation or with them by name. What an
    organisation was given as a member of a group, it loses on leaving it. A provider's own staff, and anybody with a
    declared conflict of interest, see nothing about that provider. An unknown marking is as strict as `TLP:RED`. What
    is past its keeping is shown to nobody, whether a hold keeps it from being destroyed or not.
    """
    return _readable(viewer, today).where(col(Concern.retired_at).is_(None))


def newest_visible(viewer: Viewer, today: date, limit: int) -> SelectOfScalar[Concern]:
    """The newest concerns this person may read, the newest first, without looking at all the others: the newest of
    their organisation's own, of those shared with it and of those shared with them."""
    line, may = aliased(ConcernAudience), visible_concerns(viewer, today).with_only_columns(col(Concern.id))
    own = may.where(col(Concern.organisation_id) == viewer.organisation_id).order_by(col(Concern.raised_at).desc())
    stands = may.join(line, col(line.concern_id) == col(Concern.id)).where(col(line.ended_at).is_(None))
    shared = stands.order_by(col(line.shared_at).desc())
    to = (col(line.organisation_id) == viewer.organisation_id, col(line.person_id) == viewer.person_id)
    found = [one.limit(limit).subquery() for one in (own, *(shared.where(it) for it in to))]
    newest = union(*(select(one.c.id) for one in found))
    return (
        select(Concern)
        .where(col(Concern.id).in_(newest))
        .order_by(col(Concern.raised_at).desc(), col(Concern.id).desc())
        .limit(limit)
    )


def retired_concerns(viewer: Viewer, today: date) -> SelectOfScalar[Concern]:
    """What this person could read before it was removed, by the same rules: for restoring and holding it, and only
    for `store/keeping.py`. Nothing of what it says may be shown."""
    return _readable(viewer, today).where(col(Concern.retired_at).is_not(None))


def held_concerns(viewer: Viewer, today: date) -> SelectOfScalar[Concern]:
    """What this person's organisation has ever held, though it may read it no more: for lifting the hold, and only
    for `store/keeping.py`. Nothing of what it says may be shown."""
    by_us = exists().where(
        col(Hold.concern_id) == col(Concern.id),
        col(Hold.organisation_id) == viewer.organisation_id,
    )
    known = or_(col(Concern.marking).in_(SHARED_MARKINGS), _own(viewer), _shared(viewer, today))
    return select(Concern).where(by_us, known, *barring(viewer, today, col(Concern.provider_id)))


def concerns_kept() -> SelectOfScalar[Concern]:
    """Every concern there is, through nobody's eyes: for the clock that ends its keeping, and only for
    `store/keeping.py`, which takes nothing from it that anybody wrote."""
    return select(Concern)


def strangely_marked() -> SelectOfScalar[Concern]:
    """The concerns with a marking that nobody knows, through nobody's eyes: only for telling whoever raised them."""
    return select(Concern).where(col(Concern.marking).not_in(list(Marking)), col(Concern.retired_at).is_(None))


def keeping_set(concern_id: int, **values: object) -> Update:
    """Changes when a concern was answered, warned of or removed. What else people save of it at that moment stands."""
    return update(Concern).where(col(Concern.id) == concern_id).values(**values)


def concern_erased(concern_id: int) -> tuple[Delete, ...]:
    """Destroys a concern and its audience: only for `store/destroying.py`."""
    return (
        delete(ConcernAudience).where(col(ConcernAudience.concern_id) == concern_id),
        delete(Concern).where(col(Concern.id) == concern_id),
    )


# Kept for people who come back on the same day: putting it together takes longer than asking it.
@lru_cache(maxsize=256)
def _readable(viewer: Viewer, today: date) -> SelectOfScalar[Concern]:
    return select(Concern).where(
        or_(_own(viewer), _shared(viewer, today)), *barring(viewer, today, col(Concern.provider_id))
    )


def channel_concerns(group_id: int | None = None) -> SelectOfScalar[Concern]:
    """The concerns whose reference, provider, theme, organisation, date and headline a group's channel may show: of one
    group, or of each its own."""
    of_group = [Concern.group_id == group_id] if group_id is not None else []
    return select(Concern).where(
        *of_group,
        Concern.audience == Audience.GROUP,
        col(Concern.marking).in_(SHARED_MARKINGS),
        Concern.state != ConcernState.WITHDRAWN,
        col(Concern.retired_at).is_(None),
    )


def agenda_concerns(group_id: int, reader: Viewer | None, today: date) -> SelectOfScalar[Concern]:
    """What a group's channel may show, and of that what `reader` may read; None is the channel itself."""
    shown = channel_concerns(group_id)
    if reader is None:
        return shown
    readable = visible_concerns(reader, today).with_only_columns(col(Concern.id))
    return shown.where(col(Concern.id).in_(readable))


def kept_from(viewer: Viewer | None, today: date) -> SelectOfScalar[int | None]:
    """The numbers of the concerns of which this person may not even be told what a group concluded: neither they may
    read them, nor is the channel shown them; or they are barred from the provider. What is past its keeping is none.
    None is the channel itself."""
    if viewer is None:
        told = channel_concerns().with_only_columns(col(Concern.id))
        return select(col(Concern.id)).where(col(Concern.retired_at).is_(None), col(Concern.id).not_in(told))
    readable = visible_concerns(viewer, today).with_only_columns(col(Concern.id))
    shown = channel_concerns().where(*barring(viewer, today, col(Concern.provider_id)))
    return select(col(Concern.id)).where(
        col(Concern.retired_at).is_(None),
        col(Concern.id).not_in(readable),
        col(Concern.id).not_in(shown.with_only_columns(col(Concern.id))),
    )


def visible_answers(viewer: Viewer, today: date) -> SelectOfScalar[ConcernAnswer]:
    """The answers to concerns that this person may read today, to be narrowed further by the caller.

    Only of concerns they may read, so that what narrows a concern narrows its answers at once; of these, what is for
    all its readers, and what is between its originator's organisation and their own. A concern that was withdrawn
    takes its answers with it; an answer that was taken back is shown to nobody.
    """
    may = visible_concerns(viewer, today).where(Concern.state != ConcernState.WITHDRAWN)
    readable = may.with_only_columns(col(Concern.id))
    ours = readable.where(col(Concern.organisation_id) == viewer.organisation_id)
    about = col(ConcernAnswer.concern_id)
    between = or_(col(ConcernAnswer.organisation_id) == viewer.organisation_id, about.in_(ours))
    return select(ConcernAnswer).where(
        col(ConcernAnswer.withdrawn_at).is_(None),
        about.in_(readable),
        or_(col(ConcernAnswer.handling) == AnswerHandling.READERS, between),
    )


def answer_by_submission(submit_key: str) -> SelectOfScalar[ConcernAnswer]:
    """The answer a form has already become, for answering a resend of that form as the first time."""
    return select(ConcernAnswer).where(ConcernAnswer.submit_key == submit_key)


def any_answer(answer_id: int) -> SelectOfScalar[ConcernAnswer]:
    """One answer, whoever asks and taken back or not. Only for taking it back and saying that it was: whoever uses it
    asks `visible_concerns` as well, and shows nothing of what it says."""
    return select(ConcernAnswer).where(ConcernAnswer.id == answer_id)


def beside_channel(group_id: int, reader: Viewer, today: date) -> SelectOfScalar[Concern]:
    """What came to a group that this person may read and its channel may not show."""
    shown = channel_concerns(group_id).with_only_columns(col(Concern.id))
    return visible_concerns(reader, today).where(Concern.group_id == group_id, col(Concern.id).not_in(shown))


def answers_ever(concern_id: int) -> SelectOfScalar[ConcernAnswer]:
    """Every answer to a concern, for finding the one that a button means: as `any_answer`."""
    return select(ConcernAnswer).where(ConcernAnswer.concern_id == concern_id)


def audience_of(concern_id: int) -> SelectOfScalar[ConcernAudience]:
    """The resolved audience of one concern as it stands, for telling its originator who can see it."""
    return select(ConcernAudience).where(
        ConcernAudience.concern_id == concern_id, col(ConcernAudience.ended_at).is_(None)
    )


def concern_by_submission(submit_key: str) -> SelectOfScalar[Concern]:
    """The concern a form has already become, for answering a resend of that form as the first time."""
    return select(Concern).where(Concern.submit_key == submit_key)


def any_concern(concern_id: int) -> SelectOfScalar[Concern]:
    """One concern, whoever asks. Only for changes of handling: what a second person decides, who may not read it, and
    what the clock lets lapse. Whatever is then said of it is checked there."""
    return select(Concern).where(Concern.id == concern_id, col(Concern.retired_at).is_(None))


def concern_to_change(reference: str) -> SelectOfScalar[int | None]:
    """The number of the concern with that reference, which nobody else changes until this unit ends. Says nothing
    about who may read it: ask `visible_concerns` after it."""
    return select(col(Concern.id)).where(Concern.reference == reference.strip().upper()).with_for_update()


def audience_ever(concern_id: int) -> SelectOfScalar[ConcernAudience]:
    """Every line there has ever been, for sharing again with somebody it was once taken from."""
    return select(ConcernAudience).where(ConcernAudience.concern_id == concern_id)


def requests_for(viewer: Viewer, today: date) -> SelectOfScalar[HandlingChange]:
    """The changes that wait for this person to decide: their organisation raised the concern, and nothing bars them
    from its provider. They need not be among its readers."""
    theirs = select(Concern.id).where(
        col(Concern.id) == col(HandlingChange.concern_id),
        Concern.organisation_id == viewer.organisation_id,
        col(Concern.retired_at).is_(None),
        or_(col(Concern.state) != ConcernState.WITHDRAWN, col(HandlingChange.kind) == HandlingKind.ANNEXE),
        *barring(viewer, today, col(Concern.provider_id)),
    )
    return select(HandlingChange).where(
        HandlingChange.approver_id == viewer.person_id,
        HandlingChange.state == ChangeState.ASKED,
        theirs.correlate(HandlingChange).exists(),
    )


def _own(viewer: Viewer) -> ColumnElement[bool]:
    """Whoever raised it and works elsewhere now is of another organisation than the one that shared it."""
    as_marked = or_(col(Concern.marking).in_(SHARED_MARKINGS), col(Concern.raised_by_id) == viewer.person_id)
    return and_(as_marked, col(Concern.organisation_id) == viewer.organisation_id)


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
        or_(col(line.basis).not_in(WHILE_MEMBERS), still_member),
    )
    still_seated = (
        exists()
        .where(
            col(Seat.group_id) == col(Concern.group_id), col(Seat.person_id) == viewer.person_id, current(Seat, today)
        )
        .correlate(Concern)
    )
    asked = exists(_asked_as_officer(viewer, today).where(col(EscalationConcern.concern_id) == col(Concern.id)))
    shared = col(Concern.marking).in_(SHARED_MARKINGS)
    as_seated = and_(shared, col(line.basis) == Basis.GROUP, still_seated)
    as_officer = and_(shared, col(line.basis) == Basis.OFFICER, asked.correlate(Concern))
    named = col(line.basis).not_in((Basis.GROUP, Basis.ORIGIN, Basis.OFFICER))  # one's own is `_own`
    to_person = and_(col(line.person_id) == viewer.person_id, or_(named, as_seated, as_officer))
    stands = (col(line.concern_id) == col(Concern.id), col(line.ended_at).is_(None))
    found = exists().where(*stands, or_(to_organisation, to_person))
    return and_(col(Concern.state) != ConcernState.WITHDRAWN, found)


def officers_seats(viewer: Viewer, today: date) -> SelectOfScalar[int]:
    """The seats in which this person answers for a group."""
    return select(Seat.group_id).where(
        col(Seat.person_id) == viewer.person_id, col(Seat.role).in_(OFFICERS), current(Seat, today)
    )


def _asked_as_officer(viewer: Viewer, today: date) -> SelectOfScalar[int]:
    """The links of concerns to escalations that were addressed to a group whose secretariat or chair they are."""
    return (
        select(EscalationConcern.concern_id)
        .join(Addressee, col(Addressee.escalation_id) == col(EscalationConcern.escalation_id))
        .join(Seat, col(Seat.group_id) == col(Addressee.group_id))
        .where(col(Seat.person_id) == viewer.person_id, col(Seat.role).in_(OFFICERS), current(Seat, today))
    )
