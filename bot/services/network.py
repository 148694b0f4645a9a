"""Loading the network file: first a plan in words, then the same plan carried out, all of it or nothing.

A second load of the same file changes nothing. What the file no longer names is ended on the day before, never
deleted, with three exceptions: providers stay, since the directory is imported; surveillance decisions stay, since
they are history; and a declared conflict of interest stays until the file gives its last day, so that nobody comes
to see what they must not by a line left out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.terms import MeetingState
from bot.files.network import Network
from bot.services.meeting_news import announce_from_file
from bot.services.network_compare import ORDER, Act, Change, claims, compare
from bot.services.network_wanted import Ref, midnight
from bot.services.network_warnings import warnings
from bot.services.network_words import Words, spoken_moment
from bot.services.periods import is_over
from bot.store.journal import record
from bot.store.network import Held, Table, read_network
from bot.store.providers import index_providers
from bot.store.tables import Conflict, Meeting, Person, Provider
from bot.store.tables.base import Row
from bot.store.unit import Unit


@dataclass(frozen=True)
class Plan:
    """What a load does, and what the secretariat should put right."""

    changes: tuple[Change, ...]
    warnings: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """How many rows are added, changed and ended."""
        found = Counter(change.act for change in self.changes)
        return {act.value: found[act] for act in Act}

    def lines(self, act: Act) -> list[str]:
        """What is added, changed or ended, a line each, in words."""
        return [change.words for change in self.changes if change.act is act]


async def plan(unit: Unit, network: Network, today: date) -> Plan:
    """What loading this file today would do. Writes nothing."""
    return _plan(await read_network(unit, _codes(network)), network, today)


async def apply(unit: Unit, network: Network, today: date, now: datetime) -> Plan:
    """Load the file, and say what was done. One journal entry with counts, unless nothing changed. Meetings that it
    moves or calls off are told of."""
    held = await read_network(unit, _codes(network))
    done = _plan(held, network, today)
    await _release_identities(unit, held, network)
    rearranged = _rearranged(done.changes, now)
    for table in ORDER:
        await _carry_out(unit, held, table, [change for change in done.changes if change.table is table])
    for meeting, was in rearranged:
        await announce_from_file(unit, meeting, was, now=now, today=today)
    if done.changes:
        record(unit, "network loaded", by=None, now=now, subject=("network", None), **done.counts())
    return done


def _rearranged(changes: Iterable[Change], now: datetime) -> list[tuple[Meeting, datetime]]:
    """The meetings to come that the file changes or calls off, and when each was to begin."""
    rows = [change.row for change in changes if isinstance(change.row, Meeting)]
    return [(row, row.starts_at) for row in rows if row.starts_at > now]


def _plan(held: Held, network: Network, today: date) -> Plan:
    changes = tuple(compare(network, held, today))
    standing = (*_standing_conflicts(held, network, today), *_standing_meetings(held, network, today))
    return Plan(changes, (*warnings(network, today), *standing))


def _codes(network: Network) -> set[str]:
    """Every provider the file speaks of."""
    codes = {*network.providers, *(entry.parent for entry in network.providers.values())}
    codes |= {entry.successor for entry in network.providers.values()}
    codes |= {organisation.provider for organisation in network.organisations.values()}
    codes |= {conflict.provider for _, _, person in network.people() for conflict in person.conflicts}
    codes |= {code for group in network.groups.values() for code in (*group.footprint, *group.levels)}
    return {code for code in codes if code}


def _standing_conflicts(held: Held, network: Network, today: date) -> Iterator[str]:
    words = Words.of(held, network)
    named = {(slug, conflict.provider) for _, slug, person in network.people() for conflict in person.conflicts}
    for key, rows in held.by_key(Conflict).items():
        if key not in named and not all(is_over(row, today) for row in rows):
            yield f"The {words.label(Conflict, key)} is not in the file and stands; give its last day to end it."


def _standing_meetings(held: Held, network: Network, today: date) -> Iterator[str]:
    """What was moved or called off in chat stands, and the file should say the same."""
    words = Words.of(held, network)
    there = {row.slug: row for row in held.rows[Meeting] if isinstance(row, Meeting) and row.arranged_by_id}
    for group in network.groups.values():
        for name, entry in group.meetings.items():
            row = there.get(name)
            if row is None or entry.starts < midnight(today):
                continue
            if row.state is MeetingState.CANCELLED:
                yield f"The {words.label(Meeting, (name,))} was called off in chat: take it out of the file."
            elif (row.starts_at, row.place) != (entry.starts, entry.place):
                stands = f"{spoken_moment(row.starts_at)}, {row.place}"
                yield f"The {words.label(Meeting, (name,))} was moved in chat to {stands}: change it in the file."


async def _release_identities(unit: Unit, held: Held, network: Network) -> None:
    """Take a chat identity from whoever had it before, so that two people may swap or one be renamed."""
    owners = claims(network)
    for person in held.rows[Person]:
        assert isinstance(person, Person)  # noqa: S101  # as read
        if person.enrolled_in_chat and held.names[Person, person.key] != person.slug:
            continue  # taken over with the account, under a new name
        if owners.get((person.workspace, person.chat_user), person.slug) != person.slug:
            person.chat_user = None
    await unit.flush()


async def _carry_out(unit: Unit, held: Held, table: Table, changes: Sequence[Change]) -> None:
    """One table's changes. What points to a row of the same table is set once all of them have numbers."""
    rows = [(change.row or table(), change) for change in changes]
    for row, change in rows:
        _set(row, {name: value for name, value in change.values.items() if not _own(table, value)}, held)
    unit.add(*(row for row, _ in rows))
    await unit.flush()
    held.learn(row for row, _ in rows)
    for row, change in rows:
        _set(row, {name: value for name, value in change.values.items() if _own(table, value)}, held)
    await unit.flush()
    if table is Provider:
        await index_providers(unit, _providers(row for row, _ in rows))


def _own(table: Table, value: object) -> bool:
    return isinstance(value, Ref) and value.table is table


def _set(row: Row, values: dict[str, object], held: Held) -> None:
    for name, value in values.items():
        setattr(row, name, held.ids[value.table, value.name] if isinstance(value, Ref) else value)


def _providers(rows: Iterable[Row]) -> list[Provider]:
    return [row for row in rows if isinstance(row, Provider)]
