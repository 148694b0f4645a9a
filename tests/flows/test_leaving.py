"""Leaving a group takes away what was shared with it, whatever other group one belongs to."""

from datetime import date, timedelta

from sqlmodel import col, select

from bot.store.tables import Membership, Seat
from tests.flows.steps import given_concern
from tests.world import World


async def leave_for_the_region(world: World, *bodies: str) -> None:
    """These organisations leave the local group yesterday for the regional one."""
    yesterday = world.now.date() - timedelta(days=1)
    async with world.bot.store.begin() as unit:
        for body in bodies:
            held = await unit.all(select(Membership).where(Membership.organisation_id == world.ids[f"org:{body}"]))
            for membership in held:
                membership.ends_on = yesterday
                unit.add(membership)
            unit.add(Membership(group_id=world.ids["region"], organisation_id=world.ids[f"org:{body}"]))


async def reads(world: World, slug: str, reference: str) -> bool:
    person = world.persona(slug)
    await person.command("/escalate", reference)
    return person.modal is not None


async def test_who_left_for_another_group_reads_no_more(world: World):
    old = await given_concern(world)
    assert await reads(world, "dean", old)
    await world.persona("dean").close(world.persona("dean").modal)
    await leave_for_the_region(world, "hee", "cqc")
    new = await given_concern(world, group_id=world.ids["region"])
    assert not await reads(world, "dean", old)
    assert await reads(world, "dean", new)


async def test_a_chair_from_outside_reads_while_seated(world: World):
    await leave_for_the_region(world, "nhse")
    reference = await given_concern(world)
    assert await reads(world, "chair", reference)
    await world.persona("chair").close(world.persona("chair").modal)
    async with world.bot.store.begin() as unit:
        seats = await unit.all(select(Seat).where(col(Seat.person_id) == world.ids["chair"]))
        for seat in seats:
            seat.ends_on = date(2026, 11, 1)
            unit.add(seat)
        unit.add(Seat(group_id=world.ids["region"], person_id=world.ids["chair"], role=seats[0].role))
    assert not await reads(world, "chair", reference)
