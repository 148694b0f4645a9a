"""A message's files are delivered with it: once, after a crash as well, and what is refused of them is told."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.chat.port import Attachment, Message
from bot.messages import MESSAGES
from bot.messages.letter import Letter
from bot.store.outbox import LEASE
from tests.flows.action_steps import SQLITE
from tests.flows.steps import given_concern, outbox, told
from tests.flows.test_channel_taken_back import REMOVED, handled
from tests.world import World

RECEIPT = "concern.receipt"
ICS = Attachment("panel.ics", b"BEGIN:VCALENDAR")
COMPLETE, DELETE = "files.completeUploadExternal", "files.delete"


@pytest.fixture(autouse=True)
def receipt_with_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write = MESSAGES[RECEIPT]

    async def with_file(letter: Letter) -> Message | None:
        message = await write(letter)
        return message and Message(message.markdown, (ICS,))

    monkeypatch.setitem(MESSAGES, RECEIPT, with_file)


def files(world: World) -> list[str]:
    person = world.persona("inspector")
    return [file.name for file in person.files(person.dm_id)]


async def test_a_file_is_delivered_and_taken_back(world: World):
    reference = await given_concern(world)
    assert files(world) == ["panel.ics"]
    (row,) = await outbox(world, RECEIPT)
    assert ("VCALENDAR" in str(row), "panel.ics" in str(row)) == (False, False)
    await handled(world, reference, retired_at=world.now)
    assert told(world, "inspector") == [REMOVED]
    assert files(world) == []
    await handled(world, reference, retired_at=None)
    assert files(world) == ["panel.ics"]


@SQLITE
@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 429, "retry_after": 30}], ids=["broken", "busy"])
async def test_a_file_that_stopped_half_way_follows(world: World, fault: dict[str, Any]):
    world.pg.fail_next(COMPLETE, **fault)
    await given_concern(world)
    (row,) = await outbox(world, RECEIPT)
    assert (row.state, files(world), len(told(world, "inspector"))) == ("waiting", [], 1)
    await world.move(minutes=1)
    (row,) = await outbox(world, RECEIPT)
    assert (row.state, files(world)) == ("sent", ["panel.ics"])
    assert len([text for text in told(world, "inspector") if "Northgate" in text]) == 1


@SQLITE
async def test_where_files_are_not_allowed_the_words_arrive_and_the_secretariat_hears(world: World):
    world.pg.fail_next("files.getUploadURLExternal", error="file_uploads_disabled", count=99)
    await given_concern(world)
    await world.move(minutes=15)
    (words,) = told(world, "inspector")
    assert "Northgate" in words
    (note,) = [text for text in told(world, "secretary") if "could not be delivered" in text]
    assert "file_uploads_disabled" in note
    assert "Its words have arrived" in note


@SQLITE
async def test_a_crash_between_upload_and_completion_shows_the_file_once(world: World, monkeypatch: pytest.MonkeyPatch):
    """What was said before the crash may be said again [decision 4]; the upload it left behind is seen by nobody."""

    async def crash(*_: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr("bot.chat.slack_files._complete", crash)
        with pytest.raises(asyncio.CancelledError):
            await given_concern(world)
    assert files(world) == []
    world.pg.clock.advance(LEASE + timedelta(seconds=1))
    await world.settle()
    assert files(world) == ["panel.ics"]
