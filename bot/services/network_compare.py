"""What differs between the network file and the database: pure comparison, in memory, nothing written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bot.domain.terms import MeetingState
from bot.files.network import Network
from bot.services.network_wanted import Ref, Wanted, midnight, wanted
from bot.services.network_words import Words
from bot.services.periods import day_before, is_over, settle
from bot.store.network import Held, Key, Table
from bot.store.tables import (
    Absence,
    Conflict,
    Footprint,
    Group,
    Meeting,
    Membership,
    NominatedPerson,
    Organisation,
    Person,
    Provider,
    Seat,
    SurveillanceLevel,
)
from bot.store.tables.base import Row

# Rows point only to rows of tables before their own, or of their own.
ORDER: tuple[Table, ...] = (
    Provider,
    Organisation,
    Person,
    NominatedPerson,
    Absence,
    Conflict,
    Group,
    Membership,
    Seat,
    Footprint,
    Meeting,
    SurveillanceLevel,
)
PERIODS: frozenset[Table] = frozenset({NominatedPerson, Conflict, Membership, Seat, Footprint})


class Act(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"


@dataclass(frozen=True)
class Change:
    """One row to add (`row` is None) or to change, with the values it gets, and what to call it."""

    act: Act
    table: Table
    row: Row | None
    values: dict[str, Any]
    words: str


def compare(network: Network, held: Held, today: date) -> list[Change]:
    """Everything to do so that the database says what the file says, in the order in which it can be done."""
    comparison = _Comparison(network, held, today)
    asked: dict[Table, list[Wanted]] = {table: [] for table in ORDER}
    for entry in wanted(network):
        asked[entry.table].append(entry)
    return [change for table in ORDER for change in comparison.table(table, asked[table])]


class _Comparison:
    def __init__(self, network: Network, held: Held, today: date) -> None:
        self.network = network
        self.held = held
        self.today = today
        self.words = Words.of(held, network)
        self.taken = taken_over(network, held)
        for slug, row in self.taken.items():
            held.ids[Person, slug], held.names[Person, row.key] = row.key, slug

    def table(self, table: Table, entries: Sequence[Wanted]) -> Iterator[Change]:
        """What to do in one table: what is wanted first, then what is no longer named."""
        there = self.held.by_key(table)
        if table is Person:
            there |= {(slug,): there.pop((row.slug,)) for slug, row in self.taken.items()}
        for entry in entries:
            change = self._wanted(entry, there.get(entry.key, []))
            if change:
                yield change
        named = {entry.key for entry in entries}
        for key, rows in there.items():
            if key not in named:
                for row in rows:
                    yield from self._unnamed(table, key, row)

    def _wanted(self, entry: Wanted, rows: Sequence[Any]) -> Change | None:
        if entry.table in PERIODS:
            settled = settle(rows, entry.starts, entry.ends, self.today)
            values = entry.values | settled.dates
            if entry.table is NominatedPerson and settled.row:
                values["confirmed_on"] = _later(settled.row, values["confirmed_on"])
            return self._change(entry, settled.row, values) if settled.dates else None
        row = rows[0] if rows else None
        values = dict(entry.values)
        if row and entry.table is Person and (row.workspace, row.chat_user) != _account(values):
            values["deactivated_at"] = None  # the account that was closed is not the one they have now
        if row and entry.table is Absence and row.until != values["until"]:
            values["back_at"] = None  # they said they were back from other days than these
        if entry.table in (Organisation, Person, Group):
            values["ends_on"] = entry.ends
            values |= {"starts_on": entry.starts} if entry.starts else {}
        if row and self._settled_for_good(entry, row):
            return None
        return self._change(entry, row, values)

    def _settled_for_good(self, entry: Wanted, row: Any) -> bool:
        """A decision once recorded, and a meeting once held, are history: the file does not rewrite them. Nor does it
        undo what was arranged in chat."""
        return entry.table is SurveillanceLevel or (
            entry.table is Meeting and (row.state is MeetingState.HELD or _kept_in_chat(row))
        )

    def _change(self, entry: Wanted, row: Any, values: dict[str, Any]) -> Change | None:
        label = self.words.label(entry.table, entry.key)
        if row is None:
            return Change(Act.ADDED, entry.table, None, values, label)
        differing = {name: value for name, value in values.items() if not self._same(getattr(row, name), value)}
        if not differing:
            return None
        told = "; ".join(self.words.change(name, getattr(row, name), value) for name, value in differing.items())
        return Change(Act.CHANGED, entry.table, row, differing, f"{label}: {told}")

    def _same(self, there: Any, value: Any) -> bool:
        if isinstance(value, Ref):
            return there is not None and self.held.ids.get((value.table, value.name)) == there
        return bool(there == value)

    def _unnamed(self, table: Table, key: Key, row: Any) -> Iterator[Change]:
        """What ends because the file no longer names it. Providers, decisions and conflicts of interest stay."""
        values: dict[str, Any] = {}
        if table is Person and row.enrolled_in_chat and self._stays(row):
            return
        if table is Meeting:
            values = self._cancelled(row)
        elif table is Absence:
            values = self._cut_short(row)
        elif table not in (Provider, SurveillanceLevel, Conflict) and not is_over(row, self.today):
            values = {"ends_on": day_before(self.today)} | ({"records_lead": False} if table is Person else {})
        if values:
            yield Change(Act.ENDED, table, row, values, self.words.label(table, key))

    def _stays(self, row: Person) -> bool:
        """Whom a secretariat let in through chat stays while the file has their organisation and gives their account
        to nobody else."""
        entry = self.network.organisations.get(self.held.names.get((Organisation, row.organisation_id), ""))
        there = entry is not None and (entry.ends is None or entry.ends >= self.today)
        return there and (row.workspace, row.chat_user) not in claims(self.network)

    def _cancelled(self, row: Meeting) -> dict[str, Any]:
        """Meetings may also be made in chat, or by the group's cadence: those are its own, whatever the file lists."""
        if _kept_in_chat(row):
            return {}
        slug = self.held.names.get((Group, row.group_id), "")
        group = self.network.groups.get(slug)
        kept_elsewhere = group is not None and "meetings" not in group.model_fields_set
        to_come = row.state is MeetingState.SCHEDULED and row.starts_at >= midnight(self.today)
        return {"state": MeetingState.CANCELLED} if to_come and not kept_elsewhere else {}

    def _cut_short(self, row: Absence) -> dict[str, Any]:
        back: datetime = max(row.starts_at, midnight(self.today))
        return {"until": back} if row.until > back and row.back_at is None else {}


def _kept_in_chat(row: Meeting) -> bool:
    return row.arranged_by_id is not None or row.ruled_for is not None


def claims(network: Network) -> dict[tuple[str | None, str | None], str]:
    """Whose each chat account is, as the file has it."""
    return {
        (network.workspace_of(owner, person), person.slack): slug
        for owner, slug, person in network.people()
        if person.slack
    }


def taken_over(network: Network, held: Held) -> dict[str, Person]:
    """The people let in through chat whom the file now names by a name that is new: they stay who they are."""
    known = {row.slug for row in held.rows[Person] if isinstance(row, Person)}
    owners = claims(network)
    found: dict[str, Person] = {}
    for row in held.rows[Person]:
        assert isinstance(row, Person)  # noqa: S101  # as read
        slug = owners.get((row.workspace, row.chat_user))
        if slug and row.enrolled_in_chat and slug not in known:
            found[slug] = row
    return found


def _account(values: dict[str, Any]) -> tuple[str | None, str | None]:
    return values["workspace"], values["chat_user"]


def _later(row: Any, confirmed_on: date | None) -> date | None:
    """What was confirmed in chat is not undone by an older day in the file."""
    return max((day for day in (row.confirmed_on, confirmed_on) if day), default=None)
