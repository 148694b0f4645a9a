"""The versions of a meeting's digest, and what came to its group since: frozen numbers, never words."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlmodel import col, select

from bot.domain.agenda import Held
from bot.domain.handling import Viewer
from bot.domain.terms import ConcernState
from bot.store.agenda_items import items_of
from bot.store.concerns import SeenConcern, seen
from bot.store.groups import last_meeting
from bot.store.tables import Concern, DigestVersion, Meeting
from bot.store.unit import Unit
from bot.store.visibility import agenda_concerns, beside_channel

OVER = (ConcernState.CONCLUDED, ConcernState.WITHDRAWN)


async def versions_of(unit: Unit, meeting_ids: Collection[int]) -> Sequence[DigestVersion]:
    """All versions of these meetings' digests, the oldest first."""
    of_these = col(DigestVersion.meeting_id).in_(meeting_ids)
    return await unit.all(select(DigestVersion).where(of_these).order_by(col(DigestVersion.number)))


async def newest_version(unit: Unit, meeting_id: int) -> DigestVersion | None:
    """The last version of a meeting's digest, if there is one."""
    versions = await versions_of(unit, [meeting_id])
    return versions[-1] if versions else None


async def late_for(
    unit: Unit, meeting: Meeting, held: Held, reader: Viewer | None, today: date
) -> tuple[list[int], list[int]]:
    """The numbers of the concerns, and of the arranged items, that came after a digest which holds `held`, as far as
    an agenda may show that reader; None is the channel itself."""
    before = await last_meeting(unit, meeting.group_id, meeting.starts_at)
    new = agenda_concerns(meeting.group_id, reader, today).where(Concern.state != ConcernState.CONCLUDED)
    if before:
        new = new.where(Concern.raised_at > before.starts_at)
    rows = await unit.rows(new.with_only_columns(col(Concern.id)))
    items = [one.key for one in await items_of(unit, meeting.key) if not one.off]
    return (
        sorted(key for (key,) in rows if key not in held.get("new", ())),
        [key for key in items if key not in held.get("business", ())],
    )


async def restricted_for(unit: Unit, meeting: Meeting, reader: Viewer, today: date) -> list[SeenConcern]:
    """What this person may read of what came to the group since its last meeting, and its channel is not shown."""
    before = await last_meeting(unit, meeting.group_id, meeting.starts_at)
    asked = beside_channel(meeting.group_id, reader, today).where(col(Concern.state).not_in(OVER))
    if before:
        asked = asked.where(Concern.raised_at > before.starts_at)
    return await seen(unit, asked.order_by(col(Concern.raised_at), col(Concern.id)), by=reader)
