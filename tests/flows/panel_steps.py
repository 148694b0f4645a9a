"""What people do with panels, in a line each."""

from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar

from bot.chat.port import Message
from bot.messages import MESSAGES
from bot.messages.letter import Letter
from bot.services.panels import PanelDraft
from bot.services.panels import convene as save_panel
from bot.store.people import viewer_by_id
from bot.store.tables import OutboxRow, Panel, PanelTime
from tests.flows.steps import answer, at_once, given_escalation, open_escalation, reference_in, told, viewer
from tests.world import World

TEN, TWO = datetime(2026, 11, 30, 10, tzinfo=UTC), datetime(2026, 12, 1, 14, tzinfo=UTC)
FORM = {
    "purpose": "Agree what to do about senior cover.",
    "day_1": "2026-11-30",
    "time_1": "10:00",
    "day_2": "2026-12-01",
    "time_2": "14:00",
    "place": "Room 4",
}


async def joined_escalation(world: World, *to: str, **values: Any) -> str:
    """An escalation to these organisations, of which GMC has said that it will join a panel; its reference."""
    reference = await given_escalation(world, list(to or ("gmc", "hee")), **values)
    await answer(world, "gmc1", reference, "join")
    return reference


async def open_form(world: World, slug: str, escalation: str) -> Any:
    """The form that convenes a panel, reached from the escalation's page."""
    page = await open_escalation(world, slug, escalation)
    await world.persona(slug).press(page, "Convene a panel")
    return world.persona(slug).modal


async def convene(world: World, escalation: str, slug: str = "inspector", **values: Any) -> str:
    """Fill in the form and send it; the new panel's reference."""
    person = world.persona(slug)
    outcome = await person.submit(await open_form(world, slug, escalation), FORM | values)
    assert outcome.ok, outcome
    await world.settle()
    return reference_in(person.modal.text, "P-")


async def refused(world: World, escalation: str, slug: str = "inspector", **values: Any) -> dict[str, str]:
    """What is said beside the fields when the form is sent."""
    outcome = await world.persona(slug).submit(await open_form(world, slug, escalation), FORM | values)
    assert not outcome.ok
    return dict(outcome.errors)


async def given_panel(world: World, escalation: str = "", slug: str = "inspector", **values: Any) -> Panel:
    """A panel that has been convened, without going through the form."""
    draft = {
        "escalation": escalation or await joined_escalation(world),
        "purpose": FORM["purpose"],
        "slots": tuple((moment.date(), moment.time()) for moment in (TEN, TWO)),
        "minutes": 60,
        "place": "Room 4",
        "invited": (world.ids["gmc1"], world.ids["dean"]),
    }
    async with world.bot.store.begin() as unit:
        panel = await save_panel(
            unit, PanelDraft(**draft | values), by=await viewer(world, unit, slug), **at_once(world)
        )
    await world.settle()
    return panel


async def say(world: World, slug: str, word: str, moment: str) -> str:
    """Press “I can” or “I cannot” in one's poll; what the bot answers."""
    person = world.persona(slug)
    poll = next(one for one in person.dms() if "when can you come" in one.text)
    await person.press(poll, f"{word}: {moment}")
    await world.settle()
    return [one for one in person.dms() if one.ephemeral][-1].text


async def fix(world: World, moment: str, slug: str = "inspector") -> None:
    """Press “Fix this time” in the convener's tally."""
    person = world.persona(slug)
    tally = next(one for one in person.dms() if "who can come when" in one.text)
    await person.press(tally, f"Fix this time: {moment}")
    await world.settle()


async def times(world: World) -> list[PanelTime]:
    """The proposed times, the earliest first."""
    return sorted(await world.rows(PanelTime), key=lambda row: row.starts_at)


async def composed(world: World, row: OutboxRow) -> Message | None:
    """What its composer makes of a row of the outbox for its recipient now."""
    work = world.bot.work
    async with world.bot.store.look() as unit:
        reader = await viewer_by_id(unit, row.person_id, work.rules.today(world.now))
        return await MESSAGES[row.kind](Letter(unit, row.subject, reader, None, work.words, work.rules, world.now))


async def entry(world: World, row: OutboxRow) -> tuple[str, Any]:
    """The method and the event of the calendar file that goes with a message, read back."""
    message = await composed(world, row)
    assert message is not None
    (file,) = message.files
    assert file.name == "panel.ics"
    calendar = Calendar.from_ical(file.content)
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def newest(world: World, slug: str) -> str:
    """The newest word of when a panel meets; what is asked and sent for its pack is another matter."""
    beside = ("do already?", "The pack of", ".docx", "panel.ics")
    return [text for text in told(world, slug) if not any(one in text.splitlines()[0] for one in beside)][-1]
