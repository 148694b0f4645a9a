"""Whom the assistant proposes: the shipped table as rows, and what holds for any table."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.routing import Candidate, Facts, Proposal, Route, plainly, propose, same_words
from bot.domain.terms import OrganisationKind
from tests.domain.england import POLICY

BODIES = {
    "cqc": OrganisationKind.SYSTEM_REGULATOR,
    "gdc": OrganisationKind.PROFESSIONAL_REGULATOR,
    "gmc": OrganisationKind.PROFESSIONAL_REGULATOR,
    "gphc": OrganisationKind.PROFESSIONAL_REGULATOR,
    "hcpc": OrganisationKind.PROFESSIONAL_REGULATOR,
    "hee": OrganisationKind.EDUCATION,
    "lgsco": OrganisationKind.OMBUDSMAN,
    "marram": OrganisationKind.LOCAL_AUTHORITY,
    "nhse": OrganisationKind.COMMISSIONER,
    "nmc": OrganisationKind.PROFESSIONAL_REGULATOR,
    "phso": OrganisationKind.OMBUDSMAN,
    "swe": OrganisationKind.PROFESSIONAL_REGULATOR,
}
NUMBERS = {slug: number for number, slug in enumerate(BODIES, 1)}
CANDIDATES = [Candidate(NUMBERS[slug], slug, kind) for slug, kind in BODIES.items()]
PROFESSIONAL = ["gdc", "gmc", "gphc", "hcpc", "nmc", "swe"]


def names(found: list[Proposal]) -> list[str]:
    slugs = {number: slug for slug, number in NUMBERS.items()}
    return [slugs[one.organisation_id] for one in found]


def facts(category: str = "", *professions: str, sector: str = "", learning: bool = False) -> Facts:
    return Facts(category, frozenset(professions), sector=sector, learning_environment=learning)


SHIPPED = {
    "nothing known": (facts(), []),
    "professionals": (facts("professionals"), PROFESSIONAL),
    "systems": (facts("systems"), ["cqc", "gdc", "gmc", "gphc", "hcpc", "hee", "nmc", "swe"]),
    "trust": (facts("trust"), ["gdc", "gmc", "gphc", "hcpc", "lgsco", "nmc", "phso", "swe"]),
    "doctors": (facts("professionals", "medicine"), ["gmc"]),
    "nurses": (facts("professionals", "nursing"), ["nmc"]),
    "dentists": (facts("professionals", "dentistry"), ["gdc"]),
    "pharmacists": (facts("professionals", "pharmacy"), ["gphc"]),
    "paramedics": (facts("professionals", "allied_health"), ["hcpc"]),
    "social workers": (facts("professionals", "social_work"), ["swe"]),
    "doctors and nurses": (facts("professionals", "nursing", "medicine"), ["gmc", "nmc"]),
    "an environment where doctors learn": (facts("systems", "medicine", learning=True), ["gmc", "hee", "cqc"]),
    "learners, whatever the category": (facts("professionals", "nursing", learning=True), ["nmc", "hee"]),
    "a dental practice": (facts("systems", sector="Dental"), ["gdc", "cqc", "hee"]),
    "a dental practice in the directory": (facts("systems", sector="Dentist"), ["gdc", "cqc", "hee"]),
    "a pharmacy": (facts("systems", sector="pharmacy"), ["gphc", "cqc", "hee"]),
    "a care home": (facts("trust", "nursing", sector="care home"), ["nmc", "lgsco", "marram"]),
    "complaints about a hospital": (facts("trust", "medicine", sector="acute"), ["gmc", "phso"]),
    "a sector no route speaks of": (facts("professionals", sector="independent"), PROFESSIONAL),
    "a profession no route speaks of": (facts("professionals", "astrology"), PROFESSIONAL),
    "a category no policy has": (facts("weather"), []),
}


@pytest.mark.parametrize(("known", "proposed"), SHIPPED.values(), ids=SHIPPED)
def test_the_shipped_table_proposes(known: Facts, proposed: list[str]):
    assert names(propose(CANDIDATES, known, POLICY.routes)) == proposed


def test_every_proposal_says_why():
    found = propose(CANDIDATES, facts("systems", "medicine", learning=True), POLICY.routes)
    assert [one.because for one in found] == [
        "Regulates doctors",
        "Oversees education and training",
        "Systems and the environment, including learning environments",
    ]


NORTH = Route("north", organisations=frozenset({"nhse"}), regions=frozenset({"Yorkshire & the Humber"}))
CONDITIONS = {
    "no condition": (replace(NORTH, regions=frozenset()), Facts(), True),
    "the region": (NORTH, Facts(region="Yorkshire & the Humber"), True),
    "the region written otherwise": (NORTH, Facts(region=" YORKSHIRE  and The Humber"), True),
    "another region": (NORTH, Facts(region="London"), False),
    "no region known": (NORTH, Facts(), False),
    "both of two": (replace(NORTH, sectors=frozenset({"acute"})), Facts(region="yorkshire and the humber"), False),
    "a learner, and must be": (Route("x", learning_environment=True), Facts(learning_environment=True), True),
    "no learner, but must be": (Route("x", learning_environment=True), Facts(), False),
    "a learner, and must not be": (Route("x", learning_environment=False), Facts(learning_environment=True), False),
}


@pytest.mark.parametrize(("route", "known", "fits"), CONDITIONS.values(), ids=CONDITIONS)
def test_all_conditions_of_a_route_must_hold(route: Route, known: Facts, fits: bool):
    assert route.fits(known) is fits


def test_a_name_gives_way_to_no_kind_that_a_route_asks_for():
    routes = [
        Route("by name", organisations=frozenset({"gmc"})),
        Route("by kind", kinds=frozenset({OrganisationKind.PROFESSIONAL_REGULATOR})),
    ]
    assert names(propose(CANDIDATES, Facts(), routes)) == ["gmc", *(one for one in PROFESSIONAL if one != "gmc")]


def test_who_asks_is_never_proposed_and_speaks_for_their_kind():
    doctors = facts("professionals", "medicine")
    assert propose(CANDIDATES, doctors, POLICY.routes, without={NUMBERS["gmc"]}) == []
    absent = [one for one in CANDIDATES if one.slug != "gmc"]
    assert names(propose(absent, doctors, POLICY.routes)) == [one for one in PROFESSIONAL if one != "gmc"]


def test_a_successor_is_proposed_by_the_names_of_those_before_it_and_once():
    candidates = [
        Candidate(7, "nhse", OrganisationKind.COMMISSIONER),
        Candidate(7, "hee", OrganisationKind.EDUCATION),
        Candidate(7, "old-deanery", OrganisationKind.EDUCATION),
    ]
    routes = [Route("learners", organisations=frozenset({"hee"})), *POLICY.routes]
    assert propose(candidates, facts("systems", learning=True), routes) == [Proposal(7, "learners")]


texts = st.sampled_from(["", "acute", "Acute ", "care home", "dental", "London", "north & south", "\u0130"])
keys = st.sampled_from(["", "trust", "systems", "medicine", "nursing", "other"])
slugs = st.sampled_from([*BODIES, "elsewhere"])
kinds = st.sampled_from(OrganisationKind)
known_facts = st.builds(Facts, keys, st.frozensets(keys), texts, texts, st.booleans())
routes = st.lists(
    st.builds(
        Route,
        st.text(max_size=5),
        st.frozensets(slugs, max_size=3),
        st.frozensets(kinds, max_size=2),
        st.frozensets(keys, max_size=2),
        st.frozensets(keys, max_size=2),
        st.frozensets(texts, max_size=2),
        st.frozensets(texts, max_size=2),
        st.none() | st.booleans(),
        st.booleans(),
    ),
    max_size=6,
)
candidates = st.lists(st.builds(Candidate, st.integers(1, 5), slugs, kinds), max_size=6)
numbers = st.frozensets(st.integers(1, 5))


@given(candidates, known_facts, routes, numbers)
def test_only_candidates_are_proposed_each_once_and_always_the_same(some, known, table, without):
    found = propose(some, known, table, without=without)
    proposed = [one.organisation_id for one in found]
    assert set(proposed) <= {one.organisation_id for one in some} - without
    assert len(set(proposed)) == len(proposed)
    assert found == propose(some, known, list(table), without=set(without))


@given(candidates, known_facts, routes)
def test_what_a_route_names_stays_proposed_when_more_routes_are_added(some, known, table):
    first = {one.organisation_id for one in propose(some, known, [r for r in table if not r.general])}
    assert first <= {one.organisation_id for one in propose(some, known, table)}


@given(candidates, known_facts, keys, texts, texts)
def test_any_facts_are_answered_from_the_shipped_table(some, known, category, region, sector):
    more = replace(known, category=category, region=region, sector=sector, professions=known.professions | {category})
    assert len(propose(some, more, POLICY.routes)) <= len(some)


@given(st.text(max_size=30))
def test_writing_it_plainly_twice_is_writing_it_once(text: str):
    assert plainly(plainly(text)) == plainly(text)
    assert same_words(text, f" {text}\t")
