"""Lists of the reports between tiers: somebody's own, a meeting's, and those the clock looks at."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, exists, func, select

from bot.domain.escalation_figures import Quarter
from bot.domain.handling import Viewer
from bot.domain.reports import ReportKind, ReportState
from bot.domain.terms import MeetingState
from bot.store.barring import current
from bot.store.reports import reads
from bot.store.tables import Group, Meeting, Organisation, Report
from bot.store.unit import Unit

MOST_LISTED = 30
LOOKED_AT = 200  # among the newest of somebody's groups, since drafts of others are not for them


async def listed(unit: Unit, viewer: Viewer) -> list[tuple[Report, str, str]]:
    """The newest reports that somebody may read, each with the names of who sends and who receives it."""
    receiver = aliased(Group)
    rows = await unit.rows(
        select(Report, func.coalesce(col(Group.name), col(Organisation.name)), col(receiver.name))
        .outerjoin(Group, col(Group.id) == col(Report.from_group_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Report.from_organisation_id))
        .join(receiver, col(receiver.id) == col(Report.to_group_id))
        .where(or_(col(Report.from_group_id).in_(viewer.group_ids), col(Report.to_group_id).in_(viewer.group_ids)))
        .order_by(col(Report.drafted_at).desc(), col(Report.id).desc())
        .limit(LOOKED_AT)
    )
    return [(report, sender, to) for report, sender, to in rows if reads(report, viewer)][:MOST_LISTED]


async def reports_for(unit: Unit, meeting_id: int) -> list[tuple[Report, str]]:
    """What a meeting is to look at of the tier below: each report that stands, with its sender's name. It may be told
    to the whole group: it says nothing of what is in them."""
    later = aliased(Report)
    same = (
        col(later.kind) == col(Report.kind),
        col(later.to_group_id) == col(Report.to_group_id),
        col(later.starts_on) == col(Report.starts_on),
        col(later.state) != ReportState.DRAFT,
        col(later.approved_at) > col(Report.approved_at),
        or_(
            col(later.from_group_id) == col(Report.from_group_id),
            col(later.from_organisation_id) == col(Report.from_organisation_id),
        ),
    )
    rows = await unit.rows(
        select(Report, func.coalesce(col(Group.name), col(Organisation.name)))
        .outerjoin(Group, col(Group.id) == col(Report.from_group_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Report.from_organisation_id))
        .where(
            Report.meeting_id == meeting_id,
            Report.state != ReportState.DRAFT,
            ~exists().where(*same).correlate(Report),
        )
        .order_by(col(Report.approved_at), col(Report.id))
    )
    return [(report, sender) for report, sender in rows]


async def without_quarter(unit: Unit, quarter: Quarter, today: date) -> list[int]:
    """The groups with a parent of which there is no surveillance report for that quarter, not even a draft."""
    parent = select(col(Group.id)).where(current(Group, today))
    done = select(Report.from_group_id).where(
        Report.kind == ReportKind.SURVEILLANCE,
        Report.starts_on == quarter.first,
        col(Report.from_group_id).is_not(None),
    )
    asked = select(Group).where(current(Group, today), col(Group.parent_id).in_(parent), col(Group.id).not_in(done))
    return [group.key for group in await unit.all(asked.order_by(col(Group.id)))]


async def drafts_of_quarter(unit: Unit, quarter: Quarter) -> Sequence[Report]:
    """The surveillance reports for that quarter that nobody has approved."""
    return await unit.all(
        select(Report).where(
            Report.kind == ReportKind.SURVEILLANCE,
            Report.starts_on == quarter.first,
            Report.state == ReportState.DRAFT,
        )
    )


async def to_attach(unit: Unit, now: datetime) -> list[int]:
    """The approved reports that wait for a meeting: none was planned, or theirs was called off, or was held before
    anybody had received the report; and now there is one."""
    planned = select(Meeting.group_id).where(Meeting.starts_at > now, Meeting.state == MeetingState.SCHEDULED)
    lost = or_(
        col(Report.meeting_id).is_(None),
        col(Meeting.state) == MeetingState.CANCELLED,
        and_(col(Meeting.starts_at) <= now, col(Report.state) == ReportState.APPROVED),
    )
    asked = (
        select(Report)
        .outerjoin(Meeting, col(Meeting.id) == col(Report.meeting_id))
        .where(Report.state != ReportState.DRAFT, lost, col(Report.to_group_id).in_(planned))
    )
    return [report.key for report in await unit.all(asked)]
