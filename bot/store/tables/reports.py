"""Reports from one tier to the next, and what a parent group says back."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from bot.domain.reports import ReportKind, ReportState
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row, Versioned


class Report(Row, Versioned, table=True):
    """One report, drafted from the record, edited and approved by a person, then on the parent group's agenda.

    `parts` is a list of `{"key": which part of the annex, "provider": number or null, "text": words}`; an empty text is
    shown as “none identified”, never as nothing.
    """

    __tablename__ = "report"
    __table_args__ = (Index(None, "to_group_id", "state"), Index(None, "from_group_id", "kind", "ends_on"))

    reference: str = Field(unique=True, max_length=20)
    submit_key: str = Field(unique=True, max_length=255)
    kind: ReportKind = Field(sa_type=Term(ReportKind))
    state: ReportState = Field(default=ReportState.DRAFT, sa_type=Term(ReportState))
    from_group_id: int | None = Field(default=None, foreign_key="watch_group.id")
    from_organisation_id: int | None = Field(default=None, foreign_key="organisation.id", description="Annex C")
    to_group_id: int = Field(foreign_key="watch_group.id")
    meeting_id: int | None = Field(
        default=None, foreign_key="meeting.id", index=True, description="whose agenda it is on"
    )
    starts_on: date = Field(description="the period it is about, both days included")
    ends_on: date
    parts: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    drafted_by_id: int | None = Field(default=None, foreign_key="person.id", description="None: by the clock")
    drafted_at: datetime = Field(sa_type=UtcDateTime)
    approved_by_id: int | None = Field(default=None, foreign_key="person.id")
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Feedback(Row, table=True):
    """What a parent group says to one of its groups [003 §90]; on that group's next agenda until a meeting has it."""

    __tablename__ = "feedback"
    __table_args__ = (Index(None, "to_group_id", "at"),)

    submit_key: str = Field(unique=True, max_length=255)
    from_group_id: int = Field(foreign_key="watch_group.id")
    to_group_id: int = Field(foreign_key="watch_group.id")
    text: str = Field(max_length=1500)
    by_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
