"""What a person can ask for about the handling of a concern: who may see it, and how it is marked."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.handling import BY_TWO, Standing, Viewer, changes_open_to, check_change, wanted_audience
from bot.domain.policy import Rules
from bot.domain.terms import Audience, Basis, ChangeState, ConcernState, HandlingKind, Marking, Role
from bot.errors import FormErrors, NotFound, NotYours, Refusal, WrongState
from bot.services.handling_approval import (
    ask_to_decide,
    choose_approver,
    close,
    may_decide,
    next_approver,
    pass_on,
    record_change,
)
from bot.services.handling_effects import is_moot, put_in_force
from bot.store import handling as asked
from bot.store.concerns import Readers, SeenConcern, readers_of, visible_by_id, visible_concern
from bot.store.destroying import unused_reference
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import nominees, reachable_person, viewer_by_id
from bot.store.tables import Concern, HandlingChange
from bot.store.unit import Unit

WHO_MAY = {
    HandlingKind.OVERRIDE: "the representative, a deputy or a nominated person of an organisation that received it",
}
ORIGIN_ONLY = "the organisation that raised it"


@dataclass(frozen=True)
class ChangeDraft:
    """What somebody wants changed: whom to add or take away, or the new marking, and why.

    To tighten to `TLP:RED`, `people` are those who may still read it. To widen with nobody named is to share with the
    whole group. `approver_id` is the colleague who decides, chosen by somebody of the originating organisation.
    """

    concern: str
    kind: HandlingKind
    reason: str
    organisations: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    marking: Marking | None = None
    legal_basis: str = ""
    approver_id: int | None = None


async def open_handling(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> asked.Handling:
    """Read how a concern is handled, and log the reading. Raises `NotFound`."""
    seen = await _readable(unit, reference, by, rules.today(now))
    concern, ours = seen.concern, seen.concern.organisation_id == by.organisation_id
    record(unit, "handling read", by=by, now=now, subject=("concern", concern.key), group_id=concern.group_id)
    return asked.Handling(
        seen,
        await readers_of(unit, concern) if ours else Readers((), ()),
        await asked.history(unit, concern.key, by, ours=ours),
        ours,
        await _open_to(unit, concern, by, rules.today(now)),
    )


async def may_change(
    unit: Unit, reference: str, kind: HandlingKind, *, by: Viewer, now: datetime, rules: Rules
) -> SeenConcern:
    """The concern, if this person may make or ask for such a change of it. Raises `NotFound`, `NotYours` and
    `WrongState`."""
    today = rules.today(now)
    seen = await _readable(unit, reference, by, today)
    concern = seen.concern
    if kind in await _open_to(unit, concern, by, today):
        return seen
    if concern.state is ConcernState.WITHDRAWN:
        raise WrongState(what=f"Concern {concern.reference}", now=concern.state, wanted="shared or marked otherwise")
    ours = concern.organisation_id == by.organisation_id
    if kind is HandlingKind.LOOSEN or (kind is HandlingKind.TIGHTEN and ours):
        raise WrongState(what=f"Concern {concern.reference}", now=concern.marking, wanted=f"{kind}ed further")
    raise NotYours(who=WHO_MAY.get(kind, ORIGIN_ONLY))


async def ask_change(
    unit: Unit, draft: ChangeDraft, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> HandlingChange:
    """Make what is stricter so at once; ask a second person for anything else. The same `key` again changes nothing.

    Raises `NotFound` for a concern this person may not read, `NotYours`, `WrongState`, `CannotReach`, and `FormErrors`
    naming every field at fault.
    """
    await asked.lock_concern(unit, draft.concern)
    earlier = await asked.change_by_submission(unit, key)
    if earlier:
        return earlier
    seen = await may_change(unit, draft.concern, draft.kind, by=by, now=now, rules=rules)
    concern = seen.concern
    await _check(unit, draft, concern, by=by, now=now, rules=rules)
    change = _row(draft, concern, by, key, now)
    if draft.kind in BY_TWO:
        chosen = draft.approver_id if concern.organisation_id == by.organisation_id else None
        approver = await choose_approver(unit, concern, chosen, by=by, now=now, rules=rules)
        change.state = ChangeState.ASKED
    change.reference = await unused_reference(unit, "H")
    unit.add(change)
    await unit.flush()
    if draft.kind in BY_TWO:
        await ask_to_decide(unit, change, approver, now=now, rules=rules)
        record_change(unit, "handling asked", concern, change, by, now)
    else:
        await put_in_force(unit, concern, change, by=by, now=now, rules=rules)
        record_change(unit, "handling changed", concern, change, by, now)
        await _tell_originator(unit, concern, change, by=by, now=now, rules=rules)
    return change


async def decide(
    unit: Unit, reference: str, *, agreed: bool, note: str, by: Viewer, now: datetime, rules: Rules
) -> HandlingChange:
    """The second person's answer. What is decided stays so: a second answer changes nothing and gives the first.

    What can be agreed to no more lapses instead, and goes to the next person if this one may not decide any more.
    Raises `NotFound`, `NotYours`, and `FormErrors` for a refusal without a reason.
    """
    found = await asked.change_by_reference(unit, reference)
    concern = await asked.concern_of(unit, found) if found else None
    if found is None or concern is None:
        raise NotFound(what=reference)
    await asked.lock_concern(unit, concern.reference)
    change, concern = await asked.change_by_id(unit, found.key, lock=True), await asked.concern_of(unit, found)
    if concern is None:
        raise NotFound(what=reference)
    if change is None or change.approver_id != by.person_id:
        raise await _refusal(unit, concern, reference, by, rules.today(now))
    if change.state is not ChangeState.ASKED:
        return change
    if not await may_decide(unit, concern, by.person_id, rules.today(now)):
        await pass_on(unit, concern, change, now=now, rules=rules)
    elif (change.lapses_at and change.lapses_at <= now) or await is_moot(unit, concern, change, now, rules):
        await close(unit, concern, change, ChangeState.LAPSED, by=None, now=now)
    elif not agreed:
        if not note.strip():
            raise FormErrors({"note": "Say why not: whoever asked reads it."})
        await close(unit, concern, change, ChangeState.DECLINED, by=by, now=now, note=note.strip())
    else:
        await close(unit, concern, change, ChangeState.DONE, by=by, now=now, note=note.strip())
        await put_in_force(unit, concern, change, by=by, now=now, rules=rules)
    return change


async def _readable(unit: Unit, reference: str, by: Viewer, today: date) -> SeenConcern:
    seen = await visible_concern(unit, reference, by, today)
    if seen is None:
        raise NotFound(what=reference)
    return seen


async def _open_to(unit: Unit, concern: Concern, by: Viewer, today: date) -> frozenset[HandlingKind]:
    lead = by.holds(concern.group_id, Role.REPRESENTATIVE, Role.DEPUTY)
    if not lead:
        named = await nominees(unit, [by.organisation_id], today)
        lead = any(one.person_id == by.person_id for one in named[by.organisation_id])
    who = Standing(ours=concern.organisation_id == by.organisation_id, lead=lead)
    return changes_open_to(who, concern.marking, withdrawn=concern.state is ConcernState.WITHDRAWN)


def _row(draft: ChangeDraft, concern: Concern, by: Viewer, key: str, now: datetime) -> HandlingChange:
    """A change that is in force at once; one that is not is put right by the caller."""
    return HandlingChange(
        reference="",
        submit_key=key,
        concern_id=concern.key,
        kind=draft.kind,
        state=ChangeState.DONE,
        asked_by_id=by.person_id,
        organisation_id=by.organisation_id,
        reason=draft.reason.strip(),
        legal_basis=draft.legal_basis,
        marking_before=concern.marking,
        marking_after=draft.marking or concern.marking,
        organisations=list(draft.organisations),
        people=list(draft.people),
        asked_at=now,
        decided_by_id=None if draft.kind in BY_TWO else by.person_id,
        decided_at=None if draft.kind in BY_TWO else now,
    )


async def _check(unit: Unit, draft: ChangeDraft, concern: Concern, *, by: Viewer, now: datetime, rules: Rules) -> None:
    errors: dict[str, str] = {}
    try:
        check_change(
            draft.kind,
            concern.marking,
            marking=draft.marking,
            organisations=draft.organisations,
            people=draft.people,
            reason=draft.reason,
        )
    except FormErrors as wrong:
        errors |= wrong.fields
    if draft.kind is HandlingKind.OVERRIDE and draft.legal_basis not in rules.policy.legal_bases:
        errors["legal_basis"] = "Choose what in law you rely on."
    if draft.kind in (HandlingKind.WIDEN, HandlingKind.LOOSEN) and _needs_colleague(draft, concern, by):
        errors["approver"] = "Choose a colleague who decides this with you."
    if "readers" not in errors:
        problem = await _readers_problem(unit, draft, concern, by=by, today=rules.today(now))
        errors |= {"readers": problem} if problem else {}
    if errors:
        raise FormErrors(errors)


def _needs_colleague(draft: ChangeDraft, concern: Concern, by: Viewer) -> bool:
    return draft.approver_id is None and concern.organisation_id == by.organisation_id


async def _readers_problem(unit: Unit, draft: ChangeDraft, concern: Concern, *, by: Viewer, today: date) -> str:
    """What is wrong with those chosen, as one sentence; empty when nothing is."""
    match draft.kind:
        case HandlingKind.NARROW:
            return await _not_readers(unit, draft, concern)
        case HandlingKind.TIGHTEN:
            return await _not_reading(unit, draft, concern, today)
        case HandlingKind.WIDEN | HandlingKind.OVERRIDE:
            return await _not_shareable(unit, draft, concern, by, today)
        case _:
            return ""


async def _not_readers(unit: Unit, draft: ChangeDraft, concern: Concern) -> str:
    lines = [line for line in await asked.standing_lines(unit, concern.key) if line.basis is not Basis.ORIGIN]
    bodies, people = {line.organisation_id for line in lines}, {line.person_id for line in lines}
    there = set(draft.organisations) <= bodies and set(draft.people) <= people
    return "" if there else "One of these cannot see it, or raised it. Choose again."


async def _not_reading(unit: Unit, draft: ChangeDraft, concern: Concern, today: date) -> str:
    for person_id in draft.people:
        reader = await viewer_by_id(unit, person_id, today)
        if reader is None or await visible_by_id(unit, concern.key, reader, today) is None:
            return "One of these people may not read it now. Choose among those who may."
    return ""


async def _not_shareable(unit: Unit, draft: ChangeDraft, concern: Concern, by: Viewer, today: date) -> str:
    """Somebody new, no provider, and nobody who could not be told."""
    if wanted_audience(draft.organisations, draft.people) is Audience.GROUP:
        return "The whole group can see it already." if concern.audience is Audience.GROUP else ""
    lines = await asked.standing_lines(unit, concern.key)
    bodies, people = {line.organisation_id for line in lines}, {line.person_id for line in lines}
    if set(draft.organisations) <= bodies and set(draft.people) <= people:
        return "All of these can see it already."
    allowed = {one.key for one in await asked.shareable_organisations(unit, today)}
    if not set(draft.organisations) <= allowed:
        return "One of these organisations cannot be chosen. Choose again."
    for person_id in draft.people:
        person = await reachable_person(unit, person_id, by.group_ids, today)
        if person is None or person.organisation_id not in allowed:
            return "One of these people cannot be chosen. Choose again."
    return ""


async def _tell_originator(
    unit: Unit, concern: Concern, change: HandlingChange, *, by: Viewer, now: datetime, rules: Rules
) -> None:
    """Whoever raised it hears of what somebody else has done; of an override, their representative as well."""
    about: dict[str, int | str] = {"change": change.key}
    raiser = concern.raised_by_id
    if change.kind is HandlingKind.OVERRIDE:
        representative = await next_approver(unit, concern, {raiser}, now, rules.today(now))
        for person_id in [raiser, representative] if representative else [raiser]:
            await tell(unit, Telling("handling.overridden", about, person_id=person_id), now)
    elif raiser != by.person_id:
        await tell(unit, Telling("handling.changed", about, person_id=raiser), now)


async def _refusal(unit: Unit, concern: Concern, reference: str, by: Viewer, today: date) -> Refusal:
    """`NotYours` for somebody who may know of the concern; for anybody else the request is not there."""
    if await visible_by_id(unit, concern.key, by, today):
        return NotYours(who="the person it was sent to")
    return NotFound(what=reference)
