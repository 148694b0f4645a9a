"""Named questions about changes of handling, and the lines of an audience that they end and add."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, or_, select

from bot.domain.handling import Viewer
from bot.domain.terms import Basis, ChangeState, HandlingKind, OrganisationKind
from bot.store.barring import current
from bot.store.concerns import Readers, SeenConcern
from bot.store.people import enrolled, organisations_by_id, people_by_id
from bot.store.tables import Concern, ConcernAudience, HandlingChange, Organisation, Person
from bot.store.unit import Unit
from bot.store.visibility import any_concern, audience_ever, audience_of, concern_to_change, requests_for

Recipient = tuple[int | None, int | None]
"""An organisation's number, or else a person's."""


@dataclass(frozen=True)
class Named:
    """A change with the names to show it. `decider` and `approver` are empty for eyes of another organisation than
    theirs; `origin` is whether those eyes are of the originating one. `chosen` are those added or taken away."""

    change: HandlingChange
    concern: str
    asker: str
    organisation: str
    decider: str
    approver: str
    chosen: tuple[str, ...]
    origin: bool


@dataclass(frozen=True)
class Handling:
    """The handling of one concern as one reader may see it: `readers` and all of the history only for the originating
    organisation, and `open_to` the changes they may make or ask for."""

    concern: SeenConcern
    readers: Readers
    history: list[Named]
    ours: bool
    open_to: frozenset[HandlingKind]


async def change_by_submission(unit: Unit, submit_key: str) -> HandlingChange | None:
    """What a form has already become, for answering a resend of it as the first time."""
    return await unit.first(select(HandlingChange).where(HandlingChange.submit_key == submit_key))


async def change_by_reference(unit: Unit, reference: str) -> HandlingChange | None:
    return await unit.first(select(HandlingChange).where(HandlingChange.reference == reference.strip().upper()))


async def change_by_id(unit: Unit, key: int, *, lock: bool = False) -> HandlingChange | None:
    """The change with that number; with `lock`, as it is once nobody else can change it any more."""
    asked = select(HandlingChange).where(HandlingChange.id == key)
    if lock:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    return await unit.first(asked)


async def lock_concern(unit: Unit, reference: str) -> None:
    """Let nobody else change that concern until this unit ends. Says nothing of whether it is there."""
    await unit.first(concern_to_change(reference))


async def concern_of(unit: Unit, change: HandlingChange) -> Concern | None:
    """The concern a change is about, whoever asks and as it stands now; None once it is past its keeping."""
    return await unit.first(any_concern(change.concern_id).execution_options(populate_existing=True))


async def open_requests(unit: Unit, concern_id: int) -> Sequence[HandlingChange]:
    """The requests about one concern that nobody has decided."""
    return await unit.all(
        select(HandlingChange).where(HandlingChange.concern_id == concern_id, HandlingChange.state == ChangeState.ASKED)
    )


async def waiting_for(unit: Unit, viewer: Viewer, today: date) -> list[Named]:
    """The requests that wait for this person, oldest first."""
    found = await unit.all(requests_for(viewer, today).order_by(col(HandlingChange.asked_at)))
    return [await named(unit, one, viewer) for one in found]


async def due_requests(unit: Unit, now: datetime, today: date) -> Sequence[int | None]:
    """The requests whose time is over, or whose second person has left: each to be taken in a unit of its own."""
    here = select(col(Person.id)).where(enrolled(today), col(Person.chat_user).is_not(None))
    return await unit.all(
        select(col(HandlingChange.id)).where(
            HandlingChange.state == ChangeState.ASKED,
            or_(col(HandlingChange.lapses_at) <= now, col(HandlingChange.approver_id).not_in(here)),
        )
    )


async def history(unit: Unit, concern_id: int, viewer: Viewer, *, ours: bool) -> list[Named]:
    """What was changed or asked, oldest first: all of it for the originating organisation, for anybody else what
    they asked themselves."""
    asked = select(HandlingChange).where(HandlingChange.concern_id == concern_id)
    if not ours:
        asked = asked.where(HandlingChange.asked_by_id == viewer.person_id)
    return [await named(unit, one, viewer) for one in await unit.all(asked.order_by(col(HandlingChange.id)))]


async def named(unit: Unit, change: HandlingChange, viewer: Viewer) -> Named:
    """A change with its names. A person's name at the originating organisation stays within it."""
    concern = await unit.first(any_concern(change.concern_id))
    people = await people_by_id(
        unit, [*change.people, change.asked_by_id, change.decided_by_id or 0, change.approver_id or 0]
    )
    employers = [one.organisation_id for one in people.values()]
    bodies = await organisations_by_id(unit, [*change.organisations, *employers, change.organisation_id])
    chosen = [bodies[key].short_name for key in change.organisations]
    chosen += [f"{people[key].name} ({bodies[people[key].organisation_id].short_name})" for key in change.people]
    within = {key: one.name for key, one in people.items() if one.organisation_id == viewer.organisation_id}
    return Named(
        change,
        concern.reference if concern else "",
        people[change.asked_by_id].name,
        bodies[change.organisation_id].short_name,
        within.get(change.decided_by_id or 0, ""),
        within.get(change.approver_id or 0, ""),
        tuple(sorted(chosen, key=str.casefold)),
        concern is not None and concern.organisation_id == viewer.organisation_id,
    )


async def standing_lines(unit: Unit, concern_id: int) -> Sequence[ConcernAudience]:
    """The audience as it stands."""
    return await unit.all(audience_of(concern_id))


async def lines_to_take(unit: Unit, concern_id: int) -> list[tuple[str, str]]:
    """Whom it could be taken away from, by name: organisations as `o:number`, people as `p:number`."""
    lines = [line for line in await standing_lines(unit, concern_id) if line.basis is not Basis.ORIGIN]
    bodies = await organisations_by_id(unit, [line.organisation_id for line in lines if line.organisation_id])
    people = await people_by_id(unit, [line.person_id for line in lines if line.person_id])
    found = [(f"o:{key}", one.short_name) for key, one in bodies.items()]
    found += [(f"p:{key}", one.name) for key, one in people.items()]
    return sorted(found, key=lambda one: (one[0][0], one[1].casefold()))


async def share(
    unit: Unit, concern_id: int, to: Iterable[Recipient], basis: Basis, now: datetime
) -> list[ConcernAudience]:
    """Add those whom it is not shared with now; says which those are. What was ended before stays on record."""
    ever = await unit.all(audience_ever(concern_id))
    standing = {(one.organisation_id, one.person_id) for one in ever if one.ended_at is None}
    # What is taken away and given back within the same moment is one line, not two.
    just_now = {(one.organisation_id, one.person_id): one for one in ever if one.shared_at == now}
    added = []
    for recipient in dict.fromkeys(to):
        if recipient in standing:
            continue
        line = just_now.get(recipient) or ConcernAudience(concern_id=concern_id, basis=basis, shared_at=now)
        line.organisation_id, line.person_id = recipient
        line.basis, line.ended_at = basis, None
        added.append(line)
    unit.add(*added)
    await unit.flush()
    return added


async def end_lines(unit: Unit, lines: Iterable[ConcernAudience], now: datetime) -> None:
    """Those see it no more; the lines stay."""
    for line in lines:
        line.ended_at = now
        unit.add(line)
    await unit.flush()


async def shareable_organisations(unit: Unit, today: date) -> Sequence[Organisation]:
    """The organisations of the network that a concern may be shared with, by name: never a provider."""
    return await unit.all(
        select(Organisation)
        .where(
            Organisation.kind != OrganisationKind.PROVIDER,
            col(Organisation.provider_id).is_(None),
            current(Organisation, today),
        )
        .order_by(Organisation.short_name)
    )


async def colleagues(unit: Unit, viewer: Viewer, words: str, today: date) -> Sequence[Person]:
    """Enrolled people with chat of this person's own organisation, other than themselves; at most 100."""
    return await unit.all(
        select(Person)
        .where(
            Person.organisation_id == viewer.organisation_id,
            Person.id != viewer.person_id,
            col(Person.chat_user).is_not(None),
            col(Person.name).icontains(words, autoescape=True),
            enrolled(today),
        )
        .order_by(Person.name)
        .limit(100)
    )
