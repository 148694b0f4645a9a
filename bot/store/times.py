"""Named questions about when people want to be reminded."""

from collections.abc import Collection, Mapping
from datetime import time

from sqlmodel import col, func, select

from bot.domain.own_times import WEEKDAYS, OwnTimes, usual_times
from bot.domain.policy import ReminderPolicy
from bot.store.tables import Person, Preference
from bot.store.unit import Unit


async def times_of(unit: Unit, person_ids: Collection[int], policy: ReminderPolicy) -> Mapping[int, OwnTimes]:
    """Each person's own times; the policy's, where they live, for what they have not chosen."""
    rows = await unit.rows(
        select(col(Person.id), col(Person.timezone), col(Preference.time_zone), col(Preference.remind_at))
        .add_columns(col(Preference.works_on))
        .outerjoin(Preference, col(Preference.person_id) == col(Person.id))
        .where(col(Person.id).in_(person_ids))
    )
    return {key: own_times(policy, *chosen) for key, *chosen in rows}


async def zone_of(unit: Unit, person_id: int) -> str:
    """The time zone somebody chose, or where they live."""
    chosen = func.nullif(col(Preference.time_zone), "")
    rows = await unit.rows(
        select(func.coalesce(chosen, col(Person.timezone)))
        .select_from(Person)
        .outerjoin(Preference, col(Preference.person_id) == col(Person.id))
        .where(Person.id == person_id)
    )
    return str(rows[0][0])


async def preference_of(unit: Unit, person_id: int) -> Preference | None:
    return await unit.first(select(Preference).where(Preference.person_id == person_id))


def own_times(
    policy: ReminderPolicy, home: str, zone: str | None, remind_at: time | None, works_on: str | None
) -> OwnTimes:
    """What the columns of a person and of their preference, if there is one, say."""
    usual = usual_times(home, policy)
    return OwnTimes(zone or usual.zone, remind_at or usual.at, works_on or WEEKDAYS)
