"""The index of what concerns say, as the databases keep it."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select

from bot.domain.finding import Term
from bot.store.destroying import scrub
from bot.store.full_text import saying
from bot.store.tables import Concern
from bot.store.unit import Store, Unit
from bot.store.visibility import concern_erased
from tests.store.rows import concern, group, organisation, person

RARE = Term(("qwyjibo",))


@pytest.fixture
async def written(store: Store) -> int:
    """One concern with a word that nothing else has."""
    async with store.begin() as unit:
        body = await organisation(unit, "cqc")
        by = await person(unit, "ann", body.key)
        about = {"group_id": (await group(unit, "qsg")).key, "raised_by_id": by.key, "organisation_id": body.key}
        return (await concern(unit, "C-1", **about, details="Qwyjibo again.")).key


async def numbers(unit: Unit, term: Term) -> list[int]:
    return [key for (key,) in await unit.rows(saying(unit, term))]


async def index_rows(unit: Unit) -> int:
    """How many words (SQLite) or texts (PostgreSQL) the index holds, read past every statement of ours."""
    if unit.dialect == "postgresql":
        return len(await unit.rows(text("SELECT words FROM concern_text")))
    await unit.write(
        text("CREATE VIRTUAL TABLE IF NOT EXISTS temp.held USING fts5vocab('main', 'concern_text', 'row')")
    )
    return len(await unit.rows(text("SELECT term FROM temp.held")))


async def test_what_is_destroyed_is_gone_from_the_index(store: Store, written: int, kept_url: str):
    async with store.begin() as unit:
        assert await numbers(unit, RARE) == [written]
        assert await index_rows(unit) > 0
        for statement in concern_erased(written):
            await unit.write(statement)
        assert await numbers(unit, RARE) == []
    await scrub(store)
    async with store.begin() as unit:
        assert await index_rows(unit) == 0
    if store.dialect == "sqlite":
        file = Path(kept_url.removeprefix("sqlite:///"))
        assert [one.name for one in file.parent.glob(f"{file.name}*") if b"wyjibo" in one.read_bytes()] == []


async def test_only_its_own_words_are_in_the_index(store: Store, written: int):
    async with store.begin() as unit:
        row = await unit.first(select(Concern).where(Concern.id == written))
        assert row
        row.details = "Plain."
    async with store.begin() as unit:
        assert (await numbers(unit, RARE), await numbers(unit, Term(("plain",)))) == ([], [written])


async def test_no_model_has_the_index_and_no_query_needs_the_whole_table(store: Store, written: int):
    assert not [name for name in SQLModel.metadata.tables if name.startswith("concern_text")]
    async with store.look() as unit:
        if unit.dialect == "postgresql":
            await unit.write(text("SET LOCAL enable_seqscan = off"))
            asked = "SELECT concern_id FROM concern_text WHERE words @@ to_tsquery('english', 'plain')"
            steps = str(await unit.rows(text(f"EXPLAIN {asked}")))
            assert "ix_concern_text_words" in steps
        assert await numbers(unit, RARE) == [written]
