"""How a quarter went: the organisations read their own figures first, a group's officers ten working days later."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.terms import Audience
from bot.reports.drawing import Picture, draw
from bot.store.tables import Addressee, Escalation, LadderRung, Meeting
from tests.flows.action_steps import SQLITE, agenda, digests, nine, said
from tests.flows.steps import acknowledge, answer, answer_of, given_escalation, outbox, told
from tests.world import PEOPLE, QSG, World, conflict

OWN, READY = "escalations.own", "escalations.ready"
FIRST_DAY, LAST_DAY_BEFORE, TENTH_DAY = nine("2027-01-04"), nine("2027-01-15"), nine("2027-01-18")
TITLE = "How GMC did with escalations, October to December 2026"
PNG = b"\x89PNG\r\n\x1a\n"


async def figures(world: World, slug: str, words: str = "", channel: str | None = QSG) -> str:
    return await said(world, slug, "/escalations", f"figures {words}".strip(), channel)


async def people_told(world: World, kind: str) -> set[str]:
    """Who has been told, not only was to be."""
    names = {world.ids[slug]: slug for slug, _ in PEOPLE}
    return {names[row.person_id] for row in await outbox(world, kind) if row.state == "sent"}


async def a_quarter(world: World) -> list[str]:
    """The GMC is asked twice and answers once; the NMC once, and says nothing. One concern is not the group's."""
    first = await given_escalation(world, ["gmc", "nmc"])
    await world.move_to(nine("2026-11-23") + timedelta(hours=2))
    await acknowledge(world, "gmc1", first)
    await world.move_to(nine("2026-11-26"))
    await answer(world, "gmc1", first, "none", "")
    hidden = {"audience": Audience.ORGANISATIONS, "organisations": (world.ids["org:gmc"],)}
    return [first, await given_escalation(world, ["gmc"], **hidden)]


async def let_pass(world: World, moment: datetime) -> None:
    """Go there at once: what happens on the way is other tests'."""
    await world.move_to(moment)
    for _ in range(3):
        await world.tick()


async def test_the_organisations_first_then_the_officers(world: World):
    await a_quarter(world)
    await let_pass(world, FIRST_DAY - timedelta(minutes=1))
    assert await people_told(world, OWN) == set()
    replica = world.twin()
    await world.move_to(FIRST_DAY)
    for _ in range(3):
        await world.tick(world.bot, replica)
    assert await people_told(world, OWN) == {"gmc1", "gmc3", "nmc1"}
    (text,) = [one for one in told(world, "gmc1") if one.startswith(TITLE)]
    assert "Asked: 2 times" in text
    assert "Acknowledged: 1, half of them within 2 working hours (slowest 2 working hours)" in text
    assert "Answered: 1, half of them within 3 working days (slowest 3 working days)" in text
    assert "Not answered yet: 1" in text
    gmc = world.persona("gmc1")
    (file,) = gmc.files(gmc.dm_id)
    assert file.name == "escalations-2026-10.png"
    assert "Answers in the last of these quarters: " in file.alt
    before = await figures(world, "chair")
    assert ("| GMC" in before, "You see all of them from 18 January 2027" in before) == (False, True)
    await let_pass(world, LAST_DAY_BEFORE)
    assert await people_told(world, READY) == set()
    await world.move_to(TENTH_DAY)
    await world.tick(world.bot, replica)
    assert await people_told(world, READY) == {"chair", "secretary"}
    await let_pass(world, TENTH_DAY + timedelta(hours=3))
    assert {row.state for kind in (OWN, READY) for row in await outbox(world, kind)} == {"sent"}
    assert len(await outbox(world, OWN)) == 3
    assert len(await outbox(world, READY)) == 2
    after = await figures(world, "chair")
    assert [text for text in told(world, "chair") if "1 of 2 requests were answered" in text]
    assert ("NMC" in after, "18 January" in after) == (True, False)
    await replica.store.close()


@SQLITE
async def test_the_officers_figures_count_only_what_they_may_open(world: World):
    await a_quarter(world)
    world.pg.clock.set(TENTH_DAY)
    text = await figures(world, "chair")
    # The GMC was asked once more about what is not the chair's to see.
    assert [line[:19] for line in text.splitlines() if " | " in line][1:] == [
        "GMC | 1 | 1 | 1 | 0",
        "NMC | 1 | 0 | 0 | 1",
    ]
    await world.change(conflict(world.ids, "secretary", "northgate"))
    assert "Nothing that you may open was asked in that time." in await figures(world, "secretary")


@SQLITE
@pytest.mark.parametrize(
    ("slug", "sees"), [("gmc1", "Asked: 2 times"), ("gmc3", "Asked: 2 times"), ("nmc1", "Asked: 1 time"), ("dean", "")]
)
async def test_everybody_sees_their_own_organisation_s_only(world: World, slug: str, sees: str):
    await a_quarter(world)
    world.pg.clock.set(TENTH_DAY)
    channel = None if slug == "nmc1" else QSG
    text = await figures(world, slug, "", channel)
    assert sees in text if sees else "Nothing that you may open was asked of HEE" in text
    assert "Marram QSG" not in text


@SQLITE
async def test_somebody_barred_is_told_no_figures(world: World):
    await a_quarter(world)
    await world.change(conflict(world.ids, "gmc1", "northgate"))
    await let_pass(world, FIRST_DAY)
    assert await people_told(world, OWN) == {"gmc3", "nmc1"}
    assert "Nothing that you may open" in await figures(world, "gmc1")


@SQLITE
@pytest.mark.parametrize(
    ("change", "asked", "rest"),
    [
        ({"state": "stopped"}, "Asked: 1 time", "Withdrawn before an answer, and not counted as unanswered: 1"),
        ({"state": "notified", "round": 1}, "Asked: 1 time", "Not answered yet: 1"),
    ],
    ids=["withdrawn", "asked again"],
)
async def test_what_is_not_simply_open(world: World, change: dict[str, Any], asked: str, rest: str):
    await given_escalation(world, ["gmc"])
    (line,) = await world.rows(Addressee)
    await world.change(line.model_copy(update=change))
    world.pg.clock.set(FIRST_DAY)
    text = await figures(world, "gmc1")
    assert (asked in text, rest in text) == (True, True)


@SQLITE
async def test_what_was_asked_again_counts_in_the_quarter_of_its_newest_round(world: World):
    await given_escalation(world, ["gmc"])
    (line,) = await world.rows(Addressee)
    await world.change(line.model_copy(update={"added_at": datetime(2026, 8, 3, 9, tzinfo=UTC), "round": 1}))
    world.pg.clock.set(FIRST_DAY)
    assert "Asked: 1 time" in await figures(world, "gmc1")
    for rung in await world.rows(LadderRung):
        await world.change(rung.model_copy(update={"told_at": datetime(2026, 8, 3, 9, tzinfo=UTC)}))
    assert "Nothing that you may open" in await figures(world, "gmc1")


@SQLITE
@pytest.mark.parametrize("change", [{"kind": "drill"}, {"state": "merged"}], ids=["a drill", "part of another"])
async def test_some_count_nowhere(world: World, change: dict[str, Any]):
    await given_escalation(world, ["gmc"])
    (row,) = await world.rows(Escalation)
    await world.change(row.model_copy(update=change))
    world.pg.clock.set(TENTH_DAY)
    for slug in ("gmc1", "chair"):
        text = await figures(world, slug)
        assert ("Asked" in text, "Nothing that you may open" in text) == (False, True)


@SQLITE
async def test_the_digest_before_the_first_meeting_after_says_who_answered(world: World):
    await a_quarter(world)
    meetings = {"february": nine("2027-02-01"), "later": nine("2027-03-01")}
    await world.change(*(Meeting(slug=slug, group_id=world.ids["qsg"], starts_at=at) for slug, at in meetings.items()))
    world.pg.clock.set(LAST_DAY_BEFORE)
    assert "How requests were answered" not in await agenda(world)
    await let_pass(world, nine("2027-01-25"))
    line = "October to December 2026, median time to answer: GMC 1 of 1 (3 working days); NMC 0 of 1."
    assert line in digests(world)[-1].text
    assert line in await agenda(world)
    world.pg.clock.set(nine("2027-02-02"))
    assert "How requests were answered" not in await agenda(world)


@SQLITE
async def test_a_message_s_button_shows_the_figures(world: World):
    await a_quarter(world)
    await let_pass(world, TENTH_DAY)
    for slug, names in (("gmc1", "Asked: 2 times"), ("chair", "Marram QSG, October to December 2026")):
        person = world.persona(slug)
        message = [one for one in person.dms() if "See the figures" in one.text][-1]
        button = next(b for b in ("See the figures as they stand now", "See the figures") if b in message.text)
        assert (await person.press(message, button)).ok
        assert names in answer_of(world, slug)


async def test_a_chart_is_the_same_every_time_and_nothing_else_of_the_bot_is_in_it():
    picture = Picture(
        "Median $hours$",
        (("Jan–Mar 2026", None), ("Apr–Jun 2026", 3.25)),
        "Answers",
        (("Holds _related_ information", 3),),
    )
    first, again = await draw(picture), await draw(picture)
    assert first is not None
    assert first.startswith(PNG)
    assert first == again
    assert b"Software" not in first
    assert len(first) < 100_000


async def test_without_the_picture_the_figures_still_arrive(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.reports.drawing.PROGRAM", "bot.reports.nowhere")
    assert await draw(Picture("a", (), "b", ())) is None
