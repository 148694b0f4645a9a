"""What people read about how escalations are going: what is open, and the figures of a quarter. Counts only what the
reader may open; for a channel, only what it may be told of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel.sql.expression import SelectOfScalar

from bot.chat.markdown import parse
from bot.chat.port import Attachment, Message
from bot.chat.tree import Heading, Paragraph, words_of
from bot.domain.calendar import Clock, WorkingCalendar
from bot.domain.escalation import AWAITED, AddresseeState, Rung, RungRole
from bot.domain.escalation_figures import (
    EARLIEST,
    QUARTERS_SHOWN,
    Figures,
    Line,
    Quarter,
    Taken,
    figures,
    seen_by_all_on,
    taken,
)
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.reports.drawing import Picture, draw
from bot.store.escalation_figures import (
    AskedLine,
    OpenList,
    asked_for_all,
    asked_of,
    asked_within,
    lines_told,
    providers_counted,
)
from bot.store.escalations import GridLine, standing
from bot.store.groups import group_by_id
from bot.store.people import organisations_by_id
from bot.store.tables import Escalation, Meeting, Organisation
from bot.store.unit import Unit

LISTED = 15  # (ours) escalations in one answer, with a button each: one message
LINES_EACH = 4


@dataclass(frozen=True)
class Body:
    """One organisation's figures; `a_day` is how many hours its working day has."""

    organisation: Organisation
    figures: Figures
    a_day: float


@dataclass(frozen=True)
class Report:
    """The figures of a quarter: of each organisation, by name, and of all together in this and the quarters before,
    the oldest first."""

    quarter: Quarter
    bodies: list[Body]
    trend: tuple[tuple[Quarter, Figures], ...]

    @property
    def together(self) -> Figures:
        return self.trend[-1][1]


def listed(words: Templates, found: OpenList, viewer: Viewer, rules: Rules, today: date, *, group: str = "") -> Message:
    """The open escalations of a group, or of the reader's own organisation."""
    rows = [_row(escalation, lines, found, viewer, rules, today) for escalation, lines in found.shown]
    return words.render("escalations.list", rows=rows, group=group, more=found.count - len(rows), standing=standing)


def _row(
    escalation: Escalation, lines: Sequence[GridLine], found: OpenList, viewer: Viewer, rules: Rules, today: date
) -> dict[str, Any]:
    waits = [line for line in lines if line.addressee.state in AWAITED]
    return {
        "escalation": escalation,
        "kind": rules.policy.kind(escalation.kind).label,
        "days": rules.calendar.working_days_between(rules.today(escalation.started_at), today),
        "ours": escalation.organisation_id == viewer.organisation_id,
        "waits": [(line, *_rung(line, found.ladders[line.addressee.key])) for line in waits[:LINES_EACH]],
        "others": max(len(waits) - LINES_EACH, 0),
        "answered": sum(line.addressee.state is AddresseeState.RESPONDED for line in lines),
    }


def _rung(line: GridLine, ladder: Sequence[Rung]) -> tuple[str, int]:
    """The role of whoever was told last, and which deputy it is; nothing when there was nobody."""
    reached = [rung for rung in ladder if rung.position <= line.addressee.position]
    if not reached or not line.told:
        return "", 0
    return str(reached[-1].role), sum(rung.role is RungRole.DEPUTY for rung in reached)


async def own(letter: Letter) -> Message | None:
    """To those who answer for an organisation: how it did in a quarter. None if it was asked nothing they may open."""
    reader, quarter = letter.reader, _over(letter)
    if reader is None or quarter is None or letter.about("organisation") != reader.organisation_id:
        return None
    report = await gather(letter.unit, asked_of(reader, letter.today), quarter, letter.rules)
    if not report.bodies:
        return None
    said = letter.words.render("escalations.own", report=report, body=report.bodies[0])
    return Message(said.markdown, await _chart(letter.words, report))


async def ready(letter: Letter) -> Message | None:
    """To a group's chair and secretariat: they can see now how all its organisations did in a quarter."""
    reader, quarter, group_id = letter.reader, _over(letter), letter.about("group")
    if reader is None or quarter is None or not reader.runs(group_id):
        return None
    if letter.today < seen_by_all_on(quarter, letter.rules.calendar, letter.rules.policy.figures_days):
        return None
    group = await group_by_id(letter.unit, group_id, letter.today)
    report = await gather(letter.unit, asked_within(group_id, reader, letter.today), quarter, letter.rules)
    if group is None or not report.bodies:
        return None
    said = letter.words.render("escalations.ready", report=report, group=group)
    return Message(said.markdown, await _chart(letter.words, report))


def _over(letter: Letter) -> Quarter | None:
    """The quarter it is about, if there was one and it is over."""
    quarter = Quarter(letter.about("quarter"))
    return quarter if EARLIEST <= quarter < Quarter.of(letter.today) else None


async def shown(
    unit: Unit, words: Templates, viewer: Viewer, rules: Rules, today: date, *, group_id: int | None, group: str = ""
) -> Message:
    """The figures somebody asks for: their own organisation's of the last quarter; and for an officer of a group all
    organisations' there, of the newest quarter of which they may see them."""
    quarter = Quarter.of(today).back(1)
    mine = await gather(unit, asked_of(viewer, today), quarter, rules)
    every, opens_on = None, seen_by_all_on(quarter, rules.calendar, rules.policy.figures_days)
    if group_id is not None:
        newest = quarter if today >= opens_on else quarter.back(1)
        every = await gather(unit, asked_within(group_id, viewer, today), newest, rules)
    return words.render(
        "escalations.figures",
        viewer=viewer,
        quarter=quarter,
        body=mine.bodies[0] if mine.bodies else None,
        every=every,
        group=group,
        opens_on=opens_on if today < opens_on else None,
    )


async def quarter_for_agenda(
    unit: Unit, meeting: Meeting, since: datetime | None, rules: Rules, today: date, reader: Viewer | None
) -> tuple[Report | None, Sequence[int | None]]:
    """The last quarter's figures for a group's agenda, if its meeting is the first at which all may see them; and the
    providers they count."""
    quarter = Quarter.of(today).back(1)
    opens_on = seen_by_all_on(quarter, rules.calendar, rules.policy.figures_days)
    if today < opens_on or (since is not None and rules.today(since) >= opens_on):
        return None, ()
    statement = asked_for_all(meeting.group_id, reader, today)
    found = await lines_told(unit, statement, quarter.begins(rules.calendar), quarter.back(-1).begins(rules.calendar))
    if not found:
        return None, ()
    keys = {line.escalation_id for line in found}
    providers = await providers_counted(unit, meeting.group_id, reader, today, keys)
    return await _report(unit, found, quarter, rules), providers


async def gather(unit: Unit, statement: SelectOfScalar[Escalation], quarter: Quarter, rules: Rules) -> Report:
    """The figures of a quarter from a statement of `store/escalation_figures.py`."""
    first, last = quarter.back(QUARTERS_SHOWN - 1), quarter.back(-1)
    found = await lines_told(unit, statement, first.begins(rules.calendar), last.begins(rules.calendar))
    return await _report(unit, found, quarter, rules)


async def _report(unit: Unit, found: Sequence[AskedLine], quarter: Quarter, rules: Rules) -> Report:
    bodies = await organisations_by_id(unit, {line.addressee.organisation_id or 0 for line in found})
    lines = [(_quarter_of(line, rules), line, _line(line, bodies, rules)) for line in found]
    by_body: dict[int, list[Line]] = {}
    for when, line, counted in lines:
        if when == quarter:
            by_body.setdefault(line.addressee.organisation_id or 0, []).append(counted)
    quarters = [quarter.back(n) for n in reversed(range(QUARTERS_SHOWN))]
    return Report(
        quarter,
        sorted(
            (
                Body(bodies[key], figures(theirs), _hours(bodies[key], rules).hours_a_day)
                for key, theirs in by_body.items()
            ),
            key=lambda body: body.organisation.short_name,
        ),
        tuple((one, figures([counted for when, _, counted in lines if when == one])) for one in quarters),
    )


def _quarter_of(line: AskedLine, rules: Rules) -> Quarter:
    return Quarter.of(rules.today(line.told_at))


def _hours(body: Organisation, rules: Rules) -> WorkingCalendar:
    return rules.calendar.opening(body.opens, body.closes)


def _line(line: AskedLine, bodies: Mapping[int, Organisation], rules: Rules) -> Line:
    """What counts of one organisation asked once, by its own hours."""
    it, pace = line.addressee, rules.policy.pace(line.kind, line.urgency)
    calendar = _hours(bodies[it.organisation_id or 0], rules)

    def time(end: datetime | None, clock: Clock) -> Taken | None:
        return taken(line.told_at, end, clock, calendar) if end else None

    answer = rules.policy.kind(line.kind).answers.get(it.outcome)
    return Line(
        it.state,
        time(it.acknowledged_at, pace.acknowledge),
        time(it.responded_at, pace.respond),
        answer.label if answer else it.outcome,
    )


async def _chart(words: Templates, report: Report) -> tuple[Attachment, ...]:
    """The picture that stands beside the figures, with the same in words for whoever cannot see it. Without it, if it
    could not be drawn, the figures are still all there."""
    parts = parse(words.render("escalations.chart", report=report).markdown)
    left, right, *labels = (words_of(part.runs) for part in parts if isinstance(part, Heading))
    alt = " ".join(words_of(part.runs) for part in parts if isinstance(part, Paragraph))
    medians = [of.to_acknowledge.working.median if of.to_acknowledge.working else None for _, of in report.trend]
    picture = Picture(left, tuple(zip(labels, medians, strict=True)), right, report.together.answers)
    drawn = await draw(picture)
    return (Attachment(f"escalations-{report.quarter.first:%Y-%m}.png", drawn, alt=alt),) if drawn else ()
