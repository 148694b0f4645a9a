"""One item of a meeting that is being recorded: finding it, who can be given something to do about it, its draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.errors import ChangedMeanwhile, NotFound
from bot.services.sittings import recordable
from bot.store.barring import barred_among
from bot.store.journal import record
from bot.store.people import reachable_people
from bot.store.sittings import Matter, matters_of, submission
from bot.store.tables import Conclusion, Meeting, Person
from bot.store.unit import Unit

UNREACHABLE = "They have left, or cannot be reached here, or may be told nothing about this provider. Choose another."
THIS_ITEM = "this item"


@dataclass(frozen=True)
class At:
    """Where something is recorded: on which item of which meeting. `version` is that of its conclusion as the form
    showed it, 0 for none; `vouched` is whether they say that what they typed identifies nobody."""

    meeting_id: int
    ref: str
    version: int = 0
    vouched: bool = False


async def find_matter(unit: Unit, meeting: Meeting, ref: str, *, by: Viewer, today: date) -> Matter:
    """One item of a meeting. Raises `NotFound` whether it is hidden or not there."""
    for matter in await matters_of(unit, meeting, by, today):
        if matter.ref == ref:
            return matter
    raise NotFound(what="that item")


async def on_item(unit: Unit, at: At, by: Viewer, today: date) -> tuple[Meeting, Matter]:
    """The meeting, which nobody else records until this unit ends, and the item. Raises as `recordable` does, and
    `NotFound`."""
    meeting = await recordable(unit, at.meeting_id, by=by)
    return meeting, await find_matter(unit, meeting, at.ref, by=by, today=today)


def check_version(row: Conclusion | None, at: At) -> None:
    """Raise `ChangedMeanwhile` if somebody saved something on the item since the form was opened."""
    if (row.version if row else 0) != at.version:
        raise ChangedMeanwhile(what=THIS_ITEM)


async def able(
    unit: Unit, meeting: Meeting, matter: Matter, person_ids: Sequence[int | None], today: date
) -> list[Person]:
    """Those of these people who can be given something to do about an item: reachable, and not barred from it."""
    found = await reachable_people(unit, [key for key in person_ids if key], [meeting.group_id], today)
    about = [matter.provider_id] if matter.provider_id else []
    barred = {who for who, _, _ in await barred_among(unit, [one.key for one in found], about, today)}
    return [one for one in found if one.key not in barred]


async def new_draft(unit: Unit, meeting: Meeting, matter: Matter, by: Viewer, now: datetime) -> Conclusion:
    """A conclusion that says nothing yet. What is about a concern has no title: that is the concern's own headline."""
    row = Conclusion(
        submit_key=submission(meeting.key, matter.ref),
        meeting_id=meeting.key,
        item_id=matter.item.key if matter.item else None,
        concern_id=matter.concern.concern.key if matter.concern else None,
        provider_id=matter.provider_id,
        title="" if matter.concern else matter.title[:150],
        position=await position_of(unit, meeting, matter.ref),
        recorded_by_id=by.person_id,
        recorded_at=now,
    )
    unit.add(row)
    await unit.flush()
    return row


async def position_of(unit: Unit, meeting: Meeting, ref: str) -> int:
    """The place of an item in its meeting, from 1, whoever may see which; the next free one for what is new."""
    order = [one.ref for one in await matters_of(unit, meeting, None, date.max)]
    return order.index(ref) + 1 if ref in order else len(order) + 1


def note_item(unit: Unit, meeting: Meeting, row: Conclusion, act: str, by: Viewer, now: datetime, **facts: int) -> None:
    """An entry of the journal about what is recorded on an item."""
    subject = ("conclusion", row.key)
    record(unit, act, by=by, now=now, subject=subject, group_id=meeting.group_id, meeting=meeting.key, **facts)
