"""Concerns and their resolved audience. Read them through `store/visibility.py`, nowhere else."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.terms import (
    Audience,
    Basis,
    ConcernState,
    Directness,
    Lineage,
    Marking,
    Reliability,
    Urgency,
    Wanted,
)
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row, Versioned


class Concern(Row, Versioned, table=True):
    """One submission of soft intelligence. `submit_key` is the platform's id of the form, so a resend is harmless."""

    __tablename__ = "concern"
    __table_args__ = (
        Index(None, "group_id", "raised_at"),
        Index(None, "provider_id", "raised_at"),
        Index(None, "organisation_id", "raised_at"),
        Index(None, "retention", "active_at"),
        Index(None, "retired_at"),
    )

    reference: str = Field(unique=True, max_length=20)
    submit_key: str = Field(unique=True, max_length=255)
    group_id: int = Field(foreign_key="watch_group.id")
    provider_id: int | None = Field(default=None, foreign_key="provider.id")
    provider_named: str = Field(default="", max_length=200, description="typed, not in the directory")
    headline: str = Field(max_length=150)
    details: str = Field(default="", max_length=3000)
    theme: str = Field(max_length=40)
    quality_domain: str = Field(default="", max_length=40, description="[003 Box 1]")
    source: str = Field(max_length=40)
    reliability: Reliability = Field(sa_type=Term(Reliability))
    directness: Directness = Field(sa_type=Term(Directness))
    lineage: Lineage = Field(sa_type=Term(Lineage))
    urgency: Urgency = Field(sa_type=Term(Urgency))
    wanted: Wanted = Field(sa_type=Term(Wanted))
    audience: Audience = Field(sa_type=Term(Audience))
    marking: Marking = Field(sa_type=Term(Marking))
    attributed: bool = Field(default=True, description="whether the organisation may be named")
    verbal_only: bool = False
    event_on: date
    raised_by_id: int = Field(foreign_key="person.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    raised_at: datetime = Field(sa_type=UtcDateTime)
    state: ConcernState = Field(
        default=ConcernState.SUBMITTED,
        sa_type=Term(ConcernState),
    )
    outcome: str = Field(default="", max_length=1000)
    active_at: datetime = Field(sa_type=UtcDateTime, description="the last new answer: from here its keeping counts")
    retention: str = Field(default="information", max_length=40, description="its class in the policy file")
    warned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    retired_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="shown to nobody since; destroyed later, unless held"
    )


class ConcernAudience(Row, table=True):
    """One organisation, or one person, that a concern was shared with: the audience as resolved when shared.

    From `ended_at` on they see it no more; the line stays, so that it is known who knew what and when.
    """

    __tablename__ = "concern_audience"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (person_id IS NULL)", name="one_recipient"),
        UniqueConstraint("concern_id", "organisation_id", "shared_at"),
        UniqueConstraint("concern_id", "person_id", "shared_at"),
        Index(None, "organisation_id", "concern_id"),
        Index(None, "person_id", "concern_id"),
        Index(None, "organisation_id", "shared_at"),
        Index(None, "person_id", "shared_at"),
    )

    concern_id: int = Field(foreign_key="concern.id")
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    basis: Basis = Field(sa_type=Term(Basis))
    shared_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
