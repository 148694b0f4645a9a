"""What a regulatory review panel concluded, as rules: what closing it needs, and when it is looked at again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.calendar import WorkingCalendar
from bot.domain.identifiers import Identifier, find_identifiers
from bot.domain.panels import ContributionKind, PanelOutcome, PanelState, TellProvider
from bot.domain.policy import DigestPolicy, PanelPolicy
from bot.errors import FormErrors

LOOKS_LIKE = {
    Identifier.EMAIL: "an e-mail address",
    Identifier.NHS: "an NHS number",
    Identifier.PHONE: "a telephone number",
    Identifier.NMC: "an NMC PIN",
    Identifier.POSTCODE: "a full postcode",
    Identifier.BIRTH: "a date of birth",
    Identifier.GMC: "a GMC number",
}


@dataclass(frozen=True)
class Conclusion:
    """What somebody typed to close a panel. `tell_by_id` is the person who tells the provider, `tell_on` by when."""

    outcome: PanelOutcome
    rationale: str
    tell: TellProvider
    tell_by_id: int | None = None
    tell_on: date | None = None
    review_on: date | None = None


def check_conclusion(told: Conclusion, people: Collection[int], today: date, calendar: WorkingCalendar) -> None:
    """Raise `FormErrors` naming every field at fault. `people` are the enrolled invitees who may be given something to
    do. A review is needed unless nothing more is to be done *(ours)*."""
    errors = _telling_errors(told, people, today)
    if not told.rationale.strip():
        errors["rationale"] = "Say why: a panel is closed with its reasons."
    if told.review_on is None:
        if told.outcome is not PanelOutcome.NO_ACTION:
            errors["review_on"] = "Choose a day to look at it again. Only “no further action” needs none."
    else:
        errors |= review_errors(told.review_on, today, calendar)
    if errors:
        raise FormErrors(errors)


def review_errors(review_on: date, today: date, calendar: WorkingCalendar) -> dict[str, str]:
    """What is wrong with a day of review: it is a working day to come."""
    if review_on <= today:
        return {"review_on": "Choose a day after today."}
    if not calendar.is_working_day(review_on):
        return {"review_on": "This is not a working day. Choose another."}
    return {}


def _telling_errors(told: Conclusion, people: Collection[int], today: date) -> dict[str, str]:
    errors = {}
    if told.tell is not TellProvider.YES:
        left = {"tell_by": told.tell_by_id, "tell_on": told.tell_on}
        return {name: "Leave this empty, or choose “Yes” above." for name, value in left.items() if value}
    if told.tell_by_id not in people:
        errors["tell_by"] = "Choose who tells the provider."
    if told.tell_on is None or told.tell_on < today:
        errors["tell_on"] = "Choose today or a later day."
    return errors


def may_contribute(kind: ContributionKind, state: PanelState, starts_at: datetime | None, now: datetime) -> bool:
    """Whether an organisation may still say this: its existing activity until the panel is closed, what it said from
    the panel's beginning until then."""
    if kind is ContributionKind.ACTIVITY:
        return state in (PanelState.PROPOSED, PanelState.FIXED)
    return begun(state, starts_at, now) and state is not PanelState.HELD


def begun(state: PanelState, starts_at: datetime | None, now: datetime) -> bool:
    """Whether a panel has come together by now, be it closed or not."""
    return state is PanelState.HELD or (state is PanelState.FIXED and starts_at is not None and starts_at <= now)


def pack_due_at(starts_at: datetime, calendar: WorkingCalendar, panels: PanelPolicy, digest: DigestPolicy) -> datetime:
    """The moment the pack goes out: so many working days before, when digests do *(ours)*."""
    return calendar.at(calendar.shift(calendar.day(starts_at), -panels.pack_before), digest.at)


def recall_day(review_on: date, today: date, calendar: WorkingCalendar, panels: PanelPolicy) -> date | None:
    """The newest day by now on which a review is recalled: the day itself, then every so many working days. None
    before it. Asked late, it is one recall that is due and not several."""
    day = calendar.on_or_after(review_on)
    if day > today:
        return None
    while (following := calendar.shift(day, panels.review_every)) <= today:
        day = following
    return day


def check_identifiers(texts: Mapping[str, str], *, vouched: bool) -> dict[str, int]:
    """How many of each kind of identifier stand in these texts, by field. Raises `FormErrors` beside each field that
    holds one, unless somebody vouches that it identifies nobody [003 §115]."""
    found = {name: [one.kind for one in find_identifiers(text)] for name, text in texts.items()}
    if not vouched and any(found.values()):
        raise FormErrors({name: _identifying(kinds) for name, kinds in found.items() if kinds})
    every = [kind for kinds in found.values() for kind in kinds]
    return {str(kind): every.count(kind) for kind in Identifier if kind in every}


def _identifying(kinds: Collection[Identifier]) -> str:
    seen = " and ".join(label for kind, label in LOOKS_LIKE.items() if kind in kinds)
    return f"This holds what looks like {seen}. Take it out, or tick the last box if it identifies nobody."
