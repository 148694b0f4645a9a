"""The chart of a provider's summary, as a file by direct message; and two providers beside each other."""

from datetime import date

from bot.domain.terms import Audience
from bot.store.tables import JournalEntry
from tests.flows.action_steps import SQLITE, add, add_site, summary
from tests.flows.steps import answer_of, given_action, given_concern, outbox, told
from tests.world import QSG, World, conflict


async def test_the_chart_comes_with_its_words(world: World):
    await given_concern(world)
    await given_concern(world, "dean")
    await given_concern(world, "gmc1", audience=Audience.PEOPLE, people=(world.ids["gmc2"],))
    await summary(world)
    dean = world.persona("dean")
    page = dean.messages(QSG)[-1]
    for _ in range(2):
        await dean.press(page, "Send me the chart")
    assert "on its way" in answer_of(world, "dean", QSG)
    await world.settle()
    assert len(await outbox(world, "provider.chart")) == 1
    (file,) = dean.files(dean.dm_id)
    assert (file.name, file.content[:4]) == ("RZZ01.png", b"\x89PNG")
    said = "November 2026: CQC 1, HEE 1. Level: none set in December 2025, enhanced surveillance from September 2026."
    for text in told(world, "dean")[-2:]:  # the message, and what the picture shows
        assert said in text
        assert "GMC" not in text
    (entry,) = await world.rows(JournalEntry, JournalEntry.act == "provider chart asked")
    assert entry.subject_id == world.ids["northgate"]


@SQLITE
async def test_it_is_not_sent_to_whoever_has_a_conflict_by_then(world: World):
    await summary(world)
    dean = world.persona("dean")
    page = dean.messages(QSG)[-1]
    await add(world, conflict(world.ids, "dean", "northgate"))
    await dean.press(page, "Send me the chart")
    assert "declared a conflict of interest" in answer_of(world, "dean", QSG)
    assert await outbox(world, "provider.chart") == []


async def test_two_providers_beside_each_other(world: World):
    await given_concern(world)
    await given_concern(world, "gmc1", "vale", headline="canary", audience=Audience.PEOPLE, people=(world.ids["gmc2"],))
    await given_action(world, date(2026, 11, 24), provider_id=world.ids["vale"])
    text = await summary(world, words="RZZ01 vs vale")
    for part in (
        "Enhanced surveillance since 1 September 2026 (Marram QSG)",
        "1 concern since 1 December 2025: Education and training environment 1",
        "0 concerns since 1 December 2025",
        "1 action open, 0 overdue",
        "Last discussed on 1 September 2026",
        "Never discussed in a group you belong to",
    ):
        assert part in text, part
    assert [len(await world.rows(JournalEntry, JournalEntry.act == "provider compared")), "canary" in text] == [
        2,
        False,
    ]
    await add(world, conflict(world.ids, "dean", "vale"))
    assert "declared a conflict of interest about it" in await summary(world, words="RZZ01 vs vale")


@SQLITE
async def test_each_of_the_two_must_be_one(world: World):
    await add_site(world)
    text = await summary(world, words="northgate vs vale")
    assert "Several providers match “northgate”: " in text
    assert "Northgate Maternity Unit (RZZ01A)" in text
    assert "No provider matches “nowhere”" in await summary(world, words="vale vs nowhere")
