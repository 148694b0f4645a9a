"""Named questions about what is due of surveillance levels: who is to find out, what is to be reviewed, and proposals
about a provider that has become another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from bot.domain.panels import ProposalState
from bot.domain.terms import Level
from bot.store.tables import LevelProposal, LevelReview, Person, Provider, SurveillanceLevel
from bot.store.unit import Unit


@dataclass(frozen=True)
class SeenReview:
    """A review of a long stay on enhanced [003 §126], with the names to show it. `by` is empty until it is written."""

    review: LevelReview
    provider: str
    since: SurveillanceLevel
    by: str


async def to_find_out(unit: Unit) -> Sequence[SurveillanceLevel]:
    """The decisions that stand, for which somebody is still to find out."""
    return await unit.all(
        select(SurveillanceLevel)
        .where(
            SurveillanceLevel.level == Level.FURTHER_INFORMATION,
            col(SurveillanceLevel.found_at).is_(None),
            col(SurveillanceLevel.find_out_id).is_not(None),
            col(SurveillanceLevel.find_out_by).is_not(None),
            _stands(),
        )
        .order_by(col(SurveillanceLevel.id))
    )


async def on_enhanced(unit: Unit) -> dict[tuple[int, int], list[SurveillanceLevel]]:
    """For each group and provider that is on enhanced there, all its decisions, the newest first."""
    standing = aliased(SurveillanceLevel)
    newer = aliased(SurveillanceLevel)
    later = exists().where(
        col(newer.group_id) == col(standing.group_id),
        col(newer.provider_id) == col(standing.provider_id),
        col(newer.decided_at) > col(standing.decided_at),
    )
    now_on = exists().where(
        col(standing.group_id) == col(SurveillanceLevel.group_id),
        col(standing.provider_id) == col(SurveillanceLevel.provider_id),
        col(standing.level) == Level.ENHANCED,
        ~later,
    )
    found: dict[tuple[int, int], list[SurveillanceLevel]] = {}
    for one in await unit.all(
        select(SurveillanceLevel).where(now_on).order_by(col(SurveillanceLevel.decided_at).desc())
    ):
        found.setdefault((one.group_id, one.provider_id), []).append(one)
    return found


async def reviews_raised(unit: Unit, quarter_on: date) -> set[int]:
    """The decisions of which a review was raised for that quarter."""
    asked = select(LevelReview.level_id).where(LevelReview.quarter_on == quarter_on)
    return set(await unit.all(asked))


async def review_of(unit: Unit, level_id: int, quarter_on: date) -> LevelReview | None:
    return await unit.first(
        select(LevelReview).where(LevelReview.level_id == level_id, LevelReview.quarter_on == quarter_on)
    )


async def reviews_of(unit: Unit, group_id: int, starts_on: date, ends_on: date) -> list[SeenReview]:
    """The reviews of a group that came due from one day to another, both included, by provider: for its report to the
    parent group [003 §126]. Says nothing about who may read of which provider."""
    rows = await unit.rows(
        select(LevelReview, col(Provider.name), SurveillanceLevel, col(Person.name))
        .join(Provider, col(Provider.id) == col(LevelReview.provider_id))
        .join(SurveillanceLevel, col(SurveillanceLevel.id) == col(LevelReview.level_id))
        .outerjoin(Person, col(Person.id) == col(LevelReview.reviewed_by_id))
        .where(LevelReview.group_id == group_id, LevelReview.quarter_on >= starts_on, LevelReview.quarter_on <= ends_on)
        .order_by(col(Provider.folded_name), col(LevelReview.quarter_on))
    )
    return [SeenReview(review, provider, since, by or "") for review, provider, since, by in rows]


async def about_what_ended(unit: Unit, today: date) -> Sequence[LevelProposal]:
    """The proposals nobody has decided about a provider that has become another."""
    return await unit.all(
        select(LevelProposal)
        .join(Provider, col(Provider.id) == col(LevelProposal.provider_id))
        .where(
            LevelProposal.state == ProposalState.PROPOSED,
            col(Provider.ends_on) < today,
            col(Provider.successor_id).is_not(None),
        )
        .order_by(col(LevelProposal.id))
    )


def _stands() -> ColumnElement[bool]:
    """Whether no later decision has been made about the same provider in the same group."""
    newer = aliased(SurveillanceLevel)
    later = and_(
        col(newer.group_id) == col(SurveillanceLevel.group_id),
        col(newer.provider_id) == col(SurveillanceLevel.provider_id),
        col(newer.decided_at) > col(SurveillanceLevel.decided_at),
    )
    return ~exists().where(later).correlate(SurveillanceLevel)
