"""The network file, chat and a cadence each make meetings, and none undoes another's."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.app import make_rules
from bot.domain.terms import MeetingState
from bot.files.network import Network
from bot.files.network_check import load_network
from bot.services.cadences import arrange, groups_to_arrange
from bot.services.network_compare import Act
from bot.settings import Settings
from bot.store.meetings import moved_from
from bot.store.tables import Group, Meeting, OutboxRow, Person
from bot.store.unit import Store
from tests.files.test_network_file import EXAMPLE
from tests.network.test_loading import TUESDAY, changed, load

NOVEMBER, DECEMBER = datetime(2026, 11, 30, 10, tzinfo=UTC), datetime(2026, 12, 2, 10, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
FIRST = "marram-2026-11:\n        starts: 2026-11-30 10:00"
RULES = make_rules(Settings(policy=None))


@pytest.fixture
def example() -> Network:
    return load_network(EXAMPLE)


async def meetings(store: Store) -> dict[str, Meeting]:
    async with store.look() as unit:
        return {row.slug: row for row in await unit.all(select(Meeting))}


async def told(store: Store, kind: str) -> list[OutboxRow]:
    async with store.look() as unit:
        return list(await unit.all(select(OutboxRow).where(OutboxRow.kind == kind).order_by(col(OutboxRow.id))))


async def in_chat(store: Store, slug: str, **values: object) -> None:
    """Somebody moves a meeting, or calls it off, in chat."""
    async with store.begin() as unit:
        row = await unit.first(select(Meeting).where(Meeting.slug == slug))
        chair = await unit.first(select(Person).where(Person.slug == "chair"))
        assert row
        assert chair
        row.arranged_by_id = chair.key
        for name, value in values.items():
            setattr(row, name, value)


async def run(store: Store) -> None:
    """The clock's part."""
    async with store.begin() as unit:
        due, unreadable = await groups_to_arrange(unit, now=NOW, rules=RULES)
        assert unreadable == []
        for key in due:
            await arrange(unit, key, now=NOW, rules=RULES)


async def test_what_was_arranged_in_chat_stands_and_the_file_is_to_follow(store: Store, example: Network) -> None:
    await load(store, example)
    await in_chat(store, "marram-2026-11", starts_at=DECEMBER)
    await in_chat(store, "marram-2027-01", state=MeetingState.CANCELLED)
    done = await load(store, example, TUESDAY)
    assert done.changes == ()
    said = [line for line in done.warnings if "in chat" in line]
    assert ["2 December 2026 at 10:00" in line for line in said] == [True, False]
    assert "was called off in chat: take it out of the file" in said[1]
    there = await meetings(store)
    assert there["marram-2026-11"].starts_at == DECEMBER
    assert there["marram-2027-01"].state is MeetingState.CANCELLED


async def test_the_file_calls_off_nothing_that_was_made_elsewhere(store: Store, example: Network) -> None:
    await load(store, example)
    async with store.begin() as unit:
        group = await unit.first(select(Group).where(Group.slug == "marram"))
        assert group
        place = {"group_id": group.key, "starts_at": DECEMBER}
        unit.add(Meeting(slug="M-2RULED", ruled_for=DECEMBER.date(), **place), Meeting(slug="M-3ADDED", **place))
    await in_chat(store, "M-3ADDED")
    assert (await load(store, example, TUESDAY)).changes == ()
    assert {row.state for row in (await meetings(store)).values()} == {MeetingState.SCHEDULED}


async def test_what_the_file_moves_or_calls_off_is_told(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    assert await told(store, "meeting.settled") == []
    second = EXAMPLE.read_text().partition("      marram-2027-01:")[2].partition("    levels:")[0]
    edits = (FIRST, FIRST.replace("2026-11-30", "2026-12-02")), (f"      marram-2027-01:{second}", "")
    done = await load(store, changed(tmp_path, *edits), TUESDAY)
    assert len(done.lines(Act.CHANGED)) == len(done.lines(Act.ENDED)) == 1
    there = await meetings(store)
    moved, off = there["marram-2026-11"], there["marram-2027-01"]
    assert (moved.sequence, off.sequence) == (1, 1)
    async with store.look() as unit:
        assert await moved_from(unit, [moved.key, off.key]) == {moved.key: NOVEMBER}
    settled, called_off = await told(store, "meeting.settled"), await told(store, "meeting.off")
    assert len(settled) == len(called_off) == len({row.person_id for row in settled}) > 5
    await load(store, changed(tmp_path, *edits), TUESDAY)
    assert await told(store, "meeting.settled") == settled


async def test_a_load_and_then_the_clock_make_the_example_s_meetings(store: Store, example: Network) -> None:
    await load(store, example)
    await run(store)
    made = [row for row in (await meetings(store)).values() if row.ruled_for]
    assert sorted(row.starts_at.date() for row in made) == [
        date(2026, 12, 9),
        date(2027, 3, 10),
        date(2027, 6, 9),
        date(2027, 9, 8),
    ]
    dates = await told(store, "meeting.dates")
    await run(store)
    assert (await load(store, example, TUESDAY)).changes == ()
    await run(store)
    assert await told(store, "meeting.dates") == dates


async def test_a_changed_cadence_is_a_line_of_the_plan_in_words(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    done = await load(store, changed(tmp_path, ("every: 3 months", "every: 2 months")), TUESDAY)
    (line,) = done.lines(Act.CHANGED)
    assert line.endswith(
        "cadence “every 3 months on the second Wednesday at 14:00” becomes "
        "“every 2 months on the second Wednesday at 14:00”"
    )
