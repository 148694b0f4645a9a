"""Who is asked to a panel: those concerned with its escalation are proposed, more are chosen, the barred never are."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.panels import MOST_INVITED
from bot.domain.terms import Basis
from bot.errors import FormErrors
from bot.store import panel_guests as asked
from bot.store.barring import barred_among
from bot.store.concerns import SeenConcern
from bot.store.handling import share
from bot.store.journal import record
from bot.store.people import reachable_people
from bot.store.tables import Escalation, Organisation, Person
from bot.store.unit import Unit
from bot.store.visibility import SHARED_MARKINGS

Guests = Mapping[int, tuple[Person, Organisation]]
NOT_ANY_MORE = "Somebody on this list cannot be invited any more. Close this form and open it again."
ONLY_ORIGIN = "Only the organisation that raised the concern may show it to more people. Leave out: {names}."
NAMED_ONLY = "The concern is for the people named in it only. Leave out: {names}."


async def proposed_guests(
    unit: Unit, escalation: Escalation, concerns: Sequence[SeenConcern], by: Viewer, today: date
) -> Guests:
    """Whoever started the escalation and those who stand for the organisations asked, as far as they may come."""
    people = set(await asked.people_asked(unit, escalation)) - {by.person_id}
    here = await asked.reachable(unit, people, today)
    barred = await _barred(unit, here, concerns, today)
    readers = await asked.readers_among(unit, list(here.values()), [one.concern.key for one in concerns], today)
    return {key: guest for key, guest in here.items() if key in readers and key not in barred}


async def check_guests(
    unit: Unit,
    invited: Collection[int],
    others: Collection[int],
    proposed: Guests,
    concerns: Sequence[SeenConcern],
    *,
    by: Viewer,
    today: date,
) -> list[int]:
    """Those among the `others` with whom the concern has yet to be shared. Raises `FormErrors`.

    Whoever may not read it is let in only by the organisation that raised it, and never to `TLP:RED`.
    """
    if not set(invited) <= set(proposed):
        raise FormErrors({"invited": NOT_ANY_MORE})
    if len({*invited, *others}) > MOST_INVITED:
        raise FormErrors({"others": f"At most {MOST_INVITED} people can be invited."})
    more = set(others) - set(proposed) - {by.person_id}
    offered = {one.key for one in await reachable_people(unit, more, by.group_ids, today)}
    if more - offered:
        raise FormErrors({"others": "Somebody chosen here cannot be reached by this assistant. Choose again."})
    guests = await asked.reachable(unit, more, today)
    barred = await _barred(unit, guests, concerns, today)
    readers = await asked.readers_among(unit, list(guests.values()), [one.concern.key for one in concerns], today)
    shut_out = {key for key, (_, body) in guests.items() if key in barred or not asked.may_be_shown(body)}
    if refused := shut_out - (readers - barred):
        raise FormErrors({"others": f"{_names(guests, refused)} cannot be invited."})
    unread = more - readers
    if unread and any(one.concern.organisation_id != by.organisation_id for one in concerns):
        raise FormErrors({"others": ONLY_ORIGIN.format(names=_names(guests, unread))})
    if unread and any(one.concern.marking not in SHARED_MARKINGS for one in concerns):
        raise FormErrors({"others": NAMED_ONLY.format(names=_names(guests, unread))})
    return sorted(unread)


async def share_with_guests(
    unit: Unit, concerns: Sequence[SeenConcern], guests: Collection[int], *, by: Viewer, now: datetime
) -> None:
    """Let these people read what the panel is about, by name."""
    for one in concerns if guests else ():
        key, people = one.concern.key, ",".join(map(str, guests))
        await share(unit, key, [(None, guest) for guest in guests], Basis.ESCALATION, now)
        record(
            unit,
            "concern shared",
            by=by,
            now=now,
            subject=("concern", key),
            group_id=one.concern.group_id,
            people=people,
            for_a="panel",
        )


async def _barred(unit: Unit, guests: Guests, concerns: Sequence[SeenConcern], today: date) -> set[int]:
    providers = {one.concern.provider_id for one in concerns if one.concern.provider_id}
    return {person for person, _, _ in await barred_among(unit, list(guests), providers, today)}


def _names(guests: Guests, chosen: Collection[int]) -> str:
    return ", ".join(sorted(f"{guests[key][0].name} ({guests[key][1].short_name})" for key in chosen))
