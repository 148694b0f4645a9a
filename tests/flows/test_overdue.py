"""Who else reads of an action that stays overdue, when, and of what; and the chair's list of who is overdue."""

from datetime import date, time, timedelta

import pytest

from bot.domain.terms import Role
from bot.schedules.reminders import copies
from tests.flows.action_steps import SQLITE, acts, add, nine, nobody_answers, open_change, said, say_done
from tests.flows.reminder_steps import copied, preference, put_off, remind_at, seat, unseat
from tests.flows.steps import given_action, outbox
from tests.world import MONDAY, World, absence, conflict

DUE = date(2026, 11, 24)
FIVE, TEN = nine("2026-12-01"), nine("2026-12-08")


async def copy_at(world: World, moment) -> None:
    """Move to that moment and let nothing but the copies be looked at."""
    world.pg.clock.set(moment)
    await copies(world.bot.work)
    await world.settle()


async def test_the_representative_at_five_and_the_chair_at_ten(world: World):
    """`gmc3` represents the GMC; the action is another's of the GMC."""
    reference = await given_action(world, DUE, owner="gmc1", issue="Ask for the rota")
    for moment, gmc, chair in [
        (nine("2026-11-30"), 0, 0),
        (FIVE - timedelta(hours=1), 0, 0),
        (FIVE, 1, 0),
        (nine("2026-12-02"), 1, 0),
        (TEN, 1, 1),
        (nine("2026-12-09"), 1, 1),
        (nine("2027-01-05"), 1, 1),
    ]:
        await world.move_to(moment)
        assert (len(copied(world, "gmc3")), len(copied(world, "chair"))) == (gmc, chair), moment
    (text,) = copied(world, "gmc3")
    assert "These actions of your organisation are overdue" in text
    assert reference in text
    assert "Gmc1 Person, GMC · due 24 November 2026, 5 working days late" in text
    (text,) = copied(world, "chair")
    assert "10 working days late" in text
    assert "/action overdue" in text
    assert [copied(world, slug) for slug in ("secretary", "dean", "lead", "gmc2")] == [[], [], [], []]
    told = [act for act in await acts(world, "action") if "copied" in act]
    assert told == ["overdue action copied", "overdue action copied to the chair"]


@SQLITE
async def test_one_message_holds_all_of_a_day(world: World):
    references = [await given_action(world, DUE, owner=owner) for owner in ("gmc1", "gmc2", "gmc1")]
    await copy_at(world, FIVE)
    (text,) = copied(world, "gmc3")
    assert all(reference in text for reference in references)
    more = await given_action(world, FIVE.date(), owner="gmc1")
    await copy_at(world, nine("2026-12-08"))
    assert len(copied(world, "gmc3")) == 2
    assert more in copied(world, "gmc3")[1]
    assert not any(reference in copied(world, "gmc3")[1] for reference in references)


@SQLITE
async def test_over_christmas_days_off_do_not_count(world: World):
    await given_action(world, date(2026, 12, 22), owner="gmc1")
    fell, day = [], nine("2026-12-22")
    while day < nine("2027-01-12"):
        had = len(copied(world, "gmc3")), len(copied(world, "chair"))
        await copy_at(world, day)
        now = len(copied(world, "gmc3")), len(copied(world, "chair"))
        fell += [(day.date().isoformat()[5:], name) for name, a, b in zip("rc", had, now, strict=True) if b > a]
        day += timedelta(days=1)
    assert fell == [("12-31", "r"), ("01-08", "c")]


async def test_an_outage_of_two_weeks_loses_and_repeats_none(world: World):
    reference = await given_action(world, DUE, owner="gmc1")
    replica = world.twin()
    world.pg.clock.set(nine("2026-12-15"))
    await world.tick(world.bot, replica)
    await world.tick(replica)
    await world.move(hours=2)
    await world.move_to(nine("2026-12-16"))
    for slug in ("gmc3", "chair"):
        (text,) = copied(world, slug)
        assert reference in text
        assert "15 working days late" in text
    await replica.store.close()


@SQLITE
async def test_slack_being_away_loses_none(world: World):
    await given_action(world, DUE, owner="gmc1")
    with nobody_answers(world):
        await copy_at(world, FIVE)
    assert copied(world, "gmc3") == []
    await copy_at(world, FIVE + timedelta(minutes=30))
    assert len(copied(world, "gmc3")) == 1


@SQLITE
async def test_a_date_that_was_moved_counts_anew(world: World):
    reference = await given_action(world, DUE, owner="gmc1")
    await copy_at(world, FIVE)
    form = await open_change(world, "chair", reference)
    assert (await world.persona("chair").submit(form, {"due_on": "2026-12-02", "reason": "Agreed."})).ok
    await copy_at(world, nine("2026-12-08"))
    assert (len(copied(world, "gmc3")), len(copied(world, "chair"))) == (1, 0)
    await copy_at(world, nine("2026-12-09"))
    assert len(copied(world, "gmc3")) == 2
    await copy_at(world, nine("2026-12-16"))
    assert (len(copied(world, "gmc3")), len(copied(world, "chair"))) == (2, 1)


@SQLITE
@pytest.mark.parametrize("change", ["done", "moved"])
async def test_what_has_become_so_since_is_not_told(world: World, change: str):
    reference = await given_action(world, DUE, owner="gmc1")
    await copy_at(world, FIVE - timedelta(hours=3))
    assert [row.state for row in await outbox(world, "action.overdue")] == ["queued"]
    if change == "done":
        await say_done(world, "gmc1", reference)
    else:
        form = await open_change(world, "chair", reference)
        assert (await world.persona("chair").submit(form, {"due_on": "2026-12-20", "reason": "Agreed."})).ok
    await copy_at(world, FIVE)
    assert copied(world, "gmc3") == []
    assert [row.state for row in await outbox(world, "action.overdue")] == ["withheld"]


@SQLITE
async def test_it_comes_at_the_readers_own_time(world: World):
    await given_action(world, DUE, owner="gmc1")
    await preference(world, "gmc3", remind_at=time(14), works_on="3")
    for moment, had in [(FIVE, 0), (nine("2026-12-02"), 0), (nine("2026-12-02") + timedelta(hours=5), 1)]:
        await copy_at(world, moment)
        assert len(copied(world, "gmc3")) == had


WHO = {
    "the owner is the representative": ("gmc3", [], ["secretary"], ["chair"]),
    "nobody represents them": ("dean", [], ["secretary"], ["chair"]),
    "a deputy stands in": (
        "dean",
        [("inspector", Role.REPRESENTATIVE), ("dean", Role.DEPUTY)],
        ["secretary"],
        ["chair"],
    ),
    "the owner is the chair": ("chair", [("secretary", Role.REPRESENTATIVE)], ["secretary"], ["secretary"]),
    "the owner is the only secretary": ("secretary", [], [], ["chair"]),
}


@SQLITE
@pytest.mark.parametrize(("owner", "seats", "at_five", "at_ten"), WHO.values(), ids=WHO)
async def test_who_reads_of_it(
    world: World, owner: str, seats: list[tuple[str, Role]], at_five: list[str], at_ten: list[str]
):
    for slug, role in seats:
        await seat(world, slug, role)
    await given_action(world, DUE, owner=owner)
    people = ("gmc3", "inspector", "dean", "secretary", "chair", "lead")
    await copy_at(world, FIVE)
    assert [slug for slug in people if copied(world, slug)] == at_five
    before = {slug: len(copied(world, slug)) for slug in people}
    await copy_at(world, TEN)
    assert [slug for slug in people if len(copied(world, slug)) > before[slug]] == at_ten


@SQLITE
async def test_an_absent_representative_is_passed_over(world: World):
    await seat(world, "gmc2", Role.DEPUTY)
    await add(world, absence(world.ids, "gmc3", MONDAY, nine("2027-01-05")))
    await given_action(world, DUE, owner="gmc1")
    await copy_at(world, FIVE)
    assert (len(copied(world, "gmc3")), len(copied(world, "gmc2"))) == (0, 1)


@SQLITE
async def test_nobody_reads_of_what_they_may_not_see(world: World):
    """A representative with a declared conflict: the secretariat reads of it instead, and of the rest they do."""
    await world.change(conflict(world.ids, "gmc3", "northgate"))
    await world.change(conflict(world.ids, "chair", "northgate"))
    kept = await given_action(world, DUE, owner="gmc1", slug="secretary", provider_id=world.ids["northgate"])
    free = await given_action(world, DUE, owner="gmc1", slug="secretary", provider_id=world.ids["vale"])
    await copy_at(world, FIVE)
    await copy_at(world, TEN)
    (text,) = copied(world, "gmc3")
    assert (kept in text, free in text) == (False, True)
    (text,) = copied(world, "chair")
    assert (kept in text, free in text) == (False, True)
    assert [kept in text for text in copied(world, "secretary")] == [True, True]
    listed = await said(world, "chair", "/action", "overdue")
    assert (kept in listed, free in listed) == (False, True)


@SQLITE
async def test_a_conflict_declared_in_between_counts(world: World):
    reference = await given_action(world, DUE, owner="gmc1", provider_id=world.ids["northgate"])
    await copy_at(world, FIVE - timedelta(hours=3))
    await world.change(conflict(world.ids, "gmc3", "northgate"))
    await copy_at(world, FIVE)
    assert copied(world, "gmc3") == []
    assert reference in await said(world, "chair", "/action", "overdue")


@SQLITE
async def test_a_group_without_anybody_waits_for_somebody(world: World):
    await unseat(world, Role.REPRESENTATIVE)
    await unseat(world, Role.SECRETARIAT)
    await given_action(world, DUE, owner="gmc1")
    await copy_at(world, FIVE)
    assert await outbox(world, "action.overdue") == []
    await seat(world, "gmc2", Role.REPRESENTATIVE)
    await copy_at(world, nine("2026-12-02"))
    assert len(copied(world, "gmc2")) == 1


@SQLITE
async def test_putting_it_off_stops_no_copy(world: World):
    reference = await given_action(world, DUE, owner="gmc1")
    await copy_at(world, nine("2026-11-25"))
    await remind_at(world, nine("2026-11-25"))
    assert (await put_off(world, reference, slug="gmc1")).ok
    await world.move_to(FIVE)
    assert len(copied(world, "gmc3")) == 1


async def test_the_chair_sees_who_is_overdue(world: World):
    late = await given_action(world, DUE, owner="gmc1", issue="Ask for the rota", priority=1)
    later = await given_action(world, date(2026, 11, 30), owner="gmc1")
    hee = await given_action(world, date(2026, 11, 27), owner="dean", provider_id=world.ids["northgate"])
    coming = await given_action(world, date(2026, 12, 20), owner="dean")
    world.pg.clock.set(FIVE)
    for slug in ("chair", "secretary"):
        text = await said(world, slug, "/action", "overdue")
        assert text.index("GMC") < text.index(late) < text.index(later) < text.index("HEE") < text.index(hee)
        assert "due 24 November 2026, 5 working days late · high priority" in text
        assert "Northgate University Hospital NHS Trust · due 27 November 2026, 2 working days late" in text
        assert coming not in text
    refused = await said(world, "dean", "/action", "overdue")
    assert "Only the chair or the secretariat of the group can do that" in refused
    chair = world.persona("chair")
    await chair.open_home()
    assert "3 actions are overdue in Marram QSG" in chair.home.text
    dean = world.persona("dean")
    await dean.open_home()
    assert "are overdue in" not in dean.home.text
    for reference in (late, later, hee):
        await say_done(world, "chair", reference)
    assert "Nothing that you may see is overdue" in await said(world, "chair", "/action", "overdue")
