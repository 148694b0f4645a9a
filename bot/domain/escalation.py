"""The emerging concerns protocol as rules: who may answer what, who is told next, and when.

An escalation addresses organisations; each is on its own clock: notified → acknowledged → responded. The ladder
of people is fixed when the escalation starts. The ladder and its times are local policy *(ours)*; the protocol
itself says only that holders of information tell the organisations that may hold more [000 4.26].
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.calendar import Clock, WorkingCalendar


class AddresseeState(StrEnum):
    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"
    RESPONDED = "responded"


class Outcome(StrEnum):
    """What an organisation may answer to an emerging concern."""

    HOLDS = "hold"
    HOLDS_NONE = "none"
    NEEDS_MORE = "more"
    WILL_JOIN = "join"


class RungRole(StrEnum):
    NOMINATED = "nominated person"
    DEPUTY = "deputy"
    REPRESENTATIVE = "representative"


@dataclass(frozen=True)
class Rung:
    position: int
    person_id: int
    role: RungRole


@dataclass(frozen=True)
class Nominee:
    """A line of the directory: who answers for an organisation, at which rung, for which category ("" is every)."""

    person_id: int
    rung: int
    category: str = ""


def build_ladder(
    nominees: Iterable[Nominee], representatives: Sequence[int], *, category: str, without: AbstractSet[int]
) -> list[Rung]:
    """The people to tell, in order: nominated for this category before nominated for all, then representatives.

    `without` are people who must not be told (the originator). Nobody stands on two rungs.
    """
    fit = sorted(
        (n for n in nominees if n.category in ("", category)),
        key=lambda n: (n.rung, n.category == ""),
    )
    order: dict[int, RungRole] = {}
    for nominee in fit:
        order.setdefault(nominee.person_id, RungRole.DEPUTY if nominee.rung else RungRole.NOMINATED)
    for person_id in representatives:
        order.setdefault(person_id, RungRole.REPRESENTATIVE)
    people = [(person, role) for person, role in order.items() if person not in without]
    return [Rung(position, person, role) for position, (person, role) in enumerate(people)]


class StepKind(StrEnum):
    """What to do next about one organisation."""

    TELL = "tell"
    REMIND = "remind"
    NOBODY = "nobody"
    CHASE = "chase"


@dataclass(frozen=True)
class Progress:
    """Where one organisation stands. `position` −1 means nobody has been told yet."""

    state: AddresseeState
    position: int = -1
    reminded: bool = True
    nudges: int = 0


@dataclass(frozen=True)
class Step:
    """One thing to do now, where that leaves the organisation, and when to look again."""

    kind: StepKind
    progress: Progress
    rung: Rung | None
    next_at: datetime


@dataclass(frozen=True)
class Pace:
    """How long an organisation has: to acknowledge, then to answer; and how often a silence is repeated."""

    acknowledge: Clock
    respond: Clock
    repeat: Clock


def next_step(
    at: Progress,
    ladder: Sequence[Rung],
    *,
    absent: AbstractSet[int],
    pace: Pace,
    calendar: WorkingCalendar,
    now: datetime,
) -> Step | None:
    """What is due at `now`; None once the organisation has responded.

    An absent person is passed over at once. Waiting time counts from when somebody was really told, so an outage
    shortens nobody's time.
    """
    if at.state is AddresseeState.RESPONDED:
        return None
    if at.state is AddresseeState.ACKNOWLEDGED:
        return Step(StepKind.CHASE, _nudged(at), None, calendar.after(now, pace.repeat))
    current = next((r for r in ladder if r.position == at.position), None)
    if current and not at.reminded and current.person_id not in absent:
        waits = calendar.after(now, pace.acknowledge.half())
        return Step(StepKind.REMIND, Progress(at.state, at.position, reminded=True), current, waits)
    following = next((r for r in ladder if r.position > at.position and r.person_id not in absent), None)
    if following:
        waits = calendar.after(now, pace.acknowledge.half())
        return Step(StepKind.TELL, Progress(at.state, following.position, reminded=False), following, waits)
    beyond = len(ladder)
    silent = Progress(at.state, beyond, reminded=True, nudges=at.nudges + 1)
    return Step(StepKind.NOBODY, silent, None, calendar.after(now, pace.repeat))


def _nudged(at: Progress) -> Progress:
    return Progress(at.state, at.position, at.reminded, at.nudges + 1)
