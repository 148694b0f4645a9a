"""By when an addressee is to acknowledge and to answer, as its own page says it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.calendar import WorkingCalendar
from bot.domain.escalation import AddresseeState, Pace, Progress


@dataclass(frozen=True)
class Due:
    """What is still due, as moments; None for what is done, or waits for the originator. `late`: the time is over."""

    acknowledge_by: datetime | None = None
    answer_by: datetime | None = None
    late: bool = False


def what_is_due(at: Progress, next_at: datetime | None, *, pace: Pace, calendar: WorkingCalendar) -> Due:
    """By when, from the moment `next_at` at which the clock looks again: it is that of the person told last, so that a
    deputy has as long as the nominated person had *(ours)*."""
    if next_at is None or at.state not in (AddresseeState.NOTIFIED, AddresseeState.ACKNOWLEDGED):
        return Due()
    if at.nudges:
        return Due(late=True)
    if at.state is AddresseeState.ACKNOWLEDGED:
        return Due(answer_by=next_at)
    acknowledge_by = next_at if at.reminded else calendar.after(next_at, pace.acknowledge.half())
    return Due(acknowledge_by, calendar.after(acknowledge_by, pace.respond))
