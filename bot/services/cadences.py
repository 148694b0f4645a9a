"""Keeping a group's meetings of the next twelve months as its cadence has them, and telling people of them.

- What was made by hand stays, in the network file or in chat; so does what a person has moved or called off. In a week
  (Monday to Sunday) for which a meeting was made by hand, the cadence makes none, also when that meeting was called off
  by a person: to meet or not in that week was decided.
- A meeting that nobody has touched follows the cadence. When the cadence gives its day no longer, it is deleted if
  nobody has been told of it, and otherwise called off. If the cadence is taken out, what people were told of stays.
- People are told in one message with everything that is planned: at once when a cadence is new or its days have
  changed; of what is made as time goes on when the first of it is nine months away, in working time: at most once a
  quarter.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.cadence import (
    MONTHS_AHEAD,
    TOLD_AHEAD,
    Cadence,
    Occasion,
    moment_of,
    months_on,
    occasions,
    read_cadence,
    same_week,
)
from bot.domain.concern import new_reference
from bot.domain.policy import Rules
from bot.domain.reminders import sending_time
from bot.domain.terms import MeetingState
from bot.services.agenda_guests import tell_of_guests
from bot.services.meeting_news import announce_all, note_group, note_move
from bot.services.meeting_questions import start_anew
from bot.store import meetings as asked
from bot.store.tables import Group, Meeting
from bot.store.unit import Unit

LONGEST_RUN = timedelta(days=31)
"""No run of days off moves a meeting further than this."""
Wanted = dict[date, Occasion]


@dataclass(frozen=True)
class Rearrangement:
    """What is to be done so that a group's meetings follow its cadence: meetings to make, to move with it, and to drop;
    `tell` is whether people are to hear of what is planned even if nothing is done."""

    cadence: Cadence | None
    make: Sequence[Occasion]
    follow: Sequence[tuple[Meeting, Occasion]]
    drop: Sequence[Meeting]
    tell: bool

    @property
    def due(self) -> bool:
        return bool(self.make or self.follow or self.drop or self.tell)


async def groups_to_arrange(unit: Unit, *, now: datetime, rules: Rules) -> tuple[list[int], list[int]]:
    """The groups whose meetings do not follow their cadence yet, or of whose meetings people are to be told; and those
    whose cadence cannot be read."""
    groups = await asked.groups_by_cadence(unit, rules.today(now), now)
    held = await _arranged(unit, [group.key for group in groups], now, rules)
    due: list[int] = []
    unreadable: list[int] = []
    for group in groups:
        try:
            if _rearrangement(group, [row for row in held if row.group_id == group.key], now, rules).due:
                due.append(group.key)
        except ValueError:
            unreadable.append(group.key)
    return due, unreadable


async def arrange(unit: Unit, group_id: int, *, now: datetime, rules: Rules) -> None:
    """Make, move and call off what the group's cadence asks for, and tell people if it is time. Once it is done, doing
    it again changes nothing."""
    group = await asked.hold_group(unit, group_id)
    to_do = _rearrangement(group, await _arranged(unit, [group_id], now, rules), now, rules)
    if not to_do.due:
        return
    changed = await _drop(unit, to_do.drop)
    changed = _follow(unit, to_do, now, rules) or changed
    await unit.flush()
    for meeting in (*(row for row in to_do.drop if row.sequence), *(row for row, _ in to_do.follow)):
        await start_anew(unit, meeting, now)
        await tell_of_guests(unit, meeting, now=now, today=rules.today(now))
    await unit.insert_rows([_made(group, one, to_do.cadence, rules) for one in to_do.make if to_do.cadence])
    if to_do.make or to_do.follow or to_do.drop:
        counts = {"made": len(to_do.make), "moved": len(to_do.follow), "dropped": len(to_do.drop)}
        note_group(unit, group, "meetings arranged", now, **counts)
    held = await _arranged(unit, [group_id], now, rules)
    if changed or _to_tell(group, held, now, rules):
        await _tell(unit, group, _planned(held, now), now, rules)


async def _arranged(unit: Unit, group_ids: Collection[int], now: datetime, rules: Rules) -> Sequence[Meeting]:
    """All that matters to the cadence from this week on."""
    today = rules.today(now)
    monday = today - timedelta(days=today.weekday())
    return await asked.arranged(unit, group_ids, rules.calendar.at(monday, time(0)), today - LONGEST_RUN)


def _rearrangement(group: Group, held: Sequence[Meeting], now: datetime, rules: Rules) -> Rearrangement:
    """Raises `ValueError` for a cadence that cannot be read."""
    cadence = read_cadence(group.cadence) if group.cadence else None
    wanted = _wanted(cadence, held, now, rules) if cadence else {}
    known = {row.ruled_for for row in held if row.ruled_for}
    free = [row for row in held if row.ruled_for and row.arranged_by_id is None and row.starts_at > now]
    end = months_on(rules.today(now), MONTHS_AHEAD)
    make = [one for one in wanted.values() if one.ruled_for not in known and one.day <= end]
    follow = [(row, wanted[row.ruled_for]) for row in free if row.ruled_for and row.ruled_for in wanted]
    unlike = [(row, one) for row, one in follow if cadence and not _as_ruled(row, one, cadence, rules)]
    again = [row for row, one in unlike if row.state is MeetingState.CANCELLED and _decided_by_hand(one, held, rules)]
    over = [row for row in free if row.ruled_for not in wanted and row.state is MeetingState.SCHEDULED]
    drop = [row for row in over if cadence or row.sequence == 0]
    clear = [one for one in make if not _decided_by_hand(one, held, rules)]
    unlike = [(row, one) for row, one in unlike if row not in again]
    return Rearrangement(cadence, clear, unlike, drop, _to_tell(group, held, now, rules))


def _wanted(cadence: Cadence, held: Sequence[Meeting], now: datetime, rules: Rules) -> Wanted:
    """When the group is to meet, as far as it has meetings already, should the clock have been put back."""
    today = rules.today(now)
    last = max([months_on(today, MONTHS_AHEAD), *(rules.today(row.starts_at) for row in held)])
    found = occasions(cadence, rules.calendar, today, last)
    return {one.ruled_for: one for one in found if moment_of(one, cadence, rules.calendar) > now}


def _as_ruled(row: Meeting, one: Occasion, cadence: Cadence, rules: Rules) -> bool:
    ruled = (moment_of(one, cadence, rules.calendar), cadence.minutes, cadence.place, MeetingState.SCHEDULED)
    return (row.starts_at, row.minutes, row.place, row.state) == ruled


def _decided_by_hand(one: Occasion, held: Sequence[Meeting], rules: Rules) -> bool:
    """Whether a person has said whether the group meets in that week. What the network file ended decides nothing."""
    return any(
        same_week(one.day, rules.today(row.starts_at))
        for row in held
        if row.ruled_for is None and (row.state is not MeetingState.CANCELLED or row.arranged_by_id)
    )


def _made(group: Group, one: Occasion, cadence: Cadence, rules: Rules) -> Meeting:
    return Meeting(
        slug=new_reference("M"),
        group_id=group.key,
        starts_at=moment_of(one, cadence, rules.calendar),
        minutes=cadence.minutes,
        place=cadence.place,
        ruled_for=one.ruled_for,
    )


async def _drop(unit: Unit, rows: Sequence[Meeting]) -> bool:
    """Delete what nobody has heard of, call off the rest; whether there was any such."""
    if not rows:
        return False
    spoken_of = await asked.spoken_of(unit, [row.key for row in rows])
    heard = [row.key for row in rows if row.sequence or row.key in spoken_of]
    if heard:
        await asked.call_off_all(unit, heard)
    await asked.delete_meetings(unit, [row.key for row in rows if row.key not in heard])
    return bool(heard)


def _follow(unit: Unit, to_do: Rearrangement, now: datetime, rules: Rules) -> bool:
    """Bring meetings in line with the cadence; whether people had been told of one."""
    if to_do.cadence is None:
        return False
    for row, one in to_do.follow:
        was, row.starts_at = row.starts_at, moment_of(one, to_do.cadence, rules.calendar)
        row.minutes, row.place, row.reason = to_do.cadence.minutes, to_do.cadence.place, ""
        row.state = MeetingState.SCHEDULED
        if row.sequence:
            row.sequence += 1
            note_move(unit, row, was, by=None, now=now, sequence=row.sequence)
        unit.add(row)
    return any(row.sequence for row, _ in to_do.follow)


def _planned(held: Sequence[Meeting], now: datetime) -> list[Meeting]:
    return [row for row in held if row.starts_at > now and row.state is MeetingState.SCHEDULED]


def _to_tell(group: Group, held: Sequence[Meeting], now: datetime, rules: Rules) -> bool:
    """Whether it is time to tell people of what they have not been told of."""
    planned = _planned(held, now)
    untold = [row for row in planned if row.sequence == 0]
    if group.cadence is None or not untold:
        return False
    if not any(row.sequence for row in planned if row.ruled_for):
        return True
    near = rules.today(untold[0].starts_at) <= months_on(rules.today(now), TOLD_AHEAD)
    return near and sending_time(now, rules.calendar, rules.policy.reminders)


async def _tell(unit: Unit, group: Group, planned: Sequence[Meeting], now: datetime, rules: Rules) -> None:
    new = [row.key for row in planned if row.sequence == 0]
    await asked.note_told(unit, new)
    await announce_all(unit, group, planned, new, now=now, rules=rules)
