"""What a person can ask for about an escalation: start it, open it, acknowledge it, answer it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.domain.concern import new_reference
from bot.domain.escalation import AddresseeState, Outcome, build_ladder
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import Basis, ConcernState, Marking, Wanted
from bot.errors import AlreadyAnswered, FormErrors, NotFound, NotYours
from bot.services.keeping import note_activity
from bot.services.ladders import advance, refresh_grid
from bot.store import escalations as asked
from bot.store.annexe import has_annexe
from bot.store.concerns import reaches, visible_by_id, visible_concern
from bot.store.handling import share
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import nominees, organisations_by_id, protocol_organisations, representatives
from bot.store.tables import Addressee, Concern, Escalation, LadderRung, Organisation
from bot.store.unit import Unit


@dataclass(frozen=True)
class EscalationDraft:
    """What somebody typed into the escalation form."""

    concern: str
    category: str
    organisations: tuple[int, ...]
    wanted: Wanted
    question: str = ""
    sponsor_id: int | None = None


async def start_escalation(
    unit: Unit, draft: EscalationDraft, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Escalation:
    """Address organisations under the protocol. The same `key` again changes nothing and answers the same.

    Raises `NotFound` for a concern this person may not read and `FormErrors` naming every field at fault.
    """
    earlier = await asked.escalation_by_submission(unit, key)
    if earlier:
        return earlier
    today = rules.today(now)
    seen = await visible_concern(unit, draft.concern, by, today)
    if seen is None:
        raise NotFound(what=draft.concern)
    await _check(unit, draft, seen.concern, by=by, today=today, rules=rules)
    escalation, new = await _save(unit, draft, seen.concern, by, key, now)
    if new:
        await _address(unit, escalation, seen.concern, draft.organisations, now=now, rules=rules)
        await note_activity(unit, escalation.concern_id, now, acted_on=True)
        facts = ("escalation", escalation.key)
        record(unit, "escalation started", by=by, now=now, subject=facts, group_id=escalation.group_id)
    return escalation


async def open_escalation(
    unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules
) -> asked.OpenEscalation:
    """Read one escalation with its concern, and log the reading. Raises `NotFound`."""
    today = rules.today(now)
    escalation = await asked.visible_escalation(unit, reference, by, today)
    concern = await visible_by_id(unit, escalation.concern_id, by, today) if escalation else None
    if escalation is None or concern is None:
        raise NotFound(what=reference)
    concern = replace(concern, annexe=await has_annexe(unit, escalation.concern_id))
    facts = ("escalation", escalation.key)
    read = escalation.concern_id
    record(unit, "escalation read", by=by, now=now, subject=facts, group_id=escalation.group_id, concern=read)
    mine = await asked.addressee_for(unit, escalation.key, by.organisation_id)
    may_answer = mine is not None and await _on_ladder(unit, mine, by)
    ours = escalation.organisation_id == by.organisation_id
    return asked.OpenEscalation(escalation, concern, await asked.grid(unit, escalation.key), ours, mine, may_answer)


async def acknowledge(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Escalation:
    """Say, for one's organisation, that it has been received. A second time changes nothing."""
    escalation, mine = await _answerable(unit, reference, by, rules.today(now))
    if mine.state is not AddresseeState.NOTIFIED:
        return escalation
    mine.state = AddresseeState.ACKNOWLEDGED
    mine.acknowledged_at, mine.acknowledged_by_id, mine.nudges = now, by.person_id, 0
    mine.next_step_at = rules.calendar.after(now, rules.policy.pace(escalation.urgency).respond)
    await _saved(unit, escalation, mine, "escalation acknowledged", by, now)
    return escalation


async def respond(
    unit: Unit, reference: str, outcome: Outcome, reason: str, *, by: Viewer, now: datetime, rules: Rules
) -> Escalation:
    """Answer for one's organisation. The same person's same answer again changes nothing.

    Raises `AlreadyAnswered` for another answer, and `FormErrors` without a reason where one is needed.
    """
    escalation, mine = await _answerable(unit, reference, by, rules.today(now))
    if mine.state is AddresseeState.RESPONDED:
        if (mine.responded_by_id, mine.outcome, mine.reason) == (by.person_id, outcome, reason.strip()):
            return escalation
        raise AlreadyAnswered(who=by.organisation, what=escalation.reference)
    if outcome in (Outcome.HOLDS, Outcome.NEEDS_MORE) and not reason.strip():
        raise FormErrors({"reason": "Say what you hold, or what you need to know."})
    if mine.acknowledged_at is None:
        mine.acknowledged_at, mine.acknowledged_by_id = now, by.person_id
    mine.state, mine.outcome, mine.reason = AddresseeState.RESPONDED, outcome, reason.strip()
    mine.responded_at, mine.responded_by_id, mine.next_step_at = now, by.person_id, None
    await _saved(unit, escalation, mine, "escalation answered", by, now)
    await note_activity(unit, escalation.concern_id, now)
    about: dict[str, int | str] = {"addressee": mine.key}
    await tell(unit, Telling("escalation.answered", about, person_id=escalation.raised_by_id), now)
    return escalation


async def addressable(unit: Unit, by: Viewer, today: date) -> Sequence[Organisation]:
    """The organisations this person may address: signatories and supporters other than their own."""
    return [one for one in await protocol_organisations(unit, today) if one.key != by.organisation_id]


async def needs_sponsor(unit: Unit, by: Viewer, today: date) -> bool:
    """Whether this person's organisation has not signed the protocol, and so names a sponsor [000 4.26]."""
    return not (await unit.get(Organisation, by.organisation_id)).signed(today)


async def _saved(unit: Unit, escalation: Escalation, mine: Addressee, act: str, by: Viewer, now: datetime) -> None:
    unit.add(mine)
    record(unit, act, by=by, now=now, subject=("addressee", mine.key), group_id=escalation.group_id)
    await unit.flush()
    await refresh_grid(unit, escalation, now, because=mine)


async def _answerable(unit: Unit, reference: str, by: Viewer, today: date) -> tuple[Escalation, Addressee]:
    """The escalation and the line this person answers for. Raises `NotFound` or `NotYours`."""
    escalation = await asked.visible_escalation(unit, reference, by, today)
    # Locked, so that two people of one organisation answer one after the other.
    mine = await asked.addressee_for(unit, escalation.key, by.organisation_id, lock=True) if escalation else None
    if escalation is None or mine is None:
        raise NotFound(what=reference)
    if not await _on_ladder(unit, mine, by):
        raise NotYours(who=f"the people {by.organisation} has named for escalations")
    return escalation, mine


async def _on_ladder(unit: Unit, mine: Addressee, by: Viewer) -> bool:
    return any(rung.person_id == by.person_id for rung in await asked.ladder(unit, mine.key))


async def _check(
    unit: Unit, draft: EscalationDraft, concern: Concern, *, by: Viewer, today: date, rules: Rules
) -> None:
    errors = {}
    allowed = {one.key: one for one in await addressable(unit, by, today)}
    if concern.state is ConcernState.WITHDRAWN:
        errors["organisations"] = "This concern is withdrawn, so nobody can be asked about it."
    elif concern.marking is Marking.RED:
        errors["organisations"] = "This concern is TLP:RED, for named people only. Raise it again for organisations."
    elif not draft.organisations or not set(draft.organisations) <= set(allowed):
        errors["organisations"] = "Choose at least one organisation from the list."
    elif concern.organisation_id != by.organisation_id:
        beyond = set(draft.organisations) - await reaches(unit, concern)
        names = ", ".join(sorted(allowed[key].short_name for key in beyond))
        if beyond:
            errors["organisations"] = (
                f"Only the organisation that raised this may share it further. Leave out: {names}."
            )
    if draft.category not in rules.policy.categories:
        errors["category"] = "Choose a category from the list."
    if await needs_sponsor(unit, by, today):
        sponsor = (await organisations_by_id(unit, [draft.sponsor_id or 0])).get(draft.sponsor_id or 0)
        if sponsor is None or not sponsor.signed(today):
            errors["sponsor"] = "Your organisation has not signed the protocol. Name a signatory that sponsors this."
    if errors:
        raise FormErrors(errors)


async def _save(
    unit: Unit, draft: EscalationDraft, concern: Concern, by: Viewer, key: str, now: datetime
) -> tuple[Escalation, bool]:
    row = Escalation(
        reference="",
        submit_key=key,
        concern_id=concern.key,
        group_id=concern.group_id,
        category=draft.category,
        wanted=draft.wanted,
        urgency=concern.urgency,
        question=draft.question.strip(),
        raised_by_id=by.person_id,
        organisation_id=by.organisation_id,
        sponsor_id=draft.sponsor_id,
        started_at=now,
    )
    while True:
        row.reference = new_reference("E")
        new = await unit.insert_once(row)
        saved = await asked.escalation_by_submission(unit, key)
        if saved:
            return saved, new


async def _address(
    unit: Unit,
    escalation: Escalation,
    concern: Concern,
    organisation_ids: Sequence[int],
    *,
    now: datetime,
    rules: Rules,
) -> None:
    """One line, one ladder and a first step for each organisation; each may now read the concern."""
    today = rules.today(now)
    await share(unit, concern.key, [(key, None) for key in organisation_ids], Basis.ESCALATION, now)
    named = await nominees(unit, organisation_ids, today)
    seats = await representatives(unit, organisation_ids, escalation.group_id, today)
    await tell(unit, grid_of(escalation), now)
    for key in organisation_ids:
        addressee = Addressee(escalation_id=escalation.key, organisation_id=key)
        unit.add(addressee)
        await unit.flush()
        without = {escalation.raised_by_id}
        rungs = build_ladder(named[key], seats[key], category=escalation.category, without=without)
        unit.add(
            *(
                LadderRung(addressee_id=addressee.key, position=r.position, person_id=r.person_id, role=r.role)
                for r in rungs
            )
        )
        await unit.flush()
        await advance(unit, addressee, escalation, now=now, rules=rules)
    if concern.state is ConcernState.SUBMITTED:
        concern.state = ConcernState.CONSIDERED
        unit.add(concern)


def grid_of(escalation: Escalation) -> Telling:
    """The originator's grid of who has answered."""
    return Telling("escalation.grid", {"escalation": escalation.key}, person_id=escalation.raised_by_id)
