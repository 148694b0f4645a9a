"""Surveillance levels: each decision, what was proposed, and who was long on enhanced [003 §121-127]."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.panels import ProposalState
from bot.domain.terms import Level
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row, Versioned


class SurveillanceLevel(Row, table=True):
    """A decision about a provider's level in a group; the newest one stands [003 §121, Annex E]. For F, `found` is what
    the named person found out. `assured_on` is the day assurance was gained: it steps down three months after, at the
    earliest [004 QRPT]."""

    __tablename__ = "surveillance_level"
    __table_args__ = (UniqueConstraint("group_id", "provider_id", "decided_at"),)

    group_id: int = Field(foreign_key="watch_group.id", index=True)
    provider_id: int = Field(foreign_key="provider.id", index=True)
    level: Level = Field(sa_type=Term(Level))
    reason: str = Field(max_length=1000)
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime = Field(sa_type=UtcDateTime)
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id")
    find_out_id: int | None = Field(default=None, foreign_key="person.id", description="who finds out, for F")
    find_out_by: date | None = None
    found: str = Field(default="", max_length=1500)
    found_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    found_by_id: int | None = Field(default=None, foreign_key="person.id")
    assured_on: date | None = None


class LevelProposal(Row, Versioned, table=True):
    """A proposal to change a provider's surveillance level. The chair decides [003 §121], and says why in `answer`.

    `evidence` is a list of `{"kind": "concern", "id": number}`: never words.
    """

    __tablename__ = "level_proposal"
    __table_args__ = (Index(None, "group_id", "state"),)

    submit_key: str = Field(unique=True, max_length=255)
    group_id: int = Field(foreign_key="watch_group.id", index=True)
    provider_id: int = Field(foreign_key="provider.id", index=True)
    level: Level = Field(sa_type=Term(Level))
    reason: str = Field(max_length=1000)
    panel_id: int | None = Field(default=None, foreign_key="panel.id", index=True)
    proposed_by_id: int | None = Field(default=None, foreign_key="person.id", description="None: by the assistant")
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    state: ProposalState = Field(default=ProposalState.PROPOSED, sa_type=Term(ProposalState))
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer: str = Field(default="", max_length=1000)
    evidence: list[dict[str, Any]] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    find_out_id: int | None = Field(default=None, foreign_key="person.id", description="who would find out, for F")
    find_out_by: date | None = None


class LevelReview(Row, Versioned, table=True):
    """That a provider has been on enhanced for over three consecutive quarters: the chair reviews the position, and
    the rationale goes to the parent group [003 §126]. One for each further quarter."""

    __tablename__ = "level_review"
    __table_args__ = (UniqueConstraint("level_id", "quarter_on"),)

    level_id: int = Field(foreign_key="surveillance_level.id", description="the decision that put it on enhanced")
    group_id: int = Field(foreign_key="watch_group.id", index=True)
    provider_id: int = Field(foreign_key="provider.id", index=True)
    quarter_on: date = Field(description="the first day of the quarter that made it due")
    raised_at: datetime = Field(sa_type=UtcDateTime)
    rationale: str = Field(default="", max_length=1500)
    reviewed_by_id: int | None = Field(default=None, foreign_key="person.id")
    reviewed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
