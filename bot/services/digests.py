"""Posting a meeting's agenda digest to its group's channel, at its lead times, once each."""

from datetime import datetime, timedelta

from bot.domain.agenda import digest_lead
from bot.domain.policy import Rules
from bot.store.groups import meetings_between
from bot.store.outbox import Telling, tell
from bot.store.tables import Meeting
from bot.store.unit import Unit


async def meetings_with_digest_due(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The meetings whose digest should have been posted by now."""
    # A working day is never more than a week of ordinary days; the slack covers runs of bank holidays.
    horizon = now + timedelta(days=7 * max(rules.policy.digest.leads, default=0) + 14)
    coming = await meetings_between(unit, now, horizon)
    return [meeting.key for meeting in coming if _lead(meeting, now, rules) is not None]


async def queue_digest(unit: Unit, meeting_id: int, *, now: datetime, rules: Rules) -> None:
    """Queue the digest that is due for a meeting; does nothing if it has been queued before."""
    meeting = await unit.get(Meeting, meeting_id)
    lead = _lead(meeting, now, rules)
    if lead is not None:
        about: dict[str, int | str] = {"meeting": meeting.key, "lead": lead}
        day = rules.today(meeting.starts_at).isoformat()  # a meeting put off has digests of its own
        await tell(unit, Telling("agenda.digest", about, group_id=meeting.group_id, slot=day), now)


def _lead(meeting: Meeting, now: datetime, rules: Rules) -> int | None:
    return digest_lead(meeting.starts_at, rules.calendar, rules.policy.digest, now)
