"""Named questions about a group's channel: who in it may not be, and what it was told of a concern."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_
from sqlmodel import col, select

from bot.domain.audit import chain_of
from bot.domain.handling import Identity
from bot.domain.terms import Misfit, Role
from bot.store.barring import barred_among, current
from bot.store.outbox import Telling, told_people
from bot.store.people import enrolled
from bot.store.tables import (
    Concern,
    HandlingChange,
    JournalEntry,
    Meeting,
    Membership,
    OutboxRow,
    Person,
    Provider,
    Seat,
)
from bot.store.unit import Unit
from bot.store.visibility import channel_concerns

PACKS = ("pack.posted", "pack.sent")
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
CHANGES = ("handling.asked", "handling.decided", "handling.changed", "handling.overridden")


@dataclass(frozen=True)
class Stray:
    """Somebody in a group's channel who may not be, and why. `person_id` is 0 for somebody who was never enrolled.

    With `provider_id` they may not be there while something about that provider is said, and otherwise may.
    """

    who: Identity
    why: Misfit
    person_id: int = 0
    name: str = ""
    provider_id: int = 0
    provider: str = ""


async def strays(unit: Unit, group_id: int, members: Collection[Identity], today: date) -> list[Stray]:
    """Those who are not enrolled today, or neither of a member organisation of the group nor seated in it."""
    found = []
    known = await _known(unit, group_id, members, today)
    for who in members:
        person, is_enrolled, belongs = known.get(who, (None, False, False))
        if person is None:
            found.append(Stray(who, Misfit.STRANGER))
        elif not is_enrolled:
            found.append(Stray(who, Misfit.LEFT, person.key, person.name))
        elif not belongs:
            found.append(Stray(who, Misfit.OUTSIDE, person.key, person.name))
    return found


async def barred_strays(
    unit: Unit, group_id: int, members: Collection[Identity], provider_ids: Collection[int], today: date
) -> list[Stray]:
    """Those who may be shown nothing about one of these providers."""
    if not provider_ids:
        return []
    known = {person.key: (who, person) for who, (person, *_) in (await _known(unit, group_id, members, today)).items()}
    barred = await barred_among(unit, list(known), provider_ids, today)
    about = await providers_named(unit, {provider for _, provider, _ in barred})
    return [
        Stray(known[key][0], Misfit.STAFF if works else Misfit.CONFLICT, key, known[key][1].name, one, about[one])
        for key, one, works in sorted(barred)
    ]


async def open_to(unit: Unit, person_id: int, provider_ids: Collection[int], today: date) -> set[int]:
    """Those of these providers about which nothing is kept from this person."""
    barred = await barred_among(unit, [person_id], provider_ids, today)
    return set(provider_ids) - {provider for _, provider, _ in barred}


async def runners_free_of(unit: Unit, person_ids: Sequence[int], provider_ids: Collection[int], today: date) -> bool:
    """Whether for each of these providers one of these people at least is not barred from it."""
    barred = {(person, one) for person, one, _ in await barred_among(unit, person_ids, provider_ids, today)}
    return all(any((person, one) not in barred for person in person_ids) for one in provider_ids)


async def channel_shows(unit: Unit, group_id: int, concern_id: int) -> bool:
    """Whether the group's channel may show that concern."""
    return await unit.first(channel_concerns(group_id).where(Concern.id == concern_id)) is not None


async def shown_last(unit: Unit, once: str) -> bool:
    """Whether a concern was shown after the newest replacement of its post; without one, it was."""
    newest = select(OutboxRow).where(OutboxRow.edits == once).order_by(col(OutboxRow.id).desc())
    row = await unit.first(newest)
    return row is None or bool(row.subject["shown"])


async def letters_about(unit: Unit, concern_id: int, raised_by_id: int, group_id: int) -> Sequence[OutboxRow]:
    """The direct messages sent about a concern that name its provider: its receipt, and the secretariat's request to
    match the provider, whoever was the secretariat then."""
    about: dict[str, int | str] = {"concern": concern_id}
    ever = await unit.all(select(Seat.person_id).where(Seat.group_id == group_id, Seat.role == Role.SECRETARIAT))
    asked = [Telling("concern.unmatched", about, person_id=person_id) for person_id in set(ever)]
    return await told_people(unit, [Telling("concern.receipt", about, person_id=raised_by_id), *asked])


async def packs_with(unit: Unit, concern: Concern) -> list[tuple[OutboxRow, Meeting]]:
    """The packs in which that concern was shown, to the channel or to one person, each with its meeting: by the
    journal, which has what each pack told, and when."""
    told = await unit.rows(
        select(JournalEntry.person_id, JournalEntry.at, JournalEntry.facts).where(
            JournalEntry.chain == chain_of(concern.group_id, None),
            JournalEntry.act == "told",
            JournalEntry.subject_kind == "concern",
            JournalEntry.at >= concern.raised_at,
        )
    )
    shown = [
        (person_id, at)
        for person_id, at, facts in told
        if facts and facts["where"] in PACKS and str(concern.key) in str(facts["ids"]).split(",")
    ]
    if not shown:
        return []
    meetings = {
        row.key: row
        for row in await unit.all(select(Meeting).where(Meeting.group_id == concern.group_id))
        if row.starts_at > concern.raised_at
    }
    these = or_(*(col(OutboxRow.once).startswith(f"{kind}|meeting={key}|") for kind in PACKS for key in meetings))
    rows = await unit.all(select(OutboxRow).where(OutboxRow.edits == "", these)) if meetings else []
    return [
        (row, meeting)
        for row in rows
        if (meeting := meetings[int(row.subject["meeting"])])
        and any(to == row.person_id and _within(at, row, meeting) for to, at in shown)
    ]


def _within(at: datetime, row: OutboxRow, meeting: Meeting) -> bool:
    """Whether a moment at which something was told lies between a pack's sending and the end of its meeting."""
    return row.sent_at is not None and row.sent_at - A_MINUTE <= at <= meeting.starts_at + A_DAY


async def letters_of_changes(unit: Unit, concern_id: int) -> Sequence[OutboxRow]:
    """The direct messages sent about changes of a concern's handling, whoever they were sent to."""
    changes = await unit.all(select(col(HandlingChange.id)).where(HandlingChange.concern_id == concern_id))
    about = [col(OutboxRow.once).startswith(f"{kind}|change={key}|") for kind in CHANGES for key in changes]
    return await unit.all(select(OutboxRow).where(OutboxRow.edits == "", or_(*about))) if about else []


async def providers_named(unit: Unit, provider_ids: Collection[int]) -> Mapping[int, str]:
    rows = await unit.rows(select(Provider.id, Provider.name).where(col(Provider.id).in_(provider_ids)))
    return {key: name for key, name in rows}  # noqa: C416


async def _known(
    unit: Unit, group_id: int, members: Collection[Identity], today: date
) -> Mapping[Identity, tuple[Person, bool, bool]]:
    """Everybody of these there is a record of: whether they are enrolled today, and whether they belong here."""
    organisations = select(Membership.organisation_id).where(
        Membership.group_id == group_id, current(Membership, today)
    )
    seats = select(Seat.person_id).where(Seat.group_id == group_id, current(Seat, today))
    belongs = or_(col(Person.organisation_id).in_(organisations), col(Person.id).in_(seats))
    rows = await unit.rows(
        select(Person)
        .where(col(Person.chat_user).in_([who.user for who in members if who.workspace]))
        .add_columns(enrolled(today), belongs)
    )
    by_identity = {
        Identity(person.platform, person.workspace or "", person.chat_user or ""): (person, bool(here), bool(belonging))
        for person, here, belonging in rows
    }
    return {who: by_identity[who] for who in members if who in by_identity and who.workspace}
