"""What people read about their groups' meetings: when and where, what was moved and why, and files for calendars."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.chat.port import Attachment, Form, Message
from bot.domain.cadence import MONTHS_AHEAD, months_on, read_cadence
from bot.domain.calendar import WorkingCalendar
from bot.domain.handling import Place, Viewer
from bot.domain.meetings import short_day
from bot.domain.notes import has_met
from bot.domain.sittings import may_open
from bot.domain.terms import MeetingState
from bot.files.calendar_file import MEETINGS, Entry, calendar_file, calendar_of
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store import meetings as asked
from bot.store.meetings import SeenMeeting
from bot.store.outbox import Telling
from bot.store.tables import Group, Meeting, MeetingNote
from bot.store.unit import Unit

ONE, ALL = "meeting.ics", "meetings.ics"
A_SECOND = timedelta(seconds=1)  # in which `made` is given
SHOWN_OF_ONE, SHOWN_OF_MANY = 6, 2  # of a group's meetings to come, in the list (ours)


@dataclass(frozen=True)
class Line:
    """A meeting as a line of a list. `ruled` says why it is not on its cadence's day, `was` when it was to begin."""

    meeting: Meeting
    ruled: str
    was: datetime | None
    new: bool = False


@dataclass(frozen=True)
class GroupLines:
    """A group's next meetings, how many more are planned, and the last one."""

    place: Place
    next: Sequence[Line]
    more: int
    last: Meeting | None


async def settled(letter: Letter) -> Message | None:
    """To everybody who is told: a meeting was added or moved, with the entry for their calendar. An older word of it
    that a newer one has overtaken is not sent."""
    seen = await _told(letter)
    if seen is None or seen.meeting.state is not MeetingState.SCHEDULED or seen.meeting.starts_at <= letter.now:
        return None
    return _with_entry(letter.words.render("meeting.settled", **_facts(seen, letter.rules.calendar)), seen, letter)


async def off(letter: Letter) -> Message | None:
    """To the same people: it is called off, why, and what takes it out of their calendar."""
    seen = await _told(letter)
    if seen is None or seen.meeting.state is not MeetingState.CANCELLED:
        return None
    return _with_entry(letter.words.render("meeting.off", **_facts(seen, letter.rules.calendar)), seen, letter)


async def dates(letter: Letter) -> Message | None:
    """To the same people: all that the group has planned for twelve months, in one file with what is off of it. An
    older one that a newer one has overtaken is not sent."""
    group_id = letter.about("group")
    if letter.reader is None or group_id not in letter.reader.group_ids:
        return None
    same = Telling("meeting.dates", {"group": group_id}, person_id=letter.reader.person_id)
    if await asked.told_again(letter.unit, same, _made_at(letter) + A_SECOND):
        return None
    group = await letter.unit.get(Group, group_id)
    everything = await asked.arranged(letter.unit, [group_id], letter.now, letter.today)
    held = [row for row in everything if row.starts_at > letter.now]
    if not held:
        return None
    planned = [row for row in held if row.state is MeetingState.SCHEDULED]
    off = [row for row in held if row.state is MeetingState.CANCELLED and row.ruled_for]
    new = _numbers(letter.subject["new"])
    marked = new if len(new) < len(planned) else frozenset()
    facts = {
        "group": group,
        "cadence": read_cadence(group.cadence) if group.cadence else None,
        "lines": await _lines(letter.unit, planned, letter.rules.calendar, marked),
        "off": [row for row in off if row.sequence and row.arranged_by_id is None],
        "runs": letter.reader.runs(group_id),
        "audience": await asked.audience_of(letter.unit, group, letter.today),
    }
    message = letter.words.render("meeting.dates", **facts)
    return _with_file(message, [(row, group.name) for row in [*planned, *off]], letter)


async def calendar(letter: Letter) -> Message | None:
    """To whoever asked for it: what their groups have planned for twelve months, as a file for their calendar."""
    if letter.reader is None:
        return None
    chosen = _numbers(letter.subject["groups"])
    names = {place.group_id: place.name for place in letter.reader.groups if place.group_id in chosen}
    planned = await asked.coming(letter.unit, list(names), letter.now, horizon(letter.now, letter.rules.calendar))
    message = letter.words.render("meeting.calendar", groups=list(names.values()), count=len(planned))
    return _with_file(message, [(row, names[row.group_id]) for row in planned], letter) if planned else None


def page(
    words: Templates, seen: SeenMeeting, now: datetime, calendar: WorkingCalendar, note: MeetingNote | None
) -> Form:
    """The page of one meeting; what else can be done with it, who is coming, and where its `note` stands, the version
    that the reader may read, is shown here."""
    may_run = seen.meeting.state is not MeetingState.CANCELLED and may_open(seen.meeting.starts_at, now, calendar)
    met = has_met(seen.meeting.starts_at, seen.meeting.opened_at, now)
    return words.page("meeting.page", **_facts(seen, calendar), now=now, note=note, met=met, may_run=may_run)


async def listed(unit: Unit, places: Sequence[Place], now: datetime, calendar: WorkingCalendar) -> list[GroupLines]:
    """What these groups have planned, and when each met last."""
    keys = [place.group_id for place in places]
    planned = await asked.coming(unit, keys, now, horizon(now, calendar))
    last = await asked.latest(unit, keys, now)
    most = SHOWN_OF_ONE if len(places) == 1 else SHOWN_OF_MANY
    by_group = {key: [row for row in planned if row.group_id == key] for key in keys}
    shown = [row for rows in by_group.values() for row in rows[:most]]
    lines = {line.meeting.key: line for line in await _lines(unit, shown, calendar)}
    return [
        GroupLines(
            place,
            [lines[row.key] for row in by_group[place.group_id][:most]],
            max(0, len(by_group[place.group_id]) - most),
            last.get(place.group_id),
        )
        for place in places
    ]


def overview(words: Templates, groups: Sequence[GroupLines], viewer: Viewer) -> Message:
    """The next meetings of somebody's groups, or of one."""
    return words.render("meeting.list", groups=groups, viewer=viewer)


def ruled_off(meeting: Meeting, calendar: WorkingCalendar) -> str:
    """From which day the cadence's meeting was moved, and what that day is; empty if it is on its day."""
    ruled_for = meeting.ruled_for
    if ruled_for is None or calendar.is_working_day(ruled_for) or calendar.day(meeting.starts_at) == ruled_for:
        return ""
    return f"{short_day(ruled_for)}, {calendar.why_off(ruled_for)}"


async def line_of(unit: Unit, meeting: Meeting, calendar: WorkingCalendar) -> Line:
    """One meeting with where it was moved from."""
    return (await _lines(unit, [meeting], calendar))[0]


async def _lines(
    unit: Unit, meetings: Sequence[Meeting], calendar: WorkingCalendar, new: frozenset[int] = frozenset()
) -> list[Line]:
    was: Mapping[int, datetime] = await asked.moved_from(unit, [row.key for row in meetings])
    return [Line(row, ruled_off(row, calendar), was.get(row.key), row.key in new) for row in meetings]


async def _told(letter: Letter) -> SeenMeeting | None:
    """The meeting, if the reader is still of its group and this is the newest word of it."""
    reader = letter.reader
    meeting = await asked.meeting_of(letter.unit, letter.about("meeting"), reader.group_ids) if reader else None
    if reader is None or meeting is None or meeting.sequence != letter.about("sequence"):
        return None
    group = await letter.unit.get(Group, meeting.group_id)
    was = await asked.moved_from(letter.unit, [meeting.key])
    audience = await asked.audience_of(letter.unit, group, letter.today)
    return SeenMeeting(meeting, group, was.get(meeting.key), reader.runs(group.key), audience)


def _facts(seen: SeenMeeting, calendar: WorkingCalendar) -> dict[str, object]:
    line = Line(seen.meeting, ruled_off(seen.meeting, calendar), seen.was)
    return {
        "seen": seen,
        "meeting": seen.meeting,
        "group": seen.group,
        "line": line,
        "runs": seen.runs,
        "audience": seen.audience,
        "states": MeetingState,
    }


def horizon(now: datetime, calendar: WorkingCalendar) -> datetime:
    """Twelve months from now."""
    return calendar.at(months_on(calendar.day(now), MONTHS_AHEAD), calendar.local(now).time())


def _numbers(value: int | str) -> frozenset[int]:
    return frozenset(int(one) for one in str(value).split(",") if one)


def _with_entry(message: Message, seen: SeenMeeting, letter: Letter) -> Message:
    content = calendar_file(_entry(seen.meeting, seen.group.name), _made_at(letter), MEETINGS)
    return replace(message, files=(Attachment(ONE, content),))


def _with_file(message: Message, meetings: Iterable[tuple[Meeting, str]], letter: Letter) -> Message:
    content = calendar_of([_entry(meeting, name) for meeting, name in meetings], _made_at(letter))
    return replace(message, files=(Attachment(ALL, content),))


def _entry(meeting: Meeting, group: str) -> Entry:
    return Entry(
        uid=f"meeting-{meeting.slug.lower()}@soundings",
        sequence=meeting.sequence,
        summary=f"{group} ({meeting.slug})",
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        place=meeting.place,
        cancelled=meeting.state is MeetingState.CANCELLED,
    )


def _made_at(letter: Letter) -> datetime:
    return datetime.fromtimestamp(letter.about("made"), UTC)
