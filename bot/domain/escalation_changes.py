"""What may be changed about an escalation after its start *(ours)*, and what follows from it for whoever is waited for.

Only the organisation that started it makes these changes; each has a reason, and stays on record.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from bot.domain.calendar import Clock, WorkingCalendar
from bot.domain.escalation import AddresseeState, EscalationState, Pace
from bot.domain.terms import Urgency

REASON_LIMIT = 1000


class ChangeKind(StrEnum):
    """What was changed. Of a merger, `MERGED` stands with what ended and `ABSORBED` with what goes on."""

    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    MERGED = "merged"
    ABSORBED = "absorbed"
    WIDENED = "widened"
    ADDRESSED = "addressed"
    REOPENED = "reopened"


OPEN_TO = {
    EscalationState.OPEN: frozenset(ChangeKind),
    EscalationState.WITHDRAWN: frozenset({ChangeKind.REOPENED}),
    EscalationState.MERGED: frozenset[ChangeKind](),
}
"""What can be changed of an escalation that stands so. What was merged is changed where it went."""

AFTER_A_PANEL = frozenset({ChangeKind.WITHDRAWN, ChangeKind.STOPPED})
"""What can still be changed once a panel about it has been held: answers are then as the panel knew them."""

REOPENABLE = frozenset({AddresseeState.RESPONDED, AddresseeState.STOPPED})


def more_urgent(urgencies: Iterable[Urgency]) -> Urgency:
    """The most urgent of these: what several concerns together are asked with."""
    return max(urgencies, key=list(Urgency).index)


def sooner(
    state: AddresseeState, planned: datetime | None, *, pace: Pace, calendar: WorkingCalendar, now: datetime
) -> datetime:
    """When to look again at an addressee that is waited for, now that its escalation has this pace: never later than
    was `planned`."""
    waits: dict[AddresseeState, Clock] = {
        AddresseeState.NOTIFIED: pace.acknowledge.half(),
        AddresseeState.ACKNOWLEDGED: pace.respond,
        AddresseeState.ASKS: pace.repeat,
    }
    moment = calendar.after(now, waits[state])
    return min(moment, planned) if planned else moment
