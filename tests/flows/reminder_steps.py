"""What people do with their reminders, in a line each."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col

from bot.domain.terms import Role
from bot.schedules.reminders import remind
from bot.store.tables import Preference, Seat
from tests.flows.action_steps import REMINDER, add, reminders
from tests.flows.steps import told
from tests.world import World

OVERDUE = "Overdue actions"


def newest(world: World, slug: str = "dean") -> Any:
    """The newest reminder that person has had, as it now reads."""
    return [message for message in world.persona(slug).dms() if message.text.startswith(REMINDER)][-1]


def copied(world: World, slug: str) -> list[str]:
    """What that person has had of other people's overdue actions."""
    return [text for text in told(world, slug) if text.startswith(OVERDUE)]


async def choose_times(world: World, slug: str = "dean", **answers: Any) -> Any:
    """Say when one wants to be reminded; what came of sending the form."""
    person = world.persona(slug)
    outcome = await person.command("/soundings", "times")
    assert outcome.ok, outcome
    return await person.submit(person.modal, answers)


async def put_off(world: World, reference: str, until: str = "day", slug: str = "dean") -> Any:
    """Put a reminder off; what came of sending the form."""
    person = world.persona(slug)
    await person.press(newest(world, slug), "Remind me later", reference)
    sent = await person.submit(person.modal, {"until": until})
    await world.settle()
    return sent


async def preference(world: World, slug: str = "dean", **values: Any) -> None:
    """Set somebody's times without going through the form."""
    (found,) = await world.rows(Preference, Preference.person_id == world.ids[slug]) or [None]
    row = found or Preference(person_id=world.ids[slug])
    for name, value in values.items():
        setattr(row, name, value)
    await (world.change(row) if found else add(world, row))


async def seat(world: World, slug: str, role: Role) -> None:
    """Give somebody a seat in the group."""
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids[slug], role=role))


async def unseat(world: World, role: Role) -> None:
    """Nobody has had that seat since last year."""
    rows = await world.rows(Seat, col(Seat.role) == role)
    for row in rows:
        row.ends_on = row.starts_on
    await world.change(*rows)


async def remind_at(world: World, moment: datetime) -> None:
    """Move to that moment and let nothing but the reminders be looked at."""
    world.pg.clock.set(moment)
    await remind(world.bot.work)
    await world.settle()


async def walk(
    world: World, first: datetime, last: datetime, hours: float = 1, whom: tuple[str, ...] = ("dean",)
) -> dict[str, list[datetime]]:
    """Move through the days, looking for reminders; the moments at which these people had one."""
    fell: dict[str, list[datetime]] = {slug: [] for slug in whom}
    moment = first
    while moment <= last:
        before = {slug: len(reminders(world, slug)) for slug in whom}
        await remind_at(world, moment)
        for slug, had in before.items():
            fell[slug] += [moment] * (len(reminders(world, slug)) - had)
        moment += timedelta(hours=hours)
    return fell
