"""What stays overdue: who else reads of it *(ours)*, each once for an action and its due date, in one message a day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.policy import Rules
from bot.domain.reminders import Copy, copied_to, overdue_since
from bot.domain.terms import Role
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import away, representatives, seated, viewer_by_id
from bot.store.reminders import COPIED, to_copy, visible_ids
from bot.store.tables import Action
from bot.store.times import times_of
from bot.store.unit import Unit

Due = list[tuple[Copy, Action]]


@dataclass
class _Seats:
    """Who is to read of a group's overdue actions; `absent` are those who are not there."""

    representatives: Mapping[int, Sequence[int]] = field(default_factory=dict)
    chairs: Sequence[int] = ()
    secretariat: Sequence[int] = ()

    @property
    def everybody(self) -> set[int]:
        theirs = [key for some in self.representatives.values() for key in some]
        return {*theirs, *self.chairs, *self.secretariat}


async def overdue_to_copy(unit: Unit, *, now: datetime, rules: Rules) -> Due:
    """The actions of which somebody else is to read and has not yet, each with whom."""
    today, policy = rules.today(now), rules.policy.reminders
    due: Due = []
    for copy in Copy:
        since = overdue_since(today, copy, rules.calendar, policy)
        due += [(copy, action) for action in await to_copy(unit, copy, since)]
    return due


async def copy_overdue(unit: Unit, due: Due, *, now: datetime, rules: Rules) -> None:
    """Queue one message for each person who is to read of some of these, for their own next time of reminders.

    Nobody reads of what they may not see: the next in line does. Whoever has had such a message on that day already
    gets the rest the next day.
    """
    today = rules.today(now)
    seats = {key: await _seats(unit, key, due, today) for key in sorted({action.group_id for _, action in due})}
    people = set().union(*(one.everybody for one in seats.values()))
    absent = await away(unit, people, now, today)
    blind = await _blind(unit, people - absent, [action for _, action in due], today)
    to: defaultdict[int, list[tuple[Copy, Action]]] = defaultdict(list)
    for copy, action in due:
        for person_id in _recipients(copy, action, seats[action.group_id], absent | blind[action.key]):
            to[person_id].append((copy, action))
    copied: defaultdict[tuple[Copy, int], list[int]] = defaultdict(list)
    for person_id in await _tell(unit, to, now, rules):
        for copy, action in to[person_id]:
            copied[copy, action.key].append(person_id)
    for copy, action in due:
        _note(unit, copy, action, copied[copy, action.key], now)


def _recipients(copy: Copy, action: Action, seats: _Seats, cannot: Collection[int]) -> list[int]:
    secretariat = [key for key in seats.secretariat if key not in cannot]
    if copy is Copy.CHAIR:
        return copied_to(action.owner_id, seats.chairs, cannot, secretariat, all_of=True)
    theirs = seats.representatives.get(action.owner_organisation_id, ())
    return copied_to(action.owner_id, theirs, cannot, secretariat, all_of=False)


async def _seats(unit: Unit, group_id: int, due: Due, today: date) -> _Seats:
    bodies = {action.owner_organisation_id for _, action in due if action.group_id == group_id}
    return _Seats(
        await representatives(unit, bodies, group_id, today),
        [person.key for person in await seated(unit, group_id, today, Role.CHAIR)],
        [person.key for person in await seated(unit, group_id, today, Role.SECRETARIAT)],
    )


async def _blind(unit: Unit, people: Iterable[int], actions: Iterable[Action], today: date) -> Mapping[int, set[int]]:
    """Of each action, which of these people may not see it."""
    ids = {action.key for action in actions}
    blind: defaultdict[int, set[int]] = defaultdict(set)
    for person_id in people:
        viewer = await viewer_by_id(unit, person_id, today)
        seen = await visible_ids(unit, ids, viewer, today) if viewer else set()
        for key in ids - seen:
            blind[key].add(person_id)
    return blind


async def _tell(unit: Unit, to: Mapping[int, Due], now: datetime, rules: Rules) -> list[int]:
    """Those who had none of that day yet, now queued."""
    times = await times_of(unit, to, rules.policy.reminders)
    told = []
    for person_id, due in sorted(to.items()):
        at = times[person_id].next_time(now, rules.calendar)
        about: dict[str, int | str] = {"day": times[person_id].day(at).isoformat()}
        beside = {str(copy): " ".join(str(action.key) for one, action in due if one is copy) for copy in Copy}
        telling = Telling("action.overdue", about, person_id=person_id, beside=beside)
        if await tell(unit, telling, now, at=at):
            told.append(person_id)
    return told


def _note(unit: Unit, copy: Copy, action: Action, people: Sequence[int], now: datetime) -> None:
    """In the journal it stands of whom an action was copied to, and by it that it was."""
    if people:
        to = ",".join(map(str, people))
        about = ("action", action.key)
        record(unit, COPIED[copy], by=None, now=now, subject=about, group_id=action.group_id, people=to)
