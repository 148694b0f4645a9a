"""The agenda digest of a meeting, as a group's channel may read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from bot.chat.port import Message
from bot.domain.escalation import AWAITED
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import ActionState, ConcernState, Level, Role
from bot.messages.concerns import facts
from bot.messages.escalation_figures import Report, quarter_for_agenda
from bot.messages.letter import Letter
from bot.messages.meetings import Line, line_of
from bot.messages.words import Templates
from bot.store import groups as asked
from bot.store.actions import SeenAction, log_of_group, of_group
from bot.store.attendance import Coming, coming
from bot.store.barring import allowed_providers
from bot.store.concerns import SeenConcern, seen
from bot.store.escalations import GridLine, concern_ids_of, standing, with_grids
from bot.store.panel_record import AgendaPanel, for_agenda
from bot.store.people import group_members, seated
from bot.store.report_lists import reports_for
from bot.store.tables import Action, Concern, Escalation, Group, Meeting, Provider
from bot.store.tables import Report as TierReport
from bot.store.unit import Unit
from bot.store.visibility import agenda_concerns
from bot.store.visible_requests import agenda_escalations


@dataclass(frozen=True)
class Sections:
    """What a digest holds, in the order of the nine sections; an empty one is left out by the template."""

    meeting: Meeting
    line: Line
    group: Group
    members: list[str]
    chairs: list[str]
    waiting: list[tuple[Escalation, SeenConcern, list[GridLine]]]
    panels: list[AgendaPanel]
    attention: list[asked.StandingLevel]
    find_out: list[asked.StandingLevel]
    areas: list[tuple[str, list[dict[str, Any]]]]
    new_count: int
    since: datetime | None
    overdue: list[SeenAction]
    due: list[SeenAction]
    done: list[SeenAction]
    never: list[Provider]
    never_count: int
    answers: Report | None = None
    counted: Sequence[int | None] = ()
    coming: Coming | None = None
    reports: Sequence[tuple[TierReport, str]] = ()

    @property
    def shown(self) -> list[Concern | Action]:
        """The concerns and actions that are in it, for the journal."""
        actions = (*self.overdue, *self.due, *self.done)
        return [*(line["concern"] for _, lines in self.areas for line in lines), *(one.action for one in actions)]

    @property
    def named(self) -> list[int | None]:
        """The other providers it speaks of, as numbers."""
        levels = [one.provider for one in (*self.attention, *self.find_out)]
        asked_about = [about.concern.provider_id for _, about, _ in self.waiting]
        concluded = [one.provider_id for one in self.panels]
        return [*asked_about, *concluded, *self.counted, *(provider.id for provider in (*levels, *self.never))]


async def digest(letter: Letter) -> Message | None:
    """To the channel. None if the meeting has begun or was called off since."""
    meeting = await letter.unit.get(Meeting, letter.about("meeting"))
    if meeting.state != "scheduled" or meeting.starts_at <= letter.now:
        return None
    sections = await gather(letter.unit, meeting, letter.rules, letter.now)
    letter.shows(*sections.shown)
    letter.names(*sections.named)
    return render(letter.words, sections, lead=letter.about("lead"), removed="removed" in letter.subject)


def render(words: Templates, sections: Sections, *, lead: int | None, removed: bool = False) -> Message:
    """`lead` is None for a preview; `removed` when something has been taken out since it was posted."""
    return words.render("agenda.digest", s=sections, lead=lead, removed=removed, standing=standing)


async def gather(
    unit: Unit, meeting: Meeting, rules: Rules, now: datetime, *, reader: Viewer | None = None
) -> Sections:
    """Everything the store holds for a meeting, through the eyes of the whole channel; of that only what `reader` may
    see, when it is for one person."""
    group = await unit.get(Group, meeting.group_id)
    today = rules.today(now)
    before = await asked.last_meeting(unit, group.key, meeting.starts_at)
    since = before.starts_at if before else None
    levels = await _levels(unit, group.key, reader, today)
    actions = await (of_group(unit, group.key, reader, today) if reader else log_of_group(unit, group.key))
    due_by = rules.today(meeting.starts_at)
    never, never_count = await asked.never_discussed(unit, group.key, today)
    areas, new_count = await _new_intelligence(unit, agenda_concerns(group.key, reader, today), since, rules)
    answers, counted = await quarter_for_agenda(unit, meeting, since, rules, today, reader)
    running = [one for one in actions if one.action.state is ActionState.OPEN]
    return Sections(
        meeting=meeting,
        line=await line_of(unit, meeting, rules.calendar),
        group=group,
        members=[member.short_name for member in await group_members(unit, group.key, today)],
        chairs=[person.name for person in await seated(unit, group.key, today, Role.CHAIR)],
        waiting=await _waiting(unit, group.key, reader, today),
        panels=await for_agenda(unit, group.key, reader, today, since),
        attention=asked.needing_attention(levels, Level.RISK_SUMMIT, Level.ENHANCED),
        find_out=asked.needing_attention(levels, Level.FURTHER_INFORMATION),
        areas=areas,
        new_count=new_count,
        since=since,
        overdue=[one for one in running if one.action.due_on < today],
        due=[one for one in running if today <= one.action.due_on <= due_by],
        done=[one for one in actions if one.action.state is ActionState.COMPLETED],
        never=never,
        never_count=never_count,
        answers=answers,
        counted=counted,
        coming=await coming(unit, meeting, today),
        reports=await reports_for(unit, meeting.key),
    )


async def _levels(unit: Unit, group_id: int, reader: Viewer | None, today: date) -> list[asked.StandingLevel]:
    found = await asked.levels(unit, group_ids=[group_id])
    if reader is None:
        return found
    allowed = await allowed_providers(unit, reader, [one.provider.key for one in found], today)
    return [one for one in found if one.provider.key in allowed]


async def _waiting(
    unit: Unit, group_id: int, reader: Viewer | None, today: date
) -> list[tuple[Escalation, SeenConcern, list[GridLine]]]:
    """Escalations that may be told of in which an organisation has not answered, each with its concern."""
    found = [
        (escalation, lines)
        for escalation, lines in await with_grids(unit, agenda_escalations(group_id, reader, today))
        if any(line.addressee.state in AWAITED for line in lines)
    ]
    shown = agenda_concerns(group_id, reader, today)
    keys = await concern_ids_of(unit, [escalation.key for escalation, _ in found])
    concerns = shown.where(col(Concern.id).in_({key for several in keys.values() for key in several}))
    about = {one.concern.key: one for one in await seen(unit, concerns, by=reader)}
    return [(escalation, about[keys[escalation.key][0]], lines) for escalation, lines in found]


async def _new_intelligence(
    unit: Unit, shown: SelectOfScalar[Concern], since: datetime | None, rules: Rules
) -> tuple[list[tuple[str, list[dict[str, Any]]]], int]:
    """New concerns, area by area [003 §99], each organisation's with the same prominence [000 R5]."""
    statement = shown.where(Concern.state != ConcernState.CONCLUDED)
    if since:
        statement = statement.where(Concern.raised_at > since)
    lines = [facts(one, rules) | {"area": one.area or "Other areas"} for one in await seen(unit, statement)]
    lines.sort(key=lambda line: (line["area"], line["provider"], line["concern"].event_on))
    grouped = [(area, list(several)) for area, several in groupby(lines, key=lambda line: str(line["area"]))]
    return grouped, len(lines)
