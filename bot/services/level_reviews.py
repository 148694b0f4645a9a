"""A long stay on enhanced surveillance: the position is reviewed every quarter, and the rationale goes to the parent
group with its report [003 §126]."""

from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.domain.surveillance import LevelAct, enhanced_since, review_due
from bot.domain.terms import Level
from bot.errors import FormErrors, NotFound, NotYours
from bot.services.surveillance import WHO_CAN, acts_of
from bot.store.journal import record
from bot.store.level_duties import on_enhanced, review_of, reviews_raised
from bot.store.outbox import Telling, tell
from bot.store.proposals import who_run
from bot.store.surveillance import standing_level
from bot.store.tables import LevelReview, SurveillanceLevel
from bot.store.unit import Unit

RATIONALE_LIMIT = 1500  # characters, as the column holds


async def reviews_to_raise(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The decisions that put a provider on enhanced more than three quarters ago, and of which no review was raised for
    this quarter."""
    today, due = rules.today(now), []
    for history in (await on_enhanced(unit)).values():
        first = enhanced_since([one.level for one in history])
        if first is not None and (quarter := _quarter(history[first], today, rules)):
            due.append((history[first].key, quarter))
    raised = await reviews_raised(unit, due[0][1]) if due else set()
    return [key for key, _ in due if key not in raised]


async def raise_review(unit: Unit, level_id: int, *, now: datetime, rules: Rules) -> None:
    """Ask the chair to review the position, or the secretariat where no chair can; once a quarter."""
    since, today = await unit.get(SurveillanceLevel, level_id), rules.today(now)
    quarter = _quarter(since, today, rules)
    if quarter is None:
        return
    row = LevelReview(
        level_id=since.key,
        group_id=since.group_id,
        provider_id=since.provider_id,
        quarter_on=quarter,
        raised_at=now,
    )
    if not await unit.insert_once(row):
        return
    review = await review_of(unit, since.key, quarter) or row
    record(unit, "level review raised", by=None, now=now, subject=("review", review.key), group_id=since.group_id)
    about: dict[str, int | str] = {"review": review.key}
    for one in await who_run(unit, since.group_id, since.provider_id, today):
        await tell(unit, Telling("surveillance.review", about, person_id=one.key), now)


async def to_review(
    unit: Unit, key: int, *, by: Viewer, now: datetime, rules: Rules, lock: bool = False
) -> LevelReview:
    """A review, for the chair and the secretariat. Raises `NotFound`, and `NotYours` for other members."""
    review = await unit.find(LevelReview, key, lock=lock)
    if review is None:
        raise NotFound(what="that review")
    acts = await acts_of(unit, review.group_id, review.provider_id, by, rules.today(now))
    if not acts:
        raise NotFound(what="that review")
    if LevelAct.REVIEW not in acts:
        raise NotYours(who=WHO_CAN[LevelAct.REVIEW])
    return review


async def write_review(
    unit: Unit, key: int, rationale: str, *, vouched: bool, by: Viewer, now: datetime, rules: Rules
) -> LevelReview:
    """Say why it stays on enhanced. The first rationale stands. Raises as `to_review` does, and `FormErrors`."""
    review = await to_review(unit, key, by=by, now=now, rules=rules, lock=True)
    if review.reviewed_at is not None:
        return review
    standing = await standing_level(unit, review.group_id, review.provider_id)
    if standing is None or standing.level is not Level.ENHANCED:
        raise FormErrors({"rationale": "It is not on enhanced surveillance any more, so nothing is to be reviewed."})
    if not rationale.strip():
        raise FormErrors({"rationale": "Say why it stays on enhanced: the parent group reads it."})
    check_identifiers({"rationale": rationale}, vouched=vouched)
    review.rationale, review.reviewed_by_id, review.reviewed_at = rationale.strip(), by.person_id, now
    unit.add(review)
    await unit.flush()
    record(unit, "level reviewed", by=by, now=now, subject=("review", review.key), group_id=review.group_id)
    return review


def _quarter(since: SurveillanceLevel, today: date, rules: Rules) -> date | None:
    return review_due(rules.today(since.decided_at), today, rules.policy.levels.review_quarters)
