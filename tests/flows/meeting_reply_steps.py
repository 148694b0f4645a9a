"""What people do about coming to a meeting, in a line each."""

from typing import Any

from sqlmodel import select

from bot.domain.terms import Role
from bot.services.meeting_replies import say_coming, send_apologies
from bot.store.tables import Meeting, MeetingReply, Seat
from tests.flows.action_steps import add, nine
from tests.flows.steps import viewer
from tests.world import World

QUESTION, REMINDER, NOBODY = "Will you come?", "You have not said yet", "has nobody coming"
ASKED_ON = nine("2026-11-23")  # the Monday before the meeting of m1: well within ten working days


async def seat(world: World, slug: str, role: Role = Role.DEPUTY) -> None:
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids[slug], role=role))


async def ask(world: World) -> None:
    """Let the clock ask whoever is to be asked."""
    await world.move_to(max(ASKED_ON, world.now))


async def say(world: World, slug: str, *, comes: bool = False, deputy: str = "") -> Any:
    """Answer for the only meeting, without going through the buttons."""
    async with world.bot.store.begin() as unit:
        by = {"by": await viewer(world, unit, slug), "now": world.now, "rules": world.bot.work.rules}
        if comes:
            noted = await say_coming(unit, "m1", **by)
        else:
            (meeting,) = await unit.all(select(Meeting).where(Meeting.slug == "m1"))
            chosen = world.ids[deputy] if deputy else None
            noted = await send_apologies(unit, "m1", chosen, starts_at=meeting.starts_at, **by)
    await world.settle()
    return noted


async def press(world: World, slug: str, name: str, text: str = "") -> Any:
    """Press a button in the newest direct message that has it, or in the one with that text."""
    person = world.persona(slug)
    held = [one for one in person.dms() if not one.ephemeral and name in one.text and text in one.text]
    outcome = await person.press(held[-1], name)
    await world.settle()
    return outcome


async def apologise(world: World, slug: str, deputy: str = "", name: str = "Send apologies") -> Any:
    """Press “Send apologies” and send the form; what came of it."""
    await press(world, slug, name)
    person = world.persona(slug)
    typed = {"deputy": f"{deputy.title()} Person"} if deputy else {}
    outcome = await person.submit(person.modal, typed)
    await world.settle()
    return outcome


async def answers(world: World) -> dict[str, tuple[bool, str]]:
    """What stands: by whom, whether they come, and who comes instead."""
    names = {key: slug for slug, key in world.ids.items() if ":" not in slug and slug not in ("qsg", "region")}
    rows = await world.rows(MeetingReply)
    return {names[row.person_id]: (row.coming, names.get(row.deputy_id or 0, "")) for row in rows}


async def who_comes(world: World, slug: str = "secretary") -> str:
    """The page of who comes to the next meeting, as that person reads it."""
    outcome = await world.persona(slug).command("/soundings", "coming qsg")
    assert outcome.ok, outcome
    return str(world.persona(slug).modal.text)
