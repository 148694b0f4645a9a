"""What the operator can ask for about the keys: whether every annexe opens, and locking all of them with a new key."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.errors import KeysMissing
from bot.store.annexe import by_key, can_unlock, lock_again, locked_otherwise, unopenable
from bot.store.journal import record
from bot.store.unit import Store


@dataclass(frozen=True)
class Relocked:
    """How many parts of annexes were locked again; how many do not open, and the keys not needed, by key's name."""

    parts: int
    refused: Mapping[str, int]
    unused: tuple[str, ...]


async def annexes_without_key(store: Store) -> Mapping[str, int]:
    """How many parts of annexes no key of the ring opens, by the name of the key they were locked with."""
    async with store.look() as unit:
        return await unopenable(unit)


async def relock_annexes(store: Store, now: datetime) -> Relocked:
    """Lock every annexe's own key with the ring's first key, some at a time, each time saved: what is broken off is
    taken up again by asking once more. What does not open is left as it is.

    Raises `KeysMissing`, before anything is changed, when one was locked with a key the ring does not have.
    """
    await _refuse_without_keys(store)
    relocked, refused, after = 0, Counter[str](), 0
    while True:
        async with store.begin() as unit:
            parts = await locked_otherwise(unit, after)
            opening = [part for part in parts if can_unlock(unit, part)]
            refused.update(part.key_id for part in parts if part not in opening)
            for part in opening:
                lock_again(unit, part)
            if opening:
                record(unit, "annexes relocked", by=None, now=now, key=unit.keys.primary, parts=len(opening))
        if not parts:
            break
        relocked, after = relocked + len(opening), parts[-1].key
    async with store.look() as unit:
        used = await by_key(unit)
    return Relocked(relocked, refused, tuple(name for name in store.keys.names[1:] if name not in used))


async def _refuse_without_keys(store: Store) -> None:
    async with store.look() as unit:
        needed = await by_key(unit)
    missing = {name: parts for name, parts in needed.items() if name not in store.keys.names}
    if missing:
        raise KeysMissing(keys=named(missing))


def named(keys: Mapping[str, int]) -> str:
    """Keys by name with how much each locks: `the key named “2025” (parts of annexes locked with it: 3)`."""
    return ", ".join(f"the key named “{name}” (parts of annexes locked with it: {n})" for name, n in keys.items())
