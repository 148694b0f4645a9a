"""Exporting the audit journal, so that anybody can check it without the database."""

from collections.abc import AsyncGenerator
from datetime import datetime

from bot.domain.audit import chain_of
from bot.errors import UnusableInput
from bot.files.journal_file import ALL, Header
from bot.store import witnesses as asked
from bot.store.journal import record
from bot.store.unit import Store


async def begin_export(store: Store, slug: str, now: datetime) -> str:
    """Log that the journal is exported, all of it or one group's; the chain, empty for all. Raises `UnusableInput`."""
    async with store.begin() as unit:
        group_id = await asked.group_by_slug(unit, slug) if slug else None
        if slug and group_id is None:
            raise UnusableInput(
                where="--group", problem=f"there is no group “{slug}”. Use its name in the network file."
            )
        record(unit, "journal exported", by=None, now=now, group_id=group_id)
    return chain_of(group_id, None) if slug else ""


async def export_lines(store: Store, chain: str, now: datetime) -> AsyncGenerator[str, None]:
    """The lines of the export: what is in it, then each chain's entries in order, as of one moment."""
    async with store.look() as unit:
        heads = await asked.heads(unit, chain)
        yield Header(now, chain or ALL, tuple(heads), dict(await asked.names_of_chains(unit))).text()
        for head in heads:
            async for batch in asked.exported(unit, head):
                for line in batch:
                    yield line.text()
