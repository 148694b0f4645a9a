"""Proposals to change a surveillance level: any member makes one, the chair decides it once [003 §121]. What a panel
proposes goes the same way, and so does what several organisations say together, which the assistant proposes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.panel_record import check_identifiers
from bot.domain.panels import ProposalState
from bot.domain.policy import Rules
from bot.domain.surveillance import MUST, TO, finder_errors
from bot.domain.terms import Level, Role
from bot.errors import FormErrors, NotFound, NotYours
from bot.services.surveillance import LevelChange, NamedAction, check_words, entry_of, finder_fault, set_level
from bot.store.concerns import SeenConcern
from bot.store.firings import set_aside
from bot.store.journal import record, record_shown
from bot.store.outbox import Telling, tell
from bot.store.proposals import (
    CONCERN,
    Proposed,
    deciding_chairs,
    evidence_for,
    proposal_by_submission,
    proposal_for,
    readable,
)
from bot.store.surveillance import is_over, standing_level
from bot.store.tables import LevelProposal, Provider
from bot.store.unit import Unit


@dataclass(frozen=True)
class Wish:
    """What somebody typed to propose a level. `evidence` are the numbers of concerns that they may read."""

    level: Level
    reason: str
    evidence: tuple[int, ...] = ()
    find_out_id: int | None = None
    find_out_by: date | None = None
    vouched: bool = False


@dataclass(frozen=True)
class ProposalDraft:
    """A level wished for a provider in a group; `panel_id` is the panel it comes from."""

    group_id: int
    provider_id: int
    wish: Wish
    panel_id: int | None = None


@dataclass(frozen=True)
class Verdict:
    """What the chair says to a proposal: a level, which may be another than the one proposed, or None to decline."""

    level: Level | None
    reason: str
    find_out_id: int | None = None
    find_out_by: date | None = None
    task: NamedAction | None = None
    overridden: bool = False
    vouched: bool = False


async def propose(
    unit: Unit, draft: ProposalDraft, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> LevelProposal:
    """Put a change of level to the group's chair. The same `key` again changes nothing. The caller has checked that
    `by` may propose it.

    Raises `NotFound`, and `FormErrors` naming `level`, `reason`, `evidence`, `find_out` or `find_out_by`.
    """
    if earlier := await proposal_by_submission(unit, key):
        return earlier
    today = rules.today(now)
    provider = await entry_of(unit, draft.group_id, draft.provider_id, today)
    chairs = await deciding_chairs(unit, draft.group_id, provider.key, today)
    if errors := await _errors(unit, draft, provider, by, today, decided=bool(chairs)):
        raise FormErrors(errors)
    kinds = check_identifiers({"reason": draft.wish.reason}, vouched=draft.wish.vouched)
    finder = MUST[draft.wish.level].finder
    row = LevelProposal(
        submit_key=key,
        group_id=draft.group_id,
        provider_id=provider.key,
        level=draft.wish.level,
        reason=draft.wish.reason.strip(),
        panel_id=draft.panel_id,
        proposed_by_id=by.person_id,
        proposed_at=now,
        evidence=[{"kind": CONCERN, "id": one} for one in draft.wish.evidence] or None,
        find_out_id=draft.wish.find_out_id if finder else None,
        find_out_by=draft.wish.find_out_by if finder else None,
    )
    new = await unit.insert_once(row)
    proposal = await proposal_by_submission(unit, key) or row
    if new:
        _note(unit, proposal, "level proposed", by, now, kept=sum(kinds.values()))
        about: dict[str, int | str] = {"proposal": proposal.key}
        for chair in chairs:
            await tell(unit, Telling("surveillance.proposed", about, person_id=chair.key), now)
    return proposal


async def propose_unasked(
    unit: Unit,
    group_id: int,
    provider: Provider,
    level: Level,
    *,
    evidence: Sequence[int],
    key: str,
    now: datetime,
    rules: Rules,
) -> int:
    """The assistant puts a level to the group's chair, resting on these concerns, all of which its channel may be
    shown; nobody typed a reason. Gives the proposal's number. The caller sees to it that `key` is new."""
    row = LevelProposal(
        submit_key=key,
        group_id=group_id,
        provider_id=provider.key,
        level=level,
        reason="",
        proposed_at=now,
        evidence=[{"kind": CONCERN, "id": one} for one in evidence],
    )
    unit.add(row)
    await unit.flush()
    record(unit, "level proposed", by=None, now=now, subject=("proposal", row.key), group_id=group_id)
    about: dict[str, int | str] = {"proposal": row.key}
    for chair in await deciding_chairs(unit, group_id, provider.key, rules.today(now)):
        await tell(unit, Telling("surveillance.proposed", about, person_id=chair.key), now)
    return row.key


async def open_proposal(
    unit: Unit, key: int, *, by: Viewer, now: datetime, rules: Rules
) -> tuple[Proposed, list[SeenConcern]]:
    """A proposal for somebody who may read it, with what they may read of its evidence; the reading is logged.

    Raises `NotFound`.
    """
    today = rules.today(now)
    found = await proposal_for(unit, key, by, today)
    if found is None:
        raise NotFound(what="that proposal")
    evidence = await evidence_for(unit, [found.proposal], by, today)
    _note(unit, found.proposal, "level proposal read", by, now)
    record_shown(unit, "shown", [one.concern for one in evidence], by=by, now=now, where="surveillance.proposal")
    return found, evidence


async def to_decide(unit: Unit, key: int, *, by: Viewer, now: datetime, rules: Rules, lock: bool = False) -> Proposed:
    """A proposal for the chair, decided or not. Raises `NotFound`, and `NotYours` for anybody else."""
    found = await proposal_for(unit, key, by, rules.today(now), lock=lock)
    if found is None:
        raise NotFound(what="that proposal")
    if not by.holds(found.proposal.group_id, Role.CHAIR):
        raise NotYours(who="the chair of the group")
    return found


async def decide(unit: Unit, key: int, verdict: Verdict, *, by: Viewer, now: datetime, rules: Rules) -> None:
    """The chair agrees, and the level is so from now on; sets another; or declines. Decided once: later it changes
    nothing. Raises as `to_decide` and `set_level` do, and `FormErrors` naming `answer` for no reason."""
    proposal = (await to_decide(unit, key, by=by, now=now, rules=rules, lock=True)).proposal
    if proposal.state is not ProposalState.PROPOSED:
        return
    if verdict.level is None:
        if not verdict.reason.strip():
            raise FormErrors({"answer": "Say why: whoever proposed it reads it."})
        check_identifiers({"answer": verdict.reason}, vouched=verdict.vouched)
    else:
        proposal.provider_id = await _set(unit, proposal, verdict, verdict.level, by=by, now=now, rules=rules)
    agreed = verdict.level is proposal.level
    proposal.state = ProposalState.AGREED if agreed else ProposalState.DECLINED
    proposal.decided_by_id, proposal.decided_at, proposal.answer = by.person_id, now, verdict.reason.strip()
    unit.add(proposal)
    await unit.flush()
    _note(unit, proposal, f"level {proposal.state}", by, now)
    if proposal.proposed_by_id is None:
        if verdict.level is None:
            await set_aside(unit, proposal.key, by.person_id, now)
    elif proposal.proposed_by_id != by.person_id:
        about: dict[str, int | str] = {"proposal": proposal.key}
        await tell(unit, Telling("surveillance.decided", about, person_id=proposal.proposed_by_id), now)


async def move_to_successor(unit: Unit, key: int, *, now: datetime, rules: Rules) -> None:
    """A proposal about a provider that has become another is about that one from now on; those concerned are told."""
    proposal = await unit.get(LevelProposal, key, lock=True)
    today = rules.today(now)
    was = proposal.provider_id
    heir = await entry_of(unit, proposal.group_id, was, today)
    if proposal.state is not ProposalState.PROPOSED or heir.key == was:
        return
    proposal.provider_id = heir.key
    unit.add(proposal)
    await unit.flush()
    record(
        unit,
        "level proposal moved",
        by=None,
        now=now,
        subject=("proposal", key),
        group_id=proposal.group_id,
        was=was,
        provider=heir.key,
    )
    about: dict[str, int | str] = {"proposal": key, "was": was}
    chairs = await deciding_chairs(unit, proposal.group_id, heir.key, today)
    for person_id in dict.fromkeys([proposal.proposed_by_id, *(one.key for one in chairs)]):
        if person_id is None:  # the assistant's own
            continue
        await tell(unit, Telling("surveillance.moved", about, person_id=person_id), now)


async def _set(
    unit: Unit, proposal: LevelProposal, verdict: Verdict, level: Level, *, by: Viewer, now: datetime, rules: Rules
) -> int:
    """Set the level; gives the number of the provider it was set for."""
    change = LevelChange(
        proposal.group_id,
        proposal.provider_id,
        level,
        verdict.reason,
        find_out_id=verdict.find_out_id,
        find_out_by=verdict.find_out_by,
        task=verdict.task,
        overridden=verdict.overridden,
    )
    check_words(change, vouched=verdict.vouched)
    return (await set_level(unit, change, by=by, now=now, rules=rules)).provider_id


async def _errors(
    unit: Unit, draft: ProposalDraft, provider: Provider, by: Viewer, today: date, *, decided: bool
) -> dict[str, str]:
    standing = await standing_level(unit, draft.group_id, provider.key)
    wish, errors = draft.wish, {}
    if is_over(provider, today):
        errors["level"] = "This provider has ended, and nothing says what it became. Ask the secretariat."
    elif wish.level not in TO[standing.level if standing else None]:
        errors["level"] = "It has this level already."
    elif not decided:
        errors["level"] = "The group has no chair who can decide this. Ask its secretariat."
    if not wish.reason.strip():
        errors["reason"] = "Say why: the chair decides by it."
    if MUST[wish.level].finder:
        errors |= finder_errors(
            find_out=wish.find_out_id is not None, find_out_by=wish.find_out_by, today=today
        ) | await finder_fault(unit, draft.group_id, provider.key, wish.find_out_id, today)
    if len(await readable(unit, wish.evidence, by, today)) < len(set(wish.evidence)):
        errors["evidence"] = "One of these was withdrawn, or you can no longer read it. Choose again."
    return errors


def _note(unit: Unit, proposal: LevelProposal, act: str, by: Viewer, now: datetime, **facts: int) -> None:
    record(unit, act, by=by, now=now, subject=("proposal", proposal.key), group_id=proposal.group_id, **facts)
