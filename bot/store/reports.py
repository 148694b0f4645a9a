"""Named questions about the reports that move between tiers, and about who reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.handling import Viewer
from bot.domain.reports import (
    Entry,
    ReportKind,
    ReportState,
    concerns_named,
    may_edit,
    may_read,
    nameable_in,
    shape_of,
    whole,
)
from bot.domain.terms import OrganisationKind, Role
from bot.store.barring import allowed_providers, current
from bot.store.people import seated
from bot.store.report_record import entries_of, nameable, parents_of
from bot.store.tables import Concern, Footprint, Group, JournalEntry, Meeting, Organisation, Person, Provider, Report
from bot.store.unit import Unit

READ_BY_RECEIVER = "report received"
Sender = Group | Organisation


@dataclass(frozen=True)
class Way:
    """A report that somebody may start: its shape, who sends it and to which group."""

    kind: ReportKind
    sender: Group | Organisation
    receiver: Group

    @property
    def from_group_id(self) -> int | None:
        return self.sender.key if isinstance(self.sender, Group) else None

    @property
    def from_organisation_id(self) -> int | None:
        return self.sender.key if isinstance(self.sender, Organisation) else None


@dataclass(frozen=True)
class Said:
    """One entry as its reader sees it, with the concerns that it names. Of one that is `withheld` the text is not
    shown: it names a concern that may be named no more."""

    entry: Entry
    provider: str
    concerns: tuple[Concern, ...] = ()
    withheld: bool = False


@dataclass(frozen=True)
class SeenReport:
    """A report as one reader may see it. `complete` is whether nothing in it is hidden from them. `receivers` are the
    officers who are told of it; `replaced_by` is the reference of the one that was sent in its place."""

    report: Report
    sender: Group | Organisation
    receiver: Group
    entries: tuple[Said, ...]
    complete: bool
    edits: bool
    receives: bool
    receivers: tuple[Person, ...]
    meeting: Meeting | None
    drafted_by: str
    approved_by: str
    received_at: datetime | None
    replaced_by: str


async def ways_open(unit: Unit, viewer: Viewer, today: date) -> list[Way]:
    """What somebody may report: the groups they run to the parent of each, and their own commissioner to a local group
    in which they represent it."""
    groups = await unit.all(select(Group).where(col(Group.id).in_(viewer.group_ids), current(Group, today)))
    parents = [group.parent_id for group in groups if group.parent_id]
    above = {
        one.key: one for one in await unit.all(select(Group).where(col(Group.id).in_(parents), current(Group, today)))
    }
    body = await unit.get(Organisation, viewer.organisation_id)
    return [way for group in sorted(groups, key=lambda one: one.name) for way in _ways(group, above, body, viewer)]


def _ways(group: Group, above: Mapping[int, Group], body: Organisation, viewer: Viewer) -> list[Way]:
    found = []
    parent = above.get(group.parent_id or 0)
    if parent and viewer.runs(group.key):
        found = [Way(kind, group, parent) for kind in shapes_of(group)]
    represents = body.kind is OrganisationKind.COMMISSIONER and viewer.holds(group.key, Role.REPRESENTATIVE)
    if represents and ReportKind.LOCAL in shapes_of(group):
        found.append(Way(ReportKind.COMMISSIONER, body, group))
    return found


def shapes_of(group: Group) -> list[ReportKind]:
    """The reports that a group sends to its parent."""
    return [kind for kind in (shape_of(group.tier), ReportKind.SURVEILLANCE) if kind]


async def report_named(unit: Unit, reference: str, *, lock: bool = False) -> Report | None:
    """Whoever asks: say nothing of it before `may_read`. With `lock`, nobody else changes it until this unit ends."""
    asked = select(Report).where(Report.reference == reference.strip().upper())
    if lock:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    return await unit.first(asked)


def reads(report: Report, viewer: Viewer) -> bool:
    """Whether somebody may read a report at all."""
    seats = (seats_in(viewer, report.from_group_id), seats_in(viewer, report.to_group_id))
    return may_read(report.kind, report.state, *seats, own_organisation=_ours(report, viewer))


def edits(report: Report, viewer: Viewer) -> bool:
    """Whether somebody drafts, edits and approves it."""
    seats = (seats_in(viewer, report.from_group_id), seats_in(viewer, report.to_group_id))
    return may_edit(report.kind, *seats, own_organisation=_ours(report, viewer))


def seats_in(viewer: Viewer, group_id: int | None) -> frozenset[Role]:
    """The seats somebody has in a group."""
    return next((place.roles for place in viewer.groups if place.group_id == group_id), frozenset())


def _ours(report: Report, viewer: Viewer) -> bool:
    return report.from_organisation_id is not None and report.from_organisation_id == viewer.organisation_id


async def seen_report(unit: Unit, report: Report, viewer: Viewer, today: date) -> SeenReport:
    """A report through the eyes of somebody who may read it."""
    everything = whole(report.kind, entries_of(report))
    readable = await readable_entries(unit, everything, viewer, today)
    people = {key: await unit.find(Person, key) for key in (report.drafted_by_id, report.approved_by_id) if key}
    names = {key: person.name for key, person in people.items() if person}
    return SeenReport(
        report=report,
        sender=await sender_of(unit, report),
        receiver=await unit.get(Group, report.to_group_id),
        entries=tuple(await _said(unit, report, readable)),
        complete=len(readable) == len(everything),
        edits=edits(report, viewer),
        receives=viewer.runs(report.to_group_id),
        receivers=tuple(await seated(unit, report.to_group_id, today, Role.CHAIR, Role.SECRETARIAT)),
        meeting=await unit.find(Meeting, report.meeting_id) if report.meeting_id else None,
        drafted_by=names.get(report.drafted_by_id or 0, ""),
        approved_by=names.get(report.approved_by_id or 0, ""),
        received_at=await _received_at(unit, report),
        replaced_by=await _replaced_by(unit, report),
    )


async def readable_entries(unit: Unit, entries: Sequence[Entry], viewer: Viewer | None, today: date) -> list[Entry]:
    """Without what is about a provider that this person is barred from; None is the channel, which is barred from none:
    what it is shown waits until nobody there is."""
    providers = sorted({one.provider_id for one in entries if one.provider_id is not None})
    if viewer is None:
        return list(entries)
    allowed = {None, *await allowed_providers(unit, viewer, providers, today)}
    return [one for one in entries if one.provider_id in allowed]


async def sender_of(unit: Unit, report: Report) -> Group | Organisation:
    """Who sends it."""
    if report.from_group_id is not None:
        return await unit.get(Group, report.from_group_id)
    if report.from_organisation_id is None:
        raise LookupError(report.reference)
    return await unit.get(Organisation, report.from_organisation_id)


async def nameable_by(unit: Unit, report: Report, entries: Sequence[Entry]) -> list[list[Concern]]:
    """For each entry, the concerns named in it that it may name as things stand."""
    found = await nameable(unit, report, [one.text for one in entries])
    wholes = await parents_of(unit, {one.provider_id for one in entries if one.provider_id is not None})
    return [
        [
            concern
            for concern in found
            if concern.reference in concerns_named(one.text)
            and nameable_in(concern.provider_id, one.provider_id, wholes.get(one.provider_id or 0))
        ]
        for one in entries
    ]


async def watched_by(unit: Unit, group_id: int, today: date) -> Sequence[str]:
    """The names of all that a group watches."""
    held = select(Footprint.provider_id).where(Footprint.group_id == group_id, current(Footprint, today))
    return await unit.all(select(Provider.name).where(col(Provider.id).in_(held)))


async def names_about(unit: Unit, entries: Sequence[Entry]) -> list[list[str]]:
    """For each entry, the names by which it may speak of its provider: its own, and that of the one it is a site of."""
    wanted = {one.provider_id for one in entries if one.provider_id is not None}
    whole_one = aliased(Provider)
    rows = await unit.rows(
        select(Provider.id, Provider.name, col(whole_one.name))
        .outerjoin(whole_one, col(whole_one.id) == col(Provider.parent_id))
        .where(col(Provider.id).in_(wanted))
    )
    names = {key: [name for name in several if name] for key, *several in rows}
    return [names.get(one.provider_id, []) for one in entries]


async def said_in(unit: Unit, report: Report, viewer: Viewer | None, today: date) -> list[Said]:
    """What a report says, in the order of its annex, as this person may read it; None is a group's channel."""
    everything = whole(report.kind, entries_of(report))
    return await _said(unit, report, await readable_entries(unit, everything, viewer, today))


async def _said(unit: Unit, report: Report, entries: Sequence[Entry]) -> list[Said]:
    wanted = {one.provider_id for one in entries if one.provider_id is not None}
    names = dict(await unit.rows(select(Provider.id, Provider.name).where(col(Provider.id).in_(wanted))))
    told = await nameable_by(unit, report, entries)
    return [
        Said(one, names.get(one.provider_id, ""), tuple(concerns), concerns_named(one.text) > _references(concerns))
        for one, concerns in zip(entries, told, strict=True)
    ]


def _references(concerns: Sequence[Concern]) -> set[str]:
    return {one.reference for one in concerns}


async def open_draft(unit: Unit, way: Way, starts_on: date | None = None) -> Report | None:
    """The draft of such a report that is not approved yet; of that period, if one is given."""
    asked = _of(way).where(Report.state == ReportState.DRAFT)
    return await unit.first(asked.where(Report.starts_on == starts_on) if starts_on else asked)


async def last_sent(unit: Unit, way: Way) -> Report | None:
    """The newest such report that was approved."""
    sent = _of(way).where(Report.state != ReportState.DRAFT)
    return await unit.first(sent.order_by(col(Report.ends_on).desc(), col(Report.approved_at).desc()))


def _of(way: Way) -> SelectOfScalar[Report]:
    sender = (
        Report.from_group_id == way.from_group_id
        if isinstance(way.sender, Group)
        else Report.from_organisation_id == way.from_organisation_id
    )
    return select(Report).where(Report.kind == way.kind, Report.to_group_id == way.receiver.key, sender)


async def report_by_submission(unit: Unit, submit_key: str) -> Report | None:
    return await unit.first(select(Report).where(Report.submit_key == submit_key))


async def _received_at(unit: Unit, report: Report) -> datetime | None:
    """When an officer of the receiving group first read it."""
    asked = select(JournalEntry.at).where(
        JournalEntry.subject_kind == "report",
        JournalEntry.subject_id == report.key,
        JournalEntry.act == READ_BY_RECEIVER,
    )
    return await unit.first(asked.order_by(col(JournalEntry.at)))


async def _replaced_by(unit: Unit, report: Report) -> str:
    """The newest one that was approved later in its place: of the same kind, to the same group, from the same day."""
    if report.approved_at is None:
        return ""
    same = (
        Report.from_group_id == report.from_group_id
        if report.from_group_id is not None
        else Report.from_organisation_id == report.from_organisation_id
    )
    later = select(Report.reference).where(
        same,
        Report.kind == report.kind,
        Report.to_group_id == report.to_group_id,
        Report.starts_on == report.starts_on,
        Report.state != ReportState.DRAFT,
        col(Report.approved_at) > report.approved_at,
    )
    return await unit.first(later.order_by(col(Report.approved_at).desc())) or ""
