"""Changing an escalation after its start: what can be changed, how each change is kept, and withdrawing.

Only the organisation that started it makes changes, with a reason. Each is saved once, and told once to those it
concerns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.escalation import AWAITED, AddresseeState, EscalationState
from bot.domain.escalation_changes import AFTER_A_PANEL, OPEN_TO, REASON_LIMIT, REOPENABLE, ChangeKind
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.errors import ChangedMeanwhile, FormErrors, NotFound, NotYours, PanelHeld, WrongState
from bot.services.escalating import Target, addressable, grid_of
from bot.services.ladders import stop
from bot.services.panel_times import cancel
from bot.store import escalation_changes as asked
from bot.store import ladders as climbing
from bot.store.concerns import SeenConcern
from bot.store.escalations import GridLine, grid, grids, panel_held
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.tables import Addressee, Escalation, EscalationChange
from bot.store.unit import Unit

WHO_MAY = "people of the organisation that started it"
CHOOSE = "Choose one from the list."


@dataclass(frozen=True)
class ChangeDraft:
    """What somebody typed into the form of a change. `chosen` are the numbers or references that were chosen in it;
    `follows` is the last change that the form knew of."""

    escalation: str
    reason: str
    chosen: tuple[str, ...] = ()
    follows: str = "0"


@dataclass(frozen=True)
class Possible:
    """What can be changed, and what there is to choose from: lines that are waited for, lines that can be asked again,
    escalations it can become part of, concerns to add, and whom else to ask."""

    escalation: Escalation
    follows: str
    kinds: frozenset[ChangeKind]
    awaited: list[GridLine]
    again: list[GridLine]
    into: list[tuple[Escalation, list[GridLine]]]
    concerns: list[SeenConcern]
    targets: list[Target]


async def possible(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Possible:
    """What this person can change now, of what the reference stands for. Raises `NotFound` and `NotYours`."""
    today = rules.today(now)
    escalation = check_ours(await asked.standing_for(unit, reference, by, today), reference, by)
    lines = await grid(unit, escalation.key)
    live = {identity(line.addressee)[1] for line in lines if line.addressee.state is not AddresseeState.STOPPED}
    kind = rules.policy.kind(escalation.kind)
    targets = await addressable(unit, kind, by, escalation.group_id, today)
    convened = await asked.panel_stands(unit, escalation.key)
    others = [] if convened else await asked.mergeable(unit, escalation, by, today)
    theirs = await grids(unit, [one.key for one in others])
    held = await panel_held(unit, escalation.key)
    return Possible(
        escalation,
        str(await asked.newest_change(unit, escalation.key)),
        OPEN_TO[escalation.state] & AFTER_A_PANEL if held else OPEN_TO[escalation.state],
        awaited=[line for line in lines if line.addressee.state in AWAITED],
        again=[line for line in lines if line.addressee.state in REOPENABLE],
        into=[(one, theirs[one.key]) for one in others],
        concerns=await asked.addable(unit, escalation, by, today),
        targets=[one for one in targets if one.key not in live],
    )


async def withdraw(unit: Unit, draft: ChangeDraft, *, by: Viewer, key: str, now: datetime, rules: Rules) -> Escalation:
    """End it for everybody: nobody is waited for any more, what was answered stays, and a panel to come is called off.
    The concerns stay with those who could read them. The same `key` again changes nothing.

    Raises `NotFound`, `NotYours`, `WrongState`, `ChangedMeanwhile`, and `FormErrors` without a reason.
    """
    escalation, done = await begin_change(unit, draft, ChangeKind.WITHDRAWN, by=by, key=key, today=rules.today(now))
    if done:
        return escalation
    change = await note_change(unit, escalation, ChangeKind.WITHDRAWN, draft, by=by, key=key, now=now)
    escalation.state, escalation.ended_at = EscalationState.WITHDRAWN, now
    unit.add(escalation)
    lines = await climbing.lines_of(unit, escalation.key, lock=True)
    answered = [line for line in lines if line.state is AddresseeState.RESPONDED]
    for line in lines:
        await stop(unit, escalation, line, now=now)
    for person_id in await heard(unit, answered, but=by):
        await tell(unit, Telling("escalation_change.over", facts_of(change), person_id=person_id), now)
    for panel in await asked.panels_to_come(unit, escalation.key):
        await cancel(unit, panel, draft.reason.strip(), by=by, now=now)
    await renew_grid(unit, escalation, change, now)
    return escalation


async def withdraw_from(
    unit: Unit, draft: ChangeDraft, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Escalation:
    """Wait no more for one addressee, while it goes on for the others. The same `key` again changes nothing.

    Raises as `withdraw` does, and `FormErrors` for an addressee that is not waited for.
    """
    escalation, done = await begin_change(unit, draft, ChangeKind.STOPPED, by=by, key=key, today=rules.today(now))
    if done:
        return escalation
    lines = await climbing.lines_of(unit, escalation.key, lock=True)
    line = next((one for one in lines if str(one.key) in draft.chosen and one.state in AWAITED), None)
    if line is None:
        raise FormErrors({"whom": CHOOSE})
    await note_change(unit, escalation, ChangeKind.STOPPED, draft, by=by, key=key, now=now, line=line)
    await stop(unit, escalation, line, now=now)
    return escalation


async def begin_change(
    unit: Unit, draft: ChangeDraft, kind: ChangeKind, *, by: Viewer, key: str, today: date, also: Sequence[str] = ()
) -> tuple[Escalation, bool]:
    """The escalation to change, which nobody else changes until this unit ends (nor those that are changed with it),
    and whether this very form has changed it already.

    Raises `NotFound`, `NotYours`, `ChangedMeanwhile`, `WrongState`, `PanelHeld`, and `FormErrors` for the reason.
    """
    found = await asked.to_change(unit, [draft.escalation, *also], by, today)
    escalation = check_ours(found.get(draft.escalation.strip().upper()), draft.escalation, by)
    if await asked.change_by_submission(unit, key):
        return escalation, True
    if draft.follows != str(await asked.newest_change(unit, escalation.key)):
        raise ChangedMeanwhile(what=f"escalation {escalation.reference}")
    if kind not in OPEN_TO[escalation.state]:
        raise WrongState(what=f"Escalation {escalation.reference}", now=escalation.state, wanted="changed")
    if kind not in AFTER_A_PANEL and await panel_held(unit, escalation.key):
        raise PanelHeld(what=escalation.reference)
    if not draft.reason.strip():
        raise FormErrors({"reason": "Say why: it is kept with the change."})
    if len(draft.reason.strip()) > REASON_LIMIT:
        raise FormErrors({"reason": f"At most {REASON_LIMIT} characters."})
    return escalation, False


def check_ours(escalation: Escalation | None, reference: str, by: Viewer) -> Escalation:
    """The escalation, if it is this person's organisation's. Raises `NotFound` and `NotYours`."""
    if escalation is None:
        raise NotFound(what=reference)
    if escalation.organisation_id != by.organisation_id:
        raise NotYours(who=WHO_MAY)
    return escalation


async def note_change(
    unit: Unit,
    escalation: Escalation,
    kind: ChangeKind,
    draft: ChangeDraft,
    about: str = "",
    *,
    by: Viewer,
    key: str,
    now: datetime,
    line: Addressee | None = None,
) -> EscalationChange:
    """Keep that it was changed, and note it in the journal. `about` is the reference of what was added or merged."""
    change = EscalationChange(
        submit_key=key,
        escalation_id=escalation.key,
        addressee_id=line.key if line else None,
        at=now,
        by_id=by.person_id,
        what=kind,
        reason=draft.reason.strip(),
        about=about,
    )
    unit.add(change)
    await unit.flush()
    subject = ("escalation", escalation.key)
    facts = {"change": change.key} | ({"addressee": line.key} if line else {})
    record(unit, f"escalation {kind}", by=by, now=now, subject=subject, group_id=escalation.group_id, **facts)
    return change


def facts_of(change: EscalationChange) -> dict[str, int | str]:
    """What a message about a change is about: so that it is told once, and destroyed with the escalation."""
    return {"escalation": change.escalation_id, "escalation_change": change.key}


async def heard(unit: Unit, lines: Sequence[Addressee], *, but: Viewer) -> list[int]:
    """Everybody who was told for one of these lines, or answered for it; not who makes the change."""
    found: dict[int, None] = {}
    for line in lines:
        found |= dict.fromkeys(await climbing.people_told(unit, line))
        found |= {line.responded_by_id: None} if line.responded_by_id else {}
    return [person_id for person_id in found if person_id != but.person_id]


async def renew_grid(unit: Unit, escalation: Escalation, change: EscalationChange, now: datetime) -> None:
    """Bring the originator's grid up to date, in place, after a change to the whole."""
    about: dict[str, int | str] = {"escalation": escalation.key}
    first = grid_of(escalation).once
    to, slot = escalation.raised_by_id, f"change.{change.key}"
    await tell(unit, Telling("escalation.grid", about, person_id=to, slot=slot, edits=first), now)


def identity(line: Addressee) -> tuple[bool, int]:
    """Whom a line addresses: whether it is a group, and its number."""
    return line.group_id is not None, line.group_id or line.organisation_id or 0
