"""Further information required [003 §121]: somebody is named to find out, is reminded, and says what was found."""

from datetime import datetime

from bot.domain.handling import Viewer
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.domain.surveillance import FOUND_LIMIT, LevelAct, reminder_due
from bot.errors import FormErrors, NotFound, NotYours
from bot.services.surveillance import WHO_CAN, acts_of
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import reachable_person
from bot.store.proposals import proposer_of, who_run
from bot.store.tables import SurveillanceLevel
from bot.store.unit import Unit


async def to_report(
    unit: Unit, level_id: int, *, by: Viewer, now: datetime, rules: Rules, lock: bool = False
) -> SurveillanceLevel:
    """The decision, for somebody who may say what was found. Raises `NotFound`, and `NotYours` for other members."""
    level = await unit.find(SurveillanceLevel, level_id, lock=lock)
    if level is None or level.find_out_id is None or level.group_id not in by.group_ids:
        raise NotFound(what="that request")
    acts = await acts_of(unit, level.group_id, level.provider_id, by, rules.today(now), finder_id=level.find_out_id)
    if not acts:
        raise NotFound(what="that request")
    if LevelAct.FIND not in acts:
        raise NotYours(who=WHO_CAN[LevelAct.FIND])
    return level


async def report_found(
    unit: Unit, level_id: int, found: str, *, vouched: bool, by: Viewer, now: datetime, rules: Rules
) -> SurveillanceLevel:
    """Say what was found: the chair and whoever proposed the level are told. The first report stands.

    Raises as `to_report` does, and `FormErrors`.
    """
    level = await to_report(unit, level_id, by=by, now=now, rules=rules, lock=True)
    if level.found_at is not None:
        return level
    if not found.strip() or len(found) > FOUND_LIMIT:
        raise FormErrors({"found": f"Say what you found, in at most {FOUND_LIMIT} characters."})
    check_identifiers({"found": found}, vouched=vouched)
    level.found, level.found_at, level.found_by_id = found.strip(), now, by.person_id
    unit.add(level)
    await unit.flush()
    record(unit, "further information found", by=by, now=now, subject=("level", level.key), group_id=level.group_id)
    about: dict[str, int | str] = {"level": level.key}
    people = [one.key for one in await who_run(unit, level.group_id, level.provider_id, rules.today(now))]
    people += [key for key in [await proposer_of(unit, level)] if key is not None]
    for person_id in dict.fromkeys(people):
        if person_id != by.person_id:
            await tell(unit, Telling("surveillance.found", about, person_id=person_id), now)
    return level


async def remind_finder(unit: Unit, level_id: int, *, now: datetime, rules: Rules) -> None:
    """Remind whoever is to find out, once for each day it is due; where they have left, tell the chair, once."""
    level = await unit.get(SurveillanceLevel, level_id)
    if level.find_out_id is None or level.find_out_by is None:
        return
    about, today = {"level": level.key}, rules.today(now)
    if await reachable_person(unit, level.find_out_id, [level.group_id], today) is None:
        for one in await who_run(unit, level.group_id, level.provider_id, today):
            await tell(unit, Telling("surveillance.finder_gone", dict(about), person_id=one.key), now)
        return
    asked_on = rules.today(level.decided_at)
    day = reminder_due(level.find_out_by, asked_on, today, rules.calendar, rules.policy.reminders)
    if day:
        slot = day.isoformat()
        await tell(unit, Telling("surveillance.reminder", dict(about), person_id=level.find_out_id, slot=slot), now)
