"""Who stands in whose place on a day, who is a candidate for a proposal, and where a provider is."""

from datetime import time, timedelta

import pytest

from bot.domain.routing import Candidate, Facts, Proposal
from bot.domain.terms import OrganisationKind, ProtocolStatus
from bot.services.routing import calendar_of, facts_about, proposals
from bot.store import routing as asked
from bot.store.people import protocol_organisations
from bot.store.unit import Store
from tests.domain.england import POLICY, RULES
from tests.store.rows import TODAY, TOMORROW, YESTERDAY, organisation, provider

BEFORE = YESTERDAY - timedelta(days=1)
SIGNED = {"protocol_status": ProtocolStatus.SIGNATORY}
HELPS = {"protocol_status": ProtocolStatus.SUPPORTING}
ENDED = SIGNED | {"ends_on": YESTERDAY}
# The organisations by name, each with its successor; who is addressed for the first, and who if the protocol does
# not matter.
STANDING = {
    "signed": ({"a": (SIGNED, None)}, "a", "a"),
    "supports": ({"a": (HELPS, None)}, "a", "a"),
    "neither": ({"a": ({}, None)}, None, "a"),
    "before signing": ({"a": (SIGNED | {"protocol_from": TOMORROW}, None)}, None, "a"),
    "on the day of signing": ({"a": (SIGNED | {"protocol_from": TODAY}, None)}, "a", "a"),
    "before supporting": ({"a": (HELPS | {"protocol_from": TOMORROW}, None)}, None, "a"),
    "on the last day under the protocol": ({"a": (SIGNED | {"protocol_until": TODAY}, None)}, "a", "a"),
    "after leaving the protocol": ({"a": (SIGNED | {"protocol_until": YESTERDAY}, None)}, None, "a"),
    "after supporting": ({"a": (HELPS | {"protocol_until": YESTERDAY}, None)}, None, "a"),
    "left the protocol, successor not yet": (
        {"a": (SIGNED | {"protocol_until": YESTERDAY}, "b"), "b": (SIGNED, None)},
        None,
        "a",
    ),
    "a provider": ({"a": (SIGNED | {"kind": OrganisationKind.PROVIDER}, None)}, None, None),
    "to come": ({"a": (SIGNED | {"starts_on": TOMORROW}, None)}, None, None),
    "on its last day": ({"a": (SIGNED | {"ends_on": TODAY}, "b"), "b": (SIGNED, None)}, "a", "a"),
    "ended": ({"a": (ENDED, None)}, None, None),
    "ended with successor": ({"a": (ENDED, "b"), "b": (SIGNED, None)}, "b", "b"),
    "ended, successor has not signed": ({"a": (ENDED, "b"), "b": ({}, None)}, None, "b"),
    "ended, successor to come": ({"a": (ENDED, "b"), "b": (SIGNED | {"starts_on": TOMORROW}, None)}, None, None),
    "successor of successor": (
        {"a": (ENDED | {"ends_on": BEFORE}, "b"), "b": (ENDED, "c"), "c": (SIGNED, None)},
        "c",
        "c",
    ),
    "the line breaks off": ({"a": (ENDED, "b"), "b": (ENDED, None)}, None, None),
    "a cycle": ({"a": (ENDED, "b"), "b": (ENDED, "c"), "c": (ENDED, "b")}, None, None),
    "its own successor": ({"a": (ENDED, "a")}, None, None),
}


async def bodies(store: Store, wanted) -> dict[str, int]:
    """These organisations and their successors, by name."""
    async with store.begin() as unit:
        rows = {slug: await organisation(unit, slug, **facts) for slug, (facts, _) in wanted.items()}
        for slug, (_, successor) in wanted.items():
            rows[slug].successor_id = rows[successor].key if successor else None
        return {slug: row.key for slug, row in rows.items()}


@pytest.mark.parametrize(("wanted", "under", "anyway"), STANDING.values(), ids=STANDING)
async def test_who_is_addressed_today(store: Store, wanted, under: str | None, anyway: str | None):
    keys = await bodies(store, wanted)
    async with store.look() as unit:
        found = await asked.standing_for(unit, [keys["a"]], TODAY)
        beside = await asked.standing_for(unit, [keys["a"]], TODAY, under_protocol=False)
        today = [one.key for one in await protocol_organisations(unit, TODAY)]
    assert found == {keys["a"]: keys.get(under or "")}
    assert beside == {keys["a"]: keys.get(anyway or "")}
    assert (keys["a"] in today) == (under == "a")
    assert set(found.values()) - {None} <= set(today)


async def test_several_are_answered_together_and_a_number_nobody_has_is_nobody(store: Store):
    keys = await bodies(store, {"a": (ENDED, "c"), "b": (ENDED, "c"), "c": (SIGNED, None)})
    async with store.look() as unit:
        found = await asked.standing_for(unit, [*keys.values(), 999], TODAY)
        assert await asked.standing_for(unit, [], TODAY) == {}
    assert found == {keys["a"]: keys["c"], keys["b"]: keys["c"], keys["c"]: keys["c"], 999: None}


async def test_a_candidate_answers_to_the_names_before_it(store: Store):
    education, oversight = OrganisationKind.EDUCATION, OrganisationKind.OVERSIGHT
    wanted = {
        "older": (ENDED | {"kind": education}, "old"),
        "old": (ENDED, "new"),
        "new": (SIGNED, None),
        "other": (SIGNED, "new"),
        "lost": (ENDED, "nowhere"),
        "nowhere": (ENDED, None),
    }
    keys = await bodies(store, wanted)
    async with store.look() as unit:
        found = await asked.candidates(unit, await protocol_organisations(unit, TODAY), TODAY)
    assert found == [
        Candidate(keys["new"], "new", oversight),
        Candidate(keys["new"], "old", oversight),
        Candidate(keys["new"], "older", education),
        Candidate(keys["other"], "other", oversight),
    ]


async def test_a_successor_is_proposed_and_who_asks_is_not(store: Store):
    regulator = {"kind": OrganisationKind.PROFESSIONAL_REGULATOR}
    wanted = {
        "hee": (ENDED | {"kind": OrganisationKind.EDUCATION}, "nhse"),
        "nhse": (HELPS | {"kind": OrganisationKind.COMMISSIONER}, None),
        "gmc": (SIGNED | regulator, None),
        "nmc": (SIGNED | regulator, None),
    }
    keys = await bodies(store, wanted)
    facts = Facts("professionals", frozenset({"medicine"}), learning_environment=True)
    async with store.look() as unit:
        offered = await protocol_organisations(unit, TODAY)
        nmc = await proposals(unit, offered, facts, own=keys["nmc"], today=TODAY, rules=RULES)
        others = [one for one in offered if one.key != keys["gmc"]]
        gmc = await proposals(unit, others, facts, own=keys["gmc"], today=TODAY, rules=RULES)
    education = Proposal(keys["nhse"], "Oversees education and training")
    assert nmc == [Proposal(keys["gmc"], "Regulates doctors"), education]
    assert gmc == [education]


# Each provider with its sector, region and parent; the first is asked about.
PLACES = {
    "its own": ([("acute", "London", None)], ("acute", "London")),
    "neither known": ([("", "", None)], ("", "")),
    "a site says nothing": ([("", "", 1), ("acute", "London", None)], ("acute", "London")),
    "a site says one": ([("dental", "", 1), ("acute", "London", None)], ("dental", "London")),
    "a site of a site": ([("", "", 1), ("acute", "", 2), ("other", "North", None)], ("acute", "North")),
    "a circle": ([("", "", 1), ("acute", "", 0)], ("acute", "")),
}


@pytest.mark.parametrize(("places", "known"), PLACES.values(), ids=PLACES)
async def test_where_a_provider_is(store: Store, places, known: tuple[str, str]):
    async with store.begin() as unit:
        rows = [
            await provider(unit, f"P{n}", sector=sector, region=region) for n, (sector, region, _) in enumerate(places)
        ]
        for row, (_, _, parent) in zip(rows, places, strict=True):
            row.parent_id = None if parent is None else rows[parent].key
    async with store.look() as unit:
        assert await asked.sector_and_region(unit, rows[0].key) == known
        found = await facts_about(unit, rows[0].key, category="trust", professions=["medicine"])
    sector, region = known
    assert found == Facts("trust", frozenset({"medicine"}), region, sector)


async def test_of_a_theme_no_place_is_known(store: Store):
    async with store.look() as unit:
        assert await facts_about(unit, None, learning_environment=True) == Facts(learning_environment=True)


async def test_hours_are_kept_to_the_minute(store: Store):
    async with store.begin() as unit:
        kept = await organisation(unit, "a", opens=time(8), closes=time(20, 30))
        none = await organisation(unit, "b")
    async with store.look() as unit:
        found = await asked.organisations_named(unit, ["a", "b", "c"])
    assert {slug: row.key for slug, row in found.items()} == {"a": kept.key, "b": none.key}
    own = calendar_of(found["a"], RULES)
    assert (own.opens, own.closes, own.zone) == (time(8), time(20, 30), RULES.calendar.zone)
    assert calendar_of(found["b"], RULES) == RULES.calendar
    assert (RULES.calendar.opens, RULES.calendar.closes) == (POLICY.opens, POLICY.closes)
