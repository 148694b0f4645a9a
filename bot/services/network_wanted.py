"""What the network file says, as the rows it wants: one entry for each, other rows named instead of numbered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.terms import MeetingState, Role
from bot.files.network import GroupEntry, Network, OrganisationEntry, PersonEntry, ProviderEntry
from bot.store.network import Key, Table, key_part
from bot.store.tables import (
    Absence,
    Conflict,
    Footprint,
    Group,
    Meeting,
    Membership,
    NominatedPerson,
    Organisation,
    Person,
    Provider,
    Seat,
    SurveillanceLevel,
)

LONDON = "Europe/London"


@dataclass(frozen=True)
class Ref:
    """Another row by the name it has in the file."""

    table: Table
    name: str

    @classmethod
    def to(cls, table: Table, name: str | None) -> "Ref | None":
        return cls(table, name) if name else None


@dataclass(frozen=True)
class Wanted:
    """A row the file asks for. `starts` and `ends` are its period; None means the file does not say."""

    table: Table
    key: Key
    values: dict[str, Any] = field(default_factory=dict)
    starts: date | None = None
    ends: date | None = None


def wanted(network: Network) -> Iterator[Wanted]:
    """Every row the file asks for."""
    for code, provider in network.providers.items():
        yield _provider(code, provider)
    for slug, organisation in network.organisations.items():
        yield _organisation(slug, organisation, network)
        yield from _nominations(slug, organisation)
    for owner, slug, person in network.people():
        yield _person(owner, slug, person, network)
        yield from _absences(slug, person)
        yield from _conflicts(slug, person)
    for slug, group in network.groups.items():
        yield _group(slug, group, network)
        yield from _members(slug, group)
        yield from _seats(slug, group)
        yield from _watched(slug, group)


def midnight(day: date, zone: str = LONDON) -> datetime:
    """The first moment of a day in a zone, as UTC."""
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)


def _provider(code: str, entry: ProviderEntry) -> Wanted:
    """Only what the file says about it: the rest is the directory's."""
    said = {name: getattr(entry, name) for name in entry.model_fields_set - {"formerly", "parent", "ends", "successor"}}
    if "formerly" in entry.model_fields_set:
        said["former_names"] = "; ".join(entry.formerly)
    if "parent" in entry.model_fields_set:
        said["parent_id"] = Ref.to(Provider, entry.parent)
    if "ends" in entry.model_fields_set:
        said["ends_on"] = entry.ends
    if "successor" in entry.model_fields_set:
        said["successor_id"] = Ref.to(Provider, entry.successor)
    return Wanted(Provider, (code,), {"code": code, **said})


def _organisation(slug: str, entry: OrganisationEntry, network: Network) -> Wanted:
    values = {
        "slug": slug,
        "name": entry.name,
        "short_name": entry.short_name,
        "kind": entry.kind,
        "protocol_status": entry.protocol.status,
        "protocol_from": entry.protocol.from_,
        "protocol_until": entry.protocol.until,
        "successor_id": Ref.to(Organisation, entry.successor),
        "provider_id": Ref.to(Provider, entry.provider),
        "workspace": entry.workspace or network.workspace or "",
        "email_domains": " ".join(entry.email_domains),
        "opens": entry.hours.opens if entry.hours else None,
        "closes": entry.hours.closes if entry.hours else None,
    }
    return Wanted(Organisation, (slug,), values, entry.starts, entry.ends)


def _nominations(slug: str, entry: OrganisationEntry) -> Iterator[Wanted]:
    for one in entry.nominations():
        for rung, person in enumerate(one.people):
            values = {
                "organisation_id": Ref(Organisation, slug),
                "person_id": Ref(Person, person),
                "category": one.category,
                "region": one.region,
                "rung": rung,
                "confirmed_on": entry.confirmed_on,
            }
            yield Wanted(NominatedPerson, (slug, person, one.category, one.region), values)


def _person(owner: str, slug: str, entry: PersonEntry, network: Network) -> Wanted:
    values = {
        "slug": slug,
        "name": entry.name,
        "title": entry.title,
        "email": entry.email,
        "telephone": entry.telephone,
        "organisation_id": Ref(Organisation, owner),
        "workspace": network.workspace_of(owner, entry) if entry.slack else None,
        "chat_user": entry.slack,
        "timezone": entry.time_zone,
        "enrolled_in_chat": False,
        "records_lead": slug in network.organisations[owner].records_leads,
    }
    return Wanted(Person, (slug,), values, entry.starts, entry.ends)


def _absences(slug: str, entry: PersonEntry) -> Iterator[Wanted]:
    for absence in entry.absences:
        start = midnight(absence.from_, entry.time_zone)
        until = midnight(absence.until + timedelta(days=1), entry.time_zone)
        values = {"person_id": Ref(Person, slug), "starts_at": start, "until": until}
        yield Wanted(Absence, (slug, key_part(start)), values)


def _conflicts(slug: str, entry: PersonEntry) -> Iterator[Wanted]:
    for conflict in entry.conflicts:
        values = {"person_id": Ref(Person, slug), "provider_id": Ref(Provider, conflict.provider)}
        yield Wanted(Conflict, (slug, conflict.provider), values, conflict.since, conflict.until)


def _group(slug: str, entry: GroupEntry, network: Network) -> Wanted:
    values = {
        "slug": slug,
        "name": entry.name,
        "tier": entry.tier,
        "parent_id": Ref.to(Group, entry.parent),
        "workspace": (entry.workspace or network.workspace) if entry.channel else None,
        "channel": entry.channel,
        "cadence": entry.cadence.read().stored() if entry.cadence else None,
        "purpose": entry.purpose,
        "cycle_months": entry.cycle_months,
    }
    return Wanted(Group, (slug,), values, entry.starts, entry.ends)


def _members(slug: str, entry: GroupEntry) -> Iterator[Wanted]:
    for organisation, member in entry.members.items():
        values = {"group_id": Ref(Group, slug), "organisation_id": Ref(Organisation, organisation)}
        yield Wanted(Membership, (slug, organisation), values, member.since, member.until)


def _seats(slug: str, entry: GroupEntry) -> Iterator[Wanted]:
    """A seat begins when it is first loaded, since a new representative was not there when the membership began."""
    if entry.chair:
        yield _seat(slug, entry.chair, Role.CHAIR, None)
    for person in entry.secretariat:
        yield _seat(slug, person, Role.SECRETARIAT, None)
    for member in entry.members.values():
        if member.representative:
            yield _seat(slug, member.representative, Role.REPRESENTATIVE, member.until)
        for person in member.deputies:
            yield _seat(slug, person, Role.DEPUTY, member.until)


def _seat(group: str, person: str, role: Role, ends: date | None) -> Wanted:
    values = {"group_id": Ref(Group, group), "person_id": Ref(Person, person), "role": role}
    return Wanted(Seat, (group, person, role.value), values, ends=ends)


def _watched(slug: str, entry: GroupEntry) -> Iterator[Wanted]:
    for code in entry.footprint:
        values = {"group_id": Ref(Group, slug), "provider_id": Ref(Provider, code)}
        yield Wanted(Footprint, (slug, code), values)
    for name, meeting in entry.meetings.items():
        held = {"starts_at": meeting.starts, "minutes": meeting.minutes, "place": meeting.place}
        meeting_values = {"slug": name, "group_id": Ref(Group, slug), **held, "state": MeetingState.SCHEDULED}
        yield Wanted(Meeting, (name,), meeting_values)
    for code, level in entry.levels.items():
        decided = midnight(level.decided_on)
        level_values = {
            "group_id": Ref(Group, slug),
            "provider_id": Ref(Provider, code),
            "level": level.level,
            "reason": level.reason,
            "decided_by_id": Ref.to(Person, level.by),
            "decided_at": decided,
            "find_out_id": Ref.to(Person, level.find_out),
            "find_out_by": level.find_out_by,
        }
        yield Wanted(SurveillanceLevel, (slug, code, key_part(decided)), level_values)
