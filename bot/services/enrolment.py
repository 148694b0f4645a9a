"""Who is let in: strangers are noted, looked up and put to a secretariat, which decides; or a secretariat invites.

Nothing slow happens while somebody waits: the platform is asked who they are by the clock.
"""

from datetime import date, datetime

from bot.chat.port import Profile
from bot.domain.enrolment import in_force, may_ask_again, proposed
from bot.domain.handling import Identity, Viewer
from bot.domain.policy import Rules
from bot.domain.terms import EnrolmentState
from bot.errors import AlreadyEnrolled, NotFound, NotYours
from bot.services.periods import day_before, is_over
from bot.store import enrolment as asked
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import secretariats, viewer_by_id, viewer_of
from bot.store.tables import EnrolmentRequest, Person
from bot.store.unit import Unit

NAME, EMAIL = 200, 254  # what the records keep of what the platform says


async def admit(unit: Unit, who: Identity, *, now: datetime, rules: Rules) -> Viewer | None:
    """The enrolled person behind a chat identity, or None."""
    return await viewer_of(unit, who, rules.today(now))


async def turn_away(unit: Unit, who: Identity, *, now: datetime, rules: Rules) -> None:  # noqa: ARG001
    """Log that a stranger asked, and note them for the secretariat to decide about."""
    record(unit, "stranger refused", by=None, now=now, workspace=who.workspace, user=who.user)
    await note_request(unit, who, now)


async def note_request(unit: Unit, who: Identity, now: datetime) -> None:
    """Note that somebody would be let in. Nothing changes while that waits, nor for a while after a refusal."""
    if await unit.insert_once(_request(who, now)):
        return
    request = await asked.request_of(unit, who)
    if request is None or request.state in asked.WAITING:
        return
    if request.state is EnrolmentState.DECLINED and not may_ask_again(request.decided_at, now):
        return
    _begin(request, now, organisation_id=None, by=None)
    unit.add(request)


async def introduce(unit: Unit, key: int, profile: Profile | None, *, now: datetime, rules: Rules) -> None:
    """Go on with a request now that the platform has said who they are; `profile` is None if it will not say."""
    request = await asked.request_by_id(unit, key, lock=True)
    if request is None or request.state is not EnrolmentState.ASKED:
        return
    if profile:
        request.name, request.email = profile.name[:NAME], profile.email[:EMAIL]
    if request.decided_by_id is not None:
        await _finish_invitation(unit, request, profile, now, rules)
    elif profile and not profile.active:
        _decide(request, EnrolmentState.DECLINED, None, now)
    else:
        # An address counts only with the account that asked.
        email = profile.email if profile and profile.workspace == request.workspace else ""
        request.organisation_id = await _proposal(unit, request, email, rules.today(now))
        request.state = EnrolmentState.PROPOSED
        for person_id in await deciders(unit, request.organisation_id, rules.today(now)):
            await tell(unit, Telling("people.stranger", *_about(request, person_id)), now)
    unit.add(request)


async def deciders(unit: Unit, organisation_id: int | None, today: date) -> set[int]:
    """Who decides about somebody proposed for that organisation: the secretariat of its groups, or else every one."""
    groups = await asked.groups_of(unit, organisation_id, today) if organisation_id else []
    found = await asked.gatekeepers(unit, groups, today)
    return found or {person.key for person in await secretariats(unit, today)}


async def enrol(
    unit: Unit, key: int, organisation_id: int, *, by: Viewer, now: datetime, rules: Rules
) -> EnrolmentRequest:
    """Let somebody in for an organisation, and welcome them. What has been decided before stays as it is.

    Raises `NotFound`, and `NotYours` for anybody but the secretariat of a group to which the organisation belongs.
    """
    request = await _found(unit, key)
    await check_may_enrol(unit, organisation_id, by, rules.today(now))
    if request.state is EnrolmentState.PROPOSED:
        await _let_in(unit, request, organisation_id, by, now, rules.today(now))
        unit.add(request)
    return request


async def decline(unit: Unit, key: int, *, by: Viewer, now: datetime, rules: Rules) -> EnrolmentRequest:
    """Leave somebody out. What has been decided before stays as it is. Raises `NotFound` and `NotYours`."""
    request = await _found(unit, key)
    if by.person_id not in await deciders(unit, request.organisation_id, rules.today(now)):
        raise NotYours(who="the secretariat")
    if request.state is EnrolmentState.PROPOSED:
        _decide(request, EnrolmentState.DECLINED, by.person_id, now)
        unit.add(request)
        record(unit, "enrolment declined", by=by, now=now, subject=("enrolment", key))
    return request


async def invite(
    unit: Unit, who: Identity, organisation_id: int, *, by: Viewer, now: datetime, rules: Rules
) -> EnrolmentRequest:
    """Ask for somebody to be let in for an organisation as soon as the platform has said who they are.

    Raises `NotYours`, and `AlreadyEnrolled`.
    """
    await check_may_enrol(unit, organisation_id, by, rules.today(now))
    there = await viewer_of(unit, who, rules.today(now))
    if there:
        raise AlreadyEnrolled(who=there.name, organisation=there.organisation)
    return await _invite(unit, who, organisation_id, by, now)


async def check_may_enrol(unit: Unit, organisation_id: int, by: Viewer, today: date) -> None:
    """Raise `NotYours` unless they let people in for that organisation."""
    if organisation_id not in {one.key for one in await asked.enrollable(unit, by, today)}:
        raise NotYours(who="the secretariat of a group to which that organisation belongs")


async def _found(unit: Unit, key: int) -> EnrolmentRequest:
    request = await asked.request_by_id(unit, key, lock=True)
    if request is None:
        raise NotFound(what=str(key))
    return request


async def _proposal(unit: Unit, request: EnrolmentRequest, email: str, today: date) -> int | None:
    """The organisation of their address, or else the one they were enrolled at before."""
    bodies = await asked.bodies(unit, today)
    found = proposed(email, request.workspace, bodies)
    held = await asked.holder_of(unit, identity(request))
    before = in_force(held.organisation_id, bodies) if held else None
    return found or (before.key if before else None)


async def _invite(unit: Unit, who: Identity, organisation_id: int, by: Viewer, now: datetime) -> EnrolmentRequest:
    await unit.insert_once(_request(who, now))
    request = await asked.request_of(unit, who)
    assert request is not None  # noqa: S101  # just inserted, or there before
    again = (request.state, request.organisation_id, request.decided_by_id)
    if again != (EnrolmentState.ASKED, organisation_id, by.person_id):
        _begin(request, now, organisation_id=organisation_id, by=by.person_id)
        unit.add(request)
        record(unit, "invited", by=by, now=now, subject=("enrolment", request.key), organisation=organisation_id)
    return request


async def _finish_invitation(
    unit: Unit, request: EnrolmentRequest, profile: Profile | None, now: datetime, rules: Rules
) -> None:
    """Let in whom a secretariat has invited, if it still may and their account is there; tell it what became of it."""
    today, inviter_id = rules.today(now), request.decided_by_id or 0
    inviter = await viewer_by_id(unit, inviter_id, today)
    organisation_id = request.organisation_id
    may = inviter and organisation_id in {one.key for one in await asked.enrollable(unit, inviter, today)}
    if not (inviter and may and organisation_id and profile and profile.active):
        _decide(request, EnrolmentState.DECLINED, inviter_id, now)
    elif profile.workspace != request.workspace:
        # Mentioned here, they belong to another workspace: that is the account with which they will come.
        _decide(request, EnrolmentState.DECLINED, inviter_id, now)
        there = Identity(request.platform, profile.workspace, request.chat_user)
        await _invite(unit, there, organisation_id, inviter, now)
        return
    else:
        await _let_in(unit, request, organisation_id, inviter, now, today)
    await tell(unit, Telling("people.invited", *_about(request, inviter_id)), now)


async def _let_in(
    unit: Unit, request: EnrolmentRequest, organisation_id: int, by: Viewer, now: datetime, today: date
) -> None:
    there = await viewer_of(unit, identity(request), today)
    person_id = there.person_id if there else await _person(unit, request, organisation_id, today)
    request.person_id, request.organisation_id = person_id, there.organisation_id if there else organisation_id
    _decide(request, EnrolmentState.ENROLLED, by.person_id, now)
    if there is None:
        group = next((g for g in await asked.groups_of(unit, organisation_id, today) if g in by.group_ids), None)
        about = ("person", person_id)
        record(unit, "enrolled", by=by, now=now, subject=about, group_id=group, organisation=organisation_id)
        slot = now.isoformat()
        await tell(unit, Telling("people.welcome", {"person": person_id}, person_id=person_id, slot=slot), now)


async def _person(unit: Unit, request: EnrolmentRequest, organisation_id: int, today: date) -> int:
    """The person they were before, if that was at the same organisation; else a new one, who brings no rights along."""
    held = await asked.holder_of(unit, identity(request), lock=True)
    if held and held.organisation_id == organisation_id:
        if is_over(held, today):
            held.ends_on, held.enrolled_in_chat = None, True
        held.deactivated_at = None
        unit.add(held)
        return held.key
    if held:
        held.chat_user = None
        held.ends_on = held.ends_on or day_before(today)
        unit.add(held)
        await unit.flush()
    person = Person(
        slug=f"chat:{request.key}:{request.version}",  # no name in a network file can be written so
        name=request.name or request.chat_user,
        email=request.email,
        organisation_id=organisation_id,
        platform=request.platform,
        workspace=request.workspace,
        chat_user=request.chat_user,
        enrolled_in_chat=True,
        starts_on=today,
    )
    unit.add(person)
    await unit.flush()
    return person.key


def identity(request: EnrolmentRequest) -> Identity:
    """Who asked."""
    return Identity(request.platform, request.workspace, request.chat_user)


def _request(who: Identity, now: datetime) -> EnrolmentRequest:
    return EnrolmentRequest(platform=who.platform, workspace=who.workspace, chat_user=who.user, asked_at=now)


def _begin(request: EnrolmentRequest, now: datetime, *, organisation_id: int | None, by: int | None) -> None:
    request.state, request.asked_at, request.decided_at = EnrolmentState.ASKED, now, None
    request.organisation_id, request.decided_by_id = organisation_id, by


def _decide(request: EnrolmentRequest, state: EnrolmentState, by: int | None, now: datetime) -> None:
    request.state, request.decided_by_id, request.decided_at = state, by, now


def _about(request: EnrolmentRequest, person_id: int) -> tuple[dict[str, int | str], int, None, str]:
    """Subject, recipient and slot of a telling: each asking is told once to each."""
    return {"request": request.key}, person_id, None, request.asked_at.isoformat()
