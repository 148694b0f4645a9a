"""The restricted annexe in chat: opened for a reason and a time, by those who may, and shown in one page only."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.terms import AnnexeKind, Audience, ChangeState, ConcernState, HandlingKind
from bot.errors import NoKeys, NotYours, WrongKey
from bot.services import annexe as services
from bot.services.annexe import destroy_annexe
from bot.store.tables import Annexe, AnnexeGrant, Concern, ConcernAudience, HandlingChange, JournalEntry
from tests.flows.action_steps import SQLITE, set_person
from tests.flows.annexe_steps import (
    KEYS,
    PEOPLE,
    REASON,
    SOURCE,
    agree,
    claim,
    concern_of,
    concern_page,
    journal,
    open_annexe,
    store,
    with_keys,
)
from tests.flows.handling_steps import change_of, given_answer, given_change
from tests.flows.steps import (
    Tap,
    answer_of,
    escalate,
    given_concern,
    last_dm,
    open_escalation,
    outbox,
    told,
    viewer,
)
from tests.world import World, conflict, open_world

NEW, OLD = KEYS.split()
OTHER = NEW.replace("V", "Z")
FORM = "Why you need to open it"


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, keys=KEYS) as world:
        yield world


async def given(world: World, **values) -> str:
    """A concern with an annexe; its reference."""
    reference = await given_concern(world, **values)
    await store(world, reference, people=PEOPLE, source=SOURCE)
    return reference


async def test_whoever_raised_it_opens_it_at_once_with_a_reason(world: World):
    inspector = world.persona("inspector")
    reference = await given(world)
    form = await open_annexe(world, "inspector", reference)
    assert (form.title, FORM in form.text, "canary" in form.text) == ("Restricted annexe", True, False)
    assert not (await inspector.submit(form, {"reason": "  "})).ok
    assert await world.rows(AnnexeGrant) == []
    assert (await inspector.submit(form, {"reason": f" {REASON} "})).ok
    page = inspector.modal
    for part in (PEOPLE, SOURCE, "People involved", "Identity of the source", reference, "TLP:AMBER+STRICT"):
        assert part in page.text
    assert "until Tue 24 Nov 2026, 08:00" in page.text
    assert "Your reading has been logged, with your reason" in page.text
    assert REASON not in page.text
    (grant,) = await world.rows(AnnexeGrant)
    assert (grant.person_id, grant.reason, grant.change_id) == (world.ids["inspector"], REASON, None)
    me = world.ids["inspector"]
    assert await journal(world) == [
        ("annexe stored", "inspector", {"kind": "people"}),
        ("annexe stored", "inspector", {"kind": "source"}),
        ("annexe granted", "inspector", {"grant": grant.key, "person": me}),
        ("annexe read", "inspector", {"grant": grant.key}),
    ]
    entries = await world.rows(JournalEntry, JournalEntry.act.startswith("annexe"))
    about = {(entry.subject_kind, entry.subject_id, entry.group_id) for entry in entries}
    assert about == {("concern", (await concern_of(world, reference)).key, world.ids["qsg"])}


async def test_it_stays_open_until_its_time_is_over_and_each_reading_is_logged(world: World):
    reference = await given(world)
    await claim(world, reference)
    await world.move(hours=23, minutes=59)
    assert PEOPLE in (await open_annexe(world, "inspector", reference)).text
    assert [act for act, _, _ in await journal(world)].count("annexe read") == 2
    await world.move(minutes=1)
    again = await open_annexe(world, "inspector", reference)
    assert FORM in again.text
    assert "canary" not in again.text
    assert len(await world.rows(AnnexeGrant)) == 1


async def test_a_second_person_opens_it_to_somebody(world: World):
    reference = await given(world)
    assert FORM in (await open_annexe(world, "dean", reference)).text
    granted = await agree(world, reference, to="dean")
    message = last_dm(world, "dean")
    assert f"The restricted annexe of {reference} is open to you" in message.text
    assert "until Tue 24 Nov 2026, 08:00" in message.text
    assert "canary" not in message.text
    await world.persona("dean").press(message, "Open it")
    page = world.persona("dean").modal
    assert (PEOPLE in page.text, SOURCE in page.text) == (True, True)
    people = {"grant": granted.key, "person": world.ids["dean"], "change": 0}
    assert (await journal(world))[-2:] == [
        ("annexe granted", "inspector", people),
        ("annexe read", "dean", {"grant": granted.key}),
    ]
    # Nobody else profits.
    for slug in ("inspector", "colleague", "gmc3"):
        assert FORM in (await open_annexe(world, slug, reference)).text


async def test_anybody_else_asks_a_second_person(world: World):
    dean, inspector = world.persona("dean"), world.persona("inspector")
    reference = await given(world)
    assert (await dean.submit(await open_annexe(world, "dean", reference), {"reason": REASON})).ok
    assert "A second person has been asked to agree" in dean.modal.text
    assert "If nobody has agreed by Mon 30 Nov 2026" in dean.modal.text
    await world.settle()
    request = last_dm(world, "inspector")
    assert (REASON in request.text, "canary-people" in request.text) == (True, False)
    assert await world.rows(AnnexeGrant) == []
    await inspector.press(request, "Agree")
    await world.settle()
    (grant,) = await world.rows(AnnexeGrant)
    (change,) = await world.rows(HandlingChange)
    assert (grant.person_id, grant.reason, grant.change_id) == (world.ids["dean"], REASON, change.key)
    (message,) = [one for one in world.persona("dean").dms() if "Open it" in one.buttons]
    await dean.press(message, "Open it")
    assert PEOPLE in dean.modal.text
    assert (await journal(world))[-2][:2] == ("annexe granted", "inspector")


@SQLITE
async def test_a_colleague_asks_whoever_raised_it(world: World):
    colleague = world.persona("colleague")
    reference = await given(world)
    assert (await colleague.submit(await open_annexe(world, "colleague", reference), {"reason": REASON})).ok
    (change,) = await world.rows(HandlingChange)
    assert (change.kind, change.approver_id) == ("annexe", world.ids["inspector"])
    await world.settle()
    before = told(world, "colleague")
    await world.persona("inspector").press(last_dm(world, "inspector"), "Agree")
    await world.settle()
    assert [reference in text for text in told(world, "colleague")[len(before) :]].count(True) >= 1
    assert PEOPLE in (await open_annexe(world, "colleague", reference)).text


@SQLITE
async def test_a_request_sent_twice_or_without_a_reason_asks_once(world: World):
    dean = world.persona("dean")
    reference = await given(world)
    form = await open_annexe(world, "dean", reference)
    tap = Tap(world)
    tap.alter = lambda payload: without_reason(payload) if payload["type"] == "view_submission" else None
    assert "Say why you need to open it" in str((await dean.submit(form, {"reason": REASON})).errors)
    assert await world.rows(HandlingChange) == []
    tap.alter, tap.copies = lambda _: None, 2
    assert (await dean.submit(form, {"reason": REASON})).ok
    await tap.again()
    assert len(await world.rows(HandlingChange)) == 1
    await world.settle()
    assert len(await outbox(world, "handling.asked")) == 1


def without_reason(payload: dict) -> None:
    for block in payload["view"]["state"]["values"].values():
        for entry in block.values():
            entry["value"] = " \u00a0 "


async def test_a_claim_sent_twice_is_one_grant(world: World):
    inspector = world.persona("inspector")
    reference = await given(world)
    form = await open_annexe(world, "inspector", reference)
    tap = Tap(world)
    tap.copies = 2
    assert (await inspector.submit(form, {"reason": REASON})).ok
    await tap.again()
    (grant,) = await world.rows(AnnexeGrant)
    reads = [facts for act, _, facts in await journal(world) if act == "annexe read"]
    assert reads == [{"grant": grant.key}] * 3


@SQLITE
async def test_another_reason_is_kept_as_another_grant(world: World):
    reference = await given(world)
    async with world.bot.store.begin() as unit:
        by = await viewer(world, unit, "inspector")
        for reason in (REASON, "Another", "Another "):
            about = {"by": by, "now": world.now, "rules": world.bot.work.rules}
            opened = await services.claim_own(unit, f" {reference.lower()} ", reason, **about)
            assert dict(opened.parts) == {AnnexeKind.PEOPLE: PEOPLE, AnnexeKind.SOURCE: SOURCE}
    assert [grant.reason for grant in await world.rows(AnnexeGrant)] == [REASON, "Another"]


@SQLITE
async def test_only_whoever_raised_it_claims_it(world: World):
    """However the form was come by: a colleague sends the one of whoever raised it."""
    reference = await given(world)
    inspector, colleague = world.persona("inspector"), world.persona("colleague")
    form = await open_annexe(world, "inspector", reference)
    tap = Tap(world, lambda payload: payload["user"].update(id="U_COLLEAGUE"))
    refused = await inspector.submit(form, {"reason": REASON})
    assert "Only whoever raised the concern can do that" in str(refused.errors)
    world.pg.transport = tap.carry
    assert await world.rows(AnnexeGrant) == []
    assert colleague.modal is None
    async with world.bot.store.begin() as unit:
        about = {"by": await viewer(world, unit, "colleague"), "now": world.now, "rules": world.bot.work.rules}
        with pytest.raises(NotYours, match="somebody it has been opened for"):
            await services.open_annexe(unit, reference, **about)


async def test_one_agreement_is_one_grant(world: World):
    reference = await given(world)
    await world.persona("dean").submit(await open_annexe(world, "dean", reference), {"reason": REASON})
    (change,) = await world.rows(HandlingChange)
    for _ in range(2):
        async with world.bot.store.begin() as unit:
            about = {"by": await viewer(world, unit, "inspector"), "now": world.now, "rules": world.bot.work.rules}
            to, key = world.ids["dean"], (await concern_of(world, reference)).key
            await services.grant(unit, key, to, REASON, change_id=change.key, **about)
    assert len(await world.rows(AnnexeGrant)) == 1
    assert len(await outbox(world, "annexe.granted")) == 1


# What the operator has set after an annexe was locked with the new key, and whether it still opens.
SET = {
    "nothing": ("", False),
    "only the old key": (OLD, False),
    "another key of that name": (OTHER, False),
    "another name for that key": (NEW.replace("new", "renamed"), False),
    "the same, moved back": (f"{OLD} {NEW}", True),
}


@SQLITE
@pytest.mark.parametrize(("keys", "opens"), SET.values(), ids=SET)
async def test_with_the_wrong_key_nothing_is_shown_and_the_rest_works(world: World, keys: str, opens: bool):
    reference = await given(world)
    form = await open_annexe(world, "inspector", reference)
    await agree(world, reference, to="dean")
    with_keys(world, keys)
    outcome = await world.persona("inspector").submit(form, {"reason": REASON})
    shown = str(outcome.errors) if outcome.errors else world.persona("inspector").modal.text
    dean = (await open_annexe(world, "dean", reference)).text
    member = (await open_annexe(world, "gmc3", reference)).text
    assert [PEOPLE in text for text in (shown, dean)] == [opens, opens]
    for text in (shown, dean, member):  # the last is told before anybody is asked to agree in vain
        assert ("is not in SOUNDINGS_KEYS" in text) != opens
    claimed = [grant for grant in await world.rows(AnnexeGrant) if grant.person_id == world.ids["inspector"]]
    assert (len(claimed) == 1) == opens
    refused = [entry.facts["why"] for entry in await world.rows(JournalEntry, JournalEntry.act == "refused")]
    assert refused == ([] if opens else ["WrongKey"] * 3)
    # The rest works.
    assert reference in (await concern_page(world, "dean", reference)).text
    assert await given_concern(world)


@SQLITE
async def test_a_part_that_does_not_open_keeps_the_other_closed(world: World):
    reference = await given_concern(world)
    await store(world, reference, people=PEOPLE)
    with_keys(world, f"{OTHER.replace('new', 'third')} {NEW}")
    await store(world, reference, source=SOURCE)
    await claim(world, reference)
    with_keys(world, NEW)
    page = await open_annexe(world, "inspector", reference)
    assert "is not in SOUNDINGS_KEYS" in page.text
    assert "canary" not in page.text
    async with world.bot.store.begin() as unit:
        about = {"by": await viewer(world, unit, "inspector"), "now": world.now, "rules": world.bot.work.rules}
        with pytest.raises(WrongKey):
            await services.open_annexe(unit, reference, **about)


@SQLITE
async def test_without_keys_nothing_is_stored_and_the_rest_works(world: World):
    reference = await given_concern(world)
    with_keys(world, "")
    with pytest.raises(NoKeys, match="has not set SOUNDINGS_KEYS"):
        await store(world, reference, people=PEOPLE)
    await store(world, reference, people="  ")  # nothing to store, so nothing to refuse
    assert await world.rows(Annexe) == []
    assert "Restricted annexe" not in (await concern_page(world, "inspector", reference)).buttons


@SQLITE
async def test_when_it_cannot_be_logged_it_is_not_shown(world: World, monkeypatch: pytest.MonkeyPatch):
    reference = await given(world)
    await claim(world, reference)
    page = await concern_page(world, "inspector", reference)

    async def fail(*_, **__) -> None:
        raise OSError

    monkeypatch.setattr("bot.store.journal.head", fail)
    await world.persona("inspector").press(page, "Restricted annexe")
    shown = world.persona("inspector").modal.text
    assert "canary" not in shown
    assert "cannot be reached" in shown


async def make_conflict(world: World) -> None:
    await world.change(conflict(world.ids, "dean", "northgate"))


async def make_leaver(world: World) -> None:
    await set_person(world, "dean", ends_on=world.now.date() - timedelta(days=1))


async def withdraw(world: World) -> None:
    (concern,) = await world.rows(Concern)
    concern.state = ConcernState.WITHDRAWN
    await world.change(concern)


async def narrow(world: World) -> None:
    for line in await world.rows(ConcernAudience, ConcernAudience.organisation_id == world.ids["org:hee"]):
        line.ended_at = world.now
        await world.change(line)


async def retire(world: World) -> None:
    (concern,) = await world.rows(Concern)
    concern.retired_at = world.now
    await world.change(concern)


async def destroy(world: World) -> None:
    (concern,) = await world.rows(Concern)
    async with world.bot.store.begin() as unit:
        assert await destroy_annexe(unit, concern.key) == 2


async def outlast(world: World) -> None:
    world.pg.clock.advance(timedelta(hours=24))


# What may become of the right to open it after it was given, and what is said then.
ENDINGS = {
    "a declared conflict": (make_conflict, "There is nothing under"),
    "having left": (make_leaver, "for people enrolled by their organisation"),
    "withdrawn": (withdraw, "There is nothing under"),
    "narrowed": (narrow, "There is nothing under"),
    "past its keeping": (retire, "There is nothing under"),
    "destroyed": (destroy, "There is nothing under"),
    "its time is over": (outlast, FORM),
}


@SQLITE
@pytest.mark.parametrize(("ending", "says"), ENDINGS.values(), ids=ENDINGS)
async def test_a_grant_alone_opens_nothing(world: World, ending, says: str):
    reference = await given(world)
    await agree(world, reference, to="dean")
    dean, message = world.persona("dean"), last_dm(world, "dean")
    await ending(world)
    await dean.press(message, "Open it")
    shown = dean.modal.text if dean.modal else answer_of(world, "dean")
    assert says in shown
    assert "canary" not in shown
    assert "annexe read" not in [act for act, _, _ in await journal(world)]


@SQLITE
@pytest.mark.parametrize(("ending", "says"), ENDINGS.values(), ids=ENDINGS)
async def test_word_of_a_grant_is_withheld_when_nothing_can_be_opened(world: World, ending, says: str):
    reference = await given(world)
    before = told(world, "dean")
    concern = await concern_of(world, reference)
    async with world.bot.store.begin() as unit:
        by = await viewer(world, unit, "inspector")
        key, to, rules = concern.key, world.ids["dean"], world.bot.work.rules
        await services.grant(unit, key, to, REASON, change_id=None, by=by, now=world.now, rules=rules)
    await ending(world)
    await world.settle()
    assert told(world, "dean") == before
    assert [row.state for row in await outbox(world, "annexe.granted")] == ["withheld"]


async def test_a_colleague_is_let_in_after_it_was_withdrawn(world: World):
    """What is withdrawn stays with the organisation that raised it, and so does its annexe."""
    reference = await given(world)
    asked = await given_change(world, "colleague", reference, HandlingKind.ANNEXE)
    foreign = await given_change(world, "dean", reference, HandlingKind.ANNEXE)
    await given_change(world, "inspector", reference, HandlingKind.WITHDRAW)
    assert (await change_of(world, foreign)).state is ChangeState.LAPSED
    await world.persona("inspector").open_home()
    assert asked in world.persona("inspector").home.text
    assert await given_answer(world, "inspector", asked) is ChangeState.DONE
    assert [grant.person_id for grant in await world.rows(AnnexeGrant)] == [world.ids["colleague"]]


@SQLITE
async def test_nobody_opens_it_to_themselves_by_agreeing(world: World):
    reference = await given(world)
    with pytest.raises(NotYours, match="a second person"):
        await agree(world, reference, to="inspector", by="inspector")
    assert await world.rows(AnnexeGrant) == []


async def test_there_is_a_button_for_who_may_read_the_concern_if_there_is_an_annexe(world: World):
    without = await given_concern(world, headline="Without")
    reference = await given(world)
    for slug in ("inspector", "colleague", "dean", "gmc3"):
        assert "Restricted annexe" in (await concern_page(world, slug, reference)).buttons
        assert "Restricted annexe" not in (await concern_page(world, slug, without)).buttons
        assert "canary" not in (await concern_page(world, slug, reference)).text


async def test_an_organisation_asked_finds_the_button_too(world: World):
    reference = await given(world)
    escalation = await escalate(world, reference, ["nmc"])
    page = await open_escalation(world, "nmc1", escalation)
    assert "canary" not in page.text
    await world.persona("nmc1").press(page, "Restricted annexe")
    assert FORM in world.persona("nmc1").modal.text


@SQLITE
async def test_who_may_not_read_the_concern_learns_nothing_of_its_annexe(world: World):
    hidden = await given(world, audience=Audience.ORGANISATIONS, organisations=(world.ids["org:gmc"],))
    without = await given_concern(world, audience=Audience.ORGANISATIONS, organisations=(world.ids["org:gmc"],))
    said = {}
    for slug in ("dean", "matron"):
        await agree(world, hidden, to=slug)
        for reference in (hidden, without, "C-NOPE12"):
            said[slug, reference] = (await press_forged(world, slug, reference)).replace(reference, "…")
    assert len(set(said.values())) == 1
    assert "There is nothing under “…” that you can open" in said["dean", hidden]
    refusals = await world.rows(JournalEntry, JournalEntry.act == "refused")
    assert len(refusals) == 6


async def press_forged(world: World, slug: str, reference: str) -> str:
    """Press a button that one was never shown; what is said."""
    person = world.persona(slug)
    forged = {"action_id": "annexe.open", "value": reference}
    home = await person.open_home()
    tap = Tap(world, lambda payload: payload["actions"][0].update(forged))
    await person.press(home, "Help")
    world.pg.transport = tap.carry
    return person.modal.text
