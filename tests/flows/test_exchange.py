"""A question back, its reply, and what else originator and one addressee write: between the two unless shared."""

import asyncio
from datetime import date
from typing import Any

import pytest

from bot.domain.escalation import AddresseeState, EscalationState
from bot.domain.terms import Role, Wanted
from bot.services.escalating import EscalationDraft, start_escalation
from bot.store.tables import Addressee, Escalation, Exchange, Group, JournalEntry, Person, Seat
from tests.flows.action_steps import SQLITE, acts, add
from tests.flows.exchange_steps import (
    QUESTION,
    REPLY,
    asked_for_more,
    open_thread,
    reply,
    said,
    share,
    write,
)
from tests.flows.steps import (
    Tap,
    acknowledge,
    answer,
    answer_of,
    at_once,
    given_concern,
    given_escalation,
    last_dm,
    open_escalation,
    outbox,
    told,
    viewer,
)
from tests.world import World, conflict

TO_ASKER, TO_ORIGINATOR, TO_ALL = "exchange.replied", "exchange.remarked", "exchange.shared"


async def line_of(world: World, slug: str = "gmc") -> Addressee:
    (line,) = await world.rows(Addressee, Addressee.organisation_id == world.ids[f"org:{slug}"])
    return line


async def told_of(world: World, kind: str) -> list[str]:
    """Who has been told something of that kind, by name."""
    people = {row.id: row.slug for row in await world.rows(Person)}
    return sorted(people[row.person_id] for row in await outbox(world, kind) if row.state == "sent")


async def test_a_reply_gives_the_asker_their_full_time_again(world: World):
    reference = await asked_for_more(world)
    await world.move(hours=30)
    assert (await line_of(world)).state is AddresseeState.ASKS
    assert (await reply(world, reference)).ok
    line = await line_of(world)
    assert (line.state, line.nudges) == (AddresseeState.ACKNOWLEDGED, 0)
    rules = world.bot.work.rules
    (escalation,) = await world.rows(Escalation)
    pace = rules.policy.pace(escalation.kind, escalation.urgency)
    assert line.next_step_at == rules.calendar.after(world.now, pace.respond)
    gmc = world.persona("gmc1")
    await gmc.press(last_dm(world, "gmc1"), "Read it")
    assert "Please answer by" in gmc.modal.text
    assert REPLY in gmc.modal.text
    assert (await answer(world, "gmc1", reference)).ok
    assert [row.text for row in await said(world)] == [QUESTION, REPLY]


@SQLITE
async def test_the_reply_ends_the_waiting_and_silence_after_it_is_chased(world: World):
    reference = await asked_for_more(world)
    await world.move(days=2)
    assert any("is still waiting for your reply" in text for text in told(world, "inspector"))
    await reply(world, reference)
    waited = len(await outbox(world, "escalation.unreplied"))
    await world.move(days=14)
    await world.move(days=1)
    assert len(await outbox(world, "escalation.unreplied")) == waited
    assert "has no answer from GMC yet" in told(world, "gmc1")[-1]


@SQLITE
async def test_word_of_a_message_has_nothing_of_it(world: World):
    reference = await asked_for_more(world)
    await reply(world, reference)
    await write(world, "gmc1", reference, "Write to whoever asked", "Thank you.")
    assert (await share(world, "inspector", reference)).ok
    kinds = {"escalation.asked", TO_ASKER, TO_ORIGINATOR, TO_ALL}
    assert kinds <= {row.kind for row in await outbox(world) if row.state == "sent"}
    heard = [text for slug in ("inspector", "gmc1", "gmc2", "dean", "chair") for text in told(world, slug)]
    assert [text for text in heard if any(words in text for words in (QUESTION, REPLY, "Thank you."))] == []
    assert all(reference in text for text in heard if "written" in text or "shared with all" in text)


@SQLITE
async def test_a_thread_is_between_the_two(world: World):
    reference = await asked_for_more(world, ("gmc", "hee"))
    await reply(world, reference)
    line = await line_of(world)
    within, outside = ("inspector", "colleague", "gmc1", "gmc3"), ("dean", "chair", "secretary", "lead")
    for who in (*within, *outside):
        page = await open_escalation(world, who, reference)
        assert reference in page.title
        assert [words in page.text for words in (QUESTION, REPLY)] == [who in within] * 2, who
        opened = await pressed(world, who, "exchange.open", f"{reference}.{line.key}")
        assert ("Messages about" in opened.title) is (who in within), who


@SQLITE
async def test_each_sees_its_own_thread_and_the_originator_all(world: World):
    reference = await asked_for_more(world, ("gmc", "hee"))
    await answer(world, "dean", reference, "more", "Which specialty?")
    page = await open_escalation(world, "inspector", reference)
    assert QUESTION in page.text
    assert "Which specialty?" in page.text
    assert {"Reply to GMC", "Reply to HEE"} <= set(page.buttons)
    await write(world, "inspector", reference, "Reply to HEE", "Anaesthetics.")
    assert "Anaesthetics." not in (await open_escalation(world, "gmc1", reference)).text
    assert "Anaesthetics." in (await open_escalation(world, "dean", reference)).text
    assert (await line_of(world)).state is AddresseeState.ASKS


@SQLITE
async def test_names_stay_at_home(world: World):
    reference = await asked_for_more(world)
    await reply(world, reference)
    await world.persona("inspector").close(world.persona("inspector").modal, everything=True)
    ours, theirs = await open_thread(world, "colleague", reference), await open_thread(world, "gmc2", reference)
    assert "CQC, Inspector Person" in ours.text
    assert "Gmc1 Person" not in ours.text
    assert "GMC, Gmc1 Person" in theirs.text
    assert "Inspector Person" not in theirs.text


@SQLITE
async def test_who_is_not_to_be_named_is_not_named_by_writing(world: World):
    reference = await asked_for_more(world, attributed=False)
    await reply(world, reference)
    assert (await share(world, "inspector", reference)).ok
    heard = "".join(told(world, "gmc1"))
    assert f"Whoever asked has written to GMC about {reference}" in heard
    page = await open_escalation(world, "gmc1", reference)
    thread = await open_thread(world, "gmc2", reference)
    assert [text.count("CQC") for text in (heard, page.text, thread.text)] == [0, 0, 0]
    assert "CQC, Inspector Person" in (await open_escalation(world, "inspector", reference)).text


async def test_the_same_reply_sent_twice_at_once_is_one(world: World):
    reference = await asked_for_more(world)
    inspector = world.persona("inspector")
    await inspector.press(await open_escalation(world, "inspector", reference), "Reply to GMC")
    tap = Tap(world)
    tap.copies = 2
    assert (await inspector.submit(inspector.modal, {"text": REPLY})).ok
    assert all("view" in reply for reply in tap.answers if reply)
    await tap.again()
    await world.settle()
    assert [row.text for row in await said(world)] == [QUESTION, REPLY]
    assert await told_of(world, TO_ASKER) == ["gmc1"]


async def test_two_colleagues_may_both_reply(world: World):
    reference = await asked_for_more(world)
    people = [world.persona(slug) for slug in ("inspector", "colleague")]
    for person, slug in zip(people, ("inspector", "colleague"), strict=True):
        await person.press(await open_escalation(world, slug, reference), "Reply to GMC")
    sent = await asyncio.gather(*(person.submit(person.modal, {"text": f"From {person.id}"}) for person in people))
    assert all(one.ok for one in sent)
    assert {row.text for row in await said(world)} == {QUESTION, "From U_INSPECTOR", "From U_COLLEAGUE"}
    assert (await line_of(world)).state is AddresseeState.ACKNOWLEDGED
    assert (await acts(world, "addressee")).count("escalation replied") == 1


@SQLITE
@pytest.mark.parametrize("state", ["notified", "acknowledged", "responded"])
async def test_a_remark_moves_nothing(world: World, state: str):
    reference = await given_escalation(world, ["gmc", "hee"])
    if state != "notified":
        await acknowledge(world, "gmc2", reference)
    if state == "responded":
        await answer(world, "gmc2", reference)
    before = await line_of(world)
    assert (await write(world, "gmc1", reference, "Write to whoever asked", "We look into it.")).ok
    assert (await write(world, "inspector", reference, "Write to GMC", "Thank you.")).ok
    after = await line_of(world)
    assert (after.state, after.next_step_at, after.version) == (before.state, before.next_step_at, before.version)
    assert after.state == state
    assert await told_of(world, TO_ORIGINATOR) == ["inspector"]
    assert await told_of(world, TO_ASKER) == (["gmc1"] if state == "notified" else ["gmc1", "gmc2"])


@SQLITE
async def test_the_originator_may_write_first(world: World):
    reference = await given_escalation(world, ["gmc", "hee"])
    inspector = world.persona("inspector")
    await inspector.press(await open_escalation(world, "inspector", reference), "Write to one of those asked")
    assert (await inspector.submit(inspector.modal, {"line": "HEE", "text": "It is urgent for us."})).ok
    await world.settle()
    assert await told_of(world, TO_ASKER) == ["dean"]
    assert "It is urgent for us." in (await open_escalation(world, "dean", reference)).text
    assert "It is urgent for us." not in (await open_escalation(world, "gmc1", reference)).text


@SQLITE
async def test_a_further_question_waits_for_a_further_reply(world: World):
    reference = await asked_for_more(world)
    await reply(world, reference)
    assert (await answer(world, "gmc1", reference, "more", "And which consultant?")).ok
    assert (await line_of(world)).state is AddresseeState.ASKS
    await reply(world, reference, "See the annexe.")
    assert (await line_of(world)).state is AddresseeState.ACKNOWLEDGED
    thread = (await open_thread(world, "gmc1", reference)).text
    order = [thread.index(words) for words in ("See the annexe.", "And which consultant?", REPLY, QUESTION)]
    assert order == sorted(order)


@SQLITE
async def test_nothing_is_written_with_nothing_in_it(world: World):
    reference = await asked_for_more(world)
    tap = Tap(world)
    tap.alter = lambda payload: payload["view"]["state"]["values"]["text"]["text"].update(value="  \n")
    inspector = world.persona("inspector")
    world.pg.transport = tap.carry
    await inspector.press(await open_escalation(world, "inspector", reference), "Reply to GMC")
    world.pg.transport = tap
    sent = await inspector.submit(inspector.modal, {"text": "x"})
    assert sent.errors == {"text": "Write something."}
    assert len(await said(world)) == 1


@SQLITE
async def test_a_long_thread_has_a_page_of_its_own(world: World):
    reference = await asked_for_more(world)
    line = await line_of(world)
    more = {"addressee_id": line.key, "person_id": world.ids["gmc1"], "ours": False, "at": world.now}
    await add(
        world, *(Exchange(submit_key=f"more-{n}", text=f"Matter {n:02}. " + "x" * 500, **more) for n in range(30))
    )
    page = (await open_escalation(world, "inspector", reference)).text
    assert [f"Matter {n:02}" in page for n in (26, 27, 28, 29)] == [False, True, True, True]
    thread = (await open_thread(world, "inspector", reference)).text
    assert [n for n in range(30) if f"Matter {n:02}" not in thread] == []


async def test_what_is_shared_is_read_by_all_who_were_asked_and_told_once(world: World):
    reference = await asked_for_more(world, ("gmc", "hee"))
    await reply(world, reference)
    tap = Tap(world)
    tap.copies = 2
    assert (await share(world, "inspector", reference)).ok
    await tap.again()
    await world.settle()
    assert await told_of(world, TO_ALL) == ["dean", "gmc1"]
    dean = world.persona("dean")
    await dean.press(last_dm(world, "dean"), "Read it")
    assert REPLY in dean.modal.text
    assert QUESTION not in dean.modal.text
    assert REPLY not in (await open_escalation(world, "chair", reference)).text  # who was asked nothing
    row = (await said(world))[-1]
    assert (row.shared_at, row.shared_by_id) == (world.now, world.ids["inspector"])
    assert (await acts(world, "exchange")).count("exchange shared") == 1


@SQLITE
async def test_sharing_twice_says_so(world: World):
    reference = await asked_for_more(world)
    await reply(world, reference)
    thread = await open_thread(world, "colleague", reference)
    assert (await share(world, "inspector", reference)).ok
    colleague = world.persona("colleague")
    await colleague.press(thread, "Share with all who were asked")
    assert "That had been shared already" in colleague.modal.text
    assert "Share with all who were asked" not in colleague.modal.buttons


@SQLITE
async def test_one_shares_ones_own_words_only(world: World):
    reference = await asked_for_more(world, ("gmc", "hee"))
    await reply(world, reference)
    question, answered = await said(world)
    for slug, key, why in [
        ("inspector", question.key, "Only those who wrote it can do that"),
        ("gmc1", answered.key, "Only those who wrote it can do that"),
        ("dean", answered.key, "There is nothing under"),
        ("chair", question.key, "There is nothing under"),
    ]:
        assert why in (await pressed(world, slug, "exchange.share", str(key))).text, slug
    assert [row.shared_at for row in await said(world)] == [None, None]


@SQLITE
async def test_who_asked_may_share_its_question(world: World):
    reference = await asked_for_more(world, ("gmc", "hee"))
    await reply(world, reference)
    assert (await share(world, "gmc1", reference)).ok
    assert await told_of(world, TO_ALL) == ["dean", "inspector"]
    page = (await open_escalation(world, "dean", reference)).text
    assert QUESTION in page
    assert REPLY not in page
    assert "GMC lets all who were asked read what it wrote" in told(world, "inspector")[-1]


@SQLITE
async def test_who_is_asked_later_reads_what_was_shared_before(world: World):
    reference = await asked_for_more(world)
    await reply(world, reference)
    await share(world, "inspector", reference)
    line = await line_of(world)
    late = {"organisation_id": world.ids["org:hee"], "added_at": world.now}
    await add(world, Addressee(escalation_id=line.escalation_id, **late))
    assert REPLY in (await open_escalation(world, "dean", reference)).text


@SQLITE
@pytest.mark.parametrize("how", ["withdrawn", "stopped"])
async def test_once_it_is_over_nothing_is_added(world: World, how: str):
    reference = await asked_for_more(world)
    await reply(world, reference)
    inspector, gmc = world.persona("inspector"), world.persona("gmc1")
    await inspector.press(await open_escalation(world, "inspector", reference), "Write to GMC")
    await gmc.press(await open_escalation(world, "gmc1", reference), "Write to whoever asked")
    await end(world, how)
    for person in (inspector, gmc):
        sent = await person.submit(person.modal, {"text": "Too late."})
        assert f"{reference} is over, so it cannot be added to now" in sent.errors["text"]
    page = await open_escalation(world, "gmc2", reference)
    assert REPLY in page.text
    assert page.buttons == ["All messages"]
    assert (await open_thread(world, "gmc2", reference)).buttons == []
    form = await pressed(world, "inspector", "exchange.share", str((await said(world))[-1].key))
    assert not (await inspector.submit(form)).ok
    assert [row.shared_at for row in await said(world)] == [None, None]


async def end(world: World, how: str) -> None:
    line = await line_of(world)
    line.state, line.next_step_at = AddresseeState.STOPPED, None
    await world.change(line)
    if how == "withdrawn":
        (escalation,) = await world.rows(Escalation)
        escalation.state, escalation.ended_at = EscalationState.WITHDRAWN, world.now
        await world.change(escalation)


@SQLITE
async def test_who_does_not_answer_for_it_reads_and_does_not_write(world: World):
    reference = await given_escalation(world, ["cqc"], slug="dean")
    await answer(world, "colleague", reference, "more", QUESTION)
    page = await open_escalation(world, "inspector", reference)
    assert QUESTION in page.text
    assert page.buttons == ["All messages"]
    line = await line_of(world, "cqc")
    colleague = world.persona("colleague")
    await colleague.press(await open_escalation(world, "colleague", reference), "Write to whoever asked")
    Tap(world, lambda payload: payload["user"].update(id="U_INSPECTOR"))
    sent = await colleague.submit(colleague.modal, {"text": "Not mine to say."})
    assert "Only the people CQC has named for escalations can do that" in sent.errors["text"]
    assert line.organisation_id == world.ids["org:cqc"]
    assert len(await said(world)) == 1


@SQLITE
@pytest.mark.parametrize(("who", "button"), [("inspector", "exchange.remark"), ("gmc1", "exchange.reply")])
async def test_nobody_writes_for_the_other_side(world: World, who: str, button: str):
    reference = await asked_for_more(world)
    line = await line_of(world)
    form = await pressed(world, who, button, f"{reference}.{line.key}")
    sent = await world.persona(who).submit(form, {"text": "In your name."})
    assert f"There is nothing under “{reference}”" in sent.errors["text"]
    assert len(await said(world)) == 1


@SQLITE
async def test_a_forged_thread_leads_nowhere(world: World):
    reference = await asked_for_more(world)
    for value in ("", "{}", "{}.", "{}.x", "{}.999", "E-NONE.1", "1.1", "{}.1.1"):
        opened = await pressed(world, "inspector", "exchange.open", value.format(reference))
        assert "There is nothing under" in opened.text, value


@SQLITE
async def test_who_moves_away_leaves_the_thread_behind(world: World):
    reference = await asked_for_more(world, ("gmc", "hee"))
    (person,) = await world.rows(Person, Person.slug == "gmc1")
    person.organisation_id = world.ids["org:hee"]
    await world.change(person)
    await reply(world, reference)
    page = await open_escalation(world, "gmc1", reference)
    assert QUESTION not in page.text
    assert REPLY not in page.text
    assert {row.state for row in await outbox(world, TO_ASKER)} == {"withheld"}


@SQLITE
async def test_a_conflict_declared_since_ends_it_as_well(world: World):
    reference = await asked_for_more(world)
    await world.change(conflict(world.ids, "gmc1", "northgate"))
    await reply(world, reference)
    assert {row.state for row in await outbox(world, TO_ASKER)} == {"withheld"}
    await world.persona("gmc1").command("/escalate", reference)
    assert "There is nothing under" in answer_of(world, "gmc1")


async def asked_the_region(world: World) -> str:
    """An escalation to the parent group, whose secretariat is the lead and whose chair is of PHSO."""
    (group,) = await world.rows(Group, Group.slug == "qsg")
    group.parent_id = world.ids["region"]
    await world.change(group)
    seats = {"lead": Role.SECRETARIAT, "phso1": Role.CHAIR}
    await add(world, *(Seat(group_id=world.ids["region"], person_id=world.ids[s], role=r) for s, r in seats.items()))
    concern = await given_concern(world)
    draft = EscalationDraft(
        concern, "parent", (world.ids["region"],), Wanted.ACTION, said={"reason": "It is a theme of the region."}
    )
    async with world.bot.store.begin() as unit:
        started = await start_escalation(unit, draft, by=await viewer(world, unit, "inspector"), **at_once(world))
    await world.settle()
    return started.reference


@SQLITE
async def test_a_group_asks_back_through_its_secretariat_and_chair(world: World):
    reference = await asked_the_region(world)
    assert (await answer(world, "lead", reference, "more", QUESTION)).ok
    assert (await write(world, "inspector", reference, "Reply to Regional QSG")).ok
    assert await told_of(world, TO_ASKER) == ["lead"]
    page = await open_escalation(world, "phso1", reference)
    assert REPLY in page.text
    assert "Lead Person" not in page.text.split("Messages between")[1]  # who is of another organisation
    assert QUESTION not in (await open_escalation(world, "chair", reference)).text


@SQLITE
async def test_who_gave_the_group_up_reads_its_thread_no_more(world: World):
    reference = await asked_the_region(world)
    await answer(world, "lead", reference, "more", QUESTION)
    (seat,) = await world.rows(Seat, Seat.group_id == world.ids["region"], Seat.person_id == world.ids["lead"])
    seat.ends_on = date(2026, 11, 22)
    await world.change(seat)
    page = await open_escalation(world, "lead", reference)
    assert QUESTION not in page.text
    assert page.buttons == []


@SQLITE
async def test_the_journal_has_the_acts_and_not_the_words(world: World):
    reference = await asked_for_more(world)
    await reply(world, reference)
    await share(world, "inspector", reference)
    assert await acts(world, "exchange") == ["exchange written", "exchange shared"]
    assert "escalation replied" in await acts(world, "addressee")
    entries = [str(row.model_dump()) for row in await world.rows(JournalEntry)]
    assert [line for line in entries if REPLY in line or QUESTION in line] == []


async def pressed(world: World, slug: str, action: str, value: str) -> Any:
    """What comes of another button than any that is offered."""
    person = world.persona(slug)
    home = await person.open_home()
    tap = Tap(world, lambda payload: payload["actions"][0].update(action_id=action, value=value))
    await person.press(home, "Help")
    world.pg.transport = tap.carry
    return person.modal
