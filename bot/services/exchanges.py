"""What originator and one addressee write to each other: a question, a reply, a remark; and sharing one's own words."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.escalation import AddresseeState, EscalationState, Event, after
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.errors import FormErrors, NotFound, NotYours, WrongState
from bot.services.escalations import note_concerns, open_escalation, saved, time_to_answer
from bot.store import escalations as asked
from bot.store.escalations import OpenEscalation
from bot.store.exchanges import Said, Thread, people_asked, submitted_exchange, writers
from bot.store.journal import record
from bot.store.ladders import people_told
from bot.store.outbox import Telling, tell
from bot.store.tables import Addressee, Escalation, Exchange
from bot.store.unit import Unit


@dataclass(frozen=True)
class RemarkDraft:
    """What somebody typed to the other side. `line` is the addressee's number; `ours` is whether it is the originator's
    side that writes."""

    escalation: str
    line: int
    text: str
    ours: bool


async def write(unit: Unit, draft: RemarkDraft, *, by: Viewer, key: str, now: datetime, rules: Rules) -> None:
    """Write to the other side; the same `key` again changes nothing. A reply to a question lets the addressee's time to
    answer begin again, in full *(ours)*; nothing else that is written moves anything.

    Raises `NotFound`, `NotYours`, `WrongState` once it is over, and `FormErrors` when nothing was written.
    """
    today = rules.today(now)
    escalation, line = await _line(unit, draft, by, today)
    if await submitted_exchange(unit, key):
        return
    _check_open(escalation, line)
    text = draft.text.strip()
    if not text:
        raise FormErrors({"text": "Write something."})
    row = Exchange(submit_key=key, addressee_id=line.key, person_id=by.person_id, ours=draft.ours, text=text, at=now)
    unit.add(row)
    await unit.flush()
    record(unit, "exchange written", by=by, now=now, subject=("exchange", row.key), group_id=escalation.group_id)
    if draft.ours:
        await _replied(unit, escalation, line, by=by, now=now, rules=rules)
    await note_concerns(unit, escalation, now)
    about: dict[str, int | str] = {"exchange": row.key}
    for person_id in sorted(await _other_side(unit, escalation, line, ours=draft.ours) - {by.person_id}):
        if draft.ours:
            await tell(unit, Telling("exchange.replied", about, person_id=person_id), now)
        else:
            await tell(unit, Telling("exchange.remarked", about, person_id=person_id), now)


async def open_thread(
    unit: Unit, reference: str, line: int, *, by: Viewer, now: datetime, rules: Rules
) -> tuple[OpenEscalation, Thread]:
    """Read all that originator and one addressee have written, and log the reading. Raises `NotFound`."""
    opened = await open_escalation(unit, reference, by=by, now=now, rules=rules)
    for thread in opened.talk.threads:
        if thread.addressee.key == line:
            return opened, thread
    raise NotFound(what=reference)


async def shareable(
    unit: Unit, exchange_id: int, *, by: Viewer, now: datetime, rules: Rules
) -> tuple[OpenEscalation, Thread, Said]:
    """One message that this person's side wrote. Raises `NotFound` for what they may not read, and `NotYours` for what
    the other side wrote: only whoever said it may share it."""
    row = await unit.find(Exchange, exchange_id)
    line = await unit.find(Addressee, row.addressee_id) if row else None
    escalation = await _visible(unit, line, by, rules.today(now))
    if row is None or line is None or escalation is None:
        raise NotFound(what=exchange_id)
    opened, thread = await open_thread(unit, escalation.reference, line.key, by=by, now=now, rules=rules)
    said = next(one for one in thread.said if one.exchange.key == exchange_id)
    if not said.own:
        raise NotYours(who="those who wrote it")
    return opened, thread, said


async def share(unit: Unit, exchange_id: int, *, by: Viewer, now: datetime, rules: Rules) -> tuple[str, int, bool]:
    """Let everybody who was asked read one's own words. The escalation's reference, the addressee's number, and whether
    it is new: a second time changes nothing. Raises as `shareable` does, and `WrongState` once it is over."""
    # Locked before it is looked at, so that of two people who press at once the second finds it shared.
    row = await unit.find(Exchange, exchange_id, lock=True)
    opened, thread, _ = await shareable(unit, exchange_id, by=by, now=now, rules=rules)
    escalation, line = opened.escalation, thread.addressee
    if row is None or row.shared_at:
        return escalation.reference, line.key, False
    _check_open(escalation, line)
    row.shared_at, row.shared_by_id = now, by.person_id
    unit.add(row)
    record(unit, "exchange shared", by=by, now=now, subject=("exchange", row.key), group_id=escalation.group_id)
    about: dict[str, int | str] = {"exchange": row.key}
    for person_id in sorted({*await people_asked(unit, escalation), escalation.raised_by_id} - {by.person_id}):
        await tell(unit, Telling("exchange.shared", about, person_id=person_id), now)
    return escalation.reference, line.key, True


async def _line(unit: Unit, draft: RemarkDraft, by: Viewer, today: date) -> tuple[Escalation, Addressee]:
    """The thread this person may write in for that side, which nobody else changes until this unit ends."""
    escalation = await asked.visible_escalation(unit, draft.escalation, by, today)
    if escalation is None:
        raise NotFound(what=draft.escalation)
    if draft.ours:
        line = await unit.find(Addressee, draft.line, lock=True)
        if escalation.organisation_id != by.organisation_id or line is None or line.escalation_id != escalation.key:
            raise NotFound(what=draft.escalation)
        return escalation, line
    theirs = await asked.lines_for(unit, escalation.key, by, lock=True)
    for line, may in theirs:
        if line.key == draft.line and not may:
            raise NotYours(who=f"the people {by.organisation} has named for escalations")
        if line.key == draft.line:
            return escalation, line
    raise NotFound(what=draft.escalation)


async def _visible(unit: Unit, line: Addressee | None, by: Viewer, today: date) -> Escalation | None:
    return await asked.visible_escalation_by_id(unit, line.escalation_id, by, today) if line else None


def _check_open(escalation: Escalation, line: Addressee) -> None:
    if escalation.state is not EscalationState.OPEN or line.state is AddresseeState.STOPPED:
        raise WrongState(what=escalation.reference, now="over", wanted="added to")


async def _replied(
    unit: Unit, escalation: Escalation, line: Addressee, *, by: Viewer, now: datetime, rules: Rules
) -> None:
    state = after(line.state, Event.REPLY)
    if state is None:
        return
    line.state, line.nudges = state, 0
    line.next_step_at = await time_to_answer(unit, line, escalation, now, rules)
    await saved(unit, escalation, line, "escalation replied", by, now)


async def _other_side(unit: Unit, escalation: Escalation, line: Addressee, *, ours: bool) -> set[int]:
    """Who is to hear of it: those who have written for that side and whoever answers for it, or else all told."""
    wrote = await writers(unit, line.key, ours=not ours)
    if not ours:
        return {*wrote, escalation.raised_by_id}
    acknowledged = [line.acknowledged_by_id] if line.acknowledged_by_id else await people_told(unit, line)
    return {*wrote, *acknowledged}
