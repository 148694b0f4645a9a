"""Files: what Slack refuses of an upload is refused, and only who may see a file is shown it."""

import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground, Seed
from bot.playground.files import MOST_BYTES, TICKET_SECONDS, File
from tests.playground.conftest import Seconds
from tests.playground.test_page import page_of
from tests.playground.test_web_api import refusal

URL, COMPLETE, DELETE = "files.getUploadURLExternal", "files.completeUploadExternal", "files.delete"
PNG = b"\x89PNG\r\n\x1a\n"


async def put(url: str, content: bytes, **more: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, data=content, **more) as answer:
        return answer.status, await answer.text()


async def fetch(url: str) -> tuple[int, bytes, Any]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.read(), answer.headers


async def uploaded(client: AsyncWebClient, name: str = "notes.txt", content: bytes = b"words", alt: str = "") -> str:
    ticket = await client.files_getUploadURLExternal(filename=name, length=len(content), alt_txt=alt or None)
    assert await put(ticket["upload_url"], content) == (200, f"OK - {len(content)}")
    return str(ticket["file_id"])


async def shared(client: AsyncWebClient, channel: str = "C_QSG", **what: Any) -> str:
    file_id = await uploaded(client, **what)
    await client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=channel)
    return file_id


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no name": (URL, {"length": 5}, "invalid_arguments"),
    "no length": (URL, {"filename": "a.txt"}, "invalid_arguments"),
    "a length in words": (URL, {"filename": "a.txt", "length": "five"}, "invalid_arguments"),
    "less than nothing": (URL, {"filename": "a.txt", "length": -1}, "invalid_arguments"),
    "nothing": (URL, {"filename": "a.txt", "length": 0}, "missing_argument"),
    "too much": (URL, {"filename": "a.txt", "length": MOST_BYTES + 1}, "file_upload_size_restricted"),
    "a long story": (URL, {"filename": "a.png", "length": 1, "alt_txt": "x" * 1_001}, "alt_txt_too_large"),
    "complete nothing": (COMPLETE, {}, "invalid_arguments"),
    "complete no files": (COMPLETE, {"files": []}, "invalid_arguments"),
    "complete a word": (COMPLETE, {"files": [1]}, "invalid_arguments"),
    "complete what cannot be read": (COMPLETE, {"files": "["}, "invalid_arguments"),
    "complete what never was": (COMPLETE, {"files": [{"id": "F999999"}]}, "file_not_found"),
    "complete without an id": (COMPLETE, {"files": [{"title": "x"}]}, "file_not_found"),
    "delete nothing": (DELETE, {}, "invalid_arguments"),
    "delete what never was": (DELETE, {"file": "F999999"}, "file_not_found"),
}


@pytest.mark.parametrize(("method", "args", "code"), REFUSED.values(), ids=REFUSED.keys())
async def test_call_is_refused(client: AsyncWebClient, method: str, args: dict[str, Any], code: str) -> None:
    assert await refusal(client, method, args) == code


PLACES = {
    "C_NONE": "channel_not_found",
    "C_SECRET": "channel_not_found",
    "C_OPEN": "not_in_channel",
    "C_PAST": "is_archived",
    "U_ANN": "invalid_arguments",
}


@pytest.mark.parametrize(("channel", "code"), PLACES.items())
async def test_where_the_bot_cannot_post_it_cannot_share(
    pg: Playground, client: AsyncWebClient, channel: str, code: str
) -> None:
    file_id = await uploaded(client)
    args = {"files": json.dumps([{"id": file_id}]), "channel_id": channel}
    assert await refusal(client, COMPLETE, args) == code
    await client.files_completeUploadExternal(files=[{"id": file_id}], channel_id="C_QSG")
    assert [file.id for file in pg.persona("U_ANN").files("C_QSG")] == [file_id], "a refusal uses nothing up"


async def test_each_method_needs_the_scope() -> None:
    async with Playground(Seed(scopes=frozenset({"chat:write"}))) as pg:
        client = AsyncWebClient(token=pg.bot_token, base_url=pg.api_url)
        for method in (URL, COMPLETE, DELETE):
            assert await refusal(client, method, {}) == "missing_scope"


async def test_files_are_shared_once_and_together(pg: Playground, client: AsyncWebClient) -> None:
    first = await client.chat_postMessage(channel="C_QSG", text="first")
    files = [{"id": await uploaded(client, f"{n}.txt")} for n in range(2)]
    done = await client.files_completeUploadExternal(files=files, channel_id="C_QSG", thread_ts=first["ts"])
    assert [file["title"] for file in done["files"]] == ["0.txt", "1.txt"]
    (seen,) = pg.persona("U_ANN").messages("C_QSG")
    assert [reply.text for reply in seen.thread] == ["[0.txt]\n[1.txt]"]
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_completeUploadExternal(files=files, channel_id="C_QSG")


async def test_one_file_that_is_not_there_stops_all(pg: Playground, client: AsyncWebClient) -> None:
    there = await uploaded(client)
    missing = (await client.files_getUploadURLExternal(filename="b.txt", length=1))["file_id"]
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_completeUploadExternal(files=[{"id": there}, {"id": missing}], channel_id="C_QSG")
    assert pg.persona("U_ANN").messages("C_QSG") == []


async def test_without_a_channel_nobody_sees_it(pg: Playground, client: AsyncWebClient) -> None:
    await client.files_completeUploadExternal(files=[{"id": await uploaded(client)}])
    assert not any(list(channel.every_message()) for channel in pg.workspace.channels.values())


async def test_sharing_counts_as_posting(client: AsyncWebClient) -> None:
    for _ in range(5):
        await shared(client)
    with pytest.raises(SlackApiError) as refused:
        await shared(client)
    assert refused.value.response.status_code == 429


async def test_what_is_no_picture_and_described_is_never_shared(pg: Playground, client: AsyncWebClient) -> None:
    await shared(client, name="chart.png", content=PNG, alt="A line")
    await shared(client, name="pack.pdf", alt="A pack")
    assert [message.text for message in pg.persona("U_ANN").messages("C_QSG")] == ["[chart.png: A line]"]
    assert "`alt_txt` keeps it from being shared" in pg.warnings[0]


async def test_mistakes_that_slack_accepts_are_noted(pg: Playground, client: AsyncWebClient) -> None:
    first = await client.chat_postMessage(channel="C_QSG", text="first")
    reply = await client.chat_postMessage(channel="C_QSG", text="reply", thread_ts=first["ts"])
    for thread in (reply["ts"], "1.0"):
        files = [{"id": await uploaded(client)}]
        await client.files_completeUploadExternal(files=files, channel_id="C_QSG", thread_ts=thread)
    files = [{"id": await uploaded(client)}]
    await client.files_completeUploadExternal(files=files, channels=["C_QSG"])
    await client.files_getUploadURLExternal(filename="a.py", length=1, snippet_type="python")
    noted = ["is a reply", "there is no thread 1.0", "does not read `channels`", "knows no `snippet_type`"]
    assert [words in warning for words, warning in zip(noted, pg.warnings, strict=True)] == [True] * 4


async def test_the_address_takes_what_was_promised_once(pg: Playground, client: AsyncWebClient) -> None:
    ticket = await client.files_getUploadURLExternal(filename="a.txt", length=5)
    assert await put(ticket["upload_url"], b"four") == (400, "")
    assert await put(ticket["upload_url"], b"words") == (200, "OK - 5")
    assert await put(ticket["upload_url"], b"other") == (404, "")
    assert await put(f"{pg.url}/upload/v1/guess", b"words") == (404, "")


async def test_the_address_takes_a_form_as_well(pg: Playground, client: AsyncWebClient) -> None:
    ticket = await client.files_getUploadURLExternal(filename="a.txt", length=5)
    form = aiohttp.FormData()
    form.add_field("filename", b"words", filename="a.txt")
    assert (await put(ticket["upload_url"], form))[0] == 200  # type: ignore[arg-type]
    await client.files_completeUploadExternal(files=[{"id": ticket["file_id"]}], channel_id="C_QSG")
    assert [file.content for file in pg.persona("U_ANN").files("C_QSG")] == [b"words"]


async def test_the_address_expires(client: AsyncWebClient, seconds: Seconds) -> None:
    ticket = await client.files_getUploadURLExternal(filename="a.txt", length=5)
    seconds.now += TICKET_SECONDS + 1
    assert await put(ticket["upload_url"], b"words") == (404, "")


async def test_an_upload_fails_as_ordered(pg: Playground, client: AsyncWebClient) -> None:
    ticket = await client.files_getUploadURLExternal(filename="a.txt", length=5)
    pg.fail_next("upload", status=429, retry_after=7)
    pg.fail_next("upload", status=503, after_effect=True)
    assert [(await put(ticket["upload_url"], b"words"))[0] for _ in range(3)] == [429, 503, 404]


async def test_a_file_is_fetched_by_its_address_until_it_is_deleted(pg: Playground, client: AsyncWebClient) -> None:
    file_id = await shared(client, name="chart.png", content=PNG, alt="A line")
    (file,) = pg.persona("U_ANN").files("C_QSG")
    status, content, headers = await fetch(pg.url + file.path)
    assert (status, content, headers["Content-Type"]) == (200, PNG, "image/png")
    await client.files_delete(file=file_id)
    assert (await fetch(pg.url + file.path))[0] == 404
    assert pg.persona("U_ANN").messages("C_QSG") == []
    assert await refusal(client, DELETE, {"file": file_id}) == "file_deleted"


async def test_nothing_is_fetched_before_it_is_completed(pg: Playground, client: AsyncWebClient) -> None:
    ticket = await client.files_getUploadURLExternal(filename="a.txt", length=5)
    await put(ticket["upload_url"], b"words")
    secret = ticket["upload_url"].rpartition("/")[2]
    assert (await fetch(f"{pg.url}/files/{secret}/a.txt"))[0] == 404
    assert await refusal(client, DELETE, {"file": ticket["file_id"]}) == "file_not_found"


async def test_a_message_that_says_more_outlives_its_file(pg: Playground, client: AsyncWebClient) -> None:
    file_id = await uploaded(client)
    await client.files_completeUploadExternal(files=[{"id": file_id}], channel_id="C_QSG", initial_comment="Look")
    assert [message.text for message in pg.persona("U_ANN").messages("C_QSG")] == ["Look\n[notes.txt]"]
    await client.files_delete(file=file_id)
    assert [message.text for message in pg.persona("U_ANN").messages("C_QSG")] == ["Look"]


@pytest.mark.parametrize(
    "name", ["page.html", "drawing.svg", "script.js", 'a"; x.txt', "line\r\nX-Evil: 1.txt", "דוח.ics"]
)
async def test_what_is_no_picture_is_saved_and_never_run(pg: Playground, client: AsyncWebClient, name: str) -> None:
    await shared(client, name=name, content=b"<script>alert(1)</script>")
    (file,) = pg.persona("U_ANN").files("C_QSG")
    status, _, headers = await fetch(pg.url + file.path)
    assert (status, headers["Content-Type"]) == (200, "application/octet-stream")
    assert headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "X-Evil" not in headers


async def test_the_page_is_told_of_files_where_its_persona_is(pg: Playground, client: AsyncWebClient) -> None:
    await shared(client, name="chart.png", content=PNG, alt="A line")
    (file,) = pg.persona("U_ANN").files("C_QSG")
    async with page_of(pg, "U_ANN") as page:
        (message,) = page.channel("C_QSG")["messages"]
    told = {"id": file.id, "name": "chart.png", "size": 8, "url": file.path, "picture": True, "alt": "A line"}
    assert message["files"] == [told]
    async with page_of(pg, "U_OLD") as page:
        assert file.secret not in json.dumps(page.state)


def test_a_picture_is_what_slack_shows() -> None:
    names = ("a.png", "a.JPG", "a.jpeg", "a.gif", "a.svg", "a.webp", "a.ics", "a")
    pictures = [name for name in names if File("F1", name, "", 1, "s", 0.0).is_picture]
    assert pictures == ["a.png", "a.JPG", "a.jpeg", "a.gif"]
