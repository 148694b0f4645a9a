"""Escalations as rules: who may do what next, who is told next, and when.

An escalation addresses organisations or groups; each is on its own clock, by `TRANSITIONS`. The ladder of people and
its times are local policy *(ours)*; the protocol itself says only that holders of information tell the organisations
that may hold more [000 4.26].
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.calendar import Clock, WorkingCalendar
from bot.domain.routing import same_words


class EscalationState(StrEnum):
    """Where a whole escalation stands; what each addressee still owes is its own."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class AddresseeState(StrEnum):
    """Where one addressee stands. `ASKS` is: it needs to know more before it can answer."""

    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"
    RESPONDED = "responded"
    ASKS = "asks"
    STOPPED = "stopped"


class Event(StrEnum):
    """What can happen to one addressee."""

    ACKNOWLEDGE = "acknowledge"
    ASK = "ask"
    REPLY = "reply"
    RESPOND = "respond"
    STOP = "stop"
    REOPEN = "reopen"
    SUCCEED = "succeed"


_A, _E = AddresseeState, Event
TRANSITIONS: dict[tuple[AddresseeState, Event], AddresseeState] = {
    (_A.NOTIFIED, _E.ACKNOWLEDGE): _A.ACKNOWLEDGED,
    (_A.NOTIFIED, _E.ASK): _A.ASKS,
    (_A.ACKNOWLEDGED, _E.ASK): _A.ASKS,
    (_A.ASKS, _E.ASK): _A.ASKS,
    (_A.ASKS, _E.REPLY): _A.ACKNOWLEDGED,
    (_A.NOTIFIED, _E.RESPOND): _A.RESPONDED,
    (_A.ACKNOWLEDGED, _E.RESPOND): _A.RESPONDED,
    (_A.ASKS, _E.RESPOND): _A.RESPONDED,
    (_A.RESPONDED, _E.RESPOND): _A.RESPONDED,
    (_A.NOTIFIED, _E.STOP): _A.STOPPED,
    (_A.ACKNOWLEDGED, _E.STOP): _A.STOPPED,
    (_A.ASKS, _E.STOP): _A.STOPPED,
    (_A.RESPONDED, _E.REOPEN): _A.NOTIFIED,
    (_A.STOPPED, _E.REOPEN): _A.NOTIFIED,
    (_A.NOTIFIED, _E.SUCCEED): _A.NOTIFIED,
    (_A.ACKNOWLEDGED, _E.SUCCEED): _A.NOTIFIED,
    (_A.ASKS, _E.SUCCEED): _A.NOTIFIED,
}
"""What follows what; anything else is refused. To respond again changes the answer, and its history is kept. Whoever
takes the place of an organisation that has ended has yet to be told."""

AWAITED = frozenset({AddresseeState.NOTIFIED, AddresseeState.ACKNOWLEDGED, AddresseeState.ASKS})
"""An answer is still to come, so that there must be a next step in the future."""


def after(state: AddresseeState, event: Event) -> AddresseeState | None:
    """The state that follows; None if that cannot happen now."""
    return TRANSITIONS.get((state, event))


class RungRole(StrEnum):
    NOMINATED = "nominated person"
    DEPUTY = "deputy"
    REPRESENTATIVE = "representative"
    SECRETARIAT = "secretariat"
    CHAIR = "chair"


@dataclass(frozen=True)
class Rung:
    position: int
    person_id: int
    role: RungRole


@dataclass(frozen=True)
class Nominee:
    """A line of the directory: who answers for an organisation, at which rung, for which category and which region
    ("" is every)."""

    person_id: int
    rung: int
    category: str = ""
    region: str = ""

    def answers(self, category: str, region: str) -> bool:
        """Whether they are nominated for this; a region that is not known is nobody's in particular."""
        return self.category in ("", category) and (not self.region or same_words(self.region, region))


def build_ladder(
    nominees: Iterable[Nominee],
    representatives: Sequence[int],
    *,
    category: str,
    region: str = "",
    without: AbstractSet[int],
) -> list[Rung]:
    """The people to tell, in order: nominated for this category in this region, for the category, for the region, for
    all; among these by rung; then representatives *(ours)*.

    `without` are people who must not be told (the originator). Nobody stands on two rungs.
    """
    fit = sorted(
        (n for n in nominees if n.answers(category, region)),
        key=lambda n: (not n.category, not n.region, n.rung),
    )
    order: dict[int, RungRole] = {}
    for nominee in fit:
        order.setdefault(nominee.person_id, RungRole.DEPUTY if nominee.rung else RungRole.NOMINATED)
    for person_id in representatives:
        order.setdefault(person_id, RungRole.REPRESENTATIVE)
    people = [(person, role) for person, role in order.items() if person not in without]
    return [Rung(position, person, role) for position, (person, role) in enumerate(people)]


def officers_ladder(secretariat: Sequence[int], chairs: Sequence[int], *, without: AbstractSet[int]) -> list[Rung]:
    """The people to tell of a group that is addressed: its secretariat, then its chair [003 §25–26, §88]."""
    order = dict.fromkeys(chairs, RungRole.CHAIR)
    people = [(p, RungRole.SECRETARIAT) for p in secretariat] + [p for p in order.items() if p[0] not in secretariat]
    return [Rung(at, person, role) for at, (person, role) in enumerate(p for p in people if p[0] not in without)]


def renewed(ladder: Sequence[Rung], position: int, wanted: Sequence[Rung]) -> list[Rung]:
    """A ladder after a change of the directory: rungs up to `position` were reached or passed over and stay; after
    them come the people of a ladder built today."""
    reached = [rung for rung in ladder if rung.position <= position]
    seen = {rung.person_id for rung in reached}
    rest = [rung for rung in wanted if rung.person_id not in seen]
    return [*reached, *(Rung(position + 1 + at, rung.person_id, rung.role) for at, rung in enumerate(rest))]


class StepKind(StrEnum):
    """What to do next about one addressee."""

    TELL = "tell"
    REMIND = "remind"
    NOBODY = "nobody"
    CHASE = "chase"
    REPLY = "reply"


@dataclass(frozen=True)
class Progress:
    """Where one addressee stands. `position` −1 means nobody has been told yet."""

    state: AddresseeState
    position: int = -1
    reminded: bool = True
    nudges: int = 0


@dataclass(frozen=True)
class Step:
    """One thing to do now, where that leaves the addressee, and when to look again."""

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

    def furthest(self, calendar: WorkingCalendar, now: datetime) -> datetime:
        """No step that was taken up to `now` can have set the next one later than this."""
        return max(calendar.after(now, one) for one in (self.acknowledge.half(), self.respond, self.repeat))

    def running(self, at: "Progress") -> Clock:
        """The clock that runs for an addressee who stands there."""
        if at.nudges or at.state is AddresseeState.ASKS:
            return self.repeat
        return self.acknowledge.half() if at.state is AddresseeState.NOTIFIED else self.respond


def next_step(
    at: Progress,
    ladder: Sequence[Rung],
    *,
    absent: AbstractSet[int],
    pace: Pace,
    calendar: WorkingCalendar,
    now: datetime,
) -> Step | None:
    """What is due at `now`; None once no answer is awaited.

    An absent person is passed over at once. Waiting time counts from when somebody was really told, so an outage
    shortens nobody's time.
    """
    if at.state not in AWAITED:
        return None
    if at.state is not AddresseeState.NOTIFIED:
        kind = StepKind.REPLY if at.state is AddresseeState.ASKS else StepKind.CHASE
        return Step(kind, _nudged(at), None, calendar.after(now, pace.repeat))
    current = next((r for r in ladder if r.position == at.position), None)
    if current and not at.reminded and current.person_id not in absent:
        waits = calendar.after(now, pace.acknowledge.half())
        return Step(StepKind.REMIND, Progress(at.state, at.position, reminded=True), current, waits)
    following = next((r for r in ladder if r.position > at.position and r.person_id not in absent), None)
    if following:
        waits = calendar.after(now, pace.acknowledge.half())
        return Step(StepKind.TELL, Progress(at.state, following.position, reminded=False), following, waits)
    beyond = max([at.position, *(rung.position + 1 for rung in ladder)], default=0)
    silent = Progress(at.state, max(beyond, 0), reminded=True, nudges=at.nudges + 1)
    return Step(StepKind.NOBODY, silent, None, calendar.after(now, pace.repeat))


def _nudged(at: Progress) -> Progress:
    return Progress(at.state, at.position, at.reminded, at.nudges + 1)


class Fault(StrEnum):
    """What can be wrong with an addressee's next step. `LATE` is for the clock to catch up on; the others are put
    right."""

    MISSING = "missing"
    FAR = "far"
    NEEDLESS = "needless"
    LATE = "late"


def fault(
    state: AddresseeState, *, is_open: bool, next_at: datetime | None, furthest: datetime, oldest: datetime
) -> Fault | None:
    """What is wrong with the next step of an addressee of an escalation; None when nothing is. It may lie between
    `oldest`, so that the clock has had its chance to take it, and `furthest`, which its pace cannot exceed."""
    if state not in AWAITED or not is_open:
        return Fault.NEEDLESS if next_at is not None else None
    if next_at is None:
        return Fault.MISSING
    if next_at > furthest:
        return Fault.FAR
    return Fault.LATE if next_at < oldest else None
