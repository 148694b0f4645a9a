"""A concern before it is saved: what was typed, checked as a whole, with a sentence for each field."""

import secrets
from dataclasses import dataclass
from datetime import date

from bot.domain.handling import check_handling
from bot.domain.terms import Audience, Directness, Lineage, Marking, Reliability, Urgency, Wanted
from bot.errors import FormErrors

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
HEADLINE_LIMIT = 150
DETAILS_LIMIT = 3000


def new_reference(kind: str) -> str:
    """A reference such as `C-7Q4KM2`. Random: a sequence would tell outsiders how much was submitted."""
    return f"{kind}-{''.join(secrets.choice(ALPHABET) for _ in range(6))}"


@dataclass(frozen=True)
class Draft:
    """What somebody typed into the concern form, read but not yet saved."""

    group_id: int
    headline: str
    details: str
    theme: str
    source: str
    directness: Directness
    urgency: Urgency
    wanted: Wanted
    audience: Audience
    marking: Marking
    event_on: date
    provider_id: int | None = None
    provider_named: str = ""
    across_providers: bool = False
    organisations: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    attributed: bool = True
    verbal_only: bool = False
    reliability: Reliability = Reliability.UNTESTED
    lineage: Lineage = Lineage.UNKNOWN
    quality_domain: str = ""


def check_draft(draft: Draft, today: date) -> None:
    """Raise `FormErrors` naming every field that needs another look, all at once."""
    errors: dict[str, str] = {}
    places = sum((draft.provider_id is not None, bool(draft.provider_named.strip()), draft.across_providers))
    if places == 0:
        errors["provider"] = "Choose a provider, or tell us its name below, or tick “a theme across several”."
    if places > 1:
        errors["provider"] = "Choose one only: a provider from the list, a name you type, or “a theme across several”."
    errors |= _text_errors(draft)
    if draft.event_on > today:
        errors["event_on"] = "This date is in the future. Give the day it happened, or the day you learned of it."
    try:
        check_handling(draft.audience, draft.marking, organisations=draft.organisations, people=draft.people)
    except FormErrors as wrong:
        errors |= wrong.fields
    if errors:
        raise FormErrors(errors)


def _text_errors(draft: Draft) -> dict[str, str]:
    errors = {}
    if not draft.headline.strip():
        errors["headline"] = "Write one line that may be shown in the group’s channel."
    if len(draft.headline) > HEADLINE_LIMIT:
        errors["headline"] = _too_long(draft.headline, HEADLINE_LIMIT, "Move the rest to the details.")
    if len(draft.details) > DETAILS_LIMIT:
        errors["details"] = _too_long(draft.details, DETAILS_LIMIT, "Raise a second concern for the rest.")
    if not draft.verbal_only and not draft.details.strip():
        errors["details"] = "Say what you know, or tick “I would rather say this at the meeting”."
    if draft.verbal_only and draft.details.strip():
        errors["details"] = "You would rather say this at the meeting: leave this empty, or untick the box below."
    return errors


def _too_long(text: str, limit: int, advice: str) -> str:
    return f"{len(text)} characters; at most {limit}. {advice}"


def grade(reliability: Reliability, directness: Directness) -> str:
    """The grade as its code, such as `2C`. Never averaged."""
    return f"{reliability}{directness}"
