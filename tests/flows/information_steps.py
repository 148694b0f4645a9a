"""What people do about information requests, in a line each."""

from datetime import date
from typing import Any

from bot.store.tables import InformationRequest
from tests.flows.panel_record_steps import press, send
from tests.flows.steps import reference_in
from tests.world import QSG, World

WANTED = "The night staffing returns since June"
NORTHGATE, VALE = "Northgate University Hospital NHS Trust", "Vale Community Health"
FORM = {"wanted": WANTED, "reason": "Two trainees spoke of nights.", "due_on": "2026-12-07"}


async def open_list(world: World, slug: str) -> str:
    """The group's requests, as that person opens them."""
    person = world.persona(slug)
    outcome = await person.command("/soundings", "requests", channel=QSG)
    assert outcome.ok, outcome
    return person.modal.text


async def open_form(world: World, slug: str = "inspector", provider: str = NORTHGATE) -> Any:
    """The form with that provider chosen in it, which says what is known."""
    person = world.persona(slug)
    await open_list(world, slug)
    await person.press(person.modal, "Ask for information")
    await person.choose(person.modal, "provider", provider)
    return person.modal


async def propose(world: World, slug: str = "inspector", provider: str = NORTHGATE, **values: Any) -> str:
    """Propose that a provider is asked; the request's reference."""
    await open_form(world, slug, provider)
    outcome = await send(world, slug, **FORM | values)
    assert outcome.ok, outcome
    return reference_in(world.persona(slug).modal.text, "I-")


async def say(world: World, slug: str, reference: str, word: str, text: str = "", **values: Any) -> Any:
    await press(world, slug, "information.say", f"{reference}.{word}")
    return await send(world, slug, text=text, **values)


async def agree(world: World, reference: str, body: str, slug: str = "chair", **values: Any) -> Any:
    """Agree that this organisation asks; what came of sending the form."""
    await press(world, slug, "information.agree", reference)
    return await send(world, slug, asker=str(world.ids[f"org:{body}"]), **values)


async def fill(world: World, slug: str, button: str, reference: str, **values: Any) -> Any:
    """Press a button of the request's page and send its form."""
    await press(world, slug, f"information.{button}", reference)
    return await send(world, slug, **values)


async def asked(world: World, body: str = "gmc", slug: str = "gmc1") -> str:
    """A request that was agreed, and asked for on the same day; its reference."""
    reference = await propose(world)
    await agree(world, reference, body)
    await fill(world, slug, "ask", reference)
    return reference


async def open_page(world: World, slug: str, reference: str) -> str:
    """The page, as that person opens it, or the refusal."""
    await press(world, slug, "information.open", reference)
    return world.persona(slug).modal.text


async def row_of(world: World, reference: str) -> InformationRequest:
    (row,) = await world.rows(InformationRequest, InformationRequest.reference == reference)
    return row


DAY = date(2026, 11, 23)
