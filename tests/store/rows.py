"""Rows for the store's own tests, in as few words as a case needs."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.terms import (
    Audience,
    Directness,
    Lineage,
    Marking,
    OrganisationKind,
    Reliability,
    Tier,
    Urgency,
    Wanted,
)
from bot.store.tables import Concern, Group, JournalEntry, Organisation, Person, Provider
from bot.store.unit import Unit

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TODAY = date(2026, 11, 23)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
WORKSPACE = "T1"


async def organisation(unit: Unit, slug: str, **values: Any) -> Organisation:
    facts = {"slug": slug, "name": slug, "short_name": slug.upper(), "kind": OrganisationKind.OVERSIGHT}
    return await _added(unit, Organisation(**facts | values))


async def person(unit: Unit, slug: str, organisation_id: int, **values: Any) -> Person:
    """Somebody of that organisation, whose chat id is `U_` and their slug."""
    facts = {"slug": slug, "name": slug.title(), "organisation_id": organisation_id, "workspace": WORKSPACE}
    return await _added(unit, Person(**facts | {"chat_user": f"U_{slug}"} | values))


async def group(unit: Unit, slug: str, **values: Any) -> Group:
    return await _added(unit, Group(**{"slug": slug, "name": slug.upper(), "tier": Tier.LOCAL} | values))


async def provider(unit: Unit, code: str, **values: Any) -> Provider:
    return await _added(unit, Provider(**{"code": code, "name": f"{code} Hospital"} | values))


async def concern(unit: Unit, reference: str, **values: Any) -> Concern:
    """A sound concern; `values` name at least its group, person and organisation."""
    facts = {
        "reference": reference,
        "submit_key": reference,
        "headline": f"headline of {reference}",
        "theme": "education",
        "source": "learners",
        "reliability": Reliability.UNTESTED,
        "directness": Directness.SEEN,
        "lineage": Lineage.OWN,
        "urgency": Urgency.ROUTINE,
        "wanted": Wanted.DISCUSSION,
        "audience": Audience.GROUP,
        "marking": Marking.AMBER_STRICT,
        "event_on": TODAY,
        "raised_at": NOW,
        "active_at": NOW,
    }
    return await _added(unit, Concern(**facts | values))


def entry(**values: Any) -> JournalEntry:
    """An entry of the journal as a plain row; what chains it is another matter."""
    chained = {"chain": "network", "number": 1, "commitment": "", "previous": "", "hash": ""}
    return JournalEntry(**{"at": NOW, "act": "x", "facts": {}} | chained | values)


async def _added(unit: Unit, row: Any) -> Any:
    unit.add(row)
    await unit.flush()
    return row
