"""What follows when somebody's chat account is closed: access ends at once, and their duties are spoken of."""

from datetime import datetime

from bot.domain.handling import Identity
from bot.domain.policy import Rules
from bot.services.enrolment import note_request
from bot.services.ladders import hasten
from bot.store.enrolment import duties_of, gatekeepers, groups_of, holder_of, is_named
from bot.store.journal import record
from bot.store.ladders import whose_turn
from bot.store.outbox import Telling, tell
from bot.store.people import secretariats
from bot.store.tables import Person
from bot.store.unit import Unit


async def account_closed(unit: Unit, who: Identity, *, now: datetime, rules: Rules) -> None:
    """Shut somebody out whose account was closed, take what waits for them to the next person, and tell each
    secretariat concerned. Nothing happens for a stranger, or a second time."""
    person = await holder_of(unit, who, lock=True)
    if person is None or person.deactivated_at is not None or not await is_named(unit, person.key, rules.today(now)):
        return
    person.deactivated_at = now
    unit.add(person)
    await unit.flush()
    for addressee_id in await whose_turn(unit, person.key):
        await hasten(unit, addressee_id, person.key, now)
    concerned: list[int | None] = [*await _groups(unit, person, now, rules)]
    for group_id in concerned or [None]:
        record(unit, "account closed", by=None, now=now, subject=("person", person.key), group_id=group_id)
    await tell_of_leaver(unit, person, now=now, rules=rules)


async def account_open(unit: Unit, who: Identity, *, now: datetime) -> None:
    """An account that was closed is open again: the secretariat decides whether its owner comes back in."""
    person = await holder_of(unit, who)
    if person is not None and person.deactivated_at is not None:
        await note_request(unit, who, now)


async def tell_of_leaver(unit: Unit, person: Person, *, now: datetime, rules: Rules) -> None:
    """Word to the secretariats concerned, or to all where no group is; each hears of one closing once."""
    today = rules.today(now)
    to = await gatekeepers(unit, await _groups(unit, person, now, rules), today)
    to = to or {one.key for one in await secretariats(unit, today)}
    slot = person.deactivated_at.isoformat() if person.deactivated_at else ""
    for person_id in to - {person.key}:
        await tell(unit, Telling("people.left", {"person": person.key}, person_id=person_id, slot=slot), now)


async def _groups(unit: Unit, person: Person, now: datetime, rules: Rules) -> list[int]:
    today = rules.today(now)
    seats = (await duties_of(unit, [person.key], today))[person.key].seats
    return sorted({*await groups_of(unit, person.organisation_id, today), *(seat.group_id for seat, _ in seats)})
