"""What people read about who is let in, who has left, and who is nominated. Nothing about concerns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.chat.port import Form, Message
from bot.domain.handling import Identity, Place, Viewer
from bot.domain.policy import Policy
from bot.domain.terms import EnrolmentState
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.actions import left_open_by
from bot.store.enrolment import (
    REFUSED,
    Duties,
    asked_and_open,
    duties_of,
    enrollable,
    holder_of,
    kept_by,
    members_of,
    reconfirming,
    request_by_id,
    waiting_requests,
)
from bot.store.escalations import left_waiting_by
from bot.store.people import organisations_by_id, people_by_id, viewer_by_id, viewer_of
from bot.store.tables import EnrolmentRequest, NominatedPerson, Person
from bot.store.unit import Unit


@dataclass(frozen=True)
class Duty:
    """One thing somebody does for others: `role` in `of`. A nominated person's deputies come in the order of `rung`."""

    role: str
    of: str
    rung: int = 0
    category: str = ""
    region: str = ""


@dataclass(frozen=True)
class Asker:
    """Somebody who would be let in, as one secretariat sees it. `proposed` is empty when nothing is, `may` says whether
    this reader lets people in for it; `returning` has the duties that come back with somebody who was there before."""

    request: EnrolmentRequest
    proposed: str
    may: bool
    before: str = ""
    returning: tuple[Duty, ...] = ()


@dataclass(frozen=True)
class Listed:
    """One person of a group, and what there is to know about their enrolment."""

    person: Person
    duties: tuple[Duty, ...]
    nominated: bool
    confirmed_on: date | None


async def stranger(letter: Letter) -> Message | None:
    """To the secretariat: somebody asked to be let in. None once that is decided."""
    request = await request_by_id(letter.unit, letter.about("request"))
    if letter.reader is None or request is None or request.state is not EnrolmentState.PROPOSED:
        return None
    if await viewer_of(letter.unit, _who(request), letter.today):
        return None
    if not await kept_by(letter.unit, letter.reader, letter.today):  # who let people in when this was queued
        return None
    asker = await _asker(letter.unit, request, letter.reader, letter.today, letter.rules.policy)
    return letter.words.render("people.stranger", asker=asker)


async def invited(letter: Letter) -> Message | None:
    """To whoever invited somebody: what became of it."""
    request = await request_by_id(letter.unit, letter.about("request"))
    if request is None:
        return None
    return letter.words.render("people.invited", **await _outcome(letter.unit, request))


async def welcome(letter: Letter) -> Message | None:
    """To somebody who has been let in: where, and what they can do."""
    return letter.words.render("people.welcome", viewer=letter.reader) if letter.reader else None


async def left(letter: Letter) -> Message | None:
    """To the secretariat: whose account was closed, and what they did, as far as the reader may see it."""
    person = await letter.unit.get(Person, letter.about("person"))
    if letter.reader is None or person.deactivated_at is None:
        return None
    duties = (await duties_of(letter.unit, [person.key], letter.today))[person.key]
    actions = await left_open_by(letter.unit, person.key, letter.reader, letter.today)
    return letter.words.render(
        "people.left",
        person=person,
        organisation=await _name(letter.unit, person.organisation_id),
        duties=_duties(duties, letter.rules.policy, letter.reader),
        lines=[line for line in actions if letter.reader.runs(line.action.group_id)],
        waiting=await left_waiting_by(letter.unit, person.key, letter.reader, letter.today),
    )


async def reconfirm(letter: Letter) -> Message | None:
    """To a nominated person: are you still? None once they have said so, or are named no more."""
    if letter.reader is None:
        return None
    found = await _asked_about(letter, letter.reader.person_id)
    return letter.words.render("people.reconfirm", duties=_nominations(found, letter.rules.policy)) if found else None


async def unconfirmed(letter: Letter) -> Message | None:
    """To those who can change it: a nominated person said no, or nothing. None once they have confirmed."""
    person = await letter.unit.get(Person, letter.about("person"))
    found = await _asked_about(letter, person.key)
    if not found:
        return None
    asked_on = max(row.asked_on for row, _ in found if row.asked_on)
    acts = await reconfirming(letter.unit, [person.key], asked_on)
    return letter.words.render(
        "people.unconfirmed",
        person=person,
        duties=_nominations(found, letter.rules.policy),
        refused=(person.key, REFUSED) in acts,
        asked_on=asked_on,
    )


async def confirmed(letter: Letter) -> Message | None:
    """To those who had heard otherwise: they still are."""
    person = await letter.unit.get(Person, letter.about("person"))
    duties = (await duties_of(letter.unit, [person.key], letter.today))[person.key]
    named = _nominations(duties.nominations, letter.rules.policy)
    return letter.words.render("people.confirmed", person=person, duties=named) if named else None


async def became(unit: Unit, words: Templates, request: EnrolmentRequest) -> Form:
    """The page that says what became of a request."""
    return words.page("people.decided", **await _outcome(unit, request))


async def inviting(unit: Unit, words: Templates, request: EnrolmentRequest) -> Message:
    """The answer to an invitation: it is on its way."""
    return words.render("people.inviting", **await _outcome(unit, request))


def answered(words: Templates, *, until: date | None, refused: bool = False) -> Form:
    """The page that takes the answer of a nominated person."""
    return words.page("people.answered", until=until, refused=refused)


async def listed(unit: Unit, words: Templates, place: Place, viewer: Viewer, *, today: date, policy: Policy) -> Message:
    """Everybody of a group by organisation, and who would be let in."""
    found = await members_of(unit, place.group_id, today)
    duties = await duties_of(unit, [person.key for _, person in found], today)
    bodies: dict[str, list[Listed]] = {}
    for organisation, person in found:
        bodies.setdefault(organisation.short_name, []).append(_listed(person, duties[person.key], viewer, policy))
    may = [one.key for one in await enrollable(unit, viewer, today)]
    askers = [await _asker(unit, one, viewer, today, policy) for one in await waiting_requests(unit, may)]
    again = timedelta(days=policy.reconfirm_days)
    return words.render("people.list", place=place, bodies=bodies, askers=askers, overdue=today - again)


def _listed(person: Person, duties: Duties, viewer: Viewer, policy: Policy) -> Listed:
    days = [row.confirmed_on for row, _ in duties.nominations]
    oldest = None if None in days else min((day for day in days if day), default=None)
    return Listed(person, _duties(duties, policy, viewer), bool(days), oldest)


async def _asker(unit: Unit, request: EnrolmentRequest, viewer: Viewer, today: date, policy: Policy) -> Asker:
    may = {one.key for one in await enrollable(unit, viewer, today)}
    held = await holder_of(unit, _who(request))
    proposed = request.organisation_id
    name = await _name(unit, proposed) if proposed else ""
    if held is None:
        return Asker(request, name, proposed in may)
    duties = (await duties_of(unit, [held.key], today))[held.key]
    back = _duties(duties, policy, viewer) if held.organisation_id == proposed else ()
    return Asker(request, name, proposed in may, await _name(unit, held.organisation_id), back)


async def _outcome(unit: Unit, request: EnrolmentRequest) -> Mapping[str, object]:
    by = await people_by_id(unit, [request.decided_by_id] if request.decided_by_id else [])
    return {
        "request": request,
        "organisation": await _name(unit, request.organisation_id) if request.organisation_id else "",
        "by": next((person.name for person in by.values()), ""),
    }


async def _asked_about(letter: Letter, person_id: int) -> list[tuple[NominatedPerson, str]]:
    """What they were asked to confirm and have not; nothing for somebody who is no longer let in."""
    if await viewer_by_id(letter.unit, person_id, letter.today) is None:
        return []
    duties = (await duties_of(letter.unit, [person_id], letter.today))[person_id]
    return [(row, name) for row, name in duties.nominations if asked_and_open(row)]


def _nominations(found: Sequence[tuple[NominatedPerson, str]], policy: Policy) -> tuple[Duty, ...]:
    return tuple(
        Duty("next" if row.rung else "nominated", name, row.rung, _category(row, policy), row.region)
        for row, name in found
    )


def _category(row: NominatedPerson, policy: Policy) -> str:
    category = policy.categories.get(row.category)
    return category.label if category else row.category


def _duties(duties: Duties, policy: Policy, viewer: Viewer) -> tuple[Duty, ...]:
    """Nominations, which anybody may know of, and seats in the groups that the viewer belongs to."""
    seats = [Duty(seat.role, name) for seat, name in duties.seats if seat.group_id in viewer.group_ids]
    return (*_nominations(duties.nominations, policy), *seats)


async def _name(unit: Unit, organisation_id: int) -> str:
    return (await organisations_by_id(unit, [organisation_id]))[organisation_id].short_name


def _who(request: EnrolmentRequest) -> Identity:
    return Identity(request.platform, request.workspace, request.chat_user)
