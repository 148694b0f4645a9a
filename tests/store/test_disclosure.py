"""An export holds what its records lead may read, and not a word of anything else: for every kind of viewer."""

from dataclasses import replace

import pytest

from bot.domain.disclosure import Request
from bot.domain.handling import Viewer
from bot.domain.terms import DisclosureKind, Position
from bot.files.policy import load_policy
from bot.reports.record import write_record
from bot.store.disclosure import (
    Contribution,
    Export,
    Narrowing,
    contributions,
    organisation_named,
    own_positions,
    person_named,
    positions_in,
)
from bot.store.tables import Disclosure, DisclosurePosition
from bot.store.unit import Store, Unit
from tests.store.rows import NOW, TODAY
from tests.store.scene import CONCERNS, PEOPLE, set_scene, viewer
from tests.store.test_visibility import READING

POLICY = load_policy(None)


def readable(slug: str) -> set[str]:
    """What the truth table says that this person may read."""
    line = next(line for line in READING.splitlines() if line.startswith(slug + "  "))
    marks = [mark for mark in line if mark in "●·"]
    return {name for name, mark in zip(CONCERNS, marks, strict=True) if mark == "●"}


async def exported(unit: Unit, by: Viewer, slug: str) -> tuple[list[Contribution], str]:
    """What is found for them, and every word of the record."""
    found = await contributions(unit, by, Narrowing(), TODAY)
    organisation, person = await organisation_named(unit, PEOPLE[slug]), await person_named(unit, slug)
    assert organisation
    assert person
    request = Request("1", DisclosureKind.OWN_RECORDS)
    record = write_record(Export("D-1", request, organisation, person, NOW, "", found), POLICY)
    return found, record.decode()


async def test_every_viewer_exports_what_they_may_read(store: Store):
    await set_scene(store)
    for slug in PEOPLE:
        async with store.look() as unit:
            by = await viewer(unit, slug)
            if by is None:
                assert readable(slug) == set()
                continue
            found, words = await exported(unit, by, slug)
        assert {one.seen.concern.reference.lower() for one in found} == readable(slug), slug
        hidden = set(CONCERNS) - readable(slug)
        assert [name for name in hidden if f'headline of {name.upper()}"' in words] == [], slug


async def test_what_is_narrowed_to_a_provider_has_its_sites_and_nothing_else(store: Store):
    ids = await set_scene(store)
    async with store.look() as unit:
        by = await viewer(unit, "originator")
        assert by
        narrowing = Narrowing((ids["northgate"], ids["site"]))
        found = {one.seen.concern.reference.lower() for one in await contributions(unit, by, narrowing, TODAY)}
    assert found == readable("originator") - {"elsewhere", "theme"}


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("originator", {"group", "site"}),
        ("colleague", set()),  # neither supplied it nor represents anybody
        ("member", set()),
        ("outsider", set()),
    ],
)
async def test_who_is_asked_about_what(store: Store, slug: str, expected: set[str]):
    ids = await set_scene(store)
    case = await asked_about(store, ids, "group", "site")
    async with store.look() as unit:
        by = await viewer(unit, slug)
        assert by
        lines = await own_positions(unit, case, by, TODAY)
    assert {concern.reference.lower() for concern, _ in lines} == expected


async def test_a_representative_answers_what_no_colleague_has(store: Store):
    ids = await set_scene(store)
    case = await asked_about(store, ids, "group", "site", "red")
    async with store.begin() as unit:
        by = await viewer(unit, "colleague")
        assert by
        seat = replace(by.groups[0], roles=frozenset({"representative"}))
        by = replace(by, groups=(seat,))
        before = {concern.reference for concern, _ in await own_positions(unit, case, by, TODAY)}
        row = (await positions_in(unit, case))[ids["concern site"]]
        row.position, row.by_id = Position.OBJECTS, ids["person originator"]
        await unit.flush()
        after = {concern.reference for concern, _ in await own_positions(unit, case, by, TODAY)}
    assert (before, after) == ({"GROUP", "SITE"}, {"GROUP"})


async def asked_about(store: Store, ids: dict[str, int], *references: str) -> int:
    """A case of another organisation in which the originators of these are asked; its number."""
    async with store.begin() as unit:
        kind = DisclosureKind.SUBJECT_ACCESS
        case = Disclosure(case="1", kind=kind, organisation_id=ids["gmc"], by_id=ids["person member"], opened_at=NOW)
        unit.add(case)
        await unit.flush()
        for reference in references:
            key = ids[f"concern {reference}"]
            unit.add(DisclosurePosition(disclosure_id=case.key, concern_id=key, asked_at=NOW))
        return case.key
