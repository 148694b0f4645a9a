"""Who somebody is today, who answers for an organisation, and who can be relied on."""

from datetime import timedelta

import pytest

from bot.domain.escalation import Nominee
from bot.domain.handling import Identity
from bot.domain.terms import OrganisationKind, ProtocolStatus, Role
from bot.store import people as asked
from bot.store.tables import Absence, Group, Membership, NominatedPerson, Organisation, Seat
from bot.store.unit import Store, Unit
from tests.store.rows import NOW, TODAY, TOMORROW, WORKSPACE, YESTERDAY, group, organisation, person

ANN = Identity("slack", WORKSPACE, "U_ann")

# What is true of the person and of their organisation, who asks, and whether they are let in.
ADMITTED = {
    "somebody enrolled": ({}, {}, ANN, True),
    "a stranger": ({}, {}, Identity("slack", WORKSPACE, "U_zed"), False),
    "of another workspace": ({}, {}, Identity("slack", "T2", "U_ann"), False),
    "on another platform": ({}, {}, Identity("teams", WORKSPACE, "U_ann"), False),
    "without chat": ({"chat_user": None}, {}, Identity("slack", WORKSPACE, ""), False),
    "on the first day": ({"starts_on": TODAY}, {}, ANN, True),
    "before the first day": ({"starts_on": TOMORROW}, {}, ANN, False),
    "on the last day": ({"ends_on": TODAY}, {}, ANN, True),
    "a leaver": ({"ends_on": YESTERDAY}, {}, ANN, False),
    "organisation's last day": ({}, {"ends_on": TODAY}, ANN, True),
    "of an ended organisation": ({}, {"ends_on": YESTERDAY}, ANN, False),
    "of a coming organisation": ({}, {"starts_on": TOMORROW}, ANN, False),
}


@pytest.mark.parametrize(("facts", "body", "who", "admitted"), ADMITTED.values(), ids=ADMITTED)
async def test_a_viewer_is_enrolled_today(store: Store, facts, body, who: Identity, admitted: bool):
    async with store.begin() as unit:
        ann = await person(unit, "ann", (await organisation(unit, "cqc", **body)).key, **facts)
    async with store.look() as unit:
        found = await asked.viewer_of(unit, who, TODAY)
        known = await asked.viewer_by_id(unit, ann.key, TODAY)
    assert (found is not None) == admitted
    if found:
        assert (found.person_id, found.name, found.organisation) == (ann.key, "Ann", "CQC")
    if who == ANN:
        assert known == found


async def seat(unit: Unit, group_id: int, person_id: int, role: Role, **dates) -> None:
    unit.add(Seat(group_id=group_id, person_id=person_id, role=role, **dates))
    await unit.flush()


async def join(unit: Unit, group_id: int, organisation_id: int, **dates) -> None:
    unit.add(Membership(group_id=group_id, organisation_id=organisation_id, **dates))
    await unit.flush()


async def test_a_viewer_s_groups_are_today_s(store: Store):
    async with store.begin() as unit:
        cqc, gmc = await organisation(unit, "cqc"), await organisation(unit, "gmc")
        ann, bo = await person(unit, "ann", cqc.key), await person(unit, "bo", gmc.key)
        names = ("by seat", "ended", "former", "future", "by membership", "unseated", "other")
        keys = {name: (await group(unit, name, channel=f"C_{name}")).key for name in names}
        (await unit.get(Group, keys["ended"])).ends_on = YESTERDAY
        for name, dates in (
            ("by membership", {}),
            ("former", {"ends_on": YESTERDAY}),
            ("future", {"starts_on": TOMORROW}),
            ("ended", {}),
        ):
            await join(unit, keys[name], cqc.key, **dates)
        await join(unit, keys["other"], gmc.key)
        await seat(unit, keys["by seat"], ann.key, Role.CHAIR)
        await seat(unit, keys["by seat"], ann.key, Role.SECRETARIAT, starts_on=TOMORROW)
        await seat(unit, keys["unseated"], ann.key, Role.CHAIR, ends_on=YESTERDAY)
        await seat(unit, keys["by membership"], bo.key, Role.CHAIR)
    async with store.look() as unit:
        viewer = await asked.viewer_of(unit, ANN, TODAY)
    assert viewer is not None
    places = {place.slug: (place.channel, place.roles) for place in viewer.groups}
    assert places == {
        "by membership": ("C_by membership", frozenset()),
        "by seat": ("C_by seat", frozenset({Role.CHAIR})),
    }
    assert viewer.runs(keys["by seat"])
    assert not viewer.runs(keys["by membership"])
    assert viewer.holds(keys["by seat"], Role.CHAIR)
    assert not viewer.holds(keys["by seat"], Role.SECRETARIAT)


async def test_nominees_are_people_who_can_be_told(store: Store):
    async with store.begin() as unit:
        gmc, nmc = await organisation(unit, "gmc"), await organisation(unit, "nmc")
        facts = {
            "first": {},
            "deputy": {},
            "category": {},
            "london": {"nominated": {"region": "London"}},
            "ended": {"nominated": {"ends_on": YESTERDAY}},
            "coming": {"nominated": {"starts_on": TOMORROW}},
            "leaver": {"ends_on": YESTERDAY},
            "chatless": {"chat_user": None},
        }
        keys = {}
        for slug, one in facts.items():
            more = one.pop("nominated", {})
            keys[slug] = (await person(unit, slug, gmc.key, **one)).key
            rung, category = int(slug == "deputy"), "trust" if slug == "category" else ""
            line = {"organisation_id": gmc.key, "person_id": keys[slug], "rung": rung, "category": category}
            unit.add(NominatedPerson(**line, **more))
    async with store.look() as unit:
        found = await asked.nominees(unit, [gmc.key, nmc.key], TODAY)
    assert found == {
        gmc.key: [
            Nominee(keys["first"], 0),
            Nominee(keys["deputy"], 1),
            Nominee(keys["category"], 0, "trust"),
            Nominee(keys["london"], 0, "", "London"),
        ],
        nmc.key: [],
    }


async def test_representatives_come_before_their_deputies(store: Store):
    async with store.begin() as unit:
        gmc, nmc = await organisation(unit, "gmc"), await organisation(unit, "nmc")
        qsg, far = await group(unit, "qsg"), await group(unit, "far")
        keys = {}
        for slug, where, role, dates, facts in (
            ("deputy", qsg, Role.DEPUTY, {}, {}),
            ("representative", qsg, Role.REPRESENTATIVE, {}, {}),
            ("elsewhere", far, Role.REPRESENTATIVE, {}, {}),
            ("chair", qsg, Role.CHAIR, {}, {}),
            ("former", qsg, Role.REPRESENTATIVE, {"ends_on": YESTERDAY}, {}),
            ("leaver", qsg, Role.REPRESENTATIVE, {}, {"ends_on": YESTERDAY}),
            ("chatless", qsg, Role.REPRESENTATIVE, {}, {"chat_user": None}),
        ):
            keys[slug] = (await person(unit, slug, gmc.key, **facts)).key
            await seat(unit, where.key, keys[slug], role, **dates)
    async with store.look() as unit:
        found = await asked.representatives(unit, [gmc.key, nmc.key], qsg.key, TODAY)
    assert found == {gmc.key: [keys["representative"], keys["deputy"]], nmc.key: []}


HOUR = timedelta(hours=1)
# The person, their absence if any, and whether they are to be relied on now.
AWAY = {
    "here": ({}, None, False),
    "on leave": ({}, (NOW - HOUR, NOW + HOUR), True),
    "leave begins now": ({}, (NOW, NOW + HOUR), True),
    "back this moment": ({}, (NOW - HOUR, NOW), False),
    "leave to come": ({}, (NOW + HOUR, NOW + 2 * HOUR), False),
    "on leave and back early": ({}, (NOW - HOUR, NOW + HOUR, NOW - HOUR / 2), False),
    "left": ({"ends_on": YESTERDAY}, None, True),
    "on the last day": ({"ends_on": TODAY}, None, False),
    "without chat": ({"chat_user": None}, None, True),
}


@pytest.mark.parametrize(("facts", "absence", "away"), AWAY.values(), ids=AWAY)
async def test_who_is_not_to_be_relied_on(store: Store, facts, absence, away: bool):
    async with store.begin() as unit:
        ann = await person(unit, "ann", (await organisation(unit, "gmc")).key, **facts)
        if absence:
            starts_at, until, *back_at = absence
            unit.add(Absence(person_id=ann.key, starts_at=starts_at, until=until, back_at=next(iter(back_at), None)))
    async with store.look() as unit:
        assert await asked.away(unit, [ann.key], NOW, TODAY) == ({ann.key} if away else set())
        assert await asked.away(unit, [], NOW, TODAY) == frozenset()
        assert await asked.away(unit, [ann.key + 1], NOW, TODAY) == {ann.key + 1}


async def test_nobody_answers_for_an_ended_organisation(store: Store):
    async with store.begin() as unit:
        gone = await organisation(unit, "gone", ends_on=YESTERDAY, protocol_status=ProtocolStatus.SIGNATORY)
        ann, qsg = await person(unit, "ann", gone.key), await group(unit, "qsg")
        await join(unit, qsg.key, gone.key)
        for role in Role:
            await seat(unit, qsg.key, ann.key, role)
        unit.add(NominatedPerson(organisation_id=gone.key, person_id=ann.key))
    async with store.look() as unit:
        assert await asked.away(unit, [ann.key], NOW, TODAY) == {ann.key}
        assert await asked.nominees(unit, [gone.key], TODAY) == {gone.key: []}
        assert await asked.representatives(unit, [gone.key], qsg.key, TODAY) == {gone.key: []}
        assert await asked.seated(unit, qsg.key, TODAY, Role.CHAIR) == []
        assert await asked.secretariats(unit, TODAY) == []
        assert await asked.group_members(unit, qsg.key, TODAY) == []
        assert await asked.protocol_organisations(unit, TODAY) == []
        assert await asked.find_people(unit, "ann", [qsg.key], TODAY) == []


async def test_officers_are_named_once(store: Store):
    async with store.begin() as unit:
        nhse = await organisation(unit, "nhse")
        qsg, far = await group(unit, "qsg"), await group(unit, "far")
        ann, bo, cy = [await person(unit, slug, nhse.key) for slug in ("ann", "bo", "cy")]
        for where in (qsg, far):
            await seat(unit, where.key, bo.key, Role.SECRETARIAT)
        await seat(unit, qsg.key, bo.key, Role.CHAIR)
        await seat(unit, qsg.key, ann.key, Role.SECRETARIAT)
        await seat(unit, qsg.key, cy.key, Role.SECRETARIAT, ends_on=YESTERDAY)
    async with store.look() as unit:
        officers = await asked.seated(unit, qsg.key, TODAY, Role.CHAIR, Role.SECRETARIAT)
        everywhere = await asked.secretariats(unit, TODAY)
    assert [one.slug for one in officers] == ["ann", "bo"]
    assert sorted(one.slug for one in everywhere) == ["ann", "bo"]


async def test_who_may_be_asked_under_the_protocol(store: Store):
    async with store.begin() as unit:
        for slug, status, facts in (
            ("signed", ProtocolStatus.SIGNATORY, {}),
            ("helps", ProtocolStatus.SUPPORTING, {}),
            ("neither", ProtocolStatus.NONE, {}),
            ("ended", ProtocolStatus.SIGNATORY, {"ends_on": YESTERDAY}),
            ("hospital", ProtocolStatus.SIGNATORY, {"kind": OrganisationKind.PROVIDER}),
            ("to come", ProtocolStatus.SUPPORTING, {"protocol_from": TOMORROW}),
            ("from today", ProtocolStatus.SUPPORTING, {"protocol_from": TODAY}),
            ("until today", ProtocolStatus.SIGNATORY, {"protocol_until": TODAY}),
            ("has left", ProtocolStatus.SIGNATORY, {"protocol_until": YESTERDAY}),
        ):
            await organisation(unit, slug, protocol_status=status, **facts)
    async with store.look() as unit:
        assert [one.slug for one in await asked.protocol_organisations(unit, TODAY)] == [
            "from today",
            "helps",
            "signed",
            "until today",
        ]


SIGNATORY, SUPPORTING, NEITHER = ProtocolStatus
STANDING = {
    "signatory": ({"protocol_status": SIGNATORY}, SIGNATORY),
    "supporter": ({"protocol_status": SUPPORTING}, SUPPORTING),
    "neither": ({"protocol_status": NEITHER, "protocol_from": YESTERDAY}, NEITHER),
    "signed on one day only": (
        {"protocol_status": SIGNATORY, "protocol_from": TODAY, "protocol_until": TODAY},
        SIGNATORY,
    ),
    "signs tomorrow": ({"protocol_status": SIGNATORY, "protocol_from": TOMORROW}, NEITHER),
    "signed until yesterday": ({"protocol_status": SIGNATORY, "protocol_until": YESTERDAY}, NEITHER),
    "supports from today": ({"protocol_status": SUPPORTING, "protocol_from": TODAY}, SUPPORTING),
    "supports from tomorrow": ({"protocol_status": SUPPORTING, "protocol_from": TOMORROW}, NEITHER),
    "supported until yesterday": ({"protocol_status": SUPPORTING, "protocol_until": YESTERDAY}, NEITHER),
}


@pytest.mark.parametrize(("facts", "standing"), STANDING.values(), ids=STANDING)
def test_a_standing_has_dates(facts, standing: ProtocolStatus):
    one = Organisation(slug="x", name="X", short_name="X", kind=OrganisationKind.OVERSIGHT, **facts)
    assert one.standing(TODAY) is standing
    assert one.signed(TODAY) is (standing is SIGNATORY)


FOUND = {
    "part of a name": ("liv", ["Olive Marsh", "Oliver Stone"]),
    "whatever the case": ("OLIVE M", ["Olive Marsh"]),
    "nothing typed": ("", ["50% Per Cent", "Olive Marsh", "Oliver Stone", "Outside Chair"]),
    "a mark that matches anything": ("%", ["50% Per Cent"]),
    "another such mark": ("_", []),
    "somebody of no group of theirs": ("Stranger", []),
}


@pytest.mark.parametrize(("words", "names"), FOUND.values(), ids=FOUND)
async def test_people_are_found_by_name(store: Store, words: str, names: list[str]):
    async with store.begin() as unit:
        gmc, hall, other = [await organisation(unit, slug) for slug in ("gmc", "hall", "other")]
        qsg, far = await group(unit, "qsg"), await group(unit, "far")
        await join(unit, qsg.key, gmc.key)
        await join(unit, far.key, other.key)
        people = ("Olive Marsh", "Oliver Stone", "50% Per Cent")
        for number, name in enumerate(people):
            await person(unit, f"p{number}", gmc.key, name=name)
        await person(unit, "leaver", gmc.key, name="Olive Leaver", ends_on=YESTERDAY)
        await person(unit, "chatless", gmc.key, name="Olive Chatless", chat_user=None)
        await person(unit, "stranger", other.key, name="Olive Stranger")
        outside = await person(unit, "outside", hall.key, name="Outside Chair")
        await seat(unit, qsg.key, outside.key, Role.CHAIR)
    async with store.look() as unit:
        found = await asked.find_people(unit, words, [qsg.key], TODAY)
    assert sorted(one.name for one in found) == names


async def test_no_more_people_than_a_menu_holds(store: Store):
    async with store.begin() as unit:
        gmc, qsg = await organisation(unit, "gmc"), await group(unit, "qsg")
        await join(unit, qsg.key, gmc.key)
        for number in range(101):
            await person(unit, f"p{number}", gmc.key)
    async with store.look() as unit:
        assert len(await asked.find_people(unit, "", [qsg.key], TODAY)) == 100
        assert await asked.find_people(unit, "", [], TODAY) == []
