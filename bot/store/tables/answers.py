"""Answers to a concern. Read them through `store/visibility.py` only, as the concern itself."""

import hashlib
from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from bot.domain.answers import AnswerHandling, AnswerKind
from bot.domain.terms import Directness, Lineage, Reliability
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row, Versioned


class ConcernAnswer(Row, Versioned, table=True):
    """What one organisation says to a concern, with its own handling. `event_on`, `reliability`, `directness` and
    `lineage` are of what is brought, for a corroboration or a contradiction, as a concern has them."""

    __tablename__ = "concern_answer"
    __table_args__ = (Index(None, "concern_id", "at"), Index(None, "organisation_id", "at"))

    submit_key: str = Field(unique=True, max_length=255)
    concern_id: int = Field(foreign_key="concern.id")
    kind: AnswerKind = Field(sa_type=Term(AnswerKind))
    handling: AnswerHandling = Field(default=AnswerHandling.READERS, sa_type=Term(AnswerHandling))
    text: str = Field(default="", max_length=3000)
    event_on: date | None = None
    reliability: Reliability | None = Field(default=None, sa_type=Term(Reliability))
    directness: Directness | None = Field(default=None, sa_type=Term(Directness))
    lineage: Lineage | None = Field(default=None, sa_type=Term(Lineage))
    by_id: int = Field(foreign_key="person.id")
    organisation_id: int = Field(foreign_key="organisation.id")
    at: datetime = Field(sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def mark(self) -> str:
        """16 hexadecimal digits by which a button means it: its number would tell how many others there are."""
        return hashlib.sha256(self.submit_key.encode()).hexdigest()[:16]
