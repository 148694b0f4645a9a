"""What people do while a meeting is held, in a line each."""

from datetime import UTC, datetime
from typing import Any

from bot.store.tables import Conclusion, Meeting
from tests.world import QSG, World

START = datetime(2026, 11, 30, 10, tzinfo=UTC)


async def meeting_row(world: World, slug: str = "m1") -> Meeting:
    (row,) = await world.rows(Meeting, Meeting.slug == slug)
    return row


async def begun(world: World) -> int:
    """The meeting's time has come; its number."""
    world.pg.clock.set(START)
    return (await meeting_row(world)).key


async def run(world: World, slug: str = "secretary", words: str = "") -> Any:
    """Open the record; the page or the refusal."""
    person = world.persona(slug)
    assert (await person.command("/meeting", f"run {words}".strip(), channel=QSG)).ok
    return person.modal


async def item(world: World, about: str, slug: str = "secretary") -> Any:
    """Open the item whose line says that."""
    page = await run(world, slug)
    lines = [line for line in page.text.splitlines() if about in line]
    assert lines, page.text
    number = lines[0].strip("*").partition(".")[0]
    person = world.persona(slug)
    label = "Open" if f"Open item {number}" in page.text else "Record"
    await person.press(page, f"{label} item {number}")
    return person.modal


async def fill(world: World, about: str, button: str, slug: str = "secretary", **values: Any) -> Any:
    """Open the form behind a button of an item and send it; what came of it."""
    person = world.persona(slug)
    await person.press(await item(world, about, slug), button)
    outcome = await person.submit(person.modal, values)
    await world.settle()
    return outcome


async def conclude(world: World, about: str = "Northgate", slug: str = "secretary", **values: Any) -> Any:
    typed = {"text": "The rota is unsafe at night."} | values
    return await fill(world, about, "What was concluded", slug, **typed)


async def closing(world: World, slug: str = "secretary") -> Any:
    """What closing would do."""
    person = world.persona(slug)
    await person.press(await run(world, slug), "Close the meeting")
    return person.modal


async def close(world: World, slug: str = "secretary") -> Any:
    """Close it; the page that then stands there."""
    person = world.persona(slug)
    await person.press(await closing(world, slug), "Close the meeting")
    await world.settle()
    return person.modal


async def drafts(world: World) -> list[Conclusion]:
    return await world.rows(Conclusion)
