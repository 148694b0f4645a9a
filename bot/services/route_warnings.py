"""Where the policy's routes and the directory do not meet: the policy is read by itself, so this is said later."""

from collections.abc import Iterable, Iterator
from datetime import date

from bot.domain.policy import Policy
from bot.domain.routing import Route, plainly
from bot.store.routing import nominated_regions, organisations_named, sectors_and_regions, standing_for
from bot.store.unit import Unit


async def route_warnings(unit: Unit, policy: Policy, today: date) -> list[str]:
    """One sentence for each name in the routes that nothing in the directory has, and for each region somebody is
    nominated for that no provider is in. A directory without a single sector or region has none to compare with."""
    sectors, regions = await sectors_and_regions(unit)
    nominated = await nominated_regions(unit, today)
    return [
        *await _organisations(unit, policy.routes, today),
        *_unmet("sector", (route.sectors for route in policy.routes), sectors),
        *_unmet("region", (route.regions for route in policy.routes), regions),
        *(
            f"People are nominated for the region “{name}”, and no provider is in it."
            for name in sorted(nominated)
            if regions and not _meet({name}, regions)
        ),
    ]


async def _organisations(unit: Unit, routes: Iterable[Route], today: date) -> list[str]:
    slugs = sorted({slug for route in routes for slug in route.organisations})
    there = await organisations_named(unit, slugs)
    heirs = await standing_for(unit, [one.key for one in there.values()], today, under_protocol=False)
    unknown = [f"The routes propose “{slug}”, which is not in the network." for slug in slugs if slug not in there]
    gone = [slug for slug, one in sorted(there.items()) if heirs[one.key] is None]
    return [*unknown, *(f"The routes propose “{slug}”, which nobody can be asked for today." for slug in gone)]


def _unmet(what: str, conditions: Iterable[frozenset[str]], known: set[str]) -> Iterator[str]:
    """The conditions of which not one name is any provider's."""
    for names in dict.fromkeys(conditions):
        if names and known and not _meet(names, known):
            yield f"A route asks for the {what} {' or '.join(f'“{one}”' for one in sorted(names))}; no provider has it."


def _meet(names: Iterable[str], known: Iterable[str]) -> bool:
    return not {plainly(one) for one in names}.isdisjoint(plainly(one) for one in known)
