"""What is asked of providers: who may see a request, what is known already, and how much a provider is asked."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.handling import Viewer
from bot.domain.information import OPEN, RECENT, Facts, Holding, Part, RequestState, parts_of
from bot.domain.terms import Role
from bot.store.barring import barred_among, barring
from bot.store.groups import sites_of
from bot.store.people import away, group_members, nominees, representatives, seated
from bot.store.tables import Group, InformationHolding, InformationRequest, Organisation, Person, Provider
from bot.store.unit import Unit

PAGE = 12
"""Requests on one page of the list."""
MOST_KNOWN = 20


@dataclass(frozen=True)
class SeenRequest:
    """A request with the names needed to show it; `asker` is empty until somebody is agreed."""

    request: InformationRequest
    provider: str
    group: str
    proposed_by: str
    organisation: str
    asker: str


@dataclass(frozen=True)
class Said:
    """What one organisation says of a request."""

    holding: InformationHolding
    organisation: str


@dataclass(frozen=True)
class Burden:
    """How much a provider was asked in the last 12 months: how often, by which organisations, and what is open now."""

    asked: int = 0
    open: int = 0
    by: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Burden") -> "Burden":
        """That of both, such as a provider and its sites."""
        by = Counter(self.by) + Counter(other.by)
        return Burden(self.asked + other.asked, self.open + other.open, dict(by.most_common()))


def visible_information(viewer: Viewer, today: date) -> SelectOfScalar[InformationRequest]:
    """The requests this person may see today: of groups they belong to, except about a provider they work at or have
    a declared conflict with."""
    return select(InformationRequest).where(
        col(InformationRequest.group_id).in_(viewer.group_ids),
        *barring(viewer, today, col(InformationRequest.provider_id)),
    )


async def request_by_submission(unit: Unit, submit_key: str) -> InformationRequest | None:
    return await unit.first(select(InformationRequest).where(InformationRequest.submit_key == submit_key))


async def hold_request(unit: Unit, reference: str) -> None:
    """Nobody else changes that request until this unit ends. Says nothing about who may see it."""
    held = select(col(InformationRequest.id)).where(InformationRequest.reference == as_written(reference))
    await unit.rows(held.with_for_update())


async def visible_request(unit: Unit, reference: str, viewer: Viewer, today: date) -> SeenRequest | None:
    asked = visible_information(viewer, today).where(InformationRequest.reference == as_written(reference))
    found = await _seen(unit, asked)
    return found[0] if found else None


async def request_by_id(unit: Unit, key: int, viewer: Viewer, today: date) -> SeenRequest | None:
    found = await _seen(unit, visible_information(viewer, today).where(InformationRequest.id == key))
    return found[0] if found else None


async def requests_of_group(
    unit: Unit, group_id: int, viewer: Viewer, today: date, now: datetime, page: int
) -> tuple[list[SeenRequest], bool]:
    """One page of a group's open and recent requests, by provider, those that are open first; and whether there are
    more. Pages are counted from 1."""
    asked = visible_information(viewer, today).where(InformationRequest.group_id == group_id, _current(now))
    found = await _seen(unit, asked.offset((page - 1) * PAGE).limit(PAGE + 1))
    return found[:PAGE], len(found) > PAGE


async def known_about(
    unit: Unit, provider_id: int, viewer: Viewer, today: date, now: datetime
) -> list[tuple[SeenRequest, Sequence[Said]]]:
    """What is asked or held already about a provider, its sites and what it is a site of, open or recent, in all of
    this person's groups; at most 20."""
    family = await family_of(unit, provider_id)
    asked = visible_information(viewer, today).where(
        col(InformationRequest.provider_id).in_(family),
        _current(now),
        InformationRequest.state != RequestState.DROPPED,
    )
    found = await _seen(unit, asked.limit(MOST_KNOWN))
    said = await said_of(unit, [one.request.key for one in found])
    return [(one, [line for line in said if line.holding.request_id == one.request.key]) for one in found]


async def family_of(unit: Unit, provider_id: int) -> list[int]:
    """A provider, its sites, and the provider that it is a site of; empty for one that is not there."""
    provider = await unit.find(Provider, provider_id)
    if provider is None:
        return []
    return [*await sites_of(unit, provider_id), *([provider.parent_id] if provider.parent_id else [])]


async def burden_of(unit: Unit, provider_ids: Collection[int], viewer: Viewer, today: date) -> Mapping[int, Burden]:
    """How much each of these providers was asked in the 12 months before today, as far as this person may see it."""
    since = today - RECENT
    asker = aliased(Organisation)
    rows = await unit.rows(
        visible_information(viewer, today)
        .outerjoin(asker, col(asker.id) == col(InformationRequest.asker_id))
        .where(
            col(InformationRequest.provider_id).in_(provider_ids),
            or_(col(InformationRequest.asked_on) >= since, _open()),
        )
        .order_by(col(InformationRequest.id))
        .add_columns(col(asker.short_name))
    )
    found: dict[int, Burden] = dict.fromkeys(provider_ids, Burden())
    for key in found:
        theirs = [(row, name) for row, name in rows if row.provider_id == key]
        by = Counter(name or "" for row, name in theirs if row.asked_on and row.asked_on >= since)
        found[key] = Burden(by.total(), sum(row.state in OPEN for row, _ in theirs), dict(by.most_common()))
    return found


async def said_of(unit: Unit, request_ids: Collection[int]) -> list[Said]:
    """What the organisations say of these requests, by name."""
    rows = await unit.rows(
        select(InformationHolding, col(Organisation.short_name))
        .join(Organisation, col(Organisation.id) == col(InformationHolding.organisation_id))
        .where(col(InformationHolding.request_id).in_(request_ids))
        .order_by(col(Organisation.short_name))
    )
    return [Said(row, name) for row, name in rows]


async def holding_by(unit: Unit, request_id: int, organisation_id: int) -> InformationHolding | None:
    """What that organisation says of it."""
    theirs = (InformationHolding.request_id == request_id, InformationHolding.organisation_id == organisation_id)
    return await unit.first(select(InformationHolding).where(*theirs))


async def standing(unit: Unit, request_id: int) -> Mapping[int, Holding]:
    """What each organisation says of a request, by its number."""
    rows = await unit.all(select(InformationHolding).where(InformationHolding.request_id == request_id))
    return {row.organisation_id: row.holding for row in rows}


async def parts_in(unit: Unit, request: InformationRequest, by: Viewer, today: date) -> frozenset[Part]:
    """What this person, who may see the request, is to it."""
    members = frozenset(one.key for one in await askable(unit, request, today))
    facts = Facts(request.proposed_by_id, request.asker_id, members, await standing(unit, request.key))
    return parts_of(by.person_id, by.organisation_id, facts, officer=by.runs(request.group_id))


async def askable(unit: Unit, request: InformationRequest, today: date) -> list[Organisation]:
    """The organisations of the group that may be asked about it: all but the provider's own, by name."""
    family = await family_of(unit, request.provider_id)
    return [one for one in await group_members(unit, request.group_id, today) if one.provider_id not in family]


async def speakers(
    unit: Unit, request: InformationRequest, organisation_ids: Collection[int], now: datetime, today: date
) -> Mapping[int, list[int]]:
    """Who can be told of a request at each of these organisations: its representative in the group, deputies, then
    those it has nominated; nobody who is barred from the provider, and whoever is away last."""
    seats = await representatives(unit, organisation_ids, request.group_id, today)
    named = await nominees(unit, organisation_ids, today)
    every = {key: dict.fromkeys([*seats[key], *(one.person_id for one in named[key])]) for key in organisation_ids}
    people = [person for some in every.values() for person in some]
    barred = {person for person, _, _ in await barred_among(unit, people, [request.provider_id], today)}
    absent = await away(unit, people, now, today)
    return {
        key: sorted((one for one in some if one not in barred), key=lambda one: one in absent)
        for key, some in every.items()
    }


async def officers(unit: Unit, request: InformationRequest, today: date) -> list[int]:
    """The chair and the secretariat of its group, but for those who may be told nothing about the provider."""
    people = [one.key for one in await seated(unit, request.group_id, today, Role.CHAIR, Role.SECRETARIAT)]
    barred = {person for person, _, _ in await barred_among(unit, people, [request.provider_id], today)}
    return [key for key in people if key not in barred]


async def overdue_requests(unit: Unit, today: date) -> Sequence[InformationRequest]:
    """What somebody is agreed to ask for, or has asked for, and was due before today."""
    waiting = col(InformationRequest.state).in_([RequestState.AGREED, RequestState.ASKED])
    return await unit.all(
        select(InformationRequest)
        .where(col(InformationRequest.due_on) < today, waiting)
        .order_by(col(InformationRequest.id))
    )


def as_written(reference: str) -> str:
    """A reference as it is kept, however somebody typed it."""
    return reference.strip().upper()


def _open() -> ColumnElement[bool]:
    return col(InformationRequest.state).in_(OPEN)


def _current(now: datetime) -> ColumnElement[bool]:
    """Open, or proposed or asked within the last 12 months."""
    since = now - RECENT
    recent = or_(col(InformationRequest.proposed_at) >= since, col(InformationRequest.asked_on) >= since.date())
    return or_(_open(), recent)


async def _seen(unit: Unit, asked: SelectOfScalar[InformationRequest]) -> list[SeenRequest]:
    """Run a statement of requests and add the names."""
    asker = aliased(Organisation)
    rows = await unit.rows(
        asked.join(Provider, col(Provider.id) == col(InformationRequest.provider_id))
        .join(Group, col(Group.id) == col(InformationRequest.group_id))
        .join(Person, col(Person.id) == col(InformationRequest.proposed_by_id))
        .join(Organisation, col(Organisation.id) == col(InformationRequest.organisation_id))
        .outerjoin(asker, col(asker.id) == col(InformationRequest.asker_id))
        .order_by(col(Provider.name), case((_open(), 0), else_=1), col(InformationRequest.id).desc())
        .add_columns(
            col(Provider.name),
            col(Group.name),
            col(Person.name),
            col(Organisation.short_name),
            col(asker.short_name),
        )
    )
    return [
        SeenRequest(row, provider, group, person, body, asker_name or "")
        for row, provider, group, person, body, asker_name in rows
    ]
