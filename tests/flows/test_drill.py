"""`/escalate drill`: the ladder is climbed in earnest, everything says that nothing has happened, nothing counts."""

import asyncio
from typing import Any

import pytest

from bot.domain.kinds import DRILL
from bot.messages import MESSAGES
from bot.messages.letter import Letter
from bot.schedules.escalations import audit
from bot.store.people import viewer_by_id
from bot.store.tables import Addressee, Escalation
from tests.flows.action_steps import SQLITE, acts, agenda, said, summary
from tests.flows.edge_steps import nominate, set_line
from tests.flows.steps import Tap, given_escalation, outbox, told
from tests.flows.test_escalation_ladder import at
from tests.world import World, absence, chat_id

SIGN = "This is a drill. Nothing has happened."


async def drill(world: World, slug: str = "chair", bodies: tuple[str, ...] = ("gmc",)) -> Any:
    """Start a drill of these organisations; what came of sending the form."""
    person = world.persona(slug)
    outcome = await person.command("/escalate", "drill")
    assert outcome.ok, outcome
    chosen = [f"{world.ids['qsg']}:{world.ids[f'org:{body}']}" for body in bodies]
    outcome = await person.submit(person.modal, {"organisations": chosen})
    await world.settle()
    return outcome


async def press(world: World, slug: str, button: str) -> str:
    person = world.persona(slug)
    message = next(one for one in reversed(person.dms()) if button in one.text)
    await person.press(message, button)
    await world.settle()
    return str(person.modal.text)


def drilled(world: World, slug: str) -> list[str]:
    return [text for text in told(world, slug) if "drill" in text.casefold()]


def report(world: World, slug: str = "chair") -> str:
    return next(text for text in reversed(told(world, slug)) if "is over: who was reached" in text)


async def test_it_climbs_until_somebody_is_there_and_reports(world: World):
    assert (await drill(world)).ok
    assert "GMC: goes to Gmc1 Person" in world.persona("chair").modal.text
    assert len(drilled(world, "gmc1")) == 1
    await world.move_to(at(23, 9, 30))
    assert len(drilled(world, "gmc1")) == 2
    await world.move_to(at(23, 10))
    assert [len(drilled(world, slug)) for slug in ("gmc1", "gmc2", "gmc3")] == [2, 1, 0]
    await world.move_to(at(23, 10, 12))
    assert "noted that you can be reached" in await press(world, "gmc2", "I am here")
    text = report(world)
    assert "GMC: reached" in text
    assert "Gmc1 Person, nominated person: told on" in text
    assert "Gmc2 Person, deputy: there after 12 minutes" in text
    assert "Gmc3 Person, representative: not needed any more" in text
    await world.move(days=3)
    assert [len(drilled(world, slug)) for slug in ("gmc1", "gmc2", "gmc3", "chair")] == [2, 1, 0, 2]
    assert await acts(world, "escalation") == ["drill started", "drill ended"]


@SQLITE
async def test_everything_says_that_nothing_has_happened(world: World):
    await drill(world, bodies=("gmc", "phso"))
    started = world.persona("chair").modal.text
    await world.move_to(at(23, 9, 30))
    pages = [started, await press(world, "gmc1", "I am here"), await press(world, "gmc1", "I am here")]
    messages = [text for slug in ("gmc1", "chair") for text in told(world, slug) if "Will you come?" not in text]
    assert len(messages) == 4
    assert all(SIGN in text for text in (*pages, *messages))
    assert "Somebody had said" in pages[2]


@SQLITE
async def test_who_is_away_or_refused_is_named_in_the_report(world: World):
    await world.change(absence(world.ids, "gmc1", at(20, 0), at(30, 0)))
    world.pg.deactivate(chat_id("gmc2"))
    await drill(world)
    await world.tick()
    await world.move_to(at(23, 12))
    await world.move_to(at(23, 14))
    text = report(world)
    assert "GMC: not reached" in text
    assert "Gmc1 Person, nominated person: away or not reachable, so passed over" in text
    assert "Gmc2 Person, deputy: could not be told" in text
    assert "Gmc3 Person, representative: told on" in text
    assert "did not say that they were there" in text


@SQLITE
async def test_an_organisation_with_nobody_is_reported_at_once(world: World):
    await drill(world, bodies=("phso",))
    assert "PHSO: nobody is named who can be told here" in report(world)
    assert "silence" in report(world)


@SQLITE
async def test_it_is_counted_nowhere(world: World):
    lists = {}
    for when in ("before", "after"):
        lists[when] = [
            await agenda(world, "gmc1"),
            await summary(world, "gmc1"),
            (await world.persona("gmc1").open_home()).text,
            await said(world, "chair", "/soundings", "people"),
        ]
        if when == "before":
            await drill(world)
            await world.tick()
    assert lists["before"] == lists["after"]
    (row,) = await world.rows(Escalation)
    answer = await said(world, "chair", "/escalate", row.reference.replace("D-", "E-"))
    assert "nothing under" in answer


@SQLITE
async def test_one_at_a_time_for_each_organisation(world: World):
    assert (await drill(world)).ok
    refused = await drill(world, "secretary", ("hee", "gmc"))
    assert "A drill is running already: GMC." in refused.errors["organisations"]
    assert (await drill(world, "secretary", ("hee",))).ok
    await press(world, "chair", "Stop the drill")
    assert (await drill(world, "gmc1")).ok
    assert len(await world.rows(Escalation)) == 3


async def test_started_twice_at_once_it_runs_once(world: World):
    chair, secretary = world.persona("chair"), world.persona("secretary")
    for person in (chair, secretary):
        await person.command("/escalate", "drill")
    chosen = {"organisations": [f"{world.ids['qsg']}:{world.ids['org:gmc']}"]}
    outcomes = await asyncio.gather(*(person.submit(person.modal, chosen) for person in (chair, secretary)))
    assert sorted(outcome.ok for outcome in outcomes) == [False, True]
    assert len(await world.rows(Escalation)) == 1


@SQLITE
async def test_the_same_form_again_starts_nothing(world: World):
    tap = Tap(world)
    await drill(world)
    await tap.again()
    assert len(await world.rows(Escalation)) == 1


@SQLITE
@pytest.mark.parametrize(
    ("slug", "offered"), [("gmc1", ["GMC"]), ("chair", ["CQC", "GMC", "HEE", "NHS England", "NMC", "PHSO", "Vale CCG"])]
)
async def test_whom_one_may_rehearse(world: World, slug: str, offered: list[str]):
    person = world.persona(slug)
    await person.command("/escalate", "drill")
    assert sorted(option for option in options(person.modal)) == offered


def options(modal: Any) -> list[str]:
    (element,) = [block["element"] for block in modal.blocks if block["type"] == "input"]
    return [option["text"]["text"] for option in element["options"]]


@SQLITE
@pytest.mark.parametrize("value", ["1:3", "2:2", "x:y", "", "99:99"])
async def test_a_forged_choice_is_refused_beside_the_field(world: World, value: str):
    def forge(payload: dict[str, Any]) -> None:
        for block in payload.get("view", {}).get("state", {}).get("values", {}).values():
            for one in block.values():
                one["selected_options"] = [{"text": {"type": "plain_text", "text": "GMC"}, "value": value}]

    person = world.persona("gmc1")
    await person.command("/escalate", "drill")
    Tap(world, forge)
    outcome = await person.submit(person.modal, {"organisations": ["GMC"]})
    assert outcome.errors == {"organisations": "Choose at least one from the list."}
    assert await world.rows(Escalation) == []


@SQLITE
async def test_who_belongs_to_no_group_is_told_whom_to_ask(world: World):
    assert "Ask the secretariat of a group" in await said(world, "nmc1", "/escalate", "drill", channel=None)


@SQLITE
async def test_only_who_started_it_or_runs_the_group_stops_it(world: World):
    await drill(world, "gmc3")
    tap = Tap(world, lambda payload: payload["user"].update(id=chat_id("gmc1")))
    gmc3 = world.persona("gmc3")
    await gmc3.press(gmc3.dms()[-1], "Stop the drill")
    assert await acts(world, "escalation") == ["drill started"]
    tap.alter = lambda _: None
    await press(world, "gmc3", "Stop the drill")
    assert await acts(world, "escalation") == ["drill started", "drill stopped", "drill ended"]
    assert "GMC: not reached" in report(world, "gmc3")
    assert "It was over already" in await press(world, "gmc3", "Stop the drill")
    await world.move(days=1)
    assert len(drilled(world, "gmc1")) == 1
    assert "the drill was over" in await press(world, "gmc1", "I am here")


@SQLITE
async def test_the_auditor_mends_a_drill_and_tells_nobody(world: World):
    await drill(world)
    (line,) = await world.rows(Addressee)
    await set_line(world, line, next_step_at=None)
    before = told(world, "secretary")
    await audit(world.bot.work)
    await world.settle()
    (line,) = await world.rows(Addressee)
    assert line.next_step_at == world.now
    assert told(world, "secretary") == before


@SQLITE
async def test_who_started_it_stands_on_the_ladder_too(world: World):
    await drill(world, "gmc1")
    assert "can you be reached" in "".join(drilled(world, "gmc1"))


@SQLITE
async def test_a_drill_is_never_told_in_earnest_nor_the_reverse(world: World):
    """Each composer, with the numbers of the other's rows, says nothing to anybody."""
    await nominate(world, "hee", "gmc1")
    await given_escalation(world, ["hee"])
    await drill(world)
    found = {row.kind: row for row in await world.rows(Escalation)}
    lines = {line.escalation_id: line for line in await world.rows(Addressee)}
    for subject, row in (("drill", found["emerging_concern"]), ("escalation", found[DRILL])):
        line = lines[row.key]
        about = {"addressee": line.key, "escalation": row.key, "drill": row.key}
        about |= {"group": world.ids["qsg"], "lines": str(line.key)}
        for kind in (kind for kind in MESSAGES if kind.startswith(f"{subject}.")):
            for slug in ("gmc1", "gmc2", "dean", "inspector", "chair", "secretary"):
                assert await composed(world, kind, about, slug) is None, (kind, slug)
    theirs = lines[found[DRILL].key].key
    assert {row.kind for row in await outbox(world) if row.subject.get("addressee") == theirs} == {"drill.notice"}


async def composed(world: World, kind: str, about: dict[str, Any], slug: str) -> Any:
    work = world.bot.work
    async with work.store.look() as unit:
        reader = await viewer_by_id(unit, world.ids[slug], world.now.date())
        return await MESSAGES[kind](Letter(unit, about, reader, None, work.words, work.rules, world.now))
