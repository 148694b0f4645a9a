"""Saying whether one comes to a group's meeting, and who comes instead [003 §36, §40]. The newest answer stands."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.attendance import Presence
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import MeetingState
from bot.errors import ChangedMeanwhile, FormErrors, MeetingBegun, MeetingOff, NotFound, NotYours
from bot.messages.escaping import moment
from bot.services.meeting_questions import tell_of_reply
from bot.store import meeting_replies as asked
from bot.store.attendance import Attendee, Coming, absent_at, coming
from bot.store.journal import record
from bot.store.people import reachable_person
from bot.store.tables import Meeting, MeetingReply, Person
from bot.store.unit import Unit

WHO = "the people with a seat in this group, and whoever they name to come instead,"


@dataclass(frozen=True)
class Noted:
    """What is now noted of one person: `mine` is how they stand, `news` whether that is new. `following` are the
    colleagues who are asked next, `nobody` is whether their organisation has nobody coming now."""

    seen: Coming
    mine: Attendee
    news: bool
    following: tuple[str, ...]
    nobody: bool


async def open_meeting(unit: Unit, slug: str, *, by: Viewer, now: datetime, rules: Rules) -> Coming:
    """Read who comes to a meeting of a group one belongs to, and log the reading. Raises `NotFound`."""
    seen = await coming(unit, await _find(unit, slug, by), rules.today(now))
    _note(unit, seen.meeting, "who comes read", by, now)
    return seen


async def prepare(
    unit: Unit, slug: str, *, by: Viewer, now: datetime, rules: Rules
) -> tuple[Coming, MeetingReply | None]:
    """Who comes to a meeting that this person may answer for, and what they said to it. Raises as `say_coming`."""
    seen = await _to_answer(unit, await _find(unit, slug, by), by, now, rules)
    return seen, await asked.reply_of(unit, seen.meeting.key, by.person_id)


async def say_coming(unit: Unit, slug: str, *, by: Viewer, now: datetime, rules: Rules) -> Noted:
    """Say that one comes. A second time changes nothing.

    Raises `NotFound`, `NotYours` for somebody without a seat whom nobody named, `MeetingBegun` and `MeetingOff`.
    """
    before = await _hold(unit, slug, by, now, rules)
    return await _save(unit, before, None, coming_=True, by=by, now=now, rules=rules)


async def send_apologies(
    unit: Unit, slug: str, deputy_id: int | None, *, starts_at: datetime, by: Viewer, now: datetime, rules: Rules
) -> Noted:
    """Say that one does not come, and who of one's organisation comes instead, if anybody is named. The same again
    changes nothing. `starts_at` is the time that the form was about. Raises as `say_coming`, `ChangedMeanwhile` for a
    meeting at another time since, and `FormErrors` for a deputy who cannot be."""
    before = await _hold(unit, slug, by, now, rules)
    if before.meeting.starts_at != starts_at:
        raise ChangedMeanwhile(what="the time of this meeting")
    if deputy_id is not None:
        await _check_deputy(unit, deputy_id, before, by, rules.today(now))
    return await _save(unit, before, deputy_id, coming_=False, by=by, now=now, rules=rules)


async def _find(unit: Unit, slug: str, by: Viewer) -> Meeting:
    meeting = await asked.meeting_called(unit, slug, by.group_ids)
    if meeting is None:
        raise NotFound(what=slug)
    return meeting


async def _hold(unit: Unit, slug: str, by: Viewer, now: datetime, rules: Rules) -> Coming:
    """The same as `prepare` sees, while nobody else can answer: two of one organisation may do so at once."""
    meeting = await asked.lock_meeting(unit, (await _find(unit, slug, by)).key)
    return await _to_answer(unit, meeting, by, now, rules)


async def _to_answer(unit: Unit, meeting: Meeting, by: Viewer, now: datetime, rules: Rules) -> Coming:
    seen = await coming(unit, meeting, rules.today(now))
    if by.person_id not in seen.people:
        raise NotYours(who=WHO)
    if meeting.state is MeetingState.CANCELLED:
        raise MeetingOff(group=seen.group.name, when=moment(meeting.starts_at))
    if meeting.state is MeetingState.HELD or meeting.starts_at <= now:
        raise MeetingBegun(group=seen.group.name, when=moment(meeting.starts_at))
    return seen


async def _check_deputy(unit: Unit, deputy_id: int, seen: Coming, by: Viewer, today: date) -> Person:
    """The colleague named to come instead. Raises `FormErrors`."""
    if deputy_id == by.person_id:
        raise FormErrors({"deputy": "Choose somebody else: you cannot come instead of yourself."})
    person = await reachable_person(unit, deputy_id, [seen.group.key], today)
    if person is None or person.organisation_id != by.organisation_id:
        problem = "Choose somebody enrolled at your own organisation, as this list offers them."
        raise FormErrors({"deputy": problem})
    theirs = seen.people.get(deputy_id)
    away = deputy_id in await absent_at(unit, [deputy_id], seen.meeting.starts_at)
    if theirs.declines if theirs else away:
        raise FormErrors({"deputy": f"{person.name} cannot come either. Choose somebody else, or leave it empty."})
    return person


async def _save(
    unit: Unit, before: Coming, deputy_id: int | None, *, coming_: bool, by: Viewer, now: datetime, rules: Rules
) -> Noted:
    meeting, mine = before.meeting, before.people[by.person_id]
    reply = await asked.reply_of(unit, meeting.key, by.person_id)
    stands = mine.place.presence is (Presence.COMES if coming_ else Presence.APOLOGIES)
    if reply and stands and (reply.coming, reply.deputy_id) == (coming_, deputy_id):
        return _noted(before, by, news=False)
    reply = reply or MeetingReply(meeting_id=meeting.key, person_id=by.person_id, coming=coming_, at=now)
    reply.coming, reply.deputy_id, reply.at = coming_, deputy_id, now
    unit.add(reply)
    await unit.flush()
    _note(unit, meeting, "meeting answered", by, now, coming=int(coming_), deputy=deputy_id or 0)
    after = await coming(unit, meeting, rules.today(now))
    await tell_of_reply(unit, before, after, by.person_id, now)
    return _noted(after, by, news=True)


def _noted(seen: Coming, by: Viewer, *, news: bool) -> Noted:
    mine = seen.people[by.person_id]
    ours = next((one for one in seen.delegations if one.organisation.key == mine.organisation.key), None)
    following = tuple(one.person.name for one in ours.awaited) if ours and mine.declines else ()
    return Noted(seen, mine, news, following, ours is not None and ours.member and ours.nobody)


def _note(unit: Unit, meeting: Meeting, act: str, by: Viewer, now: datetime, **facts: int | str) -> None:
    record(unit, act, by=by, now=now, subject=("meeting", meeting.key), group_id=meeting.group_id, **facts)
