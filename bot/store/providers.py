"""The directory of providers: finding one by what people type, in bounded time, and keeping it findable."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice, product
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, tuple_
from sqlmodel import SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.store.tables.providers import Provider, ProviderPart, ProviderWord
from bot.store.unit import Unit
from bot.store.words import after_prefix, fold, folded_name, index_words, is_forgiven, needed, parts, slips

T = TypeVar("T")

__all__ = ["add_providers", "batches", "find_providers", "fold", "index_providers", "index_words", "providers_by_code"]

# The plain tables, for statements on many rows.
PROVIDERS = SQLModel.metadata.tables["provider"]
WORDS = SQLModel.metadata.tables["provider_word"]
# What a provider is found by: when one of these changes, its words change.
SEARCHED = frozenset({"code", "name", "former_names", "town", "postcode"})
# Up to this many matches are put in order of name; with more, names are walked in order until enough match.
MANY = 2000
# A misspelt word is compared with the words that share most with it; of a few such words only the likest are tried.
COMPARED = 400
MOST_FORGIVEN = 4
MOST_READINGS = 6
FORGIVEN_TWICE = 6  # letters from which on two may be wrong (ours)
# More than anybody types, and enough for the longest name.
LONGEST_TYPED = 300


async def find_providers(unit: Unit, words: str, limit: int = 20) -> list[Provider]:
    """Providers of which every typed word begins some word: name, former name, town, postcode or code.

    First the one with exactly that code, then names that begin with what was typed, then the rest by name, and last
    those that have an end date. Nothing typed gives the first by name.
    """
    typed = fold(words[:LONGEST_TYPED])
    if not typed:
        return await _in_order(unit, [], limit) if not words.strip() else []
    found = await _with_code(unit, words)
    found += await _in_order(unit, [starts(col(Provider.folded_name), " ".join(typed))], limit)
    if len(found) < limit:
        found += await _with_words(unit, needed(typed), limit)
    exact = {provider.key for provider in found[:1] if provider.code.upper() == words.strip().upper()}
    once = {provider.key: provider for provider in found}.values()
    return sorted(once, key=lambda p: (p.key not in exact, p.ends_on is not None))[:limit]


async def nearest_providers(unit: Unit, words: str, limit: int = 20) -> list[Provider]:
    """The same for what is misspelt: words that begin no word are read as the nearest that do. For when nothing is
    found as typed; whoever shows them says that they are a guess."""
    typed = list(dict.fromkeys(fold(words[:LONGEST_TYPED])))[:MOST_FORGIVEN]
    readings = [[word] if await _count(unit, word) else await _nearest(unit, word) for word in typed]
    found: dict[int, Provider] = {}
    for reading in islice(product(*readings), MOST_READINGS):
        if typed and len(found) < limit:
            found |= {one.key: one for one in await find_providers(unit, " ".join(reading), limit)}
    return list(found.values())[:limit]


async def find_or_guess(unit: Unit, words: str, limit: int) -> list[Provider]:
    """What is found as typed, or else as it may have been meant."""
    return await find_providers(unit, words, limit) or await nearest_providers(unit, words, limit)


async def providers_by_code(unit: Unit, codes: Collection[str]) -> dict[str, Provider]:
    """Those of these codes that the directory has."""
    found: dict[str, Provider] = {}
    for some in batches(sorted(set(codes))):
        rows = await unit.all(select(Provider).where(col(Provider.code).in_(some)))
        found |= {row.code: row for row in rows}
    return found


async def add_providers(unit: Unit, providers: Sequence[Provider]) -> dict[str, int]:
    """Add many at once, findable; says which number each code was given. The rows themselves stay apart from the unit.

    Bulk statements, since asking the database for each number in turn takes ten times as long.
    """
    rows = [p.model_dump(exclude={"id"}) | {"folded_name": folded_name(p.name)} for p in providers]
    numbers: dict[str, int] = {}
    for some in batches(rows):
        await unit.insert_many(PROVIDERS, list(some))
        asked = select(Provider.code, Provider.id).where(col(Provider.code).in_([row["code"] for row in some]))
        numbers |= dict(await unit.rows(asked))
    await _write_words(unit, ((numbers[p.code], p) for p in providers))
    return numbers


async def index_providers(unit: Unit, providers: Sequence[Provider]) -> None:
    """Make these providers findable by their present names; new ones must have been added to the unit."""
    for provider in providers:
        provider.folded_name = folded_name(provider.name)
    await unit.flush()
    for some in batches([p.key for p in providers]):
        await unit.write(delete(ProviderWord).where(col(ProviderWord.provider_id).in_(some)))
    await _write_words(unit, ((p.key, p) for p in providers))


async def _write_words(unit: Unit, providers: Iterable[tuple[int, Provider]]) -> None:
    rows = ({"word": word, "provider_id": key} for key, p in providers for word in sorted(index_words(p)))
    while batch := list(islice(rows, 10_000)):
        await unit.insert_many(WORDS, batch)
        await _write_parts(unit, {str(row["word"]) for row in batch})


async def _write_parts(unit: Unit, words: Iterable[str]) -> None:
    """Take the words apart that are new."""
    forgiven = sorted(word for word in words if is_forgiven(word))
    for some in batches(forgiven):
        # Each by one of its parts, which is the beginning of the key.
        begun = tuple_(col(ProviderPart.part), col(ProviderPart.word)).in_([(f" {word[:2]}", word) for word in some])
        known = set(await unit.all(select(ProviderPart.word).where(begun)))
        new = [ProviderPart(part=part, word=word) for word in some if word not in known for part in sorted(parts(word))]
        if new:
            await unit.insert_each_once(new, "word")


async def _nearest(unit: Unit, word: str) -> list[str]:
    """The words most like a misspelt one, the likest first: one letter may be wrong, in longer words two."""
    if not is_forgiven(word):
        return []
    most = 1 if len(word) < FORGIVEN_TWICE else 2
    shared = func.count().label("shared")
    near = func.abs(func.length(ProviderPart.word) - len(word))
    asked = select(ProviderPart.word).where(col(ProviderPart.part).in_(parts(word))).group_by(col(ProviderPart.word))
    likest = await unit.all(asked.order_by(shared.desc(), near, col(ProviderPart.word)).limit(COMPARED))
    found = [(wrong, one) for one in likest if (wrong := slips(word, one, most))]
    # Those that only stayed, since no provider has them any more, would hide the next.
    return [one for _, one in sorted(found)[:MOST_READINGS] if await _count(unit, one)]


async def _with_code(unit: Unit, words: str) -> list[Provider]:
    code = "".join(character for character in words.strip() if character.isprintable())
    asked = select(Provider).where(col(Provider.code).in_({code, code.upper()}))
    return list(await unit.all(asked))


async def _with_words(unit: Unit, words: Sequence[str], limit: int) -> list[Provider]:
    counts = {word: await _count(unit, word) for word in words}
    rarest = min(words, key=lambda word: counts[word])
    if not counts[rarest]:
        return []
    others = [word for word in words if word != rarest]
    rows = select(ProviderWord.provider_id).where(starts(col(ProviderWord.word), rarest))
    both = rows.where(*(has_word(word, col(ProviderWord.provider_id)) for word in others)).limit(MANY)
    ids = list(await unit.all(both))
    if len(ids) < MANY:
        return await _in_order(unit, [col(Provider.id).in_(set(ids))], limit)
    return await _in_order(unit, [has_word(word, col(Provider.id)) for word in words], limit)


async def _count(unit: Unit, word: str) -> int:
    """How many index rows a word has, not counting beyond what makes it common."""
    rows = select(ProviderWord.provider_id).where(starts(col(ProviderWord.word), word)).limit(MANY)
    return (await unit.session.exec(select(func.count()).select_from(rows.subquery()))).one()


async def _in_order(unit: Unit, wanted: Iterable[ColumnElement[bool]], limit: int) -> list[Provider]:
    """By name, those with an end date last. Two questions, so that each walks the index of names and can stop."""
    asked = select(Provider).where(*wanted).order_by(col(Provider.folded_name), col(Provider.id))
    found = list(await unit.all(asked.where(col(Provider.ends_on).is_(None)).limit(limit)))
    if len(found) < limit:
        ended = asked.where(col(Provider.ends_on).is_not(None)).limit(limit - len(found))
        found += await unit.all(ended)
    return found


def starts(column: Any, prefix: str) -> ColumnElement[bool]:
    """Whether a text in plain order begins so: one range of an index."""
    end = after_prefix(prefix)
    return column >= prefix if end is None else and_(column >= prefix, column < end)


def has_word(word: str, provider_id: Any) -> ColumnElement[bool]:
    """Whether that provider has a word that starts so, whatever the rest of the question reads."""
    own = WORDS.alias()
    return exists().where(own.c.provider_id == provider_id, starts(own.c.word, word))


def with_all_words(typed: str) -> SelectOfScalar[int]:
    """The numbers of the providers of which every typed word begins some word; what says no word gives none."""
    words = needed(fold(typed[:LONGEST_TYPED]))
    first = starts(col(ProviderWord.word), words[0]) if words else false()
    others = (has_word(word, col(ProviderWord.provider_id)) for word in words[1:])
    return select(ProviderWord.provider_id).where(first, *others)


def batches(rows: Sequence[T], size: int = 5000) -> Iterator[Sequence[T]]:
    """The rows some at a time, since a statement takes only so many values."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


async def roots_of(unit: Unit, provider_ids: Collection[int | None]) -> dict[int | None, int]:
    """For each of these providers itself, or for a site the provider it belongs to."""
    named = col(Provider.id).in_({key for key in provider_ids if key is not None})
    rows = await unit.rows(select(Provider.id, Provider.parent_id).where(named))
    return {key: parent or key for key, parent in rows}


async def providers_by_id(unit: Unit, provider_ids: Collection[int]) -> list[Provider]:
    """These providers, by name."""
    return list(await unit.all(select(Provider).where(col(Provider.id).in_(provider_ids)).order_by(Provider.name)))
