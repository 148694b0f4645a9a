"""Escalations and other formal requests: one row, one clock and one ladder per addressed organisation or group."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Column, Field

from bot.domain.escalation import AddresseeState, EscalationState, RungRole
from bot.domain.terms import Urgency, Wanted
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row, Versioned


class Escalation(Row, Versioned, table=True):
    """A formal request to organisations or groups [000 4.26; 002 ch. 5; 003 §25]. `kind` is a key of the policy file;
    `said` holds what was typed into the fields of that kind. A drill has no concerns."""

    __tablename__ = "escalation"
    __table_args__ = (Index(None, "group_id", "started_at"), Index(None, "organisation_id", "started_at"))

    reference: str = Field(unique=True, max_length=20)
    submit_key: str = Field(unique=True, max_length=255)
    kind: str = Field(max_length=40)
    group_id: int = Field(foreign_key="watch_group.id")
    category: str = Field(default="", max_length=40)
    profession: str = Field(default="", max_length=40)
    wanted: Wanted = Field(sa_type=Term(Wanted))
    urgency: Urgency = Field(sa_type=Term(Urgency))
    said: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    raised_by_id: int = Field(foreign_key="person.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    sponsor_id: int | None = Field(default=None, foreign_key="organisation.id")
    started_at: datetime = Field(sa_type=UtcDateTime)
    state: EscalationState = Field(default=EscalationState.OPEN, sa_type=Term(EscalationState))
    merged_into_id: int | None = Field(default=None, foreign_key="escalation.id", index=True)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class EscalationConcern(Row, table=True):
    """A concern that an escalation is about; one that was added later came to its readers then."""

    __tablename__ = "escalation_concern"
    __table_args__ = (UniqueConstraint("escalation_id", "concern_id"),)

    escalation_id: int = Field(foreign_key="escalation.id")
    concern_id: int = Field(foreign_key="concern.id", index=True)
    added_at: datetime = Field(sa_type=UtcDateTime)
    added_by_id: int = Field(foreign_key="person.id")


class EscalationChange(Row, table=True):
    """One change to an escalation after its start: withdrawn, merged, widened, reopened; by whom and why. `about` is
    the reference of the concern that was added, or of the other escalation of a merger."""

    __tablename__ = "escalation_change"

    submit_key: str = Field(unique=True, max_length=255)
    escalation_id: int = Field(foreign_key="escalation.id", index=True)
    addressee_id: int | None = Field(default=None, foreign_key="addressee.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    by_id: int = Field(foreign_key="person.id")
    what: str = Field(max_length=40)
    reason: str = Field(default="", max_length=1000)
    about: str = Field(default="", max_length=20)


class Addressee(Row, Versioned, table=True):
    """One addressed organisation, or group: where it stands, and when the next step is due."""

    __tablename__ = "addressee"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (group_id IS NULL)", name="one_addressee"),
        UniqueConstraint("escalation_id", "organisation_id"),
        UniqueConstraint("escalation_id", "group_id"),
        Index(None, "next_step_at"),
        Index(None, "organisation_id", "added_at"),
        Index(None, "state", "next_step_at"),
    )

    escalation_id: int = Field(foreign_key="escalation.id")
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    group_id: int | None = Field(default=None, foreign_key="watch_group.id", index=True)
    added_at: datetime = Field(sa_type=UtcDateTime, description="when it was first to be told")
    state: AddresseeState = Field(
        default=AddresseeState.NOTIFIED,
        sa_type=Term(AddresseeState),
    )
    position: int = Field(default=-1, description="the rung told last; -1 before anybody was told")
    reminded: bool = Field(default=True, description="whether that rung has had its reminder")
    nudges: int = Field(default=0, description="repeats after the last rung, or since the last sign of life")
    round: int = Field(default=0, description="how often it was reopened: each time the ladder is climbed afresh")
    next_step_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_by_id: int | None = Field(default=None, foreign_key="person.id")
    responded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    responded_by_id: int | None = Field(default=None, foreign_key="person.id")
    outcome: str = Field(default="", max_length=40, description="a key among the answers of the escalation's kind")
    reason: str = Field(default="", max_length=3000)
    by_on: date | None = Field(default=None, description="the date that is part of the answer, if it has one")


class LadderRung(Row, table=True):
    """The ladder of one addressee; `told_at` is when that rung was reached. Rungs not reached follow the directory."""

    __tablename__ = "ladder_rung"
    __table_args__ = (UniqueConstraint("addressee_id", "position"),)

    addressee_id: int = Field(foreign_key="addressee.id", index=True)
    position: int
    person_id: int = Field(foreign_key="person.id", index=True)
    role: RungRole = Field(sa_type=Term(RungRole))
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PastAnswer(Row, table=True):
    """What an addressee had answered before it changed its answer, or was asked afresh."""

    __tablename__ = "past_answer"

    addressee_id: int = Field(foreign_key="addressee.id", index=True)
    outcome: str = Field(max_length=40)
    reason: str = Field(default="", max_length=3000)
    by_on: date | None = None
    responded_at: datetime = Field(sa_type=UtcDateTime)
    responded_by_id: int = Field(foreign_key="person.id")


class Exchange(Row, table=True):
    """One message between the originator and one addressee, read by these two only unless it was shared with all."""

    __tablename__ = "exchange"

    submit_key: str = Field(unique=True, max_length=255)
    addressee_id: int = Field(foreign_key="addressee.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    ours: bool = Field(description="whether it comes from the originator's side")
    text: str = Field(max_length=3000)
    at: datetime = Field(sa_type=UtcDateTime)
    shared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    shared_by_id: int | None = Field(default=None, foreign_key="person.id")
