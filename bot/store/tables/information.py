"""What is asked of providers, by whom, and what came of it; and what each organisation holds already."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.information import Holding, RequestState
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Row, Versioned


class InformationRequest(Row, Versioned, table=True):
    """One thing that members want to know of a provider. `asker_id` is the organisation agreed to ask."""

    __tablename__ = "information_request"
    __table_args__ = (Index(None, "provider_id", "state"), Index(None, "group_id", "state"))

    reference: str = Field(unique=True, max_length=20)
    submit_key: str = Field(unique=True, max_length=255)
    group_id: int = Field(foreign_key="watch_group.id")
    provider_id: int = Field(foreign_key="provider.id")
    wanted: str = Field(max_length=500, description="the data or assurance wanted, in plain words")
    reason: str = Field(default="", max_length=1000)
    proposed_by_id: int = Field(foreign_key="person.id")
    organisation_id: int = Field(foreign_key="organisation.id", description="who proposed it")
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    state: RequestState = Field(default=RequestState.PROPOSED, sa_type=Term(RequestState))
    asker_id: int | None = Field(default=None, foreign_key="organisation.id")
    agreed_by_id: int | None = Field(default=None, foreign_key="person.id")
    agreed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    asked_on: date | None = None
    due_on: date | None = Field(default=None, index=True, description="by when the provider is to answer")
    result: str = Field(default="", max_length=3000)
    received_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told_by_id: int | None = Field(default=None, foreign_key="person.id", description="who shared the answer")
    why: str = Field(default="", max_length=500, description="why it was dropped")


class InformationHolding(Row, table=True):
    """What one organisation says of a request: that it holds it, has asked, or neither. The newest stands."""

    __tablename__ = "information_holding"
    __table_args__ = (UniqueConstraint("request_id", "organisation_id"),)

    request_id: int = Field(foreign_key="information_request.id")
    organisation_id: int = Field(foreign_key="organisation.id")
    holding: Holding = Field(sa_type=Term(Holding))
    text: str = Field(default="", max_length=1000)
    by_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)
