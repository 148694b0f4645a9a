"""Making one escalation part of another, so that nobody is asked the same thing twice, and nothing is lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.escalation import AWAITED, AddresseeState, EscalationState, Event, after
from bot.domain.escalation_changes import ChangeKind, more_urgent
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.errors import FormErrors, PanelHeld
from bot.services.escalating import MOST_ADDRESSEES
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
from bot.services.escalation_widening import (
    NAMED_OTHERWISE,
    link,
    names_origin,
    quicken,
    share_with,
    shareable,
    sharing_problem,
    tell_widened,
)
from bot.store import escalation_changes as asked
from bot.store import ladders as climbing
from bot.store.escalations import concerns_about, name_of, panel_held
from bot.store.outbox import Telling, tell
from bot.store.tables import Addressee, Concern, Escalation, PastAnswer
from bot.store.unit import Unit

CONVENED = "A panel has been convened about the one you are changing. Merge the other one into it instead."


class Lines:
    """The lines of both: those that `move`; those that both have, as the one that ends and the one that stands; and the
    `others`, which only the one that goes on has. What was withdrawn from an addressee stays where it was.

    `renamed` are the lines of everybody who knows it by another reference from now on.
    """

    def __init__(self, source: Sequence[Addressee], target: Sequence[Addressee]) -> None:
        stands = {identity(line): line for line in target}
        live = {identity(line): line for line in source if line.state is not AddresseeState.STOPPED}
        going_on = {who: line for who, line in stands.items() if line.state is not AddresseeState.STOPPED}
        self.count = len({*stands, *live})
        self.move = [line for who, line in live.items() if who not in stands]
        self.both = [(line, stands[identity(line)]) for line in source if identity(line) in stands]
        self.others = [line for who, line in going_on.items() if who not in live]
        self.renamed = [*live.values(), *(line for who, line in going_on.items() if who in live)]


@dataclass(frozen=True)
class Merger:
    """The one that ends and the one that goes on, their lines, and the concerns of each that can be shared further."""

    source: Escalation
    target: Escalation
    lines: Lines
    brought: list[Concern]
    found: list[Concern]


async def merge(unit: Unit, draft: ChangeDraft, *, by: Viewer, key: str, now: datetime, rules: Rules) -> Escalation:
    """Let one escalation be part of another from now on. Its concerns and addressees go along, with where each stands;
    whom both address has one line, and no answer is lost. Whoever was told hears once that the two are one. The same
    `key` again changes nothing.

    Raises `NotFound`, `NotYours`, `WrongState`, `PanelHeld`, `ChangedMeanwhile`, and `FormErrors`.
    """
    today, into = rules.today(now), "".join(draft.chosen)
    source, done = await begin_change(unit, draft, ChangeKind.MERGED, by=by, key=key, today=today, also=[into])
    if done:
        return source
    target = {one.reference: one for one in await asked.mergeable(unit, source, by, today)}.get(into)
    if target is None:
        raise FormErrors({"into": CHOOSE})
    lines = [await climbing.lines_of(unit, one.key, lock=True) for one in (source, target)]
    concerns = [await shareable(unit, one, by, today) for one in (source, target)]
    both = Merger(source, target, Lines(*lines), *concerns)
    wrong = await _problem(unit, both, by, rules)
    if wrong:
        raise FormErrors({"into": wrong})
    await _put_together(unit, both, draft, by=by, key=key, now=now, rules=rules)
    return source


async def _problem(unit: Unit, both: Merger, by: Viewer, rules: Rules) -> str:
    """What keeps the two apart, as one sentence; empty when nothing does. Raises `PanelHeld` of the one to go on."""
    source, target, lines = both.source, both.target, both.lines
    if await panel_held(unit, target.key):
        raise PanelHeld(what=target.reference)
    if await asked.panel_stands(unit, source.key):
        return CONVENED
    if lines.count > MOST_ADDRESSEES:
        return f"Together they would ask more than {MOST_ADDRESSEES}."
    for line, stands in lines.both:
        if line.state in AWAITED and stands.state is AddresseeState.STOPPED:
            name = await name_of(unit, line)
            return f"{target.reference} is withdrawn from {name}, whom this one still asks. Ask them again there first."
    named = {names_origin(source, await concerns_about(unit, one.key)) for one in (source, target)}
    if len(named) > 1:
        return NAMED_OTHERWISE
    further = ((both.brought, lines.others), (both.found, lines.move))
    problems = [await sharing_problem(unit, concerns, source, to, by, rules) for concerns, to in further]
    return next(filter(None, problems), "")


async def _put_together(
    unit: Unit, both: Merger, draft: ChangeDraft, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> None:
    source, target, lines = both.source, both.target, both.lines
    ended = await note_change(unit, source, ChangeKind.MERGED, draft, target.reference, by=by, key=key, now=now)
    key = f"{key}.into"
    change = await note_change(unit, target, ChangeKind.ABSORBED, draft, source.reference, by=by, key=key, now=now)
    people = await heard(unit, lines.renamed, but=by)
    others = [one for one in await heard(unit, lines.others, but=by) if one not in people]
    known = {concern.key for concern in await concerns_about(unit, target.key)}
    new = [one for one in await concerns_about(unit, source.key) if one.key not in known]
    await link(unit, target, new, by, now)
    await share_with(unit, both.brought, lines.others, now)
    await share_with(unit, both.found, lines.move, now)
    await _join(unit, both, now=now, rules=rules)
    for person_id in people:
        await tell(unit, Telling("escalation_change.merged", facts_of(change), person_id=person_id), now)
    await tell_widened(unit, change, others if new else [], now)
    await renew_grid(unit, source, ended, now)
    await renew_grid(unit, target, change, now)


async def _join(unit: Unit, both: Merger, *, now: datetime, rules: Rules) -> None:
    """End the one, and let its lines go on in the other."""
    source, target = both.source, both.target
    source.state, source.merged_into_id, source.ended_at = EscalationState.MERGED, target.key, now
    await asked.redirect(unit, source, target)
    for line in both.lines.move:
        line.escalation_id = target.key
    for line, stands in both.lines.both:
        await asked.hand_over(unit, line, stands)
        past = _take_over(line, stands)
        if past:
            unit.add(past)
    unit.add(source)
    await unit.flush()
    if source.urgency is not target.urgency:
        lines = await climbing.lines_of(unit, target.key)
        await quicken(unit, target, more_urgent([source.urgency, target.urgency]), lines, now=now, rules=rules)


def _take_over(line: Addressee, stands: Addressee) -> PastAnswer | None:
    """One line for who has two: what stands goes on, with the answer of the other where it has none, or with the
    question that the other waits with. An answer beside another is kept as one of the past, and given back."""
    past = None
    if line.state is AddresseeState.RESPONDED and stands.responded_at:
        past = asked.kept_answer(line)
    elif line.state is AddresseeState.RESPONDED:
        stands.state, stands.next_step_at, stands.nudges = line.state, None, 0
        stands.outcome, stands.reason, stands.by_on = line.outcome, line.reason, line.by_on
        stands.responded_at, stands.responded_by_id = line.responded_at, line.responded_by_id
        _acknowledge(line, stands)
    elif line.state is AddresseeState.ASKS and stands.state in AWAITED:
        stands.state, stands.next_step_at = line.state, line.next_step_at
        stands.nudges = max(line.nudges, stands.nudges)
        _acknowledge(line, stands)
    state = after(line.state, Event.STOP)
    if state:
        line.state, line.next_step_at = state, None
    if past:
        past.addressee_id = stands.key
    return past


def _acknowledge(line: Addressee, stands: Addressee) -> None:
    if stands.acknowledged_at is None:
        stands.acknowledged_at, stands.acknowledged_by_id = line.acknowledged_at, line.acknowledged_by_id
