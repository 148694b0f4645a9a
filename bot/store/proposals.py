"""Proposals to change a surveillance level, which the chair decides [003 §121]."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.handling import Viewer
from bot.domain.terms import Role
from bot.store.barring import barred_among, barred_from
from bot.store.people import seated
from bot.store.tables import LevelProposal, Organisation, Person, Provider
from bot.store.unit import Unit


@dataclass(frozen=True)
class Proposed:
    """A proposal with the names to show it; `decided_by` is empty until somebody has decided."""

    proposal: LevelProposal
    provider: str
    proposed_by: str
    organisation: str
    decided_by: str


async def proposal_by_submission(unit: Unit, submit_key: str) -> LevelProposal | None:
    return await unit.first(select(LevelProposal).where(LevelProposal.submit_key == submit_key))


async def proposals_of(unit: Unit, panel_id: int) -> list[Proposed]:
    """What came of one panel, the oldest first."""
    return await _named(unit, select(LevelProposal).where(LevelProposal.panel_id == panel_id))


async def proposal_for(unit: Unit, key: int, viewer: Viewer, today: date, *, lock: bool = False) -> Proposed | None:
    """A proposal, for whoever made it and for who chairs the group, unless they are barred from the provider. With
    `lock`, nobody else decides it until this unit ends."""
    if lock:
        await unit.find(LevelProposal, key, lock=True)
    for one in await _named(unit, select(LevelProposal).where(LevelProposal.id == key)):
        made = one.proposal.proposed_by_id == viewer.person_id
        decides = viewer.holds(one.proposal.group_id, Role.CHAIR)
        if (made or decides) and not await barred_from(unit, viewer, [one.proposal.provider_id], today):
            return one
    return None


async def deciding_chairs(unit: Unit, group_id: int, provider_id: int, today: date) -> Sequence[Person]:
    """Who chairs a group and may be told of that provider."""
    chairs = [one for one in await seated(unit, group_id, today, Role.CHAIR) if one.chat_user]
    barred = {who for who, _, _ in await barred_among(unit, [one.key for one in chairs], [provider_id], today)}
    return [one for one in chairs if one.key not in barred]


async def _named(unit: Unit, asked: SelectOfScalar[LevelProposal]) -> list[Proposed]:
    decider = aliased(Person)
    rows = await unit.rows(
        asked.join(Provider, col(Provider.id) == col(LevelProposal.provider_id))
        .join(Person, col(Person.id) == col(LevelProposal.proposed_by_id))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .outerjoin(decider, col(decider.id) == col(LevelProposal.decided_by_id))
        .order_by(col(LevelProposal.id))
        .add_columns(col(Provider.name), col(Person.name), col(Organisation.short_name), col(decider.name))
    )
    return [Proposed(one, provider, who, body, decided or "") for one, provider, who, body, decided in rows]
