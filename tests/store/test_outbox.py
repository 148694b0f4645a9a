"""The outbox: queued once, claimed by one, never lost, never sent twice knowingly."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.store import outbox
from bot.store.outbox import FIRST_RETRY, LEASE, LONGEST_RETRY, Telling, claim, retry_after, superseded, tell
from bot.store.tables.delivery import OutboxRow, OutboxState
from bot.store.unit import Store
from tests.store.rows import NOW, group, organisation, person

SECOND = timedelta(seconds=1)


def telling(n: int = 1, **values) -> Telling:
    return Telling(**{"kind": "people.stranger", "subject": {"user": f"U{n}"}} | values)


async def queue(store: Store, *tellings: Telling, now=NOW) -> None:
    async with store.begin() as unit:
        for one in tellings:
            await tell(unit, one, now)


async def claimed(store: Store, now=NOW, limit: int = 50) -> list[OutboxRow]:
    async with store.begin() as unit:
        return list(await claim(unit, now, limit))


async def kept(store: Store) -> list[OutboxRow]:
    async with store.look() as unit:
        return list(await unit.all(select(OutboxRow).order_by(OutboxRow.id)))


async def test_the_same_thing_is_queued_once(store: Store):
    async with store.begin() as unit:
        assert await tell(unit, Telling("k", {"a": 1, "b": "x"}), NOW)
        assert not await tell(unit, Telling("k", {"b": "x", "a": 1}), NOW + LEASE)
    async with store.begin() as unit:
        assert not await tell(unit, Telling("k", {"a": 1, "b": "x"}), NOW)
        assert not unit.told
    assert len(await kept(store)) == 1


DIFFERENT = {
    "kind": Telling("other", {"a": 1}, person_id=1),
    "subject": Telling("k", {"a": 2}, person_id=1),
    "subject's name": Telling("k", {"b": 1}, person_id=1),
    "recipient": Telling("k", {"a": 1}, person_id=2),
    "a group of that number": Telling("k", {"a": 1}, group_id=1),
    "slot": Telling("k", {"a": 1}, person_id=1, slot="2"),
}


@pytest.mark.parametrize("other", DIFFERENT.values(), ids=DIFFERENT)
def test_what_differs_has_another_key(other: Telling):
    assert other.once != Telling("k", {"a": 1}, person_id=1).once


def test_replacing_a_message_keeps_its_key():
    assert telling(edits="k|a=1|p1|").once == telling().once


async def test_two_replicas_queue_it_once(store: Store, kept_url: str):
    replica = Store(kept_url)
    await asyncio.gather(*(queue(by, telling()) for by in (store, replica, store, replica)))
    await replica.close()
    assert len(await kept(store)) == 1


async def test_what_is_due_is_claimed_in_order(store: Store):
    await queue(store, telling(1), now=NOW)
    await queue(store, telling(2), now=NOW - SECOND)
    await queue(store, telling(3), now=NOW + SECOND)
    first = await claimed(store, limit=1)
    assert [row.subject["user"] for row in first] == ["U2"]
    assert [row.subject["user"] for row in await claimed(store)] == ["U1"]
    assert await claimed(store) == []
    assert [row.subject["user"] for row in await claimed(store, NOW + SECOND)] == ["U3"]


async def test_a_claim_is_a_lease(store: Store):
    await queue(store, telling())
    (row,) = await claimed(store)
    assert (row.state, row.attempts, row.lease_until) == (OutboxState.SENDING, 1, NOW + LEASE)
    assert await claimed(store, NOW + LEASE - SECOND) == []
    (again,) = await claimed(store, NOW + LEASE)
    assert (again.key, again.attempts, again.lease_until) == (row.key, 2, NOW + 2 * LEASE)


async def test_a_claim_rolled_back_is_free(store: Store):
    await queue(store, telling())
    async with store.look() as unit:
        assert len(await claim(unit, NOW)) == 1
    (row,) = await claimed(store)
    assert row.attempts == 1


async def test_two_claimers_never_share_a_row(store: Store, kept_url: str):
    await queue(store, *(telling(n) for n in range(40)))
    replica = Store(kept_url)
    taken: list[int] = []

    async def work(by: Store) -> None:
        while rows := await claimed(by, limit=3):
            taken.extend(row.key for row in rows)

    await asyncio.gather(*(work(by) for by in (store, replica) * 2))
    await replica.close()
    assert len(taken) == len(set(taken)) == 40
    assert {row.attempts for row in await kept(store)} == {1}


@pytest.mark.parametrize("kept_url", ["postgres"], indirect=True, scope="module")  # SQLite has one writer at a time
async def test_a_claimer_passes_over_a_held_row(store: Store):
    await queue(store, telling(1), telling(2))
    async with store.begin() as one, store.begin() as other:
        first = await claim(one, NOW, limit=1)
        second = await claim(other, NOW)
    assert [row.subject["user"] for row in (*first, *second)] == ["U1", "U2"]


ENDS = {
    "sent": (lambda unit, key: outbox.mark_sent(unit, key, {"ts": "1.2"}, NOW), OutboxState.SENT, ""),
    "withheld": (outbox.mark_withheld, OutboxState.WITHHELD, ""),
    "failed": (
        lambda unit, key: outbox.mark_failed(unit, key, "account_inactive"),
        OutboxState.FAILED,
        "account_inactive",
    ),
}


@pytest.mark.parametrize(("mark", "state", "error"), ENDS.values(), ids=ENDS)
async def test_what_is_settled_is_never_claimed(store: Store, mark, state, error):
    await queue(store, telling())
    (row,) = await claimed(store)
    async with store.begin() as unit:
        await mark(unit, row.key)
    (after,) = await kept(store)
    assert (after.state, after.error, after.lease_until) == (state, error, None)
    assert await claimed(store, NOW + timedelta(days=365)) == []


async def test_what_waits_comes_back(store: Store):
    await queue(store, telling())
    (row,) = await claimed(store)
    async with store.begin() as unit:
        await outbox.mark_waiting(unit, row.key, NOW + 30 * SECOND, "ratelimited" * 50)
    (waiting,) = await kept(store)
    assert (waiting.state, waiting.attempts, len(waiting.error)) == (OutboxState.WAITING, 1, 200)
    assert await claimed(store, NOW + 29 * SECOND) == []
    (again,) = await claimed(store, NOW + 30 * SECOND)
    assert again.attempts == 2


async def test_a_long_refusal_is_cut(store: Store):
    await queue(store, telling())
    (row,) = await claimed(store)
    async with store.begin() as unit:
        await outbox.mark_failed(unit, row.key, "x" * 500)
    assert [len(one.error) for one in await kept(store)] == [200]


async def test_a_sent_message_can_be_found_again(store: Store):
    await queue(store, telling(1), telling(2))
    for row in await claimed(store, limit=1):
        async with store.begin() as unit:
            await outbox.mark_sent(unit, row.key, {"channel": "D1", "ts": "1.2"}, NOW)
    async with store.look() as unit:
        assert await outbox.sent_handle(unit, telling(1).once) == {"channel": "D1", "ts": "1.2"}
        assert await outbox.sent_handle(unit, telling(2).once) is None
        assert await outbox.sent_handle(unit, "never queued") is None
        assert await outbox.depths(unit) == {"queued": 1}


async def test_only_the_newest_replacement_counts(store: Store):
    await queue(store, telling(), *(telling(slot=str(n), edits=telling().once) for n in range(3)))
    await queue(store, telling(9, slot="9", edits="another message"))
    async with store.look() as unit:
        replaced = [await superseded(unit, row) for row in await kept(store) if row.edits]
    assert replaced == [True, True, False, False]


async def test_a_row_names_whom_it_is_for(store: Store):
    async with store.begin() as unit:
        ann = await person(unit, "ann", (await organisation(unit, "cqc")).key)
        qsg = await group(unit, "qsg")
        await tell(unit, Telling("k", {"a": 1}, person_id=ann.key), NOW)
        await tell(unit, Telling("k", {"a": 1}, group_id=qsg.key), NOW)
    assert [(row.person_id, row.group_id) for row in await kept(store)] == [(ann.key, None), (None, qsg.key)]


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 2), (1, 4), (2, 8), (5, 64), (8, 512), (9, 900), (12, 900), (10_000, 900)]
)
def test_waiting_doubles_up_to_a_bound(attempts: int, seconds: int):
    assert retry_after(attempts) == seconds * SECOND
    assert FIRST_RETRY <= retry_after(attempts) <= LONGEST_RETRY
