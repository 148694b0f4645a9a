"""Setting a provider's surveillance level in a group, which the chair decides [003 §121]."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.surveillance import level_errors
from bot.domain.terms import Level
from bot.errors import FormErrors
from bot.store.groups import levels
from bot.store.journal import record
from bot.store.tables import SurveillanceLevel
from bot.store.unit import Unit


@dataclass(frozen=True)
class LevelChange:
    """The level a provider is to have in a group, and why. `meeting_id` is where it was decided, if it was there."""

    group_id: int
    provider_id: int
    level: Level
    reason: str
    meeting_id: int | None = None
    find_out_id: int | None = None
    find_out_by: date | None = None


async def set_level(unit: Unit, change: LevelChange, *, by: Viewer, now: datetime, rules: Rules) -> SurveillanceLevel:
    """The level is so from now on. The caller has checked that `by` decides for the group.

    Raises `FormErrors` naming `level`, `level_reason`, `find_out` or `find_out_by`.
    """
    standing = await levels(unit, group_ids=[change.group_id], provider_ids=[change.provider_id])
    errors = level_errors(
        standing[0].level.level if standing else None,
        change.level,
        reason=change.reason,
        find_out=change.find_out_id is not None,
        find_out_by=change.find_out_by,
        today=rules.today(now),
    )
    if errors:
        raise FormErrors(errors)
    row = SurveillanceLevel(
        group_id=change.group_id,
        provider_id=change.provider_id,
        level=change.level,
        reason=change.reason.strip(),
        decided_by_id=by.person_id,
        decided_at=now,
        meeting_id=change.meeting_id,
        find_out_id=change.find_out_id,
        find_out_by=change.find_out_by,
    )
    unit.add(row)
    await unit.flush()
    record(unit, "level set", by=by, now=now, subject=("level", row.key), group_id=change.group_id)
    return row
