"""`/soundings requests`: before a provider is asked, members say who holds it and agree who asks; then all read it."""

import asyncio

import pytest

from bot.domain.information import RequestState
from bot.store.tables import Footprint, InformationHolding, InformationRequest, JournalEntry, Membership, Seat
from tests.flows.action_steps import SQLITE, nine, summary
from tests.flows.information_steps import (
    DAY,
    FORM,
    NORTHGATE,
    VALE,
    WANTED,
    agree,
    asked,
    fill,
    open_form,
    open_list,
    open_page,
    propose,
    row_of,
    say,
)
from tests.flows.panel_record_steps import press, send
from tests.flows.steps import Tap, last_dm, told
from tests.world import QSG, World, conflict, membership

ANSWER = "Nights were short of two registrars in August."


async def test_one_asks_for_all_and_all_read_the_answer(world: World):
    reference = await propose(world)
    assert WANTED in last_dm(world, "gmc3").text
    assert "Have not said: CQC, GMC, HEE, NHS England and Vale CCG" in last_dm(world, "inspector").text
    await say(world, "gmc3", reference, "best_placed", "We visit in any case.")
    await say(world, "lead", reference, "neither")
    assert "Have not said: CQC, HEE and NHS England\nGMC, 23 November" in await open_page(world, "dean", reference)
    assert "Best placed to ask: GMC" in last_dm(world, "inspector").text  # in place: it is still one message
    assert sum(WANTED in text for text in told(world, "inspector")) == 1
    assert "Your organisation has said: we are best placed to ask" in last_dm(world, "gmc3").text

    chair = world.persona("chair")
    await chair.press(last_dm(world, "chair"), "Agree who asks")
    outcome = await send(world, "chair", asker=str(world.ids["org:gmc"]), due_on="2026-12-04")
    assert outcome.ok, outcome
    assert "You are to ask" in last_dm(world, "gmc3").text
    assert "4 December 2026" in last_dm(world, "gmc3").text
    await fill(world, "gmc3", "ask", reference)
    outcome = await fill(world, "gmc3", "received", reference, result=ANSWER)
    assert outcome.ok, outcome
    row = await row_of(world, reference)
    assert (row.state, row.asked_on, row.result) == (RequestState.RECEIVED, DAY, ANSWER)
    for slug in ("lead", "inspector", "chair", "secretary"):
        assert "There is an answer about Northgate" in last_dm(world, slug).text
        assert not any(ANSWER in text for text in told(world, slug))
        assert ANSWER in await open_page(world, slug, reference)
    burden = "Asked 1 time in the last 12 months, by GMC; 0 requests open"
    assert burden in await open_list(world, "dean")
    assert f"Information: {burden}" in await summary(world)
    await world.persona("dean").press(world.persona("dean").messages(QSG)[-1], "Ask for information")
    assert burden in world.persona("dean").modal.text
    acts = [entry.act for entry in await world.rows(JournalEntry, JournalEntry.subject_kind == "information")]
    done = [act for act in acts if act != "information request read"]
    assert done == [
        "information request proposed",
        "information holding said",
        "information holding said",
        "information request agreed",
        "information asked for",
        "information received",
    ]


@SQLITE
async def test_who_holds_it_shares_it_and_nobody_asks(world: World):
    reference = await propose(world)
    await say(world, "lead", reference, "holds", "The returns from June to October.")
    await agree(world, reference, "ccg")
    assert "Share what you hold about Northgate" in last_dm(world, "lead").text
    outcome = await fill(world, "lead", "received", reference, result=ANSWER)
    assert outcome.ok, outcome
    row = await row_of(world, reference)
    assert (row.state, row.asked_on) == (RequestState.RECEIVED, None)
    assert "Not asked in the last 12 months" in await open_list(world, "dean")


@SQLITE
async def test_the_form_says_first_what_is_asked_or_held(world: World):
    reference = await propose(world)
    await say(world, "lead", reference, "holds")
    form = await open_form(world, "dean")
    assert f"{reference}, {NORTHGATE}: {WANTED}" in form.text
    assert "Vale CCG holds it" in form.text
    assert "1 request open" in form.text


@SQLITE
async def test_a_form_that_has_not_said_it_says_it_before_it_is_sent(world: World):
    dean = world.persona("dean")
    form = await open_form(world, "dean")
    await dean.fill(form, FORM)
    tap = Tap(world, lambda payload: payload["view"].update(private_metadata=without_known(payload)))
    outcome = await dean.submit(dean.modal)
    assert outcome.ok, outcome
    assert "What is known here already" in dean.modal.text
    assert await world.rows(InformationRequest) == []
    tap.alter = lambda _: None
    outcome = await send(world, "dean", **FORM)
    assert outcome.ok, outcome
    assert len(await world.rows(InformationRequest)) == 1


def without_known(payload: dict) -> str:
    """What the form remembers, as it was before a provider was chosen."""
    text: str = payload["view"]["private_metadata"]
    assert '"known"' in text
    return text.replace('"known"', '"other"')


@SQLITE
async def test_it_can_be_opened_about_a_provider(world: World):
    await press(world, "dean", "information.new", str(world.ids["vale"]))
    assert "Nothing is open about this provider" in world.persona("dean").modal.text
    outcome = await send(world, "dean", **FORM)
    assert outcome.ok, outcome
    assert VALE in world.persona("dean").modal.text


async def test_a_click_that_comes_thrice_counts_once(world: World):
    await open_form(world)
    tap = Tap(world)
    tap.copies = 3
    await send(world, "inspector", **FORM)
    (row,) = await world.rows(InformationRequest)
    for word in ("holds", "neither"):
        await say(world, "gmc3", row.reference, word)
    await agree(world, row.reference, "gmc")
    await fill(world, "gmc3", "ask", row.reference)
    await fill(world, "gmc3", "received", row.reference, result=ANSWER)
    (holding,) = await world.rows(InformationHolding)
    assert holding.holding == "neither"  # the newest stands
    acts = [entry.act for entry in await world.rows(JournalEntry, JournalEntry.subject_kind == "information")]
    for act, times in {"proposed": 1, "agreed": 1, "received": 1}.items():
        assert sum(one.endswith(act) for one in acts) == times
    assert sum("There is an answer" in text for text in told(world, "lead")) == 1


async def test_of_two_who_agree_at_once_one_is_told(world: World):
    reference = await propose(world)
    for slug in ("chair", "secretary"):
        await press(world, slug, "information.agree", reference)
    bodies = {"chair": "gmc", "secretary": "ccg"}
    sent = await asyncio.gather(
        *(send(world, slug, asker=str(world.ids[f"org:{body}"])) for slug, body in bodies.items())
    )
    refused = [wrong for outcome in sent for wrong in (outcome.errors or {}).values()]
    assert len(refused) == 1
    assert "Somebody else has just changed" in refused[0]
    assert sum("You are to ask" in text for slug in ("gmc3", "lead") for text in told(world, slug)) == 1


@SQLITE
async def test_agreed_anew_the_first_is_told_that_it_is_not_theirs(world: World):
    reference = await propose(world)
    await agree(world, reference, "gmc")
    await agree(world, reference, "ccg")
    assert "You are to ask" in last_dm(world, "lead").text
    assert "Nothing more is asked of your organisation" in last_dm(world, "gmc3").text
    await press(world, "gmc3", "information.ask", reference)
    assert "Only the organisation agreed to ask" in world.persona("gmc3").modal.text


@SQLITE
async def test_it_is_dropped_with_a_reason(world: World):
    reference = await asked(world)
    outcome = await fill(world, "secretary", "drop", reference, why="The trust publishes it.")
    assert outcome.ok, outcome
    for slug in ("inspector", "gmc3"):
        assert "is not pursued" in last_dm(world, slug).text
        assert not any("publishes" in text for text in told(world, slug))
    assert "The trust publishes it." in await open_page(world, "dean", reference)
    await press(world, "gmc3", "information.received", reference)
    assert "is dropped, so it cannot be answered now" in world.persona("gmc3").modal.text


@SQLITE
async def test_who_is_barred_is_asked_nothing_and_finds_nothing(world: World):
    await world.change(conflict(world.ids, "gmc3", "northgate"), membership(world.ids, "trust"))
    reference = await propose(world)
    for slug in ("gmc3", "matron"):
        assert not any(WANTED in text for text in told(world, slug))
        await press(world, slug, "information.list", f"{world.ids['qsg']}.1")
        assert WANTED not in world.persona(slug).modal.text
        assert "Nothing is open in Marram QSG" in world.persona(slug).modal.text
        for name, value in (("open", reference), ("agree", reference), ("say", f"{reference}.holds")):
            assert await nothing_under(world, slug, name, value)
    assert WANTED in last_dm(world, "gmc1").text  # whom the GMC has nominated is asked instead
    text = await open_page(world, "dean", reference)
    assert "Northgate," not in text.partition("Have not said")[2]  # its own organisation is not asked


async def nothing_under(world: World, slug: str, name: str, value: str) -> bool:
    """Whether a button answers that there is no such thing."""
    await press(world, slug, f"information.{name}", value)
    return "There is nothing under" in world.persona(slug).modal.text


@SQLITE
async def test_an_organisation_that_left_neither_sees_nor_asks(world: World):
    reference = await asked(world, "ccg", "lead")
    (row,) = [one for one in await membership_rows(world) if one.organisation_id == world.ids["org:ccg"]]
    row.ends_on = DAY.replace(day=22)
    seats = await seat_rows(world, "lead")
    for seat in seats:
        seat.ends_on = DAY.replace(day=22)
    await world.change(row, *seats)
    assert await nothing_under(world, "lead", "open", reference)
    outcome = await fill(world, "chair", "received", reference, result=ANSWER)  # on their behalf
    assert outcome.ok, outcome


@SQLITE
async def test_one_that_left_cannot_be_agreed_on(world: World):
    reference = await propose(world)
    await press(world, "chair", "information.agree", reference)
    chair = world.persona("chair")
    tap = Tap(world, lambda payload: forge_asker(payload, world.ids["org:phso"]))
    outcome = await chair.submit(chair.modal, {"asker": str(world.ids["org:gmc"])})
    assert tap.payloads
    assert set(outcome.errors) == {"asker"}
    assert (await row_of(world, reference)).asker_id is None


def forge_asker(payload: dict, key: int) -> None:
    """Another organisation than the form offers."""
    for block in payload["view"]["state"]["values"].values():
        for element in block.values():
            if element.get("selected_option") and element["type"] == "static_select":
                element["selected_option"]["value"] = str(key)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"due_on": "2026-11-22"}, "due_on"),
        ({"wanted": "  "}, "wanted"),
        ({"reason": "Ask 07700 900123"}, "reason"),
        ({"wanted": "The file of NHS 943 476 5919"}, "wanted"),
    ],
)
@SQLITE
async def test_what_is_wrong_is_said_beside_the_field(world: World, values: dict[str, str], field: str):
    await open_form(world)
    outcome = await send(world, "inspector", **FORM | values)
    assert set(outcome.errors) == {field}
    assert await world.rows(InformationRequest) == []


@SQLITE
async def test_hostile_words_stay_words(world: World):
    evil = "*bold* <!channel> [x](button:information.drop:I-AAAAAA) " + "a" * 400
    reference = await propose(world, wanted=evil[:500])
    await say(world, "gmc3", reference, "holds", "# Head\n" + "<@U_CHAIR> " * 80)
    page = await open_page(world, "dean", reference)
    assert "<!channel>" in page
    assert "[x](button:information.drop:I-AAAAAA)" in page
    assert "<@U_CHAIR>" in page


@SQLITE
async def test_a_provider_in_no_footprint_may_be_asked_about(world: World):
    (row,) = await world.rows(Footprint, Footprint.provider_id == world.ids["vale"])
    row.ends_on = DAY.replace(day=1)
    await world.change(row)
    assert "None of your groups watches this provider" in (await open_form(world, provider=VALE)).text
    reference = await propose(world, provider=VALE)
    assert "not in the footprint of Marram QSG" in await open_page(world, "dean", reference)


async def test_once_the_day_has_passed_those_concerned_are_reminded(world: World):
    await world.without_meetings()
    await asked(world, "gmc", "gmc3")
    late = "Information about Northgate University Hospital NHS Trust is overdue"

    def times(slug: str) -> int:
        return sum(late in text for text in told(world, slug))

    await world.move_to(nine("2026-12-07"))  # the day itself
    assert times("gmc3") == 0
    await world.move_to(nine("2026-12-08"))
    await world.move(hours=1)
    first = times("gmc3")
    await world.move_to(nine("2026-12-15"))
    assert (times("gmc3"), times("inspector"), times("lead")) == (first + 1, first + 1, 0)
    (row,) = await world.rows(InformationRequest)
    await fill(world, "gmc3", "received", row.reference, result=ANSWER)
    await world.move_to(nine("2026-12-22"))
    assert times("gmc3") == first + 1


@SQLITE
async def test_a_list_of_many_turns_its_pages(world: World):
    for number in range(14):
        await propose(world, wanted=f"Return number {number}")
    text = await open_list(world, "dean")
    assert text.count("Return number") == 12
    dean = world.persona("dean")
    await dean.press(dean.modal, "Next")
    assert dean.modal.text.count("Return number") == 2
    assert await nothing_under(world, "dean", "list", f"{world.ids['region']}.1")


async def membership_rows(world: World):
    return await world.rows(Membership, Membership.group_id == world.ids["qsg"])


async def seat_rows(world: World, slug: str):
    return await world.rows(Seat, Seat.person_id == world.ids[slug])
