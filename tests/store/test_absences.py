"""Who is away when, which absences have begun, and who answers for an organisation."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.domain.terms import Role
from bot.store import absences as asked
from bot.store.tables import Absence, NominatedPerson, Seat
from bot.store.unit import Store
from tests.store.rows import NOW, TODAY, group, organisation, person

HOUR = timedelta(hours=1)
YESTERDAY = TODAY - timedelta(days=1)
# When it starts and ends, what else is known of it; and whether it counts, and whether it has just begun.
ABSENCES = {
    "now": (-1, 1, {}, True, True),
    "this moment": (0, 1, {}, True, True),
    "to come": (1, 2, {}, True, False),
    "over": (-2, -1, {}, False, False),
    "over this moment": (-2, 0, {}, False, False),
    "ended": (-1, 1, {"back_at": NOW}, False, False),
    "noticed": (-1, 1, {"noticed_at": NOW}, True, False),
    "taken out of the file before it began": (1, 1, {}, False, False),
}


@pytest.mark.parametrize(("start", "end", "facts", "counts", "begins"), ABSENCES.values(), ids=ABSENCES)
async def test_what_counts_and_what_has_begun(store: Store, start: int, end: int, facts, counts: bool, begins: bool):
    async with store.begin() as unit:
        ann = await person(unit, "ann", (await organisation(unit, "gmc")).key)
        row = Absence(person_id=ann.key, starts_at=NOW + start * HOUR, until=NOW + end * HOUR, **facts)
        unit.add(row)
    async with store.look() as unit:
        assert [one.key for one in await asked.standing(unit, [ann.key], NOW)] == ([row.key] if counts else [])
        assert await asked.beginning(unit, NOW) == ([row.key] if begins else [])
        assert await asked.standing(unit, [ann.key + 1], NOW) == []


async def test_who_answers_for_an_organisation(store: Store):
    async with store.begin() as unit:
        gmc, nmc = await organisation(unit, "gmc"), await organisation(unit, "nmc")
        qsg = await group(unit, "qsg")
        keys = {}
        for slug, role, facts in (
            ("representative", Role.REPRESENTATIVE, {}),
            ("deputy", Role.DEPUTY, {}),
            ("chair", Role.CHAIR, {}),
            ("leaver", Role.DEPUTY, {"ends_on": YESTERDAY}),
            ("chatless", Role.DEPUTY, {"chat_user": None}),
        ):
            keys[slug] = (await person(unit, slug, gmc.key, **facts)).key
            unit.add(Seat(group_id=qsg.key, person_id=keys[slug], role=role))
        lent = await person(unit, "lent", nmc.key)
        former = await person(unit, "former", gmc.key)
        unit.add(NominatedPerson(organisation_id=gmc.key, person_id=lent.key))
        unit.add(NominatedPerson(organisation_id=gmc.key, person_id=former.key, ends_on=YESTERDAY))
    async with store.look() as unit:
        found = await asked.answering(unit, [gmc.key, nmc.key], TODAY)
    assert found == {gmc.key: {keys["representative"], keys["deputy"], lent.key}, nmc.key: set()}


@pytest.mark.parametrize(
    "kept_url", ["sqlite"], indirect=True, scope="module"
)  # which says its plan whatever the size of a table
async def test_beginnings_are_found_by_an_index(store: Store):
    query = "EXPLAIN QUERY PLAN SELECT id FROM absence WHERE noticed_at IS NULL AND starts_at <= 'x' AND until > 'x'"
    async with store.look() as unit:
        plan = [str(row) for row in await unit.rows(text(query))]
    assert "ix_absence_noticed_at_until" in plan[0]
