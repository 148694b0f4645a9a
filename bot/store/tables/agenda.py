"""What a meeting is to look at, and what its group's channel was told of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field

from bot.store.columns import UtcDateTime
from bot.store.tables.base import Row, Versioned


class AgendaItem(Row, Versioned, table=True):
    """An item that the chair or the secretariat arranged: about a concern, about a provider, or of its own. A concern
    or provider that is `off` is not to be discussed, whatever the bot would propose. `guest` is who is invited from the
    provider, for this item alone."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        UniqueConstraint("meeting_id", "concern_id"),
        UniqueConstraint("meeting_id", "provider_id"),
        Index(None, "meeting_id", "position"),
    )

    submit_key: str = Field(unique=True, max_length=255)
    meeting_id: int = Field(foreign_key="meeting.id")
    concern_id: int | None = Field(default=None, foreign_key="concern.id", index=True)
    provider_id: int | None = Field(default=None, foreign_key="provider.id", index=True)
    title: str = Field(default="", max_length=150)
    minutes: int | None = Field(default=None, ge=1)
    position: int = 0
    off: bool = False
    guest: str = Field(default="", max_length=200)
    put_by_id: int = Field(foreign_key="person.id")
    put_at: datetime = Field(sa_type=UtcDateTime)


class DigestVersion(Row, table=True):
    """One version of a meeting's digest, frozen: `held` has the numbers of what stood in it, section by section, and
    never a word of it, so that what may be seen no more is shown no more."""

    __tablename__ = "digest_version"
    __table_args__ = (UniqueConstraint("meeting_id", "number"), UniqueConstraint("meeting_id", "slot"))

    meeting_id: int = Field(foreign_key="meeting.id")
    number: int = Field(ge=1, description="1 is the first of this meeting")
    slot: str = Field(max_length=60, description="what it was made for, so that it is made once")
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by_id: int | None = Field(default=None, foreign_key="person.id", description="None: at its lead time")
    held: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
