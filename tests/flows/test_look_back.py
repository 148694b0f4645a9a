"""`/provider … as of …`: what was known then, and to whom [003 §37]."""

from datetime import date
from io import BytesIO

from docx import Document
from sqlmodel import col

from bot.domain.terms import Audience, Level
from bot.store.tables import Concern, ConcernAudience, JournalEntry, Membership, SurveillanceLevel
from tests.flows.action_steps import SQLITE, add, said, say_done, summary
from tests.flows.edge_steps import statements
from tests.flows.steps import acknowledge, answer, answer_of, given_action, given_concern, given_escalation, told
from tests.world import QSG, World, conflict


async def then(world: World, day: str, slug: str = "dean", words: str = "northgate") -> str:
    return await summary(world, slug, f"{words} as of {day}")


async def test_what_was_known_then_and_to_whom(world: World):
    first = await given_concern(world)
    chosen = {"audience": Audience.ORGANISATIONS, "organisations": (world.ids["org:gmc"],)}
    hidden = await given_concern(world, headline="canary", **chosen)
    escalation = await given_escalation(world, ["gmc", "nmc"], concern=first)
    await acknowledge(world, "gmc1", escalation)
    action = await given_action(world, date(2026, 11, 30), provider_id=world.ids["northgate"])
    await world.move(days=3)
    later = await given_concern(world, "dean", headline="Rota gaps")
    await answer(world, "gmc1", escalation)
    await say_done(world, "dean", action)
    about = {"group_id": world.ids["qsg"], "provider_id": world.ids["northgate"], "reason": "Worse."}
    await add(world, SurveillanceLevel(level=Level.RISK_SUMMIT, decided_at=world.now, **about))
    text = await then(world, "2026-11-24")
    for part in (
        "Northgate University Hospital NHS Trust at the end of 24 November 2026",
        "Enhanced surveillance since 1 September 2026",
        f"{first} CQC, raised on 23 November 2026: Trainees left without a senior at night",
        "Could be read by CQC, GMC, HEE, NHS England",
        f"{action} Ask for the rota (Dean Person, due 30 November 2026)",
        "GMC: acknowledged 23 November 2026; no answer yet",
        "NMC: no reply yet",
        "what has been destroyed or removed since is not shown",
    ):
        assert part in text, part
    assert [one in text for one in (later, hidden, "canary", "Risk summit")] == [False] * 4
    now = await then(world, "2026-11-26")
    assert [one in now for one in (later, "Risk summit", "GMC: answered", "done, to be closed")] == [True] * 4
    assert hidden in await then(world, "2026-11-24", "gmc1")
    (entry, *_) = await world.rows(JournalEntry, JournalEntry.act == "look-back read")
    assert entry.facts["day"] == "2026-11-24"


@SQLITE
async def test_who_could_read_it_follows_what_was_shared_and_who_was_a_member(world: World):
    reference = await given_concern(world)
    (concern,) = await world.rows(Concern, Concern.reference == reference)
    lines = await world.rows(ConcernAudience, ConcernAudience.concern_id == concern.key)
    (ccg,) = [line for line in lines if line.organisation_id == world.ids["org:ccg"]]
    (member,) = await world.rows(Membership, col(Membership.organisation_id) == world.ids["org:nhse"])
    await world.move(days=2)
    ccg.ended_at, member.ends_on = world.now, date(2026, 11, 24)
    await world.change(ccg)
    await world.change(member)
    before, after = await then(world, "2026-11-24"), await then(world, "2026-11-25")
    assert "Could be read by CQC, GMC, HEE, NHS England and Vale CCG" in before
    assert "Could be read by CQC, GMC and HEE" in after


@SQLITE
async def test_before_the_first_record_and_after_today(world: World):
    assert "Records begin on 1 September 2026: nothing was on record by then." in await then(world, "2026-03-01")
    assert "There is nothing on record about it" in await then(world, "2026-03-01", words="vale")
    assert "24 November 2026 has not come yet" in await then(world, "2026-11-24")
    assert "We did not understand “Easter” as a day" in await then(world, "Easter")
    assert "No provider matches" in await then(world, "2026-03-01", words="nowhere")


@SQLITE
async def test_it_comes_as_a_document(world: World):
    reference = await given_concern(world)
    await then(world, "2026-11-23")
    dean = world.persona("dean")
    page = dean.messages(QSG)[-1]
    await dean.press(page, "Send me all of it as a document")
    await world.settle()
    assert (
        "Northgate University Hospital NHS Trust at the end of 23 November 2026, and to whom" in told(world, "dean")[-2]
    )
    (file,) = dean.files(dean.dm_id)
    assert file.name == "RZZ01-as-of-2026-11-23.docx"
    words = "\n".join(one.text for one in Document(BytesIO(file.content)).paragraphs)
    assert reference in words
    assert "Could be read by" in words
    await add(world, conflict(world.ids, "dean", "northgate"))
    await dean.press(page, "Send me all of it as a document")
    assert "declared a conflict of interest" in answer_of(world, "dean", QSG)
    assert "declared a conflict of interest" in await then(world, "2026-11-23")
    assert "You work at this provider" in await said(world, "matron", "/provider", "RZZ01 as of 2026-11-23", None)


@SQLITE
async def test_the_number_of_questions_does_not_grow_with_the_concerns(world: World):
    await given_concern(world)
    (concern,) = await world.rows(Concern)
    (line, *_) = await world.rows(ConcernAudience, col(ConcernAudience.organisation_id) == world.ids["org:hee"])

    async def more(first: int, last: int) -> None:
        like = concern.model_dump(exclude={"id"})
        rows = [
            Concern(**like | {"reference": f"C-M{n:05}", "submit_key": f"m{n}", "headline": f"Matter {n}"})
            for n in range(first, last)
        ]
        async with world.bot.store.begin() as unit:
            unit.add(*rows)
            await unit.flush()
            lines = line.model_dump(exclude={"id", "concern_id"})
            unit.add(*(ConcernAudience(**lines, concern_id=row.key) for row in rows))

    async def counted() -> list[int]:
        numbers = []
        for words in ("northgate", "northgate as of 2026-11-23", "northgate vs vale"):
            with statements(world) as sent:
                await summary(world, words=words)
            numbers.append(len([one for one in sent if one.lstrip().upper().startswith("SELECT")]))
        return numbers

    await more(0, 9)
    few = await counted()
    await more(9, 199)
    assert "200 concerns that you may see" in await summary(world)
    assert await counted() == few
