"""The chair's question: should I worry about this provider? Answered for one viewer, from what they may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from bot.chat.port import Message
from bot.domain.answers import FROM_OTHERS
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import ActionState
from bot.messages.concerns import facts
from bot.messages.words import Templates
from bot.store import groups as asked
from bot.store.actions import SeenAction, of_providers
from bot.store.answers import answers_to
from bot.store.concerns import SeenAnswer, SeenConcern, about_provider
from bot.store.escalations import about_any, standing, with_grids
from bot.store.people import group_members
from bot.store.tables import Action, Concern, Escalation, Provider
from bot.store.unit import Unit
from bot.store.visible_requests import visible_escalations

CITED = 6  # answers to one concern (ours)


@dataclass(frozen=True)
class Picture:
    """All the store holds about a provider and its sites that one viewer may see."""

    provider: Provider
    sites: int
    groups: list[str]
    levels: list[asked.StandingLevel]
    themes: list[tuple[str, list[dict[str, Any]]]]
    count: int
    voices: list[str]
    newest: date | None
    escalations: list[tuple[Any, list[Any]]]
    overdue: list[SeenAction]
    actions: list[SeenAction]
    meetings: list[tuple[Any, str]]
    discussed: datetime | None
    silent: list[str]
    silence_days: int

    @property
    def shown(self) -> list[Concern | Action]:
        """The concerns and actions that are in it, for the journal."""
        return [*(line["concern"] for _, lines in self.themes for line in lines), *(one.action for one in self.actions)]


async def gather(unit: Unit, provider: Provider, viewer: Viewer, rules: Rules, now: datetime) -> Picture:
    """Ask the store once per part, never per line."""
    today = rules.today(now)
    ids = await asked.sites_of(unit, provider.key)
    found = await about_provider(unit, viewer, ids, today)
    groups = [g for g in await asked.watching(unit, ids, today) if g.key in viewer.group_ids]
    levels = await asked.levels(unit, group_ids=viewer.group_ids, provider_ids=ids)
    actions = await of_providers(unit, ids, viewer, today)
    escalations = visible_escalations(viewer, today)
    about = [one.concern.key for one in found]
    heard = await answers_to(unit, [one.concern for one in found], viewer, today)
    decided = [level.level.decided_at for level in levels if level.level.decided_at <= now]
    return Picture(
        provider=provider,
        sites=len(ids) - 1,
        groups=[group.name for group in groups],
        levels=levels,
        themes=_by_theme(found, heard, rules),
        count=len(found),
        voices=sorted({one.organisation for one in found if one.organisation}),
        newest=max((one.concern.event_on for one in found), default=None),
        escalations=await with_grids(unit, escalations.where(_about(about))),
        overdue=[one for one in actions if one.action.state is ActionState.OPEN and one.action.due_on < today],
        actions=actions,
        meetings=await asked.upcoming(unit, [group.key for group in groups], now),
        discussed=max(decided, default=None),
        silent=await _silent(unit, groups, _spoken(found, heard), rules, today),
        silence_days=rules.policy.silence_days,
    )


def summary(words: Templates, picture: Picture, today: date) -> Message:
    return words.render("provider.summary", p=picture, today=today, standing=standing)


def choices(words: Templates, found: Sequence[Provider], asked_for: str) -> Message:
    """Several providers match: each with a button."""
    return words.render("provider.choices", providers=found, asked_for=asked_for)


def _by_theme(
    found: list[SeenConcern], heard: Mapping[int, Sequence[SeenAnswer]], rules: Rules
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Concerns by theme, the theme with most organisations first, each with what others `heard` of it say to it."""
    told = (facts(one, rules) | {"answers": _cited(heard[one.concern.key])} for one in found)
    lines = sorted(told, key=lambda line: str(line["theme"]))
    themes = [(theme, list(several)) for theme, several in groupby(lines, key=lambda line: str(line["theme"]))]
    themes.sort(key=lambda theme: (-len({line["organisation"] for line in theme[1]}), -len(theme[1]), theme[0]))
    return themes


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
