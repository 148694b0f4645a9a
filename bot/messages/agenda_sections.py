"""What stands in an agenda digest, section by section: by rule as it is now, or by the numbers of a frozen version.
Either way only what its reader may see today."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, groupby
from typing import Any

from sqlmodel import col

from bot.domain.agenda import Held, common_themes
from bot.domain.cycle import Turn
from bot.domain.escalation import AWAITED
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import ActionState, ConcernState, Level
from bot.messages.concerns import facts
from bot.messages.cycle import cycle_of
from bot.store import groups as asked
from bot.store.actions import SeenAction, log_of_group, of_group, seen_actions
from bot.store.barring import allowed_providers
from bot.store.concerns import SeenConcern, seen
from bot.store.escalations import GridLine, concern_ids_of, with_grids
from bot.store.providers import roots_of
from bot.store.tables import Action, Concern, Escalation, Group, Meeting
from bot.store.unit import Unit
from bot.store.visibility import agenda_concerns
from bot.store.visible_requests import agenda_escalations, channel_actions, visible_actions

Area = tuple[str, list[dict[str, Any]]]
Waiting = tuple[Escalation, SeenConcern, list[GridLine]]


@dataclass(frozen=True)
class Scope:
    """Whose digest it is and through whose eyes; None is the group's channel. With `held`, only what has these numbers.
    `since` is the last meeting."""

    unit: Unit
    meeting: Meeting
    group: Group
    rules: Rules
    today: date
    since: datetime | None
    reader: Viewer | None = None
    held: Held | None = None

    def only(self, section: str) -> Collection[int] | None:
        """The numbers a section is frozen to; None when it is as it stands now."""
        return None if self.held is None else self.held.get(section, ())


@dataclass(frozen=True)
class Watched:
    """A provider at risk summit or on enhanced surveillance: what is new on it, from whom, and its open actions."""

    standing: asked.StandingLevel
    new: int
    voices: list[str]
    actions: list[SeenAction]


@dataclass(frozen=True)
class Theme:
    """A theme across providers, with their names and how many concerns it is in."""

    label: str
    providers: list[str]
    count: int


async def waiting(scope: Scope) -> list[Waiting]:
    """Escalations that may be told of in which an organisation has not answered, each with its concern."""
    told, only = agenda_escalations(scope.group.key, scope.reader, scope.today), scope.only("waiting")
    if only is not None:
        told = told.where(col(Escalation.id).in_(only))
    found = [
        (escalation, lines)
        for escalation, lines in await with_grids(scope.unit, told)
        if only is not None or any(line.addressee.state in AWAITED for line in lines)
    ]
    shown = agenda_concerns(scope.group.key, scope.reader, scope.today)
    keys = await concern_ids_of(scope.unit, [escalation.key for escalation, _ in found])
    concerns = shown.where(col(Concern.id).in_({key for several in keys.values() for key in several}))
    about = {one.concern.key: one for one in await seen(scope.unit, concerns, by=scope.reader)}
    return [(escalation, about[keys[escalation.key][0]], lines) for escalation, lines in found]


async def levels(scope: Scope) -> tuple[list[asked.StandingLevel], list[asked.StandingLevel]]:
    """The providers that need attention, those at risk summit first, and those on which something is to be found
    out."""
    found = await asked.levels(scope.unit, group_ids=[scope.group.key])
    if scope.reader is not None:
        keys = [one.provider.key for one in found]
        allowed = await allowed_providers(scope.unit, scope.reader, keys, scope.today)
        found = [one for one in found if one.provider.key in allowed]
    attention = _levelled(found, scope.only("attention"), Level.RISK_SUMMIT, Level.ENHANCED)
    attention.sort(key=lambda one: (one.level.level is not Level.RISK_SUMMIT, one.provider.name))
    return attention, _levelled(found, scope.only("find_out"), Level.FURTHER_INFORMATION)


def _levelled(
    found: Sequence[asked.StandingLevel], only: Collection[int] | None, *wanted: Level
) -> list[asked.StandingLevel]:
    if only is None:
        return asked.needing_attention(found, *wanted)
    return [one for one in found if one.provider.key in only]


async def new_concerns(scope: Scope) -> list[dict[str, Any]]:
    """New concerns, area by area [003 §99], each organisation's in the same form and by place and day, whoever brought
    it [000 R5]."""
    statement, only = agenda_concerns(scope.group.key, scope.reader, scope.today), scope.only("new")
    if only is not None:
        statement = statement.where(col(Concern.id).in_(only))
    else:
        statement = statement.where(Concern.state != ConcernState.CONCLUDED)
        if scope.since:
            statement = statement.where(Concern.raised_at > scope.since)
    lines = [facts(one, scope.rules) | {"area": one.area or "Other areas"} for one in await seen(scope.unit, statement)]
    lines.sort(key=lambda line: (line["area"], line["provider"], line["concern"].event_on, line["concern"].reference))
    return lines


def by_area(lines: Sequence[dict[str, Any]]) -> list[Area]:
    """The lines of each area, in the areas' order."""
    return [(area, list(several)) for area, several in groupby(lines, key=lambda line: str(line["area"]))]


async def actions(scope: Scope) -> dict[str, list[SeenAction]]:
    """The group's actions: overdue, due before the meeting, done and awaiting sign-off; and all that are open."""
    if scope.held is not None:
        return await _held_actions(scope, scope.held)
    group_id, today = scope.group.key, scope.today
    if scope.reader:
        found = await of_group(scope.unit, group_id, scope.reader, today)
    else:
        found = await log_of_group(scope.unit, group_id, today)
    running = [one for one in found if one.action.state is ActionState.OPEN]
    due_by = scope.rules.today(scope.meeting.starts_at)
    return {
        "overdue": [one for one in running if one.action.due_on < today],
        "due": [one for one in running if today <= one.action.due_on <= due_by],
        "done": [one for one in found if one.action.state is ActionState.COMPLETED],
        "running": running,
    }


async def _held_actions(scope: Scope, held: Held) -> dict[str, list[SeenAction]]:
    names = ("overdue", "due", "done", "running")
    if scope.reader:
        told = visible_actions(scope.reader, scope.today).where(Action.group_id == scope.group.key)
    else:
        told = channel_actions(scope.group.key)
    keys = set(chain.from_iterable(held.get(name, ()) for name in names))
    found = await seen_actions(scope.unit, told.where(col(Action.id).in_(keys)), scope.today)
    return {name: [one for one in found if one.action.key in held.get(name, ())] for name in names}


async def watched(
    scope: Scope,
    attention: Sequence[asked.StandingLevel],
    lines: Sequence[dict[str, Any]],
    running: Sequence[SeenAction],
) -> list[Watched]:
    """All providers at risk summit and on enhanced surveillance, every time [003 §121, §123]. A site's intelligence
    and actions are its provider's."""
    about = [line["concern"].provider_id for line in lines] + [one.action.provider_id for one in running]
    roots = await roots_of(scope.unit, about)

    def on(one: asked.StandingLevel, key: int | None) -> bool:
        return one.provider.key in (key, roots.get(key))

    found = []
    for one in attention:
        new = [line for line in lines if on(one, line["concern"].provider_id)]
        voices = sorted({line["organisation"] for line in new if line["organisation"]})
        found.append(Watched(one, len(new), voices, [it for it in running if on(one, it.action.provider_id)]))
    return found


async def themes(scope: Scope, lines: Sequence[dict[str, Any]]) -> list[Theme]:
    """The themes of the new concerns that run across providers."""
    roots = await roots_of(scope.unit, [line["concern"].provider_id for line in lines])
    placed = [(line["theme"], roots[key], line) for line in lines if (key := line["concern"].provider_id) in roots]
    common = common_themes((theme, provider) for theme, provider, _ in placed)
    return [
        Theme(label, sorted({line["provider"] for theme, _, line in placed if theme == label}), count)
        for label in common
        if (count := sum(theme == label for theme, *_ in placed))
    ]


async def in_turn(scope: Scope, now: datetime) -> dict[str, Any]:
    """Whose turn has come in the business cycle, as far as this reader may be told of them: `never` discussed, and
    `cycle` those that are due."""
    cycle = await cycle_of(scope.unit, scope.group, scope.reader, now=now, rules=scope.rules)
    due = [*cycle.by_turn[Turn.OVERDUE], *cycle.by_turn[Turn.NEXT]]
    return {
        name: [one for one in several if only is None or one.provider_id in only]
        for name, several in (("never", cycle.by_turn[Turn.NEVER]), ("cycle", due))
        for only in (scope.only(name),)
    }
