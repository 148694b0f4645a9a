"""The files of a message on Slack: beside it, each once, whatever Slack does meanwhile, and taken back with it."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import test_utils, web
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.file_names import safe_name
from bot.chat.homes import Homes
from bot.chat.port import Attachment, Busy, Channel, Message, Refused, Unfinished
from bot.chat.slack import SlackChat
from bot.domain.handling import Identity
from bot.playground import File, MovableClock, Playground, Seed, SeedChannel, SeedUser
from tests.hostile import HOSTILE

HERE = Channel("slack", "T0SOUND", "C_HERE")
ANN = Identity("slack", "T0SOUND", "U_ANN")
URL, UPLOAD, COMPLETE, DELETE = (
    "files.getUploadURLExternal",
    "upload",
    "files.completeUploadExternal",
    "files.delete",
)

ICS = Attachment("panel.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
LATER = Attachment("panel.ics", b"BEGIN:VCALENDAR\r\nSEQUENCE:1\r\nEND:VCALENDAR\r\n")
CHART = Attachment("chart.png", b"\x89PNG\r\n\x1a\n...", "Three of four answered within a day")


@pytest.fixture
async def pg() -> AsyncIterator[Playground]:
    users = (SeedUser("U_ANN", "ann", "Ann"), SeedUser("U_BOB", "bob", "Bob"))
    channel = SeedChannel("C_HERE", "here", members=("U_ANN",))
    patient = {"post_burst": 1000, "tier_limits": False, "monotonic": lambda: 0.0}
    async with Playground(Seed(users=users, channels=(channel,)), clock=MovableClock(), **patient) as pg:
        yield pg
        assert pg.warnings == []


@pytest.fixture
def chat(pg: Playground) -> SlackChat:
    return SlackChat(AsyncWebClient(token=pg.bot_token, base_url=pg.api_url), Homes(pg.clock))


def with_files(*files: Attachment, words: str = "The panel meets.") -> Message:
    return Message(words, files)


def long_with(*files: Attachment) -> Message:
    return Message("\n\n".join(f"word{n} " + "x" * 2_800 for n in range(9)), files)


def seen(pg: Playground) -> list[tuple[str, bytes | None]]:
    return [(file.name, file.content) for file in pg.persona("U_ANN").files("C_HERE")]


def sent(*files: Attachment) -> list[tuple[str, bytes]]:
    return [(file.name, file.content) for file in files]


def calls(pg: Playground, method: str) -> int:
    return [name for name, _ in pg.calls].count(method)


async def test_in_a_channel_files_are_shared_in_the_messages_thread(pg: Playground, chat: SlackChat):
    handle = await chat.send(HERE, with_files(ICS, CHART))
    (message,) = pg.persona("U_ANN").messages("C_HERE")
    assert message.text == "The panel meets."
    assert [reply.text for reply in message.thread] == ["[panel.ics]\n[chart.png: Three of four answered within a day]"]
    assert seen(pg) == sent(ICS, CHART)
    assert len(handle["files"]) == 2


async def test_in_a_direct_message_files_stand_right_below(pg: Playground, chat: SlackChat):
    await chat.send(ANN, with_files(ICS))
    assert [message.text for message in pg.persona("U_ANN").dms()] == ["The panel meets.", "[panel.ics]"]
    assert pg.persona("U_BOB").dms() == []


async def test_a_long_messages_files_come_after_its_parts(pg: Playground, chat: SlackChat):
    await chat.send(HERE, long_with(ICS))
    (message,) = pg.persona("U_ANN").messages("C_HERE")
    assert len(message.thread) == 3
    assert message.thread[-1].text == "[panel.ics]"


async def test_without_files_nothing_of_files_is_asked(pg: Playground, chat: SlackChat):
    handle = await chat.send(HERE, with_files())
    await chat.edit(handle, with_files(words="It moved."))
    assert not [name for name, _ in pg.calls if name.startswith("files.")]


async def test_an_edit_with_the_same_files_uploads_nothing(pg: Playground, chat: SlackChat):
    handle = await chat.send(HERE, with_files(ICS, CHART))
    again = Attachment(ICS.name, bytes(ICS.content))
    assert await chat.edit(handle, with_files(CHART, again, words="It moved.")) == handle
    assert (calls(pg, URL), calls(pg, COMPLETE), calls(pg, DELETE)) == (2, 1, 0)
    assert seen(pg) == sent(ICS, CHART)


CHANGED = {
    "the content": LATER,
    "the name": Attachment("other.ics", ICS.content),
    "what it shows": Attachment("panel.ics", ICS.content, "A date"),
}


@pytest.mark.parametrize("new", CHANGED.values(), ids=CHANGED)
async def test_an_edit_replaces_only_the_files_that_differ(pg: Playground, chat: SlackChat, new: Attachment):
    handle = await chat.send(HERE, with_files(ICS, CHART))
    handle = await chat.edit(handle, with_files(new, CHART))
    assert seen(pg) == sent(CHART, new)
    assert (calls(pg, URL), calls(pg, DELETE)) == (3, 1)
    assert await chat.edit(handle, with_files(new, CHART)) == handle
    assert calls(pg, URL) == 3


async def test_what_is_taken_back_takes_its_files_along(pg: Playground, chat: SlackChat):
    handle = await chat.send(HERE, with_files(ICS, CHART))
    (shared, _) = pg.persona("U_ANN").files("C_HERE")
    assert await fetched(pg, shared) == 200
    handle = await chat.edit(handle, Message("Removed."))
    (message,) = pg.persona("U_ANN").messages("C_HERE")
    assert (message.text, message.thread) == ("Removed.", ())
    assert handle["files"] == []
    assert await fetched(pg, shared) == 404
    assert shared.content is None


async def fetched(pg: Playground, file: File) -> int:
    async with aiohttp.ClientSession() as session, session.get(pg.url + file.path) as answer:
        return answer.status


async def test_files_come_to_a_message_that_had_none(pg: Playground, chat: SlackChat):
    handle = await chat.send(HERE, with_files())
    await chat.edit({"channel": handle["channel"], "ts": handle["ts"]}, with_files(ICS))
    assert seen(pg) == sent(ICS)


async def test_files_do_not_outlive_a_message_somebody_deleted(pg: Playground, chat: SlackChat):
    handle = await chat.send(ANN, with_files(ICS))
    pg.workspace.channels["D_ANN"].forget(handle["ts"])
    handle = await chat.edit(handle, with_files(ICS, CHART))
    assert pg.persona("U_ANN").files("D_ANN") == []
    assert handle["files"] == []


async def test_a_file_somebody_deleted_stays_deleted(pg: Playground, chat: SlackChat):
    handle = await chat.send(HERE, with_files(ICS))
    await chat.client.files_delete(file=handle["files"][0]["id"])
    assert await chat.edit(handle, with_files(ICS)) == handle
    assert seen(pg) == []
    assert (await chat.edit(handle, with_files(LATER)))["files"] != []
    assert seen(pg) == sent(LATER)


async def test_a_channel_that_refuses_gets_neither_words_nor_files(pg: Playground, chat: SlackChat):
    pg.archive("C_HERE")
    with pytest.raises(Refused, match="is_archived"):
        await chat.send(HERE, with_files(ICS))
    assert calls(pg, URL) == 0


STOPPED = [
    (URL, {"status": 503}, ConnectionError),
    (URL, {"status": 429, "retry_after": 30}, Busy),
    (URL, {"error": "file_uploads_disabled"}, Refused),
    (UPLOAD, {"status": 503}, ConnectionError),
    (UPLOAD, {"status": 429, "retry_after": 30}, Busy),
    (UPLOAD, {"status": 403}, Refused),
    (COMPLETE, {"status": 503}, ConnectionError),
    (COMPLETE, {"status": 429, "retry_after": 30}, Busy),
    (COMPLETE, {"error": "not_in_channel"}, Refused),
    (COMPLETE, {"error": "file_update_failed"}, ConnectionError),
    (UPLOAD, {"status": 503, "after_effect": True}, ConnectionError),
    (COMPLETE, {"status": 503, "after_effect": True}, ConnectionError),
    (COMPLETE, {"error": "file_not_found", "after_effect": True}, ConnectionError),
]


@pytest.mark.parametrize(("method", "fault", "cause"), STOPPED, ids=[f"{m} {f}" for m, f, _ in STOPPED])
@pytest.mark.parametrize("editing", [False, True])
async def test_stopped_half_way_it_goes_on(
    pg: Playground, chat: SlackChat, method: str, fault: dict[str, Any], cause: type, editing: bool
):
    """Also where only Slack's answer was lost: nobody is shown the message, or a file, twice."""
    place = await chat.send(HERE, with_files(LATER)) if editing else None
    pg.fail_next(method, **fault)
    with pytest.raises(Unfinished) as stopped:
        await (chat.edit(place, with_files(ICS, CHART)) if place else chat.send(HERE, with_files(ICS, CHART)))
    assert isinstance(stopped.value.cause, cause)
    handle = await chat.edit(stopped.value.handle, with_files(ICS, CHART))
    (message,) = pg.persona("U_ANN").messages("C_HERE")
    assert message.text == "The panel meets."
    assert seen(pg) == sent(ICS, CHART)
    assert await chat.edit(handle, with_files(ICS, CHART)) == handle


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 503, "after_effect": True}], ids=["before", "after"])
async def test_what_is_taken_back_half_way_leaves_nothing(pg: Playground, chat: SlackChat, fault: dict[str, Any]):
    pg.fail_next(COMPLETE, **fault)
    with pytest.raises(Unfinished) as stopped:
        await chat.send(HERE, with_files(ICS))
    handle = await chat.edit(stopped.value.handle, Message("Removed."))
    assert (seen(pg), handle["files"]) == ([], [])


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 503, "after_effect": True}], ids=["before", "after"])
async def test_taking_back_that_stops_half_way_is_done_again(pg: Playground, chat: SlackChat, fault: dict[str, Any]):
    handle = await chat.send(HERE, with_files(ICS, CHART))
    pg.fail_next(DELETE, **fault)
    with pytest.raises(ConnectionError):
        await chat.edit(handle, Message("Removed."))
    assert (await chat.edit(handle, Message("Removed.")))["files"] == []
    assert seen(pg) == []


async def test_what_slack_will_not_delete_is_said(pg: Playground, chat: SlackChat):
    handle = await chat.send(HERE, with_files(ICS))
    pg.fail_next(DELETE, error="cant_delete_file")
    with pytest.raises(Refused, match="cant_delete_file"):
        await chat.edit(handle, Message("Removed."))


@pytest.mark.parametrize("method", [URL, UPLOAD, COMPLETE, DELETE])
async def test_a_short_wait_is_waited_here(
    pg: Playground, chat: SlackChat, monkeypatch: pytest.MonkeyPatch, method: str
):
    waited = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    handle = await chat.send(HERE, with_files(LATER))
    monkeypatch.setattr("bot.chat.slack_calls.asyncio.sleep", sleep)
    pg.fail_next(method, status=429, retry_after=1, count=2)
    await chat.edit(handle, with_files(ICS))
    assert waited == [1.0, 1.0]
    assert seen(pg) == sent(ICS)


@pytest.mark.parametrize("said", [*HOSTILE, "../../up/panel.ics", "C:\\panel.ics", "long" * 200 + ".ics"])
async def test_what_somebody_typed_names_and_describes_a_file(pg: Playground, chat: SlackChat, said: str):
    await chat.send(HERE, with_files(Attachment(said, b"1"), Attachment("chart.png", b"2", said)))
    file, picture = pg.persona("U_ANN").files("C_HERE")
    assert (file.name, picture.name) == (safe_name(said), "chart.png")
    assert picture.alt.split() == said.encode(errors="ignore").decode().replace("\x00", "").split()


async def test_an_empty_file_is_refused_and_the_words_arrive(pg: Playground, chat: SlackChat):
    with pytest.raises(Unfinished) as stopped:
        await chat.send(HERE, with_files(Attachment("empty.ics", b"")))
    assert isinstance(stopped.value.cause, Refused)
    assert [message.text for message in pg.persona("U_ANN").messages("C_HERE")] == ["The panel meets."]


async def test_a_megabyte_arrives_whole(pg: Playground, chat: SlackChat):
    pack = Attachment("pack.docx", bytes(range(256)) * 4096)
    await chat.send(HERE, with_files(pack))
    assert seen(pg) == sent(pack)


async def test_the_same_file_twice_is_shared_once(pg: Playground, chat: SlackChat):
    await chat.send(HERE, with_files(ICS, ICS))
    assert seen(pg) == sent(ICS)


async def test_what_a_picture_shows_is_cut_at_slacks_limit(pg: Playground, chat: SlackChat):
    await chat.send(HERE, with_files(Attachment("chart.png", b"x", "many\nwords " * 300)))
    (file,) = pg.persona("U_ANN").files("C_HERE")
    assert len(file.alt) <= 1_000
    assert file.alt.startswith("many words many words")
    assert file.alt.endswith("…")


async def test_only_a_picture_is_described(pg: Playground, chat: SlackChat):
    """Slack would never share anything else."""
    await chat.send(HERE, with_files(Attachment("pack.docx", b"x", "A pack")))
    assert [(file.name, file.alt) for file in pg.persona("U_ANN").files("C_HERE")] == [("pack.docx", "")]


async def test_the_upload_address_is_never_shown_the_token(pg: Playground, chat: SlackChat):
    shown: list[str] = []
    chat.client.headers["X-Ours"] = "secret"
    address = "http://127.0.0.1"

    async def ticket(**_: Any) -> dict[str, str]:
        return {"upload_url": address, "file_id": "F1"}

    async def look(request: web.Request) -> web.Response:
        shown.extend(f"{name}: {value}" for name, value in request.headers.items())
        return web.Response(status=403)

    async with test_utils.TestServer(_app(look)) as server:
        address = str(server.make_url("/upload"))
        object.__setattr__(chat.client, "files_getUploadURLExternal", ticket)
        with pytest.raises(Unfinished):
            await chat.send(HERE, with_files(ICS))
    assert shown
    assert not any("secret" in line or pg.bot_token in line for line in shown)


def _app(handler: Any) -> web.Application:
    app = web.Application()
    app.router.add_post("/upload", handler)
    return app
