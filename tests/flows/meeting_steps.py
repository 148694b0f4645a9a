"""What people do with meetings, in a line each."""

from datetime import UTC, date, datetime
from typing import Any

from icalendar import Calendar

from bot.domain.cadence import Cadence, Every, On, Span
from bot.services.meetings import MeetingDraft, Move, add_meeting, call_off_meeting, move_meeting
from bot.store.tables import Group, Meeting
from tests.flows.action_steps import said
from tests.flows.steps import reference_in, told, viewer
from tests.world import World

TOLD = ("chair", "secretary", "gmc3", "lead")
FORM = {"day": "2026-12-15", "time": "10:00", "place": "Room 4"}
TUESDAYS = On(1, 1)


async def add(world: World, slug: str = "secretary", **values: Any) -> str:
    """Fill in the form and send it; the new meeting's reference."""
    person = world.persona(slug)
    assert (await person.command("/meeting", "add")).ok
    outcome = await person.submit(person.modal, FORM | values)
    assert outcome.ok, outcome
    await world.settle()
    return reference_in(person.modal.text, "M-")


async def refused(world: World, slug: str = "secretary", **values: Any) -> dict[str, str]:
    """What is said beside the fields when the form is sent."""
    person = world.persona(slug)
    await person.command("/meeting", "add")
    outcome = await person.submit(person.modal, FORM | values)
    assert not outcome.ok
    return dict(outcome.errors)


async def opened(world: World, slug: str, reference: str) -> Any:
    """The page of a meeting, as that person opens it."""
    person = world.persona(slug)
    assert (await person.command("/meeting", reference)).ok
    return person.modal


async def change(world: World, reference: str, button: str, slug: str = "secretary", **values: Any) -> Any:
    """Press a button on a meeting's page and send the form; what came of it."""
    person = world.persona(slug)
    await person.press(await opened(world, slug, reference), button)
    return await person.submit(person.modal, values)


async def given_meeting(world: World, slug: str = "secretary", **values: Any) -> Meeting:
    """A meeting that has been added, without going through the form."""
    draft: dict[str, Any] = {
        "group_id": world.ids["qsg"],
        "day": date(2026, 12, 15),
        "clock": datetime(2026, 12, 15, 10).time(),  # noqa: DTZ001  # a time on the wall
        "minutes": 120,
        "place": "Room 4",
    }
    async with world.bot.store.begin() as unit:
        by = await viewer(world, unit, slug)
        return await add_meeting(unit, MeetingDraft(**draft | values), by=by, **at(world))


async def given_move(world: World, meeting: Meeting, day: date, slug: str = "secretary", **values: Any) -> Meeting:
    """A meeting that has been moved, without going through the form."""
    clock = world.bot.work.rules.calendar.local(meeting.starts_at).time()
    to = {"day": day, "clock": clock, "place": meeting.place, "why": "The room is shut.", "version": meeting.version}
    async with world.bot.store.begin() as unit:
        by = await viewer(world, unit, slug)
        return await move_meeting(unit, meeting.slug, Move(**to | values), by=by, **at(world))


async def given_off(world: World, meeting: Meeting, slug: str = "secretary", why: str = "Nobody can come.") -> Meeting:
    """A meeting that has been called off, without going through the form."""
    async with world.bot.store.begin() as unit:
        return await call_off_meeting(unit, meeting.slug, why, by=await viewer(world, unit, slug), **at(world))


def at(world: World) -> dict[str, Any]:
    return {"now": world.now, "rules": world.bot.work.rules}


async def set_cadence(world: World, cadence: Cadence | None, group: str = "qsg") -> None:
    """How often a group meets, as the network file would say it; and the timetable is looked at."""
    (row,) = await world.rows(Group, Group.slug == group)
    row.cadence = cadence.stored() if cadence else None
    await world.change(row)
    await world.tick()


def monthly(on: On | None = TUESDAYS, number: int = 2, first: str = "2026-12-01", **values: Any) -> Cadence:
    """Every two months on the first Tuesday at 14:00, unless said otherwise."""
    at = datetime(2026, 1, 1, values.get("hour", 14)).time()  # noqa: DTZ001  # a time on the wall
    place = values.get("place", "Room 2")
    return Cadence(Every(number, Span.MONTHS), on, date.fromisoformat(first), at, 90, place)


async def ruled(world: World, group: str = "qsg") -> list[Meeting]:
    """The meetings that the group's cadence has made, by the day it gave."""
    rows = await world.rows(Meeting, Meeting.group_id == world.ids[group])
    return sorted((row for row in rows if row.ruled_for), key=lambda row: row.ruled_for)


def days(rows: list[Meeting], state: str = "scheduled") -> list[str]:
    return [row.starts_at.date().isoformat() for row in rows if row.state == state]


def news(world: World, slug: str, heading: str = "") -> list[str]:
    """The messages about the group's meetings that somebody has had."""
    firsts = ("Marram QSG: a meeting", "Marram QSG: meetings")
    return [text for text in told(world, slug) if text.startswith(firsts) and heading in text.splitlines()[0]]


def calendars(world: World, slug: str) -> list[Calendar]:
    """The calendar files somebody has been sent, oldest first, read back."""
    person = world.persona(slug)
    return [Calendar.from_ical(file.content) for file in person.files(person.dm_id) if file.name.endswith(".ics")]


def event(calendar: Calendar) -> Any:
    (found,) = calendar.walk("VEVENT")
    return found


async def listing(world: World, slug: str = "gmc1", words: str = "") -> str:
    return await said(world, slug, "/meeting", words)


def nine_utc(day: str) -> datetime:
    """Nine in the morning of a winter's day."""
    return datetime.combine(date.fromisoformat(day), datetime(2026, 1, 1, 9, 5).time(), UTC)  # noqa: DTZ001
