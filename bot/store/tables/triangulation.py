"""Clusters of concerns about one provider, and what they led to. Members are kept, never pairs."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.store.columns import UtcDateTime
from bot.store.tables.base import Row, Versioned


class Cluster(Row, Versioned, table=True):
    """What a group holds about one provider, its sites included, and one theme; `theme` is empty for any theme."""

    __tablename__ = "cluster"
    __table_args__ = (UniqueConstraint("group_id", "provider_id", "theme"),)

    group_id: int = Field(foreign_key="watch_group.id")
    provider_id: int = Field(foreign_key="provider.id", index=True, description="the whole provider, never a site")
    theme: str = Field(default="", max_length=40)
    changed_at: datetime = Field(sa_type=UtcDateTime, index=True)


class ClusterMember(Row, table=True):
    """A concern, or an answer that corroborates one, in a cluster. Whose voice it is and when it happened are kept
    here: a cluster is read without its concerns."""

    __tablename__ = "cluster_member"
    __table_args__ = (UniqueConstraint("cluster_id", "source"), Index(None, "cluster_id", "event_on"))

    cluster_id: int = Field(foreign_key="cluster.id")
    source: str = Field(max_length=40, description="`c` and the concern's number, or `a` and the answer's")
    concern_id: int = Field(foreign_key="concern.id", index=True)
    answer_id: int | None = Field(default=None, foreign_key="concern_answer.id", index=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    event_on: date
    added_at: datetime = Field(sa_type=UtcDateTime)


class Firing(Row, Versioned, table=True):
    """That a cluster reached a strength, once for each new fact: `fact` is a digest of the voices that made it."""

    __tablename__ = "firing"
    __table_args__ = (UniqueConstraint("cluster_id", "fact"),)

    cluster_id: int = Field(foreign_key="cluster.id")
    strength: int = Field(ge=0, le=3)
    fact: str = Field(max_length=64)
    fired_at: datetime = Field(sa_type=UtcDateTime)
    proposal_id: int | None = Field(default=None, foreign_key="level_proposal.id", index=True)
    set_aside_by_id: int | None = Field(default=None, foreign_key="person.id")
    set_aside_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
