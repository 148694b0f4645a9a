"""The migrations' head and the models agree, on both databases."""

import itertools
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlmodel import col, select

from bot.errors import UnknownDatabase
from bot.store.migrate import config, differences, is_current, migrate
from bot.store.tables import (
    ActionChange,
    Addressee,
    Escalation,
    EscalationConcern,
    LadderRung,
    NominatedPerson,
    Provider,
    SurveillanceLevel,
)
from bot.store.unit import RowRefused, Store
from tests.conftest import new_database


async def test_migrated_database_equals_the_models(store: Store):
    assert await differences(store) == []


async def test_migrating_again_changes_nothing(store: Store):
    await migrate(store)
    assert await is_current(store)


NUMBERS = itertools.count()


@pytest.fixture(params=["sqlite", "postgres"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a single table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bare.db'}"
    return new_database(request.getfixturevalue("postgres"), f"bare{next(NUMBERS)}")


# As the tables were before people were nominated for regions.
BEFORE_REGIONS = """
INSERT INTO organisation
    (version, starts_on, id, slug, name, short_name, kind, protocol_status, platform, workspace, email_domains)
    VALUES (1, '2013-01-01', 1, 'gmc', 'GMC', 'GMC', 'professional regulator', 'none', 'slack', '', '');
INSERT INTO person
    (version, starts_on, id, slug, name, title, email, telephone, organisation_id, platform, timezone,
    records_lead, enrolled_in_chat)
    VALUES (1, '2013-01-01', 1, 'ann', 'Ann', '', '', '', 1, 'slack', '', false, false);
INSERT INTO nominated_person
    (starts_on, id, organisation_id, person_id, rung, category, asked_on)
    VALUES ('2026-01-05', 7, 1, 1, 2, 'trust', '2026-02-02')
"""


async def test_who_was_nominated_stays_so_for_every_region(bare_url: str):
    store = Store(bare_url)
    async with store.engine.execution_options(soundings_writes=True).begin() as connection:
        await connection.run_sync(lambda plain: command.upgrade(config(plain), "08e267cb48d1"))
        for statement in BEFORE_REGIONS.split(";"):
            await connection.execute(text(statement))
    await migrate(store)
    async with store.begin() as unit:
        (row,) = await unit.all(select(NominatedPerson))
        assert (row.key, row.rung, row.category, row.region) == (7, 2, "trust", "")
        assert (row.starts_on, row.asked_on) == (date(2026, 1, 5), date(2026, 2, 2))
        same = {"organisation_id": 1, "person_id": 1, "category": "trust", "starts_on": row.starts_on}
        unit.add(NominatedPerson(**same, region="London"))
    with pytest.raises(RowRefused):
        async with store.begin() as unit:
            unit.add(NominatedPerson(**same, region="London"))
    await store.close()


# As escalations were when each was about one concern: one answered, one stopped, one still awaited.
BEFORE_KINDS = """
INSERT INTO organisation
    (version, starts_on, id, slug, name, short_name, kind, protocol_status, platform, workspace, email_domains)
    VALUES (1, '2013-01-01', 1, 'gmc', 'GMC', 'GMC', 'professional regulator', 'none', 'slack', '', ''),
           (1, '2013-01-01', 2, 'nmc', 'NMC', 'NMC', 'professional regulator', 'none', 'slack', '', ''),
           (1, '2013-01-01', 3, 'hee', 'HEE', 'HEE', 'education', 'none', 'slack', '', '');
INSERT INTO person
    (version, starts_on, id, slug, name, title, email, telephone, organisation_id, platform, timezone,
    records_lead, enrolled_in_chat)
    VALUES (1, '2013-01-01', 1, 'ann', 'Ann', '', '', '', 1, 'slack', '', false, false);
INSERT INTO watch_group (version, starts_on, id, slug, name, tier, platform, channel_missing, channel_unsafe)
    VALUES (1, '2013-01-01', 1, 'qsg', 'QSG', 'local', 'slack', false, false);
INSERT INTO concern
    (version, id, reference, submit_key, group_id, provider_named, headline, details, theme, quality_domain, source,
    reliability, directness, lineage, urgency, wanted, audience, marking, attributed, verbal_only, event_on,
    raised_by_id, organisation_id, raised_at, state, outcome, active_at, retention)
    VALUES (1, 5, 'C-1', 'c', 1, '', 'h', '', 'other', '', 'staff', '2', 'B', 'own', 'routine', 'action', 'group',
    'TLP:GREEN', true, false, '2026-01-05', 1, 1, '2026-01-05', 'submitted', '', '2026-01-05', 'information');
INSERT INTO escalation
    (id, reference, submit_key, concern_id, group_id, category, wanted, urgency, question, raised_by_id,
    organisation_id, started_at)
    VALUES (8, 'E-1', 'e', 5, 1, 'trust', 'action', 'routine', 'What do you hold?', 1, 1, '2026-01-06');
INSERT INTO addressee (version, id, escalation_id, organisation_id, state, position, reminded, nudges, next_step_at,
    outcome, reason)
    VALUES (3, 11, 8, 1, 'responded', 0, true, 0, NULL, 'hold', 'Two.'),
           (1, 12, 8, 2, 'acknowledged', 0, true, 0, NULL, '', ''),
           (1, 13, 8, 3, 'notified', 0, true, 0, '2026-01-07', '', '');
INSERT INTO ladder_rung (id, addressee_id, position, person_id, role, told_at)
    VALUES (21, 13, 0, 1, 'nominated person', '2026-01-06')
"""


async def test_what_was_asked_before_there_were_kinds_is_an_emerging_concern(bare_url: str):
    store = Store(bare_url)
    async with store.engine.execution_options(soundings_writes=True).begin() as connection:
        await connection.run_sync(lambda plain: command.upgrade(config(plain), "08e267cb48d1"))
        for statement in BEFORE_KINDS.split(";"):
            await connection.execute(text(statement))
    await migrate(store)
    async with store.begin() as unit:
        (asked,) = await unit.all(select(Escalation))
        (about,) = await unit.all(select(EscalationConcern))
        lines = await unit.all(select(Addressee).order_by(col(Addressee.id)))
        (rung,) = await unit.all(select(LadderRung))
        assert (asked.kind, asked.said, asked.state) == ("emerging_concern", {"question": "What do you hold?"}, "open")
        assert (about.escalation_id, about.concern_id, about.added_at) == (8, 5, asked.started_at)
        assert [line.state for line in lines] == ["responded", "stopped", "notified"]
        assert (lines[0].outcome, lines[0].reason, lines[0].version, lines[0].added_at) == (
            "hold",
            "Two.",
            3,
            asked.started_at,
        )
        assert (rung.key, rung.addressee_id, rung.told_at) == (21, 13, asked.started_at)
        again = {"escalation_id": 8, "added_at": asked.started_at, "group_id": 1}
        unit.add(Addressee(**again))
        await unit.flush()
    await store.close()


# What refers to tables that later migrations build anew on SQLite.
BEFORE_MEETINGS = """
INSERT INTO organisation
    (version, starts_on, id, slug, name, short_name, kind, protocol_status, platform, workspace, email_domains)
    VALUES (1, '2013-01-01', 1, 'gmc', 'GMC', 'GMC', 'professional regulator', 'none', 'slack', '', '');
INSERT INTO person
    (version, starts_on, id, slug, name, title, email, telephone, organisation_id, platform, timezone,
    records_lead, enrolled_in_chat)
    VALUES (1, '2013-01-01', 1, 'ann', 'Ann', '', '', '', 1, 'slack', '', false, false);
INSERT INTO watch_group (version, starts_on, id, slug, name, tier, platform, channel_missing, channel_unsafe)
    VALUES (1, '2013-01-01', 1, 'qsg', 'QSG', 'local', 'slack', false, false);
INSERT INTO provider
    (version, id, code, name, folded_name, former_names, town, postcode, sector, area, region, parent_id,
    host_commissioner, relationship_manager, executive_sponsor)
    VALUES (1, 1, 'RX1', 'Trust', 'trust', '', '', '', '', '', '', NULL, '', '', ''),
           (1, 2, 'RX2', 'Site', 'site', '', '', '', '', '', '', 1, '', '', '');
INSERT INTO footprint (id, starts_on, group_id, provider_id) VALUES (1, '2013-01-01', 1, 1);
INSERT INTO meeting (version, id, slug, group_id, starts_at, minutes, place, state)
    VALUES (1, 1, 'm1', 1, '2026-01-06', 60, '', 'scheduled');
INSERT INTO surveillance_level (id, group_id, provider_id, level, reason, decided_at, meeting_id)
    VALUES (1, 1, 1, 'EN', 'why', '2026-01-06', 1);
INSERT INTO action (version, id, reference, submit_key, group_id, issue, owner_id, owner_organisation_id, raised_by_id,
    raised_on, due_on, priority, state, resolution)
    VALUES (1, 1, 'A-1', 'k', 1, 'i', 1, 1, 1, '2026-01-05', '2026-02-05', 2, 'open', '');
INSERT INTO action_change (id, action_id, at, by_id, field, before, after, reason)
    VALUES (1, 1, '2026-01-05', 1, 'due', '', '', '')
"""


async def test_a_database_in_use_keeps_what_refers_to_a_table_that_changes(bare_url: str):
    store = Store(bare_url)
    async with store.engine.execution_options(soundings_writes=True).begin() as connection:
        await connection.run_sync(lambda plain: command.upgrade(config(plain), "3f1c9b7e52a4"))
        for statement in BEFORE_MEETINGS.split(";"):
            await connection.execute(text(statement))
    await migrate(store)
    assert await differences(store) == []
    async with store.begin() as unit:
        (level,) = await unit.all(select(SurveillanceLevel))
        (change,) = await unit.all(select(ActionChange))
        site = await unit.get(Provider, 2)
        assert (level.meeting_id, level.provider_id, change.action_id, site.parent_id) == (1, 1, 1, 1)
    with pytest.raises(RowRefused):  # what refers to nothing is refused again
        async with store.begin() as unit:
            unit.add(Provider(code="RX3", name="Nowhere", parent_id=99))
    await store.close()


async def test_unmigrated_database_is_not_current(bare_url: str):
    store = Store(bare_url)
    assert not await is_current(store)
    await store.close()


async def test_a_database_of_another_version_is_left_alone(bare_url: str):
    store = Store(bare_url)
    await migrate(store)
    async with store.begin() as unit:
        await unit.session.exec(text("UPDATE alembic_version SET version_num = 'newer'"))
    with pytest.raises(UnknownDatabase, match="another version"):
        await migrate(store)
    await store.close()
