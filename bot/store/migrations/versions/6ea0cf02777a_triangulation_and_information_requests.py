"""triangulation and information requests"""

import sqlalchemy as sa
from alembic import op

revision = '6ea0cf02777a'
down_revision = '701dec894160'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('cluster',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('theme', sa.String(length=40), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['watch_group.id'], name=op.f('fk_cluster_group_id')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_cluster_provider_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cluster')),
    sa.UniqueConstraint('group_id', 'provider_id', 'theme', name=op.f('uq_cluster_group_id_provider_id_theme'))
    )
    with op.batch_alter_table('cluster', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cluster_changed_at'), ['changed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_cluster_provider_id'), ['provider_id'], unique=False)

    op.create_table('information_request',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('wanted', sa.String(length=500), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('asker_id', sa.Integer(), nullable=True),
    sa.Column('agreed_by_id', sa.Integer(), nullable=True),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('asked_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('result', sa.String(length=3000), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_by_id', sa.Integer(), nullable=True),
    sa.Column('why', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['agreed_by_id'], ['person.id'], name=op.f('fk_information_request_agreed_by_id')),
    sa.ForeignKeyConstraint(['asker_id'], ['organisation.id'], name=op.f('fk_information_request_asker_id')),
    sa.ForeignKeyConstraint(['group_id'], ['watch_group.id'], name=op.f('fk_information_request_group_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_information_request_organisation_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['person.id'], name=op.f('fk_information_request_proposed_by_id')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_information_request_provider_id')),
    sa.ForeignKeyConstraint(['told_by_id'], ['person.id'], name=op.f('fk_information_request_told_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_information_request')),
    sa.UniqueConstraint('reference', name=op.f('uq_information_request_reference')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_information_request_submit_key'))
    )
    with op.batch_alter_table('information_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_information_request_due_on'), ['due_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_information_request_group_id_state'), ['group_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_information_request_provider_id_state'), ['provider_id', 'state'], unique=False)

    op.create_table('information_holding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('holding', sa.String(length=40), nullable=False),
    sa.Column('text', sa.String(length=1000), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_information_holding_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_information_holding_organisation_id')),
    sa.ForeignKeyConstraint(['request_id'], ['information_request.id'], name=op.f('fk_information_holding_request_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_information_holding')),
    sa.UniqueConstraint('request_id', 'organisation_id', name=op.f('uq_information_holding_request_id_organisation_id'))
    )
    op.create_table('cluster_member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cluster_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('concern_id', sa.Integer(), nullable=False),
    sa.Column('answer_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('event_on', sa.Date(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['answer_id'], ['concern_answer.id'], name=op.f('fk_cluster_member_answer_id')),
    sa.ForeignKeyConstraint(['cluster_id'], ['cluster.id'], name=op.f('fk_cluster_member_cluster_id')),
    sa.ForeignKeyConstraint(['concern_id'], ['concern.id'], name=op.f('fk_cluster_member_concern_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_cluster_member_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cluster_member')),
    sa.UniqueConstraint('cluster_id', 'source', name=op.f('uq_cluster_member_cluster_id_source'))
    )
    with op.batch_alter_table('cluster_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cluster_member_answer_id'), ['answer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_cluster_member_cluster_id_event_on'), ['cluster_id', 'event_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_cluster_member_concern_id'), ['concern_id'], unique=False)

    op.create_table('firing',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cluster_id', sa.Integer(), nullable=False),
    sa.Column('strength', sa.Integer(), nullable=False),
    sa.Column('fact', sa.String(length=64), nullable=False),
    sa.Column('fired_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=True),
    sa.Column('set_aside_by_id', sa.Integer(), nullable=True),
    sa.Column('set_aside_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['cluster_id'], ['cluster.id'], name=op.f('fk_firing_cluster_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['level_proposal.id'], name=op.f('fk_firing_proposal_id')),
    sa.ForeignKeyConstraint(['set_aside_by_id'], ['person.id'], name=op.f('fk_firing_set_aside_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_firing')),
    sa.UniqueConstraint('cluster_id', 'fact', name=op.f('uq_firing_cluster_id_fact'))
    )
    with op.batch_alter_table('firing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_firing_proposal_id'), ['proposal_id'], unique=False)

    with op.batch_alter_table('level_proposal', schema=None) as batch_op:
        batch_op.alter_column('proposed_by_id',
               existing_type=sa.INTEGER(),
               nullable=True)
