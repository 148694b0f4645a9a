"""Absences said in chat: by oneself, or by the secretariat of a group one belongs to.

They stand beside those of the network file, and neither rewrites the other. Whoever is back says so, whichever it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.absences import Days, Period, check_days, day_in, period_of, read_days
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.errors import NotYours
from bot.services.ladders import hasten
from bot.store.absences import Gap, gaps_left_by, said_from, standing, warned_of
from bot.store.journal import record
from bot.store.ladders import whose_turn
from bot.store.outbox import Telling, tell
from bot.store.people import reachable_person
from bot.store.tables import Absence, Person
from bot.store.unit import Unit


@dataclass(frozen=True)
class Said:
    """What has been said: the absence as it stands, the gaps it leaves, and whether somebody else is told of them."""

    absence: Absence
    gaps: Sequence[Gap]
    warned: bool


async def say_away(unit: Unit, person_id: int, said: Days | str, *, by: Viewer, now: datetime, rules: Rules) -> Said:
    """Say that somebody is away on these days, in their own time zone; together with what was said before it becomes
    one absence. Saying it again changes nothing. Raises `NotYours`, `NotDays` and `FormErrors`."""
    person = await whom(unit, person_id, by=by, today=rules.today(now))
    here = day_in(now, person.timezone)
    days = read_days(said, here) if isinstance(said, str) else said
    check_days(days, here)
    absence, new = await _united(unit, person.key, period_of(days, person.timezone), by=by, now=now)
    gaps = await gaps_left_by(unit, absence, now, rules.today(now))
    if new:
        record(unit, "absence said", by=by, now=now, subject=("person", person.key), absence=absence.key)
        await begin(unit, absence.key, now=now)
        if person.key != by.person_id:
            await tell(unit, Telling("away.said", {"absence": absence.key}, person_id=person.key, slot=_slot(now)), now)
    warned = [await _warn(unit, absence, gap, by=by, now=now, rules=rules) for gap in gaps]
    return Said(absence, gaps, all(warned))


async def come_back(unit: Unit, person_id: int, *, by: Viewer, now: datetime, rules: Rules) -> list[Absence]:
    """Say that somebody is back: what counts now counts no more. Gives what was ended; nothing if they were here."""
    person = await whom(unit, person_id, by=by, today=rules.today(now))
    return await _end(unit, [one for one in await standing(unit, [person.key], now) if one.starts_at <= now], by, now)


async def end_absence(unit: Unit, absence_id: int, *, by: Viewer, now: datetime, rules: Rules) -> list[Absence]:
    """End or remove one absence. Gives it, or nothing if it was over; one that never was is as one of nobody's."""
    absence = await unit.find(Absence, absence_id)
    person = await whom(unit, absence.person_id if absence else 0, by=by, today=rules.today(now))
    return await _end(unit, [one for one in await standing(unit, [person.key], now) if one.key == absence_id], by, now)


async def begin(unit: Unit, absence_id: int, *, now: datetime) -> None:
    """Take what waits for somebody's acknowledgement to the next person, once, when their absence has begun."""
    absence = await unit.find(Absence, absence_id, lock=True)
    if absence is None or absence.noticed_at or absence.back_at or not absence.period.covers(now):
        return
    absence.noticed_at = now
    unit.add(absence)
    for addressee_id in await whose_turn(unit, absence.person_id):
        await hasten(unit, addressee_id, absence.person_id, now)


async def whom(unit: Unit, person_id: int, *, by: Viewer, today: date) -> Person:
    """Somebody whose absences this person may speak of, held until the unit ends: themselves, or anybody with chat of
    a group whose secretariat they are. Raises `NotYours`."""
    theirs = person_id == by.person_id or await reachable_person(unit, person_id, by.secretariat_of, today)
    if not theirs:
        raise NotYours(who="the secretariat of a group they belong to, or they themselves,")
    return await unit.get(Person, person_id, lock=True)


async def _united(unit: Unit, person_id: int, wanted: Period, *, by: Viewer, now: datetime) -> tuple[Absence, bool]:
    """The one absence said in chat that has these days and those of all that touch them, and whether that is new."""
    touching = [
        one
        for one in await standing(unit, [person_id], now)
        if one.said_in_chat and one.starts_at <= wanted.until and one.until >= wanted.starts_at
    ]
    start = min([wanted.starts_at, *(one.starts_at for one in touching)])
    until = max([wanted.until, *(one.until for one in touching)])
    found = await said_from(unit, person_id, start)
    if found in touching and found.until == until:
        return found, False
    absence = found or Absence(person_id=person_id, starts_at=start, until=until, said_in_chat=True)
    if absence not in touching:
        absence.back_at = absence.noticed_at = None
    for one in touching:
        one.back_at = now if one is not absence else None
    absence.until, absence.said_by_id, absence.said_at = until, by.person_id, now
    unit.add(absence, *touching)
    await unit.flush()
    return absence, True


async def _end(unit: Unit, absences: Sequence[Absence], by: Viewer, now: datetime) -> list[Absence]:
    for absence in absences:
        absence.back_at = now
        unit.add(absence)
        record(unit, "absence ended", by=by, now=now, subject=("person", absence.person_id), absence=absence.key)
        for person_id in {absence.person_id, absence.said_by_id or absence.person_id} - {by.person_id}:
            about: dict[str, int | str] = {"absence": absence.key}
            ended = Telling("away.ended", about, person_id=person_id, slot=_slot(now), beside={"by": by.person_id})
            await tell(unit, ended, now)
    return list(absences)


async def _warn(unit: Unit, absence: Absence, gap: Gap, *, by: Viewer, now: datetime, rules: Rules) -> bool:
    """Word to the secretariats of that organisation's groups, once for each time the absence was
    said. False if there is nobody but who said it."""
    others = await warned_of(unit, gap.organisation_id, rules.today(now)) - {by.person_id}
    about: dict[str, int | str] = {"absence": absence.key, "organisation": gap.organisation_id}
    for person_id in others:
        slot = _slot(absence.said_at or now)
        await tell(unit, Telling("away.nobody", about, person_id=person_id, slot=slot), now)
    return bool(others)


def _slot(moment: datetime) -> str:
    return moment.isoformat()
