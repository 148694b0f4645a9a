"""What the chair and the secretariat ask for at a meeting: open its record, say who is there and until when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.handling import Viewer
from bot.domain.meetings import short_day
from bot.domain.policy import Rules
from bot.domain.sittings import may_open, moment_typed, reminder_day
from bot.domain.terms import MeetingState, Role
from bot.errors import FormErrors, MeetingOff, NotFound, NotTheDay, NotYours, WrongState
from bot.services.meetings import THOSE_WHO_RUN
from bot.store import sittings as asked
from bot.store.attendance import Attendee, coming
from bot.store.journal import record
from bot.store.meetings import lock_meeting, meeting_of
from bot.store.outbox import Telling, tell
from bot.store.people import reachable_person, seated
from bot.store.tables import Attendance, Group, Meeting
from bot.store.unit import Unit

NAME_LIMIT, BODY_LIMIT = 100, 90  # characters of a guest's name and of their organisation; kept in one


@dataclass(frozen=True)
class Guest:
    """Somebody who was not expected: enrolled here, or a name and an organisation."""

    person_id: int | None
    name: str
    organisation: str


async def open_sitting(unit: Unit, meeting_id: int, *, by: Viewer, now: datetime, rules: Rules) -> Meeting:
    """The meeting, whose record is open from now on; opening it first notes when. One that is closed is given as it is.

    Raises `NotFound`, `NotYours`, `MeetingOff`, and `NotTheDay` before its day.
    """
    meeting = await _to_run(unit, meeting_id, by, lock=True)
    if meeting.state is MeetingState.CANCELLED or not may_open(meeting.starts_at, now, rules.calendar):
        group = (await unit.get(Group, meeting.group_id)).name
        refusal = MeetingOff if meeting.state is MeetingState.CANCELLED else NotTheDay
        raise refusal(group=group, when=short_day(rules.calendar.day(meeting.starts_at)))
    if meeting.opened_at is None and meeting.state is MeetingState.SCHEDULED:
        meeting.opened_at = now
        unit.add(meeting)
        await unit.flush()
        note(unit, meeting, "meeting opened", by, now)
    return meeting


async def recordable(unit: Unit, meeting_id: int, *, by: Viewer, lock: bool = True) -> Meeting:
    """The meeting, for whoever records it while it is open; with `lock`, nobody else does until this unit ends.

    Raises `NotFound`, `NotYours`, and `WrongState` for one that is not open.
    """
    meeting = await _to_run(unit, meeting_id, by, lock=lock)
    if meeting.state is not MeetingState.SCHEDULED or meeting.opened_at is None:
        standing = {MeetingState.CANCELLED: "called off", MeetingState.HELD: "closed"}
        now = standing.get(meeting.state, "not open yet")
        raise WrongState(what=f"The record of meeting {meeting.slug}", now=now, wanted="added to")
    return meeting


async def mark_here(
    unit: Unit, meeting_id: int, people: Iterable[int], at: str, *, by: Viewer, now: datetime, rules: Rules
) -> Meeting:
    """These people are there from that time on; for whoever had left, as if they had not. Again it changes nothing.

    Raises as `recordable` does, and `FormErrors`.
    """
    meeting = await recordable(unit, meeting_id, by=by)
    moment = moment_typed(at, meeting.starts_at, now, rules.calendar)
    expected = {one.person.key: one for one in await expected_at(unit, meeting, rules, now)}
    chosen = [expected[key] for key in dict.fromkeys(people) if key in expected]
    if not chosen:
        raise FormErrors({"here": "Choose who is here, or close this form."})
    keys = [one.person.key for one in chosen]
    there = {row.person_id: row for row in await asked.attendance_by(unit, meeting.key, person_ids=keys)}
    new = [_arrival(meeting, one, moment) for one in chosen if one.person.key not in there]
    back = [row for row in there.values() if row.left_at is not None]
    for row in back:
        row.left_at = None
    unit.add(*new, *back)
    if new or back:
        note(unit, meeting, "attendance noted", by, now, here=len(new) + len(back))
    return meeting


async def mark_left(
    unit: Unit, meeting_id: int, keys: Iterable[int], at: str, *, by: Viewer, now: datetime, rules: Rules
) -> Meeting:
    """These of those there leave at that time. Raises as `mark_here` does; `at` before they came is refused."""
    meeting = await recordable(unit, meeting_id, by=by)
    moment = moment_typed(at, meeting.starts_at, now, rules.calendar)
    rows = await asked.attendance_by(unit, meeting.key, keys=list(keys)) if keys else []
    if not rows:
        raise FormErrors({"left": "Choose who leaves, or close this form."})
    if late := [row for row in rows if row.arrived_at > moment]:
        came = rules.calendar.local(max(row.arrived_at for row in late))
        raise FormErrors({"at": f"They came at {came:%H:%M}. Write a later time."})
    for row in rows:
        row.left_at = moment
    unit.add(*rows)
    note(unit, meeting, "attendance noted", by, now, left=len(rows))
    return meeting


async def add_guest(
    unit: Unit, meeting_id: int, guest: Guest, at: str, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Meeting:
    """Somebody else is there. The same `key` again changes nothing, nor does somebody who is there already.

    Raises as `mark_here` does.
    """
    meeting = await recordable(unit, meeting_id, by=by)
    moment = moment_typed(at, meeting.starts_at, now, rules.calendar)
    row = Attendance(submit_key=key, meeting_id=meeting.key, arrived_at=moment)
    if guest.person_id:
        person = await reachable_person(unit, guest.person_id, [meeting.group_id], rules.today(now))
        if person is None or guest.name.strip():
            raise FormErrors({"person": "Choose somebody from the list, or write a name below: not both."})
        row.person_id, row.organisation_id = person.key, person.organisation_id
    else:
        row.guest = _guest(guest)
    if await unit.insert_once(row):
        note(unit, meeting, "attendance noted", by, now, here=1)
    return meeting


async def expected_at(unit: Unit, meeting: Meeting, rules: Rules, now: datetime) -> list[Attendee]:
    """Who may be there, each once: those who said so first, then the others with a seat, each by name."""
    seen = await coming(unit, meeting, rules.today(now))
    return sorted(seen.people.values(), key=lambda one: (not one.comes, one.person.name.casefold()))


async def unclosed(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The meetings whose secretariat is to be reminded today that their record is still open."""
    today = rules.today(now)
    start = rules.calendar.at(rules.calendar.shift(today, -1), datetime.min.time())
    until = rules.calendar.at(today, datetime.min.time())
    found = await asked.never_closed(unit, start, until, today)
    return [one.key for one in found if reminder_day(one.starts_at, rules.calendar) == today]


async def remind_to_close(unit: Unit, meeting_id: int, *, now: datetime, rules: Rules) -> None:
    """Tell the secretariat once, or the chair of a group that has none."""
    meeting = await lock_meeting(unit, meeting_id)
    if meeting.state is not MeetingState.SCHEDULED:
        return
    today = rules.today(now)
    told = await seated(unit, meeting.group_id, today, Role.SECRETARIAT)
    told = told or await seated(unit, meeting.group_id, today, Role.CHAIR)
    for person in told:
        await tell(unit, Telling("sitting.unclosed", {"meeting": meeting.key}, person_id=person.key), now)


def note(unit: Unit, meeting: Meeting, act: str, by: Viewer, now: datetime, **facts: int | str) -> None:
    """An entry of the journal about a meeting."""
    record(unit, act, by=by, now=now, subject=("meeting", meeting.key), group_id=meeting.group_id, **facts)


def kept(kinds: Mapping[str, int]) -> dict[str, int]:
    """How many of each kind of identifier were found and kept: numbers only."""
    return {f"{kind}_kept": count for kind, count in kinds.items()}


async def _to_run(unit: Unit, meeting_id: int, by: Viewer, *, lock: bool) -> Meeting:
    meeting = await meeting_of(unit, meeting_id, by.group_ids)
    if meeting is None:
        raise NotFound(what="that meeting")
    if not by.runs(meeting.group_id):
        raise NotYours(who=THOSE_WHO_RUN)
    return await lock_meeting(unit, meeting.key) if lock else meeting


def _arrival(meeting: Meeting, one: Attendee, moment: datetime) -> Attendance:
    return Attendance(
        submit_key=f"attendance.{meeting.key}.{one.person.key}",
        meeting_id=meeting.key,
        person_id=one.person.key,
        organisation_id=one.organisation.key,
        arrived_at=moment,
    )


def _guest(guest: Guest) -> str:
    """Name and organisation in one line. Raises `FormErrors`."""
    name, body = (" ".join(text.split()) for text in (guest.name, guest.organisation))
    wrong = {"name": name[NAME_LIMIT:], "organisation": body[BODY_LIMIT:]}
    errors = {field: "Shorten it." for field, over in wrong.items() if over}
    if not name:
        errors["name"] = "Choose a person above, or write a guest’s name."
    if not body and name:
        errors["organisation"] = "Say whom they are from."
    if errors:
        raise FormErrors(errors)
    return f"{name}, {body}"
