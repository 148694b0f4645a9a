"""The kinds of formal request in the policy file, checked and turned into `Kind`."""

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from bot.domain.kinds import Addressed, AnswerKind, FieldKind, Kind
from bot.domain.terms import OrganisationKind, Urgency, Wanted
from bot.files.policy_values import Key, Label, PaceEntry
from bot.files.shape import Strict, words

ADDRESSED = {one.value: one for one in Addressed if one is not Addressed.KINDS}


def _addressed(value: object) -> object:
    if isinstance(value, str) and value in ADDRESSED:
        return (ADDRESSED[value], frozenset())
    if isinstance(value, list) and value and all(one in set(OrganisationKind) for one in value):
        return (Addressed.KINDS, frozenset(OrganisationKind(one) for one in value))
    raise ValueError(
        f"says nobody we know: write {', '.join(ADDRESSED)}, or a list of kinds of organisation in square brackets"
    )


Addressees = Annotated[tuple[Addressed, frozenset[OrganisationKind]], BeforeValidator(_addressed)]


class _Answer(Strict):
    label: Label
    shown: Label
    reason: bool = False
    date: bool = False
    asks: bool = False
    joins: bool = False


class _Field(Strict):
    label: Annotated[str, words(150)]
    hint: Annotated[str, words(150)] = ""
    required: bool = False


class KindEntry(Strict):
    """One entry under `kinds`."""

    label: Label
    asks: Annotated[str, words(150)]
    addressed_to: Addressees
    answers: Annotated[dict[Key, _Answer], Field(min_length=1, max_length=10)]
    fields: Annotated[dict[Key, _Field], Field(max_length=5)] = Field(default_factory=dict)
    wanted: Annotated[tuple[Wanted, ...], Field(min_length=1)] = (Wanted.ACTION,)
    category: bool = False
    sponsor: bool = False
    panel: bool = False
    note: Annotated[str, words(500)] = ""
    paces: dict[Urgency, PaceEntry] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_answered(self) -> "KindEntry":
        if all(answer.asks for answer in self.answers.values()):
            raise ValueError("has no answer that ends it: at least one must not be “asks: true”")
        return self

    def read(self) -> Kind:
        """The entry as the rules know it."""
        addressed, kinds = self.addressed_to
        return Kind(
            label=self.label,
            asks=self.asks,
            addressed=addressed,
            organisation_kinds=kinds,
            answers={key: _answer(one) for key, one in self.answers.items()},
            fields={key: FieldKind(one.label, one.hint, one.required) for key, one in self.fields.items()},
            wanted=self.wanted,
            categories=self.category,
            sponsor=self.sponsor,
            panel=self.panel,
            note=self.note,
            paces={urgency: pace.read() for urgency, pace in self.paces.items()},
        )


def _answer(one: _Answer) -> AnswerKind:
    return AnswerKind(one.label, one.shown, one.reason or one.asks, one.date, one.asks, one.joins)
