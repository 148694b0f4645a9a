"""The network file: organisations with their people, groups with their members and meetings, and providers.

The shape only; whether what it says fits together is for `network_check`. Names (`cqc`, `inspector`) are chosen by
the secretariat, never shown, and stay the same for good: they are how a second load knows what it loaded before.
"""

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from pydantic import Field

from bot.domain.cadence import Cadence
from bot.domain.terms import OrganisationKind, ProtocolStatus, Tier
from bot.files.located import At
from bot.files.network_types import (
    Channel,
    Code,
    Domain,
    Email,
    MeetingDay,
    Moment,
    Often,
    Slug,
    SurveillanceLevel,
    Text40,
    Text80,
    Text100,
    Text200,
    TimeZone,
    User,
    Workspace,
    people,
    seat,
    short,
)
from bot.files.policy_values import OpeningHours, TimeOfDay
from bot.files.shape import Day, Names, Strict, as_list, words


class Nomination(NamedTuple):
    """People in order, for a category and a region ("" is every), and where in the organisation's entry they stand."""

    at: At
    people: tuple[str, ...]
    category: str = ""
    region: str = ""


class ProtocolEntry(Strict):
    """An organisation's place under the emerging concerns protocol, and since when."""

    status: ProtocolStatus
    from_: Day | None = None
    until: Day | None = None


class AbsenceEntry(Strict):
    """Days on which somebody is not to be relied on, the first and the last included."""

    from_: Day
    until: Day


class ConflictEntry(Strict):
    """A declared conflict of interest. It stands until the file gives its last day: leaving it out ends nothing."""

    provider: Code
    since: Day | None = None
    until: Day | None = None


class PersonEntry(Strict):
    """Somebody enrolled; the workspace is their organisation's unless they have their own."""

    name: Text200
    title: Text200 = ""
    email: Email = ""
    telephone: Text40 = ""
    slack: User | None = None
    workspace: Workspace | None = None
    time_zone: TimeZone = "Europe/London"
    starts: Day | None = None
    ends: Day | None = None
    absences: tuple[AbsenceEntry, ...] = ()
    conflicts: tuple[Annotated[ConflictEntry, short("provider")], ...] = ()


class RegionEntry(Strict):
    """Who is nominated for the providers of one region; a list of people is for every category."""

    nominated: Names = ()
    nominated_for: dict[str, Names] = Field(default_factory=dict)


class OrganisationEntry(Strict):
    """One body of the network with its people. `nominated` is in order: the nominated person, then deputies;
    `records_leads` look after its records, in no order. Without `hours` it keeps the policy's."""

    name: Text200
    short_name: Text40
    kind: OrganisationKind
    protocol: Annotated[ProtocolEntry, short("status")] = ProtocolEntry(status=ProtocolStatus.NONE)
    starts: Day | None = None
    ends: Day | None = None
    successor: Slug | None = None
    provider: Code | None = None
    workspace: Workspace | None = None
    email_domains: Annotated[tuple[Domain, ...], as_list] = ()
    nominated: Names = ()
    nominated_for: dict[str, Names] = Field(default_factory=dict)
    nominated_in: dict[Text100, Annotated[RegionEntry, people]] = Field(default_factory=dict)
    confirmed_on: Day | None = None
    records_leads: Names = ()
    hours: OpeningHours | None = None
    people: dict[Slug, PersonEntry] = Field(default_factory=dict)

    def nominations(self) -> Iterator[Nomination]:
        """Everybody nominated, list by list."""
        yield Nomination(("nominated",), self.nominated)
        for category, names in self.nominated_for.items():
            yield Nomination(("nominated for", category), names, category)
        for region, entry in self.nominated_in.items():
            yield Nomination(("nominated in", region, "nominated"), entry.nominated, region=region)
            for category, names in entry.nominated_for.items():
                yield Nomination(("nominated in", region, "nominated for", category), names, category, region)


class MemberEntry(Strict):
    """An organisation's seats in a group; its representative's name may stand alone."""

    representative: Slug | None = None
    deputies: Names = ()
    since: Day | None = None
    until: Day | None = None


class MeetingEntry(Strict):
    """One meeting; without an offset its time is London's."""

    starts: Moment
    minutes: Annotated[int, Field(ge=5, le=1440)] = 120
    place: Annotated[str, words(300)] = ""


class CadenceEntry(Strict):
    """How often a group meets: the first such day on or after `from`, then every so many weeks or months."""

    every: Often
    on: MeetingDay | None = None
    at: TimeOfDay
    minutes: Annotated[int, Field(ge=5, le=1440)] = 120
    place: Annotated[str, words(300)] = ""
    from_: Day

    def read(self) -> Cadence:
        """The entry as the rules know it."""
        return Cadence(self.every, self.on, self.from_, self.at, self.minutes, self.place)


class LevelEntry(Strict):
    """A decision about a provider's surveillance level [003 §121]."""

    level: SurveillanceLevel
    reason: Annotated[str, words(1000)]
    decided_on: Day
    by: Slug | None = None
    find_out: Slug | None = None
    find_out_by: Day | None = None


class GroupEntry(Strict):
    """A group with its seats, its footprint, how often it meets and, if the file keeps them, meetings and levels."""

    name: Text200
    tier: Tier
    purpose: Annotated[str, words(1500)] = ""
    cycle_months: Annotated[int, Field(ge=1, le=60)] | None = None
    parent: Slug | None = None
    workspace: Workspace | None = None
    channel: Channel | None = None
    chair: Slug | None = None
    independent_chair: bool = False
    secretariat: Names = ()
    starts: Day | None = None
    ends: Day | None = None
    members: dict[Slug, Annotated[MemberEntry, seat]] = Field(default_factory=dict)
    footprint: Annotated[tuple[Code, ...], as_list] = ()
    cadence: CadenceEntry | None = None
    meetings: dict[Slug, MeetingEntry] = Field(default_factory=dict)
    levels: dict[Code, LevelEntry] = Field(default_factory=dict)


class ProviderEntry(Strict):
    """A provider, a site or a system. What is left out keeps what an import of the directory said."""

    name: Text200
    formerly: Annotated[tuple[Text200, ...], as_list] = ()
    town: Text100 = ""
    postcode: Annotated[str, words(10)] = ""
    sector: Text80 = ""
    area: Text100 = ""
    region: Text100 = ""
    parent: Code | None = None
    host_commissioner: Text200 = ""
    relationship_manager: Text200 = ""
    executive_sponsor: Text200 = ""
    ends: Day | None = None
    successor: Code | None = None


class Network(Strict):
    """The whole file. `workspace` is the one used where an organisation or group names none."""

    workspace: Workspace | None = None
    organisations: Annotated[dict[Slug, OrganisationEntry], Field(min_length=1)]
    groups: dict[Slug, GroupEntry] = Field(default_factory=dict)
    providers: dict[Code, ProviderEntry] = Field(default_factory=dict)

    def people(self) -> Iterator[tuple[str, str, PersonEntry]]:
        """Every person with the names of their organisation and of themselves."""
        for organisation, entry in self.organisations.items():
            for slug, person in entry.people.items():
                yield organisation, slug, person

    def workspace_of(self, organisation: str, person: PersonEntry) -> str | None:
        """The chat workspace a person is in."""
        return person.workspace or self.organisations[organisation].workspace or self.workspace
