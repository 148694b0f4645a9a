"""What people read of their actions each day, and of those of others that stay overdue."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.chat.port import Form, Message
from bot.domain.calendar import WorkingCalendar
from bot.domain.handling import Viewer
from bot.domain.own_times import OwnTimes, zone_label
from bot.domain.reminders import Copy, Snooze, late_by, snoozed
from bot.domain.terms import ActionState
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.absences import standing
from bot.store.actions import SeenAction, owned_by
from bot.store.reminders import done_by, moved_by, passed_on, still_overdue
from bot.store.times import times_of
from bot.store.unit import Unit

SOON = timedelta(days=14)


async def reminder(letter: Letter) -> Message | None:
    """To an owner, once a day: what is overdue and what is due soon, each with its buttons, and what they have put off.
    When it is brought up to date, what has become of the rest since their day began as well."""
    if letter.reader is None:
        return None
    me = letter.reader.person_id
    times = (await times_of(letter.unit, [me], letter.rules.policy.reminders))[me]
    today, again = times.day(letter.now), "again" in letter.subject
    lines = await owned_by(letter.unit, me, ActionState.OPEN)
    later = [line for line in lines if snoozed(line.action.remind_on, line.action.snoozed_until, today)]
    rest = [line for line in lines if line not in later]
    overdue = [line for line in rest if line.action.due_on < today]
    coming = [line for line in rest if today <= line.action.due_on <= today + SOON]
    if not (overdue or coming or again):
        return None
    past = await _become(letter, letter.reader, times.midnight(today)) if again else []
    past = [line for line in past if line not in (*overdue, *coming, *later)]
    letter.shows(*(line.action for line in (*overdue, *coming, *later, *past)))
    return letter.words.render(
        "action.reminder", overdue=overdue, coming=coming, later=later, past=past, today=today, me=me
    )


async def _become(letter: Letter, reader: Viewer, since: datetime) -> list[SeenAction]:
    """What somebody has completed, moved or handed over since a moment, or others have for them."""
    done = await done_by(letter.unit, reader.person_id, since)
    moved = await moved_by(letter.unit, reader.person_id, since)
    return [*done, *moved, *await passed_on(letter.unit, reader, since, letter.today)]


async def overdue(letter: Letter) -> Message | None:
    """To an organisation's representative, or a group's chair or secretariat: what has been overdue for long."""
    if letter.reader is None:
        return None
    numbers = {copy: [int(key) for key in str(letter.subject[copy]).split()] for copy in Copy}
    every = [key for some in numbers.values() for key in some]
    found = {line.action.key: line for line in await still_overdue(letter.unit, every, letter.reader, letter.today)}
    lines = {str(copy): [found[key] for key in keys if key in found] for copy, keys in numbers.items()}
    if not found:
        return None
    letter.shows(*(line.action for line in found.values()))
    late = {key: late_by(line.action.due_on, letter.today, letter.rules.calendar) for key, line in found.items()}
    return letter.words.render("action.overdue", lines=lines, late=late, reader=letter.reader)


@dataclass(frozen=True)
class LateOwner:
    """Somebody with overdue actions. `away` is the last day they are away, if they are away now."""

    name: str
    lines: Sequence[SeenAction]
    away: date | None


async def who_is_overdue(
    unit: Unit, words: Templates, lines: Sequence[SeenAction], *, group: str, now: datetime, calendar: WorkingCalendar
) -> Message:
    """A group's overdue actions by organisation and owner, the longest overdue first within each."""
    until: dict[int, date] = {}
    for absence in await standing(unit, {line.action.owner_id for line in lines}, now):
        if absence.starts_at <= now:
            until[absence.person_id] = calendar.day(absence.until - timedelta(minutes=1))
    owners: defaultdict[tuple[str, str, int], list[SeenAction]] = defaultdict(list)
    for line in lines:
        owners[line.organisation, line.owner, line.action.owner_id].append(line)
    bodies: defaultdict[str, list[LateOwner]] = defaultdict(list)
    for (body, name, key), theirs in sorted(owners.items()):
        bodies[body].append(LateOwner(name, theirs, until.get(key)))
    late = {line.action.key: late_by(line.action.due_on, calendar.day(now), calendar) for line in lines}
    return words.render("action.overdue_list", bodies=bodies, late=late, group=group, count=len(lines))


def snoozing(words: Templates, found: SeenAction, days: Mapping[Snooze, date]) -> Message:
    """What stands above the choice of how long a reminder is put off, or instead of it."""
    return words.render("action.snoozing", line=found, days={str(one): day for one, day in days.items()})


def may_not_snooze(words: Templates, found: SeenAction) -> Form:
    """The page for somebody who has put it off as often as may be."""
    return words.page("action.no_snooze", line=found)


def put_off(words: Templates, found: SeenAction) -> Form:
    """The page that takes the form's place once a reminder is put off."""
    return words.page("action.snoozed", line=found)


def times_saved(words: Templates, times: OwnTimes, following: datetime) -> Form:
    """The page that takes the form's place once somebody's times are saved. `following` is the next moment at which a
    reminder may come, shown as their own clock will."""
    there = times.local(following)
    return words.page(
        "times.saved",
        at=clock(times.at),
        zone=zone_label(times.zone),
        days=[int(day) for day in times.works_on],
        day=there.date(),
        hour=clock(there.time()),
    )


def clock(at: time) -> str:
    return f"{at:%H:%M}"
