"""Importing a directory of providers: a batch at a time, so that the bot goes on working while it runs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bot.files.directory import Directory, Record
from bot.files.directory_shape import DirectoryShape, Part
from bot.files.located import Mistake
from bot.files.network_check import circles
from bot.store.journal import record
from bot.store.providers import SEARCHED, add_providers, index_providers, providers_by_code
from bot.store.tables import Provider
from bot.store.unit import Store, Unit

BATCH = 1000
Progress = Callable[[int, int], None]
"""Told after each batch: how many bytes of the file are done, and how many there are."""

COLUMNS: dict[Part, str] = {
    "name": "name",
    "former names": "former_names",
    "town": "town",
    "postcode": "postcode",
    "sector": "sector",
    "area": "area",
    "region": "region",
    "host commissioner": "host_commissioner",
    "relationship manager": "relationship_manager",
    "executive sponsor": "executive_sponsor",
}


@dataclass
class Imported:
    """What an import did. `without_parent` are rows whose parent is neither in the file nor in the directory."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    linked: int = 0
    without_parent: int = 0
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """How many rows were left out."""
        return len({mistake.line for mistake in self.mistakes})


async def import_providers(
    store: Store, path: Path, shape: DirectoryShape, progress: Progress, now: datetime
) -> Imported:
    """Add and update providers from a directory's CSV file; sound rows are kept whatever the others are like.

    Only mapped columns are touched. Providers the file does not have stay as they are, since a directory may come in
    parts. Can be run again: what has not changed is not written. Raises `BadFile` if nothing can be read.
    """
    directory = Directory(path, shape)
    done = Imported(mistakes=directory.mistakes)
    parents = _Parents()
    records = directory.records()
    while batch := list(islice(records, BATCH)):
        async with store.begin() as unit:
            await _save(unit, batch, shape, done)
        parents.note(batch)
        progress(directory.done, directory.size)
    await parents.link(store, done)
    async with store.begin() as unit:
        facts = {"added": done.added, "changed": done.changed, "linked": done.linked, "refused": done.refused}
        record(unit, "directory imported", by=None, now=now, subject=("provider", None), **facts)
    return done


async def _save(unit: Unit, batch: Sequence[Record], shape: DirectoryShape, done: Imported) -> None:
    there = await providers_by_code(unit, [record.values["code"] for record in batch])
    new: list[Provider] = []
    renamed: list[Provider] = []
    for line in batch:
        values = _values(line, shape)
        provider = there.get(line.values["code"])
        if provider is None:
            new.append(Provider(code=line.values["code"], **values))
        elif differing := {name: value for name, value in values.items() if getattr(provider, name) != value}:
            for name, value in differing.items():
                setattr(provider, name, value)
            renamed += [provider] if SEARCHED & differing.keys() else []
            done.changed += 1
        else:
            done.unchanged += 1
    await add_providers(unit, new)
    await index_providers(unit, renamed)
    done.added += len(new)


def _values(line: Record, shape: DirectoryShape) -> dict[str, Any]:
    values: dict[str, Any] = {COLUMNS[part]: value for part, value in line.values.items() if part in COLUMNS}
    ends: dict[str, date | None] = {"ends_on": line.ends_on} if "ends" in shape.columns else {}
    return values | ends


class _Parents:
    """Who belongs to whom, kept until every row is in: a site may come before its provider."""

    def __init__(self) -> None:
        self.parent_of: dict[str, str] = {}
        self.name_of: dict[str, str] = {}

    def note(self, batch: Sequence[Record]) -> None:
        for line in batch:
            code, parent = line.values["code"], line.values.get("parent", "")
            if parent and parent != code:
                self.parent_of[code] = parent
                if name := line.values.get("parent name"):
                    self.name_of[parent] = name

    async def link(self, store: Store, done: Imported) -> None:
        """Set the parents that differ; a parent known by name only is added; circles are left alone."""
        for circle in circles(self.parent_of):
            for code in circle:
                del self.parent_of[code]
                done.without_parent += 1
        sites = iter(self.parent_of.items())
        while batch := dict(islice(sites, BATCH)):
            async with store.begin() as unit:
                await self._link(unit, batch, done)

    async def _link(self, unit: Unit, batch: dict[str, str], done: Imported) -> None:
        there = await providers_by_code(unit, {*batch, *batch.values()})
        new = [Provider(code=code, name=self.name_of[code]) for code in self._nameable(batch, there)]
        numbers = {code: provider.key for code, provider in there.items()} | await add_providers(unit, new)
        done.added += len(new)
        for code, parent in batch.items():
            if parent not in numbers:
                done.without_parent += 1
            elif there[code].parent_id != numbers[parent]:
                there[code].parent_id = numbers[parent]
                done.linked += 1

    def _nameable(self, batch: dict[str, str], there: dict[str, Provider]) -> Iterator[str]:
        return (code for code in dict.fromkeys(batch.values()) if code not in there and code in self.name_of)
