"""Who in a channel may not be there, by the same rules as who may read a concern; and what waits for them to go."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.handling import Identity
from bot.domain.terms import Misfit
from bot.store import outbox
from bot.store.barring import barred_from
from bot.store.channels import barred_strays, open_to, runners_free_of, strays
from bot.store.outbox import HELD, HELD_FOR, Telling, claim, superseded, tell
from bot.store.tables import OutboxRow
from bot.store.tables.delivery import OutboxState
from bot.store.unit import Store
from tests.store.rows import NOW, TODAY, WORKSPACE, group
from tests.store.scene import PEOPLE, set_scene, viewer

EVERYBODY = [Identity("slack", WORKSPACE, f"U_{slug}") for slug in PEOPLE]
NOT_OF_THE_GROUP = {
    "left member": Misfit.OUTSIDE,
    "ended organisation": Misfit.LEFT,
    "retired": Misfit.LEFT,
    "former chair": Misfit.OUTSIDE,
    "addressed": Misfit.OUTSIDE,
    "outsider": Misfit.OUTSIDE,
}
WHERE = ("northgate", "site", "vale")


async def test_who_does_not_belong(store: Store):
    ids = await set_scene(store)
    async with store.look() as unit:
        found = await strays(unit, ids["qsg"], EVERYBODY, TODAY)
    assert {stray.who.user.removeprefix("U_"): stray.why for stray in found} == NOT_OF_THE_GROUP
    assert all(stray.person_id for stray in found)


@pytest.mark.parametrize(
    "who",
    [
        Identity("slack", "T2", "U_member"),
        Identity("slack", "", "U_member"),
        Identity("teams", WORKSPACE, "U_member"),
        Identity("slack", WORKSPACE, "U_nobody"),
        Identity("slack", WORKSPACE, ""),
    ],
    ids=lambda who: f"{who.platform} {who.workspace} {who.user}",
)
async def test_a_namesake_is_somebody_else(store: Store, who: Identity):
    ids = await set_scene(store)
    async with store.look() as unit:
        (stray,) = await strays(unit, ids["qsg"], [who], TODAY)
        barred = await barred_strays(unit, ids["qsg"], [who], [ids["northgate"]], TODAY)
    assert (stray.why, stray.person_id, stray.who, barred) == (Misfit.STRANGER, 0, who, [])


async def test_barred_here_is_barred_there(store: Store):
    """One rule, asked of many people at once here, and of one reader everywhere else."""
    ids = await set_scene(store)
    async with store.look() as unit:
        for names in (["northgate"], ["site"], ["vale"], list(WHERE)):
            about = [ids[name] for name in names]
            found = await barred_strays(unit, ids["qsg"], EVERYBODY, about, TODAY)
            barred = {stray.who.user.removeprefix("U_") for stray in found}
            readers = {slug: await viewer(unit, slug) for slug in PEOPLE}
            expected = {slug for slug, one in readers.items() if one and await barred_from(unit, one, about, TODAY)}
            assert barred - {"retired", "ended organisation"} == expected, names


async def test_why_they_are_barred(store: Store):
    ids = await set_scene(store)
    async with store.look() as unit:
        found = await barred_strays(unit, ids["qsg"], EVERYBODY, [ids["site"]], TODAY)
        nothing = await barred_strays(unit, ids["qsg"], EVERYBODY, [], TODAY)
    assert {(stray.who.user.removeprefix("U_"), stray.why, stray.provider) for stray in found} == {
        ("own staff", Misfit.STAFF, "site Hospital"),
        ("site's staff", Misfit.STAFF, "site Hospital"),
        ("conflicted", Misfit.CONFLICT, "site Hospital"),
        ("conflict with a site", Misfit.CONFLICT, "site Hospital"),
    }
    assert nothing == []


async def test_who_may_be_told_of_whom(store: Store):
    ids = await set_scene(store)
    northgate, site, vale = (ids[name] for name in WHERE)
    member, conflicted, partly = (ids[f"person {slug}"] for slug in ("member", "conflicted", "conflict with a site"))
    async with store.look() as unit:
        assert await open_to(unit, member, [northgate, site, vale], TODAY) == {northgate, site, vale}
        assert await open_to(unit, conflicted, [northgate, site, vale], TODAY) == {vale}
        assert await open_to(unit, partly, [northgate, site], TODAY) == {northgate}
        assert await runners_free_of(unit, [conflicted, partly], [northgate, vale], TODAY)
        assert not await runners_free_of(unit, [conflicted, partly], [northgate, site], TODAY)
        assert await runners_free_of(unit, [conflicted], [], TODAY)


async def queued(store: Store, *tellings: Telling) -> None:
    async with store.begin() as unit:
        for telling in tellings:
            await tell(unit, telling, NOW)


async def held(store: Store, now: Any = NOW) -> None:
    async with store.begin() as unit:
        for row in await claim(unit, now):
            await outbox.mark_waiting(unit, row.key, now + HELD_FOR, HELD)


async def claimed(store: Store, now: Any, limit: int = 50) -> list[tuple[int | None, str | int]]:
    async with store.begin() as unit:
        return [(row.group_id, row.subject["n"]) for row in await claim(unit, now, limit)]


def to_group(group_id: int, number: int) -> Telling:
    return Telling("k", {"n": number}, group_id=group_id)


async def test_what_is_held_comes_with_what_is_new(store: Store):
    async with store.begin() as unit:
        here, there = (await group(unit, "here")).key, (await group(unit, "there")).key
    await queued(store, *(to_group(here, number) for number in (1, 2)), to_group(there, 9))
    await held(store)
    later = NOW + timedelta(minutes=5)
    assert await claimed(store, later) == []
    await queued(store, to_group(here, 3))
    assert await claimed(store, later) == [(here, 1), (here, 2), (here, 3)]
    assert (there, 9) in await claimed(store, NOW + HELD_FOR)


async def test_what_was_tried_just_now_is_left(store: Store):
    """Else each batch of a long queue would take up all that is held again."""
    async with store.begin() as unit:
        here = (await group(unit, "here")).key
    await queued(store, to_group(here, 1))
    await held(store)
    await queued(store, to_group(here, 2))
    assert await claimed(store, NOW + timedelta(seconds=1)) == [(here, 2)]


async def test_a_destination_asked_to_wait_keeps_what_is_held(store: Store):
    async with store.begin() as unit:
        here = (await group(unit, "here")).key
    await queued(store, to_group(here, 1))
    await held(store)
    await queued(store, to_group(here, 2))
    async with store.begin() as unit:
        (row,) = await claim(unit, NOW + timedelta(seconds=1))
        await outbox.mark_waiting(unit, row.key, NOW + HELD_FOR * 2, outbox.RATELIMITED)
    assert await claimed(store, NOW + HELD_FOR) == []


@pytest.mark.parametrize(("handle", "lost"), [(None, True), ({"ts": "1"}, False)], ids=["nothing came", "part came"])
async def test_what_came_in_part_can_be_replaced(store: Store, handle: dict[str, str] | None, lost: bool):
    async with store.begin() as unit:
        here = (await group(unit, "here")).key
    first = to_group(here, 1)
    await queued(store, first, Telling("k", {"n": 1}, group_id=here, slot="again", edits=first.once))
    async with store.begin() as unit:
        original, edit = await claim(unit, NOW)
        if handle:
            await outbox.keep_handle(unit, first.once, handle)
        await outbox.mark_failed(unit, original.key, "is_archived")
        assert await superseded(unit, edit) is lost


async def test_a_replacement_moves_what_it_replaced(store: Store):
    async with store.begin() as unit:
        here = (await group(unit, "here")).key
    first = to_group(here, 1)
    again = [Telling("k", {"n": 1}, group_id=here, slot=slot, edits=first.once) for slot in "ab"]
    await queued(store, first, *again)
    async with store.begin() as unit:
        original, older, newer = await claim(unit, NOW)
        await outbox.mark_sent(unit, original.key, {"ts": "1"}, NOW)
        await outbox.mark_sent(unit, newer.key, {"ts": "1", "parts": ["2"]}, NOW, first.once)
    async with store.begin() as unit:
        assert await outbox.sent_handle(unit, first.once) == {"ts": "1", "parts": ["2"]}
        await outbox.mark_sent(unit, older.key, {"ts": "1", "parts": []}, NOW, first.once)
        assert unit.told
    async with store.look() as unit:
        states = [(await unit.get(OutboxRow, row.key)).state for row in (original, older, newer)]
    assert states == [OutboxState.SENT, OutboxState.SENT, OutboxState.QUEUED]
    async with store.look() as unit:
        assert [row.key for row in await outbox.told_group(unit, here, "k", n=1)] == [original.key]
