"""Organisations, their people, who is nominated under the protocol, and who is away."""

from datetime import date, datetime, time

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.absences import Period
from bot.domain.terms import EnrolmentState, OrganisationKind, ProtocolStatus
from bot.store.columns import Term, UtcDateTime
from bot.store.tables.base import Dated, Row, Versioned


class Organisation(Row, Dated, Versioned, table=True):
    """One body of the network. Its status under the protocol has dates, since rosters differ by year [000 4.26]."""

    __tablename__ = "organisation"

    slug: str = Field(unique=True, max_length=60)
    name: str = Field(max_length=200)
    short_name: str = Field(max_length=40)
    kind: OrganisationKind = Field(sa_type=Term(OrganisationKind))
    protocol_status: ProtocolStatus = Field(
        default=ProtocolStatus.NONE,
        sa_type=Term(ProtocolStatus),
    )
    protocol_from: date | None = None
    protocol_until: date | None = None
    successor_id: int | None = Field(default=None, foreign_key="organisation.id")
    provider_id: int | None = Field(default=None, foreign_key="provider.id", index=True)
    platform: str = Field(default="slack", max_length=20)
    workspace: str = Field(default="", max_length=60)
    email_domains: str = Field(default="", description="separated by spaces")
    opens: time | None = Field(default=None, description="local time; empty means the policy's opening hours")
    closes: time | None = None

    def standing(self, day: date) -> ProtocolStatus:
        """Its place under the emerging concerns protocol on that day: none before its first day and after its last."""
        begun = self.protocol_from is None or self.protocol_from <= day
        over = self.protocol_until is not None and self.protocol_until < day
        return self.protocol_status if begun and not over else ProtocolStatus.NONE

    def signed(self, day: date) -> bool:
        """Whether it is a signatory of the emerging concerns protocol on that day."""
        return self.standing(day) is ProtocolStatus.SIGNATORY


class Person(Row, Dated, Versioned, table=True):
    """Somebody enrolled. Their chat identity is platform + workspace + user id; empty means they have no chat."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("platform", "workspace", "chat_user"),)

    slug: str = Field(unique=True, max_length=60)
    name: str = Field(max_length=200)
    title: str = Field(default="", max_length=200)
    email: str = Field(default="", max_length=254)
    telephone: str = Field(default="", max_length=40)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    platform: str = Field(default="slack", max_length=20)
    workspace: str | None = Field(default=None, max_length=60)
    chat_user: str | None = Field(default=None, max_length=100)
    timezone: str = Field(default="Europe/London", max_length=60)
    records_lead: bool = Field(default=False, description="looks after their organisation's records: holds, exports")
    enrolled_in_chat: bool = Field(default=False, description="let in by a secretariat, not by the network file")
    deactivated_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="their chat account was closed: access is lost at once"
    )

    @property
    def reachable(self) -> bool:
        return bool(self.chat_user)


class NominatedPerson(Row, Dated, table=True):
    """Who answers escalations for an organisation: rung 0 is the nominated person, 1 and on their deputies."""

    __tablename__ = "nominated_person"
    __table_args__ = (UniqueConstraint("organisation_id", "person_id", "category", "region", "starts_on"),)

    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    rung: int = Field(default=0, ge=0)
    category: str = Field(default="", max_length=40, description="empty means every category")
    region: str = Field(default="", max_length=100, description="of the provider; empty means every region")
    confirmed_on: date | None = None
    asked_on: date | None = Field(default=None, description="when they were last asked to confirm it")


class Absence(Row, table=True):
    """A period in which somebody is not to be relied on; `until` is the first moment they are back.

    What was said in chat and what the network file has stand side by side, and neither rewrites the other.
    """

    __tablename__ = "absence"
    __table_args__ = (UniqueConstraint("person_id", "starts_at", "said_in_chat"), Index(None, "noticed_at", "until"))

    person_id: int = Field(foreign_key="person.id", index=True)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    said_in_chat: bool = Field(default=False, description="by somebody with /away, not by the network file")
    said_by_id: int | None = Field(default=None, foreign_key="person.id")
    said_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    back_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="since when it counts no more, whatever its days: said in chat"
    )
    noticed_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when what waited for them was passed on"
    )

    @property
    def period(self) -> Period:
        return Period(self.starts_at, self.until)


class Conflict(Row, Dated, table=True):
    """A declared conflict of interest: that person sees nothing about that provider, whatever the audience."""

    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("person_id", "provider_id", "starts_on"),)

    person_id: int = Field(foreign_key="person.id", index=True)
    provider_id: int = Field(foreign_key="provider.id", index=True)


class EnrolmentRequest(Row, Versioned, table=True):
    """Somebody not enrolled who asked to be let in. Their name and address are what the platform says."""

    __tablename__ = "enrolment_request"
    __table_args__ = (UniqueConstraint("platform", "workspace", "chat_user"), Index(None, "state"))

    platform: str = Field(max_length=20)
    workspace: str = Field(max_length=60)
    chat_user: str = Field(max_length=100)
    name: str = Field(default="", max_length=200)
    email: str = Field(default="", max_length=254)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    state: EnrolmentState = Field(default=EnrolmentState.ASKED, sa_type=Term(EnrolmentState))
    asked_at: datetime = Field(sa_type=UtcDateTime)
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    person_id: int | None = Field(default=None, foreign_key="person.id")


class Preference(Row, table=True):
    """When somebody wants to be reminded of their actions; what is left out is the policy's."""

    __tablename__ = "preference"

    person_id: int = Field(foreign_key="person.id", unique=True)
    time_zone: str = Field(default="", max_length=60, description="an IANA name, such as Europe/London")
    remind_at: time | None = Field(default=None, description="in their own time zone")
    works_on: str = Field(default="", max_length=7, description="working days as digits, 1 for Monday; empty for 12345")
