"""Named questions for a disclosure export: what an organisation may see of what was supplied, and the originators'
positions. Each starts from a statement of `store/visibility.py`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.disclosure import Request, strictest
from bot.domain.handling import Viewer
from bot.domain.terms import Marking, Position, Role
from bot.store.annexe import with_annexes
from bot.store.answers import answers_to
from bot.store.concerns import SeenAnswer, SeenConcern, seen
from bot.store.escalations import GridLine, about_any, concern_ids_of, past_answers, standing, with_grids
from bot.store.exchanges import written
from bot.store.people import organisations_by_id, people_by_id
from bot.store.providers import batches
from bot.store.tables import (
    Concern,
    Disclosure,
    DisclosurePosition,
    Escalation,
    Exchange,
    Organisation,
    PastAnswer,
    Person,
    Provider,
)
from bot.store.unit import Unit
from bot.store.visibility import visible_concerns
from bot.store.visible_requests import visible_escalations

SEATS = (Role.REPRESENTATIVE, Role.DEPUTY)
Line = tuple[Concern, DisclosurePosition]
Kept = tuple[Sequence[PastAnswer], Sequence[Exchange]]


@dataclass(frozen=True)
class Narrowing:
    """Only what is about one of these providers, if any are named, and was supplied from `since` to before `until`."""

    provider_ids: tuple[int, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """What one addressed organisation answered. `person` and `reason` only where the exporter may know them, and so
    what it had answered `before`, oldest first, and what it and whoever asked `said` to each other."""

    organisation: str
    state: str
    outcome: str
    reason: str
    answered_at: datetime | None
    person: str
    by_on: date | None = None
    before: Sequence[PastAnswer] = ()
    said: Sequence[Exchange] = ()

    @property
    def texts(self) -> list[str]:
        """All of its words."""
        return [self.reason, *(one.reason for one in self.before), *(one.text for one in self.said)]


@dataclass(frozen=True)
class Asked:
    """An escalation of a contribution; `organisation` is empty when whoever asked may not be named."""

    escalation: Escalation
    organisation: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Contribution:
    """One thing that was supplied, as the exporting organisation may see it, with its own `answers` to it. `person`
    only for its own people."""

    seen: SeenConcern
    own: bool
    person: str = ""
    annexe: bool = False
    asked: tuple[Asked, ...] = ()
    answers: tuple[SeenAnswer, ...] = ()

    @property
    def key(self) -> int:
        return self.seen.concern.key

    @property
    def texts(self) -> list[str]:
        """All of its words."""
        concern = self.seen.concern
        told = [concern.headline, concern.details, concern.outcome, self.seen.provider, concern.provider_named]
        told += [text for one in self.asked for text in one.escalation.said.values()]
        told += [one.answer.text for one in self.answers]
        return told + [text for one in self.asked for answer in one.answers for text in answer.texts]


@dataclass(frozen=True)
class Export:
    """One export: of what, for whom, by whom and when, and what is in it."""

    number: str
    request: Request
    organisation: Organisation
    by: Person
    made_at: datetime
    provider: str
    contributions: Sequence[Contribution]
    positions: Mapping[int, DisclosurePosition] = field(default_factory=dict)

    @property
    def marking(self) -> Marking:
        """The highest marking in it."""
        return strictest(one.seen.concern.marking for one in self.contributions)

    @property
    def own(self) -> int:
        return sum(one.own for one in self.contributions)

    @property
    def unanswered(self) -> int:
        """How many of its contributions wait for their originator's position."""
        return sum(self.position(one) is Position.ASKED for one in self.contributions)

    def position(self, contribution: Contribution) -> Position | None:
        """What the originator said; None when it was not asked."""
        row = self.positions.get(contribution.key)
        return row.position if row else None


async def organisation_named(unit: Unit, slug: str) -> Organisation | None:
    return await unit.first(select(Organisation).where(Organisation.slug == slug))


async def organisation_slugs(unit: Unit) -> Sequence[str]:
    return await unit.all(select(Organisation.slug))


async def person_named(unit: Unit, slug: str) -> Person | None:
    return await unit.first(select(Person).where(Person.slug == slug))


async def people_slugs(unit: Unit, organisation_id: int) -> Sequence[str]:
    return await unit.all(select(Person.slug).where(Person.organisation_id == organisation_id))


async def provider_coded(unit: Unit, code: str) -> Provider | None:
    return await unit.first(select(Provider).where(col(Provider.code).in_({code, code.upper()})))


async def contributions(unit: Unit, viewer: Viewer, narrowing: Narrowing, today: date) -> list[Contribution]:
    """What this person may see of what was supplied, oldest first; a few questions however much there is."""
    found = await seen(unit, _narrowed(visible_concerns(viewer, today), narrowing), by=viewer)
    keys = [one.concern.key for one in found]
    annexed = {key for some in batches(keys) for key in await with_annexes(unit, some)}
    asked = await _asked(unit, {one.concern.key: one.concern for one in found}, viewer, today)
    own = {one.concern.raised_by_id for one in found if one.concern.organisation_id == viewer.organisation_id}
    people = await people_by_id(unit, own)
    answers = await _own_answers(unit, [one.concern for one in found], viewer, today)
    return [
        Contribution(
            one,
            one.concern.organisation_id == viewer.organisation_id,
            people[one.concern.raised_by_id].name if one.concern.organisation_id == viewer.organisation_id else "",
            one.concern.key in annexed,
            tuple(asked.get(one.concern.key, ())),
            answers[one.concern.key],
        )
        for one in found
    ]


async def _own_answers(
    unit: Unit, concerns: Sequence[Concern], viewer: Viewer, today: date
) -> dict[int, tuple[SeenAnswer, ...]]:
    """What the exporting organisation itself answered to these concerns, oldest first."""
    heard: dict[int, list[SeenAnswer]] = {}
    for some in batches(concerns):
        heard |= await answers_to(unit, some, viewer, today)
    return {key: tuple(one for one in reversed(several) if one.own) for key, several in heard.items()}


def _narrowed(concerns: SelectOfScalar[Concern], narrowing: Narrowing) -> SelectOfScalar[Concern]:
    if narrowing.provider_ids:
        concerns = concerns.where(col(Concern.provider_id).in_(narrowing.provider_ids))
    if narrowing.since:
        concerns = concerns.where(Concern.raised_at >= narrowing.since)
    if narrowing.until:
        concerns = concerns.where(Concern.raised_at < narrowing.until)
    return concerns.order_by(col(Concern.raised_at), col(Concern.id))


async def _asked(unit: Unit, concerns: Mapping[int, Concern], viewer: Viewer, today: date) -> dict[int, list[Asked]]:
    """The escalations of these concerns that this person may see, by concern."""
    found: list[tuple[Escalation, list[GridLine]]] = []
    for some in batches(list(concerns)):
        statement = visible_escalations(viewer, today).where(col(Escalation.id).in_(about_any(some)))
        found += await with_grids(unit, statement)
    bodies = await organisations_by_id(unit, (escalation.organisation_id for escalation, _ in found))
    people = await _answerers(unit, (line for _, grid in found for line in grid), viewer)
    kept = await _kept(unit, [line.addressee.key for _, grid in found for line in grid])
    asked: dict[int, list[Asked]] = {}
    about = await concern_ids_of(unit, [escalation.key for escalation, _ in found])
    for escalation, grid in found:
        ours = escalation.organisation_id == viewer.organisation_id
        told = ours or any(_of(line, viewer) for line in grid)
        answers = tuple(
            _answer(line, people, kept[line.addressee.key], read=ours or _of(line, viewer), told=told) for line in grid
        )
        for concern in (concerns[key] for key in about[escalation.key] if key in concerns):
            # Who asks about something not attributed, and supplied it, would be given away by asking.
            hidden = not concern.attributed and escalation.organisation_id == concern.organisation_id
            by = "" if hidden and not ours else bodies[escalation.organisation_id].short_name
            asked.setdefault(concern.key, []).append(Asked(escalation, by, answers))
    return asked


async def _answerers(unit: Unit, lines: Iterable[GridLine], viewer: Viewer) -> dict[int, str]:
    """The names of the exporting organisation's own people who answered."""
    own = [line.addressee.responded_by_id for line in lines if _of(line, viewer)]
    people = await people_by_id(unit, [key for key in own if key])
    return {key: person.name for key, person in people.items()}


async def _kept(unit: Unit, lines: Sequence[int]) -> dict[int, Kept]:
    """What each of these had answered before, and what was said."""
    kept: dict[int, Kept] = {}
    for some in batches(lines):
        before, said = await past_answers(unit, some), await written(unit, some)
        kept |= {key: (before[key], said[key]) for key in some}
    return kept


def _answer(line: GridLine, people: Mapping[int, str], kept: Kept, *, read: bool, told: bool) -> Answer:
    """`read` is whether the exporter may read it all, `told` whether what was shared with all who were asked."""
    row, (before, said) = line.addressee, kept
    return Answer(
        line.organisation,
        standing(line),
        row.outcome,
        row.reason if read else "",
        row.responded_at,
        people.get(row.responded_by_id or 0, ""),
        row.by_on,
        before if read else (),
        [one for one in said if read or (told and one.shared_at)],
    )


def _of(line: GridLine, viewer: Viewer) -> bool:
    return line.addressee.organisation_id == viewer.organisation_id


async def case_numbered(unit: Unit, organisation_id: int, case: str, *, lock: bool = False) -> Disclosure | None:
    """An organisation's case; with `lock`, nobody else asks about it until this unit ends."""
    asked = select(Disclosure).where(Disclosure.organisation_id == organisation_id, Disclosure.case == case)
    return await unit.first(asked.with_for_update() if lock else asked)


async def case_with_id(unit: Unit, disclosure_id: int) -> Disclosure | None:
    return await unit.first(select(Disclosure).where(Disclosure.id == disclosure_id))


async def positions_in(unit: Unit, disclosure_id: int) -> dict[int, DisclosurePosition]:
    """The positions of a case, by concern. For the asking organisation only."""
    rows = await unit.all(select(DisclosurePosition).where(DisclosurePosition.disclosure_id == disclosure_id))
    return {row.concern_id: row for row in rows}


async def own_positions(unit: Unit, disclosure_id: int, viewer: Viewer, today: date) -> list[Line]:
    """What this person is asked in a case, oldest first: what they supplied, and for a representative of the group what
    no colleague has answered. Never what they may not see."""
    asked = visible_concerns(viewer, today).join(
        DisclosurePosition, col(DisclosurePosition.concern_id) == col(Concern.id)
    )
    ours = asked.where(
        col(DisclosurePosition.disclosure_id) == disclosure_id, Concern.organisation_id == viewer.organisation_id
    )
    rows = await unit.rows(ours.order_by(col(Concern.raised_at), col(Concern.id)).add_columns(DisclosurePosition))
    return [
        (concern, position)
        for concern, position in rows
        if concern.raised_by_id == viewer.person_id
        or (viewer.holds(concern.group_id, *SEATS) and position.by_id in (None, viewer.person_id))
    ]
