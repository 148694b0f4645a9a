"""What routing asks the directory: who stands in whose place today, who may be proposed, where a provider is."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlmodel import col, select

from bot.domain.routing import Candidate
from bot.domain.terms import OrganisationKind, ProtocolStatus
from bot.store.people import organisations_by_id
from bot.store.tables import NominatedPerson, Organisation, Provider
from bot.store.unit import Unit


async def standing_for(
    unit: Unit, organisation_ids: Collection[int], today: date, *, under_protocol: bool = True
) -> Mapping[int, int | None]:
    """Who is addressed for each of these organisations today: itself or, once it has ended, whoever took its place.

    None where that is nobody who may be addressed: not under the protocol on this day (a request for which that does
    not matter says `under_protocol=False`), a provider, not begun, or ended without a successor.
    """
    known: dict[int, Organisation] = {}
    asked = set(organisation_ids)
    while asked:
        found = await organisations_by_id(unit, asked)
        known |= found
        asked = {one.successor_id for one in found.values() if one.successor_id and _over(one, today)} - known.keys()
    heirs = {key: _heir(known, key, today) for key in organisation_ids}
    outside = ProtocolStatus.NONE if under_protocol else None
    return {
        key: one.key if one and _may_be_addressed(one, today) and one.standing(today) is not outside else None
        for key, one in heirs.items()
    }


async def candidates(unit: Unit, organisations: Sequence[Organisation], today: date) -> list[Candidate]:
    """These organisations for `propose`, in their order, each followed by those that ended and whose place it took."""
    asked = select(Organisation).where(col(Organisation.ends_on) < today, col(Organisation.successor_id).is_not(None))
    gone = await unit.all(asked.order_by(Organisation.short_name))
    known = {one.key: one for one in (*gone, *organisations)}
    before: dict[int, list[Candidate]] = {one.key: [] for one in organisations}
    for one in gone:
        heir = _heir(known, one.key, today)
        if heir:
            before[heir.key].append(Candidate(heir.key, one.slug, one.kind))
    return [each for one in organisations for each in (Candidate(one.key, one.slug, one.kind), *before[one.key])]


async def sector_and_region(unit: Unit, provider_id: int | None) -> tuple[str, str]:
    """A provider's sector and region; what a site does not say is what its provider says. Empty where nobody does."""
    sector = region = ""
    passed: set[int] = set()
    while provider_id and provider_id not in passed and not (sector and region):
        passed.add(provider_id)
        provider = await unit.get(Provider, provider_id)
        sector, region = sector or provider.sector, region or provider.region
        provider_id = provider.parent_id
    return sector, region


async def organisations_named(unit: Unit, slugs: Collection[str]) -> dict[str, Organisation]:
    """Those of these names of the network file that there are, ended or not."""
    rows = await unit.all(select(Organisation).where(col(Organisation.slug).in_(slugs)))
    return {row.slug: row for row in rows}


async def sectors_and_regions(unit: Unit) -> tuple[set[str], set[str]]:
    """Every sector and every region some provider of the directory has. For the command line: it reads them all."""
    sectors = await unit.all(select(Provider.sector).distinct())
    regions = await unit.all(select(Provider.region).distinct())
    return set(sectors) - {""}, set(regions) - {""}


async def nominated_regions(unit: Unit, today: date) -> set[str]:
    """Every region somebody is nominated for today or later."""
    asked = select(NominatedPerson.region).where(
        col(NominatedPerson.ends_on).is_(None) | (col(NominatedPerson.ends_on) >= today)
    )
    return set(await unit.all(asked.distinct())) - {""}


def _over(organisation: Organisation, today: date) -> bool:
    return organisation.ends_on is not None and organisation.ends_on < today


def _heir(known: Mapping[int, Organisation], key: int, today: date) -> Organisation | None:
    """The first along the line of successors that has not ended; None where the line breaks off or goes round."""
    passed: set[int] = set()
    one = known.get(key)
    while one and _over(one, today) and one.key not in passed:
        passed.add(one.key)
        one = known.get(one.successor_id or 0)
    return None if one is None or _over(one, today) else one


def _may_be_addressed(organisation: Organisation, today: date) -> bool:
    return organisation.starts_on <= today and organisation.kind is not OrganisationKind.PROVIDER
