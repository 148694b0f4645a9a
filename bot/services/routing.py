"""Whom to propose about a provider, and by whose working hours an organisation's time is counted."""

from collections.abc import Collection, Sequence
from datetime import date

from bot.domain.calendar import WorkingCalendar
from bot.domain.policy import Rules
from bot.domain.routing import Facts, Proposal, propose
from bot.store.people import organisations_by_id
from bot.store.routing import candidates, sector_and_region
from bot.store.tables import Organisation
from bot.store.unit import Unit


async def facts_about(
    unit: Unit,
    provider_id: int | None,
    *,
    category: str = "",
    professions: Collection[str] = (),
    learning_environment: bool = False,
) -> Facts:
    """What is known of a provider, with what the form says. A theme or an unmatched provider has no `provider_id`."""
    sector, region = await sector_and_region(unit, provider_id)
    return Facts(category, frozenset(professions), region, sector, learning_environment)


async def proposals(
    unit: Unit,
    organisations: Sequence[Organisation],
    facts: Facts,
    *,
    own: int,
    today: date,
    rules: Rules,
) -> list[Proposal]:
    """Which of these organisations to propose, each with the reason, in the order of the policy's routes.

    `organisations` are those that may be asked; `own` is the one that asks, which is never proposed.
    """
    asking = (await organisations_by_id(unit, [own])).values()
    everybody = {one.key: one for one in (*organisations, *asking)}
    offered = await candidates(unit, list(everybody.values()), today)
    return propose(offered, facts, rules.policy.routes, without={own})


def calendar_of(organisation: Organisation, rules: Rules) -> WorkingCalendar:
    """The working calendar with the organisation's own hours, if it keeps any: same days, same zone."""
    return rules.calendar.opening(organisation.opens, organisation.closes)
