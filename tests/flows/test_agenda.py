"""`/agenda`: the next meeting's digest as it would be now, for one person's eyes."""

from datetime import date, timedelta

from bot.domain.terms import Level, MeetingState, Role, Urgency
from bot.store.tables import Meeting, Seat, SurveillanceLevel
from tests.flows.action_steps import SQLITE, add, agenda, digests, nine, said, say_done, set_meeting
from tests.flows.steps import acknowledge, given_action, given_concern, given_escalation
from tests.world import OTHER, QSG, World


async def test_the_preview_holds_every_section(world: World):
    concern = await given_concern(world, urgency=Urgency.SOON)
    escalation = await given_escalation(world, ["gmc", "nmc"], concern=concern)
    await acknowledge(world, "gmc1", escalation)
    overdue = await given_action(world, date(2026, 11, 23))
    due = await given_action(world, date(2026, 11, 30))
    after = await given_action(world, date(2026, 12, 1))
    done = await given_action(world, date(2026, 11, 27))
    await say_done(world, "dean", done)
    told = {"group_id": world.ids["qsg"], "reason": "Complaints.", "decided_at": world.now}
    finding = {"find_out_id": world.ids["lead"], "find_out_by": date(2026, 12, 4)}
    level = SurveillanceLevel(provider_id=world.ids["vale"], level=Level.FURTHER_INFORMATION, **told, **finding)
    assert "Never discussed: Vale Community Health" in await agenda(world)
    await add(world, level)
    await world.move(days=1)
    text = await agenda(world)
    for part in (
        "A preview, for your eyes only",
        "Mon 30 Nov 2026, 10:00, 120 minutes, Room 1. Chair: Chair Person.",
        f"escalation {escalation} waits for GMC (acknowledged), NMC (not acknowledged)",
        "enhanced surveillance since 1 September 2026. Trainee survey and mortality.",
        f"{concern} Northgate University Hospital NHS Trust: Trainees left without a senior at night (CQC,",
        "Vale Community Health: Complaints. Lead Person finds out by 4 December 2026.",
        f"Overdue: {overdue}",
        f"Due before the meeting: {due}",
        f"Done, to be closed: {done}",
        "Standing items",
    ):
        assert part in text, part
    assert after not in text
    assert "Never discussed" not in text
    assert digests(world) != []
    assert "preview" not in digests(world)[-1].text


async def test_only_what_came_since_the_last_meeting(world: World):
    before = await given_concern(world, headline="Heard last time")
    held = Meeting(slug="m0", group_id=world.ids["qsg"], starts_at=world.now + timedelta(hours=2))
    await add(world, held)
    await world.move(hours=3)
    after = await given_concern(world, headline="Heard since")
    text = await agenda(world)
    assert "New intelligence since 23 November 2026" in text
    assert [reference in text for reference in (before, after)] == [False, True]


@SQLITE
async def test_a_group_without_a_meeting_says_so(world: World):
    assert "None identified." in await agenda(world)
    await set_meeting(world, state=MeetingState.CANCELLED)
    assert await agenda(world) == (
        "No meeting of Marram QSG is planned yet. The chair or the secretariat can add one with /meeting add."
    )
    await set_meeting(world, state=MeetingState.SCHEDULED, starts_at=world.now)
    assert "No meeting of Marram QSG is planned" in await agenda(world)


PLACES = {
    "in its channel": ("", QSG, "Marram QSG: agenda digest"),
    "by name": ("marram", None, "Marram QSG: agenda digest"),
    "by its short name": (" QSG ", OTHER, "Marram QSG: agenda digest"),
    "the other by name": ("regional qsg", QSG, "No meeting of Regional QSG is planned"),
    "elsewhere": ("", OTHER, "/agenda works in the private channel of a group you belong to. Type it there, or name"),
    "to the bot": ("", None, "/agenda works in the private channel"),
    "nonsense": ("the next one", QSG, "/agenda works in the private channel"),
}


@SQLITE
async def test_which_group_is_meant(world: World):
    await add(world, Seat(group_id=world.ids["region"], person_id=world.ids["chair"], role=Role.CHAIR))
    for words, channel, expected in PLACES.values():
        assert expected in await said(world, "chair", "/agenda", words, channel)
    assert "Marram QSG: agenda digest" in await said(world, "dean", "/agenda", channel=None)
    assert "/agenda works in" in await said(world, "dean", "/agenda", "region", channel=None)
    assert not [message for message in world.persona("inspector").messages(QSG) if message.ephemeral]


@SQLITE
async def test_looking_posts_nothing(world: World):
    for moment in (world.now, nine("2026-11-27")):
        world.pg.clock.set(moment)
        await agenda(world)
        await world.settle()
    assert digests(world) == []
