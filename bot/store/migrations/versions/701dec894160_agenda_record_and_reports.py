"""agenda, record and reports"""

import sqlalchemy as sa
from alembic import op

revision = '701dec894160'
down_revision = '5b0d7c41e9f6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('feedback',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('from_group_id', sa.Integer(), nullable=False),
    sa.Column('to_group_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=1500), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_feedback_by_id')),
    sa.ForeignKeyConstraint(['from_group_id'], ['watch_group.id'], name=op.f('fk_feedback_from_group_id')),
    sa.ForeignKeyConstraint(['to_group_id'], ['watch_group.id'], name=op.f('fk_feedback_to_group_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_feedback_submit_key'))
    )
    with op.batch_alter_table('feedback', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feedback_to_group_id_at'), ['to_group_id', 'at'], unique=False)

    op.create_table('agenda_item',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('concern_id', sa.Integer(), nullable=True),
    sa.Column('provider_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=150), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('off', sa.Boolean(), nullable=False),
    sa.Column('guest', sa.String(length=200), nullable=False),
    sa.Column('put_by_id', sa.Integer(), nullable=False),
    sa.Column('put_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['concern_id'], ['concern.id'], name=op.f('fk_agenda_item_concern_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_agenda_item_meeting_id')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_agenda_item_provider_id')),
    sa.ForeignKeyConstraint(['put_by_id'], ['person.id'], name=op.f('fk_agenda_item_put_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agenda_item')),
    sa.UniqueConstraint('meeting_id', 'concern_id', name=op.f('uq_agenda_item_meeting_id_concern_id')),
    sa.UniqueConstraint('meeting_id', 'provider_id', name=op.f('uq_agenda_item_meeting_id_provider_id')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_agenda_item_submit_key'))
    )
    with op.batch_alter_table('agenda_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agenda_item_concern_id'), ['concern_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_agenda_item_meeting_id_position'), ['meeting_id', 'position'], unique=False)
        batch_op.create_index(batch_op.f('ix_agenda_item_provider_id'), ['provider_id'], unique=False)

    op.create_table('attendance',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('guest', sa.String(length=200), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_attendance_meeting_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_attendance_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_attendance_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance')),
    sa.UniqueConstraint('meeting_id', 'person_id', name=op.f('uq_attendance_meeting_id_person_id')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_attendance_submit_key'))
    )
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attendance_meeting_id'), ['meeting_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attendance_person_id'), ['person_id'], unique=False)

    op.create_table('concern_answer',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('concern_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('handling', sa.String(length=40), nullable=False),
    sa.Column('text', sa.String(length=3000), nullable=False),
    sa.Column('event_on', sa.Date(), nullable=True),
    sa.Column('reliability', sa.String(length=40), nullable=True),
    sa.Column('directness', sa.String(length=40), nullable=True),
    sa.Column('lineage', sa.String(length=40), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_concern_answer_by_id')),
    sa.ForeignKeyConstraint(['concern_id'], ['concern.id'], name=op.f('fk_concern_answer_concern_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_concern_answer_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_concern_answer')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_concern_answer_submit_key'))
    )
    with op.batch_alter_table('concern_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_concern_answer_concern_id_at'), ['concern_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_concern_answer_organisation_id_at'), ['organisation_id', 'at'], unique=False)

    op.create_table('digest_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('slot', sa.String(length=60), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('held', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_digest_version_made_by_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_digest_version_meeting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_digest_version')),
    sa.UniqueConstraint('meeting_id', 'number', name=op.f('uq_digest_version_meeting_id_number')),
    sa.UniqueConstraint('meeting_id', 'slot', name=op.f('uq_digest_version_meeting_id_slot'))
    )
    op.create_table('meeting_note',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('parts', sa.JSON(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_meeting_note_made_by_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_note_meeting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_note')),
    sa.UniqueConstraint('meeting_id', 'number', name=op.f('uq_meeting_note_meeting_id_number')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_meeting_note_submit_key'))
    )
    with op.batch_alter_table('meeting_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_note_due_on'), ['due_on'], unique=False)

    op.create_table('planned_theme',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('theme', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=150), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=True),
    sa.Column('suggested_by_id', sa.Integer(), nullable=False),
    sa.Column('suggested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_planned_theme_decided_by_id')),
    sa.ForeignKeyConstraint(['group_id'], ['watch_group.id'], name=op.f('fk_planned_theme_group_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_planned_theme_meeting_id')),
    sa.ForeignKeyConstraint(['suggested_by_id'], ['person.id'], name=op.f('fk_planned_theme_suggested_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_planned_theme')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_planned_theme_submit_key'))
    )
    with op.batch_alter_table('planned_theme', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_planned_theme_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_planned_theme_meeting_id'), ['meeting_id'], unique=False)

    op.create_table('report',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('from_group_id', sa.Integer(), nullable=True),
    sa.Column('from_organisation_id', sa.Integer(), nullable=True),
    sa.Column('to_group_id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('parts', sa.JSON(), nullable=False),
    sa.Column('drafted_by_id', sa.Integer(), nullable=True),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['approved_by_id'], ['person.id'], name=op.f('fk_report_approved_by_id')),
    sa.ForeignKeyConstraint(['drafted_by_id'], ['person.id'], name=op.f('fk_report_drafted_by_id')),
    sa.ForeignKeyConstraint(['from_group_id'], ['watch_group.id'], name=op.f('fk_report_from_group_id')),
    sa.ForeignKeyConstraint(['from_organisation_id'], ['organisation.id'], name=op.f('fk_report_from_organisation_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_report_meeting_id')),
    sa.ForeignKeyConstraint(['to_group_id'], ['watch_group.id'], name=op.f('fk_report_to_group_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
    sa.UniqueConstraint('reference', name=op.f('uq_report_reference')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_report_submit_key'))
    )
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_from_group_id_kind_ends_on'), ['from_group_id', 'kind', 'ends_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_report_meeting_id'), ['meeting_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_report_to_group_id_state'), ['to_group_id', 'state'], unique=False)

    op.create_table('conclusion',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('submit_key', sa.String(length=255), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('concern_id', sa.Integer(), nullable=True),
    sa.Column('provider_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=150), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=3000), nullable=False),
    sa.Column('level', sa.String(length=40), nullable=True),
    sa.Column('level_reason', sa.String(length=1000), nullable=False),
    sa.Column('find_out_id', sa.Integer(), nullable=True),
    sa.Column('find_out_by', sa.Date(), nullable=True),
    sa.Column('board', sa.String(length=40), nullable=True),
    sa.Column('board_message', sa.String(length=1500), nullable=False),
    sa.Column('board_by_id', sa.Integer(), nullable=True),
    sa.Column('tell_by_id', sa.Integer(), nullable=True),
    sa.Column('tell_why_not', sa.String(length=500), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['board_by_id'], ['person.id'], name=op.f('fk_conclusion_board_by_id')),
    sa.ForeignKeyConstraint(['concern_id'], ['concern.id'], name=op.f('fk_conclusion_concern_id')),
    sa.ForeignKeyConstraint(['find_out_id'], ['person.id'], name=op.f('fk_conclusion_find_out_id')),
    sa.ForeignKeyConstraint(['item_id'], ['agenda_item.id'], name=op.f('fk_conclusion_item_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_conclusion_meeting_id')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_conclusion_provider_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_conclusion_recorded_by_id')),
    sa.ForeignKeyConstraint(['tell_by_id'], ['person.id'], name=op.f('fk_conclusion_tell_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conclusion')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_conclusion_submit_key'))
    )
    with op.batch_alter_table('conclusion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conclusion_concern_id'), ['concern_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_conclusion_item_id'), ['item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_conclusion_meeting_id_position'), ['meeting_id', 'position'], unique=False)
        batch_op.create_index(batch_op.f('ix_conclusion_provider_id_recorded_at'), ['provider_id', 'recorded_at'], unique=False)

    op.create_table('level_review',
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('level_id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('quarter_on', sa.Date(), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rationale', sa.String(length=1500), nullable=False),
    sa.Column('reviewed_by_id', sa.Integer(), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['watch_group.id'], name=op.f('fk_level_review_group_id')),
    sa.ForeignKeyConstraint(['level_id'], ['surveillance_level.id'], name=op.f('fk_level_review_level_id')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_level_review_provider_id')),
    sa.ForeignKeyConstraint(['reviewed_by_id'], ['person.id'], name=op.f('fk_level_review_reviewed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_level_review')),
    sa.UniqueConstraint('level_id', 'quarter_on', name=op.f('uq_level_review_level_id_quarter_on'))
    )
    with op.batch_alter_table('level_review', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_level_review_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_level_review_provider_id'), ['provider_id'], unique=False)

    op.create_table('note_reply',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('note_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('agrees', sa.Boolean(), nullable=False),
    sa.Column('comment', sa.String(length=1500), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['note_id'], ['meeting_note.id'], name=op.f('fk_note_reply_note_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_note_reply_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_note_reply_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_reply')),
    sa.UniqueConstraint('note_id', 'person_id', name=op.f('uq_note_reply_note_id_person_id'))
    )
    with op.batch_alter_table('note_reply', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_reply_person_id'), ['person_id'], unique=False)

    op.create_table('dissent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conclusion_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conclusion_id'], ['conclusion.id'], name=op.f('fk_dissent_conclusion_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_dissent_organisation_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_dissent_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dissent')),
    sa.UniqueConstraint('conclusion_id', 'organisation_id', name=op.f('uq_dissent_conclusion_id_organisation_id'))
    )
    with op.batch_alter_table('dissent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dissent_conclusion_id'), ['conclusion_id'], unique=False)

    with op.batch_alter_table('level_proposal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('answer', sa.String(length=1000), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('evidence', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('find_out_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('find_out_by', sa.Date(), nullable=True))
        batch_op.create_index(batch_op.f('ix_level_proposal_group_id_state'), ['group_id', 'state'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_level_proposal_find_out_id'), 'person', ['find_out_id'], ['id'])

    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.add_column(sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('provider', schema=None) as batch_op:
        batch_op.add_column(sa.Column('successor_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_provider_successor_id'), 'provider', ['successor_id'], ['id'])

    with op.batch_alter_table('surveillance_level', schema=None) as batch_op:
        batch_op.add_column(sa.Column('found', sa.String(length=1500), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('found_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('found_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('assured_on', sa.Date(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_surveillance_level_found_by_id'), 'person', ['found_by_id'], ['id'])

    with op.batch_alter_table('watch_group', schema=None) as batch_op:
        batch_op.add_column(sa.Column('cycle_months', sa.Integer(), nullable=True))
