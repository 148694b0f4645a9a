"""protocol"""

import sqlalchemy as sa
import sqlalchemy as sa
from alembic import op

revision = '3f1c9b7e52a4'
down_revision = '08e267cb48d1'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _escalations()
    _directory()
    _absences()
    _panels()


def _escalations() -> None:
    """Kinds, several concerns, answers with their history, threads."""


def _directory() -> None:
    """Hours of an organisation, and who is nominated for a region."""


def _absences() -> None:
    """Absences said in chat."""


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

    op.create_table('level_proposal',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
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
    sa.PrimaryKeyConstraint('id', name=op.f('pk_level_proposal'))
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
