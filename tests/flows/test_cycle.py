"""`/soundings cycle`: whose turn has come, the plan of the year, and themes, as Slack would drive it."""

from datetime import UTC, datetime
from typing import Any

from bot.domain.cycle import ThemeState
from bot.domain.terms import Level, MeetingState
from bot.store.tables import AgendaItem, Conclusion, Conflict, Group, Meeting, PlannedTheme, SurveillanceLevel
from tests.flows.action_steps import SQLITE, acts, add, add_site, said
from tests.flows.steps import Tap, answer_of, last_dm, outbox, told
from tests.world import QSG, World

THEME = {"theme": "workforce", "title": "Night cover for trainees"}


async def cycle(world: World, slug: str = "dean") -> str:
    return await said(world, slug, "/soundings", "cycle")


async def second_meeting(world: World) -> Meeting:
    meeting = Meeting(slug="m2", group_id=world.ids["qsg"], starts_at=datetime(2027, 1, 25, 10, tzinfo=UTC))
    await add(world, meeting)
    return meeting


async def suggest(world: World, slug: str = "dean", **values: Any) -> Any:
    person = world.persona(slug)
    await cycle(world, slug)
    await person.press(person.messages(QSG)[-1], "Suggest a theme")
    sent = await person.submit(person.modal, THEME | values)
    await world.settle()
    return sent


async def conclude(world: World, provider_id: int, meeting_id: int = 1) -> None:
    """A settled conclusion on that provider, at the meeting of 30 November."""
    row = Conclusion(
        submit_key=f"c{provider_id}",
        meeting_id=meeting_id,
        provider_id=provider_id,
        recorded_by_id=world.ids["chair"],
        recorded_at=world.now,
        settled_at=world.now,
    )
    await add(world, row)


async def test_whose_turn_has_come(world: World):
    text = await cycle(world)
    assert "Every provider is discussed within 12 months" in text
    assert "Never discussed (1): Vale Community Health." in text
    assert "On every agenda (1): Northgate University Hospital NHS Trust." in text
    assert "30 November 2026 (m1): Vale Community Health" in text
    old = datetime(2025, 11, 3, tzinfo=UTC)
    level = {
        "group_id": world.ids["qsg"],
        "provider_id": world.ids["vale"],
        "reason": "Nothing new.",
        "decided_at": old,
    }
    await add(world, SurveillanceLevel(**level, level=Level.ROUTINE))
    assert "Overdue (1): Vale Community Health (last on 3 November 2025)" in await cycle(world)
    (group,) = await world.rows(Group, Group.slug == "qsg")
    group.cycle_months = 24
    await world.change(group)
    text = await cycle(world)
    assert "within 24 months" in text
    assert "Nobody’s turn has come: 1 provider is due later." in text


@SQLITE
async def test_a_provider_is_discussed_through_its_site(world: World):
    site = await add_site(world, "Vale Minor Injuries Unit")
    site.parent_id = world.ids["vale"]
    await world.change(site)
    (meeting,) = await world.rows(Meeting)
    meeting.starts_at, meeting.state = datetime(2026, 11, 20, 10, tzinfo=UTC), MeetingState.HELD
    await world.change(meeting)
    await second_meeting(world)
    assert "Never discussed (1)" in await cycle(world)
    await conclude(world, site.key, meeting.key)
    text = await cycle(world)
    assert "Never discussed" not in text
    assert "25 January 2027 (m2): Vale Community Health" in text


@SQLITE
async def test_what_was_arranged_stands(world: World):
    later = await second_meeting(world)
    item = {"submit_key": "i", "put_by_id": world.ids["chair"], "put_at": world.now, "provider_id": world.ids["vale"]}
    await add(world, AgendaItem(**item, meeting_id=later.key))
    text = await cycle(world)
    assert "30 November 2026 (m1): no provider’s turn" in text
    assert "25 January 2027 (m2): Vale Community Health" in text


@SQLITE
async def test_who_is_barred_reads_of_the_others_only(world: World):
    await add(world, Conflict(person_id=world.ids["dean"], provider_id=world.ids["vale"]))
    text = await cycle(world)
    assert "Vale" not in text
    assert "Never discussed" not in text
    assert "not a member" in await said(world, "nmc1", "/soundings", "cycle", None)


async def test_a_theme_is_suggested_planned_and_moved(world: World):
    sent = await suggest(world)
    assert sent.ok, sent
    assert "Night cover for trainees (Dean Person, HEE): suggested, not decided yet" in world.persona("dean").modal.text
    assert "suggests to look at: Night cover for trainees" in told(world, "secretary")[-1]
    chair = world.persona("chair")
    await chair.press(last_dm(world, "chair"), "Choose its meeting")
    (meeting,) = await world.rows(Meeting)
    assert (await chair.submit(chair.modal, {"meeting": str(meeting.key)})).ok
    await world.settle()
    assert "planned for the meeting of Marram QSG on 30 November 2026" in told(world, "dean")[-1]
    assert "theme: Night cover for trainees" in await cycle(world)
    (item,) = await world.rows(AgendaItem)
    assert (item.meeting_id, item.title, item.off) == (meeting.key, "Night cover for trainees", False)
    later = await second_meeting(world)
    secretary = world.persona("secretary")
    for _ in range(2):  # the same again changes nothing
        await secretary.press(last_dm(world, "secretary"), "Choose its meeting")
        assert (await secretary.submit(secretary.modal, {"meeting": str(later.key)})).ok
    (item,) = await world.rows(AgendaItem)
    assert item.meeting_id == later.key
    assert await acts(world, "theme") == ["theme suggested", "theme planned", "theme planned"]


@SQLITE
async def test_a_theme_is_declined_with_a_reason(world: World):
    await suggest(world)
    chair = world.persona("chair")
    await chair.press(last_dm(world, "chair"), "Decline it")
    assert (await chair.submit(chair.modal, {"answer": "The region looks at it in March."})).ok
    await world.settle()
    assert "They say: The region looks at it in March." in told(world, "dean")[-1]
    (theme,) = await world.rows(PlannedTheme)
    assert theme.state is ThemeState.DECLINED
    assert "Themes" not in await cycle(world)
    await chair.press(last_dm(world, "chair"), "Choose its meeting")
    assert "is declined" in answer_of(world, "chair")


@SQLITE
async def test_what_a_theme_may_not_be(world: World):
    assert "looks like" in str((await suggest(world, title="Call 07700 900123 about nights")).errors)
    assert await world.rows(PlannedTheme) == []
    assert await outbox(world, "cycle.suggested") == []


@SQLITE
async def test_only_who_runs_the_group_decides(world: World):
    await suggest(world)
    assert "Choose its meeting" not in await cycle(world)
    tap = Tap(world, lambda payload: payload["actions"][0].update(action_id="cycle.theme", value="1"))
    dean = world.persona("dean")
    await dean.press(dean.messages(QSG)[-1], "Suggest a theme")
    assert "Only the chair or the secretariat of the group can do that" in answer_of(world, "dean", QSG)
    tap.alter = lambda payload: payload["actions"][0].update(action_id="cycle.theme", value="99")
    await dean.press(dean.messages(QSG)[-2], "Suggest a theme")
    assert "There is nothing under" in answer_of(world, "dean", QSG)


async def test_the_year_comes_as_a_picture(world: World):
    dean = world.persona("dean")
    await cycle(world)
    page = dean.messages(QSG)[-1]
    for _ in range(2):
        await dean.press(page, "Send me the year as a picture")
    await world.settle()
    assert len(await outbox(world, "cycle.plan")) == 1
    (file,) = dean.files(dean.dm_id)
    assert file.name == "plan-qsg.png"
    assert file.content.startswith(b"\x89PNG")
    said, shown = told(world, "dean")[-2:]
    assert "30 November 2026: Vale Community Health" in said
    assert "30 November 2026: 1." in shown
