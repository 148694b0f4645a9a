"""Which concerns and answers stand in clusters, beside `store/visibility.py` and by its rules."""

from datetime import date

from sqlalchemy import ColumnElement, exists
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.answers import AnswerHandling, AnswerKind
from bot.domain.terms import ConcernState
from bot.store.tables import ClusterMember, Concern, ConcernAnswer
from bot.store.visibility import channel_concerns


def channel_answers(group_id: int) -> SelectOfScalar[ConcernAnswer]:
    """The answers that everybody may know of who is shown a group's channel: to what it may show, for all its
    readers."""
    shown = channel_concerns(group_id).with_only_columns(col(Concern.id))
    return select(ConcernAnswer).where(
        col(ConcernAnswer.withdrawn_at).is_(None),
        col(ConcernAnswer.concern_id).in_(shown),
        col(ConcernAnswer.handling) == AnswerHandling.READERS,
    )


def clustered_concern(concern_id: int) -> SelectOfScalar[Concern]:
    """One concern as far as it stands in clusters, through nobody's eyes: only for `store/clusters.py`, which keeps
    whose voice it is and of when. Who may know of it is asked again whenever a cluster is read."""
    return select(Concern).where(col(Concern.id) == concern_id, *_clustered())


def clustered_answers(concern_id: int) -> SelectOfScalar[ConcernAnswer]:
    """What bears a concern out, by the same rule and for the same module."""
    return select(ConcernAnswer).where(
        ConcernAnswer.concern_id == concern_id,
        ConcernAnswer.kind == AnswerKind.CORROBORATE,
        col(ConcernAnswer.withdrawn_at).is_(None),
        col(ConcernAnswer.event_on).is_not(None),
    )


def not_clustered(since: date) -> SelectOfScalar[int | None]:
    """The numbers of the concerns that ought to stand in a cluster and do not, as after an upgrade; for the same
    module."""
    stands = exists().where(col(ClusterMember.concern_id) == col(Concern.id))
    return select(col(Concern.id)).where(col(Concern.event_on) >= since, ~stands, *_clustered())


def _clustered() -> tuple[ColumnElement[bool], ...]:
    return (
        col(Concern.provider_id).is_not(None),
        col(Concern.state) != ConcernState.WITHDRAWN,
        col(Concern.retired_at).is_(None),
    )
