"""What takes the right to see away again, whatever an audience says: working at a provider, or a declared conflict."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, func, or_
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.handling import Viewer
from bot.store.tables import Conflict, Organisation, Person, Provider
from bot.store.tables.base import Dated
from bot.store.unit import Unit


def current(table: type[Dated], today: date | BindParameter[date]) -> ColumnElement[bool]:
    """Rows of a dated table that are true on that day."""
    return and_(
        col(table.starts_on) <= today,
        or_(col(table.ends_on).is_(None), col(table.ends_on) >= today),
    )


def barring(viewer: Viewer, today: date, about: Mapped[Any]) -> tuple[ColumnElement[bool], ...]:
    """What takes the right away again, whatever the audience says: `about` is the provider's column."""
    declared = select(Conflict.provider_id).where(Conflict.person_id == viewer.person_id, current(Conflict, today))
    barred = [_or_site_of(about, declared)]
    if viewer.provider_id is not None:
        # Who works at a site works at the whole provider.
        whole = func.coalesce(col(Provider.parent_id), col(Provider.id))
        barred.append(_or_site_of(about, select(whole).where(Provider.id == viewer.provider_id)))
    return (or_(about.is_(None), ~or_(*barred)),)


def _or_site_of(about: Mapped[Any], providers: SelectOfScalar[Any]) -> ColumnElement[bool]:
    """Whether it is about one of these providers, or one of their sites."""
    sites = select(Provider.id).where(col(Provider.parent_id).in_(providers))
    return or_(about.in_(providers), about.in_(sites))


async def barred_from(unit: Unit, viewer: Viewer, provider_ids: Sequence[int], today: date) -> bool:
    """Whether this person may be shown nothing about one of these providers: their own, or a declared conflict."""
    return await allowed_providers(unit, viewer, provider_ids, today) < set(provider_ids)


async def allowed_providers(unit: Unit, viewer: Viewer, provider_ids: Sequence[int], today: date) -> set[int]:
    """Those of these providers of which this person may be told something."""
    may = barring(viewer, today, col(Provider.id))
    rows = await unit.rows(select(Provider.id).where(col(Provider.id).in_(provider_ids), *may))
    return {key for (key,) in rows}


async def barred_among(
    unit: Unit, person_ids: Sequence[int], provider_ids: Collection[int], today: date
) -> set[tuple[int, int, bool]]:
    """Which of these people may be shown nothing about which of these providers, by the rule of `barring`: person,
    provider, and whether they work there; otherwise they declared a conflict."""
    home = aliased(Provider)
    here = (col(Provider.id).in_(provider_ids),)
    declared = (
        select(col(Conflict.person_id), col(Provider.id))
        .join(Provider, col(Conflict.provider_id).in_([col(Provider.id), col(Provider.parent_id)]))
        .where(col(Conflict.person_id).in_(person_ids), current(Conflict, today), *here)
    )
    whole = func.coalesce(col(home.parent_id), col(home.id))
    employed = (
        select(col(Person.id), col(Provider.id))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .join(home, col(home.id) == col(Organisation.provider_id))
        .join(Provider, or_(whole == col(Provider.id), whole == col(Provider.parent_id)))
        .where(col(Person.id).in_(person_ids), *here)
    )
    conflicts = {(person, provider, False) for person, provider in await unit.rows(declared)}
    return conflicts | {(person, provider, True) for person, provider in await unit.rows(employed)}
