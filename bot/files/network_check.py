"""Whether what the network file says fits together: every name is known, nothing is claimed twice, time runs forward.

Entries whose shape is wrong are already noted; here they count as known, so that one slip is not reported twice.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from bot.domain.cadence import misfit
from bot.domain.routing import plainly
from bot.domain.terms import Level, OrganisationKind
from bot.files.located import At
from bot.files.network import GroupEntry, Network, PersonEntry, RegionEntry
from bot.files.network_file import NetworkFile, read_network
from bot.files.plain import nearest


def load_network(
    path: Path, known_codes: Collection[str] = frozenset(), categories: Collection[str] | None = None
) -> Network:
    """The network in that file. Raises `BadFile` with every mistake and its line.

    `known_codes` are providers the database has already; `categories` the policy's keys, None to leave them unchecked.
    """
    return check(read_network(path), known_codes, categories)


def check(
    file: NetworkFile, known_codes: Collection[str] = frozenset(), categories: Collection[str] | None = None
) -> Network:
    """The network in a file already read; raises `BadFile` with every mistake of shape and of sense."""
    if file.network:
        _Check(file, file.network, known_codes, categories).all()
    file.document.stop_if_mistaken()
    assert file.network is not None  # noqa: S101  # a file without mistakes has its shape
    return file.network


class _Check:
    """One pass over a file; each method notes the mistakes of one subject."""

    def __init__(
        self, file: NetworkFile, network: Network, known: Collection[str], categories: Collection[str] | None
    ) -> None:
        self.file = file
        self.network = network
        self.note = file.document.note
        self.organisations = file.named("organisations")
        self.groups = file.named("groups")
        self.people = file.people_named()
        self.codes = {*file.named("providers"), *known}
        self.categories = categories

    def all(self) -> None:
        self.names_used_once()
        self.chat_used_once()
        self.codes_known()
        for slug in self.network.organisations:
            self.organisation(slug)
        for owner, slug, person in self.network.people():
            self.person(("organisations", owner, "people", slug), person)
        for slug, group in self.network.groups.items():
            self.group(("groups", slug), group)
        self.circles()

    def names_used_once(self) -> None:
        for places in self.people.values():
            for place in places[1:]:
                self.note(
                    place, f"is already a person on line {self.file.document.line(places[0])}: choose another name"
                )
        seen: dict[str, At] = {}
        for slug, group in self.network.groups.items():
            for meeting in group.meetings:
                here = ("groups", slug, "meetings", meeting)
                if seen.setdefault(meeting, here) != here:
                    line = self.file.document.line(seen[meeting])
                    self.note(here, f"is already a meeting on line {line}: choose another name")

    def chat_used_once(self) -> None:
        seen: dict[tuple[str | None, str], At] = {}
        for owner, slug, person in self.network.people():
            if person.slack:
                at: At = ("organisations", owner, "people", slug, "slack")
                self._once(seen, (self.network.workspace_of(owner, person), person.slack), at, "person")
        for slug, group in self.network.groups.items():
            if group.channel:
                at = ("groups", slug, "channel")
                self._once(seen, (group.workspace or self.network.workspace, group.channel), at, "group")

    def _once(self, seen: dict[tuple[str | None, str], At], chat: tuple[str | None, str], at: At, who: str) -> None:
        if chat[0] is None and ("workspace",) not in self.file.document.broken:
            self.note(at, "has no workspace: add “workspace: T…” here, to the organisation or at the top of the file")
        elif seen.setdefault(chat, at) != at:
            self.note(
                at, f"“{chat[1]}” already belongs to another {who}, on line {self.file.document.line(seen[chat])}"
            )

    def codes_known(self) -> None:
        for code, at in self.file.codes():
            if code not in self.codes:
                like = self._like(code, self.codes)
                hint = f"{like} Otherwise add" if like else ": add"
                self.note(
                    at, f"“{code}” is not a provider we know{hint} it to “providers”, or import the directory first"
                )
        for slug, group in self.network.groups.items():
            self._no_repeats(("groups", slug, "footprint"), group.footprint)

    def organisation(self, slug: str) -> None:
        at, entry = ("organisations", slug), self.network.organisations[slug]
        self._in_order(at, entry.starts, entry.ends, "ends")
        self._in_order((*at, "protocol"), entry.protocol.from_, entry.protocol.until, "until")
        if entry.successor:
            self._known((*at, "successor"), entry.successor, self.organisations, "an organisation in this file")
        if entry.kind is OrganisationKind.PROVIDER and not entry.provider:
            self.note(at, "is a provider: add “provider: CODE”, so that its staff never see concerns about it")
        self._nominated((*at, "records leads"), slug, entry.records_leads)
        for one in entry.nominations():
            if self.categories is not None and one.category:
                self._known((*at, *one.at), one.category, self.categories, "a category of the policy")
            self._nominated((*at, *one.at), slug, one.people)
        self._regions((*at, "nominated in"), entry.nominated_in)

    def _regions(self, at: At, regions: Mapping[str, RegionEntry]) -> None:
        seen: dict[str, str] = {}
        for region, entry in regions.items():
            if not entry.nominated and not any(entry.nominated_for.values()):
                self.note((*at, region), "has nobody: name who is nominated there, or take it out")
            if seen.setdefault(plainly(region), region) != region:
                line = self.file.document.line((*at, seen[plainly(region)]))
                self.note((*at, region), f"is already on line {line}, written otherwise: keep one of the two")

    def _nominated(self, at: At, organisation: str, people: Sequence[str]) -> None:
        for n, slug in enumerate(people):
            self._person_of((*at, n), slug, organisation)
        self._no_repeats(at, people)

    def person(self, at: At, person: PersonEntry) -> None:
        self._in_order(at, person.starts, person.ends, "ends")
        for n, absence in enumerate(person.absences):
            self._in_order((*at, "absences", n), absence.from_, absence.until, "until")
        for n, conflict in enumerate(person.conflicts):
            self._in_order((*at, "conflicts", n), conflict.since, conflict.until, "until")
        self._no_repeats((*at, "absences"), [absence.from_ for absence in person.absences])
        self._no_repeats((*at, "conflicts"), [conflict.provider for conflict in person.conflicts])

    def group(self, at: At, group: GroupEntry) -> None:
        self._in_order(at, group.starts, group.ends, "ends")
        if group.parent:
            self._known((*at, "parent"), group.parent, self.groups, "a group in this file")
        self._chair(at, group)
        for n, slug in enumerate(group.secretariat):
            self._known((*at, "secretariat", n), slug, self.people, "a person in this file")
        self._no_repeats((*at, "secretariat"), group.secretariat)
        for organisation, member in group.members.items():
            here = (*at, "members", organisation)
            self._known(here, organisation, self.organisations, "an organisation in this file")
            self._in_order(here, member.since, member.until, "until")
            if member.representative:
                self._person_of((*here, "representative"), member.representative, organisation)
            self._nominated((*here, "deputies"), organisation, member.deputies)
            if member.representative in member.deputies:
                self.note((*here, "deputies"), f"“{member.representative}” is already the representative")
        self._cadence((*at, "cadence"), group)
        self._meetings((*at, "meetings"), group)
        self._levels((*at, "levels"), group)

    def _chair(self, at: At, group: GroupEntry) -> None:
        if not group.chair:
            return
        here = (*at, "chair")
        self._known(here, group.chair, self.people, "a person in this file")
        owners = {place[1] for place in self.people.get(group.chair, [])}
        members = self.file.members_named(str(at[1]))
        if owners and not owners & members and not group.independent_chair:
            self.note(
                here, f"“{group.chair}” is not in a member organisation: if so agreed, add “independent chair: yes”"
            )

    def _cadence(self, at: At, group: GroupEntry) -> None:
        rule = group.cadence
        if rule and (wrong := misfit(rule.every, rule.on, rule.from_)):
            self.note((*at, "on" if rule.on else "from"), wrong)

    def _meetings(self, at: At, group: GroupEntry) -> None:
        held = sorted((entry.starts, slug) for slug, entry in group.meetings.items())
        for (start, first), (following, second) in pairwise(held):
            if following < start + timedelta(minutes=group.meetings[first].minutes):
                self.note((*at, second, "starts"), f"is while the group is still in the meeting “{first}”")

    def _levels(self, at: At, group: GroupEntry) -> None:
        for code, entry in group.levels.items():
            for name, slug in (("by", entry.by), ("find out", entry.find_out)):
                if slug:
                    self._known((*at, code, name), slug, self.people, "a person in this file")
            asked = entry.find_out and entry.find_out_by
            if entry.level is Level.FURTHER_INFORMATION and not asked:
                self.note((*at, code), "needs “find out” (a person) and “find out by” (a day) [003 §121]")
            self._in_order((*at, code), entry.decided_on, entry.find_out_by, "find out by")

    def circles(self) -> None:
        successors = {slug: entry.successor for slug, entry in self.network.organisations.items()}
        parents = {slug: entry.parent for slug, entry in self.network.groups.items()}
        owners = {code: entry.parent for code, entry in self.network.providers.items()}
        heirs = {code: entry.successor for code, entry in self.network.providers.items()}
        for section, name, links in (
            ("organisations", "successor", successors),
            ("groups", "parent", parents),
            ("providers", "parent", owners),
            ("providers", "successor", heirs),
        ):
            for circle in circles(links):
                self.note((section, circle[0], name), f"goes round in a circle: {', '.join((*circle, circle[0]))}")

    def _known(self, at: At, name: str, known: Collection[str], what: str) -> bool:
        if name not in known:
            self.note(at, f"“{name}” is not {what}{self._like(name, known)}")
        return name in known

    def _person_of(self, at: At, slug: str, organisation: str) -> None:
        if self._known(at, slug, self.people, "a person in this file"):
            owners = [str(place[1]) for place in self.people[slug]]
            if organisation not in owners:
                self.note(at, f"“{slug}” is a person of “{owners[0]}”, not of “{organisation}”")

    def _no_repeats(self, at: At, names: Iterable[str | date]) -> None:
        seen: set[str | date] = set()
        for n, name in enumerate(names):
            if name in seen:
                self.note((*at, n), f"“{name}” is here twice")
            seen.add(name)

    def _in_order(self, at: At, first: date | None, last: date | None, field: str) -> None:
        if first and last and last < first:
            self.note((*at, field), f"{last} is before {first}, when it begins")

    @staticmethod
    def _like(name: str, known: Collection[str]) -> str:
        near = nearest(name, known) if len(known) < 5000 else None
        return f": did you mean “{near}”?" if near else ""


def circles(links: Mapping[str, str | None]) -> list[list[str]]:
    """Each ring of names that leads back to itself, once."""
    settled: set[str] = set()
    found = []
    for start in links:
        path: list[str] = []
        name: str | None = start
        while name and name not in settled and name not in path:
            path.append(name)
            name = links.get(name)
        if name in path and name not in settled:
            found.append(path[path.index(name) :])
        settled.update(path)
    return found
