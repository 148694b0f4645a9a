"""protocol"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '3f1c9b7e52a4'
down_revision = '08e267cb48d1'
branch_labels = None
depends_on = None

CHAIN = ('escalation', 'addressee', 'ladder_rung')


def upgrade() -> None:
    _escalations()
    _directory()
    _absences()
    _panels()
    _changes()


def _escalations() -> None:
    """Kinds, several concerns, answers with their history, threads. The tables are made anew around what they hold:
    SQLite cannot take a NOT NULL back."""
    connection = op.get_bind()
    kept = {name: [dict(row) for row in connection.execute(_stored(name)).mappings()] for name in CHAIN}
    for name in reversed(CHAIN):
        op.drop_table(name)
    op.create_table('escalation',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('category', sa.String(length=40), nullable=False),
    sa.Column('profession', sa.String(length=40), nullable=False),
    sa.Column('wanted', sa.String(length=40), nullable=False),
    sa.Column('urgency', sa.String(length=40), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('raised_by_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('sponsor_id', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['watch_group.id'], name=op.f('fk_escalation_group_id')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['escalation.id'], name=op.f('fk_escalation_merged_into_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_escalation_organisation_id')),
    sa.ForeignKeyConstraint(['raised_by_id'], ['person.id'], name=op.f('fk_escalation_raised_by_id')),
    sa.ForeignKeyConstraint(['sponsor_id'], ['organisation.id'], name=op.f('fk_escalation_sponsor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation')),
    sa.UniqueConstraint('reference', name=op.f('uq_escalation_reference')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_escalation_submit_key'))
    )
    with op.batch_alter_table('escalation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_escalation_group_id_started_at'), ['group_id', 'started_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_escalation_organisation_id_started_at'), ['organisation_id', 'started_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_escalation_raised_by_id'), ['raised_by_id'], unique=False)

    op.create_table('addressee',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('escalation_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('reminded', sa.Boolean(), nullable=False),
    sa.Column('nudges', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('next_step_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_by_id', sa.Integer(), nullable=True),
    sa.Column('responded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('responded_by_id', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=3000), nullable=False),
    sa.Column('by_on', sa.Date(), nullable=True),
    sa.CheckConstraint('(organisation_id IS NULL) <> (group_id IS NULL)', name=op.f('ck_addressee_one_addressee')),
    sa.ForeignKeyConstraint(['acknowledged_by_id'], ['person.id'], name=op.f('fk_addressee_acknowledged_by_id')),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_addressee_escalation_id')),
    sa.ForeignKeyConstraint(['group_id'], ['watch_group.id'], name=op.f('fk_addressee_group_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_addressee_organisation_id')),
    sa.ForeignKeyConstraint(['responded_by_id'], ['person.id'], name=op.f('fk_addressee_responded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_addressee')),
    sa.UniqueConstraint('escalation_id', 'group_id', name=op.f('uq_addressee_escalation_id_group_id')),
    sa.UniqueConstraint('escalation_id', 'organisation_id', name=op.f('uq_addressee_escalation_id_organisation_id'))
    )
    with op.batch_alter_table('addressee', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_addressee_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_addressee_next_step_at'), ['next_step_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_addressee_organisation_id_added_at'), ['organisation_id', 'added_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_addressee_state_next_step_at'), ['state', 'next_step_at'], unique=False)

    op.create_table('escalation_concern',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('escalation_id', sa.Integer(), nullable=False),
    sa.Column('concern_id', sa.Integer(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['person.id'], name=op.f('fk_escalation_concern_added_by_id')),
    sa.ForeignKeyConstraint(['concern_id'], ['concern.id'], name=op.f('fk_escalation_concern_concern_id')),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_escalation_concern_escalation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation_concern')),
    sa.UniqueConstraint('escalation_id', 'concern_id', name=op.f('uq_escalation_concern_escalation_id_concern_id'))
    )
    with op.batch_alter_table('escalation_concern', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_escalation_concern_concern_id'), ['concern_id'], unique=False)

    op.create_table('escalation_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('escalation_id', sa.Integer(), nullable=False),
    sa.Column('addressee_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['addressee_id'], ['addressee.id'], name=op.f('fk_escalation_change_addressee_id')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_escalation_change_by_id')),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_escalation_change_escalation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation_change')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_escalation_change_submit_key'))
    )
    with op.batch_alter_table('escalation_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_escalation_change_escalation_id'), ['escalation_id'], unique=False)

    op.create_table('exchange',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('addressee_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('ours', sa.Boolean(), nullable=False),
    sa.Column('text', sa.String(length=3000), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('shared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('shared_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['addressee_id'], ['addressee.id'], name=op.f('fk_exchange_addressee_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_exchange_person_id')),
    sa.ForeignKeyConstraint(['shared_by_id'], ['person.id'], name=op.f('fk_exchange_shared_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exchange')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_exchange_submit_key'))
    )
    with op.batch_alter_table('exchange', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exchange_addressee_id'), ['addressee_id'], unique=False)

    op.create_table('ladder_rung',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('addressee_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['addressee_id'], ['addressee.id'], name=op.f('fk_ladder_rung_addressee_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_ladder_rung_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ladder_rung')),
    sa.UniqueConstraint('addressee_id', 'position', name=op.f('uq_ladder_rung_addressee_id_position'))
    )
    with op.batch_alter_table('ladder_rung', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ladder_rung_addressee_id'), ['addressee_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ladder_rung_person_id'), ['person_id'], unique=False)

    op.create_table('past_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('addressee_id', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=3000), nullable=False),
    sa.Column('by_on', sa.Date(), nullable=True),
    sa.Column('responded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('responded_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['addressee_id'], ['addressee.id'], name=op.f('fk_past_answer_addressee_id')),
    sa.ForeignKeyConstraint(['responded_by_id'], ['person.id'], name=op.f('fk_past_answer_responded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_past_answer'))
    )
    with op.batch_alter_table('past_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_past_answer_addressee_id'), ['addressee_id'], unique=False)
    _put_back(connection, kept)


def _stored(name: str) -> sa.Select[Any]:
    return sa.select(sa.Table(name, sa.MetaData(), autoload_with=op.get_bind()))


def _put_back(connection: sa.Connection, kept: dict[str, list[dict[str, Any]]]) -> None:
    started = {}
    about = []
    for row in kept["escalation"]:
        started[row["id"]] = row["started_at"]
        about.append({"escalation_id": row["id"], "concern_id": row.pop("concern_id")})
        about[-1] |= {"added_at": row["started_at"], "added_by_id": row["raised_by_id"]}
        question = row.pop("question")
        row |= {"version": 1, "kind": "emerging_concern", "profession": "", "state": "open"}
        row["said"] = {"question": question} if question else {}
    for row in kept["addressee"]:
        row |= {"added_at": started[row["escalation_id"]], "round": 0}
        row["state"] = _state(row)
    for name, rows in {**kept, "escalation_concern": about}.items():
        if rows:
            connection.execute(sa.insert(sa.Table(name, sa.MetaData(), autoload_with=connection)), rows)
            if connection.dialect.name == "postgresql":
                last = sa.func.setval(sa.func.pg_get_serial_sequence(name, "id"), sa.func.max(sa.column("id")))
                connection.execute(sa.select(last).select_from(sa.table(name)))


def _state(row: dict[str, Any]) -> str:
    """Whoever was not waited for any more had been stopped."""
    if row["state"] != "responded" and row["next_step_at"] is None:
        return "stopped"
    return str(row["state"])


def _directory() -> None:
    """Hours of an organisation, and who is nominated for a region."""
    with op.batch_alter_table('nominated_person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('region', sa.String(length=100), nullable=False, server_default=''))
        batch_op.drop_constraint(batch_op.f('uq_nominated_person_organisation_id_person_id_category_starts_on'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_nominated_person_organisation_id_person_id_category_region_starts_on'), ['organisation_id', 'person_id', 'category', 'region', 'starts_on'])
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('opens', sa.Time(), nullable=True))
        batch_op.add_column(sa.Column('closes', sa.Time(), nullable=True))
    with op.batch_alter_table('provider', schema=None) as batch_op:
        batch_op.add_column(sa.Column('region', sa.String(length=100), nullable=False, server_default=''))


def _absences() -> None:
    """Absences said in chat."""
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.add_column(sa.Column('said_in_chat', sa.Boolean(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('said_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('said_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('back_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('noticed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_absence_person_id_starts_at'), type_='unique')
        batch_op.create_index(batch_op.f('ix_absence_noticed_at_until'), ['noticed_at', 'until'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_absence_person_id_starts_at_said_in_chat'), ['person_id', 'starts_at', 'said_in_chat'])
        batch_op.create_foreign_key(batch_op.f('fk_absence_said_by_id'), 'person', ['said_by_id'], ['id'])


def _panels() -> None:
    """Regulatory review panels."""
    op.create_table('panel',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('escalation_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('convened_by_id', sa.Integer(), nullable=False),
    sa.Column('convened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('purpose', sa.String(length=1500), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(length=300), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('why', sa.String(length=1000), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_by_id', sa.Integer(), nullable=True),
    sa.Column('joint_note', sa.String(length=3000), nullable=False),
    sa.Column('agreed_risk', sa.String(length=1000), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=True),
    sa.Column('rationale', sa.String(length=3000), nullable=False),
    sa.Column('tell_provider', sa.String(length=40), nullable=True),
    sa.Column('tell_by_id', sa.Integer(), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['convened_by_id'], ['person.id'], name=op.f('fk_panel_convened_by_id')),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_panel_escalation_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_panel_organisation_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_panel_recorded_by_id')),
    sa.ForeignKeyConstraint(['tell_by_id'], ['person.id'], name=op.f('fk_panel_tell_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel')),
    sa.UniqueConstraint('reference', name=op.f('uq_panel_reference')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_panel_submit_key'))
    )
    with op.batch_alter_table('panel', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_panel_convened_by_id'), ['convened_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_panel_escalation_id'), ['escalation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_panel_review_on'), ['review_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_panel_state_starts_at'), ['state', 'starts_at'], unique=False)

    op.create_table('level_proposal',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('level', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('panel_id', sa.Integer(), nullable=True),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_level_proposal_decided_by_id')),
    sa.ForeignKeyConstraint(['group_id'], ['watch_group.id'], name=op.f('fk_level_proposal_group_id')),
    sa.ForeignKeyConstraint(['panel_id'], ['panel.id'], name=op.f('fk_level_proposal_panel_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['person.id'], name=op.f('fk_level_proposal_proposed_by_id')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_level_proposal_provider_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_level_proposal')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_level_proposal_submit_key'))
    )
    with op.batch_alter_table('level_proposal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_level_proposal_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_level_proposal_panel_id'), ['panel_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_level_proposal_provider_id'), ['provider_id'], unique=False)

    op.create_table('panel_contribution',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('panel_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('text', sa.String(length=3000), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_panel_contribution_organisation_id')),
    sa.ForeignKeyConstraint(['panel_id'], ['panel.id'], name=op.f('fk_panel_contribution_panel_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_panel_contribution_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_contribution')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_panel_contribution_submit_key'))
    )
    with op.batch_alter_table('panel_contribution', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_panel_contribution_panel_id'), ['panel_id'], unique=False)

    op.create_table('panel_invitee',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('panel_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('organisation', sa.String(length=200), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('invited_by_id', sa.Integer(), nullable=False),
    sa.Column('invited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attended', sa.Boolean(), nullable=True),
    sa.CheckConstraint("(person_id IS NULL) <> (name = '')", name=op.f('ck_panel_invitee_one_invitee')),
    sa.ForeignKeyConstraint(['invited_by_id'], ['person.id'], name=op.f('fk_panel_invitee_invited_by_id')),
    sa.ForeignKeyConstraint(['panel_id'], ['panel.id'], name=op.f('fk_panel_invitee_panel_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_panel_invitee_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_invitee')),
    sa.UniqueConstraint('panel_id', 'person_id', name=op.f('uq_panel_invitee_panel_id_person_id'))
    )
    with op.batch_alter_table('panel_invitee', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_panel_invitee_panel_id'), ['panel_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_panel_invitee_person_id'), ['person_id'], unique=False)

    op.create_table('panel_time',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('panel_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['panel_id'], ['panel.id'], name=op.f('fk_panel_time_panel_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_time')),
    sa.UniqueConstraint('panel_id', 'starts_at', name=op.f('uq_panel_time_panel_id_starts_at'))
    )
    op.create_table('panel_vote',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('panel_time_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('can', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['panel_time_id'], ['panel_time.id'], name=op.f('fk_panel_vote_panel_time_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_panel_vote_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_vote')),
    sa.UniqueConstraint('panel_time_id', 'person_id', name=op.f('uq_panel_vote_panel_time_id_person_id'))
    )
    with op.batch_alter_table('panel_vote', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_panel_vote_person_id'), ['person_id'], unique=False)

    # In place, its reference with it: SQLite would otherwise drop and remake a table to which others refer.
    op.execute('ALTER TABLE action ADD COLUMN panel_id INTEGER CONSTRAINT fk_action_panel_id REFERENCES panel (id)')
    with op.batch_alter_table('action', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_action_panel_id'), ['panel_id'], unique=False)


def _changes() -> None:
    """What a change to an escalation was about, and finding what was merged into another."""
    with op.batch_alter_table('escalation_change', schema=None) as batch_op:
        batch_op.add_column(sa.Column('about', sa.String(length=20), server_default='', nullable=False))
        batch_op.create_index(batch_op.f('ix_escalation_change_addressee_id'), ['addressee_id'], unique=False)
    with op.batch_alter_table('escalation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_escalation_merged_into_id'), ['merged_into_id'], unique=False)
