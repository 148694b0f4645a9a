"""`/agenda` for those who arrange a meeting: its order, its length, its guests, and what each of them may see of it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.terms import Audience, Level, MeetingState, Role, Wanted
from bot.store.tables import AgendaItem, Concern, Footprint, Meeting, Seat, SurveillanceLevel
from tests.flows.action_steps import SQLITE, acts, add, agenda, set_meeting
from tests.flows.agenda_steps import NORTHGATE, VALE, arranging, items, lines, press, put
from tests.flows.meeting_steps import calendars, event, given_move, given_off
from tests.flows.steps import Tap, given_concern, outbox, told
from tests.world import QSG, World, conflict

GUEST = {"who": "Jane Doe, Medical Director", "email": "jane.doe@vale.example"}
HERE = f"{NORTHGATE} (enhanced surveillance)"


async def test_the_secretariat_puts_a_meeting_in_order(world: World):
    reference = await given_concern(world, provider="vale")
    heard = f"{reference} {VALE}: Trainees left without a senior at night"
    assert await lines(world) == [f"10:00 1 {HERE}", f"10:10 2 {heard}"]
    assert "[Arrange]" not in await agenda(world)
    (concern,) = await world.rows(Concern)
    about = f"c{concern.key}"
    assert (await press(world, "Earlier", about)).ok
    assert await lines(world) == [f"10:00 1 {heard}", f"10:10 2 {HERE}"]
    sent = await put(world, title="Winter pressures", minutes="95")
    assert sent.ok
    page = world.persona("secretary").modal.text
    assert "115 minutes in all, of 120" in page
    assert "cannot be taken off" in page
    own = f"i{(await items(world))[-1].key}"
    await press(world, "Change", own, page=world.persona("secretary").modal)
    await world.persona("secretary").submit(world.persona("secretary").modal, {"minutes": "101"})
    assert "That is 1 minute more than the meeting has." in world.persona("secretary").modal.text
    assert (await press(world, "Take off", about)).ok
    assert await lines(world) == [f"10:00 1 {HERE}", "10:10 2 Winter pressures, 101 minutes"]
    assert (await press(world, "Put back", about, slug="chair")).ok
    assert (await lines(world))[2] == f"11:51 3 {heard}"
    assert await acts(world, "meeting") == ["agenda item added", "agenda item changed"]
    assert (await acts(world, "concern"))[-3:] == [f"agenda item {done}" for done in ("moved", "taken off", "added")]


async def test_two_who_arrange_at_once_lose_nothing(world: World):
    for title in ("First", "Second", "Third"):
        await put(world, title=title)
    pages = {slug: await arranging(world, slug) for slug in ("secretary", "chair")}
    one, two, three = (f"i{row.key}" for row in await items(world))
    tap = Tap(world)
    await press(world, "Later", one, page=pages["secretary"])
    await tap.carry(*tap.payloads[-1])  # a second click of the same button
    assert "Somebody else" not in world.persona("secretary").modal.text
    await press(world, "Earlier", three, slug="chair", page=pages["chair"])
    assert "Somebody else has just changed the agenda" in world.persona("chair").modal.text
    assert [row.title for row in await items(world)][:3] == ["Second", "First", "Third"]
    forms = {}
    for slug in pages:
        await press(world, "Change", two, slug=slug)
        forms[slug] = world.persona(slug).modal
    sent = [
        await world.persona(slug).submit(form, {"minutes": m})
        for (slug, form), m in zip(forms.items(), "57", strict=True)
    ]
    assert [outcome.ok for outcome in sent] == [True, False]
    assert "Somebody else has just changed the agenda" in str(sent[1].errors)
    assert [row.minutes for row in await items(world) if row.title == "Second"] == [5]


async def test_one_item_added_by_many_clicks(world: World):
    person = world.persona("secretary")
    await person.press(await arranging(world), "Add an item")
    form = person.modal
    await asyncio.gather(*(person.submit(form, {"title": "Winter"}) for _ in range(3)), return_exceptions=True)
    assert [row.title for row in await items(world)] == ["Winter"]


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "nothing": ({}, "title", "Say what the item is, or choose a provider."),
    "no minutes": ({"title": "A", "minutes": "0"}, "minutes", "from 1 to 240"),
    "too many": ({"title": "A", "minutes": "241"}, "minutes", "from 1 to 240"),
    "words": ({"title": "A", "minutes": "ten"}, "minutes", "from 1 to 240"),
    "a guest who cannot be written to": ({"title": "A", "who": "Jane"}, "email", "Write one e-mail address"),
    "two addresses": ({"title": "A", "who": "Jane", "email": "a@b.uk, c@d.uk"}, "email", "Write one e-mail"),
    "nobody's address": ({"title": "A", "email": "a@b.uk"}, "who", "Say who it is"),
    "a patient": ({"title": "Patient 943 476 5919"}, "title", "looks like"),
    "there already": ({"provider": "Northgate"}, "provider", "on the agenda already"),
}


@SQLITE
async def test_what_an_item_may_not_be_is_said_beside_the_field(world: World):
    for name, (typed, field, sentence) in WRONG.items():
        sent = await put(world, **typed)
        assert sentence in sent.errors[field], name
    assert await items(world) == []
    assert (await put(world, title="Patient 943 476 5919", vouched="What looks like")).ok


@SQLITE
async def test_a_provider_of_another_group_is_allowed_and_said(world: World):
    (held,) = await world.rows(Footprint, Footprint.provider_id == world.ids["vale"])
    held.ends_on = world.now.date() - timedelta(days=1)
    await world.change(held)
    assert (await put(world, provider="Vale", minutes="20")).ok
    assert (await lines(world))[0] == f"10:00 1 {VALE} (not one of this group’s providers), 20 minutes"


@SQLITE
async def test_what_stands_by_its_level_cannot_be_taken_off(world: World):
    await put(world, provider="Vale")
    vale = f"p{world.ids['vale']}"
    await press(world, "Take off", vale)
    assert [VALE in line for line in await lines(world)] == [False]
    await press(world, "Put back", vale)
    why = {"reason": "Never events.", "decided_at": world.now, "group_id": world.ids["qsg"]}
    await add(world, SurveillanceLevel(provider_id=world.ids["vale"], level=Level.RISK_SUMMIT, **why))
    await press(world, "Take off", vale, page=world.persona("secretary").modal)
    assert f"{VALE} has a place on every agenda while" in world.persona("secretary").modal.text
    assert f"{VALE} (risk summit)" in (await lines(world))[0]


async def test_a_chair_with_a_conflict_sees_neither_the_item_nor_a_gap(world: World):
    """What they may not see keeps its place while they arrange the rest, and its time is in no number they read."""
    await add(world, conflict(world.ids, "chair", "northgate"))
    hidden = await given_concern(world)
    shown = await given_concern(world, provider="vale")
    await put(world, title="First", minutes="5", slug="chair")
    assert [line[:7] for line in await lines(world, "chair")] == ["10:00 1", "10:05 2"]
    assert not any(NORTHGATE in line or hidden in line for line in await lines(world, "chair"))
    assert "15 minutes in all" in (await arranging(world, "chair")).text
    key = next(row.key for row in await world.rows(Concern) if row.reference == shown)
    await press(world, "Earlier", f"c{key}", slug="chair")
    assert [line[8:17] for line in await lines(world, "chair")] == [f"{shown} "[:9], "First, 5 "]
    order = [line.split(" ", 2)[2].split(" ")[0].rstrip(",") for line in await lines(world)]
    assert order == [shown, "Northgate", hidden, "First"]
    sent = await put(world, slug="chair", provider="Northgate")
    assert "declared a conflict of interest" in str(sent.errors)
    assert "already" not in str(sent.errors)


async def test_a_guest_is_sent_one_item_and_every_change_of_its_time(world: World):
    await put(world, title="First", minutes="15")
    await put(world, title="Maternity at Vale", provider="Vale", minutes="20", **GUEST)
    assert (await lines(world))[1] == (
        f"10:15 2 {VALE}: Maternity at Vale, 20 minutes, with Jane Doe, Medical Director, who leaves after it"
    )
    vale = f"p{world.ids['vale']}"
    await world.settle()
    assert calendars(world, "secretary") == []  # until the pressing of buttons is over
    await press(world, "Earlier", vale)
    await world.move(minutes=3)
    await press(world, "Later", vale)
    await world.move(minutes=3)
    await given_move(world, (await world.rows(Meeting))[0], world.now.date() + timedelta(days=9))
    await world.move(minutes=3)
    await press(world, "Take off", vale)
    await world.move(minutes=3)
    files = calendars(world, "secretary")
    entries = [event(one) for one in files if str(event(one)["UID"]).startswith("item-")]
    assert len({str(one["UID"]) for one in entries}) == 1
    assert [int(one["SEQUENCE"]) for one in entries][-1] == 5
    times = [one["DTSTART"].dt.strftime("%d %H:%M") for one in entries]
    assert times == ["30 10:00", "30 10:15", "02 10:15", "02 10:15"]
    assert [str(one["STATUS"]) for one in entries] == ["CONFIRMED"] * 3 + ["CANCELLED"]
    assert all(one["DTEND"].dt - one["DTSTART"].dt == timedelta(minutes=20) for one in entries)
    whole = b"".join(one.to_ical() for one in files if str(event(one)["UID"]).startswith("item-"))
    assert not any(word in whole for word in (b"First", b"Maternity", b"Northgate", b"Jane"))
    assert "Jane Doe, Medical Director (jane.doe@vale.example) is invited" in "\n".join(told(world, "secretary"))
    assert not any("Jane" in text for slug in ("chair", "lead", "matron") for text in told(world, slug))


@SQLITE
async def test_another_guest_is_another_invitation(world: World):
    await put(world, title="Maternity", **GUEST)
    await world.move(minutes=3)
    (row,) = await items(world)
    for typed in ({"who": "John Roe, Chief Nurse", "email": "john@vale.example"}, {"who": "", "email": ""}):
        await press(world, "Change", f"i{row.key}")
        assert (await world.persona("secretary").submit(world.persona("secretary").modal, typed)).ok
        await world.move(minutes=3)
    entries = [event(one) for one in calendars(world, "secretary") if str(event(one)["UID"]).startswith("item-")]
    kinds = [(str(one["UID"])[-12:-10], str(one["STATUS"])) for one in entries]
    assert kinds == [("-1", "CONFIRMED"), ("-1", "CANCELLED"), ("-2", "CONFIRMED"), ("-2", "CANCELLED")]
    assert not any("Jane" in str(row.subject) or "jane" in str(row.subject) for row in await outbox(world))


@SQLITE
async def test_the_time_of_a_guest_is_not_sent_to_whom_it_would_tell_of_something(world: World):
    """Who may not know of an earlier item would see from the file that there is one."""
    await add(world, conflict(world.ids, "secretary", "northgate"))
    await put(world, title="Maternity", provider="Vale", slug="chair", **GUEST)
    await world.move(minutes=3)
    assert not any("Jane" in text for text in told(world, "secretary"))
    assert any("Jane" in text for text in told(world, "chair"))
    await given_off(world, (await world.rows(Meeting))[0], slug="chair")
    await world.move(minutes=3)
    assert any("an invitation to one item is over" in text for text in told(world, "chair"))


@SQLITE
async def test_a_concern_is_put_on_asked_for_and_taken_off(world: World):
    reference = await given_concern(world, provider="vale", wanted=Wanted.INFORMATION)
    assert len(await lines(world)) == 1
    for slug in ("dean", "gmc1"):
        page = await opened(world, slug, reference)
        assert "[Put on the agenda]" not in page.text
        await world.persona(slug).press(page, "Ask for it to be discussed")
        assert "have been asked" in world.persona(slug).modal.text
    await world.settle()
    asked = [text for text in told(world, "chair") if f"Somebody asks for {reference}" in text]
    assert len(asked) == 1
    assert not any(word in asked[0] for word in (VALE, "Dean", "HEE", "Trainees"))
    message = next(one for one in world.persona("chair").dms() if f"Somebody asks for {reference}" in one.text)
    await world.persona("chair").press(message, "Put on the agenda")
    assert f"{reference} is number 1 on the agenda." in world.persona("chair").modal.text
    await world.settle()
    assert any(f"{reference}, which you asked to have discussed, is on" in text for text in told(world, "dean"))
    assert reference in (await lines(world))[0]
    message = next(one for one in world.persona("secretary").dms() if f"Somebody asks for {reference}" in one.text)
    for _ in range(2):
        await world.persona("secretary").press(message, "Not this time")
        assert f"{reference} is not on the agenda" in world.persona("secretary").modal.text
    await world.settle()
    assert len([text for text in told(world, "dean") if "is not on the agenda" in text]) == 1
    assert len(await lines(world)) == 1


@SQLITE
async def test_a_restricted_concern_is_only_something_to_be_said(world: World):
    """Its item says nothing of it, and nothing leads from it to the concern; who may not read it may not put it on."""
    only = {"audience": Audience.PEOPLE, "people": (world.ids["chair"],)}
    reference = await given_concern(world, headline="The director is under inquiry", **only)
    page = await opened(world, "chair", reference)
    for _ in range(2):
        await world.persona("chair").press(page, "Put on the agenda")
        assert "Number 1 is “An item to be said at the meeting”" in world.persona("chair").modal.text
        await world.persona("chair").close(world.persona("chair").modal)
    assert (await lines(world, "gmc1"))[0] == "10:00 1 An item to be said at the meeting"
    (row,) = await items(world)
    assert (row.concern_id, row.provider_id) == (None, None)
    for slug in ("gmc1", "chair"):
        assert reference not in await agenda(world, slug)
        assert "inquiry" not in await agenda(world, slug)
    await world.persona("chair").press(await opened(world, "chair", reference), "Put on the agenda")
    await world.persona("chair").press(world.persona("chair").modal, "Take off")
    assert f"{reference} is not on the agenda" in world.persona("chair").modal.text
    assert len(await lines(world, "gmc1")) == 1
    other = await given_concern(world, **only | {"people": (world.ids["gmc1"],)})
    await world.persona("gmc1").press(await opened(world, "gmc1", other), "Ask for it to be discussed")
    assert "so nobody was asked" in world.persona("gmc1").modal.text
    await world.settle()
    assert not any(other in text for slug in ("chair", "secretary") for text in told(world, slug))


@SQLITE
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": MeetingState.CANCELLED}, "is called off, so it cannot be arranged now"),
        ({"starts_at": "past"}, "is under way or over, so it cannot be arranged now"),
        ({"group_id": "region"}, "There is nothing under “1”"),
    ],
)
async def test_a_meeting_that_cannot_be_arranged_any_more(world: World, change: dict[str, Any], sentence: str):
    await put(world, title="First")
    page = await arranging(world)
    if "starts_at" in change:
        change = {"starts_at": world.now - timedelta(hours=1)}
    if "group_id" in change:
        change = {"group_id": world.ids["region"]}
    await set_meeting(world, **change)
    await press(world, "Later", (f"i{(await items(world))[0].key}"), page=page)
    assert sentence in world.persona("secretary").modal.text


@SQLITE
async def test_only_those_who_run_the_group_arrange(world: World):
    """Whoever gave their seat up while the page was open changes nothing; a group without a chair is arranged too."""
    await put(world, title="First")
    page = await arranging(world)
    (seat,) = await world.rows(Seat, Seat.role == Role.SECRETARIAT)
    seat.ends_on = world.now.date() - timedelta(days=1)
    await world.change(seat)
    await press(world, "Later", (f"i{(await items(world))[0].key}"), page=page)
    assert "Only the chair or the secretariat of the group" in world.persona("secretary").modal.text
    seat.ends_on = None
    (chair,) = await world.rows(Seat, Seat.role == Role.CHAIR)
    chair.ends_on = world.now.date() - timedelta(days=1)
    await world.change(seat, chair)
    assert "The group has no chair on record." in await agenda(world)
    assert (await put(world, title="Second")).ok


@SQLITE
async def test_a_long_agenda_goes_page_by_page(world: World):
    (meeting,) = await world.rows(Meeting)
    common = {"meeting_id": meeting.key, "put_by_id": world.ids["chair"], "put_at": world.now}
    await add(world, *(AgendaItem(submit_key=f"k{n}", title=f"Item {n:02}", position=n, **common) for n in range(40)))
    page = await arranging(world)
    assert "Page 1 of 4." in page.text
    await world.persona("secretary").press(page, "Next")
    assert "Item 12" in world.persona("secretary").modal.text
    twelfth = (await items(world))[12]
    await press(world, "Earlier", f"i{twelfth.key}", page=world.persona("secretary").modal)
    assert "Page 1 of 4." in world.persona("secretary").modal.text
    assert len(world.persona("secretary").modals) == 1


async def opened(world: World, slug: str, reference: str) -> Any:
    """A concern's page, as that person opens it from their own list or from the channel."""
    person = world.persona(slug)
    posts = [one for one in person.messages(QSG) if reference in one.text and not one.ephemeral]
    if posts:
        await person.press(posts[-1], "Read the details")
    else:
        await person.press(next(one for one in person.dms() if reference in one.text), "Open it")
    return person.modal
