"""A group's terms of reference, sent as a document to whoever of the group asks for them."""

from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.errors import NotFound
from bot.store.groups import group_by_id
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.tables import Group
from bot.store.unit import Unit


async def ask_for_terms(unit: Unit, group_id: int, *, by: Viewer, now: datetime, today: date) -> Group:
    """Send the terms of reference as they now are to whoever asks, once a minute at most. Raises `NotFound` for
    anybody who does not belong to the group."""
    group = await group_by_id(unit, group_id, today) if group_id in by.group_ids else None
    if group is None:
        raise NotFound(what=str(group_id))
    letter = Telling("terms.sent", {"group": group.key}, person_id=by.person_id, slot=f"{now:%Y-%m-%dT%H:%M}")
    if await tell(unit, letter, now):
        record(unit, "terms asked", by=by, now=now, subject=("group", group.key), group_id=group.key)
    return group
