"""Regulatory review panels [000 4.26]: when they meet, who is asked to come, what each brings, what they conclude."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.panels import ContributionKind, PanelOutcome, PanelState, TellProvider
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row, Versioned


class Panel(Row, Versioned, table=True):
    """A panel convened about one escalation. `sequence` counts the versions of its entry in people's calendars
    (RFC 5545). What was concluded stands here once it was `held`; `joint_note` is what all agreed."""

    __tablename__ = "panel"
    __table_args__ = (Index(None, "state", "starts_at"),)

    reference: str = Field(unique=True, max_length=20)
    submit_key: str = Field(unique=True, max_length=255)
    escalation_id: int = Field(foreign_key="escalation.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    convened_by_id: int = Field(foreign_key="person.id", index=True)
    convened_at: datetime = Field(sa_type=UtcDateTime)
    state: PanelState = Field(default=PanelState.PROPOSED, sa_type=Term(PanelState))
    purpose: str = Field(default="", max_length=1500)
    starts_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="set once a time is fixed")
    minutes: int = Field(default=60, ge=1)
    place: str = Field(default="", max_length=300)
    sequence: int = 0
    why: str = Field(default="", max_length=1000, description="why it was moved or called off")
    held_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recorded_by_id: int | None = Field(default=None, foreign_key="person.id")
    joint_note: str = Field(default="", max_length=3000)
    agreed_risk: str = Field(default="", max_length=1000)
    outcome: PanelOutcome | None = Field(default=None, sa_type=Term(PanelOutcome))
    rationale: str = Field(default="", max_length=3000)
    tell_provider: TellProvider | None = Field(default=None, sa_type=Term(TellProvider))
    tell_by_id: int | None = Field(default=None, foreign_key="person.id", description="who tells the provider")
    review_on: date | None = Field(default=None, index=True)
    reviewed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PanelTime(Row, table=True):
    """A time proposed for a panel."""

    __tablename__ = "panel_time"
    __table_args__ = (UniqueConstraint("panel_id", "starts_at"),)

    panel_id: int = Field(foreign_key="panel.id")
    starts_at: datetime = Field(sa_type=UtcDateTime)


class PanelVote(Row, table=True):
    """That somebody can, or cannot, come at a proposed time. Somebody's newest answer replaces their earlier one."""

    __tablename__ = "panel_vote"
    __table_args__ = (UniqueConstraint("panel_time_id", "person_id"),)

    panel_time_id: int = Field(foreign_key="panel_time.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    can: bool
    at: datetime = Field(sa_type=UtcDateTime)


class PanelInvitee(Row, table=True):
    """Somebody asked to come: a person enrolled here, or somebody from outside by name and address, who gets no access
    to anything here."""

    __tablename__ = "panel_invitee"
    __table_args__ = (
        UniqueConstraint("panel_id", "person_id"),
        CheckConstraint("(person_id IS NULL) <> (name = '')", name="one_invitee"),
    )

    panel_id: int = Field(foreign_key="panel.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    name: str = Field(default="", max_length=200)
    organisation: str = Field(default="", max_length=200, description="of somebody from outside")
    email: str = Field(default="", max_length=254)
    invited_by_id: int = Field(foreign_key="person.id")
    invited_at: datetime = Field(sa_type=UtcDateTime)
    attended: bool | None = Field(default=None, description="None until the panel has been recorded")


class PanelContribution(Row, table=True):
    """What one organisation brings to a panel, kept apart from what all agree: its existing activity about the
    provider, for the pack, or what it said. A newer one of the same kind replaces the older, which is kept."""

    __tablename__ = "panel_contribution"

    submit_key: str = Field(unique=True, max_length=255)
    panel_id: int = Field(foreign_key="panel.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    person_id: int = Field(foreign_key="person.id")
    kind: ContributionKind = Field(sa_type=Term(ContributionKind))
    text: str = Field(max_length=3000)
    at: datetime = Field(sa_type=UtcDateTime)
