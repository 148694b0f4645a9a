"""Who comes to a group's meeting: what each person said, who comes instead of whom, and who is still to be asked.

An organisation is to send one person as consistently as it can [003 §36, §40]; how that is asked is ours *(ours)*.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.calendar import WorkingCalendar
from bot.domain.policy import MeetingPolicy
from bot.domain.terms import Role

FEWEST_SENT = 2  # (ours) meetings, before “a different person each time” is said of anybody


class Presence(StrEnum):
    """How somebody stands to a meeting. `INSTEAD` was named by another and has not said anything yet."""

    COMES = "comes"
    INSTEAD = "comes instead"
    APOLOGIES = "apologies"
    SILENT = "no answer"


EXPECTED = frozenset({Presence.COMES, Presence.INSTEAD})


@dataclass(frozen=True)
class Said:
    """Somebody's newest answer; `deputy_id` is who comes instead of them."""

    coming: bool
    at: datetime
    deputy_id: int | None = None


@dataclass(frozen=True)
class Place:
    """How one person stands to a meeting. `roles` are the seats they have or stand in for, `instead_of` who named
    them; `away` is whether an absence speaks for them."""

    presence: Presence
    roles: frozenset[Role]
    instead_of: frozenset[int] = frozenset()
    away: bool = False


def places(
    seats: Mapping[int, frozenset[Role]], said: Mapping[int, Said], away: Mapping[int, datetime | None]
) -> dict[int, Place]:
    """Everybody with a seat, and whoever they name to come instead, and so on from these.

    `away` has those absent when the meeting begins, and when they said so; None for what the network file has. Who said
    after that that they come does come.
    """
    roles, instead_of = dict(seats), defaultdict[int, set[int]](set)
    todo = list(seats)
    while todo:
        person = todo.pop()
        answer = said.get(person)
        if answer is None or answer.coming or answer.deputy_id is None:
            continue
        deputy = answer.deputy_id
        instead_of[deputy].add(person)
        inherited = roles.get(deputy, frozenset()) | roles[person]
        if inherited != roles.get(deputy):
            roles[deputy] = inherited
            todo.append(deputy)
    return {key: _place(key, roles[key], frozenset(instead_of[key]), said, away) for key in roles}


def awaited(representatives: Collection[int], deputies: Collection[int], standing: Mapping[int, Place]) -> list[int]:
    """Whom of one organisation to ask: its representatives, or its deputies once none of these can come. Nobody while
    somebody is expected. Only people who can be reached are to be given."""
    if any(standing[key].presence in EXPECTED for key in (*representatives, *deputies)):
        return []
    for some in (representatives, deputies):
        silent = [key for key in some if standing[key].presence is Presence.SILENT]
        if silent:
            return silent
    return []


def nobody_comes(presences: Collection[Presence]) -> bool:
    """Whether everybody who could come for an organisation has sent apologies, or is away."""
    return bool(presences) and all(one is Presence.APOLOGIES for one in presences)


def asked_by(starts_at: datetime, now: datetime, before: int, calendar: WorkingCalendar) -> bool:
    """Whether a meeting still to come is at most `before` working days away."""
    return starts_at > now and calendar.shift(calendar.day(starts_at), -before) <= calendar.day(now)


def longest_lead(policy: MeetingPolicy) -> int:
    """How many calendar days ahead a meeting can be and still be asked about; bank holidays in a row included."""
    return 7 * policy.ask_before + 14


def different_each_time(sent: Sequence[Collection[int]]) -> bool:
    """Whether whoever came for an organisation was another person at every meeting to which it sent somebody
    [003 §36]."""
    there = [set(people) for people in sent if people]
    return len(there) >= FEWEST_SENT and sum(map(len, there)) == len(set().union(*there))


def _place(
    person: int,
    roles: frozenset[Role],
    instead_of: frozenset[int],
    said: Mapping[int, Said],
    away: Mapping[int, datetime | None],
) -> Place:
    answer = said.get(person)
    if answer and not answer.coming:
        return Place(Presence.APOLOGIES, roles, instead_of)
    if person in away and not _outlived(answer, away[person]):
        return Place(Presence.APOLOGIES, roles, instead_of, away=True)
    if answer:
        return Place(Presence.COMES, roles, instead_of)
    return Place(Presence.INSTEAD if instead_of else Presence.SILENT, roles, instead_of)


def _outlived(answer: Said | None, away_said_at: datetime | None) -> bool:
    """Whether somebody said that they come after it was said that they are away."""
    return answer is not None and (away_said_at is None or away_said_at <= answer.at)
