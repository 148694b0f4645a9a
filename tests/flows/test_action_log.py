"""A group's action log as a whole: page by page, filtered, several at once, and as a spreadsheet."""

from datetime import date, datetime, time
from typing import Any

import pytest

from bot.domain.terms import ActionState
from bot.store.tables import Action, ActionChange, Group, JournalEntry, Membership, OutboxRow, Seat
from tests.flows.action_log_steps import filtered, lines_of, open_log, put_actions, sent_files, sheet_of
from tests.flows.action_steps import SQLITE, acts, add_site, nobody_answers, said, say_done
from tests.flows.panel_record_steps import given_panel, panel_row, restricted
from tests.flows.steps import Tap, given_action, last_dm, outbox, told
from tests.world import QSG, World, conflict

DUE = date(2026, 12, 7)
PASSED = "This date has passed."
PAST = date(2026, 11, 20)


async def test_the_log_a_page_at_a_time(world: World):
    late, early, *_ = await put_actions(world, 23)
    done = (await put_actions(world, 1, state=ActionState.COMPLETED, due_on=PAST))[0]
    closed = (await put_actions(world, 1, state=ActionState.CLOSED))[0]
    overdue = (await put_actions(world, 1, due_on=PAST))[0]
    chair = world.persona("chair")
    page = await open_log(world)
    assert "24 open (1 overdue), 1 waiting to be closed, 1 closed" in page.text
    assert [page.text.index(one) for one in (overdue, done, late, early)] == sorted(
        page.text.index(one) for one in (overdue, done, late, early)
    )
    assert "Page 1 of 3" in page.text
    assert closed not in page.text
    assert "Previous" not in page.buttons
    for number in (2, 3):
        await chair.press(chair.modal, "Next")
        assert f"Page {number} of 3" in chair.modal.text
    assert "Next" not in chair.modal.buttons
    await chair.press(chair.modal, "Previous")
    assert "Page 2 of 3" in chair.modal.text
    assert len(chair.modals) == 1
    shown = await world.rows(JournalEntry, JournalEntry.act == "shown", JournalEntry.subject_kind == "action")
    assert [(len(one.facts["ids"].split(",")), one.facts["where"]) for one in shown] == [
        (size, "action.group") for size in (10, 10, 5, 10)
    ]


@SQLITE
async def test_an_empty_log_says_so(world: World):
    page = await open_log(world, "dean")
    assert "There are none open that you may see" in page.text
    assert "0 open, 0 waiting to be closed, 0 closed" in page.text
    await put_actions(world, 1)
    assert "No action that you may see is like that" in (await filtered(world, "dean", words="rota nowhere")).text


async def seed_for_filters(world: World) -> None:
    site = await add_site(world)
    given: dict[str, dict[str, Any]] = {
        "plain": {},
        "overdue": {"due_on": PAST},
        "waiting": {"state": ActionState.COMPLETED, "due_on": PAST},
        "closed": {"state": ActionState.CLOSED, "priority": 3},
        "other owner": {"owner_id": world.ids["gmc3"], "owner_organisation_id": world.ids["org:gmc"]},
        "about the trust": {"provider_id": world.ids["northgate"]},
        "about its site": {"provider_id": site.key},
        "about another": {"provider_id": world.ids["vale"]},
        "high": {"priority": 1},
        "later": {"due_on": date(2027, 1, 1)},
        "worded": {"issue": "worded: 100% of the Beds_checked"},
    }
    for issue, values in given.items():
        await put_actions(world, 1, **({"issue": issue} | values))


USUAL = {"plain", "overdue", "waiting", "other owner", "about the trust", "about its site", "about another", "high"}
USUAL |= {"later", "worded"}
FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, USUAL),
    ({"status": "Open"}, USUAL - {"waiting"}),
    ({"status": "Overdue"}, {"overdue"}),
    ({"status": "Waiting to be closed"}, {"waiting"}),
    ({"status": "Closed"}, {"closed"}),
    ({"status": "All"}, USUAL | {"closed"}),
    ({"owner": "Gmc3 Person"}, {"other owner"}),
    ({"organisation": "GMC"}, {"other owner"}),
    ({"provider": "Northgate University"}, {"about the trust", "about its site"}),
    ({"priority": "High"}, {"high"}),
    ({"due_before": "2026-12-07"}, {"overdue", "waiting"}),
    ({"due_before": "2026-12-08"}, USUAL - {"later"}),
    ({"words": "100% CHECKED"}, {"worded"}),
    ({"words": "beds_"}, {"worded"}),
    ({"words": "1_0"}, set()),
    ({"status": "Closed", "priority": "High"}, set()),
]


async def test_filters(world: World):
    await seed_for_filters(world)
    for answers, wanted in FILTERS:
        page = await filtered(world, **answers)
        issues = [line.split(": ", 1)[1] for line in page.text.splitlines() if line.startswith("A-") and ": " in line]
        expected = {"worded: 100% of the Beds_checked" if one == "worded" else one for one in wanted}
        shown = {issue for issue in issues if issue in expected} if len(wanted) > 10 else set(issues)
        assert shown <= expected, answers
        assert len(expected) > 10 or shown == expected, answers


@SQLITE
async def test_a_filter_stays_from_page_to_page_and_in_its_form(world: World):
    await put_actions(world, 12, priority=1)
    await put_actions(world, 1)
    chair = world.persona("chair")
    page = await filtered(world, priority="High", owner="Dean Person", words="rota")
    assert "Only: owner Dean Person; priority 1; with the words “rota”; 12 actions." in page.text
    await chair.press(page, "Next")
    assert "Page 2 of 2" in chair.modal.text
    assert "12 actions." in chair.modal.text
    await chair.press(chair.modal, "Filter")
    outcome = await chair.submit(chair.modal, {"words": "nothing"})
    assert outcome.ok
    assert "owner Dean Person; priority 1; with the words “nothing”; 0 actions." in chair.modal.text


@SQLITE
@pytest.mark.parametrize("value", ["0", "-1", "999999", "9" * 400, "x", "２"])
async def test_a_forged_page_is_the_nearest_there_is(world: World, value: str):
    await put_actions(world, 11)
    chair = world.persona("chair")
    page = await open_log(world)
    Tap(world, lambda payload: payload.get("actions") and payload["actions"][0].update(value=value))
    assert (await chair.press(page, "Next")).ok
    assert f"Page {2 if value == '999999' else 1} of 2" in chair.modal.text


@SQLITE
async def test_a_forged_group_is_not_shown(world: World):
    await world.change(Group(slug="far", name="Far QSG", tier="local"))
    (far,) = await world.rows(Group, Group.slug == "far")
    await put_actions(world, 11)
    (secret,) = await put_actions(world, 1, group_id=far.key)
    dean = world.persona("dean")
    page = await open_log(world, "dean")
    Tap(world, lambda payload: payload["view"].update(private_metadata=f'{{"group": "{far.key}"}}'))
    for button in ("Next", "Filter", "As a spreadsheet"):
        await dean.press(page, button)
        assert "You are not a member of any group here" in dean.modal.text
        assert secret not in dean.modal.text
        if len(dean.modals) > 1:
            await dean.close(dean.modal)
        page = dean.modals[0]
    assert await outbox(world, "action_log.workbook") == []


@SQLITE
async def test_what_somebody_may_not_see_is_neither_listed_nor_counted(world: World):
    (about,) = await put_actions(world, 1, provider_id=world.ids["northgate"])
    (panel_only,) = await put_actions(world, 1)
    panel = await panel_row(world, await given_panel(world, await restricted(world), invitees=("gmc1",)))
    (row,) = await world.rows(Action, Action.reference == panel_only)
    row.panel_id = panel.key
    await world.change(row, conflict(world.ids, "gmc3", "northgate"))
    await world.change(Membership(group_id=world.ids["qsg"], organisation_id=world.ids["org:trust"]))
    for slug, seen in {"gmc1": [about, panel_only], "lead": [about], "gmc3": [], "matron": []}.items():
        page = await open_log(world, slug, "marram", None)
        assert [one for one in (about, panel_only) if one in page.text] == seen, slug
        assert f"{len(seen)} open" in page.text, slug
    assert "Northgate" not in (await open_log(world, "matron", "marram", None)).text


@SQLITE
async def test_who_is_of_no_group_or_another_s(world: World):
    await put_actions(world, 1)
    await world.change(Seat(group_id=world.ids["region"], person_id=world.ids["phso1"], role="chair"))
    assert "Regional QSG" in (await open_log(world, "phso1", channel=None)).text
    assert "/action group works in" in await said(world, "phso1", "/action", "group marram", channel=None)
    assert "/action export works in" in await said(world, "phso1", "/action", "export marram", channel=None)
    assert "not a member of any group" in await said(world, "matron", "/action", "export", channel=None)


# Several at once


async def tick(world: World, what: str, *references: str, slug: str = "chair") -> Any:
    """Tick these on the first page and send it; what came of it."""
    person = world.persona(slug)
    page = await open_log(world, slug)
    return await person.submit(page, {"chosen": [f"{one}: Ask for the rota" for one in references], "what": what})


async def test_several_are_closed_together_and_each_is_answered(world: World):
    done, twice = await put_actions(world, 2, state=ActionState.COMPLETED)
    (running,) = await put_actions(world, 1)
    chair = world.persona("chair")
    page = await open_log(world)
    (row,) = await world.rows(Action, Action.reference == twice)
    row.state = ActionState.CLOSED
    await world.change(row)
    tap = Tap(world)
    chosen = [f"{one}: Ask for the rota" for one in (done, twice, running)]
    assert (await chair.submit(page, {"chosen": chosen, "what": "Close them"})).ok
    for line in (f"{done} is closed.", f"{twice} was closed already.", f"{running} is not closed: its owner has not"):
        assert line in chair.modal.text
    assert await acts(world, "action") == ["action closed"]
    answer = await tap.again()
    assert str(answer).count("was closed already") == 2
    assert await acts(world, "action") == ["action closed"]
    await chair.press(chair.modal, "Back to the log")
    assert "1 open, 0 waiting to be closed, 2 closed" in chair.modal.text


async def test_several_are_moved_and_handed_over_with_one_reason(world: World):
    first, second = await put_actions(world, 2)
    chair = world.persona("chair")
    assert (await tick(world, "Change their date or owner", first, second)).ok
    form = chair.modal
    assert form.title == "Change several"
    for answers, wrong in (
        ({"reason": "Leave."}, {"due_on": "Choose a date, an owner, or both."}),
        (
            {"due_on": "2026-11-01", "reason": "Leave."},
            {"due_on": "This date has passed. Choose today or a later day."},
        ),
    ):
        assert (await chair.submit(form, answers)).errors == wrong
    assert await world.rows(ActionChange) == []
    assert (await chair.submit(form, {"due_on": "2026-12-20", "owner": "Gmc3 Person", "reason": "Leave."})).ok
    assert f"{first} is changed." in chair.modal.text
    assert f"{second} is changed." in chair.modal.text
    rows = await world.rows(Action)
    assert {(row.due_on, row.owner_id) for row in rows} == {(date(2026, 12, 20), world.ids["gmc3"])}
    changes = await world.rows(ActionChange)
    assert [(one.field, one.reason) for one in changes] == [("due date", "Leave."), ("owner", "Leave.")] * 2
    await world.settle()
    assert sum("You have a new action" in text for text in told(world, "gmc3")) == 2


@SQLITE
async def test_a_change_of_several_leaves_what_has_changed_since(world: World):
    quick, slow, done, same = await put_actions(world, 4)
    chair = world.persona("chair")
    assert (await tick(world, "Change their date or owner", quick, slow, done, same)).ok
    await say_done(world, "dean", done)
    for reference, due in ((quick, date(2026, 12, 9)), (same, date(2026, 12, 20))):
        (row,) = await world.rows(Action, Action.reference == reference)
        row.due_on = due
        await world.change(row)
    tap = Tap(world)
    assert (await chair.submit(chair.modal, {"due_on": "2026-12-20", "reason": "Leave."})).ok
    for line in (
        f"{quick} is not changed: somebody else has just changed it",
        f"{slow} is changed.",
        f"{done} is not changed: it is done or closed.",
        f"{same} was so already.",
    ):
        assert line in chair.modal.text
    assert await tap.again()
    assert len(await world.rows(ActionChange, ActionChange.field == "due date")) == 1


@SQLITE
async def test_only_who_runs_the_group_may(world: World):
    (reference,) = await put_actions(world, 1, state=ActionState.COMPLETED)
    page = await open_log(world, "dean")
    assert "Several at once" not in page.text
    chair, tap = world.persona("chair"), Tap(world)
    form, chosen = await open_log(world), {"chosen": [f"{reference}: Ask for the rota"]}
    assert (await chair.submit(form, {})).errors == {"chosen": "Tick at least one."}
    assert (await chair.submit(form, chosen)).errors == {"what": "Choose what to do with them."}
    forged = tap.last
    forged["user"]["id"] = "U_DEAN"
    answer = await tap.again(forged)
    assert "Only the chair or the secretariat" in str(answer)
    (row,) = await world.rows(Action)
    assert row.state == ActionState.COMPLETED


@SQLITE
async def test_a_forged_tick_is_out_of_reach_and_journalled(world: World):
    await world.change(Group(slug="far", name="Far QSG", tier="local"))
    (far,) = await world.rows(Group, Group.slug == "far")
    (mine,) = await put_actions(world, 1, state=ActionState.COMPLETED)
    (theirs,) = await put_actions(world, 1, state=ActionState.COMPLETED, group_id=far.key)
    chair = world.persona("chair")
    page = await open_log(world)

    def forge(payload: dict[str, Any]) -> None:
        for option in payload["view"]["state"]["values"]["chosen"]["chosen"]["selected_options"]:
            option["value"] = option["value"].replace(mine, theirs)
        memo = payload["view"]["private_metadata"]
        payload["view"]["private_metadata"] = memo.replace(mine, theirs) if memo_too else memo

    Tap(world, forge)
    chosen, memo_too = {"chosen": [f"{mine}: Ask for the rota"], "what": "Close them"}, False
    assert (await chair.submit(page, chosen)).errors == {"chosen": "Tick at least one."}  # it is not on this page
    memo_too = True
    assert (await chair.submit(page, chosen)).ok
    assert f"{theirs} is not one that you can change" in chair.modal.text
    assert {row.state for row in await world.rows(Action)} == {ActionState.COMPLETED}
    assert len(await world.rows(JournalEntry, JournalEntry.act == "refused")) == 1


# The spreadsheet


async def test_the_log_is_sent_as_a_spreadsheet_in_the_shape_of_the_annex(world: World):
    first = await given_action(world, DUE, issue="=HYPERLINK(1)", provider_id=world.ids["northgate"], priority=1)
    await say_done(world, "dean", first, "Line one\nLine two")
    closed = (await put_actions(world, 1, state=ActionState.CLOSED, priority=3))[0]
    await world.change(
        ActionChange(
            action_id=(await world.rows(Action, Action.reference == closed))[0].key,
            at=datetime(2026, 11, 3, 9, tzinfo=world.now.tzinfo),
            by_id=world.ids["chair"],
            field="owner",
            before="Lead Person",
            after="Dean Person",
            reason="Leave.",
        )
    )
    chair = world.persona("chair")
    await chair.press(await open_log(world), "As a spreadsheet")
    assert "is on its way to your direct messages" in chair.modal.text
    sheet = await sheet_of(world)
    assert len(sent_files(world, "chair")) == 1  # once a minute at most
    top = [row[0].value for row in sheet.iter_rows(max_row=3)]
    assert top[0] == "Action log: Marram QSG"
    assert "OFFICIAL-SENSITIVE. As of 23 November 2026, as Chair Person (NHS England) may see it." in top[1]
    lines = lines_of(sheet)
    assert lines[0] == [
        datetime.combine(date(2026, 11, 23), time()), "O", 1, "=HYPERLINK(1)", "Dean Person, HEE", "Line one\nLine two",
        datetime.combine(DUE, time()),
        f"{first}, about Northgate University Hospital NHS Trust; done, waiting to be closed.",
    ]  # fmt: skip
    assert lines[1][1:3] == ["C", 3]
    assert lines[1][7] == (
        f"{closed}.\n3 November 2026: owner changed from Lead Person to Dean Person by Chair Person: Leave."
    )
    assert any("2 actions, closed ones too" in text for text in told(world, "chair"))
    (row,) = await outbox(world, "action_log.workbook")
    assert "HYPERLINK" not in str(row)
    assert (await acts(world, "group")) == ["action log asked"]
    (entry,) = await world.rows(JournalEntry, JournalEntry.act == "told", JournalEntry.person_id == world.ids["chair"],
                                JournalEntry.subject_kind == "action", JournalEntry.subject_id.is_(None))  # fmt: skip
    assert len(entry.facts["ids"].split(",")) == 2


@SQLITE
async def test_a_spreadsheet_holds_what_that_person_may_see_when_it_is_sent(world: World):
    (about,) = await put_actions(world, 1, provider_id=world.ids["northgate"])
    (plain,) = await put_actions(world, 1)
    await world.change(conflict(world.ids, "gmc3", "northgate"))
    comments = [line[7] for line in lines_of(await sheet_of(world, "gmc3"))]
    assert comments == [f"{plain}."]
    assert [line[7][:8] for line in lines_of(await sheet_of(world, "dean"))] == [about, plain]
    dean = world.persona("dean")
    with nobody_answers(world):
        await world.move(minutes=2)
        await dean.command("/action", "export", channel=QSG)
        await world.settle()
    (membership,) = await world.rows(Membership, Membership.organisation_id == world.ids["org:hee"])
    membership.ends_on = date(2026, 11, 22)
    await world.change(membership)
    await world.move(minutes=30)
    assert len(sent_files(world, "dean")) == 1
    states = [row.state for row in await outbox(world, "action_log.workbook") if row.person_id == world.ids["dean"]]
    assert states == ["sent", "withheld"]


@SQLITE
async def test_an_empty_log_is_said_and_not_sent(world: World):
    assert "on its way" in await said(world, "dean", "/action", "export")
    await world.settle()
    assert "There is nothing in it that you may see" in last_dm(world, "dean").text
    assert sent_files(world, "dean") == []


@SQLITE
async def test_a_spreadsheet_that_cannot_be_made_is_said(world: World, monkeypatch: pytest.MonkeyPatch):
    await put_actions(world, 1)
    monkeypatch.setattr("bot.reports.spreadsheet.PROGRAM", "bot.reports.nothing_of_that_name")
    await said(world, "dean", "/action", "export")
    await world.settle()
    assert "could not be made just now" in last_dm(world, "dean").text
    assert await world.rows(JournalEntry, JournalEntry.act == "told") == []
    assert sent_files(world, "dean") == []


@SQLITE
async def test_asking_again_after_a_minute_sends_it_again(world: World):
    await put_actions(world, 1)
    for _ in range(2):
        await sheet_of(world)
    await world.move(minutes=1)
    await sheet_of(world)
    assert len(sent_files(world, "chair")) == 2
    assert len(await world.rows(OutboxRow, OutboxRow.kind == "action_log.workbook")) == 2


@SQLITE
async def test_an_owner_with_a_conflict_is_sent_nothing_that_others_wrote(world: World):
    """Their own action stays in their spreadsheet, as on its page: without comments, reasons or its source."""
    reference = await given_action(world, DUE, provider_id=world.ids["northgate"])
    (row,) = await world.rows(Action, Action.reference == reference)
    row.source = "https://chat.example/archives/C1/p1"
    kept = ActionChange(action_id=row.key, at=world.now, by_id=world.ids["chair"], field="comment", reason="Secret.")
    await world.change(row, kept)
    for barred in (False, True):
        if barred:
            await world.change(conflict(world.ids, "dean", "northgate"))
            await world.move(minutes=2)
        (line,) = lines_of(await sheet_of(world, "dean"))
        assert reference in line[7]
        assert ["Secret." in line[7], "chat.example" in line[7]] == [not barred] * 2
