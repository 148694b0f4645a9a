"""Arranging a meeting: what it looks at, in which order, for how long [003 §95, §96].

The chair and the secretariat arrange of it what they may see. What they may not see keeps its place beside it, and
nothing in what they read or are refused tells them of it.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import pairwise

from bot.domain.agenda_items import ItemDraft, check_item
from bot.domain.handling import Viewer
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.errors import ChangedMeanwhile, Conflicted, FormErrors, NotFound, OnEveryAgenda
from bot.services import meetings
from bot.services.agenda_guests import tell_of_guests
from bot.store import agenda_items as asked
from bot.store.agenda_items import Business, Order
from bot.store.barring import barred_from
from bot.store.journal import record, record_shown
from bot.store.meetings import meeting_of
from bot.store.tables import AgendaItem, Meeting, Provider
from bot.store.unit import Unit

THE_AGENDA = "the agenda"
ALREADY = "This provider is on the agenda already. Change it there instead."


@dataclass(frozen=True)
class Hand:
    """Who arranges, when, and by which rules."""

    by: Viewer
    now: datetime
    rules: Rules


async def to_arrange(unit: Unit, meeting_id: int, hand: Hand) -> Meeting:
    """The meeting, which nobody else arranges until this unit ends.

    Raises `NotFound` for another group's, `NotYours`, and `WrongState` once it has begun or is off.
    """
    meeting = await meeting_of(unit, meeting_id, hand.by.group_ids)
    if meeting is None:
        raise NotFound(what=str(meeting_id))
    return await meetings.to_arrange(unit, meeting.slug, by=hand.by, now=hand.now, wanted="arranged")


async def order_to_read(unit: Unit, meeting: Meeting, hand: Hand, where: str) -> Order:
    """The order of business as this person may see it; that they read it is logged."""
    order = await seen_order(unit, meeting, hand)
    record_shown(unit, "shown", order.concerns, by=hand.by, now=hand.now, where=where)
    return order


async def seen_order(unit: Unit, meeting: Meeting, hand: Hand) -> Order:
    return await asked.order_of(unit, meeting, hand.by, hand.rules.today(hand.now))


async def put_before(unit: Unit, meeting: Meeting, thing: str, before: str, hand: Hand) -> None:
    """Let `thing` come before what it now follows. Once it does, a second time changes nothing.

    Raises `ChangedMeanwhile` if it follows something else by now.
    """
    standing = [one.thing for one in (await seen_order(unit, meeting, hand)).business]
    if (thing, before) in pairwise(standing):
        return
    if (before, thing) not in pairwise(standing):
        raise ChangedMeanwhile(what=THE_AGENDA)
    rows = await _keep_order(unit, meeting, thing, hand)
    first, second = rows[before], rows[thing]
    first.position, second.position = second.position, first.position
    await _arranged(unit, meeting, "agenda item moved", second, hand)


async def add_item(unit: Unit, meeting: Meeting, draft: ItemDraft, key: str, hand: Hand) -> None:
    """Put an item of its own, or a provider, after what was arranged so far. The same `key` again changes nothing.

    Raises `FormErrors` beside each field, and `Conflicted` for a provider that is kept from this person.
    """
    if await asked.item_sent_as(unit, key):
        return
    checked = check_item(draft, titled=draft.provider_id is None)
    check_identifiers({"title": checked.title, "who": draft.who}, vouched=draft.vouched)
    if draft.provider_id is not None:
        await _check_provider(unit, draft.provider_id, hand)
    rows = await asked.items_of(unit, meeting.key)
    thing = f"p{draft.provider_id}"
    standing = {one.thing for one in (await seen_order(unit, meeting, hand)).business}
    if draft.provider_id is not None and thing in standing:
        raise FormErrors({"provider": ALREADY})
    again = next((row for row in rows if row.provider_id and row.provider_id == draft.provider_id), None)
    row = again or item_for(meeting, hand, key=key, provider_id=draft.provider_id)
    row.submit_key, row.off, row.position = key, False, asked.next_position(rows)
    row.title, row.minutes, row.guest = checked
    await _arranged(unit, meeting, "agenda item added", row, hand)


async def to_change(unit: Unit, meeting: Meeting, thing: str, hand: Hand) -> Business:
    """What is to be changed, as it stands. Raises `ChangedMeanwhile` if it is not on the agenda any more."""
    return _found(await seen_order(unit, meeting, hand), thing)


async def change_item(unit: Unit, meeting: Meeting, thing: str, was: str, draft: ItemDraft, hand: Hand) -> None:
    """Other minutes, another title or guest. `was` is the `print_of` what the form showed; what has become so already
    is left as it is. Raises `FormErrors`, and `ChangedMeanwhile` if somebody else was quicker."""
    one = await to_change(unit, meeting, thing, hand)
    checked = check_item(draft, titled=one.provider is None and one.concern is None)
    check_identifiers({"title": checked.title, "who": draft.who}, vouched=draft.vouched)
    if one.concern:
        checked = checked._replace(title="")  # its headline is what the channel may show of it
    held = (one.item.title, one.item.minutes, one.item.guest) if one.item else ("", None, "")
    if held == tuple(checked):
        return
    if print_of(one) != was:
        raise ChangedMeanwhile(what=THE_AGENDA)
    row = (await _keep_order(unit, meeting, thing, hand))[thing]
    row.title, row.minutes, row.guest = checked
    await _arranged(unit, meeting, "agenda item changed", row, hand)


async def take_off(unit: Unit, meeting: Meeting, thing: str, hand: Hand) -> None:
    """Not at this meeting. A second time changes nothing.

    Raises `OnEveryAgenda` for a provider that stands there by its level, and `ChangedMeanwhile`.
    """
    order = await seen_order(unit, meeting, hand)
    if any(one.thing == thing for one in order.off):
        return
    one = _found(order, thing)
    if one.stays:
        raise OnEveryAgenda(what=one.title)
    row = one.item or _row_for(one, meeting, hand)
    row.off = True
    await _arranged(unit, meeting, "agenda item taken off", row, hand)


async def put_back(unit: Unit, meeting: Meeting, thing: str, hand: Hand) -> None:
    """At this meeting after all, after what was arranged. A second time changes nothing. Raises `ChangedMeanwhile`."""
    order = await seen_order(unit, meeting, hand)
    if any(one.thing == thing for one in order.business):
        return
    row = next((one.item for one in order.off if one.thing == thing), None)
    if row is None:
        raise ChangedMeanwhile(what=THE_AGENDA)
    await put_on(unit, meeting, row, hand)


async def put_on(unit: Unit, meeting: Meeting, row: AgendaItem, hand: Hand) -> None:
    """Put an item, new or taken off, after what was arranged."""
    row.off, row.position = False, asked.next_position(await asked.items_of(unit, meeting.key))
    await _arranged(unit, meeting, "agenda item added", row, hand)


def item_for(
    meeting: Meeting,
    hand: Hand,
    *,
    key: str,
    concern_id: int | None = None,
    provider_id: int | None = None,
    title: str = "",
) -> AgendaItem:
    """A new item that somebody arranges; not saved yet."""
    return AgendaItem(
        submit_key=key,
        meeting_id=meeting.key,
        concern_id=concern_id,
        provider_id=provider_id,
        title=title,
        put_by_id=hand.by.person_id,
        put_at=hand.now,
    )


def print_of(one: Business) -> str:
    """A short name for what is kept of an item beside its place: another name, another title, minutes or guest."""
    item = one.item
    kept = (item.title, item.minutes, item.guest) if item else ("", None, "")
    return sha256(repr(kept).encode(errors="replace")).hexdigest()[:16]


async def _note(unit: Unit, meeting: Meeting, act: str, row: AgendaItem, hand: Hand) -> None:
    """Log what became of an item, so that what is noted of a concern goes with it."""
    about = ("concern", row.concern_id) if row.concern_id else ("meeting", meeting.key)
    facts = {"meeting": meeting.key, "item": row.key} | ({"provider": row.provider_id} if row.provider_id else {})
    record(unit, act, by=hand.by, now=hand.now, subject=about, group_id=meeting.group_id, **facts)


async def _arranged(unit: Unit, meeting: Meeting, act: str, row: AgendaItem, hand: Hand) -> None:
    """Save it, log it, and tell the secretariat what it changes for guests."""
    unit.add(row)
    await unit.flush()
    await _note(unit, meeting, act, row, hand)
    await tell_of_guests(unit, meeting, now=hand.now, today=hand.rules.today(hand.now))


async def _keep_order(unit: Unit, meeting: Meeting, thing: str, hand: Hand) -> dict[str, AgendaItem]:
    """Give all that comes before `thing` the place it stands at, and `thing` too: by its name, as one row each.

    Through the eyes of the channel, so that what is kept from whoever arranges does not move either.
    """
    whole = await asked.business_of(unit, meeting, None, hand.rules.today(hand.now))
    place = next(at for at, one in enumerate(whole) if one.thing == thing)
    known = {f"p{row.provider_id}": row for row in await asked.items_of(unit, meeting.key) if row.provider_id}
    rows = {}
    for at, one in enumerate(whole):
        if at > place and one.item is None:
            break
        row = one.item or known.get(one.thing) or _row_for(one, meeting, hand)
        row.position, row.off = at, False
        rows[one.thing] = row
    unit.add(*rows.values())
    await unit.flush()
    return rows


def _row_for(one: Business, meeting: Meeting, hand: Hand) -> AgendaItem:
    """What stands there by rule, as something that is arranged."""
    return item_for(
        meeting,
        hand,
        key=f"kept:{meeting.key}:{one.thing}",
        concern_id=one.concern.concern.key if one.concern else None,
        provider_id=one.provider.key if one.provider else None,
    )


def _found(order: Order, thing: str) -> Business:
    for one in order.business:
        if one.thing == thing:
            return one
    raise ChangedMeanwhile(what=THE_AGENDA)


async def _check_provider(unit: Unit, provider_id: int, hand: Hand) -> None:
    if await unit.find(Provider, provider_id) is None:
        raise FormErrors({"provider": "Choose one from the list."})
    if await barred_from(unit, hand.by, [provider_id], hand.rules.today(hand.now)):
        raise Conflicted
