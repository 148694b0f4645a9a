"""Risk profiles of a provider: each organisation's scores, and what was agreed. Questions and scales are policy."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.profiles import ProfileState
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row, Versioned


class RiskProfile(Row, Versioned, table=True):
    """One run of the tool about a provider. `earlier_id` is the run before it, for comparing."""

    __tablename__ = "risk_profile"
    __table_args__ = (Index(None, "group_id", "provider_id", "drafted_at"),)

    reference: str = Field(unique=True, max_length=20)
    submit_key: str = Field(unique=True, max_length=255)
    group_id: int = Field(foreign_key="watch_group.id")
    provider_id: int = Field(foreign_key="provider.id", index=True)
    tool: str = Field(max_length=40, description="its key in the policy file")
    reason: str = Field(max_length=1000)
    state: ProfileState = Field(default=ProfileState.DRAFT, sa_type=Term(ProfileState))
    lead_id: int = Field(foreign_key="organisation.id", description="the lead commissioner")
    drafted_by_id: int = Field(foreign_key="person.id")
    drafted_at: datetime = Field(sa_type=UtcDateTime)
    score_by: date | None = Field(default=None, index=True)
    summary: str = Field(default="", max_length=3000)
    agreed_by_id: int | None = Field(default=None, foreign_key="person.id")
    agreed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    shared_on: date | None = Field(default=None, description="the day it was shared with the provider")
    earlier_id: int | None = Field(default=None, foreign_key="risk_profile.id")


class ProfileScore(Row, table=True):
    """What one organisation says to one domain; the newest stands. Without an organisation it is what was agreed."""

    __tablename__ = "profile_score"
    __table_args__ = (
        UniqueConstraint("submit_key"),
        Index(None, "profile_id", "domain", "at"),
    )

    submit_key: str = Field(max_length=255)
    profile_id: int = Field(foreign_key="risk_profile.id")
    domain: str = Field(max_length=40, description="its key in the policy file")
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    score: int
    confidence: int
    evidence: str = Field(default="", max_length=3000)
    by_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
