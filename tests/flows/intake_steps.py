"""What people do with the concern form while they fill it in, in a line each."""

from typing import Any

from tests.flows.steps import FORM
from tests.world import World

PREVIEW = "Who will see this:"


async def open_form(world: World, slug: str = "inspector", words: str = "northgate") -> Any:
    """That person, with the concern form open before them."""
    person = world.persona(slug)
    assert (await person.command("/concern", words)).ok
    return person


def preview(view: Any) -> str:
    """What the form says of who will see it."""
    (line,) = [line for line in view.text.splitlines() if line.startswith(PREVIEW)]
    return line.removeprefix(PREVIEW).strip()


def typed(view: Any, name: str) -> str:
    """What a text field holds."""
    (entry,) = view["state"]["values"][name].values()
    return entry.get("value") or ""


def opens_with(view: Any, name: str) -> str:
    """What a text field would hold even if the platform had forgotten what was typed."""
    (block,) = [block for block in view.blocks if block["block_id"] == name]
    return block["element"].get("initial_value", "")


def box(view: Any) -> str:
    """The id of the box that says the findings identify nobody; "" where there is none."""
    return next((block["block_id"] for block in view.blocks if block["block_id"].startswith("as_is_")), "")


async def send(person: Any, **values: Any) -> Any:
    """Fill in the form and send it; what came of it."""
    return await person.submit(person.modal, FORM | values)
