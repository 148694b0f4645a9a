"""What people read about who is away. Nothing about concerns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.chat.port import Form, Message
from bot.domain.absences import Days, days_of
from bot.domain.handling import Viewer
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.absences import Gap, gaps_left_by, standing, standing_in, warned_of
from bot.store.people import people_by_id, reachable_person
from bot.store.tables import Absence, Person
from bot.store.unit import Unit


@dataclass(frozen=True)
class Line:
    """One absence as somebody reads it: whose, on which days where they live, and whether it has begun. `by` is who
    said it, empty for themselves and for the network file."""

    absence: Absence
    person: Person
    days: Days
    begun: bool
    by: str = ""


async def lines(unit: Unit, absences: Sequence[Absence], now: datetime) -> list[Line]:
    """These absences with the names to show them."""
    people = await people_by_id(unit, {key for one in absences for key in (one.person_id, one.said_by_id or 0)})
    return [_line(one, people[one.person_id], people, now) for one in absences]


async def current_line(unit: Unit, person_id: int, now: datetime) -> Line | None:
    """The absence on account of which somebody is away now: the one that lasts longest."""
    found = [one for one in await standing(unit, [person_id], now) if one.starts_at <= now]
    longest = await lines(unit, sorted(found, key=lambda one: one.until)[-1:], now)
    return longest[0] if longest else None


async def saved(
    unit: Unit, words: Templates, absence: Absence, gaps: Sequence[Gap], viewer: Viewer, *, warned: bool, now: datetime
) -> Message:
    """The answer to somebody who has said that they, or another, are away."""
    (line,) = await lines(unit, [absence], now)
    return words.render("away.saved", line=line, gaps=gaps, viewer=viewer, warned=warned)


async def mine(unit: Unit, words: Templates, viewer: Viewer, now: datetime) -> Message | None:
    """One's own current and coming absences, to stand above the form; None if there is none."""
    found = await lines(unit, await standing(unit, [viewer.person_id], now), now)
    return words.render("away.mine", mine=found) if found else None


async def listed(
    unit: Unit,
    words: Templates,
    viewer: Viewer,
    *,
    now: datetime,
    today: date,
    ended: Sequence[Absence] | None = None,
) -> Form:
    """One's own absences, and those of the groups whose secretariat one is. `ended` is what has just been ended at
    their wish; it may be nothing, if that was over."""
    theirs = await standing_in(unit, viewer.secretariat_of, now, today) if viewer.secretariat_of else []
    others = await lines(unit, [one for one, _, _ in theirs if one.person_id != viewer.person_id], now)
    names = {one.key: name for one, _, name in theirs}
    return words.page(
        "away.list",
        viewer=viewer,
        asked=ended is not None,
        ended=await lines(unit, ended or [], now),
        still=await _away_now(unit, {one.person_id for one in ended or ()}, now),
        mine=await lines(unit, await standing(unit, [viewer.person_id], now), now),
        others=[(line, names[line.absence.key]) for line in others],
    )


async def said(letter: Letter) -> Message | None:
    """To somebody of whom another has said that they are away. None once that is over, or they have said so too."""
    absence = await letter.unit.find(Absence, letter.about("absence"))
    mine = letter.reader is not None and absence is not None and absence.person_id == letter.reader.person_id
    if absence is None or not mine or absence.back_at or absence.until <= letter.now:
        return None
    (line,) = await lines(letter.unit, [absence], letter.now)
    return letter.words.render("away.said", line=line) if line.by else None


async def ended(letter: Letter) -> Message | None:
    """To whoever is concerned beside the one who ended it: whose absence it was, and who had said it."""
    absence = await letter.unit.find(Absence, letter.about("absence"))
    if absence is None or absence.back_at is None or letter.reader is None:
        return None
    mine = absence.person_id == letter.reader.person_id
    kept = letter.reader.secretariat_of
    if not mine and not await reachable_person(letter.unit, absence.person_id, kept, letter.today):
        return None
    (line,) = await lines(letter.unit, [absence], letter.now)
    by = await letter.unit.get(Person, letter.about("by"))
    again = line.begun and not await _away_now(letter.unit, {absence.person_id}, letter.now)
    own = by.key == absence.person_id
    return letter.words.render("away.ended", line=line, mine=mine, own=own, who=by.name, again=again)


async def nobody(letter: Letter) -> Message | None:
    """To the secretariat: an organisation will have nobody who can be reached. None once that is not so any more."""
    organisation_id = letter.about("organisation")
    absence = await letter.unit.find(Absence, letter.about("absence"))
    if absence is None or absence.back_at or absence.until <= letter.now or letter.reader is None:
        return None
    if letter.reader.person_id not in await warned_of(letter.unit, organisation_id, letter.today):
        return None
    gaps = await gaps_left_by(letter.unit, absence, letter.now, letter.today)
    gap = next((one for one in gaps if one.organisation_id == organisation_id), None)
    (line,) = await lines(letter.unit, [absence], letter.now)
    return letter.words.render("away.nobody", line=line, gap=gap) if gap else None


async def _away_now(unit: Unit, person_ids: Collection[int], now: datetime) -> set[int]:
    """Those of these people who are away at this moment, on whatever account."""
    return {one.person_id for one in await standing(unit, person_ids, now) if one.starts_at <= now}


def _line(absence: Absence, person: Person, people: Mapping[int, Person], now: datetime) -> Line:
    by = people.get(absence.said_by_id or 0)
    return Line(
        absence,
        person,
        days_of(absence.period, person.timezone),
        absence.starts_at <= now,
        by.name if by and by.key != person.key else "",
    )
