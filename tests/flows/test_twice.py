"""What happens twice counts once: resends, double clicks, two people at the same moment."""

import asyncio

from bot.store.tables import Action, Addressee, Concern, Escalation, JournalEntry
from tests.flows.steps import (
    FORM,
    Tap,
    choose_whom,
    given_action,
    given_concern,
    given_escalation,
    open_escalation,
    outbox,
    posts,
    raise_concern,
    told,
)
from tests.world import QSG, World


async def test_a_resent_concern_is_one_concern(world: World):
    tap = Tap(world)
    reference = await raise_concern(world)
    first = tap.payloads[-1]
    again = [await tap.carry(*first) for _ in range(3)]
    await world.settle()
    assert all(reference in str(answer) for answer in again)
    assert again[0] == again[1] == again[2]
    assert len(await world.rows(Concern)) == len(posts(world)) == len(told(world, "inspector")) == 1


async def test_a_lost_acknowledgement_loses_nothing(world: World):
    inspector = world.persona("inspector")
    await inspector.command("/concern", "northgate", channel=QSG)
    world.pg.drop_acks("interactive")
    lost = await inspector.submit(inspector.modal, FORM)
    assert not lost.acked
    assert (await inspector.submit(inspector.modal, FORM)).ok
    await world.settle()
    (concern,) = await world.rows(Concern)
    assert concern.reference in inspector.modal.text
    assert len(posts(world)) == 1


async def test_one_form_sent_often_at_once(world: World):
    tap = Tap(world)
    tap.copies = 5
    reference = await raise_concern(world)
    assert all(reference in str(answer) for answer in tap.answers)
    assert len(tap.answers) == 5
    assert len(await world.rows(Concern)) == 1
    assert len(await outbox(world)) == len(posts(world)) + len(told(world, "inspector")) == 2


async def test_two_people_at_once_raise_two(world: World):
    references = await asyncio.gather(*(raise_concern(world, slug) for slug in ("inspector", "dean", "chair", "lead")))
    assert len(set(references)) == len(await world.rows(Concern)) == len(posts(world)) == 4


async def test_a_resent_escalation_is_one_escalation(world: World):
    tap, inspector = Tap(world), world.persona("inspector")
    await choose_whom(world, await given_concern(world))
    await inspector.submit(inspector.modal, {})
    first = tap.payloads[-1]
    await tap.carry(*first)
    await asyncio.gather(tap.carry(*first), tap.carry(*first))
    await world.settle()
    (escalation,) = await world.rows(Escalation)
    assert escalation.reference in inspector.modal.text
    assert len(told(world, "gmc1")) == len(told(world, "nmc1")) == 1


async def test_a_resent_action_is_one_action(world: World):
    tap, chair = Tap(world), world.persona("chair")
    await chair.command("/action", "add Ask for the rota", channel=QSG)
    await chair.submit(chair.modal, {"owner": "Dean Person", "due_on": "2026-12-07"})
    first = tap.payloads[-1]
    await asyncio.gather(tap.carry(*first), tap.carry(*first))
    await world.settle()
    assert len(await world.rows(Action)) == len(told(world, "dean")) == 1


async def test_a_resent_answer_reads_as_the_first(world: World):
    reference = await given_escalation(world, ["gmc"])
    tap, gmc = Tap(world), world.persona("gmc1")
    await gmc.press(await open_escalation(world, "gmc1", reference), "Answer")
    await gmc.submit(gmc.modal, {"outcome": "hold", "reason": "Two referrals."})
    again = await tap.again()
    assert again["response_action"] == "update"
    assert "holds related information" in str(again)
    await world.settle()
    assert len([text for text in told(world, "inspector") if "GMC has answered" in text]) == 1


async def test_a_resent_completion_reads_as_the_first(world: World):
    reference = await given_action(world, world.now.date())
    tap, dean = Tap(world), world.persona("dean")
    await dean.command("/action", f"done {reference}")
    await dean.submit(dean.modal, {"resolution": "The rota came."})
    again = await tap.again()
    assert again["response_action"] == "update"
    assert "marked as done" in str(again)
    await world.settle()
    assert len([text for text in told(world, "chair") if "is done" in text]) == 1


async def test_a_resent_change_reads_as_the_first(world: World):
    reference = await given_action(world, world.now.date())
    tap, dean = Tap(world), world.persona("dean")
    await dean.command("/action", f"change {reference}")
    await dean.submit(dean.modal, {"due_on": "2026-12-14", "reason": "The trust asked."})
    assert (await tap.again())["response_action"] == "update"


async def test_a_double_click_acknowledges_once(world: World):
    reference = await given_escalation(world, ["gmc"])
    gmc = world.persona("gmc1")
    page = await open_escalation(world, "gmc1", reference)
    Tap(world).copies = 3
    await gmc.press(page, "Acknowledge")
    (line,) = await world.rows(Addressee)
    assert (line.state, line.acknowledged_by_id) == ("acknowledged", world.ids["gmc1"])
    assert len(await world.rows(JournalEntry, JournalEntry.act == "escalation acknowledged")) == 1
    assert "acknowledged Mon 23 Nov 2026, 08:00 by Gmc1 Person" in gmc.modal.text


async def test_two_deputies_acknowledge_at_once(world: World):
    reference = await given_escalation(world, ["gmc"])
    people = [world.persona(slug) for slug in ("gmc1", "gmc2", "gmc3")]
    pages = [await open_escalation(world, slug, reference) for slug in ("gmc1", "gmc2", "gmc3")]
    await asyncio.gather(*(one.press(page, "Acknowledge") for one, page in zip(people, pages, strict=True)))
    assert len(await world.rows(JournalEntry, JournalEntry.act == "escalation acknowledged")) == 1
    assert all("no answer yet" in person.modal.text for person in people)
    assert not any("changed" in person.modal.text for person in people)


async def test_two_deputies_answer_at_once(world: World):
    reference = await given_escalation(world, ["gmc"])
    people = [world.persona(slug) for slug in ("gmc1", "gmc2")]
    for person, slug in zip(people, ("gmc1", "gmc2"), strict=True):
        await person.press(await open_escalation(world, slug, reference), "Answer")
    said = await asyncio.gather(
        people[0].submit(people[0].modal, {"outcome": "none"}), people[1].submit(people[1].modal, {"outcome": "join"})
    )
    (kept,) = [one for one in said if one.ok]
    (refused,) = [one for one in said if not one.ok]
    assert kept.response["response_action"] == "update"
    assert "that answer is there, to be read or changed" in refused.errors["outcome"]


async def test_a_double_click_closes_once(world: World):
    reference = await given_action(world, world.now.date(), owner="chair")
    chair = world.persona("chair")
    await chair.command("/action", f"done {reference}")
    await chair.submit(chair.modal, {"resolution": "Done."})
    await chair.command("/action", "mine", channel=QSG)
    listed = chair.messages(QSG)[-1]
    await chair.press(listed, f"Close {reference}")
    await chair.press(listed, f"Close {reference}")
    assert "It is closed." in chair.modal.text
    entries = await world.rows(JournalEntry, JournalEntry.act == "action closed")
    assert len(entries) == 1


async def test_a_double_click_on_a_concern_reads_it(world: World):
    await given_concern(world)
    dean = world.persona("dean")
    post = posts(world)[-1]
    await asyncio.gather(dean.press(post, "Read the details"), dean.press(post, "Read the details"))
    assert FORM["details"] in dean.modal.text
    assert len(dean.modals) == 1
    assert len(await outbox(world, "concern.posted")) == 1
