"""The chair's question: should I worry about this provider? Answered for one viewer, from what they may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from bot.chat.port import Message
from bot.domain.answers import FROM_OTHERS
from bot.domain.escalation import AWAITED
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import ActionState, ConcernState
from bot.messages.concerns import facts
from bot.messages.words import Templates
from bot.store import groups as asked
from bot.store.actions import SeenAction, of_providers
from bot.store.answers import answers_to
from bot.store.clusters import Together
from bot.store.concerns import SeenAnswer, SeenConcern, about_provider
from bot.store.conclusions import SeenConclusion, conclusions_about
from bot.store.escalations import GridLine, about_any, with_grids
from bot.store.information import Burden, burden_of
from bot.store.people import group_members
from bot.store.tables import Action, Concern, Escalation, Meeting, Provider
from bot.store.unit import Unit
from bot.store.visible_requests import visible_escalations

CITED = 6  # answers to one concern (ours)
NEWEST = 3  # concerns, and actions, on the first screen (ours)
OVER = (ConcernState.CONCLUDED, ConcernState.WITHDRAWN)


@dataclass(frozen=True)
class Says:
    """What one organisation has raised about it; `organisation` is empty for those that may not be named."""

    organisation: str
    count: int
    newest: date


@dataclass(frozen=True)
class Picture:
    """All the store holds about a provider and its sites that one viewer may see. `found` are the concerns, newest
    event first, and `themes` the same by theme; `heard_on` is when anything last came of anybody's."""

    provider: Provider
    ids: Sequence[int]
    groups: list[str]
    levels: list[asked.StandingLevel]
    found: list[SeenConcern]
    themes: list[tuple[str, list[dict[str, Any]]]]
    escalations: list[tuple[Escalation, list[GridLine]]]
    overdue: list[SeenAction]
    actions: list[SeenAction]
    meetings: list[tuple[Meeting, str]]
    conclusions: list[tuple[SeenConclusion, Meeting]]
    discussed: datetime | None
    heard_on: date | None
    silent: list[str]
    silence_days: int
    burden: Burden

    @property
    def shown(self) -> list[Concern | Action]:
        """The concerns and actions that are in it, for the journal."""
        return [*(one.concern for one in self.found), *(one.action for one in self.actions)]

    @property
    def sites(self) -> int:
        return len(self.ids) - 1

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every concern, in the order of the themes."""
        return [line for _, several in self.themes for line in several]

    @property
    def newest(self) -> list[SeenConcern]:
        return self.found[:NEWEST]

    @property
    def pressing(self) -> list[SeenAction]:
        """The actions to name first: what is overdue, and then what is due next."""
        return self.actions[:NEWEST]

    @property
    def verbal(self) -> list[SeenConcern]:
        """What somebody would rather say at a meeting, and has not said yet [003 §118]."""
        return [one for one in self.found if one.concern.verbal_only and one.concern.state not in OVER]

    @property
    def says(self) -> list[Says]:
        """Who says so: the organisation heard of last comes first."""
        by: dict[str, list[date]] = {}
        for one in self.found:
            by.setdefault(one.organisation, []).append(one.concern.event_on)
        told = [Says(name, len(days), max(days)) for name, days in by.items()]
        return sorted(told, key=lambda one: (-one.newest.toordinal(), one.organisation))

    @property
    def waiting(self) -> list[tuple[Escalation, list[GridLine]]]:
        """The escalations that somebody has not answered, with those who have not."""
        lines = [(one, [line for line in grid if line.addressee.state in AWAITED]) for one, grid in self.escalations]
        return [(one, grid) for one, grid in lines if grid]


async def gather(unit: Unit, provider: Provider, viewer: Viewer, rules: Rules, now: datetime) -> Picture:
    """Ask the store once per part, never per line."""
    today = rules.today(now)
    ids = await asked.sites_of(unit, provider.key)
    found = await about_provider(unit, viewer, ids, today)
    groups = [g for g in await asked.watching(unit, ids, today) if g.key in viewer.group_ids]
    actions = await of_providers(unit, ids, viewer, today)
    escalations = visible_escalations(viewer, today)
    heard = await answers_to(unit, [one.concern for one in found], viewer, today)
    levels = await asked.levels(unit, group_ids=viewer.group_ids, provider_ids=ids)
    conclusions = await conclusions_about(unit, ids, viewer, today)
    return Picture(
        provider=provider,
        ids=ids,
        groups=[group.name for group in groups],
        levels=levels,
        found=found,
        themes=_by_theme(found, heard, rules),
        escalations=await with_grids(unit, escalations.where(_about([one.concern.key for one in found]))),
        overdue=[one for one in actions if one.action.state is ActionState.OPEN and one.action.due_on < today],
        actions=actions,
        meetings=await asked.upcoming(unit, [group.key for group in groups], now),
        conclusions=conclusions,
        discussed=_discussed(levels, conclusions, now),
        heard_on=_heard_on(found, heard, rules),
        silent=await _silent(unit, groups, _spoken(found, heard), rules, today),
        silence_days=rules.policy.silence_days,
        burden=sum((await burden_of(unit, ids, viewer, today)).values(), Burden()),
    )


def summary(words: Templates, picture: Picture, today: date, together: Sequence[Together], rules: Rules) -> Message:
    """The first screen: what a chair with four minutes needs, and the way to the rest."""
    shown = {"together": together, "themes": rules.policy.themes}
    return words.render("provider.summary", p=picture, today=today, **shown)


def choices(words: Templates, found: Sequence[Provider], asked_for: str, *, guessed: bool = False) -> Message:
    """Several providers match, or what was typed is like these: each with a button."""
    return words.render("provider.choices", providers=found, asked_for=asked_for[:60], guessed=guessed)


def _discussed(
    levels: Sequence[asked.StandingLevel], conclusions: Sequence[tuple[SeenConclusion, Meeting]], now: datetime
) -> datetime | None:
    """When it was last concluded on, or its level set, in a group of the viewer's."""
    decided = [one.level.decided_at for one in levels if one.level.decided_at <= now]
    return max([*decided, *(meeting.starts_at for _, meeting in conclusions)], default=None)


def _by_theme(
    found: list[SeenConcern], heard: Mapping[int, Sequence[SeenAnswer]], rules: Rules
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Concerns by theme, the theme with most organisations first, each with what others `heard` of it say to it."""
    told = (facts(one, rules) | {"answers": _cited(heard[one.concern.key])} for one in found)
    lines = sorted(told, key=lambda line: str(line["theme"]))
    themes = [(theme, list(several)) for theme, several in groupby(lines, key=lambda line: str(line["theme"]))]
    themes.sort(key=lambda theme: (-len({line["organisation"] for line in theme[1]}), -len(theme[1]), theme[0]))
    return themes


def _heard_on(found: list[SeenConcern], heard: Mapping[int, Sequence[SeenAnswer]], rules: Rules) -> date | None:
    """The day on which the last concern, or answer to one, came in."""
    came = [one.concern.raised_at for one in found] + [it.answer.at for several in heard.values() for it in several]
    return rules.today(max(came)) if came else None


def _spoken(found: list[SeenConcern], heard: Mapping[int, Sequence[SeenAnswer]]) -> list[tuple[str, date]]:
    """Who has been heard of it and of when: those who raised a concern, and those who answered one."""
    raised = [(one.organisation, one.concern.event_on) for one in found]
    return raised + [(it.organisation, it.answer.at.date()) for several in heard.values() for it in several]


async def _silent(
    unit: Unit, groups: Sequence[Any], spoken: list[tuple[str, date]], rules: Rules, today: date
) -> list[str]:
    """Member organisations from which this viewer has read nothing about it for the set period: what is not known."""
    since = today - timedelta(days=rules.policy.silence_days)
    heard = {organisation for organisation, on in spoken if on >= since}
    members: set[str] = set()
    for group in groups:
        members |= {member.short_name for member in await group_members(unit, group.key, today)}
    return sorted(members - heard)


def _cited(answers: Sequence[SeenAnswer]) -> list[SeenAnswer]:
    """The newest of what others say to a concern, as many as a line has room for."""
    return [one for one in answers if one.answer.kind in FROM_OTHERS][:CITED]


def _about(keys: list[int]) -> Any:
    return Escalation.id.in_(about_any(keys))  # type: ignore[union-attr]
