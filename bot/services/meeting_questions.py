"""What is told of who comes to a meeting: the question, its reminder, who comes instead, and that nobody does.

Every message is of one meeting at one time: its slot has both, so that a meeting that is moved is asked about anew. A
message that has been sent is brought up to date in place.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.attendance import asked_by, longest_lead
from bot.domain.policy import Rules
from bot.domain.terms import MeetingState
from bot.store import meeting_replies as asked
from bot.store.attendance import Coming, coming
from bot.store.journal import record
from bot.store.outbox import Telling, tell, told_people
from bot.store.tables import Meeting, OutboxRow
from bot.store.unit import Unit

ACTS = {
    "meeting_reply.asked": "meeting question asked",
    "meeting_reply.reminder": "meeting question repeated",
    "meeting_reply.instead": "meeting deputy told",
    "meeting_reply.declined": "meeting deputy declined",
    "meeting_reply.nobody": "meeting without a representative",
    "meeting_reply.no_chair": "meeting without a chair",
}
KEPT_UP = tuple(kind for kind in ACTS if kind != "meeting_reply.declined")  # the others stand as they were sent


async def meetings_to_ask_about(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The meetings of which somebody is to be told something now."""
    today, policy = rules.today(now), rules.policy.meetings
    near = await asked.meetings_within(unit, now, now + timedelta(days=longest_lead(policy)), today)
    due = [one for one in near if asked_by(one.starts_at, now, policy.ask_before, rules.calendar)]
    return [one.key for one in due if await _untold(unit, await coming(unit, one, today), now=now, rules=rules)]


async def ask_who_comes(unit: Unit, meeting_id: int, *, now: datetime, rules: Rules) -> None:
    """Ask whoever has not said it whether they come, remind whoever was asked before and is still silent, and tell the
    secretariat of organisations that have nobody coming: each once for the meeting at this time."""
    meeting = await asked.lock_meeting(unit, meeting_id)
    if meeting.state is not MeetingState.SCHEDULED:
        return
    if not asked_by(meeting.starts_at, now, rules.policy.meetings.ask_before, rules.calendar):
        return
    seen = await coming(unit, meeting, rules.today(now))
    await _tell_and_note(unit, meeting, await _untold(unit, seen, now=now, rules=rules), now)


async def tell_of_reply(unit: Unit, before: Coming, after: Coming, person_id: int, now: datetime) -> None:
    """Once somebody has answered: tell whoever comes instead, whoever named them in vain, and the secretariat of an
    organisation left with nobody; and bring what has been told up to date in place."""
    meeting, mine = after.meeting, after.people[person_id]
    ours = mine.organisation.key
    news = [_instead(meeting, key) for key in _stand_ins(after, person_id)]
    if mine.declines:
        news += [_declined(meeting, person_id, namer) for namer in sorted(mine.place.instead_of)]
    news += _alarms(after)
    concerned = {person_id, *_stand_ins(before, person_id), *_stand_ins(after, person_id), *mine.place.instead_of}
    changed = {"meeting_reply.no_chair"} if before.chairless is not after.chairless else set()
    await _bring_up_to_date(unit, meeting, now, people=concerned, organisation=ours, changed=changed)
    await _tell_and_note(unit, meeting, news, now)


async def start_anew(unit: Unit, meeting: Meeting, now: datetime) -> None:
    """To be called by whoever moves a meeting or calls it off, once that is in `meeting`: what was said to it counts no
    more, and every question about it says so in place. People are asked anew by the clock."""
    await unit.flush()
    await asked.forget_replies(unit, meeting.key)
    await _bring_up_to_date(unit, meeting, now)


async def _untold(unit: Unit, seen: Coming, *, now: datetime, rules: Rules) -> list[Telling]:
    """What is to be told of a meeting by now and has not been."""
    meeting, awaited = seen.meeting, seen.awaited
    questions = [_question(meeting, one.person.key) for one in awaited]
    reminders = [_reminder(meeting, one.person.key) for one in awaited]
    alarms = _alarms(seen)
    told = {row.once: row for row in await told_people(unit, [*questions, *reminders, *alarms])}
    due = [*questions, *alarms]
    if asked_by(meeting.starts_at, now, rules.policy.meetings.remind_before, rules.calendar):
        pairs = zip(questions, reminders, strict=True)
        due += [reminder for question, reminder in pairs if _before_today(told.get(question.once), now, rules)]
    return [one for one in due if one.once not in told]


def _before_today(row: OutboxRow | None, now: datetime, rules: Rules) -> bool:
    return row is not None and rules.today(row.created_at) < rules.today(now)


def _alarms(seen: Coming) -> list[Telling]:
    """Word to the secretariat, or to the chair where there is none, of each member organisation that has nobody coming;
    and to the secretariat that nobody chairs."""
    secretariat = [one.person.key for one in seen.secretariat if one.person.reachable]
    heard = secretariat or [one.person.key for one in seen.chairs if one.person.reachable]
    without = [body.organisation.key for body in seen.delegations if body.member and body.nobody]
    alarms = [_nobody(seen.meeting, body, person_id) for body in without for person_id in heard]
    return alarms + [_no_chair(seen.meeting, person_id) for person_id in secretariat if seen.chairless]


async def _tell_and_note(unit: Unit, meeting: Meeting, letters: Sequence[Telling], now: datetime) -> None:
    """Tell what has not been told, with one entry in the journal for each kind."""
    told = Counter([letter.kind for letter in letters if await tell(unit, letter, now)])
    for kind, people in told.items():
        about = ("meeting", meeting.key)
        record(unit, ACTS[kind], by=None, now=now, subject=about, group_id=meeting.group_id, people=people)


async def _bring_up_to_date(
    unit: Unit,
    meeting: Meeting,
    now: datetime,
    *,
    people: Collection[int] | None = None,
    organisation: int | None = None,
    changed: Collection[str] = (),
) -> None:
    """Replace what has been told of a meeting: all of it, or of its present time what these people were told, what the
    secretariat was told of that organisation, and whatever is of the kinds that `changed`."""
    told = await asked.told_of(unit, meeting.key, KEPT_UP)
    if people is not None:
        told = [row for row in told if _concerns(row, meeting, people, organisation, changed)]
    replaced = await asked.replacements(unit, told)
    for row in told:
        number = replaced.get(row.once, 0) + 1
        again = Telling(row.kind, {"meeting": meeting.key}, row.person_id, beside={**row.subject, "again": number})
        await tell(unit, replace(again, slot=f"{row.key}.{number}", edits=row.once), now)


def _concerns(
    row: OutboxRow, meeting: Meeting, people: Collection[int], organisation: int | None, changed: Collection[str]
) -> bool:
    if row.subject["starts"] != _starts(meeting):
        return False
    match row.kind:
        case "meeting_reply.nobody":
            return row.subject["organisation"] == organisation
        case "meeting_reply.no_chair":
            return row.kind in changed
        case _:
            return row.person_id in people


def _stand_ins(seen: Coming, person_id: int) -> Iterable[int]:
    return (key for key, one in seen.people.items() if person_id in one.place.instead_of)


def _question(meeting: Meeting, person_id: int) -> Telling:
    return _timed(Telling("meeting_reply.asked", {"meeting": meeting.key}, person_id), meeting)


def _reminder(meeting: Meeting, person_id: int) -> Telling:
    return _timed(Telling("meeting_reply.reminder", {"meeting": meeting.key}, person_id), meeting)


def _instead(meeting: Meeting, person_id: int) -> Telling:
    return _timed(Telling("meeting_reply.instead", {"meeting": meeting.key}, person_id), meeting)


def _declined(meeting: Meeting, deputy_id: int, person_id: int) -> Telling:
    return _timed(Telling("meeting_reply.declined", {"meeting": meeting.key, "deputy": deputy_id}, person_id), meeting)


def _nobody(meeting: Meeting, organisation_id: int, person_id: int) -> Telling:
    about: dict[str, int | str] = {"meeting": meeting.key, "organisation": organisation_id}
    return _timed(Telling("meeting_reply.nobody", about, person_id), meeting)


def _no_chair(meeting: Meeting, person_id: int) -> Telling:
    return _timed(Telling("meeting_reply.no_chair", {"meeting": meeting.key}, person_id), meeting)


def _timed(telling: Telling, meeting: Meeting) -> Telling:
    """The same about the meeting at its present time, and about no other."""
    starts = _starts(meeting)
    return replace(telling, slot=str(starts), beside={"starts": starts})


def _starts(meeting: Meeting) -> int:
    """When it begins, in seconds since 1970: which of its times a message is about."""
    return int(meeting.starts_at.timestamp())
