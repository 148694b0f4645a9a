"""What else is said of an item of a meeting: who disagrees, that a concern is concluded, and what was raised there."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.handling import Viewer
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.domain.terms import ConcernState
from bot.errors import FormErrors, NotFound, WrongState
from bot.services.keeping import note_activity
from bot.services.sitting_core import At, new_draft, note_item, on_item, position_of
from bot.services.sittings import kept, recordable
from bot.store import conclusions as asked
from bot.store.barring import barred_from
from bot.store.journal import record
from bot.store.people import group_members
from bot.store.sittings import ref_of
from bot.store.tables import Concern, Conclusion, Dissent, Meeting
from bot.store.unit import Unit


@dataclass(frozen=True)
class NewItem:
    """Something that came up at the meeting."""

    title: str
    provider_id: int | None = None
    vouched: bool = False


async def disagree(
    unit: Unit, at: At, organisation_id: int, reason: str, *, by: Viewer, now: datetime, rules: Rules
) -> Meeting:
    """An organisation disagrees with what is concluded on an item, and why [003 §132]. What it said before is replaced.

    Raises as `conclude` does, but for `ChangedMeanwhile`.
    """
    meeting, matter = await on_item(unit, at, by, rules.today(now))
    members = {body.key for body in await group_members(unit, meeting.group_id, rules.today(now))}
    errors = {} if reason.strip() else {"reason": "Say why: it is carried over until it is resolved."}
    if organisation_id not in members:
        errors["organisation"] = "Choose a member of the group."
    if errors:
        raise FormErrors(errors)
    kinds = check_identifiers({"reason": reason}, vouched=at.vouched)
    row = matter.seen.conclusion if matter.seen else await new_draft(unit, meeting, matter, by, now)
    dissent = await asked.dissent_of(unit, row.key, organisation_id)
    if dissent and dissent.reason == reason.strip():
        return meeting
    dissent = dissent or Dissent(
        conclusion_id=row.key, organisation_id=organisation_id, reason="", recorded_by_id=by.person_id, recorded_at=now
    )
    dissent.reason, dissent.recorded_by_id, dissent.recorded_at = reason.strip(), by.person_id, now
    dissent.resolved_at = None
    unit.add(dissent)
    note_item(unit, meeting, row, "disagreement noted", by, now, organisation=organisation_id, **kept(kinds))
    return meeting


async def resolve_dissent(unit: Unit, key: int, *, by: Viewer, now: datetime, rules: Rules) -> tuple[Meeting, str]:
    """A disagreement is one no longer, so it is carried over no more; a second time changes nothing. The meeting and
    the name of the item there.

    Raises `NotFound`.
    """
    found = await asked.dissent_for(unit, key, by, rules.today(now))
    if found is None:
        raise NotFound(what="that disagreement")
    dissent, meeting = found
    if dissent.resolved_at is None:
        dissent.resolved_at = now
        unit.add(dissent)
        about = ("conclusion", dissent.conclusion_id)
        record(unit, "disagreement resolved", by=by, now=now, subject=about, group_id=meeting.group_id, dissent=key)
    conclusion = await unit.get(Conclusion, dissent.conclusion_id)
    return meeting, ref_of(conclusion)


async def conclude_concern(unit: Unit, at: At, outcome: str, *, by: Viewer, now: datetime, rules: Rules) -> Meeting:
    """The concern behind an item is concluded, with its outcome and reason, from now on. The same again changes
    nothing.

    Raises as `disagree` does, and `WrongState` for one that is concluded otherwise.
    """
    meeting, matter = await on_item(unit, at, by, rules.today(now))
    if matter.concern is None:
        raise NotFound(what="a concern behind this item")
    concern = matter.concern.concern
    if concern.state is ConcernState.CONCLUDED:
        if concern.outcome == outcome.strip():
            return meeting
        raise WrongState(what=f"Concern {concern.reference}", now=concern.state, wanted="concluded")
    if not outcome.strip():
        raise FormErrors({"outcome": "Say what came of it, and why."})
    kinds = check_identifiers({"outcome": outcome}, vouched=at.vouched)
    if matter.seen is None:  # so that it stays among this meeting's items
        await new_draft(unit, meeting, matter, by, now)
    concern.state, concern.outcome = ConcernState.CONCLUDED, outcome.strip()
    await _save_concern(unit, meeting, concern, by, now, **kept(kinds))
    return meeting


async def raise_item(
    unit: Unit, meeting_id: int, new: NewItem, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> tuple[Meeting, str]:
    """An item that came up at the meeting, and its name there. The same `key` again changes nothing.

    Raises as `recordable` does, and `FormErrors`.
    """
    meeting = await recordable(unit, meeting_id, by=by)
    if earlier := await asked.conclusion_by_submission(unit, key):
        return meeting, f"x{earlier.key}"
    if not new.title.strip():
        raise FormErrors({"title": "Say what it is about, in a few words."})
    kinds = check_identifiers({"title": new.title}, vouched=new.vouched)
    if new.provider_id and await barred_from(unit, by, [new.provider_id], rules.today(now)):
        raise FormErrors({"provider": "Nothing about this provider can be recorded by you. Ask somebody else to."})
    row = Conclusion(
        submit_key=key,
        meeting_id=meeting.key,
        provider_id=new.provider_id,
        title=" ".join(new.title.split())[:150],
        position=await position_of(unit, meeting, ""),
        recorded_by_id=by.person_id,
        recorded_at=now,
    )
    unit.add(row)
    await unit.flush()
    note_item(unit, meeting, row, "item raised", by, now, **kept(kinds))
    return meeting, f"x{row.key}"


async def _save_concern(
    unit: Unit, meeting: Meeting, concern: Concern, by: Viewer, now: datetime, **facts: int
) -> None:
    unit.add(concern)
    await unit.flush()
    await note_activity(unit, concern.key, now, acted_on=True)
    subject = ("concern", concern.key)
    record(
        unit,
        "concern concluded",
        by=by,
        now=now,
        subject=subject,
        group_id=meeting.group_id,
        meeting=meeting.key,
        **facts,
    )
