"""What happened at a meeting: who was there, what was concluded, who disagreed, and the note that members agree."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.sittings import Board, NoteState
from bot.domain.terms import Level
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row, Versioned


class Attendance(Row, Versioned, table=True):
    """Somebody at a meeting, from when to when. A guest is not enrolled, so only a name."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"), UniqueConstraint("submit_key"))

    submit_key: str = Field(max_length=255)
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    guest: str = Field(default="", max_length=200)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", description="whom they stood for")
    arrived_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Conclusion(Row, Versioned, table=True):
    """What a meeting concluded on one item [003 §46, §79, §121]. Without `settled_at` it is still a draft: of that
    nothing has been done yet. `level` is the level decided, with `level_reason`."""

    __tablename__ = "conclusion"
    __table_args__ = (Index(None, "meeting_id", "position"), Index(None, "provider_id", "recorded_at"))

    submit_key: str = Field(unique=True, max_length=255)
    meeting_id: int = Field(foreign_key="meeting.id")
    item_id: int | None = Field(default=None, foreign_key="agenda_item.id", index=True)
    concern_id: int | None = Field(default=None, foreign_key="concern.id", index=True)
    provider_id: int | None = Field(default=None, foreign_key="provider.id")
    title: str = Field(default="", max_length=150)
    position: int = 0
    text: str = Field(default="", max_length=3000, description="what was concluded, in plain words")
    level: Level | None = Field(default=None, sa_type=Term(Level))
    level_reason: str = Field(default="", max_length=1000)
    find_out_id: int | None = Field(default=None, foreign_key="person.id", description="who finds out, for F")
    find_out_by: date | None = None
    board: Board | None = Field(default=None, sa_type=Term(Board), description="the safeguarding board to be told")
    board_message: str = Field(default="", max_length=1500)
    board_by_id: int | None = Field(default=None, foreign_key="person.id", description="who tells the board")
    tell_by_id: int | None = Field(default=None, foreign_key="person.id", description="who tells the provider")
    tell_why_not: str = Field(default="", max_length=500, description="why nobody tells the provider")
    recorded_by_id: int = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Dissent(Row, table=True):
    """An organisation that disagrees with a conclusion, and why [003 §130-132]. Carried over until it is resolved."""

    __tablename__ = "dissent"
    __table_args__ = (UniqueConstraint("conclusion_id", "organisation_id"),)

    conclusion_id: int = Field(foreign_key="conclusion.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    reason: str = Field(max_length=1000)
    recorded_by_id: int = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MeetingNote(Row, Versioned, table=True):
    """The note of a meeting. `parts` is a list of `{"provider": number or null, "heading": words, "text": words}`, so
    that whoever is barred from a provider reads the others' parts and not that one. Frozen once it is agreed."""

    __tablename__ = "meeting_note"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    submit_key: str = Field(unique=True, max_length=255)
    meeting_id: int = Field(foreign_key="meeting.id")
    number: int = Field(ge=1, description="1 is the first draft")
    state: NoteState = Field(sa_type=Term(NoteState))
    parts: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    made_by_id: int = Field(foreign_key="person.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    due_on: date | None = Field(default=None, index=True, description="until when members may comment")
    agreed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class NoteReply(Row, table=True):
    """What somebody says to a note: that they agree, or what is to be changed. The newest stands."""

    __tablename__ = "note_reply"
    __table_args__ = (UniqueConstraint("note_id", "person_id"),)

    note_id: int = Field(foreign_key="meeting_note.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    agrees: bool
    comment: str = Field(default="", max_length=1500)
    at: datetime = Field(sa_type=UtcDateTime)
