"""The pack of a meeting: posted before it, brought up to date with each later digest, and sent to whoever asks."""

from datetime import date, datetime, timedelta

from bot.domain.handling import Viewer
from bot.domain.meeting_pack import meeting_over, pack_due_at, pack_lead
from bot.domain.policy import Rules
from bot.domain.terms import MeetingState, Role
from bot.errors import NotFound, WrongState
from bot.store.journal import record
from bot.store.meeting_pack import meetings_ahead
from bot.store.meetings import meeting_named
from bot.store.outbox import Telling, tell, told_people
from bot.store.people import seated
from bot.store.tables import Group, Meeting
from bot.store.unit import Unit


async def packs_due(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The meetings whose pack should be there by now."""
    # A working day is never more than a week of ordinary days; the slack covers runs of bank holidays.
    until = now + timedelta(days=7 * rules.policy.meetings.pack_before + 14)
    return [one.key for one in await meetings_ahead(unit, now, until) if _lead(one, now, rules) is not None]


async def queue_pack(unit: Unit, meeting_id: int, *, now: datetime, rules: Rules) -> None:
    """Queue the pack for the group's channel, or for its secretariat while it has none, and what brings it up to date
    with a later digest; does nothing where that has been queued before."""
    meeting = await unit.get(Meeting, meeting_id)
    lead = _lead(meeting, now, rules)
    if lead is None:
        return
    group = await unit.get(Group, meeting.group_id)
    about: dict[str, int | str] = {"meeting": meeting.key}
    slot = rules.today(meeting.starts_at).isoformat()  # a meeting put off has a pack for its new day
    as_of: dict[str, int | str] = {"day": rules.today(now).isoformat()}
    if group.channel:
        tellings = [Telling("pack.posted", about, group_id=group.key, slot=slot, beside=as_of)]
    else:
        people = await _runners(unit, group, rules.today(now))
        unposted = {**as_of, "unposted": 1}
        tellings = [Telling("pack.sent", about, person_id=one, slot=slot, beside=unposted) for one in people]
    due_at = pack_due_at(meeting.starts_at, lead, rules.calendar, rules.policy)
    for telling in tellings:
        if not await tell(unit, telling, now):
            await _bring_up_to_date(unit, telling, lead, due_at, now)


async def ask_for_pack(unit: Unit, name: str, *, by: Viewer, now: datetime, today: date) -> tuple[Meeting, Group]:
    """Send the pack of a meeting, as this person may see it, to whoever asks; once a minute at most.

    Raises `NotFound`, and `WrongState` for one that was called off or has ended.
    """
    meeting = await meeting_named(unit, name, by.group_ids)
    if meeting is None:
        raise NotFound(what=name)
    if meeting.state is MeetingState.CANCELLED:
        raise WrongState(what=meeting.slug, now="called off", wanted="sent as a pack")
    if meeting_over(meeting.starts_at, meeting.minutes, meeting.closed_at, now):
        raise WrongState(what=meeting.slug, now="over", wanted="sent as a pack")
    telling = Telling(
        "pack.sent",
        {"meeting": meeting.key},
        person_id=by.person_id,
        slot=f"asked {now:%Y-%m-%dT%H:%M}",
        beside={"day": today.isoformat()},
    )
    if await tell(unit, telling, now):
        record(unit, "pack asked", by=by, now=now, subject=("meeting", meeting.key), group_id=meeting.group_id)
    return meeting, await unit.get(Group, meeting.group_id)


async def _bring_up_to_date(unit: Unit, first: Telling, lead: int, due_at: datetime, now: datetime) -> None:
    """Queue what replaces a pack that was made before this lead time came."""
    (row,) = await told_people(unit, [first])
    if row.created_at < due_at:
        slot, beside = f"{first.slot} {lead}", {**first.beside, "update": lead}
        again = Telling(first.kind, first.subject, first.person_id, first.group_id, slot, first.once, beside)
        await tell(unit, again, now)


async def _runners(unit: Unit, group: Group, today: date) -> list[int]:
    """The secretariat, or the chair where there is none."""
    people = await seated(unit, group.key, today, Role.SECRETARIAT) or await seated(unit, group.key, today, Role.CHAIR)
    return [person.key for person in people]


def _lead(meeting: Meeting, now: datetime, rules: Rules) -> int | None:
    return pack_lead(meeting.starts_at, rules.calendar, rules.policy, now)
