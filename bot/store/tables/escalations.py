"""Escalations under the protocol: one row, one clock and one ladder per addressed organisation."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.escalation import AddresseeState, RungRole
from bot.domain.terms import Urgency, Wanted
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row, Versioned


class Escalation(Row, table=True):
    """A request to organisations that may hold more about one concern [000 4.26]."""

    __tablename__ = "escalation"

    reference: str = Field(unique=True, max_length=20)
    submit_key: str = Field(unique=True, max_length=255)
    concern_id: int = Field(foreign_key="concern.id", index=True)
    group_id: int = Field(foreign_key="watch_group.id", index=True)
    category: str = Field(max_length=40)
    wanted: Wanted = Field(sa_type=Term(Wanted))
    urgency: Urgency = Field(sa_type=Term(Urgency))
    question: str = Field(default="", max_length=1500)
    raised_by_id: int = Field(foreign_key="person.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    sponsor_id: int | None = Field(default=None, foreign_key="organisation.id")
    started_at: datetime = Field(sa_type=UtcDateTime)


class Addressee(Row, Versioned, table=True):
    """One addressed organisation: where it stands, and when the next step is due."""

    __tablename__ = "addressee"
    __table_args__ = (UniqueConstraint("escalation_id", "organisation_id"), Index(None, "next_step_at"))

    escalation_id: int = Field(foreign_key="escalation.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    state: AddresseeState = Field(
        default=AddresseeState.NOTIFIED,
        sa_type=Term(AddresseeState),
    )
    position: int = Field(default=-1, description="the rung told last; -1 before anybody was told")
    reminded: bool = Field(default=True, description="whether that rung has had its reminder")
    nudges: int = Field(default=0, description="repeats after the last rung, or since acknowledgement")
    next_step_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_by_id: int | None = Field(default=None, foreign_key="person.id")
    responded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    responded_by_id: int | None = Field(default=None, foreign_key="person.id")
    outcome: str = Field(default="", max_length=40)
    reason: str = Field(default="", max_length=3000)


class LadderRung(Row, table=True):
    """The ladder as it stood when the escalation started; `told_at` is when that rung was reached."""

    __tablename__ = "ladder_rung"
    __table_args__ = (UniqueConstraint("addressee_id", "position"),)

    addressee_id: int = Field(foreign_key="addressee.id", index=True)
    position: int
    person_id: int = Field(foreign_key="person.id", index=True)
    role: RungRole = Field(sa_type=Term(RungRole))
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
