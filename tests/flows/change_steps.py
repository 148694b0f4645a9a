"""What people do to an escalation after its start, in a line each."""

from typing import Any

from bot.domain.terms import Role, Wanted
from bot.services.escalating import EscalationDraft, start_escalation
from bot.services.escalation_changes import ChangeDraft
from bot.store.tables import Addressee, Escalation, EscalationChange, Group, Seat
from tests.flows.action_steps import add
from tests.flows.steps import at_once, given_concern, open_escalation, viewer
from tests.world import World

REASON = "It was settled by telephone."
BUTTONS = {
    "withdraw": "Withdraw",
    "merge": "Merge into another",
    "widen": "Add a concern",
    "address": "Ask others as well",
    "reopen": "Ask again",
}


async def choose_change(world: World, reference: str, slug: str = "inspector") -> Any:
    """The page of all that can be changed about an escalation."""
    person = world.persona(slug)
    await person.press(await open_escalation(world, slug, reference), "Change this escalation")
    return person.modal


async def change(world: World, reference: str, what: str, slug: str = "inspector", **answers: Any) -> Any:
    """Change an escalation by its form; what came of sending it."""
    person = world.persona(slug)
    await person.press(await choose_change(world, reference, slug), BUTTONS[what])
    sent = await person.submit(person.modal, {"reason": REASON, **answers})
    await world.settle()
    return sent


async def withdraw(world: World, reference: str, whom: str = "all") -> Any:
    """Withdraw it from everybody, or from one organisation."""
    return await change(world, reference, "withdraw", whom=await key_of(world, reference, whom))


async def reopen(world: World, reference: str, *whom: str) -> Any:
    return await change(world, reference, "reopen", whom=[await key_of(world, reference, one) for one in whom])


async def address(world: World, reference: str, *whom: str) -> Any:
    return await change(world, reference, "address", organisations=[str(world.ids[f"org:{one}"]) for one in whom])


async def given_to_parent(world: World, secretary: str = "lead") -> str:
    """A request to the parent group, whose secretariat that person is; its reference."""
    (group,) = await world.rows(Group, Group.slug == "qsg")
    group.parent_id = world.ids["region"]
    await world.change(group)
    await add(world, Seat(group_id=world.ids["region"], person_id=world.ids[secretary], role=Role.SECRETARIAT))
    return await given_to_region(world, await given_concern(world))


async def given_to_region(world: World, concern: str) -> str:
    """Another request to the parent group; its reference."""
    draft = EscalationDraft(concern, "parent", (world.ids["region"],), Wanted.ACTION, said={"reason": "It is wider."})
    async with world.bot.store.begin() as unit:
        started = await start_escalation(unit, draft, by=await viewer(world, unit, "inspector"), **at_once(world))
    await world.settle()
    return started.reference


async def key_of(world: World, reference: str, body: str) -> str:
    """The number of an organisation's line, as forms carry it; "all" stays so."""
    return body if body == "all" else str((await line_of(world, reference, body)).key)


async def escalation_of(world: World, reference: str) -> Escalation:
    (found,) = await world.rows(Escalation, Escalation.reference == reference)
    return found


async def line_of(world: World, reference: str, body: str) -> Addressee:
    """Where one organisation stands in an escalation."""
    key = (await escalation_of(world, reference)).key
    wanted = (Addressee.escalation_id == key, Addressee.organisation_id == world.ids[f"org:{body}"])
    (found,) = await world.rows(Addressee, *wanted)
    return found


async def changes_of(world: World, reference: str) -> list[EscalationChange]:
    """What was changed about it, oldest first."""
    key = (await escalation_of(world, reference)).key
    rows = await world.rows(EscalationChange, EscalationChange.escalation_id == key)
    return sorted(rows, key=lambda row: row.key)


async def given_change(world: World, verb: Any, reference: str, *chosen: str, slug: str = "inspector") -> None:
    """A change made without going through its form."""
    follows = str(max([0, *(row.key for row in await changes_of(world, reference))]))
    async with world.bot.store.begin() as unit:
        by = await viewer(world, unit, slug)
        await verb(unit, ChangeDraft(reference, REASON, chosen, follows), by=by, **at_once(world))
    await world.settle()
