"""What people can ask for about a report between tiers: read it, edit it, approve it, have it in Word."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.domain.reports import PARTS, Entry, ReportState, empty_parts, text_error
from bot.errors import ChangedMeanwhile, Conflicted, FormErrors, NotYours
from bot.services.report_drafting import (
    WHO_READS_ALL,
    WHO_SENDS,
    all_entries,
    editable,
    note,
    readable,
    set_entries,
)
from bot.services.report_news import tell_receivers
from bot.store import reports as asked
from bot.store.barring import barred_from
from bot.store.groups import next_meeting
from bot.store.journal import record_shown
from bot.store.outbox import Telling, tell
from bot.store.reports import READ_BY_RECEIVER, SeenReport
from bot.store.tables import Provider, Report
from bot.store.unit import Unit


@dataclass(frozen=True)
class Writing:
    """What somebody wrote in one part of a report. `version` is the one their form showed; `new` is whether it is to be
    an entry that was not there; `vouched` whether they say that it identifies nobody."""

    reference: str
    key: str
    provider_id: int | None
    text: str
    version: int
    new: bool = False
    vouched: bool = False


@dataclass(frozen=True)
class Approval:
    """That somebody sends a report. `considered` is their word that the empty parts were thought about."""

    reference: str
    version: int
    considered: bool = False
    vouched: bool = False


async def open_report(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> SeenReport:
    """Read a report, and log the reading; read by an officer of the group it was sent to, it is received. Raises
    `NotFound` whether it is hidden or not there."""
    report = await readable(unit, reference, by, lock=True)  # two may be the first to read it
    note(unit, report, "report read", by, now)
    sent = report.state is ReportState.APPROVED and report.approved_by_id != by.person_id
    if sent and by.runs(report.to_group_id):
        report.state = ReportState.RECEIVED
        note(unit, report, READ_BY_RECEIVER, by, now)
    await unit.flush()
    return await show(unit, report, by=by, now=now, rules=rules)


async def show(unit: Unit, report: Report, *, by: Viewer, now: datetime, rules: Rules) -> SeenReport:
    """A report through somebody's eyes; what it tells of concerns is logged as shown."""
    seen = await asked.seen_report(unit, report, by, rules.today(now))
    told = [concern for one in seen.entries if not one.withheld for concern in one.concerns]
    record_shown(unit, "shown", told, by=by, now=now, where="report")
    return seen


async def write_entry(unit: Unit, said: Writing, *, by: Viewer, now: datetime, rules: Rules) -> Report:
    """Put this in place of what the draft says there. The same again changes nothing.

    Raises `NotFound`, `NotYours`, `WrongState`, `Conflicted`, `ChangedMeanwhile`, and `FormErrors` naming `part`,
    `provider` or `text`.
    """
    report = await editable(unit, said.reference, by, wanted="changed")
    entries, text = all_entries(report), said.text.strip()
    await _check_place(unit, report, said, by, rules.today(now))
    before = next((one for one in entries if (one.key, one.provider_id) == (said.key, said.provider_id)), None)
    if (before.text if before else "") == text:
        return report
    if said.new and before and before.text:
        raise FormErrors({"provider": "This part has an entry about it already. Edit that one."})
    if report.version != said.version:
        raise ChangedMeanwhile(what=f"report {report.reference}")
    entry = Entry(said.key, said.provider_id, text)
    (error,) = await _errors(unit, report, [entry], rules.today(now))
    if error:
        raise FormErrors({"text": error})
    kept = check_identifiers({"text": text}, vouched=said.vouched)
    others = [one for one in entries if one is not before]
    set_entries(report, [*others, *([entry] if text or said.provider_id is None else [])])
    await unit.flush()
    note(unit, report, "report edited", by, now, part=said.key, **{f"{kind}_kept": n for kind, n in kept.items()})
    return report


async def approve(unit: Unit, approval: Approval, *, by: Viewer, now: datetime, rules: Rules) -> Report:
    """Send it: frozen from now on, on the agenda of the receiving group's next meeting, its chair and secretariat told.
    One that was sent already is given as it is.

    Raises `NotFound`, `NotYours` for whoever may not read all of it, `ChangedMeanwhile`, and `FormErrors`.
    """
    report = await readable(unit, approval.reference, by, lock=True)
    if not asked.edits(report, by):
        raise NotYours(who=WHO_SENDS)
    if report.state is not ReportState.DRAFT:
        return report
    if report.version != approval.version:
        raise ChangedMeanwhile(what=f"report {report.reference}")
    today, entries = rules.today(now), all_entries(report)
    if len(await asked.readable_entries(unit, entries, by, today)) < len(entries):
        raise NotYours(who=WHO_READS_ALL)
    await _check_whole(unit, report, entries, approval, today)
    meeting = await next_meeting(unit, report.to_group_id, now)
    report.state, report.approved_by_id, report.approved_at = ReportState.APPROVED, by.person_id, now
    report.meeting_id = meeting.key if meeting else None
    await unit.flush()
    note(unit, report, "report approved", by, now, meeting=report.meeting_id or 0)
    await tell_receivers(unit, report, by=by, now=now, today=today)
    return report


async def ask_for_word(unit: Unit, reference: str, *, by: Viewer, now: datetime) -> Report:
    """Send the report as a document to whoever asks, once a minute at most. Raises `NotFound`."""
    report = await readable(unit, reference, by)
    slot = f"{now:%Y-%m-%dT%H:%M}"
    if await tell(unit, Telling("report.word", {"report": report.key}, person_id=by.person_id, slot=slot), now):
        note(unit, report, "report asked for", by, now)
    return report


async def _check_place(unit: Unit, report: Report, said: Writing, by: Viewer, today: date) -> None:
    """The part is one of the annex, and the provider one of which they may be told."""
    if said.key not in {part.key for part in PARTS[report.kind]}:
        raise FormErrors({"part": "Choose one from the list."})
    if said.provider_id is None:
        return
    if await unit.find(Provider, said.provider_id) is None:
        raise FormErrors({"provider": "Choose one from the list."})
    if await barred_from(unit, by, [said.provider_id], today):
        raise Conflicted


async def _check_whole(unit: Unit, report: Report, entries: list[Entry], approval: Approval, today: date) -> None:
    """Raises `FormErrors` for what may not be sent as it stands."""
    if empty_parts(report.kind, entries) and not approval.considered:
        problem = "Tick this once you have thought about the parts of which the report says: none identified."
        raise FormErrors({"considered": problem})
    for one, error in zip(entries, await _errors(unit, report, entries, today), strict=True):
        if error:
            heading = next(part.heading for part in PARTS[report.kind] if part.key == one.key)
            raise FormErrors({"": f"{heading}: {error}"})
    check_identifiers({"": "\n".join(one.text for one in entries)}, vouched=approval.vouched)


async def _errors(unit: Unit, report: Report, entries: list[Entry], today: date) -> list[str]:
    """What is wrong with each of these entries, or ""."""
    allowed = await asked.nameable_by(unit, report, entries)
    own = await asked.names_about(unit, entries)
    others = await asked.watched_by(unit, report.from_group_id or report.to_group_id, today)
    each = zip(entries, allowed, own, strict=True)
    return [text_error(one.text, {told.reference for told in may}, names, others) for one, may, names in each]
