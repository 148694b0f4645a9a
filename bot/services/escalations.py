"""What somebody who may open an escalation can do with it: open it, acknowledge it, answer it, change the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.domain.escalation import AddresseeState, EscalationState, Event, after
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.errors import AlreadyAnswered, ChangedMeanwhile, FormErrors, NotFound, NotYours, WrongState
from bot.services.keeping import note_activity
from bot.services.ladder_news import tell_originator
from bot.services.ladders import calendar_for, refresh_grid
from bot.store import escalations as asked
from bot.store.annexe import has_annexe
from bot.store.concerns import SeenConcern, readers_of
from bot.store.escalation_changes import history_of, kept_answer, standing_for
from bot.store.escalations import OpenEscalation
from bot.store.exchanges import Side, conversation, submitted_exchange
from bot.store.journal import record, record_shown
from bot.store.outbox import Telling
from bot.store.receipts import receipt_of
from bot.store.tables import Addressee, Escalation, Exchange
from bot.store.unit import Unit


@dataclass(frozen=True)
class AnswerDraft:
    """What somebody typed into the form of an answer. `follows` is what the form knew: the moment of the answer it
    changes, or nothing for the first."""

    outcome: str
    reason: str = ""
    by_on: date | None = None
    follows: str = ""


async def open_escalation(
    unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules, as_it_was: bool = False
) -> OpenEscalation:
    """Read one escalation with its concerns, and log the reading: of one that has become part of another that other,
    unless it is wanted `as_it_was`. Raises `NotFound`."""
    today = rules.today(now)
    find = asked.visible_escalation if as_it_was else standing_for
    escalation = await find(unit, reference, by, today)
    if escalation is None:
        raise NotFound(what=reference)
    concerns = [
        replace(one, annexe=await has_annexe(unit, one.concern.key))
        for one in await asked.concerns_of(unit, escalation.key, by, today)
    ]
    facts = ("escalation", escalation.key)
    record(unit, "escalation read", by=by, now=now, subject=facts, group_id=escalation.group_id)
    record_shown(unit, "concern read", [one.concern for one in concerns], by=by, now=now, where="escalation.page")
    return await _opened(unit, reference, escalation, concerns, by, rules)


async def _opened(
    unit: Unit, reference: str, escalation: Escalation, concerns: list[SeenConcern], by: Viewer, rules: Rules
) -> OpenEscalation:
    mine = await asked.lines_for(unit, escalation.key, by)
    side = Side(by, escalation.organisation_id == by.organisation_id, {line.key: may for line, may in mine})
    lines = await asked.grid(unit, escalation.key)
    named = {line.addressee.key: (line.addressee, line.organisation) for line in lines}
    origin = await asked.origin_of(unit, escalation, concerns)
    own = [one.concern for one in concerns if one.concern.organisation_id == by.organisation_id]
    opened = OpenEscalation(
        escalation,
        concerns,
        lines,
        side.ours,
        past=await asked.past_answers(unit, [key for key in named if side.reads(key)]),
        talk=await conversation(unit, named, side, origin=origin),
        readers={concern.key: await readers_of(unit, concern) for concern in own},
        opened_as=reference.strip().upper(),
        history=await history_of(unit, escalation, concerns, by),
    )
    if not mine:
        return opened
    line, may = mine[0]
    settled = line.state is AddresseeState.RESPONDED and await asked.panel_held(unit, escalation.key)
    receipt = await receipt_of(unit, line, by)
    may_answer = may and escalation.state is EscalationState.OPEN
    calendar = await calendar_for(unit, line, escalation, rules)
    return replace(opened, mine=line, may_answer=may_answer, settled=settled, receipt=receipt, calendar=calendar)


async def acknowledge(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> bool:
    """Say, for one's organisation or group, that it has been received. False if that had been said already."""
    escalation, mine = await answerable(unit, reference, by, rules.today(now))
    state = after(mine.state, Event.ACKNOWLEDGE)
    if state is None:
        return False
    mine.state = state
    mine.acknowledged_at, mine.acknowledged_by_id, mine.nudges = now, by.person_id, 0
    mine.next_step_at = await time_to_answer(unit, mine, escalation, now, rules)
    await saved(unit, escalation, mine, "escalation acknowledged", by, now)
    return True


async def time_to_answer(unit: Unit, line: Addressee, escalation: Escalation, now: datetime, rules: Rules) -> datetime:
    """When an answer is due whose time begins now, by the hours of whoever answers."""
    calendar = await calendar_for(unit, line, escalation, rules)
    return calendar.after(now, rules.policy.pace(escalation.kind, escalation.urgency).respond)


async def respond(
    unit: Unit, reference: str, draft: AnswerDraft, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Escalation:
    """Answer for one's organisation or group, or change the answer; the earlier one is kept. What asks for more is no
    answer yet. The same again changes nothing.

    Raises `AlreadyAnswered` if somebody else answered while the form was open, `WrongState` once it is too late, and
    `FormErrors` without what that answer needs.
    """
    escalation, mine = await answerable(unit, reference, by, rules.today(now))
    if await submitted_exchange(unit, key) or _same(mine, draft, by):
        return escalation
    answer = rules.policy.kind(escalation.kind).answers.get(draft.outcome)
    if answer is None:
        raise FormErrors({"outcome": "Choose one of the answers."})
    if draft.follows != answered(mine):
        if mine.responded_at is None:
            raise ChangedMeanwhile(what=escalation.reference)
        raise AlreadyAnswered(who=await asked.name_of(unit, mine), what=escalation.reference)
    state = after(mine.state, Event.ASK if answer.asks else Event.RESPOND)
    await check_not_settled(unit, escalation, mine)
    if state is None or escalation.state is not EscalationState.OPEN:
        raise WrongState(what=escalation.reference, now="closed to this", wanted="answered")
    _need(draft, answer.needs_reason, answer.needs_date)
    _acknowledged(mine, by, now)
    if answer.asks:
        await _ask(unit, escalation, mine, draft, by=by, key=key, now=now, rules=rules)
    else:
        await _answer(unit, escalation, mine, draft, by=by, now=now, rules=rules)
    return escalation


async def check_not_settled(unit: Unit, escalation: Escalation, mine: Addressee) -> None:
    """Raise `WrongState` for an answer that a panel has had before it: it stays what it was then."""
    if mine.state is AddresseeState.RESPONDED and await asked.panel_held(unit, escalation.key):
        what = f"The answer to {escalation.reference}"
        raise WrongState(what=what, now="what the panel had before it", wanted="changed")


def answered(mine: Addressee) -> str:
    """The moment of the answer that stands, for a form to carry; before there is one, how often it was asked anew."""
    return mine.responded_at.isoformat() if mine.responded_at else str(mine.round or "")


async def answerable(unit: Unit, reference: str, by: Viewer, today: date) -> tuple[Escalation, Addressee]:
    """The escalation and the line this person answers for. Raises `NotFound` or `NotYours`."""
    escalation = await standing_for(unit, reference, by, today)
    # Locked, so that two people of one organisation answer one after the other.
    mine = await asked.lines_for(unit, escalation.key, by, lock=True) if escalation else []
    if escalation is None or not mine:
        raise NotFound(what=reference)
    if not mine[0][1]:
        raise NotYours(who=f"the people {by.organisation} has named for escalations")
    return escalation, mine[0][0]


async def saved(unit: Unit, escalation: Escalation, mine: Addressee, act: str, by: Viewer, now: datetime) -> None:
    """Keep a change to one line, note it, and bring the originator's grid up to date."""
    unit.add(mine)
    record(unit, act, by=by, now=now, subject=("addressee", mine.key), group_id=escalation.group_id)
    await unit.flush()
    await refresh_grid(unit, escalation, now, because=mine)


async def note_concerns(unit: Unit, escalation: Escalation, now: datetime) -> None:
    """Something new was said about its concerns, so their keeping begins again."""
    for concern in await asked.concerns_about(unit, escalation.key):
        await note_activity(unit, concern.key, now)


async def _answer(
    unit: Unit, escalation: Escalation, mine: Addressee, draft: AnswerDraft, *, by: Viewer, now: datetime, rules: Rules
) -> None:
    again = mine.responded_at is not None
    before = kept_answer(mine)
    if before:
        unit.add(before)
    mine.state, mine.next_step_at = AddresseeState.RESPONDED, None
    mine.outcome, mine.reason, mine.by_on = draft.outcome, draft.reason.strip(), draft.by_on
    mine.responded_at, mine.responded_by_id = now, by.person_id
    await saved(unit, escalation, mine, "escalation answer changed" if again else "escalation answered", by, now)
    await note_concerns(unit, escalation, now)
    about: dict[str, int | str] = {"addressee": mine.key}
    slot = now.isoformat() if again or mine.round else ""
    first, anew = (
        Telling("escalation.answered", about, slot=slot),
        Telling("escalation.answered_anew", about, slot=slot),
    )
    await tell_originator(unit, anew if again else first, escalation, now=now, rules=rules)


async def _ask(
    unit: Unit, escalation: Escalation, mine: Addressee, draft: AnswerDraft, *,
    by: Viewer, key: str, now: datetime, rules: Rules,
) -> None:  # fmt: skip
    """The question goes to the originator, and the clock waits for the reply."""
    exchange = Exchange(
        submit_key=key, addressee_id=mine.key, person_id=by.person_id, ours=False, text=draft.reason.strip(), at=now
    )
    unit.add(exchange)
    mine.state, mine.nudges = AddresseeState.ASKS, 0
    calendar = await calendar_for(unit, mine, escalation, rules)
    mine.next_step_at = calendar.after(now, rules.policy.pace(escalation.kind, escalation.urgency).repeat)
    await saved(unit, escalation, mine, "escalation asked for more", by, now)
    await note_concerns(unit, escalation, now)
    about: dict[str, int | str] = {"addressee": mine.key, "exchange": exchange.key}
    await tell_originator(unit, Telling("escalation.asked", about), escalation, now=now, rules=rules)


def _acknowledged(mine: Addressee, by: Viewer, now: datetime) -> None:
    if mine.acknowledged_at is None:
        mine.acknowledged_at, mine.acknowledged_by_id = now, by.person_id


def _same(mine: Addressee, draft: AnswerDraft, by: Viewer) -> bool:
    given = (by.person_id, draft.outcome, draft.reason.strip(), draft.by_on)
    return (mine.responded_by_id, mine.outcome, mine.reason, mine.by_on) == given


def _need(draft: AnswerDraft, reason: bool, day: bool) -> None:
    errors: Mapping[str, str] = {
        **(
            {"reason": "Say what you hold, what you need to know, or why."}
            if reason and not draft.reason.strip()
            else {}
        ),
        **({"by_on": "Give the date."} if day and draft.by_on is None else {}),
    }
    if errors:
        raise FormErrors(errors)
