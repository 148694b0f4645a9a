"""The outbox and the audit journal: both written in the transaction of what they speak of."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Column, Field

from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row


class OutboxState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"


class OutboxRow(Row, table=True):
    """Something to tell somebody. Holds ids only; the words are made, and the right to see checked, at delivery.

    `key` says (kind, subject, recipient, slot): the same thing is told once, across restarts and replicas.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "state", "next_attempt_at"), Index(None, "group_id", "kind"), Index(None, "edits"))

    once: str = Field(unique=True, max_length=200, description="kind, subject, recipient and slot")
    kind: str = Field(max_length=60)
    subject: dict[str, int | str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    person_id: int | None = Field(default=None, foreign_key="person.id")
    group_id: int | None = Field(default=None, foreign_key="watch_group.id")
    edits: str = Field(default="", max_length=200, description="`once` of the message this one replaces in place")
    state: OutboxState = Field(
        default=OutboxState.QUEUED,
        sa_type=Term(OutboxState),
    )
    attempts: int = 0
    next_attempt_at: datetime = Field(sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    handle: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    error: str = Field(default="", max_length=200, description="the platform's code, never its text")
    created_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class JournalEntry(Row, table=True):
    """One act, reading or refusal, chained to the one before it in its `chain` (`domain/audit.py`).

    `facts` holds ids and codes, never submitted text. The hash is over a salted commitment to them, so that they can
    be erased, with their salt, and the chain still holds.
    """

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("chain", "number"),
        Index(None, "subject_kind", "subject_id"),
        Index(None, "person_id", "at"),
    )

    chain: str = Field(max_length=20, description="g and a group's number, o and an organisation's, or network")
    number: int = Field(description="from 1, without a gap")
    at: datetime = Field(sa_type=UtcDateTime)
    act: str = Field(max_length=60)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    group_id: int | None = Field(default=None, foreign_key="watch_group.id")
    subject_kind: str = Field(default="", max_length=40)
    subject_id: int | None = None
    facts: dict[str, int | str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    salt: str | None = Field(default=None, max_length=32)
    commitment: str = Field(max_length=64)
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class Witness(Row, table=True):
    """A chain's head at a moment, signed, as posted to the group's channel."""

    __tablename__ = "witness"
    __table_args__ = (UniqueConstraint("chain", "day"),)

    chain: str = Field(max_length=20)
    day: date
    number: int
    hash: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)
    key_id: str = Field(default="", max_length=40, description="empty when no key is set: then it is not signed")
    signature: str = Field(default="", max_length=120)
