"""What people do with answers to a concern, in a line each."""

from typing import Any

from tests.flows.steps import posts
from tests.world import QSG, World

WORDS = "Two of our visits found the same."


async def begin(world: World, slug: str, reference: str) -> Any:
    """The form, opened by the button on the concern's post in the channel."""
    person = world.persona(slug)
    (post,) = [one for one in posts(world, slug) if reference in one.text]
    await person.press(post, "Answer")
    return person.modal


async def give(world: World, slug: str, reference: str, kind: str = "corroborate", **values: Any) -> Any:
    """Answer by the form; what came of sending it."""
    person = world.persona(slug)
    form = await begin(world, slug, reference)
    await person.choose(form, "answer", kind)
    sent = await person.submit(person.modal, {"text": WORDS} | values)
    await world.settle()
    return sent


async def page(world: World, slug: str, reference: str) -> Any:
    """The concern's page, as that person opens it from the channel."""
    person = world.persona(slug)
    (post,) = [one for one in person.messages(QSG) if not one.ephemeral and reference in one.text]
    await person.press(post, "Read the details")
    return person.modal


async def answers(world: World, slug: str, reference: str) -> Any:
    """The page of the answers, by the button on the concern's."""
    person = world.persona(slug)
    await person.press(await page(world, slug, reference), "Read the answers")
    return person.modal


async def add_to(world: World, slug: str, reference: str, text: str) -> Any:
    """Add to one's own organisation's concern; what came of it."""
    person = world.persona(slug)
    await person.press(await page(world, slug, reference), "Add to it")
    sent = await person.submit(person.modal, {"text": text})
    await world.settle()
    return sent
