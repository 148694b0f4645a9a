"""The delivery ladder: who is told when nobody acknowledges, as the clock moves."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.terms import Urgency
from bot.store.tables import Addressee
from tests.flows.action_steps import SQLITE
from tests.flows.steps import acknowledge, answer, given_escalation, last_dm, told
from tests.world import World, absence

WATCHED = ("gmc1", "gmc2", "gmc3", "inspector", "chair")


def at(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


class Listening:
    """Notes who has had which kind of message since it last listened."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.heard = {slug: len(told(world, slug)) for slug in WATCHED}

    async def until(self, moment: datetime) -> set[tuple[str, str]]:
        await self.world.move_to(moment)
        return self.now()

    def now(self) -> set[tuple[str, str]]:
        news = set()
        for slug in WATCHED:
            texts = told(self.world, slug)
            fresh = [(text, text.splitlines()[0]) for text in texts[self.heard[slug] :]]
            new = [text for text, head in fresh if "escalations" not in head and head != "Will you come?"]
            news |= {(slug, kind(text)) for text in new}
            self.heard[slug] = len(texts)
        return news


def kind(text: str) -> str:
    """What kind of message it is, by its first line."""
    signs = ("an escalation is waiting", "Reminder", "telephone them", "no answer from", "not answered", "has answered")
    names = ("told", "reminded", "telephone", "chased", "silent", "answered")
    first = text.splitlines()[0]
    return next((name for sign, name in zip(signs, names, strict=True) if sign in first.replace("An e", "an e")), first)


ROUTINE = [
    (at(23, 16, 59), set()),
    (at(23, 17), {("gmc1", "reminded")}),
    (at(24, 16, 59), set()),
    (at(24, 17), {("gmc2", "told")}),
    (at(25, 17), {("gmc2", "reminded")}),
    (at(26, 17), {("gmc3", "told")}),
    (at(27, 17), {("gmc3", "reminded")}),
    (at(30, 16, 59), set()),
    (at(30, 17), {("inspector", "telephone"), ("chair", "telephone")}),
    (at(1, 16, 59, month=12), set()),
    (at(1, 17, month=12), {("inspector", "telephone"), ("chair", "telephone")}),
]


async def test_routine_takes_two_working_days_a_rung(world: World):
    await given_escalation(world, ["gmc"])
    assert len(told(world, "gmc1")) == 1
    listening = Listening(world)
    for moment, expected in ROUTINE:
        assert await listening.until(moment) == expected, moment
    assert "Gmc1 Person, Adviser, 020 7946 0000" in last_dm(world, "inspector").text


async def test_urgent_takes_an_hour_round_the_clock(world: World):
    await world.move_to(at(28, 2))  # a Saturday, in the small hours
    await given_escalation(world, ["gmc"], urgency=Urgency.URGENT)
    assert "Urgent: an escalation is waiting for GMC" in last_dm(world, "gmc1").text
    listening = Listening(world)
    for minutes, expected in [
        (29, set()),
        (30, {("gmc1", "reminded")}),
        (60, {("gmc2", "told")}),
        (90, {("gmc2", "reminded")}),
        (120, {("gmc3", "told")}),
        (180, {("gmc3", "reminded")}),
        (210, {("inspector", "telephone"), ("chair", "telephone")}),
        (449, set()),
        (450, {("inspector", "telephone"), ("chair", "telephone")}),
    ]:
        assert await listening.until(at(28, 2) + timedelta(minutes=minutes)) == expected, minutes


@SQLITE
@pytest.mark.parametrize(
    ("start", "waiting", "reminded"),
    [
        (at(27, 16), at(30, 15, 59), at(30, 16)),
        (at(28, 11), at(30, 16, 59), at(30, 17)),
        (at(24, 16, month=12), at(29, 15, 59, month=12), at(29, 16, month=12)),
        (at(31, 17, month=12), at(4, 16, 59, month=1, year=2027), at(4, 17, month=1, year=2027)),
    ],
    ids=["over a weekend", "on a Saturday", "over Christmas", "over New Year"],
)
async def test_days_off_do_not_count(world: World, start: datetime, waiting: datetime, reminded: datetime):
    await world.move_to(start)
    await given_escalation(world, ["gmc"])
    listening = Listening(world)
    assert await listening.until(waiting) == set()
    assert await listening.until(reminded) == {("gmc1", "reminded")}


async def test_an_absent_person_is_skipped_at_once(world: World):
    await world.change(absence(world.ids, "gmc1", at(20, 0), at(30, 0)))
    await given_escalation(world, ["gmc"])
    assert told(world, "gmc1") == []
    assert "It comes to you because Gmc1 Person is away." in last_dm(world, "gmc2").text
    listening = Listening(world)
    assert await listening.until(at(23, 17)) == {("gmc2", "reminded")}
    assert await listening.until(at(24, 17)) == {("gmc3", "told")}
    assert "away" not in last_dm(world, "gmc3").text.replace("Gmc1 Person is away", "")


@SQLITE
async def test_all_absent_takes_no_waiting(world: World):
    for slug in ("gmc1", "gmc2", "gmc3"):
        await world.change(absence(world.ids, slug, at(20, 0), at(30, 0)))
    await given_escalation(world, ["gmc"])
    for slug in ("inspector", "chair"):
        assert "Nobody at GMC has acknowledged" in last_dm(world, slug).text
    assert "Gmc2 Person" in last_dm(world, "chair").text


@SQLITE
async def test_an_absence_that_ends_does_not_go_back(world: World):
    await world.change(absence(world.ids, "gmc1", at(20, 0), at(24, 0)))
    await given_escalation(world, ["gmc"])
    listening = Listening(world)
    await listening.until(at(23, 17))
    assert await listening.until(at(24, 17)) == {("gmc3", "told")}


@SQLITE
async def test_an_outage_shortens_nobodys_time(world: World):
    await given_escalation(world, ["gmc"], urgency=Urgency.URGENT)
    listening = Listening(world)
    assert await listening.until(at(23, 11)) == {("gmc1", "reminded")}
    assert await listening.until(at(23, 11, 29)) == set()
    assert await listening.until(at(23, 11, 30)) == {("gmc2", "told")}


@SQLITE
async def test_acknowledging_stops_the_ladder(world: World):
    reference = await given_escalation(world, ["gmc"])
    await acknowledge(world, "gmc1", reference)
    listening = Listening(world)
    for day in (23, 24, 25, 26):
        assert await listening.until(at(day, 17)) == set()


@SQLITE
async def test_acknowledged_then_silent_is_chased(world: World):
    reference = await given_escalation(world, ["gmc"])
    await acknowledge(world, "gmc2", reference)
    listening = Listening(world)
    assert await listening.until(at(27, 16, 59)) == set()
    assert await listening.until(at(27, 17)) == {("gmc2", "chased")}
    assert await listening.until(at(30, 17)) == {("gmc2", "chased"), ("inspector", "silent")}
    assert await listening.until(at(1, 17, month=12)) == {("gmc2", "chased"), ("inspector", "silent")}
    assert (await answer(world, "gmc1", reference)).ok
    listening.now()
    assert await listening.until(at(2, 17, month=12)) == set()


@SQLITE
async def test_one_answer_silences_nobody_else(world: World):
    reference = await given_escalation(world, ["gmc", "nmc"])
    assert (await answer(world, "nmc1", reference)).ok
    listening = Listening(world)
    assert await listening.until(at(23, 17)) == {("gmc1", "reminded")}
    assert await listening.until(at(24, 17)) == {("gmc2", "told")}
    assert len(told(world, "nmc1")) == 1


@SQLITE
async def test_an_organisation_with_nobody_is_said_at_once(world: World):
    await given_escalation(world, ["phso"])
    for slug in ("inspector", "chair"):
        text = last_dm(world, slug).text
        assert "Nobody at PHSO has acknowledged" in text
        assert "Telephone their switchboard" in text
    assert told(world, "phso1") == []


async def test_a_second_replica_tells_nobody_twice(world: World):
    await given_escalation(world, ["gmc", "nmc"])
    replica, listening = world.twin(), Listening(world)
    nobody_at_nmc = {("inspector", "telephone"), ("chair", "telephone")}
    for day, expected in ((23, {("gmc1", "reminded")}), (24, {("gmc2", "told")} | nobody_at_nmc)):
        world.pg.clock.set(at(day, 17))
        await world.tick(world.bot, replica)
        await world.tick(replica)
        assert listening.now() == expected
    assert [len(told(world, slug)) for slug in ("gmc1", "gmc2", "nmc1", "chair")] == [2, 1, 2, 1]
    await replica.store.close()


@SQLITE
async def test_an_answer_leaves_nothing_due(world: World):
    reference = await given_escalation(world, ["gmc"])
    await answer(world, "gmc1", reference)
    (line,) = await world.rows(Addressee)
    assert line.next_step_at is None
