"""Regulatory review panels as rules: holders of information meet, share it, and agree who does what [000 4.26]."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.calendar import WorkingCalendar
from bot.errors import FormErrors

FEWEST_TIMES, MOST_TIMES = 2, 5
LENGTHS = (30, 60, 90, 120)  # minutes (ours)
MOST_INVITED = 60  # people of the network, and as many from outside (ours)
FURTHEST = timedelta(days=366)
HALF_AN_HOUR = 30
TAKES_PART = frozenset({"hold", "join"})
"""The answers after which an addressed organisation may convene a panel itself: it holds information, or will join."""


class PanelState(StrEnum):
    """Where a panel stands."""

    PROPOSED = "times proposed"
    FIXED = "fixed"
    HELD = "held"
    CANCELLED = "called off"


class PanelOutcome(StrEnum):
    """What a panel can conclude; closing it needs one of these and a rationale."""

    NO_ACTION = "no further action"
    MONITOR = "monitor"
    ONE_ACTS = "one organisation acts"
    JOINT_ACTION = "joint action"
    EXISTING = "refer to an existing process"
    AGENDA = "quality surveillance group agenda"
    RISK_SUMMIT = "risk summit"


class TellProvider(StrEnum):
    """Whether the provider is told what was concluded."""

    YES = "yes"
    NO = "no"
    NOT_YET = "not yet"


class ContributionKind(StrEnum):
    """What an organisation contributes."""

    ACTIVITY = "existing activity"
    SAID = "contribution"


class ProposalState(StrEnum):
    """Where a proposal to change a surveillance level stands."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"


ALLOWED: Mapping[PanelState, frozenset[PanelState]] = {
    PanelState.PROPOSED: frozenset({PanelState.FIXED, PanelState.CANCELLED}),
    PanelState.FIXED: frozenset({PanelState.FIXED, PanelState.HELD, PanelState.CANCELLED}),
    PanelState.HELD: frozenset(),
    PanelState.CANCELLED: frozenset(),
}
"""What may follow what; from fixed to fixed is to another time. What has been held, or called off, stays so."""

OPEN = frozenset({PanelState.PROPOSED, PanelState.FIXED})
"""While a panel is one of these, no second one is convened about the same escalation."""


def may_become(at: PanelState, to: PanelState) -> bool:
    """Whether a panel that stands at `at` may come to `to`."""
    return to in ALLOWED[at]


def may_convene(*, started_it: bool, answer: str) -> bool:
    """Whether an organisation may convene a panel: it asked, or was asked and said that it holds information or will
    join one. Holders of information organise it [000 4.26]."""
    return started_it or answer in TAKES_PART


@dataclass(frozen=True)
class Vote:
    """That somebody can, or cannot, come at a proposed time."""

    time_id: int
    person_id: int
    can: bool


@dataclass(frozen=True)
class Tally:
    """One proposed time: who can come then, who cannot, and who has not said."""

    time_id: int
    starts_at: datetime
    can: frozenset[int]
    cannot: frozenset[int]
    silent: frozenset[int]


def tally(times: Mapping[int, datetime], invited: AbstractSet[int], votes: Collection[Vote]) -> list[Tally]:
    """Every proposed time with what the people invited have said, the earliest first. Only they count."""
    counted = []
    for time_id, starts_at in sorted(times.items(), key=lambda one: one[1]):
        said = {vote.person_id: vote.can for vote in votes if vote.time_id == time_id and vote.person_id in invited}
        can = frozenset(person for person, answer in said.items() if answer)
        answered = frozenset(said)
        counted.append(Tally(time_id, starts_at, can, answered - can, frozenset(invited) - answered))
    return counted


def best_time(tallies: Sequence[Tally]) -> Tally | None:
    """The time that suits most: most can, then fewest cannot, then the earliest; None while nobody can *(ours)*."""
    usable = [one for one in tallies if one.can]
    return min(usable, key=lambda one: (-len(one.can), len(one.cannot), one.starts_at), default=None)


def expected(invited: AbstractSet[int], tallies: Sequence[Tally], starts_at: datetime) -> frozenset[int]:
    """Who is counted on at the time that was fixed: everybody invited who has not said that they cannot come then.
    Somebody who never answered was told of the time, so they are reminded as well *(ours)*."""
    return frozenset(invited).difference(*(one.cannot for one in tallies if one.starts_at == starts_at))


def reminded_on(day: date, today: date, calendar: WorkingCalendar, working_days_before: Collection[int]) -> bool:
    """Whether those coming to a panel on `day` are reminded today: on the day, and these working days before."""
    return today == day or any(calendar.shift(day, -n) == today for n in working_days_before)


def hours_of_day(opens: time, closes: time) -> tuple[time, ...]:
    """The times of day at which a panel may begin: every half hour within opening hours *(ours)*."""
    first, last = (clock.hour * 60 + clock.minute for clock in (opens, closes))
    starts = range(-(-first // HALF_AN_HOUR) * HALF_AN_HOUR, last, HALF_AN_HOUR)
    return tuple(time(minute // 60, minute % 60) for minute in starts)


Slot = tuple[date | None, time | None]
"""What somebody chose in one pair of fields: a day and a time of day."""


def check_time(day: date | None, clock: time | None, now: datetime, calendar: WorkingCalendar) -> datetime | str:
    """The moment that was meant, or the sentence that says what is wrong with it."""
    if day is None or clock is None:
        return "Choose a day and a time of day."
    if day > calendar.day(now) + FURTHEST:
        return "This is more than a year away. Choose an earlier day."
    if day.weekday() >= 5:  # Saturday and Sunday
        return "This is a weekend. Choose a working day."
    if not calendar.is_working_day(day):
        return "This is a bank holiday in England. Choose a working day."
    moment = calendar.at(day, clock)
    return moment if moment > now else "This time has passed. Choose a later one."


def check_times(slots: Sequence[Slot], now: datetime, calendar: WorkingCalendar) -> list[datetime]:
    """The proposed times, the earliest first. Raises `FormErrors` naming `day_1`, `day_2`… or `time_1`, `time_2`….

    The first two are needed; of the others, those left quite empty count as not proposed.
    """
    errors: dict[str, str] = {}
    found: list[datetime] = []
    needed: list[Slot] = [(None, None)] * (FEWEST_TIMES - len(slots))
    for number, (day, clock) in enumerate([*slots, *needed], 1):
        if number > FEWEST_TIMES and day is None and clock is None:
            continue
        moment = check_time(day, clock, now, calendar)
        if isinstance(moment, str):
            errors[f"day_{number}" if day is None or clock else f"time_{number}"] = moment
        elif moment in found:
            errors[f"time_{number}"] = "You have proposed this time already."
        else:
            found.append(moment)
    if errors:
        raise FormErrors(errors)
    return sorted(found)


@dataclass(frozen=True)
class Outsider:
    """Somebody who is not enrolled, by name: they get nothing from the bot."""

    name: str
    organisation: str
    email: str


def read_outsiders(text: str) -> list[Outsider]:
    """People from outside as typed, one a line: name, organisation, e-mail. Raises `FormErrors` for `outside`."""
    found: list[Outsider] = []
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        parts = [part.strip() for part in line.split(",")]
        if len(parts) != len(Outsider.__dataclass_fields__) or not all(parts) or not _is_address(parts[2]):
            wanted = "a name, an organisation and an e-mail address, with a comma between each."
            raise FormErrors({"outside": f"Line {number}: write {wanted}"})
        if max(map(len, parts)) > 200:  # what a column holds
            raise FormErrors({"outside": f"Line {number} is too long."})
        found.append(Outsider(*parts))
    if len(found) > MOST_INVITED:
        raise FormErrors({"outside": f"At most {MOST_INVITED} people from outside can be listed."})
    return list(dict.fromkeys(found))


def _is_address(text: str) -> bool:
    name, _, domain = text.partition("@")
    return bool(name) and "." in domain.strip(".") and not any(c.isspace() or c in "<>" for c in text)
