"""What a reference leads to for whoever reads it: the provider that a new action is then about."""

from collections.abc import Sequence
from datetime import date

from bot.domain.handling import Viewer
from bot.store.actions import visible_action
from bot.store.concerns import visible_concern
from bot.store.escalations import concerns_of, visible_escalation
from bot.store.panels import visible_panel
from bot.store.tables import Action, Concern, Provider
from bot.store.unit import Unit


async def provider_named(
    unit: Unit, references: Sequence[str], viewer: Viewer, today: date
) -> tuple[Provider | None, list[Concern | Action]]:
    """The provider of the first reference that leads this person to one provider alone, and what it was read from."""
    for reference in references:
        found = await _led_to(unit, reference, viewer, today)
        providers = {row.provider_id for row in found}
        if len(providers) == 1 and None not in providers:
            return await unit.get(Provider, next(key for key in providers if key is not None)), found
    return None, []


async def _led_to(unit: Unit, reference: str, viewer: Viewer, today: date) -> list[Concern | Action]:
    """What that reference is of, as far as this person may see it."""
    match reference[0]:
        case "A":
            action = await visible_action(unit, reference, viewer, today)
            return [action.action] if action else []
        case "C":
            concern = await visible_concern(unit, reference, viewer, today)
            return [concern.concern] if concern else []
        case "E":
            escalation = await visible_escalation(unit, reference, viewer, today)
            key = escalation.key if escalation else None
        case _:
            panel = await visible_panel(unit, reference, viewer, today)
            key = panel.escalation_id if panel else None
    concerns = await concerns_of(unit, key, viewer, today) if key is not None else []
    return [one.concern for one in concerns]
