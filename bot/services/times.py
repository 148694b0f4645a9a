"""When somebody wants to be reminded of their actions: their time of day, time zone and working days."""

from datetime import datetime

from bot.domain.handling import Viewer
from bot.domain.own_times import OwnTimes
from bot.domain.policy import Rules
from bot.store.journal import record
from bot.store.tables import Preference
from bot.store.times import preference_of, times_of
from bot.store.unit import Unit


async def own_times_of(unit: Unit, viewer: Viewer, rules: Rules) -> OwnTimes:
    """As they stand: what this person chose, and the policy's for the rest."""
    return (await times_of(unit, [viewer.person_id], rules.policy.reminders))[viewer.person_id]


async def choose_times(unit: Unit, chosen: OwnTimes, *, by: Viewer, now: datetime) -> None:
    """Keep what they chose. Whoever has had today's reminder gets no second one, wherever they say they are."""
    preference = await preference_of(unit, by.person_id)
    if preference is None:
        await unit.insert_once(Preference(person_id=by.person_id))
        preference = await preference_of(unit, by.person_id)
    assert preference is not None  # noqa: S101  # it has just been put there, by us or by somebody quicker
    wanted = (chosen.zone, chosen.at, chosen.works_on)
    if (preference.time_zone, preference.remind_at, preference.works_on) == wanted:
        return
    preference.time_zone, preference.remind_at, preference.works_on = wanted
    unit.add(preference)
    record(unit, "reminder times chosen", by=by, now=now, subject=("person", by.person_id))
