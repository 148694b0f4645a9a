"""What a person can ask for about answers to a concern: give one, take it back, add to one's own concern, conclude."""

from dataclasses import replace
from datetime import datetime

from bot.domain.answers import FROM_OTHERS, AnswerDraft, AnswerKind, check_answer
from bot.domain.handling import Viewer
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.domain.terms import ConcernState, Role
from bot.errors import GoneMeanwhile, NotFound, NotYours, OwnConcern, WrongState
from bot.services.handling_approval import next_approver
from bot.services.intake import LookAgain
from bot.services.keeping import note_activity
from bot.services.triangulation import note_concern
from bot.store import answers as asked
from bot.store.concerns import SeenAnswer, SeenConcern, visible_by_id, visible_concern
from bot.store.handling import lock_concern
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.tables import Concern, ConcernAnswer
from bot.store.unit import Unit


async def open_answers(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> SeenConcern:
    """Read what was answered to a concern, and log the reading. Raises `NotFound`."""
    seen = await visible_concern(unit, reference, by, rules.today(now))
    if seen is None:
        raise NotFound(what=reference)
    heard = (await asked.answers_to(unit, [seen.concern], by, rules.today(now)))[seen.concern.key]
    read = {"ids": ",".join(str(one.answer.key) for one in heard)} if heard else {}
    _note(unit, "answers read", ("concern", seen.concern.key), seen.concern, by, now, **read)
    return replace(seen, answers=tuple(heard))


async def answerable(unit: Unit, reference: str, *, ours: bool, by: Viewer, now: datetime, rules: Rules) -> SeenConcern:
    """The concern, if this person may answer it, or with `ours` add to it. Raises `NotFound`, `OwnConcern`, `NotYours`,
    and `WrongState` for one that was withdrawn."""
    seen = await visible_concern(unit, reference, by, rules.today(now))
    if seen is None:
        raise NotFound(what=reference)
    concern = seen.concern
    own = concern.organisation_id == by.organisation_id
    if own and not ours:
        raise OwnConcern(what=concern.reference)
    if ours and not own:
        raise NotYours(who="the organisation that raised it")
    if concern.state is ConcernState.WITHDRAWN:
        raise WrongState(what=f"Concern {concern.reference}", now=concern.state, wanted="added to")
    return seen


def readers_print(concern: Concern) -> str:
    """The print of who may read it, as far as somebody who answers it may know."""
    return f"{concern.audience} {concern.marking}"


async def give(unit: Unit, draft: AnswerDraft, *, by: Viewer, key: str, now: datetime, rules: Rules) -> ConcernAnswer:
    """Save an answer, and let the originator, or those who wait for it, know. The same `key` again changes nothing.

    Raises as `answerable` does, `GoneMeanwhile` for what can be read no more, `FormErrors`; and `LookAgain`, with
    nothing saved, when those who may read the concern are not those the form last spoke of.
    """
    await lock_concern(unit, draft.concern)
    if earlier := await asked.submitted_answer(unit, key):
        return earlier
    ours = draft.kind not in FROM_OTHERS
    try:
        seen = await answerable(unit, draft.concern, ours=ours, by=by, now=now, rules=rules)
    except NotFound:
        raise GoneMeanwhile(what=draft.concern) from None
    concern = seen.concern
    check_answer(draft, rules.today(now))
    if draft.kind is AnswerKind.RESOLVED and concern.state is ConcernState.CONCLUDED:
        raise WrongState(what=f"Concern {concern.reference}", now=concern.state, wanted="called resolved")
    kinds = check_identifiers({"text": draft.text}, vouched=draft.vouched)
    if draft.shown != readers_print(concern):
        raise LookAgain((), other_readers=True)
    asking = await _asking(unit, concern, by, now, rules) if ours else set()
    row = _row(draft, concern, by, key, now)
    unit.add(row)
    await unit.flush()
    kept = {f"{kind}_kept": count for kind, count in kinds.items()}
    _note(unit, "concern answered", ("answer", row.key), concern, by, now, concern=concern.key, **kept)
    await note_activity(unit, concern.key, now)
    await note_concern(unit, concern.key, now=now, rules=rules)
    about: dict[str, int | str] = {"answer": row.key}
    for person_id in sorted(asking - {by.person_id}):
        await tell(unit, Telling("answer.added", about, person_id=person_id), now)
    for person_id in [] if ours else await _originators(unit, concern, now, rules):
        await tell(unit, Telling("answer.given", about, person_id=person_id), now)
    return row


async def take_back(unit: Unit, answer_id: int, *, by: Viewer, now: datetime, rules: Rules) -> Concern:
    """Take back what one's own organisation answered: nobody reads it any more. A second time changes nothing.

    Raises `NotFound`, and `NotYours` for what another organisation said.
    """
    row = await asked.answer_whatever(unit, answer_id)
    seen = await visible_by_id(unit, row.concern_id, by, rules.today(now)) if row else None
    if row is None or seen is None:
        raise NotFound(what=answer_id)
    if row.organisation_id != by.organisation_id:
        await _readable(unit, answer_id, by, now, rules)
        raise NotYours(who="the organisation that said it")
    concern = seen.concern
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        unit.add(row)
        _note(unit, "answer taken back", ("answer", row.key), concern, by, now, concern=concern.key)
        await unit.flush()
        await note_concern(unit, concern.key, now=now, rules=rules)
        for person_id in await _originators(unit, concern, now, rules) if row.kind in FROM_OTHERS else []:
            await tell(unit, Telling("answer.taken_back", {"answer": row.key}, person_id=person_id), now)
    return concern


async def conclude(unit: Unit, answer_id: int, *, by: Viewer, now: datetime, rules: Rules) -> Concern:
    """Agree that a concern is resolved, as was proposed. A second time changes nothing.

    Raises `NotFound`, and `NotYours` for anybody but the organisation that raised it and the chair of its group.
    """
    seen, said = await _readable(unit, answer_id, by, now, rules)
    concern = seen.concern
    if said.answer.kind is not AnswerKind.RESOLVED:
        raise NotFound(what=answer_id)
    if not may_conclude(concern, by):
        raise NotYours(who="the organisation that raised it, or the chair of the group,")
    await lock_concern(unit, concern.reference)
    await unit.session.refresh(concern)
    if concern.state is not ConcernState.CONCLUDED:
        concern.state, concern.outcome = ConcernState.CONCLUDED, str(AnswerKind.RESOLVED)
        unit.add(concern)
        await unit.flush()
        _note(unit, "concern concluded", ("concern", concern.key), concern, by, now, answer=answer_id)
        await note_activity(unit, concern.key, now)
        for person_id in sorted({said.answer.by_id, concern.raised_by_id} - {by.person_id}):
            await tell(unit, Telling("answer.concluded", {"answer": answer_id}, person_id=person_id), now)
    return concern


def may_conclude(concern: Concern, viewer: Viewer) -> bool:
    """Whether this reader may agree that it is resolved: another organisation only proposes."""
    return concern.organisation_id == viewer.organisation_id or viewer.holds(concern.group_id, Role.CHAIR)


async def _readable(
    unit: Unit, answer_id: int, by: Viewer, now: datetime, rules: Rules
) -> tuple[SeenConcern, SeenAnswer]:
    found = await asked.visible_answer(unit, answer_id, by, rules.today(now))
    if found is None:
        raise NotFound(what=answer_id)
    return found


async def _asking(unit: Unit, concern: Concern, by: Viewer, now: datetime, rules: Rules) -> set[int]:
    """Those who wait for the originator to reply."""
    heard = await asked.answers_to(unit, [concern], by, rules.today(now))
    return {one.answer.by_id for one in heard[concern.key] if one.waits}


async def _originators(unit: Unit, concern: Concern, now: datetime, rules: Rules) -> list[int]:
    """Whoever raised it; and while they are away or gone, who stands in for them."""
    standing_in = await next_approver(unit, concern, set(), now, rules.today(now))
    return list(dict.fromkeys([concern.raised_by_id, standing_in or concern.raised_by_id]))


def _row(draft: AnswerDraft, concern: Concern, by: Viewer, key: str, now: datetime) -> ConcernAnswer:
    known = draft.grading
    return ConcernAnswer(
        submit_key=key,
        concern_id=concern.key,
        kind=draft.kind,
        handling=draft.handling,
        text=draft.text.strip(),
        event_on=known.event_on if known else None,
        reliability=known.reliability if known else None,
        directness=known.directness if known else None,
        lineage=known.lineage if known else None,
        by_id=by.person_id,
        organisation_id=by.organisation_id,
        at=now,
    )


def _note(
    unit: Unit, act: str, about: tuple[str, int], within: Concern, by: Viewer, now: datetime, **facts: int | str
) -> None:
    record(unit, act, by=by, now=now, subject=about, group_id=within.group_id, **facts)
