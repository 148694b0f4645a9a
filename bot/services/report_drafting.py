"""Drafting a report between tiers from the record, and who may have it in their hands."""

from dataclasses import replace
from datetime import date, datetime, time

from bot.domain.cadence import months_on
from bot.domain.calendar import DAY
from bot.domain.concern import new_reference
from bot.domain.escalation_figures import Quarter
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.reports import Entry, ReportKind, ReportState, period_after, whole, without_concerns
from bot.errors import ChangedMeanwhile, NotFound, NotYours, WrongState
from bot.messages.report_drafts import Drafter
from bot.messages.words import Templates
from bot.store import reports as asked
from bot.store.journal import record
from bot.store.meetings import hold_group
from bot.store.report_record import Span, entries_of, from_below, record_of
from bot.store.reports import Way
from bot.store.tables import Group, Report
from bot.store.unit import Unit

WHO_READS_ALL = "somebody who may read every part of it, and sends it,"
WHO_SENDS = "those whose report it is"


async def start_report(
    unit: Unit,
    way: Way,
    *,
    by: Viewer | None,
    key: str,
    now: datetime,
    rules: Rules,
    words: Templates,
    in_place_of: Report | None = None,
) -> Report:
    """Draft a report from the record, through the eyes of whoever asks; `by` None is the clock. One that is open
    already is given as it is. With `in_place_of`, it is about what that one was about, and replaces it once it is sent.
    The caller has checked that it is for them to send."""
    await hold_group(unit, way.receiver.key)
    starts_on, ends_on = await _period(unit, way, in_place_of, now, rules)
    quarter = starts_on if way.kind is ReportKind.SURVEILLANCE else None
    found = await asked.report_by_submission(unit, key) or await asked.open_draft(unit, way, quarter)
    if found:
        return found
    report = Report(
        reference=new_reference("R"),
        submit_key=key,
        kind=way.kind,
        from_group_id=way.from_group_id,
        from_organisation_id=way.from_organisation_id,
        to_group_id=way.receiver.key,
        starts_on=starts_on,
        ends_on=ends_on,
        drafted_by_id=by.person_id if by else None,
        drafted_at=now,
    )
    await _fill(unit, report, way.sender, way.receiver, by=by, now=now, rules=rules, words=words)
    unit.add(report)
    await unit.flush()
    note(unit, report, "report drafted", by, now)
    return report


async def start_anew(
    unit: Unit, reference: str, *, by: Viewer, key: str, now: datetime, rules: Rules, words: Templates
) -> Report:
    """Draft another report in place of one that was sent. Raises `NotFound`, `NotYours`, and `WrongState` for one that
    was not."""
    old = await readable(unit, reference, by)
    if not asked.edits(old, by):
        raise NotYours(who=WHO_SENDS)
    if old.state is ReportState.DRAFT:
        raise WrongState(what=old.reference, now=old.state, wanted="replaced")
    way = Way(old.kind, await asked.sender_of(unit, old), await unit.get(Group, old.to_group_id))
    return await start_report(unit, way, by=by, key=key, now=now, rules=rules, words=words, in_place_of=old)


async def draft_again(
    unit: Unit, reference: str, version: int, *, by: Viewer, now: datetime, rules: Rules, words: Templates
) -> Report:
    """Put what the record holds now in place of the whole draft. Raises what `write_entry` raises."""
    report = await editable(unit, reference, by, wanted="drafted again")
    if report.version != version:
        raise ChangedMeanwhile(what=f"report {report.reference}")
    if len(await asked.readable_entries(unit, all_entries(report), by, rules.today(now))) < len(all_entries(report)):
        raise NotYours(who=WHO_READS_ALL)
    if report.kind is not ReportKind.SURVEILLANCE:
        report.ends_on = rules.today(now)
    sender, receiver = await asked.sender_of(unit, report), await unit.get(Group, report.to_group_id)
    await _fill(unit, report, sender, receiver, by=by, now=now, rules=rules, words=words)
    report.drafted_by_id, report.drafted_at = by.person_id, now
    await unit.flush()
    note(unit, report, "report drafted again", by, now)
    return report


def set_entries(report: Report, entries: list[Entry]) -> None:
    """What the report says from now on."""
    report.parts = [one.stored() for one in whole(report.kind, entries)]


def all_entries(report: Report) -> list[Entry]:
    """What it says, in the order of its annex."""
    return whole(report.kind, entries_of(report))


async def readable(unit: Unit, reference: str, by: Viewer, *, lock: bool = False) -> Report:
    """A report that they may read. Raises `NotFound` whether it is hidden or not there."""
    report = await asked.report_named(unit, reference, lock=lock)
    if report is None or not asked.reads(report, by):
        raise NotFound(what=reference.strip())
    return report


async def editable(unit: Unit, reference: str, by: Viewer, *, wanted: str, lock: bool = True) -> Report:
    """A draft that they may edit. Raises `NotFound`, `NotYours`, and `WrongState` once it is approved."""
    report = await readable(unit, reference, by, lock=lock)
    if not asked.edits(report, by):
        raise NotYours(who=WHO_SENDS)
    if report.state is not ReportState.DRAFT:
        raise WrongState(what=report.reference, now=report.state, wanted=wanted)
    return report


def note(unit: Unit, report: Report, act: str, by: Viewer | None, now: datetime, **facts: int | str) -> None:
    """An entry of the journal about a report."""
    group_id = report.from_group_id or report.to_group_id
    record(unit, act, by=by, now=now, subject=("report", report.key), group_id=group_id, **facts)


async def _period(unit: Unit, way: Way, in_place_of: Report | None, now: datetime, rules: Rules) -> tuple[date, date]:
    """The last whole quarter; or the days since the last report that was received, which one not yet received does not
    end: a new one is sent in its place."""
    today = rules.today(now)
    if way.kind is ReportKind.SURVEILLANCE:
        quarter = Quarter.of(in_place_of.starts_on if in_place_of else Quarter.of(today).back(1).first)
        return quarter.first, quarter.last
    if in_place_of:
        return in_place_of.starts_on, today
    last = await asked.last_sent(unit, way)
    if last and last.state is ReportState.APPROVED:
        return last.starts_on, today
    earliest = months_on(today, -rules.policy.reports.first_months)
    return period_after(last.ends_on if last else None, today, earliest)


async def _fill(
    unit: Unit,
    report: Report,
    sender: asked.Sender,
    receiver: Group,
    *,
    by: Viewer | None,
    now: datetime,
    rules: Rules,
    words: Templates,
) -> None:
    """What the record holds, without the names of concerns that may not be named there."""
    calendar, today = rules.calendar, rules.today(now)
    span = Span(calendar.at(report.starts_on, time.min), calendar.at(report.ends_on + DAY, time.min), today)
    found = await record_of(unit, report, span, by, rules.policy.reports.theme_at)
    below = []
    if report.kind is ReportKind.REGIONAL and report.from_group_id:
        below = await from_below(unit, report.from_group_id, by, today)
    entries = Drafter(words, rules, span, report, sender, receiver).entries(found, below)
    told = await asked.nameable_by(unit, report, entries)
    names = [{concern.reference for concern in several} for several in told]
    pairs = zip(entries, names, strict=True)
    set_entries(report, [replace(one, text=without_concerns(one.text, may)) for one, may in pairs])
