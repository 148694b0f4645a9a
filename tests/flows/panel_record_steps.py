"""What people do with a panel that has its time, in a line each."""

import itertools
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from docx import Document

from bot.domain.panels import PanelOutcome, PanelState
from bot.domain.terms import Audience
from bot.messages import MESSAGES
from bot.messages.letter import Letter
from bot.store.people import viewer_by_id
from bot.store.tables import Escalation, Panel, PanelInvitee
from tests.flows.steps import given_concern, given_escalation
from tests.world import PEOPLE, World

HOUR = timedelta(hours=1)
NUMBERS = itertools.count(100000)
OUTSIDER = {"name": "Dr Outside", "organisation": "Royal College", "email": "outside@example.org"}


async def given_panel(
    world: World,
    escalation: str = "",
    *,
    by: str = "inspector",
    invitees: tuple[str, ...] = ("gmc1", "nmc1"),
    starts_at: datetime | None = None,
    **values: Any,
) -> str:
    """A panel whose time is fixed, in an hour unless said otherwise; its reference."""
    escalation = escalation or await given_escalation(world, ["gmc", "nmc"])
    (about,) = await world.rows(Escalation, Escalation.reference == escalation)
    reference = f"P-{next(NUMBERS)}"
    async with world.bot.store.begin() as unit:
        facts: dict[str, Any] = {
            "reference": reference,
            "submit_key": reference,
            "escalation_id": about.key,
            "organisation_id": world.ids[f"org:{dict(PEOPLE)[by]}"],
            "convened_by_id": world.ids[by],
            "convened_at": world.now,
            "state": PanelState.FIXED,
            "starts_at": starts_at or world.now + HOUR,
            "place": "Room 2",
        }
        panel = Panel(**facts | values)
        unit.add(panel)
        await unit.flush()
        asked = {"panel_id": panel.key, "invited_by_id": world.ids[by], "invited_at": world.now}
        unit.add(*(PanelInvitee(person_id=world.ids[slug], **asked) for slug in invitees))
        unit.add(PanelInvitee(**asked | OUTSIDER))
    return reference


async def restricted(world: World) -> str:
    """An escalation to GMC about a concern that only CQC and GMC may see."""
    concern = await given_concern(world, audience=Audience.ORGANISATIONS, organisations=(world.ids["org:gmc"],))
    return await given_escalation(world, ["gmc"], concern=concern)


async def begun_panel(world: World, *args: Any, **values: Any) -> str:
    """The same, and its time has come."""
    reference = await given_panel(world, *args, **values)
    world.pg.clock.advance(HOUR)
    return reference


async def panel_row(world: World, reference: str) -> Panel:
    (panel,) = await world.rows(Panel, Panel.reference == reference)
    return panel


async def press(world: World, slug: str, name: str, value: str, *, via: str = "Help") -> Any:
    """Press a button as from an old message, whatever this person's own screen offers."""
    person = world.persona(slug)
    home = await person.open_home()
    carry = world.pg.transport

    async def forged(kind: str, payload: dict[str, Any]) -> Any:
        payload["actions"][0].update(action_id=name, value=value)
        return await carry(kind, payload)

    world.pg.transport = forged
    try:
        outcome = await person.press(home, via)
    finally:
        world.pg.transport = carry
    await world.settle()
    return outcome


async def open_panel(world: World, slug: str, reference: str) -> Any:
    """The page of a panel, as that person opens it."""
    await press(world, slug, "panel_record.open", reference)
    return world.persona(slug).modal


async def fill(world: World, slug: str, button: str, reference: str, **values: Any) -> Any:
    """Open the form behind a button of the panel's page and send it; what came of sending it."""
    person = world.persona(slug)
    page = await open_panel(world, slug, reference)
    await person.press(page, f"panel_record.{button}")
    return await send(world, slug, **values)


async def send(world: World, slug: str, **values: Any) -> Any:
    """Send the form that is open."""
    person = world.persona(slug)
    outcome = await person.submit(person.modal, values)
    await world.settle()
    return outcome


CONCLUSION = {
    "outcome": PanelOutcome.JOINT_ACTION,
    "rationale": "Both regulators saw the same rota.",
    "tell": "yes",
    "tell_by": "Gmc1 Person",
    "tell_on": "2026-12-01",
    "review_on": "2026-12-09",
}


async def record(world: World, reference: str, slug: str = "inspector", **values: Any) -> Any:
    """Fill in who came and what was agreed, as far as the form of what was concluded."""
    said = {"agreed_risk": "Trainees alone at night.", "joint_note": "All agreed on the rota."}
    return await fill(world, slug, "record", reference, **said | values)


async def close(world: World, reference: str, slug: str = "inspector", **values: Any) -> Any:
    """Record a panel and close it; what came of the last form."""
    outcome = await record(world, reference, slug)
    assert outcome.ok, outcome
    return await send(world, slug, **CONCLUSION | values)


async def pack_of(world: World, reference: str, slug: str) -> str | None:
    """The words of the pack as it would be sent to somebody now, or None when it would be withheld."""
    panel = await panel_row(world, reference)
    async with world.bot.store.look() as unit:
        work = world.bot.work
        reader = await viewer_by_id(unit, world.ids[slug], work.rules.today(world.now))
        letter = Letter(unit, {"panel": panel.key}, reader, None, work.words, work.rules, world.now)
        message = await MESSAGES["panel_record.pack"](letter)
    if message is None:
        return None
    (attachment,) = message.files
    assert attachment.name == f"{reference}.docx"
    return words_of(attachment.content)


def words_of(content: bytes) -> str:
    """All the words of a document, its header and footer included."""
    document = Document(BytesIO(content))
    section = document.sections[0]
    edges = [*section.header.paragraphs, *section.footer.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in (*edges, *document.paragraphs)), *cells])
