"""Who is invited from a provider for one item: the secretariat is sent that item's time, to send on.

A guest is there for the item alone (ours), so the file has its time and nothing of any other. The bot writes to no
guest. Each invitation is one entry of a calendar: `round` and the item name it, `sequence` rises with every change.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from bot.domain.agenda_items import USUAL_MINUTES, due_times
from bot.domain.terms import MeetingState, Role
from bot.store import agenda_items as asked
from bot.store.agenda_items import Business
from bot.store.barring import barred_among
from bot.store.outbox import Telling, tell
from bot.store.people import seated
from bot.store.tables import Meeting, OutboxRow
from bot.store.unit import Unit

QUIET = timedelta(minutes=2)
"""After the last change (ours): who puts an agenda in order presses many buttons, and should be written to once."""


class Invitation(NamedTuple):
    """What a guest is to know: when their item begins, in seconds since 1970, its length, where, and who they are;
    the last two as short names, since no word may stand in the outbox."""

    starts: int
    minutes: int
    place: str
    guest: str


async def tell_of_guests(unit: Unit, meeting: Meeting, *, now: datetime, today: date) -> None:
    """To be called once an item, or the meeting, has been changed: send the secretariat what has become different for
    each guest since they were last sent it. What is as it was is not sent again."""
    items = {item.key: item for item in await asked.items_of(unit, meeting.key)}
    last = newest(await asked.guests_told(unit, list(items)))
    if not last and not any(item.guest for item in items.values()):
        return
    order = await asked.business_of(unit, meeting, None, today)
    wanted = _wanted(meeting, order)
    readers = await _readers(unit, meeting, order, today)
    for key in items:
        for beside in _changes(last.get(key), wanted.get(key)):
            slot = f"{beside['round']}.{beside['sequence']}"
            subject: dict[str, int | str] = {"item": key}
            more = beside | {"meeting": meeting.key, "made": int(now.timestamp())}
            for reader in readers:
                await tell(unit, Telling("agenda.guest", subject, reader, slot=slot, beside=more), now, at=now + QUIET)


def newest(rows: Sequence[OutboxRow]) -> dict[int, OutboxRow]:
    """The newest word of each item's guest."""
    found: dict[int, OutboxRow] = {}
    for row in sorted(rows, key=version):
        found[int(row.subject["item"])] = row
    return found


def version(row: OutboxRow) -> tuple[int, int]:
    return int(row.subject["round"]), int(row.subject["sequence"])


def _wanted(meeting: Meeting, order: Sequence[Business]) -> dict[int, Invitation]:
    """Whoever is invited to what, by the number of the item."""
    if meeting.state is not MeetingState.SCHEDULED:
        return {}
    times = due_times(meeting.starts_at, (one.minutes for one in order))
    pairs = zip(order, times, strict=False)
    return {
        one.item.key: Invitation(
            int(begins.timestamp()), one.minutes or USUAL_MINUTES, _code(meeting.place), _code(one.item.guest)
        )
        for one, begins in pairs
        if one.item and one.item.guest
    }


def _changes(told: OutboxRow | None, wanted: Invitation | None) -> list[dict[str, int | str]]:
    """What is to be said of one guest, in its order: nothing, an invitation, or that one is over."""
    stands = told if told and not told.subject["off"] else None
    before = _told(stands) if stands else None
    if before == wanted:
        return []
    number, sequence = version(told) if told else (0, 0)
    if before and wanted and before.guest == wanted.guest:
        return [_word(wanted, number, sequence + 1)]
    over = [_word(before, number, sequence + 1, off=1)] if before else []
    return over + ([_word(wanted, number + 1, 1)] if wanted else [])


def _told(row: OutboxRow) -> Invitation:
    said = row.subject
    return Invitation(int(said["starts"]), int(said["minutes"]), str(said["place"]), str(said["guest"]))


def _word(invitation: Invitation, number: int, sequence: int, *, off: int = 0) -> dict[str, int | str]:
    return {**invitation._asdict(), "round": number, "sequence": sequence, "off": off}


async def _readers(unit: Unit, meeting: Meeting, order: Sequence[Business], today: date) -> list[int]:
    """The secretariat, or the chair if none of it can be told: of them, whoever nothing on the agenda is kept from. To
    others the time of one item would tell that there is something before it."""
    about = {one.provider_id for one in order if one.provider_id is not None}
    for role in (Role.SECRETARIAT, Role.CHAIR):
        people = [one.key for one in await seated(unit, meeting.group_id, today, role) if one.chat_user]
        barred = {person for person, _, _ in await barred_among(unit, people, about, today)}
        if free := [key for key in people if key not in barred]:
            return free
    return []


def _code(words: str) -> str:
    return sha256(words.encode(errors="replace")).hexdigest()[:16]
