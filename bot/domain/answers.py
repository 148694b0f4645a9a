"""What an organisation answers to a concern: each answer is a record of its own, and counts for triangulation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.concern import DETAILS_LIMIT
from bot.domain.terms import Directness, Lineage, Reliability
from bot.errors import FormErrors


class AnswerKind(StrEnum):
    """The four things a member organisation can say to a concern; and what its originator adds, in reply or not."""

    CORROBORATE = "corroborate"
    CONTRADICT = "contradict"
    ASK_MORE = "ask for more"
    RESOLVED = "resolved"
    ADDED = "added"


class AnswerHandling(StrEnum):
    """Who may read an answer: whoever may read the concern, or its originator alone. Never more than the concern."""

    READERS = "readers"
    ORIGINATOR = "originator"


FROM_OTHERS = (AnswerKind.CORROBORATE, AnswerKind.CONTRADICT, AnswerKind.ASK_MORE, AnswerKind.RESOLVED)
GRADED = (AnswerKind.CORROBORATE, AnswerKind.CONTRADICT)  # these bring knowledge of one's own
WAITING = (AnswerKind.ASK_MORE, AnswerKind.RESOLVED)  # these wait for the originator


@dataclass(frozen=True)
class Grading:
    """How what is brought is known, and when it happened."""

    lineage: Lineage
    reliability: Reliability
    directness: Directness
    event_on: date


@dataclass(frozen=True)
class AnswerDraft:
    """What somebody typed in answer to a concern. `concern` is its reference; `grading` is given with what is `GRADED`
    and with nothing else; `vouched` is whether they say that it identifies nobody; `shown` is the print of who the form
    last said would see it."""

    concern: str
    kind: AnswerKind
    text: str
    handling: AnswerHandling = AnswerHandling.READERS
    grading: Grading | None = None
    vouched: bool = False
    shown: str = ""


@dataclass(frozen=True)
class Voice:
    """One organisation's account of one thing: the concern itself, or a corroboration of it. `organisation` is empty
    when it may not be named."""

    organisation_id: int
    organisation: str
    grading: Grading


def check_answer(draft: AnswerDraft, today: date) -> None:
    """Raise `FormErrors` naming every field that needs another look."""
    errors = {}
    if len(draft.text) > DETAILS_LIMIT:
        errors["text"] = f"{len(draft.text)} characters; at most {DETAILS_LIMIT}. Send a second answer for the rest."
    elif draft.kind is not AnswerKind.CORROBORATE and not draft.text.strip():
        errors["text"] = "Say it in a few words. Only to corroborate needs none."
    if draft.grading and draft.grading.event_on > today:
        errors["event_on"] = "This date is in the future. Give the day it happened, or the day you learned of it."
    if errors:
        raise FormErrors(errors)


def independent_voices(concern: Voice, corroborations: Iterable[Voice]) -> list[Voice]:
    """Those of these voices that count as independent of each other, the earliest event first: at most one for each
    organisation, and one for each lineage.

    What an organisation knows by its own contact is a lineage of its own; all that nobody can say the origin of is one
    lineage together. The media, what was heard at a meeting, what another told, and the same account again are derived
    and never count; nor does what is suspected to be false, nor, since it alone never lifts a level, a source that is
    not reliable.
    """
    voices = sorted((concern, *corroborations), key=lambda one: one.grading.event_on)
    sound = [one for one in voices if counts(one.grading)]
    chosen: dict[int, Voice] = {}
    for one in sound:
        if one.grading.lineage is Lineage.OWN:
            chosen.setdefault(one.organisation_id, one)
    unknown = (one for one in sound if one.grading.lineage is Lineage.UNKNOWN and one.organisation_id not in chosen)
    if first := next(unknown, None):
        chosen[first.organisation_id] = first
    return sorted(chosen.values(), key=lambda one: one.grading.event_on)


def counts(grading: Grading, *, derived: bool = False) -> bool:
    """Whether an account can count as a voice; with `derived`, also what another told and the same account again, which
    are heard though they are never independent."""
    lineages = (Lineage.OWN, Lineage.UNKNOWN, *((Lineage.TOLD, Lineage.SAME_AS) if derived else ()))
    return (
        grading.lineage in lineages
        and grading.reliability is not Reliability.NOT_RELIABLE
        and grading.directness is not Directness.SUSPECTED_FALSE
    )
