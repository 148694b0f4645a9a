"""What originator and addressee write to each other, in a line each."""

from typing import Any

from bot.store.tables import Exchange
from tests.flows.steps import answer, given_escalation, open_escalation
from tests.world import World

QUESTION = "Which ward was it?"
REPLY = "The night shift on Ward 7."


async def asked_for_more(world: World, to: tuple[str, ...] = ("gmc",), slug: str = "gmc1", **values: Any) -> str:
    """An escalation about which somebody needs to know more; its reference."""
    reference = await given_escalation(world, list(to), **values)
    assert (await answer(world, slug, reference, "more", QUESTION)).ok
    return reference


async def write(world: World, slug: str, reference: str, button: str, text: str = REPLY) -> Any:
    """Press that button on the page and send the form; what came of it."""
    person = world.persona(slug)
    await person.press(await open_escalation(world, slug, reference), button)
    sent = await person.submit(person.modal, {"text": text})
    await world.settle()
    return sent


async def reply(world: World, reference: str, text: str = REPLY, slug: str = "inspector") -> Any:
    return await write(world, slug, reference, "Reply to GMC", text)


async def open_thread(world: World, slug: str, reference: str) -> Any:
    """The page of all messages of the only thread that person sees."""
    person = world.persona(slug)
    page = await open_escalation(world, slug, reference)
    (button,) = [label for label in page.buttons if label.startswith("All messages")]
    await person.press(page, button)
    return person.modal


async def share(world: World, slug: str, reference: str) -> Any:
    """Share the newest of one's own messages with all who were asked; what came of it."""
    person = world.persona(slug)
    newest = max(row.key for row in await world.rows(Exchange) if row.person_id == world.ids[slug])
    await person.press(await open_thread(world, slug, reference), "Share with all who were asked", str(newest))
    sent = await person.submit(person.modal)
    await world.settle()
    return sent


async def said(world: World) -> list[Exchange]:
    """All that was written, oldest first."""
    return sorted(await world.rows(Exchange), key=lambda row: row.key)
