"""The chart of a provider's summary, as a file by direct message."""

from bot.domain.terms import Audience
from bot.store.tables import JournalEntry
from tests.flows.action_steps import SQLITE, add, summary
from tests.flows.steps import answer_of, given_concern, last_dm, outbox
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
    text = last_dm(world, "dean").text
    said = "November 2026: CQC 1, HEE 1. Level: none set in December 2025, enhanced surveillance from September 2026."
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
