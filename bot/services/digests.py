"""Posting a meeting's agenda digest to its group's channel: frozen once for each lead time, or when it is published
early; what comes late is listed after it."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.agenda import digest_lead, digest_slot
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import MeetingState, Role
from bot.errors import MeetingBegun, MeetingOff, NotFound, NotYours
from bot.messages.agenda import gather, held_in
from bot.messages.escaping import moment
from bot.services.meetings import THOSE_WHO_RUN
from bot.store.digests import late_for, newest_version, versions_of
from bot.store.groups import meetings_between
from bot.store.journal import record
from bot.store.meetings import lock_meeting, meeting_of
from bot.store.outbox import NEVER_SENT, Telling, tell, tell_many, told_group, told_people
from bot.store.people import seated
from bot.store.tables import DigestVersion, Group, Meeting, OutboxRow
from bot.store.unit import Unit

SEATED = (Role.CHAIR, Role.SECRETARIAT, Role.REPRESENTATIVE)


async def meetings_with_digest_due(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The meetings whose digest should have been posted by now, and has not been frozen."""
    due = {meeting.key: slot for meeting in await _to_come(unit, now, rules) if (slot := _slot(meeting, now, rules))}
    made = {(one.meeting_id, one.slot) for one in await versions_of(unit, due)} if due else set()
    return [key for key, slot in due.items() if (key, slot) not in made]


async def queue_digest(unit: Unit, meeting_id: int, *, now: datetime, rules: Rules) -> None:
    """Freeze and queue the digest that is due for a meeting; does nothing if it has been before."""
    meeting = await lock_meeting(unit, meeting_id)
    lead = digest_lead(meeting.starts_at, rules.calendar, rules.policy.digest, now)
    if lead is not None:
        await _make(unit, meeting, lead, by=None, now=now, rules=rules)


async def publish_now(unit: Unit, meeting_id: int, *, by: Viewer, now: datetime, rules: Rules) -> bool:
    """Post a meeting's digest before its time. False if that has been done already, which changes nothing.

    Raises `NotFound`, `NotYours` for whoever does not run the group, `MeetingOff` and `MeetingBegun`.
    """
    found = await meeting_of(unit, meeting_id, by.group_ids)
    if found is None:
        raise NotFound(what="this meeting")
    if not by.runs(found.group_id):
        raise NotYours(who=THOSE_WHO_RUN)
    meeting = await lock_meeting(unit, meeting_id)
    over = MeetingOff if meeting.state is MeetingState.CANCELLED else MeetingBegun
    if meeting.state is not MeetingState.SCHEDULED or meeting.starts_at <= now:
        raise over(group=(await unit.get(Group, meeting.group_id)).name, when=moment(meeting.starts_at))
    return await _make(unit, meeting, None, by=by, now=now, rules=rules)


async def meetings_with_late_items(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The meetings for which something has come after their digest that it has still to be told with."""
    coming = {meeting.key: meeting for meeting in await _to_come(unit, now, rules)}
    newest = {one.meeting_id: one for one in await versions_of(unit, coming)} if coming else {}
    return [key for key, version in newest.items() if await _of_late(unit, coming[key], version, now, rules)]


async def queue_late(unit: Unit, meeting_id: int, *, now: datetime, rules: Rules) -> None:
    """Queue the list of what came late, or bring it up to date in place."""
    meeting = await lock_meeting(unit, meeting_id)
    version = await newest_version(unit, meeting_id)
    telling = await _of_late(unit, meeting, version, now, rules) if version else None
    if telling:
        await tell(unit, telling, now)


async def tell_directly(unit: Unit, row: OutboxRow, *, now: datetime, rules: Rules) -> None:
    """The digest has to wait, for somebody is in the channel who may not read it: whoever has a seat can read theirs,
    by a message of their own, once for each version."""
    meeting = await unit.get(Meeting, int(row.subject["meeting"]))
    about: dict[str, int | str] = {"meeting": meeting.key}
    theirs = Telling("agenda.direct", about, slot=str(row.subject.get("version", 0)))
    await _tell_each(unit, theirs, meeting, now, rules)


async def _make(
    unit: Unit, meeting: Meeting, lead: int | None, *, by: Viewer | None, now: datetime, rules: Rules
) -> bool:
    """Freeze the version for a lead time, or the early one, and queue it. The meeting is locked."""
    day = rules.today(meeting.starts_at)
    slot = digest_slot(day, lead)
    versions = await versions_of(unit, [meeting.key])
    if any(one.slot == slot for one in versions):
        return False
    held = held_in(await gather(unit, meeting, rules, now))
    number = len(versions) + 1
    maker = by.person_id if by else None
    unit.add(DigestVersion(meeting_id=meeting.key, number=number, slot=slot, made_at=now, made_by_id=maker, held=held))
    about = ("meeting", meeting.key)
    record(unit, "digest frozen", by=by, now=now, subject=about, group_id=meeting.group_id, number=number)
    await _queue(unit, meeting, lead, number, now, rules)
    return True


async def _queue(unit: Unit, meeting: Meeting, lead: int | None, number: int, now: datetime, rules: Rules) -> None:
    """Tell the channel, and whoever has a seat what they may read beside it. A group without a channel has nothing but
    their own messages."""
    about: dict[str, int | str] = {"meeting": meeting.key}
    if (await unit.get(Group, meeting.group_id)).channel:
        when: dict[str, int | str] = {"early": 1} if lead is None else {"lead": lead}
        day = rules.today(meeting.starts_at).isoformat()  # a meeting put off has digests of its own
        beside = {"version": number}
        posted = Telling("agenda.digest", about | when, group_id=meeting.group_id, slot=day, beside=beside)
        await tell(unit, posted, now)
    else:
        await _tell_each(unit, Telling("agenda.direct", about, slot=str(number)), meeting, now, rules)
    await _tell_each(unit, Telling("agenda.restricted", about, slot=str(number)), meeting, now, rules)


async def _tell_each(unit: Unit, telling: Telling, meeting: Meeting, now: datetime, rules: Rules) -> None:
    """The same to everybody who has a seat."""
    people = await seated(unit, meeting.group_id, rules.today(now), *SEATED)
    await tell_many(unit, [replace(telling, person_id=one.key) for one in people if one.reachable], now)


async def _of_late(unit: Unit, meeting: Meeting, version: DigestVersion, now: datetime, rules: Rules) -> Telling | None:
    """What is to be told of what came late; None if all of it has been, or nothing has come."""
    late = await late_for(unit, meeting, version.held, None, rules.today(now))
    if not any(late) or not (await unit.get(Group, meeting.group_id)).channel:
        return None
    about = {"meeting": meeting.key, "version": version.number}
    mark = hashlib.sha256(repr(late).encode()).hexdigest()[:16]
    told = await told_group(unit, meeting.group_id, "agenda.late", **about)
    subject: dict[str, int | str] = {**about}
    again = mark if told else ""
    fresh = Telling("agenda.late", subject, group_id=meeting.group_id, slot=again, beside={"late": mark})
    standing = _standing(told)
    if standing and standing.subject.get("late") == mark:
        return None
    telling = replace(fresh, edits=standing.once) if standing else fresh
    return None if await told_people(unit, [telling]) else telling


def _standing(told: Sequence[OutboxRow]) -> OutboxRow | None:
    """The newest of these that is in the channel, or will be."""
    return next((row for row in reversed(told) if row.state not in NEVER_SENT or row.handle), None)


async def _to_come(unit: Unit, now: datetime, rules: Rules) -> Sequence[Meeting]:
    # A working day is never more than a week of ordinary days; the slack covers runs of bank holidays.
    horizon = now + timedelta(days=7 * max(rules.policy.digest.leads, default=0) + 14)
    return await meetings_between(unit, now, horizon)


def _slot(meeting: Meeting, now: datetime, rules: Rules) -> str:
    """What the version that is due is made for; empty when none is."""
    lead = digest_lead(meeting.starts_at, rules.calendar, rules.policy.digest, now)
    return "" if lead is None else digest_slot(rules.today(meeting.starts_at), lead)
