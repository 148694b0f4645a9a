"""Entries written before there was a chain: the migration chains them as they stand, on both databases."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlmodel import select

from bot.domain.audit_check import check
from bot.store.journal import record
from bot.store.migrate import config, migrate
from bot.store.tables import Group, Person
from bot.store.unit import Store
from tests.audit.journals import NOW, lengths, lines_of
from tests.conftest import new_database

FIRST = "9ef7da9adff7"
NUMBERS = itertools.count()
BEFORE = datetime(2026, 7, 1, 9, 30, 0, 123456, tzinfo=UTC)
GROUND = """
INSERT INTO watch_group (id, slug, name, tier, platform, channel_missing, version, starts_on)
VALUES (1, 'a', 'A', 'local', 'slack', false, 1, '2013-01-01'), (2, 'b', 'B', 'local', 'slack', false, 1, '2013-01-01');
INSERT INTO organisation (id, slug, name, short_name, kind, protocol_status, platform, workspace, email_domains,
version, starts_on) VALUES (5, 'cqc', 'CQC', 'CQC', 'oversight body', 'none', 'slack', '', '', 1, '2013-01-01');
INSERT INTO person (id, slug, name, title, email, telephone, organisation_id, platform, timezone, version, starts_on)
VALUES (7, 'ann', 'Ann', '', '', '', 5, 'slack', 'Europe/London', 1, '2013-01-01')
"""
ENTRY = (
    "INSERT INTO journal (at, act, person_id, organisation_id, group_id, subject_kind, subject_id, facts)"
    " VALUES (:at, :act, :person_id, :organisation_id, :group_id, :subject_kind, :subject_id, :facts)"
)
# group, organisation, person, subject and facts
OLD: list[tuple[int | None, int | None, int | None, int | None, dict[str, Any]]] = [
    (1, 5, 7, 3, {}),
    (None, None, None, None, {"workspace": "T1", "user": "U·ü"}),
    (2, 5, 7, 4, {"added": 1}),
    (1, 5, 7, 3, {"why": "NotFound"}),
    (None, 5, 7, None, {"z": 1, "a": 2}),
    (1, None, None, 9, {}),
]


@pytest.fixture(params=["sqlite", "postgres"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a single table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bare.db'}"
    return new_database(request.getfixturevalue("postgres"), f"old{next(NUMBERS)}")


def _first_version(connection: Connection) -> None:
    command.upgrade(config(connection), FIRST)
    for statement in GROUND.split(";"):
        connection.execute(text(statement))
    for place, (group_id, organisation_id, person_id, subject_id, facts) in enumerate(OLD):
        at = BEFORE + timedelta(minutes=place)
        values = {
            "at": at if connection.dialect.name == "postgresql" else at.replace(tzinfo=None).isoformat(" "),
            "act": "concern read",
            "person_id": person_id,
            "organisation_id": organisation_id,
            "group_id": group_id,
            "subject_kind": "concern" if subject_id else "",
            "subject_id": subject_id,
            "facts": json.dumps(facts),
        }
        connection.execute(text(ENTRY), values)


async def test_old_entries_verify_and_new_ones_follow_them(bare_url: str):
    store = Store(bare_url)
    async with store.engine.execution_options(soundings_writes=True).begin() as connection:
        await connection.run_sync(_first_version)
    await migrate(store)
    assert await lengths(store) == {"g1": 3, "g2": 1, "o5": 1, "network": 1}
    old = await lines_of(store)
    assert {(line.entry.at - BEFORE) // timedelta(minutes=1) for line in old} == set(range(len(OLD)))
    expected = sorted(json.dumps(facts) for *_, facts in OLD)
    assert sorted(json.dumps(line.facts) for line in old) == expected
    async with store.begin() as unit:
        (ann,) = await unit.all(select(Person))
        (first, second) = await unit.all(select(Group.channel_unsafe))
        assert (ann.records_lead, ann.enrolled_in_chat, first, second) == (False,) * 4
        record(unit, "concern read", by=None, now=NOW, group_id=1)
    assert await lengths(store) == {"g1": 4, "g2": 1, "o5": 1, "network": 1}
    await store.close()


async def test_nothing_written_yet_is_nothing_to_chain(bare_url: str):
    store = Store(bare_url)
    await migrate(store)
    assert check(await lines_of(store), []) == []
    await store.close()
