"""Proposals to change a surveillance level, which the chair decides [003 §121], and what they rest on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.handling import Viewer
from bot.domain.panels import ProposalState
from bot.domain.terms import ConcernState, Level, Role
from bot.store.barring import barred_among, barred_from
from bot.store.concerns import SeenConcern, seen
from bot.store.people import seated
from bot.store.tables import Concern, LevelProposal, Organisation, Person, Provider, SurveillanceLevel
from bot.store.unit import Unit
from bot.store.visibility import visible_concerns

CONCERN = "concern"


@dataclass(frozen=True)
class Proposed:
    """A proposal with the names to show it; `decided_by` is empty until somebody has decided. `became` is the level
    that was then set, which may be another than the one proposed; None if none was. `proposed_by` and `organisation`
    are empty for what the assistant proposed."""

    proposal: LevelProposal
    provider: str
    proposed_by: str
    organisation: str
    decided_by: str
    find_out: str
    became: Level | None

    @property
    def unasked(self) -> bool:
        """Whether the assistant proposed it."""
        return self.proposal.proposed_by_id is None

    @property
    def another(self) -> bool:
        """Whether another level was decided on than the one that was proposed."""
        return self.became is not None and self.became is not self.proposal.level


async def proposal_by_submission(unit: Unit, submit_key: str) -> LevelProposal | None:
    return await unit.first(select(LevelProposal).where(LevelProposal.submit_key == submit_key))


async def proposals_of(unit: Unit, panel_id: int) -> list[Proposed]:
    """What came of one panel, the oldest first."""
    return await _named(unit, select(LevelProposal).where(LevelProposal.panel_id == panel_id))


async def open_proposals(unit: Unit, group_id: int, provider_id: int, viewer: Viewer, today: date) -> list[Proposed]:
    """What waits for the chair about one provider, as somebody may read it who is not barred from it."""
    theirs = (LevelProposal.group_id == group_id, LevelProposal.provider_id == provider_id)
    waiting = select(LevelProposal).where(*theirs, LevelProposal.state == ProposalState.PROPOSED)
    found = [one for one in await _named(unit, waiting) if _for(one.proposal, viewer)]
    return await _telling(unit, found, viewer, today)


async def proposal_for(unit: Unit, key: int, viewer: Viewer, today: date, *, lock: bool = False) -> Proposed | None:
    """A proposal, for whoever made it, for who chairs the group, and, unless it came of a panel, for its members; not
    for those who are barred from the provider. With `lock`, nobody else decides it until this unit ends."""
    if lock:
        await unit.find(LevelProposal, key, lock=True)
    found = await _named(unit, select(LevelProposal).where(LevelProposal.id == key))
    for one in await _telling(unit, found, viewer, today):
        if _for(one.proposal, viewer) and not await barred_from(unit, viewer, [one.proposal.provider_id], today):
            return one
    return None


async def proposer_of(unit: Unit, level: SurveillanceLevel) -> int | None:
    """Who proposed what was then decided so, if anybody did."""
    return await unit.first(
        select(col(LevelProposal.proposed_by_id)).where(
            LevelProposal.group_id == level.group_id,
            LevelProposal.provider_id == level.provider_id,
            LevelProposal.decided_at == level.decided_at,
        )
    )


async def evidence_for(
    unit: Unit, proposals: Sequence[LevelProposal], reader: Viewer, today: date
) -> list[SeenConcern]:
    """What these proposals rest on, as far as this person may read it now; what was withdrawn is not there."""
    return await readable(unit, evidence_ids(proposals), reader, today)


async def readable(unit: Unit, keys: Collection[int], reader: Viewer, today: date) -> list[SeenConcern]:
    """Those of these concerns that this person may read and that were not withdrawn, the earliest event first."""
    asked = visible_concerns(reader, today).where(col(Concern.id).in_(keys), Concern.state != ConcernState.WITHDRAWN)
    return await seen(unit, asked.order_by(col(Concern.event_on), col(Concern.id)), by=reader) if keys else []


async def deciding_chairs(unit: Unit, group_id: int, provider_id: int, today: date) -> Sequence[Person]:
    """Who chairs a group and may be told of that provider."""
    return await _open_to(unit, group_id, provider_id, today, Role.CHAIR)


async def who_run(unit: Unit, group_id: int, provider_id: int, today: date) -> Sequence[Person]:
    """The same, or the group's secretariat where nobody in the chair may be told."""
    chairs = await deciding_chairs(unit, group_id, provider_id, today)
    return chairs or await _open_to(unit, group_id, provider_id, today, Role.SECRETARIAT)


async def _open_to(unit: Unit, group_id: int, provider_id: int, today: date, role: Role) -> Sequence[Person]:
    people = [one for one in await seated(unit, group_id, today, role) if one.chat_user]
    barred = {who for who, _, _ in await barred_among(unit, [one.key for one in people], [provider_id], today)}
    return [one for one in people if one.key not in barred]


def _for(proposal: LevelProposal, viewer: Viewer) -> bool:
    made = proposal.proposed_by_id is not None and proposal.proposed_by_id == viewer.person_id
    theirs = proposal.panel_id is None and proposal.group_id in viewer.group_ids
    return made or theirs or viewer.holds(proposal.group_id, Role.CHAIR)


async def _telling(unit: Unit, found: Sequence[Proposed], reader: Viewer, today: date) -> list[Proposed]:
    """Without those of the assistant that rest on anything this person may not read: they would tell of it."""
    of = {one.proposal.key: evidence_ids([one.proposal]) for one in found if one.unasked}
    may = {one.concern.key for one in await readable(unit, set().union(*of.values()), reader, today)}
    return [one for one in found if of.get(one.proposal.key, set()) <= may]


def evidence_ids(proposals: Sequence[LevelProposal]) -> set[int]:
    """The numbers of the concerns that these proposals rest on."""
    return {int(one["id"]) for each in proposals for one in each.evidence or () if one["kind"] == CONCERN}


async def _named(unit: Unit, asked: SelectOfScalar[LevelProposal]) -> list[Proposed]:
    decider, finder, became = aliased(Person), aliased(Person), aliased(SurveillanceLevel)
    then = and_(
        col(became.group_id) == col(LevelProposal.group_id),
        col(became.provider_id) == col(LevelProposal.provider_id),
        col(became.decided_at) == col(LevelProposal.decided_at),
    )
    rows = await unit.rows(
        asked.join(Provider, col(Provider.id) == col(LevelProposal.provider_id))
        .outerjoin(Person, col(Person.id) == col(LevelProposal.proposed_by_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .outerjoin(decider, col(decider.id) == col(LevelProposal.decided_by_id))
        .outerjoin(finder, col(finder.id) == col(LevelProposal.find_out_id))
        .outerjoin(became, then)
        .order_by(col(LevelProposal.id))
        .add_columns(col(Provider.name), col(Person.name), col(Organisation.short_name))
        .add_columns(col(decider.name), col(finder.name), col(became.level))
    )
    return [
        Proposed(one, provider, who or "", body or "", decided or "", finds or "", level)
        for one, provider, who, body, decided, finds, level in rows
    ]
