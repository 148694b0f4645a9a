"""Annexes in the records: locked in place, locked again with a new key however often it is broken off, destroyed."""

from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bot.domain.terms import AnnexeKind
from bot.errors import KeysMissing, NoKeys, WrongKey
from bot.services import keys as services
from bot.services.annexe import destroy_annexe, store_annexe
from bot.services.keys import annexes_without_key, relock_annexes
from bot.store import annexe as asked
from bot.store.keys import KeyRing
from bot.store.people import viewer_by_id
from bot.store.tables import Annexe, AnnexeGrant, Concern, JournalEntry
from bot.store.unit import Store
from tests.store.rows import NOW, TODAY, concern, group, organisation, person


def ring(*names: str) -> KeyRing:
    return KeyRing({name: name.encode().ljust(32, b".") for name in names})


async def fill(store: Store, count: int = 1, start: int = 0) -> list[int]:
    """Concerns with both parts of an annexe, locked with the keys the store has; their numbers."""
    async with store.begin() as unit:
        body = await organisation(unit, f"cqc{start}")
        ann, place = await person(unit, f"ann{start}", body.key), await group(unit, f"qsg{start}")
        viewer = await viewer_by_id(unit, ann.key, TODAY)
        keys = []
        for number in range(start, start + count):
            own = {"raised_by_id": ann.key, "organisation_id": body.key, "group_id": place.key}
            row = await concern(unit, f"C-{number}", **own)
            for kind in AnnexeKind:
                await store_annexe(unit, row, kind, f"canary {kind} {row.key}", by=viewer, now=NOW)
            unit.add(AnnexeGrant(concern_id=row.key, person_id=ann.key, reason="why", granted_at=NOW, expires_at=NOW))
            keys.append(row.key)
    return keys


async def read(store: Store, concern_id: int) -> list[str]:
    async with store.look() as unit:
        return [asked.unlock(unit, part) for part in await asked.parts_of(unit, concern_id)]


async def key_names(store: Store) -> dict[str, int]:
    async with store.look() as unit:
        return await asked.by_key(unit)


async def relockings(store: Store) -> list[dict]:
    async with store.look() as unit:
        entries = await unit.all(select(JournalEntry).where(JournalEntry.act == "annexes relocked"))
    return [entry.facts for entry in sorted(entries, key=lambda entry: entry.key)]


async def test_what_is_stored_is_read_back_and_stands_nowhere_in_the_row(store: Store):
    store.keys = ring("one")
    (key,) = await fill(store)
    assert await read(store, key) == [f"canary people involved {key}", f"canary identity of the source {key}"]
    async with store.look() as unit:
        assert "canary" not in str([part.model_dump() for part in await unit.all(select(Annexe))])
        assert await asked.has_annexe(unit, key)
        assert not await asked.has_annexe(unit, key + 1)


@pytest.mark.parametrize("keys", [ring("one"), ring("two", "one")], ids=["the same key", "another"])
async def test_storing_again_changes_nothing(store: Store, keys: KeyRing):
    store.keys = ring("one")
    (key,) = await fill(store)
    before = await key_names(store)
    store.keys = keys
    async with store.begin() as unit:
        row = await unit.first(select(Concern).where(Concern.id == key))
        viewer = await viewer_by_id(unit, row.raised_by_id, TODAY)
        for text in ("canary again", "  ", ""):
            await store_annexe(unit, row, AnnexeKind.PEOPLE, text, by=viewer, now=NOW)
    assert (await read(store, key))[0] == f"canary people involved {key}"
    assert await key_names(store) == before == {"one": 2}
    async with store.look() as unit:
        stored = await unit.all(select(JournalEntry).where(JournalEntry.act == "annexe stored"))
    assert len(stored) == 2


async def test_without_keys_nothing_is_stored_and_nothing_else_with_it(store: Store):
    with pytest.raises(NoKeys):
        await fill(store)
    async with store.look() as unit:
        assert await unit.all(select(Concern.id)) == []


async def test_rows_that_change_places_do_not_open(store: Store):
    store.keys = ring("one")
    mine, theirs = await fill(store, 2)
    async with store.begin() as unit:
        first, second = await asked.parts_of(unit, mine), await asked.parts_of(unit, theirs)
        first[0].wrapped_key, first[0].sealed = second[0].wrapped_key, second[0].sealed
        second[1].wrapped_key, second[1].sealed = second[0].wrapped_key, second[0].sealed
        unit.add(*first, *second)
    for key in (mine, theirs):
        with pytest.raises(WrongKey):
            await read(store, key)
    assert await annexes_without_key(store) == {"one": 2}


async def test_all_are_locked_with_the_first_key_again(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asked, "BATCH", 4)
    store.keys = ring("old")
    keys = await fill(store, 3)
    store.keys = ring("older")
    keys += await fill(store, 2, start=3)
    store.keys = ring("new", "old", "older", "spare")
    keys += await fill(store, 1, start=5)
    texts = [await read(store, key) for key in keys]
    done = await relock_annexes(store, NOW)
    assert (done.parts, dict(done.refused), done.unused) == (10, {}, ("old", "older", "spare"))
    assert await key_names(store) == {"new": 12}
    assert await relockings(store) == [{"key": "new", "parts": count} for count in (4, 4, 2)]
    store.keys = ring("new")
    assert [await read(store, key) for key in keys] == texts
    assert await annexes_without_key(store) == {}
    # Again: nothing is left to do, and nothing is done.
    assert (await relock_annexes(store, NOW)).parts == 0
    assert len(await relockings(store)) == 3


class Killed(Exception):
    """The process was stopped."""


async def test_what_is_broken_off_is_taken_up_again(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asked, "BATCH", 2)
    store.keys = ring("old")
    keys = await fill(store, 3)
    store.keys = ring("new", "old")
    lock_again, seen = services.lock_again, []

    def lock_some(unit, part) -> None:
        seen.append(part.key)
        if len(seen) == 4:
            raise Killed
        lock_again(unit, part)

    monkeypatch.setattr(services, "lock_again", lock_some)
    with pytest.raises(Killed):
        await relock_annexes(store, NOW)
    assert await key_names(store) == {"new": 2, "old": 4}  # the batch that was broken off is as it was
    assert all([await read(store, key) for key in keys])
    monkeypatch.setattr(services, "lock_again", lock_again)
    assert (await relock_annexes(store, NOW)).parts == 4
    assert await key_names(store) == {"new": 6}
    assert [facts["parts"] for facts in await relockings(store)] == [2, 2, 2]


async def test_a_missing_key_is_named_and_nothing_is_changed(store: Store):
    store.keys = ring("gone")
    await fill(store, 2)
    store.keys = ring("old")
    await fill(store, 1, start=2)
    store.keys = ring("new", "old")
    with pytest.raises(KeysMissing) as refused:
        await relock_annexes(store, NOW)
    assert "SOUNDINGS_KEYS lacks the key named “gone” (parts of annexes locked with it: 4)" in str(refused.value)
    assert "“old”" not in str(refused.value)
    assert await key_names(store) == {"gone": 4, "old": 2}
    assert await relockings(store) == []
    assert await annexes_without_key(store) == {"gone": 4}


async def test_what_does_not_open_is_left_and_does_not_stop_the_rest(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(asked, "BATCH", 2)
    store.keys = ring("old")
    bad, good = await fill(store, 2)
    async with store.begin() as unit:
        (part, _) = await asked.parts_of(unit, bad)
        await unit.write(update(Annexe).where(col(Annexe.id) == part.key).values(wrapped_key=b"x" * 60))
    store.keys = ring("new", "old")
    done = await relock_annexes(store, NOW)
    assert (done.parts, dict(done.refused), done.unused) == (3, {"old": 1}, ())
    assert await key_names(store) == {"new": 3, "old": 1}
    assert len(await read(store, good)) == 2


async def test_destroying_takes_one_concern_s_annexe_and_leaves_the_others(store: Store):
    store.keys = ring("one")
    gone, kept = await fill(store, 2)
    async with store.begin() as unit:
        assert await destroy_annexe(unit, gone) == 2
        assert await destroy_annexe(unit, gone) == 0
    assert await read(store, gone) == []
    assert len(await read(store, kept)) == 2
    async with store.look() as unit:
        assert await unit.all(select(AnnexeGrant.concern_id)) == [kept]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_was_destroyed_is_in_no_file(database_url: str, tmp_path: Path):
    store = Store(database_url, keys=ring("old"))

    def holding(*secrets: bytes) -> set[bytes]:
        files = b"".join(content(path) for path in tmp_path.iterdir())
        return {secret for secret in secrets if secret in files}

    def content(path: Path) -> bytes:
        try:
            return path.read_bytes()
        except FileNotFoundError:  # the database's log and its index come and go with its connections
            return b""

    gone, kept = await fill(store, 2)
    async with store.look() as unit:
        first = [secret for part in await asked.parts_of(unit, gone) for secret in (part.wrapped_key, part.sealed)]
        others = [secret for part in await asked.parts_of(unit, kept) for secret in (part.wrapped_key, part.sealed)]
    store.keys = ring("new", "old")
    await relock_annexes(store, NOW)
    async with store.look() as unit:
        again = [part.wrapped_key for part in await asked.parts_of(unit, gone)]
    await store.checkpoint()
    assert holding(*first, *again) == {*again, *first[1::2]}  # the key's old wrapping is gone with the rotation
    async with store.begin() as unit:
        await destroy_annexe(unit, gone)
    await store.checkpoint()
    assert holding(*first, *again) == set()
    assert holding(*others) == set(others[1::2])
    await store.close()
