"""What people do about the handling of a concern, in a line each."""

from typing import Any

from bot.domain.terms import HandlingKind
from bot.services.handling import ChangeDraft, ask_change, decide
from bot.store.tables import Concern, ConcernAudience, HandlingChange
from bot.store.visibility import visible_concerns
from tests.flows.steps import at_once, last_dm, viewer
from tests.world import PEOPLE, World

BUTTONS = {
    HandlingKind.NARROW: "Take away from some",
    HandlingKind.TIGHTEN: "Mark more strictly",
    HandlingKind.WITHDRAW: "Withdraw it",
    HandlingKind.WIDEN: "Share with more",
    HandlingKind.LOOSEN: "Mark less strictly",
    HandlingKind.OVERRIDE: "Override for a duty in law",
}
ONWARDS = {HandlingKind.WIDEN: "Ask to share onwards", HandlingKind.LOOSEN: "Ask for another marking"}
DUTY = {"legal_basis": "safeguarding", "reason": "A child may be at risk."}


async def open_page(world: World, slug: str, reference: str) -> Any:
    """The page of a concern's handling, by the button on the concern's own page."""
    person = world.persona(slug)
    opening = {"Open it", "Read the details", "Read it", f"Open {reference}"}
    offered = [(one, opening & set(one.buttons)) for one in all_seen(world, slug) if reference in one.text]
    note, button = [(one, buttons.pop()) for one, buttons in offered if buttons][-1]
    await person.press(note, button)
    await person.press(person.modal, "Handling")
    return person.modal


def all_seen(world: World, slug: str) -> list[Any]:
    person = world.persona(slug)
    channel = person.messages("C_QSG") if dict(PEOPLE)[slug] in ("cqc", "gmc", "hee", "nhse", "ccg") else []
    return [message for message in [*channel, *person.dms()] if not message.ephemeral]


async def fill_in(world: World, slug: str, reference: str, kind: HandlingKind, **values: Any) -> Any:
    """Open the page, press the button, send the form; what came of sending it."""
    person = world.persona(slug)
    page = await open_page(world, slug, reference)
    button = BUTTONS[kind] if BUTTONS[kind] in page.buttons else ONWARDS[kind]
    await person.press(page, button)
    sent = await person.submit(person.modal, values)
    await world.settle()
    return sent


async def given_change(
    world: World, slug: str, reference: str, kind: HandlingKind, to: tuple[str, ...] = (), **values: Any
) -> str:
    """A change made or asked for without going through the form; its reference. `to` are organisations and people."""
    bodies = tuple(world.ids[f"org:{one}"] for one in to if f"org:{one}" in world.ids)
    people = tuple(world.ids[one] for one in to if f"org:{one}" not in world.ids)
    if "approver" in values:
        values["approver_id"] = world.ids[values.pop("approver")]
    draft = ChangeDraft(reference, kind, values.pop("reason", "For good reason."), bodies, people, **values)
    async with world.bot.store.begin() as unit:
        change = await ask_change(unit, draft, by=await viewer(world, unit, slug), **at_once(world))
    await world.settle()
    return change.reference


async def given_answer(world: World, slug: str, request: str, *, agreed: bool = True, note: str = "No.") -> str:
    """What a second person answers without going through chat; what became of the request."""
    rules = world.bot.work.rules
    async with world.bot.store.begin() as unit:
        by = await viewer(world, unit, slug)
        change = await decide(unit, request, agreed=agreed, note=note, by=by, now=world.now, rules=rules)
    await world.settle()
    return change.state


async def answer_in_chat(world: World, slug: str, button: str = "Agree") -> Any:
    """Press a button of the newest request; the page that answers it."""
    person = world.persona(slug)
    await person.press(last_dm(world, slug), button)
    await world.settle()
    return person.modal


async def readers(world: World, reference: str) -> set[str]:
    """Everybody in the network who may read it now."""
    found = set()
    async with world.bot.store.look() as unit:
        for slug, _ in PEOPLE:
            looking = await viewer(world, unit, slug)
            if looking is not None:
                statement = visible_concerns(looking, world.now.date()).where(Concern.reference == reference)
                found |= {slug} if await unit.first(statement) else set()
    return found


async def lines(world: World, reference: str) -> list[ConcernAudience]:
    """Every line of its audience, ended ones as well."""
    (concern,) = await world.rows(Concern, Concern.reference == reference)
    return await world.rows(ConcernAudience, ConcernAudience.concern_id == concern.key)


async def change_of(world: World, request: str) -> HandlingChange:
    (change,) = await world.rows(HandlingChange, HandlingChange.reference == request)
    return change


async def concern_of(world: World, reference: str) -> Concern:
    (concern,) = await world.rows(Concern, Concern.reference == reference)
    return concern
