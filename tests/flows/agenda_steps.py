"""What people do with a meeting's order of business, in a line each."""

from typing import Any

from bot.domain.agenda_items import ItemDraft
from bot.services.agenda import Hand, change_item, print_of, to_change
from bot.services.agenda_concerns import put_concern_on
from bot.store.tables import AgendaItem, Meeting
from tests.flows.action_steps import agenda
from tests.flows.steps import viewer
from tests.world import QSG, World

NORTHGATE = "Northgate University Hospital NHS Trust"
VALE = "Vale Community Health"


async def arranging(world: World, slug: str = "secretary") -> Any:
    """The page that arranges the next meeting, as that person opens it from `/agenda`."""
    person = world.persona(slug)
    await agenda(world, slug)
    message = [one for one in person.messages(QSG) if one.ephemeral][-1]
    assert (await person.press(message, "Arrange")).ok
    return person.modal


async def put(world: World, slug: str = "secretary", **values: Any) -> Any:
    """Add an item with the form; what came of sending it."""
    person = world.persona(slug)
    await person.press(await arranging(world, slug), "Add an item")
    return await person.submit(person.modal, values)


async def press(world: World, button: str, thing: str, slug: str = "secretary", page: Any = None) -> Any:
    """Press a button of one item on the page, which is opened unless it is given; what came of it."""
    person = world.persona(slug)
    page = page or await arranging(world, slug)
    (meeting,) = await world.rows(Meeting)
    ends = f".{thing}"
    values = [
        element["value"]
        for block in page.blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["text"]["text"] == button and element["value"].endswith(ends)
    ]
    assert values, f"no {button} for {thing} of meeting {meeting.key}"
    return await person.press(page, button, values[0])


async def lines(world: World, slug: str = "dean") -> list[str]:
    """The order of business as `/agenda` says it to somebody: each item's line."""
    text = (await agenda(world, slug)).partition(": agenda digest")[0]
    return [line.removeprefix("• ") for line in text.splitlines() if line[4:5] == ":"]


async def items(world: World) -> list[AgendaItem]:
    return sorted(await world.rows(AgendaItem), key=lambda row: row.position)


async def given_on_agenda(
    world: World, reference: str, slug: str = "secretary", who: str = "", email: str = ""
) -> None:
    """A concern that has been put on the next agenda, with a guest, without going through the pages."""
    async with world.bot.store.begin() as unit:
        hand = Hand(await viewer(world, unit, slug), world.now, world.bot.work.rules)
        placed = await put_concern_on(unit, reference, hand)
        thing = f"c{placed.concern.concern.key}"
        was = print_of(await to_change(unit, placed.meeting, thing, hand))
        draft = ItemDraft("", None, "", who, email, vouched=True)
        await change_item(unit, placed.meeting, thing, was, draft, hand)
