"""What a meeting looks at, in its order: what was arranged, what stands on every agenda, what was asked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from bot.domain.handling import Viewer
from bot.domain.terms import ConcernState, Level, Wanted
from bot.store.barring import allowed_providers
from bot.store.concerns import SeenConcern, seen
from bot.store.groups import last_meeting, levels, needing_attention
from bot.store.tables import AgendaItem, Concern, Meeting, Provider
from bot.store.unit import Unit
from bot.store.visibility import agenda_concerns

WANTED = (Wanted.DISCUSSION, Wanted.ACTION)


@dataclass(frozen=True)
class Business:
    """One item of a meeting: about a concern, about a provider, or of its own. `item` is what was arranged of it; None
    for one that stands there by rule. `why` is `arranged`, `level` (the provider's, [003 §121]) or `wanted`."""

    title: str
    why: str
    provider: Provider | None = None
    concern: SeenConcern | None = None
    item: AgendaItem | None = None
    level: Level | None = None

    @property
    def provider_id(self) -> int | None:
        """The provider it is about, if it is about one of the directory."""
        if self.concern:
            return self.concern.concern.provider_id
        return self.provider.key if self.provider else None


async def items_of(unit: Unit, meeting_id: int) -> Sequence[AgendaItem]:
    """All that was arranged for a meeting, in its order, those taken off included."""
    return await unit.all(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting_id)
        .order_by(col(AgendaItem.position), col(AgendaItem.id))
    )


async def business_of(unit: Unit, meeting: Meeting, reader: Viewer | None, today: date) -> list[Business]:
    """The order of business, of that what `reader` may see; None is the group's channel, and whoever is in it."""
    items = await items_of(unit, meeting.key)
    about = {one.concern_id: one for one in items if one.concern_id}
    concerns = await _concerns(unit, meeting, reader, today, about)
    levelled = needing_attention(await levels(unit, group_ids=[meeting.group_id]), Level.RISK_SUMMIT, Level.ENHANCED)
    standing = {one.provider.key: one.level.level for one in levelled}
    providers = await _providers(unit, reader, today, {*standing, *(one.provider_id for one in items)})
    business = [
        Business(item.title or one.name, "arranged", provider=one, item=item, level=standing.get(one.key))
        if (one := providers.get(item.provider_id))
        else Business(found.concern.headline, "arranged", concern=found, item=item)
        if (found := concerns.get(item.concern_id))
        else Business(item.title, "arranged", item=item)
        for item in items
        if not item.off and _readable(item, providers, concerns)
    ]
    arranged = {one.provider_id for one in items}
    by_level = sorted(levelled, key=lambda one: (one.level.level is not Level.RISK_SUMMIT, one.provider.name))
    business += [
        Business(one.provider.name, "level", provider=one.provider, level=one.level.level)
        for one in by_level
        if one.provider.key in providers and one.provider.key not in arranged
    ]
    wanted = [one for key, one in concerns.items() if key not in about]
    return business + [Business(one.concern.headline, "wanted", concern=one) for one in wanted]


def _readable(item: AgendaItem, providers: dict[int | None, Provider], concerns: dict[int | None, SeenConcern]) -> bool:
    if item.concern_id:
        return item.concern_id in concerns
    return item.provider_id is None or item.provider_id in providers


async def _concerns(
    unit: Unit, meeting: Meeting, reader: Viewer | None, today: date, arranged: Collection[int | None]
) -> dict[int | None, SeenConcern]:
    """What was arranged, and what was raised for discussion or for action since the last meeting, the oldest first."""
    before = await last_meeting(unit, meeting.group_id, meeting.starts_at)
    shown = agenda_concerns(meeting.group_id, reader, today)
    new = shown.where(col(Concern.wanted).in_(WANTED), Concern.state != ConcernState.CONCLUDED)
    if before:
        new = new.where(Concern.raised_at > before.starts_at)
    found = [
        *await seen(unit, shown.where(col(Concern.id).in_(arranged)), by=reader),
        *await seen(unit, new.order_by(col(Concern.raised_at), col(Concern.id)), by=reader),
    ]
    return {one.concern.key: one for one in found}


async def _providers(
    unit: Unit, reader: Viewer | None, today: date, keys: Collection[int | None]
) -> dict[int | None, Provider]:
    wanted = {key for key in keys if key is not None}
    allowed = wanted if reader is None else await allowed_providers(unit, reader, sorted(wanted), today)
    rows = await unit.all(select(Provider).where(col(Provider.id).in_(allowed)))
    return {row.key: row for row in rows}
