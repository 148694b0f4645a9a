"""The agenda digest of a meeting: what is in it for a reader, and its words, in front and below."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from bot.chat.port import Form, Message
from bot.domain.agenda import Held
from bot.domain.cycle import InTurn
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import Role
from bot.messages import agenda_sections as parts
from bot.messages.agenda_fit import fitted
from bot.messages.agenda_sections import Area, Scope, Theme, Waiting, Watched
from bot.messages.escalation_figures import Report, quarter_for_agenda
from bot.messages.meetings import Line, line_of
from bot.messages.words import Templates
from bot.store.actions import SeenAction
from bot.store.agenda_decisions import (
    Disagreement,
    DueReview,
    OpenProposal,
    disagreements,
    due_reviews,
    feedback_to,
    open_proposals,
)
from bot.store.agenda_items import Business, business_of
from bot.store.attendance import Coming, coming
from bot.store.groups import StandingLevel, last_meeting
from bot.store.panel_record import AgendaPanel, for_agenda
from bot.store.people import group_members, seated
from bot.store.report_lists import reports_for
from bot.store.tables import Action, Concern, Feedback, Group, Meeting
from bot.store.tables import Report as TierReport
from bot.store.unit import Unit


@dataclass(frozen=True)
class Sections:
    """What a digest holds, in the order of the nine sections; an empty one is left out by the template.

    `business` is what was arranged, `wanted_count` how many concerns were brought for discussion or action beside it.
    `lacking` are members that brought nothing under their own name. `runs` is whether its reader chairs the group or is
    its secretariat.
    """

    meeting: Meeting
    today: date
    line: Line
    group: Group
    parent: str
    chairs: list[str]
    coming: Coming
    since: datetime | None
    business: list[Business]
    wanted_count: int
    waiting: list[Waiting]
    proposals: list[OpenProposal]
    reviews: list[DueReview]
    dissents: list[Disagreement]
    panels: list[AgendaPanel]
    attention: list[Watched]
    areas: list[Area]
    find_out: list[StandingLevel]
    actions: dict[str, list[SeenAction]]
    themes: list[Theme]
    lacking: list[str]
    never: list[InTurn]
    cycle: list[InTurn]
    feedback: Sequence[tuple[Feedback, str]]
    answers: Report | None = None
    counted: Sequence[int | None] = ()
    reports: Sequence[tuple[TierReport, str]] = ()
    runs: bool = False

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The new concerns, whatever their area."""
        return [line for _, lines in self.areas for line in lines]

    @property
    def subjects(self) -> list[tuple[str, str]]:
        """The providers to be discussed, each with its sector [003 §96]."""
        providers = [one.provider for one in self.business if one.provider]
        providers += [one.standing.provider for one in self.attention]
        return sorted({(one.name, one.sector) for one in providers})

    @property
    def shown(self) -> list[Concern | Action]:
        """The concerns and actions that are in it, for the journal."""
        concerns = [line["concern"] for line in self.lines]
        concerns += [one.concern.concern for one in self.business if one.concern]
        actions = [*chain.from_iterable(self.actions[name] for name in ("overdue", "due", "done"))]
        actions += [one for each in self.attention for one in each.actions]
        found = [*concerns, *(one.action for one in actions)]
        return list({(type(one), one.key): one for one in found}.values())

    @property
    def named(self) -> list[int | None]:
        """The other providers it speaks of, as numbers."""
        levels = [*(one.standing.provider for one in self.attention), *(one.provider for one in self.find_out)]
        return [
            *(about.concern.provider_id for _, about, _ in self.waiting),
            *(one.provider_id for one in self.panels),
            *(one.provider_id for one in self.business),
            *(one.provider_id for one in self.dissents),
            *(one.proposal.provider_id for one in self.proposals),
            *(one.review.provider_id for one in self.reviews),
            *self.counted,
            *(provider.key for provider in levels),
            *(one.provider_id for one in (*self.never, *self.cycle)),
        ]


def held_in(sections: Sections) -> dict[str, list[int]]:
    """The numbers of what stands in each section, for freezing it."""
    named = ("overdue", "due", "done", "running")
    return {
        "business": [one.item.key for one in sections.business if one.item],
        "waiting": [escalation.key for escalation, *_ in sections.waiting],
        "proposals": [one.proposal.key for one in sections.proposals],
        "reviews": [one.review.key for one in sections.reviews],
        "dissents": [one.dissent.key for one in sections.dissents],
        "panels": [one.panel.key for one in sections.panels],
        "attention": [one.standing.provider.key for one in sections.attention],
        "new": [line["concern"].key for line in sections.lines],
        "find_out": [one.provider.key for one in sections.find_out],
        **{name: [one.action.key for one in sections.actions[name]] for name in named},
        "never": [one.provider_id for one in sections.never],
        "cycle": [one.provider_id for one in sections.cycle],
        "feedback": [one.key for one, _ in sections.feedback],
    }


@dataclass(frozen=True)
class Since:
    """What is different since an earlier version: when that was made; references of what is new, and how many new
    things have none; escalations answered, actions closed; what stands elsewhere now; how many are gone."""

    made_at: datetime
    new: list[str]
    new_others: int
    answered: list[str]
    closed: list[str]
    moved: list[str]
    gone: int

    @property
    def anything(self) -> bool:
        return bool(self.new or self.new_others or self.answered or self.closed or self.moved or self.gone)


def render(
    words: Templates,
    sections: Sections,
    *,
    lead: int | None,
    removed: bool = False,
    number: int = 1,
    since: Since | None = None,
) -> Message:
    """`lead` is None for a preview, which is told whole; else what does not fit in front goes on below. `removed` is
    when something has been taken out since it was frozen; `since` is what is different from the version before it."""

    told = {"s": sections, "today": sections.today, "preview": lead is None, "removed": removed, "since": since}
    whole = words.render("agenda.digest", brief=False, **told).markdown
    foot = words.render("agenda.foot", number=number, **told).markdown
    if lead is None:
        return Message(f"{whole}\n\n{foot}")
    brief = words.render("agenda.digest", brief=True, **told).markdown

    def more(count: int, *, every: bool) -> str:
        return words.render("agenda.more", count=count, every=every).markdown

    return fitted(whole, brief, foot, more)


def page(words: Templates, sections: Sections) -> Form:
    """A digest as a page for one person: all that they may see of it now."""
    told = {"preview": False, "removed": False, "since": None, "brief": False}
    return words.page("agenda.digest", s=sections, today=sections.today, **told)


async def gather(
    unit: Unit, meeting: Meeting, rules: Rules, now: datetime, *, reader: Viewer | None = None, held: Held | None = None
) -> Sections:
    """Everything the store holds for a meeting, through the eyes of the whole channel; of that only what `reader` may
    see, when it is for one person; and only what has the numbers in `held`, when it is a version's."""
    group, before = (
        await unit.get(Group, meeting.group_id),
        await last_meeting(unit, meeting.group_id, meeting.starts_at),
    )
    since, today = before.starts_at if before else None, rules.today(now)
    scope = Scope(unit, meeting, group, rules, today, since, reader, held)
    lines = await parts.new_concerns(scope)
    members = [member.short_name for member in await group_members(unit, group.key, today)]
    answers, counted = await quarter_for_agenda(unit, meeting, since, rules, today, reader)
    return Sections(
        meeting=meeting,
        today=today,
        group=group,
        since=since,
        areas=parts.by_area(lines),
        themes=await parts.themes(scope, lines),
        lacking=sorted(set(members) - {line["organisation"] for line in lines}),
        answers=answers,
        counted=counted,
        reports=await reports_for(unit, meeting.key),
        runs=reader is not None and reader.runs(group.key),
        **await _about_the_meeting(scope),
        **await _to_decide(scope),
        **await _watched(scope, lines),
        **await parts.in_turn(scope, now),
    )


async def _about_the_meeting(scope: Scope) -> dict[str, Any]:
    unit, group, only = scope.unit, scope.group, scope.only("business")
    everything = await business_of(unit, scope.meeting, scope.reader, scope.today)
    return {
        "line": await line_of(unit, scope.meeting, scope.rules.calendar),
        "parent": (await unit.get(Group, group.parent_id)).name if group.parent_id else "",
        "chairs": [person.name for person in await seated(unit, group.key, scope.today, Role.CHAIR)],
        "coming": await coming(unit, scope.meeting, scope.today),
        "business": [one for one in everything if one.item and (only is None or one.item.key in only)],
        "wanted_count": sum(one.why == "wanted" for one in everything),
    }


async def _to_decide(scope: Scope) -> dict[str, Any]:
    eyes = (scope.unit, scope.group.key, scope.reader, scope.today)
    panels, only = await for_agenda(*eyes, scope.since), scope.only("panels")
    return {
        "waiting": await parts.waiting(scope),
        "proposals": await open_proposals(*eyes, scope.only("proposals")),
        "reviews": await due_reviews(*eyes, scope.only("reviews")),
        "dissents": await disagreements(*eyes, scope.only("dissents")),
        "panels": [one for one in panels if only is None or one.panel.key in only],
        "feedback": await feedback_to(scope.unit, scope.group.key, scope.since, scope.only("feedback")),
    }


async def _watched(scope: Scope, lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    attention, find_out = await parts.levels(scope)
    actions = await parts.actions(scope)
    watched = await parts.watched(scope, attention, lines, actions["running"])
    return {"attention": watched, "find_out": find_out, "actions": actions}
