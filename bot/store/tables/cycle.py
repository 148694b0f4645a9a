"""The business cycle of a group: the themes it means to look at, beside its providers [003 §94-95]."""

from datetime import datetime

from sqlmodel import Field

from bot.domain.cycle import ThemeState
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row, Versioned


class PlannedTheme(Row, Versioned, table=True):
    """A theme that a member suggested, or that is planned for one of the group's meetings."""

    __tablename__ = "planned_theme"

    submit_key: str = Field(unique=True, max_length=255)
    group_id: int = Field(foreign_key="watch_group.id", index=True)
    theme: str = Field(max_length=40, description="its key in the policy file")
    title: str = Field(max_length=150, description="what about it, in the words of whoever suggested it")
    state: ThemeState = Field(default=ThemeState.SUGGESTED, sa_type=Term(ThemeState))
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", index=True)
    suggested_by_id: int = Field(foreign_key="person.id")
    suggested_at: datetime = Field(sa_type=UtcDateTime)
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer: str = Field(default="", max_length=500, description="why it was declined or put off")
