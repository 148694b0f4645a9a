"""What a meeting's pack is made of: the record of its group, of that what one reader or the group's channel may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from bot.domain.action_log import LogStatus
from bot.domain.calendar import WorkingCalendar
from bot.domain.handling import Viewer
from bot.domain.notes import Part, read_parts
from bot.domain.policy import Rules
from bot.domain.reports import ReportState
from bot.domain.sittings import NoteState
from bot.domain.terms import ActionState, ConcernState, MeetingState
from bot.store.action_log import LogLine, log_lines
from bot.store.agenda_items import Business, business_of
from bot.store.attendance import Coming, coming
from bot.store.barring import allowed_providers
from bot.store.concerns import SeenConcern, seen
from bot.store.groups import last_meeting
from bot.store.notes import parts_for, standing, versions_of
from bot.store.reports import Said, said_in
from bot.store.surveillance_log import SurveillanceLog, surveillance_log
from bot.store.tables import Concern, Group, Meeting, MeetingNote, Organisation, Person, Report
from bot.store.unit import Unit
from bot.store.visibility import agenda_concerns

AT_ONCE = 500  # actions


@dataclass(frozen=True)
class Paper:
    """A report on the agenda, with what its reader may read of it. `source` is the group or organisation it is of."""

    report: Report
    source: str
    author: str
    entries: Sequence[Said]


@dataclass(frozen=True)
class Pack:
    """All that a pack holds. `before` is the meeting before this one; `note` its note, once members have agreed it."""

    meeting: Meeting
    group: Group
    coming: Coming
    business: Sequence[Business]
    before: Meeting | None
    note: MeetingNote | None
    note_parts: Sequence[Part]
    actions: Sequence[LogLine]
    log: SurveillanceLog
    new: Sequence[SeenConcern]
    papers: Sequence[Paper]

    @property
    def concerns(self) -> list[SeenConcern]:
        """The new ones, then those on the agenda that are not new."""
        there = {one.concern.key for one in self.new}
        listed = [one.concern for one in self.business if one.concern]
        return [*self.new, *(one for one in listed if one.concern.key not in there)]

    @property
    def cited(self) -> list[Concern]:
        """The concerns that its reports name."""
        return [concern for paper in self.papers for one in paper.entries for concern in one.concerns]

    @property
    def named(self) -> set[int | None]:
        """The providers it speaks of, as numbers, beside those of its concerns and actions."""
        about = {one.provider_id for one in self.business} | {one.provider for one in self.note_parts}
        about |= {one.entry.provider_id for paper in self.papers for one in paper.entries}
        return about | {line.provider.key for line in self.log.lines}


async def pack_of(unit: Unit, meeting: Meeting, reader: Viewer | None, now: datetime, rules: Rules) -> Pack:
    """The pack of a meeting as it would be now, of that what `reader` may see; None is the group's channel."""
    today = rules.today(now)
    before = await last_meeting(unit, meeting.group_id, meeting.starts_at)
    note = await _agreed_note(unit, before.key) if before else None
    actions = await _actions(unit, meeting.group_id, reader, now, rules.calendar)
    new = agenda_concerns(meeting.group_id, reader, today).where(Concern.state != ConcernState.CONCLUDED)
    if before:
        new = new.where(Concern.raised_at > before.starts_at)
    about = {line.provider_id for line in actions if line.provider_id}
    allowed = about if reader is None else await allowed_providers(unit, reader, sorted(about), today)
    return Pack(
        meeting=meeting,
        group=await unit.get(Group, meeting.group_id),
        coming=await coming(unit, meeting, today),
        business=await business_of(unit, meeting, reader, today),
        before=before,
        note=note,
        note_parts=await parts_for(unit, read_parts(note.parts), reader, today) if note else [],
        # One's own action is in one's log whatever bars one from its provider; a pack says nothing of that provider.
        actions=[line for line in actions if line.provider_id in {None, *allowed}],
        log=await surveillance_log(unit, meeting.group_id, reader, now, rules),
        new=sorted(await seen(unit, new, by=reader), key=_by_area),
        papers=[
            Paper(report, source, author, await said_in(unit, report, reader, today))
            for report, source, author in await _reports(unit, meeting.key)
        ],
    )


async def meetings_ahead(unit: Unit, now: datetime, until: datetime) -> Sequence[Meeting]:
    """The meetings still to be held that begin between these moments, of groups with a channel or without."""
    ahead = (Meeting.starts_at > now, Meeting.starts_at <= until, Meeting.state == MeetingState.SCHEDULED)
    return await unit.all(select(Meeting).where(*ahead).order_by(col(Meeting.starts_at)))


def _by_area(one: SeenConcern) -> tuple[str, str, str, int]:
    """Area by area [003 §99], in an order in which no organisation comes before another [000 R5]."""
    return one.area or "\uffff", one.provider, one.concern.event_on.isoformat(), one.concern.key


async def _agreed_note(unit: Unit, meeting_id: int) -> MeetingNote | None:
    """The note of a meeting as its group agreed it; a draft is its members' of that day, and nobody else's yet."""
    note = standing(await versions_of(unit, meeting_id))
    return note if note and note.state is NoteState.AGREED else None


async def _actions(
    unit: Unit, group_id: int, reader: Viewer | None, now: datetime, calendar: WorkingCalendar
) -> list[LogLine]:
    """What is not closed: the overdue and the others by when they are due, then what waits for sign-off."""
    found: list[LogLine] = []
    today, after = calendar.day(now), 0
    while some := await log_lines(unit, group_id, reader, today, after=after, limit=AT_ONCE, status=LogStatus.CURRENT):
        found.extend(some)
        after = some[-1].key
    return sorted(found, key=lambda line: (line.state is ActionState.COMPLETED, line.due_on, line.key))


async def _reports(unit: Unit, meeting_id: int) -> list[tuple[Report, str, str]]:
    """The reports on a meeting's agenda that somebody has approved, with whose each is and who approved it."""
    rows = await unit.rows(
        select(Report, Group.name, Organisation.name, Person.name)
        .outerjoin(Group, col(Group.id) == col(Report.from_group_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Report.from_organisation_id))
        .outerjoin(Person, col(Person.id) == col(Report.approved_by_id))
        .where(Report.meeting_id == meeting_id, Report.state != ReportState.DRAFT)
        .order_by(col(Report.kind), col(Report.id))
    )
    return [(report, group or body or "", author or "") for report, group, body, author in rows]
