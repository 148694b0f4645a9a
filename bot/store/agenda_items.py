"""What a meeting looks at, in its order: what was arranged, what stands on every agenda, what was asked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, or_, update
from sqlmodel import col, select

from bot.domain.agenda_items import SAID_AT_THE_MEETING, read_guest
from bot.domain.handling import Viewer
from bot.domain.terms import ConcernState, Level, Wanted
from bot.store.barring import allowed_providers, current
from bot.store.concerns import SeenConcern, seen
from bot.store.groups import last_meeting, levels, needing_attention
from bot.store.tables import AgendaItem, Concern, Conclusion, Footprint, Meeting, OutboxRow, Provider
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
    def thing(self) -> str:
        """What it is about, by which a button names it: the same whether it was arranged or stands there by rule."""
        if self.concern:
            return f"c{self.concern.concern.key}"
        if self.provider:
            return f"p{self.provider.key}"
        return f"i{self.item.key}" if self.item else ""

    @property
    def stays(self) -> bool:
        """Whether it has a place on every agenda, so that nobody takes it off [003 §121]."""
        return self.provider is not None and self.level is not None

    @property
    def minutes(self) -> int | None:
        return self.item.minutes if self.item else None

    @property
    def guest(self) -> str:
        """Who is invited for it from outside, without their address; empty for nobody."""
        return read_guest(self.item.guest).who if self.item else ""

    @property
    def provider_id(self) -> int | None:
        """The provider it is about, if it is about one of the directory."""
        if self.concern:
            return self.concern.concern.provider_id
        return self.provider.key if self.provider else None


@dataclass(frozen=True)
class Order:
    """A meeting's order of business, and what somebody took off it, each as one reader may see it."""

    business: list[Business]
    off: list[Business]

    @property
    def listed(self) -> list[Concern]:
        """The concerns that stand in the order of business, for the journal."""
        return [one.concern.concern for one in self.business if one.concern]

    @property
    def concerns(self) -> list[Concern]:
        """The same, and those that were taken off."""
        return [*self.listed, *(one.concern.concern for one in self.off if one.concern)]


async def items_of(unit: Unit, meeting_id: int) -> Sequence[AgendaItem]:
    """All that was arranged for a meeting, in its order, those taken off included."""
    return await unit.all(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting_id)
        .order_by(col(AgendaItem.position), col(AgendaItem.id))
    )


async def business_of(unit: Unit, meeting: Meeting, reader: Viewer | None, today: date) -> list[Business]:
    """The order of business, of that what `reader` may see; None is the group's channel, and whoever is in it."""
    return (await order_of(unit, meeting, reader, today)).business


async def order_of(unit: Unit, meeting: Meeting, reader: Viewer | None, today: date) -> Order:
    """The same, with what was taken off: what `reader` may not see is in neither.

    What stands by rule stands there though somebody took it off before it did.
    """
    items = await items_of(unit, meeting.key)
    about = {one.concern_id: one for one in items if one.concern_id}
    concerns = await _concerns(unit, meeting, reader, today, about)
    levelled = needing_attention(await levels(unit, group_ids=[meeting.group_id]), Level.RISK_SUMMIT, Level.ENHANCED)
    standing: dict[int | None, Level] = {one.provider.key: one.level.level for one in levelled}
    providers = await _providers(unit, reader, today, {*standing, *(one.provider_id for one in items)})

    def arranged(item: AgendaItem) -> Business:
        if one := providers.get(item.provider_id):
            level = standing.get(one.key)
            return Business(item.title or one.name, "arranged", provider=one, item=item, level=level)
        found = concerns.get(item.concern_id)
        return Business(_headline(found) if found else item.title, "arranged", concern=found, item=item)

    known = [arranged(item) for item in items if _readable(item, providers, concerns)]
    business = [one for one in known if one.item and not one.item.off]
    placed = {one.provider.key for one in business if one.provider}
    by_level = sorted(levelled, key=lambda one: (one.level.level is not Level.RISK_SUMMIT, one.provider.name))
    business += [
        Business(one.provider.name, "level", provider=one.provider, level=one.level.level)
        for one in by_level
        if one.provider.key in providers and one.provider.key not in placed
    ]
    business += [Business(_headline(one), "wanted", concern=one) for key, one in concerns.items() if key not in about]
    return Order(business, [one for one in known if one.item and one.item.off and not one.stays])


def _headline(one: SeenConcern) -> str:
    return SAID_AT_THE_MEETING if one.concern.verbal_only else one.concern.headline


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


async def item_sent_as(unit: Unit, submit_key: str) -> AgendaItem | None:
    """The item that a form, or a concern that may not be shown, has become already."""
    return await unit.first(select(AgendaItem).where(AgendaItem.submit_key == submit_key))


async def item_about(unit: Unit, meeting_id: int, concern_id: int) -> AgendaItem | None:
    """What was arranged of a concern for a meeting."""
    asked = select(AgendaItem).where(AgendaItem.meeting_id == meeting_id, AgendaItem.concern_id == concern_id)
    return await unit.first(asked)


async def outside_footprint(unit: Unit, group_id: int, provider_ids: Collection[int], today: date) -> set[int]:
    """Those of these providers that the group's footprint does not hold."""
    its = (Footprint.group_id == group_id, col(Footprint.provider_id).in_(provider_ids), current(Footprint, today))
    held = await unit.rows(select(Footprint.provider_id).where(*its))
    return set(provider_ids) - {key for (key,) in held}


def placeholder_key(meeting_id: int | str, concern_id: int) -> str:
    """What keeps a concern that may not be shown to one item of a meeting, which says nothing of it."""
    return f"said:{meeting_id}:{concern_id}"


async def erase_items(unit: Unit, concern_id: int) -> list[int]:
    """Delete what was arranged of a concern for any meeting, the items that say nothing of it too; their numbers."""
    unsaid = col(AgendaItem.submit_key).like(placeholder_key("%", concern_id))
    which = or_(col(AgendaItem.concern_id) == concern_id, unsaid)
    gone = [key for key in await unit.all(select(col(AgendaItem.id)).where(which)) if key]
    await unit.write(update(Conclusion).where(col(Conclusion.item_id).in_(gone)).values(item_id=None))
    await unit.write(delete(AgendaItem).where(col(AgendaItem.id).in_(gone)))
    return gone


def next_position(items: Sequence[AgendaItem]) -> int:
    """The place after all that was arranged."""
    return max((item.position for item in items), default=-1) + 1


async def guests_told(unit: Unit, item_ids: Collection[int]) -> Sequence[OutboxRow]:
    """What people were told, or are to be told, of who is invited to these items."""
    about = [col(OutboxRow.once).startswith(f"agenda.guest|item={key}|") for key in item_ids]
    if not about:
        return []
    return await unit.all(select(OutboxRow).where(OutboxRow.kind == "agenda.guest", or_(*about)))


async def discussion_asked(unit: Unit, concern_id: int, meeting_id: int) -> Sequence[OutboxRow]:
    """Who was asked to have a concern discussed at a meeting, and by whom."""
    about = f"agenda.asked|concern={concern_id},meeting={meeting_id}|"
    return await unit.all(select(OutboxRow).where(col(OutboxRow.once).startswith(about)))
