"""A records lead's export, as the command makes it, on the world's database and at the world's time."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx import Document

from bot.cli import export as command
from bot.domain.disclosure import Request
from bot.domain.terms import DisclosureKind
from bot.store.tables import JournalEntry
from tests.world import World


@dataclass
class Exported:
    """What the command has written."""

    record: dict[str, Any]
    document: Any

    @property
    def text(self) -> str:
        """Every word of the document, tables included, but for headers and footers."""
        return text_of(self.document.element.body)

    @property
    def by_reference(self) -> dict[str, dict[str, Any]]:
        return {one["reference"]: one for one in self.record["contributions"]}

    @property
    def positions(self) -> dict[str, Any]:
        return {reference: one["position"] for reference, one in self.by_reference.items()}


def text_of(element: Any) -> str:
    return "\n".join("".join(part.itertext()) for part in element.iter() if part.tag.endswith("}p"))


@dataclass
class Office:
    """Where a records lead exports from."""

    world: World
    folder: Path

    async def export(
        self, body: str = "cqc", by: str = "colleague", *, case: str = "FOI-12", **values: Any
    ) -> Exported:
        kind = values.pop("kind", DisclosureKind.FREEDOM_OF_INFORMATION)
        wanted = command.Wanted(Request(case, kind, **values), body, by, self.folder, force=True)
        await command._export(self.world.bot.settings, wanted)
        await self.world.settle()
        return read(self.folder, case)

    async def journal(self, act: str) -> list[JournalEntry]:
        rows = await self.world.rows(JournalEntry, JournalEntry.act == act)
        return sorted(rows, key=lambda row: row.key)


def read(folder: Path, case: str) -> Exported:
    record = json.loads((folder / f"{case}.json").read_text(encoding="utf-8"))
    return Exported(record, Document(io.BytesIO((folder / f"{case}.docx").read_bytes())))
