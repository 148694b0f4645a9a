"""What is recorded of a meeting, and what people do with its note, in a line each."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.notes import read_parts
from bot.domain.terms import MeetingState, Role
from bot.messages import MESSAGES
from bot.messages.letter import Letter
from bot.store.people import viewer_by_id
from bot.store.tables import AgendaItem, Attendance, Concern, Conclusion, Dissent, Meeting, MeetingNote, Seat
from tests.flows.action_steps import add
from tests.flows.panel_record_steps import press as press_from_memory
from tests.flows.panel_record_steps import words_of
from tests.world import World

BEGAN = datetime(2026, 11, 20, 10, tzinfo=UTC)
KEYS = (f"recorded-{number}" for number in itertools.count(1))
REPRESENTED = (("inspector", Role.REPRESENTATIVE), ("dean", Role.REPRESENTATIVE))
AGREEING = ("inspector", "dean", "gmc3", "lead", "chair")  # one for each member


async def given_meeting(world: World, *, closed: bool = True, **values: Any) -> Meeting:
    """A meeting that began last Friday, and has been closed unless said otherwise; every member has somebody."""
    for slug, role in REPRESENTED:
        await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids[slug], role=role))
    (meeting,) = await world.rows(Meeting, Meeting.slug == "m1")
    facts = {"starts_at": BEGAN, "opened_at": BEGAN}
    facts |= {"state": MeetingState.HELD, "closed_at": BEGAN + timedelta(hours=2)} if closed else {}
    for name, value in (facts | values).items():
        setattr(meeting, name, value)
    await world.change(meeting)
    return (await world.rows(Meeting, Meeting.slug == "m1"))[0]


async def attended(world: World, slug: str = "", body: str = "", **values: Any) -> None:
    (meeting,) = await world.rows(Meeting, Meeting.slug == "m1")
    facts: dict[str, Any] = {
        "submit_key": next(KEYS),
        "meeting_id": meeting.key,
        "person_id": world.ids[slug] if slug else None,
        "organisation_id": world.ids[f"org:{body}"] if body else None,
        "arrived_at": BEGAN,
        "left_at": BEGAN + timedelta(minutes=90),
    }
    await add(world, Attendance(**facts | values))


async def concluded(
    world: World, text: str, provider: str | None = "northgate", concern: str = "", **values: Any
) -> int:
    """A conclusion that has been settled; its number."""
    (meeting,) = await world.rows(Meeting, Meeting.slug == "m1")
    about = (await world.rows(Concern, Concern.reference == concern))[0].key if concern else None
    row = Conclusion(
        **{
            "submit_key": next(KEYS),
            "meeting_id": meeting.key,
            "concern_id": about,
            "provider_id": world.ids[provider] if provider else None,
            "text": text,
            "recorded_by_id": world.ids["secretary"],
            "recorded_at": BEGAN,
            "settled_at": BEGAN,
            **values,
        }
    )
    async with world.bot.store.begin() as unit:
        unit.add(row)
        await unit.flush()
        return row.key


async def disagreed(world: World, conclusion: int, body: str, reason: str) -> None:
    facts = {"recorded_by_id": world.ids["secretary"], "recorded_at": BEGAN}
    await add(
        world, Dissent(conclusion_id=conclusion, organisation_id=world.ids[f"org:{body}"], reason=reason, **facts)
    )


async def on_agenda(world: World, **values: Any) -> None:
    (meeting,) = await world.rows(Meeting, Meeting.slug == "m1")
    facts: dict[str, Any] = {"put_by_id": world.ids["secretary"], "put_at": BEGAN, "meeting_id": meeting.key}
    await add(world, AgendaItem(submit_key=next(KEYS), **facts | values))


async def notes(world: World) -> list[MeetingNote]:
    return await world.rows(MeetingNote)


async def page(world: World, slug: str, note: MeetingNote) -> Any:
    """The page of a version, as that person opens it."""
    await press_from_memory(world, slug, "note.open", str(note.key))
    return world.persona(slug).modal


async def note_page(world: World, slug: str = "secretary") -> str:
    """What `/meeting note` shows: a page, or a sentence."""
    person = world.persona(slug)
    assert (await person.command("/meeting", "note m1")).ok
    return str(person.modal.text)


async def press(world: World, slug: str, button: str, note: MeetingNote | None = None) -> Any:
    """Press a button on the page of a version, the newest unless said otherwise."""
    note = note or (await notes(world))[-1]
    outcome = await world.persona(slug).press(await page(world, slug, note), button)
    await world.settle()
    return outcome


async def fill(world: World, slug: str, button: str, heading: str = "", **values: Any) -> Any:
    """Open the form behind a button and send it; of several parts that under this heading."""
    note = (await notes(world))[-1]
    if heading:
        await press_from_memory(world, slug, f"note.{button}", f"{note.key}.{mark(note, heading)}")
    else:
        await press_from_memory(world, slug, f"note_reply.{button}", str(note.key))
    person = world.persona(slug)
    outcome = await person.submit(person.modal, values)
    await world.settle()
    return outcome


def mark(note: MeetingNote, heading: str) -> str:
    return next(part.mark for part in read_parts(note.parts) if part.heading == heading)


async def sent_note(world: World) -> MeetingNote:
    """A note that has been drafted and sent to members."""
    await world.tick()
    await press(world, "secretary", "Send it to members")
    return (await notes(world))[-1]


async def agree(world: World, *slugs: str) -> None:
    note = (await notes(world))[-1]
    for slug in slugs:
        await press_from_memory(world, slug, "note_reply.agree", str(note.key))


async def document(world: World, slug: str, note: MeetingNote) -> str | None:
    """The words of the document as it would be sent to somebody now, or None when it would be withheld."""
    async with world.bot.store.look() as unit:
        work = world.bot.work
        reader = await viewer_by_id(unit, world.ids[slug], work.rules.today(world.now))
        letter = Letter(unit, {"note": note.key}, reader, None, work.words, work.rules, world.now)
        message = await MESSAGES["note.file"](letter)
    return words_of(message.files[0].content) if message else None


def said_last(world: World, slug: str) -> str:
    """What the last button that somebody pressed on their own page answered."""
    return str(world.persona(slug).modal.text)


def on(day: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=hour, minutes=5)
