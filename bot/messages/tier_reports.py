"""What people read of reports between tiers: the list, a report's page, its Word document, and who is told of what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.chat.port import Attachment, Form, Message
from bot.domain.handling import Viewer
from bot.domain.reports import PARTS, Part, ReportKind, ReportState, concerns_named, empty_parts
from bot.domain.terms import Level
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.reports.docx import Paper, write_docx
from bot.store.barring import allowed_providers
from bot.store.groups import levels, needing_attention
from bot.store.reports import Said, SeenReport, Way, edits, reads, seen_report, sender_of
from bot.store.tables import Feedback, Group, Meeting, Report
from bot.store.unit import Unit

ON_A_PAGE = 10  # entries, so that no page is longer than a platform allows
RECEIVABLE = (ReportState.APPROVED, ReportState.RECEIVED)


@dataclass(frozen=True)
class Section:
    """One part of a report with what is said in it, `first` where it begins on this page. `empty` is whether nothing is
    said in it that this reader may read."""

    part: Part
    entries: tuple[Said, ...]
    empty: bool
    first: bool = True

    @property
    def general(self) -> Said | None:
        """What it says of no single provider."""
        return next((one for one in self.entries if one.entry.provider_id is None), None)


async def missing(unit: Unit, seen: SeenReport, reader: Viewer, today: date) -> list[str]:
    """The providers at risk summit or on enhanced surveillance of which a draft says nothing, though its reader, who
    may read all of it, would expect it: whoever drafted it may have been barred from them."""
    group_id = seen.report.from_group_id
    if group_id is None or not seen.edits or not seen.complete or seen.report.state is not ReportState.DRAFT:
        return []
    standing = needing_attention(await levels(unit, group_ids=[group_id]), Level.RISK_SUMMIT, Level.ENHANCED)
    allowed = await allowed_providers(unit, reader, [one.provider.key for one in standing], today)
    untold = allowed - {one.entry.provider_id for one in seen.entries}
    return [one.provider.name for one in standing if one.provider.key in untold]


def sections(seen: SeenReport) -> list[Section]:
    """The parts of its annex in their order."""
    found = []
    for part in PARTS[seen.report.kind]:
        theirs = tuple(one for one in seen.entries if one.entry.key == part.key)
        found.append(Section(part, theirs, not any(one.entry.text for one in theirs)))
    return found


def page(words: Templates, seen: SeenReport, lacking: Sequence[str], number: int = 1) -> Form:
    """A report, so many entries at a time; `number` is the page, from 1."""
    pages = _paged(sections(seen))
    number = min(max(number, 1), len(pages))
    about = {**_facts(seen), "lacking": lacking, "sections": pages[number - 1], "page": number, "pages": len(pages)}
    return words.page("report.page", **about)


def _paged(whole: Sequence[Section]) -> list[list[Section]]:
    pages: list[list[Section]] = [[]]
    left = ON_A_PAGE
    for section in whole:
        entries, first = section.entries, True
        while entries or first:
            if left == 0:
                pages.append([])
                left = ON_A_PAGE
            pages[-1].append(Section(section.part, entries[:left], section.empty, first))
            entries, left, first = entries[left:], left - len(entries[:left]), False
    return pages


def editable_text(said: Said) -> str:
    """What a form begins with: the text without the lines that name a concern which may be named no more."""
    told = {concern.reference for concern in said.concerns}
    return "\n".join(line for line in said.entry.text.splitlines() if concerns_named(line) <= told)


def approving(words: Templates, seen: SeenReport, meeting: Meeting | None) -> Message:
    """What sending it does, and what stands in the way of its being read."""
    empty = empty_parts(seen.report.kind, [one.entry for one in seen.entries])
    return words.render("report.approving", **_facts(seen), next=meeting, empty=empty)


def overview(
    words: Templates,
    reports: Sequence[tuple[Report, str, str]],
    ways: Sequence[Way],
    alone: Sequence[str],
    below: Sequence[Group],
) -> Message:
    """Somebody's reports, and what they may start; `alone` are the groups they run that have no parent."""
    return words.render("report.list", reports=reports, ways=ways, alone=alone, below=below)


def way_label(words: Templates, way: Way) -> str:
    """A report to choose in a list."""
    return words.plain("report.way", kind=way.kind.name, sender=way.sender, receiver=way.receiver)


def asked_word(words: Templates, report: Report) -> Form:
    """That the document is on its way."""
    return words.page("report.asked", report=report)


def feedback_thanks(words: Templates, group: Group) -> Form:
    """That it was said, and where it stands."""
    return words.page("feedback.thanks", group=group)


async def sent(letter: Letter) -> Message | None:
    """To the chair and the secretariat it was sent to: that it is there, and a button."""
    report = await _readable(letter)
    if report is None or report.state not in RECEIVABLE:
        return None
    if letter.reader is None or not letter.reader.runs(report.to_group_id):
        return None
    meeting = await letter.unit.find(Meeting, report.meeting_id) if report.meeting_id else None
    sender = await sender_of(letter.unit, report)
    return letter.words.render("report.sent", report=report, sender=sender, meeting=meeting, kind=report.kind.name)


async def waiting(letter: Letter) -> Message | None:
    """To those whose report it is: the clock has drafted it, and it waits for a person."""
    facts = await _own_draft(letter)
    return letter.words.render("report.waiting", **facts) if facts else None


async def late(letter: Letter) -> Message | None:
    """To the same, once: it is overdue."""
    facts = await _own_draft(letter)
    return letter.words.render("report.late", **facts) if facts else None


async def word(letter: Letter) -> Message | None:
    """To whoever asked: the report as a document, as they may read it now."""
    report = await _readable(letter)
    if report is None or letter.reader is None:
        return None
    seen = await seen_report(letter.unit, report, letter.reader, letter.today)
    letter.shows(*(concern for one in seen.entries if not one.withheld for concern in one.concerns))
    said = letter.words.render("report.word", report=report)
    return Message(said.markdown, (Attachment(f"{report.reference}.docx", _document(letter.words, seen)),))


async def given(letter: Letter) -> Message | None:
    """To the chair and the secretariat of the group it is for: what the group above says [003 §90]."""
    row = await letter.unit.find(Feedback, letter.about("feedback"))
    if row is None or letter.reader is None or not letter.reader.runs(row.to_group_id):
        return None
    group, sender = [await letter.unit.get(Group, key) for key in (row.to_group_id, row.from_group_id)]
    return letter.words.render("feedback.given", feedback=row, sender=sender, group=group)


async def _own_draft(letter: Letter) -> dict[str, object] | None:
    report = await _readable(letter)
    if report is None or letter.reader is None or not edits(report, letter.reader):
        return None
    if report.state is not ReportState.DRAFT:
        return None
    sender = await sender_of(letter.unit, report)
    receiver = await letter.unit.get(Group, report.to_group_id)
    return {"report": report, "sender": sender, "receiver": receiver}


async def _readable(letter: Letter) -> Report | None:
    report = await letter.unit.find(Report, letter.about("report"))
    return report if report and letter.reader and reads(report, letter.reader) else None


def _facts(seen: SeenReport) -> dict[str, object]:
    return {"seen": seen, "report": seen.report, "kind": seen.report.kind.name, "draft": _is_draft(seen.report)}


def _is_draft(report: Report) -> bool:
    return report.state is ReportState.DRAFT


def _document(words: Templates, seen: SeenReport) -> bytes:
    report = seen.report
    about = {**_facts(seen), "sections": sections(seen), "commissioner": report.kind is ReportKind.COMMISSIONER}
    paper = Paper(
        title=report.reference,
        author=seen.sender.name,
        header=words.render("tier_report.header", **about).markdown,
        footer=words.render("tier_report.footer", **about).markdown,
        made_at=report.approved_at or report.drafted_at,
    )
    return write_docx(paper, words.render("tier_report", **about).markdown, ())
