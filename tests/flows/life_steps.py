"""What people do with one action, in a line each."""

from typing import Any

from bot.store.tables import Action
from tests.world import World


async def open_action(world: World, slug: str, reference: str) -> Any:
    """The page of an action, as that person opens it; None if they may not."""
    person = world.persona(slug)
    if person.modal:
        await person.close(person.modal, everything=True)
    await person.command("/action", reference)
    return person.modal


async def act(world: World, slug: str, reference: str, button: str, values: dict[str, Any] | None = None) -> Any:
    """Press a button on the page of an action and send its form, if it has one; what came of sending it."""
    person = world.persona(slug)
    sent = await person.press(await open_action(world, slug, reference), button)
    if values is not None:
        sent = await person.submit(person.modal, values)
    await world.settle()
    return sent


async def pass_on(world: World, slug: str, reference: str, to: str, reason: str = "Theirs to ask.") -> Any:
    return await act(world, slug, reference, "Pass on", {"owner": f"{to.title()} Person", "reason": reason})


async def ask_time(world: World, slug: str, reference: str, until: str, reason: str = "The trust is slow.") -> Any:
    return await act(world, slug, reference, "More time", {"due_on": until, "reason": reason})


async def done(world: World, slug: str, reference: str, **values: str) -> Any:
    return await act(world, slug, reference, "It is done", {"resolution": "The rota is here.", **values})


async def the_action(world: World) -> Action:
    (action,) = await world.rows(Action)
    return action
