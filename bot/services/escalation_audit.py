"""Looking after the clock itself: whether everybody who is waited for has a next step, and putting it right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.escalation import EscalationState, Fault, Pace, fault
from bot.domain.kinds import DRILL
from bot.domain.policy import Rules
from bot.domain.terms import Role, Urgency
from bot.services.ladders import calendar_for
from bot.services.routing import calendar_of
from bot.store.escalation_audit import Bounds, line_to_check, own_hours, suspects
from bot.store.journal import record
from bot.store.ladders import progress_of
from bot.store.outbox import Telling, tell
from bot.store.people import seated
from bot.store.tables import Addressee, Escalation
from bot.store.unit import Unit

# The chase looks every quarter of a minute. What it has not taken after sixty looks it is not going to take. (ours)
CHANCE = timedelta(minutes=15)


@dataclass(frozen=True)
class Findings:
    """What one pass found: lines to be put right, by their group, and how many the chase should have taken by now."""

    wrong: dict[int, list[int]]
    late: int

    @property
    def clean(self) -> bool:
        return not self.wrong and not self.late


async def examine(unit: Unit, *, now: datetime, rules: Rules) -> Findings:
    """Look at the next steps of all escalations, a batch of each fault at a time."""
    found = await suspects(unit, await bounds_at(unit, now, rules))
    wrong: dict[int, list[int]] = {}
    for kind in (Fault.MISSING, Fault.FAR, Fault.NEEDLESS):
        for group_id, key in found[kind]:
            wrong.setdefault(group_id, []).append(key)
    return Findings(wrong, len(found[Fault.LATE]))


async def put_right(unit: Unit, group_id: int, keys: Sequence[int], *, now: datetime, rules: Rules) -> int:
    """Give these lines of one group the next step they should have, and tell its secretariat, once; how many were
    wrong still. A step that was missing is due at once; one too far away is brought near; one that nobody waits for
    goes."""
    bounds = await bounds_at(unit, now, rules)
    repaired = [one for key in keys if (one := await _repair(unit, key, bounds, now, rules))]
    real = [line.key for line, escalation in repaired if escalation.kind != DRILL]
    if real:
        await _tell(unit, group_id, real, now, rules.today(now))
    return len(repaired)


async def bounds_at(unit: Unit, now: datetime, rules: Rules) -> Bounds:
    """Between which moments next steps may lie now, whichever organisation's hours they are counted by. Clocks of
    several replicas may differ a little."""
    latest = now + CHANCE
    calendars = {rules.calendar, *(calendar_of(one, rules) for one in await own_hours(unit))}

    def furthest(paces: Iterable[Pace]) -> datetime:
        return max(pace.furthest(calendar, latest) for pace in paces for calendar in calendars)

    policy = rules.policy
    own = {(key, urgency): pace for key, kind in policy.kinds.items() for urgency, pace in kind.paces.items()}
    own |= {(DRILL, urgency): policy.drill for urgency in Urgency}
    return Bounds(
        now - CHANCE,
        {urgency: furthest([policy.paces[urgency]]) for urgency in Urgency},
        {which: furthest([pace]) for which, pace in own.items()},
    )


async def _repair(
    unit: Unit, key: int, bounds: Bounds, now: datetime, rules: Rules
) -> tuple[Addressee, Escalation] | None:
    found = await line_to_check(unit, key)
    if found is None:
        return None
    line, escalation = found
    is_open, furthest = escalation.state is EscalationState.OPEN, bounds.furthest_of(escalation)
    what = fault(line.state, is_open=is_open, next_at=line.next_step_at, furthest=furthest, oldest=bounds.oldest)
    if what is None or what is Fault.LATE:
        return None
    line.next_step_at = await _better(unit, what, line, escalation, now, rules)
    unit.add(line)
    facts = ("addressee", line.key)
    record(unit, "escalation put right", by=None, now=now, subject=facts, group_id=escalation.group_id, was=what)
    return found


async def _better(
    unit: Unit, what: Fault, line: Addressee, escalation: Escalation, now: datetime, rules: Rules
) -> datetime | None:
    if what is Fault.NEEDLESS:
        return None
    if what is Fault.MISSING:
        return now
    calendar = await calendar_for(unit, line, escalation, rules)
    return calendar.after(now, rules.policy.pace(escalation.kind, escalation.urgency).running(progress_of(line)))


async def _tell(unit: Unit, group_id: int, keys: Sequence[int], now: datetime, today: date) -> None:
    """Word to the group's secretariat, or its chair while it has none."""
    people = await seated(unit, group_id, today, Role.SECRETARIAT) or await seated(unit, group_id, today, Role.CHAIR)
    beside = {"lines": " ".join(map(str, keys))}
    for person in people:
        about: dict[str, int | str] = {"group": group_id}
        slot = now.isoformat()
        await tell(unit, Telling("escalation.repaired", about, person_id=person.key, slot=slot, beside=beside), now)
