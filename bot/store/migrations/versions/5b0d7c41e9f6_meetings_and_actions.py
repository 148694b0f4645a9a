"""meetings and actions"""

import sqlalchemy as sa
from alembic import op

revision = '5b0d7c41e9f6'
down_revision = '3f1c9b7e52a4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _meetings()
    _actions()
    op.create_table('preference',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('time_zone', sa.String(length=60), nullable=False),
    sa.Column('remind_at', sa.Time(), nullable=True),
    sa.Column('works_on', sa.String(length=7), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_preference_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_preference')),
    sa.UniqueConstraint('person_id', name=op.f('uq_preference_person_id'))
    )


def _meetings() -> None:
    """How often a group meets, what became of each meeting, and who comes."""
    with op.batch_alter_table('watch_group', schema=None) as batch_op:
        batch_op.add_column(sa.Column('cadence', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('purpose', sa.String(length=1500), nullable=False, server_default=''))
    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ruled_for', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('sequence', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('reason', sa.String(length=500), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('arranged_by_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_meeting_arranged_by_id'), 'person', ['arranged_by_id'], ['id'])
        batch_op.create_index(batch_op.f('ix_meeting_group_id_ruled_for'), ['group_id', 'ruled_for'], unique=True)
    op.create_table('meeting_reply',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('coming', sa.Boolean(), nullable=False),
    sa.Column('deputy_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['deputy_id'], ['person.id'], name=op.f('fk_meeting_reply_deputy_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_reply_meeting_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_meeting_reply_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_reply')),
    sa.UniqueConstraint('meeting_id', 'person_id', name=op.f('uq_meeting_reply_meeting_id_person_id'))
    )
    with op.batch_alter_table('meeting_reply', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_reply_person_id'), ['person_id'], unique=False)


def _actions() -> None:
    """Where an action came from, what shows that it was done, who accepted and who closed it; more time asked."""
    with op.batch_alter_table('action', schema=None) as batch_op:
        batch_op.add_column(sa.Column('meeting_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('source', sa.String(length=500), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('evidence', sa.String(length=500), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('snoozed_until', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('closed_by_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_action_meeting_id'), ['meeting_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_action_meeting_id'), 'meeting', ['meeting_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_action_closed_by_id'), 'person', ['closed_by_id'], ['id'])
    op.create_table('action_request',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('action_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('granted', sa.Boolean(), nullable=True),
    sa.Column('answer', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['action_id'], ['action.id'], name=op.f('fk_action_request_action_id')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_action_request_asked_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_action_request_decided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_action_request')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_action_request_submit_key'))
    )
    with op.batch_alter_table('action_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_action_request_action_id'), ['action_id'], unique=False)
        waiting = sa.text('decided_at IS NULL')
        batch_op.create_index('ix_action_request_waiting', ['action_id'], unique=True, sqlite_where=waiting, postgresql_where=waiting)
