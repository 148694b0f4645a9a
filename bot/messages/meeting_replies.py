"""What people read about who comes to a meeting. Names and answers, and nothing of what is to be discussed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.chat.port import Form, Message
from bot.domain.attendance import different_each_time
from bot.domain.handling import Viewer
from bot.domain.terms import MeetingState
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store import meeting_replies as asked
from bot.store.attendance import Attendee, Coming, coming
from bot.store.people import group_members
from bot.store.tables import Meeting, Organisation, Seat
from bot.store.unit import Unit

LOOKED_BACK = 4  # meetings


@dataclass(frozen=True)
class Consistency:
    """How consistently an organisation was represented [003 §36, §40]: to how many of the last `of` meetings its
    representative said that they come, whether it had one at any of them, and whether it sent somebody else every
    time."""

    organisation: Organisation
    said: int
    of: int
    named: bool
    different: bool


@dataclass(frozen=True)
class Now:
    """How a meeting stands when a message about it is written. `mine` is the reader's place, None for who has none any
    more; `moved` whether it is at another time than the message was about, `off` whether it was called off."""

    seen: Coming
    mine: Attendee | None
    moved: bool
    off: bool

    @property
    def words(self) -> dict[str, object]:
        return _about(self.seen, self.mine) | {"moved": self.moved, "off": self.off}


async def question(letter: Letter) -> Message | None:
    """To somebody whose answer is waited for: do you come? In place of it, what they have answered since."""
    now = await _now(letter)
    return letter.words.render("meeting_reply.asked", **now.words) if now and now.mine else None


async def reminder(letter: Letter) -> Message | None:
    """The same again, to somebody who has not answered."""
    now = await _now(letter)
    return letter.words.render("meeting_reply.reminder", **now.words) if now and now.mine else None


async def instead(letter: Letter) -> Message | None:
    """To whoever was named to come instead of somebody; in place of it, that they need not after all."""
    now = await _now(letter)
    needed = now is not None and now.mine is not None and bool(now.mine.place.instead_of)
    if now is None or not (needed or _again(letter)):
        return None
    return letter.words.render("meeting_reply.instead", **now.words, needed=needed)


async def declined(letter: Letter) -> Message | None:
    """To somebody who does not come: whoever they named cannot come either."""
    now = await _now(letter)
    deputy = now.seen.people.get(letter.about("deputy")) if now else None
    if now is None or now.mine is None or deputy is None or not deputy.declines:
        return None
    if now.mine.person.key not in deputy.place.instead_of:
        return None
    return letter.words.render("meeting_reply.declined", **now.words, deputy=deputy)


async def nobody(letter: Letter) -> Message | None:
    """To the secretariat: a member organisation has nobody coming; in place of it, that it has after all."""
    now = await _now(letter)
    if now is None or letter.reader is None or not letter.reader.runs(now.seen.group.key):
        return None
    bodies = now.seen.delegations
    body = next((one for one in bodies if one.organisation.key == letter.about("organisation")), None)
    if body is None or not (body.nobody or _again(letter)):
        return None
    return letter.words.render("meeting_reply.nobody", **now.words, body=body)


async def no_chair(letter: Letter) -> Message | None:
    """To the secretariat: nobody is there to chair the meeting; in place of it, that somebody is after all."""
    now = await _now(letter)
    if now is None or now.mine is None or not (now.seen.chairless or _again(letter)):
        return None
    return letter.words.render("meeting_reply.no_chair", **now.words)


def answered(words: Templates, seen: Coming, mine: Attendee, **more: object) -> Message:
    """What is now noted of somebody's answer. `more` is whether that is `news`, the names of the colleagues `following`
    who are asked next, and whether `nobody` of their organisation comes now."""
    return words.render("meeting_reply.answered", **_about(seen, mine), **more)


def answered_page(words: Templates, seen: Coming, mine: Attendee, **more: object) -> Form:
    """The same in place of the form."""
    return words.page("meeting_reply.answered", **_about(seen, mine), **more)


async def page(unit: Unit, words: Templates, seen: Coming, viewer: Viewer, now: datetime, today: date) -> Form:
    """Who comes to one meeting; to those who run the group, also how consistently organisations are represented."""
    runs = viewer.runs(seen.group.key)
    about = _about(seen, seen.people.get(viewer.person_id))
    open_still = seen.meeting.state is MeetingState.SCHEDULED and seen.meeting.starts_at > now
    lines = await consistency(unit, seen.group.key, now, today) if runs else []
    return words.page("meeting_reply.page", **about, open_still=open_still, runs=runs, lines=lines)


async def consistency(unit: Unit, group_id: int, now: datetime, today: date) -> list[Consistency]:
    """How consistently each member organisation was represented at the last meetings, by name. Empty before the first
    meeting. For those who run the group only."""
    meetings = await asked.past_meetings(unit, group_id, now, LOOKED_BACK)
    sent: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for reply, body in await asked.replies_with_bodies(unit, [one.key for one in meetings]):
        if reply.coming:
            sent[body, reply.meeting_id].add(reply.person_id)
    seats = await asked.representative_seats(unit, group_id)
    members = await group_members(unit, group_id, today) if meetings else []
    return [_consistency(member, meetings, sent, seats) for member in members]


def _consistency(
    member: Organisation,
    meetings: Sequence[Meeting],
    sent: Mapping[tuple[int, int], Collection[int]],
    seats: Sequence[tuple[Seat, int]],
) -> Consistency:
    came = [set(sent.get((member.key, one.key), ())) for one in meetings]
    named = [_representing(member, one, seats) for one in meetings]
    said = sum(bool(people & theirs) for people, theirs in zip(came, named, strict=True))
    return Consistency(member, said, len(meetings), any(named), different_each_time(came))


def _representing(member: Organisation, meeting: Meeting, seats: Sequence[tuple[Seat, int]]) -> set[int]:
    """Who represented an organisation on the day of a meeting."""
    day = meeting.starts_at.date()
    return {
        seat.person_id
        for seat, body in seats
        if body == member.key and seat.starts_on <= day and (seat.ends_on is None or seat.ends_on >= day)
    }


async def _now(letter: Letter) -> Now | None:
    """None for who is no longer of the group, once the meeting has begun, and for a first word of a meeting that has
    been moved or called off since."""
    meeting = await letter.unit.find(Meeting, letter.about("meeting"))
    if meeting is None or letter.reader is None or meeting.group_id not in letter.reader.group_ids:
        return None
    moved = int(meeting.starts_at.timestamp()) != letter.about("starts")
    off = meeting.state is MeetingState.CANCELLED
    if meeting.starts_at <= letter.now or ((moved or off) and not _again(letter)):
        return None
    seen = await coming(letter.unit, meeting, letter.today)
    return Now(seen, seen.people.get(letter.reader.person_id), moved, off)


def _again(letter: Letter) -> bool:
    """Whether it replaces what has been told before."""
    return "again" in letter.subject


def _about(seen: Coming, mine: Attendee | None) -> dict[str, object]:
    return {"seen": seen, "meeting": seen.meeting, "group": seen.group, "mine": mine}
