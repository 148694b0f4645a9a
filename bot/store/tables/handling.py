"""How the handling of a concern was changed, its restricted annexe, and how long it is kept."""

from datetime import datetime

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.terms import AnnexeKind, ChangeState, DisclosureKind, HandlingKind, Position
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row, Versioned


class HandlingChange(Row, Versioned, table=True):
    """One change to who may see a concern or how it is marked, or a request for one that a second person decides.

    `organisations` and `people` are the numbers of those added or taken away, as `kind` says.
    """

    __tablename__ = "handling_change"
    __table_args__ = (Index(None, "state", "lapses_at"),)

    reference: str = Field(unique=True, max_length=20)
    submit_key: str = Field(unique=True, max_length=255)
    concern_id: int = Field(foreign_key="concern.id", index=True)
    kind: HandlingKind = Field(sa_type=Term(HandlingKind))
    state: ChangeState = Field(sa_type=Term(ChangeState))
    asked_by_id: int = Field(foreign_key="person.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    reason: str = Field(default="", max_length=1000)
    legal_basis: str = Field(default="", max_length=40, description="for an override [003 §93]")
    marking_before: str = Field(default="", max_length=40)
    marking_after: str = Field(default="", max_length=40)
    organisations: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    people: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    approver_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    lapses_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    note: str = Field(default="", max_length=500, description="what the second person said")


class Annexe(Row, table=True):
    """What must not stand in a concern's text: encrypted under a key of its own, which is itself encrypted under
    the ring's key named `key_id`. Without `wrapped_key` nobody can read `sealed` again."""

    __tablename__ = "annexe"
    __table_args__ = (UniqueConstraint("concern_id", "kind"),)

    concern_id: int = Field(foreign_key="concern.id")
    kind: AnnexeKind = Field(sa_type=Term(AnnexeKind))
    added_by_id: int = Field(foreign_key="person.id")
    added_at: datetime = Field(sa_type=UtcDateTime)
    key_id: str = Field(max_length=40, index=True)
    wrapped_key: bytes
    sealed: bytes


class AnnexeGrant(Row, table=True):
    """Leave for one person to open a concern's annexe, with their reason, until it expires."""

    __tablename__ = "annexe_grant"
    __table_args__ = (Index(None, "concern_id", "person_id"),)

    concern_id: int = Field(foreign_key="concern.id")
    person_id: int = Field(foreign_key="person.id")
    reason: str = Field(max_length=1000)
    change_id: int | None = Field(default=None, foreign_key="handling_change.id", description="who agreed to it")
    granted_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class Hold(Row, table=True):
    """An organisation's order, by a records lead, that a concern is not destroyed, until it is lifted."""

    __tablename__ = "hold"

    concern_id: int = Field(foreign_key="concern.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    placed_by_id: int = Field(foreign_key="person.id")
    placed_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(max_length=500)
    lifted_by_id: int | None = Field(default=None, foreign_key="person.id")
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Tombstone(Row, table=True):
    """That something was destroyed, and nothing of what it was. Its reference and its form are never used again."""

    __tablename__ = "tombstone"

    reference: str = Field(unique=True, max_length=20)
    submitted_as: str = Field(unique=True, max_length=64, description="SHA-256 of the form's key")
    retention: str = Field(max_length=40)
    destroyed_at: datetime = Field(sa_type=UtcDateTime)


class Disclosure(Row, table=True):
    """A request for which an organisation exports what it holds. `case` is the organisation's own number for it."""

    __tablename__ = "disclosure"
    __table_args__ = (UniqueConstraint("organisation_id", "case"),)

    case: str = Field(max_length=60)
    kind: DisclosureKind = Field(sa_type=Term(DisclosureKind))
    organisation_id: int = Field(foreign_key="organisation.id")
    by_id: int = Field(foreign_key="person.id")
    provider_id: int | None = Field(default=None, foreign_key="provider.id")
    opened_at: datetime = Field(sa_type=UtcDateTime)


class DisclosurePosition(Row, Versioned, table=True):
    """What an originator says to the disclosure of one thing it supplied."""

    __tablename__ = "disclosure_position"
    __table_args__ = (UniqueConstraint("disclosure_id", "concern_id"),)

    disclosure_id: int = Field(foreign_key="disclosure.id")
    concern_id: int = Field(foreign_key="concern.id", index=True)
    position: Position = Field(default=Position.ASKED, sa_type=Term(Position))
    reason: str = Field(default="", max_length=1000)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    by_id: int | None = Field(default=None, foreign_key="person.id")
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
