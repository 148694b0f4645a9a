"""Named questions about the heads of the journal's chains, for noting, witnessing and exporting them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import col, func, select

from bot.domain.audit import HEADS_NOTED, NETWORK, Head
from bot.domain.audit_check import Line
from bot.store.groups import with_channels
from bot.store.journal import as_hashed
from bot.store.tables import Group, JournalEntry, Organisation, Witness
from bot.store.unit import Unit

BATCH = 1000


async def witness_by_id(unit: Unit, witness_id: int) -> Witness | None:
    return await unit.first(select(Witness).where(Witness.id == witness_id))


async def witness_of(unit: Unit, chain: str, day: date) -> Witness | None:
    """The head of a chain as kept on that day."""
    return await unit.first(select(Witness).where(Witness.chain == chain, Witness.day == day))


async def kept_numbers(unit: Unit) -> Mapping[str, int]:
    """For each chain, the last number that was witnessed or noted."""
    rows = await unit.rows(select(Witness.chain, func.max(Witness.number)).group_by(col(Witness.chain)))
    return dict(rows)


async def kept_number(unit: Unit, chain: str) -> int:
    """The same for one chain; 0 before the first time."""
    last = select(Witness.number).where(Witness.chain == chain).order_by(col(Witness.number).desc())
    return await unit.first(last.limit(1)) or 0


async def noted_number(unit: Unit, chain: str) -> int:
    """How far the network's chain had come when this group's chain last noted it."""
    last = (
        select(JournalEntry)
        .where(JournalEntry.chain == chain, JournalEntry.act == HEADS_NOTED)
        .order_by(col(JournalEntry.number).desc())
    )
    entry = await unit.first(last.limit(1))
    return int((entry.facts or {}).get("number", 0)) if entry else 0


async def unposted_chains(unit: Unit, today: date) -> list[str]:
    """The chains that no channel is shown: every organisation's, and those of groups without a channel."""
    posted = {group.key for group in await with_channels(unit, today)}
    groups = await unit.all(select(col(Group.id)).order_by(col(Group.id)))
    bodies = await unit.all(select(col(Organisation.id)).order_by(col(Organisation.id)))
    return [f"g{key}" for key in groups if key not in posted] + [f"o{key}" for key in bodies]


async def unwitnessed(unit: Unit, today: date) -> list[int]:
    """The groups with a channel whose chain has no witness of today yet."""
    done = set(await unit.all(select(Witness.chain).where(Witness.day == today)))
    return [group.key for group in await with_channels(unit, today) if f"g{group.key}" not in done]


async def network_noted(unit: Unit, today: date) -> bool:
    """Whether the heads of the unposted chains have been noted today."""
    return await witness_of(unit, NETWORK, today) is not None


async def heads(unit: Unit, chain: str = "") -> list[Head]:
    """The heads of all chains, or of one, as they are now; a chain without an entry has none."""
    last: Any = select(col(JournalEntry.chain).label("chain"), func.max(JournalEntry.number).label("number"))
    newest = last.group_by(col(JournalEntry.chain))
    if chain:
        newest = newest.where(JournalEntry.chain == chain)
    found = newest.subquery()
    entries = select(JournalEntry).join(
        found, (col(JournalEntry.chain) == found.c.chain) & (col(JournalEntry.number) == found.c.number)
    )
    rows = await unit.all(entries.order_by(col(JournalEntry.chain)))
    return [Head(row.chain, row.number, row.hash, row.at) for row in rows]


async def exported(unit: Unit, head: Head) -> AsyncIterator[Sequence[Line]]:
    """A chain's entries up to that head, in order, a batch at a time."""
    for first in range(1, head.number + 1, BATCH):
        rows = await unit.all(
            select(JournalEntry)
            .where(
                JournalEntry.chain == head.chain,
                JournalEntry.number >= first,
                JournalEntry.number < first + BATCH,
                JournalEntry.number <= head.number,
            )
            .order_by(col(JournalEntry.number))
        )
        yield [Line(as_hashed(row), row.hash, row.facts, row.salt) for row in rows]


async def names_of_chains(unit: Unit) -> Mapping[str, str]:
    """Each chain's group or organisation by its short name in the network file."""
    groups = await unit.rows(select(Group.id, Group.slug))
    bodies = await unit.rows(select(Organisation.id, Organisation.slug))
    return {f"g{key}": slug for key, slug in groups} | {f"o{key}": slug for key, slug in bodies}


async def group_by_slug(unit: Unit, slug: str) -> int | None:
    """The number of the group with that short name."""
    return await unit.first(select(col(Group.id)).where(Group.slug == slug))
