"""Groups, who sits in them, what they watch and when they meet."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Column, Field

from bot.domain.terms import MeetingState, Role, Tier
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Dated, Row, Versioned


class Group(Row, Dated, Versioned, table=True):
    """A quality surveillance group, a joint strategic oversight group or an oversight group."""

    __tablename__ = "watch_group"

    slug: str = Field(unique=True, max_length=60)
    name: str = Field(max_length=200)
    tier: Tier = Field(sa_type=Term(Tier))
    parent_id: int | None = Field(default=None, foreign_key="watch_group.id")
    platform: str = Field(default="slack", max_length=20)
    workspace: str | None = Field(default=None, max_length=60)
    channel: str | None = Field(default=None, max_length=100, index=True)
    channel_missing: bool = Field(default=False, description="the bot was last seen not to be in the channel")
    channel_unsafe: bool = Field(default=False, description="somebody was last seen in it who may not be")
    cadence: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    """How often it meets, as `domain/cadence.py` reads it; None when meetings are made by hand."""
    purpose: str = Field(default="", max_length=1500, description="why it exists, for its terms of reference")
    cycle_months: int | None = Field(
        default=None, ge=1, description="within which every provider is discussed [003 §95]"
    )


class Membership(Row, Dated, table=True):
    """An organisation's membership of a group."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("group_id", "organisation_id", "starts_on"),)

    group_id: int = Field(foreign_key="watch_group.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)


class Seat(Row, Dated, table=True):
    """A person's seat in a group: chair, secretariat, their organisation's representative, or deputy."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("group_id", "person_id", "role", "starts_on"),)

    group_id: int = Field(foreign_key="watch_group.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: Role = Field(sa_type=Term(Role))


class Footprint(Row, Dated, table=True):
    """A provider or system that a group watches."""

    __tablename__ = "footprint"
    __table_args__ = (UniqueConstraint("group_id", "provider_id", "starts_on"),)

    group_id: int = Field(foreign_key="watch_group.id", index=True)
    provider_id: int = Field(foreign_key="provider.id", index=True)


class Meeting(Row, Versioned, table=True):
    """One meeting of a group. `ruled_for` is the day that the group's cadence gave, whatever the meeting was moved to
    since; `sequence` rises with every version of its calendar entry."""

    __tablename__ = "meeting"
    __table_args__ = (Index(None, "group_id", "ruled_for", unique=True),)

    slug: str = Field(unique=True, max_length=60)
    group_id: int = Field(foreign_key="watch_group.id", index=True)
    starts_at: datetime = Field(sa_type=UtcDateTime, index=True)
    minutes: int = Field(default=120, ge=1)
    place: str = Field(default="", max_length=300)
    state: MeetingState = Field(
        default=MeetingState.SCHEDULED,
        sa_type=Term(MeetingState),
    )
    ruled_for: date | None = None
    sequence: int = Field(default=0, ge=0)
    reason: str = Field(default="", max_length=500, description="why it was moved or called off")
    arranged_by_id: int | None = Field(default=None, foreign_key="person.id")
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="when it really began")
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="when it really ended")


class MeetingReply(Row, table=True):
    """Whether somebody comes to a meeting, or sends a deputy; the newest answer stands."""

    __tablename__ = "meeting_reply"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)

    meeting_id: int = Field(foreign_key="meeting.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    coming: bool
    deputy_id: int | None = Field(default=None, foreign_key="person.id", description="who comes instead")
    at: datetime = Field(sa_type=UtcDateTime)
