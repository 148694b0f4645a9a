"""Nominated people say every so often that they still are. Nobody leaves a ladder by saying nothing, nor by saying no:
only the secretariat changes who is nominated, so that no organisation is left with nobody."""

from datetime import date, datetime, timedelta

from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.store.enrolment import (
    REFUSED,
    UNANSWERED,
    asked_and_open,
    duties_of,
    gatekeepers,
    groups_of,
    last_confirmed,
    reconfirming,
)
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import away, representatives, secretariats
from bot.store.tables import NominatedPerson
from bot.store.unit import Unit

ANSWER_DAYS = 10
"""Working days after which not having answered is told to others *(ours)*."""


async def ask_to_confirm(unit: Unit, person_id: int, *, now: datetime, rules: Rules) -> None:
    """Ask somebody about all they are nominated for, in one message. Who is away is asked when they are back."""
    today = rules.today(now)
    if await away(unit, [person_id], now, today):
        return
    rows = [row for row in await _nominations(unit, person_id, today) if row.asked_on != today]
    for row in rows:
        row.asked_on = today
        unit.add(row)
    if not rows:  # another replica has been quicker
        return
    record(unit, "nomination asked about", by=None, now=now, subject=("person", person_id))
    about: dict[str, int | str] = {"person": person_id}
    await tell(unit, Telling("people.reconfirm", about, person_id=person_id, slot=today.isoformat()), now)


async def confirm(unit: Unit, *, by: Viewer, now: datetime, rules: Rules) -> None:
    """They still are. A second time changes nothing. Whoever had been told otherwise is told."""
    today = rules.today(now)
    rows = await _nominations(unit, by.person_id, today)
    waiting = [row for row in rows if asked_and_open(row)]
    if waiting:
        heard = await reconfirming(unit, [by.person_id], _asked(waiting))
        for row in waiting:
            row.confirmed_on = today
            unit.add(row)
        record(unit, "nomination confirmed", by=by, now=now, subject=("person", by.person_id))
        for reader_id in await _others(unit, by.person_id, rows, today) if heard else ():
            about: dict[str, int | str] = {"person": by.person_id}
            await tell(unit, Telling("people.confirmed", about, person_id=reader_id, slot=str(today)), now)


async def stands_until(unit: Unit, person_id: int, *, now: datetime, rules: Rules) -> date | None:
    """The day after which they are asked again; None for somebody who is not nominated for anything."""
    rows = await _nominations(unit, person_id, rules.today(now))
    oldest = min((last_confirmed(row) for row in rows), default=None)
    return oldest + timedelta(days=rules.policy.reconfirm_days) if oldest else None


async def stand_down(unit: Unit, *, by: Viewer, now: datetime, rules: Rules) -> bool:
    """They are not any more: told at once to those who can change it. False if no answer is wanted of them."""
    today = rules.today(now)
    waiting = [row for row in await _nominations(unit, by.person_id, today) if asked_and_open(row)]
    if not waiting:
        return False
    if (by.person_id, REFUSED) not in await reconfirming(unit, [by.person_id], _asked(waiting)):
        record(unit, REFUSED, by=by, now=now, subject=("person", by.person_id))
        await _report(unit, by.person_id, waiting, f"{_asked(waiting)} no", now, today)
    return True


async def report_silence(unit: Unit, person_id: int, *, now: datetime, rules: Rules) -> None:
    """No answer in all this time: told once to those who can change it."""
    today = rules.today(now)
    waiting = [row for row in await _nominations(unit, person_id, today) if asked_and_open(row)]
    if waiting and not await reconfirming(unit, [person_id], _asked(waiting)):
        record(unit, UNANSWERED, by=None, now=now, subject=("person", person_id))
        await _report(unit, person_id, waiting, str(_asked(waiting)), now, today)


async def _nominations(unit: Unit, person_id: int, today: date) -> list[NominatedPerson]:
    return [row for row, _ in (await duties_of(unit, [person_id], today))[person_id].nominations]


def _asked(rows: list[NominatedPerson]) -> date:
    return max(row.asked_on for row in rows if row.asked_on)


async def _report(
    unit: Unit, person_id: int, rows: list[NominatedPerson], slot: str, now: datetime, today: date
) -> None:
    about: dict[str, int | str] = {"person": person_id}
    for reader_id in await _others(unit, person_id, rows, today):
        await tell(unit, Telling("people.unconfirmed", about, person_id=reader_id, slot=slot), now)


async def _others(unit: Unit, person_id: int, rows: list[NominatedPerson], today: date) -> set[int]:
    """The secretariats of the organisation's groups, or all where there is none, and its representatives."""
    to: set[int] = set()
    for organisation_id in {row.organisation_id for row in rows}:
        groups = await groups_of(unit, organisation_id, today)
        to |= await gatekeepers(unit, groups, today) or {one.key for one in await secretariats(unit, today)}
        for group_id in groups:
            to |= set((await representatives(unit, [organisation_id], group_id, today))[organisation_id][:1])
    return to - {person_id}
