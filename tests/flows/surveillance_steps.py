"""What people do about surveillance levels, in a line each."""

from datetime import UTC, datetime
from typing import Any

from bot.domain.terms import Level
from bot.store.tables import SurveillanceLevel
from tests.flows.panel_record_steps import press, send
from tests.world import QSG, World

EARLIER = datetime(2026, 9, 2, 10, tzinfo=UTC)


async def open_log(world: World, slug: str, words: str = "") -> str:
    """The log, as that person opens it."""
    person = world.persona(slug)
    outcome = await person.command("/surveillance", words, channel=QSG)
    assert outcome.ok, outcome
    return person.modal.text


def about(world: World, provider: str) -> str:
    return f"{world.ids['qsg']}.{world.ids[provider]}"


async def open_page(world: World, slug: str, provider: str = "northgate") -> str:
    """The page of a provider, as that person opens it from the log; what it says, or the refusal."""
    await press(world, slug, "surveillance.open", about(world, provider))
    return world.persona(slug).modal.text


async def fill(world: World, slug: str, button: str, value: str, level: Level | None = None, **values: Any) -> Any:
    """Press a button, choose the level, and send the form with what that level asks for."""
    person = world.persona(slug)
    await press(world, slug, f"surveillance.{button}", value)
    if level:
        await person.choose(person.modal, "level", NAMES[level])
    return await send(world, slug, **values)


async def propose(world: World, slug: str, level: Level, provider: str = "northgate", **values: Any) -> Any:
    said = {"reason": "Two visits found the same."}
    return await fill(world, slug, "propose", about(world, provider), level, **said | values)


async def decide(world: World, level: Level, provider: str = "northgate", slug: str = "chair", **values: Any) -> Any:
    said = {"level_reason": "As discussed today."}
    return await fill(world, slug, "decide", about(world, provider), level, **said | values)


async def levels(world: World, provider: str = "northgate") -> list[SurveillanceLevel]:
    """Every decision, the oldest first."""
    rows = await world.rows(SurveillanceLevel, SurveillanceLevel.provider_id == world.ids[provider])
    return sorted(rows, key=lambda row: row.decided_at)


async def given_level(world: World, level: Level, provider: str = "vale", **values: Any) -> SurveillanceLevel:
    """A decision that has been made, without going through the form."""
    facts: dict[str, Any] = {"group_id": world.ids["qsg"], "reason": "As before.", "decided_at": EARLIER}
    row = SurveillanceLevel(**facts | {"provider_id": world.ids[provider], "level": level} | values)
    async with world.bot.store.begin() as unit:
        unit.add(row)
        await unit.flush()
    return row


NAMES = {
    Level.ROUTINE: "Routine",
    Level.FURTHER_INFORMATION: "Further information required",
    Level.ENHANCED: "Enhanced",
    Level.RISK_SUMMIT: "Risk summit",
}
