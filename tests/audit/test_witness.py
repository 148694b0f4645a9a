"""The day's witness: when it is posted, what it covers, and that it can be used as it was read in the channel."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.domain.audit import WitnessLine, witnesses_in
from bot.domain.terms import Role
from bot.services.journal_export import begin_export, export_lines
from bot.store.keys import new_key, signed
from bot.store.tables import Group, JournalEntry, Seat, Witness
from tests.audit.cli import verified_with, written_export
from tests.flows.action_steps import SQLITE, add
from tests.flows.steps import given_concern, posts
from tests.world import OTHER, QSG, World, open_world

TIME = datetime(2026, 11, 23, 16, tzinfo=UTC)


def at(hour: float, day: int = 23) -> datetime:
    return datetime(2026, 11, day, int(hour), int(hour % 1 * 60), tzinfo=UTC)


def posted(world: World, slug: str = "dean", channel: str = QSG) -> list[str]:
    """The witnesses in a group's channel, as they are read there."""
    return [post.text for post in posts(world, slug, channel) if "witness" in post.text.splitlines()[0]]


def lines(texts: list[str]) -> list[WitnessLine]:
    found = [line for text in texts for _, line in witnesses_in(text)]
    assert None not in found
    return found


async def acts(world: World, chain: str) -> list[str]:
    entries = await world.rows(JournalEntry, JournalEntry.chain == chain)
    return [entry.act for entry in sorted(entries, key=lambda entry: entry.number)]


MOMENTS = {
    "before the time": (at(15.98), 0),
    "at the time": (at(16), 1),
    "missed, late in the evening": (at(23.98), 1),
    "after midnight": (at(0.5, day=24), 0),
    "the next afternoon": (at(17, day=24), 1),
    "on a Saturday": (at(17, day=28), 0),
    "on a bank holiday": (datetime(2026, 12, 25, 17, tzinfo=UTC), 0),
}


@SQLITE
@pytest.mark.parametrize(("moment", "expected"), MOMENTS.values(), ids=MOMENTS)
async def test_when_it_is_posted(world: World, moment: datetime, expected: int):
    await given_concern(world)
    await world.move_to(moment)
    assert len(posted(world)) == expected


async def test_once_a_day_with_two_replicas_and_only_when_something_was_written(world: World):
    await world.without_meetings()
    await given_concern(world)
    twin = world.twin()
    world.pg.clock.set(TIME)
    for _ in range(3):
        await world.tick(world.bot, twin)
    assert len(posted(world)) == 1
    await world.move_to(at(16, day=24))
    await world.tick(world.bot, twin)
    assert len(posted(world)) == 1
    await given_concern(world)
    world.pg.clock.set(at(16, day=25))
    await world.tick(world.bot, twin)
    before = [row.model_dump() for row in await world.rows(JournalEntry)]
    world.pg.clock.set(at(16, day=26))
    await world.tick(world.bot, twin)
    await twin.store.close()
    assert len(posted(world)) == 2
    assert [row.model_dump() for row in await world.rows(JournalEntry)] == before


@SQLITE
async def test_nothing_written_is_nothing_posted(world: World):
    await world.without_meetings()
    await world.move_to(TIME)
    assert (await acts(world, f"g{world.ids['qsg']}"), posted(world)) == ([], [])


@SQLITE
async def test_it_is_taken_after_the_other_heads_are_noted(world: World):
    await given_concern(world)
    await world.persona("nmc1").command("/concern", "mine")  # whose organisation belongs to no group
    await world.persona("nmc1").command("/escalate", "C-NOPE12")
    await world.move_to(TIME)
    nmc, group = f"o{world.ids['org:nmc']}", f"g{world.ids['qsg']}"
    assert await acts(world, nmc) == ["refused"]
    notes = {
        entry.facts["chain"]: entry.chain for entry in await world.rows(JournalEntry, JournalEntry.act == "heads noted")
    }
    assert notes == {nmc: "network", "network": group}
    (line,) = lines(posted(world))
    (last,) = await world.rows(JournalEntry, JournalEntry.chain == group, JournalEntry.act == "heads noted")
    assert (line.head.chain, line.head.number, line.head.hash) == (group, last.number, last.hash)
    assert line.head.at == TIME


@SQLITE
async def test_a_group_without_a_channel_is_covered_by_the_others(world: World):
    region = f"g{world.ids['region']}"
    await add(world, Seat(group_id=world.ids["region"], person_id=world.ids["chair"], role=Role.CHAIR))
    await given_concern(world)
    await given_concern(world, "chair", group_id=world.ids["region"])
    await world.move_to(TIME)
    (note,) = await world.rows(Witness, Witness.chain == region)
    assert note.signature == ""
    (line,) = lines(posted(world))
    assert line.head.chain == f"g{world.ids['qsg']}"
    facts = [entry.facts for entry in await world.rows(JournalEntry, JournalEntry.chain == "network")]
    assert {"chain": region, "number": note.number, "hash": note.hash} in facts


@SQLITE
async def test_each_group_has_its_own(world: World):
    (region,) = await world.rows(Group, Group.slug == "region")
    region.workspace, region.channel = "T0SOUND", OTHER
    await world.change(region)
    await add(world, Seat(group_id=region.key, person_id=world.ids["chair"], role=Role.CHAIR))
    await given_concern(world)
    await given_concern(world, "chair", group_id=region.key)
    await world.move_to(TIME)
    heads = await world.rows(Witness, Witness.signature == "", Witness.day == date(2026, 11, 23))
    assert {f"g{world.ids['qsg']}", f"g{region.key}"} <= {row.chain for row in heads}
    assert lines(posted(world))[0].head.chain == f"g{world.ids['qsg']}"


@SQLITE
async def test_a_database_away_at_the_time_is_caught_up_with(world: World, monkeypatch: pytest.MonkeyPatch):
    await given_concern(world)

    async def stumble(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("bot.schedules.timetable.note_heads", stumble)
        await world.move_to(TIME)
    assert posted(world) == []  # it waits for what it is to cover
    await world.move(minutes=5)
    assert len(posted(world)) == 1


@SQLITE
async def test_a_witness_that_is_gone_is_not_posted(world: World):
    await given_concern(world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.messages.journal.witness_by_id", _nothing)
        await world.move_to(TIME)
    assert posted(world) == []


async def _nothing(*_: object) -> None:
    return None


@pytest.fixture
def key() -> str:
    return new_key("k1")


async def test_what_is_read_in_the_channel_verifies_the_export(database_url: str, tmp_path: Path, key: str):
    """From end to end: pasted from the channel, with the public key, and against a journal that was tampered with."""
    async with open_world(database_url, keys=key) as world:
        await given_concern(world)
        await world.persona("nmc1").command("/escalate", "C-NOPE12")
        await world.move_to(TIME)
        await given_concern(world)
        (text,) = posted(world)
        (public,) = world.bot.store.keys.public_keys().values()
        chain = await begin_export(world.bot.store, "", world.now)
        journal = [line async for line in export_lines(world.bot.store, chain, world.now)]
        count = len(await world.rows(JournalEntry))
    assert len(journal) == count + 1
    (line,) = lines([text])
    assert signed(public, line.signature, line.signed_text().encode())
    witness = tmp_path / "pasted.txt"
    witness.write_text(f"Copied on Monday:\n\n{text}\n", encoding="utf-8")
    path = written_export(tmp_path, journal)
    result = verified_with(path, witness, f"k1:{public}")
    assert result.exit_code == 0, result.output
    assert "1 witness signed with k1: checked." in result.output
    assert result.output.count("sound; witnessed up to entry") == len(
        {one.split('"chain":')[1][:6] for one in journal[1:]}
    )
    place = next(place for place, one in enumerate(journal) if '"act":"refused"' in one)
    spoilt = [one.replace("refused", "excused") if at == place else one for at, one in enumerate(journal)]
    result = verified_with(written_export(tmp_path, spoilt), witness, f"k1:{public}")
    assert result.exit_code == 1
    assert "entry 1: it was edited" in result.output
