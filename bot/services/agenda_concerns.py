"""A concern and the next meeting of its group: put on its agenda, taken off, and asked for by whoever may read it."""

from dataclasses import dataclass
from datetime import date

from bot.domain.agenda_items import SAID_AT_THE_MEETING
from bot.domain.terms import ConcernState, Role
from bot.errors import NobodyToAsk, NoMeetingPlanned, NotFound, NotYours, WrongState
from bot.services.agenda import Hand, item_for, put_on, seen_order, take_off, to_arrange
from bot.store import agenda_items as asked
from bot.store.agenda_items import Order
from bot.store.channels import channel_shows
from bot.store.concerns import SeenConcern, visible_by_id, visible_concern
from bot.store.groups import next_meeting
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import seated, viewer_by_id
from bot.store.tables import Meeting
from bot.store.unit import Unit

OVER = (ConcernState.WITHDRAWN, ConcernState.CONCLUDED)


@dataclass(frozen=True)
class Placed:
    """How a concern stands on the agenda of its group's next meeting. `number` is its place there, 0 for none;
    `restricted` is whether the agenda says nothing of it but that something is to be said."""

    concern: SeenConcern
    meeting: Meeting
    group: str
    number: int
    restricted: bool
    runs: bool


async def put_concern_on(unit: Unit, reference: str, hand: Hand) -> Placed:
    """Put it on the agenda; what may not be shown in the channel stands there as something to be said, and no more. A
    second time changes nothing.

    Raises `NotFound`, `NoMeetingPlanned`, `NotYours`, and `WrongState` for one that is withdrawn or concluded.
    """
    seen, meeting = await _to_place(unit, reference, hand)
    concern = seen.concern
    if await channel_shows(unit, concern.group_id, concern.key):
        row = await asked.item_about(unit, meeting.key, concern.key)
        key = f"kept:{meeting.key}:c{concern.key}"
        new = item_for(meeting, hand, key=key, concern_id=concern.key)
    else:
        key = asked.placeholder_key(meeting.key, concern.key)
        row = await asked.item_sent_as(unit, key)
        new = item_for(meeting, hand, key=key, title=SAID_AT_THE_MEETING)
    if row is None or row.off:
        await put_on(unit, meeting, row or new, hand)
    await _answer(unit, seen, meeting, hand, on=1)
    return await _placed(unit, seen, meeting, hand)


async def take_concern_off(unit: Unit, reference: str, hand: Hand) -> Placed:
    """Not at the next meeting. A second time, and for one that is not on it, nothing changes but that whoever asked is
    told. Raises as `put_concern_on`."""
    seen, meeting = await _to_place(unit, reference, hand)
    thing = await _thing(unit, seen, meeting)
    if any(one.thing == thing for one in (await seen_order(unit, meeting, hand)).business):
        await take_off(unit, meeting, thing, hand)
    await _answer(unit, seen, meeting, hand, on=0)
    return await _placed(unit, seen, meeting, hand)


async def ask_for(unit: Unit, reference: str, hand: Hand) -> Placed:
    """Ask the chair and the secretariat to have it discussed, as every member may [003 §95]: those of them who may read
    it, once for each meeting, whoever asks.

    Raises `NotFound`, `NoMeetingPlanned`, `WrongState`, `NotYours` for somebody of no member organisation, and
    `NobodyToAsk`.
    """
    seen, meeting = await _find(unit, reference, hand)
    placed = await _placed(unit, seen, meeting, hand)
    if placed.number:
        return placed
    people = await _who_decide(unit, seen, hand.rules.today(hand.now))
    if not people:
        raise NobodyToAsk(group=placed.group, what=seen.concern.reference)
    letters = [Telling("agenda.asked", _about(seen, meeting), one, beside={"by": hand.by.person_id}) for one in people]
    told = [await tell(unit, letter, hand.now) for letter in letters]
    if any(told):
        about = ("concern", seen.concern.key)
        facts = {"meeting": meeting.key, "people": sum(told)}
        where = meeting.group_id
        record(unit, "discussion asked for", by=hand.by, now=hand.now, subject=about, group_id=where, **facts)
    return placed


async def _find(unit: Unit, reference: str, hand: Hand) -> tuple[SeenConcern, Meeting]:
    seen = await visible_concern(unit, reference, hand.by, hand.rules.today(hand.now))
    if seen is None:
        raise NotFound(what=reference)
    place = next((one for one in hand.by.groups if one.group_id == seen.concern.group_id), None)
    if place is None:
        raise NotYours(who="a member of the group to which it was raised")
    if seen.concern.state in OVER:
        raise WrongState(what=seen.concern.reference, now=seen.concern.state, wanted="put on an agenda")
    meeting = await next_meeting(unit, place.group_id, hand.now)
    if meeting is None:
        raise NoMeetingPlanned(group=place.name)
    return seen, meeting


async def _to_place(unit: Unit, reference: str, hand: Hand) -> tuple[SeenConcern, Meeting]:
    seen, meeting = await _find(unit, reference, hand)
    return seen, await to_arrange(unit, meeting.key, hand)


async def _placed(unit: Unit, seen: SeenConcern, meeting: Meeting, hand: Hand) -> Placed:
    order = await seen_order(unit, meeting, hand)
    group_id = seen.concern.group_id
    return Placed(
        seen,
        meeting,
        next(one.name for one in hand.by.groups if one.group_id == group_id),
        _number(order, await _thing(unit, seen, meeting)),
        not await channel_shows(unit, group_id, seen.concern.key),
        hand.by.runs(group_id),
    )


async def _thing(unit: Unit, seen: SeenConcern, meeting: Meeting) -> str:
    """By which name it stands on the agenda, if it does."""
    key = seen.concern.key
    if await channel_shows(unit, seen.concern.group_id, key):
        return f"c{key}"
    row = await asked.item_sent_as(unit, asked.placeholder_key(meeting.key, key))
    return f"i{row.key}" if row else ""


def _number(order: Order, thing: str) -> int:
    return next((number for number, one in enumerate(order.business, 1) if one.thing == thing), 0)


async def _who_decide(unit: Unit, seen: SeenConcern, today: date) -> list[int]:
    """The chair and the secretariat, those of them who may read it."""
    people = await seated(unit, seen.concern.group_id, today, Role.CHAIR, Role.SECRETARIAT)
    viewers = [await viewer_by_id(unit, one.key, today) for one in people if one.chat_user]
    able = [one for one in viewers if one and await visible_by_id(unit, seen.concern.key, one, today)]
    return [one.person_id for one in able]


async def _answer(unit: Unit, seen: SeenConcern, meeting: Meeting, hand: Hand, *, on: int) -> None:
    """Tell whoever asked for it, if anybody did, what became of that."""
    askers = {int(row.subject["by"]) for row in await asked.discussion_asked(unit, seen.concern.key, meeting.key)}
    for person_id in askers:
        letter = Telling("agenda.answered", _about(seen, meeting), person_id, slot=str(on), beside={"on": on})
        await tell(unit, letter, hand.now)


def _about(seen: SeenConcern, meeting: Meeting) -> dict[str, int | str]:
    return {"concern": seen.concern.key, "meeting": meeting.key}
