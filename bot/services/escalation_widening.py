"""Asking more under an escalation that has started: about another concern, of another organisation, or once more."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.domain.escalation import AWAITED, AddresseeState, EscalationState, Event, after
from bot.domain.escalation_changes import ChangeKind, more_urgent, sooner
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import Basis, ConcernState, Marking, Urgency
from bot.errors import FormErrors
from bot.services.escalating import MOST_ADDRESSEES, Target, about, address, addressable, check_addressees
from bot.services.escalation_changes import (
    CHOOSE,
    ChangeDraft,
    begin_change,
    facts_of,
    heard,
    identity,
    note_change,
    renew_grid,
)
from bot.services.keeping import note_activity
from bot.services.ladders import calendar_for, set_out
from bot.store import escalation_changes as asked
from bot.store import ladders as climbing
from bot.store.escalations import concerns_about, concerns_of, grid
from bot.store.handling import Recipient, lock_concern, share
from bot.store.outbox import Telling, tell
from bot.store.tables import Addressee, Concern, Escalation, EscalationChange
from bot.store.unit import Unit

NAMED_OTHERWISE = (
    "One of the two names your organisation and the other does not, so together they would give it away. "
    "Start a new escalation."
)


async def add_concern(
    unit: Unit, draft: ChangeDraft, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Escalation:
    """Let it be about another concern as well: everybody it addresses may read that, and those who were told hear so
    once. A more urgent one makes all of it more urgent. The same `key` again changes nothing.

    Raises `NotFound`, `NotYours`, `WrongState`, `PanelHeld`, `ChangedMeanwhile`, and `FormErrors`.
    """
    today = rules.today(now)
    await lock_concern(unit, "".join(draft.chosen))
    escalation, done = await begin_change(unit, draft, ChangeKind.WIDENED, by=by, key=key, today=today)
    if done:
        return escalation
    offered = {one.concern.reference: one.concern for one in await asked.addable(unit, escalation, by, today)}
    concern = offered.get("".join(draft.chosen))
    if concern is None:
        raise FormErrors({"concern": CHOOSE})
    lines = await live_lines(unit, escalation)
    wrong = await sharing_problem(unit, [concern], escalation, lines, by, rules)
    if not wrong and concern.organisation_id == by.organisation_id:
        named = names_origin(escalation, await concerns_about(unit, escalation.key))
        wrong = "" if named is concern.attributed else NAMED_OTHERWISE
    if wrong:
        raise FormErrors({"concern": wrong})
    change = await note_change(unit, escalation, ChangeKind.WIDENED, draft, concern.reference, by=by, key=key, now=now)
    await link(unit, escalation, [concern], by, now)
    await share_with(unit, [concern], lines, now)
    urgency = more_urgent([escalation.urgency, concern.urgency])
    if urgency is not escalation.urgency:
        await quicken(unit, escalation, urgency, lines, now=now, rules=rules)
    await tell_widened(unit, change, await heard(unit, lines, but=by), now)
    return escalation


async def address_late(
    unit: Unit, draft: ChangeDraft, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Escalation:
    """Ask more organisations, or groups; one that had been asked and withdrawn from is asked again. The same `key`
    again changes nothing. Raises as `add_concern` does."""
    today, kind_of_change = rules.today(now), ChangeKind.ADDRESSED
    escalation, done = await begin_change(unit, draft, kind_of_change, by=by, key=key, today=today)
    if done:
        return escalation
    kind = rules.policy.kind(escalation.kind)
    lines = {identity(line)[1]: line for line in await climbing.lines_of(unit, escalation.key, lock=True)}
    chosen = list(dict.fromkeys(int(one) for one in draft.chosen if one.isdecimal()))
    allowed = await addressable(unit, kind, by, escalation.group_id, today)
    live = {number for number, line in lines.items() if line.state is not AddresseeState.STOPPED}
    allowed = [one for one in allowed if one.key not in live]
    concerns = await shareable(unit, escalation, by, today)
    wrong = await check_addressees(unit, concerns, kind, chosen, allowed, by)
    if not concerns or wrong or len({*lines, *chosen}) > MOST_ADDRESSEES:
        raise FormErrors({"organisations": wrong or "None of these can be asked about it any more."})
    fresh = [number for number in chosen if number not in lines]
    added = await address(unit, escalation, kind, fresh, now=now, rules=rules, concerns=concerns)
    again = [lines[number] for number in chosen if number in lines]
    change = await note_lines(unit, escalation, kind_of_change, draft, [*added, *again], by=by, key=key, now=now)
    await ask_again(unit, escalation, again, concerns, now=now, rules=rules)
    await renew_grid(unit, escalation, change, now)
    await note_concerns(unit, concerns, now)
    return escalation


async def reopen(unit: Unit, draft: ChangeDraft, *, by: Viewer, key: str, now: datetime, rules: Rules) -> Escalation:
    """Ask again those who had answered, or had been withdrawn from; what they had answered is kept. One that was
    withdrawn as a whole is open again. The same `key` again changes nothing. Raises as `add_concern` does."""
    today = rules.today(now)
    escalation, done = await begin_change(unit, draft, ChangeKind.REOPENED, by=by, key=key, today=today)
    if done:
        return escalation
    lines = {str(line.key): line for line in await climbing.lines_of(unit, escalation.key, lock=True)}
    chosen = [lines[one] for one in dict.fromkeys(draft.chosen) if one in lines]
    withdrawn = escalation.state is EscalationState.WITHDRAWN
    if any(after(line.state, Event.REOPEN) is None for line in chosen) or not (chosen or withdrawn):
        raise FormErrors({"whom": CHOOSE})
    concerns = await shareable(unit, escalation, by, today)
    wrong = await sharing_problem(unit, concerns, escalation, chosen, by, rules)
    if wrong or not concerns:
        raise FormErrors({"whom": wrong or "None of its concerns can be shared any more, so nobody can be asked."})
    escalation.state, escalation.ended_at = EscalationState.OPEN, None
    unit.add(escalation)
    change = await note_lines(unit, escalation, ChangeKind.REOPENED, draft, chosen, by=by, key=key, now=now)
    await ask_again(unit, escalation, chosen, concerns, now=now, rules=rules)
    await renew_grid(unit, escalation, change, now)
    await note_concerns(unit, concerns, now)
    return escalation


async def ask_again(
    unit: Unit,
    escalation: Escalation,
    lines: Sequence[Addressee],
    concerns: Sequence[Concern],
    *,
    now: datetime,
    rules: Rules,
) -> None:
    """Each of these lines from its beginning: a new round, a ladder of today, the first person told now."""
    for line in lines:
        state = after(line.state, Event.REOPEN)
        answer = asked.kept_answer(line)
        if state is None:
            continue
        if answer:
            unit.add(answer)
        await asked.drop_unsent(unit, line)
        line.state, line.round = state, line.round + 1
        line.position, line.reminded, line.nudges = -1, True, 0
        line.acknowledged_at = line.acknowledged_by_id = line.responded_at = line.responded_by_id = None
        line.outcome, line.reason, line.by_on = "", "", None
        unit.add(line)
        await unit.flush()
        await climbing.take_down(unit, line.key)
    await share_with(unit, concerns, lines, now)
    await set_out(unit, escalation, lines, now=now, rules=rules)


async def note_lines(
    unit: Unit,
    escalation: Escalation,
    kind: ChangeKind,
    draft: ChangeDraft,
    lines: Sequence[Addressee],
    *,
    by: Viewer,
    key: str,
    now: datetime,
) -> EscalationChange:
    """Keep one change for each of these lines, or one for the whole where there are none; gives the first."""
    first = lines[0] if lines else None
    change = await note_change(unit, escalation, kind, draft, by=by, key=key, now=now, line=first)
    for number, line in enumerate(lines[1:], 1):
        await note_change(unit, escalation, kind, draft, by=by, key=f"{key}.{number}", now=now, line=line)
    return change


async def live_lines(unit: Unit, escalation: Escalation) -> list[Addressee]:
    """The lines that were not withdrawn from, answered or not; nobody else changes them until this unit ends."""
    lines = await climbing.lines_of(unit, escalation.key, lock=True)
    return [line for line in lines if line.state is not AddresseeState.STOPPED]


async def shareable(unit: Unit, escalation: Escalation, by: Viewer, today: date) -> list[Concern]:
    """Of its concerns, those this person may read and an organisation may be given: the others go to nobody new."""
    seen = [one.concern for one in await concerns_of(unit, escalation.key, by, today)]
    return [one for one in seen if one.state is not ConcernState.WITHDRAWN and one.marking is not Marking.RED]


async def sharing_problem(
    unit: Unit,
    concerns: Sequence[Concern],
    escalation: Escalation,
    lines: Sequence[Addressee],
    by: Viewer,
    rules: Rules,
) -> str:
    """What keeps these concerns from being shared with those whom these lines address; empty when nothing does."""
    if not lines:
        return ""
    names = {line.addressee.key: line.organisation for line in await grid(unit, lines[0].escalation_id)}
    targets = [Target(identity(line)[1], names[line.key]) for line in lines]
    keys = [target.key for target in targets]
    return await check_addressees(unit, concerns, rules.policy.kind(escalation.kind), keys, targets, by)


def names_origin(escalation: Escalation, concerns: Sequence[Concern]) -> bool:
    """Whether the organisation that asks is named: it is, unless one of these is its own and does not name it."""
    return all(one.attributed for one in concerns if one.organisation_id == escalation.organisation_id)


async def share_with(unit: Unit, concerns: Sequence[Concern], lines: Sequence[Addressee], now: datetime) -> None:
    """Let those whom these lines address read these concerns, each for the reason that such a line gives."""
    bodies: list[Recipient] = [(line.organisation_id, None) for line in lines if line.organisation_id]
    rungs = [await climbing.ladder(unit, line.key) for line in lines if line.group_id]
    officers: list[Recipient] = [(None, rung.person_id) for ladder in rungs for rung in ladder]
    for concern in concerns:
        for to, basis in ((bodies, Basis.ESCALATION), (officers, Basis.OFFICER)):
            if to:
                await share(unit, concern.key, to, basis, now)


async def link(unit: Unit, escalation: Escalation, concerns: Sequence[Concern], by: Viewer, now: datetime) -> None:
    """Let it be about these concerns as well, which are thereby acted on."""
    for concern in concerns:
        unit.add(about(escalation, concern, by, now))
        if concern.state is ConcernState.SUBMITTED:
            concern.state = ConcernState.CONSIDERED
            unit.add(concern)
    await unit.flush()
    await note_concerns(unit, concerns, now)


async def quicken(
    unit: Unit, escalation: Escalation, to: Urgency, lines: Sequence[Addressee], *, now: datetime, rules: Rules
) -> None:
    """Give it this urgency: whoever is waited for is asked again no later than was planned."""
    escalation.urgency = to
    pace = rules.policy.pace(escalation.kind, to)
    for line in (one for one in lines if one.state in AWAITED):
        calendar = await calendar_for(unit, line, escalation, rules)
        line.next_step_at = sooner(line.state, line.next_step_at, pace=pace, calendar=calendar, now=now)
        unit.add(line)
    unit.add(escalation)
    await unit.flush()


async def tell_widened(unit: Unit, change: EscalationChange, people: Sequence[int], now: datetime) -> None:
    """Those who were told hear once that it is about more now, and those who have answered whether that stands."""
    for person_id in people:
        await tell(unit, Telling("escalation_change.widened", facts_of(change), person_id=person_id), now)


async def note_concerns(unit: Unit, concerns: Sequence[Concern], now: datetime) -> None:
    """It was asked about anew, so their keeping begins again."""
    for concern in concerns:
        await note_activity(unit, concern.key, now, acted_on=True)
