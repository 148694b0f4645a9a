"""What the record holds for a report to another group: of it only what may go on there, through somebody's eyes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.handling import Viewer
from bot.domain.reports import Entry, ReportKind, ReportState, Resting, concerns_named, may_go_on
from bot.domain.terms import ActionState, ConcernState, Level
from bot.store.actions import SeenAction, log_of_group, of_group
from bot.store.barring import allowed_providers
from bot.store.concerns import SeenConcern, seen
from bot.store.escalations import GridLine, concern_ids_of, with_grids
from bot.store.groups import StandingLevel, levels
from bot.store.tables import Concern, Escalation, Group, LevelReview, Provider, Report
from bot.store.unit import Unit
from bot.store.visibility import agenda_concerns, channel_concerns
from bot.store.visible_requests import agenda_escalations, put_to_panels


@dataclass(frozen=True)
class Span:
    """The period a report is about, from `first` up to `end`, and the day it is drafted on."""

    first: datetime
    end: datetime
    today: date


@dataclass
class About:
    """All that may be told of one provider. `themes` are keys of the policy; `rationale` says why it is still on
    enhanced [003 §126]."""

    standing: StandingLevel | None = None
    concerns: list[SeenConcern] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    requests: list[tuple[Escalation, list[GridLine]]] = field(default_factory=list)
    actions: list[SeenAction] = field(default_factory=list)
    rationale: str = ""

    @property
    def level(self) -> Level | None:
        return self.standing.level.level if self.standing else None


async def record_of(
    unit: Unit, report: Report, span: Span, reader: Viewer | None, theme_at: int
) -> Mapping[int | None, About]:
    """What may be told in that report, by provider; None is what is about no provider of the directory. `reader` None
    is the eyes of the whole channel: for the clock."""
    found: defaultdict[int | None, About] = defaultdict(About)
    group_id = report.to_group_id if report.from_group_id is None else report.from_group_id
    if report.from_group_id is not None:
        for one in await levels(unit, group_ids=[group_id]):
            found[one.provider.key].standing = one
        for key, why in await _rationales(unit, group_id):
            found[key].rationale = why
    concerns = await _concerns(unit, report, group_id, reader, span)
    for seen_concern in concerns:
        found[seen_concern.concern.provider_id].concerns.append(seen_concern)
    for theme, providers in _spread(concerns, theme_at):
        for key in providers:
            found[key].themes.append(theme)
    for action in await _actions(unit, report, group_id, reader, span.today):
        found[action.action.provider_id].actions.append(action)
    for provider, request in await _requests(unit, report, group_id, reader, span):
        found[provider].requests.append(request)
    named = [key for key in found if key is not None]
    allowed = set(named) if reader is None else await allowed_providers(unit, reader, named, span.today)
    return {key: about for key, about in found.items() if key is None or key in allowed}


async def nameable(unit: Unit, report: Report, texts: Iterable[str]) -> list[Concern]:
    """Of the concerns that these texts name, those that a report may name as things now stand. Asked anew whenever it
    is read: what has been restricted, withdrawn or removed since is named no more."""
    named = {one for text in texts for one in concerns_named(text)}
    if not named:
        return []
    groups = {report.to_group_id}
    if report.from_group_id is not None:
        under = await unit.all(select(col(Group.id)).where(Group.parent_id == report.from_group_id))
        groups = {report.from_group_id, *(key for key in under if key is not None)}
    asked = channel_concerns().where(col(Concern.reference).in_(named), col(Concern.group_id).in_(groups))
    found = await unit.all(_sent_by(asked, report))
    return [one for one in found if may_go_on([_resting(one, report)])]


async def from_below(unit: Unit, group_id: int, reader: Viewer | None, today: date) -> list[tuple[str, Report, Entry]]:
    """What the groups below have told of providers at risk summit: of each the newest quarterly report, with the
    group's name."""
    rows = await unit.rows(
        select(Report, col(Group.name))
        .join(Group, col(Group.id) == col(Report.from_group_id))
        .where(
            Report.to_group_id == group_id,
            Report.kind == ReportKind.SURVEILLANCE,
            Report.state != ReportState.DRAFT,
        )
        .order_by(col(Report.ends_on), col(Report.approved_at))
    )
    newest = {report.from_group_id: (name, report) for report, name in rows}
    told = [(name, report, one) for name, report in newest.values() for one in entries_of(report)]
    told = [line for line in told if line[2].key == "interventions" and line[2].provider_id and line[2].text]
    named = [one.provider_id for _, _, one in told if one.provider_id]
    allowed = set(named) if reader is None else await allowed_providers(unit, reader, named, today)
    return [line for line in told if line[2].provider_id in allowed]


def entries_of(report: Report) -> list[Entry]:
    """A report's entries as its row keeps them."""
    return [Entry(one["key"], one["provider"], one["text"]) for one in report.parts]


async def parents_of(unit: Unit, provider_ids: Collection[int]) -> Mapping[int, int | None]:
    """The provider that each of these is a site of; None for one that is a whole provider."""
    rows = await unit.rows(select(Provider.id, Provider.parent_id).where(col(Provider.id).in_(provider_ids)))
    return dict(rows)


def _resting(concern: Concern, report: Report) -> Resting:
    with_receiver = concern.group_id == report.to_group_id
    return Resting(concern.audience, concern.marking, with_receiver, concern.verbal_only)


def _sent_by(statement: SelectOfScalar[Concern], report: Report) -> SelectOfScalar[Concern]:
    """A commissioner reports its own; what it shared without its name would be told by whose report it stands in."""
    if report.from_organisation_id is None:
        return statement
    return statement.where(Concern.organisation_id == report.from_organisation_id, col(Concern.attributed))


async def _concerns(unit: Unit, report: Report, group_id: int, reader: Viewer | None, span: Span) -> list[SeenConcern]:
    """What was raised in the period. Names are those that the whole group may be told."""
    asked = _sent_by(agenda_concerns(group_id, reader, span.today), report).where(
        Concern.raised_at >= span.first,
        Concern.raised_at < span.end,
        Concern.state != ConcernState.CONCLUDED,
    )
    found = await seen(unit, asked.order_by(col(Concern.event_on), col(Concern.id)))
    return [one for one in found if may_go_on([_resting(one.concern, report)])]


def _spread(concerns: Sequence[SeenConcern], theme_at: int) -> list[tuple[str, list[int]]]:
    """The themes that go across so many providers, with these providers."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for one in concerns:
        if one.concern.provider_id is not None:
            found[one.concern.theme].add(one.concern.provider_id)
    return [(theme, sorted(providers)) for theme, providers in sorted(found.items()) if len(providers) >= theme_at]


async def _actions(unit: Unit, report: Report, group_id: int, reader: Viewer | None, today: date) -> list[SeenAction]:
    """The actions that are open, of a commissioner its own. One that a panel agreed goes on only if all that the panel
    was about does."""
    found = await (of_group(unit, group_id, reader, today) if reader else log_of_group(unit, group_id, today))
    if report.from_organisation_id is not None:
        found = [one for one in found if one.action.owner_organisation_id == report.from_organisation_id]
    panels = {one.action.panel_id for one in found if one.action.panel_id}
    about: defaultdict[int | None, list[Resting]] = defaultdict(list)
    for concern, panel_id in await unit.rows(put_to_panels(panels)) if panels else ():
        about[panel_id].append(_resting(concern, report))
    return [
        one for one in found if one.action.state is not ActionState.CLOSED and may_go_on(about[one.action.panel_id])
    ]


async def _requests(
    unit: Unit, report: Report, group_id: int, reader: Viewer | None, span: Span
) -> list[tuple[int | None, tuple[Escalation, list[GridLine]]]]:
    """What was asked in the period, with the one provider it is about. What is about several is left for a person to
    write: it would tell those barred from one of them."""
    asked = agenda_escalations(group_id, reader, span.today).where(
        Escalation.started_at >= span.first, Escalation.started_at < span.end
    )
    if report.from_organisation_id is not None:
        asked = asked.where(Escalation.organisation_id == report.from_organisation_id)
    found = await with_grids(unit, asked)
    about = await concern_ids_of(unit, [one.key for one, _ in found])
    keys = {key for several in about.values() for key in several}
    shown = _sent_by(agenda_concerns(group_id, reader, span.today), report).where(col(Concern.id).in_(keys))
    known = {one.key: one for one in await unit.all(shown)}
    requests: list[tuple[int | None, tuple[Escalation, list[GridLine]]]] = []
    for escalation, lines in found:
        concerns = [known[key] for key in about[escalation.key] if key in known]
        providers = {one.provider_id for one in concerns}
        complete = len(concerns) == len(about[escalation.key])
        if complete and len(providers) == 1 and may_go_on(_resting(one, report) for one in concerns):
            requests.append((providers.pop(), (escalation, lines)))
    return requests


async def _rationales(unit: Unit, group_id: int) -> list[tuple[int, str]]:
    """Why a provider is still on enhanced, as it was last reviewed [003 §126]."""
    rows = await unit.rows(
        select(LevelReview.provider_id, LevelReview.rationale)
        .where(LevelReview.group_id == group_id, col(LevelReview.reviewed_at).is_not(None))
        .order_by(col(LevelReview.reviewed_at))
    )
    return [(key, why) for key, why in rows]
