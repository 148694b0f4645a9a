"""What the chair or the secretariat can do with a group's meetings: add one, move it, call it off; and opening one."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.concern import new_reference
from bot.domain.handling import Viewer
from bot.domain.meetings import LENGTHS, Held, check_clear, check_when
from bot.domain.policy import Rules
from bot.domain.terms import MeetingState
from bot.errors import ChangedMeanwhile, FormErrors, NoGroup, NotFound, NotYours, WrongState
from bot.services.meeting_news import announce, note_move
from bot.services.meeting_questions import start_anew
from bot.store import meetings as asked
from bot.store.journal import record
from bot.store.meetings import SeenMeeting
from bot.store.tables import Group, Meeting
from bot.store.unit import Unit

THOSE_WHO_RUN = "the chair or the secretariat of the group"
CALLED_OFF = "called off"
A_DAY = timedelta(days=1)
SENTENCES = {
    "place": "Say where, or give the link.",
    "why": "Say why. Everybody who is told of the meeting reads it.",
}


@dataclass(frozen=True)
class MeetingDraft:
    """What somebody typed into the form that adds a meeting."""

    group_id: int
    day: date | None
    clock: time | None
    minutes: int
    place: str


@dataclass(frozen=True)
class Move:
    """Another time or place for a meeting, and why. `version` is the one the form showed."""

    day: date | None
    clock: time | None
    place: str
    why: str
    version: int


async def open_meeting(unit: Unit, name: str, *, by: Viewer, today: date) -> SeenMeeting:
    """One meeting with all that this reader may know of it. Raises `NotFound`."""
    meeting = await _find(unit, name, by)
    group = await unit.get(Group, meeting.group_id)
    was = await asked.moved_from(unit, [meeting.key])
    audience = await asked.audience_of(unit, group, today)
    return SeenMeeting(meeting, group, was.get(meeting.key), by.runs(group.key), audience)


async def add_meeting(unit: Unit, draft: MeetingDraft, *, by: Viewer, now: datetime, rules: Rules) -> Meeting:
    """Plan a meeting and tell the group. What this person has planned already, as when a form is sent twice, is given
    as it is.

    Raises `NoGroup`, `NotYours`, and `FormErrors` naming the field at fault.
    """
    if draft.group_id not in by.group_ids:
        raise NoGroup
    _check_runs(draft.group_id, by)
    errors = _missing(place=draft.place)
    if draft.minutes not in LENGTHS:
        errors["minutes"] = "Choose one from the list."
    starts_at = _check_when(draft.day, draft.clock, errors, now, rules)
    await asked.hold_group(unit, draft.group_id)
    place = _one_line(draft.place)
    others = await _that_day(unit, draft.group_id, starts_at)
    for other in others:
        wanted = (starts_at, draft.minutes, place, by.person_id)
        if (other.starts_at, other.minutes, other.place, other.arranged_by_id) == wanted:
            return other
    check_clear(starts_at, draft.minutes, map(_held, others), rules.calendar)
    meeting = Meeting(
        slug=new_reference("M"),
        group_id=draft.group_id,
        starts_at=starts_at,
        minutes=draft.minutes,
        place=place,
        sequence=1,
        arranged_by_id=by.person_id,
    )
    unit.add(meeting)
    await unit.flush()
    _note(unit, meeting, "meeting added", by, now)
    await announce(unit, meeting, now=now, today=rules.today(now))
    return meeting


async def move_meeting(unit: Unit, name: str, to: Move, *, by: Viewer, now: datetime, rules: Rules) -> Meeting:
    """Another time or place, with the reason, and tell the group. What has become so already is left as it is.

    Raises `NotFound`, `NotYours`, `WrongState` once it has begun or is off, `FormErrors`, and `ChangedMeanwhile` if
    somebody else was quicker.
    """
    meeting = await to_arrange(unit, name, by=by, now=now, wanted="moved")
    errors = _missing(place=to.place, why=to.why)
    starts_at = _check_when(to.day, to.clock, errors, now, rules)
    place, why = _one_line(to.place), to.why.strip()
    if (meeting.starts_at, meeting.place, meeting.reason) == (starts_at, place, why):
        return meeting
    if meeting.version != to.version:
        raise ChangedMeanwhile(what=f"meeting {meeting.slug}")
    if (meeting.starts_at, meeting.place) == (starts_at, place):
        raise FormErrors({"day": "It is at this time and place already."})
    others = await _that_day(unit, meeting.group_id, starts_at)
    clear_of = [_held(other) for other in others if other.key != meeting.key]
    check_clear(starts_at, meeting.minutes, clear_of, rules.calendar)
    was = meeting.starts_at
    meeting.starts_at, meeting.place, meeting.reason = starts_at, place, why
    _next_version(unit, meeting, by)
    note_move(unit, meeting, was, by=by, now=now, sequence=meeting.sequence)
    await unit.flush()
    if meeting.starts_at != was:
        await start_anew(unit, meeting, now)
    await announce(unit, meeting, now=now, today=rules.today(now))
    return meeting


async def call_off_meeting(unit: Unit, name: str, why: str, *, by: Viewer, now: datetime, rules: Rules) -> Meeting:
    """There will be no such meeting: tell the group why. A second time changes nothing.

    Raises `NotFound`, `NotYours`, `WrongState` once it has begun, and `FormErrors` without a reason.
    """
    meeting = await to_arrange(unit, name, by=by, now=now, wanted=CALLED_OFF)
    if meeting.state is MeetingState.CANCELLED:
        return meeting
    if errors := _missing(why=why):
        raise FormErrors(errors)
    meeting.state, meeting.reason = MeetingState.CANCELLED, why.strip()
    _next_version(unit, meeting, by)
    _note(unit, meeting, "meeting called off", by, now)
    await start_anew(unit, meeting, now)
    await announce(unit, meeting, now=now, today=rules.today(now))
    return meeting


async def to_arrange(unit: Unit, name: str, *, by: Viewer, now: datetime, wanted: str) -> Meeting:
    """The meeting that this person may have `wanted`, moved or called off, which nobody else changes until this unit
    ends. One that is off already is given for calling it off. Raises `NotFound`, `NotYours` and `WrongState`."""
    found = await _find(unit, name, by)
    _check_runs(found.group_id, by)
    await asked.hold_group(unit, found.group_id)
    meeting = await asked.lock_meeting(unit, found.key)
    if meeting.state is MeetingState.CANCELLED:
        if wanted != CALLED_OFF:
            raise WrongState(what=meeting.slug, now=CALLED_OFF, wanted=wanted)
    elif meeting.starts_at <= now or meeting.opened_at:
        raise WrongState(what=meeting.slug, now="under way or over", wanted=wanted)
    return meeting


async def _find(unit: Unit, name: str, by: Viewer) -> Meeting:
    meeting = await asked.meeting_named(unit, name, by.group_ids)
    if meeting is None:
        raise NotFound(what=name.strip())
    return meeting


def _check_runs(group_id: int, by: Viewer) -> None:
    if not by.runs(group_id):
        raise NotYours(who=THOSE_WHO_RUN)


def _check_when(day: date | None, clock: time | None, errors: dict[str, str], now: datetime, rules: Rules) -> datetime:
    """The moment that was meant. Raises `FormErrors` with what is wrong with it and all that was found before."""
    try:
        moment = check_when(day, clock, now, rules.calendar)
    except FormErrors as wrong:
        raise FormErrors(errors | wrong.fields) from None
    if errors:
        raise FormErrors(errors)
    return moment


def _missing(**typed: str) -> dict[str, str]:
    return {name: SENTENCES[name] for name, text in typed.items() if not text.strip()}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _held(meeting: Meeting) -> Held:
    return Held(meeting.slug, meeting.starts_at, meeting.minutes)


async def _that_day(unit: Unit, group_id: int, starts_at: datetime) -> list[Meeting]:
    """What the group has planned that may touch a meeting then: none lasts longer than a day."""
    return list(await asked.coming(unit, [group_id], starts_at - A_DAY, starts_at + A_DAY))


def _next_version(unit: Unit, meeting: Meeting, by: Viewer) -> None:
    meeting.sequence, meeting.arranged_by_id = meeting.sequence + 1, by.person_id
    unit.add(meeting)


def _note(unit: Unit, meeting: Meeting, act: str, by: Viewer, now: datetime) -> None:
    about = ("meeting", meeting.key)
    record(unit, act, by=by, now=now, subject=about, group_id=meeting.group_id, sequence=meeting.sequence)
