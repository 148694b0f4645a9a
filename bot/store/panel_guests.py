"""Named questions about who may be asked to a panel."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import literal, union_all
from sqlmodel import col, select

from bot.domain.handling import Viewer
from bot.domain.terms import OrganisationKind
from bot.store.people import enrolled
from bot.store.tables import Addressee, Concern, Escalation, LadderRung, Organisation, Person
from bot.store.unit import Unit
from bot.store.visibility import visible_concerns


async def people_asked(unit: Unit, escalation: Escalation) -> list[int]:
    """Who stands for those concerned with an escalation: whoever started it; and for each organisation asked, whoever
    answered or acknowledged, else the person whom its ladder reached last."""
    lines = await unit.all(select(Addressee).where(Addressee.escalation_id == escalation.key))
    reached: Any = await unit.rows(
        select(LadderRung.addressee_id, LadderRung.person_id)
        .where(col(LadderRung.addressee_id).in_([line.key for line in lines]), col(LadderRung.told_at).is_not(None))
        .order_by(col(LadderRung.position))
    )
    last: dict[int, int] = dict(reached)
    chosen = [line.responded_by_id or line.acknowledged_by_id or last.get(line.key) for line in lines]
    return list(dict.fromkeys([escalation.raised_by_id, *(key for key in chosen if key)]))


async def reachable(unit: Unit, person_ids: Collection[int], today: date) -> dict[int, tuple[Person, Organisation]]:
    """Those of these people who are enrolled and have chat, with their organisations."""
    rows = await unit.rows(
        select(Person, Organisation)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.id).in_(person_ids), col(Person.chat_user).is_not(None), enrolled(today))
    )
    return {person.key: (person, organisation) for person, organisation in rows}


async def readers_among(
    unit: Unit, people: Collection[tuple[Person, Organisation]], concern_ids: Collection[int], today: date
) -> set[int]:
    """Those of these people who may read one of these concerns, by the one rule there is, in one question."""
    asked = []
    for person, organisation in people:
        eyes = Viewer(person.key, person.name, organisation.key, organisation.short_name, (), organisation.provider_id)
        readable = visible_concerns(eyes, today).where(col(Concern.id).in_(concern_ids)).exists()
        asked.append(select(literal(person.key)).where(readable))
    return {key for (key,) in await unit.rows(union_all(*asked))} if asked else set()


def may_be_shown(organisation: Organisation) -> bool:
    """Whether a concern may be shared with people of this organisation at all: a provider is never added."""
    return organisation.kind is not OrganisationKind.PROVIDER and organisation.provider_id is None
