"""The databases' own full-text index of what concerns say; filled and emptied by triggers of the database.

SQLite has an FTS5 table, PostgreSQL a `tsvector` for each concern. What is found here are only numbers, for narrowing a
statement of `store/visibility.py`.
"""

from typing import Literal

from sqlalchemy import Select, column, func, select, table

from bot.domain.finding import Term
from bot.store.unit import Unit

NAME = "concern_text"
TEXTS = table(NAME, column("rowid"), column("concern_id"), column("words"), column(NAME))
# The parts of a concern that can be asked for alone, and the letter PostgreSQL keeps for each.
Part = Literal["headline", "provider_named"]
WEIGHTS: dict[Part, str] = {"headline": "A", "provider_named": "B"}


def is_ours(_item: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Whether the models decide about this; the index, and the tables in which SQLite keeps it, are the migrations'."""
    return not (kind == "table" and (name or "").startswith(NAME))


def saying(unit: Unit, term: Term, part: Part | None = None) -> Select[tuple[int]]:
    """The numbers of the concerns with these words in that order, in that part or anywhere."""
    if unit.dialect == "postgresql":
        asked = func.to_tsquery("english", _postgres(term, part))
        return select(TEXTS.c.concern_id).where(TEXTS.c.words.op("@@")(asked))
    return select(TEXTS.c.rowid).where(TEXTS.c[NAME].op("MATCH")(_sqlite(term, part)))


async def sweep(unit: Unit) -> None:
    """SQLite: write the index anew without what was taken from it, which would stand in it until it grows."""
    if unit.dialect == "sqlite":
        await unit.write(TEXTS.insert().values({NAME: "optimize"}))


# A term holds letters and digits only, so nothing in it can be part of a database's own language.
def _sqlite(term: Term, part: Part | None) -> str:
    return f'{f"{part} : " if part else ""}"{" ".join(term.words)}"{"*" if term.begins else ""}'


def _postgres(term: Term, part: Part | None) -> str:
    ends = [""] * (len(term.words) - 1) + ["*" if term.begins else ""]
    marks = [f"{end}{WEIGHTS[part] if part else ''}" for end in ends]
    return " <-> ".join(f"{word}:{mark}" if mark else word for word, mark in zip(term.words, marks, strict=True))
