"""The action log, as [003 Annex D], with the history of every change of date or owner."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from bot.domain.terms import ActionState
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row, Versioned

WAITING = text("decided_at IS NULL")


class Action(Row, Versioned, table=True):
    """Something a named person has taken on by a date. The owner completes; the chair or secretariat closes."""

    __tablename__ = "action"
    __table_args__ = (
        Index(None, "remind_on", "state"),
        Index(None, "owner_id", "state"),
        Index(None, "group_id", "state", "due_on"),
        Index(None, "provider_id", "state"),
    )

    reference: str = Field(unique=True, max_length=20)
    submit_key: str = Field(unique=True, max_length=255)
    group_id: int = Field(foreign_key="watch_group.id")
    provider_id: int | None = Field(default=None, foreign_key="provider.id")
    issue: str = Field(max_length=500)
    owner_id: int = Field(foreign_key="person.id")
    owner_organisation_id: int = Field(foreign_key="organisation.id")
    raised_by_id: int = Field(foreign_key="person.id")
    raised_on: date
    due_on: date
    priority: int = Field(default=2, ge=1, le=3, description="1 high, 2 on target, 3 closed")
    state: ActionState = Field(
        default=ActionState.OPEN,
        sa_type=Term(ActionState),
    )
    resolution: str = Field(default="", max_length=1500)
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    remind_on: date | None = Field(default=None, description="the next day its owner is reminded")
    panel_id: int | None = Field(
        default=None, foreign_key="panel.id", index=True, description="the panel that agreed it"
    )
    meeting_id: int | None = Field(
        default=None, foreign_key="meeting.id", index=True, description="the meeting that agreed it"
    )
    source: str = Field(default="", max_length=500, description="the address of the message it was added from")
    evidence: str = Field(default="", max_length=500, description="the address of what shows that it was done")
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="by whoever owns it now")
    snoozed_until: date | None = None
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by_id: int | None = Field(default=None, foreign_key="person.id")


class ActionRequest(Row, Versioned, table=True):
    """What an owner asks for and somebody else decides: more time, by the chair or the secretariat. One waits for each
    action at a time."""

    __tablename__ = "action_request"
    __table_args__ = (
        Index("ix_action_request_waiting", "action_id", unique=True, sqlite_where=WAITING, postgresql_where=WAITING),
    )

    submit_key: str = Field(unique=True, max_length=255)
    action_id: int = Field(foreign_key="action.id", index=True)
    due_on: date = Field(description="the day asked for")
    reason: str = Field(max_length=500)
    asked_by_id: int = Field(foreign_key="person.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    granted: bool | None = None
    answer: str = Field(default="", max_length=500, description="what whoever decided said")


class ActionChange(Row, table=True):
    """One change to an action: which field, from what, to what, by whom and why."""

    __tablename__ = "action_change"

    action_id: int = Field(foreign_key="action.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: int = Field(foreign_key="person.id")
    field: str = Field(max_length=40)
    before: str = Field(default="", max_length=200)
    after: str = Field(default="", max_length=200)
    reason: str = Field(default="", max_length=500)
