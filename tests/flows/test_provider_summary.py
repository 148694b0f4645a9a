"""`/provider`: should I worry about this one? From what the person asking may see, and logged."""

from datetime import UTC, date, datetime, timedelta

from bot.domain.terms import Audience, ConcernState, Level, Marking
from bot.store.tables import Concern, JournalEntry, SurveillanceLevel
from tests.flows.action_steps import SQLITE, add, add_site, said, say_done, summary, summary_page
from tests.flows.steps import acknowledge, answer_of, given_action, given_concern, given_escalation
from tests.world import QSG, World, conflict


async def test_it_holds_all_that_one_may_see(world: World):
    concern = await given_concern(world)
    await given_concern(world, "dean", headline="Rota gaps", theme="workforce", event_on=date(2026, 11, 2))
    escalation = await given_escalation(world, ["gmc", "nmc"], concern=concern)
    await acknowledge(world, "gmc1", escalation)
    late = await given_action(world, date(2026, 11, 24), provider_id=world.ids["northgate"])
    done = await given_action(world, date(2026, 11, 24), provider_id=world.ids["northgate"])
    elsewhere = await given_action(world, date(2026, 11, 24), provider_id=world.ids["vale"])
    await say_done(world, "dean", done)
    await world.move(days=2)
    screens = {
        "": (
            "Northgate University Hospital NHS Trust",
            "Enhanced surveillance since 1 September 2026 (Marram QSG). Trainee survey and mortality.",
            "2 concerns that you may see:",
            "CQC: 1, the newest of 23 November 2026",
            "HEE: 1, the newest of 2 November 2026",
            f"{concern} CQC, 23 November 2026: Trainees left without a senior at night",
            "2 actions open, 1 overdue:",
            f"{late} Ask for the rota (Dean Person, HEE, due 24 November 2026, overdue)",
            f"{escalation}, since 23 November 2026: no answer yet from GMC and NMC",
            "Last discussed on 1 September 2026",
            "Next: Marram QSG, Mon 30 Nov 2026, 10:00",
            "No information has come for 2 days, since 23 November 2026.",
            "RZZ01 · Marram",
            "For you only, from what you may see on 25 November 2026",
        ),
        "Concerns by theme": ("Rota gaps (grade 2B, submitted)", f"{concern} CQC, 23 November 2026", "Workforce"),
        "Escalations": ("GMC: acknowledged", "NMC: with Nmc1 Person; not acknowledged yet"),
        "Actions": (
            "2 actions are not closed, 1 overdue.",
            f"{done} Ask for the rota (Dean Person, HEE, done, to be closed 24 November 2026)",
        ),
        "Levels": ("1 September 2026, Marram QSG: enhanced surveillance",),
        "Meetings": (
            "Next: Marram QSG, Mon 30 Nov 2026, 10:00: in its order of business: ",
            "Northgate University Hospital NHS Trust",
            "Nothing is on record.",
        ),
        "People and places": ("Host commissioner: not recorded", "Watched by Marram QSG"),
    }
    for button, parts in screens.items():
        text = await summary_page(world, button) if button else await summary(world)
        for part in parts:
            assert part in text, (button, part)
        assert elsewhere not in text


async def test_who_has_been_silent(world: World):
    silent = "In the last 180 days you have seen nothing about it from"
    assert f"{silent} CQC, GMC, HEE, NHS England and Vale CCG." in await summary(world)
    await given_concern(world)
    await given_concern(world, "dean", event_on=world.now.date() - timedelta(days=181))
    assert f"{silent} GMC, HEE, NHS England and Vale CCG." in await summary(world)
    for slug in ("dean", "gmc3", "chair", "lead"):
        await given_concern(world, slug)
    assert "Every member of Marram QSG has been heard from in the last 180 days." in await summary(world)
    assert "It is in the footprint of no group you belong to." in await said(world, "phso1", "/provider", "RZZ01", None)


@SQLITE
async def test_earlier_levels_are_told_newest_first(world: World):
    assert "No level has been set" in await summary(world, words="vale")
    about = {"group_id": world.ids["qsg"], "provider_id": world.ids["northgate"], "reason": "As discussed."}
    order = [Level.FURTHER_INFORMATION, Level.ROUTINE, Level.RISK_SUMMIT, Level.ROUTINE]
    days = [datetime(2026, month, 2, tzinfo=UTC) for month in (3, 5, 10, 11)]
    await add(world, *(SurveillanceLevel(level=n, decided_at=at, **about) for n, at in zip(order, days, strict=True)))
    text = await summary(world)
    assert "Routine surveillance since 2 November 2026 (Marram QSG). As discussed." in text
    assert (
        "Before that: risk summit from 2 October 2026, enhanced surveillance from 1 September 2026,"
        " routine surveillance from 2 May 2026." in text
    )
    assert "March" not in text


async def test_sites_are_part_of_their_provider(world: World):
    site = await add_site(world)
    world.ids["site"] = site.key
    concern = await given_concern(world, provider="site", headline="At the site")
    action = await given_action(world, date(2026, 12, 1), provider_id=site.key)
    decided = {"reason": "The site alone.", "decided_at": world.now - timedelta(days=1)}
    await add(
        world,
        SurveillanceLevel(group_id=world.ids["qsg"], provider_id=site.key, level=Level.FURTHER_INFORMATION, **decided),
    )
    trust = await summary(world, words="RZZ01")
    assert [each in trust for each in (concern, action, "with 1 site")] == [True] * 3
    assert "Further information required since 22 November 2026 (Marram QSG, Northgate Maternity Unit)." in trust
    assert "Last discussed on 22 November 2026" in trust
    alone = await summary(world, words="maternity")
    assert [each in alone for each in (concern, action, "Trainee survey")] == [True, True, False]


async def test_a_provider_is_found_by_many_words(world: World):
    for words in ("northgate", "RZZ01", "rzz01", "north marram general", "Northgate University Hospital NHS Trust"):
        assert "Enhanced surveillance since" in await summary(world, words=f"  {words} ")
    assert "Vale Community Health" in await summary(world, words="valeham")


@SQLITE
async def test_several_matches_are_buttons(world: World):
    await add_site(world)
    dean = world.persona("dean")
    text = await summary(world)
    assert "2 providers match “northgate”" in text
    choices = dean.messages(QSG)[-1]
    assert len(choices.buttons) == 2
    assert await world.rows(JournalEntry, JournalEntry.act == "provider summary read") == []
    label = next(button for button in choices.buttons if button.startswith("Northgate Univ"))
    await dean.press(choices, label)
    assert "Enhanced surveillance since" in answer_of(world, "dean", QSG)
    assert dean.messages(QSG)[-1].ephemeral
    (entry,) = await world.rows(JournalEntry, JournalEntry.act == "provider summary read")
    assert (entry.person_id, entry.subject_id) == (world.ids["dean"], world.ids["northgate"])


@SQLITE
async def test_an_unknown_one_is_said_to_be(world: World):
    text = await summary(world, words="the nowhere clinic")
    assert text.startswith("No provider matches “the nowhere clinic”. Try part of its name")
    assert "Type /provider and part of a name" in await summary(world, words="")


async def test_a_conflict_of_interest_shuts_it(world: World):
    site = await add_site(world)
    await given_concern(world)
    await add(world, conflict(world.ids, "dean", "northgate"))
    for words in ("RZZ01", "RZZ01A"):
        assert "declared a conflict of interest about it" in await summary(world, words=words)
        refused = await said(world, "matron", "/provider", words, channel=None)
        assert refused.startswith("You work at this provider")
    dean = world.persona("dean")
    await summary(world)
    await dean.press(dean.messages(QSG)[-1], "Northgate Maternity Unit, Marram")
    assert "declared a conflict of interest about it" in answer_of(world, "dean", QSG)
    refusals = await world.rows(JournalEntry, JournalEntry.act == "refused")
    assert [entry.person_id for entry in refusals].count(world.ids["dean"]) == 3
    assert "No concerns" in await summary(world, words="vale")
    assert site.name not in await said(world, "matron", "/provider", "vale", channel=None)


HIDDEN = {
    "for named people": {"audience": Audience.PEOPLE, "people": "gmc1"},
    "for one organisation": {"audience": Audience.ORGANISATIONS, "organisations": "org:gmc"},
    "for one's own": {"audience": Audience.PEOPLE, "people": "colleague", "marking": Marking.RED},
    "at a site": {"audience": Audience.ORGANISATIONS, "organisations": "org:gmc", "provider": "site"},
}


async def test_what_one_may_not_see_leaves_no_trace(world: World):
    """Byte for byte the same, with and without what is hidden from the reader and its escalations."""
    world.ids["site"] = (await add_site(world)).key
    shown = await given_concern(world)
    seen = {slug: await summary(world, slug, "RZZ01") for slug in ("dean", "chair", "lead")}
    assert all(shown in text for text in seen.values())
    gmc = await summary(world, "gmc1", "RZZ01")
    for values in HIDDEN.values():
        keys = {name: (world.ids[ids],) if name in ("people", "organisations") else ids for name, ids in values.items()}
        hidden = await given_concern(world, headline="canary", theme="medicines", **keys)
        if values.get("marking") is not Marking.RED:
            await given_escalation(world, ["gmc"], concern=hidden)
    assert {slug: await summary(world, slug, "RZZ01") for slug in seen} == seen
    assert gmc != await summary(world, "gmc1", "RZZ01")
    assert "canary" in await summary(world, "gmc1", "RZZ01")


@SQLITE
async def test_what_was_withdrawn_is_gone(world: World):
    before = await summary(world, "chair")
    reference = await given_concern(world, "dean")
    assert before != await summary(world, "chair")
    (concern,) = await world.rows(Concern, Concern.reference == reference)
    concern.state = ConcernState.WITHDRAWN
    await world.change(concern)
    assert await summary(world, "chair") == before


@SQLITE
async def test_every_reading_is_in_the_journal(world: World):
    for slug in ("dean", "chair", "dean"):
        await summary(world, slug)
        assert "this reading is logged" in answer_of(world, slug, QSG)
    entries = await world.rows(JournalEntry, JournalEntry.act == "provider summary read")
    assert sorted(entry.person_id for entry in entries) == sorted(world.ids[each] for each in ("dean", "chair", "dean"))
    assert {entry.at for entry in entries} == {world.now}
