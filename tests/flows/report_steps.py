"""What people do with reports between groups, in a line each."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx import Document

from bot.domain.terms import Role
from bot.messages import MESSAGES
from bot.messages.letter import Letter
from bot.store.tables import Group, Meeting, Report, Seat
from tests.flows.action_steps import add
from tests.flows.steps import reference_in, viewer
from tests.world import World

LOCAL = "Annex F: Marram QSG to Regional QSG"
ANNEX_C = "Annex C: Vale CCG to Marram QSG"
REGION = {"gmc1": Role.CHAIR, "nmc1": Role.SECRETARIAT, "phso1": Role.REPRESENTATIVE, "gmc2": Role.DEPUTY}


async def set_parent(world: World, *, meeting: bool = True) -> None:
    """Marram QSG has a group above it, with its officers and, unless said otherwise, a meeting."""
    (group,) = await world.rows(Group, Group.slug == "qsg")
    group.parent_id = world.ids["region"]
    await world.change(group)
    region = world.ids["region"]
    await add(world, *(Seat(group_id=region, person_id=world.ids[slug], role=role) for slug, role in REGION.items()))
    if meeting:
        await plan_meeting(world)


async def plan_meeting(world: World, slug: str = "r1") -> None:
    starts_at = datetime(2026, 12, 10, 10, tzinfo=UTC)
    await add(world, Meeting(slug=slug, group_id=world.ids["region"], starts_at=starts_at, place="Leeds"))


async def start(world: World, slug: str = "secretary", way: str = LOCAL) -> str:
    """Start a report; its reference. Its page is the person's modal."""
    person = world.persona(slug)
    await person.command("/soundings", "reports")
    await person.press(person.messages(person.dm_id)[-1], "Start a report")
    outcome = await person.submit(person.modal, {"way": way})
    assert outcome.ok, outcome
    return reference_in(person.modal.text, "R-")


async def opened(world: World, slug: str, reference: str) -> str:
    """The page of a report as that person opens it; or what is said instead."""
    person = world.persona(slug)
    kept = person.modal
    await person.command("/soundings", f"reports {reference}")
    if person.modal is not kept:
        return str(person.modal.text)
    return str(person.messages(person.dm_id)[-1].text)


async def press(world: World, slug: str, button: str, place: str | None = None, **values: Any) -> Any:
    """Press a button of the page they are on and send the form it opens; what came of it. `place` is its value where
    several bear that label."""
    person = world.persona(slug)
    await person.press(person.modal, button, place)
    return await person.submit(person.modal, values)


async def send(world: World, reference: str, slug: str = "secretary", *, considered: bool = True, **values: Any) -> Any:
    """Approve a report; what came of sending the form."""
    await opened(world, slug, reference)
    ticked = {"considered": "ticked"} if considered else {}
    outcome = await press(world, slug, "Approve and send", **(ticked | values))
    await world.settle()
    return outcome


async def in_word(world: World, slug: str, reference: str) -> str:
    """All that is in the document as it would be made for that person now; empty if they get none."""
    work = world.bot.work
    (report,) = await world.rows(Report, Report.reference == reference)
    async with world.bot.store.look() as unit:
        reader = await viewer(world, unit, slug)
        letter = Letter(unit, {"report": report.key}, reader, None, work.words, work.rules, world.now)
        message = await MESSAGES["report.word"](letter)
    if message is None:
        return ""
    document = Document(BytesIO(message.files[0].content))
    rows = [" | ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    return "\n".join([*rows, *(line.text for line in document.paragraphs)])
