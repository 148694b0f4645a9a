"""`soundings export` beside the running bot: what is in it and what is not, and what the originators answer in chat."""

import asyncio
import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.domain.terms import AnnexeKind, Audience, DisclosureKind, Marking
from bot.errors import NothingToExport, NotRecordsLead, OtherCase
from bot.store.annexe import lock
from bot.store.disclosure import Narrowing, contributions
from bot.store.keys import KeyRing, new_key
from bot.store.tables import Concern, Disclosure, DisclosurePosition, JournalEntry, OutboxRow, Person
from tests.flows.action_steps import SQLITE
from tests.flows.answer_steps import give
from tests.flows.disclosure_steps import Exported, Office, text_of
from tests.flows.exchange_steps import share, write
from tests.flows.keeping_steps import DESTROY_ON, live_until
from tests.flows.steps import (
    Tap,
    answer,
    answer_of,
    given_concern,
    given_escalation,
    last_dm,
    open_escalation,
    outbox,
    told,
    viewer,
)
from tests.world import World, absence, conflict

QUESTION = "do you object to disclosing what you supplied?"
AGREE, OBJECT = "No objection", "I object…"


@pytest.fixture
def office(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    folder = tmp_path / "exports"
    folder.mkdir()
    monkeypatch.setattr("bot.cli.export.wall_clock", lambda: world.now)
    return Office(world, folder)


def questions(world: World, slug: str) -> list[str]:
    """How often that person has been asked, and what."""
    return [text for text in told(world, slug) if QUESTION in text]


async def agree(world: World, slug: str, message: Any = None) -> str:
    """Press the button; the page that opens, which is closed again, or the refusal."""
    person = world.persona(slug)
    outcome = await person.press(message or last_dm(world, slug), AGREE)
    assert outcome.ok, outcome
    if person.modal is None:
        return answer_of(world, slug)
    page = person.modal
    await person.close(page)
    return page.text


async def objects(world: World, slug: str, reason: str, **chosen: Any) -> Any:
    person = world.persona(slug)
    await person.press(last_dm(world, slug), OBJECT)
    return await person.submit(person.modal, {"reason": reason, **chosen})


def said(exported: Exported) -> dict[str, tuple[str, str | None] | None]:
    return {
        reference: (found["position"], found["reason"]) if found else None
        for reference, found in exported.positions.items()
    }


async def test_each_contribution_says_who_supplied_it_and_how(world: World, office: Office):
    own = await given_concern(world)
    shared = await given_concern(world, "dean", marking=Marking.GREEN)
    unnamed = await given_concern(world, "gmc1", attributed=False)
    exported = await office.export()
    found = exported.by_reference
    assert list(found) == [own, shared, unnamed]
    assert found[own]["supplied_by"] == {"organisation": "CQC", "person": "Inspector Person"}
    assert found[shared]["supplied_by"] == {"organisation": "HEE", "person": None}
    assert found[unnamed]["supplied_by"] == {"organisation": None, "person": None}
    assert [one["in_confidence"] for one in found.values()] == [True, False, True]
    assert exported.record["counts"] == {"contributions": 3, "own": 1, "positions_not_answered": 2}
    assert "Supplied by: CQC, Inspector Person" in exported.text
    assert "Supplied by: an organisation that asked not to be named" in exported.text
    assert "Supplied in confidence: no, marked TLP:GREEN" in exported.text
    for name in ("GMC", "Gmc1", "Dean Person"):
        assert name not in exported.text
        assert name not in str(exported.record)


@SQLITE
async def test_the_shape_of_the_record(world: World, office: Office):
    reference = await given_concern(world)
    record = (await office.export(case="A.1_b-2", words=("trainees",), since=date(2026, 11, 23))).record
    assert list(record) == [
        "format", "version", "marking", "export", "case", "request", "organisation", "by", "made_at", "narrowed_to",
        "counts", "contributions",
    ]  # fmt: skip
    assert (record["format"], record["version"], record["case"]) == ("soundings-disclosure", 1, "A.1_b-2")
    assert record["organisation"] == {"code": "cqc", "name": "CQC"}
    assert record["by"] == {"code": "colleague", "name": "Colleague Person"}
    assert record["made_at"] == "2026-11-23T08:00:00+00:00"
    narrowed = {"provider": None, "words": ["trainees"], "since": "2026-11-23", "until": None}
    assert record["narrowed_to"] == narrowed
    assert record["contributions"] == [
        {
            "reference": reference,
            "supplied_by": {"organisation": "CQC", "person": "Inspector Person"},
            "supplied_at": "2026-11-23T08:00:00+00:00",
            "in_confidence": True,
            "marking": "TLP:AMBER+STRICT",
            "about": "Northgate University Hospital NHS Trust",
            "happened_on": "2026-11-23",
            "headline": "Trainees left without a senior at night",
            "details": "Three trainees said so independently.",
            "verbal_only": False,
            "theme": "Education and training environment",
            "source": "Trainee survey or learners",
            "grade": "2B",
            "urgency": "routine",
            "wanted": "discussion",
            "state": "submitted",
            "outcome": "",
            "escalations": [],
            "own_answers": [],
            "position": None,
            "restricted_annexe": False,
        }
    ]


@SQLITE
async def test_escalations_and_the_answers_it_may_read(world: World, office: Office):
    reference = await given_concern(world)
    asked = await given_escalation(world, ["gmc", "hee"], concern=reference, question="What do you hold?")
    await answer(world, "gmc1", asked, "hold", "Two complaints.")
    ours = (await office.export()).by_reference[reference]["escalations"]
    theirs = (await office.export("gmc", "gmc2")).by_reference[reference]["escalations"]
    async with world.bot.store.begin() as unit:
        (await unit.get(Person, world.ids["dean"])).records_lead = True
    third = await office.export("hee", "dean")
    assert ours[0]["asked_by"] == "CQC"
    assert ours[0]["said"]["question"] == "What do you hold?"
    gmc = {"organisation": "GMC", "state": "responded", "outcome": "hold", "by": None, "reason": "Two complaints."}
    gmc |= {"answered_at": "2026-11-23T08:00:00+00:00", "before": [], "messages": []}
    assert ours[0]["answers"][0] == gmc | {"person": None}
    assert theirs[0]["answers"][0] == gmc | {"person": "Gmc1 Person"}
    assert third.by_reference[reference]["escalations"][0]["answers"][0] == gmc | {"reason": None, "person": None}
    assert "Two complaints." not in third.text
    assert "holds related information" in third.text


@SQLITE
async def test_its_own_answers_to_a_concern_and_nobody_elses(world: World, office: Office):
    reference = await given_concern(world)
    await give(world, "gmc1", reference, "contradict", text="Our visit found otherwise.", handling="originator")
    ours, theirs = await office.export(), await office.export("gmc", "gmc2")
    (said,) = theirs.by_reference[reference]["own_answers"]
    assert (said["kind"], said["for"], said["text"]) == ("contradict", "originator", "Our visit found otherwise.")
    assert "Our visit found otherwise." in theirs.text
    assert ours.by_reference[reference]["own_answers"] == []
    assert "Our visit found otherwise." not in ours.text


@SQLITE
async def test_what_was_written_and_answered_before_is_for_the_two(world: World, office: Office):
    reference = await given_concern(world)
    asked = await given_escalation(world, ["gmc", "hee"], concern=reference)
    await answer(world, "gmc1", asked, "more", "Which ward was it?")
    await write(world, "inspector", asked, "Reply to GMC", "Ward seven.")
    assert (await share(world, "inspector", asked)).ok
    await answer(world, "gmc1", asked, "hold", "Two complaints.")
    gmc = world.persona("gmc1")
    await gmc.press(await open_escalation(world, "gmc1", asked), "Change the answer")
    assert (await gmc.submit(gmc.modal, {"outcome": "none", "reason": ""})).ok
    async with world.bot.store.begin() as unit:
        for slug in ("dean", "chair"):
            (await unit.get(Person, world.ids[slug])).records_lead = True
    private = ("Which ward was it?", "Two complaints.")
    for body, lead, reads, shared in [
        ("cqc", "colleague", True, True),
        ("gmc", "gmc2", True, True),
        ("hee", "dean", False, True),
        ("nhse", "chair", False, False),
    ]:
        export = await office.export(body, lead)
        assert [words in export.text for words in private] == [reads, reads], body
        assert ("Ward seven." in export.text) is shared, body
        line = export.by_reference[reference]["escalations"][0]["answers"][0]
        assert [one["reason"] for one in line["before"]] == ["Two complaints."] * reads
        assert [one["text"] for one in line["messages"]] == ["Which ward was it?"] * reads + ["Ward seven."] * shared
    ours = (await office.export("cqc", "colleague")).by_reference[reference]["escalations"][0]["answers"][0]
    assert [(one["from"], one["shared_with_all"]) for one in ours["messages"]] == [("GMC", False), ("CQC", True)]


@SQLITE
async def test_who_asks_about_what_it_supplied_unnamed_stays_unnamed(world: World, office: Office):
    reference = await given_concern(world, "gmc1", attributed=False)
    await given_escalation(world, ["hee"], slug="gmc1", concern=reference)
    exported = await office.export()
    assert exported.by_reference[reference]["escalations"][0]["asked_by"] is None
    assert "GMC" not in exported.text
    assert (await office.export("gmc", "gmc2")).by_reference[reference]["escalations"][0]["asked_by"] == "GMC"


async def test_what_the_lead_may_not_see_is_not_in_it(world: World, office: Office):
    named = {"audience": Audience.PEOPLE, "marking": Marking.RED}
    seen = await given_concern(world, "dean", people=(world.ids["colleague"],), **named)
    await given_concern(world, "inspector", people=(world.ids["dean"],), headline="canary of a colleague", **named)
    chosen = {"audience": Audience.ORGANISATIONS, "organisations": (world.ids["org:nhse"],)}
    await given_concern(world, "dean", headline="canary of others", **chosen)
    await given_concern(world, "dean", provider="vale", headline="canary of a conflict")
    await world.change(conflict(world.ids, "colleague", "vale"))
    exported = await office.export()
    assert list(exported.by_reference) == [seen]
    assert "canary" not in exported.text + str(exported.record)
    header = exported.document.sections[0].header
    assert [line.text for line in header.paragraphs] == ["OFFICIAL-SENSITIVE TLP:RED"]
    assert "TLP:RED in which they are not named" in exported.text


@SQLITE
async def test_of_an_annexe_only_that_there_is_one(world: World, office: Office):
    reference = await given_concern(world)
    world.bot.store.keys = KeyRing.read(new_key("k1"))
    async with world.bot.store.begin() as unit:
        key, by = (await world.rows(Concern))[0].key, world.ids["inspector"]
        unit.add(lock(unit, key, AnnexeKind.SOURCE, "canary", by_id=by, now=world.now))
    exported = await office.export()
    assert exported.by_reference[reference]["restricted_annexe"] is True
    assert "there is one; it is not in this document" in exported.text
    assert "canary" not in exported.text + str(exported.record)
    assert "identity of the source" not in str(exported.record)


@SQLITE
async def test_the_mark_is_on_every_page(world: World, office: Office):
    await given_concern(world, "dean")
    exported = await office.export()
    for section in exported.document.sections:
        assert not section.different_first_page_header_footer
        assert [line.text for line in section.header.paragraphs] == ["OFFICIAL-SENSITIVE TLP:AMBER+STRICT"]
        footer = text_of(section.footer.part.element)
        number = exported.record["export"]
        expected = (
            f"Case FOI-12 · export {number} · made for CQC by Colleague Person on Mon 23 Nov 2026, 08:00 · page 1"
        )
        assert expected in footer
    assert "freedom of information request" in exported.text


@SQLITE
@pytest.mark.parametrize(
    ("narrowing", "expected"),
    [
        ({"words": ("smith",)}, "smith"),
        ({"words": ("SMITH jane",)}, "smith"),
        ({"words": ("smith", "9434765919")}, "smith"),
        ({"words": ("Two complaints",)}, "asked"),
        ({"provider": "rzz01"}, "smith asked late"),
        ({"since": date(2026, 11, 24)}, "late"),
        ({"until": date(2026, 11, 23)}, "smith asked vale"),
        ({"since": date(2026, 11, 23), "until": date(2026, 11, 24), "provider": "RZZ02"}, "vale"),
    ],
    ids=str,
)
async def test_narrowed_to_what_was_asked_for(world: World, office: Office, narrowing: dict, expected: str):
    references = {
        "smith": await given_concern(world, details="Dr Jané Smith, NHS number 943 476 5919"),
        "asked": await given_concern(world, "dean"),
        "vale": await given_concern(world, "dean", provider="vale"),
    }
    escalation = await given_escalation(world, ["gmc"], slug="inspector", concern=references["asked"])
    await answer(world, "gmc1", escalation, "hold", "Two complaints.")
    await world.move(days=1)
    references["late"] = await given_concern(world)
    found = set((await office.export(**narrowing)).by_reference)
    assert found == {references[name] for name in expected.split()}


async def test_an_originator_is_asked_once_and_nothing_is_said_of_it(world: World, office: Office):
    reference = await given_concern(world, "dean", headline="canary headline", details="canary details")
    await office.export()
    await office.export()
    assert len(questions(world, "dean")) == 1
    asked = questions(world, "dean")[0]
    assert f"{reference}, supplied on 23 November 2026: not answered yet" in asked
    assert "freedom of information request, its case FOI-12" in asked
    assert "canary" not in asked
    told_of = [row.facts for row in await office.journal("told") if row.facts["where"] == "disclosure.asked"]
    assert told_of == [{"where": "disclosure.asked", "ids": str((await world.rows(Concern))[0].key)}]
    newer = await given_concern(world, "dean")
    await office.export()
    assert len(questions(world, "dean")) == 2
    assert newer in questions(world, "dean")[1]


async def test_answers_are_in_the_next_export_and_nowhere_else(world: World, office: Office):
    agreed = await given_concern(world, "dean")
    objected = await given_concern(world, "gmc1")
    waiting = await given_concern(world, "lead")
    first = await office.export()
    assert said(first) == dict.fromkeys((agreed, objected, waiting), ("not answered yet", None))
    assert "no objection" in await agree(world, "dean")
    assert (await objects(world, "gmc1", "canary: it would identify a trainee")).ok
    second = await office.export()
    objection = ("objects", "canary: it would identify a trainee")
    assert said(second) == {agreed: ("no objection", None), objected: objection, waiting: ("not answered yet", None)}
    assert second.record["counts"]["positions_not_answered"] == 1
    assert "objects, Mon 23 Nov 2026, 08:00: canary: it would identify a trainee" in second.text
    other = await office.export("gmc", "gmc2", case="X")
    assert other.positions[agreed]["position"] == "not answered yet"
    assert other.positions[objected] is None
    everything = [text for slug in ("dean", "lead", "chair", "secretary", "colleague") for text in told(world, slug)]
    assert "canary" not in str(everything) + str([row.model_dump() for row in await world.rows(OutboxRow)])
    assert "canary" not in str([row.model_dump() for row in await world.rows(JournalEntry)])


async def test_twice_is_once_and_a_later_answer_replaces(world: World, office: Office):
    reference = await given_concern(world, "dean")
    await office.export()
    tap = Tap(world)
    tap.copies = 3
    first = await agree(world, "dean")
    tap.copies = 1
    assert await agree(world, "dean") == first
    assert [row.facts["position"] for row in await office.journal("disclosure position given")] == ["no objection"]
    assert (await objects(world, "dean", "On reflection.")).ok
    await tap.again()
    assert said(await office.export()) == {reference: ("objects", "On reflection.")}
    given = [(row.facts["position"], row.group_id) for row in await office.journal("disclosure position given")]
    assert given == [("no objection", world.ids["qsg"]), ("objects", world.ids["qsg"])]


def blank(payload: dict[str, Any]) -> None:
    for block in payload.get("view", {}).get("state", {}).get("values", {}).values():
        for given in block.values():
            given["value"] = "   "


@SQLITE
async def test_an_objection_needs_a_reason(world: World, office: Office):
    reference = await given_concern(world, "dean")
    await office.export()
    Tap(world, blank)  # as another client than Slack's own might send it
    outcome = await objects(world, "dean", "words")
    assert "Say why" in str(outcome.errors)
    assert said(await office.export()) == {reference: ("not answered yet", None)}


@SQLITE
async def test_an_objection_to_some_is_none_to_the_others(world: World, office: Office):
    kept, given = await given_concern(world, "dean"), await given_concern(world, "dean")
    await office.export()
    assert (await objects(world, "dean", "It names a ward.", concerns=[kept])).ok
    assert said(await office.export()) == {kept: ("objects", "It names a ward."), given: ("no objection", None)}


@SQLITE
async def test_nobody_else_can_answer(world: World, office: Office):
    reference = await given_concern(world, "dean")
    await given_concern(world, "gmc1", provider="vale")
    await office.export(provider="RZZ01")
    await office.export("gmc", "gmc2", case="GMC-1", provider="RZZ02", kind=DisclosureKind.OWN_RECORDS)
    disclosure = (await world.rows(Disclosure, Disclosure.case == "FOI-12"))[0].key
    message = last_dm(world, "dean")
    for forged in (str(disclosure + 1), "99", "x", "-1"):
        tap = Tap(world, lambda payload, forged=forged: payload["actions"][0].update(value=forged))
        assert "nothing under" in await agree(world, "dean", message)
        world.pg.transport = tap.carry
    assert said(await office.export(provider="RZZ01")) == {reference: ("not answered yet", None)}
    refused = [row.person_id for row in await office.journal("refused")]
    assert refused == [world.ids["dean"]] * 4


@SQLITE
async def test_while_somebody_is_away_their_representative_is_asked(world: World, office: Office):
    reference = await given_concern(world, "gmc1")
    await world.change(absence(world.ids, "gmc1", world.now, world.now + timedelta(days=9)))
    await office.export()
    assert (len(questions(world, "gmc1")), len(questions(world, "gmc3"))) == (0, 1)
    await agree(world, "gmc3")
    assert said(await office.export()) == {reference: ("no objection", None)}


@SQLITE
async def test_what_is_for_named_people_is_asked_of_nobody_else(world: World, office: Office):
    named = {"audience": Audience.PEOPLE, "marking": Marking.RED, "people": (world.ids["colleague"],)}
    await given_concern(world, "gmc1", **named)
    await world.change(absence(world.ids, "gmc1", world.now, world.now + timedelta(days=9)))
    await office.export()
    assert (len(questions(world, "gmc1")), len(questions(world, "gmc3"))) == (1, 0)


@SQLITE
async def test_who_may_not_see_it_any_more_is_neither_asked_nor_heard(world: World, office: Office):
    reference = await given_concern(world, "dean")
    await office.export()
    message = last_dm(world, "dean")
    await world.change(conflict(world.ids, "dean", "northgate"))
    assert "nothing under" in await agree(world, "dean", message)
    await given_concern(world, "dean")
    await office.export()
    assert len(questions(world, "dean")) == 1
    assert [row.state for row in await outbox(world, "disclosure.asked")] == ["sent", "withheld"]
    assert said(await office.export())[reference] == ("not answered yet", None)


@SQLITE
async def test_what_is_destroyed_is_asked_about_no_more(world: World, office: Office):
    await given_concern(world, "dean")
    await office.export()
    message = last_dm(world, "dean")
    await live_until(world, DESTROY_ON)
    assert "nothing under" in await agree(world, "dean", message)
    assert await world.rows(DisclosurePosition) == []
    with pytest.raises(NothingToExport):
        await office.export()


@SQLITE
async def test_an_organisations_own_records_trouble_nobody(world: World, office: Office):
    await given_concern(world, "dean")
    exported = await office.export(kind=DisclosureKind.OWN_RECORDS)
    assert questions(world, "dean") == []
    assert "The originator’s position: not asked" in exported.text
    assert list(exported.positions.values()) == [None]


@SQLITE
async def test_a_case_is_for_one_request(world: World, office: Office):
    await given_concern(world, "dean")
    await office.export()
    with pytest.raises(OtherCase):
        await office.export(kind=DisclosureKind.SUBJECT_ACCESS)
    with pytest.raises(OtherCase):
        await office.export(provider="RZZ01")
    assert len(await world.rows(Disclosure)) == 1
    await office.export("gmc", "gmc2", kind=DisclosureKind.SUBJECT_ACCESS)
    assert len(await world.rows(Disclosure)) == 2
    assert [row.facts["why"] for row in await office.journal("refused")] == ["OtherCase", "OtherCase"]


async def test_two_exports_of_one_case_at_once_ask_once(world: World, office: Office):
    await given_concern(world, "dean")
    await asyncio.gather(office.export(), office.export())
    assert len(questions(world, "dean")) == 1
    assert len(await world.rows(DisclosurePosition)) == 1
    numbers = {row.facts["export"] for row in await office.journal("disclosure exported")}
    assert len(numbers) == 2


async def test_every_export_and_refusal_is_logged(world: World, office: Office):
    await given_concern(world)
    await given_concern(world, "dean")
    exported = await office.export()
    entry = (await office.journal("disclosure exported"))[0]
    assert (entry.person_id, entry.organisation_id) == (world.ids["colleague"], world.ids["org:cqc"])
    files = {name: (office.folder / f"FOI-12.{name}").read_bytes() for name in ("json", "docx")}
    assert entry.facts == {
        "export": exported.record["export"],
        "contributions": 2,
        "own": 1,
        "unanswered": 1,
        **{f"{name}_sha256": hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    concerns = sorted(row.key for row in await world.rows(Concern))
    shown = (await office.journal("exported"))[0]
    assert (shown.group_id, shown.facts["where"]) == (world.ids["qsg"], exported.record["export"])
    assert shown.facts["ids"] == ",".join(map(str, concerns))
    with pytest.raises(NothingToExport):
        await office.export(words=("canary",))
    with pytest.raises(NotRecordsLead):
        await office.export(by="inspector")
    refused = [(row.person_id, row.facts["why"]) for row in await office.journal("refused")]
    assert refused == [(world.ids["colleague"], "NothingToExport"), (world.ids["inspector"], "NotRecordsLead")]
    assert "canary" not in str([row.model_dump() for row in await world.rows(JournalEntry)])


@SQLITE
async def test_however_much_there_is_the_questions_are_few(world: World):
    asked: list[str] = []
    event.listen(world.bot.store.engine.sync_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    async def count() -> int:
        async with world.bot.store.look() as unit:
            by = await viewer(world, unit, "colleague")
            asked.clear()
            await contributions(unit, by, Narrowing(), world.now.date())
            return len(asked)

    await given_escalation(world, ["gmc"])
    few = await count()
    for slug in ("inspector", "gmc1", "dean", "dean"):
        await given_escalation(world, ["nmc", "phso"], slug=slug)
    assert await count() == few < 12
