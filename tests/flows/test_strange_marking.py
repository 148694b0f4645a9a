"""A marking that nobody knows is the strictest there is, and whoever raised the concern is told."""

from datetime import timedelta

from sqlalchemy import text

from tests.flows.action_steps import acts
from tests.flows.steps import given_concern, last_dm, told
from tests.world import World


async def test_it_is_reported_once_and_can_be_put_right(world: World):
    reference = await given_concern(world)
    async with world.bot.store.begin() as unit:
        # By plain SQL, as another version or another hand might leave it: ours refuses to write one.
        await unit.write(text("UPDATE concern SET marking = 'TLP:PURPLE'"))
    for _ in range(3):
        await world.move(hours=1)
    await world.move(days=1)
    reported = [one for one in told(world, "inspector") if "Nobody knows the marking" in one]
    assert len(reported) == 1
    assert reference in reported[0]
    assert not any("Nobody knows" in one for slug in ("colleague", "dean", "secretary") for one in told(world, slug))
    assert (await acts(world, "concern")).count("unknown marking") == 1
    inspector = world.persona("inspector")
    message = next(one for one in inspector.dms() if "Nobody knows" in one.text)
    await inspector.press(message, "Handling")
    assert "TLP:RED" in inspector.modal.text


async def test_nothing_is_said_of_markings_that_are_known(world: World):
    await given_concern(world)
    await world.move_to(world.now + timedelta(days=1))
    assert "Nobody knows" not in last_dm(world, "inspector").text
