"""Named questions about concerns, each starting from a statement of `store/visibility.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.answers import AnswerKind, Grading, Voice, independent_voices
from bot.domain.concern import grade
from bot.domain.handling import Viewer
from bot.domain.terms import Basis
from bot.store.tables import (
    Addressee,
    Concern,
    ConcernAnswer,
    ConcernAudience,
    Escalation,
    EscalationConcern,
    Organisation,
    Person,
    Provider,
)
from bot.store.unit import Unit
from bot.store.visibility import audience_of, concern_by_submission, newest_visible, strangely_marked, visible_concerns


@dataclass(frozen=True)
class SeenAnswer:
    """An answer to a concern as one person may know it. `organisation` is empty when it may not be named to them, `own`
    is whether it is their organisation's, `waits` whether the originator has still to reply to it."""

    answer: ConcernAnswer
    organisation: str
    own: bool
    waits: bool = False

    @property
    def grading(self) -> Grading | None:
        it = self.answer
        if it.lineage and it.reliability and it.directness and it.event_on:
            return Grading(it.lineage, it.reliability, it.directness, it.event_on)
        return None

    @property
    def grade(self) -> str:
        return grade(self.grading.reliability, self.grading.directness) if self.grading else ""


@dataclass(frozen=True)
class SeenConcern:
    """A concern with the names needed to show it. `organisation` is empty when it may not be named to this viewer.

    `annexe` is whether it has a restricted annexe, and `answers` are those this viewer may read, newest first: both are
    looked up only for its own page.
    """

    concern: Concern
    provider: str
    organisation: str
    area: str = ""
    annexe: bool = False
    answers: tuple[SeenAnswer, ...] = ()

    @property
    def corroborations(self) -> list[Voice]:
        """Those of its answers that bear it out, whether they count as independent or not."""
        return [
            Voice(one.answer.organisation_id, one.organisation, one.grading)
            for one in self.answers
            if one.answer.kind is AnswerKind.CORROBORATE and one.grading
        ]

    @property
    def voices(self) -> list[Voice]:
        """The independent voices that this viewer may hear in it and in what bears it out."""
        it = self.concern
        known = Grading(it.lineage, it.reliability, it.directness, it.event_on)
        return independent_voices(Voice(it.organisation_id, self.organisation, known), self.corroborations)


@dataclass(frozen=True)
class Readers:
    """Who can see a concern, by name, for telling its originator."""

    organisations: tuple[str, ...]
    people: tuple[str, ...]


async def seen(unit: Unit, statement: SelectOfScalar[Concern], *, by: Viewer | None = None) -> list[SeenConcern]:
    """Run a statement of `store/visibility.py` and add the names. `by` None is the eyes of a whole channel."""
    named = (
        statement.outerjoin(Provider, col(Provider.id) == col(Concern.provider_id))
        .join(Organisation, col(Organisation.id) == col(Concern.organisation_id))
        .add_columns(col(Provider.name), col(Provider.area), col(Organisation.short_name))
    )
    return [
        SeenConcern(concern, _place(concern, provider), _voice(concern, organisation, by), area or "")
        for concern, provider, area, organisation in await unit.rows(named)
    ]


async def visible_concern(unit: Unit, reference: str, viewer: Viewer, today: date) -> SeenConcern | None:
    """The concern with that reference if this person may read it."""
    asked = visible_concerns(viewer, today).where(Concern.reference == reference.strip().upper())
    found = await seen(unit, asked, by=viewer)
    return found[0] if found else None


async def visible_by_id(unit: Unit, concern_id: int, viewer: Viewer, today: date) -> SeenConcern | None:
    found = await seen(unit, visible_concerns(viewer, today).where(Concern.id == concern_id), by=viewer)
    return found[0] if found else None


async def raised_by(unit: Unit, viewer: Viewer, today: date, limit: int = 20) -> list[SeenConcern]:
    """Somebody's own concerns, newest first."""
    mine = visible_concerns(viewer, today).where(Concern.raised_by_id == viewer.person_id)
    newest_first = mine.order_by(col(Concern.raised_at).desc(), col(Concern.id).desc())
    return await seen(unit, newest_first.limit(limit), by=viewer)


async def about_provider(unit: Unit, viewer: Viewer, provider_ids: Sequence[int], today: date) -> list[SeenConcern]:
    """What this person may read about a provider and its sites, newest event first."""
    asked = visible_concerns(viewer, today).where(col(Concern.provider_id).in_(provider_ids))
    return await seen(unit, asked.order_by(col(Concern.event_on).desc(), col(Concern.id).desc()), by=viewer)


async def recently_visible(unit: Unit, viewer: Viewer, today: date, limit: int = 100) -> list[SeenConcern]:
    """What this person may read, newest first, for choosing one to escalate."""
    return await seen(unit, newest_visible(viewer, today, limit), by=viewer)


async def submitted_as(unit: Unit, submit_key: str) -> Concern | None:
    """The concern a form has already become, for answering a resend of that form as the first time."""
    return await unit.first(concern_by_submission(submit_key))


async def readers_of(unit: Unit, concern: Concern) -> Readers:
    """The names behind a concern's audience as it stands, the originating organisation first."""
    return await named(unit, await unit.all(audience_of(concern.key)))


async def named(unit: Unit, lines: Sequence[ConcernAudience]) -> Readers:
    """The names behind a resolved audience, saved or not, the originating organisation first."""
    own = {line.organisation_id for line in lines if line.basis is Basis.ORIGIN}
    bodies = await unit.rows(
        select(Organisation.id, Organisation.short_name).where(
            col(Organisation.id).in_([line.organisation_id for line in lines if line.organisation_id])
        )
    )
    # Sorted here: the two databases do not agree on the order of letters.
    organisations = [name for _, name in sorted(bodies, key=lambda row: (row[0] not in own, row[1].casefold()))]
    single = [line.person_id for line in lines if line.person_id]
    people = (
        await unit.rows(
            select(Person.name, Organisation.short_name)
            .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
            .where(col(Person.id).in_(single))
        )
        if single
        else []
    )
    return Readers(tuple(organisations), tuple(sorted(f"{name} ({of})" for name, of in people)))


async def reaches(unit: Unit, concern: Concern) -> set[int]:
    """The organisations already in a concern's audience."""
    return {line.organisation_id for line in await unit.all(audience_of(concern.key)) if line.organisation_id}


async def fates(unit: Unit, concern_ids: Sequence[int]) -> Mapping[int, list[tuple[str, int, int]]]:
    """What became of concerns: for each, its escalations as (reference, asked, answered)."""
    rows = await unit.rows(
        select(EscalationConcern.concern_id, Escalation.reference, Addressee.responded_at)
        .join(Escalation, col(Escalation.id) == col(EscalationConcern.escalation_id))
        .join(Addressee, col(Addressee.escalation_id) == col(Escalation.id))
        .where(col(EscalationConcern.concern_id).in_(concern_ids))
        .order_by(col(Escalation.id))
    )
    counted: dict[int, dict[str, tuple[int, int]]] = {key: {} for key in concern_ids}
    for concern_id, reference, responded_at in rows:
        asked, answered = counted[concern_id].get(reference, (0, 0))
        counted[concern_id][reference] = (asked + 1, answered + (responded_at is not None))
    return {key: [(ref, *numbers) for ref, numbers in one.items()] for key, one in counted.items()}


def _place(concern: Concern, provider: str | None) -> str:
    return provider or concern.provider_named or "Several providers"


def _voice(concern: Concern, organisation: str, by: Viewer | None) -> str:
    own = by is not None and by.organisation_id == concern.organisation_id
    return organisation if concern.attributed or own else ""


async def with_strange_marking(unit: Unit) -> Sequence[Concern]:
    """The concerns whose marking nobody knows."""
    return await unit.all(strangely_marked())
