"""A meeting's pack: posted before it with its files, brought up to date, taken back, and for one person's eyes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.reports import ReportKind, ReportState
from bot.domain.sittings import NoteState
from bot.domain.terms import ActionState, Audience, Level, MeetingState
from bot.services.channel import refresh_channel
from bot.store.tables import (
    AgendaItem,
    Concern,
    Group,
    JournalEntry,
    Meeting,
    MeetingNote,
    Provider,
    Report,
    SurveillanceLevel,
)
from tests.flows.action_log_steps import put_actions
from tests.flows.action_steps import SQLITE, add, copy_concern, nine, set_meeting
from tests.flows.pack_steps import ask, book_of, files_of, made_for, packs, paper_for, paper_of, tables_of
from tests.flows.steps import answer_of, given_concern, outbox, told
from tests.hostile import HOSTILE
from tests.world import QSG, World, conflict

T5, T1 = nine("2026-11-23"), nine("2026-11-27")


async def held_before(world: World) -> Meeting:
    """A meeting of the group three weeks ago."""
    held = {"group_id": world.ids["qsg"], "starts_at": datetime(2026, 11, 2, 10, tzinfo=UTC)}
    await add(world, Meeting(slug="m0", state=MeetingState.HELD, **held))
    (before,) = await world.rows(Meeting, Meeting.slug == "m0")
    return before


async def withdraw(world: World, reference: str) -> None:
    async with world.bot.store.begin() as unit:
        (row,) = await world.rows(Concern, Concern.reference == reference)
        concern = await unit.session.merge(row)
        concern.audience = Audience.ORGANISATIONS
        await refresh_channel(unit, concern, now=world.now, rules=world.bot.work.rules)
    await world.settle()


async def test_it_is_posted_brought_up_to_date_and_taken_back(world: World):
    """With the first digest, in one thread; the day before with what is new; without what was withdrawn since; and
    after the meeting it is taken away rather than written anew."""
    first = await given_concern(world)
    await world.move_to(T5 - timedelta(minutes=1))
    assert packs(world) == []
    await world.move_to(T5)
    await world.move(minutes=5)
    (pack,) = packs(world)
    assert "as of 23 November 2026" in pack.text
    files = files_of(world, "dean", QSG)
    assert {*files} == {"docx", "xlsx"}
    paper = paper_of(files["docx"])
    assert first in paper
    assert "Three trainees said so independently." not in paper
    second = await given_concern(world, headline="Rota gaps at weekends")
    await world.move_to(T1)
    await world.move(minutes=5)
    assert len(packs(world)) == 1
    assert len(world.persona("dean").files(QSG)) == 2
    assert "as of 27 November 2026" in packs(world)[0].text
    assert "Rota gaps at weekends" in paper_of(files_of(world, "dean", QSG)["docx"])
    await withdraw(world, second)
    assert "An item was removed from this pack since it was posted." in packs(world)[0].text
    paper = paper_of(files_of(world, "dean", QSG)["docx"])
    assert [one in paper for one in (first, second, "Rota gaps")] == [True, False, False]
    await world.move_to(nine("2026-12-02"))
    await withdraw(world, first)
    assert packs(world) == []
    assert world.persona("dean").files(QSG) == []
    read = await world.rows(JournalEntry, JournalEntry.act == "told", JournalEntry.subject_kind == "concern")
    assert {row.facts["where"] for row in read} >= {"pack.posted"}


async def test_one_s_own_pack_has_the_details_and_is_logged(world: World):
    reference = await given_concern(world)
    for _ in range(2):  # once a minute at most
        assert (await ask(world, "dean")).ok
    assert "is on its way to your direct messages" in answer_of(world, "dean", QSG)
    (row,) = await outbox(world, "pack.sent")
    assert row.person_id == world.ids["dean"]
    assert any("It was made for you as of 23 November 2026" in text for text in told(world, "dean"))
    paper = paper_of(files_of(world, "dean")["docx"])
    for part in (f"In detail: {reference}", "Three trainees said so independently.", "made for Dean Person, HEE"):
        assert part in paper, part
    entries = await world.rows(JournalEntry, JournalEntry.person_id == world.ids["dean"])
    assert [one.act for one in entries if one.act == "pack asked"] == ["pack asked"]
    assert [one.facts["where"] for one in entries if one.subject_kind == "concern"] == ["pack.sent"]
    await withdraw(world, reference)
    assert reference not in paper_of(files_of(world, "dean")["docx"])


@SQLITE
async def test_a_restricted_concern_takes_no_pack_away(world: World):
    """What was never in a pack leaves it as it is, words and files."""
    await given_concern(world)
    hidden = await given_concern(world, audience=Audience.ORGANISATIONS, organisations=(world.ids["org:gmc"],))
    await ask(world, "dean")
    await world.move_to(nine("2026-12-02"))
    before = (told(world, "dean"), files_of(world, "dean"), len(await outbox(world)))
    await withdraw(world, hidden)
    assert (told(world, "dean"), files_of(world, "dean")) == before[:2]


async def test_what_every_part_says(world: World):
    before = await held_before(world)
    vale, northgate = world.ids["vale"], world.ids["northgate"]
    put = {"meeting_id": 1, "put_by_id": world.ids["chair"], "put_at": world.now}
    note = {"meeting_id": before.key, "made_by_id": world.ids["secretary"], "made_at": world.now}
    about = {"from_organisation_id": world.ids["org:ccg"], "to_group_id": world.ids["qsg"], "meeting_id": 1}
    days = {"starts_on": date(2026, 9, 1), "ends_on": date(2026, 11, 1), "drafted_at": world.now}
    parts = [
        {"key": "purpose", "provider": None, "text": "To share what we know."},
        {"key": "issues", "provider": vale, "text": "Pressure ulcers."},
        {"key": "summary", "provider": None, "text": " "},
    ]
    found = {"find_out_id": world.ids["lead"], "find_out_by": date(2026, 12, 4)}
    decided = {
        "group_id": world.ids["qsg"],
        "reason": "Complaints.",
        "decided_at": before.starts_at + timedelta(days=1),
    }
    await add(
        world,
        AgendaItem(submit_key="i1", position=1, title="Welcome", minutes=10, **put),
        AgendaItem(submit_key="i2", position=2, provider_id=vale, title="The visit", guest="Ms Vale", **put),
        AgendaItem(submit_key="i3", position=3, title="Any other business", minutes=5, **put),
        MeetingNote(submit_key="n1", number=1, state=NoteState.AGREED, agreed_at=world.now, parts=[
            {"provider": None, "heading": "Welcome", "text": "All came."},
            {"provider": northgate, "heading": "Northgate", "text": "Stays on enhanced."},
        ], **note),
        MeetingNote(submit_key="n2", number=2, state=NoteState.DRAFT, parts=[
            {"provider": None, "heading": "Draft", "text": "Not for you."},
        ], **note),
        Report(reference="R-1", submit_key="r1", kind=ReportKind.COMMISSIONER, state=ReportState.APPROVED,
               approved_by_id=world.ids["lead"], parts=parts, **about, **days),
        Report(reference="R-2", submit_key="r2", kind=ReportKind.LOCAL, parts=parts, **about, **days),
        SurveillanceLevel(provider_id=vale, level=Level.FURTHER_INFORMATION, meeting_id=before.key, **found, **decided),
    )  # fmt: skip
    await put_actions(world, 1, due_on=date(2026, 11, 20), issue="Late rota", provider_id=northgate)
    await put_actions(world, 1, state=ActionState.COMPLETED, resolution="Done so.", issue="Visit")
    await put_actions(world, 1, state=ActionState.CLOSED, issue="Closed long ago")
    await given_concern(world, verbal_only=True, details="", headline="A title not for paper")
    files = await made_for(world, None) or {}
    paper = paper_of(files["docx"])
    for part in (
        "OFFICIAL-SENSITIVE TLP:AMBER+STRICT",
        "Mon 30 Nov 2026, 10:00, 120 minutes",
        "Room 1",
        "Vale CCG: no answer yet from Lead Person",
        "10:10",
        "Vale Community Health: The visit. For this item: Ms Vale",
        "Of the meeting of 2 November 2026. Agreed on 23 November 2026.",
        "Stays on enhanced.",
        "1 action is open, 1 waits to be closed.",
        ", about Northgate University Hospital NHS Trust. Overdue",
        "Done, waiting to be closed",
        "Complaints. Finds out: Lead Person by 4 December 2026.",
        "Trainee survey and mortality. Review due 1 July 2027.",
        "New intelligence since 2 November 2026",
        "to be said at the meeting (CQC",
        "Report of Vale CCG",
        "KEY POINTS/ISSUES OF CONCERN",
        "Pressure ulcers.",
        "None identified.",
    ):
        assert part in paper, part
    for part in ("Not for you.", "Closed long ago", "A title not for paper", "R-2"):
        assert part not in paper, part
    assert paper.index("10:10") < paper.index("Any other business")
    book = book_of(files["xlsx"])
    assert [row[3] for row in book["Action log"]] == ["Late rota", "Visit"]
    assert [row[1:6] for row in book["Surveillance log"]] == [
        ["Northgate University Hospital NHS Trust", None, None, "EN", "EN"],
        ["Vale Community Health", None, None, "F", "F"],
    ]
    assert book["Surveillance log"][1][6:9] == [
        datetime(2026, 11, 2),  # noqa: DTZ001  # a day, of the meeting that decided it
        "Complaints.",
        "Lead Person by 4 December 2026",
    ]
    assert await made_for(world, None) == files  # the same content is the same bytes


@SQLITE
async def test_whoever_is_barred_has_no_sign_of_the_provider(world: World):
    """Two readers: for the one with a conflict the pack is what it would be if there were nothing about that provider,
    their own action included."""
    before = await held_before(world)
    await add(world, conflict(world.ids, "gmc3", "northgate"))
    levels = await world.rows(SurveillanceLevel)
    async with world.bot.store.begin() as unit:
        await unit.session.delete(await unit.session.merge(levels[0]))
    plain = await made_for(world, "gmc3")
    northgate = world.ids["northgate"]
    level = levels[0].model_dump(exclude={"id"})
    put = {"meeting_id": 1, "put_by_id": world.ids["chair"], "put_at": world.now}
    note = {"meeting_id": before.key, "made_by_id": world.ids["secretary"], "made_at": world.now}
    await add(
        world,
        SurveillanceLevel(**level),
        AgendaItem(submit_key="i2", position=2, provider_id=northgate, title="The visit", minutes=20, **put),
    )
    await given_concern(world)
    await put_actions(world, 1, provider_id=northgate, owner_id=world.ids["gmc3"], issue="canary")
    assert await made_for(world, "gmc3") == plain
    await add(
        world,
        MeetingNote(submit_key="n1", number=1, state=NoteState.AGREED, agreed_at=world.now, parts=[
            {"provider": northgate, "heading": "canary", "text": "canary"},
            {"provider": None, "heading": "Other", "text": "Shown."},
        ], **note),
    )  # fmt: skip
    barred, other = await paper_for(world, "gmc3"), await paper_for(world, "dean")
    assert ["canary" in one or "Northgate" in one for one in (barred, other)] == [False, True]
    assert "Shown." in barred
    (row,) = await world.rows(MeetingNote)
    row.state, row.agreed_at = NoteState.WITH_MEMBERS, None
    await world.change(row)
    assert "No note of the meeting of 2 November 2026 has been agreed yet." in await paper_for(world, "dean")


@SQLITE
async def test_an_empty_group_says_none_everywhere(world: World):
    async with world.bot.store.begin() as unit:
        (level,) = await world.rows(SurveillanceLevel)
        await unit.session.delete(await unit.session.merge(level))
    files = await made_for(world, "dean") or {}
    paper = paper_of(files["docx"])
    for part in (
        "None: nothing has been put on it yet.",
        "None: there is no earlier meeting on record.",
        "None is open or waits to be closed.",
        "None: no provider or system has a level on record.",
        "None identified.",
        "None is on this meeting’s agenda.",
    ):
        assert part in paper, part
    book = book_of(files["xlsx"])
    assert (book["Action log"][0][3], book["Surveillance log"][0][1]) == ("None", "None")


@SQLITE
async def test_hostile_and_huge_text_is_only_text(world: World):
    await given_concern(world, details="x" * 3000)
    await copy_concern(world, 99, headline="h" * 150)
    (provider,) = await world.rows(Provider, Provider.code == "RZZ01")
    provider.name = "=" + "N" * 199
    await world.change(provider)
    for number, text in enumerate([*HOSTILE, "=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "y" * 500]):
        await put_actions(world, 1, issue=text[:500].encode(errors="replace").decode() or f"{number}")
    files = await made_for(world, "inspector") or {}
    book = book_of(files["xlsx"])
    assert "=cmd|' /C calc'!A0" in [row[3] for row in book["Action log"]]
    assert book["Surveillance log"][0][1] == provider.name
    tables = tables_of(files["docx"])
    assert {len(table.columns) for table in tables} == {2, 3, 8}
    assert "C-MORE98" in paper_of(files["docx"])


@SQLITE
async def test_without_a_channel_the_secretariat_gets_it_and_is_told_why(world: World):
    (group,) = await world.rows(Group, Group.slug == "qsg")
    group.channel = None
    await world.change(group)
    await world.move_to(T5)
    assert [row.person_id for row in await outbox(world, "pack.sent")] == [world.ids["secretary"]]
    assert any("The group has no channel, so its pack could not" in text for text in told(world, "secretary"))
    assert {*files_of(world, "secretary")} == {"docx", "xlsx"}


@SQLITE
async def test_what_is_too_large_or_not_made_is_said(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.messages.meeting_pack.LARGEST", 20_000)
    monkeypatch.setattr("bot.reports.spreadsheet.PROGRAM", "bot.reports.nothing_of_that_name")
    await world.move_to(T5)
    (pack,) = packs(world)
    assert "Not here: pack-qsg-2026-11-30.docx and pack-qsg-2026-11-30.xlsx could not be made" in pack.text
    assert world.persona("dean").files(QSG) == []


@SQLITE
async def test_who_asks_for_what_is_not_there(world: World):
    matron = world.persona("matron")
    await matron.command("/meeting", "pack m1")
    hidden = answer_of(world, "matron")
    await matron.command("/meeting", "pack m999")
    assert answer_of(world, "matron") == hidden
    await ask(world, "dean", "m999")
    assert "/meeting pack works in the private channel of a group" in answer_of(world, "dean", QSG)
    await world.persona("dean").command("/meeting", "m1")
    await world.persona("dean").press(world.persona("dean").modal, "Send me the pack")
    assert "is on its way" in world.persona("dean").modal.text
    await set_meeting(world, starts_at=world.now - timedelta(hours=3))
    await ask(world, "dean", "m1")
    assert "m1 is over, so it cannot be sent as a pack now." in answer_of(world, "dean", QSG)
    await set_meeting(world, state=MeetingState.CANCELLED)
    await ask(world, "dean", "m1")
    assert "m1 is called off" in answer_of(world, "dean", QSG)
    await ask(world, "dean")
    assert "No meeting of Marram QSG is planned yet." in answer_of(world, "dean", QSG)
    assert await made_for(world, "dean") is None


@SQLITE
async def test_a_meeting_put_off_has_a_pack_for_its_new_day(world: World):
    await world.move_to(T5)
    await set_meeting(world, starts_at=nine("2026-12-14"))
    await world.move_to(T1)
    assert len(packs(world)) == 1
    await world.move_to(nine("2026-12-07"))
    assert ["14 Dec 2026" in pack.text for pack in packs(world)][-1]
    assert len(packs(world)) == 2
