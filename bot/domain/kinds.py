"""The kinds of formal request, as the policy file describes them. Another kind needs no other code."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.escalation import Pace
from bot.domain.terms import OrganisationKind, Urgency, Wanted

DRILL = "drill"
"""A rehearsal of the ladder, which is about nothing and counts nowhere."""


class Addressed(StrEnum):
    """Whom a kind of request goes to."""

    SIGNATORIES = "signatories"
    MEMBERS = "members"
    KINDS = "kinds of organisation"
    PARENT = "parent group"
    GROUPS = "other groups"

    @property
    def to_groups(self) -> bool:
        """Whether groups are addressed, that is their secretariat and chair, and not organisations."""
        return self in (Addressed.PARENT, Addressed.GROUPS)


@dataclass(frozen=True)
class AnswerKind:
    """An answer that may be given: `label` in the form, `shown` after the name of whoever answered. `asks`: it is a
    question back, and no answer yet; `joins`: whoever gives it comes to the panel."""

    label: str
    shown: str
    needs_reason: bool = False
    needs_date: bool = False
    asks: bool = False
    joins: bool = False


@dataclass(frozen=True)
class FieldKind:
    """Something to be typed when a request of this kind is made."""

    label: str
    hint: str = ""
    required: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of request. `asks` completes “CQC asks GMC …”. `note` is shown to whoever makes it."""

    label: str
    asks: str
    addressed: Addressed
    answers: Mapping[str, AnswerKind]
    organisation_kinds: frozenset[OrganisationKind] = frozenset()
    fields: Mapping[str, FieldKind] = field(default_factory=dict)
    wanted: tuple[Wanted, ...] = (Wanted.ACTION,)
    categories: bool = False
    sponsor: bool = False
    panel: bool = False
    note: str = ""
    paces: Mapping[Urgency, Pace] = field(default_factory=dict)

    def missing(self, said: Mapping[str, str]) -> Collection[str]:
        """The fields that must be filled in and are not."""
        return [name for name, one in self.fields.items() if one.required and not said.get(name, "").strip()]

    @property
    def dated(self) -> bool:
        """Whether some answer has a date."""
        return any(answer.needs_date for answer in self.answers.values())
