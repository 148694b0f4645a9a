"""Before a provider is asked for information: who proposes it, and what each member holds [000 4.16, R12]."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.actions import missed_day
from bot.domain.concern import new_reference
from bot.domain.handling import Viewer
from bot.domain.information import (
    REASON_LIMIT,
    WANTED_LIMIT,
    WORDS_LIMIT,
    Holding,
    RequestAct,
    words_error,
)
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.errors import Conflicted, FormErrors, NoGroup, NotFound
from bot.services.information_core import find_request, hold, saved
from bot.services.information_news import ask_members
from bot.store.barring import barred_from
from bot.store.information import SeenRequest, family_of, holding_by, request_by_submission
from bot.store.journal import record
from bot.store.tables import InformationHolding, InformationRequest
from bot.store.unit import Unit


@dataclass(frozen=True)
class RequestDraft:
    """What somebody typed to have a provider asked for something."""

    group_id: int
    provider_id: int
    wanted: str
    reason: str
    due_on: date | None
    vouched: bool


async def propose(
    unit: Unit, draft: RequestDraft, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> InformationRequest:
    """Propose that a provider is asked, and ask every member organisation what it holds. The same `key` again changes
    nothing. Raises `NoGroup`, and `FormErrors` naming every field at fault."""
    earlier = await request_by_submission(unit, key)
    if earlier:
        return earlier
    if draft.group_id not in by.group_ids:
        raise NoGroup
    today = rules.today(now)
    await _check(unit, draft, by, today)
    request, new = await _save(unit, draft, by, key, now)
    if new:
        subject = ("information", request.key)
        record(unit, "information request proposed", by=by, now=now, subject=subject, group_id=request.group_id)
        await ask_members(unit, request, by, now, today)
    return request


async def say(
    unit: Unit, reference: str, holding: Holding, text: str, *, vouched: bool, by: Viewer, now: datetime, rules: Rules
) -> InformationRequest:
    """Say for one's organisation what it holds; the newest stands. The same again changes nothing.

    Raises `NotFound`, `NotYours`, `WrongState` once it is over, and `FormErrors`.
    """
    held = await hold(unit, reference, by=by, today=rules.today(now))
    held.check(RequestAct.SAY)
    if wrong := words_error(text, WORDS_LIMIT):
        raise FormErrors({"text": wrong})
    check_identifiers({"text": text}, vouched=vouched)
    row = await holding_by(unit, held.request.key, by.organisation_id)
    if row is not None and (row.holding, row.text) == (holding, text.strip()):
        return held.request
    row = row or InformationHolding(
        request_id=held.request.key, organisation_id=by.organisation_id, holding=holding, by_id=by.person_id, at=now
    )
    row.holding, row.text, row.by_id, row.at = holding, text.strip(), by.person_id, now
    unit.add(row)
    await saved(unit, held.request, "information holding said", by=by, now=now, rules=rules)
    return held.request


async def open_request(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> SeenRequest:
    """One request, and log the reading. Raises `NotFound`."""
    seen = await find_request(unit, reference, by=by, today=rules.today(now))
    subject = ("information", seen.request.key)
    record(unit, "information request read", by=by, now=now, subject=subject, group_id=seen.request.group_id)
    return seen


async def check_provider(unit: Unit, provider_id: int, *, by: Viewer, today: date) -> list[int]:
    """The provider with its sites, for somebody who may be shown something about it. Raises `NotFound` and
    `Conflicted`."""
    family = await family_of(unit, provider_id)
    if not family:
        raise NotFound(what=str(provider_id))
    if await barred_from(unit, by, [provider_id], today):
        raise Conflicted
    return family


async def _check(unit: Unit, draft: RequestDraft, by: Viewer, today: date) -> None:
    errors = {
        "wanted": words_error(draft.wanted, WANTED_LIMIT, "Say what is wanted."),
        "reason": words_error(draft.reason, REASON_LIMIT, "Say why: the members decide by it whether to ask."),
        "due_on": missed_day(draft.due_on, today),
    }
    if not await family_of(unit, draft.provider_id):
        errors["provider"] = "Choose one from the list."
    elif await barred_from(unit, by, [draft.provider_id], today):
        errors["provider"] = str(Conflicted())
    if any(errors.values()):
        raise FormErrors({name: wrong for name, wrong in errors.items() if wrong})
    check_identifiers({"wanted": draft.wanted, "reason": draft.reason}, vouched=draft.vouched)


async def _save(
    unit: Unit, draft: RequestDraft, by: Viewer, key: str, now: datetime
) -> tuple[InformationRequest, bool]:
    row = InformationRequest(
        reference="",
        submit_key=key,
        group_id=draft.group_id,
        provider_id=draft.provider_id,
        wanted=draft.wanted.strip(),
        reason=draft.reason.strip(),
        proposed_by_id=by.person_id,
        organisation_id=by.organisation_id,
        proposed_at=now,
        due_on=draft.due_on,
    )
    while True:
        row.reference = new_reference("I")
        new = await unit.insert_once(row)
        standing = await request_by_submission(unit, key)
        if standing:
            return standing, new
