"""Who may read an answer: every kind of viewer against its handling and its concern's audience, as a truth table."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.domain.answers import AnswerHandling, AnswerKind
from bot.store.answers import answers_to, visible_answer
from bot.store.concerns import visible_concern
from bot.store.handling import end_lines, standing_lines
from bot.store.tables import ConcernAnswer
from bot.store.unit import Store, Unit
from bot.store.visibility import visible_answers
from tests.store.rows import NOW, TODAY
from tests.store.scene import PEOPLE, Ids, set_scene, viewer
from tests.store.test_visibility import by_viewer, rows_of

READERS, ALONE = AnswerHandling.READERS, AnswerHandling.ORIGINATOR
# The concern of `scene.CONCERNS`, who answers it, and for whom; of the last the answer was taken back.
ANSWERS = {
    "group": ("group", "member", READERS),
    "group alone": ("group", "member", ALONE),
    "chosen": ("chosen", "member", READERS),
    "chosen alone": ("chosen", "member", ALONE),
    "named": ("named", "named", READERS),
    "red alone": ("red", "named", ALONE),
    "asked": ("asked", "addressed", READERS),
    "asked alone": ("asked", "addressed", ALONE),
    "left": ("group", "left member", READERS),
    "left alone": ("group", "left member", ALONE),
    "withdrawn": ("withdrawn", "member", READERS),
    "strange": ("strange", "member", READERS),
    "theme": ("theme", "own staff", ALONE),
    "their own": ("their own", "originator", ALONE),
    "taken back": ("group", "member", READERS),
}
# ● may be read, · may not. The columns are the answers above, in their order.
READING = """
                      group alone chosen alone named red asked alone left alone withdr strange theme theirs back
originator              ●     ●     ●     ●      ●    ●    ●     ●    ●     ●     ·       ●      ●     ●     ·
colleague               ●     ●     ●     ●      ●    ·    ●     ●    ●     ●     ·       ·      ●     ●     ·
member                  ●     ●     ●     ●      ·    ·    ·     ·    ●     ·     ·       ·      ·     ·     ·
other member            ●     ·     ·     ·      ·    ·    ·     ·    ●     ·     ·       ·      ·     ·     ·
named                   ●     ·     ·     ·      ●    ●    ●     ·    ●     ·     ·       ·      ·     ·     ·
later joiner            ·     ·     ·     ·      ·    ·    ·     ·    ·     ·     ·       ·      ·     ·     ·
left member             ·     ·     ·     ·      ·    ·    ·     ·    ·     ·     ·       ·      ·     ·     ·
ended organisation      ·     ·     ·     ·      ·    ·    ·     ·    ·     ·     ·       ·      ·     ·     ·
retired                 ·     ·     ·     ·      ·    ·    ·     ·    ·     ·     ·       ·      ·     ·     ·
own staff               ·     ·     ·     ·      ·    ·    ·     ·    ·     ·     ·       ·      ●     ·     ·
site's staff            ·     ·     ·     ·      ·    ·    ·     ·    ·     ·     ·       ·      ·     ·     ·
conflicted              ·     ·     ·     ·      ·    ·    ·     ·    ·     ·     ·       ·      ·     ·     ·
conflict ended          ●     ●     ●     ●      ·    ·    ·     ·    ●     ·     ·       ·      ·     ·     ·
conflict to come        ●     ●     ●     ●      ·    ·    ·     ·    ●     ·     ·       ·      ·     ·     ·
conflict with a site    ●     ●     ●     ●      ·    ·    ·     ·    ●     ·     ·       ·      ·     ·     ·
chair from outside      ●     ·     ·     ·      ·    ·    ·     ·    ●     ·     ·       ·      ·     ·     ·
former chair            ·     ·     ·     ·      ·    ·    ·     ·    ·     ·     ·       ·      ·     ·     ·
addressed               ●     ·     ·     ·      ·    ·    ●     ●    ●     ·     ·       ·      ·     ·     ·
outsider                ·     ·     ·     ·      ·    ·    ·     ·    ·     ·     ·       ·      ·     ·     ·
"""


@pytest.fixture(scope="module")
def scene(kept_url: str) -> tuple[str, Ids]:
    async def play() -> Ids:
        store = Store(kept_url)
        ids = await set_scene(store)
        async with store.begin() as unit:
            for name, (about, by, handling) in ANSWERS.items():
                row = ConcernAnswer(
                    submit_key=name,
                    concern_id=ids[f"concern {about}"],
                    kind=AnswerKind.CONTRADICT,
                    handling=handling,
                    text=name,
                    by_id=ids[f"person {by}"],
                    organisation_id=ids[PEOPLE[by]],
                    at=NOW,
                    withdrawn_at=NOW if name == "taken back" else None,
                )
                unit.add(row)
                await unit.flush()
                ids[f"answer {name}"] = row.key
        await store.close()
        return ids

    return kept_url, asyncio.run(play())


@pytest.fixture
async def unit(scene: tuple[str, Ids]) -> AsyncIterator[Unit]:
    """For reading; whatever a test changes is rolled back."""
    store = Store(scene[0])
    async with store.look() as unit:
        yield unit
    await store.close()


def test_every_viewer_is_in_the_table():
    assert [who for who, _ in rows_of(READING, list(ANSWERS))] == list(PEOPLE)


@by_viewer(READING, list(ANSWERS))
async def test_an_answer_is_read_by_those_it_is_for(unit: Unit, scene: tuple[str, Ids], who: str, expected: set[str]):
    looking = await viewer(unit, who)
    if looking is None:  # not let in at all
        assert expected == set()
        return
    rows = await unit.all(visible_answers(looking, TODAY))
    assert sorted(row.text for row in rows) == sorted(expected)
    for name, (about, _, _) in ANSWERS.items():
        found = await visible_answer(unit, scene[1][f"answer {name}"], looking, TODAY)
        assert (found is not None) is (name in expected), name
        # Never more than the concern.
        assert name not in expected or await visible_concern(unit, about, looking, TODAY)


async def test_narrowing_a_concern_narrows_its_answers_at_once(unit: Unit, scene: tuple[str, Ids]):
    looking = await viewer(unit, "member")
    assert looking
    lines = await standing_lines(unit, scene[1]["concern group"])
    await end_lines(unit, [line for line in lines if line.organisation_id == scene[1]["gmc"]], NOW)
    left = {row.text for row in await unit.all(visible_answers(looking, TODAY))}
    assert left == {"chosen", "chosen alone"}


@pytest.mark.parametrize(("who", "voices"), [("originator", {""}), ("other member", {""}), ("member", {"GMC"})])
async def test_who_is_not_named_by_the_concern_names_nobody(
    unit: Unit, scene: tuple[str, Ids], who: str, voices: set[str]
):
    looking = await viewer(unit, who)
    assert looking
    seen = await visible_concern(unit, "GROUP", looking, TODAY)
    assert seen
    seen.concern.attributed = False
    heard = (await answers_to(unit, [seen.concern], looking, TODAY))[seen.concern.key]
    assert {one.organisation for one in heard if one.answer.text.startswith("group")} == voices
