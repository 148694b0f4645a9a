"""A meeting's order of business: every kind of reader against every kind of item, and in which order they stand."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.agenda_items import SAID_AT_THE_MEETING
from bot.domain.terms import ConcernState, Level, Wanted
from bot.store.agenda_items import Order, business_of, erase_items, items_of, order_of, placeholder_key
from bot.store.tables import AgendaItem, Meeting, SurveillanceLevel
from bot.store.unit import Store, Unit
from bot.store.visibility import any_concern
from tests.store.rows import NOW, TODAY
from tests.store.scene import PEOPLE, Ids, set_scene, viewer

# Everything arranged, in its order: its name, and what it is about.
ARRANGED: list[tuple[str, dict[str, str]]] = [
    ("own", {}),
    ("vale", {"provider_id": "vale"}),
    ("northgate", {"provider_id": "northgate"}),
    ("site", {"provider_id": "site"}),
    ("group", {"concern_id": "concern group"}),
    ("elsewhere", {"concern_id": "concern elsewhere"}),
    ("on site", {"concern_id": "concern site"}),
    ("chosen", {"concern_id": "concern chosen"}),
    ("red", {"concern_id": "concern red"}),
    ("withdrawn", {"concern_id": "concern withdrawn"}),
]
# ● stands in what they read, · is as if it were not there. What the channel may not show stands for nobody.
READING = """
                      own vale northgate site group elsewhere onsite chosen red withdrawn
the channel             ●    ●     ●       ●     ●      ●       ●      ·     ·     ·
originator              ●    ●     ●       ●     ●      ●       ●      ·     ·     ·
member                  ●    ●     ●       ●     ●      ●       ●      ·     ·     ·
named                   ●    ●     ●       ●     ●      ●       ●      ·     ·     ·
later joiner            ●    ●     ●       ●     ·      ·       ·      ·     ·     ·
own staff               ●    ●     ·       ·     ·      ●       ·      ·     ·     ·
site's staff            ●    ●     ·       ·     ·      ●       ·      ·     ·     ·
conflicted              ●    ●     ·       ·     ·      ●       ·      ·     ·     ·
conflict ended          ●    ●     ●       ●     ●      ●       ●      ·     ·     ·
conflict with a site    ●    ●     ●       ·     ●      ●       ·      ·     ·     ·
chair from outside      ●    ●     ●       ●     ●      ●       ●      ·     ·     ·
"""
ROWS = [(line[:22].strip(), line[22:].split()) for line in READING.splitlines()[2:]]


@pytest.fixture
async def scene(store: Store) -> Ids:
    return await set_scene(store)


@pytest.fixture
async def unit(store: Store, scene: Ids) -> AsyncIterator[Unit]:
    """For reading; whatever a test changes is rolled back."""
    async with store.look() as unit:
        yield unit


async def meeting(unit: Unit, ids: Ids, **values: Any) -> Meeting:
    row = Meeting(slug="m1", group_id=ids["qsg"], starts_at=NOW + timedelta(days=7), **values)
    unit.add(row)
    await unit.flush()
    return row


async def arrange(unit: Unit, ids: Ids, where: Meeting, names: Sequence[str], **values: Any) -> None:
    common = {"meeting_id": where.key, "put_by_id": ids["person originator"], "put_at": NOW} | values
    for position, (name, about) in enumerate((name, dict(ARRANGED)[name]) for name in names):
        keys = {column: ids[key] for column, key in about.items()}
        unit.add(AgendaItem(submit_key=f"{name} of {where.key}", position=position, title=name, **keys, **common))
    await unit.flush()


async def seen(unit: Unit, where: Meeting, who: str) -> Order:
    return await order_of(unit, where, None if who == "the channel" else await viewer(unit, who), TODAY)


def names(order: Order) -> list[str]:
    return [one.item.title for one in order.business if one.item]


async def test_who_sees_which_item(unit: Unit, scene: Ids):
    """Nobody is told of what they may not see, nor that there is anything, whether it stands or was taken off."""
    where = await meeting(unit, scene)
    every = [name for name, _ in ARRANGED]
    await arrange(unit, scene, where, every)
    expected = {who: [name for name, mark in zip(every, marks, strict=True) if mark == "●"] for who, marks in ROWS}
    assert expected.keys() - {"the channel"} <= PEOPLE.keys()
    for who, those in expected.items():
        assert names(await seen(unit, where, who)) == those, who
    for item in await items_of(unit, where.key):
        item.off = True
    await unit.flush()
    for who, those in expected.items():
        order = await seen(unit, where, who)
        assert names(order) == [], who
        assert [one.item.title for one in order.off if one.item] == those, who


async def test_by_rule_after_what_was_arranged(unit: Unit, scene: Ids):
    """A risk summit comes before enhanced surveillance, then what was asked to be discussed, the oldest first. What was
    taken off stays off, but not what has a place on every agenda."""
    where = await meeting(unit, scene)
    for name, level in (("northgate", Level.ENHANCED), ("vale", Level.RISK_SUMMIT), ("site", Level.ROUTINE)):
        why = {"reason": "x", "decided_at": NOW, "group_id": scene["qsg"], "provider_id": scene[name]}
        unit.add(SurveillanceLevel(level=level, **why))
    await arrange(unit, scene, where, ["own"])
    business = await business_of(unit, where, None, TODAY)
    assert [(one.why, one.level) for one in business[:3]] == [
        ("arranged", None),
        ("level", Level.RISK_SUMMIT),
        ("level", Level.ENHANCED),
    ]
    assert [one.stays for one in business[:4]] == [False, True, True, False]
    wanted = [one.concern.concern.reference for one in business if one.why == "wanted" and one.concern]
    assert wanted == ["GROUP", "GREEN", "SITE", "ELSEWHERE", "THEME", "THEIR OWN"]
    await arrange(unit, scene, where, ["vale", "group", "site"], off=True)
    after = await seen(unit, where, "the channel")
    assert after.business[1].thing == f"p{scene['vale']}"
    assert f"c{scene['concern group']}" not in [one.thing for one in after.business]
    assert [one.thing for one in after.off] == [f"c{scene['concern group']}", f"p{scene['site']}"]
    conflicted = await seen(unit, where, "conflicted")
    assert [one.thing for one in conflicted.business[:2]] == [after.business[0].thing, f"p{scene['vale']}"]
    assert conflicted.off == []


async def test_what_is_only_said_at_the_meeting_has_no_headline(unit: Unit, scene: Ids):
    where = await meeting(unit, scene)
    (concern,) = await unit.all(any_concern(scene["concern elsewhere"]))
    concern.verbal_only = True
    unit.add(concern)
    await arrange(unit, scene, where, ["elsewhere"])
    (first, *_) = await business_of(unit, where, None, TODAY)
    assert first.title == SAID_AT_THE_MEETING
    concern.wanted, concern.state = Wanted.INFORMATION, ConcernState.CONCLUDED
    await unit.flush()
    assert (await business_of(unit, where, None, TODAY))[0].title == SAID_AT_THE_MEETING


async def test_all_that_was_arranged_of_a_concern_goes_with_it(unit: Unit, scene: Ids):
    """What says nothing of it as well, for any meeting, and nothing of another concern whose number is like its own."""
    where = await meeting(unit, scene)
    await arrange(unit, scene, where, ["own", "group", "elsewhere"])
    about = scene["concern group"]
    common = {"meeting_id": where.key, "put_by_id": scene["person originator"], "put_at": NOW}
    for key in (about, int(f"1{about}")):
        unit.add(AgendaItem(submit_key=placeholder_key(where.key, key), title=SAID_AT_THE_MEETING, **common))
    await unit.flush()
    assert len(await erase_items(unit, about)) == 2
    left = {row.submit_key for row in await items_of(unit, where.key)}
    assert left == {f"{n} of {where.key}" for n in ("own", "elsewhere")} | {placeholder_key(where.key, f"1{about}")}
