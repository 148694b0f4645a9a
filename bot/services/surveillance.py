"""Setting a provider's surveillance level in a group, which the chair decides [003 §121]; and saying that assurance
was gained."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.domain.surveillance import MUST, Hold, LevelAct, acts_open_to, assured_errors, held_until, level_errors
from bot.domain.terms import Level, Role
from bot.errors import CannotDecide, ChangedMeanwhile, Conflicted, FormErrors, NotFound, NotYours
from bot.services.actions import ActionDraft, add_action
from bot.store.barring import barred_among, barred_from
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import reachable_person
from bot.store.proposals import deciding_chairs
from bot.store.surveillance import entry_for, has_open_action, is_over, standing_level
from bot.store.tables import Provider, SurveillanceLevel
from bot.store.unit import Unit

CANNOT_FIND_OUT = "This person cannot be asked about this provider. Choose somebody else."
WHO_CAN = {
    LevelAct.PROPOSE: "a member of the group",
    LevelAct.DECIDE: "the chair of the group",
    LevelAct.ASSURE: "the chair of the group",
    LevelAct.REVIEW: "the chair or the secretariat of the group",
    LevelAct.FIND: "whoever was asked to find out, or the chair,",
}


@dataclass(frozen=True)
class NamedAction:
    """An action named with a change of level: what is agreed for enhanced, or that somebody convenes a risk summit."""

    issue: str
    owner_id: int
    due_on: date


@dataclass(frozen=True)
class LevelChange:
    """The level a provider is to have in a group, and why. `meeting_id` is where it was decided, if it was there: what
    is to be done is then entered with the meeting's other conclusions. `overridden` steps down from enhanced before the
    time after assurance was gained; the reason says why."""

    group_id: int
    provider_id: int
    level: Level
    reason: str
    meeting_id: int | None = None
    find_out_id: int | None = None
    find_out_by: date | None = None
    task: NamedAction | None = None
    overridden: bool = False


async def set_level(unit: Unit, change: LevelChange, *, by: Viewer, now: datetime, rules: Rules) -> SurveillanceLevel:
    """The level is so from now on. The caller has checked that `by` decides for the group. A site's provider is meant
    with it, and what a provider has become with that.

    Raises `NotFound`, and `FormErrors` naming `level`, `level_reason`, `find_out`, `find_out_by`, `task`, `task_owner`,
    `task_due` or `convener`.
    """
    provider = await entry_of(unit, change.group_id, change.provider_id, rules.today(now))
    await unit.get(Provider, provider.key, lock=True)  # of two decisions at once the second sees the first
    standing = await standing_level(unit, change.group_id, provider.key)
    if errors := await _errors(unit, change, provider, standing, rules, rules.today(now)):
        raise FormErrors(errors)
    finder = MUST[change.level].finder
    row = SurveillanceLevel(
        group_id=change.group_id,
        provider_id=provider.key,
        level=change.level,
        reason=change.reason.strip(),
        decided_by_id=by.person_id,
        decided_at=now,
        meeting_id=change.meeting_id,
        find_out_id=change.find_out_id if finder else None,
        find_out_by=change.find_out_by if finder else None,
    )
    unit.add(row)
    await unit.flush()
    facts = {"overridden": 1} if change.overridden else {}
    record(unit, "level set", by=by, now=now, subject=("level", row.key), group_id=change.group_id, **facts)
    await _follow(unit, change, row, by=by, now=now, rules=rules)
    return row


async def decide_level(
    unit: Unit, change: LevelChange, *, seen: int, vouched: bool, by: Viewer, now: datetime, rules: Rules
) -> SurveillanceLevel:
    """The chair sets a level without a proposal. `seen` is the number of the decision that stood when the form was
    opened, 0 for none. The same form again changes nothing.

    Raises what `to_act` and `set_level` do, and `ChangedMeanwhile`.
    """
    provider = await to_act(unit, change.group_id, change.provider_id, LevelAct.DECIDE, by=by, rules=rules, now=now)
    await unit.get(Provider, provider.key, lock=True)
    standing = await standing_level(unit, change.group_id, provider.key)
    if standing and standing.key != seen:
        mine = (standing.decided_by_id, standing.level, standing.reason)
        if mine == (by.person_id, change.level, change.reason.strip()):
            return standing
        raise ChangedMeanwhile(what="this level")
    check_words(change, vouched=vouched)
    return await set_level(unit, change, by=by, now=now, rules=rules)


async def note_assurance(
    unit: Unit, group_id: int, provider_id: int, assured_on: date | None, *, by: Viewer, now: datetime, rules: Rules
) -> SurveillanceLevel:
    """The chair says on which day assurance was gained, or that it was not after all; the same again changes nothing.

    Raises as `to_act` does, and `FormErrors` naming `assured_on`.
    """
    provider = await to_act(unit, group_id, provider_id, LevelAct.ASSURE, by=by, rules=rules, now=now)
    await unit.get(Provider, provider.key, lock=True)
    standing = await standing_level(unit, group_id, provider.key)
    if standing is None or standing.level is not Level.ENHANCED:
        raise FormErrors({"assured_on": "It is not on enhanced surveillance any more."})
    if errors := assured_errors(assured_on, rules.today(standing.decided_at), rules.today(now)):
        raise FormErrors(errors)
    if standing.assured_on != assured_on:
        standing.assured_on = assured_on
        unit.add(standing)
        act = "assurance gained" if assured_on else "assurance taken back"
        record(unit, act, by=by, now=now, subject=("level", standing.key), group_id=group_id)
    return standing


async def entry_of(unit: Unit, group_id: int, provider_id: int, today: date) -> Provider:
    """What stands in the group's log for that provider. Raises `NotFound`."""
    provider = await entry_for(unit, group_id, provider_id, today)
    if provider is None:
        raise NotFound(what="that provider")
    return provider


async def acts_of(
    unit: Unit, group_id: int, provider_id: int, by: Viewer, today: date, *, finder_id: int | None = None
) -> frozenset[LevelAct]:
    """What this person may do about that provider's level in that group."""
    return acts_open_to(
        member=group_id in by.group_ids,
        chair=by.holds(group_id, Role.CHAIR),
        secretariat=by.holds(group_id, Role.SECRETARIAT),
        finder=finder_id == by.person_id,
        barred=await barred_from(unit, by, [provider_id], today),
    )


async def to_act(
    unit: Unit, group_id: int, provider_id: int, act: LevelAct, *, by: Viewer, now: datetime, rules: Rules
) -> Provider:
    """The entry of the log, for somebody who may do this about it.

    Raises `NotFound` for a group that is not theirs and for no such provider, `Conflicted` for whoever is barred from
    it, `CannotDecide` if that is the chair, and `NotYours`.
    """
    today = rules.today(now)
    if group_id not in by.group_ids:
        raise NotFound(what="that provider")
    provider = await entry_of(unit, group_id, provider_id, today)
    if await barred_from(unit, by, [provider.key], today):
        if act is LevelAct.DECIDE and by.holds(group_id, Role.CHAIR):
            others = await deciding_chairs(unit, group_id, provider.key, today)
            named = " or ".join(one.name for one in others)
            raise CannotDecide(who=named or "Another chair, whom the secretariat names,")
        raise Conflicted
    if act not in await acts_of(unit, group_id, provider.key, by, today):
        raise NotYours(who=WHO_CAN[act])
    return provider


def check_words(change: LevelChange, *, vouched: bool) -> None:
    """Raise `FormErrors` beside what holds an identifier of somebody, unless it was said to identify nobody."""
    check_identifiers(
        {"level_reason": change.reason, "task": change.task.issue if change.task else ""}, vouched=vouched
    )


async def finder_fault(
    unit: Unit, group_id: int, provider_id: int, person_id: int | None, today: date
) -> dict[str, str]:
    """Why somebody cannot be asked to find out: they have left, or may be told nothing about the provider."""
    if person_id is None:
        return {}
    here = await reachable_person(unit, person_id, [group_id], today)
    if here is None or await barred_among(unit, [person_id], [provider_id], today):
        return {"find_out": CANNOT_FIND_OUT}
    return {}


async def _errors(
    unit: Unit, change: LevelChange, provider: Provider, standing: SurveillanceLevel | None, rules: Rules, today: date
) -> dict[str, str]:
    if is_over(provider, today):
        return {"level": "This provider has ended, and nothing says what it became. Ask the secretariat."}
    agreed = change.task is not None or change.meeting_id is not None
    errors = level_errors(
        standing.level if standing else None,
        change.level,
        reason=change.reason,
        find_out=change.find_out_id is not None,
        find_out_by=change.find_out_by,
        today=today,
        action=agreed or await has_open_action(unit, change.group_id, provider.key),
        convener=agreed,
        hold=Hold(
            held_until(standing.assured_on if standing else None, rules.policy.levels.hold_months), change.overridden
        ),
    )
    if MUST[change.level].finder:
        errors |= await finder_fault(unit, change.group_id, provider.key, change.find_out_id, today)
    return errors


async def _follow(
    unit: Unit, change: LevelChange, row: SurveillanceLevel, *, by: Viewer, now: datetime, rules: Rules
) -> None:
    """What a decision sets going: somebody is asked to find out, or an action begins."""
    if row.find_out_id is not None:
        about: dict[str, int | str] = {"level": row.key}
        await tell(unit, Telling("surveillance.find_out", about, person_id=row.find_out_id), now)
    must = MUST[change.level]
    if change.task and (must.action or must.convener):
        task = change.task
        draft = ActionDraft(
            row.group_id, task.issue, task.owner_id, task.due_on, row.provider_id, priority=1 if must.convener else 2
        )
        names = {"issue": "task", "owner": "convener" if must.convener else "task_owner", "due_on": "task_due"}
        try:
            await add_action(unit, draft, by=by, key=f"level.{row.key}", now=now, rules=rules)
        except FormErrors as wrong:
            raise FormErrors({names.get(name, "level"): said for name, said in wrong.fields.items()}) from wrong
