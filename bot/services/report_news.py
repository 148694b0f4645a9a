"""What is told of reports between tiers, and the meeting at which each is looked at."""

from datetime import date, datetime

from bot.domain.escalation_figures import Quarter, seen_by_all_on
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.reports import ReportState
from bot.store.escalation_figures import officers
from bot.store.groups import next_meeting
from bot.store.journal import record
from bot.store.outbox import Telling, tell, told_people
from bot.store.report_lists import drafts_of_quarter
from bot.store.tables import Report
from bot.store.unit import Unit


async def tell_receivers(unit: Unit, report: Report, *, by: Viewer, now: datetime, today: date) -> None:
    """The chair and the secretariat of the group it goes to hear, once, that it is there to be read."""
    for person_id in (await officers(unit, [report.to_group_id], today))[report.to_group_id]:
        if person_id != by.person_id:
            await tell(unit, Telling("report.sent", {"report": report.key}, person_id=person_id), now)


async def tell_waiting(unit: Unit, report: Report, *, now: datetime, today: date) -> None:
    """The chair and the secretariat of the group whose report it is hear, once, that the clock has drafted it."""
    for person_id in await _senders(unit, report, today):
        await tell(unit, Telling("report.waiting", {"report": report.key}, person_id=person_id), now)


async def late(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The last quarter's drafts that are overdue [003 §127], and of which somebody has not been reminded."""
    quarter = Quarter.of(rules.today(now)).back(1)
    if rules.today(now) < seen_by_all_on(quarter, rules.calendar, rules.policy.reports.late_after):
        return []
    drafts = await drafts_of_quarter(unit, quarter)
    tellings = {one.key: _reminders(one, await _senders(unit, one, rules.today(now))) for one in drafts}
    told = {row.once for row in await told_people(unit, [one for several in tellings.values() for one in several])}
    return [key for key, several in tellings.items() if any(one.once not in told for one in several)]


async def remind(unit: Unit, report_id: int, *, now: datetime, rules: Rules) -> None:
    """Remind its chair and secretariat, each once, that a quarter's report waits for them."""
    report = await unit.get(Report, report_id)
    if report.state is ReportState.DRAFT:
        for telling in _reminders(report, await _senders(unit, report, rules.today(now))):
            await tell(unit, telling, now)


async def attach(unit: Unit, report_id: int, *, now: datetime) -> None:
    """Put a report that waited for a meeting on the agenda of the next one."""
    report = await unit.get(Report, report_id, lock=True)
    meeting = await next_meeting(unit, report.to_group_id, now)
    if meeting and report.meeting_id != meeting.key:
        report.meeting_id = meeting.key
        about = ("report", report.key)
        record(unit, "report on agenda", by=None, now=now, subject=about, group_id=report.to_group_id, to=meeting.key)


def _reminders(report: Report, people: list[int]) -> list[Telling]:
    return [Telling("report.late", {"report": report.key}, person_id=person_id) for person_id in people]


async def _senders(unit: Unit, report: Report, today: date) -> list[int]:
    key = report.from_group_id
    return [] if key is None else (await officers(unit, [key], today))[key]
