"""After a panel: looking again at what it concluded, and a proposal to change a surveillance level, which the chair
decides [003 §121]."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.panel_record import check_identifiers, recall_day, review_errors
from bot.domain.panels import PanelState, ProposalState
from bot.domain.policy import Rules
from bot.domain.terms import Level, Role
from bot.errors import ChangedMeanwhile, FormErrors, NotFound, NotYours
from bot.services.concerns import first_to_hear
from bot.services.panel_record import noted, tasks_for
from bot.store import panel_record as asked
from bot.store.groups import StandingLevel, levels
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.panels import lock_panel
from bot.store.people import away, seated
from bot.store.proposals import Proposed, deciding_chairs, proposal_by_submission, proposal_for
from bot.store.tables import Escalation, LevelProposal, Panel, Person, SurveillanceLevel
from bot.store.unit import Unit

NO_PROVIDER = "This panel is not about one provider of the directory, so there is no level to change."


@dataclass(frozen=True)
class LevelDraft:
    """What somebody typed to propose a level."""

    panel: str
    level: Level
    reason: str
    vouched: bool = False


async def recall(unit: Unit, panel_id: int, *, now: datetime, rules: Rules) -> None:
    """Remind whoever convened it and the chair that a panel is to be looked at again; once for each day it is due."""
    panel = await unit.get(Panel, panel_id)
    if panel.state is not PanelState.HELD or panel.reviewed_at or panel.review_on is None:
        return
    today = rules.today(now)
    day = recall_day(panel.review_on, today, rules.calendar, rules.policy.panels)
    if day is None:
        return
    about: dict[str, int | str] = {"panel": panel.key}
    for person_id in await _reviewers(unit, panel, now, today):
        await tell(unit, Telling("panel_record.review", about, person_id=person_id, slot=day.isoformat()), now)


async def to_review(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Panel:
    """The panel, for the organisation that convened it and for the chair. Raises `NotFound` and `NotYours`."""
    panel = await asked.reviewable_panel(unit, reference, by, rules.today(now))
    if panel is None:
        raise NotFound(what=reference)
    escalation = await unit.get(Escalation, panel.escalation_id)
    if panel.organisation_id != by.organisation_id and not by.holds(escalation.group_id, Role.CHAIR):
        raise NotYours(who="the organisation that convened this panel, or the chair,")
    return panel


async def reviewed(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Panel:
    """Nothing more is to be done about it. A second time changes nothing. Raises as `to_review` does."""
    panel = await to_review(unit, reference, by=by, now=now, rules=rules)
    panel = await lock_panel(unit, panel.key)  # so that whoever is second reads that it was done
    if panel.reviewed_at is None:
        panel.reviewed_at = now
        unit.add(panel)
        await unit.flush()
        await noted(unit, panel, "panel reviewed", by, now)
    return panel


async def postpone(
    unit: Unit, reference: str, review_on: date, version: int, *, by: Viewer, now: datetime, rules: Rules
) -> Panel:
    """Look at it again on another day. The same day again changes nothing.

    Raises as `to_review` does, `FormErrors`, and `ChangedMeanwhile` for one changed since the form was opened.
    """
    panel = await to_review(unit, reference, by=by, now=now, rules=rules)
    if panel.reviewed_at or panel.version != version:
        if panel.review_on == review_on and not panel.reviewed_at:
            return panel
        raise ChangedMeanwhile(what=f"panel {panel.reference}")
    if errors := review_errors(review_on, rules.today(now), rules.calendar):
        raise FormErrors(errors)
    panel.review_on = review_on
    unit.add(panel)
    await unit.flush()
    await noted(unit, panel, "panel review moved", by, now)
    return panel


async def provider_of(unit: Unit, panel: Panel) -> int:
    """The provider whose level a panel may propose to change. Raises `FormErrors` if it is about none, or several."""
    providers = await asked.providers_of(unit, panel)
    if len(providers) != 1:
        raise FormErrors({"level": NO_PROVIDER})
    return providers[0]


async def propose_level(
    unit: Unit, draft: LevelDraft, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> LevelProposal:
    """Put a change of level to the group's chair. The same `key` again changes nothing.

    Raises `NotFound`, `NotYours`, `NotBegun`, `WrongState`, and `FormErrors` naming the field at fault.
    """
    if earlier := await proposal_by_submission(unit, key):
        return earlier
    panel, _ = await tasks_for(unit, draft.panel, by=by, now=now, rules=rules)
    provider_id = await provider_of(unit, panel)
    group_id = (await unit.get(Escalation, panel.escalation_id)).group_id
    chairs = await deciding_chairs(unit, group_id, provider_id, rules.today(now))
    standing = await levels(unit, group_ids=[group_id], provider_ids=[provider_id])
    _check_level(draft, standing, chairs)
    kinds = check_identifiers({"reason": draft.reason}, vouched=draft.vouched)
    row = LevelProposal(
        submit_key=key,
        group_id=group_id,
        provider_id=provider_id,
        level=draft.level,
        reason=draft.reason.strip(),
        panel_id=panel.key,
        proposed_by_id=by.person_id,
        proposed_at=now,
    )
    new = await unit.insert_once(row)
    proposal = await proposal_by_submission(unit, key) or row
    if new:
        await noted(unit, panel, "level proposed", by, now, proposal=proposal.key, kept=sum(kinds.values()))
        about: dict[str, int | str] = {"proposal": proposal.key}
        for chair in chairs:
            await tell(unit, Telling("panel_record.proposed", about, person_id=chair.key), now)
    return proposal


async def find_proposal(unit: Unit, key: int, *, by: Viewer, now: datetime, rules: Rules) -> Proposed:
    """A proposal, for whoever made it and for who decides it; the reading is logged. Raises `NotFound`."""
    found = await proposal_for(unit, key, by, rules.today(now))
    if found is None:
        raise NotFound(what="that proposal")
    _note(unit, found.proposal, "level proposal read", by, now)
    return found


async def decide_level(unit: Unit, key: int, *, agreed: bool, by: Viewer, now: datetime, rules: Rules) -> Proposed:
    """The chair agrees, and the level is so from now on; or declines. Decided once: later it changes nothing.

    Raises `NotFound`, and `NotYours` for anybody but the chair.
    """
    today = rules.today(now)
    found = await proposal_for(unit, key, by, today, lock=True)
    if found is None:
        raise NotFound(what="that proposal")
    proposal = found.proposal
    if not by.holds(proposal.group_id, Role.CHAIR):
        raise NotYours(who="the chair of the group")
    if proposal.state is not ProposalState.PROPOSED:
        return found
    proposal.state = ProposalState.AGREED if agreed else ProposalState.DECLINED
    proposal.decided_by_id, proposal.decided_at = by.person_id, now
    unit.add(proposal)
    if agreed:
        unit.add(_level(proposal, by, now))
    await unit.flush()
    _note(unit, proposal, f"level {proposal.state}", by, now)
    if proposal.proposed_by_id != by.person_id:
        about: dict[str, int | str] = {"proposal": proposal.key}
        await tell(unit, Telling("panel_record.decided", about, person_id=proposal.proposed_by_id), now)
    return await proposal_for(unit, key, by, today) or found


def _check_level(draft: LevelDraft, standing: Sequence[StandingLevel], chairs: Sequence[Person]) -> None:
    errors = {}
    if not draft.reason.strip():
        errors["reason"] = "Say why: the chair decides by it."
    if any(one.level.level is draft.level for one in standing):
        errors["level"] = "It has this level already."
    elif not chairs:
        errors["level"] = "The group has no chair who can decide this. Ask its secretariat."
    if errors:
        raise FormErrors(errors)


def _level(proposal: LevelProposal, by: Viewer, now: datetime) -> SurveillanceLevel:
    return SurveillanceLevel(
        group_id=proposal.group_id,
        provider_id=proposal.provider_id,
        level=proposal.level,
        reason=proposal.reason,
        decided_by_id=by.person_id,
        decided_at=now,
    )


async def _reviewers(unit: Unit, panel: Panel, now: datetime, today: date) -> list[int]:
    """Who convened it, or somebody of that organisation while they are away; and who chairs the group."""
    group_id = (await unit.get(Escalation, panel.escalation_id)).group_id
    convener = [panel.convened_by_id]
    if await away(unit, convener, now, today):
        convener = await first_to_hear(unit, group_id, [panel.organisation_id], now, today) or convener
    chairs = await seated(unit, group_id, today, Role.CHAIR)
    return list(dict.fromkeys([*convener, *(one.key for one in chairs)]))


def _note(unit: Unit, proposal: LevelProposal, act: str, by: Viewer, now: datetime) -> None:
    record(unit, act, by=by, now=now, subject=("proposal", proposal.key), group_id=proposal.group_id)
