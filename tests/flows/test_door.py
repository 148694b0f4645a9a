"""The one way in: what people are told when something is late, away, forged or broken. What they typed stays."""

import shutil
import time
from urllib.parse import urlencode

import psycopg
import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.settings import TEMPLATES
from bot.store.tables import Addressee, Concern, Escalation, JournalEntry, OutboxRow
from bot.store.unit import DatabaseAway
from tests.flows.action_steps import SQLITE
from tests.flows.steps import (
    FORM,
    Tap,
    answer_of,
    choose_whom,
    database_away,
    given_concern,
    given_escalation,
    last_dm,
    open_escalation,
    posts,
    raise_concern,
    told,
)
from tests.flows.test_concern_form import held
from tests.playground.transport import encoded, signed
from tests.world import QSG, World, open_world

AWAY = "Not saved: our records cannot be reached just now."
BROKEN = "Not done: something went wrong on our side, and nothing was changed."
LATE = ["expired_trigger_id", "trigger_expired", "exchanged_trigger_id"]


@SQLITE
async def test_a_late_command_says_how_to_begin_again(world: World):
    inspector = world.persona("inspector")
    for code in LATE:
        world.pg.fail_next("views.open", error=code)
        assert (await inspector.command("/concern", "northgate", channel=QSG)).ok
        assert "so nothing was started. Use /concern again to open it." in answer_of(world, "inspector", QSG)
    assert inspector.modal is None
    await inspector.command("/concern", "northgate", channel=QSG)
    assert inspector.modal is not None


@SQLITE
async def test_a_late_button_says_so_where_it_is(world: World):
    await given_concern(world)
    world.pg.fail_next("views.open", error="expired_trigger_id")
    dean = world.persona("dean")
    await dean.press(posts(world)[-1], "Read the details")
    assert "Use the button again to open it." in answer_of(world, "dean", QSG)


@SQLITE
async def test_a_late_shortcut_or_home_says_so_in_person(world: World):
    inspector = world.persona("inspector")
    await inspector.open_home()
    world.pg.fail_next("views.open", error="expired_trigger_id", count=2)
    await inspector.shortcut("concern.new")
    await inspector.press(inspector.home, "Raise a concern")
    assert [text.split("Use ")[1] for text in told(world, "inspector")] == [
        "/concern again to open it.",
        "the button again to open it.",
    ]


@SQLITE
async def test_a_late_button_in_a_form_still_opens(world: World):
    await raise_concern(world)
    inspector = world.persona("inspector")
    world.pg.fail_next("views.push", error="expired_trigger_id")
    await inspector.press(inspector.modal, "Read it")
    assert FORM["details"] in inspector.modal.text


async def test_nothing_typed_is_lost_without_records(world: World):
    inspector = world.persona("inspector")
    await inspector.command("/concern", "northgate", channel=QSG)
    form = inspector.modal
    with database_away(world):
        outcome = await inspector.submit(form, FORM)
    (sentence,) = outcome.errors.values()
    assert sentence.startswith(AWAY)
    assert "give this reference to whoever runs the assistant: X-" in sentence
    assert inspector.modal.id == form.id
    assert held(form, "details") == FORM["details"]
    assert (await inspector.submit(form)).ok
    (concern,) = await world.rows(Concern)
    assert concern.details == FORM["details"]


@SQLITE
async def test_every_command_answers_without_records(world: World):
    inspector = world.persona("inspector")
    commands = ["/concern", "/escalate", "/action", "/agenda", "/provider", "/away", "/soundings"]
    with database_away(world):
        for command in commands:
            assert (await inspector.command(command, "northgate", channel=QSG)).ok
    assert [AWAY in message.text for message in inspector.messages(QSG)] == [True] * len(commands)
    assert inspector.modal is None


@SQLITE
async def test_buttons_home_and_searches_answer_without_records(world: World):
    await raise_concern(world)
    inspector = world.persona("inspector")
    await inspector.command("/concern", "", channel=QSG)
    with database_away(world):
        assert await inspector.options(inspector.modal, "provider", "north") == []
        await inspector.press(last_dm(world, "inspector"), "Read it")
        assert AWAY in answer_of(world, "inspector")
        await inspector.open_home()
        assert AWAY in inspector.home.text
        await inspector.shortcut("concern.new")
        assert AWAY in inspector.modal.text


async def test_nothing_is_told_while_records_are_away(world: World):
    reference = await given_escalation(world, ["gmc"])
    before = len(world.pg.calls)
    world.pg.clock.set(world.now.replace(hour=17))
    with database_away(world):
        with pytest.raises(DatabaseAway):
            await world.tick()
        with pytest.raises(DatabaseAway):
            await world.settle()
    assert len(world.pg.calls) == before
    await world.tick()
    assert f"Reminder: {reference}" in last_dm(world, "gmc1").text


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_slow_records_are_not_waited_for(world: World, monkeypatch: pytest.MonkeyPatch):
    inspector = world.persona("inspector")
    await inspector.command("/concern", "northgate", channel=QSG)
    monkeypatch.setattr("bot.handlers.door.PATIENCE_SECONDS", 0.3)
    with psycopg.connect(str(world.bot.settings.database_url)) as somebody:
        somebody.execute("LOCK TABLE concern IN EXCLUSIVE MODE")
        outcome = await inspector.submit(inspector.modal, FORM)
    (sentence,) = outcome.errors.values()
    assert sentence.startswith(AWAY)
    monkeypatch.setattr("bot.handlers.door.PATIENCE_SECONDS", 60)
    assert (await inspector.submit(inspector.modal)).ok
    assert len(await world.rows(Concern)) == 1


def request(body: str, **headers: str) -> AsyncBoltRequest:
    kept = {name.replace("_", "-"): value for name, value in headers.items() if value}
    return AsyncBoltRequest(body=body, headers={"content-type": "application/x-www-form-urlencoded", **kept})


@SQLITE
async def test_an_unsigned_request_is_refused(world: World):
    tap = Tap(world)
    await raise_concern(world)
    body, _ = encoded("interactive", tap.last | {"forged": True})
    good = signed(body, "", world.pg.signing_secret)
    stale = str(int(time.time()) - 301)
    signature, stamp = good["x-slack-signature"], good["x-slack-request-timestamp"]
    other = "1" if signature.endswith("0") else "0"
    for headers in (
        {},
        {"x_slack_request_timestamp": stamp},
        {"x_slack_signature": signature},
        {"x_slack_signature": signature[:-1] + other, "x_slack_request_timestamp": stamp},
        {"x_slack_signature": signature, "x_slack_request_timestamp": stale},
        {"x_slack_signature": signature, "x_slack_request_timestamp": "never"},
    ):
        response = await world.bot.slack.async_dispatch(request(body, **headers))
        assert response.status == 401, headers
    response = await world.bot.slack.async_dispatch(request(body.replace("forged", "altered"), **signed_with(good)))
    assert response.status == 401
    assert len(await world.rows(Concern)) == 1


@SQLITE
async def test_an_old_signature_is_refused(world: World, monkeypatch: pytest.MonkeyPatch):
    body = urlencode({"command": "/concern", "text": "", "team_id": "T0SOUND", "user_id": "U_INSPECTOR"})
    earlier = time.time() - 301
    monkeypatch.setattr("tests.playground.transport.time.time", lambda: earlier)
    headers = signed(body, "", world.pg.signing_secret)
    monkeypatch.undo()
    response = await world.bot.slack.async_dispatch(request(body, **signed_with(headers)))
    assert response.status == 401


def signed_with(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in headers.items() if name.startswith("x-")}


@pytest.fixture
async def misworded(database_url: str, tmp_path, request: pytest.FixtureRequest):
    """The bot with one message that somebody has edited so that it cannot be read any more."""
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    (folder / "messages" / f"{request.param}.md.j2").write_text("# Oh {{ nobody.knows }}")
    async with open_world(database_url, templates=folder) as world:
        yield world


@pytest.mark.parametrize("misworded", ["concern.thanks"], indirect=True)
async def test_what_breaks_after_saving_is_not_saved(misworded: World):
    inspector = misworded.persona("inspector")
    await inspector.command("/concern", "northgate", channel=QSG)
    form = inspector.modal
    outcome = await inspector.submit(form, FORM)
    (sentence,) = outcome.errors.values()
    assert sentence.startswith(BROKEN)
    assert "X-" in sentence
    assert inspector.modal.id == form.id
    assert held(form, "details") == FORM["details"]
    assert await misworded.rows(Concern) == await misworded.rows(OutboxRow) == []


@SQLITE
@pytest.mark.parametrize("misworded", ["escalation.thanks"], indirect=True)
async def test_an_escalation_that_breaks_is_not_started(misworded: World):
    await choose_whom(misworded, await given_concern(misworded))
    inspector = misworded.persona("inspector")
    (sentence,) = (await inspector.submit(inspector.modal, {})).errors.values()
    assert sentence.startswith(BROKEN)
    await misworded.settle()
    assert await misworded.rows(Escalation) == []
    assert told(misworded, "gmc1") == []


@SQLITE
@pytest.mark.parametrize("misworded", ["_standing"], indirect=True)
async def test_a_page_that_breaks_was_not_read(misworded: World):
    await given_escalation(misworded, ["gmc"])
    await misworded.persona("gmc1").press(last_dm(misworded, "gmc1"), "escalation.open")
    assert BROKEN in answer_of(misworded, "gmc1")
    assert await misworded.rows(JournalEntry, JournalEntry.act == "escalation read") == []


@SQLITE
@pytest.mark.parametrize("misworded", ["concern.page"], indirect=True)
async def test_what_breaks_in_a_form_is_said_in_person(misworded: World):
    await raise_concern(misworded)
    inspector = misworded.persona("inspector")
    assert (await inspector.press(inspector.modal, "Read it")).ok
    assert last_dm(misworded, "inspector").text.startswith(BROKEN)
    await inspector.press(posts(misworded)[-1], "Read the details")
    assert answer_of(misworded, "inspector", QSG).startswith(BROKEN)
    assert await misworded.rows(JournalEntry, JournalEntry.act == "concern read") == []


@SQLITE
@pytest.mark.parametrize("misworded", ["help.soundings"], indirect=True)
async def test_a_broken_command_gives_a_reference(misworded: World, capsys: pytest.CaptureFixture[str]):
    inspector = misworded.persona("inspector")
    assert (await inspector.command("/soundings", "canary-words", channel=QSG)).ok
    assert (await inspector.command("/soundings", "help", channel=QSG)).ok
    sentence = answer_of(misworded, "inspector", QSG)
    assert sentence.startswith(BROKEN)
    logged = capsys.readouterr().out
    assert sentence.rstrip(".").rpartition(" ")[2] in logged
    assert "canary" not in logged


@SQLITE
async def test_a_button_of_another_day_does_nothing(world: World):
    reference = await given_escalation(world, ["gmc"])
    page = await open_escalation(world, "gmc1", reference)
    Tap(world, lambda payload: payload["actions"][0].update(action_id="concern.gone"))
    gmc = world.persona("gmc1")
    assert (await gmc.press(page, "Acknowledge")).ok
    (line,) = await world.rows(Addressee)
    assert line.state == "notified"
